import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { publicLookup } from '#client';
import { isLoopback } from './config.ts';

const TIMEOUT_MS = 15_000;

export interface Message {
  /** The same for each attempt: the receiver's key against duplicates. */
  id: string;
  body: string;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** Returns the signature of a message as Standard Webhooks defines it. @param secret `whsec_` and base64 */
export function sign({ id, body, timestamp }: Message, secret: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * Returns the address of a user's own webhook, as it is kept.
 * @throws for what cannot be a public https address. What its name leads to is checked at each delivery
 */
export async function checkUserAddress(address: string): Promise<string> {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw new TypeError('A webhook goes to an https address, without user name and password.');
  if (isLoopback(url.hostname) || !(await isPublicHost(url.hostname)))
    throw new TypeError('A webhook goes to a public address.');
  return url.href;
}

/** A name is public until DNS answers. An address is never asked for, so it is judged here. */
async function isPublicHost(hostname: string): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return true;
  const lookup = await publicLookup();
  return new Promise((resolve) => lookup(host, { all: true }, (error) => resolve(error === null)));
}

/** @throws for an address that no webhook goes to */
export function checkWebhookAddress(address: string): URL {
  const url = URL.parse(address);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url;
  throw new TypeError('A webhook goes to an https address, or to http on this machine.');
}

/**
 * Posts a signed message to a user's own address: public, https, and no redirect; or this machine.
 * @throws unless the answer is 2xx
 */
export async function post(address: string, message: Message, secret: string): Promise<void> {
  const url = checkWebhookAddress(address);
  const isHere = isLoopback(url.hostname);
  if (!isHere && !(await isPublicHost(url.hostname))) throw new Error(`${url.hostname} is not public`);
  // The address is checked as the connection is made: no later look-up can return another one.
  const guard = isHere ? {} : { lookup: await publicLookup() };
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  await new Promise<void>((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      ...guard,
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(message.body),
        'webhook-id': message.id,
        'webhook-timestamp': message.timestamp,
        'webhook-signature': sign(message, secret),
      },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`the receiver answered ${statusCode}`));
    });
    request.end(message.body);
  });
}
