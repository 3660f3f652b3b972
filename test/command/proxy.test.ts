import http from 'node:http';
import type net from 'node:net';
import { describe, expect, it } from 'vitest';
import { CANARY, envelopeOf, live, run } from '../support/command.ts';
import { httpsAccount, listen, tunnel } from '../support/network.ts';
import { service } from '../support/service.ts';

const ACCOUNT = ['--action', 'account'];

interface Proxy {
  origin: string;
  tunnels: { to: string; headers: http.IncomingHttpHeaders }[];
}

/** A proxy that opens the tunnels it is asked for, or refuses them with a status. */
async function proxy(refusal?: number): Promise<Proxy> {
  const tunnels: Proxy['tunnels'] = [];
  const server = http.createServer();
  server.on('connect', ({ url = '', headers }, socket: net.Socket) => {
    tunnels.push({ to: url, headers });
    const { hostname, port } = new URL(`http://${url}`);
    if (refusal) socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    else tunnel(socket, Number(port), hostname);
  });
  return { origin: `http://127.0.0.1:${await listen(server)}`, tunnels };
}

/** An https service, the certificate that vouches for it, and the keys it was sent. */
async function httpsService() {
  const { port, ...account } = await httpsAccount();
  const host = `127.0.0.1:${port}`;
  return { host, origin: `https://${host}`, ...account };
}

describe('fault 7: proxies', () => {
  it('B10: HTTPS_PROXY carries a call in a tunnel; the key is inside it and nowhere else', async () => {
    const { host, origin, ca, keys } = await httpsService();
    const { origin: HTTPS_PROXY, tunnels } = await proxy();
    const done = await run(ACCOUNT, { env: live(origin, { HTTPS_PROXY, NODE_EXTRA_CA_CERTS: ca }) });
    expect(envelopeOf(done)).toMatchObject({ ok: true, data: { currentBalance: 1 } });
    expect(done.code).toBe(0);
    expect(keys).toEqual([CANARY]);
    expect(tunnels.map(({ to }) => to)).toEqual([host]);
    expect(JSON.stringify(tunnels)).not.toContain(CANARY);
  });

  it('fault 6: a certificate that nobody vouches for is refused, with the reason, and sees no key', async () => {
    const { origin, keys } = await httpsService();
    const { origin: HTTPS_PROXY } = await proxy();
    for (const env of [live(origin), live(origin, { HTTPS_PROXY })]) {
      const done = await run(ACCOUNT, { env });
      expect(done.code).toBe(6);
      expect(envelopeOf(done)).toMatchObject({ ok: false, errorCode: 'NETWORK_ERROR' });
      expect(envelopeOf(done).errorMessage).toContain('SELF_SIGNED');
    }
    expect(keys).toEqual([]);
  });

  it('a proxy that wants a password is named as what failed', async () => {
    const { origin } = await httpsService();
    const { origin: https_proxy, tunnels } = await proxy(407);
    const done = await run(ACCOUNT, { env: live(origin, { https_proxy }) });
    expect(done.code).toBe(6);
    expect(envelopeOf(done).errorMessage).toMatch(/proxy.*407/);
    expect(tunnels).toHaveLength(1);
  });

  it('B10: what is meant for this machine is not handed to a proxy on another one', async () => {
    const server = await service();
    const elsewhere = 'http://192.0.2.1:3128';
    const done = await run(ACCOUNT, {
      env: live(server.origin, { HTTP_PROXY: elsewhere, HTTPS_PROXY: elsewhere }),
    });
    expect(done.code).toBe(0);
    expect(server.received).toHaveLength(1);
  });
});
