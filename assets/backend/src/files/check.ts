import { type Config, ConfigError } from '../config.ts';
import type { FileStore } from './types.ts';

const KEY = 'checks/start';

/**
 * Stores, lists and deletes a small file: a wrong bucket or key is found at the start, not when a paid result comes.
 * @throws ConfigError where only another configuration helps; what the store says where it may be away for a while
 */
export async function checkBucket(files: FileStore, s3: NonNullable<Config['s3']>): Promise<void> {
  try {
    await files.put(KEY, Buffer.from('ok'), { mediaType: 'text/plain', bytes: 2 });
    await files.list(KEY, new Date());
    await files.delete(KEY);
  } catch (error) {
    throw configErrorOf(error, s3) ?? error;
  }
}

function configErrorOf(error: unknown, { bucket, endpoint, region }: NonNullable<Config['s3']>) {
  const {
    name,
    message,
    $metadata: { httpStatusCode: status = 0 } = {},
  } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const where = endpoint ?? `S3 in ${region}`;
  if (name === 'NoSuchBucket')
    return new ConfigError('S3_BUCKET', `names a bucket that ${where} does not have: ${bucket}`);
  if (name === 'CredentialsProviderError')
    return new ConfigError(
      'AWS_ACCESS_KEY_ID',
      'and AWS_SECRET_ACCESS_KEY are needed where S3_BUCKET is set and this machine has no role',
    );
  if (name === 'InvalidAccessKeyId') return new ConfigError('AWS_ACCESS_KEY_ID', `is not known to ${where}`);
  if (name === 'SignatureDoesNotMatch')
    return new ConfigError('AWS_SECRET_ACCESS_KEY', `is not that of AWS_ACCESS_KEY_ID, says ${where}`);
  if (name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed')
    return new ConfigError('AWS_REGION', `is not the region of the bucket ${bucket}: ${region}`);
  if (status >= 400 && status < 500 && status !== 408 && status !== 429)
    return new ConfigError(
      'S3_BUCKET',
      `names a bucket in which files cannot be stored, listed and deleted: ${bucket} (${name}: ${message})`,
    );
  return undefined;
}
