import type { Outcome } from '../model/envelope.ts';
import { Failure } from '../model/failure.ts';
import { isObject } from '../model/json.ts';
import { isTerminal, type TaskState } from '../model/task.ts';
import type { Entry } from '../stores/file/journal.ts';
import type { Credits } from '../stores/file/record.ts';
import type { Session } from './session.ts';

/** The record of a task that was made with this key; undefined where there is none, or none that can be read. */
export async function recordOf({ records }: Session, taskId: string): Promise<Entry | undefined> {
  try {
    const journal = await records();
    const entry = journal?.byTask(taskId);
    return entry && journal?.isOwn(entry) ? entry : undefined;
  } catch (error) {
    // A task can be waited for without its record.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

// When a state was last seen need not be known to the second: a record is written to the disk whole.
const SEEN_LATELY_MS = 60_000;

/** Notes what was seen of a recorded task. A state that is final stays. */
export async function noteState(session: Session, entry: Entry, state: TaskState): Promise<void> {
  const { status, checked: before } = entry.record;
  const seenLately =
    before !== null && Math.abs(session.api.clock.wall() - Date.parse(before)) < SEEN_LATELY_MS;
  if (state === 'UNKNOWN' || isTerminal(status) || (state === status && seenLately)) return;
  const checked = dateOf(session);
  await entry.update(({ status }) => ({ status: isTerminal(status) ? status : state, checked }));
}

/**
 * Makes the outcome count as the delivery of the request, once its document is out: the task has ended, and whatever was
 * wanted of it lies on the disk.
 */
export function deliver(session: Session, entry: Entry | undefined, outcome: Outcome): Outcome {
  const { status, errorCode, data } = outcome.envelope;
  if (!entry || status === null || !isTerminal(status)) return outcome;
  const { download } = entry.record;
  const result = download === null ? (data?.resultUrls ?? data?.files) : data?.files;
  const isWhole =
    status !== 'COMPLETED' || (errorCode === null && Array.isArray(result) && result.length > 0);
  const credits = isObject(data?.credits) ? (data.credits as unknown as Credits) : entry.record.credits;
  return { ...outcome, onWritten: () => entry.close(status, credits, isWhole ? dateOf(session) : null) };
}

/** A task that was just made may not be found by every replica at once, for so many milliseconds. */
export const YOUNG_TASK_MS = 30_000;

/** The request was submitted so short a time ago that its task may not be shown yet. */
export function isYoung({ api }: Session, { record }: Entry): boolean {
  return Math.abs(api.clock.wall() - Date.parse(record.created)) < YOUNG_TASK_MS;
}

function dateOf({ api }: Session): string {
  return new Date(api.clock.wall()).toISOString();
}
