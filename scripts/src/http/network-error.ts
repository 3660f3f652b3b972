import { Failure } from '../model/failure.ts';
import { plain, quoted } from '../model/text.ts';
import type { HttpRequest } from './http-client.ts';

/** The error of an exchange whose connection this program closed. */
export class ClosedHere extends Error {
  readonly code = 'CLOSED_HERE';
}

/**
 * Returns a transient network error: a retry may succeed.
 * @param unclear part of the request was sent, so the service may have received it
 */
export function networkError(request: HttpRequest, what: string, unclear: boolean, cause?: unknown): Failure {
  return new Failure('NETWORK_ERROR', `${request.url.origin} ${what}.`, { transient: true, unclear, cause });
}

// Error codes of the operating system, of Node and of undici that mean a network error.
const NETWORK_ERRORS: Record<string, string> = {
  ENOTFOUND: 'could not be found (DNS)',
  EAI_AGAIN: 'could not be resolved (DNS)',
  EAI_FAIL: 'could not be resolved (DNS)',
  EAI_NODATA: 'could not be resolved (DNS)',
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  ECONNABORTED: 'closed the connection',
  EPIPE: 'closed the connection',
  ETIMEDOUT: 'could not be reached in time',
  EHOSTUNREACH: 'cannot be reached from here',
  EHOSTDOWN: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  ENETDOWN: 'cannot be reached: the network is down',
  EADDRNOTAVAIL: 'cannot be reached from here',
  EACCES: 'cannot be reached: this machine does not allow the connection',
  EPERM: 'cannot be reached: this machine does not allow the connection',
  HPE_HEADER_OVERFLOW: 'sent headers that are too large',
  HPE_INVALID_EOF_STATE: 'closed the connection',
  CLOSED_HERE: 'was given up: the connection was closed from this side',
  UND_ERR_CONNECT_TIMEOUT: 'could not be reached in time',
  UND_ERR_SOCKET: 'closed the connection',
  UND_ERR_HEADERS_OVERFLOW: 'sent headers that are too large',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'closed the connection',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'sent an answer of another length than announced',
  UND_ERR_PRX_TLS: 'could not be reached: the proxy failed',
  UND_ERR_DESTROYED: 'was given up: the connection was closed from this side',
  UND_ERR_CLOSED: 'was given up: the connection was closed from this side',
};

/**
 * Returns a Failure that says what went wrong and whether the service may have received the request. An error that is no
 * network error is a bug and is returned unchanged.
 * @param left part of the request was sent
 */
export function explain(request: HttpRequest, error: unknown, left: boolean): unknown {
  if (error instanceof Failure) return error;
  for (const link of chain(error)) {
    const code = typeof link.code === 'string' ? link.code : '';
    const byProxy = code.startsWith('UND_ERR') ? PROXY_REFUSAL.exec(String(link.message)) : null;
    if (byProxy) return refusedByProxy(request, Number(byProxy[1]), error);
    const known = NETWORK_ERRORS[code];
    if (known) return networkError(request, `${known} (${code})`, left, error);
    const said = plain(String(link.reason ?? link.message), 120);
    if (link.name === 'HTTPParserError' || code.startsWith('HPE_')) {
      // The other side does not speak HTTP, unless it only stopped in the middle.
      const what = /EOF/.test(said) ? 'closed the connection' : 'sent something that is not HTTP';
      return networkError(request, `${what} (${said})`, left, error);
    }
    if ((CERTIFICATE.test(code) || HANDSHAKE.test(code)) && !left) {
      // The text of a certificate comes from the other side and is not trusted.
      return refusedTls(request, code, quoted(String(link.reason ?? link.message), 120), error);
    }
  }
  // Part of the request was sent: after any error its outcome is unknown.
  if (left) return networkError(request, `broke off (${plain(String(error), 120)})`, true, error);
  return error;
}

// What undici says when the proxy itself answers, to a tunnel and to a plain request.
const PROXY_REFUSAL = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;

/** Returns the failure for a proxy that refused: the service received nothing. */
function refusedByProxy(request: HttpRequest, status: number, cause: unknown): Failure {
  const why =
    status === 407 ? 'it wants a user name and a password (HTTP 407)' : `it answered HTTP ${status}`;
  return new Failure(
    'NETWORK_ERROR',
    `${request.url.origin} could not be reached through the proxy: ${why}.`,
    {
      cause,
      // A proxy that cannot reach the service answers 5xx, which may pass; its other answers are permanent.
      transient: status >= 500,
      unclear: false,
      reason: { kind: 'proxyRefusal' },
    },
  );
}

/** Adds a hint about the proxy: a failure of the proxy looks like a failure of the service. */
export function withProxy(failure: Failure): Failure {
  if (failure.details.unclear !== false || /proxy/i.test(failure.message)) return failure;
  const hint = 'A proxy is set; it may be what fails.';
  return new Failure(failure.code, `${failure.message} ${hint}`, failure.details);
}

// Node's codes for certificates that it refuses; UNSPECIFIED is its code for every other reason.
const CERTIFICATE =
  /^(CERT_|CRL_|ERROR_IN_C|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|UNSPECIFIED)$)/;
const HANDSHAKE = /^(ERR_SSL_|EPROTO)/;

/** Returns the failure for a refused TLS handshake. It is permanent, and verification is never switched off. */
function refusedTls(request: HttpRequest, code: string, said: string, cause: unknown): Failure {
  const isCertificate = CERTIFICATE.test(code);
  const what = isCertificate ? 'has a certificate that cannot be trusted' : 'could not agree on TLS';
  return new Failure('NETWORK_ERROR', `${request.url.origin} ${what} (${code}: ${said}).`, {
    cause,
    unclear: false,
    reason: { kind: isCertificate ? 'certificate' : 'handshake' },
  });
}

interface Link {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  /** OpenSSL's own words. */
  reason?: unknown;
  cause?: unknown;
  errors?: unknown;
}

/** Yields the error and its causes, outermost first. Node reports several addresses tried at once as a list of errors. */
function* chain(error: unknown, depth = 0): Generator<Link> {
  if (typeof error !== 'object' || error === null || depth > 5) return;
  const link = error as Link;
  yield link;
  if (Array.isArray(link.errors)) for (const inner of link.errors) yield* chain(inner, depth + 1);
  yield* chain(link.cause, depth + 1);
}
