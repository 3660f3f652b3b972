import { Failure } from '../../model/failure.ts';
import { requestName } from './fingerprint.ts';
import type { Entry, Journal } from './journal.ts';
import type { Lock } from './lock.ts';

/** A request as the journal knows it. */
export interface RequestClaim {
  model: string;
  payloadHash: string;
  promptExcerpt?: string | null;
  /** The key of a new submit. */
  idempotencyKey: string;
  /** The user gave the key, so the key identifies the request. */
  isNamed: boolean;
  /** The user wants a new task, even if the request has one. */
  isNew: boolean;
  owner: string | null;
  download: string | null;
  /** Seconds that its command waits; null when the command does not say. */
  wait: number | null;
}

/** What the journal knows of a request. The holder of the lock may submit; no other process may until it is released. */
export type Claimed =
  /** It was never submitted, or the user wants a new task. Its record is not on the disk yet. */
  | {
      kind: 'new';
      entry: Entry;
      lock: Lock;
      /** Earlier records of the request whose outcome is unknown. */
      unsettled: Entry[];
    }
  /** An earlier process may have submitted it. */
  | { kind: 'unsettled'; entry: Entry; lock: Lock }
  /** It has a task, which may have ended. */
  | { kind: 'submitted'; entry: Entry };

const PAUSE_MS = 100;
// About as long as a submit takes.
const BUSY_S = 5;

/**
 * Returns what the journal knows of a request, and prevents other processes from submitting it at the same time. The same
 * request has the same task until the user wants a new one.
 * @param deadline how long to wait for another process that submits the request, on the monotonic clock
 * @throws Failure when the request has no task and must not be submitted
 */
export async function claimRequest(
  journal: Journal,
  claim: RequestClaim,
  deadline: number,
  signal?: AbortSignal,
): Promise<Claimed> {
  const { provider, service, account, clock } = journal.place;
  const idempotencyKey = claim.isNamed ? claim.idempotencyKey : undefined;
  const request = requestName({ ...claim, provider, service, account, idempotencyKey });
  journal.prepare();
  for (;;) {
    const known = claim.isNew ? undefined : knownEntry(journal, request, claim);
    if (known && known.record.taskId !== null) return { kind: 'submitted', entry: known };
    const lock = await journal.lock(request, 0);
    if (!('heldBy' in lock)) return underLock(journal, request, claim, lock);
    if (clock.monotonic() >= deadline) throw busy(lock, claim);
    await clock.sleep(PAUSE_MS * (0.5 + clock.random()), signal);
  }
}

/** Reads the journal again under the lock: another process may have submitted the request. */
function underLock(journal: Journal, request: string, claim: RequestClaim, lock: Lock): Claimed {
  try {
    const known = claim.isNew ? undefined : knownEntry(journal, request, claim);
    if (known && known.record.taskId !== null) {
      lock.release();
      return { kind: 'submitted', entry: known };
    }
    if (known) return { kind: 'unsettled', entry: known, lock };
    const entries = journal.find(request).filter((entry) => entry !== null);
    for (const entry of entries) if (entry.record.phase === 'rejected') entry.drop();
    const unsettled = claim.isNew
      ? entries.filter(({ isPending, record }) => isPending && record.taskId === null)
      : [];
    journal.sweep();
    return { kind: 'new', entry: draft(journal, request, claim), lock, unsettled };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Returns the newest record of a request, without rejected and abandoned ones. */
function knownEntry(journal: Journal, request: string, claim: RequestClaim): Entry | undefined {
  for (const entry of journal.find(request)) {
    if (entry === null) throw unreadable();
    const { phase, payloadHash, model } = entry.record;
    if (phase === 'rejected' || phase === 'abandoned') continue;
    if (payloadHash !== claim.payloadHash || model !== claim.model) throw conflict(claim, entry);
    return entry;
  }
  return undefined;
}

function draft(journal: Journal, request: string, claim: RequestClaim): Entry {
  const { provider, service, account } = journal.place;
  return journal.draft({
    request,
    provider,
    service,
    account,
    owner: claim.owner,
    model: claim.model,
    payloadHash: claim.payloadHash,
    promptExcerpt: claim.promptExcerpt ?? null,
    idempotencyKey: claim.idempotencyKey,
    phase: 'submitting',
    resubmitted: false,
    taskId: null,
    status: 'UNKNOWN',
    checked: null,
    delivered: null,
    used: null,
    wait: claim.wait,
    download: claim.download,
    fileCount: null,
    credits: { quoted: null, charged: null, refunded: null },
    files: [],
  });
}

function busy(
  { heldBy: { pid, host }, file }: { heldBy: { pid: number; host: string }; file: string },
  { isNew }: RequestClaim,
): Failure {
  return new Failure(
    'SUBMIT_OUTCOME_UNKNOWN',
    `Another process (${pid} on ${host}) is submitting this very request; its outcome is not known yet.`,
    { status: 'UNKNOWN', retryAfter: BUSY_S, reason: { kind: 'requestBusy', isNew, lockFile: file } },
  );
}

function unreadable(): Failure {
  return new Failure(
    'SUBMIT_OUTCOME_UNKNOWN',
    'The newest record of this request is damaged, so it is not known whether it was submitted and charged. Nothing was submitted now.',
    { status: 'UNKNOWN', reason: { kind: 'recordDamaged' } },
  );
}

function conflict(claim: RequestClaim, { record }: Entry): Failure {
  return new Failure(
    'IDEMPOTENCY_CONFLICT',
    `The idempotency key ${claim.idempotencyKey} already stands for another request. Nothing was submitted.`,
    {
      data: {
        model: claim.model,
        payloadHash: claim.payloadHash,
        recordedModel: record.model,
        recordedPayloadHash: record.payloadHash,
        recordedTaskId: record.taskId,
      },
      reason: { kind: 'otherRequest', idempotencyKey: claim.idempotencyKey },
    },
  );
}
