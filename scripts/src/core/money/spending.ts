import { Failure, orFailure } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import {
  countsOf,
  NOTHING,
  plus,
  recordedRow,
  type SpendingCounts,
  type SpendingRow,
} from '../../model/spending-row.ts';
import { isTerminal, type Task } from '../../model/task.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { nameIn } from '../../providers/read-answer.ts';
import type { Session } from '../session.ts';

export interface ModelSums extends SpendingCounts {
  /** Null where the service names none. */
  model: string | null;
}

export interface SpendingResult {
  kind: 'spending';
  /** Milliseconds since the epoch; null: all that is known. */
  since: number | null;
  asOf: number;
  total: SpendingCounts;
  /** The most expensive first. */
  models: ModelSums[];
  list: ListCover | null;
  journal: JournalCover | null;
  /** Why the list could not be read, where the journal alone was. */
  listFailure?: Failure | undefined;
  /** What else is on record of the span, and left out. */
  others?: OtherRequests[];
}

/** How many requests to another service are on record on this machine. */
export interface OtherRequests {
  provider: string;
  count: number;
}

/** Counts the requests of these rows that are to other services than one. @param own the id of that one */
export function otherRequests(rows: readonly SpendingRow[], own: string): OtherRequests[] {
  const counts = new Map<string, number>();
  for (const { provider, tasks } of rows)
    if (provider !== own) counts.set(provider, (counts.get(provider) ?? 0) + tasks);
  return [...counts].flatMap(([provider, count]) => (count > 0 ? [{ provider, count }] : []));
}

interface ListCover {
  tasks: number;
  /** When the oldest of them was made, in milliseconds since the epoch; null where none has a date. */
  oldest: number | null;
  /** Tasks without a date that the journal does not know either: in a span of time they are left out. */
  undated: number;
  unread: number;
}

interface JournalCover {
  /** Requests of the span that the list does not show. */
  more: number;
  keys: 'this' | 'all';
  /** Records of the span that cannot be read, of any key. */
  unreadable: number;
}

/** By the service's list and by the journal. A task that both know is counted once: dated by the journal, priced by the list. */
export async function spending(session: Session, since: number | null): Promise<SpendingResult> {
  const { api, provider } = session;
  const store = await session.records();
  const read = provider.can.list ? await orFailure(api.read(provider.list())) : null;
  const listFailure = read instanceof Failure ? read : undefined;
  // The journal alone serves where the list cannot be reached.
  if (listFailure && !(store && AWAY.has(listFailure.code))) throw listFailure;
  const list = read instanceof Failure ? null : read;
  const tasks = list?.tasks ?? [];
  const records = store ? await recordsOf(store, tasks) : [];
  const { rows, cover, shown } = rowsOfList(tasks, records, since);
  const all = (await store?.spending(since ?? 0)) ?? [];
  const recorded = all.filter((row) => store?.isOwn({ record: row }));
  const unreadable = (await store?.unreadable(since ?? 0)) ?? 0;
  // What the list shows too is in its rows already.
  const twice = [...shown].filter(({ created }) => isIn(since, Date.parse(created)));
  const less = twice.flatMap((record) => recordedRow(record) ?? []);
  return {
    ...summedUp([...rows, ...recorded, ...less.map(negative)], since),
    asOf: api.clock.wall(),
    list: list && { ...cover, unread: list.unread },
    journal: store && { more: countOf(recorded) - countOf(less), keys: 'this', unreadable },
    listFailure,
    others: otherRequests(all, provider.id),
  };
}

const AWAY: ReadonlySet<string> = new Set(['NETWORK_ERROR', 'RATE_LIMITED', 'UNKNOWN_ERROR']);

/** Returns what the records of one service on this machine say was spent since a moment, with any key. No network. */
export function recordedSpending(
  rows: readonly SpendingRow[],
  since: number | null,
  asOf: number,
  unreadable: number,
): SpendingResult {
  return {
    ...summedUp(rows, since),
    asOf,
    list: null,
    journal: { more: countOf(rows), keys: 'all', unreadable },
  };
}

/** Returns the records of these tasks, and those of submits whose outcome is not known. */
async function recordsOf(store: RecordStore, tasks: readonly Task[]): Promise<RequestRecord[]> {
  const entries = await Promise.all([...new Set(tasks.map(({ id }) => id))].map((id) => store.byTask(id)));
  const unknown = [...(await store.pending()), ...(await store.replaced())];
  const found = [...entries, ...unknown.filter(({ record }) => record.taskId === null)];
  return found.flatMap((entry) => (entry && store.isOwn(entry) ? entry.record : []));
}

