import { EXIT_OF_SIGNAL, type StopSignal } from './exit-codes.ts';
import type { Situation } from './progress/situation.ts';

// A submit that is being sent gets this long to return its task id: without the id the result might be lost.
const GRACE_MS = 2_000;

/** Aborts a call after SIGHUP, SIGINT or SIGTERM: after the first signal once no paid result can be lost, after the second at once. */
export class Interruption {
  readonly #situation: Situation;
  readonly #controller = new AbortController();
  readonly #requested = new AbortController();
  #grace: NodeJS.Timeout | undefined;
  #deferred = 0;
  readonly signal: AbortSignal = this.#controller.signal;
  /** Aborted as soon as the first signal comes: nothing new is to be begun. */
  readonly requested: AbortSignal = this.#requested.signal;
  /** The signal that came, if one did. */
  received: StopSignal | null = null;

  /** @param early signals that came before this one listens */
  constructor(situation: Situation, early: readonly StopSignal[]) {
    this.#situation = situation;
    situation.onOutcomeKnown = () => {
      if (this.received && this.#deferred === 0) this.stop();
    };
    for (const name of Object.keys(EXIT_OF_SIGNAL) as StopSignal[]) process.on(name, () => this.#on(name));
    for (const name of early) this.#on(name);
  }

  /** Puts the end off, within the grace period, until the returned function is called. */
  defer(): () => void {
    this.#deferred += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#deferred -= 1;
      if (this.#deferred === 0 && this.received) this.stop();
    };
  }

  #on(name: StopSignal): void {
    const isFirst = this.received === null;
    this.received ??= name;
    this.#requested.abort();
    if (isFirst && (this.#situation.phase === 'submitting' || this.#deferred > 0))
      this.#grace = setTimeout(() => this.stop(), GRACE_MS);
    else this.stop();
  }

  stop(): void {
    clearTimeout(this.#grace);
    this.#controller.abort(new Error(`stopped by ${this.received ?? 'a bug'}`));
  }
}
