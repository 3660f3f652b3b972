import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { discard, diskError, makePrivate, replaceUnsynced, TEMP } from '../../disk/durable.ts';
import {
  LONGEST_PAUSE_MS,
  MemoryRateLimiter,
  nextPermit,
  type PermitRules,
  permitRulesFor,
  type RateLimit,
  type UsedPermit,
} from '../../http/rate-limit.ts';
import type { Clock } from '../../model/clock.ts';
import type { PermitKind, RateLimiter } from '../../ports/rate-limiter.ts';

/** A permit: a file whose name says when it was last used. Only one process can rename it, so only one can use it. */
interface Permit extends UsedPermit {
  name: string;
}

// The letter says that a lookup used it.
const NAME = /^(\d{1,5})-(\d{1,15})(l?)$/;
// The clocks of two machines that share the folder may differ by so much.
const CLOCK_TOLERANCE_MS = 2_000;

/** One small file for each permit, for all processes of this machine. A process that cannot write keeps to the limit by itself. */
export class FileRateLimiter implements RateLimiter {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #rules: PermitRules;
  readonly #alone: MemoryRateLimiter;

  /** @param folder absolute; of this service, or of this service and key, alone */
  constructor(folder: string, limit: RateLimit, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#rules = permitRulesFor(limit);
    this.#alone = new MemoryRateLimiter(limit, clock);
  }

  async acquire(kind: PermitKind): Promise<number> {
    try {
      for (;;) {
        const now = this.#clock.wall();
        const { permit, wait } = this.#next(now, kind);
        if (wait > 0) return wait;
        if (this.#move({ ...permit, isLookup: kind === 'lookup' }, now)) {
          // Where the disk fails later, this process knows what it has sent.
          await this.#alone.acquire('result');
          return 0;
        }
        // Another process was faster: a poll then finds that it has to keep its distance.
      }
    } catch (error) {
      if (diskError(error) === '') throw error;
      return this.#alone.acquire(kind);
    }
  }

  async nextIn(kind: PermitKind): Promise<number> {
    try {
      return this.#next(this.#clock.wall(), kind).wait;
    } catch (error) {
      if (diskError(error) === '') throw error;
      return this.#alone.nextIn(kind);
    }
  }

  async pauseFor(ms: number): Promise<void> {
    await this.#alone.pauseFor(ms);
    const now = this.#clock.wall();
    const until = Math.round(now + Math.min(ms, LONGEST_PAUSE_MS));
    try {
      // A shorter pause does not end a longer one.
      if (until <= now + this.#pauseMs(now)) return;
      makePrivate(this.#folder);
      replaceUnsynced(path.join(this.#folder, 'pause'), String(until));
    } catch (error) {
      if (diskError(error) === '') throw error;
    }
  }

  #next(now: number, kind: PermitKind): { permit: Permit; wait: number } {
    const { permit, wait } = nextPermit(this.#read(now), now, kind, this.#rules);
    return { permit, wait: Math.max(wait, this.#pauseMs(now)) };
  }

  #pauseMs(now: number): number {
    try {
      const left = Number(readFileSync(path.join(this.#folder, 'pause'), 'latin1')) - now;
      return left > 0 && left <= LONGEST_PAUSE_MS ? left : 0;
    } catch {
      return 0;
    }
  }

  get #place(): string {
    return path.join(this.#folder, `permits-${this.#rules.count}`);
  }

  /** Returns the permits, at least one. @throws the disk's error */
  #read(now: number): Permit[] {
    const permits = new Map<number, Permit>();
    for (const name of this.#names()) {
      const [, number, usedAt, letter] = NAME.exec(name) ?? [];
      if (number === undefined || Number(number) >= this.#rules.count) continue;
      const isLookup = letter === 'l';
      const permit = { number: Number(number), usedAt: Number(usedAt), isLookup, name };
      const before = permits.get(permit.number);
      if (!before || before.usedAt < permit.usedAt) permits.set(permit.number, permit);
    }
    if (permits.size === 0) throw Object.assign(new Error('no permit'), { code: 'EINVAL' });
    return this.#sinceClockWasSet([...permits.values()], now);
  }

  /**
   * Moves permits back that lie ahead, as after the clock was set back, so that the newest of them is used just now. The
   * newest is moved last: until then another process sees the same distance.
   */
  #sinceClockWasSet(permits: Permit[], now: number): Permit[] {
    const ahead = Math.max(...permits.map(({ usedAt }) => usedAt)) - now;
    if (ahead <= CLOCK_TOLERANCE_MS) return permits;
    return permits
      .sort((a, b) => a.usedAt - b.usedAt)
      .map((permit) => {
        const moved = { ...permit, usedAt: Math.max(0, permit.usedAt - ahead) };
        if (permit.usedAt <= now || !this.#move(permit, moved.usedAt)) return permit;
        return { ...moved, name: permitName(moved) };
      });
  }

  /** Returns the names of the permits. Makes them where they are missing: all at once, or another process's folder stays. */
  #names(): string[] {
    const names = existsSync(this.#place) ? readdirSync(this.#place) : [];
    if (names.length > 0) return names;
    makePrivate(this.#folder);
    const temp = `${this.#place}.${randomBytes(4).toString('hex')}${TEMP}`;
    try {
      mkdirSync(temp, { mode: 0o700 });
      for (let number = 0; number < this.#rules.count; number += 1) {
        writeFileSync(path.join(temp, permitName({ number, usedAt: 0, isLookup: false })), '', {
          flag: 'wx',
          mode: 0o600,
        });
      }
      renameSync(temp, this.#place);
    } catch (error) {
      discard(temp);
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(diskError(error))) throw error;
    }
    return readdirSync(this.#place);
  }

  /** Notes the use of a permit. Returns false when another process has used it. @throws the disk's error */
  #move({ number, name, isLookup }: Permit, usedAt: number): boolean {
    try {
      const next = permitName({ number, isLookup, usedAt: Math.round(usedAt) });
      renameSync(path.join(this.#place, name), path.join(this.#place, next));
      return true;
    } catch (error) {
      if (diskError(error) === 'ENOENT') return false;
      throw error;
    }
  }
}

function permitName({ number, usedAt, isLookup }: UsedPermit): string {
  return `${String(number).padStart(3, '0')}-${usedAt}${isLookup ? 'l' : ''}`;
}
