import type { TaskState } from '../../model/task.ts';

/** The facts of a call that the answer of an interrupted one needs. */
export interface Situation {
  phase: 'before' | 'submitting' | 'running';
  taskId: string | null;
  state: TaskState | null;
  /** The call is about several tasks: none of them stands for the whole call. */
  isAboutMany: boolean;
  /** Called when it is known of each submit whether it made a task. */
  onOutcomeKnown?: () => void;
}

/** Follows the submits of a call, each by a key of its own: a batch has several under way at the same time. */
export class Submits {
  readonly situation: Situation = { phase: 'before', taskId: null, state: null, isAboutMany: false };
  readonly #underWay = new Set<string>();
  #hasTask = false;

  isAboutMany(): void {
    this.situation.isAboutMany = true;
    if (this.situation.phase === 'before') this.situation.phase = 'running';
  }

  /** Notes what is known of the task of a call; of one of several it says nothing about the call. */
  saw(taskId: string | undefined, state?: TaskState): void {
    const { situation } = this;
    if (situation.isAboutMany) return;
    situation.taskId = taskId ?? situation.taskId;
    situation.state = state ?? situation.state;
  }

  began(key: string): void {
    this.#underWay.add(key);
    this.situation.phase = 'submitting';
  }

  /** It is known what became of a submit: it made a task (or its request had one), or it certainly did not. */
  known(key: string, outcome: 'task' | 'none'): void {
    this.#underWay.delete(key);
    this.#hasTask ||= outcome === 'task';
    if (this.#underWay.size > 0) return;
    this.situation.phase = this.#hasTask || this.situation.isAboutMany ? 'running' : 'before';
    this.situation.onOutcomeKnown?.();
  }
}
