import { Slots } from '../slots.ts';
import type { BatchLine } from './line.ts';

/** What two lines must share to be equal. */
export interface Content {
  model: string;
  payloadHash: string;
}

/** Returns which of several equal lines each one is, from 1: a line that differs from it changes nothing. */
export function ordinalsOf(lines: readonly Content[]): number[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const key = keyOf(line);
    const ordinal = (seen.get(key) ?? 0) + 1;
    seen.set(key, ordinal);
    return ordinal;
  });
}

/** Returns what equal lines have in common, as a text. */
export function keyOf({ model, payloadHash }: Content): string {
  return `${model} ${payloadHash}`;
}

/** Lets one of several equal lines be submitted at a time: two that are alike must not be under way together. */
export class EqualLines {
  readonly #slots = new Map<string, Slots>();

  /** Waits until the lines before this one that are equal to it have a task, or none. @returns the function that lets the next one in */
  enter({ contract, payloadHash }: Pick<BatchLine, 'contract' | 'payloadHash'>): Promise<() => void> {
    const key = keyOf({ model: contract.model, payloadHash });
    const slots = this.#slots.get(key) ?? new Slots(1);
    this.#slots.set(key, slots);
    return slots.enter();
  }
}
