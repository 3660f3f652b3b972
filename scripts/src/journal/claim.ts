import type { Lock } from '../disk/lock.ts';
import { Failure } from '../types/failure.ts';
import { intentOf } from './fingerprint.ts';
import type { Entry, Journal } from './journal.ts';

/** A wish as the journal knows it. */
export interface WishClaim {
  model: string;
  payloadHash: string;
  /** What a new submit would carry. */
  idempotencyKey: string;
  /** The key was given for this wish, and says which wish is meant. */
  isNamed: boolean;
  /** A new wish is meant, whatever there is. */
  isNew: boolean;
  owner: string | null;
  download: string | null;
}

/** What a wish turned out to be. Who is given the lock may submit, and nobody else may until it is released. */
export type Claimed =
  /** A wish that nobody made before, or one more of the same. Its record is not on the disk yet. */
  | {
      kind: 'new';
      entry: Entry;
      lock: Lock /** Earlier ones that nobody knows the end of. */;
      unsettled: Entry[];
    }
  /** One that an earlier process may have submitted. */
  | { kind: 'unsettled'; entry: Entry; lock: Lock }
  /** One that has a task. */
  | { kind: 'submitted'; entry: Entry };

const PAUSE_MS = 100;

/**
 * Finds out what a wish is, and keeps every other process from submitting it at the same time.
 * @param deadline on the monotonic clock: until then a process that is submitting it is waited for
 * @throws Failure when it may not be submitted and has no task to go on with
 */
export async function claimWish(
  journal: Journal,
  wish: WishClaim,
  deadline: number,
  signal?: AbortSignal,
): Promise<Claimed> {
  const { place } = journal;
  const { provider, service, account, clock } = place;
  const idempotencyKey = wish.isNamed ? wish.idempotencyKey : undefined;
  const intent = intentOf({ ...wish, provider, service, account, idempotencyKey });
  journal.prepare();
  for (;;) {
    if (!wish.isNew) {
      const known = knownWish(journal, intent, wish);
      if (known && known.record.taskId !== null) return { kind: 'submitted', entry: known };
    }
    const lock = await journal.lock(intent, 0);
    if ('heldBy' in lock) {
      if (clock.monotonic() >= deadline) throw busy(lock, wish);
      await clock.sleep(PAUSE_MS * (0.5 + clock.random()), signal);
      continue;
    }
    try {
      // Looked at again: another process may have come first.
      const known = wish.isNew ? undefined : knownWish(journal, intent, wish);
      if (known && known.record.taskId !== null) {
        lock.release();
        return { kind: 'submitted', entry: known };
      }
      if (known) return { kind: 'unsettled', entry: known, lock };
      const unsettled = wish.isNew ? unsettledOf(journal, intent) : [];
      journal.sweep();
      return { kind: 'new', entry: draft(journal, intent, wish), lock, unsettled };
    } catch (error) {
      lock.release();
      throw error;
    }
  }
}

/** The newest record of an intent that still has something to come; what is settled and delivered counts no more. */
function knownWish(journal: Journal, intent: string, wish: WishClaim): Entry | undefined {
  const { entries, isUnreadable } = journal.find(intent);
  if (isUnreadable) throw unreadable(wish);
  const other = entries.find(
    ({ record }) => record.payloadHash !== wish.payloadHash || record.model !== wish.model,
  );
  if (other) throw conflict(wish, other);
  // A key that was given names its wish for good: the same key never means a second charge.
  return entries.find((entry) => entry.wasPending || (wish.isNamed && entry.record.taskId !== null));
}

function unsettledOf(journal: Journal, intent: string): Entry[] {
  return journal.find(intent).entries.filter(({ isPending, record }) => isPending && record.taskId === null);
}

function draft(journal: Journal, intent: string, wish: WishClaim): Entry {
  const { provider, service, account } = journal.place;
  return journal.draft({
    intent,
    provider,
    service,
    account,
    owner: wish.owner,
    model: wish.model,
    payloadHash: wish.payloadHash,
    idempotencyKey: wish.idempotencyKey,
    phase: 'submitting',
    taskId: null,
    status: 'UNKNOWN',
    checked: null,
    delivered: null,
    download: wish.download,
    credits: { quoted: null, charged: null, refunded: null },
    files: [],
  });
}

function busy(
  { heldBy: { pid, host }, file }: { heldBy: { pid: number; host: string }; file: string },
  { isNew }: WishClaim,
): Failure {
  const goesOn = 'goes on with the task of that process, and charges nothing';
  return new Failure(
    'SUBMIT_OUTCOME_UNKNOWN',
    `Another process (${pid} on ${host}) is submitting this very wish; what came of it is not known yet.`,
    {
      status: 'UNKNOWN',
      nextSteps: [
        isNew
          ? `Nothing was submitted by this command. The same command without --new ${goesOn}; with --new, later, it is one more charge.`
          : `Run the same command again a little later: it ${goesOn}.`,
        `If there is certainly no such process any more, remove ${file} first.`,
      ],
    },
  );
}

function unreadable({ isNamed }: WishClaim): Failure {
  return new Failure(
    'SUBMIT_OUTCOME_UNKNOWN',
    'The newest record of this wish cannot be read, so it is not known whether it was submitted and charged. Nothing was submitted now.',
    {
      status: 'UNKNOWN',
      nextSteps: [
        "Do not submit this again before you know: look for its task in the service's own list.",
        `If the person decides that it may be charged once more: the same command with ${isNamed ? 'another --idempotencyKey' : '--new'}.`,
      ],
    },
  );
}

function conflict(wish: WishClaim, { record }: Entry): Failure {
  return new Failure(
    'IDEMPOTENCY_CONFLICT',
    `--idempotencyKey ${wish.idempotencyKey} already stands for another wish. Nothing was submitted.`,
    {
      data: {
        model: wish.model,
        payloadHash: wish.payloadHash,
        recordedModel: record.model,
        recordedPayloadHash: record.payloadHash,
        recordedTaskId: record.taskId,
      },
      nextSteps: [
        'For the earlier wish, run its command unchanged; for another wish, give another --idempotencyKey or none.',
      ],
    },
  );
}
