import { Failure } from '../../model/failure.ts';
import { isTerminal, type Task } from '../../model/task.ts';
import type { RateLimiter } from '../../ports/rate-limiter.ts';
import type { Session } from '../session.ts';
import type { Due, Polled } from './poll-rounds.ts';

/** A record of a task that has ended, and who asks for it. */
interface Wanted {
  taskId: string;
  /** On the monotonic clock. */
  until: number;
  /** The list was read for it, and did not show it whole. */
  isNotListed: boolean;
  resolve(task: Task | null): void;
  reject(error: unknown): void;
}

interface RecordReadsOptions {
  api: Session['api'];
  limiter: RateLimiter;
  /** Queries keep no distance from each other. */
  isUnspaced: boolean;
  /** Reads the list; null where that cannot be done now, and nothing was sent. */
  readList(due: readonly Due[]): Promise<ReadonlyMap<string, Polled | Failure> | null>;
}

/** Reads the records of a task that has ended: several from the list together, since each query of its own costs a permit. */
export class EndedRecords {
  readonly #options: RecordReadsOptions;
  readonly #wanted = new Set<Wanted>();
  #isRunning = false;

  constructor(options: RecordReadsOptions) {
    this.#options = options;
  }

  /**
   * Returns the record of a task as the list shows it; null once its own query is permitted.
   * @param until when the caller's time is over, on the monotonic clock: the result is worth a query that nobody permitted
   */
  listed(taskId: string, until: number): Promise<Task | null> {
    return new Promise((resolve, reject) => {
      this.#wanted.add({ taskId, until, isNotListed: false, resolve, reject });
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
      for (const { reject } of this.#wanted) reject(error);
      this.#wanted.clear();
    } finally {
      this.#isRunning = false;
    }
  }

  async #step(): Promise<void> {
    const { api, limiter, isUnspaced } = this.#options;
    const { clock, signal } = api;
    const isAtOnce = isUnspaced || this.#wanted.size === 1;
    const wait = await limiter.acquire(isAtOnce ? 'record' : 'poll');
    if (wait > 0) {
      const next = Math.min(...[...this.#wanted].map(({ until }) => until));
      await clock.sleep(Math.max(0, Math.min(wait, next - clock.monotonic())), signal);
      for (const one of this.#wanted) if (one.until <= clock.monotonic()) this.#give(one, null);
      return;
    }
    const listable = [...this.#wanted].filter(({ isNotListed }) => !isNotListed);
    if (listable.length < 2 || !(await this.#take(listable))) this.#give([...this.#wanted][0]!, null);
  }

  /** Takes records from the list. @returns false where it cannot be read now */
  async #take(wanted: readonly Wanted[]): Promise<boolean> {
    const due = wanted.map(({ taskId, until }) => ({ taskId, dueAtWall: 0, deadline: until, isHint: false }));
    const results = await this.#options.readList(due);
    if (!results) return false;
    for (const one of wanted) {
      const result = results.get(one.taskId);
      const task = result instanceof Failure ? undefined : result?.task;
      if (task && isTerminal(task.state) && (task.state !== 'COMPLETED' || task.urls.length > 0)) {
        this.#give(one, task);
      } else one.isNotListed = true;
    }
    return true;
  }

  #give(wanted: Wanted, task: Task | null): void {
    this.#wanted.delete(wanted);
    wanted.resolve(task);
  }
}
