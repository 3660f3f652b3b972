import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './command.ts';

/** A real MP4. */
export const MP4 = readFileSync(path.join(ROOT, 'scripts', 'lib', 'sandbox-clip.mp4'));

/** A PNG of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A box of an MP4 file. */
function box(type: string, size: number): Buffer {
  const bytes = Buffer.alloc(size, type.charCodeAt(0));
  bytes.writeUInt32BE(size, 0);
  bytes.write(type, 4, 'latin1');
  return bytes;
}

/** An MP4 by its boxes, of about this size, in which no two stretches are alike. */
export function film(size: number): Buffer {
  const data = box('mdat', size);
  for (let at = 8; at + 4 <= size; at += 4) data.writeUInt32BE((at * 2_654_435_761) >>> 0, at);
  return Buffer.concat([box('ftyp', 32), box('moov', 64), data]);
}
