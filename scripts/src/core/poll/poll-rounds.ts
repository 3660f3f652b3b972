import { Failure, orFailure } from '../../model/failure.ts';
import { isBareEnd, isTerminal, type Task } from '../../model/task.ts';
import { type ListFacts, NO_LIST, type SeenStatus, type StatusCache } from '../../ports/status-cache.ts';
import type { TaskList, TaskStatus } from '../../providers/provider.ts';
import type { Service } from '../service.ts';

/** A status; with the whole task, where the same answer held that. */
export type Polled = TaskStatus & {
  task?: Task | undefined;
  /** An end without a result as the list showed it: the task's details may have the result. */
  listed?: Task | undefined;
};

export interface Due {
  taskId: string;
  /** By the wall clock, as other processes announce theirs. */
  dueAtWall: number;
  deadlineMonotonic: number;
  /** Another process saw its end: the details are read at once. */
  isEndSeen: boolean;
}

/** Of each task of this process that an answer is about. */
export type Results = ReadonlyMap<string, Polled | Failure>;

interface SentQuery {
  results: Promise<Results>;
  /** Milliseconds after which the next query is sent, although this one has no answer yet. */
  patienceMs: number;
}

// A list of a thousand tasks has a tenth of it. Larger ones cost more than they save.
const LIST_BYTES = 8 * 1024 * 1024;
const LIST_MS = 10_000;
const LIST_PATIENCE_MS = 2_000;
// A list that fails is read once more after this time, doubled for each failure in a row.
const BAD_MS = 5_000;
const LONGEST_BAD_MS = 120_000;
// A list that takes long is read the less often. Nobody waits longer than this for a process that died while reading it.
const MOST_GUARD_MS = 3_000;
// A task that the list does not show is expected there once more after this time.
const MISSING_MS = 30_000;
// After so many reads of the list one task is checked by itself, because the list may be stale.
const CHECK_AFTER = 5;
const KEPT_MS = 60_000;

/** Sends the queries of this process: the list for all tasks of the machine where it serves several, else one task's own. */
export class PollRounds {
  readonly #service: Service;
  readonly #cache: StatusCache | null;
  #list: ListFacts = NO_LIST;
  readonly #seen = new Map<string, SeenStatus>();
  /** Tasks that other processes wait for, with the time of the next query of each. */
  #others: ReadonlyMap<string, number> = new Map();
  #wasList = false;
  #isReadingList = false;

  constructor(service: Service, cache: StatusCache | null) {
    this.#service = service;
    this.#cache = cache;
  }

