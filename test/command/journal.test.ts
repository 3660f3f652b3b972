import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import type { RequestRecord } from '../../scripts/src/model/request-record.ts';
import { quoteWord } from '../../scripts/src/model/shell-word.ts';
import { type Ledger, ledger } from '../kill/ledger.ts';
import { CANARY, ENTRY, envelopeOf, live, type Run, run, T2V, tempFolder } from '../support/command.ts';
import { letPass, type RecordFile, recordsIn, rewrite } from '../support/records.ts';
import { runShell } from './shell.ts';

interface Place {
  service: Ledger;
  folder: string;
  state: string;
  out: string;
  env: Record<string, string | undefined>;
}

async function place(options: Parameters<typeof ledger>[0] = {}): Promise<Place> {
  const service = await ledger(options);
  const folder = tempFolder();
  const state = path.join(folder, 'state');
  const env = live(service.origin, { ASYNC_MEDIA_STATE_DIR: state });
  return { service, folder, state, out: path.join(folder, 'out'), env };
}

const FAST = ['--pollInterval', '0.02'];
const REQUEST = ['--model', 't2v', '--payload', JSON.stringify(T2V)];
const again = (here: Place, ...flags: string[]) => run([...REQUEST, ...FAST, ...flags], { env: here.env });
const act = (here: Place, action: string, ...flags: string[]) =>
  run(['--action', action, ...flags], { env: here.env });

const charges = ({ service }: Place): number => (service.charges.get(T2V.prompt) ?? []).length;

const journalOf = ({ state }: Place): RecordFile[] => recordsIn(state);

const recordOf = (here: Place): RequestRecord => journalOf(here)[0]!.record;

/** Runs the command and kills it as soon as the service has its submit; the answer never comes. */
async function killedInSubmit(here: Place, ...flags: string[]): Promise<void> {
  here.service.script.push('reset');
  await run([...REQUEST, ...FAST, ...flags], {
    env: here.env,
    onStart: (kill) => {
      here.service.onSubmit = () => kill('SIGKILL');
    },
  });
  here.service.onSubmit = undefined;
  expect(recordOf(here)).toMatchObject({ phase: 'submitting', taskId: null });
}

describe('the order', () => {
  it('fault 38: the record is on the disk before the request leaves, the task id before anything waits', async () => {
    const here = await place();
    const seen: (RequestRecord | undefined)[] = [];
    here.service.onSubmit = () => seen.push(journalOf(here)[0]?.record);
    here.service.onStatus = () => seen.push(journalOf(here)[0]?.record);
    const done = await again(here);
    expect(done.code).toBe(0);
    expect(seen[0]).toMatchObject({ phase: 'submitting', taskId: null, model: 't2v', delivered: null });
    const { taskId } = envelopeOf(done);
    expect(seen[1]).toMatchObject({ phase: 'submitted', taskId });
    expect(seen[1]?.idempotencyKey).toBe(here.service.received[0]?.headers['idempotency-key']);
    expect(done.stderr.split('\n')[0]).toContain(`task ${taskId}`);
  });

  it('keeps what is named, readable by its owner alone, and nothing that is private', async () => {
    const here = await place();
    const prompt = `A lighthouse like https://private.example/a.png, ${'at dawn '.repeat(10)}with a secret`;
    const payload = JSON.stringify({ ...T2V, prompt });
    const flags = ['--download', here.out, '--owner', 'user-42', ...FAST];
    const done = await run(['--model', 't2v', '--payload', payload, ...flags], { env: here.env });
    const { data, taskId } = envelopeOf(done);
    const [{ file, record }] = journalOf(here) as [{ file: string; record: RequestRecord }];
    expect(record).toMatchObject({
      provider: 'aivideomaker',
      model: 't2v',
      taskId,
      owner: 'user-42',
      promptExcerpt: 'A lighthouse like [address] at dawn at dawn at dawn at dawn …',
      status: 'COMPLETED',
      download: here.out,
      credits: { quoted: null, charged: 15, refunded: 0 },
      files: data.files,
    });
    expect(Date.parse(record.delivered!)).toBeGreaterThanOrEqual(Date.parse(record.created));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    const text = readFileSync(file, 'utf8');
    for (const secret of [CANARY, 'a secret', 'http:', 'https:', 'private.example'])
      expect(text).not.toContain(secret);
    expect(readdirSync(path.dirname(file))).toHaveLength(1);
  });
});

