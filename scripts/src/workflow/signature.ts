import { read } from 'node:fs';
import { promisify } from 'node:util';

/** What the first bytes of a file say it is. */
export interface FileKind {
  ext: string;
  contentType: string;
}

const kind = (ext: string, contentType: string): FileKind => ({ ext, contentType });

/** Bytes that `fileKind` needs to see. */
export const SIGNATURE_BYTES = 32;

const ISO_BRANDS: Record<string, FileKind> = {
  'qt  ': kind('mov', 'video/quicktime'),
  'M4A ': kind('m4a', 'audio/mp4'),
  avif: kind('avif', 'image/avif'),
  heic: kind('heic', 'image/heic'),
};

const MAGIC: readonly { at: number; bytes: string; kind: FileKind }[] = [
  { at: 0, bytes: '\x89PNG\r\n\x1a\n', kind: kind('png', 'image/png') },
  { at: 0, bytes: '\xff\xd8\xff', kind: kind('jpg', 'image/jpeg') },
  { at: 0, bytes: 'GIF8', kind: kind('gif', 'image/gif') },
  { at: 8, bytes: 'WEBP', kind: kind('webp', 'image/webp') },
  { at: 8, bytes: 'WAVE', kind: kind('wav', 'audio/wav') },
  { at: 8, bytes: 'AVI ', kind: kind('avi', 'video/x-msvideo') },
  { at: 0, bytes: '\x1a\x45\xdf\xa3', kind: kind('webm', 'video/webm') },
  { at: 0, bytes: 'OggS', kind: kind('ogg', 'audio/ogg') },
  { at: 0, bytes: 'fLaC', kind: kind('flac', 'audio/flac') },
  { at: 0, bytes: 'ID3', kind: kind('mp3', 'audio/mpeg') },
  { at: 0, bytes: 'glTF', kind: kind('glb', 'model/gltf-binary') },
];

/** The kind of media file that begins with these bytes, or null when it is none that we know: a page, JSON, nonsense. */
export function fileKind(head: Uint8Array): FileKind | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SIGNATURE_BYTES)).toString(
    'latin1',
  );
  if (text.slice(4, 8) === 'ftyp') return ISO_BRANDS[text.slice(8, 12)] ?? kind('mp4', 'video/mp4');
  // Older QuickTime files begin with one of these boxes instead.
  if (['moov', 'mdat', 'wide', 'free', 'skip'].includes(text.slice(4, 8)))
    return kind('mov', 'video/quicktime');
  const riff = text.startsWith('RIFF');
  for (const magic of MAGIC) {
    if ((magic.at === 8) === riff && text.startsWith(magic.bytes, magic.at)) return magic.kind;
  }
  if (/^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/.test(text)) return kind('mp3', 'audio/mpeg');
  return null;
}

const readAt = promisify(read);

/**
 * Whether the boxes of an MP4 or QuickTime file fill it exactly and hold the index that a player needs. The only way to
 * notice a file that was cut where the sender gave no length.
 */
export async function boxesAreWhole(fd: number, size: number): Promise<boolean> {
  const header = Buffer.alloc(16);
  let hasIndex = false;
  let at = 0;
  while (at + 8 <= size) {
    await readAt(fd, header, 0, 16, at);
    let length = header.readUInt32BE(0);
    // Zero: the last box, to the end of the file. One: the length follows in 64 bits.
    if (length === 0) length = size - at;
    else if (length === 1) length = at + 16 <= size ? Number(header.readBigUInt64BE(8)) : 0;
    if (length < 8) return false;
    hasIndex ||= header.toString('latin1', 4, 8) === 'moov';
    at += length;
  }
  return at === size && hasIndex;
}
