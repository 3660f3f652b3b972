import type { PollRhythm } from '../http/again.ts';
import type { Sighting } from '../providers/provider.ts';
import { failed, type Outcome, success } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import { Failure } from '../types/failure.ts';
import type { JsonObject } from '../types/json.ts';
import { isTerminal, type Task } from '../types/task.ts';
import { finish, folderFor } from './finish.ts';
import { look, lookOnce } from './look.ts';
import { dataOf, taskOutcome } from './outcome.ts';
import { type Session, shortDeadline } from './session.ts';
import { merge, waitForEnd } from './wait.ts';

export interface WaitSettings {
  /** Milliseconds; 0 = one look, no wait. */
  waitMs: number;
  rhythm: PollRhythm;
  /** Where finished files go; null = they are not fetched. */
  folder: string | null;
  stallMs: number;
  /** Flags to repeat in the command that goes on with the task, with a space before each. */
  resumeFlags: string;
}

// A task that was just made may not be found by every replica at once.
const YOUNG_TASK_MS = 30_000;

/** The state of a task, by one query. */
export async function getStatus(session: Session, taskId: string): Promise<Outcome> {
  return taskOutcome(session, taskId, await look(session, taskId, shortDeadline(session)));
}

/** The record of a task; with a folder, its files too. */
export async function getTask(session: Session, taskId: string, settings: WaitSettings): Promise<Outcome> {
  const { api, provider } = session;
  if (settings.folder !== null) return waitTask(session, taskId, { ...settings, waitMs: 0 });
  return taskOutcome(session, taskId, await api.read(provider.task(taskId), shortDeadline(session)));
}

/** Waits for the end of a task that exists, then returns it; with a folder, its files are saved. */
export async function waitTask(session: Session, taskId: string, settings: WaitSettings): Promise<Outcome> {
  const folder = await folderFor(settings.folder);
  const { clock } = session.api;
  const start = clock.monotonic();
  let first: Sighting | undefined;
  let trouble: Failure | undefined;
  // Without a wait this is a query like any other, and is repeated like any other.
  const patience = settings.waitMs > 0 ? start + settings.waitMs : Number.POSITIVE_INFINITY;
  try {
    first = await look(session, taskId, Math.min(shortDeadline(session), patience));
  } catch (error) {
    // A look that fails for a moment does not end a wait that has only begun.
    if (!(error instanceof Failure) || !error.details.transient || settings.waitMs <= 0) throw error;
    trouble = error;
    session.observer.troubled(error);
  }
  if (first) session.observer.task(taskId, first.state);
  const waitMs = settings.waitMs - (clock.monotonic() - start);
  return waitOn(session, { id: taskId, ...first }, { ...settings, folder, waitMs }, {}, trouble);
}

/** Cancels a task and says whether that took effect: the service allows it only before the work has begun. */
export async function cancelTask(session: Session, taskId: string): Promise<Outcome> {
  const { provider } = session;
  let answer: Sighting | undefined;
  let refusal: Failure | undefined;
  try {
    answer = await cancelWhileRefusedForNow(session, taskId);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (['AUTH_FAILED', 'TASK_NOT_FOUND', 'RATE_LIMITED'].includes(error.code)) throw error;
    refusal = error;
  }
  if (answer?.state === 'CANCEL') {
    return success('CANCEL', taskId, dataOf(answer.record), EXIT.done);
  }
  // Refused, or the answer was lost: what counts is what has become of the task.
  let seen: Sighting;
  try {
    seen = await look(session, taskId, shortDeadline(session));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!answer) throw refusal ?? error;
    seen = answer;
  }
  const data = dataOf(seen.record);
  if (seen.state === 'CANCEL') return success('CANCEL', taskId, data, EXIT.done);
  const running = !isTerminal(seen.state);
  const said = refusal ? ` ${refusal.message}` : '';
  const failure = new Failure(
    refusal?.code === 'NETWORK_ERROR' ? 'NETWORK_ERROR' : 'UNKNOWN_ERROR',
    `The task was not cancelled: it is ${seen.unknownState ?? seen.state}.${said}`,
    {
      status: seen.state,
      taskId,
      data,
      exitCode: running ? EXIT.stillRunning : seen.state === 'FAILED' ? EXIT.taskEnded : EXIT.badInput,
      nextSteps: [
        provider.says.cancel,
        ...(seen.state === 'SUBMITTED' ? [session.command(`--action cancelTask --taskId ${taskId}`)] : []),
        session.command(`--action ${running ? 'waitTask' : 'getTask'} --taskId ${taskId}`),
      ],
    },
  );
  return failed(failure, seen.state, taskId);
}

/** A cancel is repeated only where the service put it off, or was never reached. */
async function cancelWhileRefusedForNow(session: Session, taskId: string): Promise<Sighting> {
  const { api, provider } = session;
  const deadline = shortDeadline(session);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.once(provider.cancel(taskId), { fresh: true });
    } catch (error) {
      if (error instanceof Failure && error.details.unclear) throw error;
      await api.pauseOrThrow(error, attempt, deadline);
    }
  }
}

/**
 * From a task that is known, with its last state if there is one, to its end or to the end of the time.
 * @param trouble what was wrong with the last look at it
 */
export async function waitOn(
  session: Session,
  task: { id: string } & Partial<Sighting & Task>,
  settings: WaitSettings,
  extra: JsonObject = {},
  trouble?: Failure,
): Promise<Outcome> {
  const { api, observer } = session;
  const taskId = task.id;
  const start = api.clock.monotonic();
  let seen: Sighting | undefined = task.state
    ? { ...task, state: task.state, record: task.record ?? {} }
    : undefined;
  if (!seen || !isTerminal(seen.state)) {
    const waited = await waitForEnd(() => lookOnce(session, taskId), {
      clock: api.clock,
      rhythm: settings.rhythm,
      deadline: start + settings.waitMs,
      graceUntil: start + YOUNG_TASK_MS,
      trouble,
      ...(api.signal && { signal: api.signal }),
      onLook: (sighting, progress) => observer.looked(sighting, progress),
      onTrouble: (failure) => observer.troubled(failure),
    });
    trouble = waited.trouble;
    if (waited.last) seen = merge(seen, waited.last);
    if (waited.last && isTerminal(waited.last.state))
      observer.looked(waited.last, { elapsedMs: api.clock.monotonic() - start, nextMs: 0 });
  }
  if (!seen) {
    trouble ??= new Failure('NETWORK_ERROR', 'The time was over before the task could be looked at.');
    throw trouble.with({ status: 'UNKNOWN', taskId });
  }

  const { resumeFlags } = settings;
  if (seen.state === 'COMPLETED') return finish(session, taskId, { ...settings, extra });
  if (isTerminal(seen.state)) {
    return taskOutcome(session, taskId, await withRecord(session, taskId, seen), { extra, resumeFlags });
  }
  if (trouble) {
    extra = { ...extra, lastPollError: { errorCode: trouble.code, errorMessage: trouble.message } };
  }
  const outcome = taskOutcome(session, taskId, seen, { extra, resumeFlags, running: EXIT.stillRunning });
  outcome.envelope.retryAfter = trouble?.details.retryAfter ?? null;
  return outcome;
}

/** The full record of a task that ended without a result: it may say why. Its state stays what was seen. */
async function withRecord(session: Session, taskId: string, seen: Sighting): Promise<Sighting> {
  const { api, provider } = session;
  try {
    const task = await api.read(provider.task(taskId), shortDeadline(session));
    return { ...task, state: seen.state };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return seen;
  }
}
