import { Failure } from '../model/failure.ts';
import { plain, quoted } from '../model/text.ts';
import type { HttpRequest } from './message.ts';

/** What ends an exchange when this side closes the connection under it. */
export class ClosedHere extends Error {
  readonly code = 'CLOSED_HERE';
}

/** How a request's service is called in messages. */
export function where(request: HttpRequest): string {
  return request.url.origin;
}

/**
 * Trouble on the way, after which another attempt may help.
 * @param unclear the request had begun to leave
 */
export function trouble(request: HttpRequest, what: string, unclear: boolean, cause?: unknown): Failure {
  return new Failure('NETWORK_ERROR', `${where(request)} ${what}.`, { transient: true, unclear, cause });
}

// Codes of the operating system, of Node and of undici that stand for trouble on the way.
const TROUBLE: Record<string, string> = {
  ENOTFOUND: 'could not be found (DNS)',
  EAI_AGAIN: 'could not be polled up (DNS)',
  EAI_FAIL: 'could not be polled up (DNS)',
  EAI_NODATA: 'could not be polled up (DNS)',
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
 * What went wrong, in a Failure that says whether the request may have arrived; the error itself when it is a bug.
 * @param left the request had begun to leave
 */
export function explain(request: HttpRequest, error: unknown, left: boolean): unknown {
  if (error instanceof Failure) return error;
  for (const link of chain(error)) {
    const code = typeof link.code === 'string' ? link.code : '';
    const byProxy = code.startsWith('UND_ERR') ? PROXY_REFUSAL.exec(String(link.message)) : null;
    if (byProxy) return refusedByProxy(request, Number(byProxy[1]), error);
    const known = TROUBLE[code];
    if (known) return trouble(request, `${known} (${code})`, left, error);
    const said = plain(String(link.reason ?? link.message), 120);
    if (link.name === 'HTTPParserError' || code.startsWith('HPE_')) {
      // Whatever answered was not speaking HTTP, unless it only stopped in the middle.
      const what = /EOF/.test(said) ? 'closed the connection' : 'sent something that is not HTTP';
      return trouble(request, `${what} (${said})`, left, error);
    }
    if (isTlsCode(code) && !left) {
      // A certificate is text of whoever answered.
      return refusedTls(request, code, quoted(String(link.reason ?? link.message), 120), error);
    }
  }
  // After the request had begun to leave, whatever happened leaves open what became of it.
  if (left) return trouble(request, `broke off (${plain(String(error), 120)})`, true, error);
  return error;
}

// What undici says when the proxy itself answers, to a tunnel and to a plain request.
const PROXY_REFUSAL = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;

/** The proxy's own "no": nothing went further than to it. */
function refusedByProxy(request: HttpRequest, status: number, cause: unknown): Failure {
  const why =
    status === 407 ? 'it wants a user name and a password (HTTP 407)' : `it answered HTTP ${status}`;
  return new Failure('NETWORK_ERROR', `${where(request)} could not be reached through the proxy: ${why}.`, {
    cause,
    // A proxy whose own way is blocked says so with 5xx; its other answers stay the same.
    transient: status >= 500,
    unclear: false,
    reason: { kind: 'proxyRefusal' },
  });
}

/** What fails on the way to a proxy looks as if the service had failed. */
export function withProxy(failure: Failure): Failure {
  if (failure.details.unclear !== false || /proxy/i.test(failure.message)) return failure;
  const hint = 'A proxy is set; it may be what fails.';
  return new Failure(failure.code, `${failure.message} ${hint}`, failure.details);
}

// Node's names for what speaks against a certificate; anything that it has no name for is UNSPECIFIED.
const CERTIFICATE =
  /^(CERT_|CRL_|ERROR_IN_C|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|UNSPECIFIED)$)/;
const HANDSHAKE = /^(ERR_SSL_|EPROTO)/;

function isTlsCode(code: string): boolean {
  return CERTIFICATE.test(code) || HANDSHAKE.test(code);
}

/** No TLS came about. Asking again changes nothing, and verification is never switched off. */
function refusedTls(request: HttpRequest, code: string, said: string, cause: unknown): Failure {
  const isCertificate = CERTIFICATE.test(code);
  const what = isCertificate ? 'has a certificate that cannot be trusted' : 'could not agree on TLS';
  return new Failure('NETWORK_ERROR', `${where(request)} ${what} (${code}: ${said}).`, {
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

/** The error and what caused it, outermost first; several addresses tried at once come as a list of errors. */
function* chain(error: unknown, depth = 0): Generator<Link> {
  if (typeof error !== 'object' || error === null || depth > 5) return;
  const link = error as Link;
  yield link;
  if (Array.isArray(link.errors)) for (const inner of link.errors) yield* chain(inner, depth + 1);
  yield* chain(link.cause, depth + 1);
}
