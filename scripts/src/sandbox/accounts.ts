import { randomUUID } from 'node:crypto';
import { sha256Text } from '../model/fingerprint.ts';
import { Refusal, type Reply } from './exchange.ts';
import type { Files } from './files.ts';
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

/** What a submit says of its task; the rest of the record follows from where and when it came. */
type Submitted = Omit<TaskRecord, 'service' | 'createdAt' | 'sequence' | 'speed' | 'cancelledAt'>;

/** The accounts of an emulated service: the owner of each task, the remaining credits, and what has happened to whom. */
export function accountsOf({ store, webhooks, now, speed }: Surroundings, service: string, replies: Replies) {
  /** Tasks with [sandbox:flaky] whose last status query was answered. */
  const answered = new Set<string>();
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
      if (answered.delete(id)) throw new Refusal(replies.flaky);
      if (record.scenarios.includes('flaky')) answered.add(id);
      return record;
    },

    /**
     * Makes a task, unless its id has one.
     * @param address where its changes are announced, as `notices` says; null: nowhere
     */
    submit(
      task: Submitted,
      address: string | null,
      notices: Notices,
      answer: (record: TaskRecord, isReplay: boolean) => Reply,
    ): Reply {
      const record = { ...task, service, createdAt: now(), sequence, speed, cancelledAt: null };
      sequence += 1;
      const stored = store.insert(record);
      if (stored !== record) return answer(stored, true);
      if (address !== null) webhooks.watch(record, address, notices);
      return task.scenarios.includes('lost-answer') ? 'cut' : answer(record, false);
    },

    /** @throws Refusal for a scenario that happens in place of a task. @param generation who asks for what */
    checkScenarios(scenarios: readonly ScenarioName[], generation: string): void {
      const isFirst = (name: ScenarioName) =>
        scenarios.includes(name) && store.isFirst(`${service} ${name} ${generation}`);
      if (isFirst('rate-limit')) throw new Refusal(replies['rate-limit']);
      if (isFirst('not-delivered')) throw new Refusal('cut');
      if (isFirst('server-error')) throw new Refusal(replies['server-error']);
      for (const name of ['reject', 'http200-failure'] as const)
        if (scenarios.includes(name)) throw new Refusal(replies[name]);
    },

    /** The first balance minus the price of each task that did not fail and was not cancelled. */
    balanceOf(owner: string, scenarios: readonly ScenarioName[] = []): number {
      if (scenarios.includes('no-credits')) return 0;
      const time = now();
      const spent = tasksOf(owner).reduce((sum, task) => sum + task.credits - refundOf(task, time), 0);
      return Math.max(0, FIRST_BALANCE - spent);
    },
  };
}

/** A task id: the one that follows from a text, or any. */
export function taskId(text: string = randomUUID()): string {
  return `ck${BigInt(`0x${sha256Text(text)}`)
    .toString(36)
    .padStart(23, '0')
    .slice(-23)}`;
}
