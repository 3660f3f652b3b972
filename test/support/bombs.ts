import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const BLANKS = Buffer.alloc(64 * 2 ** 20, ' ');

/** Less than 100 kB that become 64 MB. */
export const GZIP_BOMB = gzipSync(BLANKS);
// Its best quality takes a second for the same.
export const BROTLI_BOMB = brotliCompressSync(BLANKS, { params: { [constants.BROTLI_PARAM_QUALITY]: 0 } });
