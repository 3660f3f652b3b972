import type { Clock } from '../../scripts/src/model/clock.ts';

/** A clock that moves only during a sleep, so that a wait of minutes takes no time. */
export class FakeClock implements Clock {
  now = 0;
  /** The wall clock minus the monotonic one; change it to let the wall clock jump. */
  wallOffset = Date.UTC(2026, 10, 21, 12);
  /** What `random` gives next, over and over. */
  chance = 0.5;
  /** How often the event loop runs in a sleep that something may end: a server of this process answers meanwhile. */
  eventLoops = 0;
  readonly sleeps: number[] = [];
  /** Called after each sleep, with the time it is then. */
  onSleep: ((now: number) => void) | undefined;

  monotonic = (): number => this.now;
  wall = (): number => this.now + this.wallOffset;
  random = (): number => this.chance;

  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    for (let n = 0; signal && !signal.aborted && n < this.eventLoops; n += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (signal?.aborted) throw signal.reason;
    this.sleeps.push(ms);
    this.now += ms;
    await Promise.resolve();
    this.onSleep?.(this.now);
    if (signal?.aborted) throw signal.reason;
  };
}
