// Real folders; another user's need root, who can give them away.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, type TestContext, vi } from 'vitest';
import { type Distrust, distrustOf } from '../../scripts/src/disk/trusted-folder.ts';
import { tempFolder } from '../support/command.ts';

afterEach(() => vi.restoreAllMocks());

const OTHER_USER = 12_345;

/** Folders below each other, the last of which is returned. */
function folders(names: readonly string[], mode = 0o700): string {
  let folder = tempFolder();
  for (const name of names) {
    folder = path.join(folder, name);
    mkdirSync(folder);
    chmodSync(folder, mode);
  }
  return folder;
}

const needsRoot = ({ skip }: TestContext) =>
  skip(process.getuid!() !== 0, 'only root can give a folder to another user');

/** A path as the shell takes it for one word. */
const word = (file: string) => (/^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`);

/** Runs what is advised, as a person would. */
function repair({ repair: command }: Distrust): void {
  const { status, stderr } = spawnSync('sh', ['-c', command!], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

describe('a folder is trusted', () => {
  it.each([0o700, 0o755, 0o775, 0o500])('that is ours, whatever others may read (%o)', (mode) => {
    expect(distrustOf(folders(['state'], mode))).toBeUndefined();
  });

  it('in a folder where everybody can write, but only to what is theirs', () => {
    const open = folders(['open'], 0o1777);
    mkdirSync(path.join(open, 'state'));
    expect(distrustOf(path.join(open, 'state'))).toBeUndefined();
    // It is made by us, if by anybody; also in a folder of ours.
    expect(distrustOf(path.join(folders(['a']), 'state', 'journal'))).toBeUndefined();
    expect(distrustOf(path.join(open, 'not', 'yet', 'there'))).toBeUndefined();
  });

  it('where something else stands in the way: that is an error when it is used', () => {
    const folder = folders(['a']);
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    expect(distrustOf(file)).toBeUndefined();
    expect(distrustOf(path.join(file, 'journal'))).toBeUndefined();
  });

  it('on a system where folders have no owner', () => {
    const getuid = process.getuid;
    try {
      Object.assign(process, { getuid: undefined });
      expect(distrustOf(folders(['state'], 0o777))).toBeUndefined();
    } finally {
      Object.assign(process, { getuid });
    }
  });
});

describe('fault 101: a folder is not trusted', () => {
  it.each([0o777, 0o702, 0o1777])('that every user can write to (%o), until it is repaired', (mode) => {
    const folder = folders(['state'], mode);
    const distrust = distrustOf(folder)!;
    expect(distrust).toEqual({
      reason: `every user can write to ${folder}`,
      repair: `chmod o-w ${word(folder)}`,
    });
    repair(distrust);
    expect(distrustOf(folder)).toBeUndefined();
  });

  it.each([
    [['open', 'state'], 'chmod o-w'],
    [['open', 'a', 'state'], 'chmod +t'],
    [['open', 'a', 'b', 'c', 'state'], 'chmod +t'],
  ])('in %j of which every user can write to the first, until that is repaired', (names, command) => {
    const folder = folders(names);
    const open = folder.slice(0, folder.indexOf('open') + 4);
    chmodSync(open, 0o777);
    const distrust = distrustOf(folder)!;
    expect(distrust).toEqual({
      reason: `every user can write to ${open}`,
      repair: `${command} ${word(open)}`,
    });
    // Another user could create a folder that does not exist yet.
    expect(distrustOf(path.join(open, 'new'))).toMatchObject({ reason: distrust.reason });
    repair(distrust);
    expect(distrustOf(folder)).toBeUndefined();
  });

  it('that belongs to another user, until it is repaired', (test) => {
    needsRoot(test);
    for (const names of [['state'], ['state', 'journal']]) {
      const folder = folders(names);
      const given = folder.slice(0, folder.indexOf('state') + 5);
      chownSync(given, OTHER_USER, OTHER_USER);
      const distrust = distrustOf(folder)!;
      expect(distrust).toEqual({
        reason: `${given} belongs to another user (number ${OTHER_USER})`,
        repair: `chown "$(id -un)" ${word(given)}`,
      });
      repair(distrust);
      expect(distrustOf(folder)).toBeUndefined();
    }
  });

  it('in the home of another user: that stays theirs', (test) => {
    needsRoot(test);
    const folder = folders(['home', 'state', 'journal']);
    const home = folder.slice(0, folder.indexOf('home') + 4);
    chownSync(home, OTHER_USER, OTHER_USER);
    expect(distrustOf(folder)).toEqual({
      reason: `${home} belongs to another user (number ${OTHER_USER})`,
      repair: null,
    });
  });

  it('that is the system itself', () => {
    vi.spyOn(process, 'getuid').mockReturnValue(OTHER_USER);
    expect(distrustOf('/')).toMatchObject({ repair: 'sudo chown "$(id -un)" /' });
  });

  it('in one of the system, which only root can repair', (test) => {
    needsRoot(test);
    const folder = folders(['state', 'journal'], 0o777);
    vi.spyOn(process, 'getuid').mockReturnValue(OTHER_USER);
    expect(distrustOf(folder)?.repair).toBe(`sudo chmod o-w ${word(path.dirname(folder))}`);
  });

  it.each([
    ['with a space'],
    ["o'clock"],
    ['"quoted" $(touch x) `id` \\ ; & * ~ #'],
    ['-rf'],
    ['two\nlines'],
    ['unicode é 影'],
  ])('of a name that a shell would read otherwise: %j', (name) => {
    const folder = folders([name], 0o777);
    repair(distrustOf(folder)!);
    expect(distrustOf(folder)).toBeUndefined();
  });
});

describe('fault 101: a link on the way', () => {
  it('is as safe as the folders that it leads to and through', () => {
    const real = folders(['real', 'state']);
    const link = path.join(tempFolder(), 'link');
    symlinkSync(path.dirname(real), link);
    expect(distrustOf(path.join(link, 'state'))).toBeUndefined();
    expect(distrustOf(path.join(link, 'state', 'new'))).toBeUndefined();
    chmodSync(path.dirname(real), 0o777);
    expect(distrustOf(path.join(link, 'state'))).toMatchObject({
      reason: `every user can write to ${path.dirname(real)}`,
    });
  });

  it('that is itself the folder leads to one that only we may write to', () => {
    const real = folders(['real'], 0o1777);
    const link = path.join(tempFolder(), 'link');
    symlinkSync(real, link);
    expect(distrustOf(link)).toEqual({
      reason: `every user can write to ${real}`,
      repair: `chmod o-w ${word(real)}`,
    });
  });

  it('in a folder where every user can replace it, also as a link in the middle of others', () => {
    const open = folders(['open'], 0o777);
    const real = folders(['state']);
    const first = path.join(tempFolder(), 'first');
    symlinkSync(path.join(open, 'second'), first);
    symlinkSync(real, path.join(open, 'second'));
    for (const way of [path.join(open, 'second'), first, path.join(first, 'new')])
      expect(distrustOf(way)).toMatchObject({ reason: `every user can write to ${open}` });
    chmodSync(open, 0o1777);
    expect(distrustOf(first)).toBeUndefined();
  });

  it('may be relative', () => {
    const real = folders(['a', 'b']);
    const link = path.join(path.dirname(path.dirname(real)), 'link');
    symlinkSync('a/../a/./b', link);
    expect(distrustOf(link)).toBeUndefined();
    chmodSync(real, 0o777);
    expect(distrustOf(link)).toMatchObject({ repair: `chmod o-w ${word(real)}` });
  });

  it('of another user is none of ours, even where they cannot replace what is ours', (test) => {
    needsRoot(test);
    const open = folders(['open'], 0o1777);
    const link = path.join(open, 'link');
    symlinkSync(folders(['state']), link);
    lchownSync(link, OTHER_USER, OTHER_USER);
    const distrust = distrustOf(link)!;
    expect(distrust).toEqual({
      reason: `${link} belongs to another user (number ${OTHER_USER})`,
      repair: `chown -h "$(id -un)" ${word(link)}`,
    });
    repair(distrust);
    expect(distrustOf(link)).toBeUndefined();
  });

  it('that leads nowhere is left to the step that creates the folder; one in a circle is an error', () => {
    const folder = folders(['a']);
    symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'link'));
    expect(distrustOf(path.join(folder, 'link', 'state'))).toBeUndefined();
    symlinkSync('circle', path.join(folder, 'circle'));
    expect(() => distrustOf(path.join(folder, 'circle', 'state'))).toThrow('ELOOP');
  });
});
