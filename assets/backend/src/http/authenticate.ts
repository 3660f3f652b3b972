import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** The token of a start without API_TOKENS. It works on the loopback interface alone. */
export const DEMO_TOKEN = 'demo-token';
export const DEMO_USER = 'demo';

/**
 * Returns the user that sends a request. This is the place for your own sign-in: a session, a JWT, a table of users. The
 * name that it returns owns what the request makes, and limits what the request can see.
 * @throws Problem 401
 */
export type Authenticate = (request: FastifyRequest) => string | Promise<string>;

/** @param tokens users by bearer token; null: the demo token, on the loopback interface alone */
export function byBearerToken(tokens: ReadonlyMap<string, string> | null): Authenticate {
  const users = new Map(
    [...(tokens ?? [[DEMO_TOKEN, DEMO_USER]])].map(([token, user]) => [digest(token), user]),
  );

  return function authenticate(request) {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    // Hashes are compared, so that the time of the comparison says nothing about a token.
    const user = token === undefined ? undefined : users.get(digest(token));
    if (user === undefined || (tokens === null && !isFromThisMachine(request)))
      throw new Problem(401, 'unauthorized', 'Send a valid token: Authorization: Bearer <token>.', {
        headers: { 'www-authenticate': 'Bearer' },
      });
    return user;
  };
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64');

/**
 * The name in `Host` counts too: a page of another site can resolve its own name to this machine. So do the fields that
 * a proxy on this machine adds: what it forwards comes from elsewhere.
 */
export function isFromThisMachine({ socket, headers, hostname }: FastifyRequest): boolean {
  if (['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => headers[name] !== undefined))
    return false;
  const isNear = /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');
  return isNear && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
