import { plain } from './text.ts';
import { urlOf } from './url.ts';

/** Why an address is refused: what would be right, and what to write instead. */
export interface UrlProblem {
  expected: string;
  hint: string;
}

/**
 * Null when the value is an absolute URL of one of the schemes (`https`, without colon) on a public host, without
 * user or password; else why not. IP addresses are judged after the URL parser has normalised them (`0x7f.1`).
 */
export function checkPublicUrl(value: string, options: { schemes: readonly string[] }): UrlProblem | null {
  const expected = `a public ${options.schemes.join(' or ')} URL`;
  const problem = (hint: string): UrlProblem => ({ expected, hint });
  const usual = options.schemes.at(-1);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value.slice(0, 80))?.[1]?.toLowerCase();
  if (scheme === undefined) return problem(`begin the URL with ${usual}://`);
  if (!options.schemes.includes(scheme))
    return problem(`write ${expected}; ${plain(scheme, 20)}: is not taken`);
  // Where URL parsers disagree, the service may see another host than the one that is judged here.
  const odd = /[\s\\\u0000-\u001f\u007f]/.exec(value)?.[0];
  if (odd === '\\') return problem('write the URL without backslashes');
  if (odd !== undefined) return problem('write the URL without spaces or control characters');
  const authority = /^[^:]+:\/\/([^/?#]+)/.exec(value)?.[1];
  const url = urlOf(value);
  if (authority === undefined || !url) return problem(`write a complete URL such as ${usual}://host/path`);
  if (authority.includes('@')) return problem('write the URL without user name and password');
  const { hostname } = url;
  if (isPublicHost(hostname)) return null;
  return problem(`${plain(hostname, 60)} cannot be reached from the internet; write a URL on a public host`);
}

/** How this machine is called by its own programs, as `URL.hostname` gives it. */
export const THIS_MACHINE: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

const LOCAL_NAMES = /(?:^|\.)(?:localhost|local|localdomain|internal|lan|home\.arpa)$/;

/** True for a host name, or a normalised IP address as URL.hostname gives it, that can be public. */
function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicIpv6(hostname.slice(1, -1));
  const name = hostname.replace(/\.$/, '');
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return isPublicIpv4(name.split('.').map(Number));
  const labels = name.split('.');
  return labels.length > 1 && !labels.includes('') && !LOCAL_NAMES.test(name);
}

// Blocks that the IANA special-purpose registry excludes from the public internet, with multicast and the reserved blocks.
const PRIVATE_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

function isPublicIpv4(octets: readonly number[]): boolean {
  const address = toNumber(octets);
  return PRIVATE_IPV4.every(([base, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) !== Math.floor(toNumber(base.split('.').map(Number)) / size);
  });
}

function toNumber(octets: readonly number[]): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/**
 * True for an IP address, as a name server gives it, that the public internet knows. The IPv4 address inside one of NAT64
 * (64:ff9b::/96), by which a network without IPv4 reaches IPv4 hosts, is judged by itself.
 */
export function isPublicAddress(address: string): boolean {
  if (!address.includes(':')) return isPublicHost(address);
  // What a URL cannot hold, such as an address with a zone, is none of the public internet.
  const normal = urlOf(`http://[${address}]/`)?.hostname;
  if (normal === undefined) return false;
  const inside = /^\[64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})\]$/.exec(normal);
  if (!inside) return isPublicHost(normal);
  const [high, low] = [inside[1] ?? '0', inside[2]!].map((group) => Number.parseInt(group, 16));
  return isPublicIpv4([high! >> 8, high! & 255, low! >> 8, low! & 255]);
}

/**
 * Only 2000::/3 is handed out for the public internet: loopback, link-local, unique local, IPv4-mapped, NAT64 and
 * multicast addresses all lie outside of it. Excepted inside: protocol assignments with Teredo, documentation, 6to4.
 */
function isPublicIpv6(address: string): boolean {
  const groups = address.split(':');
  const first = Number.parseInt(groups[0] || '0', 16);
  const second = Number.parseInt(groups[1] || '0', 16);
  if (first >> 13 !== 1) return false;
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return false;
  return first !== 0x2002 && !(first === 0x3fff && second < 0x1000);
}
