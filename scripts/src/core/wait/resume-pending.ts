import { setMaxListeners } from 'node:events';
import { Failure, orFailure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import type { RecordStore, StoredRequest } from '../../ports/record-store.ts';
import { dateOf, ownPending } from '../record/task-record.ts';
import { creditsOf, type ManyResult, madeBy, type NothingPending, type TaskResult } from '../result.ts';
import type { Session } from '../session.ts';
import type { WaitSettings } from '../wait-settings.ts';
import { waitTask } from './wait-task.ts';

/**
 * Resumes the newest task whose result has not been delivered. One that the service does not show any more is passed over.
 * @throws Failure that of the newest one, where the service shows none of them
 */
export async function waitForNewest(
  session: Session,
  settings: WaitSettings,
): Promise<TaskResult | NothingPending> {
  const { tasks, unknown } = await pendingRequests(session);
  const { clock } = session.api;
  const deadline = clock.monotonic() + settings.waitMs;
  const gone: Failure[] = [];
  for (const entry of tasks) {
    const waitMs = Math.max(0, deadline - clock.monotonic());
    const ended = await endOf(session, { ...settings, waitMs }, entry);
    if (!(ended instanceof Failure)) {
      const passed = gone.map(({ details }) => ({ kind: 'taskGone' as const, taskId: details.taskId! }));
      const warnings = [...ended.warnings, ...passed];
      if (unknown > 0) warnings.push({ kind: 'unknownSubmits', count: unknown });
      return { ...ended, warnings };
    }
    if (ended.code !== 'TASK_NOT_FOUND') throw ended;
    gone.push(ended);
  }
  if (gone[0]) throw gone[0];
  return { kind: 'nothingPending', unknown };
}

// The poller serves all of them together; what each of them needs in memory is little.
const MOST_AT_ONCE = 200;

/**
 * Resumes all unfinished tasks at the same time: first those whose last poll is longest ago.
 * @param until `first` ends the wait for all of them when one of them has ended
 */
export async function waitForAll(
  session: Session,
  settings: WaitSettings,
  until: ManyResult['until'] = 'last',
): Promise<ManyResult | NothingPending> {
  const { tasks, unknown } = await pendingRequests(session);
  if (tasks.length === 0) return { kind: 'nothingPending', unknown };
  const entries = tasks.sort((a, b) => polledAt(a) - polledAt(b)).slice(0, MOST_AT_ONCE);
  session.observer.several(entries.length);
  // Each of their HTTP requests listens to the signal that ends the call.
  if (session.api.signal) setMaxListeners(0, session.api.signal);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const waits = entries.map(async (entry) => {
    const ended = await endOf(session, { ...settings, isVersioned: true, stop: stop.signal }, entry);
    if (until === 'first' && hasEnded(ended)) stop.abort();
    return ended;
  });
  const ended = await Promise.all(waits);
  const items = entries.map(({ record }, n) => ({ record, ended: ended[n]! }));
  if (until === 'first') items.sort((a, b) => Number(hasEnded(b.ended)) - Number(hasEnded(a.ended)));
  return { kind: 'many', items, until, more: tasks.length - entries.length, unknown };
}

const hasEnded = (ended: TaskResult | Failure): boolean =>
  !(ended instanceof Failure) && isTerminal(ended.seen.state);

async function endOf(session: Session, settings: WaitSettings, entry: StoredRequest) {
  const { output, status } = entry.record;
  const taskId = entry.record.taskId!;
  // The line of a batch has the name that the batch said.
  const name = output && (await import('../../download/names.ts')).stemOfOutput(output);
  const observer = name ? session.observer.named(name) : session.observer;
  const known = { entry, origin: { resumed: madeBy(entry.record) } };
  const ended = await orFailure(waitTask({ ...session, observer }, taskId, settings, known));
  if (!(ended instanceof Failure)) return ended;
  // The poll is noted, so that a task that is gone comes last next time.
  await entry.update({ checked: dateOf(session) });
  const named = ended.with({ status: ended.details.status ?? status, taskId });
  if (ended.code !== 'TASK_NOT_FOUND') return named;
  return named.with({ reason: { kind: 'pendingTaskGone', taskId } });
}

const polledAt = ({ record }: StoredRequest): number => Date.parse(record.checked ?? record.created);

/** Returns the tasks of this key that are unfinished or not delivered, newest first, and counts the submits whose outcome is not known. */
async function pendingRequests(session: Session): Promise<{ tasks: StoredRequest[]; unknown: number }> {
  const store = await session.records();
  if (store) await adoptReplaced(session, store);
  const own = await ownPending(session);
  const tasks = own.filter(({ record }) => record.taskId !== null);
  return { tasks, unknown: own.length - tasks.length };
}

/** Records the tasks of submits that a later request replaced: the service's list may show their keys after all. */
async function adoptReplaced({ api, provider }: Session, store: RecordStore): Promise<void> {
  if (!provider.can.list) return;
  const replaced = await store.replaced();
  if (replaced.length === 0) return;
  const list = await orFailure(api.once(provider.list()));
  // The next call reads the list too.
  if (list instanceof Failure) return;
  for (const entry of replaced) {
    const task = list.tasks.find(({ idempotencyKey }) => idempotencyKey === entry.record.idempotencyKey);
    if (!task) continue;
    const credits = creditsOf(task, entry.record.credits);
    await entry.update({ phase: 'submitted', taskId: task.id, status: task.state, credits });
  }
}
