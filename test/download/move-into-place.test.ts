// Some disks know no hard links, and some programs hold a new file for a moment. Both are simulated here.
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { download } from '../../scripts/src/download/download.ts';
import { folder, sessionWith } from '../core/session.ts';
import { failureOf } from '../support/failures.ts';
import { MP4 } from '../support/media.ts';
import { serve } from '../support/server.ts';
import { options } from './support.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return { ...real, link: vi.fn(real.link) };
});

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return { ...real, renameSync: vi.fn(real.renameSync) };
});

afterEach(() => {
  vi.mocked(link).mockReset();
  vi.mocked(renameSync).mockReset();
});

const error = (code: string) => Object.assign(new Error(code), { code });
const refuse = (code: string) => () => {
  throw error(code);
};

async function save(into: string) {
  const server = await serve({ body: MP4 });
  const url = server.origin;
  return download(sessionWith(url), options(url, into, { maxRetries: 0 }));
}

it.each(['EPERM', 'EOPNOTSUPP', 'EXDEV'])(
  'fault 47: without hard links (%s) the file is renamed, and still nothing replaced',
  async (code) => {
    vi.mocked(link).mockRejectedValue(error(code));
    const into = folder();
    const saved = await save(into);
    expect(link).toHaveBeenCalledTimes(1);
    expect(renameSync).toHaveBeenCalledTimes(1);
    expect(readFileSync(saved.path).equals(MP4)).toBe(true);
    writeFileSync(saved.path, 'mine');
    expect((await failureOf(save(into))).message).toContain('exists already');
    expect(renameSync).toHaveBeenCalledTimes(1);
    expect(readFileSync(saved.path, 'utf8')).toBe('mine');
    expect(readdirSync(into)).toEqual(['ckx1.mp4']);
  },
);

it.each(['EPERM', 'EBUSY', 'EACCES'])(
  'fault 45: a name that is held for a moment (%s) is tried again',
  async (code) => {
    vi.mocked(link).mockRejectedValue(error('EPERM'));
    vi.mocked(renameSync).mockImplementationOnce(refuse(code)).mockImplementationOnce(refuse(code));
    const saved = await save(folder());
    expect(renameSync).toHaveBeenCalledTimes(3);
    expect(readFileSync(saved.path).equals(MP4)).toBe(true);
  },
);

it('fault 45: and given up in the end', async () => {
  vi.mocked(link).mockRejectedValue(error('EPERM'));
  vi.mocked(renameSync).mockImplementation(refuse('EBUSY'));
  const into = folder();
  // What the disk says is told; nothing is left half.
  await expect(save(into)).rejects.toThrow();
  expect(renameSync).toHaveBeenCalledTimes(5);
  expect(readdirSync(into)).toEqual([]);
});

it('fault 43: a full disk at the last step leaves nothing', async () => {
  vi.mocked(link).mockRejectedValue(error('EPERM'));
  vi.mocked(renameSync).mockImplementation(refuse('ENOSPC'));
  const into = folder();
  const failure = await failureOf(save(into));
  expect(failure).toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(failure.message).toContain('the disk is full');
  expect(renameSync).toHaveBeenCalledTimes(1);
  expect(readdirSync(into)).toEqual([]);
});
