import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, type Stats, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { discard, diskError, makePrivate, onDisk, replaceUnsynced } from '../../disk/durable.ts';
import type { Clock } from '../../model/clock.ts';
import { sha256Text } from '../../model/fingerprint.ts';
import type { Task } from '../../model/task.ts';
import {
  type ListFacts,
  NO_LIST,
  type SeenStatus,
  type SharedStatus,
  type StatusCache,
} from '../../ports/status-cache.ts';
import { checkedLine, valueIn } from './checked-json.ts';

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

// A file of another form has another checksum, and so has one under another file's name.
const FORMAT = 3;

interface SeenFile {
  list: ListFacts;
  tasks: [id: string, status: SeenStatus][];
}

/** When a process wants to query each of its tasks next. */
type Waiting = Record<string, number>;

/** One file with what was seen, one for each process that waits, one for each task that has ended. A damaged file is as good as none. */
export class FileStatusCache implements StatusCache {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #own = `waiting-${randomBytes(8).toString('hex')}`;
  #isReady = false;
  #announced = '';
  #announcedAt = Number.NEGATIVE_INFINITY;
  /** What was made of each file, as long as it is the same one. */
  readonly #made = new Map<string, { stamp: string; value: unknown }>();
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
    const names = onDisk(
      () => readdirSync(this.#folder),
      () => [],
    );
    for (const name of names) {
      if (name === this.#own) continue;
      const age = now - (this.#stat(name)?.mtimeMs ?? Number.NEGATIVE_INFINITY);
      if (WAITING.test(name) && Math.abs(age) < DEAD_MS) {
        const waiting = this.#madeOf(name, (file: Waiting = {}) => new Map(Object.entries(file)));
        for (const [id, dueAtWall] of waiting) {
          if (tasks.size < MOST_TASKS) tasks.set(id, Math.min(dueAtWall, tasks.get(id) ?? dueAtWall));
        }
      } else if (OWN.test(name) && Math.abs(age) > (WAITING.test(name) ? 2 * DEAD_MS : KEPT_MS)) {
        discard(path.join(this.#folder, name));
      }
    }
    return tasks;
  }

  async read(): Promise<SharedStatus> {
    return this.#madeOf(SEEN, (seen: SeenFile | undefined) => this.#status(seen));
  }

  async write({ list, tasks }: SharedStatus): Promise<void> {
    this.#write(SEEN, { list, tasks: [...tasks] } satisfies SeenFile);
  }

  async ended(taskId: string): Promise<Task | undefined> {
    return this.#read<Task>(endedName(taskId));
  }

  async writeEnded(task: Task): Promise<void> {
    const name = endedName(task.id);
    if (this.#written.has(name)) return;
    this.#written.add(name);
    this.#write(name, task);
  }

  #madeOf<F, T>(name: string, make: (file: F | undefined) => T): T {
    const stat = this.#stat(name);
    const stamp = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
    const before = this.#made.get(name);
    if (before?.stamp === stamp) return before.value as T;
    const value = make(this.#read<F>(name));
    if (this.#made.size > MOST_TASKS) this.#made.clear();
    this.#made.set(name, { stamp, value });
    return value;
  }

  /** Leaves out what lies ahead, as after the clock was set back. */
  #status(seen: SeenFile | undefined): SharedStatus {
    if (!seen) return { list: NO_LIST, tasks: new Map() };
    const latest = this.#clock.wall() + 1_000;
    const isDated = ({ at, failedAt = 0, missingAt = 0 }: SeenStatus) =>
      Math.max(at, failedAt, missingAt) <= latest;
    const { list } = seen;
    const isListDated = list.startedAt <= latest && list.badUntil <= latest + KEPT_MS;
    const tasks = seen.tasks.filter(([, status]) => isDated(status));
    return { list: isListDated ? list : NO_LIST, tasks: new Map(tasks) };
  }

  #stat(name: string): Stats | undefined {
    try {
      return statSync(path.join(this.#folder, name), { throwIfNoEntry: false });
    } catch {
      return undefined;
    }
  }

  /** Returns what is in a file; undefined where it is damaged, too large, of another form, or gone. */
  #read<T>(name: string): T | undefined {
    try {
      if ((this.#stat(name)?.size ?? 0) > MOST_BYTES) return undefined;
      return valueIn<T>(`${FORMAT} ${name}`, readFileSync(path.join(this.#folder, name), 'utf8'));
    } catch {
      return undefined;
    }
  }

  #write(name: string, value: object): void {
    const text = checkedLine(`${FORMAT} ${name}`, value);
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
