// Text from a service is data: shown short, in one line, without anything that a terminal would obey or an eye would miss.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
// Format characters (directions, zero width, tags), lone surrogates, and all else that Unicode calls ignorable when shown.
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
// Characters that end a quotation, or that look like a quotation mark.
const QUOTES = /["\u201c-\u201f\u00ab\u00bb\u2033\u2036\u275d\u275e\u301d-\u301f\uff02\\]/g;

/** Makes foreign text fit for a message: one line of visible characters, at most `limit` of them. */
export function plain(text: string, limit = 300): string {
  // Cut before cleaning: the text may be megabytes long.
  const clean = visible(text.slice(0, limit * 4).replace(CONTROL, ' '))
    .replace(/ {2,}/g, ' ')
    .trim();
  return clean.length > limit || text.length > limit * 4 ? `${clean.slice(0, limit)}…` : clean;
}

/** Line breaks stay. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, '');
}

// JSON.stringify leaves these as they are, and a terminal may obey them.
const LEFT_BY_JSON = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Returns JSON text with every invisible character escaped; a parser reads the same value. */
export function escapeInvisible(json: string): string {
  return json.replace(LEFT_BY_JSON, (character) =>
    Array.from(
      { length: character.length },
      (_, n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Foreign text as a quotation that it cannot leave: `plain`, in quotation marks, those inside it escaped. */
export function quoted(text: string, limit?: number): string {
  return `"${plain(text, limit).replace(QUOTES, '\\$&')}"`;
}

const SHORTEST_SECRET = 6;

/**
 * Puts `[redacted]` where a secret stands, in capitals or not, or what `plain` left of one at a cut. A secret under 6
 * characters would hit ordinary words and is left.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let out = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    const characters = [...secret].map((char) => char.replace(/[^\w]/, '\\$&'));
    out = out.replace(new RegExp(characters.join(''), 'gi'), '[redacted]');
    if (out.includes('…')) out = out.replace(beforeCut(characters), '[redacted]');
  }
  return out;
}

/** The beginning of a secret, of any length from the shortest on, in front of the mark of a cut. */
function beforeCut(characters: string[]): RegExp {
  const optional = characters.slice(SHORTEST_SECRET).reduceRight((rest, char) => `(?:${char}${rest})?`, '');
  return new RegExp(`${characters.slice(0, SHORTEST_SECRET).join('')}${optional}(?=…)`, 'gi');
}

/** Returns a count with its noun: `1 task`, `3 tasks`. @param many of a noun that takes no `s` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
