import path from 'node:path';
import { Failure, orFailure } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';
import { isReplaced, type RequestRecord } from '../../model/request-record.ts';
import type { Task, TaskState } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { type OtherRequests, otherRequests } from '../money/spending.ts';
import { noteState, ownPending, requestOfTask } from '../record/task-record.ts';
import type { Session } from '../session.ts';
import { lostSubmits, recordListedTasks } from '../submit/record-listed-tasks.ts';

/** Which tasks of the list are wanted; null: any. */
export interface ListFilter {
  /** Milliseconds since the epoch. */
  since: number | null;
  states: readonly TaskState[] | null;
  model: string | null;
  limit: number;
}

export interface ListResult {
  kind: 'list';
  filter: ListFilter;
  /** Tasks in the whole list. */
  listed: number;
  /** How many of the span and the model are in each state. */
  counts: Partial<Record<TaskState, number>>;
  /** How many the filter lets pass; `tasks` holds the newest of them. */
  matched: number;
  /** Newest first. */
  tasks: ListedTask[];
  running: Task[];
  models: string[];
  /** Tasks without a date: a span of time leaves them out. */
  undated: number;
  unread: number;
  /** How many submits of the span and the model have no known outcome, and no task in the list. */
  lost: number;
  /** What is on record of the span at other services: this list has none of it. */
  others: OtherRequests[];
  /** The service's answer without its tasks. */
  record: JsonObject;
}

export interface ListedTask {
  task: Task;
  request?: RequestRecord | undefined;
  /** The name that was asked for its file, such as that of the line of a batch; of a file that is there, the name that it has. */
  name?: string | undefined;
  /** Where its file was saved and still is. */
  file?: string | undefined;
}

/**
 * Returns the tasks of this key that a filter lets pass, and counts of all. Their states are noted in their records, and
 * the tasks of lost submits in theirs.
 * @param withinMs how long the list may take; absent: as long as any lookup
 */
export async function listTasks(
  session: Session,
  filter: ListFilter,
  withinMs?: number,
): Promise<ListResult> {
  const { api, provider } = session;
  const deadline = withinMs === undefined ? undefined : api.clock.monotonic() + withinMs;
  const list = await api.read(provider.list(), { retryUntil: deadline, deadline });
  const lost = await noteList(session, list.tasks);
  const all = [...list.tasks].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  const ofSpan = all.filter((task) => isOfSpan(task, filter));
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { state } of ofSpan) counts[state] = (counts[state] ?? 0) + 1;
  const matching = ofSpan.filter(({ state }) => filter.states?.includes(state) ?? true);
  const tasks: ListedTask[] = [];
  for (const task of matching.slice(0, filter.limit)) {
    const entry = await requestOfTask(session, task.id);
    tasks.push({ task, request: entry?.record, ...(await namesOf(entry?.record)) });
  }
  const { tasks: _, ...record } = list.record;
  return {
    kind: 'list',
    filter,
    listed: all.length,
    counts,
    matched: matching.length,
    tasks,
    running: all.filter(({ state }) => state === 'SUBMITTED' || state === 'PROGRESS'),
    models: [...new Set(all.flatMap((task) => task.model ?? []))],
    undated: all.filter(({ createdAt }) => createdAt === undefined).length,
    unread: list.unread,
    lost: lost.filter(({ record }) => isStillLost(record, filter)).length,
    others: await othersOf(session, filter.since),
    record,
  };
}

/**
 * Notes on record what the list shows: the tasks of lost submits, and the states of tasks that have not ended.
 * @returns the submits that were lost before
 */
async function noteList(session: Session, tasks: readonly Task[]): Promise<StoredRequest[]> {
  const submits = await orFailure(lostSubmits(session));
  // The list serves without them.
  const lost = submits instanceof Failure ? [] : submits;
  await recordListedTasks(session, lost, tasks);
  await noteStates(session, tasks);
  return lost;
}

function isOfSpan(task: Task, { since, model }: ListFilter): boolean {
  const isInTime = since === null || (task.createdAt ?? -Infinity) >= since;
  return isInTime && (model === null || task.model === model);
}

/** Tells whether the task of a record, if there is one, may be wanted: its state is not known, so it may be any. */
function isStillLost(record: RequestRecord, { since, model }: ListFilter): boolean {
  const isInTime = since === null || Date.parse(record.unsettledSince) >= since;
  return (
    record.taskId === null && !isReplaced(record) && isInTime && (model ?? record.model) === record.model
  );
}

async function othersOf({ records, provider }: Session, since: number | null): Promise<OtherRequests[]> {
  const rows = await orFailure((async () => (await records())?.spending(since ?? 0))());
  // The list serves without them.
  return rows instanceof Failure ? [] : otherRequests(rows ?? [], provider.id);
}

async function namesOf(request: RequestRecord | undefined): Promise<Pick<ListedTask, 'name' | 'file'>> {
  const { output, files = [] } = request ?? {};
  // Most tasks need nothing of what saves files.
  if (!output && files.length === 0) return {};
  const { stemOfOutput, stillThere } = await import('../../download/names.ts');
  const file = stillThere(files);
  return { name: output ? stemOfOutput(path.basename(file ?? output)) : undefined, file };
}

/** Notes the listed states in the records of tasks that have not ended: only those that are pending can be such records. */
async function noteStates(session: Session, tasks: readonly Task[]): Promise<void> {
  const states = new Map(tasks.map(({ id, state }) => [id, state]));
  const own = await orFailure(ownPending(session));
  // The list serves without them.
  for (const entry of own instanceof Failure ? [] : own) {
    const state = states.get(entry.record.taskId ?? '');
    if (state !== undefined) await noteState(session, entry, { state, detailsUnread: 'forNow' });
  }
}
