import type { Json } from '../../model/json.ts';
import type { Outcome } from './envelope.ts';

/** The first warning of every document of a sandbox run: a later reader cannot tell otherwise. */
export const SANDBOX_RUN =
  'Sandbox run: nothing was charged. Its balance and tasks are invented, and each file is a stand-in.';

/** Returns the outcome with warnings before and after those of its document. */
export function withWarnings(
  outcome: Outcome,
  before: readonly string[],
  after: readonly string[] = [],
): Outcome {
  if (before.length + after.length === 0) return outcome;
  const { data } = outcome.envelope;
  const warnings = [...before, ...((data?.warnings ?? []) as Json[]), ...after];
  return { ...outcome, envelope: { ...outcome.envelope, data: { ...data, warnings } } };
}
