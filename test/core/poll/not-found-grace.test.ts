import { expect, it } from 'vitest';
import { graceOf, isMissingForNow } from '../../../scripts/src/core/poll/not-found-grace.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';
import { FakeClock } from '../../support/clock.ts';
import { journalOf, leave, sessionWith } from '../session.ts';

const ORIGIN = 'http://127.0.0.1:9';

it.each([
  ['counts from the last submit', 0, 29_999, 30_000],
  ['begins when that submit had ended at the latest', 10_000, 39_999, 40_000],
])('fault 20: the grace of a new task %s', async (_, submitTimeout, still, over) => {
  const clock = new FakeClock();
  const entry = await leave(journalOf(ORIGIN, clock), { phase: 'submitted', taskId: 'ckx1', submitTimeout });
  const session = sessionWith(ORIGIN, { clock });
  const missing = new Failure('TASK_NOT_FOUND', 'no such task');
  const isNew = () => isMissingForNow(missing, graceOf(session, entry), clock.monotonic());
  clock.now += still;
  expect(isNew()).toBe(true);
  clock.now += over - still;
  expect(isNew()).toBe(false);
});

it('only "not found" is a matter of patience', () => {
  expect(isMissingForNow(new Failure('AUTH_FAILED', 'no'), 30_000, 0)).toBe(false);
});
