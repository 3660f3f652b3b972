import type { Issue } from './issue.ts';
import type { JsonObject } from './json.ts';
import type { AccountId, RequestRecord } from './request-record.ts';
import type { SubmitFacts } from './submit-facts.ts';
import type { TaskState } from './task.ts';

/** The stable error codes: the first eight are required of every client, the others say what those do not cover. */
export const ERROR_CODES = [
  'INVALID_MODEL',
  'INVALID_PAYLOAD',
  'AUTH_FAILED',
  'RATE_LIMITED',
  'INSUFFICIENT_CREDITS',
  'TASK_NOT_FOUND',
  'NETWORK_ERROR',
  'UNKNOWN_ERROR',
  'GENERATION_FAILED',
  'TASK_CANCELLED',
  'CANCEL_REJECTED',
  'BUDGET_EXCEEDED',
  'IDEMPOTENCY_CONFLICT',
  'SUBMIT_OUTCOME_UNKNOWN',
  'DOWNLOAD_FAILED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface FailureDetails {
  /**
   * Seconds after which the same call makes sense: the service's `Retry-After`, or until its list can tell, a permit is
   * free or another process is done.
   */
  retryAfter?: number | undefined;
  /** The task's state as last known; absent where no task is involved. */
  status?: TaskState | undefined;
  taskId?: string | undefined;
  issues?: Issue[] | undefined;
  /** The facts behind it, where its code alone does not say what to do. */
  reason?: Reason | undefined;
  /** It came before anything was submitted: an answer about the whole request says so, one about a part of it does not. */
  nothingSubmitted?: boolean | undefined;
  /** Its task was submitted and charged: it still runs, or it is finished. */
  charged?: 'running' | 'finished' | undefined;
  /** What is known of the submit of its task. */
  submit?: SubmitFacts | undefined;
  /** The service's answer, as it came. */
  record?: JsonObject | undefined;
  /** What of its files is there, and whether its task was resumed: facts of any failure, whatever its reason. */
  data?: JsonObject | undefined;
  /** A retry may succeed. */
  transient?: boolean | undefined;
  /** The service may have executed the request, although no usable answer came. Absent: it certainly did not. */
  unclear?: boolean | undefined;
  cause?: unknown | undefined;
}

/** An expected error, which ends the command with `ok: false`. Every other error that is thrown is a bug of this program. */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly details: FailureDetails;

  constructor(code: ErrorCode, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'Failure';
    this.code = code;
    this.details = details;
  }

  /** Returns the failure with more details. New details replace old ones. */
  with(details: FailureDetails): Failure {
    return new Failure(this.code, this.message, { ...this.details, ...details });
  }
}

/** Returns what an answer about the whole request says of a failure. */
export function wholeMessage({ message, details }: Failure): string {
  return details.nothingSubmitted ? `${message} Nothing was submitted.` : message;
}

/** Returns what the work came to, or the failure that ended it. Any other error is a bug, and is thrown. */
export async function orFailure<T>(work: Promise<T>): Promise<T | Failure> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Credits that a request may cost by its contract, at the date of the contract's price; a type, so that it is JSON. */
export type DatedEstimate = { least: number; most: number; asOf: string; note: string };

/** Forms of the same request that cost less. */
export interface Cheaper {
  model: string;
  /** The date of the prices; absent where none are known. */
  asOf: string | undefined;
  variants: readonly { change: JsonObject; credits: number }[];
  /** The credits that they may cost at most; null where that is not known. */
  most: number | null;
}

/** How many lines of a batch a sum allows, in their order, and of how many. */
export interface Fit {
  lines: number;
  of: number;
  /** The credits that the cheapest of them costs. */
  cheapest: number;
}

/**
 * Why no later list can tell whether a lost submit was accepted. `noList`: the service documents none. `similar`: a task in
 * it, or one that cannot be read, may be the one or that of another request. `cut`: it has as many
 * tasks as a page may hold, all of them newer. `resubmitted`: the request was submitted once more, and the list shows
 * neither task. `late`: it was submitted longer ago than the service is known to keep results.
 */
export type Undecidable = 'noList' | 'similar' | 'cut' | 'resubmitted' | 'late';

/** Why a submit has no known outcome yet. */
interface SubmitUnknown {
  kind: 'submitUnknown';
  model: string;
  idempotencyKey: string;
  /** ISO 8601: when it was sent, or a little earlier. */
  sentAt: string;
  /** A record of it is kept: the same command reconciles it. */
  isRecorded: boolean;
  /** Seconds until the service's list can tell. */
  after: number | undefined;
  /** Why no later list can tell, where that was found out. */
  why: Undecidable | undefined;
  /** The task that an unclear answer named. */
  named: string | undefined;
  /** Why the answer is missing, and what came of asking later. */
  lost: Failure;
  later: Failure | undefined;
  /** Why it was not sent once more; its words are about the first one then. */
  notResubmitted: Failure | undefined;
}

/** A model that has no contract with the provider, and what is known of its name. */
export interface ModelUnknown {
  kind: 'modelUnknown';
  provider: string;
  model: string;
  known:
    | { what: 'modelOf'; other: string }
    /** The name stands for these ids. */
    | { what: 'nameOf'; other: string; meant: readonly string[] }
    | { what: 'withoutContract'; other: string; page: string; why: string; instead?: string | undefined }
    | { what: 'nowhere'; near: string | undefined; models: readonly string[] };
}

/** `fit` is absent where the cap is met on the way. */
export interface SumAboveCap {
  kind: 'sumAboveCap';
  quoted: number;
  maxTotalCredits: number;
  fit?: Fit;
}

