import type { Json } from '../../model/json.ts';
import { DuplicateName, endOfText, parseStrict } from '../../model/strict-json.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the text of a line without byte order mark and line end. @throws TypeError where it is no UTF-8 */
export function textOf(bytes: Buffer): string {
  return strict
    .decode(bytes)
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '');
}

const [BACKSLASH, COLON] = Buffer.from('\\:');
const BLANK = Buffer.from(' \t\r\n');
const CONTROL = /[\0-\x1f]/;
const LONG = 64 * 1024;

/**
 * Parses a line of JSON. A long text in it, such as an image, is made from its own bytes: that of the whole line would be
 * held beside it, and both until a garbage collection.
 * @throws SyntaxError; DuplicateName; TypeError where it is no UTF-8
 */
export function parseJson(bytes: Buffer): Json {
  if (bytes.length < LONG) return parseStrict(textOf(bytes));
  const mark = crypto.randomUUID();
  const long: string[] = [];
  const rest: Buffer[] = [];
  let from = 0;
  for (let open = bytes.indexOf('"'); open >= 0; ) {
    const end = endOfText(bytes, open + 1);
    const text = end - open > LONG ? plainText(bytes, open + 1, end) : null;
    if (text !== null) {
      rest.push(bytes.subarray(from, open + 1), Buffer.from(`${mark}${long.length}`));
      long.push(text);
      from = end;
    }
    open = bytes.indexOf('"', end + 1);
  }
  if (long.length === 0) return parseStrict(textOf(bytes));
  rest.push(bytes.subarray(from));
  const isMark = (value: Json): value is string => typeof value === 'string' && value.startsWith(mark);
  try {
    return parseStrict(textOf(Buffer.concat(rest)), (_, value) =>
      isMark(value) ? long[Number(value.slice(mark.length))]! : value,
    );
  } catch (error) {
    if (error instanceof DuplicateName) throw error;
    // The error names the place in the whole line.
    return parseStrict(textOf(bytes));
  }
}

/** Returns a text of JSON that stands for itself; null where it has escapes, or is the name of a field. */
function plainText(bytes: Buffer, from: number, end: number): string | null {
  let next = end + 1;
  while (next < bytes.length && BLANK.includes(bytes[next]!)) next += 1;
  const part = bytes.subarray(from, end);
  if (bytes[next] === COLON || part.includes(BACKSLASH!)) return null;
  const text = strict.decode(part);
  return CONTROL.test(text) ? null : text;
}
