import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, type Stats, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { discard, diskError, makePrivate, replaceUnsynced } from '../../disk/durable.ts';
import type { Clock } from '../../model/clock.ts';
import { sha256Text } from '../../model/fingerprint.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { isTerminal, TASK_ID, TASK_STATES, type Task } from '../../model/task.ts';
import { NO_LIST, type SeenStatus, type SharedStatus, type StatusCache } from '../../ports/status-cache.ts';

const SEEN = 'seen';
const WAITING = /^waiting-[0-9a-f]{16}$/;
// A process that waits touches its file this often. One that has not done so for longer is dead.
const HEARTBEAT_MS = 5_000;
const DEAD_MS = 15_000;
// What this cache writes, and no other file that may lie there.
const OWN = /^(waiting|ended|seen)\b/;
const KEPT_MS = 10 * 60_000;
// A list of a thousand tasks needs a tenth of it.
const MOST_BYTES = 1024 * 1024;
const MOST_TASKS = 10_000;

const EMPTY: SharedStatus = { list: NO_LIST, tasks: new Map() };

/**
 * A status cache in a folder of its own: one file with what was seen, one for each process that waits, one for each task
 * that has ended. A file that is damaged, huge or dated ahead is as good as none, and so is a disk that cannot be written.
 */
export class FileStatusCache implements StatusCache {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #own = `waiting-${randomBytes(8).toString('hex')}`;
  #isReady = false;
  #announced = '';
  #announcedAt = Number.NEGATIVE_INFINITY;
  #seen: { stamp: string; status: SharedStatus } = { stamp: '', status: EMPTY };
  readonly #waiting = new Map<string, { stamp: string; tasks: ReadonlyMap<string, number> }>();
  readonly #written = new Set<string>();

