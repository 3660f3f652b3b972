import stringWidth from 'string-width';
import type { BatchProgress, ExpectedDuration } from '../../core/observer.ts';
import type { Transfer } from './meter.ts';
import { amount, clockTime, sourceOf, sums, usually } from './words.ts';

/** What one line on a terminal shows. */
export interface View {
  /** Which task it is about. */
  subject: string;
  /** Its state, or the failure of the last query. */
  state: string;
  /** Milliseconds since the task was made, or since the batch began. Null: not known. */
  ageMs: number | null;
  /** Part done, from 0 to 1, where the service says it. */
  share: number | null;
  expected: ExpectedDuration | null;
  transfer: Transfer | null;
  batch: BatchProgress | null;
}

// ASCII alone: the block characters take two columns on terminals that are set to an East Asian language.
const FULL = '#';
const EMPTY = '-';
const NARROWEST_BAR = 8;
const WIDEST_BAR = 30;
// An estimate is no promise: only an end fills the bar.
const MOST_BY_TIME = 0.95;

/** Returns the line for so many columns; one column stays free, as some terminals wrap at the last one. */
export function drawn(view: View, columns: number): string {
  const free = Math.max(0, columns - 1);
  const done = shareDone(view);
  const pieces = piecesOf(view, done === null ? '' : barOf(done, NARROWEST_BAR));
  let kept = pieces.filter(([text]) => text !== '');
  // What matters least goes first, until the rest fits.
  while (kept.length > 1 && stringWidth(lineOf(kept)) > free) {
    const least = Math.max(...kept.map(([, rank]) => rank));
    kept = kept.filter(([, rank]) => rank !== least);
  }
  const bar = kept.find(([, rank]) => rank === RANK.bar);
  if (bar && done !== null) {
    const left = free - stringWidth(lineOf(kept));
    bar[0] = barOf(done, Math.min(WIDEST_BAR, NARROWEST_BAR + left));
  }
  return fitting(lineOf(kept), free);
}

const lineOf = (pieces: readonly Piece[]): string => pieces.map(([text]) => text).join(' ');

// The lower the number, the longer it stays on a terminal that is too narrow for all.
const RANK = { state: 0, age: 1, subject: 2, bar: 3, transfer: 4, expected: 5, source: 6 };

type Piece = [text: string, rank: number];

function piecesOf({ subject, state, ageMs, expected, transfer, batch }: View, bar: string): Piece[] {
  const loading = transfer ? `downloading ${amount(transfer)}` : '';
  // While a single file comes, the time of its task no longer matters.
  const isOver = transfer !== null && !batch;
  const isLate = !batch && expected !== null && ageMs !== null && ageMs > expected.toMs;
  const each = batch ? ' each' : '';
  const estimate = expected ? `${isLate ? 'longer than usual, ' : ''}${usually(expected)}${each}` : '';
  return [
    [batch ? '' : subject, RANK.subject],
    [batch ? sums(batch) : loading || state, RANK.state],
    [bar, RANK.bar],
    [ageMs === null || isOver ? '' : clockTime(ageMs), RANK.age],
    [batch ? loading : '', RANK.transfer],
    [isOver ? '' : estimate, RANK.expected],
    [expected && !isOver ? `(${sourceOf(expected)})` : '', RANK.source],
  ];
}

/** Returns the part that is done, from 0 to 1; null where nothing says it. */
function shareDone({ ageMs, share, expected, transfer, batch }: View): number | null {
  if (batch) {
    const { total, done, failed, cancelled = 0, unknown = 0, notSubmitted = 0 } = batch;
    return total > 0 ? (done + failed + cancelled + unknown + notSubmitted) / total : null;
  }
  if (transfer) return transfer.total ? transfer.bytes / transfer.total : null;
  if (share !== null) return share;
  if (!expected || ageMs === null) return null;
  return Math.min(MOST_BY_TIME, ageMs / expected.toMs);
}

function barOf(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${FULL.repeat(full)}${EMPTY.repeat(width - full)}]`;
}

const segmenter = new Intl.Segmenter();

/** Returns as much of a text as fits into so many columns; no character is cut in two. */
function fitting(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    if (stringWidth(kept + segment) > columns) break;
    kept += segment;
  }
  return kept;
}
