import type { Json } from '../../model/json.ts';
import { escapeInvisible, redact, visible } from '../../model/text.ts';
import { UPSTREAM } from './envelope.ts';

interface Limits {
  /** Characters of a string that are kept. */
  text: number;
  /** Items of an array, or keys of an object, that are kept. */
  items: number;
  depth: number;
}

// Limits that are tried in this order until the document fits. The first keeps a signed link; none keeps an echoed image.
const STEPS: readonly Limits[] = [
  { text: 4096, items: 200, depth: 16 },
  { text: 2048, items: 50, depth: 10 },
  { text: 1024, items: 20, depth: 6 },
  { text: 256, items: 8, depth: 4 },
];

// What is left when nothing else fits: far below any bound, whatever is in the value.
const LAST: Limits = { text: 40, items: 8, depth: 2 };

// The fields that an agent acts on, the most important first. They are kept whole when other fields are cut.
const FIRST = ['nextSteps', 'issues', 'files', 'resultUrls', 'warnings'];
const FIRST_LIMITS: Limits = { text: 4096, items: 20, depth: 6 };
const FIRST_LIMITS_AT_LAST: Limits = { text: 1024, items: 8, depth: 6 };

interface Limited {
  /** What the service sent: the first to be cut. */
  upstream: Limits;
  rest: Limits;
  first: Limits;
}

const ATTEMPTS: readonly Limited[] = [
  ...[...STEPS, LAST].map((upstream) => ({ upstream, rest: STEPS[0]!, first: FIRST_LIMITS })),
  ...STEPS.slice(1).map((rest) => ({ upstream: LAST, rest, first: FIRST_LIMITS })),
  { upstream: LAST, rest: LAST, first: FIRST_LIMITS_AT_LAST },
  { upstream: LAST, rest: LAST, first: LAST },
];

/**
 * Returns the value as JSON text of at most `maxBytes` bytes (of 64 KiB or more): long strings, long lists and deep levels are
 * cut and each cut is marked in place. Secrets are replaced in every string and key.
 */
export function boundedJson(
  value: Json,
  maxBytes: number,
  secrets: readonly string[],
  indent?: number,
): string {
  let text = '';
  for (const limits of ATTEMPTS) {
    const kept = cutDown(value, limits, secrets, maxBytes);
    if (kept === undefined) continue;
    text = escapeInvisible(JSON.stringify(kept, null, indent));
    if (Buffer.byteLength(text) <= maxBytes) break;
  }
  return text;
}

/** Returns the value in the limits; undefined where far too much is left of it, which is not even written out. */
function cutDown(
  whole: Json,
  { upstream, rest, first }: Limited,
  secrets: readonly string[],
  maxCharacters: number,
): Json | undefined {
  let left = maxCharacters;

  const cut = (value: Json, limits: Limits, depth: number, isTheirs: boolean): Json => {
    left -= 1;
    if (left < 0) return null;
    if (typeof value === 'string') return cutText(value, limits.text, isTheirs);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= limits.depth) return '[cut: nested too deep]';
    if (Array.isArray(value)) {
      const kept = value.slice(0, limits.items).map((item) => cut(item, limits, depth + 1, isTheirs));
      if (value.length > limits.items) kept.push(`[cut: ${value.length - limits.items} more items]`);
      return kept;
    }
    const keys = Object.keys(value);
    const names = keys.length > limits.items ? mostWanted(keys, limits.items) : keys;
    // fromEntries defines properties, so that a key called __proto__ stays an ordinary key.
    const kept = names.map((key): [string, Json] => {
      const item = value[key] as Json;
      const isUpstream = depth === 1 && key === UPSTREAM;
      const isFirst = depth === 0 ? typeof item === 'string' : depth === 1 && FIRST.includes(key);
      const inner = isUpstream ? upstream : isFirst ? first : limits;
      const name = cutText(key, Math.min(128, limits.text), isTheirs);
      return [name, cut(item, inner, depth + 1, isTheirs || isUpstream)];
    });
    if (keys.length > limits.items) kept.push(['[cut]', `${keys.length - limits.items} more fields`]);
    return Object.fromEntries(kept);
  };

  const cutText = (text: string, limit: number, isTheirs: boolean): string => {
    const isDataUri = text.length > 128 && /^\s*data:/i.test(text);
    const keep = isDataUri ? 48 : limit;
    // Redacted before it is cut, so that a secret across the cut does not leave its first half; and when the invisible
    // characters are gone, among which it could hide. In our own texts these may be a part of a path.
    const isLong = isTheirs && text.length > keep * 4;
    const shown = isTheirs ? visible(text.slice(0, keep * 4)) + (isLong ? '…' : '') : text;
    const clean = redact(shown, secrets);
    left -= Math.min(clean.length, keep);
    return clean.length <= keep && !isLong
      ? clean
      : `${clean.slice(0, keep)}… [cut: ${text.length} characters]`;
  };

  const kept = cut(whole, rest, 0, false);
  return left < 0 ? undefined : kept;
}

function mostWanted(keys: string[], count: number): string[] {
  const first = FIRST.filter((key) => keys.includes(key));
  return [...keys.filter((key) => !first.includes(key)).slice(0, count - first.length), ...first];
}
