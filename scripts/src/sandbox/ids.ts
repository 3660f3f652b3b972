import { createHash, randomBytes } from 'node:crypto';

/** The task id that follows from a text: the same for the same one. */
export function idFrom(text: string): string {
  return idOf(createHash('sha256').update(text).digest('hex'));
}

/** A task id like no other. */
export function randomId(): string {
  return idOf(randomBytes(32).toString('hex'));
}

function idOf(hex: string): string {
  return `ck${BigInt(`0x${hex}`).toString(36).padStart(23, '0').slice(-23)}`;
}
