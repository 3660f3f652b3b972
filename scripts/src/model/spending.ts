import type { RequestRecord } from './request-record.ts';
import { isTerminal } from './task.ts';

/** What some requests came to. */
export interface SpendingCounts {
  tasks: number;
  completed: number;
  failed: number;
  cancelled: number;
  running: number;
  /** Submits whose outcome is unknown. */
  unknown: number;
  charged: number;
  refunded: number;
  /** What is not charged yet and may still be, as quoted. */
  open: number;
  /** Requests of which it is unknown what they cost or may cost: the service reported no charge. */
  unpriced: number;
}

/** What the requests of one day, account and model came to. */
export interface SpendingRow extends SpendingCounts {
  /** The local day on which they were made, as in 2026-11-21. */
  day: string;
  provider: string;
  service: string;
  account: string;
  model: string;
}

const pad = (number: number): string => String(number).padStart(2, '0');

/** Returns the local day of a time, as in 2026-11-21. */
export function dayOf(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** Returns the row of one request; undefined for one that certainly cost nothing. */
export function rowOf(record: RequestRecord): SpendingRow | undefined {
  const { phase, status, provider, service, account, model, credits } = record;
  if (phase === 'rejected') return undefined;
  const count = (isCounted: boolean) => Number(isCounted);
  const isUnknown = phase !== 'submitted';
  const isRunning = !isUnknown && !isTerminal(status);
  const isUncharged = credits.charged === null;
  return {
    day: dayOf(Date.parse(record.created)),
    ...{ provider, service, account, model, tasks: 1 },
    completed: count(!isUnknown && status === 'COMPLETED'),
    failed: count(!isUnknown && status === 'FAILED'),
    cancelled: count(!isUnknown && status === 'CANCEL'),
    running: count(isRunning),
    unknown: count(isUnknown),
    charged: credits.charged ?? 0,
    refunded: credits.refunded ?? 0,
    open: isUncharged && (isRunning || isUnknown) ? (credits.quoted ?? 0) : 0,
    unpriced: count(isUncharged && ((!isUnknown && !isRunning) || credits.quoted === null)),
  };
}

export const COUNTS = [
  'tasks',
  'completed',
  'failed',
  'cancelled',
  'running',
  'unknown',
  'charged',
  'refunded',
  'open',
  'unpriced',
] as const satisfies (keyof SpendingCounts)[];

export const NOTHING = Object.fromEntries(COUNTS.map((name) => [name, 0])) as unknown as SpendingCounts;

/** Returns the rows with those of the same day, account and model added up; oldest day first. */
export function sumRows(rows: Iterable<SpendingRow>): SpendingRow[] {
  const sums = new Map<string, SpendingRow>();
  for (const row of rows) {
    const key = [row.day, row.provider, row.service, row.account, row.model].join('\n');
    const sum = sums.get(key);
    if (!sum) sums.set(key, { ...row });
    else for (const name of COUNTS) sum[name] += row[name];
  }
  return [...sums.values()].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}
