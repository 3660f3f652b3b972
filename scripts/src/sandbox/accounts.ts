import { randomBytes } from 'node:crypto';
import { sha256Text } from '../model/fingerprint.ts';
import { Refusal, type Reply } from './exchange.ts';
import type { Files } from './files.ts';
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
export function accountsOf({ store, webhooks, now, speed }: Surroundings, service: string, replies: Replies) {
  const statusQueries = new Map<string, number>();
  let sequence = 0;

  function tasksOf(owner: string): TaskRecord[] {
    return store.all().filter((record) => record.service === service && record.owner === owner);
  }

  /** @throws Refusal where the task does not belong to the owner */
  function taskOf(owner: string, id: string): TaskRecord {
    const record = store.get(id);
    if (record?.owner === owner && record.service === service) return record;
    throw new Refusal(replies.noTask);
  }

  return {
    tasksOf,
    taskOf,

    /** Returns the task of a status query. @throws Refusal for [sandbox:flaky] at every second one */
    polled(owner: string, id: string): TaskRecord {
      const record = taskOf(owner, id);
      if (!record.scenarios.includes('flaky')) return record;
      const count = (statusQueries.get(id) ?? 0) + 1;
      statusQueries.set(id, count);
      if (count % 2 === 0) throw new Refusal(replies.flaky);
      return record;
    },

    /** Makes a task, unless its id has one. @param webhook where and how its changes are announced; null: nowhere */
    submit(
      { kept, scenarios, ...task }: Submitted,
      webhook: { address: string; notices: Notices } | null,
      answer: (record: TaskRecord, isReplay: boolean) => Reply,
    ): Reply {
      const own = {
        service,
        scenarios: [...scenarios],
        createdAt: now(),
        sequence,
        speed,
        cancelledAt: null,
      };
      const record: TaskRecord = { ...task, ...kept, ...own };
      sequence += 1;
      const stored = store.insert(record);
      if (stored !== record) return answer(stored, true);
      if (webhook) webhooks.watch(record, webhook.address, webhook.notices);
      return scenarios.has('lost-answer') ? 'cut' : answer(record, false);
    },

    /** @throws Refusal for a scenario that happens in place of a task. @param generation who asks for what */
    checkScenarios(scenarios: ReadonlySet<ScenarioName>, generation: string): void {
      const isFirst = (name: ScenarioName) =>
        scenarios.has(name) && store.isFirst(`${service} ${name} ${generation}`);
      if (isFirst('rate-limit')) throw new Refusal(replies['rate-limit']);
      if (isFirst('not-delivered')) throw new Refusal('cut');
      if (isFirst('server-error')) throw new Refusal(replies['server-error']);
      for (const name of ['reject', 'http200-failure'] as const)
        if (scenarios.has(name)) throw new Refusal(replies[name]);
    },

    /** The first balance minus the price of each task that did not fail and was not cancelled. */
    balanceOf(owner: string, scenarios?: ReadonlySet<ScenarioName>): number {
      if (scenarios?.has('no-credits')) return 0;
      const time = now();
      const costs = tasksOf(owner).map((record) => record.credits - refundOf(record, time));
      return Math.max(
        0,
        costs.reduce((left, cost) => left - cost, FIRST_BALANCE),
      );
    },
  };
}

/** The task id that follows from a text: the same for the same one. */
export function idFrom(text: string): string {
  return idOf(sha256Text(text));
}

export function randomId(): string {
  return idOf(randomBytes(32).toString('hex'));
}

function idOf(hex: string): string {
  return `ck${BigInt(`0x${hex}`).toString(36).padStart(23, '0').slice(-23)}`;
}
