import { Failure } from '../model/failure.ts';

/** Bytes that an attempt must bring, and that must arrive within the stall time; anything slower is a drip. */
export const LEAST_PROGRESS_BYTES = 16 * 1024;

/** Aborts its signal when too few bytes arrive within a span of time, and when the time is over. */
export class StallWatch {
  readonly #controller = new AbortController();
  readonly #stall: NodeJS.Timeout;
  readonly #end: NodeJS.Timeout;
  readonly signal: AbortSignal = this.#controller.signal;
  #bytes = 0;

  constructor(spanMs: number, leftMs: number, timeOver: Failure) {
    this.#stall = setInterval(() => {
      if (this.#bytes < LEAST_PROGRESS_BYTES) {
        const message = `The file's host sent ${this.#bytes} bytes in ${spanMs} ms.`;
        this.#controller.abort(new Failure('NETWORK_ERROR', message, { transient: true }));
      }
      this.#bytes = 0;
    }, spanMs);
    this.#end = setTimeout(() => this.#controller.abort(timeOver), leftMs);
  }

  saw(bytes: number): void {
    this.#bytes += bytes;
  }

  stop(): void {
    clearInterval(this.#stall);
    clearTimeout(this.#end);
  }
}
