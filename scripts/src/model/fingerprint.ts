import { createHash, type Hash, hash } from 'node:crypto';
import type { Json } from './json.ts';
import type { AccountId, RequestRecord } from './request-record.ts';

/** Returns a short id of an account. It tells two keys apart, and the key cannot be computed from it. */
export function accountOf(provider: string, key: string): string {
  return sha256('account', provider, key).slice(0, 12);
}

/** Returns a hash of a value in hexadecimal, the same for any order of its fields. */
export function jsonHash(value: Json): string {
  const bytes = new HashedBytes();
  addValue(bytes, value);
  return bytes.digest();
}

/** What makes two requests the same one. */
export interface RequestKey extends AccountId, Pick<RequestRecord, 'model' | 'payloadHash' | 'ordinal'> {
  /** The key that the user gave; it alone then identifies the request. */
  idempotencyKey: string | undefined;
}

/** Returns the name of a request: commands with the same name mean the same request. */
export function requestName(request: RequestKey): string {
  const { provider, service, account, model, payloadHash, idempotencyKey, ordinal = 1 } = request;
  const what = idempotencyKey === undefined ? ['payload', model, payloadHash] : ['key', idempotencyKey];
  // The first one is the request of a command that names no more of them.
  if (ordinal > 1) what.push('ordinal', String(ordinal));
  // Version 1 hashed the word `intent`; its records are found under the same name.
  return sha256('intent', provider, service, account, ...what).slice(0, 32);
}

/** Returns the SHA-256 of a text, in hexadecimal. */
export function sha256Text(text: string): string {
  return hash('sha256', text);
}

function sha256(...words: string[]): string {
  return sha256Text(JSON.stringify(words));
}

// An image of many megabytes is hashed in pieces, so that it is not held a second time.
const PIECE = 32 * 1024;
// One for all hashes: each is made in one go.
const gathered = Buffer.allocUnsafe(8 * 1024);

/** The hash of texts in a row. Short ones are gathered first: a call of the hash takes longer than its work on them. */
class HashedBytes {
  #hash: Hash | undefined;
  #length = 0;

  add(text: string, encoding: 'latin1' | 'utf16le'): void {
    const most = 2 * text.length;
    if (this.#length + most > gathered.length) this.#pass();
    if (most > gathered.length) this.#hash!.update(text, encoding);
    else this.#length += gathered.write(text, this.#length, encoding);
  }

  digest(): string {
    this.#pass();
    return this.#hash!.digest('hex');
  }

  #pass(): void {
    this.#hash ??= createHash('sha256');
    this.#hash.update(gathered.subarray(0, this.#length));
    this.#length = 0;
  }
}

function addValue(bytes: HashedBytes, value: Json): void {
  if (typeof value === 'string') {
    bytes.add(`s${value.length}:`, 'latin1');
    for (let at = 0; at < value.length; at += PIECE) bytes.add(value.slice(at, at + PIECE), 'utf16le');
  } else if (Array.isArray(value)) {
    bytes.add(`a${value.length}:`, 'latin1');
    for (const item of value) addValue(bytes, item);
  } else if (typeof value === 'object' && value !== null) {
    const fields = Object.keys(value).sort();
    bytes.add(`o${fields.length}:`, 'latin1');
    for (const name of fields) {
      addValue(bytes, name);
      addValue(bytes, value[name]!);
    }
  } else {
    bytes.add(`v${JSON.stringify(value)};`, 'latin1');
  }
}
