// The contract of the HTTP API, written once: Fastify checks and writes by these schemas, and /openapi.json is made of them.

import { STATUSES, WAIT_REASONS } from '../generations/types.ts';

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const date = { type: 'string', description: 'ISO 8601, UTC.' } as const;
const dateOrNull = { type: ['string', 'null'] } as const;
const credits = { type: ['number', 'null'], description: 'null: the service did not say.' } as const;

export const generation = {
  $id: 'Generation',
  type: 'object',
  required: [
    'id',
    'provider',
    'model',
    'prompt',
    'status',
    'taskId',
    'createdAt',
    'submittedAt',
    'endedAt',
    'credits',
    'error',
    'files',
    'attention',
    'waiting',
    'sandbox',
  ],
  properties: {
    id: text,
    provider: text,
    model: text,
    prompt: {
      ...textOrNull,
      description:
        'The first 300 characters of `payload.prompt`; null where there is none, or it was deleted.',
    },
    status: { type: 'string', enum: STATUSES, description: '`succeeded` only when every file is stored.' },
    taskId: { ...textOrNull, description: "The service's id; null until it has accepted the request." },
    createdAt: date,
    submittedAt: dateOrNull,
    endedAt: dateOrNull,
    credits: {
      type: 'object',
      required: ['quoted', 'charged', 'refunded'],
      properties: { quoted: credits, charged: credits, refunded: credits },
    },
    error: {
      type: ['object', 'null'],
      required: ['code', 'message'],
      properties: { code: text, message: text },
    },
    files: {
      type: 'array',
      items: {
        type: 'object',
        required: ['n', 'mediaType', 'bytes', 'sha256', 'url'],
        properties: {
          n: { type: 'integer', minimum: 1 },
          mediaType: text,
          bytes: { type: 'integer' },
          sha256: text,
          url: { ...text, description: 'A path of this API; it takes the same token.' },
        },
      },
    },
    attention: { ...textOrNull, description: 'What a person has to decide; null where nobody has to.' },
    waiting: {
      ...textOrNull,
      enum: [...WAIT_REASONS, null],
      description:
        'What holds a queued one back: `credits` and `key` of the account at the service, the `service` itself, or your `limit` of running ones.',
    },
    sandbox: { type: 'boolean', description: 'The sandbox stood in for the service: nothing was charged.' },
  },
} as const;

export const newGeneration = {
  $id: 'NewGeneration',
  type: 'object',
  required: ['provider', 'model', 'payload'],
  additionalProperties: false,
  properties: {
    provider: { type: 'string', minLength: 1, maxLength: 60 },
    model: { type: 'string', minLength: 1, maxLength: 120 },
    payload: { type: 'object', description: "By the model's contract: GET /v1/models/{provider}/{model}." },
    maxCredits: {
      type: ['integer', 'null'],
      minimum: 1,
      maximum: 2_147_483_647,
      description: 'Credits. Above this nothing is submitted.',
    },
  },
} as const;

export const generations = {
  $id: 'Generations',
  type: 'object',
  required: ['generations', 'next'],
  properties: {
    generations: { type: 'array', items: { $ref: 'Generation#' } },
    next: { ...textOrNull, description: 'The `cursor` of the next page; null on the last one.' },
  },
} as const;

export const problem = {
  $id: 'Problem',
  type: 'object',
  description: 'RFC 9457. Decide by `status` and `code`.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    code: text,
    detail: text,
    issues: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'expected', 'received'],
        properties: { path: text, expected: text, received: text, hint: text },
      },
    },
  },
} as const;

export const model = {
  $id: 'Model',
  type: 'object',
  required: ['provider', 'model', 'output', 'schema', 'example', 'notes', 'sandbox'],
  properties: {
    provider: text,
    model: text,
    output: { type: 'string', enum: ['video', 'image', 'audio', 'model3d'] },
    schema: {
      type: 'object',
      additionalProperties: true,
      description: 'JSON Schema 2020-12 of the payload.',
    },
    example: { type: 'object', additionalProperties: true },
    notes: { type: 'array', items: text },
    sandbox: { type: 'boolean' },
  },
} as const;

export const models = {
  $id: 'Models',
  type: 'object',
  required: ['models'],
  properties: {
    models: {
      type: 'array',
      items: {
        type: 'object',
        required: ['provider', 'model', 'sandbox'],
        properties: { provider: text, model: text, sandbox: { type: 'boolean' } },
      },
    },
  },
} as const;

export const estimate = {
  $id: 'Estimate',
  type: 'object',
  required: ['credits', 'sandbox'],
  properties: {
    sandbox: { type: 'boolean' },
    credits: {
      type: ['object', 'null'],
      description:
        "By the contract's price of `asOf`; the service's own quote decides. null: no price is known.",
      required: ['least', 'most', 'asOf', 'note'],
      properties: { least: { type: 'number' }, most: { type: 'number' }, asOf: text, note: text },
    },
  },
} as const;

export const SCHEMAS = [generation, newGeneration, generations, problem, model, models, estimate];

/** The answers of a route that are problems, by status, for the OpenAPI document. */
export function problems<Status extends number>(...statuses: Status[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'Problem', content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } } },
    ]),
  );
}

export const idParameter = {
  type: 'object',
  required: ['id'],
  properties: { id: text },
} as const;
