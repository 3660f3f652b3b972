import { EXIT } from '../exit-codes.ts';
import type { LineItem } from './batch-warnings.ts';
import type { Caller } from './caller.ts';

// After these, nothing but the same command is needed: as of a single request, it stands first.
const FIRST: ReadonlySet<number> = new Set([EXIT.submitUnknown, EXIT.stillRunning, EXIT.temporary]);

/**
 * Returns the steps of a batch with the command that resumes it, in the order and the words of a single request.
 * @param own what is to be done besides
 * @param sorted its lines, the most urgent first
 * @param retryAfter seconds after which the same command can do more
 * @param open the number of lines that the same command submits
 */
export function withResume(
  own: readonly string[],
  sorted: readonly LineItem[],
  { caller, retryAfter, open }: { caller: Caller; retryAfter: number | null; open: number },
): string[] {
  const unknown = sorted.filter(({ outcome }) => outcome.exitCode === EXIT.submitUnknown).length;
  // Without a list the same command finds out nothing: the user does so first.
  const mayFindOut = unknown === 0 || caller.profile.can.list;
  const when = retryAfter === null ? '' : ` after ${retryAfter} seconds`;
  const said = [
    `Run this command${when}, without --new.`,
    'It resumes every line, and charges nothing for those that have a task.',
  ];
  if (unknown > 0 && mayFindOut)
    said.push(
      `It reconciles the ${unknown} whose outcome is not known, and never submits while that may charge twice.`,
    );
  if (open > 0) said.push(`It submits the ${open} that have none, which is charged.`);
  const resume = [said.join(' '), caller.same];
  return FIRST.has(sorted[0]!.outcome.exitCode) && mayFindOut ? [...resume, ...own] : [...own, ...resume];
}
