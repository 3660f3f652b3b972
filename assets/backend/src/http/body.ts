import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

// A client that is still sending hears the answer only when its bytes have been taken; beyond this it is cut off.
const DRAINED_BYTES = 8 * 1024 * 1024;

/**
 * Answers a body whose Content-Length says that it is too large before it is read. The connection stays, and what still
 * arrives on it is thrown away: a sender that reads its answer at the end hears it, too.
 */
export function refuseTooLarge(app: FastifyInstance, most: number): void {
  app.addHook('onRequest', async ({ headers }) => {
    const announced = Number(headers['content-length'] ?? 0);
    if (announced > most && announced <= most + DRAINED_BYTES) throw tooLarge(most, false);
  });
}

/**
 * Returns the bytes of a body, counted while they arrive: a Content-Length proves nothing.
 * @throws Problem 413 for more than `most` bytes
 */
export async function readBody(body: IncomingMessage | NodeJS.ReadableStream, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= most) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > most + DRAINED_BYTES) throw tooLarge(most, true);
  }
  if (bytes > most) throw tooLarge(most, false);
  return Buffer.concat(chunks, bytes);
}

function tooLarge(most: number, hasMore: boolean): Problem {
  return new Problem(413, 'body_too_large', `The body may have at most ${most / 1024 / 1024} MB.`, {
    headers: hasMore ? { connection: 'close' } : {},
  });
}
