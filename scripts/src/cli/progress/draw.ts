import type { BatchProgress, ExpectedDuration } from '../../core/observer.ts';
import type { Transfer } from './meter.ts';
import { fitting, widthOf } from './width.ts';
import { clockTime, size, sourceOf, sums, usually } from './words.ts';

/** What one line on a terminal shows. */
export interface View {
  /** Which task it is about; empty for a batch. */
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
  const room = Math.max(0, columns - 1);
  const done = shareDone(view);
  const pieces = piecesOf(view);
  // What matters least goes first, until the rest fits.
  for (let keep = pieces.length; keep > 0; keep -= 1) {
    const kept = [...pieces].sort((a, b) => a.rank - b.rank).slice(0, keep);
    const words = pieces.filter((piece) => kept.includes(piece));
    const text = words.map((piece) => piece.text).join(' ');
    const left = room - widthOf(text) - 3;
    if (left < 0 && widthOf(text) > room) continue;
    if (done === null || left < NARROWEST_BAR) return text;
    const at = words.findIndex((piece) => piece.isBehindBar);
    const bar = barOf(done, Math.min(left, WIDEST_BAR));
    const texts = words.map((piece) => piece.text);
    return texts.toSpliced(at < 0 ? texts.length : at, 0, bar).join(' ');
  }
  return fitting(pieces.find(({ rank }) => rank === 0)?.text ?? '', room);
}

interface Piece {
  text: string;
  /** 0 stays longest. */
  rank: number;
  isBehindBar?: boolean;
}

function piecesOf({ subject, state, ageMs, expected, transfer, batch }: View): Piece[] {
  const pieces: Piece[] = [];
  if (subject !== '') pieces.push({ text: subject, rank: 2 });
  pieces.push({ text: batch ? sums(batch) : transfer ? `downloading ${amount(transfer)}` : state, rank: 0 });
  if (batch && transfer) pieces.push({ text: `downloading ${amount(transfer)}`, rank: 3, isBehindBar: true });
  if (batch && state !== '') pieces.push({ text: state, rank: 6, isBehindBar: true });
  if (ageMs !== null && (batch || !transfer))
    pieces.push({ text: clockTime(ageMs), rank: 1, isBehindBar: true });
  if (expected && (batch || !transfer)) {
    const each = batch ? ' each' : '';
    const isLate = !batch && ageMs !== null && ageMs > expected.toMs;
    const text = `${isLate ? 'longer than usual, ' : ''}${usually(expected)}${each}`;
    pieces.push({ text, rank: 4, isBehindBar: true });
    pieces.push({ text: `(${sourceOf(expected)})`, rank: 5, isBehindBar: true });
  }
  return pieces;
}

/** Returns the bytes and the speed of a download: `1.2 MB of 4.1 MB, 820.0 kB/s`. */
export function amount({ bytes, total, speed }: Transfer): string {
  const of = total === null ? '' : ` of ${size(total)}`;
  return `${size(bytes)}${of}${speed === null ? '' : `, ${size(speed)}/s`}`;
}

/** Returns the part that is done, from 0 to 1; null where nothing says it. */
function shareDone({ ageMs, share, expected, transfer, batch }: View): number | null {
  if (batch) return batch.total > 0 ? (batch.done + batch.failed) / batch.total : null;
  if (transfer) return transfer.total ? transfer.bytes / transfer.total : null;
  if (share !== null) return share;
  if (!expected || ageMs === null) return null;
  return Math.min(MOST_BY_TIME, ageMs / expected.toMs);
}

function barOf(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${FULL.repeat(full)}${EMPTY.repeat(width - full)}]`;
}
