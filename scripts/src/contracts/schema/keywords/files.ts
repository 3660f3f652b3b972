import { later, parsed } from '../parsed.ts';
import type { Keyword } from '../schema-node.ts';
import { z } from '../zod.ts';

const ENDINGS = ' must be a list of file endings';
const FILES = later(() => z.array(z.string(ENDINGS), ENDINGS).check(z.minLength(1, ENDINGS)));

/** `x-files: [jpg, png]` */
export const files: Keyword = {
  name: 'x-files',
  types: ['string'],
  read(value, { node, where }) {
    const endings = parsed(FILES(), value, where);
    node.files = endings;
    return { textHint: (url) => checkFileType(url, endings) };
  },
};

// Endings that say for certain what a file is. Any other may stand for anything.
const KNOWN_ENDING =
  /\.(png|jpe?g|webp|gif|avif|bmp|heic|tiff?|svg|mp4|mov|m4v|webm|mkv|avi|mp3|wav|m4a|aac|flac|ogg|glb|obj|pdf)$/i;

/** What to write instead; null for an address without a known ending too: what it leads to is for the service to see. */
export function checkFileType(url: string, files: readonly string[]): string | null {
  const path = /^[^?#]*/.exec(url.slice(0, 8192))![0];
  const ending = KNOWN_ENDING.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined || files.includes(ending)) return null;
  return `write the URL of a ${files.join(', ')} file; this one ends with .${ending}, which the service is not said to take`;
}
