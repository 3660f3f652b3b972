// One request is charged once, whatever the service does and wherever a process ends. The service is a table of facts in
// this process, so that thousands of stories can be told; requests, answers and records are the real ones.

import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../scripts/src/http/http-client.ts';
import { networkError } from '../../../scripts/src/http/network-error.ts';
import type { Transport } from '../../../scripts/src/http/transport.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';
import { Journal } from '../../../scripts/src/stores/file/journal.ts';
import { FakeClock } from '../../support/clock.ts';
import { generateClip, journalOf, REQUEST, sessionWith } from '../session.ts';
import { START } from '../submits.ts';

// Only a power cut would show the difference, and none is told of here.
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  fsyncSync: () => {},
}));

const SERVICE = 'http://127.0.0.1:9';

/** The process was ended from outside, between two of its steps. */
class Killed extends Error {}

/** What the service does with one submit. */
type Deed = 'accepts' | 'accepts, answer lost' | 'never gets it' | 429 | 402 | 400;

interface Story {
  /** The fates of the submits, in order; after them the service accepts. */
  deeds: Deed[];
  /** Readings of the list that fail, by number. */
  badReadings: number[];
  /** Milliseconds after which the list shows a task. */
  delay: number;
  isKeyHonoured: boolean;
  isKeyListed: boolean;
  /** Milliseconds that a submit takes after the service has dealt with it. */
  slowness: number;
  /** Milliseconds that the clock of this machine is off. */
  skew: number;
  /**
   * The runs of the commands of two equal lines: for which of them, how long they wait, after how many steps they are
   * killed, and how long it is till the next.
   */
  runs: { ordinal: number; waitMs: number; killedAt: number | null; pauseMs: number }[];
}

class World {
  readonly clock = new FakeClock();
  readonly #story: Story;
  readonly tasks: { id: string; at: number; key: string }[] = [];
  #keys = 0;
  #submits = 0;
  #readings = 0;
  #stepsLeft = Number.POSITIVE_INFINITY;

  constructor(story: Story) {
    this.#story = story;
    const { clock } = this;
    clock.wallOffset += story.skew;
    const { monotonic, wall, sleep } = clock;
    clock.monotonic = () => this.#step() && monotonic();
    clock.wall = () => this.#step() && wall();
    clock.sleep = (ms, signal) => this.#step() && sleep(ms, signal);
  }

  newKey(): string {
    this.#keys += 1;
    return `key-000${this.#keys}`;
  }

  /** From here on the process lives for so many steps: readings of the clock, requests, answers, pauses. */
  begin(steps: number | null): void {
    this.#stepsLeft = steps ?? Number.POSITIVE_INFINITY;
  }

  #step(): true {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) throw new Killed();
    return true;
  }

  readonly transport = {
    send: async (request: HttpRequest): Promise<HttpAnswer> => {
      this.#step();
      const { httpStatus = 200, ...record } = this.#answer(request);
      this.#step();
      const date = new Date(START + this.clock.now).toUTCString();
      return {
        status: httpStatus as number,
        headers: { date, 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(record)),
      };
    },
    close: async () => {},
  } as unknown as Transport;

  #answer(request: HttpRequest): Record<string, unknown> {
    const { pathname } = request.url;
    if (pathname.endsWith('/tasks')) return this.#list(request);
    if (pathname.includes('/generate/')) return this.#submit(request);
    if (pathname.includes('/quote/')) return { credits: 15, currentBalance: 5, affordable: false };
    const id = pathname.split('/')[4]!;
    if (pathname.endsWith('/status')) return { status: 'COMPLETED' };
    return { id, status: 'COMPLETED', output: { url: `https://static.example.com/${id}.mp4` } };
  }

  #list(request: HttpRequest): Record<string, unknown> {
    this.#readings += 1;
    if (this.#story.badReadings.includes(this.#readings)) throw networkError(request, 'is silent', true);
    const seen = this.tasks.filter(({ at }) => this.clock.now >= at + this.#story.delay);
    return {
      tasks: seen.map(({ id, at, key }) => ({
        ...{ id, model: 't2v', status: 'PROGRESS', input: REQUEST.payload },
        createdAt: new Date(START + at).toISOString(),
        idempotencyKey: this.#story.isKeyListed ? key : null,
      })),
    };
  }

  #submit(request: HttpRequest): Record<string, unknown> {
    const { deeds, isKeyHonoured, slowness } = this.#story;
    const deed = deeds[this.#submits] ?? 'accepts';
    this.#submits += 1;
    if (typeof deed === 'number') return { httpStatus: deed, status: 'FAILED' };
    const key = request.headers['idempotency-key'] ?? request.headers['Idempotency-Key']!;
    let id = 'none';
    if (deed !== 'never gets it') {
      const known = isKeyHonoured ? this.tasks.find((task) => task.key === key) : undefined;
      id = known?.id ?? `ckx${this.tasks.length + 1}`;
      if (!known) this.tasks.push({ id, at: this.clock.now, key });
    }
    this.clock.now += slowness;
    if (deed === 'accepts') return { status: 'SUBMITTED', taskId: id };
    throw networkError(request, 'closed the connection', true);
  }
}

