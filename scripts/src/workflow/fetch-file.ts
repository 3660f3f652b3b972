import type { FileHandle } from 'node:fs/promises';
import { checkPublicUrl } from '../contracts/media.ts';
import {
  isTransientStatus,
  PAUSE_BUDGET_MS,
  parseRetryAfter,
  pauseAfter,
  RETRY_PAUSES,
} from '../http/again.ts';
import type { HttpHead, HttpRequest } from '../http/message.ts';
import { Failure } from '../types/failure.ts';
import { plain } from '../types/text.ts';
import { FileHash } from './file-hash.ts';
import { FileWriter } from './file-writer.ts';
import type { Session } from './session.ts';
import { type FileKind, fileKind, SIGNATURE_BYTES } from './signature.ts';
import { isWhole } from './whole-file.ts';

export interface FetchOptions {
  url: string;
  /** Milliseconds without enough bytes after which a connection counts as dead. */
  stallMs: number;
  /** Attempts in a row that may bring nothing. */
  maxRetries: number;
  /** Asks the service for the link again; null when it has none. */
  refresh(): Promise<string | null>;
}

// However slowly it drips, one file does not keep the command for longer than this.
const LONGEST_DOWNLOAD_MS = 30 * 60_000;
// Bytes that must arrive within the stall time; anything slower is a drip.
const LEAST_PROGRESS_BYTES = 16 * 1024;
const MAX_REDIRECTS = 3;

export interface Fetched {
  bytes: number;
  sha256: string;
  kind: FileKind;
}

/** Where a file is written to. */
export interface Target {
  path: string;
  handle: FileHandle;
}

/** Brings one file into `target`, in as many attempts as it takes, and checks that it is whole and a media file. */
export async function fetchFile(session: Session, options: FetchOptions, target: Target): Promise<Fetched> {
  const hash = new FileHash(target.path);
  try {
    return await new Fetch(session, options, target.handle, hash).run();
  } finally {
    hash.restart();
  }
}

/** The attempts at one file, and what they have in hand. */
class Fetch {
  readonly #session: Session;
  readonly #options: FetchOptions;
  readonly #handle: FileHandle;
  readonly #writer: FileWriter;
  readonly #giveUpAt: number;
  #url: string;
  #refreshed = false;
  /** The last attempt ended with another link, which is a reason to go on that costs no retry. */
  #hasNewLink = false;
  readonly #hash: FileHash;
  #bytes = 0;
  /** The whole file's length, once an answer gave it. */
  #total: number | null = null;
  /** Says that a later answer is about the same bytes. */
  #validator: string | null = null;
  #lengthIsCertain = false;
  /** What the host says that the file is. */
  #contentType = '';

  constructor(session: Session, options: FetchOptions, handle: FileHandle, hash: FileHash) {
    this.#session = session;
    this.#options = options;
    this.#handle = handle;
    this.#hash = hash;
    this.#writer = new FileWriter(handle, (bytes) => hash.written(bytes));
    this.#url = options.url;
    this.#giveUpAt = session.api.clock.monotonic() + LONGEST_DOWNLOAD_MS;
  }

