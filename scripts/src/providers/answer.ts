// Reading an answer defensively: what is the same for every service, whatever it calls its fields.
import { isTransientStatus, parseRetryAfter } from '../http/again.ts';
import type { HttpAnswer, HttpRequest } from '../http/message.ts';
import { type ErrorCode, Failure, type FailureDetails } from '../types/failure.ts';
import type { Json } from '../types/json.ts';
import { plain } from '../types/text.ts';

/** What a request was for: a lost submit may have been charged, and only a task can be "not found". */
export type Kind = 'submit' | 'task' | 'other';

export interface Refused {
  code: ErrorCode;
  /** The HTTP status, or the one that the body names in its place. */
  status: number;
  /** The service's own words; where it has none its body is quoted. */
  said: string | undefined;
  answer: HttpAnswer;
  kind: Kind;
  now: () => number;
}

/**
 * The failure that a refusing answer stands for. It is transient where the status says "later", and unclear where a
 * submit may have been carried out all the same.
 */
export function refused({ code, status, said, answer, kind, now }: Refused): Failure {
  const details: FailureDetails = { transient: isTransientStatus(status) || code === 'RATE_LIMITED' };
  // The strict reading: whatever is not a plain "no" may have been carried out.
  if (kind === 'submit' && (status >= 500 || status === 408 || status === 425 || status === 303))
    details.unclear = true;
  const retryAfter = parseRetryAfter(answer.headers['retry-after'], now());
  if (retryAfter !== undefined && details.transient) details.retryAfter = retryAfter;
  return new Failure(code, messageOf(status, said, answer), details);
}

/** The failure of an answer in which nothing can be read that was asked for. A submit may have been carried out. */
export function unreadable(request: HttpRequest, answer: HttpAnswer, what: string, kind: Kind): Failure {
  const head = plain(answer.body.toString('utf8', 0, 800), 200);
  const message = `The answer of ${request.url.origin} (HTTP ${answer.status}) ${what}: ${head ? `"${head}"` : 'empty'}.`;
  return new Failure('NETWORK_ERROR', message, { transient: true, unclear: kind === 'submit' });
}

/** The error code that an HTTP status stands for by itself. */
export function codeOfStatus(status: number, kind: Kind): ErrorCode {
  if (status === 402) return 'INSUFFICIENT_CREDITS';
  if (status === 401 || status === 403) return 'AUTH_FAILED';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 404 && kind === 'task') return 'TASK_NOT_FOUND';
  if (isTransientStatus(status) || (status >= 300 && status < 400)) return 'NETWORK_ERROR';
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'INVALID_PAYLOAD';
  return 'UNKNOWN_ERROR';
}

/** The first of the values that is a text with something in it. */
export function firstText(...values: (Json | undefined)[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}

function messageOf(status: number, said: string | undefined, answer: HttpAnswer): string {
  if (status >= 300 && status < 400) {
    return `The service redirects (HTTP ${status}); redirects are not followed, because the key would go along.`;
  }
  const quoted = plain(said ?? answer.body.toString('utf8', 0, 800));
  return `The service answered HTTP ${status}${quoted ? `: "${quoted}"` : ' with an empty body'}.`;
}
