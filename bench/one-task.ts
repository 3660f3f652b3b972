// One wait for one task: how late it sees the end, and how many queries it sends, in simulated time.

import type { LikelyDuration } from '../scripts/src/core/poll/interval.ts';
import { type PollTimes, pollUntilEnd } from '../scripts/src/core/poll/poll-until-end.ts';
import type { Session } from '../scripts/src/core/session.ts';
import { likelyDuration } from '../scripts/src/core/wait/durations.ts';
import { FakeClock } from '../test/support/clock.ts';
import { report } from './goals.ts';

const MINUTE = 60_000;
const WAITS = 10_000;
// The shortest and the longest run of a video model on record.
const [SHORTEST_MS, LONGEST_MS] = [156_000, 390_000];

/** Prints the figures of a task whose model has runs on record, on this machine, and none. */
export async function waitsForOne(): Promise<void> {
  const likely = (model: string, own: number[]) => {
    const records = async () => ({ durationsOf: async () => own });
    const api = { clock: new FakeClock() };
    const session = { api, provider: { id: 'aivideomaker' }, loopback: null, records, durations: new Map() };
    return likelyDuration(session as unknown as Session, model);
  };
  await simulate('one task, its model has runs on record', await likely('t2v', []));
  const own = Array.from({ length: 30 }, (_, n) => (SHORTEST_MS + n * 8_000) / 1000);
  await simulate('one task, its model has runs on this machine', await likely('t2v', own));
  await simulate('one task, nothing is known of its model', await likely('lv', []));
}

async function simulate(name: string, likely: LikelyDuration | undefined): Promise<void> {
  const lags: number[] = [];
  const perMinute: number[] = [];
  let most = 0;
  for (let n = 0; n < WAITS; n += 1) {
    const clock = new FakeClock();
    clock.random = Math.random;
    const endAt = SHORTEST_MS + (LONGEST_MS - SHORTEST_MS) * Math.random();
    const polls: number[] = [];
    const poll = async ({ dueAt }: PollTimes) => {
      clock.now = dueAt;
      polls.push(dueAt);
      // The answer takes a while, and shows the state as it was on the way.
      const latency = 50 + Math.random() * 100;
      clock.now += latency;
      return {
        state: dueAt + latency / 2 >= endAt ? ('COMPLETED' as const) : ('PROGRESS' as const),
        record: {},
      };
    };
    const schedule = { firstMs: 2_000, ...(likely && { likely }) };
    await pollUntilEnd(poll, { clock, schedule, deadline: 60 * MINUTE, submittedAt: 0 });
    lags.push(clock.now - endAt);
    // The record of the finished task is a query too.
    polls.push(clock.now);
    perMinute.push(polls.length / (clock.now / MINUTE));
    for (const at of polls)
      most = Math.max(most, polls.filter((one) => one >= at && one < at + MINUTE).length);
  }
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  report(`${name}: mean lag`, mean(lags) / 1000, 1.2, ' s');
  report(`${name}: queries a minute on average`, mean(perMinute), 20);
  report(`${name}: queries in the busiest minute`, most, 30);
}