describe('the same command again', () => {
  it('resumes the task, says so, and charges nothing; after its delivery it is the same result', async () => {
    const here = await place();
    const first = envelopeOf(await again(here, '--wait', '0'));
    expect(first).toMatchObject({ status: 'SUBMITTED', data: { credits: { charged: 15, refunded: null } } });
    const second = await again(here, '--download', here.out);
    expect(second.stderr).toContain('nothing is charged');
    expect(envelopeOf(second)).toMatchObject({
      status: 'COMPLETED',
      taskId: first.taskId,
      data: { model: 't2v', resumed: true, credits: { quoted: null, charged: 15, refunded: 0 } },
    });
    expect(charges(here)).toBe(1);
    const third = envelopeOf(await again(here));
    expect(third).toMatchObject({
      ok: true,
      status: 'COMPLETED',
      taskId: first.taskId,
      data: { reused: true },
    });
    expect(third.data.files).toEqual(envelopeOf(second).data.files);
    expect(charges(here)).toBe(1);
  });

  it.each([
    ['createGeneration', ['--action', 'createGeneration', ...REQUEST]],
    ['--new', [...REQUEST, ...FAST]],
  ] as const)('with %s: once more the same, or another one', async (name, args) => {
    const here = await place();
    await again(here, '--wait', '0');
    const flags = name === '--new' ? ['--new', '--wait', '0'] : [];
    const { data } = envelopeOf(await run([...args, ...flags], { env: here.env }));
    expect(data.resumed).toBe(name === '--new' ? undefined : true);
    expect(charges(here)).toBe(name === '--new' ? 2 : 1);
  });

  it('the order of the fields makes no other request, another word does', async () => {
    const here = await place();
    await again(here, '--wait', '0');
    const turned = JSON.stringify(Object.fromEntries(Object.entries(T2V).reverse()));
    const same = await run(['--model', 't2v', '--payload', turned, '--wait', '0'], { env: here.env });
    expect(envelopeOf(same).data.resumed).toBe(true);
    const other = JSON.stringify({ ...T2V, prompt: 'a lighthouse at dusk' });
    const new_ = await run(['--model', 't2v', '--payload', other, '--wait', '0'], { env: here.env });
    expect(envelopeOf(new_).data.resumed).toBeUndefined();
  });

  it('fault 21: a key that was given names the request; with another payload it is a conflict, with both hashes', async () => {
    const here = await place();
    const key = ['--idempotencyKey', 'lighthouse-0001'];
    await again(here, ...key, '--wait', '0');
    expect(envelopeOf(await again(here, ...key, '--wait', '0')).data.resumed).toBe(true);
    const other = JSON.stringify({ ...T2V, prompt: 'another' });
    const clash = await run(['--model', 't2v', '--payload', other, ...key], { env: here.env });
    expect(clash.code).toBe(EXIT.badInput);
    const { errorCode, data } = envelopeOf(clash);
    expect(errorCode).toBe('IDEMPOTENCY_CONFLICT');
    expect(data.payloadHash).toMatch(/^[0-9a-f]{64}$/);
    expect(data.recordedPayloadHash).toBe(recordOf(here).payloadHash);
    expect(here.service.charges.size).toBe(1);
  });

  it('a task that failed is returned as it ended; --new tries again', async () => {
    const here = await place();
    here.service.end = 'FAILED';
    const failed = await again(here);
    expect(failed.code).toBe(EXIT.taskEnded);
    expect(envelopeOf(failed).data.credits).toEqual({ quoted: null, charged: 15, refunded: 15 });
    here.service.end = 'COMPLETED';
    const same = await again(here);
    expect(same.code).toBe(EXIT.taskEnded);
    const { taskId, status, errorCode, data } = envelopeOf(same);
    expect({ taskId, status, errorCode }).toEqual({
      taskId: envelopeOf(failed).taskId,
      status: 'FAILED',
      errorCode: 'GENERATION_FAILED',
    });
    expect(data).toMatchObject({ reused: true, createdAt: recordOf(here).created });
    expect(JSON.stringify(data.nextSteps)).toContain('--new');
    expect(charges(here)).toBe(1);
    expect((await again(here, '--new')).code).toBe(0);
    expect(charges(here)).toBe(2);
  });

  it('faults 40, 75: a document that nobody took is no delivery, and the same command brings it', async () => {
    const here = await place();
    const child = spawn(process.execPath, [ENTRY, ...REQUEST, ...FAST], {
      env: { PATH: process.env.PATH, ...here.env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.destroy();
    await new Promise((resolve) => child.on('close', resolve));
    expect(recordOf(here)).toMatchObject({ status: 'COMPLETED', delivered: null });
    expect(envelopeOf(await again(here))).toMatchObject({ status: 'COMPLETED', data: { reused: true } });
    expect(charges(here)).toBe(1);
  });

  it('fault 43: a file that could not be saved is delivered by the same command, once there is space', async () => {
    const here = await place();
    mkdirSync(here.out);
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    const taken = path.join(here.out, `${taskId}.mp4`);
    writeFileSync(taken, 'something else');
    const failed = await again(here, '--download', here.out);
    expect(failed.code).toBe(EXIT.downloadFailed);
    expect(recordOf(here)).toMatchObject({ status: 'COMPLETED', delivered: null });
    const elsewhere = path.join(here.folder, 'elsewhere');
    const done = await again(here, '--download', elsewhere);
    expect(envelopeOf(done)).toMatchObject({ ok: true, taskId, data: { reused: true } });
    expect(readFileSync(taken, 'utf8')).toBe('something else');
    expect(charges(here)).toBe(1);
  });

  it('a task that the service shows no more needs a decision, not a submit', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    here.service.forget(taskId!);
    const young = await again(here, '--wait', '0');
    expect(young.code).toBe(EXIT.taskNotFound);
    expect(JSON.stringify(envelopeOf(young).data.nextSteps)).not.toContain('--new');
    const earlier = new Date(Date.now() - 60_000).toISOString();
    rewrite(journalOf(here)[0]!, { created: earlier, sentAt: earlier, unsettledSince: earlier });
    const gone = await again(here, '--wait', '0');
    expect(gone.code).toBe(EXIT.taskNotFound);
    const steps = JSON.stringify(envelopeOf(gone).data.nextSteps);
    expect(steps).toContain('--new');
    expect(steps).toMatch(/with a new charge: node [^"]* --action forget --taskId /);
    expect(steps).toContain(`--action forget --taskId ${taskId}`);
    expect(charges(here)).toBe(1);
  });
});

describe('killed between request and answer', () => {
  it.each([
    ['its key', false],
    ['model, input and time', true],
  ])('fault 35: the next run finds the task in the list, by %s', async (_, forgetsKeys) => {
    const here = await place({ forgetsKeys });
    await killedInSubmit(here);
    const done = await again(here);
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED', taskId: expect.any(String) });
    expect(here.service.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(charges(here)).toBe(1);
  });

  it('faults 36, 74: not in the list for a minute: the same key again, which is charged once', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    const early = await again(here, '--wait', '0');
    expect(early.code).toBe(EXIT.submitUnknown);
    const { retryAfter, data } = envelopeOf(early);
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(JSON.stringify(data.nextSteps)).toContain(`after ${retryAfter} seconds`);
    expect(charges(here)).toBe(1);
    letPass(here.state, retryAfter! * 1000);
    const done = await again(here, '--wait', '0');
    expect(envelopeOf(done)).toMatchObject({
      ok: true,
      taskId: expect.any(String),
      data: { resubmitted: true },
    });
    const posts = here.service.received.filter(({ method }) => method === 'POST');
    expect(new Set(posts.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(posts).toHaveLength(2);
    expect(charges(here)).toBe(1);
  });

  it('fault 2: the list cannot be had: unknown, as often as it is asked, until a person decides', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.listStatus = 503;
    const env = { ...here.env, AIVIDEO_MAX_RETRIES: '0' };
    for (let n = 0; n < 2; n += 1) {
      const unknown = await run([...REQUEST, ...FAST, '--wait', '0'], { env });
      expect(unknown.code).toBe(EXIT.submitUnknown);
      expect(envelopeOf(unknown)).toMatchObject({ status: 'UNKNOWN', taskId: null });
    }
    expect(charges(here)).toBe(1);
    const decided = await run([...REQUEST, ...FAST, '--new'], { env });
    expect(envelopeOf(decided)).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(charges(here)).toBe(2);
    // What was given up does not stand in the way of the same command.
    expect(envelopeOf(await run([...REQUEST, ...FAST], { env })).taskId).toBe(envelopeOf(decided).taskId);
    expect(charges(here)).toBe(2);
  });

  it('--new: the task of the earlier submit is found, and its result still delivered', async () => {
    const here = await place();
    await killedInSubmit(here);
    const decided = envelopeOf(await again(here, '--new'));
    expect(decided).toMatchObject({ ok: true, status: 'COMPLETED' });
    const [earlier] = here.service.charges.get(T2V.prompt)!;
    expect(decided.taskId).not.toBe(earlier);
    expect(recordOf(here)).toMatchObject({ phase: 'submitted', taskId: earlier, delivered: null });
    const { data } = envelopeOf(await act(here, 'waitTask', '--all', ...FAST));
    expect(data.tasks).toMatchObject([{ taskId: earlier, status: 'COMPLETED' }]);
    expect(charges(here)).toBe(2);
  });

  it('--new: what cannot be found now is found later; a --new that is rejected gives nothing up', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    expect((await again(here, '--new', '--maxCredits', '1')).code).toBe(EXIT.credits);
    expect(recordOf(here)).toMatchObject({ phase: 'unknown' });
    expect((await again(here, '--new')).code).toBe(0);
    expect(recordOf(here)).toMatchObject({ phase: 'abandoned', taskId: null });
    here.service.hidesTasks = false;
    const [earlier] = here.service.charges.get(T2V.prompt)!;
    const { data } = envelopeOf(await act(here, 'waitTask', '--all', ...FAST));
    expect(data.tasks).toMatchObject([{ taskId: earlier, status: 'COMPLETED' }]);
    expect(charges(here)).toBe(2);
  });

  it('a task of another request with the same words is not taken for this one', async () => {
    const here = await place({ forgetsKeys: true });
    await again(here, '--wait', '0');
    await killedInSubmit(here, '--new').catch(() => {});
    const ids = here.service.charges.get(T2V.prompt)!;
    const newest = journalOf(here)[1]!.record;
    expect(newest).toMatchObject({ phase: 'submitting' });
    const done = envelopeOf(await again(here, '--wait', '0'));
    expect(done.taskId).toBe(ids[1]);
  });
});

describe('what must not become a second charge', () => {
  it('fault 74: the answer is lost, the list shows the task seconds later, the key is not honoured', async () => {
    const here = await place({ forgetsKeys: true });
    here.service.script.push('reset');
    here.service.listDelayMs = 1_500;
    const done = await again(here);
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(envelopeOf(done).data.resubmitted).toBeUndefined();
    expect(charges(here)).toBe(1);
  });

  it('advice after --new: the command that resumes a lost submit does not make another new request', async () => {
    const here = await place();
    here.service.script.push('reset');
    here.service.listStatus = 500;
    const env = { ...here.env, AIVIDEO_MAX_RETRIES: '0' };
    const lost = await run([...REQUEST, ...FAST, '--new', '--wait', '1'], { env });
    expect(lost.code).toBe(EXIT.submitUnknown);
    const steps = envelopeOf(lost).data.nextSteps as string[];
    const command = steps.find((step) => step.startsWith('node ') && step.includes('--payload'))!;
    expect(command).not.toContain('--new');
    here.service.listStatus = 200;
    expect(envelopeOf(await runShell(command, { env }))).toMatchObject({ ok: true, data: { resumed: true } });
    expect(charges(here)).toBe(1);
  });

  it('createGeneration on a task that has ended meanwhile: delivers its result, and not before', async () => {
    const here = await place();
    const make = () => run(['--action', 'createGeneration', ...REQUEST], { env: here.env });
    const first = envelopeOf(await make());
    for (let n = 0; n < 3; n += 1) await act(here, 'getStatus', '--taskId', first.taskId!);
    expect(recordOf(here).delivered).toBeNull();
    const second = await make();
    expect(second.code).toBe(0);
    const { taskId, data } = envelopeOf(second);
    expect(taskId).toBe(first.taskId);
    expect(data.resultUrls).toHaveLength(1);
    expect(recordOf(here).delivered).not.toBeNull();
  });

  it('the records vanish while the submit is under way: its id is on record all the same', async () => {
    const here = await place();
    here.service.onSubmit = () => rmSync(here.state, { recursive: true });
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    here.service.onSubmit = undefined;
    expect(recordOf(here)).toMatchObject({ phase: 'submitted', taskId });
    expect(envelopeOf(await again(here, '--wait', '0')).data.resumed).toBe(true);
    expect(charges(here)).toBe(1);
  });

  it('a key that was given: for another model a conflict, after the delivery the same result again', async () => {
    const here = await place();
    const key = ['--idempotencyKey', 'lighthouse-0001'];
    const first = envelopeOf(await again(here, ...key));
    const repeated = envelopeOf(await again(here, ...key));
    expect(repeated).toMatchObject({ status: 'COMPLETED', taskId: first.taskId, data: { reused: true } });
    const other = await run(['--model', 't2v_v3', '--payload', JSON.stringify(T2V), ...key], {
      env: here.env,
    });
    expect(envelopeOf(other)).toMatchObject({
      errorCode: 'IDEMPOTENCY_CONFLICT',
      data: { model: 't2v_v3', recordedModel: 't2v' },
    });
    expect(here.service.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('what an earlier run began is sent again only within the limits of this one', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    letPass(here.state, 120_000);
    const limits = [
      ['--maxCredits', '5'],
      ['--maxCreditsPerDay', '5'],
      // The first submit may be charged as well: 15 credits each.
      ['--maxCreditsPerDay', '29'],
    ] as const;
    for (const [limit, credits] of limits) {
      const refused = await again(here, limit, credits, '--wait', '0');
      expect(refused.code).toBe(EXIT.submitUnknown);
      expect(envelopeOf(refused).errorMessage).toContain(limit);
    }
    expect(here.service.received.filter(({ path: target }) => target.includes('/generate/'))).toHaveLength(1);
    expect(journalOf(here)).toHaveLength(1);
  });

  it('fault 20: a task that is too young to be shown is waited for', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    here.service.missing = 2;
    expect(envelopeOf(await again(here))).toMatchObject({ ok: true, status: 'COMPLETED', taskId });
  });

  it('a folder that was asked for once is kept, also where the next run does not name it', async () => {
    const here = await place();
    await again(here, '--wait', '0', '--download', here.out);
    const { data } = envelopeOf(await again(here));
    expect(data.files).toHaveLength(1);
    expect(readdirSync(here.out)).toHaveLength(1);
  });

  it('a file that no record is read from keeps no other request from its task', async () => {
    const here = await place();
    const folder = path.join(here.state, 'records');
    mkdirSync(path.join(folder, 'aa', `${'a'.repeat(32)}-20261121T000000000Z-000000.json`), {
      recursive: true,
    });
    here.service.script.push('reset');
    expect(envelopeOf(await again(here))).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(charges(here)).toBe(1);
  });
});

describe('at the same time', () => {
  it('faults 39, 49: twelve processes with one request: one charge, twelve documents with one task', async () => {
    const here = await place();
    const runs = await Promise.all(Array.from({ length: 12 }, () => again(here, '--download', here.out)));
    expect(charges(here)).toBe(1);
    expect(new Set(runs.map((done) => envelopeOf(done).taskId)).size).toBe(1);
    for (const done of runs) expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(journalOf(here)).toHaveLength(1);
  });

  it('fault 50: two downloads of one task have one writer, and both get the file', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    const fetch = () => act(here, 'waitTask', '--taskId', taskId!, '--download', here.out, ...FAST);
    const both = await Promise.all([fetch(), fetch(), fetch()]);
    for (const done of both)
      expect(envelopeOf(done).data.files).toMatchObject([{ bytes: expect.any(Number) }]);
    expect(here.service.received.filter(({ path: target }) => target.startsWith('/files/'))).toHaveLength(1);
  });

  it('fault 52: a lock that a dead process left behind keeps nobody waiting', async () => {
    const here = await place();
    await killedInSubmit(here);
    expect(
      readdirSync(path.join(here.state, 'records', 'locks')).some((name) => name.endsWith('.lock')),
    ).toBe(true);
    const start = performance.now();
    expect((await again(here)).code).toBe(0);
    expect(performance.now() - start).toBeLessThan(60_000);
  });
});

describe('a journal that cannot be used', () => {
  it.each([
    ['a file is in its place', (folder: string) => writeFileSync(path.join(folder, 'state'), '')],
    ['a folder on the way is a file', (folder: string) => writeFileSync(path.join(folder, 'x'), '')],
  ])('fault 44: nothing is submitted: %s', async (name, prepare) => {
    const here = await place();
    prepare(here.folder);
    const state = name.startsWith('a folder') ? path.join(here.folder, 'x', 'state') : here.state;
    const env = { ...here.env, ASYNC_MEDIA_STATE_DIR: state };
    const refused = await run([...REQUEST, ...FAST], { env });
    expect(refused.code).toBe(EXIT.badInput);
    const { errorCode, errorMessage, status, data } = envelopeOf(refused);
    expect(errorCode).toBe('INVALID_PAYLOAD');
    expect(data.issues).toMatchObject([{ path: 'ASYNC_MEDIA_STATE_DIR' }]);
    expect(errorMessage).toContain(state);
    expect(errorMessage).toContain('nothing was submitted');
    expect(status).toBe('FAILED');
    expect(JSON.stringify(data.nextSteps)).toContain('--noJournal');
    expect(here.service.received).toHaveLength(0);
    const without = await run([...REQUEST, ...FAST, '--noJournal'], { env });
    expect(envelopeOf(without)).toMatchObject({ ok: true, status: 'COMPLETED' });
    const waited = await run(['--action', 'waitTask', '--taskId', envelopeOf(without).taskId!], { env });
    expect(waited.code).toBe(0);
  });

  it.each([
    ['cut', (text: string) => text.slice(0, 100)],
    ['empty', () => ''],
    ['of another form', () => '{"version":9}'],
  ])('fault 46: a record that is %s is set aside, told, and leads to no submit', async (_, spoil) => {
    const here = await place();
    await again(here, '--wait', '0');
    const [{ file, record }] = journalOf(here) as [{ file: string; record: RequestRecord }];
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    let steps: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const refused = await again(here, '--wait', '0');
      expect(refused.code).toBe(EXIT.submitUnknown);
      const { data, retryAfter } = envelopeOf(refused);
      // Waiting changes nothing: the user decides.
      expect(retryAfter).toBeNull();
      steps = data.nextSteps as string[];
      expect(steps[1]).toMatch(/^node .* --action listTasks/);
      expect(steps[2]).toMatch(/this resumes it: node .* --action waitTask --taskId '<task_id>'/);
      expect(refused.stderr.includes(`${path.basename(file)}.corrupt`)).toBe(n === 0);
    }
    expect(existsSync(`${file}.corrupt`)).toBe(true);
    expect(charges(here)).toBe(1);
    expect((await act(here, 'listPending')).code).toBe(0);
    expect((await act(here, 'waitTask', '--taskId', record.taskId!, ...FAST)).code).toBe(0);
    const [, another] = /^If there is none, and only if the user accepts .*: (node .*)$/.exec(steps[3]!)!;
    expect((await runShell(another!, { env: here.env })).code).toBe(EXIT.stillRunning);
    expect(envelopeOf(await again(here, '--wait', '0')).data.resumed).toBe(true);
    expect(charges(here)).toBe(2);
  });

  it('is never inside the skill', async () => {
    const here = await place();
    const inside = path.join(path.dirname(ENTRY), 'state');
    const refused = await run(REQUEST, { env: { ...here.env, ASYNC_MEDIA_STATE_DIR: inside } });
    expect(refused.code).toBe(EXIT.badInput);
    expect(envelopeOf(refused).data.issues).toMatchObject([{ path: 'ASYNC_MEDIA_STATE_DIR' }]);
    expect(existsSync(inside)).toBe(false);
  });
});

describe('what is pending', () => {
  const requests = async (here: Place, ...prompts: string[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const prompt of prompts) {
      const payload = JSON.stringify({ ...T2V, prompt });
      const flags = ['--wait', '0', '--owner', `of ${prompt}`, '--download', here.out];
      const done = await run(['--model', 't2v', '--payload', payload, ...flags], { env: here.env });
      ids.push(envelopeOf(done).taskId!);
    }
    return ids;
  };

  it('is listed without key and network, with commands that resume', async () => {
    const here = await place();
    const [first, second] = await requests(here, 'one', 'two');
    const env = { ASYNC_MEDIA_STATE_DIR: here.state };
    const { data } = envelopeOf(await run(['--action', 'listPending'], { env }));
    expect(data.count).toBe(2);
    const cancel = expect.stringContaining(`--action cancelTask --taskId ${first}`);
    expect(data.pending).toMatchObject([
      { taskId: second, promptExcerpt: 'two' },
      { taskId: first, promptExcerpt: 'one', status: 'SUBMITTED', cancel },
    ]);
    const ofOne = envelopeOf(await run(['--action', 'listPending', '--owner', 'of one'], { env }));
    expect(ofOne.data.pending).toMatchObject([{ taskId: first, owner: 'of one' }]);
    const { resume } = (data.pending as { resume: string }[])[0]!;
    expect(resume).toContain(
      `--action waitTask --taskId ${second} --wait 45 --download ${quoteWord(here.out)}`,
    );
  });

  it('says when a state was polled, by any process, with a cancel only while that can work and the wait it was made with', async () => {
    const here = await place();
    const args = ['--action', 'createGeneration', '--model', 't2v', '--payload', JSON.stringify(T2V)];
    const { taskId } = envelopeOf(await run(args, { env: here.env }));
    const rows = async () =>
      envelopeOf(await act(here, 'listPending')).data.pending as Record<string, string>[];
    const [made] = await rows();
    expect(made).toMatchObject({ taskId, status: 'SUBMITTED', cancel: expect.any(String) });
    expect(Date.parse(made!.statusSeenAt!)).toBeGreaterThan(Date.now() - 60_000);
    expect(made!.resume).toContain('--wait 45');
    const steps = envelopeOf(await act(here, 'listPending')).data.nextSteps as string[];
    expect(steps.at(-1)).toMatch(/^Each status is that of its statusSeenAt/);
    // Seen so long ago that by every recorded run it has begun: a cancel comes too late.
    const [entry] = journalOf(here);
    rewrite(entry!, { checked: new Date(Date.now() - 3_600_000).toISOString() });
    expect((await rows())[0]!.cancel).toBeUndefined();
    const refused = envelopeOf(await act(here, 'cancelTask')).data.nextSteps as string[];
    expect(refused.filter((step) => step.includes(' --action cancelTask '))).toEqual([]);
    rewrite(entry!, {});
    // The list shows it running now: that is a sight of it like any other.
    await act(here, 'getStatus', '--taskId', taskId!);
    await act(here, 'getStatus', '--taskId', taskId!);
    const [seen] = await rows();
    expect(seen).toMatchObject({ taskId, status: 'PROGRESS' });
    expect(seen!.cancel).toBeUndefined();
    const other = ['--model', 't2v', '--payload', JSON.stringify({ ...T2V, prompt: 'two' }), '--wait', '1'];
    await run([...other, '--pollInterval', '1'], { env: here.env });
    expect((await rows())[0]!.resume).toContain('--wait 1');
    await act(here, 'listTasks');
    expect((await rows()).map(({ status }) => status)).not.toContain('UNKNOWN');
  });

  it('cancelTask without an id names the tasks that can be cancelled, the newest first, each with its command', async () => {
    const here = await place();
    const env = { ASYNC_MEDIA_STATE_DIR: here.state };
    const refused = async (...flags: string[]) => {
      const done = await run(['--action', 'cancelTask', ...flags], { env });
      expect(done.code).toBe(EXIT.badInput);
      return envelopeOf(done).data.nextSteps as string[];
    };
    const none = 'By the records of this machine, no task can be cancelled any more.';
    expect(await refused()).toEqual(['add --taskId <id>', none]);
    const [first, second] = await requests(here, 'one', 'two');
    await act(here, 'getStatus', '--taskId', first!);
    await act(here, 'getStatus', '--taskId', first!);
    const [, third] = await requests(here, 'three', 'four');
    for (const flags of [[], ['--all'], ['--batch', 'ideas.txt']]) {
      const steps = (await refused(...flags)).filter((step) => step.includes(' --action cancelTask '));
      const said = ['four', 'three', 'two'].map((prompt) =>
        expect.stringMatching(new RegExp(`^To cancel "${prompt}" \\(t2v\\), made on \\S+Z: node `)),
      );
      expect(steps).toEqual(said);
      expect(steps[0]).toContain(third);
      expect(steps[2]).toMatch(new RegExp(` --action cancelTask --taskId ${second}$`));
    }
    expect(await refused('--sandbox')).toContain(none);
    const [newest] = (await refused()).slice(1);
    const done = await runShell(newest!.replace(/^.*?(?=node )/, ''), { env: here.env });
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'CANCEL', taskId: third });
  });

  it('waitTask without an id warns of submits whose outcome is not known; with nothing else it is exit 7', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    const alone = await act(here, 'waitTask', ...FAST);
    expect(alone.code).toBe(EXIT.submitUnknown);
    expect(envelopeOf(alone)).toMatchObject({ ok: false, status: null, data: { count: 0, unsettled: 1 } });
    const other = JSON.stringify({ ...T2V, prompt: 'two' });
    await run(['--model', 't2v', '--payload', other, '--wait', '0'], { env: here.env });
    const { ok, data } = envelopeOf(await act(here, 'waitTask', ...FAST));
    expect(ok).toBe(true);
    expect(data.warnings).toEqual([expect.stringContaining('The outcome of 1 other submit is not known')]);
    await run(['--model', 't2v', '--payload', other, '--new', '--wait', '0'], { env: here.env });
    const all = await act(here, 'waitTask', '--all', ...FAST);
    expect(all.code).toBe(EXIT.submitUnknown);
    expect(envelopeOf(all)).toMatchObject({
      ...{ ok: false, errorCode: 'SUBMIT_OUTCOME_UNKNOWN' },
      data: { count: 1, running: 0, unsettled: 1, tasks: [{ status: 'COMPLETED', errorCode: null }] },
    });
    // The same command would find out nothing about that submit.
    expect((envelopeOf(all).data.nextSteps as string[]).join()).not.toContain('--all');
  });

  it('waitTask without an id resumes the newest, and saves its file where that was wanted', async () => {
    const here = await place();
    const [, second] = await requests(here, 'one', 'two');
    const done = envelopeOf(await act(here, 'waitTask', ...FAST));
    expect(done).toMatchObject({ status: 'COMPLETED', taskId: second, data: { resumed: true } });
    expect(existsSync(path.join(here.out, `${second}.mp4`))).toBe(true);
    expect(envelopeOf(await act(here, 'listPending')).data.count).toBe(1);
  });

  it('with --all with all of them; then nothing is', async () => {
    const here = await place();
    const ids = await requests(here, 'one', 'two', 'three');
    const done = await act(here, 'waitTask', '--all', ...FAST);
    expect(done.code).toBe(0);
    const { status, taskId, data } = envelopeOf(done);
    expect({ status, taskId }).toEqual({ status: null, taskId: null });
    const tasks = data.tasks as { taskId: string; files: { path: string }[] }[];
    expect(tasks.map((task) => task.taskId).sort()).toEqual([...ids].sort());
    for (const { files } of tasks) expect(existsSync(files[0]!.path)).toBe(true);
    // Neither answer leads back to the other.
    for (const nothing of [await act(here, 'listPending'), await act(here, 'waitTask', '--all')]) {
      const { count, nextSteps } = envelopeOf(nothing).data as { count: number; nextSteps: string[] };
      expect([nothing.code, count]).toEqual([0, 0]);
      expect(nextSteps).toEqual([
        expect.any(String),
        expect.stringMatching(/ --action listTasks --since 7d$/),
      ]);
    }
    const other = envelopeOf(await act(here, 'listPending', '--provider', 'apidot'));
    expect(JSON.stringify(other.data.nextSteps)).not.toContain('listTasks');
  });

  it('a task that is gone keeps nobody from the others, and is named with how to drop it', async () => {
    const here = await place();
    const [first, next, gone] = await requests(here, 'one', 'two', 'three');
    here.service.forget(gone!);
    for (const each of journalOf(here)) {
      const age = each.record.taskId === gone ? 60_000 : 120_000;
      const earlier = new Date(Date.now() - age).toISOString();
      // Older than the time for which a 404 says nothing.
      rewrite(each, { created: earlier, sentAt: earlier, unsettledSince: earlier });
    }
    const newest = await act(here, 'waitTask', ...FAST);
    expect(newest.code).toBe(EXIT.done);
    const { taskId, data } = envelopeOf(newest);
    expect(taskId).toBe(next);
    expect(data.warnings).toEqual([expect.stringContaining(gone!)]);
    const steps = data.nextSteps as string[];
    expect(steps.at(-1)).toMatch(/^Only if the user .* with a new charge: node /);
    expect(steps.at(-1)).toContain(`--action forget --taskId ${gone}`);
    const all = await act(here, 'waitTask', '--all', ...FAST);
    expect(envelopeOf(all).data.tasks).toMatchObject([
      { taskId: first, promptExcerpt: 'one', status: 'COMPLETED' },
      { taskId: gone, promptExcerpt: 'three', errorCode: 'TASK_NOT_FOUND' },
    ]);
    const alone = await act(here, 'waitTask', ...FAST);
    expect(alone.code).toBe(EXIT.taskNotFound);
    expect(envelopeOf(alone)).toMatchObject({
      taskId: gone,
      data: { nextSteps: [expect.any(String), steps.at(-1)!] },
    });
    expect((await runShell(steps.at(-1)!.replace(/^.*?(?=node )/, ''), { env: here.env })).code).toBe(0);
    expect(envelopeOf(await act(here, 'listPending')).data.count).toBe(0);
  });

  it('fault 51: many tasks of one command share its permits; one without a query keeps its state', async () => {
    const here = await place();
    await requests(here, 'one', 'two', 'three', 'four');
    const done = await act(here, 'waitTask', '--all', '--wait', '1', '--pollInterval', '1');
    expect(done.code).toBe(EXIT.stillRunning);
    const { ok, data } = envelopeOf(done);
    expect(ok).toBe(true);
    for (const task of data.tasks as { status: string }[]) expect(task.status).toMatch(/SUBMITTED|PROGRESS/);
  });

  it('with --all and too little time: exit 4, and what is done is done', async () => {
    const here = await place();
    await requests(here, 'one', 'two');
    const done = await act(here, 'waitTask', '--all', '--wait', '0');
    expect(done.code).toBe(EXIT.stillRunning);
    expect(envelopeOf(done)).toMatchObject({ ok: true, data: { running: 2 } });
  });

  it('is dropped by forget: by the id, or by the key where there is none', async () => {
    const here = await place();
    const [first] = await requests(here, 'one');
    expect(envelopeOf(await act(here, 'forget', '--taskId', first!))).toMatchObject({
      ok: true,
      taskId: first,
      data: { forgotten: 1 },
    });
    expect(journalOf(here)).toHaveLength(0);
    expect((await act(here, 'forget', '--taskId', first!)).code).toBe(EXIT.taskNotFound);
    await killedInSubmit(here);
    const key = recordOf(here).idempotencyKey;
    const { data } = envelopeOf(await act(here, 'listPending'));
    const { resume } = (data.pending as { resume: string }[])[0]!;
    expect(resume).toMatch(
      /; or, only if the user accepts a second charge, drop it: node .* --action forget /,
    );
    expect(resume).toContain(`--idempotencyKey ${key}`);
    expect((await act(here, 'forget', '--idempotencyKey', key)).code).toBe(0);
    expect(journalOf(here)).toHaveLength(0);
    expect((await act(here, 'forget')).code).toBe(EXIT.badInput);
  });
});

