import type { Failure } from '../model/failure.ts';
import type { Profile } from '../providers/profile.ts';
import { AdvisedFailure } from './advised-failure.ts';
import type { Arguments } from './arguments.ts';
import { commandFrom } from './command-line.ts';

/** The service allows 60 queries a minute: only a server on this machine may be asked more often than each second. */
export function checkInterval({ pollInterval }: Arguments, loopback: boolean): void {
  if (pollInterval === undefined || loopback || (Number.isInteger(pollInterval) && pollInterval >= 1)) return;
  const hint = `write --pollInterval ${Math.max(1, Math.ceil(pollInterval))}`;
  throw new AdvisedFailure(
    'INVALID_PAYLOAD',
    `--pollInterval: expected whole seconds from 1 to 60, received ${pollInterval}.`,
    {
      issues: [
        {
          path: '--pollInterval',
          expected: 'whole seconds from 1 to 60 (fractions only for a server on this machine)',
          received: String(pollInterval),
          hint,
        },
      ],
      nextSteps: [hint],
    },
  );
}

/** Returns the error for a live call without a key: where a key comes from, and the command that runs without one. */
export function keyMissing({ keyVariable, keyPage, says }: Profile, argv: readonly string[]): Failure {
  return new AdvisedFailure('AUTH_FAILED', `${keyVariable} is not set, so no live call is made.`, {
    nextSteps: [
      `The user makes a key at ${keyPage} (${says.key}) and sets it in the environment as ${keyVariable}; it is never passed as an argument.`,
      'Without a key the same command rehearses in the sandbox, at no cost:',
      commandFrom(argv, { sandbox: true }),
    ],
  });
}
