// Real files; only what a disk refuses is played.
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { diskError, diskTrouble, makePrivate, writeWhole } from '../../scripts/src/disk/durable.ts';
import { FakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/command.ts';
import { startChild } from './child.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return { ...real, open: vi.fn(real.open), rename: vi.fn(real.rename) };
});

afterEach(() => {
  vi.mocked(open).mockReset();
  vi.mocked(rename).mockReset();
});

const { open: realOpen, rename: realRename } =
  await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');

const error = (code: string) => Object.assign(new Error(code), { code });
const modeOf = (file: string) => statSync(file).mode & 0o777;
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'no error', diskError);

/** A file that says `old`, alone in its folder. */
function oldFile(): string {
  const file = path.join(tempFolder(), 'file');
  writeFileSync(file, 'old');
  return file;
}

/** The file is as it was, and nothing is left beside it. */
function expectUntouched(file: string): void {
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(path.dirname(file))).toEqual(['file']);
}

/** Each file that is opened is first shown to the test. */
function watchHandles(look: (name: string, handle: FileHandle) => void): void {
  vi.mocked(open).mockImplementation(async (name, ...rest) => {
    const handle = await realOpen(name, ...rest);
    look(String(name), handle);
    return handle;
  });
}

describe('a private folder', () => {
  it('is made with those above it, for its owner alone', async () => {
    const top = path.join(tempFolder(), 'a');
    await makePrivate(path.join(top, 'b'));
    expect([modeOf(top), modeOf(path.join(top, 'b'))]).toEqual([0o700, 0o700]);
  });

  it('that was open to others is closed to them', async () => {
    const folder = path.join(tempFolder(), 'a');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    await makePrivate(folder);
    expect(modeOf(folder)).toBe(0o700);
  });

  it('cannot be where a file is', async () => {
    const file = oldFile();
    expect(await codeOf(makePrivate(file))).toBe('EEXIST');
    expect(await codeOf(makePrivate(path.join(file, 'below')))).toBe('ENOTDIR');
  });
});

describe('fault 36: a file that is written', () => {
  it('is whole, for its owner alone, and alone in its folder', async () => {
    const file = oldFile();
    chmodSync(file, 0o644);
    await writeWhole(file, 'new ü 😀', new FakeClock());
    expect(readFileSync(file, 'utf8')).toBe('new ü 😀');
    expect(modeOf(file)).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['file']);
  });

  it('is on the disk before it gets its name, and its name is before the write is over', async () => {
    const file = oldFile();
    const steps: string[] = [];
    watchHandles((name, handle) => {
      const sync = handle.sync.bind(handle);
      handle.sync = () => {
        steps.push(name === path.dirname(file) ? 'folder' : 'file');
        return sync();
      };
    });
    vi.mocked(rename).mockImplementation((from, to) => {
      steps.push(`name for ${readFileSync(from, 'utf8')} instead of ${readFileSync(to, 'utf8')}`);
      return realRename(from, to);
    });
    await writeWhole(file, 'new', new FakeClock());
    expect(steps).toEqual(['file', 'name for new instead of old', 'folder']);
  });

  it('is old or new for whoever reads it meanwhile', async () => {
    const file = oldFile();
    const texts = ['a'.repeat(300_000), 'b'.repeat(200_000)];
    await writeWhole(file, texts[0]!, new FakeClock());
    let isWriting = true;
    const reading = (async () => {
      let reads = 0;
      for (; isWriting; reads += 1) {
        const text = await readFile(file, 'utf8');
        expect(texts.includes(text)).toBe(true);
        await setImmediate();
      }
      return reads;
    })();
    for (let n = 0; n < 20; n += 1) await writeWhole(file, texts[n % 2]!, new FakeClock());
    isWriting = false;
    expect(await reading).toBeGreaterThan(5);
  });

  it('is whole after its writer was killed', async () => {
    const file = oldFile();
    const child = await startChild('write', file);
    for (let n = 0; n < 5; n += 1) await child.line();
    await child.kill();
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^(\d+,)+$/);
    expect(new Set(text.split(',').slice(0, -1)).size).toBe(1);
    expect(text.split(',').length - 1).toBe(100_000);
  });

  it('by several at once is one of theirs', async () => {
    const file = oldFile();
    const texts = Array.from({ length: 10 }, (_, n) => String(n).repeat(50_000));
    await Promise.all(texts.map((text) => writeWhole(file, text, new FakeClock())));
    expect(texts).toContain(readFileSync(file, 'utf8'));
    expect(readdirSync(path.dirname(file))).toEqual(['file']);
  });
});

