import type { Failure } from '../../model/failure.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import type { Service } from '../service.ts';

// A service may answer 404 for a task that it has just made, from a replica that lags behind. So long that is no proof that the
// task does not exist. How far a replica can lag is not documented.
const GRACE_MS = 30_000;

/** Returns until when a 404 proves nothing about a task that existed at a moment; both on the monotonic clock. */
export function graceAfter(existedAt: number): number {
  return existedAt + GRACE_MS;
}

/** Returns the same for the task of a request: it existed when the service can have accepted the last submit at the latest. */
export function graceOf({ api }: Service, { record }: StoredRequest): number {
  const { unsettledSince, submitTimeout } = record;
  // The wall clock may have been set back: then the age is not known, and is not taken for negative.
  const age = Math.abs(api.clock.wall() - Date.parse(unsettledSince)) - (submitTimeout ?? 0);
  return graceAfter(api.clock.monotonic() - age);
}

/** Tells whether a 404 says nothing yet about the task. @param now on the monotonic clock */
export function isMissingForNow({ code }: Failure, graceUntil: number, now: number): boolean {
  return code === 'TASK_NOT_FOUND' && now < graceUntil;
}
