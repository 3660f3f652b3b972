import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { quoteWord } from '../types/command-line.ts';

const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/** Why others could take away or replace what is kept in a folder, and the command that ends that. */
export interface Distrust {
  reason: string;
  repair: string;
}

/**
 * Looks whether only this user (or the system) can add, replace or remove entries of a folder, and of each folder on the
 * way to it, links included. In a folder with the sticky bit, such as /tmp, others cannot touch what is ours.
 * @param folder absolute; one that is not there yet is looked at as far as the way to it exists
 * @returns undefined where nothing is wrong, and on systems without owners of files
 */
export function distrustOf(folder: string): Distrust | undefined {
  const me = process.getuid?.();
  if (me === undefined) return undefined;
  // Where the system's own files belong to somebody else, as inside a container, that is the system.
  const trusted = new Set([0, me, statSync('/').uid]);
  const checked = new Set<string>();
  for (const way of [folder, realPathOf(folder)]) {
    for (let at = way; !checked.has(at); at = path.dirname(at)) {
      checked.add(at);
      const stat = lstatSync(at, { throwIfNoEntry: false });
      const distrust = stat && distrustOfOne(at, stat, trusted, at === way);
      if (distrust) return distrust;
    }
  }
  return undefined;
}

function distrustOfOne(
  at: string,
  stat: Stats,
  trusted: ReadonlySet<number>,
  isLast: boolean,
): Distrust | undefined {
  // One user's folder inside another's is as safe as the other one.
  if (!trusted.has(stat.uid) || (isLast && stat.isDirectory() && stat.uid !== process.getuid!())) {
    return {
      reason: `${at} belongs to another user (number ${stat.uid})`,
      repair: `chown "$(id -un)" ${quoteWord(at)}`,
    };
  }
  const isOpen = stat.isDirectory() && (stat.mode & WRITABLE_BY_ALL) !== 0;
  if (!isOpen || ((stat.mode & STICKY) !== 0 && !isLast)) return undefined;
  return { reason: `every user can write to ${at}`, repair: `chmod o-w ${quoteWord(at)}` };
}

function realPathOf(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      return path.join(realpathSync(at), path.relative(at, folder));
    } catch {
      if (path.dirname(at) === at) return folder;
    }
  }
}
