import { checkPublicUrl, THIS_MACHINE } from '../model/public-address.ts';
import { urlOf } from '../model/url.ts';

/**
 * Returns why the address of a result must not be fetched, or null. The addresses behind its host name are checked when
 * the connection is made.
 * @param loopback the service's own address if it runs on this machine: only there may files of this machine be fetched
 */
export function refusedAddress(address: string, loopback: URL | null): string | null {
  const url = urlOf(address);
  if (url && loopback && THIS_MACHINE.includes(url.hostname)) {
    const isSame = url.protocol === loopback.protocol && url.port === loopback.port && !url.username;
    return isSame ? null : `a public https URL, or one on ${loopback.origin}`;
  }
  return checkPublicUrl(address, { schemes: ['https'] })?.expected ?? null;
}
