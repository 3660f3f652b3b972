const LONGEST = 64;

/**
 * The candidate that `word` was most likely meant to be, or undefined when none is close. Upper and lower case, `_`
 * and `-` count for nothing, and one being the beginning of the other (`image`, `imageUrl`) counts as close.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = squeeze(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const other = squeeze(candidate);
    if (wanted === '' || other === '') continue;
    const shorter = Math.min(wanted.length, other.length);
    // Of two short words everything is a few edits away; at least one letter has to be common.
    const limit = Math.min(Math.max(1, Math.floor(Math.max(wanted.length, other.length) * 0.4)), shorter - 1);
    let distance = editDistance(wanted, other);
    if (shorter >= 3 && (wanted.startsWith(other) || other.startsWith(wanted)))
      distance = Math.min(distance, limit);
    if (distance > limit) continue;
    if (distance < bestDistance || (distance === bestDistance && candidate === word)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Returns a word without its spelling: case, `_`, `-`, spaces and similar forms of a letter. */
export function squeeze(word: string): string {
  return word
    .slice(0, LONGEST)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[-_\s]/g, '');
}

/** Insertions, deletions, substitutions and swaps of neighbours that make one word of the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
