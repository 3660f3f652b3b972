// Real files; only the errors of a disk are simulated.
import { openSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import type { Entry } from '../../../scripts/src/stores/file/entry.ts';
import { newName } from '../../../scripts/src/stores/file/names.ts';
import { beforeEachStep, beforeStep, real, refuse, resetDisk, undisturbed } from '../../disk/steps.ts';
import { seeded } from '../../support/virtual-time.ts';
import {
  allIn,
  claimOf,
  DAY,
  dateBefore,
  journalIn,
  nextCommand,
  recorded,
  recordedAgo,
  requestIn,
  spentIn,
  type TestJournal,
} from './support.ts';

vi.mock('node:fs', async (original) => (await import('../../disk/steps.ts')).watched(await original()));

afterEach(resetDisk);

const submitted = (taskId: string) => ({ phase: 'submitted' as const, taskId });
const folderOf = (journal: TestJournal) => path.join(journal.folder, 'index');

/** All that lies on the disk is a minute old: nothing seems to be changing just now. */
function aMinuteAgo(journal: TestJournal): void {
  const at = Date.now() / 1000 - 60;
  for (const name of ['', ...(real.readdirSync(journal.folder, { recursive: true }) as string[])]) {
    const file = path.join(journal.folder, name);
    // What was changed long ago stays so.
    if (real.statSync(file).mtimeMs > Date.now() - 50_000) real.utimesSync(file, at, at);
  }
}

/** What a query of the next command says, and how many records it read. */
async function asked<T>(journal: TestJournal, query: (next: TestJournal) => Promise<T>) {
  const next = nextCommand(journal);
  vi.mocked(readFileSync).mockClear();
  const answer = await query(next);
  const files = vi.mocked(readFileSync).mock.calls.map(([file]) => String(file));
  const read = files.filter((file) => /[0-9a-f]{32}-[^/]*\.json$/.test(file)).length;
  return { answer, read, warnings: next.warnings };
}

const find = (journal: TestJournal, taskId: string) =>
  asked(journal, async (next) => (await next.byTask(taskId))?.record.taskId);

const pendingIn = (journal: TestJournal) =>
  asked(journal, async (next) => (await next.pending()).map(({ record }) => record.taskId));

/** A journal with these tasks in its index. */
async function indexed(...taskIds: string[]): Promise<TestJournal> {
  const journal = journalIn();
  for (const taskId of taskIds) await recorded(journal, { prompt: taskId, ...submitted(taskId) });
  aMinuteAgo(journal);
  await nextCommand(journal).pending();
  return journal;
}

const entryOf = async (journal: TestJournal, taskId: string): Promise<Entry> =>
  (await nextCommand(journal).byTask(taskId))!;

/** The task ends, and its result is delivered. */
async function end(journal: TestJournal, taskId: string, status: 'COMPLETED' | 'FAILED'): Promise<void> {
  const entry = await entryOf(journal, taskId);
  entry.close(status, entry.record.credits, dateBefore(journal, 0));
}

describe('a task', () => {
  it('is found without the records of others being read', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `ckx${n}`);
    const journal = await indexed(...ids);
    for (const id of ids) expect(await find(journal, id)).toEqual({ answer: id, read: 1, warnings: [] });
  });

  it('that no record has is known to have none, without reading a record', async () => {
    const journal = await indexed('ckx1', 'ckx2');
    expect(await find(journal, 'other')).toEqual({ answer: undefined, read: 0, warnings: [] });
  });

  it('is found as soon as a record names it, by whatever change', async () => {
    const journal = await indexed('ckx1');
    const first = await recorded(journal, { prompt: 'two' });
    expect((await find(journal, 'ckx2')).answer).toBeUndefined();
    await first.update(submitted('ckx2'), { isOurs: true });
    expect((await find(journal, 'ckx2')).answer).toBe('ckx2');
    const second = await recorded(journal, { prompt: 'three' });
    await second.update(() => ({ phase: 'unknown', taskId: 'ckx3' }));
    expect((await find(journal, 'ckx3')).answer).toBe('ckx3');
    expect((await find(journal, 'ckx1')).answer).toBe('ckx1');
  });

  it('is claimed although the folder of the index is a file, which cannot be swept', async () => {
    const journal = journalIn();
    journal.prepare();
    real.writeFileSync(folderOf(journal), '');
    const { kind, entry } = await journal.claim(claimOf(), 0);
    expect([kind, entry.record.request]).toEqual(['new', requestIn(journal)]);
  });

  it('that was dropped is not found, whether the index has seen that or not', async () => {
    const journal = await indexed('ckx1', 'ckx2');
    await (await entryOf(journal, 'ckx1')).drop();
    expect((await find(journal, 'ckx1')).answer).toBeUndefined();
    aMinuteAgo(journal);
    expect((await find(journal, 'ckx1')).answer).toBeUndefined();
    expect((await find(journal, 'ckx2')).answer).toBe('ckx2');
  });

  it('is found although another process makes a record of its group at that moment', async () => {
    const journal = await indexed('ckx1');
    const { request, idempotencyKey } = (await entryOf(journal, 'ckx1')).record;
    const steps = async (query: (next: TestJournal) => Promise<unknown>) => {
      let n = 0;
      beforeEachStep(() => {
        n += 1;
      });
      await query(nextCommand(journal));
      undisturbed();
      return n;
    };
    const byTask = (next: TestJournal) => next.byTask('ckx1');
    const byKey = async (next: TestJournal) => (await next.byIdempotencyKey(idempotencyKey)).at(-1);
    for (const query of [byTask, byKey]) {
      const last = await steps(query);
      expect(last).toBeGreaterThan(5);
      for (let n = 1; n <= last; n += 1) {
        // Its name sorts before that of the other record.
        const file = path.join(
          journal.folder,
          request.slice(0, 2),
          newName(`${request.slice(0, 2)}${'f'.repeat(30)}`, n),
        );
        beforeStep(n, () => real.writeFileSync(file, ''));
        expect((await query(nextCommand(journal)))?.record.taskId, `step ${n}`).toBe('ckx1');
        undisturbed();
        real.rmSync(file, { force: true });
        real.rmSync(`${file}.corrupt`, { force: true });
        aMinuteAgo(journal);
        await nextCommand(journal).pending();
      }
    }
  });
});

