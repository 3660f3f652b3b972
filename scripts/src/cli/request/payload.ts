import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Contract } from '../../contracts/contract.ts';
import { imageField, imageUrlField } from '../../contracts/fields.ts';
import { sniffImage } from '../../contracts/schema/image-type.ts';
import { Failure } from '../../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { DuplicateName, parseStrict } from '../../model/strict-json.ts';
import { plain } from '../../model/text.ts';
import { profileOf } from '../../providers/registry.ts';
import { inQuotes, refused } from '../refused.ts';

// Larger than any image that was seen to pass, and small enough to be held in memory.
const MAX_INPUT_BYTES = 64 * 1024 * 1024;
const MAX_IMAGE_BYTES = 32 * 1024 * 1024;

/**
 * Returns the fields of `--payload`, from the command line or standard input; none where it was not given.
 * @param signal ends the reading of standard input
 * @throws Failure INVALID_PAYLOAD
 */
export async function readFields(given: string | undefined, signal: AbortSignal): Promise<JsonObject> {
  if (given === undefined) return {};
  const fromStdin = given === '-';
  const text = fromStdin ? await readStdin(signal, '--payload') : given;
  let value: Json;
  try {
    value = parseStrict(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof DuplicateName) {
      const received = `${inQuotes(error.path)} twice`;
      throw refused('--payload', 'each field once', received, `leave one ${inQuotes(error.path)} out`);
    }
    throw mangled(text, fromStdin, error instanceof Error ? error.message : '');
  }
  if (isObject(value)) return value;
  const hint = 'write the fields in braces, for example {"prompt":"a lighthouse at dawn"}';
  throw refused('--payload', 'a JSON object', kindOf(value), hint);
}

/** The payload with the image file in the model's field for it. @throws Failure INVALID_PAYLOAD that names `--image` */
export async function withImage(
  contract: Contract,
  payload: JsonObject,
  image: string | undefined,
): Promise<JsonObject> {
  if (image === undefined) return payload;
  const field = imageField(contract);
  const { model, provider } = contract;
  const byUrl = field === null ? imageUrlField(contract) : null;
  if (byUrl !== null) {
    const hint = `write the picture's public http(s) URL into "${byUrl}"; ${provider} documents no upload`;
    const received = `model ${model}, which takes public URLs only`;
    throw refused('--image', 'a model that takes a picture as a file', received, hint);
  }
  if (field === null) {
    const hint =
      provider === profileOf(undefined)!.id ? 'choose for example --model i2v' : 'leave --image out';
    throw refused('--image', 'a model that takes an image', `model ${model}, which takes none`, hint);
  }
  if (payload[field] !== undefined && payload[field] !== null) {
    const expected = `one image: by --image or as "${field}" in the payload`;
    throw refused('--image', expected, 'both', `leave "${field}" out of the payload`);
  }
  return { ...payload, [field]: await readImage(image) };
}

const STDIN_FORM =
  'pass the JSON on standard input: put it into a file and run the command with --payload - < payload.json';