describe('a write that fails leaves the old file and nothing else', () => {
  it('fault 43: when the disk is full after half of it', async () => {
    const file = oldFile();
    watchHandles((_, handle) => {
      handle.writeFile = async () => {
        await handle.write('ha');
        throw error('ENOSPC');
      };
    });
    expect(await codeOf(writeWhole(file, 'half', new FakeClock()))).toBe('ENOSPC');
    expectUntouched(file);
  });

  it('when the disk does not take it for good', async () => {
    const file = oldFile();
    watchHandles((_, handle) => {
      handle.sync = () => Promise.reject(error('EIO'));
    });
    expect(await codeOf(writeWhole(file, 'new', new FakeClock()))).toBe('EIO');
    expectUntouched(file);
  });

  it('when there is no folder for it', async () => {
    const folder = tempFolder();
    expect(await codeOf(writeWhole(path.join(folder, 'no', 'file'), 'new', new FakeClock()))).toBe('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('fault 45: a name that is held', () => {
  it.each(['EPERM', 'EBUSY', 'EACCES'])('for a moment (%s) is tried again', async (code) => {
    const file = oldFile();
    const clock = new FakeClock();
    vi.mocked(rename).mockRejectedValueOnce(error(code)).mockRejectedValueOnce(error(code));
    await writeWhole(file, 'new', clock);
    expect(clock.sleeps).toEqual([10, 50]);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('for longer is given up after less than half a second', async () => {
    const file = oldFile();
    const clock = new FakeClock();
    vi.mocked(rename).mockRejectedValue(error('EBUSY'));
    expect(await codeOf(writeWhole(file, 'new', clock))).toBe('EBUSY');
    expect(clock.sleeps).toEqual([10, 50, 100, 250]);
    expectUntouched(file);
  });

  it('for another reason is not waited for', async () => {
    const file = oldFile();
    const clock = new FakeClock();
    vi.mocked(rename).mockRejectedValue(error('ENOSPC'));
    expect(await codeOf(writeWhole(file, 'new', clock))).toBe('ENOSPC');
    expect(clock.sleeps).toEqual([]);
    expectUntouched(file);
  });
});

describe('a folder that cannot be made safe', () => {
  const failFolder = (folder: string, code: string) =>
    watchHandles((name, handle) => {
      if (name === folder) handle.sync = () => Promise.reject(error(code));
    });

  it.each(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP'])(
    'because the system knows no such thing (%s) is fine',
    async (code) => {
      const file = oldFile();
      failFolder(path.dirname(file), code);
      await writeWhole(file, 'new', new FakeClock());
      expect(readFileSync(file, 'utf8')).toBe('new');
    },
  );

  it('because the disk fails is told', async () => {
    const file = oldFile();
    failFolder(path.dirname(file), 'EIO');
    expect(await codeOf(writeWhole(file, 'new', new FakeClock()))).toBe('EIO');
  });
});

describe('the trouble of a disk', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the disk is read-only'],
    ['ENOTDIR', 'a folder on the way is a file'],
    ['EBUSY', 'another program holds the file'],
  ])('%s is put into words', (code, words) => {
    expect(diskTrouble(error(code))).toBe(words);
  });

  it.each([
    [error('ECONNRESET')],
    [new Error('no code')],
    [Object.assign(new Error(), { code: 5 })],
    ['ENOSPC'],
  ])('is none of %s', (thrown) => {
    expect(diskTrouble(thrown)).toBeUndefined();
  });
});
