import type { Json } from '../types/json.ts';

/** The body as JSON, or undefined when it is none: empty, cut off, HTML, compressed. A byte order mark is skipped. */
export function parseBody(body: Buffer): Json | undefined {
  const start = body.length >= 3 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  try {
    return JSON.parse(body.toString('utf8', start)) as Json;
  } catch {
    return undefined;
  }
}
