// Real files; only the errors of a disk are simulated.
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  diskError,
  diskErrorText,
  makePrivate,
  replaceAtOnce,
  writeWhole,
} from '../../scripts/src/disk/durable.ts';
import { FakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/command.ts';
import { startChild } from './child.ts';
import { beforeEachStep, error, real, refuse, resetDisk, undisturbed } from './steps.ts';

vi.mock('node:fs', async (original) => (await import('./steps.ts')).watched(await original()));

afterEach(resetDisk);

const modeOf = (file: string) => statSync(file).mode & 0o777;

/** What the disk said. */
const codeOf = (work: () => unknown): Promise<string> =>
  new Promise((resolve) => resolve(work())).then(() => 'no error', diskError);

/** The same of what must be refused at once, and not later. */
function codeAtOnce(work: () => void): string {
  try {
    work();
    return 'no error';
  } catch (error) {
    return diskError(error);
  }
}

/** A file that says `old`, alone in its folder. */
function oldFile(): string {
  const file = path.join(tempFolder(), 'file');
  writeFileSync(file, 'old');
  return file;
}

/** The file is as it was, nothing is left beside it, and none is left open. */
function expectUntouched(file: string): void {
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(path.dirname(file))).toEqual(['file']);
  expectClosed();
}

function expectClosed(): void {
  const opened = vi.mocked(openSync).mock.results.filter(({ type }) => type === 'return');
  expect(vi.mocked(closeSync).mock.calls.map(([descriptor]) => descriptor)).toEqual(
    opened.map(({ value }) => value),
  );
}

/** What a file was opened as. */
function nameOf(descriptor: number): string {
  const { calls, results } = vi.mocked(openSync).mock;
  return String(calls[results.findLastIndex(({ value }) => value === descriptor)]![0]);
}

/** Each sync and each rename, in their order. */
function watchSteps(file: string): string[] {
  const steps: string[] = [];
  const said = (name: string) => real.readFileSync(name, 'utf8');
  vi.mocked(fsyncSync).mockImplementation((descriptor) => {
    const name = nameOf(descriptor);
    steps.push(name === path.dirname(file) ? 'folder' : `file of ${said(name)}`);
    real.fsyncSync(descriptor);
  });
  vi.mocked(renameSync).mockImplementation((from, to) => {
    steps.push(`name for ${said(String(from))} instead of ${said(String(to))}`);
    real.renameSync(from, to);
  });
  return steps;
}

/** Everything that is to be renamed is held for a moment. */
function holdNames(): void {
  const seen = new Set<unknown>();
  vi.mocked(renameSync).mockImplementation((from, to) => {
    if (seen.has(from)) return real.renameSync(from, to);
    seen.add(from);
    throw error('EBUSY');
  });
}

let file: string;
beforeEach(() => {
  file = oldFile();
});

describe('a private folder', () => {
  it('is made with those above it, for its owner alone', () => {
    const top = path.join(tempFolder(), 'a');
    makePrivate(path.join(top, 'b'));
    expect([modeOf(top), modeOf(path.join(top, 'b'))]).toEqual([0o700, 0o700]);
  });

  it('that was open to others is closed to them', () => {
    const folder = path.join(tempFolder(), 'a');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    makePrivate(folder);
    expect(modeOf(folder)).toBe(0o700);
  });

  it('of another user is used as it is', () => {
    const folder = path.join(tempFolder(), 'a');
    mkdirSync(folder);
    vi.mocked(chmodSync).mockImplementation(refuse('EPERM'));
    makePrivate(folder);
    expect(chmodSync).toHaveBeenCalledTimes(1);
  });
});

const WAYS: ['written' | 'replaced at once', (file: string, text: string) => Promise<void> | void][] = [
  ['written', (file, text) => writeWhole(file, text, new FakeClock())],
  ['replaced at once', replaceAtOnce],
];

describe.each(WAYS)('fault 36: a file that is %s', (how, write) => {
  it('is whole, for its owner alone, and alone in its folder', async () => {
    chmodSync(file, 0o644);
    await write(file, 'new ü 😀');
    expect(readFileSync(file, 'utf8')).toBe('new ü 😀');
    expect(modeOf(file)).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['file']);
    expectClosed();
  });

  it('may be one that was not there', async () => {
    const file = path.join(tempFolder(), 'file');
    await write(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(modeOf(file)).toBe(0o600);
  });

  it('is old or new at each step, and new at the end', async () => {
    const seen = new Set<string>();
    let steps = 0;
    beforeEachStep(() => {
      seen.add(readFileSync(file, 'utf8'));
      steps += 1;
    });
    await write(file, 'new');
    undisturbed();
    expect([...seen, readFileSync(file, 'utf8')]).toEqual(
      how === 'written' ? ['old', 'new', 'new'] : ['old', 'new'],
    );
    expect(steps).toBeGreaterThan(4);
  });

  it('is old or new for a process that reads it meanwhile', async () => {
    const child = await startChild(how === 'written' ? 'write' : 'replace', file);
    const seen = new Set<string>();
    // However busy the machine is: until some versions were seen.
    for (let reads = 0; reads < 50 || seen.size < 5; reads += 1) {
      const text = await readFile(file, 'utf8');
      const [first] = text.split(',', 1);
      seen.add(first!);
      expect(text === 'old' || text === `${first},`.repeat(100_000)).toBe(true);
    }
    await child.kill();
  });

  it('is whole after its writer was killed', async () => {
    const child = await startChild(how === 'written' ? 'write' : 'replace', file);
    for (let n = 0; n < 5; n += 1) await child.line();
    await child.kill();
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^(\d+,)+$/);
    expect(new Set(text.split(',').slice(0, -1)).size).toBe(1);
    expect(text.split(',').length - 1).toBe(100_000);
  });
});

