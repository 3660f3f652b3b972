// Stays until it is killed.
import { once } from 'node:events';
import { writeWhole } from '../../scripts/src/disk/durable.ts';
import { tryLock } from '../../scripts/src/disk/lock.ts';
import { systemClock } from '../../scripts/src/http/clock.ts';

const [what, file] = process.argv.slice(2) as [string, string];
const say = (text: string) => process.stdout.write(`${text}\n`);

process.stdin.resume();
say('ready');
if (what === 'write') {
  for (let n = 0; ; n += 1) {
    await writeWhole(file, `${n},`.repeat(100_000), systemClock);
    say(String(n));
  }
}
if (what === 'lock when told') await once(process.stdin, 'data');
const lock = await tryLock(file, systemClock);
say('heldBy' in lock ? `held by ${lock.heldBy.pid}` : 'mine');
