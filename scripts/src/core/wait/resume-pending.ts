import { setMaxListeners } from 'node:events';
import { Failure, orFailure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { clearIn } from '../reconcile/reconcile.ts';
import { dateOf, ownPending } from '../record/task-record.ts';
import {
  type ManyResult,
  madeBy,
  type NothingPending,
  type TaskResult,
  type UnknownSubmits,
} from '../result.ts';
import type { Session } from '../session.ts';
import { lostSubmits, recordListedTasks } from '../submit/record-listed-tasks.ts';
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
  const { tasks, ...submits } = await pendingRequests(session);
  const { unknown } = submits;
  const { clock } = session.api;
  const deadline = clock.monotonic() + settings.waitMs;
  const gone: Failure[] = [];
  for (const entry of tasks) {
    const waitMs = Math.max(0, deadline - clock.monotonic());
    const ended = await endOf(session, { ...settings, waitMs }, entry);
    const { model, promptExcerpt, created } = entry.record;
    const isListed = session.provider.can.list;
    const notNamed = { kind: 'taskNotNamed' as const, model, promptExcerpt, created, isListed };
    if (!(ended instanceof Failure)) {
      const passed = gone.map(({ details }) => ({ kind: 'taskGone' as const, taskId: details.taskId! }));
      const warnings = [notNamed, ...ended.warnings, ...passed];
      if (unknown > 0) warnings.push({ kind: 'unknownSubmits', count: unknown });
      return { ...ended, warnings };
    }
    const failure = ended.with({ submit: { warnings: [notNamed] } });
    if (failure.code !== 'TASK_NOT_FOUND') throw failure;
    gone.push(failure);
  }
  if (gone[0]) throw gone[0];
  return { kind: 'nothingPending', ...submits };
}

// The list may be read again soon after it could not be.
const REREAD_S = 5;
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
  const { tasks, ...submits } = await pendingRequests(session);
  if (tasks.length === 0) return { kind: 'nothingPending', ...submits };
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
  return { kind: 'many', items, until, more: tasks.length - entries.length, ...submits };
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

interface PendingRequests extends UnknownSubmits {
  tasks: StoredRequest[];
}

/** Returns the tasks of this key that are unfinished or not delivered, newest first, and what is known of its lost submits. */
async function pendingRequests(session: Session): Promise<PendingRequests> {
  const listFailure = await findLost(session);
  const own = await ownPending(session);
  const tasks = own.filter(({ record }) => record.taskId !== null);
  const lost = own.filter(({ record }) => record.taskId === null);
  return { tasks, unknown: lost.length, listFailure, after: listAgainIn(session, lost, listFailure) };
}

/** Records the tasks of lost submits that the service's list shows. @returns why the list could not be read */
async function findLost(session: Session): Promise<Failure | undefined> {
  const { api, provider } = session;
  const lost = provider.can.list ? await lostSubmits(session) : [];
  if (lost.length === 0) return undefined;
  const list = await orFailure(api.once(provider.list()));
  if (list instanceof Failure) return list;
  await recordListedTasks(session, lost, list.tasks);
  return undefined;
}

/** Returns the seconds after which the list can tell more of these submits; undefined where it cannot. */
function listAgainIn(
  { api, provider }: Session,
  lost: readonly StoredRequest[],
  failure: Failure | undefined,
): number | undefined {
  if (!provider.can.list || lost.length === 0) return undefined;
  if (failure) return failure.details.transient ? (failure.details.retryAfter ?? REREAD_S) : undefined;
  const seconds = Math.max(...lost.map(({ record }) => clearIn(record, api)));
  return seconds > 0 ? seconds : undefined;
}
