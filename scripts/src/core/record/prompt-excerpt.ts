import type { JsonObject } from '../../model/json.ts';
import { plain } from '../../model/text.ts';

// The names under which the models take their text, the most telling one first.
const FIELDS = ['prompt', 'content', 'text', 'lyrics'];
const LENGTH = 60;
// A private folder holds the record; still, an address may be all that protects a picture.
const ADDRESS = /\b(?:https?|data):\S+/gi;

/** Returns the beginning of a request's prompt, by which the user tells it from another one; null where it has none. */
export function promptExcerpt(payload: JsonObject): string | null {
  for (const name of FIELDS) {
    const value = payload[name];
    const text = Array.isArray(value) ? value[0] : value;
    if (typeof text !== 'string') continue;
    const excerpt = plain(text.slice(0, 10 * LENGTH).replace(ADDRESS, '[address]'), LENGTH);
    if (excerpt !== '') return excerpt;
  }
  return null;
}