  async run(): Promise<Fetched> {
    const { api } = this.#session;
    for (let fruitless = 0; ; ) {
      const before = this.#bytes;
      try {
        await this.#attempt();
        return await this.#check();
      } catch (error) {
        if (!(error instanceof Failure) || !error.details.transient) throw error;
        if (this.#hasNewLink) {
          this.#hasNewLink = false;
          continue;
        }
        fruitless = this.#bytes > before ? 1 : fruitless + 1;
        const pause = pauseAfter(error, fruitless, RETRY_PAUSES, api.clock.random);
        // A host may ask for a longer pause than a caller with a time limit can sit through: it is told instead.
        const late = pause > PAUSE_BUDGET_MS || api.clock.monotonic() + pause > this.#giveUpAt;
        if (fruitless > this.#options.maxRetries || late) throw error;
        await api.clock.sleep(pause, api.signal);
      }
    }
  }

  /** One request; what it brings is added to what is there. */
  async #attempt(): Promise<void> {
    const { api, transport, observer } = this.#session;
    const stall = new StallWatch(this.#options.stallMs);
    const signal = api.signal ? AbortSignal.any([api.signal, stall.signal]) : stall.signal;
    let url = this.#url;
    try {
      for (let redirects = 0; ; redirects += 1) {
        const request = this.#request(url);
        let head: HttpHead | undefined;
        const final = await transport.exchange(
          request,
          {
            onHead: (received) => {
              head = received;
              if (received.status === 200 || received.status === 206) this.#begin(received);
            },
            onData: (chunk) => {
              if (head?.status !== 200 && head?.status !== 206) return;
              stall.saw(chunk.length);
              if (this.#bytes === 0) this.#firstBytes(chunk);
              this.#bytes += chunk.length;
              observer.downloading(this.#bytes, this.#total);
              return this.#writer.write(chunk);
            },
          },
          { timeoutMs: this.#giveUpAt - api.clock.monotonic(), signal, isFile: true },
        );
        const location = final.headers.location;
        if (final.status >= 300 && final.status < 400 && location && redirects < MAX_REDIRECTS) {
          if (!URL.canParse(location, url)) {
            throw new Failure('NETWORK_ERROR', "The file's host redirects to something that is no address.");
          }
          url = new URL(location, url).href;
          continue;
        }
        await this.#refuse(final);
        return;
      }
    } finally {
      stall.stop();
      await this.#writer.flush();
    }
  }

  #request(address: string): HttpRequest {
    const problem = refusedAddress(address, this.#session.loopback);
    if (problem)
      throw new Failure('DOWNLOAD_FAILED', `The result's address is not fetched; expected ${problem}.`);
    // No key here: a result lies on a host of its own.
    const headers: Record<string, string> = { accept: '*/*', 'user-agent': 'async-media-workflow' };
    if (this.#bytes > 0) {
      headers.range = `bytes=${this.#bytes}-`;
      if (this.#validator) headers['if-range'] = this.#validator;
    }
    return { method: 'GET', url: new URL(address), headers };
  }

  /** Fits the answer to what is already there, or starts over. */
  #begin(head: HttpHead): void {
    const length = integer(head.headers['content-length']);
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(head.headers['content-range'] ?? '');
    if (head.status === 206) {
      const from = integer(range?.[1]);
      const total = integer(range?.[2]);
      // A host that takes no notice of If-Range may send the rest of another file.
      const { etag } = head.headers;
      const isSame = !etag || !this.#validator?.startsWith('"') || etag === this.#validator;
      const fits = from === this.#bytes && (this.#total === null || total === null || total === this.#total);
      if (!fits || !isSame) {
        this.#startOver();
        throw new Failure(
          'NETWORK_ERROR',
          'The rest of the file did not fit what was there; starting over.',
          {
            transient: true,
          },
        );
      }
      this.#total ??= total;
      return;
    }
    this.#startOver();
    this.#total = length;
    this.#hash.expect(length ?? 0);
    const etag = head.headers.etag;
    this.#validator = etag && !etag.startsWith('W/') ? etag : (head.headers['last-modified'] ?? null);
    // A chunked body that ends well may have been cut before it was chunked, by a proxy for example.
    this.#lengthIsCertain = length !== null;
    this.#contentType = head.headers['content-type'] ?? '';
  }

  #startOver(): void {
    this.#bytes = 0;
    this.#hash.restart();
    this.#total = null;
    this.#writer.rewind();
  }

  /** Refuses what is no media file before it fills the disk. */
  #firstBytes(chunk: Buffer): void {
    if (chunk.length >= SIGNATURE_BYTES && !fileKind(chunk, this.#contentType)) throw notMedia(chunk);
  }

  /** Throws for every status that brought no file; a link that has expired is asked for again, once. */
  async #refuse(head: HttpHead): Promise<void> {
    const { status } = head;
    if (status === 200 || status === 206) return;
    if (status === 416) {
      this.#startOver();
      throw new Failure('NETWORK_ERROR', 'The file changed while it was fetched; starting over.', {
        transient: true,
      });
    }
    if ([401, 403, 404, 410].includes(status)) {
      const fresh = this.#refreshed ? null : await this.#options.refresh();
      this.#refreshed = true;
      if (fresh === null) {
        throw new Failure('DOWNLOAD_FAILED', `The result's link has expired or is gone (HTTP ${status}).`, {
          nextSteps: [
            'Results are kept for a limited time. If the task is older than that, its file is gone.',
          ],
        });
      }
      if (this.#validator === null) this.#startOver();
      this.#url = fresh;
      this.#hasNewLink = true;
      throw new Failure('NETWORK_ERROR', 'The link was asked for again.', { transient: true });
    }
    const retryAfter = parseRetryAfter(head.headers['retry-after'], this.#session.api.clock.wall());
    throw new Failure('NETWORK_ERROR', `The file's host answered HTTP ${status}.`, {
      transient: isTransientStatus(status),
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }

  /** What has arrived is whole and what it should be; otherwise the next attempt starts or goes on. */
  async #check(): Promise<Fetched> {
    if (this.#total !== null && this.#bytes !== this.#total) {
      const short = this.#bytes < this.#total;
      const message = `The file ended at ${this.#bytes} of ${this.#total} bytes.`;
      if (!short) this.#startOver();
      throw new Failure('NETWORK_ERROR', message, { transient: true });
    }
    const start = Buffer.alloc(SIGNATURE_BYTES);
    const { bytesRead } = await this.#handle.read(start, 0, SIGNATURE_BYTES, 0);
    // What lies behind may be left of a longer attempt.
    const head = start.subarray(0, Math.min(bytesRead, this.#bytes));
    const kind = fileKind(head, this.#contentType);
    if (!kind) {
      this.#startOver();
      throw notMedia(head);
    }
    if (!(await isWhole(kind, this.#handle.fd, this.#bytes, this.#lengthIsCertain))) {
      this.#startOver();
      throw new Failure('NETWORK_ERROR', 'The file was cut: its parts do not add up.', { transient: true });
    }
    await this.#handle.truncate(this.#bytes);
    return { bytes: this.#bytes, sha256: await this.#hash.digest(this.#bytes), kind };
  }
}

function notMedia(head: Uint8Array): Failure {
  const start = plain(Buffer.from(head).toString('latin1'), 60);
  // A host under strain may serve an error page with status 200; the next attempt may bring the file.
  return new Failure('NETWORK_ERROR', `What came is no media file; it begins with "${start}".`, {
    transient: true,
  });
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Why the address of a result is not fetched, or null when it may be. */
function refusedAddress(address: string, loopback: boolean): string | null {
  const host = new URL(address).hostname;
  if (loopback && ['127.0.0.1', '[::1]', 'localhost'].includes(host)) return null;
  return checkPublicUrl(address, { schemes: ['https', 'http'] })?.expected ?? null;
}

/** Aborts its signal when too few bytes arrive within a span of time. */
class StallWatch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(spanMs: number) {
    this.#timer = setInterval(() => {
      if (this.#bytes < LEAST_PROGRESS_BYTES) {
        const message = `The file's host sent ${this.#bytes} bytes in ${spanMs} ms.`;
        this.#controller.abort(new Failure('NETWORK_ERROR', message, { transient: true }));
      }
      this.#bytes = 0;
    }, spanMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  saw(bytes: number): void {
    this.#bytes += bytes;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
