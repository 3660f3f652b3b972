import type { FileHandle } from 'node:fs/promises';

// One large write at a time, while the next block is being filled: a write for each small chunk would cost more than
// the network does.
const BLOCK_BYTES = 1024 * 1024;
// Bytes that may wait for a slow disk before the sender has to wait.
const MOST_WAITING_BYTES = 2 * BLOCK_BYTES;

/** Writes chunks one after the other to a file, and makes the sender wait while the disk is slower. */
export class FileWriter {
  readonly #handle: FileHandle;
  readonly #onWritten: (bytes: number) => void;
  #position = 0;
  #chunks: Buffer[] = [];
  #waiting = 0;
  #writing: Promise<void> | undefined;

  /** @param onWritten called after each block with the number of bytes written from the beginning */
  constructor(handle: FileHandle, onWritten: (bytes: number) => void) {
    this.#handle = handle;
    this.#onWritten = onWritten;
  }

  /**
   * Adds a chunk. The caller waits for a returned promise before it adds the next one; the promise rejects on a disk error.
   */
  write(chunk: Buffer): Promise<void> | undefined {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting < BLOCK_BYTES) return undefined;
    if (!this.#writing) this.#start();
    return this.#waiting < MOST_WAITING_BYTES ? undefined : this.#writing;
  }

  async flush(): Promise<void> {
    while (this.#writing || this.#waiting > 0) {
      if (!this.#writing) this.#start();
      await this.#writing;
    }
  }

  /** Drops waiting chunks, and writes the next chunk at this position in bytes. */
  rewind(position: number): void {
    this.#chunks = [];
    this.#waiting = 0;
    this.#position = position;
  }

  #start(): void {
    this.#writing = this.#writeBlock().then(() => {
      this.#writing = undefined;
      if (this.#waiting >= BLOCK_BYTES) this.#start();
    });
    // A failed write stays rejected: the next call of `write` or `flush` reports it.
    this.#writing.catch(() => {});
  }

  async #writeBlock(): Promise<void> {
    const [chunks, size, position] = [this.#chunks, this.#waiting, this.#position];
    this.rewind(position + size);
    let { bytesWritten: done } = await this.#handle.writev(chunks, position);
    // A short write is allowed, and happens when the disk is nearly full.
    while (done < size) {
      const rest = Buffer.concat(chunks).subarray(done);
      done += (await this.#handle.writev([rest], position + done)).bytesWritten;
    }
    this.#onWritten(position + size);
  }
}
