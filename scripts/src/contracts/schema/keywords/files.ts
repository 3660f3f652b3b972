import type { Problem } from '../../../model/failure.ts';
import { ContractError } from '../contract-error.ts';
import type { Keyword } from '../schema-node.ts';

/** `x-files: [jpg, png]` */
export const files: Keyword = {
  name: 'x-files',
  types: ['string'],
  read(value, { node, where }) {
    if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string'))
      throw new ContractError(`${where} must be a list of file endings`);
    node.files = value;
    return { problem: (url) => (typeof url === 'string' ? checkFileType(url, value) : null) };
  },
};

// Endings that say for certain what a file is. Any other may stand for anything.
const KNOWN_ENDING =
  /\.(png|jpe?g|webp|gif|avif|bmp|heic|tiff?|svg|mp4|mov|m4v|webm|mkv|avi|mp3|wav|m4a|aac|flac|ogg|glb|obj|pdf)$/i;

/** An address without a known ending passes: what it leads to is for the service to see. */
export function checkFileType(url: string, files: readonly string[]): Problem | null {
  const path = /^[^?#]*/.exec(url.slice(0, 8192))![0];
  const ending = KNOWN_ENDING.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined || files.includes(ending)) return null;
  return {
    expected: `a public http(s) URL of a ${files.join(', ')} file`,
    hint: `write the URL of a ${files.join(', ')} file; this one ends with .${ending}, which the service is not said to take`,
  };
}
