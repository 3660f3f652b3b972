import path from 'node:path';
import { isVersionOf, nameKey, stemOfOutput, versionOf } from '../../download/names.ts';

interface Named {
  number: number;
  name: string | null;
  recorded: string | null;
}

/** How a line is named that gives no name: its number, with this before and behind it. */
export interface Pattern {
  before: string;
  after: string;
}

/**
 * Returns the name of each line's file: the given one, or the line's number, zero-padded. A line keeps the number that it
 * had when it was first submitted, so that a line above it changes nothing; a taken number gets a version behind it. A
 * given name keeps the version that it got when its file was saved.
 * @param isTaken tells whether a file has that name already
 */
export function fileNames(
  lines: readonly Named[],
  isTaken: (name: string) => boolean,
  { before, after }: Pattern = { before: '', after: '' },
): string[] {
  const used = new Set(lines.flatMap(({ name }) => (name === null ? [] : nameKey(name))));
  const names = lines.map(({ name, recorded }) => {
    if (name !== null) {
      const isKept = recorded !== null && isVersionOf(recorded, name) && isTaken(name);
      if (!isKept || used.has(nameKey(recorded))) return name;
      used.add(nameKey(recorded));
      return recorded;
    }
    if (recorded === null || !isOfNumber(recorded, before, after) || used.has(nameKey(recorded))) return null;
    used.add(nameKey(recorded));
    return recorded;
  });
  const width = String(Math.max(...lines.map(({ number }) => number))).length;
  return names.map((name, n) => {
    if (name !== null) return name;
    const number = String(lines[n]!.number).padStart(width, '0');
    for (let version = 1; ; version += 1) {
      const candidate = versionOf(`${before}${number}${after}`, version);
      if (used.has(nameKey(candidate)) || isTaken(candidate)) continue;
      used.add(nameKey(candidate));
      return candidate;
    }
  });
}

/** Tells whether a name was made of a line's number: it stays, wherever its line is moved. */
function isOfNumber(name: string, before: string, after: string): boolean {
  const plain = name.replace(/-v\d+$/, '');
  // Earlier versions of this program wrote the version behind the number.
  return [name, plain].some(
    (one) =>
      one.startsWith(before) &&
      one.endsWith(after) &&
      /^\d+(-v\d+)?$/.test(one.slice(before.length, one.length - after.length)),
  );
}

/** Returns the name under which a line's file was saved: meanwhile another file may have got its name. */
export function nameOfFile(file: string | undefined, name: string): string {
  const saved = file && stemOfOutput(path.basename(file));
  return saved && isVersionOf(saved, name) ? saved : name;
}

/** Tells whether a line's file has a version behind its name. @param given the name that its line gives */
export function hasVersion(name: string, given: string | null): boolean {
  return name !== given && /-v\d+$/.test(name);
}
