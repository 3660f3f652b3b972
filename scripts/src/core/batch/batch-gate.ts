import { pauseAfter } from '../../http/retry.ts';
import type { Clock } from '../../model/clock.ts';
import { Failure } from '../../model/failure.ts';
import type { SubmitGate } from '../session.ts';
import { INTERRUPTED } from '../submit/submit-or-reconcile.ts';
import type { BatchSpending } from './budget.ts';

interface GateOptions {
  clock: Clock;
  signal?: AbortSignal | undefined;
  stop: AbortSignal;
  /** When the last submit may be sent. */
  until(): number;
  spending: BatchSpending;
}

// After these, the service would reject another line too.
const ENDS_ALL: ReadonlySet<string> = new Set(['AUTH_FAILED', 'INSUFFICIENT_CREDITS', 'BUDGET_EXCEEDED']);
const PAUSES = { baseMs: 1_000, capMs: 30_000 };

/** Lets the submits of a batch through, unless the service asked for a pause, credits have ended, or the time is over. */
export class BatchGate {
  readonly #options: GateOptions;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** Why nothing may be submitted any more. */
  held: Failure | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /**
   * Heeds that a submit was rejected: holds all others back where they would be rejected too, or lets them pause.
   * @param attempt how often this submit was rejected
   * @returns whether it may be sent later
   */
  rejected(failure: Failure, attempt: number): boolean {
    if (ENDS_ALL.has(failure.code)) this.held ??= failure;
    if (!failure.details.transient) return false;
    this.pauseFor(pauseAfter(failure, attempt, PAUSES, this.#options.clock.random));
    return !this.isOver;
  }

  get isOver(): boolean {
    const { clock, stop, until } = this.#options;
    return stop.aborted || clock.monotonic() >= until();
  }

  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.clock.monotonic() + ms);
  }

  /**
   * Returns the gate of one line.
   * @param price credits that its submit may cost; null where that is not known
   * @param onLost called when the answer of its submit was lost
   */
  of(number: number, price: number | null, onLost: () => void): SubmitGate {
    return {
      ready: async () => {
        await this.#resumed();
        if (this.held) throw this.held;
        this.#options.spending.reserve(number, price);
      },
      pauseFor: (ms) => this.pauseFor(ms),
      lost: onLost,
    };
  }

  async #resumed(): Promise<void> {
    const { clock, stop, until, signal } = this.#options;
    for (;;) {
      if (stop.aborted) throw new Failure('UNKNOWN_ERROR', INTERRUPTED);
      const left = this.#pausedUntil - clock.monotonic();
      if (left <= 0 || this.held) return;
      if (this.#pausedUntil > until()) {
        const message = 'The service asked every submit to pause for longer than the wait.';
        throw new Failure('RATE_LIMITED', message, { retryAfter: Math.ceil(left / 1000) });
      }
      await clock.sleep(left, signal);
    }
  }
}
