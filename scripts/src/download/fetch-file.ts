import type { HttpHead, HttpRequest } from '../http/message.ts';
import {
  isTransientStatus,
  PAUSE_BUDGET_MS,
  parseRetryAfter,
  pauseAfter,
  RETRY_PAUSES,
} from '../http/retry.ts';
import { Failure } from '../model/failure.ts';
import { KIND_WORDS, type OutputKind } from '../model/output-kind.ts';
import { checkPublicUrl, THIS_MACHINE } from '../model/public-address.ts';
import type { Downloader } from './downloader.ts';
import { FileHash } from './file-hash.ts';
import { FileWriter } from './file-writer.ts';
import { type Part, PRINTABLE } from './part.ts';
import { type FileKind, fileKind, SIGNATURE_BYTES } from './signature.ts';
import { isWhole } from './whole-file.ts';

export interface FetchOptions {
  url: string;
  /** Milliseconds without enough bytes after which a connection counts as dead. */
  stallMs: number;
  /** Retries in a row that may bring almost no bytes. */
  maxRetries: number;
  /** The end of the time for the download, on the monotonic clock. */
  until: number;
  /** Fetches a new link from the service; null when it has none. */
  refresh(): Promise<string | null>;
}

// Bytes that an attempt must bring, and that must arrive within the stall time; anything slower is a drip.
const LEAST_PROGRESS_BYTES = 16 * 1024;
const MAX_REDIRECTS = 3;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

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
class WrongBytes extends Failure {
  constructor(message: string) {
    super('NETWORK_ERROR', message, { transient: true });
  }
}

// Ends an exchange after its head: only the body of a file is read.
const NO_FILE = new Error('an answer without a file');

/**
 * Fetches the missing bytes of one file into `part`, with retries, and checks that it is complete and a media file.
 * @throws Failure; when it is transient, the received bytes stay in the part
 */
export async function fetchFile(downloader: Downloader, options: FetchOptions, part: Part): Promise<Fetched> {
  const hash = new FileHash(part.path);
  try {
    return await new Fetch(downloader, options, part, hash).run();
  } finally {
    hash.restart();
  }
}

