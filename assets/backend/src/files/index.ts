import { join } from 'node:path';
import type { Config } from '../config.ts';
import { openFolder } from './folder.ts';
import { openBucket } from './s3.ts';
import type { FileStore } from './types.ts';

/** Opens the file store of the configuration: a bucket, or else a folder. */
export function openFiles({ s3, dataDir }: Pick<Config, 's3' | 'dataDir'>): FileStore {
  return s3 === null ? openFolder(join(dataDir, 'files')) : openBucket(s3);
}
