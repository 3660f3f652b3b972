import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SANDBOX_KEY } from '../model/api-key.ts';
import { createAivideomaker } from './aivideomaker.ts';
import { createApidot } from './apidot.ts';
import { failure, originOf, pathOf, readBody, send } from './exchange.ts';
import { filesOf } from './files.ts';
import { DEFAULT_SPEED } from './lifecycle.ts';
import { answered, type Service } from './service.ts';
import { openStore } from './store.ts';
import { openWebhooks } from './webhooks.ts';

/** What `startSandbox` takes. */
export interface SandboxOptions {
  /** Where tasks are kept between processes; null or absent keeps them in memory. */
  folder?: string | null;
  /** Any free port by default. The host is always 127.0.0.1. */
  port?: number;
  /** Simulated seconds per real second. */
  speed?: number;
  /** Receives a line for each request. */
  log?(line: string): void;
}

export interface Sandbox {
  /** For `baseUrl`. */
  origin: string;
  /** For `key`. Any other key works too; each has an account of its own. */
  key: string;
  /** Why tasks are not kept between processes, or null. */
  readonly warning: string | null;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Longer than any client's polling interval: a connection must not be closed just as its next request is on its way. */
const KEEP_ALIVE_MS = 75_000;

/** @param options with the wall clock, in milliseconds */
export async function startSandbox(options: SandboxOptions & { now?: () => number } = {}): Promise<Sandbox> {
  const { folder = null, port = 0, speed = DEFAULT_SPEED, now = Date.now, log = () => {} } = options;
  if (!(speed > 0 && speed <= 1e9))
    throw new RangeError(`speed must be above 0 and at most 1e9, not ${speed}`);

  const store = openStore(folder, now);
  const files = filesOf(store, now);
  const webhooks = openWebhooks(now, log);
  const surroundings = { store, files, webhooks, now, speed };
  const services: Service[] = [createAivideomaker(surroundings), createApidot(surroundings)];

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    response.on('close', () => {
      const status = response.writableFinished ? response.statusCode : 'cut';
      log(`${request.method} ${shown(request.url)} ${status}`);
    });
    answer(request, response).catch((error) => {
      // The client has disconnected in the middle of its own request: no answer can be sent.
      if (request.destroyed && !request.complete) return;
      log(`error: ${error instanceof Error ? error.message : error}`);
      if (response.headersSent) response.destroy();
      else send(response, failure(500, 'The sandbox met an error of its own.'));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const origin = `http://${HOST}:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? '/');
    if (path?.length === 2 && (path[0] === 'files' || path[0] === 'storage')) {
      return files.serve(request, response, path[0], path[1]!);
    }
    const service = path && services.find(({ prefix }) => prefix.every((part, at) => part === path[at]));
    if (!path || !service) return send(response, failure(404, 'Not found.'));
    const reply = await answered(service, {
      method: request.method ?? '',
      path: path.slice(service.prefix.length),
      query: new URLSearchParams(request.url?.split('?', 2)[1]),
      headers: request.headers,
      origin: originOf(request.headers, origin),
      address: request.socket.remoteAddress ?? '',
      body: () => readBody(request),
    });
    send(response, reply);
  }

  return {
    origin,
    key: SANDBOX_KEY,
    get warning() {
      return store.warning;
    },
    // Ends everything at once, open connections and pending webhooks included.
    close: () =>
      new Promise((resolve) => {
        webhooks.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Returns a path for the log: without its query, and without characters that a terminal would obey. */
function shown(target = ''): string {
  return target
    .split('?', 1)[0]!
    .replace(/[^\x21-\x7e]/g, '?')
    .slice(0, 200);
}
