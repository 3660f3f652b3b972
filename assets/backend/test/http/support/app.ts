import { createConnection, type Socket } from 'node:net';
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

/** Starts listening, and returns the origin. */
export const listen = (app: FastifyInstance): Promise<string> => app.listen({ port: 0, host: '127.0.0.1' });

/** Sends bytes as they are, and returns all that came back when the other side closed or `until` is in it. */
export function exchange(origin: string, bytes: (string | Buffer)[], until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = createConnection({ port: Number(new URL(origin).port), host: '127.0.0.1' });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (until?.test(text) === true) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.once('error', reject);
    socket.once('end', () => resolve(text));
    for (const part of bytes) socket.write(part);
  });
}

export interface SentEvent {
  id?: string;
  event?: string;
  data?: string;
}

/** Reads server-sent events; `next` waits for one more, and is null when the stream has ended. */
export async function readEvents(url: string, headers: Record<string, string>) {
  const ending = new AbortController();
  const response = await fetch(url, { headers, signal: ending.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** Comments that came so far. */
  const comments: string[] = [];

  async function next(): Promise<SentEvent | null> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end === -1) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) return null;
        text += value;
        continue;
      }
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      if (lines[0]!.startsWith(':')) comments.push(lines[0]!);
      const fields = Object.fromEntries(
        lines.map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
      );
      if (fields.data !== undefined) return fields;
    }
  }
  return { response, next, comments, close: () => ending.abort() };
}
