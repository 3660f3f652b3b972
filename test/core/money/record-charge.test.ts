import { expect, it, onTestFinished } from 'vitest';
import { recordCharge } from '../../../scripts/src/core/money/record-charge.ts';
import { Journal } from '../../../scripts/src/stores/file/journal.ts';
import { FakeClock } from '../../support/clock.ts';
import { failureOf } from '../../support/failures.ts';
import { journalOf, leave, sessionWith } from '../session.ts';

it.each([
  ['without a wait', 0, 5],
  ['with a short one', 12, 12],
  ['with a long one', 600, 30],
])('a budget that another process keeps is waited for, %s (%i s), for %i s', async (_, wait, waited) => {
  const clock = new FakeClock();
  const origin = 'http://127.0.0.1:9';
  const journal = journalOf(origin, clock);
  const entry = await leave(journal);
  const held = await new Journal(journal.options).lock('budget', 0);
  if ('heldBy' in held) throw new Error('held already');
  onTestFinished(() => void held.release());
  const session = sessionWith(origin, { clock, journal });
  const quote = { credits: 15, balance: null, affordable: undefined, record: {} } as never;
  const reserved = recordCharge(
    session,
    { store: journal, entry, change: {}, quote },
    { maxCreditsPerDay: 40 },
    clock.now + wait * 1_000,
  );
  const { details } = await failureOf(reserved);
  expect(details.nothingSubmitted).toBe(true);
  expect(details.reason).toEqual({ kind: 'budgetBusy' });
  expect(clock.now / 1_000).toBeCloseTo(waited, 0);
});
