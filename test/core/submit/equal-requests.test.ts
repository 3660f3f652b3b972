// Two equal requests are two tasks, also where the service's list shows no keys and one of them took the other's task.

import { expect, it, onTestFinished, vi } from 'vitest';
import type { Outcome } from '../../../scripts/src/cli/render/envelope.ts';
import { Entry } from '../../../scripts/src/stores/file/entry.ts';
import { Journal } from '../../../scripts/src/stores/file/journal.ts';
import { unwritable } from '../../../scripts/src/stores/file/record-files.ts';
import { allIn } from '../../stores/file/support.ts';
import { FakeClock } from '../../support/clock.ts';
import { serve } from '../../support/server.ts';
import { endOf } from '../rendered.ts';
import { generateClip, journalOf, REQUEST, sessionWith } from '../session.ts';
import { GENERATE, LIST, START } from '../submits.ts';

/** What becomes of a submit; `held`: its task is made, and the answer waits for `release`. */
type Fate = 'never arrives' | 'answer lost' | 'accepted' | 'held';

/** A service that makes one task for each key, and lists the tasks without their keys once `isListed`. */
async function world(fates: Fate[]) {
  const clock = new FakeClock();
  const tasks: { id: string; key: string; at: number }[] = [];
  const list = { isShown: false, meets: 1, readings: 0 };
  let release!: () => void;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let together = () => {};
  const met = new Promise<void>((resolve) => {
    together = resolve;
  });
  const server = await serve(async ({ method, path, headers }) => {
    const date = new Date(START + clock.now).toUTCString();
    const ok = (body: object) => ({ headers: { date }, body });
    if (`${method} ${path}` === LIST) {
      list.readings += 1;
      if (list.readings >= list.meets) together();
      await met;
      const shown = list.isShown ? tasks : [];
      return ok({
        tasks: shown.map(({ id, at }) => ({
          ...{ id, model: 't2v', status: 'PROGRESS', input: REQUEST.payload },
          createdAt: new Date(START + at).toISOString(),
        })),
      });
    }
    if (`${method} ${path}` !== GENERATE) return ok({ status: 'PROGRESS' });
    const fate = fates.shift() ?? 'accepted';
    if (fate === 'never arrives') return 'reset';
    const key = String(headers['idempotency-key']);
    const known = tasks.find((one) => one.key === key);
    const task = known ?? { id: `ckx${tasks.length + 1}`, key, at: clock.now };
    if (!known) tasks.push(task);
    if (fate === 'answer lost') return 'reset';
    if (fate === 'held') await released;
    return ok({ status: 'SUBMITTED', taskId: task.id, creditsCharged: 15 });
  });
  const journal = journalOf(server.origin, clock);

  /** The command of one of the lines, as a process of its own. */
  async function command(ordinal: number, waitS: number): Promise<Outcome['envelope']> {
    const own = new Journal(journal.place);
    const session = sessionWith(server.origin, { clock, journal: own, maxRetries: 0 });
    const generation = { ...REQUEST, idempotencyKey: crypto.randomUUID() };
    const asked = { generation, note: { ordinal }, waitMs: waitS * 1_000 };
    return (await endOf(generateClip(session, asked))).envelope;
  }
  const records = () => allIn(new Journal(journal.place)).map(({ record }) => record);
  const record = (ordinal: number) => records().find((one) => (one.ordinal ?? 1) === ordinal)!;
  const keyOf = (id: string) => tasks.find((task) => task.id === id)!.key;
  return { clock, server, list, tasks, command, records, record, keyOf, release: () => release() };
}

/** The first line never reached the service; the second made a task, which the first line takes. */
async function mistaken(fates: Fate[] = []) {
  const made = await world(['never arrives', 'answer lost', ...fates]);
  for (const ordinal of [1, 2])
    expect((await made.command(ordinal, 0)).errorCode).toBe('SUBMIT_OUTCOME_UNKNOWN');
  made.list.isShown = true;
  expect((await made.command(1, 5)).taskId).toBe('ckx1');
  made.clock.now += 120_000;
  return made;
}

it('fault 77: the line whose task another one took gets a task of its own, and the other keeps what it has', async () => {
  const { command, record, keyOf, tasks, server } = await mistaken();
  expect(await command(2, 5)).toMatchObject({ ok: true, taskId: 'ckx2', data: { resubmitted: true } });
  expect((await command(1, 0)).taskId).toBe('ckx1');
  expect((await command(2, 0)).taskId).toBe('ckx2');
  expect(tasks).toHaveLength(2);
  // The key of each record is now the one that made its task.
  for (const ordinal of [1, 2]) {
    const { taskId, idempotencyKey } = record(ordinal);
    expect(idempotencyKey).toBe(keyOf(taskId!));
  }
  // Two were lost, each was sent once more.
  expect(server.to(GENERATE)).toHaveLength(4);
});

