import { isTerminal, type Task } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { finish } from '../deliver/finish.ts';
import { folderFor, outputOf } from '../deliver/place.ts';
import type { Polled } from '../poll/next-query.ts';
import { pollerOf } from '../poll/poller.ts';
import { withRecord } from '../poll/status-query.ts';
import { deliver, recordOf } from '../record/task-record.ts';
import { creditsOf, type TaskResult, taskResult } from '../result.ts';
import { type Session, shortDeadline } from '../session.ts';
import { type FirstStatus, firstStatus } from './first-status.ts';
import { type PolledTask, pollTask } from './poll-task.ts';
import { factsOf, type KnownTask, type WaitSettings } from './wait-settings.ts';

/**
 * Waits for the end of a task that exists, then returns it; with a folder, its files are saved.
 * @param known with its record, where the caller has it; what that says of the folder then holds
 */
export async function waitTask(
  session: Session,
  taskId: string,
  settings: WaitSettings,
  known: KnownTask = {},
): Promise<TaskResult> {
  const entry = known.entry ?? (await recordOf(session, taskId));
  const about = aboutTask(session, taskId, entry);
  // The request named the folder, so a later wait for its task saves the file there too.
  const folder = await folderFor(settings.folder ?? entry?.record.download ?? null);
  const output = outputOf(settings, entry);
  const { clock } = session.api;
  const start = clock.monotonic();
  const before = await firstStatus(about, taskId, settings, entry, start);
  if (before.first) about.observer.task(taskId, before.first.state);
  const waitMs = settings.waitMs - (clock.monotonic() - start);
  const wait = { ...settings, folder, output, waitMs };
  return waitOut(about, taskId, before, wait, { ...known, entry, credits: entry?.record.credits });
}

/** Polls a task that was just submitted, or seen, until it ends or the wait is over, and returns its result. */
export async function waitOn(
  session: Session,
  task: { id: string } & Partial<Polled & Task>,
  settings: WaitSettings,
  known: KnownTask = {},
): Promise<TaskResult> {
  const about = aboutTask(session, task.id, known.entry);
  const first =
    task.state === undefined ? undefined : { ...task, state: task.state, record: task.record ?? {} };
  const credits = known.credits && creditsOf(task, known.credits);
  return waitOut(about, task.id, { first }, settings, { ...known, credits });
}

async function waitOut(
  session: Session,
  taskId: string,
  before: FirstStatus,
  settings: WaitSettings,
  known: KnownTask,
): Promise<TaskResult> {
  const { entry } = known;
  const start = session.api.clock.monotonic();
  const { first } = before;
  const polled: PolledTask =
    first && isTerminal(first.state)
      ? { seen: first, failure: undefined, isCrowded: false }
      : await pollTask(session, taskId, before, settings, known, start);
  // Without a successful query, the recorded state stays the last known one.
  const recorded = entry?.record.status ?? 'UNKNOWN';
  if (!polled.seen && polled.failure && recorded === 'UNKNOWN')
    throw polled.failure.with({ status: 'UNKNOWN', taskId });
  const seen = polled.seen ?? { state: recorded, record: {} };
  if (!isTerminal(seen.state)) return unfinished(session, taskId, { ...polled, seen }, settings, known);
  return deliver(session, entry, await readEnd(session, taskId, seen, settings, known, start));
}

/** Returns the result of a task that has ended: with its files, or with what its record says of the end. */
async function readEnd(
  session: Session,
  taskId: string,
  seen: Polled,
  settings: WaitSettings,
  known: KnownTask,
  start: number,
): Promise<TaskResult> {
  const { waitMs, filesMs = 0, folder, output = null, isVersioned, schedule, stallMs } = settings;
  if (seen.state === 'COMPLETED') {
    const times = {
      until: waitMs > 0 ? start + waitMs : Infinity,
      filesUntil: start + Math.max(waitMs, filesMs),
    };
    return finish(session, taskId, {
      ...{ shown: seen.task, place: { folder, output, isVersioned }, times },
      ...{ schedule, stallMs, known },
    });
  }
  const until = shortDeadline(session);
  const poller = await pollerOf(session, schedule);
  const read = () => poller.record(taskId, { until, deadline: until });
  const ended = seen.task ? { ...seen.task, state: seen.state } : await withRecord(seen, read);
  return taskResult(taskId, ended, factsOf(known));
}

/** Returns the result of a wait that was over before the task had ended. */
async function unfinished(
  session: Session,
  taskId: string,
  { seen, failure, isCrowded }: PolledTask & { seen: Polled },
  { schedule, stop }: WaitSettings,
  known: KnownTask,
): Promise<TaskResult> {
  const result = taskResult(taskId, seen, factsOf(known));
  if (failure) return { ...result, lastPollError: failure, retryAfter: failure.details.retryAfter };
  if (!isCrowded || stop?.aborted) return result;
  // Other waits used the permits; the task is unaffected.
  const poller = await pollerOf(session, schedule);
  const seconds = Math.max(1, Math.ceil((await poller.nextPermitIn()) / 1000));
  return { ...result, warnings: [...result.warnings, { kind: 'noPermit', seconds }], retryAfter: seconds };
}

/** Returns the session with an observer that names the task in every line. */
function aboutTask(session: Session, taskId: string, entry: StoredRequest | undefined): Session {
  return { ...session, observer: session.observer.about(taskId, entry?.record.created) };
}
