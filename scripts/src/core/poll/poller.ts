import { MemoryRateLimiter } from '../../http/rate-limit.ts';
import { pauseOfAll } from '../../http/retry.ts';
import { Failure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import type { PermitKind, RateLimiter } from '../../ports/rate-limiter.ts';
import type { Sharing } from '../../ports/sharing.ts';
import type { StatusCache } from '../../ports/status-cache.ts';
import type { Service } from '../service.ts';
import { EndedTasks } from './ended-tasks.ts';
import { isFast, type PollSchedule } from './interval.ts';
import { type Due, type Polled, PollRounds, type Results } from './poll-rounds.ts';
import type { PollTimes } from './poll-until-end.ts';

/** What a wait for the next status of a task ends with. */
type NextStatus =
  | { kind: 'status'; status: Polled }
  /** Also where the caller stopped the wait. */
  | { kind: 'timeOver' }
  /** The time was over, and no query was permitted. */
  | { kind: 'noPermit' };

/** Its times are by the monotonic clock, but for one. */
interface Ask {
  taskId: string;
  dueAt: number;
  deadline: number;
  /** When another process saw the end of the task, whose details are still to be read; 0: none did. */
  endSeenAtWall: number;
  resolve(next: NextStatus): void;
  reject(error: unknown): void;
}

// Made once: a thousand waits wake the poller a thousand times, and each reason of its own would cost a stack trace.
const AWAKE = new Error('a wait began or ended');
// What another process has seen is read so often, at the price of one file: it is known 0.12 s later on average, a tenth of
// what the intervals between the polls themselves cost.
const TICK_MS = 230;
// A wait that begins takes over a status that is as fresh as this.
const FRESH_MS = 2_000;
const ANNOUNCED_MS = 30_000;
const ANNOUNCE_MS = 1_000;
// Five tasks with 20 polls a minute each are far beyond the 60 that a service allows: the permits space the queries then, and
// one query of a list answers for all. What is left of the intervals, half of 3 s and at most 2 s, only lets a task be due when
// the next permit is there.
const CROWD = 5;
const CROWD_SHARE = 0.55;
const CROWD_MOST_MS = 2_000;
// Three tasks with 20 polls a minute each use all 60, so that a process that need not space its queries does so from here on,
// and lets one query serve them all.
const SEVERAL = 3;

/** Polls all tasks that this process waits for. Permits and answers are shared with the other processes of this machine. */
export class Poller {
  readonly #service: Service;
  readonly #limiter: RateLimiter;
  readonly #cache: StatusCache | null;
  readonly #rounds: PollRounds;
  readonly #isUnspaced: boolean;
  /** How often each task is waited for; the oldest wait first. */
  readonly #watched = new Map<string, number>();
  readonly #asks = new Set<Ask>();
  readonly ended: EndedTasks;
  /** When each task was last seen, by the wall clock. */
  readonly #seenAt = new Map<string, number>();
  #isRunning = false;
  #announceAt = 0;
  /** One query serves many tasks, so it is sent more often. */
  #isCrowd = false;
  #sleep = new AbortController();

  /** @param sharing null: this process polls alone, without spacing */
  constructor(service: Service, sharing: Sharing | null, isUnspaced: boolean) {
    const { api, provider } = service;
    this.#service = service;
    this.#limiter = sharing?.limiter ?? new MemoryRateLimiter(provider.rateLimit, api.clock);
    this.#cache = sharing?.statuses ?? null;
    this.#rounds = new PollRounds(service, this.#cache);
    this.#isUnspaced = isUnspaced;
    const readList = (taskIds: readonly string[]) => this.#readList(taskIds);
    this.ended = new EndedTasks({ service, limiter: this.#limiter, isUnspaced, readList });
  }

  /** Begins a wait for a task. @returns the function that ends it */
  watch(taskId: string): () => void {
    // Tasks that many waits begin with, one after the other, are announced together.
    const soon = this.#watched.size === 0 ? 0 : this.#service.api.clock.monotonic() + TICK_MS;
    if (!this.#watched.has(taskId)) this.#announceAt = Math.min(this.#announceAt, soon);
    this.#watched.set(taskId, (this.#watched.get(taskId) ?? 0) + 1);
    return () => {
      const left = (this.#watched.get(taskId) ?? 1) - 1;
      if (left > 0) this.#watched.set(taskId, left);
      else {
        this.#watched.delete(taskId);
        this.#seenAt.delete(taskId);
      }
      if (this.#watched.size === 0) void this.#cache?.leave();
    };
  }

  /**
   * Returns the next status of a watched task: at once when any process sees it, else by a query once it is due.
   * @throws Failure of its own query
   */
  async next(
    taskId: string,
    times: PollTimes & { deadline: number },
    stop?: AbortSignal,
  ): Promise<NextStatus> {
    if (stop?.aborted) return { kind: 'timeOver' };
    const now = this.#service.api.clock.monotonic();
    const pause = Math.max(0, times.dueAt - now);
    const spread = this.#isCrowd ? Math.min(pause * CROWD_SHARE, CROWD_MOST_MS) : pause;
    const dueAt = Math.max(now + spread, times.earliest);
    let onStop = () => {};
    try {
      return await new Promise((resolve, reject) => {
        const ask: Ask = { taskId, ...times, dueAt, endSeenAtWall: 0, resolve, reject };
        onStop = () => {
          this.#end(ask, { kind: 'timeOver' });
          this.#sleep.abort(AWAKE);
        };
        stop?.addEventListener('abort', onStop, { once: true });
        this.#asks.add(ask);
        this.#sleep.abort(AWAKE);
        if (!this.#isRunning) void this.#run();
      });
    } finally {
      stop?.removeEventListener('abort', onStop);
    }
  }

  async nextPermitIn(): Promise<number> {
    return this.#limiter.nextIn(this.#kind);
  }

  get #kind(): PermitKind {
    return this.#isUnspaced && this.#watched.size < SEVERAL ? 'result' : 'poll';
  }

  async #run(): Promise<void> {
    const { signal } = this.#service.api;
    const stop = () => this.#sleep.abort(AWAKE);
    signal?.addEventListener('abort', stop);
    this.#isRunning = true;
    try {
      while (this.#asks.size > 0) await this.#step();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isRunning = false;
      signal?.removeEventListener('abort', stop);
    }
  }

  async #step(): Promise<void> {
    const { clock, signal } = this.#service.api;
    if (signal?.aborted) throw signal.reason;
    await this.#announce();
    await this.#takeNews();
    const due = this.#due();
    // The result of a task that has ended does not keep the distance of a poll.
    const kind = due.some(({ isEndSeen }) => isEndSeen) ? 'result' : this.#kind;
    const wait = due.length > 0 ? await this.#limiter.acquire(kind) : 0;
    if (due.length > 0 && wait <= 0) await this.#query(due);
    const now = clock.monotonic();
    for (const ask of this.#asks) {
      const isSeenLately = clock.wall() - (this.#seenAt.get(ask.taskId) ?? 0) < FRESH_MS;
      if (ask.deadline <= now) this.#end(ask, { kind: isSeenLately ? 'timeOver' : 'noPermit' });
    }
    // Those who got an answer ask for the next one.
    await new Promise((resolve) => setImmediate(resolve));
    let next = Infinity;
    for (const { dueAt, deadline } of this.#asks) next = Math.min(next, Math.max(dueAt, now), deadline);
    const isOverdue = next <= now;
    // Some are due that were not before, or that this query did not serve.
    if (this.#asks.size === 0 || (isOverdue && wait <= 0)) return;
    const pause = Math.min(isOverdue ? Math.max(wait, 1) : next - now, this.#cache ? TICK_MS : Infinity);
    this.#sleep = new AbortController();
    await clock.sleep(pause, this.#sleep.signal).catch(() => {});
  }

  /** Sends a query and waits for its answer; for the list only so long that it delays no query of a single task. */
  async #query(due: readonly Due[]): Promise<void> {
    const { clock } = this.#service.api;
    const at = clock.wall();
    const { results, patienceMs } = await this.#rounds.send(due, this.#watched.keys());
    const answered = new AbortController();
    const taken = results.then((all) => this.#take(all, at)).finally(() => answered.abort(AWAKE));
    if (patienceMs === Infinity) return taken;
    await Promise.race([taken, clock.sleep(patienceMs, answered.signal).catch(() => {})]);
    // Where it comes later, nobody else hears of it.
    taken.catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    for (const ask of this.#asks) ask.reject(error);
    this.#asks.clear();
  }

  /** The tasks whose query is due, the longest wait first. */
  #due(): Due[] {
    const { clock } = this.#service.api;
    const now = clock.monotonic();
    const toWall = clock.wall() - now;
    const asks = [...this.#asks].filter(({ dueAt, endSeenAtWall }) => dueAt <= now || endSeenAtWall > 0);
    if (asks.length === 0) return [];
    const order = new Map([...this.#watched.keys()].map((id, n) => [id, n]));
    asks.sort((a, b) => (order.get(a.taskId) ?? 0) - (order.get(b.taskId) ?? 0));
    return asks.map(({ taskId, dueAt, deadline, endSeenAtWall }) => {
      return { taskId, deadlineMonotonic: deadline, dueAtWall: dueAt + toWall, isEndSeen: endSeenAtWall > 0 };
    });
  }

  async #readList(taskIds: readonly string[]): Promise<Results | null> {
    const at = this.#service.api.clock.wall();
    const results = await this.#rounds.readEnded(taskIds, this.#watched.keys());
    if (results) await this.#take(results, at);
    return results;
  }

  /** Hands what a query showed to those who asked. @param at when it was sent, by the wall clock */
  async #take(results: Results, at: number): Promise<void> {
    const pauses = [...results.values()].flatMap((result) =>
      result instanceof Failure && result.code === 'RATE_LIMITED' ? [pauseOfAll(result)] : [],
    );
    // The service counts all queries, so every process has to pause.
    if (pauses.length > 0) await this.#limiter.pauseFor(Math.max(...pauses));
    for (const ask of this.#asks) {
      const result = results.get(ask.taskId);
      if (result === undefined) continue;
      if (!(result instanceof Failure)) this.#seenAt.set(ask.taskId, at);
      this.#answer(ask, result);
    }
  }

  #answer(ask: Ask, result: Polled | Failure): void {
    this.#asks.delete(ask);
    if (result instanceof Failure) ask.reject(result);
    else ask.resolve({ kind: 'status', status: result });
  }

  #end(ask: Ask, next: NextStatus): void {
    this.#asks.delete(ask);
    ask.resolve(next);
  }

  async #announce(): Promise<void> {
    const { clock } = this.#service.api;
    if (!this.#cache || clock.monotonic() < this.#announceAt) return;
    this.#announceAt = clock.monotonic() + ANNOUNCE_MS;
    const toWall = clock.wall() - clock.monotonic();
    // A task that is waited for, but not at this moment, is not due.
    const later = Math.round(clock.wall()) + ANNOUNCED_MS;
    const tasks = new Map([...this.#watched.keys()].map((id) => [id, later]));
    for (const ask of this.#asks) tasks.set(ask.taskId, Math.round(ask.dueAt + toWall));
    await this.#cache.announce(tasks);
  }

  /** Answers with what other processes saw. An end counts only with the task's details: without them, they are read at once. */
  async #takeNews(): Promise<void> {
    if (!this.#cache) return;
    const { tasks } = await this.#cache.read();
    this.#isCrowd = Math.max(tasks.size, this.#watched.size) >= CROWD;
    const now = this.#service.api.clock.wall();
    for (const ask of this.#asks) {
      const seen = tasks.get(ask.taskId);
      const since = this.#seenAt.get(ask.taskId) ?? now - FRESH_MS;
      if (!seen?.state || seen.at <= Math.max(since, ask.endSeenAtWall) || seen.at > now + FRESH_MS) continue;
      if (!isTerminal(seen.state)) {
        this.#seenAt.set(ask.taskId, seen.at);
        this.#answer(ask, { state: seen.state, record: {} });
        continue;
      }
      const task = await this.#cache.ended(ask.taskId);
      if (task && task.state === seen.state) this.#answer(ask, { ...task, task });
      else ask.endSeenAtWall = seen.at;
    }
  }
}

/**
 * Returns a poller. One whose polls are too frequent to share anything polls alone.
 * @param sharing what the processes of this machine share about the service; null: each polls alone
 */
export async function openPoller(
  service: Service,
  schedule: PollSchedule,
  sharing: () => Promise<Sharing | null>,
): Promise<Poller> {
  const isAlone = isFast(schedule);
  return new Poller(service, isAlone ? null : await sharing(), isAlone);
}
