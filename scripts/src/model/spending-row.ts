import type { Credits, RequestRecord } from './request-record.ts';
import { isTerminal, type TaskState } from './task.ts';

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

/**
 * Returns what one request came to.
 * @param status the state of its task; null where it is unknown whether it has one
 */
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
  };
}

/** Returns the row of one request; undefined for one that certainly cost nothing. */
export function recordedRow(record: RequestRecord): SpendingRow | undefined {
  const { phase, status, provider, service, account, model, credits, created } = record;
  if (phase === 'rejected') return undefined;
  const counts = countsOf(phase === 'submitted' ? status : null, credits);
  return { day: dayOf(Date.parse(created)), provider, service, account, model, ...counts };
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

/** Returns the sums of two: what they came to together. */
export function plus(a: SpendingCounts, b: SpendingCounts): SpendingCounts {
  return Object.fromEntries(COUNTS.map((name) => [name, a[name] + b[name]])) as unknown as SpendingCounts;
}

/** Returns the rows with those of the same day, account and model added up; oldest day first. */
export function sumRows(rows: Iterable<SpendingRow>): SpendingRow[] {
  const sums = new Map<string, SpendingRow>();
  for (const row of rows) {
    const key = [row.day, row.provider, row.service, row.account, row.model].join('\n');
    const sum = sums.get(key);
    sums.set(key, sum ? { ...row, ...plus(sum, row) } : row);
  }
  return [...sums.values()].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}
