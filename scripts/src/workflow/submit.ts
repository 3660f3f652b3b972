import type { Intent } from '../providers/provider.ts';
import { flagWords, quoteWord } from '../types/command-line.ts';
import { Failure } from '../types/failure.ts';
import type { Task } from '../types/task.ts';
import { resumeCommand } from './outcome.ts';
import { type Session, shortDeadline } from './session.ts';
import { findOwn } from './settle.ts';

// A service may list a task a moment after it took the submit.
const SECOND_LOOK_MS = 1_000;
// By then a list shows what was submitted; a refusal of the second submit then speaks for the first one too.
const LIST_LAG_MS = 60_000;
// Results are kept for 24 hours. What a list shows of older tasks is not known, nor how long a key is remembered.
const RESEND_WITHIN_MS = 24 * 3600_000;

/**
 * Submits one intent and returns its task. It is sent again only where the service certainly did not take it, or where
 * its task list shows no trace of it and the service replays idempotency keys; then once.
 * @param deadline on the monotonic clock: until then a refused submit may be repeated
 * @throws Failure SUBMIT_OUTCOME_UNKNOWN when nobody can tell; any other failure means that nothing was submitted
 */
export function submit(session: Session, intent: Intent, deadline: number): Promise<Task> {
  return observed(session, () => sendOrSettle(session, intent, deadline));
}

/**
 * The task of an intent that an earlier process may have submitted before it ended. Found out as for an answer that was
 * lost, and sent again under the same condition.
 * @param sentAt by the wall clock: not later than the first submit
 * @param beforeResend may refuse, by throwing, that it is sent again
 */
export function settleEarlier(
  session: Session,
  intent: Intent,
  { sentAt, deadline, beforeResend }: { sentAt: number; deadline: number; beforeResend(): Promise<void> },
): Promise<Settled> {
  const now = timeOf(session);
  const lost = new Failure(
    'NETWORK_ERROR',
    'An earlier run of this command did not learn what became of its submit.',
  );
  const sent = { wall: sentAt, monotonic: now.monotonic - (now.wall - sentAt) };
  return observed(session, () => settle(session, intent, sent, lost, deadline, beforeResend));
}

/** A task, and whether it was there already or has come of a submit just now. */
export interface Settled {
  task: Task;
  wasThere: boolean;
}

async function observed<T>({ observer }: Session, send: () => Promise<T>): Promise<T> {
  observer.submitting();
  try {
    return await send();
  } catch (error) {
    if (error instanceof Failure && !error.details.unclear && error.code !== 'SUBMIT_OUTCOME_UNKNOWN') {
      observer.refused();
    }
    throw error;
  }
}

async function sendOrSettle(session: Session, intent: Intent, deadline: number): Promise<Task> {
  const sentAt = timeOf(session);
  try {
    return await sendUntilTaken(session, intent, deadline);
  } catch (lost) {
    if (!isUnclear(lost)) throw lost;
    if (session.provider.can.list) session.observer.troubled(lost);
    return (await settle(session, intent, sentAt, lost, deadline)).task;
  }
}

/** Repeats what was certainly not taken; throws at the first answer that is lost. */
async function sendUntilTaken(
  session: Session,
  intent: Intent,
  deadline: number,
  isResend = false,
): Promise<Task> {
  const { api, provider, observer } = session;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.once(provider.submit(intent), { fresh: true });
    } catch (error) {
      if (isUnclear(error)) throw error;
      const pause = api.pauseBefore(error, attempt, deadline);
      // Between two attempts nothing is under way: whoever interrupts now must not cause another one.
      if (!isResend) observer.refused();
      await api.clock.sleep(pause, api.signal);
      if (!isResend) observer.submitting();
    }
  }
}

