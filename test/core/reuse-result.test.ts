import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import type { Outcome } from '../../scripts/src/cli/render/envelope.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import type { RecordedFile, RequestRecord } from '../../scripts/src/model/request-record.ts';
import type { Entry } from '../../scripts/src/stores/file/entry.ts';
import { Journal } from '../../scripts/src/stores/file/journal.ts';
import { FakeClock } from '../support/clock.ts';
import { MP4, PNG } from '../support/media.ts';
import { type Answer, serve, type TestServer } from '../support/server.ts';
import { endOf, getTask, waitForAll, waitForNewest, waitTask } from './rendered.ts';
import {
  folder,
  generateClip,
  journalOf,
  leave,
  sessionWith,
  stepsOf,
  type TestSession,
  waiting,
} from './session.ts';

const DAY_MS = 24 * 3600_000;
const DELIVERED = '2026-11-21T11:00:00.000Z';
const ANOTHER =
  / and ended [A-Z]+( for 15 credits( \(15 refunded\))?)?; this run charged nothing(, and no run with --new has made another since)?\. To make another, with a new charge: the same command with --new\.$/;

const IF_IT_HAS_IT = 'it charges nothing, and fetches the result if the service still has it';

interface World {
  server: TestServer;
  clock: FakeClock;
  journal: Journal;
  entry: Entry;
  /** The folder that the files were saved in. */
  out: string;
}

const file = (where: string, content: Buffer): RecordedFile => ({
  path: where,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  contentType: 'video/mp4',
});

/** The service's record of the finished task, with the output that names these paths of its own. */
const showing =
  (output: (at: (path: string) => string) => object, more: object = {}) =>
  ({ origin }: TestServer): Answer => ({
    body: { id: 'ckx1', status: 'COMPLETED', output: output((path) => `${origin}/${path}`), ...more },
  });
const FINISHED = showing((at) => ({ url: at('file.mp4') }));
/** The same of several files. */
const showingFiles = (...names: string[]) => showing((at) => ({ files: names.map(at) }));

const hoursAgo = (hours: number) => new Date(new FakeClock().wall() - hours * 3600_000).toISOString();

interface Given {
  /** What the service says of the task; the record of a finished one unless given. */
  task?: (server: TestServer) => Answer;
  /** What the link leads to. */
  link?: Answer;
  /** The names of the files that were saved, each an MP4. */
  names?: string[];
  record?: Partial<RequestRecord>;
  /** An earlier record of the same request. */
  older?: Partial<RequestRecord>;
}

/** A request that was made an hour ago and has ended, with its files where they were saved. */
async function ended({
  task = FINISHED,
  link,
  names = ['ckx1.mp4'],
  record = {},
  older,
}: Given = {}): Promise<World> {
  const clock = new FakeClock();
  const out = folder();
  const server = await serve(({ path: route }, { server }) => {
    if (route.startsWith('/file')) return link ?? { body: MP4 };
    if (route.includes('/generate/')) return { body: { status: 'SUBMITTED', taskId: 'ckx2' } };
    return task(server);
  });
  const journal = journalOf(server.origin, clock);
  for (const name of names) writeFileSync(path.join(out, name), MP4);
  clock.wallOffset -= 3600_000;
  if (older) await leave(journal, older);
  const entry = await leave(journal, {
    ...{ phase: 'submitted', taskId: 'ckx1', status: 'COMPLETED', checked: DELIVERED, delivered: DELIVERED },
    ...{ download: out, fileCount: names.length },
    credits: { quoted: null, charged: 15, refunded: null },
    files: names.map((name) => file(path.join(out, name), MP4)),
    ...record,
  });
  clock.wallOffset += 3600_000;
  return { server, clock, journal, entry, out };
}

interface Asked {
  /** Where the files are wanted this time; null = the command does not say. */
  into?: string | null;
  isNew?: boolean;
  isDetached?: boolean;
  waitMs?: number;
}

/** What a process of its own has of it. */
const processOf = ({ server, clock, journal }: World) =>
  sessionWith(server.origin, { clock, journal: new Journal(journal.place), maxRetries: 1 });

