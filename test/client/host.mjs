// A program that imports the built client, and reports what that changed in its process: after the import alone, and after
// a whole run with a client. Its argument is the address of client.mjs.
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';

const flags = [];
v8.setFlagsFromString = (flag) => flags.push(flag);
syncBuiltinESMExports();
const read = new Set();
process.env = new Proxy(process.env, {
  get: (env, name) => {
    // Node's own modules ask for these.
    if (typeof name === 'string') read.add(name);
    return env[name];
  },
});
const written = [];
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) => {
    if (!String(chunk).startsWith('{"report"')) written.push(String(chunk));
    return write(chunk, ...rest);
  };
}

const BUILT_IN = [Object, Array, String, Promise, Error, Buffer, EventEmitter, Function, AbortSignal, URL];

/** What another part of the program could notice. */
function state() {
  const shape = (value) => Object.entries(Object.getOwnPropertyDescriptors(value)).map(([key, one]) => [key, typeof one.value]);
  return JSON.stringify({
    globals: Object.getOwnPropertyNames(globalThis).sort(),
    symbols: Object.getOwnPropertySymbols(globalThis).map(String).sort(),
    builtIn: BUILT_IN.map((one) => [shape(one), shape(one.prototype)]),
    process: Object.getOwnPropertyNames(process).sort(),
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
    subscribers: channel('undici:client:sendHeaders').hasSubscribers,
    limit: EventEmitter.defaultMaxListeners,
    trace: Error.stackTraceLimit,
  });
}

const resources = () => process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|Immediate|FSReq|CloseReq/.test(name)).sort();

// What Node itself makes when streams, workers and DNS are first used is none of the client's.
await Promise.all(['node:stream', 'node:worker_threads', 'node:http', 'node:dns', 'node:zlib', 'node:crypto'].map((name) => import(name)));
process.stdout.writableLength;
globalThis.crypto.randomUUID();
const before = state();
const active = resources();
read.clear();
const { createClient, startSandbox } = await import(process.argv[2]);
const imported = { same: state() === before, active: resources(), read: [...read] };

const sandbox = await startSandbox({ speed: 5_000 });
const folder = mkdtempSync(path.join(tmpdir(), 'amw host '));
read.clear();
const client = createClient({ provider: 'aivideomaker', key: sandbox.key, baseUrl: sandbox.origin, pollIntervalMs: 20 });
const { example: payload } = await client.describe('t2v');
const task = await client.submit({ model: 't2v', payload, idempotencyKey: 'host-0001', maxCredits: 15 });
const waited = await client.wait(task);
const files = await client.download(waited.task, { to: folder });
const used = { same: state() === before, read: [...read] };
// With a proxy undici sends the requests: V8 keeps its settings all the same.
const proxied = createClient({
  ...{ provider: 'aivideomaker', key: sandbox.key, baseUrl: 'http://localhost:9', maxRetries: 0 },
  proxy: { httpProxy: sandbox.origin },
});
await proxied.account().catch(() => {});
await proxied.close();
await client.close();
await sandbox.close();
rmSync(folder, { recursive: true });
// What was closed is gone after a few rounds of the event loop.
for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
const closed = { active: resources() };
const { state: end } = waited.task;
const report = { report: true, active, imported, used, closed, flags, written, end, files: files.length };
process.stdout.write(JSON.stringify(report));
