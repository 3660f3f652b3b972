import type { AdvisedFailure } from '../../scripts/src/cli/advised-failure.ts';
import { Failure } from '../../scripts/src/model/failure.ts';

/** The failure that this throws at once. Its advice is what the command line adds, if that was asked. */
export function thrownBy(work: () => unknown): AdvisedFailure {
  let value: unknown;
  try {
    value = work();
  } catch (error) {
    if (error instanceof Failure) return error as AdvisedFailure;
    throw error;
  }
  throw new Error(`did not fail: ${JSON.stringify(value)}`);
}

/** The failure that this ends with, at once or later. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<AdvisedFailure> {
  const end = await Promise.resolve()
    .then(typeof work === 'function' ? work : () => work)
    .then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
  return thrownBy(end);
}
