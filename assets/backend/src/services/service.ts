import { createHash } from 'node:crypto';
import { type Capabilities, type Client, createClient, providers, type Sandbox } from '#client';
import type { ServiceConfig } from '../config.ts';
import { sandboxAccount } from '../generations/rows.ts';
import type { DatabaseClock } from './clock.ts';
import { type Bucket, bucketOf } from './limiter.ts';

/** A service and a key of it that this installation uses. */
export interface Service {
  provider: string;
  /** The provider with a fingerprint of the key: tasks belong to the key that made them. */
  account: string;
  isSandbox: boolean;
  /** Of a key that was replaced: it reads what that key made, and submits nothing. */
  isPrevious: boolean;
  can: Capabilities;
  bucket: Bucket | null;
  /** What needs no query: contracts and callbacks. */
  contracts: Client;
  /** Queries and submits, each in one attempt: the queue retries them, so that the limiter counts all. */
  client: Client;
  /** Fetches files, with retries. */
  files: Client;
  close(): Promise<void>;
}

const SUBMIT_TIMEOUT_MS = 60_000;

/** One key of a service; null: it is the sandbox. */
export interface ServiceKey extends Pick<ServiceConfig, 'provider' | 'key' | 'baseUrl'> {
  isPrevious?: boolean;
}

/** @param sandbox stands in for services without a key; null where nothing is sent, as in an API process */
export function createService(
  { provider, key, baseUrl, isPrevious = false }: ServiceKey,
  sandbox: Sandbox | null,
  clock?: DatabaseClock,
): Service {
  const info = providers().find(({ id }) => id === provider);
  if (!info) throw new Error(`the client library knows no service ${provider}`);
  const isSandbox = key === null;
  const address = isSandbox ? sandbox?.origin : baseUrl;
  const options = {
    provider,
    key: key ?? sandbox?.key ?? 'ak_sandbox',
    ...(address && { baseUrl: address }),
    ...(clock && { clock }),
  };
  const client = createClient({ ...options, maxRetries: 0, timeoutMs: SUBMIT_TIMEOUT_MS });
  const files = createClient({ ...options, maxRetries: 3 });
  return {
    provider,
    account: isSandbox ? sandboxAccount(provider) : `${provider}:${fingerprint(key, baseUrl)}`,
    isSandbox,
    isPrevious,
    can: info.capabilities,
    bucket: info.rateLimit && bucketOf(info.rateLimit.queriesPerMinute),
    contracts: client,
    client,
    files,
    async close() {
      await Promise.all([client.close(), files.close()]);
    },
  };
}

function fingerprint(key: string, baseUrl: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([key, baseUrl]))
    .digest('hex')
    .slice(0, 16);
}