const countOf = (rows: readonly SpendingRow[]): number => rows.reduce((sum, { tasks }) => sum + tasks, 0);

function negative(row: ModelSums): ModelSums {
  const less = Object.entries(plus(NOTHING, row)).map(([name, sum]) => [name, -sum]);
  return { model: row.model, ...(Object.fromEntries(less) as unknown as SpendingCounts) };
}

const isIn = (since: number | null, time: number): boolean => since === null || time >= since;

/** Returns the rows of the listed tasks, and the records that are about one of these tasks. */
export function rowsOfList(
  listed: readonly Task[],
  records: readonly RequestRecord[],
  since: number | null,
): { rows: ModelSums[]; cover: Omit<ListCover, 'unread'>; shown: Set<RequestRecord> } {
  const tasks = onceEach(listed);
  // A submit whose outcome is unknown has no task id, but the list may show its key.
  const byTask = new Map(records.map((record) => [record.taskId, record]));
  const byKey = new Map(records.map((record) => [record.taskId ? null : record.idempotencyKey, record]));
  const rows: ModelSums[] = [];
  const shown = new Set<RequestRecord>();
  const dates: number[] = [];
  let undated = 0;
  for (const task of tasks) {
    const record = byTask.get(task.id) ?? byKey.get(task.idempotencyKey ?? '');
    if (record) shown.add(record);
    if (task.createdAt !== undefined) dates.push(task.createdAt);
    const made = record ? Date.parse(record.created) : task.createdAt;
    if (made === undefined) undated += 1;
    if (made === undefined ? since === null : isIn(since, made)) rows.push(listedRow(task, record));
  }
  const oldest = dates.reduce((least: number | null, date) => Math.min(least ?? date, date), null);
  return { rows, cover: { tasks: tasks.length, oldest, undated }, shown };
}

/** Returns each task once: a list that changes while it is read may show one twice. */
function onceEach(tasks: readonly Task[]): Task[] {
  const once = new Map<string, Task>();
  for (const task of tasks) {
    const before = once.get(task.id);
    once.set(task.id, before ? merged(before, task) : task);
  }
  return [...once.values()];
}

/** Returns what two records of one task say together, whichever came first: an end is final, and credits only grow. */
function merged(one: Task, other: Task): Task {
  const ends = [one, other].filter(({ state }) => isTerminal(state));
  const [state] = (ends.length > 0 ? ends : [one, other]).map((task) => task.state).sort();
  const models = [one.model, other.model].flatMap((model) => model ?? []).sort();
  const keys = [one.idempotencyKey, other.idempotencyKey].flatMap((key) => key ?? []).sort();
  return {
    ...one,
    state: state!,
    model: models[0],
    idempotencyKey: keys[0],
    createdAt: least(one.createdAt, other.createdAt),
    charged: most(one.charged, other.charged),
    refunded: most(one.refunded, other.refunded),
  };
}

const known = (numbers: (number | null | undefined)[]): number[] => numbers.flatMap((one) => one ?? []);
const most = (...numbers: (number | null | undefined)[]): number | undefined =>
  known(numbers).sort((a, b) => b - a)[0];
const least = (...numbers: (number | null | undefined)[]): number | undefined =>
  known(numbers).sort((a, b) => a - b)[0];

function listedRow(task: Task, record: RequestRecord | undefined): ModelSums {
  // An end is final, in either source.
  const state = [task.state, record?.status].find((one) => one !== undefined && isTerminal(one));
  const { quoted = null, charged = null, refunded: recorded } = record?.credits ?? {};
  const refunded = most(task.refunded, recorded) ?? null;
  const counts = countsOf(state ?? task.state, { quoted, charged: task.charged ?? charged, refunded });
  return { model: nameIn(record?.model ?? task.model) ?? null, ...counts };
}

function summedUp(rows: readonly ModelSums[], since: number | null) {
  const models = new Map<string | null, SpendingCounts>();
  for (const row of rows) models.set(row.model, plus(models.get(row.model) ?? NOTHING, row));
  const net = ({ charged, refunded }: SpendingCounts) => charged - refunded;
  const byNet = [...models].flatMap(([model, sums]) => (sums.tasks > 0 ? [{ model, ...sums }] : []));
  byNet.sort((a, b) => net(b) - net(a) || ((a.model ?? '') < (b.model ?? '') ? -1 : 1));
  const total = rows.reduce<SpendingCounts>(plus, NOTHING);
  return { kind: 'spending' as const, since, models: byNet, total };
}
