import { Failure, orFailure } from '../../model/failure.ts';
import { isObject } from '../../model/json.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { Session } from '../session.ts';
import { mayCancel } from './may-cancel.ts';

/** A task of which a cancel may still work. */
export interface Cancellable {
  taskId: string;
  model: string | undefined;
  promptExcerpt: string | null;
  /** ISO 8601; undefined where that is not known. */
  created: string | undefined;
  /** When it was last seen SUBMITTED, where that was before this call; ISO 8601. */
  seen?: string;
  isRecorded: boolean;
}

export interface CancellableResult {
  kind: 'cancellable';
  /** Newest first. */
  tasks: Cancellable[];
  /** How many more there are. */
  more: number;
  /** The requests whose submit has no known outcome, newest first. */
  lost: RequestRecord[];
  /** Seconds until the list can tell of the submit of such a record; absent: it has been clear of it for a minute. */
  clearAfter: ReadonlyMap<RequestRecord, number>;
  /** The service's list was read: it is what `tasks` say. */
  isListed: boolean;
  /** Why that list could not be read. */
  listFailure?: Failure | undefined;
}

const MOST_TASKS = 5;
// A cancel works only before the work begins, so the way to it is short.
const LIST_MS = 5_000;

/**
 * Returns the tasks of this key that can be cancelled, as the service lists them now; by the records, where the list cannot
 * be read. @throws Failure AUTH_FAILED
 */
export async function cancellable(session: Session): Promise<CancellableResult> {
  const { api, provider } = session;
  const filter = { since: null, states: ['SUBMITTED' as const], model: null, limit: MOST_TASKS };
  const { listTasks } = await import('./list-tasks.ts');
  const list = provider.can.list ? await orFailure(listTasks(session, filter, LIST_MS)) : null;
  if (list instanceof Failure && list.code === 'AUTH_FAILED') throw list;
  const store = await session.records();
  const pending = await orFailure((async () => (await store?.pending()) ?? [])());
  // The list serves without the records.
  const own = pending instanceof Failure ? [] : pending.filter((entry) => store?.isOwn(entry));
  const records = own.map(({ record }) => record);
  const known = await recordedCancellable(records, api.clock.wall());
  if (list === null || list instanceof Failure) return { ...known, listFailure: list ?? undefined };
  const { promptExcerpt } = await import('../record/prompt-excerpt.ts');
  const { clearIn } = await import('../reconcile/reconcile.ts');
  const tasks = list.tasks.map(({ task: { id, model, input, createdAt }, request }) => ({
    taskId: id,
    model,
    promptExcerpt: request ? request.promptExcerpt : isObject(input) ? promptExcerpt(input) : null,
    created: createdAt === undefined ? request && madeOn(request) : new Date(createdAt).toISOString(),
    isRecorded: request !== undefined,
  }));
  const { lost } = known;
  const clearAfter = new Map(
    lost.flatMap((record) => {
      const seconds = clearIn(record, api);
      return seconds > 0 ? [[record, seconds] as const] : [];
    }),
  );
  const more = list.matched - tasks.length;
  return { kind: 'cancellable', tasks, more, lost, clearAfter, isListed: true };
}

/** Returns what the records alone say of the same. No network. @param now by the wall clock */
export async function recordedCancellable(
  records: readonly RequestRecord[],
  now: number,
): Promise<CancellableResult> {
  const tasks: Cancellable[] = [];
  for (const record of records) {
    const { taskId, model, promptExcerpt, checked } = record;
    const created = madeOn(record);
    if (await mayCancel(record, now))
      tasks.push({
        taskId: taskId!,
        model,
        promptExcerpt,
        created,
        seen: checked ?? created,
        isRecorded: true,
      });
  }
  const lost = records.filter(({ taskId }) => taskId === null);
  const shown = tasks.slice(0, MOST_TASKS);
  const more = tasks.length - shown.length;
  return { kind: 'cancellable', tasks: shown, more, lost, clearAfter: new Map(), isListed: false };
}

/** Returns when the task of a record was made, about: where it was submitted twice, the record was made with the first submit. */
const madeOn = ({ resubmitted, created, unsettledSince }: RequestRecord): string =>
  resubmitted ? unsettledSince : created;
