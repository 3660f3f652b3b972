// Processes of one machine that wait for tasks of one service: real poller, real files, simulated time and service.

import { SILENT } from '../../scripts/src/client/connection.ts';
import { openPoller } from '../../scripts/src/core/poll/poller.ts';
import type { Session } from '../../scripts/src/core/session.ts';
import { getStatus } from '../../scripts/src/core/tasks/get-status.ts';
import { waitTask } from '../../scripts/src/core/wait/wait-task.ts';
import { Api } from '../../scripts/src/http/api.ts';
import type { HttpAnswer, HttpRequest } from '../../scripts/src/http/http-client.ts';
import { networkError } from '../../scripts/src/http/network-error.ts';
import type { Transport } from '../../scripts/src/http/transport.ts';
import { once } from '../../scripts/src/model/once.ts';
import { aivideomaker } from '../../scripts/src/providers/aivideomaker/api.ts';
import { AIVIDEOMAKER } from '../../scripts/src/providers/aivideomaker/definition.ts';
import { sharingIn } from '../../scripts/src/stores/file/sharing.ts';
import { seeded, VirtualTime } from './virtual-time.ts';

const MINUTE = 60_000;

export interface FleetOptions {
  /** Where the processes share; null: each polls for itself. Absolute. */
  folder: string | null;
  processes: number;
  /** Tasks that each process waits for. */
  tasksEach?: number;
  /** How long a task takes, by a number from 0 to 1. */
  durationMs(random: number): number;
  seed?: number;
  /** The service has a list; false: it answers 404. */
  hasList?: boolean;
  /** What the list leaves out, or shows otherwise. */
  list?(tasks: FleetTask[], now: number): FleetTask[];
  /** Milliseconds after which the list answers; absent: as soon as everything else. */
  listMs?: number;
  /** Bytes of the picture that the service repeats with each task. */
  pictureBytes?: number;
  /** Kills the process that sent the last query, each time so many milliseconds have passed; a new one resumes its tasks. */
  killEachMs?: number;
  /** No more kills than this. */
  killMost?: number;
  latencyMs?: number;
  /** Until then every query of a task is answered with 503 and this `Retry-After`. */
  downUntil?: number;
  retryAfterS?: number;
  limit?: number;
  /** Beside the waits, a user asks for the state of a task again and again, so many milliseconds after each answer. */
  lookupEachMs?: number;
}

export interface FleetTask {
  id: string;
  endAt: number;
  seenAt?: number;
  state?: string;
}

interface Process {
  isDead: boolean;
  tasks: FleetTask[];
}

export interface FleetFigures {
  tasks: number;
  ended: number;
  meanLagMs: number;
  worstLagMs: number;
  refused: number;
  queries: number;
  lists: number;
  mostInAMinute: number;
  kills: number;
  /** The shortest time from an answer 503 to the next query for the same task. */
  soonestAgainMs: number;
  /** Single questions that were answered. */
  lookups: number;
}

