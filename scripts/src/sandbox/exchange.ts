import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { compact, isObject, type JsonObject } from '../model/json.ts';

/** An HTTP request as the emulated services receive it. */
export interface Call {
  method: string;
  /** The decoded parts of the path after the service's prefix. */
  path: string[];
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The sandbox's own origin as the caller wrote it, so that URLs in answers work for that caller. */
  origin: string;
  address: string;
  /** The whole body; a `Refusal` if it is too large. */
  body(): Promise<Buffer>;
}

export interface JsonReply {
  status: number;
  body: JsonObject;
  headers?: Record<string, string> | undefined;
}

/** `cut` closes the connection without an answer. */
export type Reply = JsonReply | 'cut';

/** An answer that ends the handling of a call at once. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super('refused');
    this.reply = reply;
  }
}

/** @throws Refusal by `invalid`, also for a body that is nested deeper than recursive code can follow */
export async function fromBody<T>(
  call: Call,
  invalid: (message: string) => Reply,
  read: (body: JsonObject) => T,
): Promise<T> {
  const text = (await call.body()).toString();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal(invalid('The body is not JSON.'));
  }
  if (!isObject(body)) throw new Refusal(invalid('The body is not a JSON object.'));
  try {
    return read(body);
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal(invalid('The body is nested too deeply.'));
    throw error;
  }
}

const BODY_LIMIT = 64 * 1024 * 1024;

/** The error answer of AIVideoMaker, and of the sandbox itself. */
export function failure(status: number, message: string, errorCode?: string): JsonReply {
  return { status, body: compact({ status: 'FAILED', errorCode, message }) };
}

export function wrongMethod(...allowed: string[]): JsonReply {
  const reply = failure(405, `Method not allowed. Use ${allowed.join(' or ')}.`);
  return { ...reply, headers: { allow: allowed.join(', ') } };
}

export function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'cut') {
    response.socket?.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(reply.body));
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...reply.headers,
  });
  response.end(bytes);
}

/** Splits a request target into decoded path parts; null when it cannot be decoded. */
export function pathOf(target: string): string[] | null {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0]!;
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** Returns the origin that the caller used, from its Host header, or `otherwise` when that header is no plain host. */
export function originOf(headers: IncomingHttpHeaders, otherwise: string): string {
  const host = headers.host ?? '';
  return /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host) ? `http://${host}` : otherwise;
}

/** A body that is too large is read to its end and dropped, so that the caller receives the answer. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_LIMIT) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > BODY_LIMIT)
    throw new Refusal(failure(413, `The request body is larger than ${BODY_LIMIT} bytes.`));
  return Buffer.concat(chunks);
}
