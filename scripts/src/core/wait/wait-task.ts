import { isTerminal, type Task } from '../../model/task.ts';
import { finish } from '../deliver/finish.ts';
import { folderFor, outputOf } from '../deliver/place.ts';
import { withDelivery } from '../deliver/with-delivery.ts';
import type { Polled } from '../poll/poll-rounds.ts';
import { withTask } from '../poll/status-query.ts';
import { noteState, requestOfTask } from '../record/task-record.ts';
import { creditsOf, type Seen, type TaskFacts, type TaskResult, taskResult } from '../result.ts';
import type { Session } from '../session.ts';
import { beginWait, type WaitedTask, type WaitSettings } from '../wait-settings.ts';
import { firstStatus, type PolledTask, pollTask } from './poll-task.ts';

/**
 * Waits for the end of a task that exists, then returns it; with a folder, its files are saved.
 * @param known with its record, where the caller has it; what that says of the folder then holds
 * @param shown as it was just submitted, or seen: it is not asked for at once
 */
export async function waitTask(
  session: Session,
  taskId: string,
  settings: WaitSettings,
  known: TaskFacts = {},
  shown?: Partial<Polled & Task>,
): Promise<TaskResult> {
  const entry = known.entry ?? (await requestOfTask(session, taskId));
  const recorded = entry?.record.credits ?? known.credits;
  const credits = recorded && creditsOf(shown ?? {}, recorded);
  const observer = session.observer.about(taskId, entry?.record.created);
  // The request named the folder, so a later wait for its task saves the file there too.
  const wanted = settings.folder ?? entry?.record.download ?? null;
  const folder = shown ? wanted : await folderFor(wanted);
  const wait = beginWait(session, { ...settings, folder, output: outputOf(settings, entry) });
  const of = { session: { ...session, observer }, taskId, wait, known: { ...known, entry, credits } };
  if (shown) {
    const { state, record = {} } = shown;
    return waitOut(of, { seen: state && { ...shown, state, record } });
  }
  const before = await firstStatus(of);
  if (before.seen) observer.task(taskId, before.seen.state);
  return waitOut(of, before);
}

async function waitOut(of: WaitedTask, before: PolledTask): Promise<TaskResult> {
  const { session, taskId, known } = of;
  const hasEnded = before.seen && isTerminal(before.seen.state);
  const polled = hasEnded ? before : await pollTask(of, before);
  // Without a successful query, the recorded state stays the last known one.
  const recorded = known.entry?.record.status ?? 'UNKNOWN';
  if (!polled.seen && polled.failure && recorded === 'UNKNOWN')
    throw polled.failure.with({ status: 'UNKNOWN', taskId });
  const seen = polled.seen ?? { state: recorded, record: {} };
  if (!isTerminal(seen.state)) return unfinished(of, { ...polled, seen });
  return withDelivery(session, known.entry, await readEnd(of, seen));
}

/** Returns the result of a task that has ended: with its files, or with what its details say of the end. */
async function readEnd(of: WaitedTask, seen: Polled): Promise<TaskResult> {
  const { session, taskId, known } = of;
  if (seen.state === 'COMPLETED') return finish({ ...of, known: { ...known, task: seen.task } });
  const deadline = session.api.shortDeadline;
  const poller = await session.poller();
  const read = () => poller.ended.read(taskId, { deadline, retryUntil: deadline }, seen.listed);
  const ended: Seen = seen.task ?? (await withTask(seen, read));
  // What is on record as the end stays the end.
  const isFinal = seen.task !== undefined || (known.entry && isTerminal(known.entry.record.status));
  const final = { state: seen.state, detailsUnread: ended.detailsUnread && ('forGood' as const) };
  const end = { ...ended, ...(isFinal && final) };
  if (known.entry) await noteState(session, known.entry, end);
  if (end.state !== 'COMPLETED') return taskResult(taskId, end, known);
  session.observer.task(taskId, end.state);
  return finish(of);
}

async function unfinished(
  { session, taskId, wait, known }: WaitedTask,
  { seen, failure, hadNoPermit }: PolledTask & { seen: Polled },
): Promise<TaskResult> {
  const result = taskResult(taskId, seen, known);
  if (failure) return { ...result, lastPollError: failure, retryAfter: failure.details.retryAfter };
  if (!hadNoPermit || wait.stop?.aborted) return result;
  // Other waits used the permits; the task is unaffected.
  const poller = await session.poller();
  const seconds = Math.max(1, Math.ceil((await poller.nextPermitIn()) / 1000));
  return { ...result, warnings: [...result.warnings, { kind: 'noPermit', seconds }], retryAfter: seconds };
}
