// What every record store does: the rules of all stores of requests, and what the records of the command line have beside
// them. The stores call it with a way to make one.
import { describe, expect, it } from 'vitest';
import {
  nameOfPayload,
  newestOf,
  type RequestClaim,
  requestNameOf,
} from '../../scripts/src/model/claim-rules.ts';
import { accountOf } from '../../scripts/src/model/fingerprint.ts';
import type { AccountId, RequestRecord } from '../../scripts/src/model/request-record.ts';
import type { Budget, Claimed, StoredRequest } from '../../scripts/src/ports/record-store.ts';
import { failureOf } from '../support/failures.ts';
import { DAY, FILE, HOUR, SECOND, timeAgo } from './file/support.ts';
import { requestsOf } from './record-store-requests.ts';
import { requestRules } from './request-rules.ts';
import { ACCOUNT, claimOf, type World } from './world.ts';

const submitted = (taskId: string) => ({ phase: 'submitted' as const, taskId, status: 'SUBMITTED' as const });

/** Other accounts than the one of the tests. */
const ELSEWHERE: Partial<AccountId>[] = [
  { service: 'https://other.test' },
  { account: 'f'.repeat(12) },
  { provider: 'apidot' },
];

export function conformance(name: string, makeWorld: () => World | Promise<World>): void {
  requestRules(name, async () => requestsOf(await makeWorld()));

  describe(`${name}: a record store`, () => {
    async function world() {
      const one = await makeWorld();
      const next = (account: Partial<AccountId> = {}) => one.open({ ...ACCOUNT, ...account });
      const claim = (prompt: string, more: Partial<RequestClaim> = {}, store = next()): Promise<Claimed> =>
        store.claim(claimOf(prompt, more), one.clock.monotonic());
      /** The right to submit a new request. */
      const begun = async (prompt: string, store = next()) => {
        const claimed = await claim(prompt, {}, store);
        if (claimed.kind !== 'new') throw new Error(claimed.kind);
        return claimed;
      };
      /** A request on record, with no process that submits it. */
      const recorded = async (prompt: string, change: Partial<RequestRecord> = {}, store = next()) => {
        const claimed = await begun(prompt, store);
        expect(await store.reserve(claimed.entry, {}, null, 0)).toEqual({ kind: 'reserved' });
        await claimed.entry.update(change, { isOurs: true });
        await claimed.lock.release();
        return claimed.entry;
      };
      /** What a budget counts of that time, without a request: nothing fits into it. */
      const spentSince = async (windowMs: number, without?: StoredRequest) => {
        const begin = without ? undefined : await begun('not on record');
        const entry = without ?? begin!.entry;
        const reserved = await next().reserve(entry, {}, { windowMs, limit: -1, credits: 0 }, 0);
        await begin?.lock.release();
        return reserved.kind === 'exceeded' ? reserved.spent : reserved.kind;
      };
      const ago = <T>(ms: number, work: () => Promise<T>) => timeAgo(one.clock, ms, work);
      const kindOf = async (prompt: string, more: Partial<RequestClaim> = {}, store = next()) => {
        const claimed = await claim(prompt, more, store);
        if ('lock' in claimed) await claimed.lock.release();
        return claimed.kind;
      };
      const again = async (entry: StoredRequest) => {
        const found = await next().byIdempotencyKey(entry.record.idempotencyKey);
        return found[0]?.record;
      };
      return { ...one, next, claim, begun, recorded, ago, spentSince, kindOf, again };
    }

    it('fault 53: claims a request of one account as new, unknown or submitted', async () => {
      const { recorded, next, kindOf, again } = await world();
      expect(await kindOf('a')).toBe('new');
      const entry = await recorded('a');
      expect(await kindOf('a')).toBe('unknown');
      await entry.update(submitted('ckx1'), { isOurs: true });
      // Also while another process holds the lock.
      const lock = await next().lock(entry.record.request, 0);
      expect(await kindOf('a')).toBe('submitted');
      if (!('heldBy' in lock)) await lock.release();
      expect(await kindOf('a', { isNew: true })).toBe('new');
      expect(await kindOf('b')).toBe('new');
      expect(await kindOf('a', { model: 'i2v' })).toBe('new');
      for (const account of ELSEWHERE) expect(await kindOf('a', {}, next(account))).toBe('new');
      expect(await again(entry)).toMatchObject({ taskId: 'ckx1', idempotencyKey: 'key-of-a' });
    });

    it('has nothing of a claimed request on record before it is reserved', async () => {
      const { claim, next } = await world();
      expect((await claim('a')).kind).toBe('new');
      expect(await next().pending()).toEqual([]);
    });

    it('keeps equal requests of a batch apart, and finds each without a claim', async () => {
      const { next, claim, recorded, ago, kindOf, damage } = await world();
      const store = next();
      const latest = async (ordinal = 1) => {
        const { model, payloadHash } = claimOf('a');
        return newestOf(await store.allOf(nameOfPayload({ model, payloadHash, ordinal }, store.account)));
      };
      expect(await latest()).toBeUndefined();
      const entry = await ago(HOUR, () => recorded('a', submitted('ckx1')));
      expect((await latest())?.record.taskId).toBe('ckx1');
      expect(await latest(2)).toBeUndefined();
      expect(await kindOf('a', { ordinal: 2 })).toBe('new');
      expect(await kindOf('a', { ordinal: 1 })).toBe('submitted');
      const another = await claim('a', { isNew: true });
      await store.reserve(another.entry, submitted('ckx2'), null, 0);
      const tasks = (await store.allOf(entry.record.request)).map((one) => one?.record.taskId);
      expect(tasks).toEqual(['ckx2', 'ckx1']);
      const { record } = await recorded('b', { phase: 'rejected' });
      const rejected = await store.allOf(record.request);
      expect(rejected).toHaveLength(1);
      expect(newestOf(rejected)).toBeUndefined();
      await damage(entry.record.request);
      expect(await latest()).toBeNull();
    });

    it('waits for the process that submits a request, and returns its task', async () => {
      const { next, clock, begun } = await world();
      const held = await begun('a');
      const waiting = Promise.all(
        Array.from({ length: 4 }, () => next().claim(claimOf('a'), clock.monotonic() + DAY)),
      );
      await next().reserve(held.entry, {}, null, 0);
      for (let n = 0; n < 5; n += 1) await clock.sleep(1);
      await held.entry.update(submitted('ckx1'), { isOurs: true });
      await held.lock.release();
      const kinds = (await waiting).map(({ kind, entry }) => [kind, entry.record.taskId]);
      expect(kinds).toEqual(Array.from({ length: 4 }, () => ['submitted', 'ckx1']));
    });

    it('says that a request is busy when the deadline has passed', async () => {
      const { claim } = await world();
      const held = await claim('a');
      const { code, details } = await failureOf(claim('a'));
      expect(code).toBe('SUBMIT_OUTCOME_UNKNOWN');
      expect(details.reason).toMatchObject({ kind: 'requestBusy' });
      if (held.kind === 'new') await held.lock.release();
      expect((await claim('a')).kind).toBe('new');
    });

    it('fault 52: does not wait for a dead process, which frees nothing of the one that took over', async () => {
      const { claim, begun, dies } = await world();
      const claimed = await begun('a');
      expect(await claimed.lock.isOurs()).toBe(true);
      await dies(requestNameOf(claimOf('a'), ACCOUNT));
      const other = await begun('a');
      expect(await claimed.lock.isOurs()).toBe(false);
      await claimed.lock.release();
      expect(await other.lock.isOurs()).toBe(true);
      expect((await failureOf(claim('a'))).details.reason).toMatchObject({ kind: 'requestBusy' });
    });

    it('keeps a delivery and the credits of an end', async () => {
      const { recorded, again, next } = await world();
      const entry = await recorded('a', submitted('ckx1'));
      const stale = (await next().byTask('ckx1'))!;
      await entry.close('COMPLETED', { quoted: 1, charged: 2, refunded: null }, '2026-11-21T12:00:00.000Z');
      await stale.update({ delivered: null, status: 'PROGRESS' });
      expect(await again(entry)).toMatchObject({
        ...{ status: 'COMPLETED', delivered: '2026-11-21T12:00:00.000Z' },
        ...{ credits: { quoted: 1, charged: 2, refunded: null } },
      });
    });

    it('requires nothing of a record that is gone, or that another process moved on', async () => {
      const { recorded, next, again } = await world();
      const gone = await recorded('a', { phase: 'rejected' });
      for (const same of await next().byIdempotencyKey('key-of-a')) await same!.drop();
      await expect(gone.require({ phase: 'submitting' })).rejects.toThrow('took this request over');
      expect(await next().byIdempotencyKey('key-of-a')).toEqual([]);
      const moved = await recorded('b', { phase: 'unknown' });
      for (const same of await next().byIdempotencyKey('key-of-b'))
        await same!.update(submitted('ckx1'), { isOurs: true });
      const again2 = moved.require({ phase: 'submitting', resubmitted: true });
      await expect(again2).rejects.toThrow('took this request over');
      expect(await again(moved)).toMatchObject({ phase: 'submitted', taskId: 'ckx1', resubmitted: false });
      const twice = await recorded('c', { phase: 'unknown', resubmitted: true });
      const third = twice.require({ phase: 'submitting', resubmitted: true });
      await expect(third).rejects.toThrow('took this request over');
    });

    it('submits a rejected request anew, and drops that record', async () => {
      const { recorded, kindOf, next } = await world();
      await recorded('a', { phase: 'rejected' });
      expect(await next().byIdempotencyKey('key-of-a')).toHaveLength(1);
      expect(await kindOf('a')).toBe('new');
      expect(await next().byIdempotencyKey('key-of-a')).toEqual([]);
    });

    it('joins what several processes change at once', async () => {
      const { recorded, next, again } = await world();
      const entry = await recorded('a', submitted('ckx1'));
      await Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          const one = await next().byTask('ckx1');
          await one!.update(({ files }) => ({ files: [...files, { ...FILE, bytes: n }] }));
        }),
      );
      expect((await again(entry))?.files.map(({ bytes }) => bytes).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    it('brings back a dropped record only for the holder of its lock', async () => {
      const { recorded, next } = await world();
      const entry = await recorded('a', submitted('ckx1'));
      await (await next().byTask('ckx1'))!.drop();
      expect(await entry.update({ download: '/x' })).toBe(false);
      await entry.close('COMPLETED', entry.record.credits, null);
      expect(await next().byTask('ckx1')).toBeUndefined();
      expect(await entry.update({ download: '/x' }, { isOurs: true })).toBe(true);
      expect((await next().byTask('ckx1'))?.record.download).toBe('/x');
    });

    it('finds a task and a key of any account, and tells which is its own', async () => {
      const { recorded, next } = await world();
      await recorded('a', submitted('ckx1'));
      const other = next({ account: 'f'.repeat(12) });
      await recorded('a', submitted('ckx2'), other);
      for (const id of ['ckx1', 'ckx2']) expect((await next().byTask(id))?.record.taskId).toBe(id);
      expect(await next().byTask('ckx3')).toBeUndefined();
      expect(await next().byIdempotencyKey('key-of-a')).toHaveLength(2);
      expect(await next().recordedAmong(['ckx2', 'x', 'ckx1'])).toEqual(new Set(['ckx1', 'ckx2']));
      expect(next().isOwn((await next().byTask('ckx1'))!)).toBe(true);
      expect(next().isOwn((await next().byTask('ckx2'))!)).toBe(false);
    });

    it('finds the same request under another account of the provider, unless it was rejected', async () => {
      const { claim, recorded, next } = await world();
      const other = next({ account: accountOf('aivideomaker', 'ak_two') });
      const elsewhere = next({ service: 'http://127.0.0.1:9' });
      const apidot = next({ provider: 'apidot' });
      await recorded('a', submitted('one'), other);
      await recorded('b', { phase: 'rejected' }, other);
      await recorded('c', { phase: 'unknown' }, elsewhere);
      await recorded('d', submitted('four'), apidot);
      await recorded('e', submitted('five'));
      await claim('f', { ordinal: 2 }, other);
      const found = async (prompt: string, more: Partial<RequestClaim> = {}) =>
        (await next().underOtherAccount(claimOf(prompt, more)))?.record;
      expect(await found('a')).toMatchObject({ taskId: 'one', account: other.account.account });
      expect(await found('a', { model: 'i2v' })).toBeUndefined();
      expect(await found('a', { ordinal: 2 })).toBeUndefined();
      expect(await found('b')).toBeUndefined();
      expect(await found('c')).toMatchObject({ phase: 'unknown', service: 'http://127.0.0.1:9' });
      expect(await found('d')).toBeUndefined();
      expect(await found('e')).toBeUndefined();
      expect((await other.underOtherAccount(claimOf('e')))?.record.taskId).toBe('five');
    });

    it('lists what is pending of all accounts, newest first, and what was replaced of its own', async () => {
      const { recorded, ago, next } = await world();
      const ids = async () => (await next().pending()).map(({ record }) => record.idempotencyKey);
      await ago(3 * HOUR, () => recorded('a', submitted('ckx1')));
      await ago(2 * HOUR, () => recorded('b', { phase: 'unknown' }, next({ account: 'f'.repeat(12) })));
      const third = await ago(HOUR, () => recorded('c'));
      await recorded('d', { phase: 'rejected' });
      expect(await ids()).toEqual(['key-of-c', 'key-of-b', 'key-of-a']);
      await third.update({ phase: 'unknown' });
      await third.update({ phase: 'abandoned' });
      await (await next().byTask('ckx1'))!.close('FAILED', third.record.credits, '2026-11-21T12:00:00.000Z');
      expect(await ids()).toEqual(['key-of-b']);
      expect((await next().replaced()).map(({ record }) => record.idempotencyKey)).toEqual(['key-of-c']);
    });

    it('fault 46: does not submit a request whose record is damaged, but another one', async () => {
      const { recorded, kindOf, damage, claim, spentSince } = await world();
      await recorded('a', submitted('ckx1'));
      await damage(requestNameOf(claimOf('a'), ACCOUNT));
      for (let n = 0; n < 2; n += 1) {
        expect((await failureOf(claim('a'))).details.reason).toEqual({ kind: 'recordDamaged' });
      }
      expect(await kindOf('b')).toBe('new');
      expect(await kindOf('a', { isNew: true })).toBe('new');
      expect(await spentSince(DAY)).toBeNull();
    });

    const budget = (credits: number, limit: number): Budget => ({ windowMs: DAY, limit, credits });
    const spend = { quoted: 10, charged: null, refunded: null };

    it('counts a request in a budget once, and those of its own account and window alone', async () => {
      const { recorded, ago, next, claim, spentSince } = await world();
      await ago(DAY + SECOND, () => recorded('old', { credits: { ...spend, charged: 1_000 } }));
      for (const account of ELSEWHERE) await recorded('other', { credits: spend }, next(account));
      await recorded('b', { credits: { quoted: 10, charged: 8, refunded: 3 } });
      await recorded('c', { phase: 'rejected', credits: spend });
      const entry = await recorded('a', { phase: 'unknown', credits: spend });
      expect(await spentSince(DAY)).toBe(15);
      expect(await spentSince(DAY, entry)).toBe(5);
      expect(await spentSince(7 * DAY)).toBe(1_015);
      const claimed = await claim('a');
      if (claimed.kind !== 'unknown') throw new Error(claimed.kind);
      const over = await next().reserve(claimed.entry, {}, budget(10, 14), DAY);
      expect(over).toEqual({ kind: 'exceeded', spent: 5 });
      expect(await next().reserve(claimed.entry, {}, budget(10, 15), DAY)).toEqual({ kind: 'reserved' });
      await recorded('free', { credits: { quoted: null, charged: null, refunded: null } });
      expect(await next().reserve(claimed.entry, {}, budget(1, 1e6), DAY)).toEqual({
        kind: 'exceeded',
        spent: null,
      });
    });

    it('adds up what was spent by day, account and model', async () => {
      const { recorded, ago, next, clock } = await world();
      const done = (charged: number | null, more: Partial<RequestRecord> = {}) => ({
        ...{ phase: 'submitted' as const, status: 'COMPLETED' as const },
        ...{ credits: { quoted: 20, charged, refunded: null }, ...more },
      });
      await recorded('a', done(15, { taskId: 'a' }));
      await recorded(
        'b',
        done(15, { taskId: 'b', status: 'FAILED', credits: { quoted: 20, charged: 15, refunded: 15 } }),
      );
      await recorded('c', { ...submitted('c'), credits: { quoted: 20, charged: null, refunded: null } });
      await recorded('d', { phase: 'unknown', credits: { quoted: 7, charged: null, refunded: null } });
      await recorded('e', { phase: 'rejected' });
      await ago(3 * DAY, () => recorded('f', done(null, { taskId: 'f' })));
      const rows = await next().spending(clock.wall());
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({
        ...{
          model: 't2v',
          ...ACCOUNT,
          tasks: 4,
          completed: 1,
          failed: 1,
          cancelled: 0,
          running: 1,
          unknown: 1,
        },
        ...{ charged: 30, refunded: 15, open: 27, unpriced: 0 },
      });
      const all = await next().spending(clock.wall() - 7 * DAY);
      expect(all.map(({ tasks, unpriced }) => [tasks, unpriced])).toEqual([
        [1, 1],
        [4, 0],
      ]);
      expect(all[0]!.day < all[1]!.day).toBe(true);
    });

    it('knows how long the tasks of a model took', async () => {
      const { recorded, ago, next } = await world();
      await ago(2 * HOUR, () => recorded('a', { ...submitted('a'), duration: 200 }));
      await ago(HOUR, () => recorded('b', { ...submitted('b'), duration: 180.5 }));
      await recorded('c', submitted('c'));
      expect(await next().durationsOf('t2v')).toEqual([180.5, 200]);
      expect(await next().durationsOf('__proto__')).toEqual([]);
    });
  });
}
