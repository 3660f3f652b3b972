import type { Json, JsonObject } from '../model/json.ts';

// Deeper than any answer of a service: what walks through a value needs not fear for its stack.
const DEEPEST = 64;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA, COLON] =
  Buffer.from('"\\[]{},:');

// White space, and the bytes of a byte order mark.
const BEFORE = Buffer.from(' \n\r\t\ufeff');

/** Whether a JSON text holds more than `most` values and names, or is nested deeper than any answer. Far cheaper than parsing. */
export function isExcessive(body: Buffer, most: number): boolean {
  let count = 0;
  let depth = 0;
  let at = 0;
  while (at < body.length && BEFORE.includes(body[at]!)) at += 1;
  if (body[at] !== OPEN_LIST && body[at] !== OPEN_OBJECT) return false;
  for (; at < body.length; at += 1) {
    switch (body[at]) {
      case QUOTE:
        for (at += 1; at < body.length && body[at] !== QUOTE; at += 1) if (body[at] === BACKSLASH) at += 1;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        count += 1;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
      case COLON:
        count += 1;
        break;
    }
    if (count > most || depth > DEEPEST) return true;
  }
  return false;
}

/** The body as JSON, or undefined when it is none: empty, cut off, HTML. A byte order mark is skipped. */
export function parseBody(body: Buffer): Json | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as Json;
  } catch {
    return undefined;
  }
}

// A text of these characters needs no escapes, and each of them is one byte: what base64 is made of.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const LONG_TEXT = 64 * 1024;
const PIECE_CHARACTERS = 64 * 1024;

/** JSON to be sent, any number of times. An image in it is not held a second time: it is encoded as it leaves. */
export class JsonBody implements Iterable<Uint8Array> {
  /** Bytes. */
  readonly length: number;
  readonly #parts: (Buffer | string)[];

  constructor(value: JsonObject) {
    const long: string[] = [];
    // It stands where each of them does, and in no payload.
    const mark = crypto.randomUUID();
    const text = JSON.stringify(value, (_, part: Json) => {
      if (typeof part !== 'string' || part.length < LONG_TEXT || !PLAIN.test(part)) return part;
      long.push(part);
      return mark;
    });
    this.#parts = text.split(mark).flatMap((piece, n) => [Buffer.from(piece), ...long.slice(n, n + 1)]);
    this.length = this.#parts.reduce((sum, part) => sum + part.length, 0);
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    for (const part of this.#parts) {
      if (typeof part !== 'string') yield part;
      else {
        for (let at = 0; at < part.length; at += PIECE_CHARACTERS) {
          yield Buffer.from(part.slice(at, at + PIECE_CHARACTERS), 'latin1');
        }
      }
    }
  }
}
