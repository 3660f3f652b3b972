import type { Failure } from '../model/failure.ts';
import { contractOf } from './catalog.ts';
import type { Connection } from './connection.ts';
import type { ClientErrorDetails } from './errors.ts';
import { checkMoment, checkRequest } from './request.ts';
import { publicTask } from './task.ts';
import type {
  CallOptions,
  LostRequest,
  ReconciledTask,
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
    const { sendOnce } = await import('../core/submit/send-until-accepted.ts');
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

/** Finds the task of a submit whose outcome is unknown. */
export function findLost(
  connection: Connection,
  request: LostRequest,
  { signal, until, list, taken, beforeResubmit }: ReconcileOptions = {},
): Promise<ReconciledTask> {
  const { settings } = connection;
  const { clock } = settings;
  let prevented: unknown;
  let resubmitted = false;
  const details = (failure?: Failure): ClientErrorDetails => {
    const isRejected = failure !== undefined && outcome === 'rejected';
    const reason = failure?.details.reason;
    const later = reason?.kind === 'submitUnknown' ? reason.later : undefined;
    return {
      outcome: isRejected ? 'rejected' : 'unknown',
      transient:
        failure?.details.transient ??
        (failure?.details.retryAfter !== undefined || later?.details.transient === true),
      cause: prevented,
    };
  };
  let outcome: SubmitOutcome = 'unknown';
  return connection.call({ signal, details }, async (session) => {
    const contract = await contractOf(settings, request.model);
    const sentAt = checkMoment('submittedAt', request.submittedAt);
    const now = { wall: clock.wall(), monotonic: clock.monotonic() };
    // The minute must pass even after the clock was set back.
    const lostAt = Math.min(checkMoment('lostAt', request.lostAt ?? sentAt), now.wall);
    const deadline = until === undefined ? 0 : now.monotonic + (checkMoment('until', until) - now.wall);
    const { generation } = await checkRequest(settings, request);
    const { reconcile } = await import('../core/reconcile/reconcile.ts');
    const { checkFunds } = await import('../core/money/check-price.ts');
    const { Failure } = await import('../model/failure.ts');
    const { shortDeadline } = await import('../core/session.ts');
    const result = await reconcile(
      {
        ...session,
        takenTasks: async (ids) => (await taken?.(ids)) ?? [],
        readList: list && (async () => list()),
      },
      generation,
      {
        sentAt,
        since: { wall: lostAt, monotonic: now.monotonic - (now.wall - lostAt) },
        resubmitted: request.resubmitted === true,
        failure: new Failure('NETWORK_ERROR', 'The answer of the submit is missing.'),
      },
      {
        lost: async () => {},
        resubmitRejected: async () => {},
        resubmitting: async () => {
          if (!beforeResubmit) throw new Failure('UNKNOWN_ERROR', 'It is not sent once more.');
          await checkFunds(session, contract, generation, null, shortDeadline(session));
          try {
            await beforeResubmit();
          } catch (error) {
            prevented = error;
            throw new Failure('UNKNOWN_ERROR', 'The caller prevented that it is sent once more.');
          }
          resubmitted = true;
        },
      },
      deadline,
    );
    if (result.kind === 'accepted') {
      const { task, wasThere } = result;
      return { ...publicTask(task.id, task, settings.key), resubmitted: resubmitted && !wasThere };
    }
    outcome = result.kind;
    throw result.failure;
  });
}
