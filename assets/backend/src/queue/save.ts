import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientError, type Task } from '#client';
import { keepLease } from '../generations/leases.ts';
import { giveToPerson } from '../generations/reconciling.ts';
import {
  claimSaves,
  recordSaved,
  relink,
  type Save,
  type SavedFile,
  saveLater,
} from '../generations/saving.ts';
import { holdBack } from './hold-back.ts';
import { exists, type Step, type Work, type WorkService } from './step.ts';

// AIVideoMaker keeps results for 24 hours, APIDot for 3 days: a person is asked while there is still something to fetch.
const GIVE_UP_SECONDS = 20 * 3_600;
// Older links are read anew before they are used.
const FRESH_SECONDS = 3_600;
const MOST_BACKOFF_SECONDS = 900;
const PERMIT_PAUSE_SECONDS = 5;

/** Stores the files of completed tasks before their links end. */
export const saveStep: Step = {
  name: 'save',
  everySeconds: 5,
  concurrency: 4,
  hasWork: (work) => exists(work, `SELECT FROM generation WHERE status = 'saving'`),
  async run(work) {
    while (!work.stopping.aborted) {
      const [save] = await claimSaves(work.database, 1);
      if (!save) return;
      work.wake('save');
      using _lease = keepLease(work.database, 'generation', save.lease);
      await saveOne(work, save);
    }
  },
};

async function saveOne(work: Work, save: Save): Promise<void> {
  const { database, log, metrics } = work;
  const facts = { id: save.id, provider: save.provider, taskId: save.taskId };
  const service = work.services.find(({ account }) => account === save.account);
  try {
    const links = service && (await linksOf(work, service, save));
    if (!service || !links) {
      await saveLater(database, save, PERMIT_PAUSE_SECONDS);
      return;
    }
    const files = await store(work, service, save, links);
    if (await recordSaved(database, save, files)) {
      metrics.saves.inc({ outcome: 'stored' });
      log.info({ ...facts, files: files.length }, 'stored');
      work.wake('notify');
    }
  } catch (error) {
    metrics.saves.inc({ outcome: 'failed' });
    if (service) await holdBack(work, service, error);
    if (save.waitingSeconds > GIVE_UP_SECONDS) {
      log.error(
        { ...facts, err: error },
        'a person has to decide about a paid result that could not be stored',
      );
      const why = error instanceof ClientError ? error.message : 'The file store could not take it.';
      await giveToPerson(
        database,
        save,
        `The result is paid, and could not be stored in ${save.attempts} attempts: ${why} npm run admin -- retry ${save.id} tries it again; abandon ${save.id} gives it up.`,
      );
      return;
    }
    log.warn({ ...facts, attempt: save.attempts, err: error }, 'a result is not stored yet');
    await saveLater(database, save, Math.min(2 ** save.attempts, MOST_BACKOFF_SECONDS));
  }
}

/** Returns links that are fresh; undefined where no query is permitted now. */
async function linksOf(
  work: Work,
  { client, limiter }: WorkService,
  save: Save,
): Promise<string[] | undefined> {
  if (save.attempts === 1 && save.linkAgeSeconds < FRESH_SECONDS) return save.urls;
  if (!(await limiter.acquire())) return undefined;
  const { urls } = await client.task(save.taskId);
  if (urls.length === 0) return save.urls;
  await relink(work.database, save, urls);
  return urls;
}

/** Downloads the files whole and checked, and puts them into the store. Doing it again replaces them with the same. */
async function store(work: Work, service: WorkService, save: Save, urls: string[]): Promise<SavedFile[]> {
  const folder = join(work.config.dataDir, 'downloads', save.id);
  const { id, taskId, model } = save;
  const task: Task = { id: taskId, state: 'COMPLETED', model, urls, record: {} };
  try {
    const downloaded = await service.files.download(task, { to: folder, signal: work.stopping });
    const saved: SavedFile[] = [];
    for (const { number: n, path, bytes, sha256, contentType: mediaType } of downloaded) {
      const key = `results/${id}/${n}`;
      await work.files.put(key, path!, { mediaType, bytes });
      saved.push({ n, key, mediaType, bytes, sha256 });
    }
    return saved;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
