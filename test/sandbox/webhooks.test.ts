import { describe, expect, it, vi } from 'vitest';
import { AT_ONCE, KEY, open, prompting, receiver, T2V } from './support.ts';

describe('webhooks', () => {
  it('tell each change in order, the last one twice, whatever the receiver answers', async () => {
    const { seen: notices, port } = await receiver();
    const { make } = await open(AT_ONCE);
    const taskId = await make(T2V, { webhookUrl: `http://127.0.0.1:${port}/hook` });
    await vi.waitFor(() => expect(notices).toHaveLength(3), { timeout: 60_000, interval: 5 });
    expect(notices.map(({ body }) => body)).toEqual([
      { taskId, status: 'PROGRESS' },
      { taskId, status: 'COMPLETED' },
      { taskId, status: 'COMPLETED' },
    ]);
    const [{ method, headers }] = notices as [(typeof notices)[0]];
    expect([method, headers['content-type'], headers.key]).toEqual(['POST', 'application/json', undefined]);
  });

  it('tell a cancel at once, and nothing that would have come instead', async () => {
    const { seen: notices, port } = await receiver();
    const { make, put, clock } = await open({ speed: 20_000 });
    const taskId = await make(T2V, { webhookUrl: `http://localhost:${port}/hook` });
    await put(`tasks/${taskId}/cancel`);
    clock.pass(60);
    await vi.waitFor(() => expect(notices).toHaveLength(2), { timeout: 60_000, interval: 5 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(notices.map(({ body }) => body)).toEqual(Array(2).fill({ taskId, status: 'CANCEL' }));
  });

  it('are not repeated for a replay', async () => {
    const { seen: notices, port } = await receiver();
    const { make } = await open(AT_ONCE);
    const headers = { webhookUrl: `http://127.0.0.1:${port}/`, 'idempotency-key': 'request-0001' };
    expect(await make(prompting('fail'), headers)).toBe(await make(prompting('fail'), headers));
    await vi.waitFor(() => expect(notices).toHaveLength(3), { timeout: 60_000, interval: 5 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(notices.map(({ body }) => body.status)).toEqual(['PROGRESS', 'FAILED', 'FAILED']);
  });

  it.each([
    'http://example.com/hook',
    'http://169.254.169.254/',
    'https://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'not a url',
  ])('never leave the machine: %s', async (webhookUrl) => {
    const lines: string[] = [];
    const { create } = await open({ log: (line) => lines.push(line) });
    expect((await create(T2V, { webhookUrl })).status).toBe(200);
    expect(lines.join('\n')).toContain('webhook not sent');
    expect(lines.join('\n')).not.toContain(webhookUrl);
  });

  it('survive a receiver that is not there', async () => {
    const lines: string[] = [];
    const { make, state } = await open({ ...AT_ONCE, log: (line) => lines.push(line) });
    const id = await make(T2V, { webhookUrl: 'http://127.0.0.1:1/hook' });
    await vi.waitFor(
      () => expect(lines.join('\n')).toMatch(/webhook COMPLETED of \S+: not delivered/),
      60_000,
    );
    expect(await state(id)).toBe('COMPLETED');
    expect(lines.join('\n')).not.toContain(KEY);
  });

  it('end with the sandbox', async () => {
    const { seen: notices, port } = await receiver();
    const { make, sandbox } = await open(AT_ONCE);
    await make(T2V, { webhookUrl: `http://127.0.0.1:${port}/` });
    await sandbox.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(notices.length).toBeLessThan(3);
  });
});