describe('keys and money', () => {
  it('a refund is on record, and counts', async () => {
    const here = await place();
    here.service.end = 'FAILED';
    expect((await again(here)).code).toBe(EXIT.taskEnded);
    expect(recordOf(here).credits).toEqual({ quoted: null, charged: 15, refunded: 15 });
    here.service.end = 'COMPLETED';
    expect((await again(here, '--new', '--maxCreditsPerDay', '20')).code).toBe(0);
  });

  it('a task of another address is told by the address, not by a key that is the same', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    const other = await ledger();
    const env = { ...here.env, AIVIDEO_BASE_URL: other.origin };
    const { errorMessage, data } = envelopeOf(
      await run(['--action', 'getStatus', '--taskId', taskId!], { env }),
    );
    expect(errorMessage).toContain(`which is not ${new URL(other.origin).host}`);
    expect(errorMessage).not.toContain('fingerprint');
    expect(JSON.stringify(data.nextSteps)).toContain('AIVIDEO_BASE_URL');
  });

  it('faults 20, 53: a task of another key gets a clear word, and another key makes another request', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    here.service.forget(taskId!);
    const made = recordOf(here);
    const other = { ...here.env, AIVIDEO_API_KEY: 'ak_another_0123456789' };
    const missing = await run(['--action', 'getStatus', '--taskId', taskId!], { env: other });
    expect(missing.code).toBe(EXIT.taskNotFound);
    const { errorMessage } = envelopeOf(missing);
    expect(errorMessage).toContain(recordOf(here).account);
    expect(errorMessage).toContain('another key');
    expect(errorMessage).not.toContain('ak_another');
    const request = await run([...REQUEST, '--wait', '0'], { env: other });
    const { data } = envelopeOf(request);
    expect(data.resumed).toBeUndefined();
    const warning = `The same request was made on ${made.created} with another key (fingerprint ${made.account}) as task ${taskId}. With the key and the address in use now it is another request, and a new charge.`;
    expect(data.warnings).toEqual([`${warning} Tell the user.`]);
    // Before the submit, once.
    expect(request.stderr.split(warning)).toHaveLength(2);
    expect(request.stderr.indexOf(warning)).toBeLessThan(request.stderr.indexOf('SUBMITTED'));
    // Of the same key there is no such warning, nor where the user asks for another task.
    for (const flags of [[], ['--new']]) {
      const same = await run([...REQUEST, '--wait', '0', ...flags], { env: other });
      expect(envelopeOf(same).data.warnings).toBeUndefined();
    }
    const none = await run(['--action', 'waitTask'], { env: { ...other, AIVIDEO_API_KEY: 'ak_third_0123' } });
    expect(envelopeOf(none).data.count).toBe(0);
  });

  it('fault 18: a key that is refused is told by its fingerprint', async () => {
    const here = await place();
    here.service.refusesKey = true;
    const refused = await again(here);
    expect(refused.code).toBe(EXIT.keyRefused);
    expect(JSON.stringify(envelopeOf(refused).data.nextSteps)).toMatch(/fingerprint [0-9a-f]{12}/);
    expect(journalOf(here)).toHaveLength(0);
  });

  it('--maxCreditsPerDay counts what the journal knows, and lets nothing above it', async () => {
    const here = await place();
    const request = (prompt: string) =>
      run(
        [
          ...['--model', 't2v', '--payload', JSON.stringify({ ...T2V, prompt }), '--wait', '0'],
          ...['--maxCreditsPerDay', '40'],
        ],
        { env: here.env },
      );
    const both = await Promise.all(['one', 'two', 'three'].map(request));
    const codes = both.map(({ code }) => code).sort();
    expect(codes).toEqual([EXIT.stillRunning, EXIT.stillRunning, EXIT.credits]);
    expect(here.service.charges.size).toBe(2);
    const refused = both.find(({ code }) => code === EXIT.credits) as Run;
    expect(envelopeOf(refused)).toMatchObject({
      errorCode: 'BUDGET_EXCEEDED',
      status: 'FAILED',
      data: { quoted: 15, spentToday: 30, maxCreditsPerDay: 40 },
      // A submit with an unknown outcome counts too.
      errorMessage: expect.stringContaining('cost or may have cost up to 30 credits, and this one costs 15'),
    });
    expect(journalOf(here)).toHaveLength(2);
    expect(journalOf(here)[0]!.record.credits).toEqual({ quoted: 15, charged: 15, refunded: null });
  });

  it.each([
    [['--new', '--idempotencyKey', 'lighthouse-0001'], '--new'],
    [['--noJournal', '--maxCreditsPerDay', '40'], '--noJournal'],
    [['--noJournal', '--owner', 'me'], '--noJournal'],
  ])('%j contradict each other', async (flags, name) => {
    const refused = await run([...REQUEST, ...flags]);
    expect(refused.code).toBe(EXIT.badInput);
    expect(envelopeOf(refused).data.issues).toMatchObject([{ path: name }]);
  });
});
