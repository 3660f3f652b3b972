import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../scripts/src/disk/make-folder.ts';
import { tempFolder } from '../support/command.ts';

const mode = (file: string) => statSync(file).mode & 0o777;

describe('a folder', () => {
  it('is made with those above it, each with the mode', () => {
    const root = tempFolder();
    makeFolder(path.join(root, 'a', 'b', 'c'), 0o700);
    for (const each of ['a', 'a/b', 'a/b/c']) expect(mode(path.join(root, each))).toBe(0o700);
    makeFolder(path.join(root, 'a', 'b', 'd'), 0o750);
    expect(mode(path.join(root, 'a/b/d'))).toBe(0o750);
  });

  it('that is there, or that a link leads to, is left as it is', () => {
    const root = tempFolder();
    mkdirSync(path.join(root, 'there'), { mode: 0o755 });
    symlinkSync('there', path.join(root, 'link'));
    makeFolder(path.join(root, 'there'), 0o700);
    makeFolder(path.join(root, 'link'), 0o700);
    expect(mode(path.join(root, 'there'))).toBe(0o755);
  });

  it('cannot be made where a file is, or below one, or at the end of a link to nothing', () => {
    const root = tempFolder();
    writeFileSync(path.join(root, 'file'), 'mine');
    symlinkSync('nothing', path.join(root, 'dangling'));
    expect(() => makeFolder(path.join(root, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolder(path.join(root, 'file', 'below'))).toThrow(/ENOTDIR/);
    expect(() => makeFolder(path.join(root, 'dangling', 'below'))).toThrow(/EEXIST|ENOENT/);
  });

  // In a process of its own, because what is tested for is that it never ends.
  it.runIf(process.platform === 'linux')('in a place that takes none, is an error and not a loop', () => {
    const file = path.resolve('scripts/src/disk/make-folder.ts');
    const code = `import(${JSON.stringify(file)}).then(({ makeFolder }) => makeFolder('/proc/nowhere/below'))`;
    const done = spawnSync(process.execPath, ['--import', 'tsx', '-e', code], {
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
      timeout: 20_000,
      encoding: 'utf8',
    });
    expect(done.signal).toBeNull();
    expect(done.stderr).toMatch(/ENOENT/);
  });
});
