import { createServer, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { type SandboxOptions, startSandbox } from '../../scripts/src/sandbox/server.ts';
import { T2V } from '../support/command.ts';
import { listen } from '../support/network.ts';

export { T2V, tempFolder } from '../support/command.ts';

export const KEY = 'ak_test';

/** A PNG of one pixel. */
export const IMAGE = `data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='}`;

/** A clock that stands still until it is told. */
export class Clock {
  time = Date.UTC(2026, 10, 21, 12);
  now = (): number => this.time;
  pass(seconds: number): void {
    this.time += seconds * 1_000;
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any field
  body: any;
}

export interface CallOptions {
  key?: string | null;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A client as plain as can be: what it does not do, the sandbox cannot rely on. */
export function clientOf(origin: string) {
  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { key = KEY, headers = {}, body } = options;
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { ...(key === null ? {} : { key }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  }
  return {
    call,
    get: (path: string, options?: CallOptions) => call('GET', `/api/v1/${path}`, options),
    put: (path: string, options?: CallOptions) => call('PUT', `/api/v1/${path}`, options),
    create: (payload: JsonObject = T2V, headers: Record<string, string> = {}, key: string = KEY) =>
      call('POST', '/api/v1/generate/t2v', { body: payload, headers, key }),
    make: async (payload: JsonObject = T2V, headers: Record<string, string> = {}): Promise<string> =>
      (await call('POST', '/api/v1/generate/t2v', { body: payload, headers })).body.taskId,
    state: async (id: string): Promise<string> =>
      (await call('GET', `/api/v1/tasks/${id}/status`)).body.status,
    balance: async (key: string = KEY): Promise<number> =>
      (await call('GET', '/api/v1/account', { key })).body.currentBalance,
  };
}

/** A sandbox that ends with the test, on a clock that only the test moves. */
export async function open(options: Partial<SandboxOptions> & { clock?: Clock } = {}) {
  const { clock = new Clock(), ...others } = options;
  const sandbox = await startSandbox({ folder: null, now: clock.now, ...others });
  onTestFinished(() => sandbox.close());
  return { sandbox, clock, origin: sandbox.origin, ...clientOf(sandbox.origin) };
}

export function prompting(marker: string): JsonObject {
  return { ...T2V, prompt: `a lighthouse [sandbox:${marker}] at dawn` };
}

/** Tasks end 15 ms after they were made; what is sent late comes 90 ms after that. */
export const AT_ONCE = { speed: 20_000, clock: { now: Date.now } as never };

/** A receiver of notices, which it answers with an error, and what it was sent. */
export async function receiver() {
  const seen: { method: string | undefined; headers: IncomingHttpHeaders; body: JsonObject }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    seen.push({ method: request.method, headers: request.headers, body: JSON.parse(text) });
    response.writeHead(500).end('no');
  });
  return { seen, port: await listen(server) };
}
