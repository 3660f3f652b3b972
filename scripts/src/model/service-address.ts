import type { Problem } from './issue.ts';
import { checkPublicUrl, THIS_MACHINE } from './public-address.ts';
import { urlOf } from './url.ts';

/** True for the addresses that never leave this machine. */
export function isLoopback(url: URL): boolean {
  return THIS_MACHINE.includes(url.hostname);
}

export const ADDRESS_FORM =
  'an https address, or http on 127.0.0.1, localhost or [::1], without user, query or fragment';

/** Returns the address of a service that may be given the key: https, or http on this machine; undefined for any other text. */
export function serviceAddress(text: string): URL | undefined {
  const url = urlOf(text);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  return url && safe && !url.username && !url.password && !url.search && !url.hash ? url : undefined;
}

/** Returns an address without the path that every call adds to it, and without slashes at its end: with and without, it is one service. */
export function withoutApiPath({ href }: URL, apiPath = ''): string {
  const whole = href.replace(/\/+$/, '');
  return whole.endsWith(apiPath) ? whole.slice(0, whole.length - apiPath.length).replace(/\/+$/, '') : whole;
}

/** Returns the name of a service: its address without the scheme and the path of its calls. */
export function serviceName(url: URL, apiPath?: string): string {
  return withoutApiPath(url, apiPath).replace(/^\w+:\/\//, '');
}

/** Null for an address that may be called: a public one, or one on this machine where the service is a `loopback` one. */
export function checkCallbackUrl(value: string, loopback: boolean): Problem | null {
  const problem = checkPublicUrl(value, { schemes: ['https'] });
  const url = urlOf(value);
  const isLocal = url?.protocol === 'http:' && isLoopback(url) && !url.username && !url.password;
  return loopback && isLocal ? null : problem;
}
