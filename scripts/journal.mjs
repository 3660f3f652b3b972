// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/disk/durable.ts
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
var TROUBLE = {
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
function diskTrouble(error) {
  return TROUBLE[diskError(error)];
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

// scripts/src/disk/lock.ts
const { randomBytes: randomBytes2 } = require("node:crypto");
const { linkSync, readFileSync, renameSync: renameSync2, rmSync: rmSync2, statSync, utimesSync, writeFileSync: writeFileSync2 } = require("node:fs");
const { hostname } = require("node:os");
import { isObject } from "./main.mjs";
var HEARTBEAT_MS = 1e4;
var SILENT_MS = 12e4;
var UNWRITTEN_MS = 1e4;
function tryLock(file, clock) {
  const me = {
    pid: process.pid,
    host: hostname(),
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
async function waitForLock(file, clock, deadline, signal) {
  for (; ; ) {
    const lock = tryLock(file, clock);
    if (!("heldBy" in lock) || clock.monotonic() >= deadline) return lock;
    await clock.sleep(LOCK_PAUSE_MS * (0.5 + clock.random()), signal);
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
  return parseOwner(text2) ?? { pid: 0, host: "", start: null, nonce: "unreadable" };
}
function parseOwner(text2) {
  try {
    const value = JSON.parse(text2);
    if (!isObject(value)) return void 0;
    const { pid, host, start, nonce } = value;
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return void 0;
    if (typeof host !== "string" || typeof nonce !== "string" || !/^\w+$/.test(nonce)) return void 0;
    return { pid, host, start: typeof start === "string" ? start : null, nonce };
  } catch {
    return void 0;
  }
}
function isAlive(owner, file, clock) {
  const silence = owner.pid === 0 ? UNWRITTEN_MS : owner.host === hostname() ? null : SILENT_MS;
  if (silence === null) return isRunning(owner);
  try {
    return clock.wall() - statSync(file).mtimeMs < silence;
  } catch {
    return false;
  }
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

// scripts/src/journal/claim.ts
import { Failure } from "./main.mjs";

// scripts/src/journal/fingerprint.ts
const { createHash } = require("node:crypto");
function accountOf(provider, key) {
  return sha256("account", provider, key).slice(0, 12);
}
function payloadHash(payload) {
  const hash = createHash("sha256");
  addValue(hash, payload);
  return hash.digest("hex");
}
function intentOf({
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

// scripts/src/journal/claim.ts
var PAUSE_MS = 100;
async function claimWish(journal, wish, deadline, signal) {
  const { place: place2 } = journal;
  const { provider, service, account, clock } = place2;
  const idempotencyKey = wish.isNamed ? wish.idempotencyKey : void 0;
  const intent = intentOf({ ...wish, provider, service, account, idempotencyKey });
  journal.prepare();
  for (; ; ) {
    if (!wish.isNew) {
      const known = knownWish(journal, intent, wish);
      if (known && known.record.taskId !== null) return { kind: "submitted", entry: known };
    }
    const lock = await journal.lock(intent, 0);
    if ("heldBy" in lock) {
      if (clock.monotonic() >= deadline) throw busy(lock, wish);
      await clock.sleep(PAUSE_MS * (0.5 + clock.random()), signal);
      continue;
    }
    try {
      const known = wish.isNew ? void 0 : knownWish(journal, intent, wish);
      if (known && known.record.taskId !== null) {
        lock.release();
        return { kind: "submitted", entry: known };
      }
      if (known) return { kind: "unsettled", entry: known, lock };
      const unsettled = wish.isNew ? unsettledOf(journal, intent) : [];
      journal.sweep();
      return { kind: "new", entry: draft(journal, intent, wish), lock, unsettled };
    } catch (error) {
      lock.release();
      throw error;
    }
  }
}
function knownWish(journal, intent, wish) {
  const { entries, isUnreadable } = journal.find(intent);
  if (isUnreadable) throw unreadable(wish);
  const other = entries.find(
    ({ record }) => record.payloadHash !== wish.payloadHash || record.model !== wish.model
  );
  if (other) throw conflict(wish, other);
  return entries.find((entry) => entry.wasPending || wish.isNamed && entry.record.taskId !== null);
}
function unsettledOf(journal, intent) {
  return journal.find(intent).entries.filter(({ isPending, record }) => isPending && record.taskId === null);
}
function draft(journal, intent, wish) {
  const { provider, service, account } = journal.place;
  return journal.draft({
    intent,
    provider,
    service,
    account,
    owner: wish.owner,
    model: wish.model,
    payloadHash: wish.payloadHash,
    idempotencyKey: wish.idempotencyKey,
    phase: "submitting",
    taskId: null,
    status: "UNKNOWN",
    checked: null,
    delivered: null,
    download: wish.download,
    credits: { quoted: null, charged: null, refunded: null },
    files: []
  });
}
function busy({ heldBy: { pid, host }, file }, { isNew }) {
  const goesOn = "goes on with the task of that process, and charges nothing";
  return new Failure(
    "SUBMIT_OUTCOME_UNKNOWN",
    `Another process (${pid} on ${host}) is submitting this very wish; what came of it is not known yet.`,
    {
      status: "UNKNOWN",
      nextSteps: [
        isNew ? `Nothing was submitted by this command. The same command without --new ${goesOn}; with --new, later, it is one more charge.` : `Run the same command again a little later: it ${goesOn}.`,
        `If there is certainly no such process any more, remove ${file} first.`
      ]
    }
  );
}
function unreadable({ isNamed }) {
  return new Failure(
    "SUBMIT_OUTCOME_UNKNOWN",
    "The newest record of this wish cannot be read, so it is not known whether it was submitted and charged. Nothing was submitted now.",
    {
      status: "UNKNOWN",
      nextSteps: [
        "Do not submit this again before you know: look for its task in the service's own list.",
        `If the person decides that it may be charged once more: the same command with ${isNamed ? "another --idempotencyKey" : "--new"}.`
      ]
    }
  );
}
function conflict(wish, { record }) {
  return new Failure(
    "IDEMPOTENCY_CONFLICT",
    `--idempotencyKey ${wish.idempotencyKey} already stands for another wish. Nothing was submitted.`,
    {
      data: {
        model: wish.model,
        payloadHash: wish.payloadHash,
        recordedModel: record.model,
        recordedPayloadHash: record.payloadHash,
        recordedTaskId: record.taskId
      },
      nextSteps: [
        "For the earlier wish, run its command unchanged; for another wish, give another --idempotencyKey or none."
      ]
    }
  );
}

// scripts/src/journal/journal.ts
const { randomBytes: randomBytes4 } = require("node:crypto");
const { existsSync, readdirSync, readFileSync: readFileSync2, renameSync: renameSync3, rmSync: rmSync3, statSync: statSync2 } = require("node:fs");
const path3 = require("node:path");
import { Failure as Failure2 } from "./main.mjs";

// scripts/src/journal/pace.ts
const { createHash: createHash2, randomBytes: randomBytes3 } = require("node:crypto");
const { readdir, readFile, rename, rm, stat, writeFile } = require("node:fs/promises");
const path2 = require("node:path");
import { isObject as isObject2 } from "./main.mjs";
import { TASK_STATES } from "./main.mjs";
var SPAN_MS = 1100;
var FRESH_MS = 2e3;
var KEPT_SPANS = 120;
var DAY_MS = 24 * 36e5;
var LONGEST_REST_MS = 5 * 6e4;
var Pace = class {
  #folder;
  #service;
  #clock;
  #me = randomBytes3(4).toString("hex");
  #isReady = false;
  /** On the monotonic clock: the last look of this process at each task. */
  #lookedAt = /* @__PURE__ */ new Map();
  /** On the monotonic clock: since when this process has wanted its next turn; null while it wants none. */
  #wantedSince = null;
  /** On the monotonic clock: until then turns are left to others who want them. */
  #modestUntil = 0;
  /** @param folder absolute @param service the address of the service: each has its own limit */
  constructor(folder, service, clock) {
    this.#folder = folder;
    this.#service = nameOf(service);
    this.#clock = clock;
  }
  /** Takes the right to one query now; false when another process has it, or the service wants to be left alone. */
  async takeTurn() {
    const now = this.#clock.wall();
    const rest = Number(await this.#read("rest") ?? 0) - now;
    if (rest > 0 && rest <= LONGEST_REST_MS) return false;
    const span = Math.floor(now / SPAN_MS);
    const moment = this.#clock.monotonic();
    this.#wantedSince ??= moment;
    if (moment < this.#modestUntil && await this.#read(`turn-${span - 1}`) !== void 0) return false;
    try {
      await this.#ready();
    } catch {
      return true;
    }
    try {
      await writeFile(this.#file(`turn-${span}`), "", { flag: "wx", mode: 384 });
    } catch (error) {
      return diskError(error) !== "EEXIST";
    }
    this.#modestUntil = moment + (moment - this.#wantedSince);
    this.#wantedSince = null;
    await this.#tidy(span);
    return true;
  }
  /** This process looks at a task now. */
  looks(taskId) {
    this.#lookedAt.set(taskId, this.#clock.monotonic());
  }
  /** Whether it did so a moment ago: then its own look may be what took the turn. */
  lookedLately(taskId) {
    const at = this.#lookedAt.get(taskId);
    return at !== void 0 && this.#clock.monotonic() - at < 2 * SPAN_MS;
  }
  /** The service asked for a pause: nobody asks it again before that is over. */
  async restFor(ms) {
    await this.#write("rest", String(Math.round(this.#clock.wall() + Math.min(ms, LONGEST_REST_MS))));
  }
  /** What another process saw of a task a moment ago. */
  async seenByOthers(taskId) {
    try {
      const value = JSON.parse(await this.#read(`seen-${nameOf(taskId)}`) ?? "");
      if (!isObject2(value) || value.by === this.#me || typeof value.at !== "number") return void 0;
      const age = this.#clock.wall() - value.at;
      if (age < 0 || age >= FRESH_MS) return void 0;
      this.#wantedSince = null;
      return TASK_STATES.find((state) => state === value.state);
    } catch {
      return void 0;
    }
  }
  /** Tells the others what a look at a task showed. */
  async saw(taskId, state) {
    const sighting = { state, at: this.#clock.wall(), by: this.#me };
    await this.#write(`seen-${nameOf(taskId)}`, JSON.stringify(sighting));
  }
  #file(name) {
    return path2.join(this.#folder, `${this.#service}-${name}`);
  }
  async #read(name) {
    return readFile(this.#file(name), "utf8").catch(() => void 0);
  }
  async #write(name, text2) {
    const temp = this.#file(`${name}.${randomBytes3(4).toString("hex")}${TEMP}`);
    try {
      await this.#ready();
      await writeFile(temp, text2, { flag: "wx", mode: 384 });
      await rename(temp, this.#file(name));
    } catch {
      await rm(temp, { force: true }).catch(() => {
      });
    }
  }
  async #ready() {
    if (!this.#isReady) makePrivate(this.#folder);
    this.#isReady = true;
  }
  /** Takes away the turns that are long over. */
  async #tidy(span) {
    const begin = `${this.#service}-turn-`;
    const names = await readdir(this.#folder).catch(() => []);
    const old = names.filter(
      (name) => name.startsWith(begin) && Number(name.slice(begin.length)) < span - KEPT_SPANS
    );
    for (const name of names) {
      if (span % KEPT_SPANS > 0 || name.startsWith(begin)) continue;
      const written = await stat(path2.join(this.#folder, name)).catch(() => void 0);
      if (written && written.mtimeMs < this.#clock.wall() - DAY_MS) old.push(name);
    }
    await Promise.all(old.map((name) => rm(path2.join(this.#folder, name), { force: true }).catch(() => {
    })));
  }
};
function nameOf(text2) {
  return createHash2("sha256").update(text2).digest("hex").slice(0, 16);
}

// scripts/src/journal/record.ts
import { isObject as isObject3 } from "./main.mjs";
import { TASK_ID, TASK_STATES as TASK_STATES2 } from "./main.mjs";
var PHASES = [
  /** The request may be on its way. */
  "submitting",
  /** Nobody could tell whether it was taken. */
  "unknown",
  /** The service gave it a task. */
  "submitted",
  /** Its outcome is not known, and a person has decided to go on without it. */
  "abandoned"
];
var VERSION = 1;
var INNER = ["quoted", "charged", "refunded", "path", "bytes", "sha256", "contentType"];
function writeRecord(record) {
  return `${JSON.stringify({ version: VERSION, ...record }, ["version", ...Object.keys(FIELDS), ...INNER], 2)}
`;
}
function readRecord(text2) {
  let value;
  try {
    value = JSON.parse(text2);
  } catch {
    return void 0;
  }
  if (!isObject3(value) || value.version !== VERSION) return void 0;
  const { version, ...record } = value;
  const fits = Object.keys(FIELDS).every(
    (name) => FIELDS[name](record[name])
  );
  return fits ? record : void 0;
}
var text = (value) => typeof value === "string" && value !== "";
var hex = (value) => typeof value === "string" && /^[0-9a-f]{12,64}$/.test(value);
var date = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
var amount = (value) => typeof value === "number" && value >= 0;
var oneOf = (words) => (value) => typeof value === "string" && words.includes(value);
var orNull = (check) => (value) => value === null || check(value);
var FIELDS = {
  intent: hex,
  provider: text,
  service: text,
  account: hex,
  owner: orNull(text),
  model: text,
  payloadHash: hex,
  idempotencyKey: text,
  phase: oneOf(PHASES),
  taskId: orNull((value) => typeof value === "string" && TASK_ID.test(value)),
  status: oneOf(TASK_STATES2),
  created: date,
  checked: orNull(date),
  delivered: orNull(date),
  download: orNull(text),
  credits: (value) => isObject3(value) && ["quoted", "charged", "refunded"].every((name) => orNull(amount)(value[name])),
  files: (value) => Array.isArray(value) && value.every(
    (file) => isObject3(file) && text(file.path) && amount(file.bytes) && hex(file.sha256) && text(file.contentType)
  )
};

// scripts/src/journal/journal.ts
var NAME = /^([0-9a-f]{32})-(\d{8}T\d{9}Z)-[0-9a-f]{6}\.json(\.corrupt)?$/;
var CORRUPT = ".corrupt";
var LEFTOVER = /\.(tmp|lock(\.([0-9a-f]{16}|unreadable))*)$/;
var KEPT_MS = 30 * 24 * 36e5;
var DAY_MS2 = 24 * 36e5;
var UPDATE_PATIENCE_MS = 2e3;
var Entry = class {
  #journal;
  file;
  record;
  /** Changes that a disk refused. */
  #unsaved = {};
  constructor(journal, file, record) {
    this.#journal = journal;
    this.file = file;
    this.record = record;
  }
  /** Some result of it is still to come or to be handed over. */
  get isPending() {
    return this.record.delivered === null && this.record.phase !== "abandoned";
  }
  /** It was pending when this command began: a command that runs beside the one that delivered it means the same wish. */
  get wasPending() {
    const { delivered } = this.record;
    return this.isPending || delivered !== null && Date.parse(delivered) >= this.#journal.place.since;
  }
  /** Writes the record for the first time. @throws Failure when it cannot be written */
  async begin() {
    const { folder, clock } = this.#journal.place;
    try {
      await writeWhole(this.file, writeRecord(this.record), clock);
    } catch (error) {
      throw unwritable(error, folder);
    }
  }
  /**
   * Changes the record. What cannot be written is warned of, and written with the next change.
   * @param isOurs nobody else may have dropped the record: one that has gone is written anew. Otherwise it stays away
   */
  async update(change, { isOurs = false } = {}) {
    const { folder, clock, warn } = this.#journal.place;
    try {
      if (isOurs) makePrivate(folder);
      const lock = await waitForLock(
        `${this.file}.lock`,
        clock,
        clock.monotonic() + UPDATE_PATIENCE_MS * (0.5 + clock.random())
      );
      try {
        if (isOurs && !existsSync(this.file)) await writeWhole(this.file, writeRecord(this.record), clock);
        this.#merge(change);
        await writeWhole(this.file, writeRecord(this.record), clock);
        this.#unsaved = {};
      } finally {
        if (!("heldBy" in lock)) lock.release();
      }
    } catch (error) {
      if (diskError(error) === "ENOENT" && !isOurs) return;
      const trouble = diskTrouble(error);
      if (trouble === void 0) throw error;
      if (isOurs && this.#overwrite(change)) return;
      const changes = changesOf(change, this.record);
      this.#unsaved = { ...this.#unsaved, ...changes };
      this.record = { ...this.record, ...changes };
      warn(`The record of this wish could not be written (${trouble}): ${this.file}`);
    }
  }
  /** The last resort on a full disk: the place that the record has already. Cut by a crash, it is set aside. */
  #overwrite(change) {
    try {
      this.#merge(change);
      overwrite(this.file, writeRecord(this.record));
      return true;
    } catch {
      return false;
    }
  }
  /**
   * Notes how the task ended, what it cost, and when its result was handed over; null where it was not. At once, because
   * a process that ends waits for nothing.
   */
  close(status, credits, delivered) {
    try {
      if (!readRecord(readFileSync2(this.file, "utf8"))) return;
      this.#merge((now) => ({ status, credits, delivered: now.delivered ?? delivered }));
      replaceAtOnce(this.file, writeRecord(this.record));
    } catch (error) {
      if (diskTrouble(error) === void 0) throw error;
      if (diskError(error) !== "ENOENT")
        this.#journal.place.warn(`The record could not be closed: ${this.file}`);
    }
  }
  /** The record as it lies on the disk, with what could not be written so far and with the change. */
  #merge(change) {
    const now = readRecord(readFileSync2(this.file, "utf8")) ?? this.record;
    this.record = { ...now, ...this.#unsaved };
    this.record = { ...this.record, ...changesOf(change, this.record) };
  }
  /** Reads the record again: other processes may have written it. */
  refresh() {
    const [now] = this.#journal.read([path3.basename(this.file)]);
    if (now) this.record = now.record;
  }
  /** Takes the record away. One that stays is only warned of: the next command will find out that it has no task. */
  drop() {
    try {
      rmSync3(this.file, { force: true });
    } catch (error) {
      const trouble = diskTrouble(error);
      if (trouble === void 0) throw error;
      this.#journal.place.warn(`The record of this wish could not be removed (${trouble}): ${this.file}`);
    }
  }
};
var Journal = class {
  place;
  /** What its processes share while they wait. */
  pace;
  constructor(place2) {
    this.place = place2;
    this.pace = new Pace(path3.join(path3.dirname(place2.folder), "pace"), place2.service, place2.clock);
  }
  /** Makes the folder ready. @throws Failure when there cannot be one */
  prepare() {
    try {
      makePrivate(this.place.folder);
    } catch (error) {
      throw unwritable(error, this.place.folder);
    }
  }
  /** A record that is not on the disk yet. */
  draft(wish) {
    const created = new Date(this.place.clock.wall()).toISOString();
    const name = `${wish.intent}-${created.replace(/[-:.]/g, "")}-${randomBytes4(3).toString("hex")}.json`;
    return new Entry(this, path3.join(this.place.folder, name), { ...wish, created });
  }
  find(intent) {
    const names = this.#names().filter((name) => name.startsWith(intent));
    const entries = this.read(names);
    const readable = new Set(entries.map(({ file }) => path3.basename(file)));
    for (const name of names) {
      if (readable.has(name)) break;
      if (this.#isThere(name)) return { entries, isUnreadable: true };
    }
    return { entries, isUnreadable: false };
  }
  /** Whether a record that could not be read lies there still, or set aside; it may also have been dropped meanwhile. */
  #isThere(name) {
    const file = path3.join(this.place.folder, name);
    return existsSync(file) || existsSync(`${file}${CORRUPT}`);
  }
  /** All records of every account, newest first. */
  all() {
    const entries = this.read(this.#names());
    return entries.sort((a, b) => a.record.created < b.record.created ? 1 : -1);
  }
  byTask(taskId) {
    return this.all().find(({ record }) => record.taskId === taskId);
  }
  /** Whether a record was made with the key and for the address that are in use. */
  isOwn({ record }) {
    const { provider, service, account } = this.place;
    return record.provider === provider && record.service === service && record.account === account;
  }
  /**
   * Takes the lock on an intent, on the budget or on a file, by its name.
   * @param deadline on the monotonic clock; 0 = try once
   * @throws Failure when the disk refuses
   */
  async lock(name, deadline, signal) {
    const { folder, clock } = this.place;
    const file = path3.join(folder, `${name}.lock`);
    try {
      const lock = await waitForLock(file, clock, deadline, signal);
      return "heldBy" in lock ? { ...lock, file } : lock;
    } catch (error) {
      throw diskTrouble(error) === void 0 ? error : unwritable(error, folder);
    }
  }
  /**
   * Credits that the wishes of the last 24 hours were charged or may be; refunds are taken off.
   * @param own a record that is not counted
   * @returns null where the credits of one of them are not known
   */
  spentToday(own) {
    const since = this.place.clock.wall() - DAY_MS2;
    let sum = 0;
    for (const entry of this.all()) {
      if (entry.file === own?.file || !this.isOwn(entry) || Date.parse(entry.record.created) < since)
        continue;
      const spent = spentOn(entry.record.credits);
      if (spent === null) return null;
      sum += spent;
    }
    return sum;
  }
  /** Removes what was delivered more than 30 days ago, and what crashes have left behind. */
  sweep() {
    const { folder, clock } = this.place;
    const now = clock.wall();
    for (const name of this.#files()) {
      const stamp = NAME.exec(name)?.[2];
      if (stamp === void 0) {
        const file = path3.join(folder, name);
        const touched = touchedAt(file) ?? now;
        if (LEFTOVER.test(name) && touched < now - DAY_MS2) sweepAway(file);
      } else if (timeOf(stamp) < now - KEPT_MS) {
        const [entry] = this.read([name]);
        const { phase, delivered, created } = entry?.record ?? {};
        const ended = phase === "abandoned" ? created : delivered;
        if (entry && Date.parse(ended ?? "") < now - KEPT_MS) sweepAway(entry.file);
      }
    }
  }
  /** Names of records, whole or set aside, newest first within an intent. */
  #names() {
    return this.#files().filter((name) => NAME.test(name)).sort((a, b) => a < b ? 1 : -1);
  }
  #files() {
    try {
      return readdirSync(this.place.folder);
    } catch (error) {
      if (diskError(error) === "ENOENT") return [];
      throw diskTrouble(error) === void 0 ? error : closed(error, this.place.folder);
    }
  }
  /** Reads records; what is none is set aside, so that it is warned of once. */
  read(names) {
    const { folder, warn } = this.place;
    const entries = [];
    for (const name of names) {
      if (name.endsWith(CORRUPT)) continue;
      const file = path3.join(folder, name);
      let text2;
      try {
        text2 = readFileSync2(file, "utf8");
      } catch (error) {
        const trouble = diskTrouble(error);
        if (trouble === void 0) throw error;
        if (diskError(error) !== "ENOENT") warn(`A record cannot be read (${trouble}): ${file}`);
        continue;
      }
      const record = readRecord(text2);
      if (record?.intent === NAME.exec(name)?.[1]) {
        entries.push(new Entry(this, file, record));
        continue;
      }
      try {
        renameSync3(file, `${file}${CORRUPT}`);
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
    rmSync3(file, { force: true });
  } catch {
  }
}
function touchedAt(file) {
  try {
    return statSync2(file).mtimeMs;
  } catch {
    return void 0;
  }
}
function spentOn({ quoted, charged, refunded }) {
  const cost = charged ?? quoted;
  return cost === null ? null : Math.max(0, cost - (refunded ?? 0));
}
function timeOf(stamp) {
  const [, year, month, day, hour, minute, second, ms] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}
function closed(error, folder) {
  return new Failure2("UNKNOWN_ERROR", `The records in ${folder} cannot be read: ${diskTrouble(error)}.`, {
    cause: error,
    nextSteps: [
      `Make ${folder} readable, or set ASYNC_MEDIA_STATE_DIR to the folder that holds the records, and run the same command again.`
    ]
  });
}
function unwritable(error, folder) {
  const reason = diskTrouble(error) ?? (error instanceof Error ? error.message : "the disk gives no reason");
  return new Failure2(
    "UNKNOWN_ERROR",
    `This wish cannot be recorded in ${folder}: ${reason}. Without a record it could be charged twice, so nothing was submitted.`,
    {
      cause: error,
      nextSteps: [
        `Make room in ${folder} or make it writable; or set ASYNC_MEDIA_STATE_DIR to a folder that is, and run the same command again.`,
        "Only if there is no such folder: the same command with --noJournal submits without a record; then a killed command cannot find its task by itself."
      ]
    }
  );
}
export {
  Entry,
  Journal,
  PHASES,
  Pace,
  TEMP,
  accountOf,
  claimWish,
  diskError,
  diskTrouble,
  intentOf,
  makePrivate,
  overwrite,
  payloadHash,
  readRecord,
  renamePatiently,
  replaceAtOnce,
  sha256Text,
  tryLock,
  waitForLock,
  writeRecord,
  writeWhole
};
