import { addAbortSignal } from 'node:stream';
import {
  AbortedError,
  ClientError,
  IdempotencyConflictError,
  type JsonObject,
  type SubmittedTask,
} from '#client';
import { FileMissing, type FileStore } from '../files/types.ts';
import { recordTask } from '../generations/equal-submits.ts';
import { keepLease } from '../generations/leases.ts';
import {
  claimSubmits,
  recordLost,
  recordRejected,
  requeue,
  SUBMIT_SECONDS,
  type Submit,
} from '../generations/submitting.ts';
import { holdBack, holdSubmits, NO_CREDITS_SECONDS } from './hold-back.ts';
import { persist } from './persist.ts';
import { exists, type Step, type Work, type WorkService } from './step.ts';

const AT_ONCE = 10;
const FIRST_POLL_SECONDS = 2;
// The file store is away: all large inputs wait.
const INPUT_PAUSE_SECONDS = 5;

/** Submits what is queued, in its order. */
export const submitStep: Step = {
  name: 'submit',
  everySeconds: 5,
  concurrency: 3,
  hasWork: (work) => exists(work, `SELECT FROM generation WHERE status = 'queued' AND NOT held`),
  async run(work) {
    const current = work.services.filter(({ isPrevious }) => !isPrevious);
    await Promise.all(current.map((service) => submitQueued(work, service)));
  },
};

async function submitQueued(work: Work, service: WorkService): Promise<void> {
  const { database, config, stopping, wake } = work;
  while ((await service.limiter.maySubmit()) && !stopping.aborted) {
    const inTime = submitTime();
    const claimed = await claimSubmits(database, service.account, AT_ONCE, config.maxRunningPerUser);
    if (claimed.length === 0) return;
    if (claimed.length === AT_ONCE) wake('submit');
    using _lease = keepLease(database, 'generation', claimed[0]!.lease);
    await Promise.all(claimed.map((submit) => submitOne(work, service, submit, inTime)));
    wake('poll');
  }
}

async function submitOne(
  work: Work,
  service: WorkService,
  submit: Submit,
  inTime: AbortSignal,
): Promise<void> {
  const { files, log } = work;
  const facts = { id: submit.id, provider: service.provider };
  try {
    let payload: JsonObject;
    try {
      payload = submit.payload ?? (await readInput(files, submit.payloadKey, inTime));
    } catch (error) {
      await withoutInput(work, service, submit, error);
      return;
    }
    let task: SubmittedTask;
    try {
      task = await send(work, service, { ...submit, payload }, inTime);
    } catch (error) {
      await recordFailure(work, service, submit, error);
      return;
    }
    await accept(work, service, submit.id, task);
  } catch (error) {
    // The lease ends, and the row becomes one to reconcile.
    log.error({ ...facts, err: error }, 'a submit ended without a record of its outcome');
  }
}

/** Returns the signal that ends a submit. It begins before the claim is committed, so that it ends before others count it as lost. */
export function submitTime(): AbortSignal {
  return AbortSignal.timeout(SUBMIT_SECONDS * 1_000);
}

/**
 * Sends a request in one attempt.
 * @param request without a token: no callback is asked for
 */
export function send(
  { config }: Pick<Work, 'config'>,
  { client, provider }: WorkService,
  request: Pick<Submit, 'key' | 'model' | 'maxCredits'> & { payload: JsonObject; callbackToken?: string },
  inTime: AbortSignal,
): Promise<SubmittedTask> {
  const { key, model, payload, maxCredits, callbackToken } = request;
  return client.submit(
    {
      model,
      payload,
      idempotencyKey: key,
      ...(maxCredits !== null && { maxCredits }),
      ...(config.publicUrl !== null &&
        callbackToken !== undefined && {
          callbackUrl: `${config.publicUrl}/v1/callbacks/${provider}/${callbackToken}`,
        }),
    },
    { signal: inTime },
  );
}

/** The service names a task that certainly belongs to another generation. */
export class TaskOfAnother extends Error {
  override readonly name = 'TaskOfAnother';
}

