import type { Json } from './json.ts';
import { redact } from './text.ts';

interface Limits {
  /** Characters of a string that are kept. */
  text: number;
  /** Items of an array, or keys of an object, that are kept. */
  items: number;
  depth: number;
}

// Tried in turn until the document fits: a signed link must survive the first, an echoed image none of them.
const STEPS: readonly Limits[] = [
  { text: 4096, items: 200, depth: 16 },
  { text: 2048, items: 50, depth: 10 },
  { text: 1024, items: 20, depth: 6 },
  { text: 256, items: 8, depth: 4 },
  { text: 80, items: 4, depth: 3 },
];

/**
 * The value as JSON text of at most `maxBytes` bytes: long strings, long lists and deep levels are cut and each cut
 * is marked in place. Secrets are replaced in every string and key.
 */
export function boundedJson(
  value: Json,
  maxBytes: number,
  secrets: readonly string[],
  indent?: number,
): string {
  let text = '';
  for (const limits of STEPS) {
    text = escapeForTerminals(JSON.stringify(cut(value, limits, secrets, 0), null, indent));
    if (Buffer.byteLength(text) <= maxBytes) return text;
  }
  return text;
}

function cut(value: Json, limits: Limits, secrets: readonly string[], depth: number): Json {
  if (typeof value === 'string') return cutText(value, limits.text, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= limits.depth) return '[cut: nested too deep]';
  if (Array.isArray(value)) {
    const kept: Json[] = value.slice(0, limits.items).map((item) => cut(item, limits, secrets, depth + 1));
    if (value.length > limits.items) kept.push(`[cut: ${value.length - limits.items} more items]`);
    return kept;
  }
  // fromEntries defines properties, so that a key called __proto__ stays an ordinary key.
  const keys = Object.keys(value);
  const kept = keys
    .slice(0, limits.items)
    .map((key): [string, Json] => [
      cutText(key, 128, secrets),
      cut(value[key] as Json, limits, secrets, depth + 1),
    ]);
  if (keys.length > limits.items) kept.push(['[cut]', `${keys.length - limits.items} more fields`]);
  return Object.fromEntries(kept);
}

function cutText(text: string, limit: number, secrets: readonly string[]): string {
  const isDataUri = text.length > 128 && /^data:/i.test(text);
  const keep = isDataUri ? 48 : limit;
  if (text.length <= keep) return redact(text, secrets);
  // Redacted with some overlap before cutting, so that a secret across the cut does not leave its first half.
  const head = redact(text.slice(0, keep + 256), secrets).slice(0, keep);
  return `${head}… [cut: ${text.length} characters]`;
}

/** JSON.stringify leaves these as they are, and a terminal may obey them; escaped they mean the same to a parser. */
function escapeForTerminals(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
