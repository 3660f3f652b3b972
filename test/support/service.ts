import { MP4 } from './media.ts';
import { type Route, type Script as ScriptOf, scripted } from './scripted.ts';
import type { Answer, Received, TestServer } from './server.ts';

/** Cuts the connection, as a network does. */
export const cut: Route = (_, { res }) => {
  res.destroy();
  return undefined;
};

/** The error form of the service. */
export const refusal = (status: number, errorCode?: string, message = 'no'): Answer => ({
  status,
  body: { status: 'FAILED', ...(errorCode && { errorCode }), message },
});

/** A record of the one task that the service makes. */
export const record = (server: TestServer, more: object = {}): object => ({
  id: 'task1',
  model: 't2v',
  input: {},
  output: { url: `${server.origin}/file.mp4` },
  status: 'COMPLETED',
  creditsCharged: 15,
  creditsRefunded: 0,
  ...more,
});

/**
 * Returns a service that accepts a submit, has finished its task at the first poll, and serves its file.
 */
export function service(script: Script = {}): Promise<TestServer> {
  return scripted(routeOf, USUAL, script, refusal(404, undefined, 'not found'));
}

type Name = 'submit' | 'status' | 'task' | 'list' | 'cancel' | 'quote' | 'account' | 'file';

/** What a test scripts; the rest behaves as usual. */
export type Script = ScriptOf<Name>;

const USUAL: Record<Name, Route> = {
  submit: { body: { status: 'SUBMITTED', taskId: 'task1', creditsCharged: 15, idempotentReplay: false } },
  status: { body: { status: 'COMPLETED' } },
  task: (_, { server }) => ({ body: record(server) }),
  list: { body: { tasks: [] } },
  cancel: { body: { status: 'CANCEL', taskId: 'task1' } },
  quote: { body: { model: 't2v', credits: 15, currentBalance: 400, affordable: true, billable: false } },
  account: { body: { ok: true, apiVersion: 'v1', currentBalance: 415, supportedModels: ['t2v', 'new1'] } },
  file: { body: MP4, headers: { 'content-type': 'video/mp4', etag: '"clip"' } },
};

function routeOf({ method, path }: Received): Name | undefined {
  if (path.startsWith('/file')) return 'file';
  const route = path.replace(/^.*\/api\/v1\//, '');
  if (route.startsWith('generate/')) return method === 'POST' ? 'submit' : undefined;
  if (route.startsWith('quote/')) return 'quote';
  if (route === 'account' || route === 'tasks') return route === 'tasks' ? 'list' : route;
  if (route.endsWith('/status')) return 'status';
  if (route.endsWith('/cancel')) return method === 'PUT' ? 'cancel' : undefined;
  return route.startsWith('tasks/') ? 'task' : undefined;
}
