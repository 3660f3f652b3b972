import type { FastifyInstance } from 'fastify';
import type { FileStore } from '../../files/types.ts';
import type { Generations } from '../../generations/types.ts';
import { notFound, Problem } from '../problem.ts';
import { rangeOf } from '../range.ts';
import { problems } from '../schemas.ts';

// What a browser may show inside a page. Everything else, SVG with its scripts among it, is for saving.
const SHOWN = /^(video|audio)\/[\w.+-]+$|^image\/(png|jpeg|gif|webp|avif)$/;

/** The stored copies of results, by id and number: no path ever comes from outside. */
export function routeFiles(app: FastifyInstance, generations: Generations, files: FileStore): void {
  app.route<{ Params: { id: string; n: string } }>({
    method: ['GET', 'HEAD'],
    url: '/v1/generations/:id/files/:n',
    schema: {
      summary: 'A stored file; Range and If-None-Match are honoured',
      params: {
        type: 'object',
        required: ['id', 'n'],
        properties: { id: { type: 'string' }, n: { type: 'string', description: 'From 1.' } },
      },
      response: {
        200: { description: 'The file.', content: { '*/*': { schema: {} } } },
        206: { description: 'The part that Range asks for.', content: { '*/*': { schema: {} } } },
        304: { type: 'null', description: 'Not changed.' },
        ...problems(401, 404, 416, 503),
      },
    },
    handler: async ({ user, params, headers, method }, reply) => {
      const n = /^[1-9]\d{0,2}$/.test(params.n) ? Number(params.n) : 0;
      const file = n === 0 ? null : await generations.file(user, params.id, n);
      if (file === null) throw notFound();
      const { mediaType, bytes, sha256, storageKey } = file;
      const etag = `"${sha256}"`;
      const isShown = SHOWN.test(mediaType);
      reply.headers({
        'accept-ranges': 'bytes',
        etag,
        // Private, and asked for each time: a deleted file must not live on in a cache's answer.
        'cache-control': 'private, no-cache',
        'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename="${params.id}-${n}"`,
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
      if (headers['if-none-match']?.split(',').some((tag) => tag.trim() === etag))
        return reply.code(304).send();

      const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
      const range = method === 'GET' && isSame ? rangeOf(headers.range, bytes) : null;
      if (range === 'unsatisfiable')
        throw new Problem(416, 'range_not_satisfiable', `The file has ${bytes} bytes.`, {
          headers: { 'content-range': `bytes */${bytes}` },
        });
      const length = range === null ? bytes : range.end - range.start + 1;
      reply.type(mediaType).header('content-length', length);
      if (range !== null)
        reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
      if (method === 'HEAD') return reply.send();
      return reply.send(await files.open(storageKey, range ?? undefined));
    },
  });
}
