import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CANARY, envelopeOf, live, ROOT, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { httpsAccount } from '../support/network.ts';
import { service } from '../support/service.ts';

const ACCOUNT = ['--action', 'account'];
const packages = path.join(ROOT, 'test', 'nodes', 'node_modules');
/** The Node that runs this, and the others where they are installed. */
const NODES = [
  ['this Node', process.execPath] as const,
  ...['node22', 'node24', 'node26']
    .map((name) => [name, path.join(packages, name, 'bin', 'node')] as const)
    .filter(([, node]) => existsSync(node)),
];

/** An https service whose certificate nobody vouches for, and the keys it was sent. */
async function unknownService() {
  const { port, ...account } = await httpsAccount();
  return { origin: `https://localhost:${port}`, ...account };
}

describe('fault 103: what the environment asks of Node', () => {
  it.each(NODES)('NODE_DEBUG shows no key, and that is said: %s', async (_, node) => {
    const server = await service();
    const folder = tempFolder();
    const secret = Buffer.from(CANARY.slice(0, 8))
      .toString('hex')
      .replace(/..(?=.)/g, '$& ');
    // Straight with Node's own client, and through a proxy and for a file with undici.
    const runs = [
      run([...T2V_ARGS, '--download', folder], { node, env: { ...live(server.origin), NODE_DEBUG: '*' } }),
      run(ACCOUNT, {
        node,
        env: { ...live(server.origin), NODE_DEBUG: 'http,net,undici', HTTP_PROXY: server.origin },
      }),
    ];
    for (const done of await Promise.all(runs)) {
      expect(envelopeOf(done)).toMatchObject({ ok: true });
      expect(done.stderr).toMatch(/^NODE_DEBUG is overruled: .*$/m);
      expect(envelopeOf(done).data.warnings).toEqual([expect.stringMatching(/^NODE_DEBUG is overruled/)]);
      expect(done.stderr).not.toContain(secret);
      expect(done.stdout + done.stderr).not.toContain(CANARY.slice(0, 12));
    }
    expect((await runs[0]!).stderr).toContain('task task1 ');
    expect(server.received.some(({ headers }) => headers.key === CANARY)).toBe(true);
  });

  it.each(NODES)(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 brings the key to nobody, and that is said: %s',
    async (_, node) => {
      const { origin, keys } = await unknownService();
      const env = { ...live(origin, { AIVIDEO_MAX_RETRIES: '0' }), NODE_TLS_REJECT_UNAUTHORIZED: '0' };
      const done = await run(ACCOUNT, { node, env });
      expect(envelopeOf(done)).toMatchObject({ ok: false, errorCode: 'NETWORK_ERROR' });
      expect(done.stderr.match(/^NODE_TLS_REJECT_UNAUTHORIZED=0 is overruled: .*$/gm)).toHaveLength(1);
      expect(done.stderr).not.toContain('insecure');
      expect(keys).toEqual([]);
    },
  );

  it('a certificate of NODE_EXTRA_CA_CERTS is still trusted beside it', async () => {
    const { origin, keys, ca } = await unknownService();
    const env = { ...live(origin), NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: ca };
    expect(envelopeOf(await run(ACCOUNT, { env }))).toMatchObject({ ok: true });
    expect(keys).toEqual([CANARY]);
  });

  it('nothing is said of values that change nothing', async () => {
    const server = await service();
    const env = { ...live(server.origin), NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_DEBUG: '' };
    expect((await run(ACCOUNT, { env })).stderr).toBe('');
  });
});
