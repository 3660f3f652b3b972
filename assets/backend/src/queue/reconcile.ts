import { ClientError, type Task, type TaskList } from '#client';
import {
  claimLost,
  giveToPerson,
  type LostSubmit,
  reconcileLater,
  takenTasks,
} from '../generations/reconciling.ts';
import { recordAccepted } from '../generations/submitting.ts';
import { holdBack } from './hold-back.ts';
import { forEach, type Work, type WorkService } from './step.ts';
import { dropInput, readInput } from './submit.ts';

const AT_ONCE = 100;
// The list must have been clear for this long; see the client's reconcile.
const CLEAR_SECONDS = 60;
// It reads the list twice.
const RECONCILE_PERMITS = 2;
const LIST_INTERVALS_SECONDS = [1, 2, 4, 8, 15];
// A service without a list names the task in its callback, which comes when the task has ended.
const CALLBACK_WAIT_SECONDS = 3_600;
const CALLBACK_INTERVAL_SECONDS = 60;

const WHAT_TO_DO =
  'If its task is found in the dashboard of the service: npm run admin -- adopt <id> <taskId>. If there is none: npm run admin -- abandon <id>, or retry <id> --submit, which may charge twice.';

/** Searches a list that has just been read for the tasks of lost submits. @param list null where the service has none */
export async function reconcileLost(work: Work, service: WorkService, list: TaskList | null): Promise<void> {
  for (;;) {
    const lost = await claimLost(work.database, service.account, AT_ONCE);
    await forEach(lost, 10, (submit) => reconcileOne(work, service, submit, list));
    if (lost.length < AT_ONCE || work.stopping.aborted) return;
  }
}

async function reconcileOne(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
  list: TaskList | null,
): Promise<void> {
  const { database, log } = work;
  try {
    const task =
      (await findNamed(work, service, lost)) ?? (list && (await findListed(work, service, lost, list)));
    if (task) {
      log.info(
        { id: lost.id, provider: service.provider, taskId: task.id },
        'the task of a lost submit is found',
      );
      const row = await recordAccepted(database, lost.id, task, 0);
      if (row?.payloadKey) await dropInput(work, lost.id, row.payloadKey);
      work.wake('poll');
      return;
    }
    const patience = list
      ? CLEAR_SECONDS
      : work.config.publicUrl === null
        ? CLEAR_SECONDS
        : CALLBACK_WAIT_SECONDS;
    if (lost.lostSeconds <= patience) {
      await reconcileLater(database, lost, list ? intervalOf(lost) : CALLBACK_INTERVAL_SECONDS);
      return;
    }
    log.error({ id: lost.id, provider: service.provider }, 'a person has to decide about a lost submit');
    await giveToPerson(
      database,
      lost,
      `Whether ${service.client.provider.title} accepted this request, and charged for it, is not known: the answer to its submit of ${lost.submitStartedAt.toISOString()} was lost. ${WHAT_TO_DO.replaceAll('<id>', lost.id)}`,
    );
  } catch (error) {
    await holdBack(work, service, error instanceof NotYet ? error.cause : error);
    log.warn({ id: lost.id, err: error }, 'a lost submit is not reconciled yet');
    await reconcileLater(database, lost, intervalOf(lost));
  }
}

function intervalOf({ attempts }: LostSubmit): number {
  return LIST_INTERVALS_SECONDS[Math.min(attempts, LIST_INTERVALS_SECONDS.length) - 1] ?? 1;
}

/** Returns the task that a callback named, once the service has confirmed it. */
async function findNamed(work: Work, service: WorkService, lost: LostSubmit): Promise<Task | undefined> {
  const taken = new Set(await takenTasks(work.database, service.provider, lost.namedTasks));
  for (const taskId of lost.namedTasks) {
    if (taken.has(taskId) || !(await service.limiter.acquire())) continue;
    try {
      const task = await service.client.task(taskId);
      if (task.model === undefined || task.model === lost.model) return task;
    } catch (error) {
      if (!(error instanceof ClientError) || error.transient) throw error;
      await holdBack(work, service, error);
    }
  }
  return undefined;
}

/**
 * Finds a task in the shared list by the key of its submit, without a query. What the key does not find is searched for
 * by model, input and time when the list has been clear for long enough.
 */
async function findListed(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
  list: TaskList,
): Promise<Task | undefined> {
  const { database, files } = work;
  const { client, provider, limiter } = service;
  const byKey = list.tasks.find(({ idempotencyKey }) => idempotencyKey === lost.id);
  if (byKey || lost.lostSeconds <= CLEAR_SECONDS) return byKey;
  if (!(await limiter.acquire(RECONCILE_PERMITS))) throw new NotYet('no query is permitted now');
  const payload = lost.payload ?? (await readInput(files, lost.payloadKey));
  try {
    return await client.reconcile(
      {
        ...{
          model: lost.model,
          payload,
          idempotencyKey: lost.id,
          submittedAt: lost.submitStartedAt,
          lostAt: lost.lostAt,
        },
        ...(lost.maxCredits !== null && { maxCredits: lost.maxCredits }),
      },
      { taken: (ids) => takenTasks(database, provider, ids) },
    );
  } catch (error) {
    if (!(error instanceof ClientError) || error.outcome !== 'unknown') throw error;
    // Later the list can tell, or it could not be read.
    if (error.retryAfter !== null || error.transient)
      throw new NotYet('the list does not tell yet', { cause: error });
    return undefined;
  }
}

class NotYet extends Error {}