  /**
   * Sends one query, for which there is a permit.
   * @param due tasks of this process that are due, at least one; the first of them has been waited for longest
   * @param watched all tasks that this process waits for
   */
  async send(due: readonly Due[], watched: Iterable<string>): Promise<SentQuery> {
    const now = this.#now();
    await this.#learn();
    const ids = new Set([...watched, ...this.#others.keys()]);
    const overdue = [...this.#others]
      .filter(([, dueAtWall]) => dueAtWall <= now)
      .map(([taskId, dueAtWall]) => ({ taskId, dueAtWall, deadlineMonotonic: Infinity, isEndSeen: false }));
    const mayList = this.#mayList(ids);
    this.#wasList = mayList && this.#listServes([...due, ...overdue]);
    if (this.#wasList) {
      const patienceMs = this.#list.failures > 0 ? 0 : LIST_PATIENCE_MS;
      const taskIds = due.map(({ taskId }) => taskId);
      return { results: this.#readList(taskIds, ids), patienceMs };
    }
    const target = this.#target(due, overdue, mayList);
    return { results: this.#readOne(target, due, ids.size === 1), patienceMs: Infinity };
  }

  /** Reads the list for the details of several tasks that have ended; null where it cannot be read now: nothing was sent. */
  async readEnded(taskIds: readonly string[], watched: Iterable<string>): Promise<Results | null> {
    await this.#learn();
    if (this.#list.failures > 0 || !this.#mayList(new Set(taskIds))) return null;
    return this.#readList(taskIds, new Set([...taskIds, ...watched, ...this.#others.keys()]));
  }

  #now(): number {
    return this.#service.api.clock.wall();
  }

  async #learn(): Promise<void> {
    this.#others = (await this.#cache?.others()) ?? this.#others;
    const shared = await this.#cache?.read();
    if (shared && shared.list.startedAt >= this.#list.startedAt) this.#list = shared.list;
    for (const [id, seen] of shared?.tasks ?? []) this.#note(id, seen);
    const oldest = this.#now() - KEPT_MS;
    for (const [id, { at, missingAt = 0, failedAt = 0 }] of this.#seen) {
      if (Math.max(at, missingAt, failedAt) < oldest) this.#seen.delete(id);
    }
  }

  /** An end is final. */
  #note(id: string, seen: SeenStatus): void {
    const before = this.#seen.get(id);
    const isNewer = !before || (seen.at >= before.at && !(before.state && isTerminal(before.state)));
    const latest = (a = 0, b = 0) => Math.max(a, b);
    this.#seen.set(id, {
      ...(isNewer ? seen : before),
      failedAt: latest(seen.failedAt, before?.failedAt),
      missingAt: latest(seen.missingAt, before?.missingAt),
    });
  }

  #isMissing(id: string): boolean {
    return this.#now() - (this.#seen.get(id)?.missingAt ?? 0) < MISSING_MS;
  }

  /** Whether the list can be read now, and serves several tasks. */
  #mayList(ids: ReadonlySet<string>): boolean {
    const now = this.#now();
    const { startedAt, tookMs, badUntil, failures } = this.#list;
    if (!this.#service.provider.can.list || this.#isReadingList || now < badUntil) return false;
    // Another process may be reading it just now. Of a list that failed, one read is under way on the whole machine.
    const guardMs = failures > 0 ? LIST_MS : Math.min(2 * tookMs, MOST_GUARD_MS);
    if (now - startedAt < guardMs) return false;
    return [...ids].filter((id) => !this.#isMissing(id)).length >= 2;
  }

  /** The tasks that the list does not serve get every second query. */
  #listServes(wanted: readonly Due[]): boolean {
    const unserved = wanted.filter(({ taskId, isEndSeen }) => isEndSeen || this.#isMissing(taskId));
    if (unserved.length === wanted.length || (this.#wasList && unserved.length > 0)) return false;
    return this.#list.unchecked < CHECK_AFTER;
  }

  /** Reads the list for all tasks. Where it cannot be used, single queries are sent for a while. */
  async #readList(due: readonly string[], ids: ReadonlySet<string>): Promise<Results> {
    const { api, provider } = this.#service;
    const startedAt = this.#now();
    const start = api.clock.monotonic();
    const { tookMs, unchecked } = this.#list;
    const begun = { startedAt, tookMs: tookMs || MOST_GUARD_MS / 2, unchecked: unchecked + 1 };
    this.#list = { ...this.#list, ...begun };
    await this.#share();
    const call = provider.list();
    const limits = { ...call.limits, bytes: Math.min(call.limits.bytes, LIST_BYTES) };
    this.#isReadingList = true;
    const list = await orFailure(
      api.once({ ...call, limits }, { deadline: start + LIST_MS, isPermitted: true }),
    ).finally(() => {
      this.#isReadingList = false;
    });
    if (!(list instanceof Failure)) {
      this.#list = { ...this.#list, tookMs: api.clock.monotonic() - start, failures: 0 };
      const found = await this.#takeList(list, startedAt, ids);
      await this.#share();
      return found;
    }
    const failures = this.#list.failures + 1;
    const badMs = Math.min(LONGEST_BAD_MS, BAD_MS * 2 ** (failures - 1));
    this.#list = { ...this.#list, tookMs: 0, failures, badUntil: this.#now() + badMs };
    await this.#share();
    // These are about the key, whatever is read with it.
    const isGeneral = list.code === 'RATE_LIMITED' || list.code === 'AUTH_FAILED';
    return new Map(isGeneral ? due.map((taskId) => [taskId, list] as const) : []);
  }

  async #takeList(list: TaskList, at: number, ids: ReadonlySet<string>): Promise<Map<string, Polled>> {
    const found = new Map<string, Polled>();
    const tasks = new Map(list.tasks.map((task) => [task.id, task]));
    for (const [id, { state, at: seenAt }] of this.#seen) {
      const shown = tasks.get(id);
      // A list that is older than what a query showed before it is stale.
      if (state && isTerminal(state) && shown && !isTerminal(shown.state) && seenAt < at) {
        this.#list = { ...this.#list, badUntil: at + LONGEST_BAD_MS };
      }
    }
    for (const id of ids) {
      const task = tasks.get(id);
      if (!task) {
        this.#note(id, { at: 0, state: null, missingAt: at });
        continue;
      }
      this.#seen.set(id, { at: 0, state: null, ...this.#seen.get(id), missingAt: 0 });
      this.#note(id, { at, state: task.state === 'UNKNOWN' ? null : task.state });
      const listed = isBareEnd(task.state) ? task : undefined;
      if (!listed) await this.#shareEnd(task);
      found.set(id, listed ? { ...task, listed } : polledOf(task));
    }
    return found;
  }

  /** Returns the task whose own query is sent: one that has ended, else the longest wait of any process that the list does not serve. */
  #target(due: readonly Due[], overdue: readonly Due[], mayList: boolean): Due {
    const ended = due.find(({ isEndSeen }) => isEndSeen);
    if (ended) return ended;
    const failedAt = (id: string) => this.#seen.get(id)?.failedAt ?? 0;
    const foreign = overdue.filter(({ taskId }) => failedAt(taskId) < this.#now() - KEPT_MS);
    const all = [...due, ...foreign].filter(({ taskId }) => !mayList || this.#isMissing(taskId));
    const since = ({ taskId, dueAtWall }: Due) => Math.max(dueAtWall, this.#seen.get(taskId)?.at ?? 0);
    const longest = all.reduce<Due | undefined>((a, b) => (a && since(a) <= since(b) ? a : b), undefined);
    if (longest) return longest;
    // The list may be stale: any of the tasks that it serves may show that.
    this.#list = { ...this.#list, unchecked: 0 };
    const served = [...due, ...foreign];
    return served[Math.floor(this.#service.api.clock.random() * served.length)]!;
  }

  async #readOne(
    { taskId, isEndSeen, ...target }: Due,
    due: readonly Due[],
    isOne: boolean,
  ): Promise<Results> {
    const { api, provider } = this.#service;
    const at = this.#now();
    const isOwn = due.some((one) => one.taskId === taskId);
    const deadline = Math.min(target.deadlineMonotonic, api.clock.monotonic() + LIST_MS);
    // A status is shorter. Where tasks share the permits, the details save a second query at the end.
    const query =
      isOne && !isEndSeen
        ? this.#queryStatus(taskId, deadline)
        : api.once(provider.task(taskId), { deadline, isPermitted: true });
    const status = await orFailure<TaskStatus | Task>(query);
    if (status instanceof Failure) {
      if (!isOwn) {
        this.#note(taskId, { at: 0, state: null, failedAt: at });
        await this.#share();
      }
      return new Map(isOwn || status.code === 'RATE_LIMITED' ? [[taskId, status]] : []);
    }
    // A service may answer a status query with the whole task.
    const task = 'urls' in status && 'id' in status ? status : undefined;
    if (status.state !== 'UNKNOWN') this.#note(taskId, { at, state: status.state });
    if (task) await this.#shareEnd(task);
    await this.#share();
    return new Map(isOwn ? [[taskId, task ? polledOf(task) : status]] : []);
  }

  /** The status decides but for an answer that may be either a failed task or an error. */
  async #queryStatus(taskId: string, deadline: number): Promise<TaskStatus> {
    const { api, provider } = this.#service;
    const status = await api.once(provider.status(taskId), { deadline, isPermitted: true });
    return status.possibleError ? api.once(provider.task(taskId), { deadline }) : status;
  }

  /** Writes the details of a task that has ended where a process reads it that waits for the task. */
  async #shareEnd(task: Task): Promise<void> {
    if (isTerminal(task.state) && this.#others.has(task.id)) await this.#cache?.writeEnded(task);
  }

  /** Writes what is known where the other processes read it, if there are any. */
  async #share(): Promise<void> {
    if (this.#others.size > 0) await this.#cache?.write({ list: this.#list, tasks: this.#seen });
  }
}

/** Returns the status of a task. Of one that runs it does not hold the payload, which the service may repeat with an image. */
function polledOf(task: Task): Polled {
  if (isTerminal(task.state)) return { ...task, task };
  const { input, record, ...known } = task;
  const { input: _, ...rest } = record;
  return { ...known, record: rest };
}
