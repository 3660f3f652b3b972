import { dayOf } from './clock.ts';
import type { AccountId, Credits, RequestRecord } from './request-record.ts';
import { isTerminal, type TaskState } from './task.ts';

/** What is counted of requests, or summed up. */
export const COUNTS = [
  'tasks',
  'completed',
  'failed',
  'cancelled',
  'running',
  /** Submits whose outcome is unknown. */
  'unknown',
  /** Credits. */
  'charged',
  'refunded',
  /** What is not charged yet and may still be, as quoted. */
  'open',
  /** Requests of which it is unknown what they cost or may cost: the service reported no charge. */
  'unpriced',
  /** Those of them that may still be charged. */
  'openUnpriced',
] as const;

/** What some requests came to. */
export type SpendingCounts = Record<(typeof COUNTS)[number], number>;

/** What the requests of one day, account and model came to. */
export interface SpendingRow extends SpendingCounts, AccountId {
  /** The local day on which they were made, as in 2026-11-21. */
  day: string;
  model: string;
}

/** @param status the state of its task; null where it is unknown whether it has one */
export function countsOf(status: TaskState | null, { quoted, charged, refunded }: Credits): SpendingCounts {
  const isOpen = status === null || !isTerminal(status);
  const count = (isCounted: boolean) => Number(isCounted);
  return {
    tasks: 1,
    completed: count(status === 'COMPLETED'),
    failed: count(status === 'FAILED'),
    cancelled: count(status === 'CANCEL'),
    running: count(status !== null && isOpen),
    unknown: count(status === null),
    charged: charged ?? 0,
    refunded: refunded ?? 0,
    open: charged === null && isOpen ? (quoted ?? 0) : 0,
    unpriced: count(charged === null && (!isOpen || quoted === null)),
    openUnpriced: count(charged === null && isOpen && quoted === null),
  };
}

/** Returns the row of one request; undefined for one that certainly cost nothing. */
export function recordedRow(record: RequestRecord): SpendingRow | undefined {
  const { phase, status, provider, service, account, model, credits, created } = record;
  if (phase === 'rejected') return undefined;
  const counts = countsOf(phase === 'submitted' ? status : null, credits);
  return { day: dayOf(Date.parse(created)), provider, service, account, model, ...counts };
}

/** No tasks and no credits: where a sum begins. */
export const NOTHING = Object.fromEntries(COUNTS.map((name) => [name, 0])) as unknown as SpendingCounts;

/** Returns the sum of two, count by count. */
export function plus(a: SpendingCounts, b: SpendingCounts): SpendingCounts {
  return Object.fromEntries(COUNTS.map((name) => [name, a[name] + b[name]])) as unknown as SpendingCounts;
}

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
