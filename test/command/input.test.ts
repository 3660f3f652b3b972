import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { CANARY, envelopeOf, live, run, T2V } from '../support/command.ts';
import { PNG } from '../support/media.ts';
import { listen } from '../support/network.ts';
import { service } from '../support/service.ts';

const PAYLOAD = JSON.stringify(T2V);
const T2V_CALL = ['--model', 't2v', '--payload', PAYLOAD];

describe('arguments', () => {
  test('a poll interval of less than a second only on this machine', async () => {
    const env = { AIVIDEO_BASE_URL: 'https://example.com', AIVIDEO_API_KEY: CANARY };
    const done = await run([...T2V_CALL, '--pollInterval', '0.5'], { env });
    expect(envelopeOf(done)).toMatchObject({ errorCode: 'INVALID_PAYLOAD' });
    expect(done.stdout).toContain('--pollInterval 1');
  });
});

describe('environment', () => {
  test('fault 7: a proxy is used, and NO_PROXY is honoured', async () => {
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
    expect((await run(args, { env: live(server.origin, { HTTP_PROXY, NO_PROXY: '127.0.0.1' }) })).code).toBe(
      0,
    );
    expect(seen).toHaveLength(1);
    expect(server.received).toHaveLength(2);
  });
});

describe('payload', () => {
  test('fault 30, 31: a 20 MB image goes in through standard input, and its echo does not reach the agent', async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024, 65);
    PNG.copy(bytes);
    const image = `data:image/png;base64,${bytes.toString('base64')}`;
    const server = await service({
      submit: (request) => ({
        body: { status: 'SUBMITTED', taskId: 'task1', size: request.body.length },
      }),
      status: { body: { status: 'PROGRESS' } },
      task: { body: `{"id":"task1","status":"PROGRESS","input":{"image":"${image}"},"__proto__":{"ok":1}}` },
    });
    const input = JSON.stringify({ image, duration: '5' });
    const env = live(server.origin, { AIVIDEO_TIMEOUT_MS: '10000' });
    const submit = await run(['--model', 'i2v', '--payload', '-', '--wait', '0'], { env, input });
    expect(envelopeOf(submit).data.upstream).toMatchObject({ size: input.length });
    const task = await run(['--action', 'getTask', '--taskId', 'task1'], { env });
    expect(JSON.stringify(envelopeOf(task).data)).toMatch(/cut: \d{8} characters/);
  });
});
