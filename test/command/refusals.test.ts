import { describe, expect, it } from 'vitest';
import { CANARY, envelopeOf, live, type RunOptions, run, T2V, tempFolder } from '../support/command.ts';
import { commandIn } from '../support/expect.ts';
import { service, TASK } from '../support/service.ts';
import { runShell } from './shell.ts';

const JSON_T2V = JSON.stringify(T2V);
const SUBMIT = ['--model', 't2v', '--payload', JSON_T2V];

interface Refusal {
  args: readonly string[];
  path: string;
  hint: string | RegExp;
  status?: string | null;
  taskId?: string | null;
}

/** Refused with exit code 2 and a message that says where, what was expected, what came, and what would pass. */
async function expectRefused(refusal: Refusal, options: RunOptions): Promise<void> {
  const done = await run(refusal.args, options);
  const envelope = envelopeOf(done);
  const issues = (envelope.data.issues ?? []) as {
    path: string;
    expected: string;
    received: string;
    hint: string;
  }[];
  expect([refusal.args, done.code, envelope.errorCode]).toEqual([refusal.args, 2, 'INVALID_PAYLOAD']);
  expect(envelope).toMatchObject({
    ok: false,
    status: refusal.status === undefined ? 'FAILED' : refusal.status,
    taskId: null,
  });
  const issue = issues.find((one) => one.path === refusal.path);
  expect(issue, `an issue of ${refusal.path}`).toBeDefined();
  expect(issue!.hint).toMatch(refusal.hint);
  expect(issue!.expected).not.toBe('');
  expect(envelope.data.nextSteps).not.toHaveLength(0);
  expect(done.stderr).toBe('');
}

describe('a line that cannot be carried out', () => {
  it('fault 56: is refused by name before anything leaves', async () => {
    const server = await service();
    const options = { env: live(server.origin) };
    // Every form of a refusal: test/cli/command-line/arguments.test.ts, test/cli/request/payload.test.ts.
    const refusals: Refusal[] = [
      {
        args: ['--task-id', TASK, '--action', 'getTask'],
        path: '--task-id',
        hint: 'write --taskId',
        status: 'UNKNOWN',
      },
      { args: ['--action', 'listTasks', '--taskId', TASK], path: '--taskId', hint: 'leave', status: null },
      { args: [...SUBMIT, '--webhookUrl', 'http://example.com/hook'], path: '--webhookUrl', hint: /https/ },
      { args: [...SUBMIT, '--webhookUrl', 'https://10.0.0.8/hook'], path: '--webhookUrl', hint: /public/ },
      {
        args: [...SUBMIT, '--webhookUrl', 'http://127.0.0.1:1@evil.example/'],
        path: '--webhookUrl',
        hint: /https/,
      },
      {
        args: [...SUBMIT, '--webhookUrl', 'https://example.com/\r\nx: y'],
        path: '--webhookUrl',
        hint: /control/,
      },
      { args: [...SUBMIT, '--download', '/dev/null/out'], path: '--download', hint: '--download out' },
      {
        args: ['--model', 't2v', '--payload', JSON.stringify({ ...T2V, duration: 5 })],
        path: 'duration',
        hint: '"5"',
      },
    ];
    await Promise.all(refusals.map((refusal) => expectRefused(refusal, options)));
    expect(server.received).toHaveLength(0);
  });
});

it('a poll interval of less than a second is taken only on this machine', async () => {
  const env = { AIVIDEO_BASE_URL: 'https://example.com', AIVIDEO_API_KEY: CANARY };
  const done = await run([...SUBMIT, '--pollInterval', '0.5'], { env });
  expect(envelopeOf(done)).toMatchObject({ errorCode: 'INVALID_PAYLOAD' });
  expect(done.stdout).toContain('--pollInterval 1');
});

describe('the environment', () => {
  it('without a key: exit code 3, and the same command in the sandbox, which ends well', async () => {
    const folder = tempFolder();
    const env = { AIVIDEO_API_KEY: ' ', HTTPS_PROXY: 'http://127.0.0.1:9' };
    const payload = JSON.stringify({ ...T2V, prompt: 'it\'s $5 `a` "b"\nc' });
    const args = ['--model', 't2v', '--payload', payload, '--wait', '0', '--download', 'my out'];
    const done = await run(args, { env, cwd: folder });
    const { data, ...envelope } = envelopeOf(done);
    expect(done.code).toBe(3);
    expect(envelope).toMatchObject({ ok: false, status: 'FAILED', taskId: null, errorCode: 'AUTH_FAILED' });
    expect((data.nextSteps as string[])[0]).toContain('https://aivideomaker.ai');
    const rehearsed = await runShell(commandIn(data), { env, cwd: folder });
    expect(rehearsed.code).toBe(4);
    expect(envelopeOf(rehearsed)).toMatchObject({ ok: true, status: 'SUBMITTED' });
    expect(JSON.stringify(envelopeOf(rehearsed).data.nextSteps)).toContain('--sandbox');
  });

  it.each([['listTasks'], ['spending'], ['account'], ['getTask', '--taskId', 'ck1']])(
    'without a key: %s is about the user, of whom the sandbox knows nothing',
    async (...asked) => {
      const done = await run(['--action', ...asked], { env: {} });
      expect(done.code).toBe(3);
      const { nextSteps } = envelopeOf(done).data;
      expect(nextSteps).toEqual([expect.stringContaining('https://aivideomaker.ai')]);
    },
  );
});

describe('what the user asked for is not dropped', () => {
  const hints = async (model: string, payload: object) => {
    const { data } = envelopeOf(await run(['--model', model, '--payload', JSON.stringify(payload)]));
    return Object.fromEntries(
      (data.issues as { path: string; hint: string }[]).map((one) => [one.path, one.hint]),
    );
  };

  it('a field that the model has not: the models of its kind that have it come first', async () => {
    const image = 'https://example.com/first.png';
    const shaped = await hints('i2v', { image, duration: '5', aspectRatio: '9:16', seed: 1 });
    expect(shaped.aspectRatio).toMatch(
      /^take a model that has it, at its own price: happyhorse \(as "ratio"\), minimax, seedance20 \(as "ratio"\), wan27 \(as "ratio"\); only if the user agrees, leave "aspectRatio" out; this one takes image, /,
    );
    expect(shaped.seed).toMatch(/^no model of this kind has it: only if the user agrees, leave "seed" out; /);
    // Those that need a picture are no way for a request without one, nor those without the value.
    const plain = await hints('t2v', { ...T2V, resolution: '720p' });
    expect(plain.resolution).toMatch(/: happyhorse, minimax, seedance20, wan27; /);
    const large = await hints('t2v', { ...T2V, resolution: '4k' });
    expect(large.resolution).toMatch(/^no model of this kind has it with this value: /);
  });

  it('a prompt that is missing is for the user to say: no example stands in for it', async () => {
    const { content } = await hints('minimax', { duration: 5 });
    expect(content).toBe('ask the user for the words, and add them as "content", a string that is not blank');
    const { prompt } = await hints('t2v', { ...T2V, prompt: ' ' });
    expect(prompt).toBe('ask the user for the words, and write them into prompt');
  });
});
