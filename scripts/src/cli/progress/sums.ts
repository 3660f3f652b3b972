import type { BatchProgress } from '../../core/observer.ts';
import { isTerminal, type TaskState } from '../../model/task.ts';

// Of a large batch, no more lines than a user or an agent reads; the report of the batch names them all.
const MOST_LINES = 100;

/** The sums of a call about several tasks. A batch tells them; those of other tasks are made of the states that are noted. */
export class Sums {
  /** Null: the call is about one task. */
  now: BatchProgress | null = null;
  isBatch = false;
  readonly #states = new Map<string, TaskState>();
  #linesLeft = MOST_LINES;

  begin(total: number): void {
    this.now = { total, done: 0, failed: 0, running: total, credits: null };
  }

  replace(progress: BatchProgress): void {
    this.isBatch = true;
    this.now = progress;
  }

  /** Notes the state of a task. Returns whether it is another one than before. */
  note(key: string, state: TaskState): boolean {
    if (state === 'UNKNOWN' || this.#states.get(key) === state) return false;
    this.#states.set(key, state);
    if (this.now && !this.isBatch) {
      const states = [...this.#states.values()];
      const count = (wanted: TaskState) => states.filter((one) => one === wanted).length;
      const running = this.now.total - states.filter(isTerminal).length;
      const [done, failed, cancelled] = [count('COMPLETED'), count('FAILED'), count('CANCEL')];
      this.now = { ...this.now, done, failed, cancelled, running };
    }
    return true;
  }

  /** Returns the lines about a change of a line of the batch: after many, only of those without a result. */
  linesAbout(label: string, state: TaskState): string[] {
    const isBad = state === 'FAILED' || state === 'CANCEL';
    if (this.#linesLeft <= (isBad ? -MOST_LINES : 0)) return [];
    this.#linesLeft -= 1;
    const more = 'The batch is large: from here on only lines without a result are named.';
    return this.#linesLeft === 0 ? [`${label}${state}`, more] : [`${label}${state}`];
  }
}
