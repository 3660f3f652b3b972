// What the HTTP side needs of the database, in memory: it lives in tests of HTTP alone. The real one has tests of its own.
import type { Change, Figures, Generation, Generations } from '../../../src/generations/types.ts';

interface Row {
  user: string;
  key: string;
  bodyHash: string;
  generation: Generation;
  history: { id: string; generation: Generation }[];
  token: string;
  storageKeys: string[];
}

export interface FakeGenerations extends Generations {
  figures(): Promise<Figures>;
  /** Changes a generation as a worker would, with its event and notice. */
  change(id: string, fields: Partial<Generation>): void;
  /** The token of a generation's callback address. */
  tokenOf(id: string): string;
  /** Stores a file's key beside a generation. */
  store(id: string, storageKey: string): void;
  readonly recorded: { id: string; state: string }[];
  readonly listeners: Set<(change: Change) => void>;
  /** Set: every call fails with this. */
  failure: (Error & { code?: string }) | null;
  /** What `create` answers to a new key, where it is not `created`. */
  refusal: Extract<Awaited<ReturnType<Generations['create']>>, { reason: string }> | null;
}

export function fakeGenerations(): FakeGenerations {
  const rows = new Map<string, Row>();
  const listeners = new Set<(change: Change) => void>();
  const recorded: { id: string; state: string }[] = [];
  let count = 0;
  let eventId = 0;

  const own = (user: string, id: string): Row | null => {
    if (fake.failure !== null) throw fake.failure;
    const row = rows.get(id);
    return row?.user === user ? row : null;
  };

  const fake: FakeGenerations = {
    failure: null,
    refusal: null,
    recorded,
    listeners,
    async create({ user, key, bodyHash, provider, model, payload, quoted }) {
      if (fake.failure !== null) throw fake.failure;
      const before = [...rows.values()].find((row) => row.user === user && row.key === key);
      if (before !== undefined)
        return before.bodyHash === bodyHash
          ? { outcome: 'existing', generation: before.generation }
          : { outcome: 'conflict' };
      if (fake.refusal !== null) return fake.refusal;
      count += 1;
      const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
      const generation: Generation = {
        ...{ id, provider, model, status: 'queued', taskId: null },
        ...{
          createdAt: `2026-11-21T10:00:${String(count % 60).padStart(2, '0')}.000Z`,
          submittedAt: null,
          endedAt: null,
        },
        prompt: (payload as { prompt?: string }).prompt ?? null,
        credits: { quoted: quoted?.most ?? null, charged: null, refunded: null },
        ...{ error: null, files: [], attention: null, waiting: null, sandbox: true },
      };
      rows.set(id, {
        user,
        key,
        bodyHash,
        generation,
        history: [],
        token: `token-of-${id}`,
        storageKeys: [],
      });
      fake.change(id, {});
      return { outcome: 'created', generation };
    },
    find: async (user, id) => own(user, id)?.generation ?? null,
    async list(user, { status, cursor, limit }) {
      if (cursor !== undefined && !/^\d+$/.test(cursor)) return null;
      const all = [...rows.values()]
        .filter((row) => row.user === user && (status === undefined || row.generation.status === status))
        .map((row) => row.generation)
        .reverse();
      const from = Number(cursor ?? 0);
      const next = from + limit < all.length ? String(from + limit) : null;
      return { generations: all.slice(from, from + limit), next };
    },
    async cancel(user, id) {
      const row = own(user, id);
      if (row === null) return null;
      if (row.generation.endedAt !== null) return { outcome: 'ended', generation: row.generation };
      if (row.generation.provider === 'apidot' && row.generation.taskId !== null)
        return { outcome: 'unsupported', generation: row.generation };
      fake.change(id, { status: 'cancelled', endedAt: '2026-11-21T11:00:00.000Z' });
      return { outcome: 'cancelled', generation: row.generation };
    },
    async remove(user, id) {
      const row = own(user, id);
      if (row === null) return null;
      if (row.generation.endedAt === null) return 'running';
      rows.delete(id);
      for (const listener of listeners) listener({ user, id });
      return 'deleted';
    },
    async file(user, id, n) {
      const row = own(user, id);
      const file = row?.generation.files.find((one) => one.n === n);
      return file === undefined ? null : { ...file, storageKey: row!.storageKeys[n - 1]! };
    },
    async recordCallback(place, { state }) {
      if (fake.failure !== null) throw fake.failure;
      const row = [...rows.values()].find(({ token, generation }) =>
        'token' in place ? place.token === token : generation.taskId === place.taskId,
      );
      if (row === undefined || row.generation.provider !== place.provider) return 'unplaced';
      recorded.push({ id: row.generation.id, state });
      return 'recorded';
    },
    async events(user, id, after) {
      const row = own(user, id);
      if (row === null) return [];
      return after === null
        ? row.history.slice(-1)
        : row.history.filter((event) => Number(event.id) > Number(after));
    },
    webhook: async () => null,
    setWebhook: async () => 'whsec_',
    removeWebhook: async () => false,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async ready() {
      if (fake.failure !== null) throw fake.failure;
      return true;
    },
    async figures() {
      if (fake.failure !== null) throw fake.failure;
      return {
        open: [{ status: 'needs_attention', count: 2, oldestSeconds: 90 }],
        ...{
          pollLagSeconds: 1,
          unsavedFiles: 0,
          oldestUnsavedSeconds: 0,
          outboxWaiting: 0,
          oldestOutboxSeconds: 0,
        },
        limiters: [
          {
            ...{ provider: 'aivideomaker', account: 'aivideomaker:0123', permits: 59 },
            ...{ pausedSeconds: 0, submitsPausedSeconds: 0, isStopped: true },
          },
        ],
      };
    },
    change(id, fields) {
      const row = rows.get(id)!;
      row.generation = { ...row.generation, ...fields };
      eventId += 1;
      row.history.push({ id: String(eventId), generation: row.generation });
      for (const listener of listeners) listener({ user: row.user, id });
    },
    tokenOf: (id) => rows.get(id)!.token,
    store: (id, storageKey) => void rows.get(id)!.storageKeys.push(storageKey),
  };
  return fake;
}
