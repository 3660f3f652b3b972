// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/core/deliver/file-warnings.ts
const path2 = require("node:path");

// scripts/src/download/names.ts
const { existsSync, readdirSync } = require("node:fs");
const path = require("node:path");
import { sha256Text } from "./journal.mjs";
var SAME = { jpeg: "jpg", m4v: "mp4", wave: "wav" };
var EXTENSION = /\.(mp4|m4v|mov|webm|mkv|avi|gif|png|jpe?g|webp|avif|heic|bmp|tiff?|svg|mp3|wave?|m4a|aac|ogg|opus|flac|glb|gltf|obj|mtl|stl|fbx|usdz|ply|zip)$/i;
function extensionOf(name) {
  return EXTENSION.exec(name)?.[1]?.toLowerCase();
}
function stemOfOutput(output) {
  return output.replace(EXTENSION, "");
}
function hasExtension(file, output) {
  const wanted = extensionOf(output);
  const came = path.extname(file).slice(1).toLowerCase();
  return wanted === void 0 || (SAME[wanted] ?? wanted) === (SAME[came] ?? came);
}
function mediaIn(folder) {
  const found = /* @__PURE__ */ new Map();
  let names = [];
  try {
    names = readdirSync(folder);
  } catch {
  }
  for (const name of names) {
    if (extensionOf(name) !== void 0) found.set(nameKey(stemOfOutput(name)), path.join(folder, name));
  }
  return found;
}
function nameKey(name) {
  return name.normalize("NFC").toLowerCase();
}
var RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
function fileStem(taskId) {
  const safe = taskId.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 80);
  const kept = RESERVED.test(safe) ? `task_${safe}` : safe;
  if (kept === taskId && kept !== "") return kept;
  return `${kept || "task"}-${sha256Text(taskId).slice(0, 8)}`;
}
function versionOf(name, version) {
  return version === 1 ? name : `${name}-v${version}`;
}
function freeVersion(name, isTaken, from = 1) {
  let version = from;
  while (isTaken(versionOf(name, version))) version += 1;
  return versionOf(name, version);
}
function isVersionOf(name, other) {
  return name.startsWith(other) && /^-v\d+$/.test(name.slice(other.length));
}
function withoutExtension(file) {
  return file.slice(0, file.length - path.extname(file).length);
}
function stillThere(files) {
  return files.find((file) => existsSync(file.path))?.path;
}

// scripts/src/core/deliver/file-warnings.ts
import { Failure, orFailure } from "./main.mjs";
import { madeAs } from "./main.mjs";
async function fileWarnings(session, model, files, output) {
  const { loadContract } = await import("./contracts.mjs");
  const contract = model ? await orFailure(loadContract(session.provider.id, model)) : void 0;
  const makes = contract instanceof Failure ? void 0 : contract?.output;
  const warnings = [];
  for (const { path: saved, contentType } of files) {
    if (model && makes && madeAs(contentType) !== makes)
      warnings.push({ kind: "otherKind", model, makes, file: path2.basename(saved), contentType });
  }
  for (const { path: saved } of files) {
    if (output && !hasExtension(saved, output))
      warnings.push({ kind: "otherExtension", asked: output, file: path2.basename(saved) });
  }
  return warnings;
}

// scripts/src/download/copy-file.ts
const { copyFile } = require("node:fs/promises");
const path6 = require("node:path");
import { Failure as Failure7 } from "./main.mjs";

// scripts/src/download/download.ts
const { constants: constants2, lstatSync: lstatSync2 } = require("node:fs");
const { access, link } = require("node:fs/promises");
const path4 = require("node:path");
import { diskError as diskError2, diskErrorText as diskErrorText2, renamePatiently } from "./journal.mjs";
import { makeFolder } from "./main.mjs";
import { Failure as Failure5 } from "./main.mjs";

// scripts/src/download/fetch-file.ts
import { USER_AGENT } from "./live.mjs";
import {
  isTransientStatus,
  PAUSE_BUDGET_MS,
  parseRetryAfter,
  pauseAfter,
  RETRY_PAUSES
} from "./live.mjs";
import { LONGEST_TIMER_MS } from "./main.mjs";
import { Failure as Failure4, orFailure as orFailure2 } from "./main.mjs";
import { checkPublicUrl, THIS_MACHINE } from "./main.mjs";
import { urlOf } from "./main.mjs";

// scripts/src/download/received-file.ts
import { Failure as Failure2 } from "./main.mjs";
import { KIND_WORDS } from "./main.mjs";