/** Lets a fleet of processes wait until every task has been seen to end, and returns what came of it. */
export async function runFleet(options: FleetOptions): Promise<FleetFigures> {
  const { folder, processes, tasksEach = 1, limit = 60, latencyMs = 150, hasList = true } = options;
  const random = seeded(options.seed ?? 1);
  const time = new VirtualTime();
  const picture = options.pictureBytes && { image: 'A'.repeat(options.pictureBytes) };
  const accepted: number[] = [];
  const all: FleetTask[] = [];
  const living = new Set<Process>();
  let refused = 0;
  let lists = 0;
  let kills = 0;
  let lookups = 0;
  let soonestAgainMs = Infinity;
  const downAt = new Map<string, number>();
  let latest: Process | undefined;

  const recordOf = (task: FleetTask) => {
    const state = task.state ?? (time.now >= task.endAt ? 'COMPLETED' : 'PROGRESS');
    const output = state === 'COMPLETED' ? { url: `https://files.example/${task.id}.mp4` } : null;
    return {
      id: task.id,
      model: 't2v',
      input: { prompt: 'a lighthouse', ...picture },
      status: state,
      output,
    };
  };
  const answer = (path: string): [number, object] => {
    const recent = accepted.filter((at) => at > time.now - MINUTE);
    if (recent.length >= limit) {
      refused += 1;
      return [429, { status: 'FAILED', errorCode: 'RATE_LIMITED' }];
    }
    accepted.push(time.now);
    const [, id, status] = /\/tasks\/([^/]+)(\/status)?$/.exec(path) ?? [];
    if (id === undefined) {
      if (!hasList) return [404, { status: 'FAILED', message: 'no list' }];
      lists += 1;
      return [200, { tasks: (options.list?.(all, time.now) ?? all).map(recordOf) }];
    }
    const task = all.find((one) => one.id === id)!;
    soonestAgainMs = Math.min(soonestAgainMs, time.now - (downAt.get(id) ?? -Infinity));
    downAt.delete(id);
    if (time.now < (options.downUntil ?? 0)) {
      downAt.set(id, time.now);
      return [503, { status: 'FAILED', message: 'down' }];
    }
    return [200, status ? { status: recordOf(task).status } : recordOf(task)];
  };
  const sessionOf = (process: Process): Session => {
    const clock = time.clock(process, random);
    const transport = {
      send(request: HttpRequest, limits: { timeoutMs: number; maxBytes: number }): Promise<HttpAnswer> {
        latest = process;
        const { url } = request;
        return new Promise((resolve, reject) => {
          const fail = (what: string) => reject(networkError(request, what, true));
          const listMs = url.pathname.endsWith('/tasks') ? options.listMs : undefined;
          time.at(time.now + limits.timeoutMs, () => fail('did not answer in time'));
          time.at(time.now + latencyMs * (0.2 + 0.3 * random()), () => {
            const [status, body] = answer(url.pathname);
            time.at(time.now + (listMs ?? latencyMs * 0.5), () => {
              if (process.isDead) return;
              const retryAfter = { 429: 5, 503: options.retryAfterS }[status];
              const headers: Record<string, string> = retryAfter ? { 'retry-after': `${retryAfter}` } : {};
              const { tasks } = body as { tasks?: object[] };
              // Megabytes that nobody takes need not be written.
              const least = (options.pictureBytes ?? 0) * (tasks?.length ?? 0);
              const bytes = least > limits.maxBytes ? null : Buffer.from(JSON.stringify(body));
              if (!bytes || bytes.length > limits.maxBytes) fail('sent too much');
              else resolve({ status, headers, body: bytes });
            });
          });
        });
      },
    } as unknown as Transport;
    const baseUrl = new URL('https://service.test');
    const sharing = async () =>
      folder === null
        ? null
        : sharingIn({
            folder,
            service: 'service.test',
            account: 'one',
            limit: AIVIDEOMAKER.rateLimit,
            clock,
          });
    const limiter = async () => (await sharing())?.limiter ?? null;
    const service = {
      provider: aivideomaker({ baseUrl, key: 'ak_fleet', now: clock.wall }),
      api: new Api(transport, clock, { timeoutMs: 30_000, maxRetries: 3, limiter }),
    };
    const schedule = { firstMs: 2_000 };
    return {
      ...service,
      schedule,
      poller: once(() => openPoller(service, schedule, sharing)),
      durations: new Map(),
      transport,
      observer: SILENT,
      loopback: null,
      records: async () => null,
    };
  };
  const start = (tasks: FleetTask[]): void => {
    const process: Process = { isDead: false, tasks };
    living.add(process);
    const session = sessionOf(process);
    const settings = { waitMs: 60 * MINUTE, folder: null };
    const waits = tasks.map(async (task) => {
      const { seen } = await waitTask(session, task.id, settings, {}, { state: 'SUBMITTED' });
      if (seen.state === 'COMPLETED') task.seenAt = time.now;
      process.tasks = process.tasks.filter((one) => one !== task);
    });
    void Promise.all(waits).then(() => living.delete(process));
  };

  for (let n = 0; n < processes; n += 1) {
    const tasks = Array.from({ length: tasksEach }, (_, m) => ({
      id: `task-${n}-${m}`,
      endAt: options.durationMs(random()),
    }));
    all.push(...tasks);
    time.at(random() * 2_000, () => start(tasks));
  }
  const ask = async (session: Session, pauseMs: number): Promise<void> => {
    for (;;) {
      const task = all[Math.floor(random() * all.length)]!;
      const result = await getStatus(session, task.id).catch((error: unknown) => error);
      if (!(result instanceof Error)) lookups += 1;
      await session.api.clock.sleep(pauseMs);
    }
  };
  if (options.lookupEachMs !== undefined) {
    void ask(sessionOf({ isDead: false, tasks: [] }), options.lookupEachMs);
  }
  const kill = () => {
    if (latest && living.has(latest) && !latest.isDead && kills < (options.killMost ?? Infinity)) {
      latest.isDead = true;
      living.delete(latest);
      kills += 1;
      const { tasks } = latest;
      // The same command is run once more.
      time.at(time.now + 1_000, () => start(tasks));
    }
    if (options.killEachMs !== undefined) time.at(time.now + options.killEachMs, kill);
  };
  if (options.killEachMs !== undefined) time.at(options.killEachMs, kill);
  await time.runUntil(() => all.every(({ seenAt }) => seenAt !== undefined) || time.now > 60 * MINUTE);

  const ended = all.filter(({ seenAt }) => seenAt !== undefined);
  const lags = ended.map(({ seenAt, endAt }) => Math.max(0, seenAt! - endAt));
  return {
    tasks: all.length,
    ended: ended.length,
    meanLagMs: Math.round(lags.reduce((a, b) => a + b, 0) / Math.max(1, lags.length)),
    worstLagMs: Math.round(Math.max(0, ...lags)),
    refused,
    soonestAgainMs,
    queries: accepted.length,
    lists,
    mostInAMinute: Math.max(
      ...accepted.map((from) => accepted.filter((at) => at >= from && at < from + MINUTE).length),
    ),
    kills,
    lookups,
  };
}
