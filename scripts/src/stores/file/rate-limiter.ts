import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../http/clock.ts';
import { isObject, type Json } from '../../model/json.ts';
import { TASK_STATES, type TaskState } from '../../model/task.ts';
import { diskError, makePrivate, TEMP } from './durable.ts';

// One query per interval is at most 55 in a minute; the service allows 60 per IP address.
const INTERVAL_MS = 1_100;
// Shorter than any poll interval: a process never uses a status that it has polled itself.
const SHARED_MS = 2_000;
const KEPT_INTERVALS = 120;
const DAY_MS = 24 * 3600_000;
// The longest pause that is kept. A later end was written before the wall clock was set back.
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * Limits the queries that all processes of this machine send to one service. The processes share three things in small
 * files: the permit of each interval, the pause that the service asked for, and the last status of each task. Where no
 * file can be written, each process polls without a limit.
 */
export class RateLimiter {
  readonly #folder: string;
  readonly #service: string;
  readonly #clock: Clock;
  readonly #me = randomBytes(4).toString('hex');
  #hasFolder = false;
  /** The last poll of each task by this process, on the monotonic clock. */
  readonly #polledAt = new Map<string, number>();
  /** The time since which this process waits for a permit, on the monotonic clock; null while it does not wait. */
  #waitingSince: number | null = null;
  /** Until this time, on the monotonic clock, other waiting processes go first. */
  #yieldingUntil = 0;

  /** @param folder absolute @param service the address of the service; each service has its own limit */
  constructor(folder: string, service: string, clock: Clock) {
    this.#folder = folder;
    this.#service = nameOf(service);
    this.#clock = clock;
  }

  /**
   * Acquires the permit for one query now. Returns false when another process has it, or the service asked for a pause.
   */
  async acquire(): Promise<boolean> {
    const now = this.#clock.wall();
    if ((await this.#pauseMs()) > 0) return false;
    const interval = Math.floor(now / INTERVAL_MS);
    const moment = this.#clock.monotonic();
    this.#waitingSince ??= moment;
    // An unused permit shows that no other process is waiting.
    if (moment < this.#yieldingUntil && (await this.#read(`permit-${interval - 1}`)) !== undefined)
      return false;
    try {
      await this.#ready();
    } catch {
      return true;
    }
    try {
      await writeFile(this.#file(`permit-${interval}`), '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      return diskError(error) !== 'EEXIST';
    }
    // Chance alone would give some processes many permits and others none. A process yields for as long as it has waited.
    this.#yieldingUntil = moment + (moment - this.#waitingSince);
    this.#waitingSince = null;
    await this.#tidy(interval);
    return true;
  }

  /** Returns the milliseconds until the next permit: one interval, or the remaining pause of the service. */
  async nextPermitIn(): Promise<number> {
    return (await this.#pauseMs()) || INTERVAL_MS;
  }

  /** Records that this process polls a task now. */
  recordPoll(taskId: string): void {
    this.#polledAt.set(taskId, this.#clock.monotonic());
  }

  /** Returns whether this process polled the task in the last two intervals: its own poll may hold the permit. */
  polledLately(taskId: string): boolean {
    const at = this.#polledAt.get(taskId);
    return at !== undefined && this.#clock.monotonic() - at < 2 * INTERVAL_MS;
  }

  /** Records a pause that the service asked for. No process acquires a permit before its end. */
  async pauseFor(ms: number): Promise<void> {
    await this.#write('pause', String(Math.round(this.#clock.wall() + Math.min(ms, LONGEST_PAUSE_MS))));
  }

  /** Returns the status of a task that another process polled in the last two seconds. */
  async statusFromOthers(taskId: string): Promise<TaskState | undefined> {
    try {
      const value = JSON.parse((await this.#read(`status-${nameOf(taskId)}`)) ?? '') as Json;
      if (!isObject(value) || value.by === this.#me || typeof value.at !== 'number') return undefined;
      const age = this.#clock.wall() - value.at;
      if (age < 0 || age >= SHARED_MS) return undefined;
      // With this status, this process needs no permit.
      this.#waitingSince = null;
      return TASK_STATES.find((state) => state === value.state);
    } catch {
      return undefined;
    }
  }

  /** Shares the status of a task with the other processes. */
  async share(taskId: string, state: TaskState): Promise<void> {
    const shared = { state, at: this.#clock.wall(), by: this.#me };
    await this.#write(`status-${nameOf(taskId)}`, JSON.stringify(shared));
  }

  /** Returns the remaining milliseconds of the pause that the service asked for. */
  async #pauseMs(): Promise<number> {
    const pause = Number((await this.#read('pause')) ?? 0) - this.#clock.wall();
    return pause > 0 && pause <= LONGEST_PAUSE_MS ? pause : 0;
  }

  #file(name: string): string {
    return path.join(this.#folder, `${this.#service}-${name}`);
  }

  async #read(name: string): Promise<string | undefined> {
    return readFile(this.#file(name), 'utf8').catch(() => undefined);
  }

  async #write(name: string, text: string): Promise<void> {
    const temp = this.#file(`${name}.${randomBytes(4).toString('hex')}${TEMP}`);
    try {
      await this.#ready();
      await writeFile(temp, text, { flag: 'wx', mode: 0o600 });
      await rename(temp, this.#file(name));
    } catch {
      // Without this file, other processes only send one more query.
      await rm(temp, { force: true }).catch(() => {});
    }
  }

  async #ready(): Promise<void> {
    if (!this.#hasFolder) makePrivate(this.#folder);
    this.#hasFolder = true;
  }

  /** Removes old permits, pauses and shared statuses. */
  async #tidy(interval: number): Promise<void> {
    const begin = `${this.#service}-permit-`;
    const names = await readdir(this.#folder).catch(() => []);
    const old = names.filter(
      (name) => name.startsWith(begin) && Number(name.slice(begin.length)) < interval - KEPT_INTERVALS,
    );
    for (const name of names) {
      // Each task has a file of its own, so these files are checked only now and then.
      if (interval % KEPT_INTERVALS > 0 || name.startsWith(begin)) continue;
      const written = await stat(path.join(this.#folder, name)).catch(() => undefined);
      if (written && written.mtimeMs < this.#clock.wall() - DAY_MS) old.push(name);
    }
    await Promise.all(old.map((name) => rm(path.join(this.#folder, name), { force: true }).catch(() => {})));
  }
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
