import { readdirSync } from 'node:fs';
import path from 'node:path';
import { flagWords, SANDBOX_FOLDER } from '../command-line/words.ts';
import { type Outcome, withWarnings } from '../render/envelope.ts';

/** Returns the outcome of a sandbox run with a warning where its stand-ins lie beside other files. */
export function withStandInWarnings(outcome: Outcome): Outcome {
  const saved = outcome.files;
  const folders = [...new Set(saved.map((file) => path.dirname(file)))];
  const mixed = folders.filter(
    (folder) => path.basename(folder) !== SANDBOX_FOLDER && hasOthers(folder, saved),
  );
  const use = flagWords({ download: SANDBOX_FOLDER }).join(' ');
  const warnings = mixed.map(
    (folder) =>
      `The files of this sandbox run are stand-ins, never a result, and they lie beside other files in ${folder}: for a rehearsal use ${use}.`,
  );
  return withWarnings(outcome, warnings);
}

function hasOthers(folder: string, saved: readonly string[]): boolean {
  try {
    const names = readdirSync(folder).filter((name) => !/^\.|\.(report\.jsonl|part|tmp)$/.test(name));
    return names.some((name) => !saved.includes(path.join(folder, name)));
  } catch {
    return false;
  }
}
