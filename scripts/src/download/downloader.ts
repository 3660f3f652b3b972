import type { Api } from '../http/api.ts';
import type { Transport } from '../http/transport.ts';

/** What a download needs of its surroundings. */
export interface Downloader {
  api: Pick<Api, 'clock' | 'signal'>;
  /** For files, which are fetched without the key. */
  transport: Transport;
  /** The service's own address, where it runs on this machine: its files may lie there too. Else null. */
  loopback: URL | null;
  observer: { downloading(bytes: number, total: number | null): void };
}