/** What a failure is about, beyond its code: the facts from which its advice is made. */
export type Reason =
  | SubmitUnknown
  | ModelUnknown
  | { kind: 'providerUnknown' }
  | { kind: 'contractUnusable'; file: string; provider: string }
  /** A payload that is a complete request body, and what it says beside the fields. */
  | {
      kind: 'wholeBody';
      model: string;
      input: string;
      beside: { name: string; received: string }[];
    }
  /** The task of this request is not shown by the service (any more, or yet). */
  | { kind: 'recordedTaskGone'; taskId: string; created: string }
  | { kind: 'recordedTaskYoung'; taskId: string }
  /** The records know this task, which was made at another service, at another address or with another key. */
  | { kind: 'madeElsewhere'; taskId: string; created: string; by: AccountId; here: AccountId }
  /** No key is set, so no live call can be made. */
  | { kind: 'keyMissing' }
  /** A task that the user found cannot be given to a request: it belongs to another one, or the request has another task. */
  | { kind: 'otherTask'; recordedTaskId: string }
  /** What `forget` met: no record (also of a key to which a found task was to be given), a submit that is under way, or one that has just ended. */
  | { kind: 'noRecord' | 'beingSubmitted' | 'justSubmitted' }
  /** One of the unfinished tasks is not shown any more. */
  | { kind: 'pendingTaskGone'; taskId: string }
  | { kind: 'takenOver' }
  | { kind: 'budgetBusy' }
  /** A version that keeps records elsewhere is submitting. */
  | { kind: 'olderVersion' }
  | { kind: 'noEstimate'; title: string; model: string; maxCredits: number }
  | {
      kind: 'estimateAboveCap';
      title: string;
      estimate: DatedEstimate;
      maxCredits: number;
      cheaper: Cheaper;
    }
  | { kind: 'quoteAboveCap'; quoted: number; maxCredits: number; cheaper: Cheaper }
  /** Lines of a batch that cost more than a line may; `most`: the price of the dearest. `sum`: so does the sum. */
  | {
      kind: 'linesAboveCap';
      lines: readonly number[];
      most: number;
      maxCredits: number;
      sum?: SumAboveCap | undefined;
    }
  | SumAboveCap
  | { kind: 'lineWithoutEstimate'; line: number; model: string; title: string }
  /** Lines of a batch are wrong; the issues name them. */
  | { kind: 'wrongLines' }
  /** A line of a batch, or its image, was changed while the batch ran. */
  | { kind: 'lineChanged' }
  | { kind: 'aboveDay'; quoted: number; spent: number | null; limit: number }
  /** `quoted`, `balance`: absent without a quote; `missing`: absent where one of the two is not known. */
  | {
      kind: 'shortOfCredits';
      quoted: number | undefined;
      balance: number | null | undefined;
      missing: number | undefined;
      cheaper: Cheaper | null;
      fit?: Fit;
    }
  /** `download`: where its record wants the file. */
  | { kind: 'notCancelled'; taskId: string; state: TaskState; download: string | null }
  /** The record names a result that is at no address that can be fetched. */
  | { kind: 'noAddress' }
  /** Another process is submitting this very request; its lock is this file. */
  | { kind: 'requestBusy'; isNew: boolean; lockFile: string }
  /** The newest record of this request is damaged. */
  | { kind: 'recordDamaged' }
  /** The idempotency key stands for another request. */
  | {
      kind: 'otherRequest';
      idempotencyKey: string;
      model: string;
      payloadHash: string;
      recorded: Pick<RequestRecord, 'model' | 'payloadHash' | 'taskId'>;
    }
  | { kind: 'unsupportedAction'; action: string }
  /** Others can change the folder of the records; a command may end that. */
  | { kind: 'unsafeFolder'; distrust: string; repair: string | null }
  /** The folder of the records; `lasts`: the same command meets the same error until the folder is changed. */
  | { kind: 'unreadableFolder' | 'unwritableFolder'; folder: string; why: string; lasts: boolean }
  | { kind: 'downloadFolder'; folder: string; why: string }
  /** The same of a task that has ended. */
  | { kind: 'resultFolder'; folder: string }
  /** A file has the name that was asked for, or came there meanwhile; `free`: a path beside it that no file has. */
  | { kind: 'outputTaken'; file: string; free: string; owner: FileOwner }
  | { kind: 'fileInTheWay'; file: string; free: string; owner?: FileOwner }
  | { kind: 'beingSaved' | 'fileTooLarge' }
  /**
   * The links of a task that ended COMPLETED are dead, or the service does not show it. `lostAt`: from then on that means
   * that its result is lost; ISO 8601, absent where that is not known.
   */
  | { kind: 'linkGone' | 'taskNotShown'; lostAt?: string }
  /** Neither this machine nor the service has the result any more: no later call will find it. */
  | { kind: 'resultGone' }
  | { kind: 'proxySettings' | 'proxyRefusal' | 'certificate' | 'handshake' }
  /** A name led to an address that a proxy program made up. */
  | { kind: 'addressOfProxy' };

/**
 * Whose a file is: it was saved for this very task, or for another one of its request, or nobody knows; else something else
 * has its name.
 */
export type FileOwner =
  | { is: 'thisTask' }
  | { is: 'otherTask'; taskId: string }
  | { is: 'unknown' }
  | { is: 'other' };

export type ReasonOf<K extends Reason['kind']> = Extract<Reason, { kind: K }>;
