// The rules of a store of requests, asked of a record store: as core submits, reconciles and polls through its port.
import { noteState } from '../../scripts/src/core/record/task-record.ts';
import type { Session } from '../../scripts/src/core/session.ts';
import { recordTask } from '../../scripts/src/core/submit/record-task.ts';
import { requestNameOf } from '../../scripts/src/model/claim-rules.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import type { Phase } from '../../scripts/src/model/request-record.ts';
import { isTerminal, type Task } from '../../scripts/src/model/task.ts';
import type {
  Claimed,
  Lock,
  RequestClaim,
  StoredRequest as StoredRecord,
} from '../../scripts/src/ports/record-store.ts';
import { DAY } from './file/support.ts';
import type { LostSubmit, RequestStore, StoredRequest, Submit } from './request-store.ts';
import { ACCOUNT, claimOf, type World } from './world.ts';

const STATES = { running: 'PROGRESS', completed: 'COMPLETED', failed: 'FAILED' } as const;
const PHASES: Record<Phase, StoredRequest['phase']> = {
  ...{ submitting: 'submitting', unknown: 'unknown', submitted: 'accepted' },
  ...{ rejected: 'free', abandoned: 'unknown' },
};

const keyOf = (request: string) => `key-of-${request}`;

function claimFor(request: string): RequestClaim {
  const [prompt = '', number] = request.split('#');
  return claimOf(prompt, { idempotencyKey: keyOf(request), ordinal: Number(number ?? 1) });
}

export function requestsOf({ clock, open, dies }: World): RequestStore {
  const session = { api: { clock } } as unknown as Session;
  const next = () => open(ACCOUNT);
  const die = (request: string) => async () => dies(requestNameOf(claimFor(request), ACCOUNT));
  // An exchange moves the key, so the key does not find the record.
  const stored = async (request: string) =>
    (await next().allOf(requestNameOf(claimFor(request), ACCOUNT))).find((one) => one !== null)!;
  const nameOf = new Map<string, string>();

  /** Null: another process holds it. */
  async function claim(request: string, store = next()): Promise<Claimed | null> {
    nameOf.set(requestNameOf(claimFor(request), ACCOUNT), request);
    try {
      return await store.claim(claimFor(request), clock.monotonic());
    } catch (error) {
      if (error instanceof Failure && error.details.reason?.kind === 'requestBusy') return null;
      throw error;
    }
  }

  const name = async (entry: StoredRecord, by: 'answer' | 'list', task: Partial<Task>) => {
    const whole = { state: 'SUBMITTED', urls: [], record: {}, ...task } as unknown as Task;
    const accepted = { kind: 'accepted', by, isResubmitted: false, task: whole } as const;
    const named = await recordTask({ session, store: next(), entry }, accepted);
    return named === 'recorded' && entry.record.taskId === task.id;
  };

  const submitOf = (request: string, entry: StoredRecord, lock: Lock): Submit => {
    const end = async (phase: 'rejected' | 'unknown') => {
      await entry.update({ phase }, { isOurs: true });
      await lock.release();
    };
    return {
      async accepted(id, charged) {
        const isNamed = await name(entry, 'answer', { id, charged });
        await lock.release();
        return isNamed;
      },
      notAccepted: () => end('rejected'),
      lost: () => end('unknown'),
      die: die(request),
    };
  };

  const lostOf = (request: string, entry: StoredRecord, lock: Lock): LostSubmit => {
    const { idempotencyKey } = entry.record;
    return {
      key: idempotencyKey,
      found: (id, isAlike) => name(entry, 'list', { id, ...(!isAlike && { idempotencyKey }) }),
      async resubmit() {
        if (!(await lock.isOurs()) || entry.record.resubmitted) return false;
        return entry.require({ phase: 'submitting', resubmitted: true }).then(
          () => true,
          (error: Failure) => error.details.reason?.kind !== 'takenOver',
        );
      },
      notAccepted: async () =>
        void (await entry.update({ phase: 'unknown', resubmitted: false }, { isOurs: true })),
      async lost() {
        await entry.update({ phase: 'unknown' }, { isOurs: true });
        await lock.release();
      },
      release: async () => lock.release(),
      die: die(request),
    };
  };

  return {
    async begin(request, { credits, cap } = { credits: 0, cap: 0 }) {
      const store = next();
      const claimed = await claim(request, store);
      if (claimed === null || claimed.kind === 'submitted') return null;
      const { kind, entry, lock } = claimed;
      const budget = cap === 0 ? null : { windowMs: DAY, limit: cap, credits };
      const change = { credits: { quoted: credits, charged: null, refunded: null } };
      if (
        kind === 'new' &&
        (await store.reserve(entry, change, budget, clock.monotonic() + DAY)).kind === 'reserved'
      )
        return submitOf(request, entry, lock);
      await lock.release();
      return kind === 'new' ? 'over the cap' : null;
    },
    async reconcile(request) {
      const claimed = await claim(request);
      if (claimed === null || claimed.kind === 'submitted') return null;
      const { kind, entry, lock } = claimed;
      if (kind === 'unknown') {
        await entry.update({ phase: 'unknown' });
        return lostOf(request, entry, lock);
      }
      await lock.release();
      return null;
    },
    async read(request): Promise<StoredRequest> {
      const { phase, taskId, status } = (await stored(request)).record;
      const ended = status === 'COMPLETED' ? 'completed' : 'failed';
      const task = isTerminal(status) ? ended : 'running';
      return { phase: PHASES[phase], taskId, task: taskId === null ? null : task };
    },
    async poll(request) {
      const entry = await stored(request);
      return (state) => noteState(session, entry, { state: STATES[state] });
    },
    async deliver(request) {
      const entry = await stored(request);
      await entry.close(entry.record.status, entry.record.credits, new Date(clock.wall()).toISOString());
    },
    async withTask(taskId) {
      const entry = await next().byTask(taskId);
      return entry && nameOf.get(entry.record.request);
    },
    takenAmong: async (taskIds) => [...(await next().recordedAmong(taskIds))],
    open: async () => (await next().pending()).map(({ record }) => nameOf.get(record.request)!).sort(),
  };
}
