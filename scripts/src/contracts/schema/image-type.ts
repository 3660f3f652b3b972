type ImageType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif' | 'image/avif' | 'image/bmp';

// Types that all files of theirs begin alike: other first bytes are another type, or none.
export const SURE_TYPES: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/bmp',
] satisfies ImageType[]);

/** The image type that the first bytes tell, or null. Twelve bytes are enough. */
export function sniffImage(bytes: Uint8Array): ImageType | null {
  const starts = (at: number, signature: string): boolean =>
    bytes.length >= at + signature.length &&
    [...signature].every((char, i) => bytes[at + i] === char.charCodeAt(0));
  if (starts(0, '\u0089PNG\r\n\u001a\n')) return 'image/png';
  if (starts(0, '\u00ff\u00d8\u00ff')) return 'image/jpeg';
  if (starts(0, 'GIF87a') || starts(0, 'GIF89a')) return 'image/gif';
  if (starts(0, 'RIFF') && starts(8, 'WEBP')) return 'image/webp';
  if (starts(4, 'ftypavif') || starts(4, 'ftypavis')) return 'image/avif';
  // Two letters alone would make a picture of many a text; the reserved bytes after the size are zero.
  if (starts(0, 'BM') && starts(6, '\0\0\0\0')) return 'image/bmp';
  return null;
}
