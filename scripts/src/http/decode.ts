import type { Failure } from '../model/failure.ts';

/**
 * A body without the compression that its `content-encoding` names. Nobody asks for one; a proxy on the way may use it all
 * the same. A coding that is not known, or was not used, leaves the body as it is.
 * @param most bytes that may come of it
 * @throws Failure where more than that comes of it
 */
export function decoded(
  body: Buffer,
  encoding: string | undefined,
  most: number,
  tooLarge: () => Failure,
): Buffer {
  // Each was applied to what the one before it made.
  const codings = (encoding ?? '').toLowerCase().split(',').slice(0, 3).reverse();
  let out = body;
  for (const coding of codings) {
    const undo = UNDO[coding.trim()];
    if (!undo) continue;
    try {
      out = undo(process.getBuiltinModule('node:zlib'), out, { maxOutputLength: most });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
        throw tooLarge();
      return body;
    }
  }
  return out;
}

type Zlib = typeof import('node:zlib');
type Undo = (zlib: Zlib, body: Buffer, options: { maxOutputLength: number }) => Buffer;

const gunzip: Undo = (zlib, body, options) => zlib.gunzipSync(body, options);

const UNDO: Record<string, Undo> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  br: (zlib, body, options) => zlib.brotliDecompressSync(body, options),
  // Some servers leave out the frame that belongs to it: its first byte would say 8 in its lower half.
  deflate: (zlib, body, options) =>
    ((body[0] ?? 0) & 15) === 8 ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options),
};
