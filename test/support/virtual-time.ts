import type { Clock } from '../../scripts/src/model/clock.ts';

/** Simulated time for any number of processes. It moves on when all of them wait. */
export class VirtualTime {
  now = 0;
  readonly #timers: { at: number; order: number; run(): void }[] = [];
  #count = 0;

  /** Runs `run` at a time. */
  at(at: number, run: () => void): void {
    const timer = { at: Math.max(at, this.now), order: this.#count++, run };
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timers[middle]!.at <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }

  /** Advances until `isOver`, or until nothing is left to wait for. */
  async runUntil(isOver: () => boolean): Promise<void> {
    for (;;) {
      // Those who were woken run on until each waits for the next moment.
      for (let n = 0; n < 4 || isBusyWithFiles(); n += 1)
        await new Promise((resolve) => setImmediate(resolve));
      const next = this.#timers[0];
      if (!next || isOver()) return;
      this.now = next.at;
      while (this.#timers[0]?.at === this.now) this.#timers.shift()!.run();
    }
  }

  /** Returns the clock of one process. Nothing wakes a process that is dead. */
  clock(process: { isDead: boolean }, random: () => number): Clock {
    const started = Date.UTC(2026, 10, 21, 12);
    return {
      monotonic: () => this.now,
      wall: () => this.now + started,
      random,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) {
            reject(signal.reason);
            return;
          }
          let isDone = false;
          const stop = () => {
            if (isDone || process.isDead) return;
            isDone = true;
            reject(signal?.reason);
          };
          signal?.addEventListener('abort', stop, { once: true });
          this.at(this.now + ms, () => {
            if (isDone || process.isDead) return;
            isDone = true;
            signal?.removeEventListener('abort', stop);
            resolve();
          });
        }),
    };
  }
}

/** Numbers from 0 to 1, the same in each run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** On a busy machine a file takes longer than four rounds; simulated time does not pass meanwhile. */
function isBusyWithFiles(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
}
