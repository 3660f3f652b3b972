import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../scripts/src/cli/render/envelope.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { apidot, liveApidot, PICTURE_ARGS } from '../support/apidot.ts';
import { envelopeOf, live, run, T2V, T2V_ARGS, tempFolder } from '../support/command.ts';
import { record, service } from '../support/service.ts';

type Data = JsonObject & { covers: string[]; warnings: string[]; tasks: JsonObject[] };
const dataOf = (done: Parameters<typeof envelopeOf>[0]): Data => {
  expect(done.code, done.stdout).toBe(0);
  const { data, ...rest } = envelopeOf(done);
  expect(rest satisfies Omit<Envelope, 'data'>).toMatchObject({ ok: true, status: null, taskId: null });
  return data as Data;
};
const APIDOT = ['--provider', 'apidot'];
const SPENDING = ['--action', 'spending'];

describe('--action spending', () => {
  it('D6: a finished task is one task, in the journal, in the list, and in both; without a key by the journal alone', async () => {
    let made = false;
    const server = await service({
      submit: () => {
        made = true;
        return { body: { status: 'SUBMITTED', taskId: 'task1', creditsCharged: 15 } };
      },
      list: (_, { server: own }) => ({
        body: { tasks: made ? [record(own, { id: 'task1', createdAt: new Date().toISOString() })] : [] },
      }),
    });
    const cwd = tempFolder();
    const env = {
      ...live(server.origin),
      ASYNC_MEDIA_STATE_DIR: path.join(cwd, 'state'),
      TZ: 'Europe/Berlin',
    };
    const total = { tasks: 1, completed: 1, charged: 15, refunded: 0, net: 15, mayStillBeCharged: 0 };
    const none = dataOf(await run([...SPENDING], { cwd, env }));
    expect(none).toMatchObject({ total: { tasks: 0, charged: 0 }, models: [], since: null });
    expect((await run(T2V_ARGS, { cwd, env })).code).toBe(0);
    expect(dataOf(await run([...SPENDING, '--since', 'today'], { cwd, env }))).toMatchObject({
      total,
      models: [{ model: 't2v', ...total }],
      since: { timeZone: expect.stringMatching(/^Europe\/Berlin \(UTC\+0[12]:00\)$/) },
    });
    const alone = dataOf(
      await run([...SPENDING, '--since', '7d'], { cwd, env: { ...env, AIVIDEO_API_KEY: undefined } }),
    );
    expect(alone).toMatchObject({ total });
    expect(alone.covers[0]).toMatch(
      /^The journal of this machine alone, because AIVIDEO_API_KEY is not set: 1 request, of every key/,
    );
    made = false;
    const unlisted = dataOf(await run(SPENDING, { cwd, env }));
    expect(unlisted).toMatchObject({ total });
    expect(unlisted.covers[1]).toMatch(/1 request of this key that the list does not show/);
    // Nothing but its own list was read, and nothing was written.
    expect(server.received.filter(({ method }) => method !== 'GET')).toHaveLength(1);
  });

  it('APIDot: the journal alone, and it says so', async () => {
    const server = await apidot();
    const cwd = tempFolder();
    const env = { ...liveApidot(server.origin), ASYNC_MEDIA_STATE_DIR: path.join(cwd, 'state') };
    const before = await run([...APIDOT, ...SPENDING], { cwd, env });
    expect(dataOf(before)).toMatchObject({ total: { tasks: 0 } });
    expect((await run(PICTURE_ARGS, { cwd, env })).code).toBe(0);
    const asked = server.received.length;
    const { covers, total } = dataOf(await run([...APIDOT, ...SPENDING], { cwd, env }));
    expect(total).toMatchObject({ tasks: 1, completed: 1 });
    expect(covers[0]).toBe('APIDot documents no list of tasks, so its tasks are known by the journal alone.');
    expect(server.received).toHaveLength(asked);
    // Nobody knows the price of one whose submit was lost either.
    const lost = await apidot({ submit: 'reset' });
    const elsewhere = { ...liveApidot(lost.origin), ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state') };
    expect((await run(PICTURE_ARGS, { cwd, env: elsewhere })).code).toBe(7);
    const unsure = dataOf(await run([...APIDOT, ...SPENDING], { cwd, env: elsewhere }));
    expect(unsure.total).toMatchObject({ outcomeUnknown: 1, mayStillBeCharged: null, creditsUnknown: 1 });
    expect(unsure.warnings).toContain('Whether 1 of these submits was accepted, and charged, is not known.');
    expect(unsure.covers.join(' ')).toContain('1 request of this key');
    // The other service has none of it, and none of its keys.
    const other = await run(SPENDING, { cwd, env });
    expect(envelopeOf(other)).toMatchObject({ errorCode: 'AUTH_FAILED' });
    // What is left out is said, with the command that shows it.
    const both = { ...env, ...live((await service({ list: { body: { tasks: [] } } })).origin) };
    for (const line of [SPENDING, ['--action', 'listTasks']]) {
      const day = ['--since', 'today'];
      const { covers: said } = dataOf(await run([...line, ...day], { cwd, env: both }));
      expect(said.at(-1)).toMatch(
        /^The requests to APIDot are left out \(1 on record here\): node .* --action spending --since \d{4}-\d\d-\d\d --provider apidot$/,
      );
    }
    // What was made under other keys is all that the journal knows.
    const alone = await run([...APIDOT, ...SPENDING], { cwd, env: { ...both, APIDOT_API_KEY: undefined } });
    expect(dataOf(alone).covers.join(' ')).not.toContain('left out');
  });
});

describe('listTasks', () => {
  const day = 24 * 3_600_000;
  const at = (n: number) => new Date(Date.now() - n * day).toISOString();
  const url = 'https://static.example.com/clip.mp4?token=1';

  it('D6: rows without links, the newest first, with file and reason; counts over all; filters', async () => {
    const server = await service({
      list: (_, { server: own }) => ({
        body: {
          tasks: [
            record(own, { createdAt: at(0), completedAt: at(0) }),
            record(own, {
              id: 'old',
              createdAt: at(40),
              model: 'i2v',
              output: { url },
              input: { prompt: `a "harbour" ${url}` },
            }),
            record(own, {
              id: 'bad',
              status: 'FAILED',
              createdAt: at(1),
              creditsRefunded: 15,
              output: { error: 'too "dark"\u001b[2J' },
            }),
            record(own, { id: 'run1', status: 'PROGRESS', createdAt: at(2), output: null }),
            record(own, { id: 'run2', status: 'SUBMITTED', createdAt: at(3), output: null }),
          ],
        },
      }),
    });
    const cwd = tempFolder();
    const env = { ...live(server.origin), ASYNC_MEDIA_STATE_DIR: path.join(cwd, 'state') };
    for (const name of ['dawn', 'dusk'])
      expect((await run([...T2V_ARGS, '--output', `out/${name}`], { cwd, env })).code).toBe(0);
    const list = async (...flags: string[]) =>
      dataOf(await run(['--action', 'listTasks', ...flags], { cwd, env }));
    const [all, failed, running, span, none, noState] = await Promise.all([
      list(),
      list('--status', 'FAILED'),
      list('--status', 'running', '--limit', '1'),
      list('--since', '7d', '--model', 't2v'),
      list('--model', 'i2v_v3'),
      list('--status', 'CANCEL', '--model', 't2v'),
    ]);
    expect(all).toMatchObject({ count: 5, counts: { COMPLETED: 2, FAILED: 1, PROGRESS: 1, SUBMITTED: 1 } });
    expect(all!.tasks.map(({ taskId }) => taskId)).toEqual(['task1', 'bad', 'run1', 'run2', 'old']);
    expect(all!.tasks.at(-1)!.promptExcerpt).toBe('a "harbour" [address]');
    expect(all!.tasks[0]).toMatchObject({
      promptExcerpt: T2V.prompt,
      file: path.join(cwd, 'out', readdirSync(path.join(cwd, 'out'))[0]!),
      completedAt: expect.stringMatching(/Z$/),
      credits: { charged: 15, refunded: 0 },
    });
    expect(JSON.stringify(all)).not.toMatch(/https?:|token/);
    const { name, file } = all!.tasks[0]!;
    expect(name).toBe(path.parse(String(file)).name);
    rmSync(path.join(cwd, 'out'), { recursive: true });
    const [gone] = (await list()).tasks;
    expect(gone).toMatchObject({ name: 'dusk' });
    expect(gone!.file).toBeUndefined();
    expect(failed).toMatchObject({
      count: 1,
      counts: { COMPLETED: 2 },
      tasks: [{ taskId: 'bad', reason: '"too \\"dark\\" [2J"', credits: { refunded: 15 } }],
    });
    expect(running).toMatchObject({ count: 2, more: 1, tasks: [{ taskId: 'run1', status: 'PROGRESS' }] });
    expect(running!.warnings).toEqual([expect.stringMatching(/^Only the newest 1 of 2 tasks are shown/)]);
    expect(span!.tasks.map(({ taskId }) => taskId)).toEqual(['task1', 'bad', 'run1', 'run2']);
    expect(none).toMatchObject({
      count: 0,
      nextSteps: ['None of the 5 tasks of this key is of model i2v_v3. Their models: t2v, i2v.'],
    });
    expect(noState!.nextSteps).toEqual([
      'No task of model t2v is CANCEL (1 COMPLETED, 1 FAILED, 1 PROGRESS, 1 SUBMITTED).',
    ]);
  });

  it('a list of 10,000 is bounded, and says so', async () => {
    const server = await service({
      list: {
        body: {
          tasks: Array.from({ length: 10_000 }, (_, n) => ({
            ...{ id: `ck${n}`, model: 't2v', input: {}, createdAt: at(n / 1_000) },
            ...{ creditsCharged: 15, creditsRefunded: 0, idempotencyKey: 'k'.repeat(128) },
            status: n % 10 ? 'COMPLETED' : 'FAILED',
            output: n % 10 ? null : { error: 'x'.repeat(1_000) },
          })),
        },
      },
    });
    // Megabytes take their time on a machine that is busy.
    const env = live(server.origin, { AIVIDEO_TIMEOUT_MS: '20000' });
    const [list, full, spent] = await Promise.all([
      run(['--action', 'listTasks', '--limit', '200'], { env }),
      run(['--action', 'listTasks', '--full'], { env }),
      run(SPENDING, { env }),
    ]);
    const { data } = envelopeOf(list!);
    expect(data).toMatchObject({ count: 10_000, counts: { COMPLETED: 9_000, FAILED: 1_000 }, more: 9_800 });
    expect((data as Data).warnings[0]).toMatch(/^Only the newest 200 of 10000 tasks/);
    expect((data as Data).tasks.length).toBeGreaterThanOrEqual(200);
    expect(envelopeOf(full!).data).toMatchObject({ count: 10_000 });
    expect(envelopeOf(spent!).data).toMatchObject({
      total: { tasks: 10_000, failed: 1_000, charged: 150_000 },
    });
  });
});