/** The same command, as a process of its own. */
async function command(world: World, asked: Asked = {}) {
  const { into = world.out, isNew = false, ...more } = asked;
  const session = processOf(world);
  const outcome = await endOf(generateClip(session, { ...more, terms: { isNew }, place: { folder: into } }));
  outcome.onWritten?.();
  return { ...outcome, session };
}

const filesOf = ({ envelope }: Outcome) => (envelope.data?.files ?? []) as JsonObject[];
const pathsOf = (outcome: Outcome) => filesOf(outcome).map(({ path: where }) => where);
const requests = ({ server }: World) => server.received.map(({ method, path }) => `${method} ${path}`);
const recordOf = ({ journal, entry }: World) =>
  new Journal(journal.place).find(entry.record.request).find((one) => one?.name === entry.name)!.record;

/** It says that it is the result of before; nothing was submitted, and no part of a file is left. */
function expectReused(world: World, outcome: Outcome): void {
  const { created, status } = recordOf(world);
  expect(outcome.envelope).toMatchObject({
    status,
    taskId: 'ckx1',
    data: { reused: true, createdAt: created },
  });
  const isInTheWay = outcome.envelope.errorMessage?.includes('exists already');
  if (isInTheWay) expect(stepsOf(outcome.envelope).join(' ')).not.toContain('--new');
  else {
    expect(stepsOf(outcome.envelope).at(-1)).toMatch(ANOTHER);
    expect(stepsOf(outcome.envelope).filter((step) => step.includes('--new'))).toHaveLength(1);
  }
  expect(world.server.to('POST')).toEqual([]);
  if (existsSync(world.out)) expect(readdirSync(world.out).join()).not.toContain('.part');
}

describe('the same command, when its result is still there', () => {
  it.each<[string, Asked]>([
    ['into the same folder', {}],
    ['without a folder', { into: null }],
    ['without a wait', { waitMs: 0 }],
    ['as a submit alone', { isDetached: true }],
  ])('%s: returns the same file, without any request', async (_, asked) => {
    const world = await ended();
    const outcome = await command(world, asked);
    expectReused(world, outcome);
    expect(outcome.envelope).toMatchObject({ ok: true, errorCode: null, data: { credits: { charged: 15 } } });
    expect(outcome.exitCode).toBe(EXIT.done);
    expect(filesOf(outcome)).toEqual([file(path.join(world.out, 'ckx1.mp4'), MP4)]);
    expect(outcome.session.told).toEqual(['resumed ckx1', 'task ckx1 COMPLETED']);
    expect(requests(world)).toEqual([]);
  });

  it.each([false, true])('says which run made it, delivered or not (%s)', async (isDelivered) => {
    const delivered = isDelivered ? DELIVERED : null;
    const newRun = { began: DELIVERED, lines: '0'.repeat(64) };
    const made = `The run with --new that began on ${DELIVERED} made it. It is the newest task of this request: a run with --new that began later submitted nothing.`;
    const steps = async (record: Partial<RequestRecord>) =>
      stepsOf((await command(await ended({ record: { delivered, ...record } }))).envelope);
    expect(await steps({ newRun })).toEqual([made, expect.stringMatching(ANOTHER)]);
    expect(await steps({})).toEqual([expect.stringMatching(ANOTHER)]);
  });

  it('is the same offline, and each time', async () => {
    const world = await ended();
    await world.server.close();
    const [first, second] = [await command(world), await command(world)];
    expect(first.envelope).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(second.envelope).toEqual(first.envelope);
  });

  it('says that it was submitted once more', async () => {
    const world = await ended({ record: { resubmitted: true } });
    expect((await command(world)).envelope.data).toMatchObject({ reused: true, resubmitted: true });
  });

  it('with --new, makes another task', async () => {
    const world = await ended();
    const { envelope } = await command(world, { isNew: true, isDetached: true });
    expect(envelope).toMatchObject({ status: 'SUBMITTED', taskId: 'ckx2' });
    expect(envelope.data!.reused).toBeUndefined();
  });

  it('returns all of several files', async () => {
    const names = ['ckx1-1.mp4', 'ckx1-2.mp4'];
    const world = await ended({ names });
    const outcome = await command(world);
    expectReused(world, outcome);
    expect(pathsOf(outcome)).toEqual(names.map((name) => path.join(world.out, name)));
    expect(requests(world)).toEqual([]);
  });

  it('keeps its record for longer, noted once a day', async () => {
    const world = await ended();
    await command(world);
    expect(recordOf(world).used).toBeNull();
    world.clock.now += DAY_MS;
    await command(world);
    const used = new Date(world.clock.wall()).toISOString();
    expect(recordOf(world).used).toBe(used);
    world.clock.now += DAY_MS / 2;
    await command(world);
    expect(recordOf(world).used).toBe(used);
  });
});

