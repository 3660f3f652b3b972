// Processes of one machine: the real poller and real files, with simulated time and a simulated service.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Poller } from '../../../scripts/src/core/poll/poller.ts';
import { type FleetOptions, type FleetTask, runFleet } from '../../support/fleet.ts';
import { serve } from '../../support/server.ts';
import { seeded } from '../../support/virtual-time.ts';
import { sessionWith } from '../session.ts';

const MINUTE = 60_000;

// The names of files decide which process comes first: a run with the same names is the same run.
const names = vi.hoisted(() => ({ random: (): number => 0 }));
vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof import('node:crypto')>()),
  randomBytes: (size: number) => Buffer.from(Array.from({ length: size }, () => names.random() * 256)),
}));

/** A minute, 40 % more or less. */
const aboutAMinute = (random: number): number => MINUTE * (0.6 + 0.8 * random);

/** A folder in memory where the system has one: hundreds of simulated processes share it. */
function folder(): string {
  const made = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'amw-fleet-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function fleet(options: Partial<FleetOptions> & { processes: number }) {
  names.random = seeded(options.seed ?? 1);
  return runFleet({ folder: folder(), durationMs: aboutAMinute, ...options });
}

describe('faults 51 and 80: processes that wait for tasks of one service', () => {
  it('30 of them: all end, soon, without a refused query, by the list alone', async () => {
    const figures = await fleet({ processes: 30 });
    expect(figures).toMatchObject({ ended: 30, refused: 0 });
    expect(figures.meanLagMs).toBeLessThanOrEqual(2_000);
    expect(figures.worstLagMs).toBeLessThanOrEqual(6_000);
    expect(figures.mostInAMinute).toBeLessThanOrEqual(58);
    expect(figures.queries).toBeLessThan(60 + figures.lists);
  });

  it('and the one that polls is killed every five seconds: the next one takes over', async () => {
    const figures = await fleet({ processes: 25, killEachMs: 5_000 });
    expect(figures).toMatchObject({ ended: 25, refused: 0 });
    expect(figures.kills).toBeGreaterThan(8);
    expect(figures.meanLagMs).toBeLessThanOrEqual(4_000);
  });

  it('whatever dies when: all end, and no minute holds more than the limit', async () => {
    const schedule = fc.record({
      processes: fc.integer({ min: 1, max: 8 }),
      tasksEach: fc.integer({ min: 1, max: 4 }),
      seed: fc.integer(),
      killEachMs: fc.integer({ min: 300, max: 20_000 }),
      latencyMs: fc.integer({ min: 1, max: 3_000 }),
      hasList: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(schedule, async (options) => {
        const figures = await fleet({ ...options, killMost: 15 });
        expect(figures).toMatchObject({ ended: figures.tasks, refused: 0 });
        expect(figures.mostInAMinute).toBeLessThanOrEqual(60);
      }),
      { numRuns: 8 },
    );
  });

  it('three hundred tasks of one process: the same', async () => {
    const figures = await fleet({ processes: 1, tasksEach: 300 });
    expect(figures).toMatchObject({ ended: 300, refused: 0 });
    expect(figures.meanLagMs).toBeLessThanOrEqual(2_000);
    expect(figures.worstLagMs).toBeLessThanOrEqual(6_000);
  });

  it('a service without a list: single queries share the permits, each task in its time', async () => {
    const figures = await fleet({ processes: 20, hasList: false });
    expect(figures).toMatchObject({ ended: 20, refused: 0 });
    // Twenty tasks with a query a second: each has one in about 22 s.
    expect(figures.worstLagMs).toBeLessThanOrEqual(26_000);
  });

  it('a service that is down and says for how long: no task is asked for again before that', async () => {
    const figures = await fleet({
      processes: 1,
      tasksEach: 6,
      hasList: false,
      downUntil: 60_000,
      retryAfterS: 20,
    });
    expect(figures.ended).toBe(6);
    expect(figures.soonestAgainMs).toBeGreaterThanOrEqual(20_000);
  });

  it('20 of them, and a user who asks for a state again and again: nothing is refused, the waits stay soon', async () => {
    const figures = await fleet({ processes: 20, lookupEachMs: 200 });
    expect(figures).toMatchObject({ ended: 20, refused: 0 });
    expect(figures.meanLagMs).toBeLessThanOrEqual(2_000);
    expect(figures.worstLagMs).toBeLessThanOrEqual(6_000);
    expect(figures.lookups).toBeGreaterThan(20);
  });

  it('one task alone needs no list', async () => {
    const figures = await fleet({ processes: 1 });
    expect(figures).toMatchObject({ ended: 1, lists: 0, refused: 0 });
    expect(figures.mostInAMinute).toBeLessThanOrEqual(30);
  });

  it('fault 44: where nothing can be shared, each process keeps to the limit by itself', async () => {
    const figures = await fleet({ processes: 2, tasksEach: 30, folder: null });
    expect(figures).toMatchObject({ ended: 60, refused: 0 });
  });
});

describe('fault 81: a list that does not serve', () => {
  it.each<[string, (tasks: FleetTask[], now: number) => FleetTask[], number]>([
    ['is cut to its newest ten', (tasks) => tasks.slice(-10), 35_000],
    ['does not show a task for a minute', (tasks, now) => (now < MINUTE ? tasks.slice(1) : tasks), 9_000],
    ['is empty', () => [], 26_000],
    [
      'is a minute old',
      (tasks, now) => tasks.map((task) => ({ ...task, endAt: now - MINUTE > task.endAt ? 0 : Infinity })),
      // No later than the list shows it.
      MINUTE,
    ],
  ])('%s: single queries within the same limit', async (_, list, worstMs) => {
    const figures = await fleet({ processes: 20, list });
    expect(figures).toMatchObject({ ended: 20, refused: 0 });
    expect(figures.worstLagMs).toBeLessThanOrEqual(worstMs);
  });
});

describe('fault 81: a list that is too large or too slow', () => {
  it.each<[string, Partial<FleetOptions>, Partial<FleetOptions>]>([
    ['answers after a minute', { listMs: MINUTE }, { processes: 4 }],
    ['answers after a minute', { listMs: MINUTE }, { processes: 1, tasksEach: 4 }],
    ['answers after nine seconds', { listMs: 9_000 }, { processes: 4 }],
    ['answers after nine seconds', { listMs: 9_000 }, { processes: 1, tasksEach: 4 }],
    ['has 9 MB of pictures', { pictureBytes: 2.25 * 1024 * 1024 }, { processes: 4 }],
  ])('%s: four tasks are still polled one by one, and each end is seen soon', async (_, list, places) => {
    const figures = await fleet({ processes: 1, ...places, ...list });
    expect(figures).toMatchObject({ ended: 4, refused: 0 });
    expect(figures.worstLagMs).toBeLessThanOrEqual(6_000);
    expect(figures.queries - figures.lists).toBeGreaterThan(20);
  });

  it.each<[string, Partial<FleetOptions>, number]>([
    ['answers after a minute', { listMs: MINUTE }, 26_000],
    ['answers after nine seconds', { listMs: 9_000 }, 26_000],
    // A record of more than 1 MB is not shared: the process that waits for it reads it once more.
    ['has 20 MB of pictures', { pictureBytes: 1024 * 1024 }, 35_000],
  ])('%s: twenty tasks share single queries, as without a list', async (_, list, worstMs) => {
    const figures = await fleet({ processes: 20, ...list });
    expect(figures).toMatchObject({ ended: 20, refused: 0 });
    expect(figures.worstLagMs).toBeLessThanOrEqual(worstMs);
    expect(figures.lists).toBeLessThan(figures.queries / 2);
  });
});

describe('what the processes share', () => {
  it('is for the owner alone, names no key, and does not grow', async () => {
    const place = folder();
    await fleet({ processes: 10, folder: place });
    const entries = readdirSync(place, { recursive: true, encoding: 'utf8' });
    for (const name of entries) {
      const file = path.join(place, name);
      const stat = statSync(file);
      expect(stat.mode & 0o777, name).toBe(stat.isDirectory() ? 0o700 : 0o600);
      if (stat.isFile()) expect(readFileSync(file, 'utf8')).not.toContain('ak_fleet');
    }
    const statuses = entries.filter((name) => /status\/.*\//.test(name));
    // Ten tasks that ended, and what was seen. No process waits any more.
    expect(statuses.filter((name) => name.includes('waiting-'))).toEqual([]);
    expect(statuses.length).toBeLessThanOrEqual(11);
  });
});

it('records of finished tasks that are wanted together are read from the list: one query', async () => {
  const tasks = Array.from({ length: 100 }, (_, n) => ({
    ...{ id: `ckx${n}`, model: 't2v', status: n === 7 ? 'FAILED' : 'COMPLETED' },
    output: n === 7 ? null : { url: `https://files.example/${n}.mp4` },
  }));
  const server = await serve(({ path: at }) => {
    const id = at.split('/').at(-1);
    return { body: id === 'tasks' ? { tasks: tasks.slice(1) } : tasks.find((task) => task.id === id)! };
  });
  const session = sessionWith(server.origin);
  const poller = new Poller(session, null, false);
  const deadline = session.clock.monotonic() + 60_000;
  const found = await Promise.all(
    tasks.map(({ id }) => poller.ended.read(id, { deadline, retryUntil: deadline })),
  );
  expect(found.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
  // The list leaves one out, and is no proof of an end without a result: these two have a query of their own.
  const queries = ['', '/ckx0', '/ckx7'].map((id) => `/api/v1/tasks${id}`);
  expect(server.received.map(({ path: at }) => at)).toEqual(queries);
});

it('the status of a task that runs does not hold its payload, which the service may repeat with an image', async () => {
  const input = { image: `data:image/png;base64,${'A'.repeat(100_000)}` };
  const running = ['ckx0', 'ckx1'].map((id) => ({
    id,
    model: 'i2v',
    input,
    status: 'PROGRESS',
    progress: 7,
  }));
  const server = await serve(({ path: at }) => {
    const id = at.split('/').at(-1);
    return { body: id === 'tasks' ? { tasks: running } : running.find((one) => one.id === id)! };
  });
  const session = sessionWith(server.origin);
  const poller = new Poller(session, null, false);
  const times = { dueAt: 0, earliest: 0, deadline: session.clock.monotonic() + 60_000 };
  for (const { id } of running) poller.watch(id);
  const found = await Promise.all(running.map(({ id }) => poller.next(id, times)));
  expect(server.received.map(({ path: at }) => at)).toContain('/api/v1/tasks');
  for (const one of found) {
    const status = { state: 'PROGRESS', model: 'i2v', record: { status: 'PROGRESS' } };
    expect(one).toMatchObject({ kind: 'status', status });
    expect(JSON.stringify(one).length).toBeLessThan(1_000);
  }
});
