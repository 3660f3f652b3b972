import type { Arguments } from '../command-line/arguments.ts';
import type { Environment } from '../environment.ts';
import type { Caller } from '../render/caller.ts';
import type { Outcome } from '../render/envelope.ts';

/** Returns what the records of this machine answer alone, where no key is set; null where they cannot. */
export async function answerWithoutKey(
  args: Arguments,
  caller: Caller,
  { stateFolder }: Environment,
  warn: (text: string) => void,
): Promise<Outcome | null> {
  const isCancel = args.action === 'cancelTask' && args.taskId === undefined;
  if ((args.action !== 'spending' && !isCancel) || stateFolder === null) return null;
  const { localJournal } = await import('./local-journal.ts');
  const journal = localJournal(args, stateFolder, warn);
  if (isCancel) return (await import('./pending.ts')).cancelsWithoutKey(journal, args, caller);
  const { spendingWithoutKey } = await import('./spending-without-key.ts');
  return spendingWithoutKey(journal, args, caller);
}
