import type { Lock } from '../disk/lock.ts';
import { claimWish } from '../journal/claim.ts';
import { payloadHash } from '../journal/fingerprint.ts';
import type { Entry, Journal } from '../journal/journal.ts';
import type { Credits } from '../journal/record.ts';
import type { Intent } from '../providers/provider.ts';
import { Failure } from '../types/failure.ts';
import type { Task } from '../types/task.ts';
import { checkFunds, withinDay } from './funds.ts';
import type { GenerateOptions } from './generate.ts';
import { creditsOf } from './outcome.ts';
import type { Session } from './session.ts';
import { type Settled, settleEarlier, submit } from './submit.ts';

type Wish = Pick<GenerateOptions, 'contract' | 'intent' | 'terms'> & {
  /** Where its files are wanted; absolute. */
  folder: string | null;
};

/** The record of a wish; with the task, where this process brought it about. */
export interface RecordedTask {
  entry: Entry;
  credits: Credits;
  /** Absent: the record names it, and it is still to be looked at. */
  task?: Task;
  /** It was there before this command. */
  isResumed: boolean;
}

/**
 * The task of a wish: the one that it has already, or a new one. On the disk before it goes to the service, and before
 * anything waits for it.
 * @param deadline on the monotonic clock
 */
export async function recordedTask(
  session: Session,
  journal: Journal,
  wish: Wish,
  deadline: number,
): Promise<RecordedTask> {
  const { intent, terms, folder } = wish;
  const claimed = await claimWish(
    journal,
    {
      model: intent.model,
      payloadHash: payloadHash(intent.payload),
      idempotencyKey: intent.idempotencyKey,
      isNamed: terms.isNamed,
      isNew: terms.isNew,
      owner: terms.owner,
      download: folder,
    },
    deadline,
    session.api.signal,
  );
  const { entry } = claimed;
  if (claimed.kind === 'submitted') {
    // A folder that was asked for once stays asked for: a file that is not wanted this time is saved all the same.
    if (folder !== null && entry.record.download !== folder) await entry.update({ download: folder });
    return { entry, credits: entry.record.credits, isResumed: true };
  }
  const certainty = watched(session);
  try {
    const givenUp: Entry[] = [];
    for (const earlier of claimed.kind === 'new' ? claimed.unsettled : []) {
      if (!(await adopt(session, intent, earlier, deadline))) givenUp.push(earlier);
    }
    const { task, wasThere } =
      claimed.kind === 'new'
        ? await submitNew(certainty.session, journal, wish, claimed, deadline)
        : await settleKnown(certainty.session, journal, wish, entry, deadline);
    const credits = creditsOf(task, entry.record.credits);
    // Nobody else can have dropped it while the lock is held: whatever has become of the file, the id must not be lost.
    const change = { phase: 'submitted', taskId: task.id, status: task.state, credits } as const;
    await entry.update(change, { isOurs: true });
    // Only now is there another one in their place.
    for (const earlier of givenUp) await earlier.update({ phase: 'abandoned' });
    if (wasThere) session.observer.attached(task.id, entry.record.created);
    session.observer.task(task.id, task.state);
    return { entry, credits, task, isResumed: wasThere };
  } catch (error) {
    const lost = error instanceof Failure && error.code === 'SUBMIT_OUTCOME_UNKNOWN' ? error : null;
    // An answer may name a task beside an error: the next run asks what became of it.
    const named = lost?.details.taskId;
    if (lost) {
      await entry.update(({ taskId }) =>
        taskId === null ? { phase: 'unknown', ...(named !== undefined && { taskId: named }) } : {},
      );
    } else if (claimed.kind === 'new' && !certainty.mayBeTaken() && claimed.lock.isOurs()) entry.drop();
    throw error;
  } finally {
    claimed.lock.release();
  }
}

async function submitNew(
  session: Session,
  journal: Journal,
  { contract, intent, terms }: Wish,
  { entry, lock }: { entry: Entry; lock: Lock },
  deadline: number,
): Promise<Settled> {
  const quote = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
  entry.record.credits.quoted = quote?.credits ?? null;
  await withinDay(session, journal, terms.maxCreditsPerDay, quote, () => entry.begin());
  // A machine may have slept since the lock was taken, for so long that others took this process for dead.
  if (!lock.isOurs()) {
    throw new Failure('UNKNOWN_ERROR', 'Another process took this wish over; nothing was submitted here.', {
      nextSteps: [
        'The same command goes on with what that process does, and charges nothing:',
        session.again,
      ],
    });
  }
  return { task: await submit(session, intent, deadline), wasThere: false };
}

/**
 * A person decided to go on without knowing what became of an earlier submit. Where the service's list shows its task it
 * is still to be handed over.
 * @returns whether it does
 */
async function adopt(session: Session, intent: Intent, entry: Entry, deadline: number): Promise<boolean> {
  const { idempotencyKey, created, credits } = entry.record;
  const observer = { ...session.observer, submitting: () => {}, refused: () => {} };
  const beforeResend = () => Promise.reject(new Failure('UNKNOWN_ERROR', 'It is not sent again.'));
  try {
    const sentAt = Date.parse(created);
    const { task } = await settleEarlier(
      { ...session, observer },
      { ...intent, idempotencyKey },
      { sentAt, deadline, beforeResend },
    );
    const change = { phase: 'submitted', taskId: task.id, status: task.state } as const;
    await entry.update({ ...change, credits: creditsOf(task, credits) }, { isOurs: true });
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function settleKnown(
  session: Session,
  journal: Journal,
  { contract, intent, terms }: Wish,
  entry: Entry,
  deadline: number,
): Promise<Settled> {
  const { idempotencyKey, created } = entry.record;
  const beforeResend = async () => {
    const quote = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
    await withinDay(session, journal, terms.maxCreditsPerDay, quote, async () => {}, entry);
    if (quote) await entry.update(({ credits }) => ({ credits: { ...credits, quoted: quote.credits } }));
  };
  return settleEarlier(
    session,
    { ...intent, idempotencyKey },
    { sentAt: Date.parse(created), deadline, beforeResend },
  );
}

/** The session, and whether its submit may have been taken when it was left. */
function watched(session: Session): { session: Session; mayBeTaken(): boolean } {
  let mayBeTaken = false;
  const { observer } = session;
  const note = (taken: boolean, tell: () => void) => () => {
    mayBeTaken = taken;
    tell();
  };
  return {
    mayBeTaken: () => mayBeTaken,
    session: {
      ...session,
      observer: {
        ...observer,
        submitting: note(true, () => observer.submitting()),
        refused: note(false, () => observer.refused()),
      },
    },
  };
}
