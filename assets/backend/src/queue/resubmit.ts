import { AbortedError, type ClientError, InvalidRequestError, type SubmittedTask, type Task } from '#client';
import {
  type LostSubmit,
  recordLostAgain,
  recordResubmit,
  recordResubmitRefused,
} from '../generations/reconciling.ts';
import { recordRejected } from '../generations/submitting.ts';
import { holdBack, holdSubmits } from './hold-back.ts';
import { persist } from './persist.ts';
import { NotYet, payloadOf, searchAnew } from './search.ts';
import type { Work, WorkService } from './step.ts';
import { accept, isRejected, send, submitTime } from './submit.ts';

/**
 * Sends a request once more, with its key: it never arrived, or the worker that had claimed it died before it left.
 * @returns the task of the first submit, where it is found now; what a person has to know, where one has to decide; null
 * where the row says what became of it
 */
export async function resubmit(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
): Promise<Task | string | null> {
  const { database, log, metrics } = work;
  const { provider } = service;
  const facts = { id: lost.id, provider };
  const payload = await payloadOf(work, lost);
  if (!(await service.limiter.maySubmit()) || work.stopping.aborted)
    throw new NotYet('submits are held back');
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

/**
 * The first submit may have caused the rejection of the second one: it may have used up the credits, or the key. So the
 * rejection of the second proves nothing about the first; only a list that is clear of both does.
 */
async function recordRefusal(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
  error: ClientError,
): Promise<Task | string | null> {
  const { database, log } = work;
  const facts = { id: lost.id, provider: service.provider };
  await persist(log, facts, () => recordResubmitRefused(database, lost));
  if (error instanceof AbortedError || (await holdBack(work, service, error)))
    throw new NotYet('the service does not accept it for now');
  await holdSubmits(work, service, error);
  const task = await searchAnew(work, service, lost);
  if (task !== undefined && task !== 'clear') return task;
  if (task === undefined || !(error instanceof InvalidRequestError))
    return `It was sent once more, and rejected: ${error.message}`;
  log.info({ ...facts, err: error }, 'rejected');
  await persist(log, facts, () => recordRejected(database, lost, error));
  return null;
}