/** Says what a shell most probably did to the text. */
function mangled(text: string, fromStdin: boolean, syntax: string): Failure {
  const trimmed = text.trim();
  const refusal = (received: string, hint: string) => refused('--payload', 'a JSON object', received, hint);
  if (trimmed === '') return refusal('nothing', fromStdin ? 'send the JSON on standard input' : STDIN_FORM);
  const base64 = trimmed.lastIndexOf(';base64,');
  if (base64 >= 0 && !/["'\s{}]/.test(trimmed.slice(base64))) {
    const received = `${text.length} characters that end inside base64 data: cut off on the way`;
    return refusal(received, `one argument is limited to 128 KiB: use --image <file>, or ${STDIN_FORM}`);
  }
  if (!fromStdin && /^'/.test(trimmed))
    return refusal('single quotes around it', `this shell keeps single quotes (cmd.exe does): ${STDIN_FORM}`);
  if (!fromStdin && /^\{?\s*\\"/.test(trimmed)) {
    const hint = `the shell passed the backslashes on: ${STDIN_FORM}`;
    return refusal('quotes with a backslash before them', hint);
  }
  if (!fromStdin && !trimmed.includes('"')) {
    const hint = `JSON needs double quotes. If you wrote them, the shell took them away (PowerShell and cmd.exe do): ${STDIN_FORM}`;
    return refusal(`${plain(trimmed, 60)} (no double quotes in it)`, hint);
  }
  const position = /position \d+(?: \(line \d+ column \d+\))?/.exec(syntax)?.[0];
  const received = `text that is no JSON${position ? ` at ${position}` : ''}: ${plain(trimmed, 60)}`;
  return refusal(received, fromStdin ? 'check the JSON' : `check the JSON, or ${STDIN_FORM}`);
}

/** The text on standard input, or of another stream. @throws Failure INVALID_PAYLOAD that names the flag */
export async function readStdin(
  signal: AbortSignal,
  flag: '--payload' | '--batch',
  from?: Readable,
): Promise<string> {
  const expected = flag === '--payload' ? 'JSON on standard input' : 'lines on standard input';
  const hint = flag === '--payload' ? STDIN_FORM : 'write the lines into a .jsonl or .txt file';
  if (!from && process.stdin.isTTY) throw refused(`${flag} -`, expected, 'a terminal', hint);
  try {
    // Loaded only here: a payload of the command line needs no stream, and that of standard input has one anyway.
    const { addAbortSignal } = process.getBuiltinModule('node:stream');
    return await textOf(addAbortSignal(signal, from ?? process.stdin), `${flag} -`);
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    throw refused(`${flag} -`, expected, `what cannot be read (${codeOf(error)})`, hint);
  }
}

async function textOf(stream: AsyncIterable<Buffer>, flag: string): Promise<string> {
  // A block that grows in place and is given back at once: an image makes this the largest thing in memory, and what
  // waits for a garbage collection is there twice.
  const block = new ArrayBuffer(0, { maxByteLength: MAX_INPUT_BYTES });
  const bytes = new Uint8Array(block);
  let size = 0;
  for await (const chunk of stream) {
    if (size + chunk.length > MAX_INPUT_BYTES) {
      const hint = 'send a smaller image, or its public address';
      throw refused(flag, `at most ${MAX_INPUT_BYTES} bytes`, 'more', hint);
    }
    block.resize(size + chunk.length);
    bytes.set(chunk, size);
    size += chunk.length;
  }
  // Windows PowerShell writes files in UTF-16.
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = Buffer.from(block, 0, size).toString(isUtf16 ? 'utf16le' : 'utf8');
  block.resize(0);
  return text;
}

/** The file as a data URI. Only what begins like a picture is read further. */
async function readImage(file: string): Promise<string> {
  const named = plain(file, 120);
  const refusal = (expected: string, received: string, hint: string) =>
    refused('--image', expected, received, hint);
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait until another process writes to it.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = await handle.stat();
    if (!stat.isFile()) throw refusal('a file', `${named}, which is none`, 'name an image file');
    const head = Buffer.alloc(16);
    const { bytesRead } = await handle.read(head, 0, 16, 0);
    const type = sniffImage(head.subarray(0, bytesRead));
    if (!type) {
      const kinds = 'a PNG, JPEG, WebP, GIF, AVIF or BMP file';
      throw refusal(kinds, `${named}, which is none of these`, 'name an image file, or convert it first');
    }
    if (stat.size > MAX_IMAGE_BYTES) {
      const hint = 'make the image smaller, or pass its public address in the payload';
      throw refusal(`at most ${MAX_IMAGE_BYTES} bytes`, `${stat.size}`, hint);
    }
    return await dataUri(handle, stat.size, `data:${type};base64,`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const hint = 'check the path; it is taken from the folder in which the command runs';
    throw refusal('a file that can be read', `${named} (${codeOf(error)})`, hint);
  } finally {
    await handle?.close();
  }
}

// A multiple of three, so that the pieces of base64 need no padding between them.
const PIECE = 48 * 1024;

/**
 * The bytes lie at the end of the block in which the text is made, which is given back at once: what waits for a garbage
 * collection is there twice.
 */
async function dataUri(handle: FileHandle, size: number, beginning: string): Promise<string> {
  const length = beginning.length + 4 * Math.ceil(size / 3);
  const block = new ArrayBuffer(length, { maxByteLength: length });
  const text = Buffer.from(block);
  const bytes = text.subarray(length - size);
  const { bytesRead } = await handle.read(bytes, 0, size, 0);
  let end = text.write(beginning, 'latin1');
  for (let at = 0; at < bytesRead; at += PIECE) {
    end += text.write(bytes.toString('base64', at, Math.min(at + PIECE, bytesRead)), end, 'latin1');
  }
  const uri = text.toString('utf8', 0, end);
  block.resize(0);
  return uri;
}

/** Returns the code of an error of Node, such as ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}

/** Returns what a value is, in words. */
export function kindOf(value: Json | undefined): string {
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
