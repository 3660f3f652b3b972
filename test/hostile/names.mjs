// Loaded into a process before the program: its name server. The names in NAMES lead where that table says.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const names = JSON.parse(process.env.NAMES ?? '{}');
const system = dns.lookup;

dns.lookup = (name, options, callback) => {
  const address = names[name];
  if (address === undefined) return system(name, options, callback);
  const family = net.isIPv6(address) ? 6 : 4;
  process.nextTick(() =>
    options?.all ? callback(null, [{ address, family }]) : callback(null, address, family),
  );
};
syncBuiltinESMExports();
