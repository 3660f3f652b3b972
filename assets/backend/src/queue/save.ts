import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientError, type Task } from '#client';
import { keepLease } from '../generations/leases.ts';
import { giveToPerson } from '../generations/reconciling.ts';
import {
  claimSaves,
  handBack,
  recordSaved,
  relink,
  resultKey,
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

// In DATA_DIR. A part that is older than this belongs to a result that is stored or given up.
const DOWNLOADS = 'downloads';
const LEFT_MS = 2 * 24 * 3_600_000;

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
  const { database, log, metrics, stopping } = work;
  const facts = { id: save.id, provider: save.provider, taskId: save.taskId };
  const folder = folderOf(work, save.id);
  const own = work.services.find(({ account }) => account === save.account);
  try {
    // The links need no key, so any client fetches them while no worker has the key of the task.
    const service = own ?? work.services.find(({ provider }) => provider === save.provider);
    if (!service) throw new Error(`no client of ${save.provider}`);
    const links = own ? await linksOf(work, own, save) : save.urls;
    const files = await store(work, service, save, { links, folder });
    if (await recordSaved(database, save, files)) {
      metrics.saves.inc({ outcome: 'stored' });
      log.info({ ...facts, files: files.length }, 'stored');
      work.wake('notify');
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    if (stopping.aborted) {
      log.info(facts, 'a save is left to the next process');
      await handBack(database, save);
      return;
    }
    metrics.saves.inc({ outcome: 'failed' });
    if (own) await holdBack(work, own, error);
    if (save.waitingSeconds > GIVE_UP_SECONDS) {
      log.error(
        { ...facts, err: error },
        'a person has to decide about a paid result that could not be stored',
      );
      if (await giveToPerson(database, save, reasonOf(save, error, own !== undefined)))
        await rm(folder, { recursive: true, force: true });
      return;
    }
    log.warn({ ...facts, attempt: save.attempts, err: error }, 'a result is not stored yet');
    await saveLater(database, save, Math.min(2 ** save.attempts, MOST_BACKOFF_SECONDS));
  }
}

function reasonOf({ id, account, attempts }: Save, error: unknown, hasKey: boolean): string {
  const why = error instanceof ClientError ? error.message : 'The file store could not take it.';
  const key = hasKey ? '' : ` No worker has the API key of its task (${account}), which fresh links need.`;
  return `The result is paid, and could not be stored in ${attempts} attempts: ${why}${key} npm run admin -- retry ${id} tries it again; abandon ${id} gives it up.`;
}

/** Returns links that are as fresh as they can be had now: those of a service that permits no query may still live. */
async function linksOf(work: Work, { client, limiter }: WorkService, save: Save): Promise<string[]> {
  if (save.attempts === 1 && save.linkAgeSeconds < FRESH_SECONDS) return save.urls;
  if (!(await limiter.acquire())) return save.urls;
  const { urls } = await client.task(save.taskId);
  if (urls.length === 0) return save.urls;
  await relink(work.database, save, urls);
  return urls;
}

/**
 * Downloads the files whole and checked, and puts them into the store. Doing it again replaces them with the same. What a
 * failed attempt leaves in the folder, the next one on this machine resumes.
 */
async function store(
  { files, stopping }: Work,
  service: WorkService,
  { id, taskId, model }: Save,
  { links: urls, folder }: { links: string[]; folder: string },
): Promise<SavedFile[]> {
  await keepParts(folder);
  const task: Task = { id: taskId, state: 'COMPLETED', model, urls, record: {} };
  const downloaded = await service.files.download(task, { to: folder, signal: stopping });
  const saved: SavedFile[] = [];
  for (const { number: n, path, bytes, sha256, contentType: mediaType } of downloaded) {
    const key = resultKey(id, n);
    await files.put(key, path!, { mediaType, bytes });
    saved.push({ n, key, mediaType, bytes, sha256 });
  }
  return saved;
}

function folderOf({ config }: Pick<Work, 'config'>, id: string): string {
  return join(config.dataDir, DOWNLOADS, id);
}

/** Removes whole files of an earlier attempt, which a file of other content could not replace. Parts are resumed. */
async function keepParts(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    if (!/\.part(\.|$)/.test(name)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Removes what attempts of this machine left behind whose results others stored, or nobody could. */
export async function dropOldDownloads({ config }: Pick<Work, 'config'>, now = Date.now()): Promise<void> {
  const parent = join(config.dataDir, DOWNLOADS);
  for (const name of await readdir(parent).catch(() => [])) {
    const folder = join(parent, name);
    const left = await stat(folder).catch(() => null);
    if (left && now - left.mtimeMs > LEFT_MS) await rm(folder, { recursive: true, force: true });
  }
}
