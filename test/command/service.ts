import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { CANARY } from '../support/command.ts';
import { MP4 } from '../support/media.ts';
import { type Route, type Script as ScriptOf, scripted } from '../support/scripted.ts';
import type { Answer, Received, TestServer } from '../support/server.ts';

export const TASK = 'ck7f3a9d21e8b54c60';

type Name = 'account' | 'quote' | 'generate' | 'list' | 'task' | 'status' | 'cancel' | 'file';

/** What a test scripts; the rest behaves as usual. */
export type Script = ScriptOf<Name>;

export interface Service extends TestServer {
  submits(): Received[];
}

/** The states that a task shows, one for each query; the last one stays. */
export const states =
  (...words: string[]): Route =>
  (_, { count }) => ({ body: { status: words[Math.min(count, words.length - 1)] } });

export const failure = (
  status: number,
  errorCode: string | undefined,
  message: string,
  headers = {},
): Answer => ({
  status,
  headers,
  body: { status: 'FAILED', ...(errorCode && { errorCode }), message },
});

/** A record of the task as the service keeps it. */
export function record(server: TestServer, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: TASK,
    model: 't2v',
    input: { prompt: 'a lighthouse at dawn', aspectRatio: '16:9', duration: '5' },
    output: { url: `${server.origin}/files/clip.mp4`, msg: 'kept for 24 hours' },
    status: 'COMPLETED',
    createdAt: new Date().toISOString(),
    completedAt: new Date().toISOString(),
    creditsCharged: 15,
    creditsRefunded: 0,
    listValueCents: 15,
    idempotencyKey:
      server.received.find(({ method }) => method === 'POST')?.headers['idempotency-key'] ?? null,
    ...more,
  };
}

/** AIVideoMaker as far as a test needs it, on a path of its own if one is given. */
export async function service(script: Script = {}, base = ''): Promise<Service> {
  const nameOf = (request: Received) => routeOf(request, base);
  const server = await scripted(nameOf, DOCUMENTED, script, failure(404, undefined, 'Not found.'));
  return { ...server, submits: () => server.to(`POST ${base}/api/v1/generate/`) };
}

function routeOf({ method, path: target }: Received, base: string): Name | undefined {
  const call = `${method} ${target.startsWith(base) ? target.slice(base.length) : ''}`;
  if (call === 'GET /api/v1/account') return 'account';
  if (call === 'GET /api/v1/tasks') return 'list';
  if (/^POST \/api\/v1\/quote\/\w+$/.test(call)) return 'quote';
  if (/^POST \/api\/v1\/generate\/\w+$/.test(call)) return 'generate';
  if (/^GET \/api\/v1\/tasks\/[^/]+\/status$/.test(call)) return 'status';
  if (/^GET \/api\/v1\/tasks\/[^/]+$/.test(call)) return 'task';
  if (/^PUT \/api\/v1\/tasks\/[^/]+\/cancel$/.test(call)) return 'cancel';
  return call.startsWith('GET /files/') ? 'file' : undefined;
}

const DOCUMENTED: Record<Name, Route> = {
  account: {
    body: {
      ok: true,
      apiVersion: 'v1',
      currentBalance: 415,
      supportedModels: ['t2v', 'i2v', 'minimax', 't2v_v3', 'i2v_v3', 'seedance20', 'wan27', 'newmodel'],
    },
  },
  quote: {
    body: {
      model: 't2v',
      credits: 15,
      listPriceUsd: 0.15,
      currentBalance: 415,
      affordable: true,
      billable: false,
    },
  },
  generate: () => ({ body: accepted }),
  list: (_, { server }) => ({ body: { tasks: [record(server, { status: 'PROGRESS', output: null })] } }),
  task: (_, { server }) => ({ body: record(server) }),
  status: states('SUBMITTED', 'PROGRESS', 'COMPLETED'),
  cancel: { body: { status: 'CANCEL', taskId: TASK } },
  file: { headers: { 'content-type': 'video/mp4', 'content-length': String(MP4.length) }, body: MP4 },
};

/** The answer to a submit, with the addresses on the service's own host, which must not be followed. */
export const accepted = {
  status: 'SUBMITTED',
  taskId: TASK,
  creditsCharged: 15,
  idempotentReplay: false,
  responseUrl: `https://aivideomaker.ai/api/v1/tasks/${TASK}`,
  statusUrl: `https://aivideomaker.ai/api/v1/tasks/${TASK}/status`,
  cancelUrl: `https://aivideomaker.ai/api/v1/tasks/${TASK}/cancel`,
};

/** The key was in the header `key` of each API call, and nowhere else in what was sent. */
export function expectKeyInItsHeaderOnly({ received }: TestServer): void {
  for (const { path: target, headers, body } of received) {
    const { key, ...others } = headers;
    expect(key).toBe(target.includes('/files/') ? undefined : CANARY);
    expect(JSON.stringify([target, others, body])).not.toContain(CANARY);
  }
}

/** No file below the folder holds the key. */
export function expectNoKeyBelow(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(readFileSync(path.join(entry.parentPath, entry.name)).includes(CANARY)).toBe(false);
  }
}

/** The first command among the next steps, as a shell would take it. */
export function commandIn(data: { nextSteps?: unknown }): string {
  const command = (data.nextSteps as string[] | undefined)?.find((step) => step.startsWith('node '));
  expect(command).toBeDefined();
  return command!;
}
