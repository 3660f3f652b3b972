import path from 'node:path';
import { onDisk } from '../../disk/durable.ts';
import type { Json } from '../../model/json.ts';
import type { LineRequest } from '../command-line/commands.ts';
import { writeOwn } from './own-file.ts';

/** Writes a line into a batch of its own, in an absolute folder. Null where it cannot be written. */
export function writeLine(
  folder: string,
  name: string,
  { model, payload, image }: LineRequest,
): string | null {
  const line = { model, payload: JSON.parse(payload) as Json, image: image && path.resolve(image) };
  const text = `${JSON.stringify(line)}\n`;
  return onDisk(
    () => writeOwn(folder, name, '.jsonl', text, text),
    () => null,
  );
}