describe('a query', () => {
  it('reads no record that it does not return, and none again that has not changed', async () => {
    const journal = await indexed('ckx1', 'ckx2', 'ckx3');
    for (const id of ['ckx1', 'ckx2']) await end(journal, id, 'COMPLETED');
    aMinuteAgo(journal);
    expect(await pendingIn(journal)).toMatchObject({ answer: ['ckx3'], read: 3 });
    expect(await pendingIn(journal)).toMatchObject({ answer: ['ckx3'], read: 1 });
    expect(await asked(journal, (next) => spentIn(next))).toMatchObject({ answer: 45, read: 0 });
    expect(await asked(journal, (next) => next.recordedAmong(['ckx1', 'x']))).toMatchObject({
      answer: new Set(['ckx1']),
      read: 1,
    });
    const rows = await asked(journal, (next) => next.spending(0));
    expect(rows.read).toBe(0);
    expect(rows.answer).toMatchObject([{ model: 't2v', tasks: 3, completed: 2, running: 1 }]);
  });

  it('sees a change that comes at once after the query before, with the same date of the folder', async () => {
    const journal = journalIn();
    const entry = await recorded(journal, submitted('ckx1'));
    const shard = path.dirname(entry.file);
    const { atime, mtime } = statSync(shard);
    utimesSync(shard, atime, mtime);
    const rows = () => asked(journal, (next) => next.spending(0));
    expect((await rows()).answer).toMatchObject([{ running: 1, completed: 0 }]);
    const { mtime: fileTime } = statSync(entry.file);
    entry.close('COMPLETED', entry.record.credits, dateBefore(journal, 0));
    // As on a disk whose dates are coarse.
    utimesSync(entry.file, fileTime, fileTime);
    utimesSync(shard, atime, mtime);
    expect((await rows()).answer).toMatchObject([{ running: 0, completed: 1 }]);
  });

  it('sees what was written over the record itself on a full disk', async () => {
    const journal = await indexed('ckx1');
    const entry = await recorded(journal, { prompt: 'two' });
    aMinuteAgo(journal);
    await pendingIn(journal);
    vi.mocked(openSync).mockImplementation((file, flags, mode) => {
      if (String(file).endsWith('.tmp')) refuse('ENOSPC')();
      return real.openSync(file, flags, mode);
    });
    expect(await entry.update(submitted('ckx2'), { isOurs: true })).toBe(true);
    resetDisk();
    expect((await find(journal, 'ckx2')).answer).toBe('ckx2');
  });
});

