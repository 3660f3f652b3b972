import { MP4 } from './media.ts';
import { type Script as ScriptOf, type Service, scripted } from './scripted.ts';
import type { Answer, Route, TestServer } from './server.ts';

/** The one task that the service makes. */
export const TASK = 'task1';

type Name = 'account' | 'quote' | 'submit' | 'list' | 'task' | 'status' | 'cancel' | 'file';

/** What a test scripts; the rest behaves as usual. */
export type Script = ScriptOf<Name>;

/** The states that a task shows, one for each query; the last one stays. */
export const states = (...words: string[]): Answer[] => words.map((status) => ({ body: { status } }));

/** The error form of the service. */
export const refusal = (status: number, errorCode?: string, message = 'no', headers = {}): Answer => ({
  status,
  headers,
  body: { status: 'FAILED', ...(errorCode && { errorCode }), message },
});

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

/** A record of the task as the service keeps it. */
export function record(server: TestServer, more: object = {}): Record<string, unknown> {
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

/** AIVideoMaker as far as a test needs it, below any path: a task that is queued, then works, then has made a clip. */
export function service(script: Script = {}): Promise<Service> {
  return scripted(routeOf, DOCUMENTED, script, refusal(404, undefined, 'Not found.'));
}

function routeOf(call: string): Name | undefined {
  if (/^GET \/file/.test(call)) return 'file';
  const [, method, route = ''] = /^(\w+) .*\/api\/v1\/(.*)$/.exec(call) ?? [];
  if (/^quote\/\w+$/.test(route)) return method === 'POST' ? 'quote' : undefined;
  if (/^generate\/\w+$/.test(route)) return method === 'POST' ? 'submit' : undefined;
  if (/^tasks\/[^/]+\/cancel$/.test(route)) return method === 'PUT' ? 'cancel' : undefined;
  if (method !== 'GET') return undefined;
  if (route === 'account' || route === 'tasks') return route === 'tasks' ? 'list' : route;
  if (/^tasks\/[^/]+\/status$/.test(route)) return 'status';
  return /^tasks\/[^/]+$/.test(route) ? 'task' : undefined;
}

const MODELS = ['t2v', 'i2v', 'minimax', 't2v_v3', 'i2v_v3', 'seedance20', 'wan27', 'newmodel'];
const PRICE = { model: 't2v', credits: 15, listPriceUsd: 0.15 };

const DOCUMENTED: Record<Name, Route> = {
  account: { body: { ok: true, apiVersion: 'v1', currentBalance: 415, supportedModels: MODELS } },
  quote: { body: { ...PRICE, currentBalance: 415, affordable: true, billable: false } },
  submit: { body: accepted },
  list: (_, { server }) => ({ body: { tasks: [record(server, { status: 'PROGRESS', output: null })] } }),
  task: (_, { server }) => ({ body: record(server) }),
  status: states('SUBMITTED', 'PROGRESS', 'COMPLETED'),
  cancel: { body: { status: 'CANCEL', taskId: TASK } },
  file: {
    headers: { 'content-type': 'video/mp4', 'content-length': String(MP4.length), etag: '"clip"' },
    body: MP4,
  },
};
