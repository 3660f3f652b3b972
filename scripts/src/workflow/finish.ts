import { type PollRhythm, pauseBeforeLook } from '../http/again.ts';
import type { Entry } from '../journal/journal.ts';
import type { Credits } from '../journal/record.ts';
import type { Flags } from '../types/command-line.ts';
import { failed, type Outcome } from '../types/envelope.ts';
import { Failure } from '../types/failure.ts';
import type { JsonObject } from '../types/json.ts';
import { BRIEF_WAIT_S, type Task } from '../types/task.ts';
import type { SavedFile } from './download.ts';
import { creditsOf, dataOf, type OutcomeOptions, resumeCommand, taskOutcome } from './outcome.ts';
import { type Session, shortDeadline } from './session.ts';

export interface FinishOptions {
  /** Where to save the files; null = only say where they are. Absolute. */
  folder: string | null;
  rhythm: PollRhythm;
  stallMs: number;
  resumeFlags: Flags;
  /** When the wait is over, on the monotonic clock; Infinity where there is none. */
  until: number;
  extra?: JsonObject;
  /** The record of the wish, and what is known of its credits from before. */
  entry?: Entry | undefined;
  credits?: Credits | undefined;
}

/** The folder for files, made ready before anything is charged; null where none are wanted. */
export async function folderFor(folder: string | null): Promise<string | null> {
  return folder === null ? null : (await import('./download.ts')).prepareFolder(folder);
}

/** The end of a task that was seen COMPLETED: its record, and its files where they are wanted. */
export async function finish(session: Session, taskId: string, options: FinishOptions): Promise<Outcome> {
  const resume = resumeCommand(session, taskId, options.resumeFlags);
  let task: Task | undefined;
  try {
    task = await fetchResult(session, taskId, options);
    const { entry, credits } = options;
    const outcomeOptions: OutcomeOptions = { extra: { ...options.extra }, credits };
    if (options.folder !== null) {
      // A link that had expired was replaced: the answer must not show the dead one.
      const onFresh = (fresh: Task) => {
        task = fresh;
      };
      const files = await downloadAll(session, task, options.folder, { ...options, onFresh });
      outcomeOptions.extra = { ...options.extra, files: files.map((file) => ({ ...file })) };
    }
    const fileCount = task.urls.length;
    await entry?.update({ fileCount, ...(credits && { credits: creditsOf(task, credits) }) });
    const outcome = taskOutcome(session, taskId, task, outcomeOptions);
    if (options.folder === null && outcome.envelope.data) {
      outcome.envelope.data.nextSteps = [
        resumeCommand(session, taskId, { wait: BRIEF_WAIT_S, download: 'out' }),
        `That saves the file. Do it soon: ${session.provider.says.retention}`,
      ];
    }
    return outcome;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The task has ended well, whatever went wrong after it.
    const nextSteps = [
      ...(error.details.nextSteps ?? []),
      resume,
      'The task is finished and paid for. Run this command as often as you like: it fetches the result and charges nothing.',
    ];
    const data: JsonObject = { ...error.details.data, ...(task && { resultUrls: task.urls }) };
    return failed(error.with({ status: 'COMPLETED', taskId, data, nextSteps }), 'COMPLETED', taskId);
  }
}

// A replica that lags behind may show the finished task as running, or without its output, for a moment.
const RESULT_LOOKS = 5;
// A result that is there is worth a moment more than the wait that found it.
const RESULT_MS = 10_000;

/** The record of a finished task, with the addresses of its files. COMPLETED is final, whatever a later answer says. */
async function fetchResult(
  session: Session,
  taskId: string,
  { rhythm, until: end }: FinishOptions,
): Promise<Task> {
  const { api, provider } = session;
  const until = Math.max(end, api.clock.monotonic() + RESULT_MS);
  const deadline = Math.min(shortDeadline(session), until);
  for (let n = 0; ; n += 1) {
    const task = await api.read(provider.task(taskId), deadline, { until });
    if (task.urls.length > 0) return { ...task, state: 'COMPLETED' };
    const detail = await detailOf(session, taskId, deadline, until);
    if (detail && detail.urls.length > 0) return { ...detail, state: 'COMPLETED' };
    const pause = pauseBeforeLook(n, rhythm, api.clock.random);
    if (n + 1 >= RESULT_LOOKS || api.clock.monotonic() + pause > deadline) {
      throw new Failure('UNKNOWN_ERROR', 'The task is COMPLETED, but its record names no file.', {
        data: dataOf(task.record),
      });
    }
    await api.clock.sleep(pause, api.signal);
  }
}

/** The other record of a finished task, where the service has one. That it cannot be had says nothing about the task. */
async function detailOf({ api, provider }: Session, taskId: string, deadline: number, until = Infinity) {
  try {
    return provider.detail && (await api.read(provider.detail(taskId), deadline, { until }));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Saves every file of a task. What fails with one of them is told when all have been tried. */
async function downloadAll(
  session: Session,
  task: Task,
  folder: string,
  { stallMs, entry, onFresh }: FinishOptions & { onFresh(task: Task): void },
): Promise<SavedFile[]> {
  const { api, provider } = session;
  // Only a call that saves a file loads what is needed for that.
  const { saveOnce } = await import('./save-once.ts');
  const files: SavedFile[] = [];
  const failures: Failure[] = [];
  let { urls } = task;
  for (const index of task.urls.keys()) {
    const refresh = async () => {
      const first = await api.read(provider.task(task.id), shortDeadline(session));
      const fresh =
        first.urls.length > 0 ? first : ((await detailOf(session, task.id, shortDeadline(session))) ?? first);
      if (fresh.urls.length !== urls.length) return null;
      urls = fresh.urls;
      onFresh({ ...fresh, state: 'COMPLETED' });
      return urls[index]!;
    };
    const url = urls[index]!;
    const number = task.urls.length > 1 ? { number: index + 1 } : {};
    const { maxRetries } = api.policy;
    const options = { taskId: task.id, url, folder, stallMs, maxRetries, refresh, ...number };
    try {
      files.push(await saveOnce(session, entry, options));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error);
    }
  }
  const first = failures[0];
  if (!first) return files;
  if (task.urls.length === 1) throw first;
  throw first.with({
    data: {
      ...first.details.data,
      files: files.map((file) => ({ ...file })),
      notSaved: failures.map(({ message }) => message),
    },
  });
}
