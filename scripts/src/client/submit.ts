import type { ListSource, LostSubmit } from '../core/reconcile/reconcile.ts';
import type { Sent, Submitted } from '../core/submit/submit-or-reconcile.ts';
import { Failure } from '../model/failure.ts';
import type { Connection } from './connection.ts';
import { checkMoment, checkRequest, deadlineAt } from './request.ts';
import { publicTask } from './task.ts';
import { toError } from './to-error.ts';
import type {
  CallOptions,
  Client,
  LostRequest,
  SubmitOutcome,
  SubmitRequest,
  SubmittedTask,
} from './types.ts';

/** Returns the methods of a client that may cause a charge. */
export function submitCalls(connection: Connection): Pick<Client, 'submit' | 'reconcile'> {
  const { settings } = connection;
  return {
    submit: (request, options) => send(connection, request, options),

    reconcile: (request, { signal, until, list, taken } = {}) => {
      const details = () => ({ outcome: 'unknown' as const });
      return connection.call({ signal, details }, async (session) => {
        const { generation } = await checkRequest(settings, request);
        const lost = { ...lostSubmit(connection, request), generation };
        const deadline = until === undefined ? 0 : deadlineAt(settings, until);
        const { reconcile, reconcileDeadline } = await import('../core/reconcile/reconcile.ts');
        // A list that was read before stays the same.
        const end = list ? deadline : reconcileDeadline(session, deadline);
        const source: ListSource = {
          list: list && (async () => list()),
          taken: async (ids) => (await taken?.(ids)) ?? [],
        };
        const found = await reconcile(session, lost, end, source);
        switch (found.kind) {
          case 'found':
            return { kind: 'found', task: publicTask(found.task.id, found.task, settings.key) };
          case 'mayResubmit': {
            const first = { lost, source: { taken: source.taken } };
            return { kind: 'clear', resubmit: (more) => send(connection, request, more, first) };
          }
          case 'later':
            return { kind: 'unsure', retryAfter: found.after };
          case 'never':
            return { kind: 'unsure', retryAfter: null };
          case 'unreadable': {
            const { failure, after = failure.details.retryAfter ?? null } = found;
            const error = toError(failure, settings.key, details());
            return { kind: 'unreadable', retryAfter: after, error };
          }
        }
      });
    },
  };
}

/** @param first the lost submit that this one repeats: a rejection says nothing of both before the list was read */
function send(
  connection: Connection,
  request: SubmitRequest,
  { signal }: CallOptions = {},
  first?: { lost: LostSubmit; source: ListSource },
): Promise<SubmittedTask> {
  const { settings } = connection;
  let outcome: SubmitOutcome = first ? 'unknown' : 'rejected';
  return connection.call({ signal, details: () => ({ outcome }) }, async (session) => {
    const { contract, generation } = await checkRequest(settings, request);
    const { checkPrice } = await import('../core/money/check-price.ts');
    const { judgeRejection, sendOnce } = await import('../core/submit/submit-or-reconcile.ts');
    const deadline = session.api.shortDeadline;
    const quote = await checkPrice(session, contract, generation, {}, deadline);
    const onLeave = () => {
      outcome = 'unknown';
    };
    const sent = await sendOnce(session, generation, { onLeave });
    let known: Sent | Submitted = sent;
    if (first && sent.kind === 'rejected') {
      known = await judgeRejection(session, first.lost, sent.failure, deadline, first.source);
    }
    outcome = known.kind === 'rejected' ? 'rejected' : 'unknown';
    if (known.kind === 'accepted') {
      const { task } = known;
      return { ...publicTask(task.id, task, settings.key), quoted: quote?.credits ?? null };
    }
    // Whether and when to try again, the answer to this attempt says.
    const { transient, retryAfter } = sent.kind === 'accepted' ? {} : sent.failure.details;
    throw known.failure.with({ transient, retryAfter });
  });
}

function lostSubmit({ settings: { clock } }: Connection, request: LostRequest) {
  const sentAt = checkMoment('submittedAt', request.submittedAt);
  const now = clock.wall();
  // The minute must pass even after the clock was set back.
  const wall = Math.min(checkMoment('lostAt', request.lostAt ?? sentAt), now);
  return {
    kind: 'lost' as const,
    sentAt,
    since: { wall, monotonic: clock.monotonic() - (now - wall) },
    resubmitted: request.resubmitted === true,
    failure: new Failure('NETWORK_ERROR', 'The answer of the submit is missing.'),
  };
}
