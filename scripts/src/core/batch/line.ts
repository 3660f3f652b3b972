import type { Contract } from '../../contracts/contract.ts';
import type { Failure } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Credits } from '../../model/request-record.ts';
import type { TaskState } from '../../model/task.ts';
import type { TaskResult } from '../result.ts';

/** One valid line of a batch. It does not hold its payload, which may contain an image of many megabytes. */
export interface BatchLine {
  /** The number of the line in its file, from 1. */
  number: number;
  /** The name that was given for its file; null: its number. */
  name: string | null;
  contract: Contract;
  payloadHash: string;
  /** Which of several equal lines it is, from 1. */
  ordinal: number;
  /** Lines with the same key have the same price: they differ in nothing but the prompt. */
  priceKey: string;
  /** The contract's estimate in credits; null where none is known. */
  estimate: { least: number; most: number } | null;
  /** Characters of its payload. */
  size: number;
  /** Reads its payload. @throws Failure INVALID_PAYLOAD where it is another one than before */
  read(): Promise<JsonObject>;
}

/** Whether a payload is so large that it is read and sent alone: each that is under way is held in memory. */
export function isLarge({ size }: Pick<BatchLine, 'size'>): boolean {
  return size > 256 * 1024;
}

/** What came of a line; null: it was not submitted, because the wait was over or the call was interrupted. */
export type LineEnd = TaskResult | Failure | null;

export interface LineResult {
  number: number;
  name: string;
  /** Another file has the name that it would have: a version follows that. */
  isNameTaken: boolean;
  model: string;
  end: LineEnd;
  taskId: string | null;
  state: TaskState | null;
  /** Its task was submitted by an earlier call: this one charged nothing for it. */
  isReused: boolean;
  /** When its request was made, if that was done for a file of another name, as by a command of its own; ISO 8601. */
  madeBefore?: string | undefined;
  credits?: Credits | undefined;
  /** Credits that it was last said to cost; null where nobody said it. */
  quoted: number | null;
}
