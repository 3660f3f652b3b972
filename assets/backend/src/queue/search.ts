import { ClientError, type JsonObject, type Task, type TaskList } from '#client';
import { likelyOwner } from '../generations/equal-submits.ts';
import { type LostSubmit, takenTasks } from '../generations/reconciling.ts';
import { holdBack } from './hold-back.ts';
import type { Work, WorkService } from './step.ts';
import { readInput, submitTime } from './submit.ts';

/** The list must have been clear for this long; see the client's reconcile. */
export const CLEAR_SECONDS = 60;

// The clocks of the database and of this process differ by less.
const ROUNDING_SECONDS = 1;

/** A list, and when it was asked for, by performance.now(): it proves nothing about the time after that. */
export interface ReadList {
  list: TaskList;
  askedAt: number;
}

/** The task of a lost submit cannot be searched for now, or not yet. */
export class NotYet extends Error {}

/** Returns the task that a callback named, once the service has confirmed it. */
export async function findNamed(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
): Promise<Task | undefined> {
  const taken = new Set(await takenTasks(work.database, service.provider, lost.namedTasks, true));
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
 * Finds a task in the shared list by the key of its submit. What the key does not find is searched for by model, input
 * and time when the list has been clear for long enough.
 * @returns `clear` where the list proves that the service has no such task; undefined where it cannot tell
 */
export async function findListed(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
  { list, askedAt }: ReadList,
): Promise<Task | 'clear' | undefined> {
  const { database } = work;
  const { client, provider } = service;
  const byKey = list.tasks.find(({ idempotencyKey }) => idempotencyKey === lost.key);
  if (byKey || lost.lostSeconds <= CLEAR_SECONDS) return byKey;
  // Asked for before the minute was over: the next list can tell.
  if (lost.lostSeconds <= CLEAR_SECONDS + ROUNDING_SECONDS + (performance.now() - askedAt) / 1_000)
    throw new NotYet('the list is older than the end of the minute');
  const payload = await payloadOf(work, lost);
  const found = await client.reconcile(
    {
      model: lost.model,
      payload,
      idempotencyKey: lost.key,
      resubmitted: lost.isFinal,
      submittedAt: lost.submitStartedAt,
      lostAt: lost.lostAt,
    },
    { until: 0, list: () => list, taken: (ids) => takenTasks(database, provider, ids) },
  );
  if (found.kind === 'found') {
    if (found.task.idempotencyKey !== undefined) return found.task;
    const owner = await likelyOwner(database, lost.id);
    if (owner === 'submitting') throw new NotYet('its task may be that of a submit which is under way');
    return owner === null ? found.task : undefined;
  }
  // It is sent from `resubmit.ts`, with the limits of this backend.
  if (found.kind === 'clear') return 'clear';
  // Later the list can tell, or it could not be read.
  if (found.kind === 'unreadable' && found.error.transient)
    throw new NotYet('the list does not tell yet', { cause: found.error });
  if (found.retryAfter !== null) throw new NotYet('the list does not tell yet');
  return undefined;
}

/**
 * Searches a list that is read now.
 * @returns as `findListed`
 * @throws NotYet where no query is permitted or answered
 */
export async function searchAnew(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
): Promise<Task | 'clear' | undefined> {
  if (!(await service.limiter.acquire())) throw new NotYet('no query of the list is permitted');
  const askedAt = performance.now();
  let list: TaskList;
  try {
    list = await service.client.list();
  } catch (cause) {
    throw new NotYet('the list could not be read', { cause });
  }
  return findListed(work, service, lost, { list, askedAt });
}

/** Returns what was submitted. @throws FileMissing */
export async function payloadOf({ files }: Work, { payload, payloadKey }: LostSubmit): Promise<JsonObject> {
  return payload ?? (await readInput(files, payloadKey, submitTime()));
}
