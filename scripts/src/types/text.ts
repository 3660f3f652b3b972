// Text from a service is data: shown short, in one line, without anything that a terminal would obey.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Makes foreign text fit for a message: one line, no control or direction characters, at most `limit` characters. */
export function plain(text: string, limit = 300): string {
  // Cut before cleaning: the text may be megabytes long.
  const clean = text
    .slice(0, limit * 4)
    .replace(CONTROL, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return clean.length > limit || text.length > limit * 4 ? `${clean.slice(0, limit)}…` : clean;
}

/** Puts `[redacted]` where a secret stands. A secret under 6 characters would hit ordinary words and is left. */
export function redact(text: string, secrets: readonly string[]): string {
  let out = text;
  for (const secret of secrets) {
    if (secret.length >= 6 && out.includes(secret)) out = out.replaceAll(secret, '[redacted]');
  }
  return out;
}
