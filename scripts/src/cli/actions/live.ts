import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CheckedRequest } from '../../core/checked-request.ts';
import type { PollSchedule } from '../../core/poll/interval.ts';
import { madeElsewhere } from '../../core/record/other-account.ts';
import type { Session } from '../../core/session.ts';
import { getStatus } from '../../core/tasks/get-status.ts';
import type { ListFilter } from '../../core/tasks/list-tasks.ts';
import type { WaitSettings } from '../../core/wait-settings.ts';
import { Api } from '../../http/api.ts';
import { Transport } from '../../http/transport.ts';
import { SANDBOX_KEY } from '../../model/api-key.ts';
import { systemClock } from '../../model/clock.ts';
import { FIRST_POLL_MS } from '../../model/defaults.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import { once } from '../../model/once.ts';
import type { AccountId } from '../../model/request-record.ts';
import { serviceName } from '../../model/service-address.ts';
import type { TaskState } from '../../model/task.ts';
import type { Sharing } from '../../ports/sharing.ts';
import type { Journal } from '../../stores/file/journal.ts';
import type { CheckedBatch } from '../batch/read-batch.ts';
import type { LiveCall } from '../call.ts';
import type { Arguments } from '../command-line/arguments.ts';
import { isSubmit, needsRecords } from '../command-line/flags.ts';
import { type Environment, journalFolder } from '../environment.ts';
import type { Outcome } from '../render/envelope.ts';
import { outcomeOfResult, type Result } from '../render/result.ts';
import { withStandInWarnings } from './stand-ins.ts';

/** @param batch its lines, where the command names one */
export async function runLive(call: LiveCall, batch: CheckedBatch | null): Promise<Outcome> {
  const { args, caller, request, environment, loopback, progress, interruption } = call;
  const { profile } = args;
  const sandbox = args.sandbox ? await startSandbox(environment, progress.line) : null;
  const { httpProxy, httpsProxy, noProxy, timeoutMs, maxRetries } = environment;
  if (httpProxy || httpsProxy) compileParserSimply();
  const transport = new Transport({ httpProxy, httpsProxy, noProxy });
  const baseUrl = sandbox ? new URL(sandbox.origin) : (environment.baseUrl ?? new URL(profile.url));
  const key = sandbox ? SANDBOX_KEY : environment.key!;
  const provider = await profile.create({ baseUrl, key, now: systemClock.wall });
  const accountId = once(async () => {
    const { accountOf } = await import('../../model/fingerprint.ts');
    const service = sandbox ? 'sandbox' : serviceName(baseUrl, profile.apiPath);
    return { provider: profile.id, service, account: accountOf(profile.id, key) };
  });
  const named = async () => ({ ...caller, account: (await accountId()).account });
  const sharing = once(() => (args.noJournal ? null : openSharing(call, accountId)));
  // On this machine a service has no limit for single questions; waits keep to it.
  const limiter = async () => (loopback ? null : ((await sharing())?.limiter ?? null));
  const { signal } = interruption;
  const api = new Api(transport, systemClock, { timeoutMs, maxRetries, signal, limiter });
  const schedule = scheduleOf(args);
  const session: Session = {
    provider,
    api,
    schedule,
    poller: once(async () => {
      const { openPoller } = await import('../../core/poll/poller.ts');
      return openPoller({ provider, api }, schedule, sharing);
    }),
    durations: new Map(),
    transport,
    observer: progress.observer,
    loopback: loopback ? baseUrl : null,
    records: once(() => (args.noJournal || isWithoutRecords(call) ? null : openJournal(call, accountId))),
  };
  try {
    let outcome: Outcome;
    if (batch) {
      const { runBatchCommand } = await import('../batch/command.ts');
      outcome = await runBatchCommand(session, { ...call, caller: await named() }, batch, waitSettings(args));
    } else outcome = await outcomeOfResult(await act(session, args, request), caller);
    return sandbox ? withStandInWarnings(outcome) : outcome;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const taskId = args.taskId ?? error.details.taskId ?? null;
    const missing = taskId !== null && (await madeElsewhere(session, error, taskId));
    const { withFallbackSteps } = await import('../render/errors/explained.ts');
    throw withFallbackSteps(missing || error, await named(), taskId);
  } finally {
    // Not awaited: the answer need not wait until the last socket has closed.
    void transport.close();
    void sandbox?.close();
  }
}

/**
 * Changes how V8 compiles WebAssembly in this process, which ends with its command. undici, which speaks to proxies, parses
 * HTTP in WebAssembly. Optimising that parser would take 36 MB, and double the time of a short command: 80 ms that a
 * process waits for at its end.
 */
function compileParserSimply(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  for (const flag of ['--liftoff-only', '--wasm-lazy-compilation']) setFlagsFromString(flag);
}

/** Tells whether there are no records yet and the action makes none: then the journal need not be loaded. */
function isWithoutRecords({ args, environment: { stateFolder } }: LiveCall): boolean {
  if (stateFolder === null) return true;
  const folder = journalFolder(stateFolder, args.sandbox);
  // Earlier versions kept them in another folder.
  const folders = [folder, path.join(path.dirname(folder), 'journal')];
  return !needsRecords(args.action) && !folders.some((one) => existsSync(one));
}