// scripts/src/download/file-hash.ts
const { createHash } = require("node:crypto");
const { once } = require("node:events");
const { lstat, open } = require("node:fs/promises");
const { Worker } = require("node:worker_threads");
import { diskErrorText } from "./journal.mjs";
var WORKER_FROM_BYTES = 32 * 1024 * 1024;
var BLOCK_BYTES = 64 * 1024;
var FileHash = class {
  #file;
  /** With its only message, which rejects when the thread fails, whenever that is. */
  #thread;
  constructor(file) {
    this.#file = file;
  }
  /** So many bytes will come. A thread takes as long to start as a tenth of its work, and can do so in the meantime. */
  expect(bytes) {
    if (bytes < WORKER_FROM_BYTES || this.#thread) return;
    const beside = import.meta.url.endsWith(".mjs") ? "./hash-worker.mjs" : "../../lib/hash-worker.mjs";
    const worker = new Worker(new URL(beside, import.meta.url), { workerData: this.#file });
    worker.unref();
    const answer = once(worker, "message");
    answer.catch(() => {
    });
    this.#thread = { worker, answer };
  }
  written(bytes) {
    this.expect(bytes);
    this.#thread?.worker.postMessage({ upTo: bytes, last: false });
  }
  restart() {
    void this.#thread?.worker.terminate();
    this.#thread = void 0;
  }
  /** Returns the hash in hexadecimal over the first `bytes` bytes, all of which must be written. */
  async digest(bytes) {
    if (!this.#thread) return sha256Of(this.#file);
    const { worker, answer } = this.#thread;
    worker.ref();
    worker.postMessage({ upTo: bytes, last: true });
    return (await answer)[0];
  }
};
var spare = null;
async function sha256Of(file) {
  const hash = createHash("sha256");
  const handle = await open(file);
  const block = spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  spare = null;
  try {
    for (; ; ) {
      const { bytesRead } = await handle.read(block, 0, BLOCK_BYTES);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(block.subarray(0, bytesRead));
    }
  } finally {
    spare = block;
    await handle.close();
  }
}
async function fileIsWhole(file, { bytes, sha256 }) {
  try {
    const stat = await lstat(file);
    return stat.isFile() && stat.size === bytes && await sha256Of(file) === sha256;
  } catch (error) {
    if (diskErrorText(error) === void 0) throw error;
    return false;
  }
}

// scripts/src/download/file-writer.ts
var BLOCK_BYTES2 = 1024 * 1024;
var MOST_WAITING_BYTES = 2 * BLOCK_BYTES2;
var FileWriter = class {
  #handle;
  #onWritten;
  #position = 0;
  #chunks = [];
  #waiting = 0;
  #writing;
  /** @param onWritten called after each block with the number of bytes written from the beginning */
  constructor(handle, onWritten) {
    this.#handle = handle;
    this.#onWritten = onWritten;
  }
  /**
   * Adds a chunk. The caller waits for a returned promise before it adds the next one; the promise rejects on a disk error.
   */
  write(chunk) {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting < BLOCK_BYTES2) return void 0;
    if (!this.#writing) this.#start();
    return this.#waiting < MOST_WAITING_BYTES ? void 0 : this.#writing;
  }
  async flush() {
    while (this.#writing || this.#waiting > 0) {
      if (!this.#writing) this.#start();
      await this.#writing;
    }
  }
  /** Drops waiting chunks, and writes the next chunk at this position in bytes. */
  rewind(position) {
    this.#chunks = [];
    this.#waiting = 0;
    this.#position = position;
  }
  #start() {
    this.#writing = this.#writeBlock().then(() => {
      this.#writing = void 0;
      if (this.#waiting >= BLOCK_BYTES2) this.#start();
    });
    this.#writing.catch(() => {
    });
  }
  async #writeBlock() {
    const [chunks, size, position] = [this.#chunks, this.#waiting, this.#position];
    this.rewind(position + size);
    let { bytesWritten: done } = await this.#handle.writev(chunks, position);
    while (done < size) {
      const rest = Buffer.concat(chunks).subarray(done);
      done += (await this.#handle.writev([rest], position + done)).bytesWritten;
    }
    this.#onWritten(position + size);
  }
};

// scripts/src/download/part.ts
const {
  constants,
  ftruncateSync,
  lstatSync,
  readFileSync,
  unlinkSync,
  writeFileSync
} = require("node:fs");
const { lstat: lstat2, open: open2, readdir, unlink } = require("node:fs/promises");
const path3 = require("node:path");
import { diskError } from "./journal.mjs";
import { isObject } from "./main.mjs";
var PRINTABLE = /^[ -~]{1,512}$/;
var PART = ".part";
var NOTE = `${PART}.json`;
var KEPT_MS = 7 * 24 * 36e5;
var LOCKING_MS = 6e4;
var LONGEST_NOTE_BYTES = 4096;
var Part = class _Part {
  path;
  handle;
  /** The file that the bytes belong to; null when it is not known, so that no other process can resume the part. */
  identity = null;
  /** Bytes that an earlier process left, of the file that `identity` names. */
  found;
  constructor(file, handle, size) {
    this.path = file;
    this.handle = handle;
    const identity = size > 0 ? readNote(noteOf(file)) : null;
    const fits = identity !== null && size <= (identity.total ?? size);
    this.identity = fits ? identity : null;
    this.found = fits ? size : 0;
    if (!fits) this.restart();
  }
  /** Opens the part of a file: as an earlier process left it, or empty. @param stem the path without extension */
  static async open(stem) {
    const file = `${stem}${PART}`;
    const handle = await openOwn(file) ?? await open2(file, "wx+", 438);
    return new _Part(file, handle, (await handle.stat()).size);
  }
  static lockOf(stem) {
    return `${stem}${PART}.lock`;
  }
  /** Empties the part. The note goes first: after a kill in between, the bytes cannot count as those of another file. */
  restart() {
    this.identity = null;
    try {
      unlinkSync(noteOf(this.path));
    } catch (error) {
      if (diskError(error) !== "ENOENT") throw error;
    }
    ftruncateSync(this.handle.fd, 0);
  }
  /** Writes the note that identifies the file, before its bytes are written. */
  identify(identity) {
    const text = JSON.stringify({ version: 1, ...identity });
    writeFileSync(noteOf(this.path), text, { flag: "wx", mode: 384 });
    this.identity = identity;
  }
  /** Keeps the bytes for the next process. Returns their number; 0 when the next process could not use them. */
  async keep() {
    if (this.identity === null) return 0;
    const { size } = await this.handle.stat();
    await this.handle.datasync();
    return size;
  }
  async close() {
    await this.handle.close().catch(() => {
    });
  }
  async remove() {
    await this.close();
    await removeAll([this.path, noteOf(this.path)]);
  }
};
async function sizeOfPart(stem) {
  const stat = await lstat2(`${stem}${PART}`).catch(() => null);
  return stat?.size ?? 0;
}
async function removeOldParts(stem, now) {
  const folder = path3.dirname(stem);
  const own = path3.basename(stem);
  for (const name of await readdir(folder).catch(() => [])) {
    const rest = name.startsWith(`${own}.`) ? name.slice(own.length) : "";
    if (rest === "" && !name.endsWith(NOTE)) continue;
    const file = path3.join(folder, name);
    if (/^\.[0-9a-f]{8}\.part$/.test(rest)) await removeAll([file]);
    else if (rest.startsWith(`${PART}.lock.`)) {
      if (now - await touchedAt(file) > LOCKING_MS) await removeAll([file]);
    } else if (name.endsWith(NOTE) && readNote(file) !== null) {
      const part = file.slice(0, -NOTE.length + PART.length);
      const touched = await touchedAt(part) || await touchedAt(file);
      if (now - touched > KEPT_MS) await removeAll([part, file, `${part}.lock`]);
    }
  }
}
async function touchedAt(file) {
  return (await lstat2(file).catch(() => null))?.mtimeMs ?? 0;
}
async function removeAll(files) {
  for (const file of files) await unlink(file).catch(() => {
  });
}
async function openOwn(file) {
  try {
    await lstat2(file);
  } catch (error) {
    if (diskError(error) === "ENOENT") return null;
    throw error;
  }
  const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open2(file, flags).catch(() => null);
  if (handle && isOurs(await handle.stat())) return handle;
  await handle?.close();
  await unlink(file);
  return null;
}
function isOurs(stat) {
  return stat.isFile() && stat.nlink === 1 && stat.uid === (process.getuid?.() ?? stat.uid);
}
var noteOf = (part) => `${part.slice(0, -PART.length)}${NOTE}`;
function readNote(file) {
  try {
    const stat = lstatSync(file);
    if (!isOurs(stat) || stat.size > LONGEST_NOTE_BYTES) return null;
    const value = JSON.parse(readFileSync(file, "utf8"));
    if (!isObject(value) || value.version !== 1) return null;
    const { validator, total, contentType } = value;
    if (typeof validator !== "string" || !PRINTABLE.test(validator) || typeof contentType !== "string")
      return null;
    return total === null || Number.isSafeInteger(total) ? { validator, total, contentType } : null;
  } catch {
    return null;
  }
}

// scripts/src/download/signature.ts
import { madeAs as madeAs2 } from "./main.mjs";
var kind = (ext, contentType) => ({
  ext,
  contentType,
  makes: madeAs2(contentType)
});
var SIGNATURE_BYTES = 512;
var MP4 = kind("mp4", "video/mp4");
var MOV = kind("mov", "video/quicktime");
var M4A = kind("m4a", "audio/mp4");
var AVIF = kind("avif", "image/avif");
var HEIC = kind("heic", "image/heic");
var MP3 = kind("mp3", "audio/mpeg");
var USDZ = kind("usdz", "model/vnd.usdz+zip");
var STL = kind("stl", "model/stl");
var OBJ = kind("obj", "model/obj");
var MTL = kind("mtl", "model/mtl");
var ISO_BRANDS = {
  "qt  ": MOV,
  "M4A ": M4A,
  "M4B ": M4A,
  avif: AVIF,
  avis: AVIF,
  heic: HEIC,
  heix: HEIC
};
var ascii = (text) => [...Buffer.from(text)];
var MAGIC = [
  { at: 0, bytes: [137, 80, 78, 71, 13, 10, 26, 10], kind: kind("png", "image/png") },
  { at: 0, bytes: [255, 216, 255], kind: kind("jpg", "image/jpeg") },
  { at: 0, bytes: ascii("GIF8"), kind: kind("gif", "image/gif") },
  { at: 8, bytes: ascii("WEBP"), kind: kind("webp", "image/webp") },
  { at: 8, bytes: ascii("WAVE"), kind: kind("wav", "audio/wav") },
  { at: 8, bytes: ascii("AVI "), kind: kind("avi", "video/x-msvideo") },
  { at: 0, bytes: [26, 69, 223, 163], kind: kind("webm", "video/webm") },
  { at: 0, bytes: ascii("OggS"), kind: kind("ogg", "audio/ogg") },
  { at: 0, bytes: ascii("fLaC"), kind: kind("flac", "audio/flac") },
  { at: 0, bytes: ascii("ID3"), kind: MP3 },
  { at: 0, bytes: [77, 84, 104, 100, 0, 0, 0, 6], kind: kind("mid", "audio/midi") },
  { at: 0, bytes: ascii("glTF"), kind: kind("glb", "model/gltf-binary") },
  { at: 0, bytes: ascii("Kaydara FBX Binary  \0"), kind: kind("fbx", "application/octet-stream") }
];
var ZIP_TYPES = {
  "model/vnd.usdz+zip": USDZ,
  "application/zip": kind("zip", "application/zip")
};
var STL_TYPES = [
  "model/stl",
  "model/x.stl-binary",
  "model/x.stl-ascii",
  "application/sla",
  "application/vnd.ms-pki.stl"
];
var VAGUE_TYPES = ["", "text/plain", "application/octet-stream", "binary/octet-stream"];
function fileKind(head, contentType = "") {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SIGNATURE_BYTES));
  const text = start.toString("latin1");
  return bySignature(start, text) ?? byType(text, contentType.split(";", 1)[0].trim().toLowerCase());
}
function bySignature(head, text) {
  if (text.slice(4, 8) === "ftyp") return isoKind(text);
  if (/^[\0-\x08][\s\S]{3}(moov|mdat|wide|free|skip)/.test(text)) return MOV;
  const riff = text.startsWith("RIFF");
  for (const magic of MAGIC) {
    if (magic.at === 8 === riff && magic.bytes.every((byte, i) => head[magic.at + i] === byte)) {
      return magic.kind;
    }
  }
  if (isMpegAudio(head)) return MP3;
  if (/^PK\x03\x04[\s\S]{4}\0\0[\s\S]{20}[^\0]{1,200}?\.usd[acz]?[^a-z]/.test(text)) return USDZ;
  if (/^ply\r?\n(format|comment|obj_info) /.test(text)) return kind("ply", "model/ply");
  if (/^solid\b[^\n]{0,300}\n\s*facet\s+normal\s/.test(text)) return STL;
  return null;
}
function isMpegAudio([sync = 0, version = 0, rates = 255]) {
  const isLayer3 = sync === 255 && [226, 227, 242, 243, 250, 251].includes(version);
  return isLayer3 && rates < 240 && (rates & 12) !== 12;
}
function isoKind(text) {
  const brand = text.slice(8, 12);
  if (brand === "mif1" || brand === "msf1") return /avi[fs]/.test(text.slice(16, 64)) ? AVIF : HEIC;
  return ISO_BRANDS[brand] ?? MP4;
}
function byType(text, type) {
  if (text.startsWith("PK")) return ZIP_TYPES[type] ?? null;
  const start = /^(?:\xef\xbb\xbf)?\s*(.)/.exec(text)?.[1];
  if (start === "{" && type === "model/gltf+json") return kind("gltf", "model/gltf+json");
  if (start === void 0 || "<{[".includes(start)) return null;
  if (STL_TYPES.includes(type)) return STL;
  if (type !== OBJ.contentType && type !== MTL.contentType && !VAGUE_TYPES.includes(type)) return null;
  return wavefrontKind(text, type);
}
var OBJ_LINE = /^(v|vt|vn|vp|f|l|p|o|g|s|mtllib|usemtl)(\s|$)/;
var MTL_LINE = /^(newmtl|K[adse]|N[si]|d|Tr|Tf|illum|map_\w+|bump|norm|P[rmsc]c?)(\s|$)/;
function wavefrontKind(text, type) {
  const lines = text.split(/\r?\n|\r/);
  if (text.length >= SIGNATURE_BYTES) lines.pop();
  if (lines[0]?.startsWith("#!") || /[\0-\x08\x0e-\x1f]/.test(text)) return null;
  const words = lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  if (words.length === 0) return type === OBJ.contentType ? OBJ : type === MTL.contentType ? MTL : null;
  const isScene = type === OBJ.contentType || words.some((line) => /^(v\s+-?[\d.]|mtllib\s)/.test(line));
  if (isScene && words.every((line) => OBJ_LINE.test(line))) return OBJ;
  return words[0].startsWith("newmtl") && words.every((line) => MTL_LINE.test(line)) ? MTL : null;
}

