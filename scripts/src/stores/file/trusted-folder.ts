import { lstatSync, readlinkSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { quoteWord } from '../../model/shell-word.ts';

const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/** Why others could take away or replace what is kept in a folder. */
export interface Distrust {
  reason: string;
  /** The command that ends that; null where only another folder helps. */
  repair: string | null;
}

/**
 * Looks whether only this user (or the system) can add, replace or remove entries of a folder, and of each folder on the
 * way to it, that of each link included. In a folder with the sticky bit, such as /tmp, others cannot touch what is ours.
 * @param folder absolute; one that is not there yet is polled at as far as the way to it exists
 * @returns undefined where nothing is wrong, and on systems without owners of files
 * @throws the disk's error
 */
export function distrustOf(folder: string): Distrust | undefined {
  const me = process.getuid?.();
  if (me === undefined) return undefined;
  // Where the system's own files belong to somebody else, as inside a container, that is the system.
  const trusted = new Set([0, me, statSync('/').uid]);
  const ahead = namesOf(folder);
  for (let at = '/'; ; at = path.join(at, ahead.shift()!)) {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    const distrust = stat && distrustOfOne(at, stat, { me, trusted, below: ahead.length });
    // Links in a circle are found out here.
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
      // A folder further up may be somebody's home.
      repair: below > 1 ? null : command(me === 0, `chown ${isFolder ? '' : '-h '}"$(id -un)"`, at),
    };
  }
  if (!isFolder || (stat.mode & WRITABLE_BY_ALL) === 0 || ((stat.mode & STICKY) !== 0 && !isLast))
    return undefined;
  return {
    reason: `every user can write to ${at}`,
    // What others keep in a folder further up stays theirs to change.
    repair: command(stat.uid === me || me === 0, below > 1 ? 'chmod +t' : 'chmod o-w', at),
  };
}

function command(isAllowed: boolean, words: string, file: string): string {
  return `${isAllowed ? '' : 'sudo '}${words} ${quoteWord(file)}`;
}
