import { Failure } from '../../model/failure.ts';
import { requestName } from './fingerprint.ts';
import type { Entry, Journal } from './journal.ts';
import type { Lock } from './lock.ts';

/** A request as the journal knows it. */
export interface RequestClaim {
  model: string;
  payloadHash: string;
  /** What a new submit would carry. */
  idempotencyKey: string;
  /** The key was given for this request, and says which one is meant. */
  isNamed: boolean;
  /** Another task of it is meant, whatever there is. */
  isNew: boolean;
  owner: string | null;
  download: string | null;
  /** Seconds that its command waits; null where it has none. */
  wait: number | null;
}

/** What a request turned out to be. Who is given the lock may submit, and nobody else may until it is released. */
export type Claimed =
  /** It was never submitted, or another task of it is meant. Its record is not on the disk yet. */
  | {
      kind: 'new';
      entry: Entry;
      lock: Lock /** Earlier ones of which nobody knows the outcome. */;
      unsettled: Entry[];
    }
  /** An earlier process may have submitted it. */
  | { kind: 'unsettled'; entry: Entry; lock: Lock }
  /** It has a task, which may have ended. */
  | { kind: 'submitted'; entry: Entry };

const PAUSE_MS = 100;

/**
 * Finds out what has become of a request, and keeps every other process from submitting it at the same time. The same
 * request is the same task until another one is asked for.
 * @param deadline on the monotonic clock: until then a process that is submitting it is waited for
 * @throws Failure when it may not be submitted and has no task
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

/** Asked again, because another process may have come first. */
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

/** The newest record of a request, apart from those of which there will never be a task. */
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
    { status: 'UNKNOWN', reason: { kind: 'requestBusy', isNew, lockFile: file } },
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
