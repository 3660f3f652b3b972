import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  method: string;
  /** Path and query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/**
 * What a handler may answer: a status with a body (an object becomes JSON), or nothing when it took the response itself.
 */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface TestServer {
  origin: string;
  /** Every request that arrived, in order. */
  received: Received[];
  /** The requests whose "METHOD path" begins with this. */
  to(prefix: string): Received[];
  close(): Promise<void>;
}

type Handler = (
  request: Received,
  context: { res: http.ServerResponse; count: number; server: TestServer },
) => Answer | undefined | Promise<Answer | undefined>;

/**
 * A real HTTP server on a free port of the loopback interface, gone when the test ends. `count` says how many requests
 * with the same method and path came before, which makes "fail twice, then succeed" one condition.
 */
export async function serve(handler: Handler): Promise<TestServer> {
  const received: Received[] = [];
  const counts = new Map<string, number>();
  const server = http.createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of req) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const request: Received = {
      method: req.method ?? '',
      path: req.url ?? '',
      headers: req.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    received.push(request);
    const route = `${request.method} ${request.path}`;
    const count = counts.get(route) ?? 0;
    counts.set(route, count + 1);
    const answer = await handler(request, { res, count, server: handle });
    if (!answer || res.destroyed) return;
    const { status = 200, headers = {}, body = '' } = answer;
    const isText = typeof body === 'string' || Buffer.isBuffer(body);
    res.writeHead(status, { ...(isText ? {} : { 'content-type': 'application/json' }), ...headers });
    res.end(isText ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const handle: TestServer = {
    origin: `http://127.0.0.1:${port}`,
    received,
    to: (prefix) => received.filter(({ method, path }) => `${method} ${path}`.startsWith(prefix)),
    close,
  };
  onTestFinished(close);
  return handle;
}

/** A loopback port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
