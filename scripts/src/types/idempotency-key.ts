/**
 * True for a text that can be an idempotency key: 8 to 128 printable ASCII characters without spaces. It travels in a
 * header and stands in records, and whatever reads one back checks it by this too.
 */
export function isIdempotencyKey(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21-\x7e]{8,128}$/.test(text);
}
