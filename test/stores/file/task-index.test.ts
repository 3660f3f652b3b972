// Real files; only the errors of a disk are simulated.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TaskIndex } from '../../../scripts/src/stores/file/task-index.ts';
import { tempFolder } from '../../support/command.ts';
import { refuse, resetDisk } from './steps.ts';
import {
  DAY,
  journalIn,
  nextCommand,
  recorded,
  recordedAgo,
  requestIn,
  type TestJournal,
} from './support.ts';

vi.mock('node:fs', async (original) => {
  const { watched } = await import('./steps.ts');
  return watched(await original<typeof import('node:fs')>());
});

afterEach(resetDisk);

const folderOf = (journal: TestJournal) => path.join(path.dirname(journal.folder), 'tasks');
const submitted = (taskId: string) => ({ phase: 'submitted' as const, taskId });

/** Finds a task as the next command does; also which records it read. */
function find(journal: TestJournal, taskId: string) {
  vi.mocked(readFileSync).mockClear();
  const next = nextCommand(journal);
  const found = next.byTask(taskId);
  const read = vi
    .mocked(readFileSync)
    .mock.calls.map(([file]) => String(file))
    .filter((file) => file.startsWith(journal.folder));
  return { found: found?.record.taskId, read: read.length, warnings: next.warnings };
}

/** A journal with some tasks, all of them in the index. */
async function indexed(...taskIds: string[]): Promise<TestJournal> {
  const journal = journalIn();
  for (const taskId of taskIds) {
    const entry = await recorded(journal, { prompt: taskId });
    await entry.update(submitted(taskId));
  }
  journal.sweep();
  return journal;
}

describe('a task', () => {
  it('is found without the records of others being read', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `ckx${n}`);
    const journal = await indexed(...ids);
    for (const id of ids) expect(find(journal, id)).toEqual({ found: id, read: 1, warnings: [] });
  });

  it('that no record has is known to have none, without reading a record', async () => {
    const journal = await indexed('ckx1', 'ckx2');
    expect(find(journal, 'other')).toEqual({ found: undefined, read: 0, warnings: [] });
  });

  it('is found as soon as a record names it, by whatever change', async () => {
    const journal = await indexed('ckx1');
    const first = await recorded(journal, { prompt: 'two' });
    await first.update(submitted('ckx2'), { isOurs: true });
    const second = await recorded(journal, { prompt: 'three' });
    await second.update(() => ({ phase: 'unknown', taskId: 'ckx3' }));
    expect(find(journal, 'ckx2')).toMatchObject({ found: 'ckx2', read: 1 });
    expect(find(journal, 'ckx3')).toMatchObject({ found: 'ckx3', read: 1 });
  });

  it('fault 43: is found when its record could be written only later', async () => {
    const journal = await indexed('ckx1');
    const entry = await recorded(journal, { prompt: 'two' });
    // Not even the lock can be written.
    vi.mocked(writeFileSync).mockImplementationOnce(refuse('ENOSPC'));
    expect(await entry.update(submitted('ckx2'))).toBe(false);
    expect(await entry.update({ download: '/files' })).toBe(true);
    expect(find(journal, 'ckx2')).toMatchObject({ found: 'ckx2', read: 1 });
  });

  it('has any name, and no file of that name', async () => {
    const ids = ['CON', '...', 'a~b=@', 'x'.repeat(200), 'complete'].filter((id) => id !== '...');
    const journal = await indexed(...ids);
    for (const id of ids) expect(find(journal, id)).toMatchObject({ found: id, read: 1 });
    for (const name of readdirSync(folderOf(journal))) expect(name).toMatch(/^([0-9a-f]{32}|complete)$/);
  });
});

