import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** A place in the input, and what is wrong with it. */
export interface ProblemIssue {
  /** `payload.duration`, `Idempotency-Key`. */
  path: string;
  expected: string;
  received: string;
  hint?: string;
}

interface Extra {
  issues?: ProblemIssue[];
  headers?: Record<string, string>;
}

/** An answer that is no success, as RFC 9457 describes it. `code` is stable; a program decides by it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly statusCode: number;
  readonly code: string;
  readonly issues: ProblemIssue[] | undefined;
  readonly headers: Record<string, string>;

  /** @param detail what happened and what to do, for a person. It must hold nothing secret. */
  constructor(statusCode: number, code: string, detail: string, { issues, headers = {} }: Extra = {}) {
    super(detail);
    this.statusCode = statusCode;
    this.code = code;
    this.issues = issues;
    this.headers = headers;
  }

  /** The body of the answer. */
  toBody() {
    const { statusCode: status, code, message: detail, issues } = this;
    // RFC 9457, 4.2.1: with about:blank the title is the status code's phrase, and the code tells more.
    const title = STATUS_CODES[status] ?? 'Error';
    return { type: 'about:blank', title, status, code, detail, ...(issues === undefined ? {} : { issues }) };
  }
}

export const notFound = (): Problem =>
  new Problem(404, 'not_found', 'There is no such generation among those of this token.');

/** Sends a problem as application/problem+json. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem.toBody());
}

/** Answers any error as a problem. One that is not the caller's is logged, and its text stays inside. */
export function onError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = toProblem(error);
  if (problem.statusCode >= 500)
    request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
  return sendProblem(reply, problem);
}

/** Returns the problem for an error of a route, of Fastify or of the database. */
export function toProblem(error: Error & Partial<FastifyError>): Problem {
  if (error instanceof Problem) return error;
  if (error.validation !== undefined) return fromValidation(error as FastifyError);
  if (isUnavailable(error))
    return new Problem(
      503,
      'unavailable',
      'The database or the file store cannot be used now. Repeat the same request later.',
      {
        headers: { 'retry-after': '5' },
      },
    );
  const { statusCode = 500 } = error;
  if (statusCode >= 500) return new Problem(500, 'internal_error', 'The request failed. The log says why.');
  const code = CODES[statusCode] ?? 'bad_request';
  return new Problem(statusCode, code, DETAILS[statusCode] ?? error.message);
}

/** Answers bytes that are no HTTP request, by hand: they never become one. */
export function answerMalformed({ code }: Error & { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = problemOf(code).toBody();
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  // A sender that never closes its side would keep the socket.
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}

function problemOf(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem(431, 'headers_too_large', 'The headers of the request are too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem(408, 'request_timeout', 'The request did not arrive in time.');
  return new Problem(400, 'bad_request', 'This is no HTTP request.');
}

const CODES: Record<number, string> = {
  404: 'not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
};

const DETAILS: Record<number, string> = {
  415: 'The body must be sent with Content-Type: application/json.',
};

function fromValidation({ validation = [], validationContext = 'body' }: FastifyError): Problem {
  const issues = validation.map(({ instancePath, message = '', keyword, params }) => {
    const inner = instancePath.slice(1).replaceAll('/', '.');
    const field = String(params.missingProperty ?? params.additionalProperty ?? '');
    const path = [inner, field].filter(Boolean).join('.');
    return {
      path: path === '' ? validationContext : path,
      expected: keyword === 'additionalProperties' ? 'no such field' : expectedBy(message, params),
      received: keyword === 'required' ? 'nothing' : 'something else',
    };
  });
  const where = validationContext === 'querystring' ? 'query' : validationContext;
  return new Problem(400, 'invalid_request', `The ${where} is not as the API describes it; see issues.`, {
    issues,
  });
}

function expectedBy(message: string, params: Record<string, unknown>): string {
  const { allowedValues } = params as { allowedValues?: unknown[] };
  return allowedValues === undefined ? message : `one of ${allowedValues.join(', ')}`;
}

// Of PostgreSQL: connections lost or refused (class 08), a standby (25006), conflicts of transactions (class 40), no
// connection, memory or disk left (class 53), shutting down or starting (57P01 to 57P03), an error of its disk (58030).
// Of the system: the network, or the disk.
const UNAVAILABLE =
  /^(08...|25006|40...|53...|57P0[123]|58030|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENOSPC|EDQUOT|EROFS|EIO)$/;

function isUnavailable(error: Error & { code?: string }): boolean {
  if (error.code !== undefined && UNAVAILABLE.test(error.code)) return true;
  // The file store did not answer in time.
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return true;
  // What `pg` says of a connection that ended under a statement has no code.
  return /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    error.message,
  );
}
