// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/stores/file/claim.ts
import { Failure } from "./main.mjs";

// scripts/src/stores/file/fingerprint.ts
const { createHash } = require("node:crypto");
function accountOf(provider, key) {
  return sha256("account", provider, key).slice(0, 12);
}
function jsonHash(value) {
  const hash = createHash("sha256");
  addValue(hash, value);
  return hash.digest("hex");
}
function requestName({
  provider,
  service,
  account,
  model,
  payloadHash: hash,
  idempotencyKey
}) {
  const what = idempotencyKey === void 0 ? ["payload", model, hash] : ["key", idempotencyKey];
  return sha256("intent", provider, service, account, ...what).slice(0, 32);
}
function sha256Text(text2) {
  return createHash("sha256").update(text2).digest("hex");
}
function sha256(...words) {
  return sha256Text(JSON.stringify(words));
}
var PIECE = 1024 * 1024;
function addValue(hash, value) {
  if (typeof value === "string") {
    hash.update(`s${value.length}:`);
    for (let at = 0; at < value.length; at += PIECE) hash.update(value.slice(at, at + PIECE), "utf16le");
  } else if (Array.isArray(value)) {
    hash.update(`a${value.length}:`);
    for (const item of value) addValue(hash, item);
  } else if (typeof value === "object" && value !== null) {
    const names = Object.keys(value).sort();
    hash.update(`o${names.length}:`);
    for (const name of names) {
      addValue(hash, name);
      addValue(hash, value[name]);
    }
  } else {
    hash.update(`v${JSON.stringify(value)};`);
  }
}

// scripts/src/stores/file/claim.ts
var PAUSE_MS = 100;
var BUSY_S = 5;
async function claimRequest(journal, claim, deadline, signal) {
  const { provider, service, account, clock } = journal.place;
  const idempotencyKey = claim.isNamed ? claim.idempotencyKey : void 0;
  const request = requestName({ ...claim, provider, service, account, idempotencyKey });
  journal.prepare();
  for (; ; ) {
    const known = claim.isNew ? void 0 : knownEntry(journal, request, claim);
    if (known && known.record.taskId !== null) return { kind: "submitted", entry: known };
    const lock = await journal.lock(request, 0);
    if (!("heldBy" in lock)) return underLock(journal, request, claim, lock);
    if (clock.monotonic() >= deadline) throw busy(lock, claim);
    await clock.sleep(PAUSE_MS * (0.5 + clock.random()), signal);
  }
}
function underLock(journal, request, claim, lock) {
  try {
    const known = claim.isNew ? void 0 : knownEntry(journal, request, claim);
    if (known && known.record.taskId !== null) {
      lock.release();
      return { kind: "submitted", entry: known };
    }
    if (known) return { kind: "unsettled", entry: known, lock };
    const entries = journal.find(request).filter((entry) => entry !== null);
    for (const entry of entries) if (entry.record.phase === "rejected") entry.drop();
    const unsettled = claim.isNew ? entries.filter(({ isPending, record }) => isPending && record.taskId === null) : [];
    journal.sweep();
    return { kind: "new", entry: draft(journal, request, claim), lock, unsettled };
  } catch (error) {
    lock.release();
    throw error;
  }
}
function knownEntry(journal, request, claim) {
  for (const entry of journal.find(request)) {
    if (entry === null) throw unreadable();
    const { phase, payloadHash, model } = entry.record;
    if (phase === "rejected" || phase === "abandoned") continue;
    if (payloadHash !== claim.payloadHash || model !== claim.model) throw conflict(claim, entry);
    return entry;
  }
  return void 0;
}
function draft(journal, request, claim) {
  const { provider, service, account } = journal.place;
  return journal.draft({
    request,
    provider,
    service,
    account,
    owner: claim.owner,
    model: claim.model,
    payloadHash: claim.payloadHash,
    promptExcerpt: claim.promptExcerpt ?? null,
    idempotencyKey: claim.idempotencyKey,
    phase: "submitting",
    resubmitted: false,
    taskId: null,
    status: "UNKNOWN",
    checked: null,
    delivered: null,
    used: null,
    wait: claim.wait,
    download: claim.download,
    fileCount: null,
    credits: { quoted: null, charged: null, refunded: null },
    files: []
  });
}
function busy({ heldBy: { pid, host }, file }, { isNew }) {
  return new Failure(
    "SUBMIT_OUTCOME_UNKNOWN",
    `Another process (${pid} on ${host}) is submitting this very request; its outcome is not known yet.`,
    { status: "UNKNOWN", retryAfter: BUSY_S, reason: { kind: "requestBusy", isNew, lockFile: file } }
  );
}
function unreadable() {
  return new Failure(
    "SUBMIT_OUTCOME_UNKNOWN",
    "The newest record of this request is damaged, so it is not known whether it was submitted and charged. Nothing was submitted now.",
    { status: "UNKNOWN", reason: { kind: "recordDamaged" } }
  );
}
function conflict(claim, { record }) {
  return new Failure(
    "IDEMPOTENCY_CONFLICT",
    `The idempotency key ${claim.idempotencyKey} already stands for another request. Nothing was submitted.`,
    {
      data: {
        model: claim.model,
        payloadHash: claim.payloadHash,
        recordedModel: record.model,
        recordedPayloadHash: record.payloadHash,
        recordedTaskId: record.taskId
      },
      reason: { kind: "otherRequest", idempotencyKey: claim.idempotencyKey }
    }
  );
}

