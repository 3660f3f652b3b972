import { jsonHash } from '../../model/fingerprint.ts';
import type { NewRun } from '../../model/request-record.ts';
import { keyOf } from './identity.ts';
import type { Known } from './known-lines.ts';
import type { BatchLine } from './line.ts';

/** The lines that a run for new tasks has not made once more: they keep their earlier tasks. */
export interface LeftOver {
  began: string;
  lines: ReadonlySet<number>;
}

type Line = Pick<BatchLine, 'number' | 'contract' | 'payloadHash' | 'ordinal'>;

/** Returns a run that makes these lines once more. @param now by the wall clock, in milliseconds */
export function newRunOf(lines: readonly Line[], now: number): NewRun {
  return { began: new Date(now).toISOString(), lines: hashOf(lines) };
}

/**
 * Returns the lines that the last run of the same batch for new tasks left as they were, by their records.
 * @returns undefined where it left none, or there was no such run
 */
export function leftOver(lines: readonly Line[], known: readonly Known[]): LeftOver | undefined {
  const hash = hashOf(lines);
  const records = known.map(({ entry }) => entry?.record);
  const runs = records.flatMap((record) => (record?.newRun?.lines === hash ? record.newRun.began : []));
  const began = runs.sort((a, b) => Date.parse(b) - Date.parse(a))[0];
  if (began === undefined) return undefined;
  const left = lines.filter((_, n) => {
    const record = records[n];
    return record && record.newRun?.began !== began && Date.parse(record.created) < Date.parse(began);
  });
  return left.length > 0 ? { began, lines: new Set(left.map(({ number }) => number)) } : undefined;
}

function hashOf(lines: readonly Line[]): string {
  const names = lines.map(({ contract, payloadHash, ordinal }) => {
    return `${keyOf({ model: contract.model, payloadHash })} ${ordinal}`;
  });
  return jsonHash(names.sort());
}
