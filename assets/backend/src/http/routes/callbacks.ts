import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Generations } from '../../generations/types.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { readBody, refuseTooLarge } from '../body.ts';
import type { Service } from '../catalog.ts';

const MOST_BYTES = 2 * 1024 * 1024;
const TOKEN = /^[\w-]{16,200}$/;
/** A sender that knows no token may guess task ids: it gets this many guesses a minute. */
export const GUESSES_PER_MINUTE = 300;

type Outcome = 'recorded' | 'unplaced';

/** Answers a callback. 202: nothing is known that it belongs to, and nobody learns more. */
export function acknowledge(reply: FastifyReply, outcome: Outcome): FastifyReply {
  return reply.code(outcome === 'recorded' ? 200 : 202).send({ ok: true });
}

/**
 * Callbacks of the services. Anybody can send one, so a body proves nothing: what is recorded is that a task may have
 * changed, and a worker then asks the service. The answer is the same for a token that is wrong, old or not yet known.
 */
export async function routeCallbacks(
  app: FastifyInstance,
  {
    generations,
    services,
    metrics,
  }: { generations: Generations; services: ReadonlyMap<string, Service>; metrics: Metrics },
): Promise<void> {
  // Whatever the body is called, it is read as bytes: a wrong type is no reason to lose a hint.
  app.addHook('onRequest', async ({ raw }) => {
    raw.headers['content-type'] = 'application/octet-stream';
  });
  refuseTooLarge(app, MOST_BYTES);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request: unknown, payload: NodeJS.ReadableStream) =>
    readBody(payload, MOST_BYTES),
  );
  function answer(reply: FastifyReply, provider: string, outcome: Outcome): FastifyReply {
    metrics.callbacks.inc({ provider: services.has(provider) ? provider : 'unknown', outcome });
    return acknowledge(reply, outcome);
  }

  function hintOf(provider: string, body: unknown): { taskId: string; state: string } {
    const hint = Buffer.isBuffer(body) ? services.get(provider)?.contracts.parseCallback(body) : undefined;
    return { taskId: hint?.taskId ?? '', state: hint?.state ?? 'UNKNOWN' };
  }

  const response = {
    200: { description: 'Recorded.', type: 'object', properties: { ok: { type: 'boolean' } } },
    202: {
      description: 'Nothing is known that it belongs to.',
      type: 'object',
      properties: { ok: { type: 'boolean' } },
    },
  };

  app.post<{ Params: { provider: string; token: string } }>(
    '/v1/callbacks/:provider/:token',
    { schema: { summary: 'For the services: a task has changed', security: [], response } },
    async ({ params: { provider, token }, body }, reply) => {
      if (!services.has(provider) || !TOKEN.test(token)) return answer(reply, provider, 'unplaced');
      return answer(
        reply,
        provider,
        await generations.recordCallback({ provider, token }, hintOf(provider, body)),
      );
    },
  );

  app.post<{ Params: { provider: string } }>(
    '/v1/callbacks/:provider',
    {
      config: { rateLimit: { max: GUESSES_PER_MINUTE, timeWindow: 60_000 } },
      schema: {
        summary: 'The same by task id alone, for services that take one address',
        security: [],
        response,
      },
    },
    async ({ params: { provider }, body }, reply) => {
      const hint = hintOf(provider, body);
      if (!services.has(provider) || hint.taskId === '') return answer(reply, provider, 'unplaced');
      const { taskId } = hint;
      return answer(reply, provider, await generations.recordCallback({ provider, taskId }, hint));
    },
  );

  for (const url of ['/v1/callbacks', '/v1/callbacks/*'])
    app.post(url, { schema: { hide: true } }, async (_request, reply) =>
      answer(reply, 'unknown', 'unplaced'),
    );
}