async function settle(
  session: Session,
  intent: Intent,
  sentAt: { wall: number; monotonic: number },
  lost: Failure,
  deadline: number,
  beforeResend?: () => Promise<void>,
): Promise<Settled> {
  const { api, provider } = session;
  if (!provider.can.list) throw await outcomeUnknown(session, intent, lost);
  const search = async (): Promise<Settled | undefined> => {
    let found: Task | 'unsure' | undefined;
    try {
      // A task that belongs to another wish is not this one's, however alike they are.
      const taken = await takenTasks(session);
      const list = await api.read(provider.list(), Math.max(deadline, shortDeadline(session)));
      const time = timeOf(session);
      // One clock may have been set back meanwhile, the other stands still while a machine sleeps: the later one counts.
      const now = Math.max(time.wall, sentAt.wall + time.monotonic - sentAt.monotonic);
      const tasks = list.tasks.filter(({ id }) => !taken.has(id));
      found = findOwn({ ...list, tasks }, intent, { sentAt: sentAt.wall, now });
    } catch (error) {
      throw error instanceof Failure ? await outcomeUnknown(session, intent, lost, error) : error;
    }
    if (found === 'unsure') throw await outcomeUnknown(session, intent, lost);
    return found && { task: found, wasThere: true };
  };

  const first = await search();
  if (first) return first;
  await api.clock.sleep(SECOND_LOOK_MS, api.signal);
  const second = await search();
  if (second) return second;
  const age = timeOf(session).wall - sentAt.wall;
  if (!provider.can.replay || age > RESEND_WITHIN_MS || age < -LIST_LAG_MS) {
    throw await outcomeUnknown(session, intent, lost);
  }
  try {
    await beforeResend?.();
    return { task: await sendUntilTaken(session, intent, deadline, true), wasThere: false };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Even a refusal may be the work of the first request: it may have taken the key, the credits or the rate.
    const third = await search();
    if (third) return third;
    const isPlain = !error.details.unclear && error.code !== 'IDEMPOTENCY_CONFLICT';
    if (isPlain && age > LIST_LAG_MS) throw error;
    throw await outcomeUnknown(session, intent, lost, error);
  }
}

async function takenTasks({ records }: Session): Promise<ReadonlySet<string>> {
  const entries = (await records())?.all() ?? [];
  return new Set(entries.flatMap(({ record }) => record.taskId ?? []));
}

function timeOf({ api }: Session): { wall: number; monotonic: number } {
  return { wall: api.clock.wall(), monotonic: api.clock.monotonic() };
}

async function outcomeUnknown(
  session: Session,
  intent: Intent,
  lost: Failure,
  later?: Failure,
): Promise<Failure> {
  const { provider, command } = session;
  const named = lost.details.taskId;
  const reason = later && later !== lost ? `${lost.message} ${later.message}` : lost.message;
  return new Failure(
    'SUBMIT_OUTCOME_UNKNOWN',
    `Whether ${provider.title} took this submit, and charged for it, is not known. ${reason}`,
    {
      status: 'UNKNOWN',
      unclear: true,
      cause: lost,
      data: { idempotencyKey: intent.idempotencyKey, model: intent.model },
      ...(later?.details.retryAfter !== undefined && { retryAfter: later.details.retryAfter }),
      ...(named !== undefined && { taskId: named }),
      nextSteps: [
        ...(named === undefined
          ? []
          : [
              'The answer named a task beside an error; this shows what became of it:',
              resumeCommand(session, named),
            ]),
        'Do not submit this again before you know: it may be charged twice.',
        ...(provider.can.list
          ? [
              command('listTasks'),
              `If the list shows the task (idempotencyKey ${intent.idempotencyKey}, or model ${intent.model} made just now), take its id to --action waitTask --taskId <id>.`,
            ]
          : [provider.says.tasks]),
        ...(await whatThen(session, intent)),
      ],
    },
  );
}

async function whatThen(
  { records, provider, again, anew }: Session,
  { idempotencyKey }: Intent,
): Promise<string[]> {
  if (await records()) {
    return [
      ...(provider.can.list
        ? ['The same command looks for it once more; it sends nothing that may be charged twice:', again]
        : []),
      `Only if the person decides that it may be charged once more: ${anew}.`,
    ];
  }
  return provider.can.replay
    ? [
        `If the list answers and does not show it, the same command with ${flagWords({ idempotencyKey })
          .map((word) => quoteWord(word))
          .join(' ')} is documented not to be charged twice.`,
      ]
    : [];
}

function isUnclear(error: unknown): error is Failure {
  return error instanceof Failure && error.details.unclear === true;
}
