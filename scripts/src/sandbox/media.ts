import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import type { TaskRecord } from './task-record.ts';

/** A finished file: its extension and its types. */
interface Medium {
  ext: 'mp4' | 'png' | 'wav' | 'glb';
  contentType: string;
  /** As APIDot's examples call it in `file_type`. */
  fileType: 'video' | 'image' | 'audio' | 'model';
}

const VIDEO: Medium = { ext: 'mp4', contentType: 'video/mp4', fileType: 'video' };
const IMAGE: Medium = { ext: 'png', contentType: 'image/png', fileType: 'image' };
const SOUND: Medium = { ext: 'wav', contentType: 'audio/wav', fileType: 'audio' };
const MODEL: Medium = { ext: 'glb', contentType: 'model/gltf-binary', fileType: 'model' };

/**
 * What APIDot's models make, by the beginning of their ids (its examples and skills, April to July 2026). The first entry
 * that fits counts; a model without an entry makes a video.
 */
const FAMILIES: readonly [Medium, readonly string[]][] = [
  [SOUND, ['generate-music', 'minimax-music']],
  [MODEL, ['meshy-', 'tripo3d-']],
  [
    IMAGE,
    [
      ...['gpt-image', 'gpt-4o-image', 'nano-banana', 'seedream', 'flux', 'wan-2.7-image', 'z-image'],
      ...['grok-imagine-image', 'kling-o1-image', 'kling-o3-image'],
    ],
  ],
];

const MOST_IMAGES = 15;

export function mediumOf({ service, model }: Pick<TaskRecord, 'service' | 'model'>): Medium {
  if (service !== 'apidot') return VIDEO;
  return FAMILIES.find(([, ids]) => ids.some((id) => model.startsWith(id)))?.[0] ?? VIDEO;
}

/** The finished files of a task: one, or as many pictures as its field `n` asks for, or a sound and its cover. */
export function mediaOf(record: TaskRecord): Medium[] {
  const medium = mediumOf(record);
  if (medium === SOUND) return [SOUND, IMAGE];
  const { n } = record.input;
  const isMany = medium === IMAGE && typeof n === 'number' && Number.isInteger(n) && n >= 1;
  return Array<Medium>(isMany ? Math.min(n, MOST_IMAGES) : 1).fill(medium);
}

/** The bytes of a file. @param number which of a task's files, counted from 1: no two pictures are alike */
export async function contentOf({ ext }: Medium, number: number): Promise<Buffer> {
  if (ext === 'png') return picture(number);
  if (ext === 'wav') return tone();
  if (ext === 'glb') return triangle();
  return readFile(clipPath());
}

/** The compiled code lies beside the clip, its sources two folders below it. */
function clipPath(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return join(here, ...(basename(here) === 'lib' ? [] : ['..', '..', 'lib']), 'sandbox-clip.mp4');
}

const text = (ascii: string): Buffer => Buffer.from(ascii, 'latin1');
const littleEndian = (bytes: 2 | 4, ...values: number[]): Buffer => {
  const buffer = Buffer.alloc(bytes * values.length);
  for (const [at, value] of values.entries()) buffer.writeUIntLE(value, at * bytes, bytes);
  return buffer;
};

/** A PNG of 256 × 256 pixels in true colour: a gradient, in another colour for each number. */
function picture(number: number): Buffer {
  const side = 256;
  const width = 1 + side * 3;
  const rows = Buffer.alloc(side * width);
  for (let y = 0; y < side; y += 1) {
    // The filter that stores how a pixel differs from the one to its left: one step of red.
    rows.set([1, 0, y, (number * 83) % 256], y * width);
    for (let x = 1; x < side; x += 1) rows[y * width + 1 + x * 3] = 1;
  }
  const head = Buffer.concat([bigEndian(side), bigEndian(side), Buffer.from([8, 2, 0, 0, 0])]);
  return Buffer.concat([
    text('\x89PNG\r\n\x1a\n'),
    pngChunk('IHDR', head),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

const bigEndian = (value: number): Buffer => littleEndian(4, value).reverse();

function pngChunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([text(type), data]);
  return Buffer.concat([bigEndian(data.length), named, bigEndian(crc32(named))]);
}

/** Seconds that the tone lasts. */
export const TONE_SECONDS = 2;

/** A WAV: two seconds of 440 Hz, 16 bit, one channel. */
function tone(): Buffer {
  const rate = 11_025;
  const samples = Buffer.alloc(rate * TONE_SECONDS * 2);
  for (let at = 0; at < samples.length; at += 2)
    samples.writeInt16LE(Math.round(12_000 * Math.sin((Math.PI * 440 * at) / rate)), at);
  return Buffer.concat([
    ...[text('RIFF'), littleEndian(4, 36 + samples.length), text('WAVEfmt '), littleEndian(4, 16)],
    ...[littleEndian(2, 1, 1), littleEndian(4, rate, rate * 2), littleEndian(2, 2, 16)],
    ...[text('data'), littleEndian(4, samples.length), samples],
  ]);
}

/** A binary glTF 2.0 of one triangle. */
function triangle(): Buffer {
  const corners = [-1, -1, 0, 1, -1, 0, 0, 1, 0];
  const points = Buffer.alloc(corners.length * 4);
  for (const [at, value] of corners.entries()) points.writeFloatLE(value, at * 4);
  const scene = JSON.stringify({
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [-1, -1, 0], max: [1, 1, 0] },
    ],
    bufferViews: [{ buffer: 0, byteLength: points.length, target: 34962 }],
    buffers: [{ byteLength: points.length }],
  });
  const part = (type: string, bytes: Buffer) => [littleEndian(4, bytes.length), text(type), bytes];
  const json = text(scene.padEnd(Math.ceil(scene.length / 4) * 4));
  const parts = Buffer.concat([...part('JSON', json), ...part('BIN\0', points)]);
  return Buffer.concat([text('glTF'), littleEndian(4, 2, 12 + parts.length), parts]);
}
