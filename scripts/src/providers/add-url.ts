import type { Json } from '../model/json.ts';
import { urlOf } from '../model/url.ts';

/** Adds the value to what was found when it is an address that can be fetched; anything else is passed over. */
export function addUrl(value: Json | undefined, found: Set<string>): void {
  const url = typeof value === 'string' && /^https?:\/\//i.test(value) ? urlOf(value) : undefined;
  if (url) found.add(url.href);
}
