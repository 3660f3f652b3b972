import type { HttpAnswer } from '../http/http-client.ts';
import { isTransientStatus, parseRetryAfter } from '../http/retry.ts';
import { type ErrorCode, Failure, type FailureDetails } from '../model/failure.ts';
import { plain, quoted } from '../model/text.ts';
import type { Answered, Kind } from './call.ts';

interface ErrorAnswer {
  code: ErrorCode;
  /** The HTTP status, or the one that the body names in its place. */
  status: number;
  /** The service's own message; without one, its body is quoted. */
  said: string | undefined;
}

/** Returns a transient failure if the status means "later", an unclear one if a submit may have been accepted nevertheless. */
export function errorAnswer(
  { code: named, status, said }: ErrorAnswer,
  { answer, kind, settings }: Answered,
): Failure {
  const code = kind === 'submit' || kind === 'quote' || OF_A_QUERY.has(named) ? named : 'UNKNOWN_ERROR';
  const details: FailureDetails = { transient: isTransientStatus(status) || code === 'RATE_LIMITED' };
  // Strict: a submit may have been accepted unless the answer is a clear rejection.
  if (kind === 'submit' && (status >= 500 || status === 408 || status === 425 || status === 303))
    details.unclear = true;
  const retryAfter = parseRetryAfter(answer.headers['retry-after'], settings.now());
  if (retryAfter !== undefined && details.transient) details.retryAfter = retryAfter;
  return new Failure(code, messageOf(status, said, answer), details);
}

// A query carries nothing that its caller could have filled in wrongly, and costs nothing: other words mean nothing there.
const OF_A_QUERY: ReadonlySet<ErrorCode> = new Set([
  'AUTH_FAILED',
  'RATE_LIMITED',
  'TASK_NOT_FOUND',
  'NETWORK_ERROR',
]);

/** Returns the failure of an answer without the expected fields. A submit may have been accepted. */
export function unreadable({ request, answer, kind }: Answered, what: string): Failure {
  const head = answer.body.toString('utf8', 0, 800);
  const message = `The answer of ${request.url.origin} (HTTP ${answer.status}) ${what}: ${plain(head) ? quoted(head, 200) : 'empty'}.`;
  return new Failure('NETWORK_ERROR', message, { transient: true, unclear: kind === 'submit' });
}

/** Returns the error code of an HTTP status, where the body of the answer names none. */
export function codeOfStatus(status: number, kind: Kind): ErrorCode {
  if (status === 402) return 'INSUFFICIENT_CREDITS';
  if (status === 401 || status === 403) return 'AUTH_FAILED';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 404 && kind === 'task') return 'TASK_NOT_FOUND';
  if (isTransientStatus(status) || (status >= 300 && status < 400)) return 'NETWORK_ERROR';
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'INVALID_PAYLOAD';
  return 'UNKNOWN_ERROR';
}

function messageOf(status: number, said: string | undefined, answer: HttpAnswer): string {
  if (status >= 300 && status < 400) {
    return `The service redirects (HTTP ${status}); redirects are not followed, because the key would go along.`;
  }
  const words = said ?? answer.body.toString('utf8', 0, 800);
  const inner = status === answer.status ? '' : ` with the code ${status} in its body`;
  return `The service answered HTTP ${answer.status}${inner}${plain(words) ? `: ${quoted(words)}` : inner ? '' : ' with an empty body'}.`;
}
