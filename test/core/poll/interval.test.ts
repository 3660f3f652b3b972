import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { intervalBefore, type LikelyDuration } from '../../../scripts/src/core/poll/interval.ts';
import { likelyDuration } from '../../../scripts/src/core/wait/durations.ts';
import { FIRST_POLL_MS } from '../../../scripts/src/model/defaults.ts';
import { ROOT } from '../../support/command.ts';
import { seeded } from '../../support/virtual-time.ts';
import { sessionWith } from '../session.ts';

const half = () => 0.5;
const MINUTE = 60_000;

/** The moments of all polls of a task that ends at `endMs`; the last one sees the end. */
function pollsOf(
  endMs: number,
  likely: LikelyDuration | undefined,
  random: () => number,
  firstMs = 2_000,
): number[] {
  const schedule = { firstMs: firstMs, ...(likely && { likely }) };
  const polls: number[] = [];
  for (let now = 0; ; polls.push(now)) {
    if (polls.length > 0 && now >= endMs) return polls;
    now += intervalBefore({ polls: polls.length, waitedMs: now, ageMs: now }, schedule, random);
  }
}

/** Of moments in their order. */
function mostInAMinute(polls: number[]): number {
  let from = 0;
  return polls.reduce((most, at, n) => {
    while (polls[from]! <= at - MINUTE) from += 1;
    return Math.max(most, n - from + 1);
  }, 0);
}

const ANY_VIDEO = { earliestMs: 120_000, latestMs: 420_000 };
const RECORDED = { earliestMs: 0.9 * 158_800, latestMs: 1.25 * 390_000 };

describe('intervalBefore', () => {
  it('begins with 2 s and grows to its cap', () => {
    const pauses = Array.from({ length: 12 }, (_, polls) =>
      intervalBefore({ polls, waitedMs: 0 }, { firstMs: 2_000 }, half),
    );
    expect(pauses[0]).toBe(2_000);
    for (const [n, pause] of pauses.entries())
      if (n > 0) expect(pause).toBeGreaterThanOrEqual(pauses[n - 1]!);
    expect(pauses.at(-1)).toBe(3_020);
  });

  it.each(['scripts/src/client/types/connection.ts', 'references/client.md'])(
    '%s says how it grows by default',
    (page) => {
      const said = readFileSync(path.join(ROOT, page), 'utf8');
      const words =
        /([\d,]+) by default\. The interval then grows to (\d+) s, and in a wait of more than (\d+) minutes up to (\d+) s\./;
      const [firstMs, soonS, minutes, latestS] = words
        .exec(said)!
        .slice(1)
        .map((number) => Number(number.replace(',', ''))) as [number, number, number, number];
      const intervalAt = (waitedMs: number) =>
        intervalBefore({ polls: 200, waitedMs }, { firstMs: FIRST_POLL_MS }, half);
      expect(firstMs).toBe(FIRST_POLL_MS);
      expect(Math.round(intervalAt(0) / 1000)).toBe(soonS);
      expect(intervalAt(minutes * MINUTE)).toBe(intervalAt(0));
      expect(intervalAt((minutes + 1) * MINUTE)).toBeGreaterThan(intervalAt(0));
      expect(intervalAt(24 * 60 * MINUTE)).toBe(latestS * 1000);
    },
  );

  it('jitters both ways', () => {
    const at = (random: () => number) =>
      intervalBefore({ polls: 5, waitedMs: 0 }, { firstMs: 2_000 }, random);
    expect(at(() => 0)).toBeLessThan(at(half));
    expect(at(() => 0.999)).toBeGreaterThan(at(half));
  });

  it('is never shorter than the first pause that was asked for', () => {
    for (const ageMs of [0, 100_000, 200_000, 1_000_000]) {
      const schedule = { firstMs: 20_000, likely: RECORDED };
      expect(intervalBefore({ polls: 50, waitedMs: ageMs, ageMs }, schedule, half)).toBe(20_000);
    }
  });

  it('is sparse until the task may have ended, dense while it is likely to end, and grows after that', () => {
    const polls = pollsOf(20 * MINUTE, RECORDED, half);
    const gaps = polls.slice(1).map((at, n) => ({ at: polls[n]!, gap: at - polls[n]! }));
    const between = (from: number, to: number) =>
      gaps.filter(({ at }) => at >= from && at < to).map(({ gap }) => gap);
    expect(Math.max(...between(24_000, 120_000))).toBe(20_000);
    expect(polls.some((at) => Math.abs(at - RECORDED.earliestMs) < 2_150)).toBe(true);
    expect(Math.max(...between(RECORDED.earliestMs, 300_000))).toBe(2_150);
    expect(between(19 * MINUTE, 20 * MINUTE)[0]).toBeGreaterThan(3_020);
  });

  it('a video model without a run on record is as slow as others; of what else is made, nothing is known', async () => {
    const session = sessionWith('http://127.0.0.1:9', { loopback: false });
    expect(await likelyDuration(session, 'lv')).toEqual(ANY_VIDEO);
    expect(await likelyDuration(session, 'no-such-model')).toBeUndefined();
    const profile = { ...session.provider, id: 'apidot' };
    expect(await likelyDuration({ ...session, provider: profile }, 'z-image')).toBeUndefined();
  });

  it.each([
    ['as recorded for the model', RECORDED],
    ['as this machine saw them', { earliestMs: 130_000, latestMs: 520_000 }],
    ['of other video models', ANY_VIDEO],
  ])('durations %s: the end is seen 1.2 s late on average, by 20 queries a minute, never 30', (_, likely) => {
    const random = seeded(14);
    const lags = Array.from({ length: 2_000 }, () => {
      const endMs = 156_000 + random() * (390_000 - 156_000);
      const polls = pollsOf(endMs, likely, random);
      // The record of the finished task is a query too.
      expect(mostInAMinute([...polls, polls.at(-1)!])).toBeLessThanOrEqual(30);
      expect(polls.length / (polls.at(-1)! / MINUTE)).toBeLessThanOrEqual(20);
      return polls.at(-1)! - endMs;
    });
    expect(lags.reduce((a, b) => a + b, 0) / lags.length).toBeLessThanOrEqual(1_200);
  });

  it('nothing known: as many queries at most, and the end is seen sooner than with the 4.4 s of before', () => {
    const polls = pollsOf(10 * MINUTE, undefined, half);
    expect(mostInAMinute(polls)).toBeLessThanOrEqual(20);
    expect(Math.max(...polls.slice(1).map((at, n) => at - polls[n]!))).toBeLessThanOrEqual(3_020);
  });
});