/** Writes down the task that a submit made. @throws TaskOfAnother */
export async function accept(
  work: Work,
  { provider }: WorkService,
  generation: string,
  task: SubmittedTask,
): Promise<void> {
  const { database, log, metrics } = work;
  const facts = { id: generation, provider, taskId: task.id };
  // The task id is in the log first: whatever happens to the database, it can be found there.
  log.info(facts, 'accepted');
  metrics.submits.inc({ provider, outcome: 'accepted' });
  const { id, charged, quoted } = task;
  const row = await persist(log, facts, () =>
    recordTask(
      database,
      generation,
      { id, charged, quoted },
      { firstPollSeconds: FIRST_POLL_SECONDS, foundAlike: false },
    ),
  );
  if (row === 'taken')
    throw new TaskOfAnother(`the service answered with task ${id}, which another generation has`);
  if (row === 'exchanged')
    log.warn(facts, 'an equal generation has this task: this one gets its submit, and is reconciled');
  else if (row === undefined) log.error(facts, 'an accepted task found its generation decided');
  else if (row.payloadKey !== null) await dropInput(work, generation, row.payloadKey);
}

async function recordFailure(
  work: Work,
  service: WorkService,
  submit: Submit,
  error: unknown,
): Promise<void> {
  const { database, log, metrics } = work;
  const { provider } = service;
  const facts = { id: submit.id, provider };
  const wasRejected = isRejected(error);
  metrics.submits.inc({ provider, outcome: wasRejected ? 'rejected' : 'unknown' });
  if (!wasRejected) {
    log.warn({ ...facts, err: error }, 'the outcome of a submit is not known: it is reconciled');
    await persist(log, facts, () => recordLost(database, submit));
    work.wake('poll');
    return;
  }
  // Its time was over before it left.
  const isLate = error instanceof AbortedError;
  const isHeld = isLate || (await persist(log, facts, () => holdBack(work, service, error)));
  const isPoor = !isHeld && (await persist(log, facts, () => holdSubmits(work, service, error)));
  if (isHeld || isPoor) {
    // Cheaper requests pass one that the credits do not cover.
    const behind = isPoor ? NO_CREDITS_SECONDS : 0;
    await persist(log, facts, () => requeue(database, submit, behind));
    return;
  }
  log.info({ ...facts, err: error }, 'rejected');
  await persist(log, facts, () => recordRejected(database, submit, error));
}

/** Returns whether the service certainly made no task. A key that is known there may belong to one: only the list can tell. */
export function isRejected(error: unknown): error is ClientError {
  return (
    error instanceof ClientError &&
    error.outcome === 'rejected' &&
    !(error instanceof IdempotencyConflictError)
  );
}

async function withoutInput(work: Work, service: WorkService, submit: Submit, error: unknown): Promise<void> {
  const { database, log } = work;
  const facts = { id: submit.id, provider: service.provider };
  if (error instanceof FileMissing) {
    log.error({ ...facts, err: error }, 'the input of a generation is gone');
    const reason = {
      code: 'INPUT_MISSING',
      message: 'The stored input of this request is gone. Nothing was submitted.',
    };
    await persist(log, facts, () => recordRejected(database, submit, reason));
    return;
  }
  log.error({ ...facts, err: error }, 'the file store cannot be read');
  await service.limiter.pause(INPUT_PAUSE_SECONDS);
  await persist(log, facts, () => requeue(database, submit));
}

/** Returns a payload that was too large for a row. @param inTime ends the reading */
export async function readInput(
  files: FileStore,
  key: string | null,
  inTime: AbortSignal,
): Promise<JsonObject> {
  if (key === null) throw new FileMissing('a payload');
  const chunks: Buffer[] = [];
  for await (const chunk of addAbortSignal(inTime, await files.open(key))) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JsonObject;
}

/** Deletes the input of an accepted task. What fails here, upkeep does. */
export async function dropInput({ database, files, log }: Work, id: string, key: string): Promise<void> {
  try {
    await files.delete(key);
    await database.query('UPDATE generation SET payload_key = NULL WHERE id = $1 AND payload_key = $2', [
      id,
      key,
    ]);
  } catch (error) {
    log.warn({ id, err: error }, 'an input is not deleted yet');
  }
}
