/**
 * Whether a text can be an idempotency key: 8 to 128 characters (AIVideoMaker's OpenAPI 1.0.15, September 2026), of
 * printable ASCII without spaces, because it travels in a header and stands in commands and records.
 */
export function isIdempotencyKey(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21-\x7e]{8,128}$/.test(text);
}
