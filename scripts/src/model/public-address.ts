import type { Problem } from './issue.ts';
import { plain } from './text.ts';
import { urlOf } from './url.ts';

/**
 * Null when the value is an absolute URL of one of the schemes (`https`, without colon) on a public host, without
 * user or password; else why not. IP addresses are judged after the URL parser has normalised them (`0x7f.1`).
 */
export function checkPublicUrl(value: string, options: { schemes: readonly string[] }): Problem | null {
  const expected = `a public ${options.schemes.join(' or ')} URL`;
  const problem = (hint: string): Problem => ({ expected, hint });
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

/** @param hostname as `URL.hostname` gives it: a name, or a normalised IP address */
function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicIp(hostname.slice(1, -1), 'ipv6');
  const name = hostname.replace(/\.$/, '');
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return isPublicIp(name, 'ipv4');
  const labels = name.split('.');
  return labels.length > 1 && !labels.includes('') && !LOCAL_NAMES.test(name);
}

/** What the IANA special-purpose registries exclude from the public internet, with multicast and the reserved blocks. */
const PRIVATE = {
  ipv4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
  ],
  // Only 2000::/3 is handed out for the public internet; inside of it: protocol assignments with Teredo, documentation, 6to4.
  ipv6: ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
};

function isPublicIp(address: string, family: keyof typeof PRIVATE): boolean {
  // Loaded only here: few payloads hold an IP address.
  const { BlockList } = process.getBuiltinModule('node:net');
  const blocked = new BlockList();
  for (const block of PRIVATE[family]) {
    const [base, bits] = block.split('/') as [string, string];
    blocked.addSubnet(base, Number(bits), family);
  }
  return !blocked.check(address, family);
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
  return isPublicIp([high! >> 8, high! & 255, low! >> 8, low! & 255].join('.'), 'ipv4');
}
