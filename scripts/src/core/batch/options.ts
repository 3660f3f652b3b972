import type { Failure } from '../../model/failure.ts';
import type { RequestNote, Terms } from '../checked-request.ts';
import type { WaitSettings } from '../wait-settings.ts';
import type { Pattern } from './file-names.ts';
import type { UnsavedTask } from './known-lines.ts';
import type { LeftOver } from './left-over.ts';
import type { BatchLine, LineResult } from './line.ts';

/** How the user interrupts a batch. */
export interface Stop {
  /** Aborted by the first signal: nothing more is submitted. */
  requested: AbortSignal;
  /** Puts the end of the call off, for a moment at most, until the returned function is called. */
  defer(): () => void;
}

export interface BatchOptions {
  lines: readonly BatchLine[];
  terms: Terms;
  note: RequestNote;
  wait: WaitSettings;
  /** The name of lines that give none; absent: their number. */
  pattern?: Pattern | undefined;
  webhookUrl: string | undefined;
  /** Returns as soon as all lines are submitted. */
  isDetached: boolean;
  stop: Stop;
  /** Told before the first submit: how many lines may be charged, and what for; null where no price was asked for. */
  onPriced?: ((lines: number, credits: number | null) => void) | undefined;
}

export interface BatchResult {
  kind: 'batch';
  lines: LineResult[];
  /** What the lines that were not charged before cost together; null where no price was asked for. */
  quoted: number | null;
  held: Failure | undefined;
  isInterrupted: boolean;
  /** Every line had its task before this call. */
  isReused: boolean;
  isNew: boolean;
  leftOver: LeftOver | undefined;
  /** Earlier tasks of the lines that are not saved, and that this call does not return. */
  unsaved: UnsavedTask[];
}