/** What one run of the command comes to: the task, or why there is none. */
async function run(world: World, journal: Journal, waitMs: number, ordinal: number): Promise<string> {
  const { clock, transport } = world;
  const own = new Journal(journal.place);
  const session = sessionWith(SERVICE, { clock, transport, journal: own, firstMs: 500 });
  const generation = { ...REQUEST, idempotencyKey: world.newKey() };
  try {
    const { envelope } = await generateClip(session, { generation, note: { ordinal }, waitMs });
    return envelope.taskId!;
  } catch (error) {
    if (error instanceof Killed) return 'killed';
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

const story: fc.Arbitrary<Story> = fc.record({
  deeds: fc.array(fc.constantFrom<Deed>('accepts', 'accepts, answer lost', 'never gets it', 429, 402, 400), {
    maxLength: 5,
  }),
  badReadings: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
  delay: fc.integer({ min: 0, max: 59_000 }),
  isKeyHonoured: fc.boolean(),
  isKeyListed: fc.boolean(),
  slowness: fc.integer({ min: 0, max: 30_000 }),
  skew: fc.constantFrom(0, -3_600_000, 90_000),
  runs: fc.array(
    fc.record({
      ordinal: fc.constantFrom(1, 2),
      waitMs: fc.constantFrom(0, 5_000, 45_000, 300_000),
      killedAt: fc.option(fc.integer({ min: 1, max: 120 }), { freq: 3 }),
      pauseMs: fc.integer({ min: 0, max: 120_000 }),
    }),
    { maxLength: 5 },
  ),
});

/** The story that a shorter minute would get wrong: the list is as late as it may be, and the key is worth nothing. */
const LATE: Story = {
  ...{ deeds: ['accepts, answer lost'], badReadings: [], delay: 59_000, slowness: 0, skew: 0 },
  ...{ isKeyHonoured: false, isKeyListed: false },
  runs: [0, 5_000, 45_000].map((waitMs) => ({ ordinal: 1, waitMs, killedAt: null, pauseMs: 0 })),
};

/** The list shows the task of the second line without its key, and the first line takes it. */
const LOOKALIKE: Story = {
  ...LATE,
  ...{ deeds: ['never gets it', 'accepts, answer lost'], delay: 5_000, isKeyHonoured: true },
  runs: [1, 2].map((ordinal) => ({ ordinal, waitMs: 0, killedAt: null, pauseMs: 0 })),
};

/** Two equal lines are both lost, a second apart, and the list shows neither key. */
const TWINS: Story = {
  deeds: [429, 'accepts, answer lost', 'accepts, answer lost'],
  badReadings: [3],
  delay: 1,
  isKeyHonoured: false,
  isKeyListed: false,
  slowness: 0,
  skew: 0,
  runs: [{ ordinal: 2, waitMs: 0, killedAt: 41, pauseMs: 0 }],
};

it('faults 2, 35, 36, 74 and 77: of two equal lines each has one charge and its task, whatever the service does and wherever a process ends', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const world = new World(told);
      const { clock } = world;
      const journal = journalOf(SERVICE, clock);
      try {
        const found = new Map([1, 2].map((ordinal) => [ordinal, new Set<string>()]));
        const runOnce = async (ordinal: number, waitMs: number, killedAt: number | null = null) => {
          world.begin(killedAt);
          const end = await run(world, journal, waitMs, ordinal);
          if (end.startsWith('ckx')) found.get(ordinal)!.add(end);
        };
        for (const { ordinal, waitMs, killedAt, pauseMs } of told.runs) {
          await runOnce(ordinal, waitMs, killedAt);
          clock.now += pauseMs;
        }
        for (const [ordinal, ids] of found) {
          // The deeds that are left may reject it a few times more.
          for (let n = 0; n < 8 && ids.size === 0; n += 1) await runOnce(ordinal, 300_000);
          // However it ended, it stays so.
          await runOnce(ordinal, 300_000);
        }
        for (const ids of found.values()) expect(ids.size).toBeLessThanOrEqual(1);
        const ids = world.tasks.map(({ id }) => id);
        expect([...found.values()].flatMap((one) => [...one]).sort()).toEqual(ids.sort());
        return true;
      } finally {
        rmSync(journal.place.folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 60, examples: [[LATE], [LOOKALIKE], [TWINS]] },
  );
});
