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
  try {
    return codings.reduce((out, coding) => undone(out, coding.trim(), { maxOutputLength: most }), body);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    return body;
  }
}

function undone(body: Buffer, coding: string, options: { maxOutputLength: number }): Buffer {
  if (!['gzip', 'x-gzip', 'br', 'deflate'].includes(coding)) return body;
  const zlib = process.getBuiltinModule('node:zlib');
  if (coding === 'br') return zlib.brotliDecompressSync(body, options);
  if (coding !== 'deflate') return zlib.gunzipSync(body, options);
  // Some servers leave out the frame that belongs to it: its first byte would say 8 in its lower half.
  const isFramed = ((body[0] ?? 0) & 15) === 8;
  return isFramed ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options);
}
