// Loaded into the program before it starts: counts what it does to the world outside, and kills it in front of one of
// these steps. STEP_KILL: the number of that step. STEP_LOG: a file that takes the names of the steps.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const killAt = Number(process.env.STEP_KILL ?? 0);
const log = process.env.STEP_LOG;
const { appendFileSync } = fs;
let steps = 0;

function step(name) {
  steps += 1;
  if (log) appendFileSync(log, `${name}\n`);
  if (steps === killAt) process.kill(process.pid, 'SIGKILL');
}

function watch(target, name) {
  const original = target[name];
  target[name] = function watched(...args) {
    step(name);
    return original.apply(this, args);
  };
}

for (const name of ['openSync', 'writeSync', 'fsyncSync', 'renameSync', 'linkSync', 'rmSync', 'mkdirSync'])
  watch(fs, name);
for (const name of ['open', 'link', 'rm', 'mkdir']) watch(fs.promises, name);
watch(net.Socket.prototype, 'write');
syncBuiltinESMExports();
