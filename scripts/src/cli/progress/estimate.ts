import type { ExpectedDuration } from '../../core/observer.ts';
import { sourceOf, usually } from './words.ts';

/** How long the tasks of a call usually take, and whether that was said. */
export class Estimate {
  #expected: ExpectedDuration | null = null;
  #isSaid = false;

  get expected(): ExpectedDuration | null {
    return this.#expected;
  }

  /** A batch of several models has no one estimate. */
  note(duration: ExpectedDuration, isBatch: boolean): void {
    const isOther = this.#expected && JSON.stringify(this.#expected) !== JSON.stringify(duration);
    this.#expected = isBatch && isOther ? null : duration;
  }

  /** Returns what a line says of it, once. */
  sayOnce(): string {
    if (!this.#expected || this.#isSaid) return '';
    this.#isSaid = true;
    return `; ${usually(this.#expected)} (${sourceOf(this.#expected)})`;
  }
}
