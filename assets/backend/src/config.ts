import { resolve } from 'node:path';
import { providers } from '#client';

export type Role = 'all' | 'api' | 'worker';

/** A service and how it is reached. Without a key it is the sandbox. */
export interface ServiceConfig {
  provider: string;
  key: string | null;
  /** The key before this one: it reads what it made, and submits nothing. */
  previousKey: string | null;
  baseUrl: string | null;
}

export interface Config {
  role: Role;
  host: string;
  port: number;
  /** Null: an embedded database below `dataDir`. */
  databaseUrl: string | null;
  /** Absolute. */
  dataDir: string;
  services: ServiceConfig[];
  /** Users by bearer token; null: the demo token, on the loopback interface alone. */
  tokens: ReadonlyMap<string, string> | null;
  /** Where callbacks reach the API, without a slash at its end; null: none are asked for. */
  publicUrl: string | null;
  /** Null: files are in a folder below `dataDir`. */
  s3: { bucket: string; endpoint: string | null; region: string } | null;
  /** Null: no limit. */
  maxCreditsPerUserPerDay: number | null;
  maxRunningPerUser: number | null;
  retentionDays: number;
  /** A proxy stands in front: its X-Forwarded-For says who calls. */
  trustProxy: boolean;
  logLevel: string;
  /** What no log line may hold. */
  secrets: string[];
}

/** A wrong value. Its message begins with the variable's name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the checked configuration.
 * @throws ConfigError for the first wrong value. It never repeats a secret
 */
export function readConfig(env: Environment): Config {
  const text = (name: string): string | null => env[name]?.trim() || null;
  const role = oneOf('ROLE', text('ROLE') ?? 'all', ['all', 'api', 'worker']);
  const databaseUrl = text('DATABASE_URL');
  const password = databaseUrl === null ? null : checkDatabase(databaseUrl);
  if (databaseUrl === null && role !== 'all')
    throw new ConfigError(
      'ROLE',
      `is ${role}, but the embedded database serves one process: set DATABASE_URL too`,
    );
  const host = text('HOST') ?? '127.0.0.1';
  const tokens = readTokens(text('API_TOKENS'));
  if (tokens === null && role !== 'worker' && !isLoopback(host))
    throw new ConfigError(
      'API_TOKENS',
      `is needed where HOST is ${host}: the demo token works on the loopback interface alone`,
    );
  const trustProxy = oneOf('TRUST_PROXY', text('TRUST_PROXY') ?? 'no', ['no', 'yes']) === 'yes';
  if (tokens === null && role !== 'worker' && trustProxy)
    throw new ConfigError(
      'API_TOKENS',
      'is needed where TRUST_PROXY is yes: the demo token is for this machine alone',
    );
  const bucket = text('S3_BUCKET');
  const endpoint = webAddress('S3_ENDPOINT', text('S3_ENDPOINT'), { http: true });
  const region = text('AWS_REGION') ?? text('AWS_DEFAULT_REGION') ?? (endpoint === null ? null : 'us-east-1');
  if (bucket !== null && !/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/.test(bucket))
    throw new ConfigError(
      'S3_BUCKET',
      `is a bucket's name of 3 or more letters, digits, dots and hyphens, not ${bucket.slice(0, 50)}`,
    );
  if (bucket !== null && region !== null && !/^[A-Za-z0-9-]{1,63}$/.test(region))
    throw new ConfigError('AWS_REGION', `is a region such as us-east-1, not ${region.slice(0, 50)}`);
  if (bucket !== null && region === null)
    throw new ConfigError('AWS_REGION', 'is needed where S3_BUCKET is set');
  if (endpoint !== null && bucket === null)
    throw new ConfigError('S3_BUCKET', 'is needed where S3_ENDPOINT is set');
  const services = providers().map(({ id: provider, keyVariable, urlVariable }): ServiceConfig => {
    const previousVariable = `${keyVariable}_PREVIOUS`;
    const key = apiKey(keyVariable, text(keyVariable));
    const previousKey = apiKey(previousVariable, text(previousVariable));
    if (previousKey !== null && key === null)
      throw new ConfigError(keyVariable, `is needed where ${previousVariable} is set`);
    if (previousKey !== null && previousKey === key)
      throw new ConfigError(previousVariable, `is the key of ${keyVariable}: it is the one before`);
    return { provider, key, previousKey, baseUrl: webAddress(urlVariable, text(urlVariable)) };
  });
  return {
    role,
    host,
    port: whole('PORT', text('PORT'), { least: 0, most: 65_535 }) ?? 8080,
    databaseUrl,
    dataDir: resolve(text('DATA_DIR') ?? 'data'),
    services,
    tokens,
    publicUrl: webAddress('PUBLIC_URL', text('PUBLIC_URL')),
    s3: bucket === null || region === null ? null : { bucket, endpoint, region },
    maxCreditsPerUserPerDay: whole('MAX_CREDITS_PER_USER_PER_DAY', text('MAX_CREDITS_PER_USER_PER_DAY'), {
      least: 0,
    }),
    maxRunningPerUser: whole('MAX_RUNNING_PER_USER', text('MAX_RUNNING_PER_USER'), { least: 1 }),
    retentionDays: whole('RETENTION_DAYS', text('RETENTION_DAYS'), { least: 1, most: 36_500 }) ?? 30,
    trustProxy,
    logLevel: oneOf('LOG_LEVEL', text('LOG_LEVEL') ?? 'info', [
      'fatal',
      'error',
      'warn',
      'info',
      'debug',
      'trace',
      'silent',
    ]),
    secrets: [
      ...services.flatMap(({ key, previousKey }) => [key ?? [], previousKey ?? []].flat()),
      ...(tokens?.keys() ?? []),
      ...(password ? [password] : []),
    ],
  };
}