describe('fault 97: an index that is', () => {
  it.each(['missing', 'read-only'])('%s costs time alone', async (what) => {
    const journal = await indexed('ckx1', 'ckx2');
    rmSync(folderOf(journal), { recursive: true });
    if (what === 'read-only') writeFileSync(folderOf(journal), '');
    for (let n = 0; n < 2; n += 1) {
      expect((await find(journal, 'ckx1')).answer).toBe('ckx1');
      expect((await pendingIn(journal)).answer.sort()).toEqual(['ckx1', 'ckx2']);
    }
    expect((await find(journal, 'ckx2')).read).toBe(what === 'missing' ? 1 : 4);
  });

  it('damaged at random never changes an answer', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `ckx${n}`);
    const journal = await indexed(...ids);
    await end(journal, 'ckx0', 'FAILED');
    aMinuteAgo(journal);
    const truth = async () => {
      const next = nextCommand(journal);
      return {
        pending: (await next.pending()).map(({ record }) => record.taskId).sort(),
        found: await next.recordedAmong([...ids, 'none']),
        spent: await spentIn(next),
        rows: await next.spending(0),
      };
    };
    const expected = await truth();
    expect(expected.pending).toHaveLength(11);
    expect(expected.found.size).toBe(12);
    const random = seeded(7);
    const below = (n: number) => Math.floor(n * random());
    const folder = folderOf(journal);
    for (let n = 0; n < 150; n += 1) {
      const names = readdirSync(folder);
      const file = path.join(folder, names[below(names.length)]!);
      const other = path.join(folder, names[below(names.length)]!);
      const bytes = readFileSync(file);
      const kind = below(6);
      if (kind === 0) rmSync(file);
      else if (kind === 1) writeFileSync(file, bytes.subarray(0, below(bytes.length)));
      else if (kind === 2) writeFileSync(file, readFileSync(other));
      else if (kind === 3) writeFileSync(file, '');
      else {
        for (let m = 0; m <= below(3); m += 1) bytes[below(bytes.length)]! ^= 1 << below(8);
        writeFileSync(file, bytes);
      }
      expect(await truth(), `damage ${n} of kind ${kind}`).toEqual(expected);
    }
  });

  it('has the sums of groups together: they are used until a record changes', async () => {
    const journal = await indexed('ckx1', 'ckx2');
    const rows = () => readdirSync(folderOf(journal)).filter((name) => name.endsWith('.rows'));
    const before = await nextCommand(journal).spending(0);
    expect(before.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(2);
    const saved = rows().map((name) => readFileSync(path.join(folderOf(journal), name), 'utf8'));
    expect(saved.length).toBeGreaterThan(0);
    expect(await nextCommand(journal).spending(0)).toEqual(before);
    await end(journal, 'ckx1', 'FAILED');
    expect((await nextCommand(journal).spending(0)).reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
    expect(before.reduce((sum, { failed }) => sum + failed, 0)).toBe(0);
  });

  it('of an older state of its records is not used', async () => {
    const journal = await indexed('ckx1');
    const shard = (await entryOf(journal, 'ckx1')).name.slice(0, 2);
    const files = [shard, `${shard}.members`].map((name) => path.join(folderOf(journal), name));
    const before = files.map((file) => readFileSync(file));
    await (await entryOf(journal, 'ckx1')).drop();
    aMinuteAgo(journal);
    await pendingIn(journal);
    for (const [n, file] of files.entries()) writeFileSync(file, before[n]!);
    expect((await pendingIn(journal)).answer).toEqual([]);
    expect((await find(journal, 'ckx1')).answer).toBeUndefined();
  });
});

describe('random changes', () => {
  it('are all seen by the next command, as by one that reads every record', async () => {
    const journal = journalIn();
    journal.prepare();
    const random = seeded(11);
    const below = (n: number) => Math.floor(n * random());
    const entries: Entry[] = [];
    const change: (() => Promise<unknown>)[] = [
      async () =>
        entries.push(await recordedAgo(journal, below(40) * DAY, { prompt: String(below(9)), ...state() })),
      async () => entries[below(entries.length)]?.update({ phase: 'submitted', taskId: `t${below(99)}` }),
      async () => entries[below(entries.length)]?.drop(),
      async () => {
        const one = entries[below(entries.length)];
        one?.close('COMPLETED', one.record.credits, dateBefore(journal, 0));
      },
      async () => entries[below(entries.length)]?.update({ phase: 'abandoned' }),
      async () => aMinuteAgo(journal),
    ];
    const state = (): Partial<RequestRecord> =>
      [{}, submitted(`t${below(99)}`), { phase: 'unknown' as const }, { phase: 'rejected' as const }][
        below(4)
      ]!;
    for (let n = 0; n < 200; n += 1) {
      await change[below(change.length)]!();
      if (n % 3 > 0) continue;
      const next = nextCommand(journal);
      const all = allIn(nextCommand(journal));
      const names = (list: { name: string }[]) => list.map(({ name }) => name).sort();
      expect(names(await next.pending()), `after ${n}`).toEqual(names(all.filter((one) => one.isPending)));
      expect(names(await next.replaced())).toEqual(
        names(all.filter(({ record }) => record.phase === 'abandoned' && record.taskId === null)),
      );
      const ids = all.flatMap(({ record }) => record.taskId ?? []);
      expect(await next.recordedAmong([...ids, 'none'])).toEqual(new Set(ids));
      const tasks = (await next.spending(0)).reduce((sum, row) => sum + row.tasks, 0);
      expect(tasks).toBe(all.filter(({ record }) => record.phase !== 'rejected').length);
    }
    expect(entries.length).toBeGreaterThan(20);
  });
});
