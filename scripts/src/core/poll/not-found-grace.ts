import type { Failure } from '../../model/failure.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import type { Session } from '../session.ts';

// A replica of a service that lags behind does not show a new task. How far one can lag is not documented.
const GRACE_MS = 30_000;

/** Returns until when "not found" says nothing about a task that certainly existed at a moment; both on the monotonic clock. */
export function graceAfter(existedAt: number): number {
  return existedAt + GRACE_MS;
}

/**
 * Returns until when "not found" says nothing about the task of a request, on the monotonic clock: counted from the latest
 * moment at which the service can have accepted its last submit.
 */
export function graceOf({ api }: Session, { record }: StoredRequest): number {
  const { unsettledSince, submitTimeout } = record;
  // The wall clock may have been set back: then the age is not known, and is not taken for negative.
  const age = Math.abs(api.clock.wall() - Date.parse(unsettledSince)) - (submitTimeout ?? 0);
  return graceAfter(api.clock.monotonic() - age);
}

/** Tells whether a failed query only means that a replica does not show the task yet. @param now on the monotonic clock */
export function isMissingForNow({ code }: Failure, graceUntil: number, now: number): boolean {
  return code === 'TASK_NOT_FOUND' && now < graceUntil;
}
