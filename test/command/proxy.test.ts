import http from 'node:http';
import type net from 'node:net';
import { expect, it } from 'vitest';
import { CANARY, envelopeOf, live, run } from '../support/command.ts';
import { httpsAccount, listen, tunnel } from '../support/network.ts';
import { service } from '../support/service.ts';

// What else a proxy may do: test/http/transport.test.ts.
it('B10, fault 7: HTTPS_PROXY carries a call in a tunnel; the key is inside it and nowhere else', async () => {
  const { port, ca, keys } = await httpsAccount();
  const tunnels: { to: string | undefined; headers: http.IncomingHttpHeaders }[] = [];
  const proxy = http.createServer().on('connect', ({ url, headers }, socket: net.Socket) => {
    tunnels.push({ to: url, headers });
    tunnel(socket, port);
  });
  const HTTPS_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
  const env = live(`https://127.0.0.1:${port}`, { HTTPS_PROXY, NODE_EXTRA_CA_CERTS: ca });
  const done = await run(['--action', 'account'], { env });
  expect(envelopeOf(done)).toMatchObject({ ok: true, data: { currentBalance: 1 } });
  expect(done.code).toBe(0);
  expect(keys).toEqual([CANARY]);
  expect(tunnels.map(({ to }) => to)).toEqual([`127.0.0.1:${port}`]);
  expect(JSON.stringify(tunnels)).not.toContain(CANARY);
});

it('fault 7: a proxy is used, and NO_PROXY is honoured', async () => {
  const server = await service();
  const seen: string[] = [];
  const proxy = http.createServer((req, res) => {
    seen.push(req.url ?? '');
    const to = new URL(req.url ?? '');
    req.pipe(http.request(to, { method: req.method, headers: req.headers }, (answer) => answer.pipe(res)));
  });
  const HTTP_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
  const args = ['--action', 'getStatus', '--taskId', 'task1'];
  expect((await run(args, { env: live(server.origin, { HTTP_PROXY }) })).code).toBe(0);
  expect(seen).toEqual([`${server.origin}/api/v1/tasks/task1/status`]);
  expect((await run(args, { env: live(server.origin, { HTTP_PROXY, NO_PROXY: '127.0.0.1' }) })).code).toBe(0);
  expect(seen).toHaveLength(1);
  expect(server.received).toHaveLength(2);
});