describe('the same command, into another folder', () => {
  it('gets a copy without any request, which is known from then on', async () => {
    const world = await ended();
    const into = folder();
    const outcome = await command(world, { into });
    expectReused(world, outcome);
    const copy = path.join(into, 'ckx1.mp4');
    expect(pathsOf(outcome)).toEqual([copy]);
    expect(readFileSync(copy).equals(MP4)).toBe(true);
    expect(readdirSync(into)).toEqual(['ckx1.mp4']);
    // Either of the two is enough.
    rmSync(path.join(world.out, 'ckx1.mp4'));
    const again = await command(world, { into });
    expect(pathsOf(again)).toEqual([copy]);
    const back = await command(world, { into: world.out });
    expect(pathsOf(back)).toEqual([path.join(world.out, 'ckx1.mp4')]);
    expect(requests(world)).toEqual([]);
  });

  it('takes the very same file that lies there already', async () => {
    const world = await ended();
    const into = folder();
    writeFileSync(path.join(into, 'ckx1.mp4'), MP4);
    expect(pathsOf(await command(world, { into }))).toEqual([path.join(into, 'ckx1.mp4')]);
  });

  it('fault 47: where something else has the name, leaves it as it is and says so', async () => {
    const world = await ended();
    const into = folder();
    writeFileSync(path.join(into, 'ckx1.mp4'), 'mine');
    const outcome = await command(world, { into });
    expectReused(world, outcome);
    expect(outcome.envelope).toMatchObject({ ok: false, errorCode: 'DOWNLOAD_FAILED' });
    expect(outcome.envelope.errorMessage).toContain('exists already and is something else');
    expect(outcome.exitCode).toBe(EXIT.downloadFailed);
    expect(stepsOf(outcome.envelope)[0]).toContain('ckx1.mp4 is another file, or a damaged one');
    expect(readdirSync(into)).toEqual(['ckx1.mp4']);
    expect(readFileSync(path.join(into, 'ckx1.mp4'), 'utf8')).toBe('mine');
    expect(requests(world)).toEqual([]);
  });

  it('fault 47: where an earlier task of the request has the name, says whose file it is', async () => {
    const into = folder();
    const taken = path.join(into, 'ckx1.mp4');
    writeFileSync(taken, PNG);
    const older = { phase: 'submitted', taskId: 'ckx0', status: 'COMPLETED' } as const;
    const world = await ended({ older: { ...older, files: [file(taken, PNG)] } });
    const outcome = await command(world, { into });
    expectReused(world, outcome);
    expect(outcome.envelope.errorCode).toBe('DOWNLOAD_FAILED');
    const said = `${taken} is the file of another task of this request, ckx0, and is left as it is.`;
    expect(stepsOf(outcome.envelope)[0]).toBe(said);
    // The same where the result comes from the service.
    rmSync(path.join(world.out, 'ckx1.mp4'));
    expect(stepsOf((await command(world, { into })).envelope)[0]).toBe(said);
    expect(readFileSync(taken).equals(PNG)).toBe(true);
  });

  it('says again that the file is of another kind than its model makes', async () => {
    const world = await ended();
    await world.entry.update(({ files }) => ({
      files: files.map((one) => ({ ...one, contentType: 'image/png' })),
    }));
    const { envelope } = await command(world);
    expect(envelope.data?.warnings).toEqual([
      expect.stringContaining('t2v makes a video, but ckx1.mp4 is an image'),
    ]);
  });

  it('copies what lies in several folders', async () => {
    const other = folder();
    const world = await ended({ names: ['ckx1-1.mp4', 'ckx1-2.mp4'] });
    const moved = path.join(other, 'ckx1-2.mp4');
    renameSync(path.join(world.out, 'ckx1-2.mp4'), moved);
    await world.entry.update(({ files }) => ({ files: [files[0]!, file(moved, MP4)] }));
    const into = folder();
    const outcome = await command(world, { into });
    expect(pathsOf(outcome)).toEqual(['ckx1-1.mp4', 'ckx1-2.mp4'].map((name) => path.join(into, name)));
    expect(requests(world)).toEqual([]);
  });
});

