import { lstatSync, readlinkSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { quoteWord } from '../model/shell-word.ts';

const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

export interface Distrust {
  reason: string;
  /** The command that repairs it; null where only another folder helps. */
  repair: string | null;
}

/**
 * Checks that only this user (or the system) can add, replace or remove entries of a folder and of each folder on its path,
 * the paths of links included. In a folder with the sticky bit, such as /tmp, other users cannot change our entries.
 * @param folder absolute; of a folder that does not exist yet, the existing part of its path is checked
 * @returns undefined when the folder is safe, and on systems without file owners
 * @throws the disk's error
 */
export function distrustOf(folder: string): Distrust | undefined {
  const me = process.getuid?.();
  if (me === undefined) return undefined;
  // In a container the system's own files may belong to another user than root: that user is the system.
  const trusted = new Set([0, me, statSync('/').uid]);
  const ahead = namesOf(folder);
  for (let at = '/'; ; at = path.join(at, ahead.shift()!)) {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    const distrust = stat && distrustOfOne(at, stat, { me, trusted, below: ahead.length });
    // Links in a circle make this call throw.
    if (distrust || !statSync(at, { throwIfNoEntry: false })?.isDirectory()) return distrust;
    if (stat?.isSymbolicLink()) {
      const target = readlinkSync(at);
      ahead.unshift(...namesOf(target));
      at = path.isAbsolute(target) ? '/' : path.dirname(at);
    }
    if (ahead.length === 0) return undefined;
  }
}

const namesOf = (file: string): string[] => file.split('/').filter((name) => name !== '');

function distrustOfOne(
  at: string,
  stat: Stats,
  { me, trusted, below }: { me: number; trusted: ReadonlySet<number>; below: number },
): Distrust | undefined {
  const isFolder = stat.isDirectory();
  const isLast = below === 0;
  // One user's folder inside another's is as safe as the other one.
  if (!trusted.has(stat.uid) || (isLast && isFolder && stat.uid !== me)) {
    return {
      reason: `${at} belongs to another user (number ${stat.uid})`,
      // A folder further up may be another user's home.
      repair: below > 1 ? null : command(me === 0, `chown ${isFolder ? '' : '-h '}"$(id -un)"`, at),
    };
  }
  if (!isFolder || (stat.mode & WRITABLE_BY_ALL) === 0 || ((stat.mode & STICKY) !== 0 && !isLast))
    return undefined;
  return {
    reason: `every user can write to ${at}`,
    // The permissions of a folder further up are not ours to change.
    repair: command(stat.uid === me || me === 0, below > 1 ? 'chmod +t' : 'chmod o-w', at),
  };
}

function command(isAllowed: boolean, words: string, file: string): string {
  return `${isAllowed ? '' : 'sudo '}${words} ${quoteWord(file)}`;
}
