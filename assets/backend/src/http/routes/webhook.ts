import type { FastifyInstance } from 'fastify';
import type { Generations } from '../../generations/types.ts';
import { checkUserAddress } from '../../webhook.ts';
import { Problem } from '../problem.ts';
import { problems } from '../schemas.ts';

const url = { type: 'string', maxLength: 2_000 } as const;

/** Where the caller's notices of ends go. */
export function routeWebhook(app: FastifyInstance, generations: Generations): void {
  app.put<{ Body: { url: string } }>(
    '/v1/webhook',
    {
      schema: {
        summary: "Sends a signed notice of each end of the caller's generations to this address",
        description:
          'A public https address. The answer holds the secret that signs the notices, as in Standard Webhooks: it is shown this once. Another PUT makes another secret.',
        body: { type: 'object', required: ['url'], additionalProperties: false, properties: { url } },
        response: {
          200: { type: 'object', properties: { url, secret: { type: 'string' } } },
          ...problems(400, 401, 422, 503),
        },
      },
    },
    async ({ user, body }) => {
      let address: string;
      try {
        address = await checkUserAddress(body.url);
      } catch (error) {
        throw new Problem(422, 'invalid_webhook', (error as Error).message, {
          issues: [{ path: 'url', expected: 'a public https address', received: 'another one' }],
        });
      }
      return { url: address, secret: await generations.setWebhook(user, address) };
    },
  );

  app.get(
    '/v1/webhook',
    {
      schema: {
        summary: "The address of the caller's notices",
        response: { 200: { type: 'object', properties: { url } }, ...problems(401, 404, 503) },
      },
    },
    async ({ user }) => {
      const address = await generations.webhook(user);
      if (address === null) throw noWebhook();
      return { url: address };
    },
  );

  app.delete(
    '/v1/webhook',
    {
      schema: {
        summary: "Ends the caller's notices, with those that are not delivered yet",
        response: { 204: { type: 'null', description: 'Removed.' }, ...problems(401, 404, 503) },
      },
    },
    async ({ user }, reply) => {
      if (!(await generations.removeWebhook(user))) throw noWebhook();
      return reply.code(204).send();
    },
  );
}

function noWebhook(): Problem {
  return new Problem(404, 'not_found', 'There is no webhook.');
}