describe('fault 36: a file', () => {
  it('is on the disk before it gets its name, and its name is before the write is over', async () => {
    const steps = watchSteps(file);
    await writeWhole(file, 'new', new FakeClock());
    expect(steps).toEqual(['file of new', 'name for new instead of old', 'folder']);
  });

  it('that is replaced at once is on the disk before it gets its name, and waits for no more', () => {
    const steps = watchSteps(file);
    expect(replaceAtOnce(file, 'new')).toBeUndefined();
    expect(steps).toEqual(['file of new', 'name for new instead of old']);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('can be replaced when its process ends', async () => {
    const child = await startChild('replace at the end', file);
    expect(readFileSync(file, 'utf8')).toBe('old');
    child.go();
    expect(await child.ended).toEqual([0, null]);
    expect(readFileSync(file, 'utf8')).toBe('7,'.repeat(100_000));
    expect(modeOf(file)).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['file']);
  });

  it('that several write at once is one of theirs', async () => {
    const texts = Array.from({ length: 10 }, (_, n) => String(n).repeat(50_000));
    holdNames();
    const writing = Promise.all(texts.map((text) => writeWhole(file, text, new FakeClock())));
    // All of them have begun and none is done.
    expect(readdirSync(path.dirname(file))).toHaveLength(11);
    expect(readFileSync(file, 'utf8')).toBe('old');
    await writing;
    expect(texts).toContain(readFileSync(file, 'utf8'));
    expect(readdirSync(path.dirname(file))).toEqual(['file']);
  });
});

describe.each(WAYS)('a file that cannot be %s is the old one, with nothing beside it', (_, write) => {
  it('fault 43: when the disk is full after half of it', async () => {
    vi.mocked(writeFileSync).mockImplementation((descriptor) => {
      real.writeSync(descriptor as number, 'ha');
      throw error('ENOSPC');
    });
    expect(await codeOf(() => write(file, 'half'))).toBe('ENOSPC');
    expectUntouched(file);
  });

  it('when the disk does not take it for good', async () => {
    vi.mocked(fsyncSync).mockImplementation(refuse('EIO'));
    expect(await codeOf(() => write(file, 'new'))).toBe('EIO');
    expectUntouched(file);
  });

  it('when there is no folder for it', async () => {
    const folder = tempFolder();
    expect(await codeOf(() => write(path.join(folder, 'no', 'file'), 'new'))).toBe('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('when a folder is where it should be', async () => {
    const folder = tempFolder();
    mkdirSync(path.join(folder, 'file'));
    writeFileSync(path.join(folder, 'file', 'a'), '');
    expect(await codeOf(() => write(path.join(folder, 'file'), 'new'))).toMatch(/^(EISDIR|EEXIST|EPERM)$/);
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('fault 45: a name that is held', () => {
  it.each(['EPERM', 'EBUSY', 'EACCES'])('for a moment (%s) is tried again', async (code) => {
    const clock = new FakeClock();
    vi.mocked(renameSync).mockImplementationOnce(refuse(code)).mockImplementationOnce(refuse(code));
    await writeWhole(file, 'new', clock);
    expect(clock.sleeps).toEqual([10, 50]);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(path.dirname(file))).toEqual(['file']);
  });

  it.each([
    ['for longer is given up after less than half a second', 'EBUSY', [10, 50, 100, 250]],
    ['for another reason is not waited for', 'ENOSPC', []],
  ])('%s', async (_, code, sleeps) => {
    const clock = new FakeClock();
    vi.mocked(renameSync).mockImplementation(refuse(code));
    expect(await codeOf(() => writeWhole(file, 'new', clock))).toBe(code);
    expect(clock.sleeps).toEqual(sleeps);
    expectUntouched(file);
  });

  it.each(['EPERM', 'EBUSY', 'EACCES', 'ENOSPC'])(
    '(%s) is not waited for at the end of a process',
    (code) => {
      vi.mocked(renameSync).mockImplementation(refuse(code));
      expect(codeAtOnce(() => replaceAtOnce(file, 'new'))).toBe(code);
      expect(renameSync).toHaveBeenCalledTimes(1);
      expectUntouched(file);
    },
  );
});

describe('a folder that cannot be made safe', () => {
  const failFolder = (folder: string, code: string) =>
    vi.mocked(fsyncSync).mockImplementation((descriptor) => {
      if (nameOf(descriptor) === folder) throw error(code);
      real.fsyncSync(descriptor);
    });

  it.each(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP'])(
    'because the system knows no such thing (%s) is fine',
    async (code) => {
      failFolder(path.dirname(file), code);
      await writeWhole(file, 'new', new FakeClock());
      expect(readFileSync(file, 'utf8')).toBe('new');
      expectClosed();
    },
  );

  it('because the disk fails is an error', async () => {
    failFolder(path.dirname(file), 'EIO');
    expect(await codeOf(() => writeWhole(file, 'new', new FakeClock()))).toBe('EIO');
    expectClosed();
  });
});

describe('the text of a disk error', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the disk is read-only'],
    ['ENOTDIR', 'a folder on the way is a file'],
    ['EBUSY', 'another program holds the file'],
  ])('%s is put into words', (code, words) => {
    expect(diskErrorText(error(code))).toBe(words);
  });

  it.each([
    [error('ECONNRESET')],
    [new Error('no code')],
    [Object.assign(new Error(), { code: 5 })],
    ['ENOSPC'],
  ])('is none of %s', (thrown) => {
    expect(diskErrorText(thrown)).toBeUndefined();
  });
});
