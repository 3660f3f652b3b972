import { createHash } from 'node:crypto';
import type { Session } from '../../scripts/src/core/session.ts';
import { type DownloadOptions, download } from '../../scripts/src/download/download.ts';
import { folder, sessionWith } from '../core/session.ts';
import { film } from '../support/media.ts';
import type { Route } from '../support/server.ts';

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export const FILM = film(500_000);

/** A download of the task ckx1, without a fresh link. */
export function options(url: string, into: string, more: Partial<DownloadOptions> = {}): DownloadOptions {
  const usual = { taskId: 'ckx1', stallMs: 2_000, maxRetries: 3, until: Number.POSITIVE_INFINITY };
  return { url, folder: into, refresh: async () => null, ...usual, ...more };
}

export interface More extends Partial<DownloadOptions> {
  into?: string;
  /** The path of the link. */
  at?: string;
  session?: Session;
}

/** Downloads what the server gives, into a folder of its own unless one is named. */
export function savedFrom({ origin }: { origin: string }, more: More = {}) {
  const { into = folder(), at = '', session = sessionWith(origin), ...others } = more;
  return download(session, options(`${origin}${at}`, into, others));
}

export interface Host {
  body?: Buffer;
  /** By these the file is known as the same. */
  headers?: Record<string, string>;
  /** Bytes of each answer after which the connection drops, one entry per answer; then no answer drops. */
  drops?: number[];
  /** What is done with Range, and If-Range. */
  ranges?: 'honoured' | 'ignored' | 'overlapping' | 'refused' | 'of another length' | 'without total';
}

/** A file host that drops connections, and gives what it is asked for of the same file. */
export function hostOf({ body = FILM, headers = { etag: '"one"' }, drops = [], ranges }: Host = {}): Route {
  const validator = headers.etag ?? headers['last-modified'];
  return ({ headers: asked }, { count }) => {
    const range = /^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1];
    const isSame = asked['if-range'] === undefined || asked['if-range'] === validator;
    const isPart = range !== undefined && isSame && ranges !== 'ignored';
    if (isPart && ranges === 'refused')
      return { status: 416, headers: { 'content-range': `bytes */${body.length}` } };
    const from = isPart ? Number(range) - (ranges === 'overlapping' ? 1_000 : 0) : 0;
    const total = ranges === 'without total' ? '*' : body.length + (ranges === 'of another length' ? 1 : 0);
    const part = isPart && { 'content-range': `bytes ${from}-${body.length - 1}/${total}` };
    const rest = body.subarray(from);
    const usual = { 'content-type': 'video/mp4', 'content-length': `${rest.length}`, ...headers };
    const drop = drops[count];
    return {
      ...{ status: isPart ? 206 : 200, headers: { ...usual, ...part }, body: rest },
      ...(drop !== undefined && { breaksAfter: drop }),
    };
  };
}
