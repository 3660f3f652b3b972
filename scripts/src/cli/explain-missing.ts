import type { Session } from '../core/session.ts';
import type { Failure } from '../model/failure.ts';
import { BRIEF_WAIT_S } from '../model/task.ts';
import { profileOf } from '../providers/registry.ts';
import { AdvisedFailure } from './advised-failure.ts';
import type { Arguments } from './arguments.ts';
import { placeFlags } from './command-line.ts';
import { actionWords, commandLine } from './words.ts';

/**
 * Returns the explanation of a task that is not found because it belongs to another service, another key or another
 * address.
 * @returns undefined where the records do not say that
 */
export async function explainMissing(
  session: Session,
  error: Failure,
  taskId: string,
  { sandbox }: Arguments,
  same: string,
): Promise<Failure | undefined> {
  if (error.code !== 'TASK_NOT_FOUND') return undefined;
  const journal = await session.records();
  const entry = await journal?.byTask(taskId);
  if (!journal || !entry || journal.isOwn(entry)) return undefined;
  const { provider, service, account, created, status } = entry.record;
  const { id, title, keyVariable, urlVariable } = session.provider;
  const because = (reason: string, nextSteps: string[]): Failure =>
    new AdvisedFailure('TASK_NOT_FOUND', `Task ${taskId} was made on ${created} at ${service}${reason}.`, {
      status,
      taskId,
      nextSteps,
    });
  const set = (variable: string, what: string): string[] => [
    `Set ${variable} to the ${what} that made the task, and run the same command again:`,
    same,
  ];
  const maker = profileOf(provider);
  if (maker && provider !== id) {
    const place = placeFlags({ profile: maker, sandbox });
    return because(`; ${title} does not know it`, [
      `Ask ${maker.title}, which made it:`,
      commandLine(actionWords('waitTask', { taskId, wait: BRIEF_WAIT_S, ...place })),
    ]);
  }
  const { place } = journal;
  return account === place.account
    ? because(`, which is not ${place.service}`, set(urlVariable, 'address'))
    : because(
        ` with another key (fingerprint ${account}); the one in ${keyVariable} (fingerprint ${place.account}) cannot see it`,
        set(keyVariable, 'key'),
      );
}
