import { type DestinationStream, type Logger, pino } from 'pino';

export interface LogOptions {
  /** `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`. */
  level: string;
  /** Values that must never appear in a line, wherever they come from: API keys, bearer tokens, the database's password. */
  secrets: readonly string[];
  /** Where lines are written. Standard output by default. */
  destination?: DestinationStream;
}

// Prompts and links are the users' property; a callback's address is a secret in itself.
const PRIVATE = [
  'authorization',
  'cookie',
  'key',
  'apiKey',
  'token',
  'payload',
  'prompt',
  'body',
  'url',
  'callbackUrl',
];

/** Returns the program's logger: one JSON object a line, without what is secret or private. */
export function createLogger({ level, secrets, destination = process.stdout }: LogOptions): Logger {
  const masked = secrets.filter((secret) => secret.length >= MASKED_FROM);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: PRIVATE.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
      serializers: { err: describeError },
    },
    { write: (line) => void destination.write(mask(line, masked)) },
  );
}

// Shorter values are words of every line; config.ts accepts no such token outside of a demo.
const MASKED_FROM = 8;

function mask(line: string, secrets: readonly string[]): string {
  let text = line;
  for (const secret of secrets) if (text.includes(secret)) text = text.replaceAll(secret, '[redacted]');
  return text;
}

/** Returns what a log says of an error: its kind, code, message and stack, in which links are cut to their host. */
export function describeError(error: unknown): { [name: string]: unknown } {
  if (!(error instanceof Error)) return { message: withoutLinks(messageOf(error)) };
  const { code, outcome, taskId } = error as Error & { [name: string]: unknown };
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(taskId === undefined ? {} : { taskId }),
    message: withoutLinks(error.message),
    stack: withoutLinks(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Returns what there is to say of a thrown value that is no Error, such as those of the embedded database. */
function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, code, errno, message } = error as { [name: string]: unknown };
  const facts = [name, code, errno, message].filter(
    (fact) => (typeof fact === 'string' && fact !== '') || typeof fact === 'number',
  );
  return (
    facts.join(' ') || `no Error, but an object with ${Object.keys(error).join(', ') || 'nothing in it'}`
  );
}

/** A text in which links keep their host alone, and data URIs their type. */
export function withoutLinks(text: string): string {
  return text
    .replace(/\b(https?:\/\/[^\s/"'<>?#]+)[^\s"'<>)]+/g, '$1/...')
    .replace(/\bdata:([\w.+-]+\/[\w.+-]+)[^\s"'<>)]*/g, 'data:$1...');
}
