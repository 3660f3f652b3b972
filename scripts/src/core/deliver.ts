import { Failure } from '../model/failure.ts';
import { isTerminal, type TaskState } from '../model/task.ts';
import type { Entry } from '../stores/file/journal.ts';
import type { TaskResult } from './result.ts';
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
 * The result with the record that it delivers: the task has ended, and all that was asked for is there. It counts as
 * delivered once the caller has it.
 */
export function deliver(session: Session, entry: Entry | undefined, result: TaskResult): TaskResult {
  const status = result.seen.state;
  if (!entry || !isTerminal(status)) return result;
  const { kind, seen, files } = result;
  const found = entry.record.download === null ? (seen.urls ?? files) : files;
  const isWhole = status !== 'COMPLETED' || (kind === 'completed' && (found ?? []).length > 0);
  const credits = result.credits ?? entry.record.credits;
  return { ...result, delivery: { entry, status, credits, delivered: isWhole ? dateOf(session) : null } };
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
