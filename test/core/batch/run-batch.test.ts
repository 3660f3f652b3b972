import { describe, expect, it } from 'vitest';
import { watch } from '../../../scripts/src/cli/progress.ts';
import { batchQuoteOutcome } from '../../../scripts/src/cli/render/account.ts';
import { batchOutcome, lineOutcomes } from '../../../scripts/src/cli/render/batch.ts';
import { loadContract } from '../../../scripts/src/contracts/contract.ts';
import type { BatchLine } from '../../../scripts/src/core/batch/line.ts';
import { quoteBatch } from '../../../scripts/src/core/batch/quote-batch.ts';
import { runBatch } from '../../../scripts/src/core/batch/run-batch.ts';
import type { BatchProgress, Observer } from '../../../scripts/src/core/observer.ts';
import { jsonHash } from '../../../scripts/src/model/fingerprint.ts';
import { ledger } from '../../kill/ledger.ts';
import { FakeClock } from '../../support/clock.ts';
import { callerOf, type Settings } from '../rendered.ts';
import { folder, journalOf, NOTE, sessionWith, stepsOf, TERMS, waiting } from '../session.ts';

const t2v = await loadContract('aivideomaker', 't2v');

function linesOf(count: number): BatchLine[] {
  return Array.from({ length: count }, (_, n) => {
    const payload = { prompt: `the ${n + 1}th lighthouse`, aspectRatio: '16:9', duration: '5' };
    const estimate = { least: 15, most: 15 };
    return {
      ...{ number: n + 1, name: null, contract: t2v, payloadHash: jsonHash(payload), ordinal: 1 },
      ...{ priceKey: 'one', estimate, size: 100, read: async () => payload },
    };
  });
}

const ALL = {
  terms: TERMS,
  note: NOTE,
  ...{ webhookUrl: undefined, isDetached: false },
  stop: { requested: new AbortController().signal, defer: () => () => {} },
};

/** A service that keeps a ledger, and batches against it. */
async function place() {
  const service = await ledger();
  const clock = new FakeClock();
  const journal = journalOf(service.origin, clock);
  const session = sessionWith(service.origin, { clock, journal });
  const caller = callerOf(session);
  return {
    service,
    caller,
    session,
    journal,
    /** What a batch of so many lines comes to, and what it tells. */
    async run(count: number, waitMs: number, more: Partial<Settings> = {}) {
      let text = '';
      const { observer } = watch({ write: (piece) => (text += piece), columns: 80 }, []);
      const told: BatchProgress[] = [];
      const polled: (BatchProgress | undefined)[] = [];
      const spied = (one: Observer): Observer => ({
        ...one,
        batch(progress) {
          told.push(progress);
          one.batch(progress);
        },
        named: (name) => spied(one.named(name)),
        about: (...task) => spied(one.about(...task)),
        polled(...status) {
          polled.push(told.at(-1));
          one.polled(...status);
        },
      });
      const options = { ...ALL, lines: linesOf(count), wait: waiting(waitMs, more) };
      const result = await runBatch({ ...session, observer: spied(observer) }, options);
      const items = lineOutcomes(result, caller);
      const { envelope, exitCode } = batchOutcome(result, items, { problem: 'none' }, caller);
      return { envelope, exitCode, polled, told, shown: text.trimEnd().split('\n') };
    },
  };
}

