// The second thread of `FileHash`: follows a file that is being written and adds what is there to a SHA-256.
import { createHash } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const descriptor = openSync(workerData as string, 'r');
const hash = createHash('sha256');
// Small enough to stay in the processor's cache between being read and being hashed.
const block = Buffer.allocUnsafe(256 * 1024);
let at = 0;

parentPort?.on('message', ({ upTo, last }: { upTo: number; last: boolean }) => {
  while (at < upTo) {
    const read = readSync(descriptor, block, 0, Math.min(block.length, upTo - at), at);
    if (read === 0) throw new Error(`the file ended at ${at} of ${upTo} bytes`);
    hash.update(block.subarray(0, read));
    at += read;
  }
  if (last) parentPort?.postMessage(hash.digest('hex'));
});
