import path from 'node:path';
import { freeVersion, isVersionOf, mediaIn, nameKey, stemOfOutput } from '../../download/names.ts';
import { Failure } from '../../model/failure.ts';
import type { Issue } from '../../model/issue.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import type { Known } from './known-lines.ts';
import type { BatchLine } from './line.ts';

interface Named {
  number: number;
  name: string | null;
  /** The name that its record has. */
  recorded?: string | null;
}

/** How a line is named that gives no name: its number, with this before and behind it. */
export interface Pattern {
  before: string;
  after: string;
}

/**
 * Returns the name of each line's file, without its extension.
 * @param pending requests whose files are not there yet: their names are reserved
 * @param pattern the name of lines that give none
 * @throws Failure INVALID_PAYLOAD with every line whose name another file has, before anything is charged
 */
export function namesFor(
  lines: readonly BatchLine[],
  known: readonly Known[],
  folder: string | null,
  pending: readonly StoredRequest[],
  isNew: boolean,
  pattern?: Pattern,
): string[] {
  const media = folder === null ? new Map<string, string>() : mediaIn(folder);
  const issues = lines.flatMap(({ number, name }, n): Issue[] => {
    const file = name === null ? undefined : media.get(nameKey(name));
    if (file === undefined || (known[n]!.entry && !isNew)) return [];
    return [
      {
        path: `line ${number}: name`,
        expected: 'a name that no file has yet',
        received: `"${name}": ${path.basename(file)} exists in ${folder}`,
        hint: 'give the line another name, choose another folder, or move that file away',
      },
    ];
  });
  if (issues.length > 0) {
    const message = `${issues.length} lines name files that exist already and are not theirs.`;
    const reason = { kind: 'wrongLines' } as const;
    throw new Failure('INVALID_PAYLOAD', message, { issues, nothingSubmitted: true, reason });
  }
  const here = pending.filter(({ record }) => folder !== null && record.download === folder && record.output);
  const taken = new Set([
    ...media.keys(),
    ...here.map(({ record }) => nameKey(stemOfOutput(record.output!))),
  ]);
  const named = lines.map((line, n) => {
    const output = known[n]!.entry?.record.output;
    return { ...line, recorded: isNew || !output ? null : stemOfOutput(output) };
  });
  return fileNames(named, (name) => taken.has(nameKey(name)), pattern);
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
  pattern: Pattern = { before: '', after: '' },
): string[] {
  const used = new Set(lines.flatMap(({ name }) => (name === null ? [] : nameKey(name))));
  const names = lines.map(({ name, recorded = null }) => {
    if (recorded === null || used.has(nameKey(recorded))) return name;
    const isKept =
      name === null ? isOfNumber(recorded, pattern) : isVersionOf(recorded, name) && isTaken(name);
    if (!isKept) return name;
    used.add(nameKey(recorded));
    return recorded;
  });
  const width = String(Math.max(...lines.map(({ number }) => number))).length;
  return names.map((name, n) => {
    if (name !== null) return name;
    const number = String(lines[n]!.number).padStart(width, '0');
    const free = freeVersion(
      `${pattern.before}${number}${pattern.after}`,
      (candidate) => used.has(nameKey(candidate)) || isTaken(candidate),
    );
    used.add(nameKey(free));
    return free;
  });
}

/** Tells whether a name was made of a line's number: it stays, wherever its line is moved. */
function isOfNumber(name: string, { before, after }: Pattern): boolean {
  // Earlier versions of this program wrote the version behind the number.
  return [name, name.replace(/-v\d+$/, '')].some(
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
