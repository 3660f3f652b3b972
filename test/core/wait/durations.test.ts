import { expect, it } from 'vitest';
import { expectedDuration, likelyDuration } from '../../../scripts/src/core/wait/durations.ts';
import type { RecordStore } from '../../../scripts/src/ports/record-store.ts';
import { serve } from '../../support/server.ts';
import { waitTask } from '../rendered.ts';
import { sessionWith, waiting } from '../session.ts';

const ORIGIN = 'http://127.0.0.1:9';

it('how long a model takes is what its contract records, with the number of runs and the day', async () => {
  const session = sessionWith(ORIGIN, { loopback: false });
  expect(await expectedDuration(session, 't2v')).toEqual({
    fromMs: 158_800,
    toMs: 390_000,
    runs: 5,
    source: 'contract',
    asOf: '2026-09-17',
  });
});

it('five tasks of this machine count more than the contract, without the unusual ones', async () => {
  const session = sessionWith(ORIGIN, { loopback: false });
  const withDurations = (seconds: number[]) => ({
    ...session,
    durations: new Map(),
    records: async () => ({ durationsOf: async () => seconds }) as unknown as RecordStore,
  });
  const runs = [300, 200, 210, 220, 230, 240, 250, 260, 270, 5, 9_000];
  expect(await expectedDuration(withDurations(runs), 't2v')).toEqual({
    fromMs: 200_000,
    toMs: 300_000,
    runs: 11,
    source: 'machine',
  });
  expect(await expectedDuration(withDurations([1, 2, 3, 4]), 't2v')).toMatchObject({ source: 'contract' });
});

it('the records of this machine are asked once a minute, however many tasks are waited for', async () => {
  const session = sessionWith(ORIGIN, { loopback: false });
  let asked = 0;
  const store = {
    durationsOf: async () => {
      asked += 1;
      return [asked * 100];
    },
  } as unknown as RecordStore;
  const many = { ...session, records: async () => store };
  for (let n = 0; n < 100; n += 1) await likelyDuration({ ...many }, 'lv');
  expect(asked).toBe(1);
  expect(await likelyDuration(many, 'lv')).toMatchObject({ earliestMs: 90_000 });
  session.clock.now += 60_000;
  expect(await likelyDuration(many, 'lv')).toMatchObject({ earliestMs: 180_000 });
  await likelyDuration(many, 't2v');
  expect(asked).toBe(3);
});

it('a wait says it once, before the first poll; a state query does not', async () => {
  const server = await serve({ body: { status: 'PROGRESS' } });
  const session = sessionWith(server.origin, { loopback: false });
  await waitTask(session, 'ckx1', waiting(9_000, { model: 't2v' }));
  const told = session.told.filter((one) => one.startsWith('expected'));
  expect(told).toEqual(['expected 158800 to 390000']);
  await waitTask(session, 'ckx1', waiting(0, { model: 't2v' }));
  expect(session.told.filter((one) => one.startsWith('expected'))).toHaveLength(1);
});

it('nothing is expected of a model without runs, of an unknown one, and of a service on this machine', async () => {
  const session = sessionWith(ORIGIN, { loopback: false });
  expect(await expectedDuration(session, 'lv')).toBeNull();
  expect(await expectedDuration(session, 'no-such-model')).toBeNull();
  expect(await expectedDuration(sessionWith(ORIGIN), 't2v')).toBeNull();
});
