import type { FileHandle } from 'node:fs/promises';

// Large writes, one at a time, while the next one is being filled: a write of each small chunk would cost more than
// the network does, and more than two blocks in memory bring nothing.
const BLOCK_BYTES = 1024 * 1024;

/** Writes chunks one after the other to a file, and holds the sender back while the disk is slower. */
export class FileWriter {
  readonly #handle: FileHandle;
  #position = 0;
  #chunks: Buffer[] = [];
  #waiting = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** A promise means: send no more until it settles. It rejects when the disk refuses. */
  write(chunk: Buffer): Promise<void> | undefined {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    return this.#waiting < BLOCK_BYTES ? undefined : this.#next();
  }

  /** Everything that was taken is with the operating system. */
  async flush(): Promise<void> {
    await this.#next();
    await this.#writing;
  }

  /** What comes next stands at the beginning of the file again. */
  rewind(): void {
    this.#chunks = [];
    this.#waiting = 0;
    this.#position = 0;
  }

  async #next(): Promise<void> {
    await this.#writing;
    if (this.#waiting === 0) return;
    const chunks = this.#chunks;
    const position = this.#position;
    this.#position += this.#waiting;
    this.#chunks = [];
    this.#waiting = 0;
    this.#writing = this.#writeAll(chunks, position);
    // Whoever waits for the next block hears of a failure; nobody waits yet.
    this.#writing.catch(() => {});
  }

  async #writeAll(chunks: Buffer[], position: number): Promise<void> {
    const { bytesWritten } = await this.#handle.writev(chunks, position);
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    // A short write is allowed, and happens when the disk is nearly full.
    if (bytesWritten < size) {
      const rest = Buffer.concat(chunks).subarray(bytesWritten);
      await this.#handle.writev([rest], position + bytesWritten);
    }
  }
}
