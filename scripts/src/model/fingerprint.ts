import { createHash, type Hash } from 'node:crypto';
import type { Json } from './json.ts';

/** Returns a short id of an account. It tells two keys apart, and the key cannot be computed from it. */
export function accountOf(provider: string, key: string): string {
  return sha256('account', provider, key).slice(0, 12);
}

/** Returns a hash of a value in hexadecimal, the same for any order of its fields. */
export function jsonHash(value: Json): string {
  const hash = createHash('sha256');
  addValue(hash, value);
  return hash.digest('hex');
}

/** What makes two requests the same one. */
export interface RequestKey {
  provider: string;
  /** The address of the service. */
  service: string;
  account: string;
  model: string;
  payloadHash: string;
  /** The key that the user gave; it alone then identifies the request. */
  idempotencyKey: string | undefined;
  /** Which of several equal requests it is, from 1; absent: the first. */
  ordinal?: number;
}

/** Returns the name of a request: commands with the same name mean the same request. */
export function requestName({
  provider,
  service,
  account,
  model,
  payloadHash: hash,
  idempotencyKey,
  ordinal = 1,
}: RequestKey): string {
  const what = idempotencyKey === undefined ? ['payload', model, hash] : ['key', idempotencyKey];
  // The first one is the request of a command that names no more of them.
  if (ordinal > 1) what.push('ordinal', String(ordinal));
  // Version 1 hashed the word `intent`; its records are found under the same name.
  return sha256('intent', provider, service, account, ...what).slice(0, 32);
}

/** Returns the SHA-256 of a text in hexadecimal. */
export function sha256Text(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sha256(...words: string[]): string {
  return sha256Text(JSON.stringify(words));
}

// An image of many megabytes is hashed in pieces, so that it is not held a second time.
const PIECE = 1024 * 1024;

function addValue(hash: Hash, value: Json): void {
  if (typeof value === 'string') {
    hash.update(`s${value.length}:`);
    for (let at = 0; at < value.length; at += PIECE) hash.update(value.slice(at, at + PIECE), 'utf16le');
  } else if (Array.isArray(value)) {
    hash.update(`a${value.length}:`);
    for (const item of value) addValue(hash, item);
  } else if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value).sort();
    hash.update(`o${names.length}:`);
    for (const name of names) {
      addValue(hash, name);
      addValue(hash, value[name]!);
    }
  } else {
    hash.update(`v${JSON.stringify(value)};`);
  }
}
