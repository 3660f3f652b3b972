import { read } from 'node:fs';
import { promisify } from 'node:util';
import { parseBody } from '../http/json.ts';
import { isObject } from '../model/json.ts';
import type { FileKind } from './signature.ts';

const readAt = promisify(read);

// A scene of this size as text is no longer read to check it.
const LONGEST_GLTF_BYTES = 64 * 1024 * 1024;

/**
 * Whether a file of this kind is all there, as far as the format itself can tell; true where it cannot.
 * @param size bytes in the file
 * @param lengthIsCertain the sender gave the length, and it fits: only what the first bytes do not prove is checked
 */
export async function isWhole(
  { ext }: FileKind,
  fd: number,
  size: number,
  lengthIsCertain: boolean,
): Promise<boolean> {
  if (ext === 'stl') return stlIsWhole(fd, size);
  if (ext === 'gltf') return gltfIsWhole(fd, size);
  if (lengthIsCertain) return true;
  if (ext === 'mp4' || ext === 'mov' || ext === 'm4a') return boxesAreWhole(fd, size);
  if (ext === 'glb') return size >= (await bytesAt(fd, 8, 4)).readUInt32LE(0);
  if (ext === 'wav' || ext === 'webp' || ext === 'avi') return riffIsWhole(fd, size);
  return true;
}

/** Whether the boxes of an MP4 or QuickTime file fill it and hold its index: the only sign of a cut where no length was given. */
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

async function riffIsWhole(fd: number, size: number): Promise<boolean> {
  const length = (await bytesAt(fd, 4, 4)).readUInt32LE(0);
  // Written as a stream, whose end was not known when its head was.
  if (length === 0 || length === 0xffff_ffff) return true;
  return size >= length + 8;
}

/** A binary STL has 84 bytes and 50 for each triangle; a text one ends with a word of its own. */
async function stlIsWhole(fd: number, size: number): Promise<boolean> {
  if (size >= 84 && size === 84 + 50 * (await bytesAt(fd, 80, 4)).readUInt32LE(0)) return true;
  const start = (await bytesAt(fd, 0, 5)).toString('latin1');
  const from = Math.max(0, size - 512);
  return start === 'solid' && (await bytesAt(fd, from, size - from)).includes('endsolid');
}

async function gltfIsWhole(fd: number, size: number): Promise<boolean> {
  if (size > LONGEST_GLTF_BYTES) return false;
  const scene = parseBody(await bytesAt(fd, 0, size));
  return isObject(scene) && isObject(scene.asset) && typeof scene.asset.version === 'string';
}

/** Bytes of a file; zeros where it is shorter. */
async function bytesAt(fd: number, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let have = 0; have < length; ) {
    const { bytesRead } = await readAt(fd, bytes, have, length - have, at + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return bytes;
}
