// Text from a service is data: shown short, in one line, without anything that a terminal would obey.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

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

const SHORTEST_SECRET = 6;

/**
 * Puts `[redacted]` where a secret stands, or what `plain` left of one at a cut. A secret under 6 characters would hit
 * ordinary words and is left.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let out = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    out = out.replaceAll(secret, '[redacted]');
    if (out.includes('…')) out = out.replace(beforeCut(secret), '[redacted]');
  }
  return out;
}

/** The beginning of a secret, of any length from the shortest on, in front of the mark of a cut. */
function beforeCut(secret: string): RegExp {
  const characters = [...secret].map((char) => char.replace(/[^\w]/, '\\$&'));
  const optional = characters.slice(SHORTEST_SECRET).reduceRight((rest, char) => `(?:${char}${rest})?`, '');
  return new RegExp(`${characters.slice(0, SHORTEST_SECRET).join('')}${optional}(?=…)`, 'g');
}
