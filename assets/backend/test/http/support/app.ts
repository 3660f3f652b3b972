import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../../../src/http/app.ts';
import { buildApp } from '../../../src/http/app.ts';
import { byBearerToken } from '../../../src/http/authenticate.ts';
import type { ContractReader } from '../../../src/http/catalog.ts';
import { createLogger } from '../../../src/observability/log.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { type FakeGenerations, fakeGenerations } from './fake-generations.ts';

export const ALICE = { authorization: 'Bearer token-of-alice' };
export const BOB = { authorization: 'Bearer token-of-bob' };
export const VALID = {
  provider: 'aivideomaker',
  model: 't2v',
  payload: { prompt: 'a lighthouse', duration: '5' },
};

/** Two models, enough to see every answer of the API. The contracts themselves are tested with the client library. */
export const contracts: ContractReader = {
  models: async () => ['i2v', 't2v'],
  describe: async (model) => ({
    ...{
      provider: 'aivideomaker',
      model,
      output: 'video',
      example: { prompt: 'x' },
      sources: [],
      notes: ['a note'],
    },
    ...{ schema: { type: 'object', properties: { prompt: { type: 'string' } } }, replay: null },
  }),
  async validate(_model, payload) {
    const valid = typeof payload.prompt === 'string';
    const issue = { path: 'prompt', expected: 'a text', received: 'nothing', hint: 'Add it.' };
    const estimate = { least: 7, most: 20, asOf: '2026-09-17', note: 'An estimate.' };
    return valid ? { valid, issues: [], estimate } : { valid, issues: [issue], estimate: null };
  },
  parseCallback(body) {
    try {
      const { task_id: taskId } = JSON.parse(String(body)) as { task_id?: string };
      return typeof taskId === 'string' ? { taskId, state: 'COMPLETED' } : {};
    } catch {
      return {};
    }
  },
};

export interface TestApp {
  app: FastifyInstance;
  generations: FakeGenerations;
  /** Every line that was logged. */
  lines: string[];
  stored: Map<string, Buffer>;
  parts: AppParts;
}

export async function testApp(changed: Partial<AppParts> = {}): Promise<TestApp> {
  const generations = fakeGenerations();
  const lines: string[] = [];
  const stored = new Map<string, Buffer>();
  const parts: AppParts = {
    generations,
    files: {
      async open(key: string, range?: { start: number; end: number }) {
        const file = stored.get(key)!;
        return Readable.from([range === undefined ? file : file.subarray(range.start, range.end + 1)]);
      },
    } as AppParts['files'],
    services: new Map([
      ['aivideomaker', { contracts, isSandbox: true }],
      ['apidot', { contracts, isSandbox: false }],
    ]),
    authenticate: byBearerToken(
      new Map([
        ['token-of-alice', 'alice'],
        ['token-of-bob', 'bob'],
      ]),
    ),
    isDemo: false,
    log: createLogger({
      level: 'debug',
      secrets: ['token-of-alice', 'token-of-bob'],
      destination: { write: (line) => void lines.push(line) },
    }),
    metrics: createMetrics(() => generations.figures()),
    ...changed,
  };
  const app = await buildApp(parts);
  return { app, generations, lines, stored, parts };
}

let count = 0;
/** A new generation of a user, by the API. */
export async function make(
  { app }: TestApp,
  headers: { authorization: string } = ALICE,
  body: object = VALID,
): Promise<string> {
  count += 1;
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/generations',
    headers: { ...headers, 'idempotency-key': `key-number-${count}` },
    payload: body,
  });
  if (answer.statusCode !== 202) throw new Error(`${answer.statusCode} ${answer.body}`);
  return answer.json<{ id: string }>().id;
}