// scripts/src/download/whole-file.ts
const { read } = require("node:fs");
const { promisify } = require("node:util");
import { parseBody } from "./live.mjs";
import { isObject as isObject2 } from "./main.mjs";
var readAt = promisify(read);
var LONGEST_GLTF_BYTES = 64 * 1024 * 1024;
async function isWhole({ ext }, fd, size, lengthIsCertain) {
  if (ext === "stl") return stlIsWhole(fd, size);
  if (ext === "gltf") return gltfIsWhole(fd, size);
  if (lengthIsCertain) return true;
  if (ext === "mp4" || ext === "mov" || ext === "m4a") return boxesAreWhole(fd, size);
  if (ext === "glb") return size >= (await bytesAt(fd, 8, 4)).readUInt32LE(0);
  if (ext === "wav" || ext === "webp" || ext === "avi") return riffIsWhole(fd, size);
  return true;
}
async function boxesAreWhole(fd, size) {
  const header = Buffer.alloc(16);
  let hasIndex = false;
  let at = 0;
  while (at + 8 <= size) {
    await readAt(fd, header, 0, 16, at);
    let length = header.readUInt32BE(0);
    if (length === 0) length = size - at;
    else if (length === 1) length = at + 16 <= size ? Number(header.readBigUInt64BE(8)) : 0;
    if (length < 8) return false;
    hasIndex ||= header.toString("latin1", 4, 8) === "moov";
    at += length;
  }
  return at === size && hasIndex;
}
async function riffIsWhole(fd, size) {
  const length = (await bytesAt(fd, 4, 4)).readUInt32LE(0);
  if (length === 0 || length === 4294967295) return true;
  return size >= length + 8;
}
async function stlIsWhole(fd, size) {
  if (size >= 84 && size === 84 + 50 * (await bytesAt(fd, 80, 4)).readUInt32LE(0)) return true;
  const start = (await bytesAt(fd, 0, 5)).toString("latin1");
  const from = Math.max(0, size - 512);
  return start === "solid" && (await bytesAt(fd, from, size - from)).includes("endsolid");
}
async function gltfIsWhole(fd, size) {
  if (size > LONGEST_GLTF_BYTES) return false;
  const scene = parseBody(await bytesAt(fd, 0, size));
  return isObject2(scene) && isObject2(scene.asset) && typeof scene.asset.version === "string";
}
async function bytesAt(fd, at, length) {
  const bytes = Buffer.alloc(length);
  for (let have = 0; have < length; ) {
    const { bytesRead } = await readAt(fd, bytes, have, length - have, at + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return bytes;
}

// scripts/src/download/received-file.ts
var MB = 2 ** 20;
var MOST_BYTES = {
  image: 128 * MB,
  audio: 512 * MB,
  model3d: 1024 * MB,
  video: 2048 * MB
};
var WrongBytes = class extends Failure2 {
  constructor(message) {
    super("NETWORK_ERROR", message, { transient: true });
  }
};
var ReceivedFile = class {
  #part;
  #writer;
  #hash;
  bytes = 0;
  #head = Buffer.alloc(0);
  #kind = null;
  total = null;
  /** Shows whether a later answer is about the same bytes. */
  #validator = null;
  #lengthIsCertain = false;
  #contentType = "";
  constructor(part) {
    this.#part = part;
    this.#hash = new FileHash(part.path);
    this.#writer = new FileWriter(part.handle, (bytes) => this.#hash.written(bytes));
  }
  /** Later answers can be compared with the bytes that are there. */
  get isIdentified() {
    return this.#validator !== null;
  }
  async resume() {
    const { found, identity, handle } = this.#part;
    if (identity === null) return;
    this.bytes = found;
    this.total = identity.total;
    this.#lengthIsCertain = identity.total !== null;
    this.#validator = identity.validator;
    this.#contentType = identity.contentType;
    const start = Buffer.alloc(Math.min(found, SIGNATURE_BYTES));
    await handle.read(start, 0, start.length, 0);
    this.#checkKind(start);
    this.#writer.rewind(found);
    this.#hash.expect(identity.total ?? found);
    this.#hash.written(found);
  }
  rangeHeaders() {
    if (this.bytes === 0 || this.#validator === null) return {};
    return { range: `bytes=${this.bytes}-`, "if-range": this.#validator };
  }
  /** Continues with the body of this answer (status 200 or 206), or starts over with it. */
  begin(head) {
    const length = integer(head.headers["content-length"]);
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(head.headers["content-range"] ?? "");
    const { etag, "last-modified": modified } = head.headers;
    if (head.status === 206) {
      const from = integer(range?.[1]);
      const total = integer(range?.[2]);
      const said2 = this.#validator?.startsWith('"') ? etag : modified;
      const isSame = !said2 || this.#validator === null || said2 === this.#validator;
      const fits = from === this.bytes && (this.total === null || total === null || total === this.total);
      if (!fits || !isSame) {
        throw new WrongBytes("The rest of the file did not fit what was there.");
      }
      this.total ??= total;
      return;
    }
    this.startOver();
    this.total = length;
    this.#hash.expect(length ?? 0);
    const said = etag && !etag.startsWith("W/") ? etag : modified;
    this.#validator = said && PRINTABLE.test(said) ? said : null;
    this.#lengthIsCertain = length !== null;
    this.#contentType = (head.headers["content-type"] ?? "").slice(0, 200);
    if (this.#validator) {
      this.#part.identify({ validator: this.#validator, total: length, contentType: this.#contentType });
    }
  }
  startOver() {
    this.bytes = 0;
    this.#head = Buffer.alloc(0);
    this.#kind = null;
    this.total = null;
    this.#hash.restart();
    this.#writer.rewind(0);
    this.#part.restart();
  }
  /** Appends bytes. Refuses a file that is no media file or too large, before it fills the disk. */
  append(chunk) {
    const missing = SIGNATURE_BYTES - this.#head.length;
    if (missing > 0) {
      this.#checkKind(Buffer.concat([this.#head, chunk.subarray(0, missing)]));
      if (this.#head.length === SIGNATURE_BYTES && !this.#kind) throw noMedia(this.#head);
    }
    this.bytes += chunk.length;
    const makes = this.#kind?.makes ?? "video";
    if (Math.max(this.bytes, this.total ?? 0) > MOST_BYTES[makes]) throw tooLarge(makes);
    return this.#writer.write(chunk);
  }
  flush() {
    return this.#writer.flush();
  }
  #checkKind(head) {
    this.#head = head;
    this.#kind = fileKind(head, this.#contentType);
  }
  /**
   * Returns the file when it is complete and of the right kind.
   * @throws WrongBytes where the next attempt has to start over; another transient Failure where it can continue
   */
  async check() {
    if (this.total !== null && this.bytes !== this.total) {
      const message = `The file ended at ${this.bytes} of ${this.total} bytes.`;
      if (this.bytes > this.total) throw new WrongBytes(message);
      throw new Failure2("NETWORK_ERROR", message, { transient: true });
    }
    const kind2 = this.#kind;
    if (!kind2) throw noMedia(this.#head);
    if (!await isWhole(kind2, this.#part.handle.fd, this.bytes, this.#lengthIsCertain)) {
      throw new WrongBytes("The file was cut: its parts do not add up.");
    }
    return { bytes: this.bytes, sha256: await this.#hash.digest(this.bytes), kind: kind2 };
  }
  /** Ends the thread that computes the hash. The part stays open. */
  close() {
    this.#hash.restart();
  }
};
function noMedia(head) {
  const start = head.toString("utf8").replace("\uFEFF", "").trimStart()[0];
  const what = start === void 0 ? "it is empty" : start === "<" ? "it looks like a page" : "{[".includes(start) ? "it looks like JSON" : "its first bytes are those of no format that is known";
  return new WrongBytes(`What came is no media file: ${what}.`);
}
function tooLarge(makes) {
  const limit = `${MOST_BYTES[makes] / MB} MiB`;
  const message = `The result has more than ${limit}, the most that is fetched of ${KIND_WORDS[makes]}. Nothing of it was kept.`;
  return new Failure2("DOWNLOAD_FAILED", message, { reason: { kind: "fileTooLarge" } });
}
function integer(text) {
  return text !== void 0 && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

// scripts/src/download/stall-watch.ts
import { Failure as Failure3 } from "./main.mjs";
var LEAST_PROGRESS_BYTES = 16 * 1024;
var StallWatch = class {
  #controller = new AbortController();
  #stall;
  #end;
  signal = this.#controller.signal;
  #bytes = 0;
  constructor(spanMs, leftMs, timeOver) {
    this.#stall = setInterval(() => {
      if (this.#bytes < LEAST_PROGRESS_BYTES) {
        const message = `The file's host sent ${this.#bytes} bytes in ${spanMs} ms.`;
        this.#controller.abort(new Failure3("NETWORK_ERROR", message, { transient: true }));
      }
      this.#bytes = 0;
    }, spanMs);
    this.#end = setTimeout(() => this.#controller.abort(timeOver), leftMs);
  }
  saw(bytes) {
    this.#bytes += bytes;
  }
  stop() {
    clearInterval(this.#stall);
    clearTimeout(this.#end);
  }
};

// scripts/src/download/fetch-file.ts
var MAX_REDIRECTS = 3;
async function fetchFile(downloader, options, part) {
  const file = new ReceivedFile(part);
  try {
    return await new Fetch(downloader, options, file).run();
  } finally {
    file.close();
  }
}
var Fetch = class {
  #downloader;
  #options;
  #file;
  #timeOver = new Failure4("NETWORK_ERROR", "the wait ended before the file was whole.", {
    transient: true
  });
  #url;
  #refreshed = false;
  constructor(downloader, options, file) {
    this.#downloader = downloader;
    this.#options = options;
    this.#file = file;
    this.#url = options.url;
  }
  async run() {
    const { api } = this.#downloader;
    const file = this.#file;
    await file.resume();
    for (let fruitless = 0; ; ) {
      const before = file.bytes;
      const fetched = await orFailure2(this.#fetched());
      if (fetched === "newLink") continue;
      if (!(fetched instanceof Failure4)) return fetched;
      if (fetched instanceof WrongBytes) file.startOver();
      if (!fetched.details.transient || fetched === this.#timeOver) throw fetched;
      fruitless = file.bytes - before >= LEAST_PROGRESS_BYTES ? 1 : fruitless + 1;
      const pause = pauseAfter(fetched, fruitless, RETRY_PAUSES, api.clock.random);
      const late = pause > PAUSE_BUDGET_MS || api.clock.monotonic() + pause > this.#options.until;
      if (fruitless > this.#options.maxRetries || late) throw fetched;
      await api.clock.sleep(pause, api.signal);
    }
  }
  /** Returns the whole file; `newLink` where its link had expired and there is a new one. */
  async #fetched() {
    const { bytes, total } = this.#file;
    if ((bytes === 0 || bytes !== total) && await this.#attempt() === "newLink") return "newLink";
    return this.#file.check();
  }
  async #attempt() {
    const { api, transport, observer } = this.#downloader;
    const file = this.#file;
    const leftMs = Math.min(this.#options.until - api.clock.monotonic(), LONGEST_TIMER_MS);
    if (leftMs <= 0) throw this.#timeOver;
    const watch = new StallWatch(this.#options.stallMs, leftMs, this.#timeOver);
    const signal = api.signal ? AbortSignal.any([api.signal, watch.signal]) : watch.signal;
    let url = this.#url;
    try {
      for (let redirects = 0; ; redirects += 1) {
        const receiver = {
          wants: isFile,
          onHead: (head2) => file.begin(head2),
          onData: (chunk) => {
            watch.saw(chunk.length);
            const written = file.append(chunk);
            observer.downloading(file.bytes, file.total);
            return written;
          }
        };
        const options = { timeoutMs: LONGEST_TIMER_MS, signal, isFile: true };
        const head = await transport.exchange(this.#request(url), receiver, options);
        if (isFile(head)) return void 0;
        const { location } = head.headers;
        const isRedirect = head.status >= 300 && head.status < 400 && redirects < MAX_REDIRECTS;
        if (!isRedirect || !location) return await this.#renewLink(head);
        const target = urlOf(location, url);
        if (!target) {
          throw new Failure4("NETWORK_ERROR", "The file's host redirects to something that is no address.");
        }
        url = target.href;
      }
    } finally {
      watch.stop();
      await file.flush();
    }
  }
  #request(address) {
    const problem = refusedAddress(address, this.#downloader.loopback);
    if (problem)
      throw new Failure4("DOWNLOAD_FAILED", `The result's address is not fetched; expected ${problem}.`);
    const plain2 = { accept: "*/*", "accept-encoding": "identity", "user-agent": USER_AGENT };
    const headers = { ...plain2, ...this.#file.rangeHeaders() };
    return { method: "GET", url: new URL(address), headers };
  }
  /** Fetches a new link for one that has expired, once. @throws Failure for every other answer without a file */
  async #renewLink({ status, headers }) {
    if (status === 416) throw new WrongBytes("The file changed while it was fetched.");
    if ([401, 403, 404, 410].includes(status)) {
      const fresh = this.#refreshed ? null : await this.#options.refresh();
      this.#refreshed = true;
      if (fresh === null) {
        throw new Failure4("DOWNLOAD_FAILED", `The result's link has expired or is gone (HTTP ${status}).`, {
          reason: { kind: "linkGone" }
        });
      }
      if (!this.#file.isIdentified) this.#file.startOver();
      this.#url = fresh;
      return "newLink";
    }
    const retryAfter = parseRetryAfter(headers["retry-after"], this.#downloader.api.clock.wall());
    throw new Failure4("NETWORK_ERROR", `The file's host answered HTTP ${status}.`, {
      transient: isTransientStatus(status),
      retryAfter
    });
  }
};
function isFile({ status }) {
  return status === 200 || status === 206;
}
function refusedAddress(address, loopback) {
  const url = urlOf(address);
  if (url && loopback && THIS_MACHINE.includes(url.hostname)) {
    const isSame = url.protocol === loopback.protocol && url.port === loopback.port && !url.username;
    return isSame ? null : `a public https URL, or one on ${loopback.origin}`;
  }
  return checkPublicUrl(address, { schemes: ["https"] })?.expected ?? null;
}

// scripts/src/download/download.ts
async function prepareFolder(folder, hasResult = false) {
  const absolute = path4.resolve(folder);
  try {
    makeFolder(absolute);
    await access(absolute, constants2.W_OK);
    return absolute;
  } catch (cause) {
    const why = diskError2(cause) || "unknown reason";
    const said = `folder ${absolute} cannot be written to (${why}).`;
    if (hasResult) {
      const reason2 = { kind: "resultFolder", folder: absolute };
      throw new Failure5("DOWNLOAD_FAILED", `The finished file could not be saved: the ${said}`, {
        cause,
        reason: reason2
      });
    }
    const reason = { kind: "downloadFolder", folder: absolute, why };
    throw new Failure5("INVALID_PAYLOAD", `The ${said}`, { cause, reason });
  }
}
function stemOf(of) {
  const { folder, taskId, output, number } = of;
  const name = output ? stemOfOutput(output) : fileStem(taskId);
  const isPlain = number === void 0 || output && number === 1;
  return path4.join(folder, isPlain ? name : `${name}-${number}`);
}
async function download(downloader, options) {
  const { clock, signal } = downloader.api;
  const stem = stemOf(options);
  let part;
  try {
    part = await Part.open(stem);
    const { kind: kind2, ...fetched } = await fetchFile(downloader, options, part);
    await part.close();
    const file = await moveIntoPlace(part.path, `${stem}.${kind2.ext}`, fetched, clock, options);
    await part.remove();
    await removeOldParts(stem, clock.wall());
    return { path: file, ...fetched, contentType: kind2.contentType };
  } catch (error) {
    const mayResume = signal?.aborted || error instanceof Failure5 && error.details.transient;
    const total = part?.identity?.total ?? null;
    const bytes = mayResume && await part?.keep() || 0;
    if (bytes === 0) await part?.remove();
    throw asDownloadFailure(error, options, { bytes, total });
  } finally {
    await part?.close();
  }
}
async function moveIntoPlace(part, file, fetched, clock, { isVersioned = false } = {}) {
  const { dir, name, ext } = path4.parse(file);
  const pathOf = (version) => path4.join(dir, `${version}${ext}`);
  for (let version = 1; version === 1 || isVersioned; version += 1) {
    const target = pathOf(versionOf(name, version));
    if (await tookName(part, target, clock) || await fileIsWhole(target, fetched)) return target;
  }
  const free = pathOf(freeVersion(name, (version) => isThere(pathOf(version)), 2));
  const message = `${file} exists already and is something else; it was left as it is.`;
  throw new Failure5("DOWNLOAD_FAILED", message, { reason: { kind: "fileInTheWay", file, free } });
}
async function tookName(part, file, clock) {
  try {
    await link(part, file);
  } catch (error) {
    if (diskError2(error) === "EEXIST" || isThere(file)) return false;
    await renamePatiently(part, file, clock);
  }
  return true;
}
function isThere(file) {
  return lstatSync2(file, { throwIfNoEntry: false }) !== void 0;
}
function asDownloadFailure(error, { folder }, { bytes, total } = { bytes: 0, total: null }) {
  if (!(error instanceof Failure5)) {
    const reason = diskErrorText2(error);
    const message2 = `The finished file could not be saved in ${folder}: ${reason}.`;
    return reason ? new Failure5("DOWNLOAD_FAILED", message2, { cause: error }) : error;
  }
  const { code, message, details } = error;
  const why = code === "DOWNLOAD_FAILED" ? message : `The finished file could not be fetched: ${message}`;
  if (bytes === 0) return new Failure5("DOWNLOAD_FAILED", why, { ...details, cause: error });
  const have = `${bytes}${total === null ? "" : ` of ${total}`} bytes are kept`;
  const data = { ...details.data, partial: { bytes, total } };
  return new Failure5("DOWNLOAD_FAILED", `${why} ${have}; the next run fetches the rest.`, {
    ...details,
    cause: error,
    data
  });
}

// scripts/src/download/save-once.ts
const { lstat: lstat3, unlink: unlink2 } = require("node:fs/promises");
const path5 = require("node:path");
import { waitForLock } from "./journal.mjs";
import { Failure as Failure6 } from "./main.mjs";
var LOCK_PAUSE_MS = 500;
async function saveOnce(downloader, entry, options) {
  const stem = stemOf(options);
  const known = await savedBefore(entry, stem);
  if (known) return known;
  return oneAtATime(downloader, stem, options, async () => {
    await entry?.refresh();
    const saved = await savedBefore(entry, stem);
    if (saved) return saved;
    const isOwn = entry?.record.files.some((known2) => withoutExtension(known2.path) === stem);
    const file = await download(downloader, { ...options, isVersioned: options.isVersioned && !isOwn });
    const { number = 1 } = options;
    await entry?.update(({ files }) => ({
      files: [...files.filter((other) => other.path !== file.path), { ...file, number }],
      ...number === 1 && nameFound(file.path, stem)
    }));
    return file;
  });
}
async function oneAtATime(downloader, stem, options, save) {
  const lock = await lockFor(downloader, stem, options);
  if ("heldBy" in lock) {
    const message = `Another process (pid ${lock.heldBy.pid}) is saving this file and had ${await sizeOfPart(stem)} bytes of it when the wait was over.`;
    throw new Failure6("DOWNLOAD_FAILED", message, { transient: true, reason: { kind: "beingSaved" } });
  }
  try {
    return await save();
  } finally {
    lock.release();
  }
}
async function savedBefore(entry, stem) {
  const known = entry?.record.files.find((file2) => withoutExtension(file2.path) === stem);
  if (!known || !await fileIsWhole(known.path, known)) return void 0;
  const { number, ...file } = known;
  return file;
}
async function lockFor({ api }, stem, options) {
  const file = Part.lockOf(stem);
  try {
    const stat = await lstat3(file).catch(() => null);
    if (stat && !stat.isFile()) await unlink2(file);
    return await waitForLock(file, api.clock, options.waitEnds, api.signal, LOCK_PAUSE_MS);
  } catch (error) {
    throw asDownloadFailure(error, options);
  }
}
function nameFound(file, stem) {
  const found = withoutExtension(file);
  return found === stem ? {} : { output: path5.basename(found) };
}

// scripts/src/download/copy-file.ts
async function copyTo(downloader, file, target, waitEnds, isVersioned = false) {
  if (await fileIsWhole(target, file)) return { ...file, path: target };
  const folder = await prepareFolder(path6.dirname(target), true);
  const stem = withoutExtension(target);
  return oneAtATime(downloader, stem, { folder, waitEnds }, async () => {
    let part;
    try {
      part = await Part.open(stem);
      part.restart();
      await copyFile(file.path, part.path);
      const { clock } = downloader.api;
      return { ...file, path: await moveIntoPlace(part.path, target, file, clock, { isVersioned }) };
    } catch (error) {
      const failure = asDownloadFailure(error, { folder });
      if (!(failure instanceof Failure7)) throw failure;
      throw failure.with({ data: { ...failure.details.data, copy: file.path } });
    } finally {
      await part?.remove();
    }
  });
}

// scripts/src/http/public-lookup.ts
const { lookup } = require("node:dns");
import { Failure as Failure8 } from "./main.mjs";
import { isPublicAddress } from "./main.mjs";
import { plain } from "./main.mjs";
function publicLookup(resolve = lookup) {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, "", 0);
        return;
      }
      const isThisMachine = (address) => address === "::1" || address.startsWith("127.");
      const isAllowed = hostname === "localhost" ? isThisMachine : isPublicAddress;
      const [first, ...others] = addresses.filter(({ address }) => isAllowed(address));
      if (!first) callback(refusal(hostname, addresses), "", 0);
      else if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}
function refusal(hostname, addresses) {
  const found = addresses.map(({ address }) => plain(address, 50)).slice(0, 3);
  const isFake = found.some((address) => /^198\.1[89]\./.test(address));
  const message = `The result's address is not fetched: ${plain(hostname, 100)} leads to ${found.join(", ") || "no address"}, which is not public.`;
  return new Failure8("DOWNLOAD_FAILED", message, isFake ? { reason: { kind: "addressOfProxy" } } : {});
}
export {
  FileHash,
  FileWriter,
  LEAST_PROGRESS_BYTES,
  MOST_BYTES,
  PRINTABLE,
  Part,
  ReceivedFile,
  SIGNATURE_BYTES,
  StallWatch,
  WrongBytes,
  asDownloadFailure,
  boxesAreWhole,
  copyTo,
  download,
  fetchFile,
  fileIsWhole,
  fileKind,
  fileStem,
  fileWarnings,
  freeVersion,
  hasExtension,
  isVersionOf,
  isWhole,
  mediaIn,
  moveIntoPlace,
  nameFound,
  nameKey,
  oneAtATime,
  prepareFolder,
  publicLookup,
  removeOldParts,
  saveOnce,
  sha256Of,
  sizeOfPart,
  stemOf,
  stemOfOutput,
  stillThere,
  versionOf,
  withoutExtension
};
