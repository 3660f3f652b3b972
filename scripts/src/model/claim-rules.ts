import { Failure } from './failure.ts';
import { requestName } from './fingerprint.ts';
import { compact } from './json.ts';
import type { AccountId, RequestRecord } from './request-record.ts';

/** A request that a caller wants to submit: what its record will say, with the key of a new submit. */
export interface RequestClaim
  extends Pick<
    RequestRecord,
    | 'model'
    | 'payloadHash'
    | 'idempotencyKey'
    | 'owner'
    | 'download'
    | 'output'
    | 'ordinal'
    | 'newRun'
    | 'wait'
  > {
  promptExcerpt?: string | null;
  /** The user gave the key, so the key identifies the request. */
  isNamed: boolean;
  /** The user wants a new task, even if the request has one. */
  isNew: boolean;
}

/** What tells a request from others of its account. */
export type RequestIdentity = Pick<
  RequestClaim,
  'model' | 'payloadHash' | 'ordinal' | 'isNamed' | 'idempotencyKey'
>;

/** Who has the right to submit a request, or to spend. */
export interface Holder {
  pid: number;
  host: string;
}

/** Returns the name of a request: the same for a repeated command, or for a repeated key that the user gave. */
export function requestNameOf(request: RequestIdentity, account: AccountId): string {
  const idempotencyKey = request.isNamed ? request.idempotencyKey : undefined;
  return requestName({ ...request, ...account, idempotencyKey });
}

interface Recorded {
  readonly record: RequestRecord;
}

/**
 * Returns the newest record that is neither rejected nor replaced; undefined where the request is to be submitted.
 * @param entries newest first; null for one that cannot be read
 * @throws Failure where that is not known, or where the idempotency key stands for another request
 */
export function knownRecord<E extends Recorded>(
  entries: readonly (E | null)[],
  claim: RequestClaim,
): E | undefined {
  if (claim.isNew) return undefined;
  for (const entry of entries) {
    if (entry === null) throw unreadable();
    if (!mayCount(entry)) continue;
    const { payloadHash, model } = entry.record;
    if (payloadHash !== claim.payloadHash || model !== claim.model) throw conflict(claim, entry.record);
    return entry;
  }
  return undefined;
}

/** Returns the name that a request has where the user gave no key. */
export function nameOfPayload(
  payload: Pick<RequestClaim, 'model' | 'payloadHash' | 'ordinal'>,
  account: AccountId,
): string {
  return requestName({ ...payload, ...account, idempotencyKey: undefined });
}

/** Returns the newest record that is neither rejected nor replaced: null for one that cannot be read. */
export function newestOf<E extends Recorded>(entries: readonly (E | null)[]): E | null | undefined {
  return entries.find((entry) => entry === null || mayCount(entry));
}

const mayCount = ({ record: { phase } }: Recorded): boolean => phase !== 'rejected' && phase !== 'abandoned';

/** Returns the newest of some records that was not rejected. @param entries null for one that cannot be read */
export function newestMade<E extends Recorded>(entries: readonly (E | null)[]): E | undefined {
  const made = entries.filter((entry) => entry !== null && entry.record.phase !== 'rejected') as E[];
  return made.sort((a, b) => Date.parse(b.record.created) - Date.parse(a.record.created))[0];
}

/** Returns the earlier submits of a request whose outcome is unknown, where the user wants a new task. */
export function lostSubmitsOf<E extends Recorded>(entries: readonly E[], claim: RequestClaim): E[] {
  if (!claim.isNew) return [];
  return entries.filter((entry) => mayCount(entry) && entry.record.taskId === null);
}

/** Returns the first record of a claimed request, without its dates. */
export function firstRecord(
  claim: RequestClaim,
  account: AccountId,
): Omit<RequestRecord, 'created' | 'sentAt' | 'unsettledSince' | 'submitTimeout' | 'duration'> {
  const { owner, model, payloadHash, promptExcerpt = null, idempotencyKey, wait, download } = claim;
  const { output, ordinal = 1, newRun } = claim;
  const { provider, service, account: id } = account;
  return compact({
    request: requestNameOf(claim, account),
    provider,
    service,
    account: id,
    owner,
    model,
    payloadHash,
    promptExcerpt,
    idempotencyKey,
    phase: 'submitting' as const,
    taskId: null,
    status: 'UNKNOWN' as const,
    resubmitted: false,
    checked: null,
    delivered: null,
    used: null,
    wait,
    download,
    fileCount: null,
    credits: { quoted: null, charged: null, refunded: null },
    files: [],
    output: output || undefined,
    ordinal: ordinal > 1 ? ordinal : undefined,
    newRun,
  });
}

// About as long as a submit takes.
const BUSY_S = 5;

/** Returns the failure of a request that another process is submitting. @param lock where its right is kept */
export function busy({ pid, host }: Holder, lock: string, { isNew }: RequestClaim): Failure {
  const message = `Another process (${pid} on ${host}) is submitting this very request; its outcome is not known yet.`;
  return new Failure('SUBMIT_OUTCOME_UNKNOWN', message, {
    status: 'UNKNOWN',
    retryAfter: BUSY_S,
    reason: { kind: 'requestBusy', isNew, lockFile: lock },
  });
}

function unreadable(): Failure {
  const message =
    'The newest record of this request is damaged, so it is not known whether it was submitted and charged. Nothing was submitted now.';
  return new Failure('SUBMIT_OUTCOME_UNKNOWN', message, {
    status: 'UNKNOWN',
    reason: { kind: 'recordDamaged' },
  });
}

function conflict(claim: RequestClaim, record: RequestRecord): Failure {
  const { idempotencyKey, model, payloadHash } = claim;
  const message = `The idempotency key ${idempotencyKey} already stands for another request.`;
  return new Failure('IDEMPOTENCY_CONFLICT', message, {
    nothingSubmitted: true,
    reason: { kind: 'otherRequest', idempotencyKey, model, payloadHash, recorded: record },
  });
}

/** Returns why a submit is not sent: while this process was suspended, or its record was gone, another one took the request over. */
export function takenOver(): Failure {
  const message = 'Another process took this request over; nothing was submitted here.';
  return new Failure('UNKNOWN_ERROR', message, { reason: { kind: 'takenOver' } });
}
