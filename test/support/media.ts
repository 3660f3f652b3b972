import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './command.ts';

/** A real MP4. */
export const MP4 = readFileSync(path.join(ROOT, 'scripts', 'sandbox-clip.mp4'));

/** A PNG of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
