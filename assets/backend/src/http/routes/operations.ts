import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../observability/metrics.ts';

/** For operators: is the process alive, can it work, how does it fare. Workers serve these alone. */
export function routeOperations(
  app: FastifyInstance,
  isReady: () => Promise<boolean>,
  metrics: Metrics,
): void {
  const states = { type: 'object', properties: { status: { type: 'string' } } } as const;

  app.get(
    '/healthz',
    { schema: { summary: 'The process answers', security: [], response: { 200: states } } },
    async () => ({ status: 'ok' }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        summary: 'The database answers, and its tables are there',
        security: [],
        response: { 200: states, 503: states },
      },
    },
    async (_request, reply) => {
      const ready = await isReady().catch(() => false);
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'database unavailable' });
    },
  );

  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