function oneOf<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  if (!words.includes(value as Word))
    throw new ConfigError(name, `is one of ${words.join(', ')}, not ${value.slice(0, 50)}`);
  return value as Word;
}

function whole(
  name: string,
  value: string | null,
  { least, most = 2_147_483_647 }: { least: number; most?: number },
): number | null {
  if (value === null) return null;
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new ConfigError(name, `is a whole number from ${least} to ${most}, not ${value.slice(0, 50)}`);
  return number;
}

/** Returns an address without a slash at its end. Keys and callbacks travel there: https, or this machine. */
function webAddress(name: string, value: string | null, { http = false } = {}): string | null {
  if (value === null) return null;
  const url = URL.parse(value);
  if (url === null) throw new ConfigError(name, 'is no URL: it begins with https://');
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(name, 'must not hold a name or password');
  if (url.search !== '' || url.hash !== '')
    throw new ConfigError(name, 'must not hold a query or a fragment');
  const isSafe =
    url.protocol === 'https:' || (url.protocol === 'http:' && (http || isLoopback(url.hostname)));
  if (!isSafe) throw new ConfigError(name, 'is https, or http on this machine');
  return url.href.replace(/\/+$/, '');
}

function checkDatabase(value: string): string {
  const url = URL.parse(value);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol))
    throw new ConfigError('DATABASE_URL', 'is postgres://user:password@host:port/database');
  try {
    return decodeURIComponent(url.password);
  } catch {
    throw new ConfigError('DATABASE_URL', 'holds a % that begins no code: write %25 for a % in the password');
  }
}

function apiKey(name: string, value: string | null): string | null {
  if (value !== null && !/^[\x21-\x7e]+$/.test(value))
    throw new ConfigError(name, 'holds a space, a line break or a letter beyond ASCII, which no key has');
  return value;
}

function readTokens(value: string | null): Map<string, string> | null {
  if (value === null) return null;
  const tokens = new Map<string, string>();
  for (const [at, pair] of value.split(',').entries()) {
    const [token = '', user = '', ...more] = pair.split(':').map((part) => part.trim());
    // A token is a secret: the message says which pair is wrong, not what it holds.
    if (!/^[\x21-\x7e]{8,}$/.test(token) || user === '' || more.length > 0)
      throw new ConfigError(
        'API_TOKENS',
        `is token:user,token:user with tokens of 8 characters or more; pair ${at + 1} is not`,
      );
    if (tokens.has(token)) throw new ConfigError('API_TOKENS', `holds the token of pair ${at + 1} twice`);
    tokens.set(token, user);
  }
  return tokens;
}

/** Returns whether a host name or address leads to this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host) || host === '::1' || host === '[::1]';
}
