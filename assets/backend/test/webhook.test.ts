import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';

// A file of its own: the look-up is bound when the client library is loaded.
test('guarantee 7: a notice never goes to a name that leads to a private address', async () => {
  let connections = 0;
  const inside = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    inside.listen(0, '127.0.0.1', resolve);
  });
  const { lookup } = dns;
  dns.lookup = ((_name: string, _options: object, callback: (...result: unknown[]) => void) =>
    callback(null, [{ address: '127.0.0.1', family: 4 }])) as typeof lookup;
  syncBuiltinESMExports();
  try {
    const { post } = await import('../src/webhook.ts');
    const { port } = inside.address() as AddressInfo;
    const message = { id: 'm', body: '{}', timestamp: 1 };
    await expect(post(`https://hook.example:${port}/`, message, 'whsec_AAAA')).rejects.toThrow('not public');
    expect(connections).toBe(0);
  } finally {
    dns.lookup = lookup;
    syncBuiltinESMExports();
    inside.close();
  }
});
