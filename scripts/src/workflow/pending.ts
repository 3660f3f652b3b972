import type { Entry, Journal } from '../journal/journal.ts';
import { type Envelope, failed, type Outcome, success } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import { Failure } from '../types/failure.ts';
import type { JsonObject } from '../types/json.ts';
import type { Session } from './session.ts';
import { type WaitSettings, waitTask } from './tasks.ts';

/** Goes on with the newest task whose result has not been handed over. */
export async function waitForNewest(session: Session, settings: WaitSettings): Promise<Outcome> {
  const [entry] = await pendingTasks(session);
  return entry ? waitFor(session, settings, entry) : nothingPending(session);
}

/** Goes on with all of them at the same time; their outcomes stand in the order in which they were submitted. */
export async function waitForAll(session: Session, settings: WaitSettings): Promise<Outcome> {
  const entries = (await pendingTasks(session)).reverse();
  if (entries.length === 0) return nothingPending(session);
  session.observer.several(entries.length);
  const outcomes = await Promise.all(
    entries.map(async (entry) => {
      try {
        return await waitFor(session, settings, entry);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return failed(error, entry.record.status, entry.record.taskId);
      }
    }),
  );
  const tasks = outcomes.map(({ envelope }, n) => summary(envelope, entries[n]!));
  const worst =
    outcomes.find(({ envelope }) => !envelope.ok) ?? outcomes.find(({ exitCode }) => exitCode > 0);
  const running = outcomes.filter(({ exitCode }) => exitCode === EXIT.stillRunning).length;
  const data: JsonObject = { count: tasks.length, running, tasks };
  if (worst) data.nextSteps = [session.command('--action listPending'), session.again];
  return {
    envelope: {
      ...success(null, null, data, EXIT.done).envelope,
      ok: outcomes.every(({ envelope }) => envelope.ok),
      errorCode: worst?.envelope.errorCode ?? null,
      errorMessage: worst?.envelope.errorMessage ?? null,
      retryAfter: worst?.envelope.retryAfter ?? null,
    },
    exitCode: worst?.exitCode ?? EXIT.done,
    onWritten: () => {
      for (const { onWritten } of outcomes) onWritten?.();
    },
  };
}

async function waitFor(session: Session, settings: WaitSettings, entry: Entry): Promise<Outcome> {
  return waitTask(session, entry.record.taskId!, settings, { resumed: true }, entry);
}

/** The tasks of this key that are unfinished or not handed over, newest first. */
async function pendingTasks({ records }: Session): Promise<Entry[]> {
  const journal: Journal | null = await records();
  const entries = journal?.all() ?? [];
  return entries.filter((entry) => entry.isPending && entry.record.taskId !== null && journal?.isOwn(entry));
}

function nothingPending(session: Session): Outcome {
  const nextSteps = [
    'No recorded task of this key is unfinished or waits to be handed over.',
    session.command('--action listPending'),
  ];
  return success(null, null, { count: 0, nextSteps }, EXIT.done);
}

/** One of several outcomes: how it ended and what to do, without the service's whole record. */
function summary({ data, ...said }: Envelope, { record }: Entry): JsonObject {
  const { model, created, owner } = record;
  const kept: JsonObject = { ...said, model, created, owner };
  for (const name of ['files', 'resultUrls', 'credits', 'nextSteps']) {
    if (data?.[name] !== undefined) kept[name] = data[name];
  }
  return kept;
}
