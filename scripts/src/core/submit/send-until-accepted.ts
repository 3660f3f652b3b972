import { Failure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { GenerationRequest } from '../../providers/provider.ts';
import type { Session } from '../session.ts';

/** The outcome of sending a request. */
export type Sent =
  | { kind: 'accepted'; task: Task }
  /** The service certainly did not accept it: nothing was charged. */
  | { kind: 'rejected'; failure: Failure }
  /** It may have been accepted, although no usable answer came. */
  | { kind: 'lost'; failure: Failure };

/** Writes each step to the disk before the next one: the process may end between any two. */
export interface SendLog {
  /** An attempt is about to be sent, some time after the request was recorded; earlier ones were rejected. */
  sending(): Promise<void>;
  rejected(): Promise<void>;
}

const SOON_MS = 500;

/** Sends a request, and retries it while the service certainly did not accept it. Ends at the first lost answer. */
export async function sendUntilAccepted(
  session: Session,
  generation: GenerationRequest,
  deadline: number,
  log: SendLog,
): Promise<Sent> {
  const { api, observer, submits } = session;
  for (let attempt = 1; ; attempt += 1) {
    const asked = api.clock.monotonic();
    try {
      await submits?.ready();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      return { kind: 'rejected', failure };
    }
    // The record says when the submit is sent: from then on the list must be clear.
    if (attempt > 1 || api.clock.monotonic() > asked + SOON_MS) await log.sending();
    observer.submitting();
    const sent = await sendOnce(session, generation, { until: deadline });
    if (sent.kind !== 'rejected') return sent;
    observer.refused();
    const pause = api.pauseFor(sent.failure, attempt, deadline);
    if (pause === null) return sent;
    submits?.pauseFor(pause);
    await log.rejected();
    await api.clock.sleep(pause, api.signal);
  }
}

// A submit that is cut short may have been accepted, and then its outcome is unknown: it gets this long even after the wait.
const LEAST_SUBMIT_MS = 10_000;

export interface SendOptions {
  /** The end of the caller's time, on the monotonic clock. */
  until?: number;
  /** Called when the request is about to leave: from then on the service may accept it. */
  onLeave?: (() => void) | undefined;
}

/** Sends a request in one attempt. */
export async function sendOnce(
  { api, provider }: Pick<Session, 'api' | 'provider'>,
  generation: GenerationRequest,
  { until = Infinity, onLeave }: SendOptions = {},
): Promise<Sent> {
  try {
    const options = { fresh: true, until, leastMs: LEAST_SUBMIT_MS, onLeave };
    return { kind: 'accepted', task: await api.once(provider.submit(generation), options) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: error.details.unclear ? 'lost' : 'rejected', failure: error };
  }
}
