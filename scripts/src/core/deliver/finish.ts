import path from 'node:path';
import type { SavedFile } from '../../download/download.ts';
import { Failure } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import type { Credits } from '../../model/request-record.ts';
import type { Task } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { intervalBefore, type PollSchedule } from '../poll/interval.ts';
import { pollerOf } from '../poll/poller.ts';
import { creditsOf, type Origin, type TaskResult, taskResult } from '../result.ts';
import { type Session, shortDeadline } from '../session.ts';

export interface FinishOptions {
  /** Its record, where the query that saw its end showed that too. */
  task?: Task | undefined;
  /** Where to save the files; null = only say where they are. Absolute. */
  folder: string | null;
  /** The name that was asked for the file; absent: named by the task's id. */
  output?: string | null | undefined;
  /** Where another file has the name, a version follows it; absent: that is a failure. */
  isVersioned?: boolean | undefined;
  schedule: PollSchedule;
  stallMs: number;
  /** When the wait is over, on the monotonic clock; Infinity where there is none. */
  until: number;
  /** When it is over for the files. */
  filesUntil: number;
  /** The model, where it is known what it makes. */
  model?: string | undefined;
  origin?: Origin;
  /** The record of the request, and what is known of its credits from before. */
  entry?: StoredRequest | undefined;
  credits?: Credits | undefined;
}

/** Returns the folder for files, prepared before anything is charged; null where no files are wanted. */
export async function folderFor(folder: string | null): Promise<string | null> {
  return folder === null ? null : (await import('../../download/download.ts')).prepareFolder(folder);
}

/**
 * Checks, before anything is charged, that no file has the name that was asked for.
 * @throws Failure INVALID_PAYLOAD
 */
export async function checkFree(folder: string | null, output: string | null | undefined): Promise<void> {
  if (folder === null || !output) return;
  const { mediaIn, stemOfOutput } = await import('../../download/output-name.ts');
  const media = mediaIn(folder);
  const stem = stemOfOutput(output);
  const fileNamed = (name: string) => media.get(name.normalize('NFC').toLowerCase());
  const file = fileNamed(stem);
  if (file === undefined) return;
  let number = 2;
  while (fileNamed(`${stem}-${number}`)) number += 1;
  const free = path.join(folder, `${stem}-${number}${output.slice(stem.length)}`);
  throw new Failure(
    'INVALID_PAYLOAD',
    `${file} exists already and is not the file of this request. Nothing was submitted.`,
    { reason: { kind: 'outputTaken', file, free } },
  );
}

/** Returns the result of a COMPLETED task: its record, and its files where they are wanted. */
export async function finish(session: Session, taskId: string, options: FinishOptions): Promise<TaskResult> {
  const { folder, entry, credits, origin = {} } = options;
  const model = options.model ?? entry?.record.model;
  let task: Task | undefined;
  try {
    const known = options.task;
    task =
      known && known.urls.length > 0
        ? { ...known, state: 'COMPLETED' }
        : await fetchResult(session, taskId, options);
    let saved: Pick<TaskResult, 'files' | 'warnings'> = { warnings: [] };
    if (folder !== null) {
      const found = task;
      // A link that had expired was replaced: the answer must not show the dead one.
      const onFresh = (fresh: Task) => {
        task = fresh;
      };
      const download = () => downloadAll(session, found, folder, { ...options, onFresh });
      const files = await (session.results ? session.results.run(download) : download());
      const { warningsAbout } = await import('./file-warnings.ts');
      const warnings = await warningsAbout(session, model, files, options.output);
      saved = { files, warnings };
    }
    const fileCount = task.urls.length;
    await entry?.update(credits ? { fileCount, credits: creditsOf(task, credits) } : { fileCount });
    return { ...taskResult(taskId, task, { ...origin, credits, model }), ...saved };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The task is COMPLETED, whatever failed after that.
    const failure = error.with({ status: 'COMPLETED', taskId, charged: 'finished' });
    const seen = { state: 'COMPLETED' as const, record: {}, urls: task?.urls };
    return { kind: 'notFetched', taskId, seen, warnings: [], failure };
  }
}

// A replica that lags behind may show the finished task as running, or without its output, for a moment.
const RESULT_READS = 5;
// A finished result is worth a few seconds beyond the end of the wait, and so are its files.
const RESULT_MS = 10_000;

