import {
  AbortedError,
  ClientError,
  InvalidRequestError,
  type JsonObject,
  type SubmittedTask,
  type Task,
  type TaskList,
} from '#client';
import { keepLease } from '../generations/leases.ts';
import {
  claimLost,
  giveToPerson,
  type LostSubmit,
  reconcileLater,
  recordLostAgain,
  recordResubmit,
  recordResubmitRefused,
  takenTasks,
  unresolved,
} from '../generations/reconciling.ts';
import { recordAccepted, recordRejected } from '../generations/submitting.ts';
import { holdBack } from './hold-back.ts';
import { persist } from './persist.ts';
import { createSeries, forEach, type Series, type Work, type WorkService } from './step.ts';
import { accept, dropInput, isRejected, readInput, send, submitTime } from './submit.ts';

// A worker that dies keeps no more than these from the others until its lease ends.
const AT_ONCE = 20;
// The list must have been clear for this long; see the client's reconcile.
const CLEAR_SECONDS = 60;
// The clocks of the database and of this process differ by less.
const ROUNDING_SECONDS = 1;
// A request has left after this. One after the other, a worker that dies takes at most one of them along, not all.
const SENDING_MS = 500;
const LIST_INTERVALS_SECONDS = [1, 2, 4, 8, 15];
// A service without a list names the task in its callback, which comes when the task has ended.
const CALLBACK_WAIT_SECONDS = 3_600;
const CALLBACK_INTERVAL_SECONDS = 60;

const WHAT_TO_DO =
  'If its task is found in the dashboard of the service: npm run admin -- adopt <id> <taskId>. If there is none: npm run admin -- abandon <id>, or retry <id> --submit, which may charge twice.';

/** A list, and when it was asked for, by performance.now(). */
interface Read {
  list: TaskList;
  askedAt: number;
}

/** Searches a list that has just been read for the tasks of lost submits. @param list null where the service has none */
export async function reconcileLost(work: Work, service: WorkService, list: Read | null): Promise<void> {
  for (;;) {
    const lost = await claimLost(work.database, service.account, AT_ONCE);
    if (lost.length === 0) return;
    using _lease = keepLease(work.database, 'generation', lost[0]!.lease);
    const oneByOne = createSeries(SENDING_MS);
    await forEach(lost, 10, (submit) => reconcileOne(work, service, submit, list, oneByOne));
    if (lost.length < AT_ONCE || work.stopping.aborted) return;
  }
}

/** Finds tasks that the list shows by their key after their generations were given to a person. It asks for nothing. */
export async function adoptLate(work: Work, service: WorkService, { tasks }: TaskList): Promise<void> {
  const byKey = new Map(tasks.map((task) => [task.idempotencyKey ?? '', task]));
  for (const id of await unresolved(work.database, service.account, [...byKey.keys()]))
    await adopt(work, service, { id }, byKey.get(id)!);
}

