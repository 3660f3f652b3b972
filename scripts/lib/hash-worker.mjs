// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/hash-worker.ts
const { createHash } = require("node:crypto");
const { openSync, readSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
var descriptor = openSync(workerData, "r");
var hash = createHash("sha256");
var block = Buffer.allocUnsafe(256 * 1024);
var at = 0;
parentPort?.on("message", ({ upTo, last }) => {
  while (at < upTo) {
    const read = readSync(descriptor, block, 0, Math.min(block.length, upTo - at), at);
    if (read === 0) throw new Error(`the file ended at ${at} of ${upTo} bytes`);
    hash.update(block.subarray(0, read));
    at += read;
  }
  if (last) parentPort?.postMessage(hash.digest("hex"));
});
