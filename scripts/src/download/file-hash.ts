import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstat, open } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { diskErrorText } from '../disk/durable.ts';

// Below this a second thread costs more than it saves.
const WORKER_FROM_BYTES = 32 * 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;

/** The SHA-256 of a file. A second thread reads a large one while it is being written: else it would take longer than the network. */
export class FileHash {
  readonly #file: string;
  /** With its only message, which rejects when the thread fails, whenever that is. */
  #thread: { worker: Worker; answer: Promise<[string]> } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** So many bytes will come. A thread takes as long to start as a tenth of its work, and can do so in the meantime. */
  expect(bytes: number): void {
    if (bytes < WORKER_FROM_BYTES || this.#thread) return;
    // The sources run beside the compiled worker too: a thread of its own can load nothing else.
    const beside = import.meta.url.endsWith('.mjs') ? './hash-worker.mjs' : '../../lib/hash-worker.mjs';
    const worker = new Worker(new URL(beside, import.meta.url), { workerData: this.#file });
    worker.unref();
    const answer = once(worker, 'message') as Promise<[string]>;
    // A failure stays until the hash is asked for.
    answer.catch(() => {});
    this.#thread = { worker, answer };
  }

  written(bytes: number): void {
    this.expect(bytes);
    this.#thread?.worker.postMessage({ upTo: bytes, last: false });
  }

  restart(): void {
    void this.#thread?.worker.terminate();
    this.#thread = undefined;
  }

  /** Returns the hash in hexadecimal over the first `bytes` bytes, all of which must be written. */
  async digest(bytes: number): Promise<string> {
    if (!this.#thread) return sha256Of(this.#file);
    const { worker, answer } = this.#thread;
    // From here on it is what the process waits for.
    worker.ref();
    worker.postMessage({ upTo: bytes, last: true });
    return (await answer)[0];
  }
}

// Kept from one file to the next: the blocks of a thousand files would pile up until a garbage collection.
let spare: Buffer | null = null;

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file);
  const block = spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  spare = null;
  try {
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, BLOCK_BYTES);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(block.subarray(0, bytesRead));
    }
  } finally {
    spare = block;
    await handle.close();
  }
}

/** Returns whether a plain file with this content exists. It is read only when its length fits. */
export async function fileIsWhole(
  file: string,
  { bytes, sha256 }: { bytes: number; sha256: string },
): Promise<boolean> {
  try {
    const stat = await lstat(file);
    return stat.isFile() && stat.size === bytes && (await sha256Of(file)) === sha256;
  } catch (error) {
    // What cannot be read is not there as it was.
    if (diskErrorText(error) === undefined) throw error;
    return false;
  }
}
