import type { SavedFile } from '../download/download.ts';
import type { DatedEstimate, Failure } from '../model/failure.ts';
import type { OutputKind } from '../model/output-kind.ts';
import type { Credits, RequestRecord } from '../model/request-record.ts';
import type { SubmitWarning } from '../model/submit-facts.ts';
import type { SeenState, Task, TaskState } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import type { TaskStatus } from '../providers/provider.ts';

/** What the service last showed of a task: its status alone, or its record. */
export type Seen = SeenState &
  Pick<TaskStatus, 'unknownState' | 'record'> &
  Pick<Task, 'model' | 'error' | 'charged' | 'refunded'> & {
    urls?: string[] | undefined;
  };

/** A difference between the request and its result, although the call succeeded. */
export type Warning =
  | SubmitWarning
  | { kind: 'otherKind'; model: string; makes: OutputKind; file: string; contentType: string }
  | { kind: 'otherExtension'; asked: string; file: string }
  /** The wait ended before a query was permitted; the next one is due in so many seconds. */
  | { kind: 'noPermit'; seconds: number }
  /** A newer task, which the service does not show any more: this call passed it over. */
  | { kind: 'taskGone'; taskId: string }
  /** So many submits have an outcome that is not known: the newest request may be one of them. */
  | { kind: 'unknownSubmits'; count: number };

/** The earlier call that made a task. Times are in ISO 8601. */
export interface MadeBy {
  created: string;
  /** When the run for a new task began that made it; absent: it was made otherwise, or that is not known. */
  newRun?: string | undefined;
}

/** Returns when a request was made, and when the run with `isNew` that made it began. */
export const madeBy = ({ created, newRun }: RequestRecord): MadeBy => ({ created, newRun: newRun?.began });

/** How this call got to the task of a request. */
interface Origin {
  resumed?: MadeBy | undefined;
  isResubmitted?: boolean | undefined;
  reused?: MadeBy & { status: TaskState };
  /** The earlier call whose lost submit this one sent once more: it made the request, this one its task. */
  begun?: MadeBy | undefined;
}

/** What is known of a task beside what the service shows of it now. */
export interface TaskFacts {
  entry?: StoredRequest | undefined;
  task?: Task | undefined;
  /** Where it is not the record that says it. */
  model?: string | undefined;
  credits?: Credits | undefined;
  origin?: Origin | undefined;
}

/** The task of a request, as the service showed it to this call. */
export type ShownTask = TaskFacts & { task: Task };

/** The task of a request, as its record names it. */
export type RecordedTask = TaskFacts & { task?: undefined; entry: StoredRequest };

/** What a submit came to. */
export interface SubmittedTask {
  known: ShownTask | RecordedTask;
  warnings: SubmitWarning[];
}

/** Returns the model of a task, as far as it is known without the service. */
export function modelOf({ model, entry }: TaskFacts): string | undefined {
  return model ?? entry?.record.model;
}

/** The record that counts as delivered once the result has reached the caller. */
interface Delivery {
  entry: StoredRequest;
  status: TaskState;
  credits: Credits;
  /** ISO 8601; null where the task has ended, but not all that was asked for is there. */
  delivered: string | null;
}

interface ResultFacts extends Origin {
  taskId: string;
  seen: Seen;
  credits?: Credits | undefined;
  /** What its limit was compared with, where this call submitted it and the service gives no price. */
  estimate?: DatedEstimate | undefined;
  files?: SavedFile[] | undefined;
  warnings: Warning[];
  /** The record of its request, where there is one. */
  record?: RequestRecord | undefined;
  /** Why the last status query failed, where the state is from before it. */
  lastPollError?: Failure | undefined;
  /** Seconds until the next query makes sense. */
  retryAfter?: number | undefined;
  delivery?: Delivery | undefined;
}

export type TaskResult = ResultFacts &
  (
    | { kind: 'running' | 'completed' | 'failed' | 'cancelled' }
    | { kind: 'cancelledNow' }
    /** It is COMPLETED, but its record or its files could not be fetched. */
    | { kind: 'notFetched'; failure: Failure }
    | { kind: 'notCancelled'; failure: Failure }
  );

/** The submits of this key whose outcome is not known. */
export interface UnknownSubmits {
  unknown: number;
  /** Seconds after which the service's list can tell more; absent: it cannot. */
  after?: number | undefined;
  /** Why the list could not be read. */
  listFailure?: Failure | undefined;
}

/** There is no unfinished task. */
export interface NothingPending extends UnknownSubmits {
  kind: 'nothingPending';
}

export interface ManyResult extends UnknownSubmits {
  kind: 'many';
  items: { record: RequestRecord; ended: TaskResult | Failure }[];
  /** Which end the call waited for; with `first` the tasks that have ended come first. */
  until: 'first' | 'last';
  more: number;
}

/** Tells whether a result is lost: no later fetch can save it. */
export function isGone(result: TaskResult): boolean {
  return result.kind === 'notFetched' && result.failure.details.reason?.kind === 'resultGone';
}

/** Returns the credits that the quote and the service reported; null, never 0, where neither did. */
export function creditsOf({ charged, refunded }: Partial<Seen>, known?: Credits): Credits {
  return {
    quoted: known?.quoted ?? null,
    charged: charged ?? known?.charged ?? null,
    refunded: refunded ?? known?.refunded ?? null,
  };
}

/** Returns the result for the state of a task. The model of its request counts where the service's answer names none. */
export function taskResult(taskId: string, seen: Seen, known: TaskFacts = {}): TaskResult {
  const { credits, origin } = known;
  const model = modelOf(known);
  return {
    kind: KIND_OF_STATE[seen.state],
    taskId,
    seen: seen.model === undefined && model !== undefined ? { ...seen, model } : seen,
    credits: credits !== undefined || seen.charged !== undefined ? creditsOf(seen, credits) : undefined,
    warnings: [],
    record: known.entry?.record,
    ...origin,
  };
}

const KIND_OF_STATE = {
  SUBMITTED: 'running',
  PROGRESS: 'running',
  UNKNOWN: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCEL: 'cancelled',
} as const satisfies Record<TaskState, TaskResult['kind']>;
