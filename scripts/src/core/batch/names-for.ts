import path from 'node:path';
import { mediaIn, nameKey } from '../../download/names.ts';
import { Failure, type Issue } from '../../model/failure.ts';
import { fileNames, type Pattern } from './file-names.ts';
import { type Known, recordedName } from './known-lines.ts';
import type { BatchLine } from './line.ts';

/**
 * Returns the name of each line's file, without its extension.
 * @param pattern the name of lines that give none
 * @param reserved names that pending requests have for files which are not there yet, as `nameKey` gives them
 * @throws Failure INVALID_PAYLOAD with every line whose name another file has, before anything is charged
 */
export function namesFor(
  lines: readonly BatchLine[],
  known: readonly Known[],
  folder: string | null,
  reserved: ReadonlySet<string>,
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
    throw new Failure('INVALID_PAYLOAD', message, {
      ...{ issues, nothingSubmitted: true, reason: { kind: 'wrongLines' } },
    });
  }
  const named = lines.map(({ number, name }, n) => {
    return { number, name, recorded: isNew ? null : recordedName(known[n]!) };
  });
  return fileNames(named, (name) => media.has(nameKey(name)) || reserved.has(nameKey(name)), pattern);
}
