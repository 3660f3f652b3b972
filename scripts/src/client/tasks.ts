import type { Session } from '../core/session.ts';
import type { WaitSettings } from '../core/wait-settings.ts';
import { abilityFor, unsupported } from '../providers/unsupported.ts';
import { checkFits, contractOf, listModels } from './catalog.ts';
import { type Connection, SILENT } from './connection.ts';
import { checkMoment, checkTaskId } from './request.ts';
import { publicStatus, publicTask } from './task.ts';
import { toError } from './to-error.ts';
import type { Client, Task, TaskStatus } from './types.ts';

/** Returns the methods of a client that ask for tasks, prices and the account. */
export function taskCalls(
  connection: Connection,
): Pick<Client, 'status' | 'task' | 'list' | 'cancel' | 'quote' | 'account' | 'wait'> {
  const { key, clock } = connection.settings;
  return {
    status: (taskId, options = {}) =>
      connection.call(options, async (session) => {
        const { getStatus } = await import('../core/tasks/get-status.ts');
        const { seen } = await getStatus(session, checkTaskId(taskId));
        return publicStatus(taskId, seen);
      }),

    task: (taskId, options = {}) =>
      connection.call(options, async (session) => {
        const { getTask } = await import('../core/tasks/get-task.ts');
        const { seen } = await getTask(session, checkTaskId(taskId), NOT_SAVED);
        return publicTask(taskId, seen, key);
      }),

    list: (options = {}) =>
      connection.call(options, async (session) => {
        need(session, 'listTasks');
        const askedAt = clock.wall();
        const list = await session.api.read(session.provider.list());
        const tasks = list.tasks.map((task) => publicTask(task.id, task, key));
        return { ...list, tasks, askedAt, answeredAt: clock.wall() };
      }),

    cancel: (taskId, options = {}) =>
      connection.call(options, async (session) => {
        need(session, 'cancelTask');
        const { cancelTask } = await import('../core/tasks/cancel-task.ts');
        const result = await cancelTask(session, checkTaskId(taskId));
        if (result.kind === 'notCancelled') throw result.failure;
        return publicStatus(taskId, result.seen);
      }),

    quote: ({ model, payload, maxCredits }, options = {}) =>
      connection.call(options, async (session) => {
        need(session, 'quote');
        const contract = await contractOf(connection.settings, model);
        await checkFits(contract, payload);
        const { askPrice } = await import('../core/money/check-price.ts');
        return askPrice(session, contract, { model, payload, idempotencyKey: '', maxCredits });
      }),

    account: (options = {}) =>
      connection.call(options, async (session) => {
        need(session, 'account');
        const { account } = await import('../core/money/account.ts');
        return (await account(session, await listModels(connection.settings))).account;
      }),

    wait: (task, { signal, until, onStatus } = {}) => {
      const isWait = until === undefined || Number(until) > clock.wall();
      return connection.call({ signal, isWait }, async (session, stop) => {
        const taskId = checkTaskId(typeof task === 'string' ? task : task.id);
        const waitMs = until === undefined ? Infinity : checkMoment('until', until) - clock.wall();
        const settings = { ...NOT_SAVED, waitMs: Math.max(0, waitMs), stop };
        const observer = {
          ...SILENT,
          about: () => observer,
          task: (_: string, state: Task['state']) => onStatus?.({ taskId, state, record: {} }),
          polled: (seen: Omit<TaskStatus, 'taskId'>) => onStatus?.(publicStatus(taskId, seen)),
        };
        const { waitTask } = await import('../core/wait/wait-task.ts');
        const watched = { ...session, observer };
        // A task that was just submitted may not be shown yet: for a while, "not found" does not end that wait.
        const shown = typeof task === 'string' ? undefined : task;
        const result = await waitTask(watched, taskId, settings, {}, shown);
        if (result.kind === 'notFetched') throw result.failure;
        if (result.kind === 'running') stop.throwIfAborted();
        const { kind, seen, lastPollError, retryAfter = null } = result;
        if (kind !== 'running') return { kind: 'ended', task: publicTask(taskId, seen, key) };
        const lastError = lastPollError ? toError(lastPollError, key, { taskId }) : null;
        return { kind, taskId, state: seen.state, retryAfter, lastError };
      });
    },
  };
}

/** @throws Failure INVALID_PAYLOAD where the service has no such request; nothing was sent */
function need({ provider }: Session, action: 'cancelTask' | 'listTasks' | 'quote' | 'account'): void {
  const ability = abilityFor(action);
  if (ability && !provider.can[ability]) throw unsupported(provider, action);
}

/** What every wait and read of a task has in common: no file is saved. */
const NOT_SAVED: WaitSettings = { waitMs: 0, folder: null };
