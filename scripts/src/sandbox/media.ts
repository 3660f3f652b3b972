import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import type { TaskRecord } from './task-record.ts';

/** A finished file: its extension, its types, and its bytes, which are made at their first use. */
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

export interface Content {
  bytes: Buffer;
  hash: string;
}

const made = new Map<string, Promise<Content>>();

/** The bytes of a file. @param number which of a task's files, counted from 1: no two pictures are alike */
export function contentOf({ ext }: Medium, number: number): Promise<Content> {
  const name = ext === 'png' ? `png ${number}` : ext;
  let content = made.get(name);
  if (!content) {
    content = make(ext, number).then((bytes) => ({
      bytes,
      hash: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
    }));
    made.set(name, content);
  }
  return content;
}

async function make(ext: Medium['ext'], number: number): Promise<Buffer> {
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
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** Seconds that the tone lasts. */
export const TONE_SECONDS = 2;

/** A WAV: two seconds of 440 Hz, 16 bit, one channel. */
function tone(): Buffer {
  const rate = 11_025;
  const samples = rate * TONE_SECONDS;
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0, 'latin1');
  data.writeUInt32LE(data.length - 8, 4);
  data.write('WAVEfmt ', 8, 'latin1');
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36, 'latin1');
  data.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    data.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * 440 * at) / rate)), 44 + at * 2);
  }
  return data;
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
  const json = Buffer.from(scene.padEnd(Math.ceil(scene.length / 4) * 4));
  const head = Buffer.alloc(12);
  head.write('glTF', 'latin1');
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(12 + 8 + json.length + 8 + points.length, 8);
  const part = (type: string, bytes: Buffer) => {
    const start = Buffer.alloc(8);
    start.writeUInt32LE(bytes.length);
    start.write(type, 4, 'latin1');
    return Buffer.concat([start, bytes]);
  };
  return Buffer.concat([head, part('JSON', json), part('BIN\0', points)]);
}