describe('what the index says', () => {
  it.each<[string, (journal: TestJournal, file: string) => void]>([
    [
      'another record',
      (journal, file) => writeFileSync(file, new TaskIndex(folderOf(journal)).find('ckx2')!),
    ],
    ['no record', (_, file) => writeFileSync(file, 'a'.repeat(32))],
    ['a path', (journal, file) => writeFileSync(file, `../journal/${nameOf(journal, 'ckx1')}`)],
    ['nothing', (_, file) => writeFileSync(file, '')],
  ])('is checked with the record: %s is not taken for it', async (_, spoil) => {
    const journal = await indexed('ckx1', 'ckx2');
    const own = readdirSync(folderOf(journal)).find(
      (name) =>
        name !== 'complete' &&
        readFileSync(path.join(folderOf(journal), name), 'utf8') === nameOf(journal, 'ckx1'),
    )!;
    spoil(journal, path.join(folderOf(journal), own));
    const { found } = find(journal, 'ckx1');
    expect(found).toBe('ckx1');
    expect(find(journal, 'ckx2').found).toBe('ckx2');
  });

  it('does not bring back a task whose record was dropped', async () => {
    const journal = await indexed('ckx1', 'ckx2');
    journal.byTask('ckx1')!.drop();
    expect(find(journal, 'ckx1')).toMatchObject({ found: undefined, read: 0 });
    expect(find(journal, 'ckx2')).toMatchObject({ found: 'ckx2', read: 1 });
    // Nor where the record alone is gone.
    rmSync(path.join(journal.folder, nameOf(journal, 'ckx2')));
    expect(find(journal, 'ckx2').found).toBeUndefined();
  });

  it('goes when the record is swept', async () => {
    const journal = journalIn();
    const entry = await recordedAgo(journal, 31 * DAY, {});
    await entry.update(submitted('old'));
    journal.sweep();
    expect(find(journal, 'old').found).toBeUndefined();
    expect(readdirSync(folderOf(journal))).toEqual(['complete']);
  });

  it('fault 97: names no damaged record', async () => {
    const journal = await indexed('ckx1');
    writeFileSync(path.join(journal.folder, nameOf(journal, 'ckx1')), 'no');
    expect(find(journal, 'ckx1').found).toBeUndefined();
  });
});

describe('an index that is not complete', () => {
  it('is not relied on: the records are read', async () => {
    const journal = journalIn();
    await recorded(journal, { prompt: 'one', ...submitted('ckx1') });
    await recorded(journal, { prompt: 'two', ...submitted('ckx2') });
    expect(journal.tasks.isComplete).toBe(false);
    expect(find(journal, 'ckx1')).toMatchObject({ found: 'ckx1', read: 2 });
    expect(find(journal, 'other')).toMatchObject({ found: undefined, read: 2 });
    journal.sweep();
    expect(find(journal, 'ckx1')).toMatchObject({ found: 'ckx1', read: 1 });
  });

  it.each(['', 'complete'])(
    'because it was removed (%j): all are found, and it is made anew',
    async (what) => {
      const journal = await indexed('ckx1', 'ckx2');
      rmSync(path.join(folderOf(journal), what), { recursive: true });
      expect(find(journal, 'ckx1').found).toBe('ckx1');
      expect(find(journal, 'ckx2').found).toBe('ckx2');
      nextCommand(journal).sweep();
      expect(find(journal, 'ckx2')).toMatchObject({ found: 'ckx2', read: 1 });
    },
  );

  it('fault 43: because the disk refused one task: that one is found too', async () => {
    const journal = await indexed('ckx1');
    const entry = await recorded(journal, { prompt: 'two' });
    const real = await vi.importActual<typeof import('node:fs')>('node:fs');
    vi.mocked(renameSync).mockImplementation((from, to) => {
      if (String(to).startsWith(folderOf(journal))) refuse('ENOSPC')();
      real.renameSync(from, to);
    });
    expect(await entry.update(submitted('ckx2'))).toBe(true);
    expect(journal.tasks.isComplete).toBe(false);
    expect(find(journal, 'ckx2').found).toBe('ckx2');
    journal.sweep();
    expect(journal.tasks.isComplete).toBe(false);
    expect(find(journal, 'ckx2').found).toBe('ckx2');
  });

  it('fault 44: because there can be none: a file is in its place', async () => {
    const journal = journalIn();
    mkdirSync(path.dirname(journal.folder), { recursive: true });
    writeFileSync(folderOf(journal), '');
    const entry = await recorded(journal);
    expect(await entry.update(submitted('ckx1'))).toBe(true);
    journal.sweep();
    expect(find(journal, 'ckx1').found).toBe('ckx1');
    expect(journal.warnings).toEqual([]);
  });
});

it('is in a folder of its own, for its owner alone', async () => {
  const folder = path.join(tempFolder(), 'state', 'tasks');
  const index = new TaskIndex(folder);
  expect(index.find('ckx1')).toBeUndefined();
  index.remove('ckx1');
  expect(existsSync(folder)).toBe(false);
  index.add('ckx1', 'a.json');
  expect(index.find('ckx1')).toBe('a.json');
  index.remove('ckx1');
  expect(readdirSync(folder)).toEqual([]);
});

function nameOf(journal: TestJournal, prompt: string): string {
  return readdirSync(journal.folder).find(
    (name) => name.startsWith(requestIn(journal, prompt)) && name.endsWith('.json'),
  )!;
}
