import { type Outcome, withWarnings } from './envelope.ts';

const SANDBOX_RUN =
  'Sandbox run: nothing was charged. Its balance and tasks are invented, and each file is a stand-in.';

/** Says first in a document that it is of a sandbox run: a later reader cannot tell otherwise. */
export const inSandbox = (outcome: Outcome): Outcome => withWarnings(outcome, [], [SANDBOX_RUN]);
