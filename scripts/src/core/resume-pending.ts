import { setMaxListeners } from 'node:events';
import { type Envelope, failed, type Outcome, success } from '../model/envelope.ts';
import { EXIT } from '../model/exit-codes.ts';
import { Failure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import type { Entry, Journal } from '../stores/file/journal.ts';
import { creditsOf, resumeCommand } from './outcome.ts';
import type { Session } from './session.ts';
import { type WaitSettings, waitTask } from './tasks.ts';

/** Goes on with the newest task whose result has not been handed over. */
export async function waitForNewest(session: Session, settings: WaitSettings): Promise<Outcome> {
  const { tasks, unsettled } = await pendingWishes(session);
  const [entry] = tasks;
  if (!entry) return nothingPending(session, unsettled);
  try {
    return await waitFor(session, settings, entry);
  } catch (error) {
    throw error instanceof Failure ? await ofTask(session, entry, error) : error;
  }
}

// Each has a share of the 60 queries a minute that a service allows, and of the one document.
const MOST_AT_ONCE = 20;
const MOST_CHARACTERS = 40_000;

/** Goes on with all of them at the same time, those first that were not polled at for longest. */
export async function waitForAll(session: Session, settings: WaitSettings): Promise<Outcome> {
  const { tasks, unsettled } = await pendingWishes(session);
  if (tasks.length === 0) return nothingPending(session, unsettled);
  const entries = tasks.sort((a, b) => lastLook(a) - lastLook(b)).slice(0, MOST_AT_ONCE);
  session.observer.several(entries.length);
  // Each of their requests listens for the end of the call.
  if (session.api.signal) setMaxListeners(0, session.api.signal);
  const outcomes = await Promise.all(entries.map((entry) => outcomeOf(session, settings, entry)));
  const shown: JsonObject[] = [];
  const delivered: Outcome[] = [];
  let left = MOST_CHARACTERS;
  for (const [n, outcome] of outcomes.entries()) {
    const whole = summary(outcome.envelope, entries[n]!);
    left -= JSON.stringify(whole).length;
    // What does not fit into the document is not handed over by it.
    if (left >= 0) delivered.push(outcome);
    const { status, taskId } = outcome.envelope;
    shown.push(left >= 0 ? whole : { status, taskId, nextSteps: [resumeCommand(session, taskId!)] });
  }
  const worst =
    outcomes.find(({ envelope }) => !envelope.ok) ?? outcomes.find(({ exitCode }) => exitCode > 0);
  const running = outcomes.filter(({ exitCode }) => exitCode === EXIT.stillRunning).length;
  const more = tasks.length - entries.length;
  const data: JsonObject = { count: shown.length, running, more, unsettled, tasks: shown };
  if (worst || more > 0 || unsettled > 0 || left < 0) {
    const gone = outcomes.flatMap(({ envelope: { errorCode, taskId } }) =>
      errorCode === 'TASK_NOT_FOUND' ? [forget(session, taskId!)] : [],
    );
    data.nextSteps = [
      ...(gone.length < entries.length || more > 0 ? [session.again] : []),
      ...gone.slice(0, 5),
      session.command('listPending'),
    ];
  }
  const { errorCode = null, errorMessage = null, retryAfter = null } = worst?.envelope ?? {};
  const ok = outcomes.every(({ envelope }) => envelope.ok);
  return {
    envelope: { ok, status: null, taskId: null, data, errorCode, errorMessage, retryAfter },
    exitCode: worst?.exitCode ?? (more > 0 || left < 0 ? EXIT.stillRunning : EXIT.done),
    onWritten: () => {
      for (const { onWritten } of delivered) onWritten?.();
    },
  };
}

async function outcomeOf(session: Session, settings: WaitSettings, entry: Entry): Promise<Outcome> {
  const { status, taskId } = entry.record;
  try {
    return await waitFor(session, settings, entry);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const failure = await ofTask(session, entry, error);
    const steps = failure.details.nextSteps ?? [resumeCommand(session, taskId!)];
    return failed(failure.with({ nextSteps: steps }), status, taskId);
  }
}

/** A failure, as one of the task that a record names. One that is gone is polled at last the next time. */
async function ofTask(session: Session, entry: Entry, failure: Failure): Promise<Failure> {
  const { status, taskId } = entry.record;
  await entry.update({ checked: new Date(session.api.clock.wall()).toISOString() });
  const named = failure.with({ status: failure.details.status ?? status, taskId: taskId! });
  if (failure.code !== 'TASK_NOT_FOUND') return named;
  return named.with({
    nextSteps: [
      'The service does not show this task any more. To wait for the others without it, drop its record:',
      forget(session, taskId!),
    ],
  });
}

const forget = ({ command }: Session, taskId: string): string => command('forget', { taskId });

const lastLook = ({ record }: Entry): number => Date.parse(record.checked ?? record.created);

async function waitFor(session: Session, settings: WaitSettings, entry: Entry): Promise<Outcome> {
  return waitTask(session, entry.record.taskId!, settings, { resumed: true }, entry);
}

/** The tasks of this key that are unfinished or not handed over, newest first, and how many submits nobody knows the end of. */
async function pendingWishes(session: Session): Promise<{ tasks: Entry[]; unsettled: number }> {
  const journal = await session.records();
  if (journal) await adoptGivenUp(session, journal);
  const own = (journal?.all() ?? []).filter((entry) => entry.isPending && journal?.isOwn(entry));
  const tasks = own.filter(({ record }) => record.taskId !== null);
  return { tasks, unsettled: own.length - tasks.length };
}

/** A submit that was given up for another one may have made a task after all: its key in the service's list shows that. */
async function adoptGivenUp({ api, provider }: Session, journal: Journal): Promise<void> {
  const givenUp = journal
    .all()
    .filter(
      (entry) => entry.record.phase === 'abandoned' && entry.record.taskId === null && journal.isOwn(entry),
    );
  if (givenUp.length === 0 || !provider.can.list) return;
  try {
    const { tasks } = await api.once(provider.list());
    for (const entry of givenUp) {
      const task = tasks.find(({ idempotencyKey }) => idempotencyKey === entry.record.idempotencyKey);
      if (!task) continue;
      const credits = creditsOf(task, entry.record.credits);
      await entry.update({ phase: 'submitted', taskId: task.id, status: task.state, credits });
    }
  } catch (error) {
    // The next time will do.
    if (!(error instanceof Failure)) throw error;
  }
}

function nothingPending(session: Session, unsettled: number): Outcome {
  const nextSteps = [
    unsettled > 0
      ? `No recorded task of this key is unfinished, but of ${unsettled} submits the outcome is not known: run their commands again.`
      : 'No recorded task of this key is unfinished or waits to be handed over.',
    session.command('listPending'),
  ];
  return success(null, null, { count: 0, unsettled, nextSteps }, EXIT.done);
}

/** One of several outcomes: how it ended and what to do, without the service's whole record. */
function summary({ data, ...said }: Envelope, { record }: Entry): JsonObject {
  const { model, created, owner } = record;
  const kept: JsonObject = { ...said, model, created, owner };
  for (const name of ['files', 'resultUrls', 'credits', 'warnings', 'issues', 'nextSteps']) {
    if (data?.[name] !== undefined) kept[name] = data[name];
  }
  return kept;
}
