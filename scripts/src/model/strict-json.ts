import type { Json } from './json.ts';

/** An object of a JSON text has a name twice: JSON.parse would keep the last value, and not say so. */
export class DuplicateName extends Error {
  /** The names that lead to it, joined by dots. */
  readonly path: string;

  constructor(path: string) {
    super(`${path} stands there twice`);
    this.path = path;
  }
}

/** @throws SyntaxError; DuplicateName */
export function parseStrict(text: string, reviver?: (name: string, value: Json) => Json): Json {
  const value = JSON.parse(text, reviver) as Json;
  const twice = duplicateIn(text);
  if (twice !== null) throw new DuplicateName(twice);
  return value;
}

const TOKEN = /["{}]/g;
const COLON = /\s*:/y;

/** @param text valid JSON */
function duplicateIn(text: string): string | null {
  const open: { names: Set<string>; last: string }[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const at = found.index;
    if (found[0] === '{') open.push({ names: new Set(), last: '' });
    else if (found[0] === '}') open.pop();
    else {
      const end = endOfText(text, at + 1);
      TOKEN.lastIndex = end + 1;
      COLON.lastIndex = end + 1;
      if (!COLON.test(text)) continue;
      const object = open.at(-1)!;
      object.last = JSON.parse(text.slice(at, end + 1)) as string;
      if (object.names.has(object.last)) return open.map(({ last }) => last).join('.');
      object.names.add(object.last);
    }
  }
  return null;
}

/** Returns where a text of JSON ends: at its closing quote, or at the end of what there is. @param from behind its opening quote */
export function endOfText(json: string | Buffer, from: number): number {
  const isBackslash = (at: number) => (typeof json === 'string' ? json.charCodeAt(at) : json[at]) === 92;
  for (let end = json.indexOf('"', from); end >= 0; end = json.indexOf('"', end + 1)) {
    let before = end;
    while (isBackslash(before - 1)) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return json.length;
}
