/** A request or a task, and what was last said of it: a state between two equal failures repeats neither of them. */
export interface Subject {
  taskId: string | null;
  /** What a line about it begins with, with a space behind it; empty for the call as a whole. */
  label: string;
  /** What tells a line of a batch, or a task, from the others. */
  key: string;
  said: string;
  failure: string;
}

/** What the lines of a call are about, and how old its tasks are. */
export class Subjects {
  readonly #clock: () => number;
  readonly #all = new Map<string, Subject>();
  // When each task was made, on this clock; only of those for which that is known.
  readonly #made = new Map<string, number>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  of(name: string | null, taskId: string | null): Subject {
    const id = JSON.stringify([name, taskId]);
    const label = [name, taskId && `task ${taskId}`]
      .map((part) => (part === null ? '' : `${part} `))
      .join('');
    const key = name === null ? (taskId ?? '') : JSON.stringify(name);
    const subject = this.#all.get(id) ?? { taskId, label, key, said: '', failure: '' };
    this.#all.set(id, subject);
    return subject;
  }

  /** Notes the age of a task in milliseconds, unless it is known. */
  noteAge(taskId: string, ms: number): void {
    if (ms >= 0 && !this.#made.has(taskId)) this.#made.set(taskId, this.#clock() - ms);
  }

  ageOf({ taskId }: Subject): number | null {
    const made = this.#made.get(taskId ?? '');
    return made === undefined ? null : this.#clock() - made;
  }
}
