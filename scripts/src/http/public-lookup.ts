import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Failure } from '../model/failure.ts';
import { isPublicAddress } from '../model/public-address.ts';
import { plain } from '../model/text.ts';

/** Finds all addresses of a name, as `dns.lookup` does with `all`. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Returns a DNS look-up for new connections that gives public addresses only. The connection goes to the address that was
 * checked: no second look-up can return another one. `localhost` gives this machine only; the caller decides
 * before whether `localhost` is allowed.
 */
export function publicLookup(resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const isThisMachine = (address: string) => address === '::1' || address.startsWith('127.');
      const isAllowed = hostname === 'localhost' ? isThisMachine : isPublicAddress;
      const [first, ...others] = addresses.filter(({ address }) => isAllowed(address));
      if (!first) callback(refusal(hostname, addresses), '', 0);
      else if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}

function refusal(hostname: string, addresses: readonly LookupAddress[]): Failure {
  const found = addresses.map(({ address }) => plain(address, 50)).slice(0, 3);
  const isFake = found.some((address) => /^198\.1[89]\./.test(address));
  const message = `The result's address is not fetched: ${plain(hostname, 100)} leads to ${found.join(', ') || 'no address'}, which is not public.`;
  return new Failure('DOWNLOAD_FAILED', message, isFake ? { reason: { kind: 'addressOfProxy' } } : {});
}