/** The attempts to fetch one file, and their common state. */
class Fetch {
  readonly #downloader: Downloader;
  readonly #options: FetchOptions;
  readonly #part: Part;
  readonly #writer: FileWriter;
  readonly #hash: FileHash;
  readonly #timeOver = new Failure('NETWORK_ERROR', 'the wait ended before the file was whole.', {
    transient: true,
  });
  #url: string;
  #refreshed = false;
  /** The last attempt ended with a new link: the next attempt does not count as a retry. */
  #hasNewLink = false;
  #bytes = 0;
  /** The first bytes, which show the kind of the file. */
  #head: Buffer = Buffer.alloc(0);
  /** The kind of the file; null while it is not known. */
  #kind: FileKind | null = null;
  /** The length of the whole file; null until an answer gives it. */
  #total: number | null = null;
  /** Shows whether a later answer is about the same bytes. */
  #validator: string | null = null;
  #lengthIsCertain = false;
  /** The content type that the host gives. */
  #contentType = '';

  constructor(downloader: Downloader, options: FetchOptions, part: Part, hash: FileHash) {
    this.#downloader = downloader;
    this.#options = options;
    this.#part = part;
    this.#hash = hash;
    this.#writer = new FileWriter(part.handle, (bytes) => hash.written(bytes));
    this.#url = options.url;
  }

  async run(): Promise<Fetched> {
    const { api } = this.#downloader;
    await this.#takeUp();
    for (let fruitless = 0; ; ) {
      const before = this.#bytes;
      try {
        if (this.#bytes === 0 || this.#bytes !== this.#total) await this.#attempt();
        return await this.#check();
      } catch (error) {
        if (error instanceof WrongBytes) this.#startOver();
        if (!(error instanceof Failure) || !error.details.transient || error === this.#timeOver) throw error;
        if (this.#hasNewLink) {
          this.#hasNewLink = false;
          continue;
        }
        fruitless = this.#bytes - before >= LEAST_PROGRESS_BYTES ? 1 : fruitless + 1;
        const pause = pauseAfter(error, fruitless, RETRY_PAUSES, api.clock.random);
        // A host may ask for a longer pause than the caller has time for: then the caller gets the failure.
        const late = pause > PAUSE_BUDGET_MS || api.clock.monotonic() + pause > this.#options.until;
        if (fruitless > this.#options.maxRetries || late) throw error;
        await api.clock.sleep(pause, api.signal);
      }
    }
  }

  /** Starts with the bytes that an earlier process left. */
  async #takeUp(): Promise<void> {
    const { found, identity, handle } = this.#part;
    if (identity === null) return;
    this.#bytes = found;
    this.#total = identity.total;
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

  /** Makes one request and appends its bytes to the part. */
  async #attempt(): Promise<void> {
    const { api, transport } = this.#downloader;
    const leftMs = Math.min(this.#options.until - api.clock.monotonic(), LONGEST_TIMER_MS);
    if (leftMs <= 0) throw this.#timeOver;
    const watch = new Watch(this.#options.stallMs, leftMs, this.#timeOver);
    const signal = api.signal ? AbortSignal.any([api.signal, watch.signal]) : watch.signal;
    let url = this.#url;
    try {
      for (let redirects = 0; ; redirects += 1) {
        let other: HttpHead | undefined;
        const receiver = {
          onHead: (head: HttpHead) => {
            if (head.status === 200 || head.status === 206) return this.#begin(head);
            other = head;
            throw NO_FILE;
          },
          onData: (chunk: Buffer) => {
            watch.saw(chunk.length);
            return this.#take(chunk);
          },
        };
        try {
          const options = { timeoutMs: LONGEST_TIMER_MS, signal, isFile: true };
          await transport.exchange(this.#request(url), receiver, options);
          return;
        } catch (error) {
          if (error !== NO_FILE || !other) throw error;
        }
        const { location } = other.headers;
        const isRedirect = other.status >= 300 && other.status < 400 && redirects < MAX_REDIRECTS;
        if (!isRedirect || !location) return await this.#refuse(other);
        if (!URL.canParse(location, url)) {
          throw new Failure('NETWORK_ERROR', "The file's host redirects to something that is no address.");
        }
        url = new URL(location, url).href;
      }
    } finally {
      watch.stop();
      await this.#writer.flush();
    }
  }

  #request(address: string): HttpRequest {
    const problem = refusedAddress(address, this.#downloader.loopback);
    if (problem)
      throw new Failure('DOWNLOAD_FAILED', `The result's address is not fetched; expected ${problem}.`);
    // Without the API key: a result lies on another host.
    const headers: Record<string, string> = { accept: '*/*', 'user-agent': 'async-media-workflow' };
    if (this.#bytes > 0) {
      headers.range = `bytes=${this.#bytes}-`;
      if (this.#validator) headers['if-range'] = this.#validator;
    }
    return { method: 'GET', url: new URL(address), headers };
  }

  /** Continues the part with the answer, or starts over. */
  #begin(head: HttpHead): void {
    const length = integer(head.headers['content-length']);
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(head.headers['content-range'] ?? '');
    const { etag, 'last-modified': modified } = head.headers;
    if (head.status === 206) {
      const from = integer(range?.[1]);
      const total = integer(range?.[2]);
      // A host that ignores If-Range may send the remaining bytes of another file.
      const said = this.#validator?.startsWith('"') ? etag : modified;
      const isSame = !said || this.#validator === null || said === this.#validator;
      const fits = from === this.#bytes && (this.#total === null || total === null || total === this.#total);
      if (!fits || !isSame) {
        throw new WrongBytes('The rest of the file did not fit what was there.');
      }
      this.#total ??= total;
      return;
    }
    this.#startOver();
    this.#total = length;
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

  #startOver(): void {
    this.#bytes = 0;
    this.#head = Buffer.alloc(0);
    this.#kind = null;
    this.#total = null;
    this.#hash.restart();
    this.#writer.rewind(0);
    this.#part.restart();
  }

  /** Refuses a file that is no media file or too large, before it fills the disk. */
  #take(chunk: Buffer): Promise<void> | undefined {
    const missing = SIGNATURE_BYTES - this.#head.length;
    if (missing > 0) {
      this.#checkKind(Buffer.concat([this.#head, chunk.subarray(0, missing)]));
      if (this.#head.length === SIGNATURE_BYTES && !this.#kind) throw noMedia(this.#head);
    }
    this.#bytes += chunk.length;
    const makes = this.#kind?.makes ?? 'video';
    if (Math.max(this.#bytes, this.#total ?? 0) > MOST_BYTES[makes]) throw tooLarge(makes);
    this.#downloader.observer.downloading(this.#bytes, this.#total);
    return this.#writer.write(chunk);
  }

  #checkKind(head: Buffer): void {
    this.#head = head;
    this.#kind = fileKind(head, this.#contentType);
  }

  /** Throws for every status without a file. For an expired link it fetches a new one, once. */
  async #refuse(head: HttpHead): Promise<void> {
    const { status } = head;
    if (status === 416) throw new WrongBytes('The file changed while it was fetched.');
    if ([401, 403, 404, 410].includes(status)) {
      const fresh = this.#refreshed ? null : await this.#options.refresh();
      this.#refreshed = true;
      if (fresh === null) {
        throw new Failure('DOWNLOAD_FAILED', `The result's link has expired or is gone (HTTP ${status}).`, {
          reason: { kind: 'linkGone' },
        });
      }
      if (this.#validator === null) this.#startOver();
      this.#url = fresh;
      this.#hasNewLink = true;
      throw new Failure('NETWORK_ERROR', 'The link has expired; a new one was fetched.', { transient: true });
    }
    const retryAfter = parseRetryAfter(head.headers['retry-after'], this.#downloader.api.clock.wall());
    throw new Failure('NETWORK_ERROR', `The file's host answered HTTP ${status}.`, {
      transient: isTransientStatus(status),
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }

  /**
   * Returns the file when it is complete and of the right kind; otherwise throws, and the next attempt starts over or
   * continues.
   */
  async #check(): Promise<Fetched> {
    if (this.#total !== null && this.#bytes !== this.#total) {
      const message = `The file ended at ${this.#bytes} of ${this.#total} bytes.`;
      if (this.#bytes > this.#total) throw new WrongBytes(message);
      throw new Failure('NETWORK_ERROR', message, { transient: true });
    }
    const kind = this.#kind;
    if (!kind) throw noMedia(this.#head);
    if (!(await isWhole(kind, this.#part.handle.fd, this.#bytes, this.#lengthIsCertain))) {
      throw new WrongBytes('The file was cut: its parts do not add up.');
    }
    return { bytes: this.#bytes, sha256: await this.#hash.digest(this.#bytes), kind };
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
  return new Failure(
    'DOWNLOAD_FAILED',
    `The result has more than ${limit}, the most that is fetched of ${KIND_WORDS[makes]}. Nothing of it was kept.`,
    { reason: { kind: 'fileTooLarge' } },
  );
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * Returns why the address of a result must not be fetched, or null. The addresses behind its host name are checked when
 * the connection is made.
 * @param loopback the service's own address if it runs on this machine: only there may files of this machine be fetched
 */
function refusedAddress(address: string, loopback: URL | null): string | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url && loopback && THIS_MACHINE.includes(url.hostname)) {
    const isSame = url.protocol === loopback.protocol && url.port === loopback.port && !url.username;
    return isSame ? null : `a public https URL, or one on ${loopback.origin}`;
  }
  return checkPublicUrl(address, { schemes: ['https'] })?.expected ?? null;
}

/** Aborts its signal when too few bytes arrive within a span of time, and when the time is over. */
class Watch {
  readonly #controller = new AbortController();
  readonly #stall: NodeJS.Timeout;
  readonly #end: NodeJS.Timeout;
  #bytes = 0;

  constructor(spanMs: number, leftMs: number, timeOver: Failure) {
    this.#stall = setInterval(() => {
      if (this.#bytes < LEAST_PROGRESS_BYTES) {
        const message = `The file's host sent ${this.#bytes} bytes in ${spanMs} ms.`;
        this.#controller.abort(new Failure('NETWORK_ERROR', message, { transient: true }));
      }
      this.#bytes = 0;
    }, spanMs);
    this.#end = setTimeout(() => this.#controller.abort(timeOver), leftMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  saw(bytes: number): void {
    this.#bytes += bytes;
  }

  stop(): void {
    clearInterval(this.#stall);
    clearTimeout(this.#end);
  }
}
