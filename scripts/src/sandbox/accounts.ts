import { createHash, randomBytes } from 'node:crypto';
import { Refusal, type Reply } from './exchange.ts';
import type { Files } from './files.ts';
import type { FirstTimes } from './first-times.ts';
import type { KeptInput } from './input.ts';
import { refundOf } from './lifecycle.ts';
import type { ScenarioName } from './scenarios.ts';
import type { Store } from './store.ts';
import type { TaskRecord } from './task-record.ts';
import type { Notices, Webhooks } from './webhooks.ts';

/** What the emulated services share. */
export interface Surroundings {
  store: Store;
  files: Files;
  webhooks: Webhooks;
  firstTimes: FirstTimes;
  /** The wall clock in milliseconds. */
  now: () => number;
  /** Simulated seconds per real second. */
  speed: number;
}

const FIRST_BALANCE = 1_000;

/** Returns the owner of the tasks of a key; null for the keys that stand for a wrong key. */
export function ownerOf(key: string | undefined): string | null {
  if (key === undefined || key === '' || key.startsWith('ak_invalid')) return null;
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** What a submit adds to a task's record. */
type Submitted = Pick<TaskRecord, 'id' | 'owner' | 'model' | 'idempotencyKey' | 'credits'> & {
  kept: KeptInput;
  scenarios: ReadonlySet<ScenarioName>;
};

/** The answers of a service to the scenarios that happen in place of a task. */
export type Refusals = Record<'rate-limit' | 'server-error' | 'reject' | 'http200-failure', Reply>;

/** The accounts of an emulated service: the owner of each task, the remaining credits, and what has happened to whom. */
export class Accounts {
  readonly #surroundings: Surroundings;
  readonly #service: string;
  readonly #statusQueries = new Map<string, number>();
  #sequence = 0;

  constructor(surroundings: Surroundings, service: string) {
    this.#surroundings = surroundings;
    this.#service = service;
  }

  tasksOf(owner: string): TaskRecord[] {
    const all = this.#surroundings.store.all();
    return all.filter((record) => record.service === this.#service && record.owner === owner);
  }

  /** Returns the task with this id. @throws Refusal with `missing` where it does not belong to the owner */
  taskOf(owner: string, id: string, missing: Reply): TaskRecord {
    const record = this.#surroundings.store.get(id);
    if (record?.owner === owner && record.service === this.#service) return record;
    throw new Refusal(missing);
  }

  /**
   * Makes a task, unless its id has one, and returns its answer.
   * @param webhook where and how its changes are announced; null: nowhere
   */
  submit(
    { kept, scenarios, ...task }: Submitted,
    webhook: { address: string; notices: Notices } | null,
    answer: (record: TaskRecord, isReplay: boolean) => Reply,
  ): Reply {
    const { store, webhooks, now, speed } = this.#surroundings;
    const record: TaskRecord = {
      ...task,
      ...kept,
      service: this.#service,
      scenarios: [...scenarios],
      createdAt: now(),
      sequence: this.#sequence++,
      speed,
      cancelledAt: null,
    };
    const stored = store.insert(record);
    if (stored !== record) return answer(stored, true);
    if (webhook) webhooks.watch(record, webhook.address, webhook.notices);
    return scenarios.has('lost-answer') ? 'cut' : answer(record, false);
  }

  /** Returns the answer of a scenario that happens in place of a task, or null. @param generation who asks for what */
  refused(scenarios: ReadonlySet<ScenarioName>, generation: string, replies: Refusals): Reply | null {
    const isFirst = (name: ScenarioName) =>
      scenarios.has(name) && this.#surroundings.firstTimes.isFirst(`${this.#service} ${name} ${generation}`);
    if (isFirst('rate-limit')) return replies['rate-limit'];
    if (isFirst('not-delivered')) return 'cut';
    if (isFirst('server-error')) return replies['server-error'];
    if (scenarios.has('reject')) return replies.reject;
    return scenarios.has('http200-failure') ? replies['http200-failure'] : null;
  }

  /** Counts a status query. Returns whether it is to fail: for [sandbox:flaky] every second one. */
  isFlaky({ id, scenarios }: TaskRecord): boolean {
    if (!scenarios.includes('flaky')) return false;
    const count = (this.#statusQueries.get(id) ?? 0) + 1;
    this.#statusQueries.set(id, count);
    return count % 2 === 0;
  }

  /**
   * Returns the remaining credits: the first balance minus the price of each task, without tasks that failed or were
   * cancelled.
   */
  balanceOf(owner: string, scenarios?: ReadonlySet<ScenarioName>): number {
    if (scenarios?.has('no-credits')) return 0;
    const time = this.#surroundings.now();
    const spent = this.tasksOf(owner).reduce(
      (sum, record) => sum + record.credits - refundOf(record, time),
      0,
    );
    return Math.max(0, FIRST_BALANCE - spent);
  }
}

/** The task id that follows from a text: the same for the same one. */
export function idFrom(text: string): string {
  return idOf(createHash('sha256').update(text).digest('hex'));
}

export function randomId(): string {
  return idOf(randomBytes(32).toString('hex'));
}

function idOf(hex: string): string {
  return `ck${BigInt(`0x${hex}`).toString(36).padStart(23, '0').slice(-23)}`;
}
