import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../../model/json.ts';
import { SANDBOX_FOLDER } from '../command-line/commands.ts';
import { flagWords } from '../command-line/words.ts';
import type { Outcome } from '../render/envelope.ts';

/** Returns the outcome of a sandbox run with a warning where its stand-ins lie beside other files. */
export function withStandInWarning(outcome: Outcome): Outcome {
  const { data } = outcome.envelope;
  if (!data) return outcome;
  const saved = [
    ...((data.files ?? []) as { path: string }[]).map((file) => file.path),
    ...((data.items ?? []) as { file?: string | null }[]).flatMap(({ file }) => file ?? []),
  ];
  const folders = [...new Set(saved.map((file) => path.dirname(file)))];
  const mixed = folders.filter(
    (folder) => path.basename(folder) !== SANDBOX_FOLDER && hasOthers(folder, saved),
  );
  if (mixed.length === 0) return outcome;
  const warnings: Json[] = [
    ...((data.warnings ?? []) as Json[]),
    ...mixed.map(
      (folder) =>
        `The files of this sandbox run are stand-ins, never a result, and they lie beside other files in ${folder}: for a rehearsal use ${flagWords({ download: SANDBOX_FOLDER }).join(' ')}.`,
    ),
  ];
  return { ...outcome, envelope: { ...outcome.envelope, data: { ...data, warnings } } };
}

function hasOthers(folder: string, saved: readonly string[]): boolean {
  try {
    const names = readdirSync(folder).filter((name) => !/^\.|\.(report\.jsonl|part|tmp)$/.test(name));
    return names.some((name) => !saved.includes(path.join(folder, name)));
  } catch {
    return false;
  }
}
