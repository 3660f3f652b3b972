import { Failure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { RateLimiter } from '../../ports/rate-limiter.ts';
import type { Service } from '../service.ts';
import type { Results } from './poll-rounds.ts';

interface Wanted {
  taskId: string;
  /** By the monotonic clock. Once it has passed, no permit is waited for. */
  deadline: number;
  /** What the list showed of it, which counts where no query was permitted in time; null: no end. Absent: not read yet. */
  listed: Task | null | undefined;
  resolve(task: Task | Promise<Task>): void;
  query(): Promise<Task>;
}

interface Options {
  service: Service;
  limiter: RateLimiter;
  /** Queries keep no distance from each other. */
  isUnspaced: boolean;
  /** Reads the list; null where that cannot be done now, and nothing was sent. */
  readList(taskIds: readonly string[]): Promise<Results | null>;
}

/** Reads the details of tasks that have ended: several from the list together, since each query of its own costs a permit. */
export class EndedTasks {
  readonly #options: Options;
  readonly #wanted = new Set<Wanted>();
  #isRunning = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Returns a task with its details: with its result from the list, or by a query of its own.
   * @param listed an end without a result, where the list showed that
   * @throws Failure of its own query
   */
  read(
    taskId: string,
    { deadline, retryUntil }: { deadline: number; retryUntil: number },
    listed?: Task,
  ): Promise<Task> {
    const { api, provider } = this.#options.service;
    const query = () => api.read(provider.task(taskId), { retryUntil, deadline, isPermitted: true });
    return new Promise((resolve) => {
      this.#wanted.add({ taskId, deadline, listed, resolve, query });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      // Others may ask at this same moment.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#wanted.size > 0) await this.#step();
    } catch (error) {
      for (const { resolve } of this.#wanted) resolve(Promise.reject(error));
      this.#wanted.clear();
    } finally {
      this.#isRunning = false;
    }
  }

  async #step(): Promise<void> {
    const { limiter, isUnspaced, service } = this.#options;
    const { clock, signal } = service.api;
    const wait = await limiter.acquire(isUnspaced || this.#wanted.size === 1 ? 'result' : 'poll');
    const wanted = [...this.#wanted];
    if (wait > 0) {
      const soonest = Math.min(...wanted.map(({ deadline }) => deadline));
      await clock.sleep(Math.max(0, Math.min(wait, soonest - clock.monotonic())), signal);
      for (const one of wanted)
        if (one.deadline <= clock.monotonic()) this.#answer(one, one.listed ?? one.query());
      return;
    }
    const listable = wanted.filter(({ listed }) => listed === undefined);
    const isRead = listable.length > 1 && (await this.#readFromList(listable));
    const [first] = this.#wanted;
    if (!isRead && first) this.#answer(first, first.query());
  }

  /** @returns false where the list cannot be read now */
  async #readFromList(wanted: readonly Wanted[]): Promise<boolean> {
    const results = await this.#options.readList(wanted.map(({ taskId }) => taskId));
    for (const one of results ? wanted : []) {
      const result = results!.get(one.taskId);
      const { task, listed = null } = result instanceof Failure || !result ? {} : result;
      if (task && task.urls.length > 0) this.#answer(one, task);
      else one.listed = listed;
    }
    return results !== null;
  }

  #answer(wanted: Wanted, task: Task | Promise<Task>): void {
    this.#wanted.delete(wanted);
    wanted.resolve(task);
  }
}
