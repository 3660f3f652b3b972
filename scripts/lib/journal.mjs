// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/core/record/while-locked.ts
import { Failure } from "./main.mjs";
async function whileLocked(store, entry, change) {
  const lock = await store.lock(entry.record.request, 0);
  if ("heldBy" in lock) {
    const { pid, host } = lock.heldBy;
    const message = `Process ${pid} on ${host} is submitting this request just now; its record stays.`;
    throw new Failure("UNKNOWN_ERROR", message, { reason: { kind: "beingSubmitted" } });
  }
  try {
    await entry.refresh();
    await change();
  } finally {
    await lock.release();
  }
}

// scripts/src/disk/durable.ts
const { randomBytes } = require("node:crypto");
const {
  chmodSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync
} = require("node:fs");
const path = require("node:path");
import { makeFolder } from "./main.mjs";
function diskError(error) {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
var DISK_ERRORS = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the disk is read-only",
  EIO: "the disk failed",
  EBUSY: "another program holds the file",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENOENT: "the folder is gone",
  ENOTDIR: "a folder on the way is a file",
  EEXIST: "a file is where the folder should be",
  EISDIR: "a folder is where the file should be",
  ENAMETOOLONG: "the path is too long",
  EFBIG: "the file is too large for this disk",
  EXDEV: "a part of it is on another disk",
  ELOOP: "the links on the way go in a circle"
};
function discard(file) {
  try {
    rmSync(file, { force: true, recursive: true });
  } catch {
  }
}
function diskErrorText(error) {
  return DISK_ERRORS[diskError(error)];
}
function onDisk(work, otherwise) {
  try {
    return work();
  } catch (error) {
    const reason = diskErrorText(error);
    if (reason === void 0) throw error;
    return otherwise(reason, error);
  }
}
var PASSING = ["ENOSPC", "EDQUOT", "EIO", "EBUSY", "EMFILE", "ENFILE", "EFBIG"];
function isLasting(error) {
  return diskErrorText(error) !== void 0 && !PASSING.includes(diskError(error));
}
function makePrivate(folder) {
  makeFolder(folder, 448);
  try {
    chmodSync(folder, 448);
  } catch {
  }
}
async function writeWhole(file, text2, clock) {
  const temp = writeTemp(file, text2);
  try {
    await renamePatiently(temp, file, clock);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
  syncFolder(path.dirname(file));
}
function replaceAtOnce(file, text2) {
  const temp = writeTemp(file, text2);
  orDiscard(temp, () => renameSync(temp, file));
}
function replaceUnsynced(file, text2, before) {
  const temp = tempOf(file);
  orDiscard(temp, () => {
    writeFileSync(temp, text2, { flag: "wx", mode: 384 });
    before?.(temp);
    renameSync(temp, file);
  });
}
function createAtOnce(file, text2) {
  if (lstatSync(file, { throwIfNoEntry: false })) return false;
  const temp = writeTemp(file, text2);
  try {
    linkSync(temp, file);
  } catch (error) {
    if (diskError(error) === "EEXIST") return false;
    renameSync(temp, file);
  } finally {
    rmSync(temp, { force: true });
  }
  return true;
}
function overwrite(file, text2) {
  withOpen(file, "r+", (descriptor) => {
    const bytes = writeSync(descriptor, text2, 0);
    ftruncateSync(descriptor, bytes);
    fsyncSync(descriptor);
  });
}
var OWN = randomBytes(6).toString("hex");
var written = 0;
function tempOf(file) {
  written += 1;
  return `${file}.${OWN}-${written}${TEMP}`;
}
function writeTemp(file, text2) {
  const temp = tempOf(file);
  orDiscard(
    temp,
    () => withOpen(temp, "wx", (descriptor) => {
      writeFileSync(descriptor, text2);
      fsyncSync(descriptor);
    })
  );
  return temp;
}
function withOpen(file, flags, use) {
  const descriptor = openSync(file, flags, 384);
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
function orDiscard(temp, work) {
  try {
    work();
  } catch (error) {
    discard(temp);
    throw error;
  }
}
var TEMP = ".tmp";
var HELD = ["EPERM", "EBUSY", "EACCES"];
var RENAME_PAUSES_MS = [10, 50, 100, 250];
async function renamePatiently(from, to, clock) {
  for (const pause of [...RENAME_PAUSES_MS, null]) {
    try {
      return renameSync(from, to);
    } catch (error) {
      if (pause === null || !HELD.includes(diskError(error))) throw error;
      await clock.sleep(pause);
    }
  }
}
function syncFolder(folder) {
  try {
    withOpen(folder, "r", fsyncSync);
  } catch (error) {
    if (!["EPERM", "EISDIR", "EACCES", "EINVAL", "ENOTSUP"].includes(diskError(error))) throw error;
  }
}

// scripts/src/disk/lock.ts
const { randomBytes: randomBytes2 } = require("node:crypto");
const {
  linkSync: linkSync2,
  readFileSync,
  readlinkSync,
  renameSync: renameSync2,
  rmSync: rmSync2,
  statSync,
  utimesSync,
  writeFileSync: writeFileSync2
} = require("node:fs");
const { hostname } = require("node:os");
import { isObject } from "./main.mjs";
var HEARTBEAT_MS = 1e4;
var SILENT_MS = 12e4;
var WATCHED_MS = 2.5 * HEARTBEAT_MS;
var UNWRITTEN_MS = 1e4;
function tryLock(file, clock) {
  if (ownStart === void 0) ownStart = startOf(process.pid);
  const me = {
    pid: process.pid,
    host: hostname(),
    system: systemOf(),
    start: ownStart,
    nonce: randomBytes2(8).toString("hex")
  };
  const temp = `${file}.${me.nonce}${TEMP}`;
  try {
    writeFileSync2(temp, JSON.stringify(me), { flag: "wx", mode: 384 });
    for (; ; ) {
      if (place(temp, file, me)) return hold(file, me);
      const owner = readOwner(file);
      if (owner === void 0) continue;
      if (isAlive(owner, file, clock)) return { heldBy: owner };
      const claim = tryLock(`${file}.${owner.nonce}`, clock);
      if ("heldBy" in claim) return claim;
      try {
        if (readOwner(file)?.nonce !== owner.nonce) continue;
        renameSync2(temp, file);
        return hold(file, me);
      } finally {
        claim.release();
      }
    }
  } finally {
    rmSync2(temp, { force: true });
  }
}
async function waitForLock(file, clock, deadline, signal, pauseMs = LOCK_PAUSE_MS) {
  for (; ; ) {
    const lock = tryLock(file, clock);
    if (!("heldBy" in lock) || clock.monotonic() >= deadline) return lock;
    const left = deadline - clock.monotonic();
    await clock.sleep(Math.min(pauseMs * (0.5 + clock.random()), Math.max(left, 1)), signal);
  }
}
var LOCK_PAUSE_MS = 50;
function hold(file, { nonce }) {
  const heartbeat = setInterval(() => {
    const now = /* @__PURE__ */ new Date();
    try {
      utimesSync(file, now, now);
    } catch {
    }
  }, HEARTBEAT_MS).unref();
  const isOurs = () => {
    try {
      return readOwner(file)?.nonce === nonce;
    } catch {
      return false;
    }
  };
  return {
    isOurs,
    release() {
      clearInterval(heartbeat);
      try {
        if (isOurs()) rmSync2(file, { force: true });
      } catch {
      }
    }
  };
}
var WITHOUT_LINKS = ["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP", "EXDEV", "EACCES", "EMLINK"];
function place(temp, file, me) {
  try {
    try {
      linkSync2(temp, file);
    } catch (error) {
      if (!WITHOUT_LINKS.includes(diskError(error))) throw error;
      writeFileSync2(file, JSON.stringify(me), { flag: "wx", mode: 384 });
    }
    return true;
  } catch (error) {
    if (diskError(error) === "EEXIST") return false;
    throw error;
  }
}
function readOwner(file) {
  let text2;
  try {
    text2 = readFileSync(file, "utf8");
  } catch (error) {
    if (diskError(error) === "ENOENT") return void 0;
    throw error;
  }
  return parseOwner(text2) ?? { pid: 0, host: "", system: null, start: null, nonce: "unreadable" };
}
function parseOwner(text2) {
  try {
    const value = JSON.parse(text2);
    if (!isObject(value)) return void 0;
    const { pid, host, system: system2, start, nonce } = value;
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return void 0;
    if (typeof host !== "string" || typeof nonce !== "string" || !/^\w+$/.test(nonce)) return void 0;
    const textOrNull = (word) => typeof word === "string" ? word : null;
    return { pid, host, system: textOrNull(system2), start: textOrNull(start), nonce };
  } catch {
    return void 0;
  }
}
function isAlive(owner, file, clock) {
  if (owner.pid === 0) return !isSilent(owner, file, clock, UNWRITTEN_MS, UNWRITTEN_MS);
  if (owner.host === hostname() && isSystem(owner.system)) return isRunning(owner);
  return !isSilent(owner, file, clock, SILENT_MS, WATCHED_MS);
}
var watched = /* @__PURE__ */ new Map();
function isSilent({ nonce }, file, clock, silentMs, watchedMs) {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return true;
  const touched = stat.mtimeMs;
  const before = watched.get(file);
  const now = clock.monotonic();
  const since = before?.nonce === nonce && before.touched === touched ? before.since : now;
  watched.set(file, { nonce, touched, since });
  return Math.abs(clock.wall() - touched) >= silentMs && now - since >= watchedMs;
}
function isRunning({ pid, start }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (diskError(error) === "ESRCH") return false;
  }
  const now = startOf(pid);
  return now === null || now !== ENDED && (start === null || now === start);
}
function isSystem(system2) {
  return system2 === systemOf() && (system2 !== null || process.platform !== "linux");
}
var system;
var ownStart;
function systemOf() {
  if (system !== void 0) return system;
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    system = `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    system = null;
  }
  return system;
}
var ENDED = "ended";
function startOf(pid) {
  try {
    const text2 = readFileSync(`/proc/${pid}/stat`, "latin1");
    const words = text2.slice(text2.lastIndexOf(")") + 2).split(" ");
    return words[0] === "Z" || words[0] === "X" ? ENDED : words[19] ?? null;
  } catch {
    return null;
  }
}

// scripts/src/disk/trusted-folder.ts
const { lstatSync: lstatSync2, readlinkSync: readlinkSync2, statSync: statSync2 } = require("node:fs");
const path2 = require("node:path");
import { quoteWord } from "./main.mjs";
var WRITABLE_BY_ALL = 2;
var STICKY = 512;
function distrustOf(folder) {
  const me = process.getuid?.();
  if (me === void 0) return void 0;
  const trusted = /* @__PURE__ */ new Set([0, me, statSync2("/").uid]);
  const ahead = namesOf(folder);
  for (let at = "/"; ; at = path2.join(at, ahead.shift())) {
    const stat = lstatSync2(at, { throwIfNoEntry: false });
    const distrust = stat && distrustOfOne(at, stat, { me, trusted, below: ahead.length });
    if (distrust || !statSync2(at, { throwIfNoEntry: false })?.isDirectory()) return distrust;
    if (stat?.isSymbolicLink()) {
      const target = readlinkSync2(at);
      ahead.unshift(...namesOf(target));
      at = path2.isAbsolute(target) ? "/" : path2.dirname(at);
    }
    if (ahead.length === 0) return void 0;
  }
}
var namesOf = (file) => file.split("/").filter((name) => name !== "");
function distrustOfOne(at, stat, { me, trusted, below }) {
  const isFolder = stat.isDirectory();
  const isLast = below === 0;
  if (!trusted.has(stat.uid) || isLast && isFolder && stat.uid !== me) {
    return {
      reason: `${at} belongs to another user (number ${stat.uid})`,
      // A folder further up may be another user's home.
      repair: below > 1 ? null : command(me === 0, `chown ${isFolder ? "" : "-h "}"$(id -un)"`, at)
    };
  }
  if (!isFolder || (stat.mode & WRITABLE_BY_ALL) === 0 || (stat.mode & STICKY) !== 0 && !isLast)
    return void 0;
  return {
    reason: `every user can write to ${at}`,
    // The permissions of a folder further up are not ours to change.
    repair: command(stat.uid === me || me === 0, below > 1 ? "chmod +t" : "chmod o-w", at)
  };
}
function command(isAllowed, words, file) {
  return `${isAllowed ? "" : "sudo "}${words} ${quoteWord(file)}`;
}

// scripts/src/model/claim-rules.ts
import { Failure as Failure2 } from "./main.mjs";

// scripts/src/model/fingerprint.ts
const { createHash, hash } = require("node:crypto");
function accountOf(provider, key) {
  return sha256("account", provider, key).slice(0, 12);
}
function jsonHash(value) {
  const bytes = new HashedBytes();
  addValue(bytes, value);
  return bytes.digest();
}
function requestName(request) {
  const { provider, service, account, model, payloadHash, idempotencyKey, ordinal = 1 } = request;
  const what = idempotencyKey === void 0 ? ["payload", model, payloadHash] : ["key", idempotencyKey];
  if (ordinal > 1) what.push("ordinal", String(ordinal));
  return sha256("intent", provider, service, account, ...what).slice(0, 32);
}
function sha256Text(text2) {
  return hash("sha256", text2);
}
function sha256(...words) {
  return sha256Text(JSON.stringify(words));
}
var PIECE = 32 * 1024;
var gathered = Buffer.allocUnsafe(8 * 1024);
var HashedBytes = class {
  #hash;
  #length = 0;
  add(text2, encoding) {
    const most = 2 * text2.length;
    if (this.#length + most > gathered.length) this.#pass();
    if (most > gathered.length) this.#hash.update(text2, encoding);
    else this.#length += gathered.write(text2, this.#length, encoding);
  }
  digest() {
    this.#pass();
    return this.#hash.digest("hex");
  }
  #pass() {
    this.#hash ??= createHash("sha256");
    this.#hash.update(gathered.subarray(0, this.#length));
    this.#length = 0;
  }
};
function addValue(bytes, value) {
  if (typeof value === "string") {
    bytes.add(`s${value.length}:`, "latin1");
    for (let at = 0; at < value.length; at += PIECE) bytes.add(value.slice(at, at + PIECE), "utf16le");
  } else if (Array.isArray(value)) {
    bytes.add(`a${value.length}:`, "latin1");
    for (const item of value) addValue(bytes, item);
  } else if (typeof value === "object" && value !== null) {
    const fields = Object.keys(value).sort();
    bytes.add(`o${fields.length}:`, "latin1");
    for (const name of fields) {
      addValue(bytes, name);
      addValue(bytes, value[name]);
    }
  } else {
    bytes.add(`v${JSON.stringify(value)};`, "latin1");
  }
}

// scripts/src/model/claim-rules.ts
import { compact } from "./main.mjs";
function requestNameOf(request, account) {
  const idempotencyKey = request.isNamed ? request.idempotencyKey : void 0;
  return requestName({ ...request, ...account, idempotencyKey });
}
function knownRecord(entries, claim) {
  if (claim.isNew) return void 0;
  for (const entry of entries) {
    if (entry === null) throw unreadable();
    if (!mayCount(entry)) continue;
    const { payloadHash, model } = entry.record;
    if (payloadHash !== claim.payloadHash || model !== claim.model) throw conflict(claim, entry.record);
    return entry;
  }
  return void 0;
}
function nameOfPayload(payload, account) {
  return requestName({ ...payload, ...account, idempotencyKey: void 0 });
}
function newestOf(entries) {
  return entries.find((entry) => entry === null || mayCount(entry));
}
var mayCount = ({ record: { phase } }) => phase !== "rejected" && phase !== "abandoned";
function newestMade(entries) {
  const made = entries.filter((entry) => entry !== null && entry.record.phase !== "rejected");
  return made.sort((a, b) => Date.parse(b.record.created) - Date.parse(a.record.created))[0];
}
function lostSubmitsOf(entries, claim) {
  if (!claim.isNew) return [];
  return entries.filter((entry) => mayCount(entry) && entry.record.taskId === null);
}
function firstRecord(claim, account) {
  const { owner, model, payloadHash, promptExcerpt = null, idempotencyKey, wait, download } = claim;
  const { output, ordinal = 1, newRun } = claim;
  const { provider, service, account: id } = account;
  return compact({
    request: requestNameOf(claim, account),
    provider,
    service,
    account: id,
    owner,
    model,
    payloadHash,
    promptExcerpt,
    idempotencyKey,
    phase: "submitting",
    taskId: null,
    status: "UNKNOWN",
    resubmitted: false,
    checked: null,
    delivered: null,
    used: null,
    wait,
    download,
    fileCount: null,
    credits: { quoted: null, charged: null, refunded: null },
    files: [],
    output: output || void 0,
    ordinal: ordinal > 1 ? ordinal : void 0,
    newRun
  });
}
var BUSY_S = 5;
function busy({ pid, host }, lock, { isNew }) {
  const message = `Another process (${pid} on ${host}) is submitting this very request; its outcome is not known yet.`;
  return new Failure2("SUBMIT_OUTCOME_UNKNOWN", message, {
    status: "UNKNOWN",
    retryAfter: BUSY_S,
    reason: { kind: "requestBusy", isNew, lockFile: lock }
  });
}
function unreadable() {
  const message = "The newest record of this request is damaged, so it is not known whether it was submitted and charged. Nothing was submitted now.";
  return new Failure2("SUBMIT_OUTCOME_UNKNOWN", message, {
    status: "UNKNOWN",
    reason: { kind: "recordDamaged" }
  });
}
function conflict(claim, record) {
  const { idempotencyKey, model, payloadHash } = claim;
  const message = `The idempotency key ${idempotencyKey} already stands for another request.`;
  return new Failure2("IDEMPOTENCY_CONFLICT", message, {
    nothingSubmitted: true,
    reason: { kind: "otherRequest", idempotencyKey, model, payloadHash, recorded: record }
  });
}
function takenOver() {
  const message = "Another process took this request over; nothing was submitted here.";
  return new Failure2("UNKNOWN_ERROR", message, { reason: { kind: "takenOver" } });
}

// scripts/src/model/request-record.ts
import { isTerminal } from "./main.mjs";
var PHASES = [
  /** A submit may be under way. */
  "submitting",
  /** The service certainly did not accept the last submit, and none is under way. */
  "rejected",
  /** A submit ended without an answer: the next command reconciles it. */
  "unknown",
  /** The service accepted it and made a task. */
  "submitted",
  /** Its outcome is unknown, and the user has decided to submit another request in its place. */
  "abandoned"
];
var FOLLOWING = {
  submitting: ["rejected", "unknown", "submitted", "abandoned"],
  rejected: ["submitting", "submitted"],
  unknown: ["submitted", "abandoned"],
  submitted: [],
  abandoned: ["submitted"]
};
function allowedChange(now, change) {
  const allowed = { ...change };
  if (now.taskId !== null) delete allowed.taskId;
  if (isTerminal(now.status)) delete allowed.status;
  if (now.delivered !== null) delete allowed.delivered;
  if (now.duration !== null) delete allowed.duration;
  if (change.phase !== void 0 && change.phase !== now.phase && !mayFollow(now, change)) {
    delete allowed.phase;
    delete allowed.resubmitted;
  }
  return allowed;
}
function hasTaken(now, change) {
  if (typeof change === "function") return true;
  const { phase = now.phase, resubmitted = now.resubmitted } = change;
  return phase === now.phase && resubmitted === now.resubmitted;
}
function mayFollow(now, { phase, resubmitted }) {
  if (now.phase === "unknown" && phase === "submitting") return resubmitted === true && !now.resubmitted;
  if (now.phase === "submitting" && phase === "rejected") return !now.resubmitted;
  return FOLLOWING[now.phase].includes(phase);
}
function isPending({ delivered, phase }) {
  return delivered === null && phase !== "abandoned" && phase !== "rejected";
}
function isUnsaved({ taskId, status, download, files, fileCount }) {
  if (taskId === null) return false;
  if (!isTerminal(status)) return true;
  const saved = new Set(files.map(({ number, path: path14 }) => number ?? path14)).size;
  return status === "COMPLETED" && download !== null && saved < (fileCount ?? 1);
}
function isReplaced({ phase, taskId }) {
  return phase === "abandoned" && taskId === null;
}
function spentOn({ phase, resubmitted, credits }) {
  if (phase === "rejected") return 0;
  const { quoted, charged, refunded } = credits;
  const cost = charged ?? quoted;
  if (cost === null) return null;
  return Math.max(0, cost - (refunded ?? 0)) + (resubmitted ? quoted ?? cost : 0);
}
function lastUse({ phase, created, checked, delivered, used }) {
  if (phase === "submitting" || phase === "unknown") return void 0;
  return Math.max(...[created, checked, delivered, used].map((date2) => Date.parse(date2 ?? created)));
}
var KEPT_DAYS = 30;

// scripts/src/model/spending-row.ts
import { dayOf } from "./main.mjs";
import { isTerminal as isTerminal2 } from "./main.mjs";
var COUNTS = [
  "tasks",
  "completed",
  "failed",
  "cancelled",
  "running",
  /** Submits whose outcome is unknown. */
  "unknown",
  /** Credits. */
  "charged",
  "refunded",
  /** What is not charged yet and may still be, as quoted. */
  "open",
  /** Requests of which it is unknown what they cost or may cost: the service reported no charge. */
  "unpriced",
  /** Those of them that may still be charged. */
  "openUnpriced"
];
function countsOf(status, { quoted, charged, refunded }) {
  const isOpen = status === null || !isTerminal2(status);
  const count = (isCounted) => Number(isCounted);
  return {
    tasks: 1,
    completed: count(status === "COMPLETED"),
    failed: count(status === "FAILED"),
    cancelled: count(status === "CANCEL"),
    running: count(status !== null && isOpen),
    unknown: count(status === null),
    charged: charged ?? 0,
    refunded: refunded ?? 0,
    open: charged === null && isOpen ? quoted ?? 0 : 0,
    unpriced: count(charged === null && (!isOpen || quoted === null)),
    openUnpriced: count(charged === null && isOpen && quoted === null)
  };
}
function recordedRow(record) {
  const { phase, status, provider, service, account, model, credits, created } = record;
  if (phase === "rejected") return void 0;
  const counts = countsOf(phase === "submitted" ? status : null, credits);
  return { day: dayOf(Date.parse(created)), provider, service, account, model, ...counts };
}
var NOTHING = Object.fromEntries(COUNTS.map((name) => [name, 0]));
function plus(a, b) {
  return Object.fromEntries(COUNTS.map((name) => [name, a[name] + b[name]]));
}
function sumRows(rows) {
  const sums = /* @__PURE__ */ new Map();
  for (const row of rows) {
    const key = [row.day, row.provider, row.service, row.account, row.model].join("\n");
    const sum = sums.get(key);
    if (!sum) sums.set(key, { ...row });
    else for (const name of COUNTS) sum[name] += row[name];
  }
  return [...sums.values()].sort((a, b) => a.day < b.day ? -1 : a.day > b.day ? 1 : 0);
}

// scripts/src/stores/file/checked-json.ts
var LENGTH = 16;
function checkedLine(what, value) {
  const json = JSON.stringify(value);
  return checksumOf(what, json) + json;
}
function valueIn(what, line = "") {
  const json = line.slice(LENGTH);
  return json !== "" && line.startsWith(checksumOf(what, json)) ? JSON.parse(json) : void 0;
}
function checksumOf(what, json) {
  return sha256Text(`${what}
${json}`).slice(0, LENGTH);
}

// scripts/src/stores/file/entry.ts
const { existsSync: existsSync2, readFileSync: readFileSync3, rmSync: rmSync3, utimesSync: utimesSync2 } = require("node:fs");
const path4 = require("node:path");

// scripts/src/stores/file/record.ts
import { isIdempotencyKey } from "./main.mjs";
import { isObject as isObject2 } from "./main.mjs";
import { TASK_ID, TASK_STATES } from "./main.mjs";
var VERSION = 2;
function encodeRecord(name, raw) {
  const { version, checksum, ...fields } = raw;
  const newest = Math.max(VERSION, typeof version === "number" ? version : 0);
  const whole = { version: newest, ...fields };
  return `${JSON.stringify({ ...whole, checksum: checksumOf2(name, whole) }, null, 2)}
`;
}
function decodeRecord(name, text2) {
  const whole = wholeRecord(name, text2);
  const raw = whole?.version === 1 ? fromVersion1(whole) : whole;
  return raw && readRecord(raw) && name.startsWith(`${raw.request}-`) ? raw : void 0;
}
function isOfNewerVersion(name, text2) {
  const whole = wholeRecord(name, text2);
  return whole !== void 0 && isNewer(whole);
}
function wholeRecord(name, text2) {
  let value;
  try {
    value = JSON.parse(text2);
  } catch {
    return void 0;
  }
  if (!isObject2(value) || typeof value.version !== "number" || !(value.version >= 1)) return void 0;
  const { checksum, ...whole } = value;
  if (value.version === VERSION) return encodeRecord(name, whole) === text2 ? whole : void 0;
  const isUnsigned = checksum === void 0 && value.version === 1;
  return isUnsigned || checksum === checksumOf2(name, whole) ? whole : void 0;
}
function changeRecord(raw, { credits, ...fields }) {
  const changed = { ...raw, ...fields };
  if (credits) changed.credits = { ...isObject2(raw.credits) ? raw.credits : {}, ...credits };
  return changed;
}
function isNewer({ version }) {
  return Number(version) > VERSION;
}
function checksumOf2(name, whole) {
  return jsonHash([name, whole]);
}
function fromVersion1({ intent, ...record }) {
  return { ...record, version: VERSION, request: intent ?? null };
}
function readRecord(raw) {
  const isLenient = isNewer(raw);
  const record = {};
  for (const [name, { fits, otherwise }] of KNOWN) {
    const value = raw[name];
    if (fits(value)) record[name] = value;
    else if (otherwise === void 0 || value !== void 0 && !isLenient) return void 0;
    else {
      const value2 = otherwise(raw);
      if (value2 !== void 0) record[name] = value2;
    }
  }
  if (record.phase !== raw.phase) record.resubmitted = true;
  return record;
}
function understood(raw) {
  const record = readRecord(raw);
  if (!record) throw new Error("a record that cannot be understood");
  return record;
}
var text = (value) => typeof value === "string" && value !== "";
var hex = (value) => typeof value === "string" && /^[0-9a-f]{12,64}$/.test(value);
var date = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
var amount = (value) => typeof value === "number" && value >= 0;
var oneOf = (words) => (value) => typeof value === "string" && words.includes(value);
var orNull = (check) => (value) => value === null || check(value);
var nothing = () => null;
var absent = () => void 0;
var CREDITS = ["quoted", "charged", "refunded"];
var isFile = (file) => isObject2(file) && text(file.path) && amount(file.bytes) && hex(file.sha256) && text(file.contentType);
var FIELDS = {
  request: { fits: hex },
  provider: { fits: text },
  service: { fits: text },
  account: { fits: hex },
  owner: { fits: orNull(text), otherwise: nothing },
  model: { fits: text },
  payloadHash: { fits: hex },
  promptExcerpt: { fits: orNull(text), otherwise: nothing },
  idempotencyKey: { fits: isIdempotencyKey },
  phase: { fits: oneOf(PHASES), otherwise: ({ taskId }) => taskId === null ? "unknown" : "submitted" },
  taskId: { fits: orNull((value) => typeof value === "string" && TASK_ID.test(value)) },
  foundAlike: { fits: (value) => typeof value === "boolean", otherwise: absent },
  status: { fits: oneOf(TASK_STATES), otherwise: () => "UNKNOWN" },
  created: { fits: date },
  sentAt: { fits: date, otherwise: ({ created }) => created },
  unsettledSince: { fits: date, otherwise: ({ created }) => created },
  submitTimeout: { fits: orNull(amount), otherwise: nothing },
  resubmitted: {
    fits: (value) => typeof value === "boolean",
    otherwise: ({ resubmitted }) => resubmitted !== void 0
  },
  checked: { fits: orNull(date), otherwise: nothing },
  duration: { fits: orNull(amount), otherwise: nothing },
  delivered: { fits: orNull(date), otherwise: nothing },
  used: { fits: orNull(date), otherwise: nothing },
  wait: { fits: orNull(amount), otherwise: nothing },
  download: { fits: orNull(text), otherwise: nothing },
  output: { fits: orNull(text), otherwise: absent },
  ordinal: { fits: (value) => amount(value) && Number(value) >= 1, otherwise: absent },
  newRun: {
    fits: (value) => isObject2(value) && date(value.began) && hex(value.lines),
    otherwise: absent
  },
  fileCount: { fits: orNull(amount), otherwise: nothing },
  credits: {
    fits: (value) => isObject2(value) && CREDITS.every((name) => orNull(amount)(value[name])),
    otherwise: () => ({ quoted: null, charged: null, refunded: null })
  },
  files: { fits: (value) => Array.isArray(value) && value.every(isFile), otherwise: () => [] }
};
var KNOWN = Object.entries(FIELDS);

// scripts/src/stores/file/record-files.ts
const { existsSync, mkdirSync, readdirSync, readFileSync: readFileSync2, renameSync: renameSync3 } = require("node:fs");
const path3 = require("node:path");
import { Failure as Failure3 } from "./main.mjs";

// scripts/src/stores/file/names.ts
const { randomBytes: randomBytes3 } = require("node:crypto");
var RECORD = /^([0-9a-f]{32})-(\d{8}T\d{9}Z)-[0-9a-f]{6}\.json(\.corrupt)?$/;
var CORRUPT = ".corrupt";
function newName(request, made) {
  const stamp = new Date(made).toISOString().replace(/[-:.]/g, "");
  return `${request}-${stamp}-${randomBytes3(3).toString("hex")}.json`;
}
function isRecordName(name) {
  return RECORD.test(name);
}
function madeAt(name) {
  const [stamp] = name.slice(33).split("-", 1);
  return Date.parse(stamp.replace(/(....)(..)(..)T(..)(..)(..)/, "$1-$2-$3T$4:$5:$6."));
}
function newestFirst(a, b) {
  const [first, second] = [a.slice(33), b.slice(33)];
  return first < second ? 1 : first > second ? -1 : 0;
}
function shardOf(name) {
  return name.slice(0, 2);
}
function isShard(name) {
  return /^[0-9a-f]{2}$/.test(name);
}

// scripts/src/stores/file/record-files.ts
var RecordFiles = class {
  /** Absolute. */
  folder;
  clock;
  warn;
  #isTrusted = false;
  constructor(folder, clock, warn) {
    this.folder = folder;
    this.clock = clock;
    this.warn = warn;
  }
  /** Creates the folder. @throws Failure when it cannot be created, or other users could change its files */
  prepare() {
    this.checkTrust();
    try {
      makePrivate(this.folder);
      makePrivate(this.locks);
    } catch (error) {
      throw unwritable(error, this.folder);
    }
  }
  /** Throws when another user could remove a record and so cause a second charge. */
  checkTrust() {
    this.#isTrusted ||= checkTrusted(this.folder);
  }
  get locks() {
    return path3.join(this.folder, "locks");
  }
  /** @param name of a request, of a record or of the budget */
  lockOf(name) {
    return path3.join(this.locks, `${name}.lock`);
  }
  fileOf(name) {
    return path3.join(this.folder, shardOf(name), name);
  }
  shards() {
    return this.list("").filter(isShard);
  }
  namesIn(shard) {
    return inOrder(this.list(shard));
  }
  namesOf(request) {
    return inOrder(this.list(shardOf(request)).filter((name) => name.startsWith(request)));
  }
  /** Returns the names in a folder, which may be missing. @throws Failure when it cannot be read */
  list(name) {
    this.checkTrust();
    try {
      return readdirSync(path3.join(this.folder, name));
    } catch (error) {
      if (diskError(error) === "ENOENT") return [];
      const why = diskErrorText(error);
      if (why === void 0) throw error;
      const message = `The records in ${this.folder} cannot be read: ${why}.`;
      throw unusable("unreadableFolder", message, error, this.folder, why);
    }
  }
  /** Returns whether an unreadable record still exists, or was set aside. Another process may also have dropped it. */
  isThere(name) {
    const file = this.fileOf(name);
    return existsSync(file) || existsSync(`${file}${CORRUPT}`);
  }
  /** Returns the record of a name. A file that is no record is set aside, so that the warning comes once. */
  read(name) {
    if (name.endsWith(CORRUPT)) return void 0;
    const file = this.fileOf(name);
    const text2 = onDisk(
      () => readFileSync2(file, "utf8"),
      (reason, error) => {
        if (diskError(error) !== "ENOENT") this.warn(`A record cannot be read (${reason}): ${file}`);
      }
    );
    if (text2 === void 0) return void 0;
    const raw = decodeRecord(name, text2);
    if (raw) return raw;
    if (isOfNewerVersion(name, text2)) {
      this.warn(`A record that a newer version of this skill wrote is not understood: ${file}`);
      return void 0;
    }
    try {
      renameSync3(file, `${file}${CORRUPT}`);
    } catch {
    }
    this.warn(`A record that cannot be read was set aside: ${file}${CORRUPT}`);
    return void 0;
  }
  /** Writes the file of a record; a missing folder of its group is made. @throws the disk's error */
  async write(file, text2) {
    try {
      await writeWhole(file, text2, this.clock);
    } catch (error) {
      if (diskError(error) !== "ENOENT") throw error;
      makeShard(path3.dirname(file));
      await writeWhole(file, text2, this.clock);
    }
  }
};
function inOrder(names) {
  return names.filter(isRecordName).sort((a, b) => a < b ? 1 : -1);
}
function makeShard(folder) {
  try {
    mkdirSync(folder, { mode: 448 });
    syncFolder(path3.dirname(folder));
  } catch (error) {
    if (diskError(error) !== "EEXIST") throw error;
  }
}
function checkTrusted(folder) {
  let found;
  try {
    found = distrustOf(folder);
  } catch {
    return false;
  }
  if (!found) return true;
  const { reason: distrust, repair } = found;
  const message = `The records in ${folder} are not safe: ${distrust}. Another user who can remove a record can cause a second charge, so nothing was done.`;
  throw new Failure3("INVALID_PAYLOAD", message, { reason: { kind: "unsafeFolder", distrust, repair } });
}
function unwritable(error, folder) {
  const why = diskErrorText(error) ?? (error instanceof Error ? error.message : "the disk gives no reason");
  const message = `This request cannot be recorded in ${folder}: ${why}. Without a record it could be charged twice, so nothing was submitted.`;
  return unusable("unwritableFolder", message, error, folder, why);
}
function unusable(kind, message, cause, folder, why) {
  const lasts = isLasting(cause);
  const code = lasts ? "INVALID_PAYLOAD" : "UNKNOWN_ERROR";
  return new Failure3(code, message, { cause, reason: { kind, folder, why, lasts } });
}

// scripts/src/stores/file/entry.ts
var UPDATE_PATIENCE_MS = 2e3;
var Entry = class {
  #files;
  name;
  file;
  #raw;
  record;
  /** The text of the file when this process last wrote it. */
  #written;
  #unsaved = {};
  #isNew;
  #isGone = false;
  /** @param isNew it is not on the disk yet */
  constructor(files, name, raw, isNew = false) {
    this.#isNew = isNew;
    this.#files = files;
    this.name = name;
    this.file = files.fileOf(name);
    this.#raw = raw;
    this.record = isNew ? raw : understood(raw);
  }
  get isPending() {
    return isPending(this.record);
  }
  /** Writes a change, the first one of a new record. @throws Failure when it cannot be written */
  async store(change = {}) {
    if (!this.#isNew) return this.require(change);
    this.#apply(changesOf(change, this.record));
    try {
      await this.#write();
    } catch (error) {
      throw unwritable(error, this.#files.folder);
    }
    this.#isNew = false;
  }
  async update(change, { isOurs = false } = {}) {
    const { clock, warn } = this.#files;
    try {
      const patience = UPDATE_PATIENCE_MS * (0.5 + clock.random());
      const lock = isOurs ? null : await waitForLock(this.#files.lockOf(this.name), clock, clock.monotonic() + patience);
      try {
        this.#merge(change, isOurs);
        await this.#write(isOurs);
        this.#unsaved = {};
        return true;
      } finally {
        if (lock && !("heldBy" in lock)) lock.release();
      }
    } catch (error) {
      if (diskError(error) === "ENOENT" && !isOurs) {
        this.#warnGone();
        return false;
      }
      const reason = diskErrorText(error);
      if (reason === void 0) throw error;
      if (isOurs && this.#overwrite(change)) return true;
      const changes = changesOf(change, this.record);
      this.#unsaved = { ...this.#unsaved, ...changes };
      this.#apply(changes);
      warn(`The record of this request could not be written (${reason}): ${this.file}`);
      return false;
    }
  }
  async require(change) {
    if (!existsSync2(this.file)) throw takenOver();
    if (!await this.update(change, { isOurs: true }))
      throw unwritable(new Error("the change was not written"), this.#files.folder);
    if (!hasTaken(this.record, change)) throw takenOver();
  }
  /** Writes over the record's own bytes, the last resort on a full disk. After a crash in between the record is set aside. */
  #overwrite(change) {
    try {
      this.#merge(change);
      const text2 = this.#text();
      touchFolder(this.file);
      overwrite(this.file, text2);
      touchFolder(this.file);
      this.#written = text2;
      return true;
    } catch {
      return false;
    }
  }
  close(status, credits, delivered) {
    try {
      if (!this.#onDisk()) return;
      this.#merge({ status, credits, delivered });
      replaceAtOnce(this.file, this.#text());
    } catch (error) {
      if (diskErrorText(error) === void 0) throw error;
      if (diskError(error) === "ENOENT") this.#warnGone();
      else this.#files.warn(`The record could not be closed: ${this.file}`);
    }
  }
  /** Warns once: without its record the same command submits the request again. */
  #warnGone() {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#files.warn(
      `The record of this request was removed while it ran: run again, its command submits once more, with a new charge. ${this.file}`
    );
  }
  #merge(change, mayBeMissing = false) {
    const there = this.#onDisk(mayBeMissing);
    if (there && there !== this.#raw) this.#take(there);
    this.#apply(this.#unsaved);
    this.#apply(changesOf(change, this.record));
  }
  #apply(fields) {
    if (!this.#isNew && Object.keys(fields).length === 0) return;
    this.#take(changeRecord(this.#raw, allowedChange(this.record, fields)));
  }
  #take(raw) {
    this.#raw = raw;
    this.record = understood(raw);
  }
  #onDisk(mayBeMissing = false) {
    let text2;
    try {
      text2 = readFileSync3(this.file, "utf8");
    } catch (error) {
      if (mayBeMissing && diskError(error) === "ENOENT") return void 0;
      throw error;
    }
    return text2 === this.#written ? this.#raw : decodeRecord(this.name, text2);
  }
  async #write(isOurs = false) {
    const text2 = this.#text();
    try {
      await this.#files.write(this.file, text2);
    } catch (error) {
      if (!isOurs || diskError(error) !== "ENOENT") throw error;
      makePrivate(this.#files.folder);
      await this.#files.write(this.file, text2);
    }
    this.#written = text2;
  }
  #text() {
    return encodeRecord(this.name, this.#raw);
  }
  async refresh() {
    const raw = this.#files.read(this.name);
    if (raw) this.#take(raw);
  }
  async drop() {
    onDisk(
      () => rmSync3(this.file, { force: true }),
      (reason) => this.#files.warn(`The record of this request could not be removed (${reason}): ${this.file}`)
    );
  }
};
function changesOf(change, now) {
  return typeof change === "function" ? change(now) : change;
}
function touchFolder(file) {
  const now = /* @__PURE__ */ new Date();
  utimesSync2(path4.dirname(file), now, now);
}

// scripts/src/stores/file/facts.ts
function markOf(text2) {
  return sha256Text(text2).slice(0, 8);
}
function accountName({ provider, service, account }) {
  return JSON.stringify([provider, service, account]);
}
function factsOf(record) {
  const { taskId, idempotencyKey, duration, model } = record;
  return {
    isPending: isPending(record),
    isReplaced: isReplaced(record),
    task: taskId === null ? null : markOf(taskId),
    key: markOf(idempotencyKey),
    account: accountName(record),
    spent: spentOn(record),
    row: recordedRow(record) ?? null,
    used: lastUse(record) ?? null,
    duration: duration === null ? null : [model, duration]
  };
}

// scripts/src/stores/file/flat-folder.ts
const { randomBytes: randomBytes4 } = require("node:crypto");
const { existsSync: existsSync3, lstatSync: lstatSync3, readlinkSync: readlinkSync3, realpathSync, renameSync: renameSync4, symlinkSync } = require("node:fs");
const path5 = require("node:path");
import { Failure as Failure4 } from "./main.mjs";
var TAKEN = /^flat-[0-9a-f]{8}$/;
var LOCK = /^([0-9a-f]{32}|budget)\.lock$/;
var SLICE = 500;
var FlatFolder = class {
  #records;
  #folder;
  #isMoved = false;
  constructor(records, folder) {
    this.#records = records;
    this.#folder = folder;
  }
  /** Whether an earlier version can use the folder, and has. */
  get isOpen() {
    const isFolder = () => lstatSync3(this.#folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    return onDisk(isFolder, () => false);
  }
  /**
   * Takes the folder over, unless a process of such a version is submitting.
   * @returns that process
   * @throws Failure when the disk refuses: then nothing must be submitted
   */
  takeOver() {
    try {
      for (; ; ) {
        const stat = lstatSync3(this.#folder, { throwIfNoEntry: false });
        if (stat?.isFile()) return void 0;
        if (!stat) {
          if (createAtOnce(this.#folder, NOTE)) return void 0;
          continue;
        }
        checkTrusted(this.#folder);
        const owner = this.#liveOwner(path5.relative(this.#records.folder, this.#folder));
        if (owner) return owner;
        makePrivate(this.#records.folder);
        if (stat.isSymbolicLink()) makeAbsolute(this.#folder);
        const taken = path5.join(this.#records.folder, `flat-${randomBytes4(4).toString("hex")}`);
        try {
          renameSync4(this.#folder, taken);
        } catch (error) {
          if (diskError(error) !== "ENOENT") throw error;
        }
      }
    } catch (error) {
      throw diskErrorText(error) === void 0 ? error : unwritable(error, this.#folder);
    }
  }
  /**
   * Moves records to their groups: those of a request and a few more, or all.
   * @returns the process that is submitting the request, by a lock that came with the folder
   */
  move(request) {
    if (this.#isMoved) return void 0;
    let owner;
    let isLeft = false;
    for (const folder of this.#records.list("").filter((name) => TAKEN.test(name))) {
      owner ??= this.#liveOwner(folder, (name) => name === `${request}.lock`);
      const names = this.#records.list(folder).filter(isRecordName);
      const isWanted = (name) => request === void 0 || name.startsWith(request);
      const others = names.filter((name) => !isWanted(name));
      for (const name of [...names.filter(isWanted), ...others.slice(0, SLICE)]) this.#moveOne(folder, name);
      if (others.length > SLICE) isLeft = true;
      else if (!this.#liveOwner(folder)) discard(path5.join(this.#records.folder, folder));
    }
    this.#isMoved = !isLeft && !owner;
    return owner;
  }
  #moveOne(folder, name) {
    const from = path5.join(this.#records.folder, folder, name);
    const to = this.#records.fileOf(name);
    try {
      if (!existsSync3(path5.dirname(to))) makeShard(path5.dirname(to));
      renameSync4(from, to);
    } catch (error) {
      if (diskError(error) === "ENOENT") return;
      throw diskErrorText(error) === void 0 ? error : unwritable(error, this.#records.folder);
    }
  }
  /** Returns the living owner of a lock in a folder, which is named from that of the records. */
  #liveOwner(folder, isOne = (name) => LOCK.test(name)) {
    for (const name of this.#records.list(folder).filter(isOne)) {
      const lock = tryLock(path5.join(this.#records.folder, folder, name), this.#records.clock);
      if ("heldBy" in lock) return lock.heldBy;
      lock.release();
    }
    return void 0;
  }
};
function makeAbsolute(link) {
  if (path5.isAbsolute(readlinkSync3(link)) || !existsSync3(link)) return;
  const temp = `${link}.${randomBytes4(4).toString("hex")}${TEMP}`;
  symlinkSync(realpathSync(link), temp, "dir");
  renameSync4(temp, link);
}
var NOTE = `A newer version of async-media-workflow keeps its records in the folder "records" beside this file.
This file stops older versions: they would not find those records, and could charge a request twice.
Update every copy of the skill that uses this state folder.
`;
function olderVersion({ pid, host }) {
  const message = `An older version of this program (process ${pid} on ${host}) is submitting a request with this state folder; nothing was submitted here.`;
  return new Failure4("UNKNOWN_ERROR", message, { reason: { kind: "olderVersion" } });
}

// scripts/src/stores/file/index-files.ts
const { randomBytes: randomBytes5 } = require("node:crypto");
const { readFileSync: readFileSync4, statSync: statSync3, writeFileSync: writeFileSync3 } = require("node:fs");
const path6 = require("node:path");

// scripts/src/stores/file/row-table.ts
function tableOf(rows) {
  const groups = /* @__PURE__ */ new Map();
  const table = { groups: [], rows: [] };
  for (const row of sumRows(rows)) {
    const { day, provider, service, account, model } = row;
    const words = [provider, service, account, model];
    const key = words.join("\n");
    if (!groups.has(key)) groups.set(key, table.groups.push(words) - 1);
    table.rows.push([day, groups.get(key), ...COUNTS.map((name) => row[name])]);
  }
  return table;
}
function accountsIn(tables) {
  return tables.flatMap(
    ({ groups }) => groups.map(([provider, service, account]) => ({ provider, service, account }))
  );
}
function sumTables(tables, firstDay) {
  return sumRows(tables.flatMap((table) => rowsOf(table, firstDay)));
}
function rowsOf({ groups, rows }, firstDay) {
  return rows.flatMap(([day, group, ...numbers]) => {
    if (day < firstDay) return [];
    const [provider, service, account, model] = groups[group];
    const counts = Object.fromEntries(COUNTS.map((name, n) => [name, numbers[n]]));
    return [{ day, provider, service, account, model, ...counts }];
  });
}

// scripts/src/stores/file/summary.ts
var PARTS = ["state", "tasks", "keys", "recent", "rows", "durations"];
var RECENT_MS = 48 * 36e5;
var DURATIONS = 50;
function summaryOf(members, now) {
  const from = now - RECENT_MS;
  const named = (is) => members.flatMap(({ name, facts }) => facts && is(facts) ? [name] : []);
  const ages = members.flatMap(({ name, facts }) => facts === null ? madeAt(name) : facts.used ?? []);
  return {
    state: {
      pending: named((facts) => facts.isPending),
      replaced: named((facts) => facts.isReplaced),
      damaged: members.flatMap(({ name, facts }) => facts === null ? [name] : []),
      oldest: ages.length === 0 ? null : Math.min(...ages)
    },
    tasks: members.map(({ facts }) => facts?.task ?? "").join(" "),
    keys: members.map(({ facts }) => facts?.key ?? "").join(" "),
    recent: { from, spent: spentFrom(members, from) },
    rows: tableOf(members.flatMap(({ facts }) => facts?.row ? [facts.row] : [])),
    durations: durationsOf(members)
  };
}
function spentFrom(members, since) {
  return members.flatMap(({ name, facts }) => {
    const made = madeAt(name);
    return facts && made >= since ? [[made, facts.account, facts.spent, name]] : [];
  });
}
function durationsOf(members) {
  const all = /* @__PURE__ */ Object.create(null);
  for (const { name, facts } of members) {
    if (!facts?.duration) continue;
    const [model, seconds] = facts.duration;
    all[model] ??= [];
    all[model].push([madeAt(name), seconds]);
  }
  for (const durations of Object.values(all)) {
    durations.sort(([a], [b]) => b - a);
    durations.splice(DURATIONS);
  }
  return all;
}

// scripts/src/stores/file/index-files.ts
var FORMAT = 3;
var ZONE = [0, 6].map((month) => new Date(2026, month, 1).getTimezoneOffset()).join(" ");
var ours = (what) => `${FORMAT} ${COUNTS.join()} ${ZONE} ${what}`;
var IndexFiles = class {
  folder;
  constructor(folder) {
    this.folder = folder;
  }
  group(shard) {
    const [changed = "NaN", ...lines] = this.#lines(shard);
    const nameOf = (part) => ours(`${shard} ${part} ${changed}`);
    return {
      changed: Number(changed),
      isStable: true,
      part: (name) => valueIn(nameOf(name), lines[PARTS.indexOf(name)]),
      members: () => valueIn(nameOf("members"), this.#lines(`${shard}.members`)[0])
    };
  }
  /** Saves what is known of a group. A disk that refuses only costs time later. */
  saveGroup(shard, { changed, part, members }) {
    const lineOf = (name, value) => checkedLine(ours(`${shard} ${name} ${changed}`), value);
    if (!this.#tryToWrite(`${shard}.members`, [lineOf("members", members())])) return;
    this.#tryToWrite(shard, [String(changed), ...PARTS.map((name) => lineOf(name, part(name)))]);
  }
  /** Writes a file whole, and returns whether the disk let it. What a power cut leaves of it has a wrong checksum. */
  #tryToWrite(name, lines) {
    const write = () => replaceUnsynced(path6.join(this.folder, name), lines.join("\n"));
    return onDisk(write, () => false) !== false;
  }
  rows(first, state) {
    const [line] = this.#lines(`${first}.rows`);
    return valueIn(ours(`${first} rows ${state}`), line);
  }
  saveRows(first, state, table) {
    this.#tryToWrite(`${first}.rows`, [checkedLine(ours(`${first} rows ${state}`), table)]);
  }
  #lines(name) {
    try {
      return readFileSync4(path6.join(this.folder, name), "utf8").split("\n");
    } catch {
      return [];
    }
  }
};
var FOLDER_MS = 2e3;
function probe(folder) {
  const file = path6.join(folder, `${randomBytes5(4).toString("hex")}${TEMP}`);
  const now = onDisk(
    () => {
      makePrivate(folder);
      writeFileSync3(file, "", { flag: "wx", mode: 384 });
      const { mtimeMs } = statSync3(file);
      return statSync3(folder).mtimeMs >= mtimeMs - FOLDER_MS ? mtimeMs : null;
    },
    () => null
  );
  discard(file);
  return now;
}

// scripts/src/stores/file/journal.ts
const path10 = require("node:path");
import { dayOf as dayOf2 } from "./main.mjs";

// scripts/src/stores/file/known-accounts.ts
const { readFileSync: readFileSync5 } = require("node:fs");
const path7 = require("node:path");
function otherAccounts(folder, own, inRecords) {
  const file = path7.join(folder, "accounts");
  const stored = onDisk(
    () => valueIn("accounts", readFileSync5(file, "utf8")),
    () => void 0
  );
  const all = stored ?? inRecords();
  const name = accountName(own);
  if (!stored || !all.some((one) => accountName(one) === name)) {
    const { provider, service, account } = own;
    const each = new Map([...all, { provider, service, account }].map((one) => [accountName(one), one]));
    onDisk(
      () => replaceAtOnce(file, checkedLine("accounts", [...each.values()])),
      () => {
      }
    );
  }
  return all.filter((one) => one.provider === own.provider && accountName(one) !== name);
}

// scripts/src/stores/file/record-index.ts
const { lstatSync: lstatSync4, statSync: statSync4 } = require("node:fs");
const path8 = require("node:path");
var STABLE_MS = 2e3;
var RecordIndex = class {
  #records;
  #files;
  #known = /* @__PURE__ */ new Map();
  constructor(records) {
    this.#records = records;
    this.#files = new IndexFiles(path8.join(records.folder, "index"));
  }
  /** Returns one part of the summaries of all groups. @throws Failure when the records cannot be read */
  all(name) {
    return this.#records.shards().map((shard) => [shard, this.#get(shard, ({ part }) => part(name))]);
  }
  members(shard) {
    return this.#get(shard, ({ members }) => members());
  }
  rows() {
    const alike = /* @__PURE__ */ new Map();
    for (const shard of this.#records.shards()) {
      const first = shard.slice(0, 1);
      alike.set(first, [...alike.get(first) ?? [], shard]);
    }
    return [...alike].map(([first, shards]) => this.#rowsOf(first, shards));
  }
  #rowsOf(first, shards) {
    const dates = shards.map((shard) => this.#changed(shard));
    const state = shards.map((shard, n) => `${shard} ${dates[n]}`).join();
    const saved = this.#files.rows(first, state);
    if (saved) return saved;
    const tables = shards.map((shard) => this.#get(shard, ({ part }) => part("rows")));
    const table = tableOf(sumTables(tables, ""));
    if (shards.every((shard, n) => isOf(this.#known.get(shard), dates[n])))
      this.#files.saveRows(first, state, table);
    return table;
  }
  /** Returns what a group has now: as it is known or was saved, if its folder has not changed since, else made from its records. */
  #get(shard, of) {
    const known = this.#known.get(shard) ?? this.#files.group(shard);
    this.#known.set(shard, known);
    const found = isOf(known, this.#changed(shard)) ? of(known) : void 0;
    if (found !== void 0) return found;
    const made = this.#make(shard, known.members() ?? []);
    this.#known.set(shard, made);
    if (made.isStable) this.#files.saveGroup(shard, made);
    return of(made);
  }
  #changed(shard) {
    return onDisk(
      () => statSync4(path8.join(this.#records.folder, shard)).mtimeMs,
      () => -1
    );
  }
  #make(shard, before) {
    const started = probe(this.#files.folder);
    for (; ; ) {
      const changed = this.#changed(shard);
      const members = this.#read(shard, before, started);
      const wasSetAside = (name) => !name.endsWith(CORRUPT) && !lstatSync4(path8.join(this.#records.folder, shard, name), { throwIfNoEntry: false });
      if (members.some(({ facts, name }) => facts === null && wasSetAside(name))) continue;
      const isStable = started !== null && changed < started - STABLE_MS && this.#changed(shard) === changed;
      const summary = summaryOf(members, this.#records.clock.wall());
      return { changed, isStable, part: (name) => summary[name], members: () => members };
    }
  }
  /** Reads the records of a group that have changed since they were read before. */
  #read(shard, before, started) {
    const known = new Map(before.map((member) => [member.name, member]));
    return this.#records.namesIn(shard).flatMap((name) => {
      const stat = lstatSync4(path8.join(this.#records.folder, shard, name), { throwIfNoEntry: false });
      if (!stat) return [];
      const { mtimeMs: mtime, size, ino: inode } = stat;
      const same = known.get(name);
      if (same && same.mtime === mtime && same.size === size && same.inode === inode) return [same];
      const raw = this.#records.read(name);
      if (!raw && !name.endsWith(CORRUPT) && !this.#records.isThere(name)) return [];
      const facts = raw ? factsOf(understood(raw)) : null;
      const isStable = started !== null && mtime < started - STABLE_MS;
      return [{ name, facts, mtime: isStable ? mtime : -1, size, inode }];
    });
  }
};
function isOf(known, changed) {
  return known?.isStable === true && known.changed === changed;
}

// scripts/src/stores/file/sweep.ts
const { readFileSync: readFileSync6, statSync: statSync5, writeFileSync: writeFileSync4 } = require("node:fs");
const path9 = require("node:path");
import { Failure as Failure5 } from "./main.mjs";
var DAY_MS = 24 * 36e5;
var KEPT_MS = KEPT_DAYS * DAY_MS;
var LOCK2 = /\.lock(\.([0-9a-f]{16}|unreadable))*$/;
function sweep(records, index) {
  const now = records.clock.wall();
  for (const [shard, { oldest, damaged }] of index.all("state")) {
    if (oldest !== null && oldest < now - KEPT_MS) sweepRecords(records, shard, damaged);
    sweepLeftovers(records, shard);
  }
  for (const folder of ["locks", "index"]) sweepLeftovers(records, folder);
}
function sweepDaily(records, index) {
  const marker = path9.join(records.folder, "swept");
  const now = records.clock.wall();
  try {
    const before = Number(readFileSync6(marker, "utf8"));
    if (Math.abs(now - before) < DAY_MS) return;
  } catch {
  }
  onDisk(
    () => writeFileSync4(marker, String(now), { mode: 384 }),
    () => {
    }
  );
  try {
    sweep(records, index);
  } catch (error) {
    if (!(error instanceof Failure5)) throw error;
  }
}
function sweepRecords(records, shard, damaged) {
  const before = records.clock.wall() - KEPT_MS;
  for (const name of records.namesIn(shard)) {
    if (madeAt(name) >= before) continue;
    const file = path9.join(records.folder, shard, name);
    const raw = records.read(name);
    if (raw) {
      const used = lastUse(understood(raw));
      if (used !== void 0 && used < before) discard(file);
    } else if (name.endsWith(CORRUPT) && damaged.includes(name) && ageOf(records, file) > KEPT_MS) {
      discard(file);
    }
  }
}
function sweepLeftovers(records, folder) {
  for (const name of records.list(folder)) {
    const isTemp = name.endsWith(TEMP);
    if (!isTemp && !LOCK2.test(name)) continue;
    const file = path9.join(records.folder, folder, name);
    const age = ageOf(records, file);
    if (age > (isTemp ? DAY_MS : KEPT_MS)) discard(file);
    else if (age > DAY_MS) sweepLock(records, file);
  }
}
function sweepLock(records, file) {
  const lock = onDisk(
    () => tryLock(file, records.clock),
    () => null
  );
  if (lock && !("heldBy" in lock)) lock.release();
}
function ageOf({ clock }, file) {
  try {
    return clock.wall() - statSync5(file).mtimeMs;
  } catch {
    return 0;
  }
}

// scripts/src/stores/file/journal.ts
var PAUSE_MS = 100;
var Journal = class {
  place;
  #files;
  #index;
  #flat;
  constructor(place2) {
    const { folder, clock, warn } = place2;
    this.place = place2;
    this.#files = new RecordFiles(folder, clock, warn);
    this.#index = new RecordIndex(this.#files);
    this.#flat = new FlatFolder(this.#files, path10.join(path10.dirname(folder), "journal"));
  }
  prepare() {
    this.#files.prepare();
  }
  async claim(claim, deadline, signal) {
    const { clock } = this.place;
    const request = requestNameOf(claim, this.place);
    this.prepare();
    for (; ; ) {
      const older = this.#flat.takeOver();
      const owner = older ?? this.#flat.move(request);
      const entry = owner ? void 0 : knownRecord(this.find(request), claim);
      if (entry && entry.record.taskId !== null) return { kind: "submitted", entry };
      const lock = owner ? { heldBy: owner } : await this.lock(request, 0);
      if (!("heldBy" in lock)) return this.#underLock(request, claim, lock);
      if (clock.monotonic() >= deadline) {
        throw older ? olderVersion(older) : busy(lock.heldBy, this.#files.lockOf(request), claim);
      }
      await clock.sleep(PAUSE_MS * (0.5 + clock.random()), signal);
    }
  }
  async allOf(request) {
    return this.find(request);
  }
  async underOtherAccount(request) {
    const inRecords = () => accountsIn(this.#index.rows());
    const others = otherAccounts(this.place.folder, this.place, inRecords);
    return newestMade(others.flatMap((account) => this.find(requestNameOf(request, account))));
  }
  /** Reads the records again under the lock: another process may have submitted the request. */
  #underLock(request, claim, lock) {
    try {
      const names = this.#files.namesOf(request);
      const found = this.#found(names);
      const entry = knownRecord(found, claim);
      if (entry && entry.record.taskId !== null) {
        lock.release();
        return { kind: "submitted", entry };
      }
      if (entry) return { kind: "unknown", entry, lock };
      const entries = found.filter((one) => one !== null);
      for (const one of entries) if (one.record.phase === "rejected") void one.drop();
      sweepDaily(this.#files, this.#index);
      const draft = this.draft(firstRecord(claim, this.place), names);
      return { kind: "new", entry: draft, lock, unknown: lostSubmitsOf(entries, claim) };
    } catch (error) {
      lock.release();
      throw error;
    }
  }
  /**
   * Returns a record that is not on the disk yet. Its name sorts after those of its request, also after the clock was set back.
   * @param names the older records of the request, newest first
   */
  draft(fields, [before] = this.#files.namesOf(fields.request)) {
    const wall = this.place.clock.wall();
    const now = new Date(wall).toISOString();
    const begun = { created: now, sentAt: now, unsettledSince: now, submitTimeout: null, duration: null };
    const record = { promptExcerpt: null, ...begun, ...fields };
    const made = before === void 0 ? wall : Math.max(wall, madeAt(before) + 1);
    return new Entry(this.#files, newName(fields.request, made), record, true);
  }
  /** Returns the records of a request, newest first; null for a record that exists and cannot be read. */
  find(request) {
    return this.#found(this.#files.namesOf(request));
  }
  #found(names) {
    return names.flatMap((name) => {
      const [entry] = this.#entries([name]);
      return entry ?? (this.#files.isThere(name) ? [null] : []);
    });
  }
  #entries(names) {
    return names.flatMap((name) => {
      const raw = this.#files.read(name);
      return raw ? [new Entry(this.#files, name, raw)] : [];
    });
  }
  async reserve(entry, change, budget, deadline, signal) {
    if (budget === null) {
      await entry.store(change);
      return { kind: "reserved" };
    }
    const lock = await this.lock("budget", deadline, signal);
    if ("heldBy" in lock) return { kind: "busy", holder: lock.heldBy };
    try {
      const spent = await this.spentSince(budget.windowMs, entry);
      if (spent === null || spent + budget.credits > budget.limit) return { kind: "exceeded", spent };
      await entry.store(change);
      return { kind: "reserved" };
    } finally {
      lock.release();
    }
  }
  async lock(name, deadline, signal) {
    try {
      return await waitForLock(this.#files.lockOf(name), this.place.clock, deadline, signal);
    } catch (error) {
      throw diskErrorText(error) === void 0 ? error : unwritable(error, this.place.folder);
    }
  }
  async byTask(taskId) {
    return this.#marked("task", taskId, (record) => record.taskId === taskId)[0];
  }
  async byKey(key) {
    const found = this.#marked("key", key, (record) => record.idempotencyKey === key);
    return found.sort((a, b) => newestFirst(a.name, b.name));
  }
  #marked(kind, text2, is) {
    const mark = markOf(text2);
    return this.#parts(`${kind}s`).flatMap(([shard, marks]) => {
      if (!marks.includes(mark)) return [];
      const members = this.#index.members(shard).filter(({ facts }) => facts?.[kind] === mark);
      return this.#entries(members.map(({ name }) => name)).filter(({ record }) => is(record));
    });
  }
  async recordedAmong(taskIds) {
    const found = /* @__PURE__ */ new Set();
    for (const id of taskIds) if (await this.byTask(id)) found.add(id);
    return found;
  }
  isOwn({ record }) {
    return accountName(record) === accountName(this.place);
  }
  async pending() {
    return this.#named(({ pending }) => pending).filter((entry) => entry.isPending);
  }
  async replaced() {
    return this.#named(({ replaced }) => replaced).filter((entry) => this.isOwn(entry));
  }
  #named(names) {
    const all = this.#parts("state").flatMap(([, state]) => names(state));
    return this.#entries(all.sort(newestFirst));
  }
  async spentSince(windowMs, without) {
    const since = this.place.clock.wall() - windowMs;
    const own = accountName(this.place);
    let sum = 0;
    if (await this.unreadable(since) > 0) return null;
    for (const [shard, recent] of this.#parts("recent")) {
      const rows = since >= recent.from ? recent.spent : spentFrom(this.#index.members(shard), since);
      for (const [made, account, spent, name] of rows) {
        if (made < since || account !== own || without?.name === name) continue;
        if (spent === null) return null;
        sum += spent;
      }
    }
    return sum;
  }
  async spending(since) {
    this.#beforeQuery();
    return sumTables(this.#index.rows(), dayOf2(since));
  }
  async unreadable(since) {
    const names = this.#parts("state").flatMap(([, { damaged }]) => damaged);
    return names.filter((name) => madeAt(name) >= since && this.#files.isThere(name)).length;
  }
  async durationsOf(model) {
    const all = this.#parts("durations").flatMap(([, durations]) => durations[model] ?? []);
    all.sort(([a], [b]) => b - a);
    return all.slice(0, DURATIONS).map(([, seconds]) => seconds);
  }
  #parts(name) {
    this.#beforeQuery();
    return this.#index.all(name);
  }
  /** Takes over the records of an earlier version. @throws Failure when the records are not safe */
  #beforeQuery() {
    this.#files.checkTrust();
    if (this.#flat.isOpen && this.#flat.takeOver()) {
      this.place.warn(
        "An older version of this program is submitting a request: its records are left out here."
      );
    }
    this.#flat.move();
  }
};

// scripts/src/stores/file/rate-limiter.ts
const { randomBytes: randomBytes6 } = require("node:crypto");
const { existsSync: existsSync4, mkdirSync: mkdirSync2, readdirSync: readdirSync2, readFileSync: readFileSync7, renameSync: renameSync5, writeFileSync: writeFileSync5 } = require("node:fs");
const path11 = require("node:path");
import {
  LONGEST_PAUSE_MS,
  MemoryRateLimiter,
  nextPermit,
  permitRulesFor
} from "./rate-limit.mjs";
var NAME = /^(\d{1,5})-(\d{1,15})(l?)$/;
var CLOCK_TOLERANCE_MS = 2e3;
var FileRateLimiter = class {
  #folder;
  #clock;
  #rules;
  #alone;
  /** @param folder absolute; of this service, or of this service and key, alone */
  constructor(folder, limit, clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#rules = permitRulesFor(limit);
    this.#alone = new MemoryRateLimiter(limit, clock);
  }
  async acquire(kind) {
    try {
      for (; ; ) {
        const now = this.#clock.wall();
        const { permit, wait } = this.#next(now, kind);
        if (wait > 0) return wait;
        if (this.#move({ ...permit, isLookup: kind === "lookup" }, now)) {
          await this.#alone.acquire("result");
          return 0;
        }
      }
    } catch (error) {
      if (diskError(error) === "") throw error;
      return this.#alone.acquire(kind);
    }
  }
  async nextIn(kind) {
    try {
      return this.#next(this.#clock.wall(), kind).wait;
    } catch (error) {
      if (diskError(error) === "") throw error;
      return this.#alone.nextIn(kind);
    }
  }
  async pauseFor(ms) {
    await this.#alone.pauseFor(ms);
    const now = this.#clock.wall();
    const until = Math.round(now + Math.min(ms, LONGEST_PAUSE_MS));
    try {
      if (until <= now + this.#pauseMs(now)) return;
      makePrivate(this.#folder);
      replaceUnsynced(path11.join(this.#folder, "pause"), String(until));
    } catch (error) {
      if (diskError(error) === "") throw error;
    }
  }
  #next(now, kind) {
    const { permit, wait } = nextPermit(this.#read(now), now, kind, this.#rules);
    return { permit, wait: Math.max(wait, this.#pauseMs(now)) };
  }
  #pauseMs(now) {
    try {
      const left = Number(readFileSync7(path11.join(this.#folder, "pause"), "latin1")) - now;
      return left > 0 && left <= LONGEST_PAUSE_MS ? left : 0;
    } catch {
      return 0;
    }
  }
  get #place() {
    return path11.join(this.#folder, `permits-${this.#rules.count}`);
  }
  /** Returns the permits, at least one. @throws the disk's error */
  #read(now) {
    const permits = /* @__PURE__ */ new Map();
    for (const name of this.#names()) {
      const [, number, usedAt, letter] = NAME.exec(name) ?? [];
      if (number === void 0 || Number(number) >= this.#rules.count) continue;
      const isLookup = letter === "l";
      const permit = { number: Number(number), usedAt: Number(usedAt), isLookup, name };
      const before = permits.get(permit.number);
      if (!before || before.usedAt < permit.usedAt) permits.set(permit.number, permit);
    }
    if (permits.size === 0) throw Object.assign(new Error("no permit"), { code: "EINVAL" });
    return this.#sinceClockWasSet([...permits.values()], now);
  }
  /**
   * Moves permits back that lie ahead, as after the clock was set back, so that the newest of them is used just now. The
   * newest is moved last: until then another process sees the same distance.
   */
  #sinceClockWasSet(permits, now) {
    const ahead = Math.max(...permits.map(({ usedAt }) => usedAt)) - now;
    if (ahead <= CLOCK_TOLERANCE_MS) return permits;
    return permits.sort((a, b) => a.usedAt - b.usedAt).map((permit) => {
      const moved = { ...permit, usedAt: Math.max(0, permit.usedAt - ahead) };
      if (permit.usedAt <= now || !this.#move(permit, moved.usedAt)) return permit;
      return { ...moved, name: permitName(moved) };
    });
  }
  /** Returns the names of the permits. Makes them where they are missing: all at once, or another process's folder stays. */
  #names() {
    const names = existsSync4(this.#place) ? readdirSync2(this.#place) : [];
    if (names.length > 0) return names;
    makePrivate(this.#folder);
    const temp = `${this.#place}.${randomBytes6(4).toString("hex")}${TEMP}`;
    try {
      mkdirSync2(temp, { mode: 448 });
      for (let number = 0; number < this.#rules.count; number += 1) {
        writeFileSync5(path11.join(temp, permitName({ number, usedAt: 0, isLookup: false })), "", {
          flag: "wx",
          mode: 384
        });
      }
      renameSync5(temp, this.#place);
    } catch (error) {
      discard(temp);
      if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(diskError(error))) throw error;
    }
    return readdirSync2(this.#place);
  }
  /** Notes the use of a permit. Returns false when another process has used it. @throws the disk's error */
  #move({ number, name, isLookup }, usedAt) {
    try {
      const next = permitName({ number, isLookup, usedAt: Math.round(usedAt) });
      renameSync5(path11.join(this.#place, name), path11.join(this.#place, next));
      return true;
    } catch (error) {
      if (diskError(error) === "ENOENT") return false;
      throw error;
    }
  }
};
function permitName({ number, usedAt, isLookup }) {
  return `${String(number).padStart(3, "0")}-${usedAt}${isLookup ? "l" : ""}`;
}

// scripts/src/stores/file/sharing.ts
const path13 = require("node:path");

// scripts/src/stores/file/status-cache.ts
const { randomBytes: randomBytes7 } = require("node:crypto");
const { readdirSync: readdirSync3, readFileSync: readFileSync8, statSync: statSync6, utimesSync: utimesSync3 } = require("node:fs");
const path12 = require("node:path");
import {
  NO_LIST
} from "./rate-limit.mjs";
var SEEN = "seen";
var WAITING = /^waiting-[0-9a-f]{16}$/;
var HEARTBEAT_MS2 = 5e3;
var DEAD_MS = 15e3;
var OWN2 = /^(waiting|ended|seen)\b/;
var KEPT_MS2 = 10 * 6e4;
var MOST_BYTES = 1024 * 1024;
var MOST_TASKS = 1e4;
var FORMAT2 = 3;
var FileStatusCache = class {
  #folder;
  #clock;
  #own = `waiting-${randomBytes7(8).toString("hex")}`;
  #isReady = false;
  #announced = "";
  #announcedAt = Number.NEGATIVE_INFINITY;
  /** What was made of each file, as long as it is the same one. */
  #made = /* @__PURE__ */ new Map();
  #written = /* @__PURE__ */ new Set();
  /** @param folder absolute; of this service and key alone, where no other user can write */
  constructor(folder, clock) {
    this.#folder = folder;
    this.#clock = clock;
  }
  async announce(tasks) {
    const ids = [...tasks.keys()].join();
    const now = this.#clock.monotonic();
    if (ids === this.#announced && now - this.#announcedAt < HEARTBEAT_MS2) return;
    this.#announced = ids;
    this.#announcedAt = now;
    this.#write(this.#own, Object.fromEntries(tasks));
  }
  async leave() {
    this.#announced = "";
    discard(path12.join(this.#folder, this.#own));
  }
  async others() {
    const tasks = /* @__PURE__ */ new Map();
    const now = this.#clock.wall();
    const names = onDisk(
      () => readdirSync3(this.#folder),
      () => []
    );
    for (const name of names) {
      if (name === this.#own) continue;
      const age = now - (this.#stat(name)?.mtimeMs ?? Number.NEGATIVE_INFINITY);
      if (WAITING.test(name) && Math.abs(age) < DEAD_MS) {
        const waiting = this.#madeOf(name, (file = {}) => new Map(Object.entries(file)));
        for (const [id, dueAtWall] of waiting) {
          if (tasks.size < MOST_TASKS) tasks.set(id, Math.min(dueAtWall, tasks.get(id) ?? dueAtWall));
        }
      } else if (OWN2.test(name) && Math.abs(age) > (WAITING.test(name) ? 2 * DEAD_MS : KEPT_MS2)) {
        discard(path12.join(this.#folder, name));
      }
    }
    return tasks;
  }
  async read() {
    return this.#madeOf(SEEN, (seen) => this.#status(seen));
  }
  async write({ list, tasks }) {
    this.#write(SEEN, { list, tasks: [...tasks] });
  }
  async ended(taskId) {
    return this.#read(endedName(taskId));
  }
  async writeEnded(task) {
    const name = endedName(task.id);
    if (this.#written.has(name)) return;
    this.#written.add(name);
    this.#write(name, task);
  }
  #madeOf(name, make) {
    const stat = this.#stat(name);
    const stamp = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "";
    const before = this.#made.get(name);
    if (before?.stamp === stamp) return before.value;
    const value = make(this.#read(name));
    if (this.#made.size > MOST_TASKS) this.#made.clear();
    this.#made.set(name, { stamp, value });
    return value;
  }
  /** Leaves out what lies ahead, as after the clock was set back. */
  #status(seen) {
    if (!seen) return { list: NO_LIST, tasks: /* @__PURE__ */ new Map() };
    const latest = this.#clock.wall() + 1e3;
    const isDated = ({ at, failedAt = 0, missingAt = 0 }) => Math.max(at, failedAt, missingAt) <= latest;
    const { list } = seen;
    const isListDated = list.startedAt <= latest && list.badUntil <= latest + KEPT_MS2;
    const tasks = seen.tasks.filter(([, status]) => isDated(status));
    return { list: isListDated ? list : NO_LIST, tasks: new Map(tasks) };
  }
  #stat(name) {
    try {
      return statSync6(path12.join(this.#folder, name), { throwIfNoEntry: false });
    } catch {
      return void 0;
    }
  }
  /** Returns what is in a file; undefined where it is damaged, too large, of another form, or gone. */
  #read(name) {
    try {
      if ((this.#stat(name)?.size ?? 0) > MOST_BYTES) return void 0;
      return valueIn(`${FORMAT2} ${name}`, readFileSync8(path12.join(this.#folder, name), "utf8"));
    } catch {
      return void 0;
    }
  }
  #write(name, value) {
    const text2 = checkedLine(`${FORMAT2} ${name}`, value);
    if (Buffer.byteLength(text2) > MOST_BYTES) return;
    const seconds = this.#clock.wall() / 1e3;
    try {
      if (!this.#isReady) makePrivate(this.#folder);
      this.#isReady = true;
      replaceUnsynced(path12.join(this.#folder, name), text2, (temp) => utimesSync3(temp, seconds, seconds));
    } catch (error) {
      if (diskError(error) === "") throw error;
      this.#isReady = false;
    }
  }
};
var endedName = (taskId) => `ended-${sha256Text(taskId).slice(0, 16)}`;

// scripts/src/stores/file/sharing.ts
function sharingIn({ folder, service, account, limit, clock }) {
  try {
    if (distrustOf(folder)) return null;
  } catch {
  }
  const key = folderName(service, account);
  const counted = limit.per === "address" ? folderName(service) : key;
  return {
    limiter: new FileRateLimiter(path13.join(folder, "rate-limit", counted), limit, clock),
    statuses: new FileStatusCache(path13.join(folder, "status", key), clock)
  };
}
function folderName(...parts) {
  return sha256Text(parts.join("\n")).slice(0, 16);
}
export {
  CORRUPT,
  COUNTS,
  DURATIONS,
  Entry,
  FileRateLimiter,
  FileStatusCache,
  FlatFolder,
  IndexFiles,
  Journal,
  KEPT_DAYS,
  NOTHING,
  PARTS,
  PHASES,
  RecordFiles,
  RecordIndex,
  TEMP,
  accountName,
  accountOf,
  accountsIn,
  allowedChange,
  busy,
  changeRecord,
  checkTrusted,
  checkedLine,
  countsOf,
  createAtOnce,
  decodeRecord,
  discard,
  diskError,
  diskErrorText,
  distrustOf,
  encodeRecord,
  factsOf,
  firstRecord,
  hasTaken,
  isLasting,
  isOfNewerVersion,
  isPending,
  isRecordName,
  isReplaced,
  isShard,
  isUnsaved,
  jsonHash,
  knownRecord,
  lastUse,
  lostSubmitsOf,
  madeAt,
  makePrivate,
  makeShard,
  markOf,
  nameOfPayload,
  newName,
  newestFirst,
  newestMade,
  newestOf,
  olderVersion,
  onDisk,
  otherAccounts,
  overwrite,
  plus,
  probe,
  readRecord,
  recordedRow,
  renamePatiently,
  replaceAtOnce,
  replaceUnsynced,
  requestName,
  requestNameOf,
  sha256Text,
  shardOf,
  sharingIn,
  spentFrom,
  spentOn,
  sumRows,
  sumTables,
  summaryOf,
  sweep,
  sweepDaily,
  syncFolder,
  tableOf,
  takenOver,
  tryLock,
  understood,
  unwritable,
  valueIn,
  waitForLock,
  whileLocked,
  writeWhole
};
