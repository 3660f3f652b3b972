import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Config } from '../config.ts';
import { FileMissing, type FileStore } from './types.ts';

const CONNECT_MS = 5_000;
// Without a limit, a store that is silent would hold a worker for ever.
const ANSWER_MS = 30_000;
const SLOWEST_BYTES_PER_MS = 100;

/**
 * Keeps files in a bucket, under the access of the environment (`AWS_ACCESS_KEY_ID` and the like, or a role).
 * An endpoint names a store that is not AWS.
 * @param answerMs milliseconds within which it answers; a file that is stored has more time, by its length
 */
export function openBucket(
  { bucket, endpoint, region }: NonNullable<Config['s3']>,
  answerMs = ANSWER_MS,
): FileStore {
  const s3 = new S3Client({
    region,
    requestHandler: { connectionTimeout: CONNECT_MS },
    // Stores of others expect the bucket in the path, and do not know the checksums that the SDK adds by default.
    ...(endpoint !== null && {
      endpoint,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    }),
    ...(endpoint !== null && { responseChecksumValidation: 'WHEN_REQUIRED' as const }),
  });

  return {
    async put(key, source, { mediaType, bytes }) {
      const body = typeof source === 'string' ? createReadStream(source) : source;
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentLength: bytes,
          ContentType: mediaType,
        }),
        { abortSignal: AbortSignal.timeout(answerMs + Math.ceil(bytes / SLOWEST_BYTES_PER_MS)) },
      );
    },
    async open(key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`;
      const silence = new AbortController();
      // The answer has to begin in time; how long it takes is up to who reads it.
      const timer = setTimeout(() => silence.abort(), answerMs);
      try {
        const { Body, ContentRange } = await s3.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, ...(Range && { Range }) }),
          { abortSignal: silence.signal },
        );
        const body = Body as Readable;
        // Not every store that speaks this protocol knows ranges.
        return range && ContentRange === undefined ? Readable.from(part(body, range)) : body;
      } catch (error) {
        throw error instanceof NoSuchKey ? new FileMissing(key, { cause: error }) : error;
      } finally {
        clearTimeout(timer);
      }
    },
    async delete(key) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), {
        abortSignal: AbortSignal.timeout(answerMs),
      });
    },
    async list(prefix, before) {
      const keys: string[] = [];
      for (let token: string | undefined; ; ) {
        const page = await s3.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            ...(token && { ContinuationToken: token }),
          }),
          { abortSignal: AbortSignal.timeout(answerMs) },
        );
        for (const { Key, LastModified } of page.Contents ?? [])
          if (Key && LastModified && LastModified < before) keys.push(Key);
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
        if (token === undefined) return keys;
      }
    },
  };
}

async function* part(body: Readable, { start, end }: { start: number; end: number }): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
    at += chunk.length;
    if (piece.length > 0) yield piece;
    if (at > end) return;
  }
}
