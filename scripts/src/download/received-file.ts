import type { HttpHead } from '../http/http-client.ts';
import { Failure } from '../model/failure.ts';
import { KIND_WORDS, type OutputKind } from '../model/output-kind.ts';
import { FileHash } from './file-hash.ts';
import { FileWriter } from './file-writer.ts';
import { type Part, PRINTABLE } from './part.ts';
import { type FileKind, fileKind, SIGNATURE_BYTES } from './signature.ts';
import { isWhole } from './whole-file.ts';

const MB = 2 ** 20;

/** The largest file in bytes. It is many times the size of real results: a larger file is a mistake or an attack. */
export const MOST_BYTES: Record<OutputKind, number> = {
  image: 128 * MB,
  audio: 512 * MB,
  model3d: 1024 * MB,
  video: 2048 * MB,
};

export interface Fetched {
  bytes: number;
  sha256: string;
  kind: FileKind;
}

/** The received bytes are useless. The next attempt starts at the beginning. */
export class WrongBytes extends Failure {
  constructor(message: string) {
    super('NETWORK_ERROR', message, { transient: true });
  }
}

/** The bytes of one file that have arrived, over several answers and processes, and whether they are the right ones. */
export class ReceivedFile {
  readonly #part: Part;
  readonly #writer: FileWriter;
  readonly #hash: FileHash;
  bytes = 0;
  #head: Buffer = Buffer.alloc(0);
  #kind: FileKind | null = null;
  total: number | null = null;
  /** Shows whether a later answer is about the same bytes. */
  #validator: string | null = null;
  #lengthIsCertain = false;
  #contentType = '';

  constructor(part: Part) {
    this.#part = part;
    this.#hash = new FileHash(part.path);
    this.#writer = new FileWriter(part.handle, (bytes) => this.#hash.written(bytes));
  }

  /** Later answers can be compared with the bytes that are there. */
  get isIdentified(): boolean {
    return this.#validator !== null;
  }

  async resume(): Promise<void> {
    const { found, identity, handle } = this.#part;
    if (identity === null) return;
    this.bytes = found;
    this.total = identity.total;
    this.#lengthIsCertain = identity.total !== null;
    this.#validator = identity.validator;
    this.#contentType = identity.contentType;
    const start = Buffer.alloc(Math.min(found, SIGNATURE_BYTES));
    await handle.read(start, 0, start.length, 0);
    this.#checkKind(start);
    this.#writer.rewind(found);
    this.#hash.expect(identity.total ?? found);
    this.#hash.written(found);
  }

  rangeHeaders(): Record<string, string> {
    // Without a validator the rest might be that of another file of the same length: the file is fetched from its beginning.
    if (this.bytes === 0 || this.#validator === null) return {};
    return { range: `bytes=${this.bytes}-`, 'if-range': this.#validator };
  }

  /** Continues with the body of this answer (status 200 or 206), or starts over with it. */
  begin(head: HttpHead): void {
    const length = integer(head.headers['content-length']);
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(head.headers['content-range'] ?? '');
    const { etag, 'last-modified': modified } = head.headers;
    if (head.status === 206) {
      const from = integer(range?.[1]);
      const total = integer(range?.[2]);
      // A host that ignores If-Range may send the remaining bytes of another file.
      const said = this.#validator?.startsWith('"') ? etag : modified;
      const isSame = !said || this.#validator === null || said === this.#validator;
      const fits = from === this.bytes && (this.total === null || total === null || total === this.total);
      if (!fits || !isSame) {
        throw new WrongBytes('The rest of the file did not fit what was there.');
      }
      this.total ??= total;
      return;
    }
    this.startOver();
    this.total = length;
    this.#hash.expect(length ?? 0);
    const said = etag && !etag.startsWith('W/') ? etag : modified;
    this.#validator = said && PRINTABLE.test(said) ? said : null;
    // A chunked body that ends well may have been cut before it was chunked, by a proxy for example.
    this.#lengthIsCertain = length !== null;
    this.#contentType = (head.headers['content-type'] ?? '').slice(0, 200);
    if (this.#validator) {
      this.#part.identify({ validator: this.#validator, total: length, contentType: this.#contentType });
    }
  }

  startOver(): void {
    this.bytes = 0;
    this.#head = Buffer.alloc(0);
    this.#kind = null;
    this.total = null;
    this.#hash.restart();
    this.#writer.rewind(0);
    this.#part.restart();
  }

  /** Appends bytes. Refuses a file that is no media file or too large, before it fills the disk. */
  append(chunk: Buffer): Promise<void> | undefined {
    const missing = SIGNATURE_BYTES - this.#head.length;
    if (missing > 0) {
      this.#checkKind(Buffer.concat([this.#head, chunk.subarray(0, missing)]));
      if (this.#head.length === SIGNATURE_BYTES && !this.#kind) throw noMedia(this.#head);
    }
    this.bytes += chunk.length;
    const makes = this.#kind?.makes ?? 'video';
    if (Math.max(this.bytes, this.total ?? 0) > MOST_BYTES[makes]) throw tooLarge(makes);
    return this.#writer.write(chunk);
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  #checkKind(head: Buffer): void {
    this.#head = head;
    this.#kind = fileKind(head, this.#contentType);
  }

  /**
   * Returns the file when it is complete and of the right kind.
   * @throws WrongBytes where the next attempt has to start over; another transient Failure where it can continue
   */
  async check(): Promise<Fetched> {
    if (this.total !== null && this.bytes !== this.total) {
      const message = `The file ended at ${this.bytes} of ${this.total} bytes.`;
      if (this.bytes > this.total) throw new WrongBytes(message);
      throw new Failure('NETWORK_ERROR', message, { transient: true });
    }
    const kind = this.#kind;
    if (!kind) throw noMedia(this.#head);
    if (!(await isWhole(kind, this.#part.handle.fd, this.bytes, this.#lengthIsCertain))) {
      throw new WrongBytes('The file was cut: its parts do not add up.');
    }
    return { bytes: this.bytes, sha256: await this.#hash.digest(this.bytes), kind };
  }

  /** Ends the thread that computes the hash. The part stays open. */
  close(): void {
    this.#hash.restart();
  }
}

/** Returns the failure without the bytes of the answer: a message must not show answers from inside a network. */
function noMedia(head: Buffer): Failure {
  const start = head.toString('utf8').replace('\ufeff', '').trimStart()[0];
  const what =
    start === undefined
      ? 'it is empty'
      : start === '<'
        ? 'it looks like a page'
        : '{['.includes(start)
          ? 'it looks like JSON'
          : 'its first bytes are those of no format that is known';
  // A host under strain may serve an error page with status 200; the next attempt may bring the file.
  return new WrongBytes(`What came is no media file: ${what}.`);
}

function tooLarge(makes: OutputKind): Failure {
  const limit = `${MOST_BYTES[makes] / MB} MiB`;
  const message = `The result has more than ${limit}, the most that is fetched of ${KIND_WORDS[makes]}. Nothing of it was kept.`;
  return new Failure('DOWNLOAD_FAILED', message, { reason: { kind: 'fileTooLarge' } });
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
