import type { BatchProgress, ExpectedDuration } from '../../core/observer.ts';
import { two } from '../../model/clock.ts';
import { counted } from '../../model/text.ts';
import type { Transfer } from './meter.ts';

/** Returns a time as a clock shows it: `0:07`, `12:30`, `1:02:05`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

// Of fewer runs, only what they took can be said.
const LEAST_RUNS = 3;

/** Returns how long such tasks take: `usually 3 to 6 min`. Rounded outwards, so that it promises nothing. */
export function usually({ fromMs, toMs, runs }: ExpectedDuration): string {
  const word = runs < LEAST_RUNS ? 'took' : 'usually';
  const isShort = toMs < 100_000;
  const unit = isShort ? 1_000 : 60_000;
  const from = Math.floor(fromMs / unit);
  const to = Math.max(1, Math.ceil(toMs / unit));
  const name = isShort ? 's' : 'min';
  return from === to ? `${word} ${to} ${name}` : `${word} ${from} to ${to} ${name}`;
}

/** Returns where an estimate comes from: `14 runs on this machine`. */
export function sourceOf({ runs, source, asOf }: ExpectedDuration): string {
  const count = counted(runs, 'run');
  return source === 'machine' ? `${count} on this machine` : `${count} on record${asOf ? `, ${asOf}` : ''}`;
}

/** Returns a number of bytes in decimal units, as file managers and the services give them: `4.1 MB`. */
function size(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let n = 0;
  // 999.95 would be written as 1000.0.
  while (value >= 999.95 && n < units.length - 1) {
    value /= 1000;
    n += 1;
  }
  return `${value.toFixed(1)} ${units[n]}`;
}

/** Returns the bytes and the speed of a download: `1.2 MB of 4.1 MB, 820.0 kB/s`. */
export function amount({ bytes, total, speed }: Transfer): string {
  const of = total === null ? '' : ` of ${size(total)}`;
  return `${size(bytes)}${of}${speed === null ? '' : `, ${size(speed)}/s`}`;
}

/**
 * Returns the sums of a batch: `12 of 20 done, 1 failed, 3 running, 180 credits charged, 60 now, 15 refunded`. What earlier
 * runs were charged is no new charge.
 */
export function sums({ total, done, failed, running, credits, ...of }: BatchProgress): string {
  const { cancelled = 0, unknown = 0, notSubmitted = 0, creditsNow, refunded = 0 } = of;
  const parts = [`${done} of ${total} done`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  if (unknown > 0) parts.push(`${unknown} of unknown outcome`);
  if (notSubmitted > 0) parts.push(`${notSubmitted} not submitted`);
  if (running > 0) parts.push(`${running} running`);
  const charged = refunded > 0 ? ' charged' : '';
  if (credits !== null) parts.push(`${counted(credits, 'credit')}${charged}`);
  if (credits !== null && creditsNow !== undefined && creditsNow !== credits) parts.push(`${creditsNow} now`);
  if (refunded > 0) parts.push(`${refunded} refunded`);
  return parts.join(', ');
}