// scripts/src/stores/file/durable.ts
const { randomBytes } = require("node:crypto");
const {
  chmodSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
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
var PASSING = ["ENOSPC", "EDQUOT", "EIO", "EBUSY", "EMFILE", "ENFILE", "EFBIG"];
function isLasting(error) {
  return diskErrorText(error) !== void 0 && !PASSING.includes(diskError(error));
}
function makePrivate(folder) {
  const made = makeFolder(folder, 448);
  if (made !== void 0) return;
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
  try {
    renameSync(temp, file);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
}
function overwrite(file, text2) {
  const descriptor = openSync(file, "r+");
  try {
    const bytes = writeSync(descriptor, text2, 0);
    ftruncateSync(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
function writeTemp(file, text2) {
  const temp = `${file}.${randomBytes(4).toString("hex")}${TEMP}`;
  try {
    const descriptor = openSync(temp, "wx", 384);
    try {
      writeFileSync(descriptor, text2);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return temp;
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
}
var TEMP = ".tmp";
var isHeld = (error) => ["EPERM", "EBUSY", "EACCES"].includes(diskError(error));
var RENAME_PAUSES_MS = [10, 50, 100, 250];
async function renamePatiently(from, to, clock) {
  for (const pause of [...RENAME_PAUSES_MS, null]) {
    try {
      return renameSync(from, to);
    } catch (error) {
      if (pause === null || !isHeld(error)) throw error;
      await clock.sleep(pause);
    }
  }
}
function syncFolder(folder) {
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (!["EPERM", "EISDIR", "EACCES", "EINVAL", "ENOTSUP"].includes(diskError(error))) throw error;
  }
}

// scripts/src/stores/file/journal.ts
const { randomBytes: randomBytes4 } = require("node:crypto");
const { existsSync: existsSync2, readdirSync, readFileSync: readFileSync3, renameSync: renameSync4, rmSync: rmSync4, statSync: statSync3 } = require("node:fs");
const path4 = require("node:path");
import { Failure as Failure2 } from "./main.mjs";

// scripts/src/stores/file/lock.ts
const { randomBytes: randomBytes2 } = require("node:crypto");
const {
  linkSync,
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
  const me = {
    pid: process.pid,
    host: hostname(),
    system: systemOf(),
    start: startOf(process.pid),
    nonce: randomBytes2(8).toString("hex")
  };
  const temp = `${file}.${me.nonce}${TEMP}`;
  try {
    writeFileSync2(temp, JSON.stringify(me), { flag: "wx", mode: 384 });
    for (; ; ) {
      if (place(temp, file, me)) return new HeldLock(file, me);
      const owner = readOwner(file);
      if (owner === void 0) continue;
      if (isAlive(owner, file, clock)) return { heldBy: owner };
      const claim = tryLock(`${file}.${owner.nonce}`, clock);
      if ("heldBy" in claim) return claim;
      try {
        if (readOwner(file)?.nonce !== owner.nonce) continue;
        renameSync2(temp, file);
        return new HeldLock(file, me);
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
var HeldLock = class {
  #file;
  #me;
  #heartbeat;
  constructor(file, me) {
    this.#file = file;
    this.#me = me;
    this.#heartbeat = setInterval(() => {
      const now = /* @__PURE__ */ new Date();
      try {
        utimesSync(file, now, now);
      } catch {
      }
    }, HEARTBEAT_MS).unref();
  }
  isOurs() {
    try {
      return readOwner(this.#file)?.nonce === this.#me.nonce;
    } catch {
      return false;
    }
  }
  release() {
    clearInterval(this.#heartbeat);
    try {
      if (this.isOurs()) rmSync2(this.#file, { force: true });
    } catch {
    }
  }
};
function place(temp, file, me) {
  try {
    linkSync(temp, file);
    return true;
  } catch (error) {
    if (diskError(error) === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP", "EXDEV", "EACCES", "EMLINK"].includes(diskError(error)))
      throw error;
  }
  try {
    writeFileSync2(file, JSON.stringify(me), { flag: "wx", mode: 384 });
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
function systemOf() {
  if (system === void 0) {
    try {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
      system = `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
    } catch {
      system = null;
    }
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

// scripts/src/stores/file/record.ts
import { isIdempotencyKey } from "./main.mjs";
import { isObject as isObject2 } from "./main.mjs";
import { TASK_ID, TASK_STATES } from "./main.mjs";
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
var VERSION = 2;
function encodeRecord(name, raw) {
  const { version, checksum, ...fields } = raw;
  const newest = Math.max(VERSION, typeof version === "number" ? version : 0);
  const whole = { version: newest, ...fields };
  return `${JSON.stringify({ ...whole, checksum: checksumOf(name, whole) }, null, 2)}
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
  return isUnsigned || checksum === checksumOf(name, whole) ? whole : void 0;
}
function changeRecord(raw, { credits, ...fields }) {
  const changed = { ...raw, ...fields };
  if (credits) changed.credits = { ...isObject2(raw.credits) ? raw.credits : {}, ...credits };
  return changed;
}
function isNewer({ version }) {
  return Number(version) > VERSION;
}
function checksumOf(name, whole) {
  return jsonHash([name, whole]);
}
function fromVersion1({ intent, ...record }) {
  return { ...record, version: VERSION, request: intent ?? null };
}
function readRecord(raw) {
  const isLenient = isNewer(raw);
  const record = {};
  for (const [name, { fits, otherwise }] of Object.entries(FIELDS)) {
    const value = raw[name];
    if (fits(value)) record[name] = value;
    else if (otherwise === void 0 || value !== void 0 && !isLenient) return void 0;
    else record[name] = otherwise(raw);
  }
  if (record.phase !== raw.phase) record.resubmitted = true;
  return record;
}
var text = (value) => typeof value === "string" && value !== "";
var hex = (value) => typeof value === "string" && /^[0-9a-f]{12,64}$/.test(value);
var date = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
var amount = (value) => typeof value === "number" && value >= 0;
var oneOf = (words) => (value) => typeof value === "string" && words.includes(value);
var orNull = (check) => (value) => value === null || check(value);
var nothing = () => null;
var CREDITS = ["quoted", "charged", "refunded"];
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
  delivered: { fits: orNull(date), otherwise: nothing },
  used: { fits: orNull(date), otherwise: nothing },
  wait: { fits: orNull(amount), otherwise: nothing },
  download: { fits: orNull(text), otherwise: nothing },
  fileCount: { fits: orNull(amount), otherwise: nothing },
  credits: {
    fits: (value) => isObject2(value) && CREDITS.every((name) => orNull(amount)(value[name])),
    otherwise: () => ({ quoted: null, charged: null, refunded: null })
  },
  files: {
    fits: (value) => Array.isArray(value) && value.every(
      (file) => isObject2(file) && text(file.path) && amount(file.bytes) && hex(file.sha256) && text(file.contentType)
    ),
    otherwise: () => []
  }
};

// scripts/src/stores/file/task-index.ts
const { randomBytes: randomBytes3 } = require("node:crypto");
const { existsSync, readFileSync: readFileSync2, renameSync: renameSync3, rmSync: rmSync3, writeFileSync: writeFileSync3 } = require("node:fs");
const path2 = require("node:path");
var TaskIndex = class {
  #folder;
  constructor(folder) {
    this.#folder = folder;
  }
  /** Whether every record with a task is in the index. */
  get isComplete() {
    return existsSync(this.#complete);
  }
  /** Returns the name of the record of a task; undefined when the index has none. */
  find(taskId) {
    try {
      return readFileSync2(this.#fileOf(taskId), "utf8");
    } catch {
      return void 0;
    }
  }
  /** Adds the record of a task. After a disk error the index is no longer complete. */
  add(taskId, name) {
    if (this.find(taskId) === name) return;
    try {
      makePrivate(this.#folder);
      this.#put(this.#fileOf(taskId), name);
    } catch (error) {
      if (diskErrorText(error) === void 0) throw error;
      this.#remove(this.#complete);
    }
  }
  remove(taskId) {
    this.#remove(this.#fileOf(taskId));
  }
  /** Adds all records with a task. From then on, a task that is not in the index has no record. */
  complete(records) {
    try {
      makePrivate(this.#folder);
      for (const { taskId, name } of records) this.add(taskId, name);
      this.#put(this.#complete, "");
    } catch (error) {
      if (diskErrorText(error) === void 0) throw error;
    }
  }
  get #complete() {
    return path2.join(this.#folder, "complete");
  }
  /** Not synced: after a power cut an entry may be missing or empty, and then the records are read. */
  #put(file, text2) {
    const temp = `${file}.${randomBytes3(4).toString("hex")}${TEMP}`;
    writeFileSync3(temp, text2, { flag: "wx", mode: 384 });
    renameSync3(temp, file);
  }
  #fileOf(taskId) {
    return path2.join(this.#folder, sha256Text(taskId).slice(0, 32));
  }
  #remove(file) {
    try {
      rmSync3(file, { force: true });
    } catch {
    }
  }
};

// scripts/src/stores/file/trusted-folder.ts
const { lstatSync, readlinkSync: readlinkSync2, statSync: statSync2 } = require("node:fs");
const path3 = require("node:path");
import { quoteWord } from "./main.mjs";
var WRITABLE_BY_ALL = 2;
var STICKY = 512;
function distrustOf(folder) {
  const me = process.getuid?.();
  if (me === void 0) return void 0;
  const trusted = /* @__PURE__ */ new Set([0, me, statSync2("/").uid]);
  const ahead = namesOf(folder);
  for (let at = "/"; ; at = path3.join(at, ahead.shift())) {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    const distrust = stat && distrustOfOne(at, stat, { me, trusted, below: ahead.length });
    if (distrust || !statSync2(at, { throwIfNoEntry: false })?.isDirectory()) return distrust;
    if (stat?.isSymbolicLink()) {
      const target = readlinkSync2(at);
      ahead.unshift(...namesOf(target));
      at = path3.isAbsolute(target) ? "/" : path3.dirname(at);
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

// scripts/src/stores/file/journal.ts
var NAME = /^([0-9a-f]{32})-(\d{8}T\d{9}Z)-[0-9a-f]{6}\.json(\.corrupt)?$/;
var CORRUPT = ".corrupt";
var LEFTOVER = /\.(tmp|lock(\.([0-9a-f]{16}|unreadable))*)$/;
var KEPT_MS = 30 * 24 * 36e5;
var DAY_MS = 24 * 36e5;
var UPDATE_PATIENCE_MS = 2e3;
var Entry = class {
  #journal;
  file;
  #raw;
  #record;
  /** Changes that could not be written yet. */
  #unsaved = {};
  constructor(journal, file, raw) {
    this.#journal = journal;
    this.file = file;
    this.#raw = raw;
    this.#record = understood(raw);
  }
  get name() {
    return path4.basename(this.file);
  }
  get record() {
    return this.#record;
  }
  /** Whether its result is not delivered yet, or its outcome is unknown. */
  get isPending() {
    const { delivered, phase } = this.#record;
    return delivered === null && phase !== "abandoned" && phase !== "rejected";
  }
  /** Writes the record for the first time, with `change`. @throws Failure when it cannot be written */
  async begin(change = {}) {
    const { folder, clock } = this.#journal.place;
    this.#apply(change);
    try {
      await writeWhole(this.file, this.#text(), clock);
    } catch (error) {
      throw unwritable(error, folder);
    }
  }
  /**
   * Changes the record. A change that cannot be written causes a warning, and is written with the next change.
   * @param isOurs no other process may drop the record, so a missing record is written anew; otherwise it stays missing
   * @returns whether the change is on the disk
   */
  async update(change, { isOurs = false } = {}) {
    const { folder, clock, warn } = this.#journal.place;
    try {
      if (isOurs) makePrivate(folder);
      const patience = UPDATE_PATIENCE_MS * (0.5 + clock.random());
      const lock = isOurs ? null : await waitForLock(`${this.file}.lock`, clock, clock.monotonic() + patience);
      try {
        if (isOurs && !existsSync2(this.file)) await writeWhole(this.file, this.#text(), clock);
        this.#merge(change);
        await writeWhole(this.file, this.#text(), clock);
        this.#unsaved = {};
        return true;
      } finally {
        if (lock && !("heldBy" in lock)) lock.release();
      }
    } catch (error) {
      if (diskError(error) === "ENOENT" && !isOurs) return false;
      const reason = diskErrorText(error);
      if (reason === void 0) throw error;
      if (isOurs && this.#overwrite(change)) return true;
      const changes = changesOf(change, this.#record);
      this.#unsaved = { ...this.#unsaved, ...changes };
      this.#apply(changes);
      warn(`The record of this request could not be written (${reason}): ${this.file}`);
      return false;
    }
  }
  /**
   * Changes the record before a step that must not happen without the change. @throws Failure when it cannot be written
   */
  async require(change) {
    if (await this.update(change, { isOurs: true })) return;
    throw unwritable(new Error("the change was not written"), this.#journal.place.folder);
  }
  /**
   * Writes over the record's own bytes, the last resort on a full disk. After a crash in between the record is set aside.
   */
  #overwrite(change) {
    try {
      this.#merge(change);
      overwrite(this.file, this.#text());
      return true;
    } catch {
      return false;
    }
  }
  /**
   * Records the end of the task, its credits, and when its result was delivered (null: it was not). It is synchronous,
   * because a process that ends cannot wait.
   */
  close(status, credits, delivered) {
    try {
      if (!this.#onDisk()) return;
      this.#merge((now) => ({ status, credits, delivered: now.delivered ?? delivered }));
      replaceAtOnce(this.file, this.#text());
    } catch (error) {
      if (diskErrorText(error) === void 0) throw error;
      if (diskError(error) !== "ENOENT")
        this.#journal.place.warn(`The record could not be closed: ${this.file}`);
    }
  }
  /** Reads the record from the disk, then applies the unsaved changes and `change`. */
  #merge(change) {
    const there = this.#onDisk();
    if (there) this.#raw = there;
    this.#apply(this.#unsaved);
    this.#apply(changesOf(change, this.#record));
    const { taskId } = this.#record;
    if (taskId !== null && taskId !== there?.taskId) this.#journal.tasks.add(taskId, this.name);
  }
  #apply(fields) {
    this.#raw = changeRecord(this.#raw, fields);
    this.#record = understood(this.#raw);
  }
  #onDisk() {
    return decodeRecord(this.name, readFileSync3(this.file, "utf8"));
  }
  #text() {
    return encodeRecord(this.name, this.#raw);
  }
  /** Reads the record from the disk again: other processes may have changed it. */
  refresh() {
    const [now] = this.#journal.read([this.name]);
    if (!now) return;
    this.#raw = now.#raw;
    this.#record = now.#record;
  }
  /** Removes the record. When that fails it only warns: the next command finds out that the record has no task. */
  drop() {
    const { taskId } = this.#record;
    try {
      rmSync4(this.file, { force: true });
      if (taskId !== null) this.#journal.tasks.remove(taskId);
    } catch (error) {
      const reason = diskErrorText(error);
      if (reason === void 0) throw error;
      this.#journal.place.warn(`The record of this request could not be removed (${reason}): ${this.file}`);
    }
  }
};
function understood(raw) {
  const record = readRecord(raw);
  if (!record) throw new Error("a record that cannot be understood");
  return record;
}
var Journal = class {
  place;
  tasks;
  #isTrusted = false;
  constructor(place2) {
    const beside = path4.dirname(place2.folder);
    this.place = place2;
    this.tasks = new TaskIndex(path4.join(beside, "tasks"));
  }
  /** Creates the folder. @throws Failure when it cannot be created, or other users could change its files */
  prepare() {
    this.#checkTrust();
    try {
      makePrivate(this.place.folder);
    } catch (error) {
      throw unwritable(error, this.place.folder);
    }
  }
  /** Throws when another user could remove a record and so cause a second charge. */
  #checkTrust() {
    if (this.#isTrusted) return;
    const { folder } = this.place;
    let distrust;
    try {
      distrust = distrustOf(folder);
    } catch {
      return;
    }
    if (distrust) throw untrusted(folder, distrust);
    this.#isTrusted = true;
  }
  /**
   * Returns a record that is not on the disk yet. Its name sorts after the older records of the request, even if the
   * clock was set back.
   */
  draft(fields) {
    const now = this.place.clock.wall();
    const before = this.#names().find((name2) => name2.startsWith(fields.request));
    const stamp = Math.max(now, before === void 0 ? 0 : timeOf(NAME.exec(before)[2]) + 1);
    const created = new Date(now).toISOString();
    const name = `${fields.request}-${stampOf(stamp)}-${randomBytes4(3).toString("hex")}.json`;
    const begun = { created, sentAt: created, unsettledSince: created, submitTimeout: null };
    const record = { promptExcerpt: null, ...fields, ...begun };
    return new Entry(this, path4.join(this.place.folder, name), record);
  }
  /** Returns the records of a request, newest first; null for a record that exists and cannot be read. */
  find(request) {
    const names = this.#names().filter((name) => name.startsWith(request));
    const entries = new Map(this.read(names).map((entry) => [entry.name, entry]));
    return names.flatMap((name) => entries.get(name) ?? (this.#isThere(name) ? [null] : []));
  }
  /** Returns whether an unreadable record still exists, or was set aside. Another process may also have dropped it. */
  #isThere(name) {
    const file = path4.join(this.place.folder, name);
    return existsSync2(file) || existsSync2(`${file}${CORRUPT}`);
  }
  /** Returns the records of all accounts, newest first. */
  all() {
    const entries = this.read(this.#names());
    const stamp = ({ name }) => NAME.exec(name)[2];
    return entries.sort((a, b) => stamp(a) < stamp(b) ? 1 : -1);
  }
  /** Returns the record of a task. */
  byTask(taskId) {
    this.#checkTrust();
    const isOfTask = ({ record }) => record.taskId === taskId;
    const name = this.tasks.find(taskId);
    const known = name !== void 0 && NAME.test(name) ? this.read([name]).find(isOfTask) : void 0;
    const isNone = name === void 0 && this.tasks.isComplete;
    return known || isNone ? known : this.all().find(isOfTask);
  }
  /** Returns whether a record belongs to the API key and the service address that are in use. */
  isOwn({ record }) {
    const { provider, service, account } = this.place;
    return record.provider === provider && record.service === service && record.account === account;
  }
  /**
   * Takes the lock on a request, on the budget or on a file, by its name.
   * @param deadline on the monotonic clock; 0 = try once
   * @throws Failure when the disk refuses
   */
  async lock(name, deadline, signal) {
    const { folder, clock } = this.place;
    const file = path4.join(folder, `${name}.lock`);
    try {
      const lock = await waitForLock(file, clock, deadline, signal);
      return "heldBy" in lock ? { ...lock, file } : lock;
    } catch (error) {
      throw diskErrorText(error) === void 0 ? error : unwritable(error, folder);
    }
  }
  /**
   * Returns the credits that the requests of the last 24 hours cost or may still cost, without refunds.
   * @param own a record to leave out
   * @returns null when the credits of a record are unknown, or a record cannot be read
   */
  spentToday(own) {
    const since = this.place.clock.wall() - DAY_MS;
    let sum = 0;
    const names = this.#names().filter((name) => timeOf(NAME.exec(name)[2]) >= since);
    const entries = this.read(names);
    const readable = new Set(entries.map(({ name }) => name));
    if (names.some((name) => !readable.has(name) && this.#isThere(name))) return null;
    for (const entry of entries) {
      if (entry.file === own?.file || !this.isOwn(entry) || entry.record.phase === "rejected") continue;
      const spent = spentOn(entry.record.credits);
      if (spent === null) return null;
      sum += spent;
    }
    return sum;
  }
  /**
   * Removes records that were last used more than 30 days ago, and leftovers of crashes. A submit with an unknown outcome
   * stays on record until the user decides.
   */
  sweep() {
    const { folder, clock } = this.place;
    const now = clock.wall();
    for (const name of this.#files()) {
      const stamp = NAME.exec(name)?.[2];
      const file = path4.join(folder, name);
      const touched = () => touchedAt(file) ?? now;
      if (stamp === void 0) {
        if (LEFTOVER.test(name) && touched() < now - DAY_MS) this.#sweepLeftover(file, now - touched());
      } else if (timeOf(stamp) < now - KEPT_MS) {
        const [entry] = this.read([name]);
        if (entry ? isOver(entry.record, now) : name.endsWith(CORRUPT) && touched() < now - KEPT_MS) {
          if (entry) entry.drop();
          else sweepAway(file);
        }
      }
    }
    if (!this.tasks.isComplete) {
      this.tasks.complete(
        this.all().flatMap(({ name, record: { taskId } }) => taskId === null ? [] : [{ taskId, name }])
      );
    }
  }
  /** Removes an old leftover. A held lock is touched every few seconds, but seems old after the clock has jumped. */
  #sweepLeftover(file, age) {
    if (file.endsWith(TEMP) || age > KEPT_MS) {
      sweepAway(file);
      return;
    }
    try {
      const lock = tryLock(file, this.place.clock);
      if (!("heldBy" in lock)) lock.release();
    } catch (error) {
      if (diskErrorText(error) === void 0) throw error;
    }
  }
  /** Returns the names of all records, also of those set aside; newest first within a request. */
  #names() {
    return this.#files().filter((name) => NAME.test(name)).sort((a, b) => a < b ? 1 : -1);
  }
  #files() {
    this.#checkTrust();
    try {
      return readdirSync(this.place.folder);
    } catch (error) {
      if (diskError(error) === "ENOENT") return [];
      throw diskErrorText(error) === void 0 ? error : closed(error, this.place.folder);
    }
  }
  /** Returns the records of these names. A file that is no record is set aside, so that the warning comes once. */
  read(names) {
    const { folder, warn } = this.place;
    const entries = [];
    for (const name of names) {
      if (name.endsWith(CORRUPT)) continue;
      const file = path4.join(folder, name);
      let text2;
      try {
        text2 = readFileSync3(file, "utf8");
      } catch (error) {
        const reason = diskErrorText(error);
        if (reason === void 0) throw error;
        if (diskError(error) !== "ENOENT") warn(`A record cannot be read (${reason}): ${file}`);
        continue;
      }
      const raw = decodeRecord(name, text2);
      if (raw) {
        entries.push(new Entry(this, file, raw));
        continue;
      }
      if (isOfNewerVersion(name, text2)) {
        warn(`A record that a newer version of this skill wrote is not understood: ${file}`);
        continue;
      }
      try {
        renameSync4(file, `${file}${CORRUPT}`);
      } catch {
      }
      warn(`A record that cannot be read was set aside: ${file}${CORRUPT}`);
    }
    return entries;
  }
};
function changesOf(change, now) {
  return typeof change === "function" ? change(now) : change;
}
function sweepAway(file) {
  try {
    rmSync4(file, { force: true });
  } catch {
  }
}
function touchedAt(file) {
  try {
    return statSync3(file).mtimeMs;
  } catch {
    return void 0;
  }
}
function isOver({ phase, created, checked, delivered, used }, now) {
  if (phase === "submitting" || phase === "unknown") return false;
  const dates = [created, checked, delivered, used].map((date2) => Date.parse(date2 ?? created));
  return Math.max(...dates) < now - KEPT_MS;
}
function spentOn({ quoted, charged, refunded }) {
  const cost = charged ?? quoted;
  return cost === null ? null : Math.max(0, cost - (refunded ?? 0));
}
function stampOf(time) {
  return new Date(time).toISOString().replace(/[-:.]/g, "");
}
function timeOf(stamp) {
  const [, year, month, day, hour, minute, second, ms] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}
function untrusted(folder, { reason: distrust, repair }) {
  return new Failure2(
    "INVALID_PAYLOAD",
    `The records in ${folder} are not safe: ${distrust}. Another user who can remove a record can cause a second charge, so nothing was done.`,
    { reason: { kind: "unsafeFolder", distrust, repair } }
  );
}
function closed(error, folder) {
  const why = diskErrorText(error);
  return unusable("unreadableFolder", `The records in ${folder} cannot be read: ${why}.`, error, folder, why);
}
function unwritable(error, folder) {
  const why = diskErrorText(error) ?? (error instanceof Error ? error.message : "the disk gives no reason");
  const message = `This request cannot be recorded in ${folder}: ${why}. Without a record it could be charged twice, so nothing was submitted.`;
  return unusable("unwritableFolder", message, error, folder, why);
}
function unusable(kind, message, cause, folder, why) {
  const lasts = isLasting(cause);
  const code = lasts ? "INVALID_PAYLOAD" : "UNKNOWN_ERROR";
  return new Failure2(code, message, { cause, reason: { kind, folder, why, lasts } });
}

// scripts/src/stores/file/rate-limiter.ts
const { randomBytes: randomBytes5 } = require("node:crypto");
const { mkdirSync, readdirSync: readdirSync2, readFileSync: readFileSync4, renameSync: renameSync5, writeFileSync: writeFileSync4 } = require("node:fs");
const path5 = require("node:path");
import {
  LONGEST_PAUSE_MS,
  MemoryRateLimiter,
  permitsFor,
  untilFree
} from "./live.mjs";
var NAME2 = /^(\d{1,5})-(\d{1,15})$/;
var CLOCK_TOLERANCE_MS = 2e3;
var FileRateLimiter = class {
  #folder;
  #clock;
  #permits;
  #alone;
  /** @param folder absolute; of this service, or of this service and key, alone */
  constructor(folder, limit, clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#permits = permitsFor(limit);
    this.#alone = new MemoryRateLimiter(limit, clock);
  }
  async acquire(kind) {
    try {
      for (; ; ) {
        const now = this.#clock.wall();
        const permits = this.#read(now);
        const wait = this.#untilFree(permits, now, kind);
        if (wait > 0) return wait;
        const oldest = permits.reduce((a, b) => b.usedAt < a.usedAt ? b : a);
        if (this.#move(oldest, now)) {
          await this.#alone.acquire("query");
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
      const now = this.#clock.wall();
      return this.#untilFree(this.#read(now), now, kind);
    } catch (error) {
      if (diskError(error) === "") throw error;
      return this.#alone.nextIn(kind);
    }
  }
  async pauseFor(ms) {
    await this.#alone.pauseFor(ms);
    const now = this.#clock.wall();
    const until = Math.round(now + Math.min(ms, LONGEST_PAUSE_MS));
    const temp = path5.join(this.#folder, `pause.${randomBytes5(4).toString("hex")}${TEMP}`);
    try {
      if (until <= now + this.#pauseMs(now)) return;
      makePrivate(this.#folder);
      writeFileSync4(temp, String(until), { flag: "wx", mode: 384 });
      renameSync5(temp, path5.join(this.#folder, "pause"));
    } catch (error) {
      if (diskError(error) === "") throw error;
      discard(temp);
    }
  }
  #untilFree(permits, now, kind) {
    const usedAt = permits.map((permit) => permit.usedAt);
    const left = { ...this.#permits, count: permits.length };
    return Math.max(untilFree(usedAt, now, kind, left), this.#pauseMs(now));
  }
  /** Returns the remaining milliseconds of the pause that the service asked for. */
  #pauseMs(now) {
    try {
      const left = Number(readFileSync4(path5.join(this.#folder, "pause"), "latin1")) - now;
      return left > 0 && left <= LONGEST_PAUSE_MS ? left : 0;
    } catch {
      return 0;
    }
  }
  get #place() {
    return path5.join(this.#folder, `permits-${this.#permits.count}`);
  }
  /** Returns the permits, at least one. @throws the disk's error */
  #read(now) {
    let names;
    try {
      names = readdirSync2(this.#place);
    } catch (error) {
      if (diskError(error) !== "ENOENT") throw error;
      names = [];
    }
    if (names.length === 0) names = this.#make();
    const permits = /* @__PURE__ */ new Map();
    for (const name of names) {
      const [, number, usedAt] = NAME2.exec(name) ?? [];
      const permit = { number: Number(number), usedAt: Number(usedAt), name };
      if (number === void 0 || permit.number >= this.#permits.count) continue;
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
      if (permit.usedAt <= now) return permit;
      const usedAt = Math.max(0, permit.usedAt - ahead);
      return this.#move(permit, usedAt) ? { ...permit, usedAt, name: nameOf(permit.number, usedAt) } : permit;
    });
  }
  /** Makes the folder of the permits: all of them at once, or another process's folder stays. */
  #make() {
    makePrivate(this.#folder);
    const temp = `${this.#place}.${randomBytes5(4).toString("hex")}${TEMP}`;
    try {
      mkdirSync(temp, { mode: 448 });
      for (let number = 0; number < this.#permits.count; number += 1) {
        writeFileSync4(path5.join(temp, nameOf(number, 0)), "", { flag: "wx", mode: 384 });
      }
      renameSync5(temp, this.#place);
    } catch (error) {
      discard(temp);
      if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(diskError(error))) throw error;
    }
    return readdirSync2(this.#place);
  }
  /** Notes the use of a permit. Returns false when another process has used it. @throws the disk's error */
  #move({ number, name }, usedAt) {
    try {
      renameSync5(path5.join(this.#place, name), path5.join(this.#place, nameOf(number, Math.round(usedAt))));
      return true;
    } catch (error) {
      if (diskError(error) === "ENOENT") return false;
      throw error;
    }
  }
};
function nameOf(number, usedAt) {
  return `${String(number).padStart(3, "0")}-${usedAt}`;
}

// scripts/src/stores/file/sharing.ts
const { createHash: createHash3 } = require("node:crypto");
const path7 = require("node:path");

// scripts/src/stores/file/status-cache.ts
const { createHash: createHash2, randomBytes: randomBytes6 } = require("node:crypto");
const {
  readdirSync: readdirSync3,
  readFileSync: readFileSync5,
  renameSync: renameSync6,
  statSync: statSync4,
  utimesSync: utimesSync2,
  writeFileSync: writeFileSync5
} = require("node:fs");
const path6 = require("node:path");
import { isObject as isObject3 } from "./main.mjs";
import {
  NO_LIST
} from "./main.mjs";
import { isTerminal, TASK_ID as TASK_ID2, TASK_STATES as TASK_STATES2 } from "./main.mjs";
var SEEN = "seen";
var WAITING = /^waiting-[0-9a-f]{16}$/;
var HEARTBEAT_MS2 = 5e3;
var DEAD_MS = 15e3;
var OWN = /^(waiting|ended|seen)\b/;
var KEPT_MS2 = 10 * 6e4;
var MOST_BYTES = 1024 * 1024;
var MOST_TASKS = 1e4;
var EMPTY = { list: NO_LIST, tasks: /* @__PURE__ */ new Map() };
var FileStatusCache = class {
  #folder;
  #clock;
  #own = `waiting-${randomBytes6(8).toString("hex")}`;
  #isReady = false;
  #announced = "";
  #announcedAt = Number.NEGATIVE_INFINITY;
  #seen = { stamp: "", status: EMPTY };
  #waiting = /* @__PURE__ */ new Map();
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
    discard(path6.join(this.#folder, this.#own));
  }
  async others() {
    const tasks = /* @__PURE__ */ new Map();
    const now = this.#clock.wall();
    for (const name of this.#names()) {
      if (name === this.#own) continue;
      const age = now - (this.#stat(name)?.mtimeMs ?? Number.NEGATIVE_INFINITY);
      if (WAITING.test(name) && Math.abs(age) < DEAD_MS) {
        for (const [id, dueAt] of this.#waitingIn(name)) {
          if (tasks.size < MOST_TASKS) tasks.set(id, Math.min(dueAt, tasks.get(id) ?? dueAt));
        }
      } else if (OWN.test(name) && Math.abs(age) > (WAITING.test(name) ? 2 * DEAD_MS : KEPT_MS2)) {
        discard(path6.join(this.#folder, name));
      }
    }
    return tasks;
  }
  async read() {
    const stamp = stampOf2(this.#stat(SEEN));
    if (stamp === this.#seen.stamp) return this.#seen.status;
    this.#seen = { stamp, status: this.#status(this.#read(SEEN)) };
    return this.#seen.status;
  }
  async write({ list, tasks }) {
    const seen = [...tasks].map(([id, { at, state, failedAt, missingAt }]) => [
      ...[id, at, state, failedAt ?? 0, missingAt ?? 0]
    ]);
    this.#write(SEEN, { list: { ...list }, tasks: seen });
  }
  async ended(taskId) {
    const task = this.#read(`ended-${nameOf2(taskId)}`);
    return isEnded(task, taskId) ? task : void 0;
  }
  async writeEnded(task) {
    const name = `ended-${nameOf2(task.id)}`;
    if (this.#written.has(name)) return;
    this.#written.add(name);
    this.#write(name, task);
  }
  #waitingIn(name) {
    const stamp = stampOf2(this.#stat(name));
    const before = this.#waiting.get(name);
    if (before?.stamp === stamp) return before.tasks;
    const tasks = /* @__PURE__ */ new Map();
    for (const [id, dueAt] of Object.entries(this.#read(name) ?? {})) {
      if (TASK_ID2.test(id) && typeof dueAt === "number") tasks.set(id, dueAt);
    }
    if (this.#waiting.size > MOST_TASKS) this.#waiting.clear();
    this.#waiting.set(name, { stamp, tasks });
    return tasks;
  }
  #status(body) {
    if (!body || !isObject3(body.list) || !Array.isArray(body.tasks)) return EMPTY;
    const latest = this.#clock.wall() + 1e3;
    const tasks = /* @__PURE__ */ new Map();
    for (const item of body.tasks) {
      const [id, at, state, failedAt, missingAt] = Array.isArray(item) ? item : [];
      const known = state === null ? null : TASK_STATES2.find((one) => one === state);
      const isDated = [at, failedAt, missingAt].every((time) => typeof time === "number" && time <= latest);
      if (typeof id !== "string" || known === void 0 || !isDated) continue;
      tasks.set(id, { at, state: known, failedAt, missingAt });
    }
    return { list: factsIn(body.list, latest), tasks };
  }
  /** Returns the names in the folder; none where it cannot be read. */
  #names() {
    try {
      return readdirSync3(this.#folder);
    } catch {
      return [];
    }
  }
  #stat(name) {
    try {
      return statSync4(path6.join(this.#folder, name), { throwIfNoEntry: false });
    } catch {
      return void 0;
    }
  }
  /** Returns the object in a file; undefined where it is damaged, too large or gone. */
  #read(name) {
    try {
      if ((this.#stat(name)?.size ?? 0) > MOST_BYTES) return void 0;
      const text2 = readFileSync5(path6.join(this.#folder, name), "utf8");
      const end = text2.indexOf("\n");
      const json = text2.slice(end + 1);
      if (text2.slice(0, end) !== hashOf(name, json)) return void 0;
      const value = JSON.parse(json);
      return isObject3(value) ? value : void 0;
    } catch {
      return void 0;
    }
  }
  #write(name, value) {
    const json = JSON.stringify(value);
    const text2 = `${hashOf(name, json)}
${json}`;
    if (Buffer.byteLength(text2) > MOST_BYTES) return;
    const file = path6.join(this.#folder, name);
    const temp = `${file}.${randomBytes6(4).toString("hex")}${TEMP}`;
    try {
      if (!this.#isReady) makePrivate(this.#folder);
      this.#isReady = true;
      writeFileSync5(temp, text2, { flag: "wx", mode: 384 });
      const seconds = this.#clock.wall() / 1e3;
      utimesSync2(temp, seconds, seconds);
      renameSync6(temp, file);
    } catch (error) {
      if (diskError(error) === "") throw error;
      this.#isReady = false;
      discard(temp);
    }
  }
};
function stampOf2(stat) {
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "";
}
function factsIn({ startedAt, tookMs, badUntil, failures, unchecked }, latest) {
  const time = (value, most) => typeof value === "number" && value >= 0 && value <= most ? value : 0;
  return {
    startedAt: time(startedAt, latest),
    tookMs: time(tookMs, KEPT_MS2),
    badUntil: time(badUntil, latest + KEPT_MS2),
    failures: time(failures, 100),
    unchecked: time(unchecked, 100)
  };
}
function isEnded(value, taskId) {
  if (value?.id !== taskId || !Array.isArray(value.urls) || !isObject3(value.record)) return false;
  const state = TASK_STATES2.find((one) => one === value.state);
  return state !== void 0 && isTerminal(state) && value.urls.every((url) => typeof url === "string");
}
function hashOf(name, json) {
  return createHash2("sha256").update(`${name}
${json}`).digest("hex").slice(0, 16);
}
function nameOf2(text2) {
  return createHash2("sha256").update(text2).digest("hex").slice(0, 16);
}

// scripts/src/stores/file/sharing.ts
function sharingIn({ folder, service, account, limit, clock }) {
  try {
    if (distrustOf(folder)) return null;
  } catch {
  }
  const key = nameOf3(service, account);
  const counted = limit.per === "address" ? nameOf3(service) : key;
  return {
    limiter: new FileRateLimiter(path7.join(folder, "rate-limit", counted), limit, clock),
    statuses: new FileStatusCache(path7.join(folder, "status", key), clock)
  };
}
function nameOf3(...parts) {
  return createHash3("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}
export {
  Entry,
  FileRateLimiter,
  FileStatusCache,
  Journal,
  PHASES,
  TEMP,
  TaskIndex,
  accountOf,
  changeRecord,
  claimRequest,
  decodeRecord,
  discard,
  diskError,
  diskErrorText,
  distrustOf,
  encodeRecord,
  isLasting,
  isOfNewerVersion,
  jsonHash,
  makePrivate,
  overwrite,
  readRecord,
  renamePatiently,
  replaceAtOnce,
  requestName,
  sha256Text,
  sharingIn,
  tryLock,
  waitForLock,
  writeWhole
};
