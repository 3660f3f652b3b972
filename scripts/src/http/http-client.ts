import { Readable } from 'node:stream';
import type { HttpHead, HttpRequest } from './message.ts';

/** What becomes of one request, in this order. */
export interface HttpEvents {
  /** A connection stands and the first byte leaves next: until then, nothing was delivered. */
  onLeave(): void;
  /** Headers of the final answer. */
  onHead(head: HttpHead): void;
  onData(chunk: Buffer): void;
  /** The answer came whole. */
  onEnd(): void;
  /** The exchange is over without a whole answer. */
  onError(error: unknown): void;
}

/** A request on its way. */
export interface OngoingRequest {
  /** Holds back further data, so that the sender waits. */
  pause(): void;
  resume(): void;
  /** Closes its connection. */
  abort(): void;
}

/** A way to a service: its connections, and how requests travel over them. */
export interface HttpClient {
  /**
   * @param fresh on a connection of its own, which is closed afterwards
   * @throws what the request cannot be sent for at all
   */
  start(request: HttpRequest, events: HttpEvents, fresh: boolean): OngoingRequest;
  /** Ends whatever is under way. A connection at rest holds no process up, and closes by itself. */
  close(): void;
}

export const CONNECT_TIMEOUT_MS = 10_000;
export const MAX_HEADER_BYTES = 64 * 1024;

/** The headers of a request as they leave. */
export function outgoingHeaders({ headers, body }: HttpRequest): Record<string, string> {
  return body ? { ...headers, 'content-length': String(body.length) } : headers;
}

/** The body of a request, encoded as it leaves; null where there is none. */
export function outgoingBody({ body }: HttpRequest): Readable | null {
  return body ? Readable.from(body, { objectMode: false }) : null;
}

/** Names several values of one header as one text, as HTTP allows, and all names in lower case. */
export function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return out;
}
