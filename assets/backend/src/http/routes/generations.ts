import type { FastifyInstance } from 'fastify';
import type { JsonObject } from '#client';
import { type Generation, type Generations, STATUSES, type Status } from '../../generations/types.ts';
import type { Catalog } from '../catalog.ts';
import { presented } from '../generation.ts';
import { hashOf } from '../hash.ts';
import { notFound, Problem } from '../problem.ts';
import { idParameter, problems } from '../schemas.ts';

// Visible ASCII and space, as a header field can carry it everywhere.
const KEY = /^[\x20-\x7e]{8,128}$/;
const MOST_LISTED = 100;

interface NewGeneration {
  provider: string;
  model: string;
  payload: JsonObject;
  maxCredits?: number | null;
}

/** Requests of a user: make, read, list, cancel, delete. */
export function routeGenerations(app: FastifyInstance, generations: Generations, catalog: Catalog): void {
  app.post<{ Body: NewGeneration }>(
    '/v1/generations',
    {
      schema: {
        summary: 'Makes a generation, or returns the one that this key made before',
        description:
          'Charged once for each user and key. Make the key before the first attempt, and repeat a request that got no answer with the same key and body.',
        headers: {
          type: 'object',
          properties: {
            'idempotency-key': { type: 'string', description: '8 to 128 characters. Required.' },
          },
        },
        body: { $ref: 'NewGeneration#' },
        response: {
          202: { $ref: 'Generation#' },
          200: { $ref: 'Generation#' },
          ...problems(400, 401, 402, 409, 413, 415, 422, 503),
        },
      },
    },
    async ({ user, headers, body }, reply) => {
      const key = readKey(headers['idempotency-key']);
      const { provider, model, payload, maxCredits = null } = body;
      const estimate = await catalog.check(provider, model, payload);
      const quoted = estimate === null ? null : { least: estimate.least, most: estimate.most };
      const bodyHash = hashOf({ provider, model, payload, maxCredits });
      const made = await generations.create({
        user,
        key,
        bodyHash,
        provider,
        model,
        payload,
        maxCredits,
        quoted,
      });
      switch (made.outcome) {
        case 'created':
        case 'existing':
          return reply
            .code(made.outcome === 'created' ? 202 : 200)
            .header('location', `/v1/generations/${made.generation.id}`)
            .send(presented(made.generation));
        case 'conflict':
          throw new Problem(
            409,
            'idempotency_key_reused',
            'This Idempotency-Key was used for another body. Use a new key for a new request.',
          );
        case 'overDailyCap':
          throw new Problem(402, 'over_cap', made.reason);
      }
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/generations/:id',
    {
      schema: {
        summary: 'One generation',
        params: idParameter,
        response: { 200: { $ref: 'Generation#' }, ...problems(401, 404, 503) },
      },
    },
    async ({ user, params }) => {
      const generation = await generations.find(user, params.id);
      if (generation === null) throw notFound();
      return presented(generation);
    },
  );

  app.get<{ Querystring: { status?: string; cursor?: string; limit?: string } }>(
    '/v1/generations',
    {
      schema: {
        summary: "The caller's generations, newest first",
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            status: { type: 'string', enum: STATUSES },
            cursor: { type: 'string', maxLength: 200, description: '`next` of the page before.' },
            limit: {
              type: 'string',
              pattern: '^([1-9]\\d?|100)$',
              description: `1 to ${MOST_LISTED}; 20 by default.`,
            },
          },
        },
        response: { 200: { $ref: 'Generations#' }, ...problems(400, 401, 503) },
      },
    },
    async ({ user, query: { status, cursor, limit = '20' } }) => {
      const page = await generations.list(user, {
        ...(status === undefined ? {} : { status: status as Status }),
        ...(cursor === undefined ? {} : { cursor }),
        limit: Number(limit),
      });
      if (page === null)
        throw new Problem(400, 'invalid_request', 'The cursor is none that this API returned.', {
          issues: [{ path: 'cursor', expected: '`next` of the page before', received: 'something else' }],
        });
      return { generations: page.generations.map(presented), next: page.next };
    },
  );

  app.post<{ Params: { id: string } }>(
    '/v1/generations/:id/cancel',
    {
      schema: {
        summary: 'Cancels a generation',
        description:
          'Before the submit this always works; afterwards where the service can, and not for one that has ended (409).',
        params: idParameter,
        response: { 202: { $ref: 'Generation#' }, ...problems(401, 404, 409, 503) },
      },
    },
    async ({ user, params }, reply) => {
      const cancelled = await generations.cancel(user, params.id);
      if (cancelled === null) throw notFound();
      const { outcome, generation } = cancelled;
      if (outcome === 'ended')
        throw new Problem(409, 'already_ended', `The generation has ended: it is ${generation.status}.`);
      if (outcome === 'unsupported') throw uncancellable(generation);
      return reply.code(202).send(presented(generation));
    },
  );

  app.delete<{ Params: { id: string } }>(
    '/v1/generations/:id',
    {
      schema: {
        summary: "Deletes a generation's files, payload and prompt",
        params: idParameter,
        response: { 204: { type: 'null', description: 'Deleted.' }, ...problems(401, 404, 409, 503) },
      },
    },
    async ({ user, params }, reply) => {
      const outcome = await generations.remove(user, params.id);
      if (outcome === null) throw notFound();
      if (outcome === 'running')
        throw new Problem(409, 'still_running', 'The generation has not ended: cancel it first.');
      return reply.code(204).send();
    },
  );
}

function uncancellable({ status, provider }: Generation): Problem {
  if (status === 'saving')
    return new Problem(
      409,
      'already_ended',
      'The service has finished the generation: its files are being stored.',
    );
  if (status === 'needs_attention')
    return new Problem(
      409,
      'needs_attention',
      'An operator has to decide first; `attention` says about what.',
    );
  return new Problem(
    409,
    'cancel_unsupported',
    `${provider} cannot cancel a task that it may have accepted.`,
  );
}

function readKey(header: string | string[] | undefined): string {
  if (typeof header === 'string' && KEY.test(header)) return header;
  const received = header === undefined ? 'nothing' : `${header.length} characters`;
  throw new Problem(
    400,
    header === undefined ? 'idempotency_key_missing' : 'invalid_request',
    'Send an Idempotency-Key of 8 to 128 visible ASCII characters: made once for this request, and the same when it is repeated.',
    { issues: [{ path: 'Idempotency-Key', expected: '8 to 128 visible ASCII characters', received }] },
  );
}