async function reconcileOne(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
  list: Read | null,
  oneByOne: Series,
): Promise<void> {
  const { database, log } = work;
  try {
    const task =
      (await findNamed(work, service, lost)) ?? (list && (await findListed(work, service, lost, list)));
    if (task && task !== 'clear') {
      await adopt(work, service, lost, task);
      return;
    }
    let why = lost.wasResubmitted ? 'It was sent once more, and that answer was lost, too.' : '';
    if (task === 'clear') {
      const refusal = await oneByOne(() => resubmit(work, service, lost));
      if (refusal === null) return;
      why = refusal;
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
      `Whether ${service.client.provider.title} accepted this request, and charged for it, is not known: the answer to its submit of ${lost.submitStartedAt.toISOString()} was lost. ${why && `${why} `}${WHAT_TO_DO.replaceAll('<id>', lost.id)}`,
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
 * Finds a task in the shared list by the key of its submit. What the key does not find is searched for by model, input
 * and time when the list has been clear for long enough.
 * @returns `clear` where the list proves that the service has no such task; undefined where it cannot tell
 */
async function findListed(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
  { list, askedAt }: Read,
): Promise<Task | 'clear' | undefined> {
  const { database } = work;
  const { client, provider } = service;
  const byKey = list.tasks.find(({ idempotencyKey }) => idempotencyKey === lost.id);
  if (byKey || lost.lostSeconds <= CLEAR_SECONDS) return byKey;
  // Asked for before the minute was over: the next list can tell.
  if (lost.lostSeconds <= CLEAR_SECONDS + ROUNDING_SECONDS + (performance.now() - askedAt) / 1_000)
    throw new NotYet('the list is older than its minute');
  const payload = await payloadOf(work, lost);
  let isClear = false;
  try {
    return await client.reconcile(
      {
        ...{
          model: lost.model,
          payload,
          idempotencyKey: lost.id,
          submittedAt: lost.submitStartedAt,
          lostAt: lost.lostAt,
          resubmitted: lost.isFinal,
        },
      },
      {
        until: 0,
        list: () => list,
        taken: (ids) => takenTasks(database, provider, ids),
        // It is sent from here, as every submit is.
        beforeResubmit() {
          isClear = true;
          throw new Error('the list is clear');
        },
      },
    );
  } catch (error) {
    if (isClear) return 'clear';
    if (!(error instanceof ClientError) || error.outcome !== 'unknown') throw error;
    // Later the list can tell, or it could not be read.
    if (error.retryAfter !== null || error.transient)
      throw new NotYet('the list does not tell yet', { cause: error });
    return undefined;
  }
}

/**
 * Sends a request once more, with its key: it never arrived, or the worker that had claimed it died before it left.
 * @returns what a person has to know, where one has to decide; null otherwise
 */
async function resubmit(work: Work, service: WorkService, lost: LostSubmit): Promise<string | null> {
  const { database, log, metrics } = work;
  const { provider } = service;
  const facts = { id: lost.id, provider };
  const payload = await payloadOf(work, lost);
  if (work.stopping.aborted || !(await service.limiter.isOpen())) throw new NotYet('submits are held back');
  const inTime = submitTime();
  if (!(await recordResubmit(database, lost))) throw new NotYet('it has changed');
  log.warn(facts, 'the service has no task of a lost submit: it is sent once more');
  let task: SubmittedTask;
  try {
    // The callback address of the first submit stays the only one, so that its late callback is still placed.
    task = await send(work, service, { ...lost, payload }, inTime);
  } catch (error) {
    const wasRejected = isRejected(error);
    metrics.submits.inc({ provider, outcome: wasRejected ? 'rejected' : 'unknown' });
    if (wasRejected) return recordRefusal(work, service, lost, error);
    log.warn({ ...facts, err: error }, 'the outcome of the second submit is not known either');
    await persist(log, facts, () => recordLostAgain(database, lost));
    return null;
  }
  await accept(work, service, lost.id, task);
  work.wake('poll');
  return null;
}

/** The first submit may have caused the rejection of the second one: it may have used up the credits, or the key. */
async function recordRefusal(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
  error: ClientError,
): Promise<string | null> {
  const { database, log } = work;
  const facts = { id: lost.id, provider: service.provider };
  await persist(log, facts, () => recordResubmitRefused(database, lost));
  if (error instanceof AbortedError || (await holdBack(work, service, error)))
    throw new NotYet('the service refused it for now');
  const task = await searchAnew(work, service, lost);
  if (task) await adopt(work, service, lost, task);
  else if (error instanceof InvalidRequestError) {
    log.info({ ...facts, err: error }, 'rejected');
    await persist(log, facts, () => recordRejected(database, lost, error));
  } else return `It was sent once more, and refused: ${error.message}`;
  return null;
}

/** Searches a list that is read now, as far as a query is permitted and answered. */
async function searchAnew(work: Work, service: WorkService, lost: LostSubmit): Promise<Task | undefined> {
  if (!(await service.limiter.acquire())) return undefined;
  try {
    const askedAt = performance.now();
    const list = await service.client.list();
    const found = await findListed(work, service, { ...lost, isFinal: true }, { list, askedAt });
    return found === 'clear' ? undefined : found;
  } catch (error) {
    work.log.warn({ id: lost.id, err: error }, 'the list could not be read');
    return undefined;
  }
}

async function adopt(
  work: Work,
  service: WorkService,
  lost: Pick<LostSubmit, 'id'>,
  task: Task,
): Promise<void> {
  const { database, log } = work;
  log.info(
    { id: lost.id, provider: service.provider, taskId: task.id },
    'the task of a lost submit is found',
  );
  const row = await recordAccepted(database, lost.id, task, 0);
  if (row?.payloadKey) await dropInput(work, lost.id, row.payloadKey);
  work.wake('poll');
}

async function payloadOf({ files }: Work, { payload, payloadKey }: LostSubmit): Promise<JsonObject> {
  return payload ?? (await readInput(files, payloadKey, submitTime()));
}

class NotYet extends Error {}
