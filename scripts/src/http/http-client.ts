import { Readable } from 'node:stream';

/** One HTTP request, complete: nothing is added, no redirect is followed. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT';
  url: URL;
  headers: Record<string, string>;
  body?: Iterable<Uint8Array> & {
    /** Bytes. */
    readonly length: number;
  };
}

/** The beginning of an answer. Header names are in lower case; a header that came twice is joined with a comma. */
export interface HttpHead {
  status: number;
  headers: Record<string, string>;
}

export interface HttpAnswer extends HttpHead {
  body: Buffer;
}

/** The events of one HTTP exchange, in this order. */
export interface HttpEvents {
  /** The first byte leaves next. A submit that fails before this event is `rejected`: the service has received nothing; later `unknown`. */
  onLeave(): void;
  onHead(head: HttpHead): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** The exchange ended without a complete answer. */
  onError(error: unknown): void;
}

export interface OngoingRequest {
  /** Stops reading, so that the sender waits. */
  pause(): void;
  resume(): void;
  abort(): void;
}

/** Sends HTTP requests. Unlike `fetch`, it says whether one has left: that decides whether a failed submit may have been charged. */
export interface HttpClient {
  /**
   * Starts one HTTP exchange.
   * @param fresh uses a new connection and closes it afterwards
   * @throws when the request cannot be sent at all
   */
  start(request: HttpRequest, events: HttpEvents, fresh: boolean): OngoingRequest;
  /** Ends all exchanges that are under way. Idle connections do not keep the process alive. */
  close(): void;
}

export const USER_AGENT = 'async-media-workflow';

export interface ProxySettings {
  httpProxy?: string | undefined;
  httpsProxy?: string | undefined;
  noProxy?: string | undefined;
}

export const CONNECT_TIMEOUT_MS = 10_000;
export const MAX_HEADER_BYTES = 64 * 1024;

export function outgoingHeaders({ headers, body }: HttpRequest): Record<string, string> {
  return body ? { ...headers, 'content-length': String(body.length) } : headers;
}

/** Returns the body as a stream that encodes while it is read; null for a request without a body. */
export function outgoingBody({ body }: HttpRequest): Readable | null {
  return body ? Readable.from(body, { objectMode: false }) : null;
}

/** Returns headers with lower-case names; several values of one header are joined, as HTTP allows. */
export function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return out;
}
