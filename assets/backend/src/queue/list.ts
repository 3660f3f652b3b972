import type { TaskList } from '#client';
import { openTasks, recordListed } from '../generations/polling.ts';
import { recordEnd } from './end.ts';
import { holdBack } from './hold-back.ts';
import { exists, forEach, type Work, type WorkService } from './step.ts';

// One query for all running tasks. The rest of a minute's queries is left for tasks that a list leaves out.
const INTERVAL_SECONDS = 3;
const AT_ONCE = 10;

export interface ListRead {
  /** By performance.now(): it proves nothing about the time after that. */
  askedAt: number;
  /** Null where it could not be read. */
  list: TaskList | null;
  /** Tasks that it showed with a known state: they need no query of their own. */
  seen: string[];
}

/**
 * Reads the list of a service, and records what it shows of all running tasks.
 * @returns null where another worker does so, there is nothing to find, or no query is permitted
 */
export async function readList(work: Work, service: WorkService): Promise<ListRead | null> {
  const { log, metrics, stopping } = work;
  const { provider, account, limiter, client } = service;
  const isNeeded = await exists(
    work,
    `SELECT FROM generation WHERE status IN ('pending', 'running') AND account = $1
     UNION ALL SELECT FROM generation WHERE status = 'reconciling' AND account = $1`,
    [account],
  );
  if (!isNeeded || stopping.aborted) return null;
  const end = await limiter.claimList(INTERVAL_SECONDS);
  if (end === null) return null;
  let wasRead = false;
  const askedAt = performance.now();
  try {
    if (!(await limiter.acquire())) return null;
    const list = await client.list();
    wasRead = true;
    await limiter.succeeded();
    metrics.polls.inc({ provider, outcome: 'LIST' });
    return { askedAt, list, seen: await recordList(work, service, list) };
  } catch (error) {
    metrics.polls.inc({ provider, outcome: 'LIST_FAILED' });
    if (await holdBack(work, service, error)) return null;
    log.warn({ provider, err: error }, 'the list could not be read');
    return { askedAt, list: null, seen: [] };
  } finally {
    await end(wasRead);
  }
}

async function recordList(work: Work, { account }: WorkService, { tasks }: TaskList): Promise<string[]> {
  const { database } = work;
  const ended = tasks.filter(
    ({ state }) => state === 'COMPLETED' || state === 'FAILED' || state === 'CANCEL',
  );
  const running = tasks.filter(({ state }) => state === 'PROGRESS');
  await recordListed(
    database,
    account,
    running.map(({ id }) => id),
  );
  const open = await openTasks(
    database,
    account,
    ended.map(({ id }) => id),
  );
  const byId = new Map(ended.map((task) => [task.id, task]));
  await forEach(work, 'poll', open, AT_ONCE, async ({ id, taskId }) => {
    await recordEnd(work, id, byId.get(taskId)!);
  });
  // A completed task without files is asked for by itself, and so is one whose state is a word that is not known.
  return tasks
    .filter(({ state, urls }) => state !== 'UNKNOWN' && (state !== 'COMPLETED' || urls.length > 0))
    .map(({ id }) => id);
}
