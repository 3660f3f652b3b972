import type { TaskState } from '../../model/task.ts';

/**
 * The facts of a call that the answer of an interrupted one needs. Its submits are followed by keys of their own: a batch has
 * several under way at the same time.
 */
export class Situation {
  phase: 'before' | 'submitting' | 'running' = 'before';
  taskId: string | null = null;
  state: TaskState | null = null;
  /** The call is about several tasks: none of them stands for the whole call. */
  isAboutMany = false;
  /** Called when it is known of each submit whether it made a task. */
  onOutcomeKnown?: () => void;
  readonly #underWay = new Set<string>();
  #hasTask = false;

  several(): void {
    this.isAboutMany = true;
    if (this.phase === 'before') this.phase = 'running';
  }

  /** Notes what is known of the task of a call; of one of several it says nothing about the call. */
  saw(taskId: string | undefined, state?: TaskState): void {
    if (this.isAboutMany) return;
    this.taskId = taskId ?? this.taskId;
    this.state = state ?? this.state;
  }

  began(key: string): void {
    this.#underWay.add(key);
    this.phase = 'submitting';
  }

  /** It is known what became of a submit: it made a task (or its request had one), or it certainly did not. */
  known(key: string, outcome: 'task' | 'none'): void {
    this.#underWay.delete(key);
    this.#hasTask ||= outcome === 'task';
    if (this.#underWay.size > 0) return;
    this.phase = this.#hasTask || this.isAboutMany ? 'running' : 'before';
    this.onOutcomeKnown?.();
  }
}
