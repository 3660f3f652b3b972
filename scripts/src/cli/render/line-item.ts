import type { LineResult } from '../../core/batch/line.ts';
import type { Outcome } from './envelope.ts';

/** A line of a batch and the outcome that a command of its own would have. */
export interface LineItem {
  line: LineResult;
  outcome: Outcome;
}