describe('the progress of a batch', () => {
  it.each([1, 5])(
    'of %i lines has their credits as soon as they are charged, and at its end',
    async (count) => {
      const { run, service } = await place();
      service.isBusy = true;
      const { polled, told, shown, envelope } = await run(count, 60_000);
      expect(envelope.data!.batch).toMatchObject({ running: count, charged: 15 * count });
      expect(polled.length).toBeGreaterThan(0);
      // Lines that are still being submitted are no part of what is told then.
      expect(polled.at(-1)).toMatchObject({ running: count, credits: 15 * count });
      expect(told.filter(({ isOver }) => isOver)).toHaveLength(1);
      // Out of time with every line running: the sums are told once more.
      expect(shown.at(-1)).toBe(`0 of ${count} done, ${count} running, ${15 * count} credits`);
    },
  );

  it('tells what was charged and what was refunded, as the answer does', async () => {
    const { run, service } = await place();
    service.end = 'FAILED';
    for (const isAgain of [false, true]) {
      const { shown, envelope, exitCode } = await run(2, 60_000);
      expect(exitCode).toBe(1);
      expect(envelope).toMatchObject({ ok: false, status: 'FAILED', errorCode: 'GENERATION_FAILED' });
      expect(envelope.data!.batch).toMatchObject({ failed: 2, charged: 30, refunded: 30 });
      expect(envelope.data!.items).toMatchObject(
        [1, 2].map((line) => ({ line, status: 'FAILED', file: null, errorCode: 'GENERATION_FAILED' })),
      );
      if (!isAgain) expect(shown.at(-1)).toBe('0 of 2 done, 2 failed, 30 credits charged, 30 refunded');
    }
    expect([...service.charges.values()].flat()).toHaveLength(2);
  });
});

it('a cancelled task of a line: cancelled and refunded in the sums, and the batch has ended without it', async () => {
  const { run, service } = await place();
  service.isBusy = true;
  await run(2, 0);
  const [id] = [...service.charges.values()][0]!;
  service.cancel(id!);
  service.isBusy = false;
  const { envelope, exitCode, shown } = await run(2, 60_000);
  expect(exitCode).toBe(1);
  expect(shown.at(-1)).toBe('1 of 2 done, 1 cancelled, 30 credits charged, 0 now, 15 refunded');
  expect(envelope).toMatchObject({ ok: false, status: 'FAILED', errorCode: 'TASK_CANCELLED' });
  expect(envelope.data!.batch).toMatchObject({ completed: 1, cancelled: 1, charged: 30, refunded: 15 });
  expect(service.charges.size).toBe(2);
});

it.each([0, 3])(
  'its records keep the folder that was asked for last, also those of %i lost submits',
  async (lost) => {
    const { run, service, journal } = await place();
    const script = Array(lost).fill('reset');
    Object.assign(service, { isBusy: true, hidesTasks: lost > 0, script });
    const folders = [folder(), folder()];
    for (const one of folders) {
      await run(3, 0, { folder: one });
      service.hidesTasks = false;
    }
    await run(3, 0, { folder: null });
    expect([...service.charges.values()].flat()).toHaveLength(3);
    const kept = (await journal.pending()).map(({ record }) => record.download);
    expect(kept).toEqual(Array.from({ length: 3 }, () => folders[1]));
  },
);

describe('the quote of a batch', () => {
  it('counts apart what has its task already, and only the rest against the cap', async () => {
    const { run, session, caller, service } = await place();
    service.isBusy = true;
    await run(2, 0);
    const lines = linesOf(5);
    const within = await quoteBatch(session, lines, { maxCredits: 15, maxTotalCredits: 45 });
    const { envelope, exitCode } = batchQuoteOutcome(within, caller);
    expect(exitCode).toBe(0);
    expect(envelope.data).toMatchObject({ count: 5, credits: 75, notCharged: 45, affordable: true });
    const items = envelope.data!.items as { line: number; credits: number; charged?: true }[];
    expect(items.map(({ line, credits, charged }) => [line, credits, charged])).toEqual([
      ...[1, 2].map((line) => [line, 15, true]),
      ...[3, 4, 5].map((line) => [line, 15, undefined]),
    ]);
    expect(stepsOf(envelope)[0]).toContain('45 credits for what is not charged yet');
    const above = batchQuoteOutcome(await quoteBatch(session, lines, { maxTotalCredits: 44 }), caller);
    expect(above.exitCode).toBe(5);
    expect(above.envelope).toMatchObject({ ok: false, errorCode: 'BUDGET_EXCEEDED', taskId: null });
    expect(above.envelope.data).toMatchObject({ credits: 75, notCharged: 45 });
    const made = batchQuoteOutcome(await quoteBatch(session, lines.slice(0, 2), {}), caller);
    expect(stepsOf(made.envelope)).toEqual([expect.stringContaining('without --new charges nothing')]);
    expect(service.charges.size).toBe(2);
  });
});
