// The same rules, asked of the backend: by the functions that its API and its workers call, over its own migrations.
import { createHash } from 'node:crypto';
import type { Database } from './backend.ts';
import type { LostSubmit, RequestStore, StoredRequest, Submit } from './request-store.ts';

const USER = 'ann';
const ACCOUNT = 'aivideomaker:test';
const ALL = 1_000;
const PHASES: Record<string, StoredRequest['phase']> = {
  ...{ queued: 'free', submitting: 'submitting', reconciling: 'unknown', needs_attention: 'unknown' },
};
const TASKS: Record<string, StoredRequest['task']> = {
  ...{
    pending: 'running',
    running: 'running',
    saving: 'completed',
    succeeded: 'completed',
    failed: 'failed',
  },
};

/** Those of `generations/`, by their names. */
export type Functions = Record<string, (...args: unknown[]) => Promise<never>>;

interface Claimed {
  id: string;
  key: string;
}

/** Empties the table. */
export async function requestsOf(database: Database, backend: Functions): Promise<RequestStore> {
  const call = (name: string, ...args: unknown[]): Promise<never> => backend[name]!(database, ...args);
  await database.query('DELETE FROM generation');
  const ids = new Map<string, string>();
  const nameOf = (id: string) => [...ids].find(([, one]) => one === id)?.[0];

  // A worker claims what is there, of any request; here, its claim of another one is given to whatever waits for that one.
  const claims = new Map<string, Claimed[]>();
  let underWay: Promise<unknown> = Promise.resolve();
  async function claim(id: string, name: string, ...args: unknown[]): Promise<Claimed | undefined> {
    const own = call(name, ...args).then((rows) => claims.set(name, [...(claims.get(name) ?? []), ...rows]));
    underWay = Promise.all([underWay, own]);
    for (let seen: unknown; seen !== underWay; await seen) seen = underWay;
    const all = claims.get(name)!;
    const index = all.findLastIndex((one) => one.id === id);
    return index < 0 ? undefined : all.splice(index, 1)[0];
  }
  /** Plans and leases end. */
  const pass = (where = 'true') =>
    database.query(
      `UPDATE generation SET due_at = now() - interval '1 second', leased_until = least(leased_until, now() - interval '1 second')
       WHERE due_at IS NOT NULL AND ${where}`,
    );
  const die = (id: string) => async () => void (await pass(`id = '${id}'`));
  const name = async (id: string, task: object, foundAlike = false) => {
    const named: unknown = await call('recordTask', id, task, { firstPollSeconds: 0, foundAlike });
    return typeof named === 'object';
  };
  const poll = async (id: string) => {
    await pass(`id = '${id}'`);
    return claim(id, 'claimPolls', ACCOUNT, ALL);
  };

  return {
    async begin(request, { credits, cap } = { credits: 0, cap: 0 }) {
      const [prompt = ''] = request.split('#');
      const made: { outcome: string; generation?: { id: string } } = await call(
        'createGeneration',
        {
          ...{ user: USER, key: `key-of-${request}`, provider: 'aivideomaker', model: 't2v' },
          ...{ payload: { prompt }, bodyHash: createHash('sha256').update(prompt).digest('hex') },
          ...{ maxCredits: null, quoted: { least: credits, most: credits } },
        },
        { files: {}, accountOf: () => ACCOUNT, maxCreditsPerUserPerDay: cap === 0 ? null : cap },
      );
      if (made.outcome === 'overDailyCap') return 'over the cap';
      const { id } = made.generation!;
      ids.set(request, id);
      const submit = await claim(id, 'claimSubmits', ACCOUNT, ALL, null);
      if (!submit) return null;
      return {
        accepted: (taskId, charged) => name(id, { id: taskId, charged }),
        notAccepted: () => call('requeue', submit),
        lost: () => call('recordLost', submit),
        die: die(id),
      } satisfies Submit;
    },
    async reconcile(request) {
      const id = ids.get(request)!;
      await pass(`id = '${id}' AND status = 'reconciling' AND lease IS NULL`);
      await call('findStaleSubmits');
      const lost = await claim(id, 'claimLost', ACCOUNT, ALL);
      if (!lost) return null;
      return {
        key: lost.key,
        found: (taskId, isAlike) => name(id, { id: taskId }, isAlike),
        resubmit: () => call('recordResubmit', lost),
        notAccepted: () => call('recordResubmitRefused', lost),
        lost: () => call('recordLostAgain', lost),
        release: () => call('reconcileLater', lost, 0),
        die: die(id),
      } satisfies LostSubmit;
    },
    async read(request) {
      const found: { status: string; taskId: string | null } = await call(
        'findGeneration',
        USER,
        ids.get(request)!,
      );
      const { status, taskId } = found;
      return { phase: PHASES[status] ?? 'accepted', taskId, task: TASKS[status] ?? null };
    },
    async poll(request) {
      const id = ids.get(request)!;
      const due = await poll(id);
      const end = { status: 'failed', code: 'GENERATION_FAILED', message: 'It failed.' };
      return async (state) => {
        if (state === 'failed') await call('recordFailed', id, end);
        else if (state === 'completed') await call('recordCompleted', id, ['https://files.test/1'], {});
        else await call('recordRunning', due, { isRunning: true, providerState: 'PROGRESS', nextSeconds: 0 });
      };
    },
    async deliver(request) {
      const id = ids.get(request)!;
      const save = await claim(id, 'claimSaves', ALL);
      const file = { n: 1, key: `results/${id}/1`, mediaType: 'video/mp4', bytes: 1, sha256: 'd'.repeat(64) };
      // A failure has no result that is to be saved.
      if (save) await call('recordSaved', save, [file]);
    },
    async withTask(taskId) {
      const open: Claimed[] = await call('openTasks', ACCOUNT, [taskId]);
      return open[0] && nameOf(open[0].id);
    },
    takenAmong: (taskIds) => call('takenTasks', 'aivideomaker', taskIds),
    async open() {
      await pass();
      await call('findStaleSubmits');
      const due: Claimed[][] = [
        await call('claimSubmits', ACCOUNT, ALL, null),
        await call('claimLost', ACCOUNT, ALL),
        await call('claimPolls', ACCOUNT, ALL),
        await call('claimSaves', ALL),
      ];
      return due
        .flat()
        .map(({ id }) => nameOf(id)!)
        .sort();
    },
  };
}
