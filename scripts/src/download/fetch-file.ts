import { type HttpHead, type HttpRequest, USER_AGENT } from '../http/http-client.ts';
import {
  isTransientStatus,
  PAUSE_BUDGET_MS,
  parseRetryAfter,
  pauseAfter,
  RETRY_PAUSES,
} from '../http/retry.ts';
import { LONGEST_TIMER_MS } from '../model/clock.ts';
import { Failure, orFailure } from '../model/failure.ts';
import { checkPublicUrl, THIS_MACHINE } from '../model/public-address.ts';
import { urlOf } from '../model/url.ts';
import type { Downloader } from './downloader.ts';
import type { Part } from './part.ts';
import { type Fetched, ReceivedFile, WrongBytes } from './received-file.ts';
import { LEAST_PROGRESS_BYTES, StallWatch } from './stall-watch.ts';

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

const MAX_REDIRECTS = 3;

/**
 * Fetches the missing bytes of one file into `part`, with retries, and checks that it is complete and a media file.
 * @throws Failure; when it is transient, the received bytes stay in the part
 */
export async function fetchFile(downloader: Downloader, options: FetchOptions, part: Part): Promise<Fetched> {
  const file = new ReceivedFile(part);
  try {
    return await new Fetch(downloader, options, file).run();
  } finally {
    file.close();
  }
}

class Fetch {
  readonly #downloader: Downloader;
  readonly #options: FetchOptions;
  readonly #file: ReceivedFile;
  readonly #timeOver = new Failure('NETWORK_ERROR', 'the wait ended before the file was whole.', {
    transient: true,
  });
  #url: string;
  #refreshed = false;

  constructor(downloader: Downloader, options: FetchOptions, file: ReceivedFile) {
    this.#downloader = downloader;
    this.#options = options;
    this.#file = file;
    this.#url = options.url;
  }

  async run(): Promise<Fetched> {
    const { api } = this.#downloader;
    const file = this.#file;
    await file.resume();
    for (let fruitless = 0; ; ) {
      const before = file.bytes;
      const fetched = await orFailure(this.#fetched());
      if (fetched === 'newLink') continue;
      if (!(fetched instanceof Failure)) return fetched;
      if (fetched instanceof WrongBytes) file.startOver();
      if (!fetched.details.transient || fetched === this.#timeOver) throw fetched;
      fruitless = file.bytes - before >= LEAST_PROGRESS_BYTES ? 1 : fruitless + 1;
      const pause = pauseAfter(fetched, fruitless, RETRY_PAUSES, api.clock.random);
      // A host may ask for a longer pause than the caller has time for: then the caller gets the failure.
      const late = pause > PAUSE_BUDGET_MS || api.clock.monotonic() + pause > this.#options.until;
      if (fruitless > this.#options.maxRetries || late) throw fetched;
      await api.clock.sleep(pause, api.signal);
    }
  }

  /** Returns the whole file; `newLink` where its link had expired and there is a new one. */
  async #fetched(): Promise<Fetched | 'newLink'> {
    const { bytes, total } = this.#file;
    if ((bytes === 0 || bytes !== total) && (await this.#attempt()) === 'newLink') return 'newLink';
    return this.#file.check();
  }

  async #attempt(): Promise<'newLink' | undefined> {
    const { api, transport, observer } = this.#downloader;
    const file = this.#file;
    const leftMs = Math.min(this.#options.until - api.clock.monotonic(), LONGEST_TIMER_MS);
    if (leftMs <= 0) throw this.#timeOver;
    const watch = new StallWatch(this.#options.stallMs, leftMs, this.#timeOver);
    const signal = api.signal ? AbortSignal.any([api.signal, watch.signal]) : watch.signal;
    let url = this.#url;
    try {
      for (let redirects = 0; ; redirects += 1) {
        const receiver = {
          wants: isFile,
          onHead: (head: HttpHead) => file.begin(head),
          onData: (chunk: Buffer) => {
            watch.saw(chunk.length);
            const written = file.append(chunk);
            observer.downloading(file.bytes, file.total);
            return written;
          },
        };
        const options = { timeoutMs: LONGEST_TIMER_MS, signal, isFile: true };
        const head = await transport.exchange(this.#request(url), receiver, options);
        if (isFile(head)) return undefined;
        const { location } = head.headers;
        const isRedirect = head.status >= 300 && head.status < 400 && redirects < MAX_REDIRECTS;
        if (!isRedirect || !location) return await this.#renewLink(head);
        const target = urlOf(location, url);
        if (!target) {
          throw new Failure('NETWORK_ERROR', "The file's host redirects to something that is no address.");
        }
        url = target.href;
      }
    } finally {
      watch.stop();
      await file.flush();
    }
  }

  #request(address: string): HttpRequest {
    const problem = refusedAddress(address, this.#downloader.loopback);
    if (problem)
      throw new Failure('DOWNLOAD_FAILED', `The result's address is not fetched; expected ${problem}.`);
    // Without the API key: a result lies on another host.
    // As it is: a compressed file is not the file, and some hosts compress scenes and sounds.
    const plain = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': USER_AGENT };
    const headers = { ...plain, ...this.#file.rangeHeaders() };
    return { method: 'GET', url: new URL(address), headers };
  }

  /** Fetches a new link for one that has expired, once. @throws Failure for every other answer without a file */
  async #renewLink({ status, headers }: HttpHead): Promise<'newLink'> {
    if (status === 416) throw new WrongBytes('The file changed while it was fetched.');
    if ([401, 403, 404, 410].includes(status)) {
      const fresh = this.#refreshed ? null : await this.#options.refresh();
      this.#refreshed = true;
      if (fresh === null) {
        throw new Failure('DOWNLOAD_FAILED', `The result's link has expired or is gone (HTTP ${status}).`, {
          reason: { kind: 'linkGone' },
        });
      }
      if (!this.#file.isIdentified) this.#file.startOver();
      this.#url = fresh;
      return 'newLink';
    }
    const retryAfter = parseRetryAfter(headers['retry-after'], this.#downloader.api.clock.wall());
    throw new Failure('NETWORK_ERROR', `The file's host answered HTTP ${status}.`, {
      transient: isTransientStatus(status),
      retryAfter,
    });
  }
}

function isFile({ status }: HttpHead): boolean {
  return status === 200 || status === 206;
}

/**
 * Returns what is expected of an address that must not be fetched, else null. What its host name leads to is checked when the
 * connection is made.
 * @param loopback the service's own address if it runs on this machine: only there may files of this machine be fetched
 */
function refusedAddress(address: string, loopback: URL | null): string | null {
  const url = urlOf(address);
  if (url && loopback && THIS_MACHINE.includes(url.hostname)) {
    const isSame = url.protocol === loopback.protocol && url.port === loopback.port && !url.username;
    return isSame ? null : `a public https URL, or one on ${loopback.origin}`;
  }
  return checkPublicUrl(address, { schemes: ['https'] })?.expected ?? null;
}
