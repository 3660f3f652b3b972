import { CancelRejectedError, ClientError, type Task, TaskNotFoundError } from '#client';
import { keepLease } from '../generations/leases.ts';
import {
  claimPolls,
  type DuePoll,
  pollLater,
  recordRunning,
  recordUncancelled,
} from '../generations/polling.ts';
import { findStaleSubmits, giveToPerson } from '../generations/reconciling.ts';
import { recordEnd } from './end.ts';
import { holdBack } from './hold-back.ts';
import { readList } from './list.ts';
import { adoptLate, reconcileLost } from './reconcile.ts';
import { exists, forEach, type Step, type Work, type WorkService } from './step.ts';

const AT_ONCE = 20;
// A service may know a new task late, and show its files late. After that a person has to decide.
const MISSING_SECONDS = 600;
const NOT_YET_SECONDS = 15;
const MOST_BACKOFF_SECONDS = 60;

/** Finds out what became of submitted tasks: by one list query for all of a service, else by one query each. */
export const pollStep: Step = {
  name: 'poll',
  everySeconds: 1,
  concurrency: 2,
  hasWork: (work) =>
    exists(
      work,
      `SELECT FROM generation WHERE status IN ('submitting', 'reconciling')
       UNION ALL SELECT FROM generation WHERE status IN ('pending', 'running')`,
    ),
  async run(work) {
    await findStaleSubmits(work.database);
    await Promise.all(work.services.map((service) => pollService(work, service)));
  },
};

async function pollService(work: Work, service: WorkService): Promise<void> {
  if (!service.can.list) {
    await reconcileLost(work, service, null);
    await pollDue(work, service, []);
    return;
  }
  const read = await readList(work, service);
  if (read?.list) {
    await reconcileLost(work, service, { list: read.list, askedAt: read.askedAt });
    await adoptLate(work, service, read.list);
  }
  // Between two reads of the list, only what is to be cancelled cannot wait.
  await pollDue(work, service, read?.seen ?? null);
}

/** Polls what is due by a query each, as far as the service permits. */
async function pollDue(work: Work, service: WorkService, seen: string[] | null): Promise<void> {
  const { database, stopping } = work;
  // Where permits are scarce they are taken first, so that no row is claimed in vain.
  const atOnce = service.bucket === null ? AT_ONCE : 1;
  while (!stopping.aborted) {
    const isDue = await exists(
      work,
      `SELECT FROM generation WHERE status IN ('pending', 'running') AND account = $1 AND due_at <= now()
         AND ($2 OR cancel_requested_at IS NOT NULL)`,
      [service.account, seen !== null],
    );
    if (!isDue || !(await service.limiter.acquire())) return;
    const polls = await claimPolls(database, service.account, atOnce, seen);
    if (polls.length === 0) return;
    using _lease = keepLease(database, 'generation', polls[0]!.lease);
    await forEach(work, 'poll', polls, atOnce, (poll) => pollOne(work, service, poll));
  }
}

async function pollOne(work: Work, service: WorkService, poll: DuePoll): Promise<void> {
  const { database, log, metrics } = work;
  const { provider } = service;
  const facts = { id: poll.id, provider, taskId: poll.taskId };
  try {
    if (poll.isCancelRequested && service.can.cancel && !(await cancel(service, poll))) {
      log.info(facts, 'the service does not cancel the task any more');
      await recordUncancelled(database, poll);
      return;
    }
    const task = await service.client.task(poll.taskId);
    await service.limiter.succeeded();
    metrics.polls.inc({ provider, outcome: task.state });
    await recordPolled(work, service, poll, task);
  } catch (error) {
    metrics.polls.inc({ provider, outcome: error instanceof ClientError ? error.code : 'ERROR' });
    await holdBack(work, service, error);
    const isMissing = error instanceof TaskNotFoundError;
    if (isMissing && isMissingTooLong(poll)) {
      log.error({ ...facts, err: error }, 'a person has to decide about a task that is not found');
      await giveToPerson(
        database,
        poll,
        `${error.message} It was accepted as task ${poll.taskId}. npm run admin -- retry ${poll.id} polls it again; abandon ${poll.id} closes it.`,
      );
      return;
    }
    log.warn({ ...facts, err: error }, 'a poll failed; it is repeated');
    await pollLater(database, poll, Math.min(2 ** poll.attempts, MOST_BACKOFF_SECONDS), isMissing);
  }
}

/** A lagging replica may say so of a task of any age: only what lasts is for a person. */
function isMissingTooLong({ missingSeconds }: DuePoll): boolean {
  return missingSeconds !== null && missingSeconds > MISSING_SECONDS;
}

/** @returns false where the service runs it on */
async function cancel({ client }: WorkService, { taskId }: DuePoll): Promise<boolean> {
  try {
    await client.cancel(taskId);
    return true;
  } catch (error) {
    if (error instanceof CancelRejectedError) return false;
    throw error;
  }
}

async function recordPolled(work: Work, service: WorkService, poll: DuePoll, task: Task): Promise<void> {
  const { database, config } = work;
  if (await recordEnd(work, poll.id, task)) return;
  if (task.state === 'COMPLETED') {
    if (!isMissingTooLong(poll)) await pollLater(database, poll, NOT_YET_SECONDS, true);
    else
      await giveToPerson(
        database,
        poll,
        `Task ${poll.taskId} is COMPLETED, but the service names no file. npm run admin -- retry ${poll.id} polls it again; abandon ${poll.id} closes it.`,
      );
    return;
  }
  const hasCallback = config.publicUrl !== null && !service.can.list;
  await recordRunning(database, poll, {
    isRunning: task.state === 'PROGRESS',
    providerState: task.unknownState ?? task.state,
    nextSeconds: nextPoll(poll.ageSeconds, hasCallback),
  });
}

/** Seconds until the next poll of a task that has run for so long. */
export function nextPoll(ageSeconds: number, hasCallback: boolean): number {
  const seconds = Math.min(Math.max(2, ageSeconds / 30), 15);
  return hasCallback ? Math.min(seconds * 4, 60) : seconds;
}