/** Returns the record of a finished task, with the addresses of its files. COMPLETED is final, whatever a later answer says. */
export async function fetchResult(
  session: Session,
  taskId: string,
  { schedule, until: end }: Pick<FinishOptions, 'schedule' | 'until'>,
): Promise<Task> {
  const { api } = session;
  const until = Math.max(end, api.clock.monotonic() + RESULT_MS);
  const deadline = Math.min(shortDeadline(session), until);
  const poller = await pollerOf(session, schedule);
  for (let n = 0; ; n += 1) {
    const task = await poller.record(taskId, { until, deadline });
    if (task.urls.length > 0) return { ...task, state: 'COMPLETED' };
    const detail = await detailOf(session, taskId, deadline, until);
    if (detail && detail.urls.length > 0) return { ...detail, state: 'COMPLETED' };
    if (hasOtherAddress(task.record)) {
      throw new Failure(
        'DOWNLOAD_FAILED',
        'The task is COMPLETED, but what its record gives as the result is no https address.',
        { record: task.record, reason: { kind: 'noAddress' } },
      );
    }
    const pause = intervalBefore({ polls: n, waitedMs: 0 }, schedule, api.clock.random);
    if (n + 1 >= RESULT_READS || api.clock.monotonic() + pause > deadline) {
      throw new Failure('UNKNOWN_ERROR', 'The task is COMPLETED, but its record names no file.', {
        record: task.record,
      });
    }
    await api.clock.sleep(pause, api.signal);
  }
}

/** Whether a record without addresses to fetch has others in their place, such as `file:`. */
function hasOtherAddress(value: Json | undefined, depth = 0): boolean {
  if (typeof value === 'string') {
    const isAddress = /^(file:|data:|[a-z][a-z0-9+.-]*:\/\/)/i.test(value);
    return isAddress && !(/^https?:/i.test(value) && URL.canParse(value));
  }
  if (typeof value !== 'object' || value === null || depth > 4) return false;
  // The `input` field repeats the payload, so its addresses are not results.
  return Object.entries(value).some(([name, inner]) => name !== 'input' && hasOtherAddress(inner, depth + 1));
}

/** Returns the record of a task; of a finished one that names no file the second record, where that does. */
export async function readTaskRecord(session: Session, taskId: string): Promise<Task> {
  const { api, provider } = session;
  const task = await api.read(provider.task(taskId), shortDeadline(session));
  if (task.state !== 'COMPLETED' || task.urls.length > 0) return task;
  const detail = await detailOf(session, taskId, shortDeadline(session));
  return detail && detail.urls.length > 0 ? { ...detail, state: 'COMPLETED' } : task;
}

/** Returns the second record of a finished task, where the service has one. A failed read says nothing about the task. */
async function detailOf({ api, provider }: Session, taskId: string, deadline: number, until = Infinity) {
  try {
    return provider.detail && (await api.read(provider.detail(taskId), deadline, { until }));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

interface DownloadAllOptions
  extends Pick<FinishOptions, 'stallMs' | 'entry' | 'filesUntil' | 'output' | 'isVersioned'> {
  /** The task, read once more for a fresh link. */
  onFresh?(task: Task): void;
  /** A file is about to be fetched; from 0. */
  onFile?(index: number): void;
  /** A file is saved; the next one waits for it. */
  onSaved?(file: SavedFile, index: number): Promise<void>;
}

/** Saves every file of a task. A file that fails is reported after all files have been tried. */
export async function downloadAll(
  session: Session,
  task: Task,
  folder: string,
  { onFresh, onFile, onSaved, ...settings }: DownloadAllOptions,
): Promise<SavedFile[]> {
  const { api, provider } = session;
  const { entry, filesUntil, stallMs, output, isVersioned } = settings;
  // Only a call that saves a file loads what is needed for that.
  const { saveOnce } = await import('../../download/save-once.ts');
  const files: SavedFile[] = [];
  const failures: Failure[] = [];
  const until = Math.max(filesUntil, api.clock.monotonic() + RESULT_MS);
  let { urls } = task;
  for (const index of task.urls.keys()) {
    const refresh = async () => {
      const first = await api.read(provider.task(task.id), shortDeadline(session));
      const fresh =
        first.urls.length > 0 ? first : ((await detailOf(session, task.id, shortDeadline(session))) ?? first);
      if (fresh.urls.length !== urls.length) return null;
      urls = fresh.urls;
      onFresh?.({ ...fresh, state: 'COMPLETED' });
      return urls[index]!;
    };
    const url = urls[index]!;
    const number = task.urls.length > 1 ? { number: index + 1 } : {};
    const { maxRetries } = api.policy;
    const name = { taskId: task.id, folder, output, isVersioned, ...number };
    const options = { ...name, url, stallMs, maxRetries, until, refresh };
    onFile?.(index);
    try {
      const file = await saveOnce(session, entry, { ...options, waitEnds: filesUntil });
      files.push(file);
      await onSaved?.(file, index);
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
