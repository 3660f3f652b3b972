import type { FastifyInstance } from 'fastify';
import type { JsonObject } from '#client';
import type { Catalog } from '../catalog.ts';
import { problems } from '../schemas.ts';

/** What can be made, by which contract, and for about how many credits. */
export function routeModels(app: FastifyInstance, catalog: Catalog): void {
  app.get(
    '/v1/models',
    { schema: { summary: 'All models', response: { 200: { $ref: 'Models#' }, ...problems(401) } } },
    async () => ({ models: await catalog.models() }),
  );

  app.get<{ Params: { provider: string; model: string } }>(
    '/v1/models/:provider/:model',
    {
      schema: {
        summary: "A model's contract",
        params: {
          type: 'object',
          required: ['provider', 'model'],
          properties: { provider: { type: 'string' }, model: { type: 'string' } },
        },
        response: { 200: { $ref: 'Model#' }, ...problems(401, 404) },
      },
    },
    async ({ params: { provider, model } }) => catalog.describe(provider, model),
  );

  app.post<{ Body: { provider: string; model: string; payload: JsonObject } }>(
    '/v1/estimates',
    {
      schema: {
        summary: 'Checks a request and estimates its price; makes nothing',
        body: { $ref: 'NewGeneration#' },
        response: { 200: { $ref: 'Estimate#' }, ...problems(400, 401, 413, 422) },
      },
    },
    async ({ body: { provider, model, payload } }) => ({
      credits: await catalog.check(provider, model, payload),
      sandbox: catalog.isSandbox(provider),
    }),
  );
}
