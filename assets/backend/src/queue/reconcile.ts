import { ClientError, type Task, type TaskList } from '#client';
import { isRefused } from '../database/index.ts';
import { FileMissing } from '../files/types.ts';
import { recordTask } from '../generations/equal-submits.ts';
import { keepLease } from '../generations/leases.ts';
import {
  claimLost,
  giveToPerson,
  type LostSubmit,
  reconcileLater,
  unresolved,
} from '../generations/reconciling.ts';
import { holdBack } from './hold-back.ts';
import { resubmit } from './resubmit.ts';
import { CLEAR_SECONDS, findListed, findNamed, NotYet, type ReadList } from './search.ts';
import { createSeries, forEach, type Series, type Work, type WorkService } from './step.ts';
import { dropInput, TaskOfAnother } from './submit.ts';

// A worker that dies keeps no more than these from the others until its lease ends.
const AT_ONCE = 20;
// A request has left after this. One after the other, a worker that dies takes at most one of them along, not all.
const SENDING_MS = 500;
const LIST_INTERVALS_SECONDS = [1, 2, 4, 8, 15];
// A service without a list names the task in its callback, which comes when the task has ended.
const CALLBACK_WAIT_SECONDS = 3_600;
const CALLBACK_INTERVAL_SECONDS = 60;

const WHAT_TO_DO =
  'If its task is found in the dashboard of the service: npm run admin -- adopt <id> <taskId>. If there is none: npm run admin -- abandon <id>, or retry <id> --submit, which may charge twice.';

/** Searches a list that has just been read for the tasks of lost submits. @param list null where the service has none */
export async function reconcileLost(work: Work, service: WorkService, list: ReadList | null): Promise<void> {
  for (;;) {
    const lost = await claimLost(work.database, service.account, AT_ONCE);
    if (lost.length === 0) return;
    using _lease = keepLease(work.database, 'generation', lost[0]!.lease);
    const oneByOne = createSeries(SENDING_MS);
    await forEach(work, 'poll', lost, 10, (submit) => reconcileOne(work, service, submit, list, oneByOne));
    if (lost.length < AT_ONCE || work.stopping.aborted) return;
  }
}

/** Finds tasks that the list shows by their key after their generations were given to a person. It asks for nothing. */
export async function adoptLate(work: Work, service: WorkService, { tasks }: TaskList): Promise<void> {
  const byKey = new Map(tasks.map((task) => [task.idempotencyKey ?? '', task]));
  const found = await unresolved(work.database, service.account, [...byKey.keys()]);
  await forEach(work, 'poll', found, 1, async ({ id, key }) => {
    try {
      await adopt(work, service, { id, task: byKey.get(key)!, foundAlike: false });
    } catch (error) {
      // A person has given that task to another one. Each list shows it again.
      if (!(error instanceof TaskOfAnother)) throw error;
    }
  });
}

async function reconcileOne(
  work: Work,
  service: WorkService,
  lost: LostSubmit,
  list: ReadList | null,
  oneByOne: Series,
): Promise<void> {
  const { database, log } = work;
  const waits = list === null && work.config.publicUrl !== null;
  const isOverdue = lost.lostSeconds > (waits ? CALLBACK_WAIT_SECONDS : CLEAR_SECONDS);
  try {
    const named = await findNamed(work, service, lost);
    const task = named ?? (list && (await findListed(work, service, lost, list)));
    if (task && task !== 'clear') {
      await adopt(work, service, { id: lost.id, task, foundAlike: !named && isAlike(task) });
      return;
    }
    let why = lost.wasResubmitted ? 'It was sent once more, and that answer was lost, too.' : '';
    if (task === 'clear' && service.isPrevious)
      why =
        'It was submitted with an API key that was replaced, and with which nothing is submitted any more.';
    else if (task === 'clear') {
      const found = await oneByOne(() => resubmit(work, service, lost));
      if (found === null) return;
      if (typeof found !== 'string') {
        await adopt(work, service, { id: lost.id, task: found, foundAlike: isAlike(found) });
        return;
      }
      why = found;
    }
    if (isOverdue) await askPerson(work, service, lost, why);
    else await reconcileLater(database, lost, list ? intervalOf(lost) : CALLBACK_INTERVAL_SECONDS);
  } catch (error) {
    const isOfService = await holdBack(work, service, error instanceof NotYet ? error.cause : error);
    if (isOverdue && !isOfService && staysSo(error)) {
      log.error({ id: lost.id, err: error }, 'a lost submit cannot be reconciled');
      await askPerson(
        work,
        service,
        lost,
        `Its task cannot be searched for or written down: ${reasonOf(error)}`,
      );
      return;
    }
    log.warn({ id: lost.id, err: error }, 'a lost submit is not reconciled yet');
    await reconcileLater(database, lost, intervalOf(lost));
  }
}

async function askPerson(
  { database, log }: Work,
  { provider, client }: WorkService,
  lost: LostSubmit,
  why: string,
): Promise<void> {
  log.error({ id: lost.id, provider }, 'a person has to decide about a lost submit');
  await giveToPerson(
    database,
    lost,
    `Whether ${client.provider.title} accepted this request, and charged for it, is not known: the answer to its submit of ${lost.submitStartedAt.toISOString()} was lost. ${why && `${why} `}${WHAT_TO_DO.replaceAll('<id>', lost.id)}`,
  );
}

/** Returns whether another attempt would meet the same error. */
function staysSo(error: unknown): boolean {
  if (error instanceof ClientError) return !error.transient;
  return error instanceof FileMissing || error instanceof TaskOfAnother || isRefused(error);
}

function reasonOf(error: unknown): string {
  const says = [ClientError, FileMissing, TaskOfAnother].some((kind) => error instanceof kind);
  return says ? (error as Error).message : 'the log says why.';
}

function intervalOf({ attempts }: LostSubmit): number {
  return LIST_INTERVALS_SECONDS[Math.min(attempts, LIST_INTERVALS_SECONDS.length) - 1] ?? 1;
}

async function adopt(
  work: Work,
  service: WorkService,
  { id, task, foundAlike }: { id: string; task: Task; foundAlike: boolean },
): Promise<void> {
  const { database, log } = work;
  const facts = { id, provider: service.provider, taskId: task.id };
  log.info({ ...facts, foundAlike }, 'the task of a lost submit is found');
  const row = await recordTask(database, id, task, { firstPollSeconds: 0, foundAlike });
  // Another one was faster: the next list is read without this task.
  if (row === 'taken' && foundAlike) throw new NotYet('an equal generation has taken its task');
  if (row === 'taken') throw new TaskOfAnother(`task ${task.id} is that of another generation`);
  if (row === 'exchanged')
    log.warn(facts, 'an equal generation has this task: this one gets its submit, and is reconciled');
  else if (row?.payloadKey) await dropInput(work, id, row.payloadKey);
  work.wake('poll');
}

/** The list shows it without a key: it was found by model, input and time. */
function isAlike(task: Task): boolean {
  return task.idempotencyKey === undefined;
}