  /** @param folder absolute; of this service and key alone, where no other user can write */
  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  async announce(tasks: ReadonlyMap<string, number>): Promise<void> {
    const ids = [...tasks.keys()].join();
    const now = this.#clock.monotonic();
    if (ids === this.#announced && now - this.#announcedAt < HEARTBEAT_MS) return;
    this.#announced = ids;
    this.#announcedAt = now;
    this.#write(this.#own, Object.fromEntries(tasks));
  }

  async leave(): Promise<void> {
    this.#announced = '';
    discard(path.join(this.#folder, this.#own));
  }

  async others(): Promise<ReadonlyMap<string, number>> {
    const tasks = new Map<string, number>();
    const now = this.#clock.wall();
    for (const name of this.#names()) {
      if (name === this.#own) continue;
      const age = now - (this.#stat(name)?.mtimeMs ?? Number.NEGATIVE_INFINITY);
      if (WAITING.test(name) && Math.abs(age) < DEAD_MS) {
        for (const [id, dueAtWall] of this.#waitingIn(name)) {
          if (tasks.size < MOST_TASKS) tasks.set(id, Math.min(dueAtWall, tasks.get(id) ?? dueAtWall));
        }
      } else if (OWN.test(name) && Math.abs(age) > (WAITING.test(name) ? 2 * DEAD_MS : KEPT_MS)) {
        discard(path.join(this.#folder, name));
      }
    }
    return tasks;
  }

  async read(): Promise<SharedStatus> {
    const stamp = stampOf(this.#stat(SEEN));
    if (stamp === this.#seen.stamp) return this.#seen.status;
    this.#seen = { stamp, status: this.#status(this.#read(SEEN)) };
    return this.#seen.status;
  }

  async write({ list, tasks }: SharedStatus): Promise<void> {
    const seen = [...tasks].map(([id, { at, state, failedAt, missingAt }]) => [
      ...[id, at, state, failedAt ?? 0, missingAt ?? 0],
    ]);
    this.#write(SEEN, { list: { ...list }, tasks: seen as Json });
  }

  async ended(taskId: string): Promise<Task | undefined> {
    const task = this.#read(endedName(taskId));
    return isEnded(task, taskId) ? (task as unknown as Task) : undefined;
  }

  async writeEnded(task: Task): Promise<void> {
    const name = endedName(task.id);
    if (this.#written.has(name)) return;
    this.#written.add(name);
    this.#write(name, task as unknown as JsonObject);
  }

  #waitingIn(name: string): ReadonlyMap<string, number> {
    const stamp = stampOf(this.#stat(name));
    const before = this.#waiting.get(name);
    if (before?.stamp === stamp) return before.tasks;
    const tasks = new Map<string, number>();
    for (const [id, dueAtWall] of Object.entries(this.#read(name) ?? {})) {
      if (TASK_ID.test(id) && typeof dueAtWall === 'number') tasks.set(id, dueAtWall);
    }
    if (this.#waiting.size > MOST_TASKS) this.#waiting.clear();
    this.#waiting.set(name, { stamp, tasks });
    return tasks;
  }

  #status(body: JsonObject | undefined): SharedStatus {
    if (!body || !isObject(body.list) || !Array.isArray(body.tasks)) return EMPTY;
    const latest = this.#clock.wall() + 1_000;
    const tasks = new Map<string, SeenStatus>();
    for (const item of body.tasks) {
      const [id, at, state, failedAt, missingAt] = Array.isArray(item) ? item : [];
      const known = state === null ? null : TASK_STATES.find((one) => one === state);
      const isDated = [at, failedAt, missingAt].every((time) => typeof time === 'number' && time <= latest);
      if (typeof id !== 'string' || known === undefined || !isDated) continue;
      tasks.set(id, { at, state: known, failedAt, missingAt } as SeenStatus);
    }
    return { list: factsIn(body.list, latest), tasks };
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }

  #stat(name: string): Stats | undefined {
    try {
      return statSync(path.join(this.#folder, name), { throwIfNoEntry: false });
    } catch {
      return undefined;
    }
  }

  /** Returns the object in a file; undefined where it is damaged, too large or gone. */
  #read(name: string): JsonObject | undefined {
    try {
      if ((this.#stat(name)?.size ?? 0) > MOST_BYTES) return undefined;
      const text = readFileSync(path.join(this.#folder, name), 'utf8');
      const end = text.indexOf('\n');
      const json = text.slice(end + 1);
      if (text.slice(0, end) !== hashOf(name, json)) return undefined;
      const value = JSON.parse(json) as Json;
      return isObject(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  #write(name: string, value: JsonObject): void {
    const json = JSON.stringify(value);
    const text = `${hashOf(name, json)}\n${json}`;
    if (Buffer.byteLength(text) > MOST_BYTES) return;
    // By the clock that the others compare it with.
    const seconds = this.#clock.wall() / 1000;
    try {
      if (!this.#isReady) makePrivate(this.#folder);
      this.#isReady = true;
      replaceUnsynced(path.join(this.#folder, name), text, (temp) => utimesSync(temp, seconds, seconds));
    } catch (error) {
      if (diskError(error) === '') throw error;
      // Without this file, other processes only send one more query. The folder may be gone.
      this.#isReady = false;
    }
  }
}

const endedName = (taskId: string): string => `ended-${sha256Text(taskId).slice(0, 16)}`;

function stampOf(stat: Stats | undefined): string {
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
}

function factsIn({ startedAt, tookMs, badUntil, failures, unchecked }: JsonObject, latest: number) {
  const time = (value: Json | undefined, most: number) =>
    typeof value === 'number' && value >= 0 && value <= most ? value : 0;
  return {
    startedAt: time(startedAt, latest),
    tookMs: time(tookMs, KEPT_MS),
    badUntil: time(badUntil, latest + KEPT_MS),
    failures: time(failures, 100),
    unchecked: time(unchecked, 100),
  };
}

function isEnded(value: JsonObject | undefined, taskId: string): boolean {
  if (value?.id !== taskId || !Array.isArray(value.urls) || !isObject(value.record)) return false;
  const state = TASK_STATES.find((one) => one === value.state);
  return state !== undefined && isTerminal(state) && value.urls.every((url) => typeof url === 'string');
}

/** Also of the name: a file under another file's name is damaged. */
function hashOf(name: string, json: string): string {
  return sha256Text(`${name}\n${json}`).slice(0, 16);
}
