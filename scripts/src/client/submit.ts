import type { Contract } from '../contracts/contract.ts';
import type { ListSource, LostSubmit } from '../core/reconcile/reconcile.ts';
import { Failure } from '../model/failure.ts';
import type { GenerationRequest } from '../providers/provider.ts';
import type { Connection } from './connection.ts';
import type { ClientErrorDetails } from './errors.ts';
import { checkMoment, checkRequest } from './request.ts';
import { publicTask } from './task.ts';
import { toError } from './to-error.ts';
import type {
  CallOptions,
  LostRequest,
  Reconciled,
  ReconcileOptions,
  SubmitOutcome,
  SubmitRequest,
  SubmittedTask,
} from './types.ts';

/** Submits a request in one attempt. */
export function submit(
  connection: Connection,
  request: SubmitRequest,
  { signal }: CallOptions = {},
): Promise<SubmittedTask> {
  const { settings } = connection;
  let isSending = false;
  let hasLeft = false;
  const details = (failure?: Failure): ClientErrorDetails => {
    // Before the submit a quote may be lost, which says nothing about a task.
    const isUnknown = failure ? isSending && failure.details.unclear === true : hasLeft;
    return { outcome: isUnknown ? 'unknown' : 'rejected' };
  };
  return connection.call({ signal, details }, async (session) => {
    const { contract, generation } = await checkRequest(settings, request);
    const { checkFunds } = await import('../core/money/check-price.ts');
    const { sendOnce } = await import('../core/submit/send-once.ts');
    const { shortDeadline } = await import('../core/session.ts');
    const quote = await checkFunds(session, contract, generation, null, shortDeadline(session));
    isSending = true;
    const onLeave = () => {
      hasLeft = true;
    };
    const sent = await sendOnce(session, generation, { onLeave });
    if (sent.kind !== 'accepted') throw sent.failure;
    return { ...publicTask(sent.task.id, sent.task, settings.key), quoted: quote?.credits ?? null };
  });
}

/** What a reconciliation needs, checked. */
interface Lost {
  contract: Contract;
  generation: GenerationRequest;
  lost: LostSubmit;
  /** On the monotonic clock. */
  deadline: number;
  source: ListSource;
}

/** Searches the list for the task of a submit whose outcome is unknown. Sends nothing. */
export function reconcile(
  connection: Connection,
  request: LostRequest,
  options: ReconcileOptions = {},
): Promise<Reconciled> {
  const { key } = connection.settings;
  const details = () => ({ outcome: 'unknown' as const });
  return connection.call({ signal: options.signal, details }, async (session) => {
    const search = await lostOf(connection, request, options);
    const { generation, lost, source } = search;
    const { reconcile, reconcileUntil } = await import('../core/reconcile/reconcile.ts');
    // A list that was read before stays the same.
    const until = source.list ? search.deadline : reconcileUntil(session, search.deadline);
    const found = await reconcile(session, generation, lost, until, source);
    if (found.kind === 'found') return { kind: 'found', task: publicTask(found.task.id, found.task, key) };
    if (found.kind === 'clear') {
      return { kind: 'clear', resubmit: (more) => resubmit(connection, search, more) };
    }
    if (found.kind === 'unsure') return { kind: 'unsure', retryAfter: found.after ?? null };
    const { failure, after = failure.details.retryAfter ?? null } = found;
    return { kind: 'unreadable', retryAfter: after, error: toError(failure, key, details()) };
  });
}

async function lostOf(
  { settings }: Connection,
  request: LostRequest,
  { until, list, taken }: ReconcileOptions,
): Promise<Lost> {
  const { clock } = settings;
  const sentAt = checkMoment('submittedAt', request.submittedAt);
  const now = { wall: clock.wall(), monotonic: clock.monotonic() };
  // The minute must pass even after the clock was set back.
  const lostAt = Math.min(checkMoment('lostAt', request.lostAt ?? sentAt), now.wall);
  const deadline = until === undefined ? 0 : now.monotonic + (checkMoment('until', until) - now.wall);
  const { contract, generation } = await checkRequest(settings, request);
  return {
    ...{ contract, generation },
    lost: {
      sentAt,
      since: { wall: lostAt, monotonic: now.monotonic - (now.wall - lostAt) },
      resubmitted: request.resubmitted === true,
      failure: new Failure('NETWORK_ERROR', 'The answer of the submit is missing.'),
    },
    deadline,
    source: {
      list: list && (async () => list()),
      taken: async (ids) => (await taken?.(ids)) ?? [],
    },
  };
}

/** Sends a request once more whose task the list did not show. */
function resubmit(
  connection: Connection,
  { contract, generation, lost, source }: Lost,
  { signal }: CallOptions = {},
): Promise<SubmittedTask> {
  let outcome: SubmitOutcome = 'unknown';
  return connection.call({ signal, details: () => ({ outcome }) }, async (session) => {
    const { checkFunds } = await import('../core/money/check-price.ts');
    const { judgeRejection } = await import('../core/submit/submit.ts');
    const { sendOnce } = await import('../core/submit/send-once.ts');
    const { shortDeadline } = await import('../core/session.ts');
    const until = shortDeadline(session);
    const quote = await checkFunds(session, contract, generation, null, until);
    const sent = await sendOnce(session, generation);
    const { taken } = source;
    const judged =
      sent.kind === 'rejected'
        ? await judgeRejection(session, generation, lost, sent.failure, until, { taken })
        : sent;
    if (judged.kind === 'rejected') outcome = 'rejected';
    if (judged.kind !== 'accepted') throw judged.failure;
    const { task } = judged;
    return { ...publicTask(task.id, task, connection.settings.key), quoted: quote?.credits ?? null };
  });
}
