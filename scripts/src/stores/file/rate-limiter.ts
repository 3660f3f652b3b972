import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../http/clock.ts';
import { isObject, type Json } from '../../model/json.ts';
import { TASK_STATES, type TaskState } from '../../model/task.ts';
import { diskError, makePrivate, TEMP } from './durable.ts';

// One query in each such span of time is at most 55 in a minute; the service allows an address 60.
const SPAN_MS = 1_100;
// Shorter than any pause between two looks: a process never waits for news that it has already.
const FRESH_MS = 2_000;
const KEPT_SPANS = 120;
const DAY_MS = 24 * 3600_000;
// No service is heeded for longer: what lies further ahead was written before the wall clock was set back.
const LONGEST_REST_MS = 5 * 60_000;

/**
 * What the processes of this machine share while they wait: whose turn it is to ask a service, until when it wants to be
 * left alone, and what the last look at a task showed. Kept in small files; where that fails everyone asks for himself.
 */
export class RateLimiter {
  readonly #folder: string;
  readonly #service: string;
  readonly #clock: Clock;
  readonly #me = randomBytes(4).toString('hex');
  #isReady = false;
  /** On the monotonic clock: the last look of this process at each task. */
  readonly #lookedAt = new Map<string, number>();
  /** On the monotonic clock: since when this process has wanted its next turn; null while it wants none. */
  #wantedSince: number | null = null;
  /** On the monotonic clock: until then turns are left to others who want them. */
  #modestUntil = 0;

  /** @param folder absolute @param service the address of the service: each has its own limit */
  constructor(folder: string, service: string, clock: Clock) {
    this.#folder = folder;
    this.#service = nameOf(service);
    this.#clock = clock;
  }

  /** Takes the right to one query now; false when another process has it, or the service wants to be left alone. */
  async acquire(): Promise<boolean> {
    const now = this.#clock.wall();
    if ((await this.#restMs()) > 0) return false;
    const span = Math.floor(now / SPAN_MS);
    const moment = this.#clock.monotonic();
    this.#wantedSince ??= moment;
    // A turn that nobody took shows that nobody is waiting.
    if (moment < this.#modestUntil && (await this.#read(`turn-${span - 1}`)) !== undefined) return false;
    try {
      await this.#ready();
    } catch {
      return true;
    }
    try {
      await writeFile(this.#file(`turn-${span}`), '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      return diskError(error) !== 'EEXIST';
    }
    // Chance alone would give some many turns and others none: who waited long for one lets others have theirs for as long.
    this.#modestUntil = moment + (moment - this.#wantedSince);
    this.#wantedSince = null;
    await this.#tidy(span);
    return true;
  }

  /** Milliseconds until somebody may ask again: a turn from now, or when the service no longer wants to be left alone. */
  async nextPermitIn(): Promise<number> {
    return (await this.#restMs()) || SPAN_MS;
  }

  /** This process looks at a task now. */
  looks(taskId: string): void {
    this.#lookedAt.set(taskId, this.#clock.monotonic());
  }

  /** Whether it did so a moment ago: then its own look may be what took the turn. */
  polledLately(taskId: string): boolean {
    const at = this.#lookedAt.get(taskId);
    return at !== undefined && this.#clock.monotonic() - at < 2 * SPAN_MS;
  }

  /** The service asked for a pause: nobody asks it again before that is over. */
  async restFor(ms: number): Promise<void> {
    await this.#write('rest', String(Math.round(this.#clock.wall() + Math.min(ms, LONGEST_REST_MS))));
  }

  /** What another process saw of a task a moment ago. */
  async seenByOthers(taskId: string): Promise<TaskState | undefined> {
    try {
      const value = JSON.parse((await this.#read(`seen-${nameOf(taskId)}`)) ?? '') as Json;
      if (!isObject(value) || value.by === this.#me || typeof value.at !== 'number') return undefined;
      const age = this.#clock.wall() - value.at;
      if (age < 0 || age >= FRESH_MS) return undefined;
      // With that it wants no turn.
      this.#wantedSince = null;
      return TASK_STATES.find((state) => state === value.state);
    } catch {
      return undefined;
    }
  }

  /** Tells the others what a look at a task showed. */
  async saw(taskId: string, state: TaskState): Promise<void> {
    const sighting = { state, at: this.#clock.wall(), by: this.#me };
    await this.#write(`seen-${nameOf(taskId)}`, JSON.stringify(sighting));
  }

  /** Milliseconds for which the service wants to be left alone. */
  async #restMs(): Promise<number> {
    const rest = Number((await this.#read('rest')) ?? 0) - this.#clock.wall();
    return rest > 0 && rest <= LONGEST_REST_MS ? rest : 0;
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
      // It would only have spared others a query.
      await rm(temp, { force: true }).catch(() => {});
    }
  }

  async #ready(): Promise<void> {
    if (!this.#isReady) makePrivate(this.#folder);
    this.#isReady = true;
  }

  /** Takes away the turns that are long over. */
  async #tidy(span: number): Promise<void> {
    const begin = `${this.#service}-turn-`;
    const names = await readdir(this.#folder).catch(() => []);
    const old = names.filter(
      (name) => name.startsWith(begin) && Number(name.slice(begin.length)) < span - KEPT_SPANS,
    );
    for (const name of names) {
      // What was seen of tasks is polled through now and then only: each has a file of its own.
      if (span % KEPT_SPANS > 0 || name.startsWith(begin)) continue;
      const written = await stat(path.join(this.#folder, name)).catch(() => undefined);
      if (written && written.mtimeMs < this.#clock.wall() - DAY_MS) old.push(name);
    }
    await Promise.all(old.map((name) => rm(path.join(this.#folder, name), { force: true }).catch(() => {})));
  }
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
