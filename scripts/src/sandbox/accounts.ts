import { createHash, randomBytes } from 'node:crypto';
import { Refusal, type Reply } from './exchange.ts';
import type { Files } from './files.ts';
import type { FirstTimes } from './first-times.ts';
import type { KeptInput } from './input.ts';
import { refundOf } from './lifecycle.ts';
import type { ScenarioName } from './scenarios.ts';
import type { Replies } from './service.ts';
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

/** What a submit adds to a task's record. */
type Submitted = Pick<TaskRecord, 'id' | 'owner' | 'model' | 'idempotencyKey' | 'credits'> & {
  kept: KeptInput;
  scenarios: ReadonlySet<ScenarioName>;
};

/** The accounts of an emulated service: the owner of each task, the remaining credits, and what has happened to whom. */
export class Accounts {
  readonly #surroundings: Surroundings;
  readonly #service: string;
  readonly #replies: Replies;
  readonly #statusQueries = new Map<string, number>();
  #sequence = 0;

  constructor(surroundings: Surroundings, service: string, replies: Replies) {
    this.#surroundings = surroundings;
    this.#service = service;
    this.#replies = replies;
  }

  tasksOf(owner: string): TaskRecord[] {
    const all = this.#surroundings.store.all();
    return all.filter((record) => record.service === this.#service && record.owner === owner);
  }

  /** @throws Refusal where the task does not belong to the owner */
  taskOf(owner: string, id: string): TaskRecord {
    const record = this.#surroundings.store.get(id);
    if (record?.owner === owner && record.service === this.#service) return record;
    throw new Refusal(this.#replies.noTask);
  }

  /** Returns the task of a status query. @throws Refusal for [sandbox:flaky] at every second one */
  polled(owner: string, id: string): TaskRecord {
    const record = this.taskOf(owner, id);
    if (!record.scenarios.includes('flaky')) return record;
    const count = (this.#statusQueries.get(id) ?? 0) + 1;
    this.#statusQueries.set(id, count);
    if (count % 2 === 0) throw new Refusal(this.#replies.flaky);
    return record;
  }

  /** Makes a task, unless its id has one. @param webhook where and how its changes are announced; null: nowhere */
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

  /**
   * Lets happen what a scenario has in place of a task.
   * @param generation who asks for what
   * @throws Refusal with that answer
   */
  checkScenarios(scenarios: ReadonlySet<ScenarioName>, generation: string): void {
    const isFirst = (name: ScenarioName) =>
      scenarios.has(name) && this.#surroundings.firstTimes.isFirst(`${this.#service} ${name} ${generation}`);
    if (isFirst('rate-limit')) throw new Refusal(this.#replies['rate-limit']);
    if (isFirst('not-delivered')) throw new Refusal('cut');
    if (isFirst('server-error')) throw new Refusal(this.#replies['server-error']);
    for (const name of ['reject', 'http200-failure'] as const)
      if (scenarios.has(name)) throw new Refusal(this.#replies[name]);
  }

  /** The first balance minus the price of each task that did not fail and was not cancelled. */
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
