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

/** A status with a body; an object becomes JSON. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** The connection breaks after so many bytes of the body, the length of which was said; or stays, and nothing comes. */
  breaksAfter?: number;
  stallsAfter?: number;
}

/** What comes of a request: an answer, or none because the connection is closed or reset, or nothing ever comes. */
export type Reply = Answer | 'closed' | 'reset' | 'silence';

interface Context {
  res: http.ServerResponse;
  /** How many requests with the same method and path came before. */
  count: number;
  server: TestServer;
}

/**
 * What a server does with a request: one reply; replies for one request after the other, the last of which stays; or a
 * function, which returns nothing where it took the response itself.
 */
export type Route =
  | Reply
  | readonly Route[]
  | ((request: Received, context: Context) => Reply | undefined | Promise<Reply | undefined>);

export interface TestServer {
  origin: string;
  /** Every request that arrived, in order. */
  received: Received[];
  /** The requests whose "METHOD path" begins with this. */
  to(prefix: string): Received[];
  close(): Promise<void>;
}

/** Returns what comes of a request by its route. */
export async function replyOf(
  route: Route | undefined,
  request: Received,
  context: Context,
): Promise<Reply | undefined> {
  if (typeof route === 'function') return route(request, context);
  if (!Array.isArray(route)) return route as Reply | undefined;
  return replyOf(route[Math.min(context.count, route.length - 1)], request, context);
}

/** A real HTTP server on a free port of the loopback interface, gone when the test ends. */
export async function serve(route: Route): Promise<TestServer> {
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
    const call = `${request.method} ${request.path}`;
    const count = counts.get(call) ?? 0;
    counts.set(call, count + 1);
    const reply = await replyOf(route, request, { res, count, server: handle });
    if (!reply || res.destroyed) return;
    if (reply === 'closed') res.destroy();
    else if (reply === 'reset') res.socket?.resetAndDestroy();
    else if (reply !== 'silence') send(res, reply);
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

function send(res: http.ServerResponse, answer: Answer): void {
  const { status = 200, headers = {}, body = '', breaksAfter, stallsAfter } = answer;
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = Buffer.from(isText ? body : JSON.stringify(body));
  const type = isText ? {} : { 'content-type': 'application/json' };
  if (breaksAfter === undefined && stallsAfter === undefined) {
    res.writeHead(status, { ...type, ...headers });
    res.end(bytes);
    return;
  }
  res.writeHead(status, { ...type, 'content-length': String(bytes.length), ...headers });
  res.write(bytes.subarray(0, breaksAfter ?? stallsAfter), () => {
    // What was written has to arrive first.
    if (breaksAfter !== undefined) setTimeout(() => res.destroy(), 10);
  });
}

/** A route that sends a piece over and over, as quickly as it is taken, until so many bytes were sent; and how many were. */
export function poured(piece: Buffer, most: number, headers: Record<string, string> = {}) {
  let sent = 0;
  const route: Route = (_, { res }) => {
    res.writeHead(200, headers);
    const pump = () => {
      while (!res.destroyed && sent < most) {
        sent += piece.length;
        if (!res.write(piece)) return void res.once('drain', pump);
      }
      res.end();
    };
    pump();
    return undefined;
  };
  return { route, sent: () => sent };
}

/** The rest of a file that a request asks for with Range, or all of it. */
export function restOf({ headers }: Received, body: Buffer, etag = '"one"'): Answer {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const range = from > 0 && { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` };
  const type = { 'content-type': 'video/mp4', etag };
  return { status: range ? 206 : 200, headers: { ...type, ...range }, body: body.subarray(from) };
}

/** A loopback port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
