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
