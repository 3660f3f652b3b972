// Stays until it is killed.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createInterface } from 'node:readline';
import { replaceAtOnce, writeWhole } from '../../scripts/src/disk/durable.ts';
import { tryLock } from '../../scripts/src/disk/lock.ts';
import { systemClock } from '../../scripts/src/model/clock.ts';
import type { Race } from './child.ts';

const [what, file] = process.argv.slice(1) as [string, string];
const say = (text: string) => process.stdout.write(`${text}\n`);
const long = (n: number) => `${n},`.repeat(100_000);

if (what === 'lock without links when told') {
  fs.linkSync = () => {
    throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
  };
  syncBuiltinESMExports();
}

process.stdin.resume();
say('ready');
if (what === 'write' || what === 'replace') {
  for (let n = 0; ; n += 1) {
    if (what === 'write') await writeWhole(file, long(n), systemClock);
    else replaceAtOnce(file, long(n));
    say(String(n));
    await new Promise(setImmediate);
  }
}
if (what === 'replace at the end') {
  process.once('exit', () => replaceAtOnce(file, long(7)));
  process.stdin.once('data', () => process.exit());
}

function lock(file: string): void {
  const lock = tryLock(file, systemClock);
  say('heldBy' in lock ? `held by ${lock.heldBy.pid}` : 'mine');
}

if (what === 'lock') lock(file);
if (what.endsWith('when told')) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { file, at } = JSON.parse(line) as Race;
    while (Date.now() < at);
    lock(file);
  }
}