describe('the same command, when its file is not there any more', () => {
  const FETCHED = ['GET /api/v1/tasks/ckx1', 'GET /file.mp4'];

  it.each<[string, (where: string) => void, Asked?]>([
    ['was deleted', (where) => rmSync(where)],
    ['was moved', (where) => renameSync(where, `${where}.mine`)],
    ['went with its folder', (where) => rmSync(path.dirname(where), { recursive: true })],
    [
      'went with its folder, which the command does not name',
      (where) => rmSync(path.dirname(where), { recursive: true }),
      { into: null },
    ],
  ])('%s: fetches it anew', async (_, change, asked = {}) => {
    const world = await ended();
    const where = path.join(world.out, 'ckx1.mp4');
    change(where);
    const outcome = await command(world, asked);
    expectReused(world, outcome);
    expect(outcome.envelope.ok).toBe(true);
    expect(pathsOf(outcome)).toEqual([where]);
    expect(readFileSync(where).equals(MP4)).toBe(true);
    expect(requests(world)).toEqual(FETCHED);
    await command(world, asked);
    expect(requests(world)).toEqual(FETCHED);
  });

  it('fault 47: was changed: leaves the changed one as it is, and says so; elsewhere it is fetched anew', async () => {
    const world = await ended();
    const where = path.join(world.out, 'ckx1.mp4');
    writeFileSync(where, PNG);
    const outcome = await command(world);
    expectReused(world, outcome);
    expect(outcome.envelope).toMatchObject({ ok: false, errorCode: 'DOWNLOAD_FAILED' });
    expect(outcome.exitCode).toBe(EXIT.downloadFailed);
    expect(stepsOf(outcome.envelope)[0]).toBe(
      `${where} was saved for this task, but was changed since, and is left as it is.`,
    );
    expect(readFileSync(where).equals(PNG)).toBe(true);
    const into = folder();
    expect(pathsOf(await command(world, { into }))).toEqual([path.join(into, 'ckx1.mp4')]);
    expect(readFileSync(path.join(into, 'ckx1.mp4')).equals(MP4)).toBe(true);
  });

  it('has a path that leads nowhere now: fetches it into the folder that is wanted', async () => {
    const world = await ended();
    rmSync(world.out, { recursive: true });
    writeFileSync(world.out, 'a file where the folder was');
    const into = folder();
    const outcome = await command(world, { into });
    expect(outcome.envelope).toMatchObject({ ok: true, data: { reused: true } });
    expect(pathsOf(outcome)).toEqual([path.join(into, 'ckx1.mp4')]);
  });

  it('and no folder can be made where it was: names the command that saves it elsewhere', async () => {
    const world = await ended();
    rmSync(world.out, { recursive: true });
    writeFileSync(world.out, 'a file where the folder was');
    const { envelope } = await command(world, { into: null });
    expect(envelope).toMatchObject({ ok: false, status: 'COMPLETED', taskId: 'ckx1' });
    expect(stepsOf(envelope)).toContain('run --action waitTask --taskId ckx1 --download out');
  });

  it('one of several: fetches only that one', async () => {
    const names = ['ckx1-1.mp4', 'ckx1-2.mp4'];
    const world = await ended({ names, task: showingFiles('file-1.mp4', 'file-2.mp4') });
    rmSync(path.join(world.out, 'ckx1-2.mp4'));
    const outcome = await command(world);
    expectReused(world, outcome);
    expect(pathsOf(outcome)).toEqual(names.map((name) => path.join(world.out, name)));
    expect(requests(world)).toEqual(['GET /api/v1/tasks/ckx1', 'GET /file-2.mp4']);
  });

  it('one of several was never saved: the record says how many there are', async () => {
    const world = await ended({ record: { fileCount: 2 } });
    await command(world);
    expect(requests(world)[0]).toBe('GET /api/v1/tasks/ckx1');
  });

  it.each([404, 403, 410])('and its link is dead (HTTP %i): DOWNLOAD_FAILED, and --new', async (status) => {
    const world = await ended({ link: { status } });
    rmSync(path.join(world.out, 'ckx1.mp4'));
    for (const isDetached of [false, true]) {
      const outcome = await command(world, { isDetached });
      expectReused(world, outcome);
      expect(outcome.envelope).toMatchObject({ ok: false, errorCode: 'DOWNLOAD_FAILED' });
      expect(outcome.exitCode).toBe(EXIT.downloadFailed);
    }
  });

  it('and its task is gone at the service: DOWNLOAD_FAILED, and --new alone', async () => {
    const world = await ended({ task: () => ({ status: 404, body: { message: 'Task not found' } }) });
    rmSync(path.join(world.out, 'ckx1.mp4'));
    const outcome = await command(world);
    expectReused(world, outcome);
    expect(outcome.envelope).toMatchObject({ ok: false, errorCode: 'DOWNLOAD_FAILED', retryAfter: null });
    expect(outcome.envelope.errorMessage).toMatch(
      /AIVideoMaker does not know task ckx1 any more\. .*24 hours/,
    );
    expect(outcome.envelope.data).toMatchObject({ resultGone: true, credits: { charged: 15 } });
    expect(stepsOf(outcome.envelope)).toEqual([
      expect.stringContaining('running this command again changes nothing'),
      expect.stringMatching(ANOTHER),
    ]);
    expect(outcome.exitCode).toBe(EXIT.downloadFailed);
    // The failure was reported: nothing is left to be delivered.
    expect(recordOf(world).delivered).not.toBeNull();
  });

  it('and its task is gone a moment after its end: that may be for now', async () => {
    const checked = hoursAgo(0);
    const world = await ended({ task: () => ({ status: 404 }), record: { checked } });
    rmSync(path.join(world.out, 'ckx1.mp4'));
    const outcome = await command(world);
    expectReused(world, outcome);
    const { envelope, exitCode } = outcome;
    expect(envelope).toMatchObject({ status: 'COMPLETED', errorCode: 'DOWNLOAD_FAILED' });
    expect(exitCode).toBe(EXIT.downloadFailed);
    expect(envelope.errorMessage).toContain('AIVideoMaker does not show task ckx1 now');
    expect(envelope.data!.resultGone).toBeUndefined();
    expect(stepsOf(envelope).join(' ')).toContain(IF_IT_HAS_IT);
    expect(stepsOf(envelope).join(' ')).not.toContain('as often as you like');
  });

  it.each([404, 503])(
    'and a wait for its task: returns the file that is still there (HTTP %i)',
    async (status) => {
      const world = await ended({ task: () => ({ status }) });
      const session = processOf(world);
      const into = folder();
      for (const where of [world.out, into]) {
        const outcome = await waitTask(session, 'ckx1', waiting(60_000, { folder: where }));
        expect(outcome.envelope).toMatchObject({ ok: true, status: 'COMPLETED', data: { model: 't2v' } });
        expect(pathsOf(outcome)).toEqual([path.join(where, 'ckx1.mp4')]);
      }
      writeFileSync(path.join(into, 'ckx1.mp4'), 'mine');
      const { envelope } = await waitTask(session, 'ckx1', waiting(60_000, { folder: into }));
      expect(stepsOf(envelope)[0]).toContain('was saved for this task, but was changed since');
    },
  );

  it.each([
    [23, undefined],
    [25, true],
  ])('and its links are dead %i hours after its end: gone for good: %s', async (hours, isGone) => {
    const checked = hoursAgo(hours);
    const world = await ended({ link: { status: 404 }, record: { checked } });
    rmSync(path.join(world.out, 'ckx1.mp4'));
    const { envelope } = await command(world);
    expect(envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED', status: 'COMPLETED' });
    expect(envelope.data!.resultGone).toBe(isGone);
    // A dead link is no address of a result.
    expect(envelope.data!.resultUrls === undefined).toBe(isGone === true);
    const steps = stepsOf(envelope).join(' ');
    expect(steps).not.toContain('it fetches the result');
    expect(steps.includes(IF_IT_HAS_IT)).toBe(isGone === undefined);
    // The same words are right each time that the command is run.
    const lostAt = new Date(Date.parse(checked) + 24 * 3600_000).toISOString();
    const until = `If it still ends like this after ${lostAt}, tell the user that the result is lost.`;
    for (const said of isGone ? [] : [steps, stepsOf((await command(world)).envelope).join(' ')])
      expect(said).toContain(until);
  });

  it.each([
    [23, undefined],
    [25, true],
  ])('its end %i hours ago is known from the service alone: gone for good: %s', async (hours, isGone) => {
    const task = showing((at) => ({ url: at('file.mp4') }), { completedAt: hoursAgo(hours) });
    const world = await ended({ task, link: { status: 404 }, names: [] });
    // A task that was made elsewhere has no record here.
    const session = sessionWith(world.server.origin, { clock: world.clock });
    const { envelope } = await getTask(session, 'ckx1', waiting(0, { folder: folder() }));
    expect(envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED', status: 'COMPLETED' });
    expect(envelope.data!.resultGone).toBe(isGone);
  });

  it('and one of several is gone for good: the others are still named', async () => {
    const names = ['ckx1-1.mp4', 'ckx1-2.mp4'];
    const late = { link: { status: 404 }, record: { checked: hoursAgo(25) } };
    const world = await ended({ names, task: showingFiles('file', 'file2'), ...late });
    rmSync(path.join(world.out, 'ckx1-2.mp4'));
    const outcome = await command(world);
    expect(outcome.envelope.data).toMatchObject({ resultGone: true, notSaved: [expect.anything()] });
    expect(pathsOf(outcome)).toEqual([path.join(world.out, 'ckx1-1.mp4')]);
  });

  it('and was never delivered: a wait for its task tells that once, and is then over', async () => {
    const record = { delivered: null, fileCount: null };
    const world = await ended({ names: [], record, task: () => ({ status: 404 }) });
    const { journal, out } = world;
    const outcome = await waitTask(processOf(world), 'ckx1', waiting(60_000, { folder: out }));
    expect(outcome.envelope.data).toMatchObject({ resultGone: true });
    expect(stepsOf(outcome.envelope).at(-1)).toContain('--new');
    outcome.onWritten?.();
    expect(await new Journal(journal.place).pending()).toEqual([]);
  });

  it('and the service cannot be reached: that is for now, and the result is not lost', async () => {
    const world = await ended();
    rmSync(path.join(world.out, 'ckx1.mp4'));
    await world.server.close();
    const { envelope, exitCode } = await command(world);
    expect(envelope).toMatchObject({ ok: false, status: 'COMPLETED', errorCode: 'NETWORK_ERROR' });
    expect(envelope.data).toMatchObject({ reused: true });
    expect(stepsOf(envelope)).toEqual([
      'run --action waitTask --taskId ckx1',
      expect.stringContaining('finished and paid for'),
      expect.stringMatching(ANOTHER),
    ]);
    expect(exitCode).toBe(EXIT.temporary);
  });

  it('was never wanted: returns its link, by one request', async () => {
    const world = await ended({ names: [], record: { download: null, fileCount: 1 } });
    const outcome = await command(world, { into: null });
    expectReused(world, outcome);
    expect(outcome.envelope.data!.resultUrls).toEqual([`${world.server.origin}/file.mp4`]);
    expect(requests(world)).toEqual(['GET /api/v1/tasks/ckx1']);
  });
});

/** A call about the task itself, as a process of its own, with the files into a folder. */
const BY_TASK = {
  'getTask --taskId': (session: TestSession, into: string | null) =>
    getTask(session, 'ckx1', waiting(60_000, { folder: into })),
  'waitTask --taskId': (session: TestSession, into: string | null) =>
    waitTask(session, 'ckx1', waiting(60_000, { folder: into })),
  waitTask: (session: TestSession, into: string | null) =>
    waitForNewest(session, waiting(60_000, { folder: into })),
  'waitTask --all': (session: TestSession, into: string | null) =>
    waitForAll(session, waiting(60_000, { folder: into })),
};

describe.each(Object.entries(BY_TASK))('%s, when the record knows a whole copy', (action, ask) => {
  const isWithoutId = !action.includes('taskId');
  const call = (world: World, into: string | null) => ask(processOf(world), into);
  // Without its id a task is found only where its result was not delivered.
  const record = isWithoutId ? { delivered: null } : {};

  it('copies it into another folder, without any request', async () => {
    const world = await ended({ link: { status: 410 }, task: () => ({ status: 404 }), record });
    const into = folder();
    const outcome = await call(world, into);
    expect(outcome.envelope).toMatchObject({ ok: true, errorCode: null });
    const [told = outcome.envelope.data] = (outcome.envelope.data!.tasks ?? []) as JsonObject[];
    expect(told).toMatchObject({ files: [file(path.join(into, 'ckx1.mp4'), MP4)] });
    expect(readFileSync(path.join(into, 'ckx1.mp4'))).toEqual(MP4);
    expect(outcome.exitCode).toBe(EXIT.done);
    expect(requests(world)).toEqual([]);
    expect(recordOf(world).files).toHaveLength(2);
  });

  it('and every copy is gone, and so is the link: says that it is lost, and offers no endless repetition', async () => {
    const checked = hoursAgo(25);
    const world = await ended({ link: { status: 404 }, record: { ...record, checked } });
    rmSync(path.join(world.out, 'ckx1.mp4'));
    const { envelope, exitCode } = await call(world, folder());
    expect(exitCode).toBe(EXIT.downloadFailed);
    const text = JSON.stringify(envelope);
    expect(text).toContain('The result is lost');
    expect(text).not.toContain('as often as you like');
    if (!isWithoutId) expect(envelope.data).toMatchObject({ resultGone: true });
  });

  it('and every copy is gone, and so is the task at the service: says that it is lost', async () => {
    const world = await ended({ task: () => ({ status: 404 }), record });
    rmSync(path.join(world.out, 'ckx1.mp4'));
    const { envelope, exitCode } = await call(world, folder());
    expect(exitCode).toBe(EXIT.downloadFailed);
    expect(JSON.stringify(envelope)).toContain('The result is lost');
  });
});

describe('getTask without a folder', () => {
  it.each([
    ['is whole', true],
    ['is gone', false],
  ])('of a task that the service shows no more, where its file %s', async (_, isWhole) => {
    const world = await ended({ task: () => ({ status: 404 }) });
    const saved = path.join(world.out, 'ckx1.mp4');
    if (!isWhole) rmSync(saved);
    const outcome = await getTask(processOf(world), 'ckx1', waiting(0));
    expect(outcome.envelope.status).toBe('COMPLETED');
    expect(outcome.envelope.data).toMatchObject(
      isWhole ? { files: [file(saved, MP4)] } : { resultGone: true },
    );
    expect(outcome.exitCode).toBe(isWhole ? EXIT.done : EXIT.downloadFailed);
  });

  it('shows the record of the service as long as that has it', async () => {
    const world = await ended();
    const session = sessionWith(world.server.origin, { clock: world.clock, journal: world.journal });
    const { envelope } = await getTask(session, 'ckx1', waiting(0));
    expect(envelope.data).toMatchObject({ upstream: { id: 'ckx1' }, resultUrls: [expect.any(String)] });
  });
});

it('a dead link of a task that the service does not show when asked for a fresh one: not shown, not a failed fetch', async () => {
  let reads = 0;
  const world = await ended({
    names: [],
    record: { fileCount: null },
    link: { status: 410 },
    task: (server) => {
      reads += 1;
      return reads > 1 ? { status: 404 } : FINISHED(server);
    },
  });
  expect((await command(world)).envelope.data).toMatchObject({ resultGone: true });
});

describe('a record of version 1, which does not say how many files there are', () => {
  /** Rewrites a record as the first version wrote it. */
  function asVersion1({ entry }: World): void {
    const now = JSON.parse(readFileSync(entry.file, 'utf8')) as JsonObject;
    const { request, checksum, sentAt, unsettledSince, resubmitted, used, wait, fileCount, ...kept } = now;
    writeFileSync(entry.file, JSON.stringify({ ...kept, version: 1, intent: request }));
  }

  it.each([false, true])(
    'with a file that is named by its task alone: that is the only one, delivered or not (%s)',
    async (isDelivered) => {
      const world = await ended({ record: { delivered: isDelivered ? DELIVERED : null } });
      asVersion1(world);
      const outcome = await command(world);
      expect(outcome.envelope).toMatchObject({ ok: true, data: { reused: true } });
      expect(pathsOf(outcome)).toEqual([path.join(world.out, 'ckx1.mp4')]);
      expect(requests(world)).toEqual([]);
    },
  );

  const NAMES = ['ckx1-1.mp4', 'ckx1-2.mp4'];

  it.each([false, true])(
    'with numbered files: asks the service how many there are, and fetches what is missing (delivered: %s)',
    async (isDelivered) => {
      const task = showingFiles('file-1.mp4', 'file-2.mp4', 'file-3.mp4');
      const record = { delivered: isDelivered ? DELIVERED : null };
      const world = await ended({ names: NAMES, task, record });
      asVersion1(world);
      const outcome = await command(world);
      expect(pathsOf(outcome).map((one) => path.basename(String(one)))).toEqual([...NAMES, 'ckx1-3.mp4']);
      expect(requests(world)).toEqual(['GET /api/v1/tasks/ckx1', 'GET /file-3.mp4']);
      expect(recordOf(world)).toMatchObject({ fileCount: 3 });
      await command(world);
      expect(requests(world)).toHaveLength(2);
    },
  );

  it('with numbered files, and the service knows its task no more: returns those that are there', async () => {
    const world = await ended({ names: NAMES, task: () => ({ status: 404 }) });
    asVersion1(world);
    const outcome = await command(world);
    expect(outcome.envelope).toMatchObject({ ok: true, data: { reused: true } });
    expect(pathsOf(outcome)).toEqual(NAMES.map((name) => path.join(world.out, name)));
    rmSync(path.join(world.out, NAMES[1]!));
    expect((await command(world)).envelope.data).toMatchObject({ resultGone: true });
  });
});

describe('the same command, when its task did not complete', () => {
  const nothing = { names: [], record: { fileCount: null } };
  const says = (status: string, error?: string) => () => ({
    body: { id: 'ckx1', status, ...(error && { error }) },
  });

  it.each([
    ['FAILED', 'GENERATION_FAILED'],
    ['CANCEL', 'TASK_CANCELLED'],
  ] as const)('%s: returns the same end, and submits nothing', async (status, code) => {
    for (const isDetached of [false, true]) {
      const record = { ...nothing.record, status };
      const world = await ended({ ...nothing, record, task: says(status, 'content policy') });
      const outcome = await command(world, { isDetached });
      expectReused(world, outcome);
      expect(outcome.envelope).toMatchObject({ ok: false, status, errorCode: code });
      if (status === 'FAILED') expect(outcome.envelope.errorMessage).toContain('"content policy"');
      expect(outcome.exitCode).toBe(EXIT.taskEnded);
      expect(outcome.session.told).toEqual(['resumed ckx1', `task ckx1 ${status}`]);
      expect(requests(world)).toEqual(['GET /api/v1/tasks/ckx1']);
    }
  });

  it.each(['offline', 'gone'])(
    'FAILED, with the service %s: the same end, without a word on the reason',
    async (how) => {
      const record = { ...nothing.record, status: 'FAILED' as const };
      const world = await ended({ ...nothing, record, task: () => ({ status: 404 }) });
      if (how === 'offline') await world.server.close();
      const outcome = await command(world);
      expectReused(world, outcome);
      expect(outcome.envelope).toMatchObject({ status: 'FAILED', errorCode: 'GENERATION_FAILED' });
      expect(outcome.envelope.errorMessage).toBe(
        'The task ended FAILED. Why is not known: its record at the service cannot be read.',
      );
      expect(outcome.exitCode).toBe(EXIT.taskEnded);
    },
  );
});