/** Returns the journal of the service and the key in use; null where a sandbox run cannot write one. */
async function openJournal(
  { args, environment, progress }: LiveCall,
  accountId: () => Promise<AccountId>,
): Promise<Journal | null> {
  const { isStateChosen } = environment;
  const stateFolder = environment.stateFolder!;
  const warn = progress.line;
  const { Journal } = await import('../../stores/file/journal.ts');
  const folder = journalFolder(stateFolder, args.sandbox);
  const journal = new Journal({ folder, ...(await accountId()), clock: systemClock, warn });
  if (!args.sandbox || isStateChosen) return journal;
  const refusal = await orFailure((async () => journal.prepare())());
  if (!refusal) return journal;
  warn(`This sandbox run continues without a record: ${stateFolder} cannot be written to.`);
  return null;
}

/** Returns what the processes of this machine share about the service; null for the sandbox, which is this process's own. */
async function openSharing(
  { args, environment: { stateFolder: folder } }: LiveCall,
  accountId: () => Promise<AccountId>,
): Promise<Sharing | null> {
  if (args.sandbox || folder === null) return null;
  const { sharingIn } = await import('../../stores/file/sharing.ts');
  return sharingIn({ folder, ...(await accountId()), limit: args.profile.rateLimit, clock: systemClock });
}

/** Runs the action. Loads only the modules that it needs: a status query does not load the submit. */
async function act(session: Session, args: Arguments, request: CheckedRequest | null): Promise<Result> {
  const { action, taskId = '', idempotencyKey } = args;
  if (action === 'getStatus') return getStatus(session, taskId);
  const wait = waitSettings(args);
  switch (action) {
    case 'getTask':
      return (await import('../../core/tasks/get-task.ts')).getTask(session, taskId, wait);
    case 'cancelTask':
      if (!taskId) return (await import('../../core/tasks/cancellable.ts')).cancellable(session);
      return (await import('../../core/tasks/cancel-task.ts')).cancelTask(session, taskId);
    case 'waitTask': {
      if (args.taskId === undefined) {
        const pending = await import('../../core/wait/resume-pending.ts');
        if (!args.any && !args.all) return pending.waitForNewest(session, wait);
        return pending.waitForAll(session, wait, args.any ? 'first' : 'last');
      }
      if (idempotencyKey !== undefined) {
        const { attachTask } = await import('../../core/reconcile/attach-task.ts');
        await attachTask(session, taskId, idempotencyKey);
      }
      return (await import('../../core/wait/wait-task.ts')).waitTask(session, taskId, wait);
    }
    case 'listTasks':
      return (await import('../../core/tasks/list-tasks.ts')).listTasks(session, filterOf(args));
    case 'spending':
      return (await import('../../core/money/spending.ts')).spending(session, args.since ?? null);
    case 'account': {
      const { listModels } = await import('../../contracts/contract.ts');
      const contracts = await listModels(session.provider.id);
      return (await import('../../core/money/account.ts')).account(session, contracts);
    }
    case 'quote':
      return (await import('../../core/money/quote.ts')).quote(session, request!);
    default: {
      const { generate } = await import('../../core/generate.ts');
      return generate(session, { ...request!, wait, isDetached: action === 'createGeneration' });
    }
  }
}

function filterOf({ since, status, model, limit }: Arguments): ListFilter {
  const running: TaskState[] = ['SUBMITTED', 'PROGRESS'];
  const states = status === undefined ? null : status === 'running' ? running : [status as TaskState];
  return { since: since ?? null, states, model: model ?? null, limit };
}

// The sandbox is faster than the services, so the interval is shorter.
const SANDBOX_POLL_MS = 500;

function scheduleOf({ pollInterval, sandbox }: Arguments): PollSchedule {
  const usualMs = sandbox ? SANDBOX_POLL_MS : FIRST_POLL_MS;
  return { firstMs: pollInterval === undefined ? usualMs : pollInterval * 1000 };
}

/** A submit that names no file wants it named by its task, whatever its record says. */
function waitSettings(args: Arguments): WaitSettings {
  const { action, wait, download = null, output } = args;
  return {
    waitMs: wait * 1000,
    folder: output === undefined ? download : path.dirname(path.resolve(output)),
    output: output === undefined ? (isSubmit(action) ? null : undefined) : path.basename(output),
  };
}

async function startSandbox(environment: Environment, warn: (text: string) => void) {
  const { startSandbox: start } = await import('../../sandbox/server.ts');
  const { stateFolder, withoutState } = environment;
  const sandbox = await start({ folder: stateFolder === null ? null : path.join(stateFolder, 'sandbox') });
  const remedy = 'what the sandbox makes ends with this process. ASYNC_MEDIA_STATE_DIR may name another one.';
  if (withoutState !== null) warn(`${withoutState}: ${remedy}`);
  if (sandbox.warning) warn(sandbox.warning);
  return sandbox;
}
