import type { CallOptions } from '../../http/api.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { GenerationRequest } from '../../providers/provider.ts';
import type { Session } from '../session.ts';

/** The outcome of one attempt to submit a request. */
export type Sent =
  | { kind: 'accepted'; task: Task }
  /** The service certainly did not accept it: nothing was charged. */
  | { kind: 'rejected'; failure: Failure }
  /** It may have been accepted, although no usable answer came. */
  | { kind: 'lost'; failure: Failure };

// A submit that is cut short may have been accepted, and then its outcome is unknown: it gets this long even after the wait.
const LEAST_SUBMIT_MS = 10_000;

/**
 * Sends a submit in one attempt, on a fresh connection.
 * @returns `lost` where the service may have accepted it, `rejected` where it certainly did not
 */
export async function sendOnce(
  { api, provider }: Pick<Session, 'api' | 'provider'>,
  generation: GenerationRequest,
  options: Pick<CallOptions, 'until' | 'onLeave'>,
): Promise<Sent> {
  const fresh = { ...options, fresh: true, leastMs: LEAST_SUBMIT_MS };
  const sent = await orFailure(api.once(provider.submit(generation), fresh));
  if (!(sent instanceof Failure)) return { kind: 'accepted', task: sent };
  return { kind: sent.details.unclear ? 'lost' : 'rejected', failure: sent };
}
