// What every store of requests keeps, whether it serves one command line or many users: it is called by the records of the
// command line, through their port, and by the backend, through the functions that its workers call.
import { describe, expect, it } from 'vitest';
import type { Cap, LostSubmit, RequestStore, Submit } from './request-store.ts';

const isSubmit = (begun: Submit | string | null): begun is Submit =>
  begun !== null && typeof begun !== 'string';
const times = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

/** @param open returns an empty store */
export function requestRules(name: string, open: () => RequestStore | Promise<RequestStore>): void {
  describe(`${name}: a store of requests`, () => {
    async function opened() {
      const store = await open();
      const begun = async (request: string, cap?: Cap): Promise<Submit> => {
        const submit = await store.begin(request, cap);
        if (!isSubmit(submit)) throw new Error(`${request}: ${submit}`);
        return submit;
      };
      const reconciled = async (request: string): Promise<LostSubmit> => {
        const lost = await store.reconcile(request);
        if (lost === null) throw new Error(`${request}: nothing to reconcile`);
        return lost;
      };
      /** A request whose answer is lost, in the hands of a process that reconciles it. */
      const lost = async (request: string): Promise<LostSubmit> => {
        await (await begun(request)).lost();
        return reconciled(request);
      };
      const accepted = async (request: string, taskId: string): Promise<Submit> => {
        const submit = await begun(request);
        expect(await submit.accepted(taskId)).toBe(true);
        return submit;
      };
      return { ...store, begun, reconciled, lost, accepted };
    }

    it('fault 49: lets one of twelve at once submit a request, and another one submit another', async () => {
      const { begin, begun, read, accepted } = await opened();
      expect((await times(12, () => begin('a'))).filter(isSubmit)).toHaveLength(1);
      expect(await read('a')).toEqual({ phase: 'submitting', taskId: null, task: null });
      await begun('b');
      await accepted('c', 'task-1');
      expect((await times(3, () => begin('c'))).filter(isSubmit)).toEqual([]);
    });

    it('loses none of twenty requests that begin and are accepted at once', async () => {
      const { begun, read } = await opened();
      await times(20, async (n) => (await begun(`r${n}`)).accepted(`task-${n}`));
      const all = await times(20, (n) => read(`r${n}`));
      expect(all.map(({ taskId }) => taskId)).toEqual(all.map((_, n) => `task-${n}`));
    });

    it('knows the request of a task, and which tasks belong to one', async () => {
      const { accepted, read, withTask, takenAmong, reconcile } = await opened();
      await accepted('a', 'task-1');
      await accepted('b', 'task-2');
      expect(await read('a')).toEqual({ phase: 'accepted', taskId: 'task-1', task: 'running' });
      expect(await withTask('task-2')).toBe('b');
      expect(await withTask('task-3')).toBeUndefined();
      expect((await takenAmong(['task-3', 'task-2', 'task-1'])).sort()).toEqual(['task-1', 'task-2']);
      expect(await reconcile('a')).toBeNull();
    });

    it('lets one of many submit a request anew that the service certainly did not accept', async () => {
      const { begin, begun, read, reconcile } = await opened();
      await (await begun('a')).notAccepted();
      expect((await read('a')).phase).toBe('free');
      expect(await reconcile('a')).toBeNull();
      expect((await times(6, () => begin('a'))).filter(isSubmit)).toHaveLength(1);
    });

    it('fault 2: submits a request no more whose answer is lost, whatever is said of it later', async () => {
      const { begin, begun, read } = await opened();
      const submit = await begun('a');
      await submit.lost();
      expect(await read('a')).toEqual({ phase: 'unknown', taskId: null, task: null });
      await submit.notAccepted();
      expect((await read('a')).phase).toBe('unknown');
      expect((await times(6, () => begin('a'))).filter(isSubmit)).toEqual([]);
    });

    it('faults 35, 85: a process dies in its submit: one of the others reconciles it, and none submits it', async () => {
      const { begin, begun, reconcile, read } = await opened();
      const submit = await begun('a');
      expect(await reconcile('a')).toBeNull();
      await submit.die();
      expect(await begin('a')).toBeNull();
      const all = await times(6, () => reconcile('a'));
      expect(all.filter((one) => one !== null)).toHaveLength(1);
      expect((await read('a')).phase).toBe('unknown');
      // The one that reconciles it may die as well.
      await all.find((one) => one !== null)!.die();
      expect(await begin('a')).toBeNull();
      expect(await reconcile('a')).not.toBeNull();
    });

    it('fault 36: keeps a task that is accepted after others believed its process dead, also twice', async () => {
      const { begun, reconciled, read } = await opened();
      const submit = await begun('a');
      await submit.die();
      const lost = await reconciled('a');
      for (let n = 0; n < 2; n += 1) expect(await submit.accepted('task-1')).toBe(true);
      expect(await lost.resubmit()).toBe(false);
      expect(await lost.found('task-1')).toBe(true);
      expect(await read('a')).toEqual({ phase: 'accepted', taskId: 'task-1', task: 'running' });
    });

    it('changes nothing of an accepted request for a process that comes late, and never replaces its task', async () => {
      const { begin, begun, reconciled, read } = await opened();
      const submit = await begun('a');
      await submit.die();
      const lost = await reconciled('a');
      expect(await lost.found('task-1')).toBe(true);
      await submit.lost();
      await submit.notAccepted();
      expect(await submit.accepted('task-2')).toBe(false);
      await lost.lost();
      await lost.notAccepted();
      expect(await read('a')).toEqual({ phase: 'accepted', taskId: 'task-1', task: 'running' });
      expect(await begin('a')).toBeNull();
    });

    it('gives a task to one request, of two that find it at once, too', async () => {
      const { accepted, lost, read } = await opened();
      await accepted('a', 'task-1');
      const late = await lost('b');
      expect(await late.found('task-1')).toBe(false);
      expect(await read('b')).toMatchObject({ phase: 'unknown', taskId: null });
      const both = [await lost('c'), await lost('d')];
      const found = await Promise.all(both.map((one) => one.found('task-2')));
      expect(found.sort()).toEqual([false, true]);
    });

    it('fault 74: lets a lost submit be sent once more, by one process, once', async () => {
      const { begin, lost, reconciled } = await opened();
      const first = await lost('a');
      expect([await first.resubmit(), await first.resubmit()]).toEqual([true, false]);
      await first.lost();
      expect(await (await reconciled('a')).resubmit()).toBe(false);
      expect(await begin('a')).toBeNull();

      const dies = await lost('b');
      expect(await dies.resubmit()).toBe(true);
      await dies.die();
      expect(await (await reconciled('b')).resubmit()).toBe(false);

      // The first one was suspended, and does not know of the second.
      const suspended = await lost('c');
      await suspended.die();
      const second = await reconciled('c');
      expect(await suspended.resubmit()).toBe(false);
      expect(await second.resubmit()).toBe(true);
      await second.lost();
      expect(await suspended.resubmit()).toBe(false);
    });

    it('fault 74: a second submit that was certainly not accepted leaves the first one unknown', async () => {
      const { begin, begun, reconciled, read } = await opened();
      const submit = await begun('a');
      await submit.die();
      const lost = await reconciled('a');
      expect(await lost.resubmit()).toBe(true);
      await submit.notAccepted();
      expect((await read('a')).phase).not.toBe('free');
      await lost.notAccepted();
      expect((await read('a')).phase).toBe('unknown');
      expect(await begin('a')).toBeNull();
      expect(await lost.resubmit()).toBe(true);
    });

    it('gives two equal requests the submits of each other where one has found the task of the other', async () => {
      const { lost, read, reconciled } = await opened();
      const [one, other] = [await lost('a#1'), await lost('a#2')];
      expect(await one.resubmit()).toBe(true);
      await one.lost();
      expect(await one.found('task-1', true)).toBe(true);
      expect(await other.found('task-1', true)).toBe(false);
      expect(await other.found('task-1')).toBe(false);
      expect(await read('a#1')).toMatchObject({ phase: 'accepted', taskId: 'task-1' });
      await other.release();
      const exchanged = await reconciled('a#2');
      expect(exchanged.key).toBe(one.key);
      // That submit was sent twice already.
      expect(await exchanged.resubmit()).toBe(false);
      // Whose task that is, is proved now.
      expect(await exchanged.found('task-1')).toBe(false);
      await exchanged.release();
      expect((await reconciled('a#2')).key).toBe(one.key);
    });

    it('fault 29: moves the state of a task on, and keeps its end', async () => {
      const { accepted, poll, read, begin } = await opened();
      for (const [request, end, late] of [
        ['a', 'completed', 'failed'],
        ['b', 'failed', 'completed'],
      ] as const) {
        const submit = await accepted(request, `task-of-${request}`);
        await (await poll(request))('running');
        const [slow, quick] = [await poll(request), await poll(request)];
        await quick(end);
        await slow('running');
        await slow(late);
        await submit.accepted(`task-of-${request}`);
        expect(await read(request)).toEqual({ phase: 'accepted', taskId: `task-of-${request}`, task: end });
        expect(await begin(request)).toBeNull();
      }
    });

    it('loses nothing of what several write at once', async () => {
      const { accepted, poll, read } = await opened();
      const submit = await accepted('a', 'task-1');
      const polls = [await poll('a'), await poll('a'), await poll('a')];
      await Promise.all([
        submit.accepted('task-1'),
        ...polls.map((saw, n) => saw(n === 1 ? 'completed' : 'running')),
        submit.accepted('task-1'),
      ]);
      expect(await read('a')).toEqual({ phase: 'accepted', taskId: 'task-1', task: 'completed' });
    });

    it('comes back to every request that is open, also to a result that is not delivered, and to no other', async () => {
      const { begun, accepted, lost, poll, deliver, open: openNow } = await opened();
      for (const [request, end] of [
        ['delivered', 'completed'],
        ['failed', 'failed'],
        ['completed', 'completed'],
      ] as const) {
        await accepted(request, `task-of-${request}`);
        await (await poll(request))(end);
        if (request !== 'completed') await deliver(request);
      }
      await begun('submitting');
      await (await lost('lost')).release();
      await (await begun('dead')).die();
      await accepted('running', 'task-1');
      expect(await openNow()).toEqual(['completed', 'dead', 'lost', 'running', 'submitting']);
    });

    it('fault 79: reserves for ten at once no more than the cap, and counts what is unknown', async () => {
      const { begin, begun } = await opened();
      const all = await times(10, (n) => begin(`p${n}`, { credits: 10, cap: 35 }));
      const [one, other, ...more] = all.filter(isSubmit);
      expect(more).toHaveLength(1);
      expect(all.filter((begun) => begun === 'over the cap')).toHaveLength(7);
      await one!.lost();
      await other!.accepted('task-1');
      expect(await begin('more', { credits: 10, cap: 35 })).toBe('over the cap');
      await begun('less', { credits: 5, cap: 35 });
    });

    it('counts what a task was charged instead of what was reserved, and a request once', async () => {
      const { begin, begun } = await opened();
      await (await begun('a', { credits: 30, cap: 40 })).accepted('task-1', 5);
      for (let n = 0; n < 2; n += 1) await (await begun('b', { credits: 35, cap: 40 })).notAccepted();
      await begun('b', { credits: 35, cap: 40 });
      expect(await begin('c', { credits: 1, cap: 40 })).toBe('over the cap');
    });
  });
}
