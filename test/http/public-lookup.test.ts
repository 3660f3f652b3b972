import type { LookupAddress } from 'node:dns';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { publicLookup, type Resolve } from '../../scripts/src/http/public-lookup.ts';
import { isPublicAddress } from '../../scripts/src/model/public-address.ts';
import { failureOf } from '../support/failures.ts';

const answering =
  (...addresses: string[]): Resolve =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: net.isIPv6(address) ? 6 : 4 })),
    );

/** What a connection to the name gets to connect to. */
function resolveName(resolve: Resolve, name = 'files.example.com', all = true): Promise<unknown> {
  return new Promise((done, fail) => {
    publicLookup(resolve)(name, { all }, (error, address) => (error ? fail(error) : done(address)));
  });
}

const PRIVATE = [
  ...['127.0.0.1', '127.8.8.8', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
  ...['0.0.0.0', '198.18.0.7', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fe80::1%eth0'],
  ...['fd00::1', '::ffff:127.0.0.1', '::ffff:93.184.215.14', 'ff02::1', '2002:7f00:1::', '2001:db8::1'],
  ...['64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b::', '64:ff9b:1::5db8:d70e', 'nonsense', ''],
];

describe('fault 98: a name that leads to an address', () => {
  it.each(PRIVATE)('%j is refused', async (address) => {
    expect(isPublicAddress(address)).toBe(false);
    const failure = await failureOf(resolveName(answering(address)));
    expect(failure.code).toBe('DOWNLOAD_FAILED');
    expect(failure.message).toContain('files.example.com leads to');
  });

  it.each(['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '64:ff9b::5db8:d70e'])(
    '%s is what is connected to',
    async (address) => {
      expect(await resolveName(answering(address))).toMatchObject([{ address }]);
      expect(await resolveName(answering(address), 'files.example.com', false)).toBe(address);
    },
  );

  it('of several, only the public ones are connected to', async () => {
    const found = await resolveName(answering('127.0.0.1', '93.184.215.14', 'fd00::1', '1.1.1.1'));
    expect((found as LookupAddress[]).map(({ address }) => address)).toEqual(['93.184.215.14', '1.1.1.1']);
  });

  it('this machine has one name, and that leads nowhere else', async () => {
    expect(await resolveName(answering('127.0.0.1', '::1'), 'localhost')).toHaveLength(2);
    await expect(resolveName(answering('93.184.215.14'), 'localhost')).rejects.toThrow('localhost leads to');
    await expect(resolveName(answering('127.0.0.1'), 'localhost.example.com')).rejects.toThrow('not public');
  });

  it('a name that nobody knows keeps its own error', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    await expect(resolveName((_, __, callback) => callback(unknown, []))).rejects.toBe(unknown);
    await expect(resolveName(answering())).rejects.toThrow('leads to no address');
  });

  it('where a proxy program answers with addresses of its own, the way out is named', async () => {
    const { details } = await failureOf(resolveName(answering('198.18.0.7')));
    expect(details.reason).toEqual({ kind: 'addressOfProxy' });
  });
});
