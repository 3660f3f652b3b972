import { createHash } from 'node:crypto';
import type { DownloadOptions } from '../../scripts/src/download/download.ts';
import { film } from '../support/media.ts';

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export const FILM = film(500_000);

/** A download of the task ckx1, without a fresh link. */
export function options(url: string, into: string, more: Partial<DownloadOptions> = {}): DownloadOptions {
  const usual = { taskId: 'ckx1', stallMs: 2_000, maxRetries: 3, until: Number.POSITIVE_INFINITY };
  return { url, folder: into, refresh: async () => null, ...usual, ...more };
}