it('fault 77: of a line that was mistaken for another nothing is sent a third time', async () => {
  const { command, record, clock, server } = await mistaken(['accepted', 'never arrives']);
  for (let n = 0; n < 2; n += 1) {
    expect((await command(2, 5)).errorCode).toBe('SUBMIT_OUTCOME_UNKNOWN');
    expect(record(2)).toMatchObject({ phase: 'unknown', resubmitted: true, taskId: null });
    clock.now += 120_000;
  }
  expect((await command(1, 0)).taskId).toBe('ckx1');
  expect(server.to(GENERATE)).toHaveLength(4);
});

it('faults 35 and 77: a process that dies between the records of two equal lines loses no task, and charges none twice', async () => {
  const { command, record, tasks } = await mistaken();
  const update = Entry.prototype.update;
  const spy = vi.spyOn(Entry.prototype, 'update').mockImplementation(function (this: Entry, ...of) {
    if (this.record.taskId === 'ckx1') throw new Error('killed');
    return update.apply(this, of);
  });
  onTestFinished(() => spy.mockRestore());
  await expect(command(2, 5)).rejects.toThrow('killed');
  spy.mockRestore();
  expect(record(2)).toMatchObject({ phase: 'unknown', resubmitted: false });
  expect((await command(2, 5)).taskId).toBe('ckx2');
  expect((await command(1, 0)).taskId).toBe('ckx1');
  expect(tasks).toHaveLength(2);
});

it('faults 44 and 77: where the exchange cannot be recorded, the answer says that the outcome is unknown', async () => {
  const { command, tasks } = await mistaken();
  const require = Entry.prototype.require;
  const spy = vi.spyOn(Entry.prototype, 'require').mockImplementation(async function (this: Entry, change) {
    // The submit itself was recorded.
    if ('idempotencyKey' in change) throw unwritable(new Error('the disk is read-only'), '/records');
    await require.call(this, change);
  });
  onTestFinished(() => spy.mockRestore());
  const { errorCode, errorMessage, taskId } = await command(2, 5);
  expect({ errorCode, taskId }).toEqual({ errorCode: 'SUBMIT_OUTCOME_UNKNOWN', taskId: null });
  expect(errorMessage).toContain('cannot be written to: the disk is read-only.');
  expect(errorMessage).not.toContain('nothing was submitted');
  spy.mockRestore();
  expect((await command(1, 0)).taskId).toBe('ckx1');
  expect(tasks).toHaveLength(1);
});

it('faults 49 and 77: two processes that find one task at the same time do not share it', async () => {
  const { command, list, tasks, records, clock } = await world(['never arrives', 'answer lost']);
  for (const ordinal of [1, 2]) await command(ordinal, 0);
  Object.assign(list, { isShown: true, meets: list.readings + 2 });
  clock.now += 120_000;
  // The one that writes first waits for the other: until that writes, too, or sleeps because it may not.
  let go = () => {};
  const bothCame = new Promise<void>((resolve) => {
    go = resolve;
  });
  clock.onSleep = go;
  const update = Entry.prototype.update;
  let writers = 0;
  const spy = vi.spyOn(Entry.prototype, 'update').mockImplementation(async function (this: Entry, ...of) {
    if ('taskId' in of[0] && of[0].taskId === 'ckx1') {
      writers += 1;
      if (writers === 2) go();
      await bothCame;
    }
    return update.apply(this, of);
  });
  onTestFinished(() => spy.mockRestore());
  const both = await Promise.all([command(1, 5), command(2, 5)]);
  expect(both.map(({ taskId }) => taskId).sort()).toEqual(['ckx1', 'ckx2']);
  expect(
    records()
      .map(({ taskId }) => taskId)
      .sort(),
  ).toEqual(['ckx1', 'ckx2']);
  expect(tasks).toHaveLength(2);
});

it('faults 49 and 77: a line does not take the task of an equal one whose answer is still to come', async () => {
  const { command, list, tasks, release, clock } = await world(['never arrives', 'held']);
  await command(1, 0);
  const second = command(2, 5);
  await vi.waitUntil(() => tasks.length === 1);
  list.isShown = true;
  clock.now += 120_000;
  // It may be that task: the same command will know soon, and nothing is sent.
  const first = await command(1, 0);
  expect(first).toMatchObject({ errorCode: 'SUBMIT_OUTCOME_UNKNOWN', taskId: null });
  expect(first.retryAfter).toBeGreaterThan(0);
  release();
  expect((await second).taskId).toBe('ckx1');
  expect((await command(1, 5)).taskId).toBe('ckx2');
  expect(tasks).toHaveLength(2);
});
