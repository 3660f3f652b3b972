import path from 'node:path';
import type { Pattern } from '../../core/batch/file-names.ts';
import type { BatchResult } from '../../core/batch/options.ts';
import { quoteBatch } from '../../core/batch/quote-batch.ts';
import { runBatch } from '../../core/batch/run-batch.ts';
import { type LineOutcome, lineOutcomeOf } from '../../core/batch/totals.ts';
import type { Session } from '../../core/session.ts';
import type { WaitSettings } from '../../core/wait-settings.ts';
import { mediaIn, nameKey, stemOfOutput, versionOf } from '../../download/names.ts';
import type { LiveCall } from '../call.ts';
import { refusalOf } from '../command-line/unsupported.ts';
import { batchQuoteOutcome } from '../render/account.ts';
import { batchOutcome, lineOutcomes, reportRow } from '../render/batch.ts';
import { isLineGone } from '../render/batch-steps.ts';
import { newCharge } from '../render/batch-warnings.ts';
import { lineAlone } from '../render/caller.ts';
import { inSandbox, type Outcome } from '../render/envelope.ts';
import { noteOf, termsOf } from '../request/read-request.ts';
import { commandForLine } from './line-command.ts';
import { writeLine, writeReport } from './own-file.ts';
import type { CheckedBatch } from './read-batch.ts';

/** Runs a batch, or asks for its prices, and returns the outcome; the report of every line is written before that. */
export async function runBatchCommand(
  session: Session,
  call: LiveCall,
  batch: CheckedBatch,
  wait: WaitSettings,
): Promise<Outcome> {
  const { argv, args, caller, secrets, progress, interruption } = call;
  const { maxCredits, maxTotalCredits, new: isNew, action } = args;
  const pattern = args.output === undefined ? undefined : patternOf(path.basename(args.output));
  if (action === 'quote') {
    if (!session.provider.can.quote) throw refusalOf(args.profile, 'quote');
    const quote = await quoteBatch(session, batch.lines, { maxCredits, maxTotalCredits, pattern });
    return batchQuoteOutcome(quote, caller);
  }
  const result = await runBatch(session, {
    lines: batch.lines,
    terms: termsOf(args),
    note: noteOf(args),
    wait,
    pattern,
    webhookUrl: batch.webhookUrl,
    isDetached: action === 'createGeneration',
    stop: interruption,
    onPriced: isNew ? (lines, credits) => progress.line(newCharge(lines, credits)) : undefined,
  });
  const items = lineOutcomes(result, caller, await alone(argv, batch, wait.folder, result));
  const folder = path.resolve(wait.folder ?? '.');
  const rows = items.map((item) =>
    reportRow(args.sandbox ? { ...item, outcome: inSandbox(item.outcome) } : item),
  );
  const report = writeReport(folder, batch, rows, secrets);
  return batchOutcome(result, items, report, caller);
}

/** Returns how each line is made alone that has no result, or perhaps none, or was to be made once more. */
async function alone(
  argv: readonly string[],
  batch: CheckedBatch,
  into: string | null,
  { lines, leftOver }: BatchResult,
) {
  const found = new Map<number, string>();
  const folder = into && path.resolve(into);
  for (const [n, line] of lines.entries()) {
    const mayBeMadeAgain = MAY_BE_MADE_AGAIN.has(lineOutcomeOf(line)) || isLineGone(line);
    if (!mayBeMadeAgain && !leftOver?.lines.has(line.number)) continue;
    const request = await batch.requestOf(line.number);
    const isFirst = batch.lines[n]!.ordinal === 1;
    const output = folder && path.join(folder, freeName(folder, line.name));
    const name = `${batch.name}.line-${line.number}`;
    const command =
      request &&
      commandForLine(argv, request, output, line.quoted, () =>
        writeLine(path.resolve(folder ?? '.'), name, request),
      );
    found.set(line.number, lineAlone(command, isFirst));
  }
  return found;
}

/** Returns a name that no media file of the folder has: the given one, or a version of it. */
function freeName(folder: string, name: string): string {
  const media = mediaIn(folder);
  for (let version = 1; ; version += 1) {
    const found = versionOf(name, version);
    if (!media.has(nameKey(found))) return found;
  }
}

const MAY_BE_MADE_AGAIN: ReadonlySet<LineOutcome> = new Set<LineOutcome>(['failed', 'cancelled', 'unknown']);

/** Returns what stands before and behind the number of a line in `--output`. */
function patternOf(output: string): Pattern {
  const [before = '', ...after] = stemOfOutput(output).split('{n}');
  return { before, after: after.join('{n}') };
}
