// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/workflow/copy-file.ts
const { randomBytes: randomBytes2 } = require("node:crypto");
const { copyFile, rm: rm2 } = require("node:fs/promises");
const path2 = require("node:path");

// scripts/src/workflow/download.ts
const { randomBytes } = require("node:crypto");
const { constants } = require("node:fs");
const { access, link, lstat, open, rm } = require("node:fs/promises");
const path = require("node:path");
import { diskError, diskTrouble, renamePatiently } from "./journal.mjs";
import { makeFolder } from "./main.mjs";
import { Failure as Failure2 } from "./main.mjs";

// scripts/src/workflow/fetch-file.ts
import { checkPublicUrl } from "./contracts.mjs";
import {
  isTransientStatus,
  PAUSE_BUDGET_MS,
  parseRetryAfter,
  pauseAfter,
  RETRY_PAUSES
} from "./live.mjs";
import { Failure } from "./main.mjs";
import { plain } from "./main.mjs";

// scripts/src/workflow/file-hash.ts
const { createHash } = require("node:crypto");
const { once } = require("node:events");
const { createReadStream } = require("node:fs");
const { Worker } = require("node:worker_threads");
var WORKER_FROM_BYTES = 32 * 1024 * 1024;
var FileHash = class {
  #file;
  #thread;
  constructor(file) {
    this.#file = file;
  }
  /** So many bytes will come. A thread takes as long to start as a tenth of its work, and can do so in the meantime. */
  expect(bytes) {
    if (bytes >= WORKER_FROM_BYTES) this.#thread ??= this.#start();
  }
  /** So many bytes from the beginning are written. */
  written(bytes) {
    this.expect(bytes);
    this.#thread?.worker.postMessage({ upTo: bytes, last: false });
  }
  /** What was written does not count any more. */
  restart() {
    void this.#thread?.worker.terminate();
    this.#thread = void 0;
  }
  /** In hexadecimal, over the first `bytes` bytes, all of which are written. */
  async digest(bytes) {
    if (!this.#thread) return sha256Of(this.#file);
    const { worker, answer } = this.#thread;
    worker.ref();
    worker.postMessage({ upTo: bytes, last: true });
    return (await answer)[0];
  }
  #start() {
    const beside = import.meta.url.endsWith(".mjs") ? "./hash-worker.mjs" : "../../hash-worker.mjs";
    const worker = new Worker(new URL(beside, import.meta.url), { workerData: this.#file });
    worker.unref();
    const answer = once(worker, "message");
    answer.catch(() => {
    });
    return { worker, answer };
  }
};
async function sha256Of(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

// scripts/src/workflow/file-writer.ts
var BLOCK_BYTES = 1024 * 1024;
var MOST_WAITING_BYTES = 2 * BLOCK_BYTES;
var FileWriter = class {
  #handle;
  #onWritten;
  #position = 0;
  #chunks = [];
  #waiting = 0;
  /** The write under way. */
  #writing;
  /** @param onWritten told, after each block, how many bytes from the beginning are written */
  constructor(handle, onWritten) {
    this.#handle = handle;
    this.#onWritten = onWritten;
  }
  /** A promise means: send no more until it settles. It rejects when the disk refuses. */
  write(chunk) {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting < BLOCK_BYTES) return void 0;
    if (!this.#writing) this.#start();
    return this.#waiting < MOST_WAITING_BYTES ? void 0 : this.#writing;
  }
  /** Everything that was taken is with the operating system. */
  async flush() {
    while (this.#writing || this.#waiting > 0) {
      if (!this.#writing) this.#start();
      await this.#writing;
    }
  }
  /** What comes next stands at the beginning of the file again. */
  rewind() {
    this.#chunks = [];
    this.#waiting = 0;
    this.#position = 0;
  }
  #start() {
    const chunks = this.#chunks;
    const position = this.#position;
    this.#position += this.#waiting;
    this.#chunks = [];
    this.#waiting = 0;
    const writing = this.#writeAll(chunks, position).then(() => {
      this.#writing = void 0;
      if (this.#waiting >= BLOCK_BYTES) this.#start();
    });
    writing.catch(() => {
    });
    this.#writing = writing;
  }
  async #writeAll(chunks, position) {
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    let { bytesWritten: done } = await this.#handle.writev(chunks, position);
    while (done < size) {
      const rest = Buffer.concat(chunks).subarray(done);
      done += (await this.#handle.writev([rest], position + done)).bytesWritten;
    }
    this.#onWritten(position + size);
  }
};

// scripts/src/workflow/signature.ts
var kind = (ext, contentType) => ({ ext, contentType });
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
var MAGIC = [
  { at: 0, bytes: "PNG\r\n\n", kind: kind("png", "image/png") },
  { at: 0, bytes: "ÿØÿ", kind: kind("jpg", "image/jpeg") },
  { at: 0, bytes: "GIF8", kind: kind("gif", "image/gif") },
  { at: 8, bytes: "WEBP", kind: kind("webp", "image/webp") },
  { at: 8, bytes: "WAVE", kind: kind("wav", "audio/wav") },
  { at: 8, bytes: "AVI ", kind: kind("avi", "video/x-msvideo") },
  { at: 0, bytes: "Eß£", kind: kind("webm", "video/webm") },
  { at: 0, bytes: "OggS", kind: kind("ogg", "audio/ogg") },
  { at: 0, bytes: "fLaC", kind: kind("flac", "audio/flac") },
  { at: 0, bytes: "ID3", kind: MP3 },
  { at: 0, bytes: "MThd\0\0\0", kind: kind("mid", "audio/midi") },
  { at: 0, bytes: "glTF", kind: kind("glb", "model/gltf-binary") },
  { at: 0, bytes: "Kaydara FBX Binary  \0", kind: kind("fbx", "application/octet-stream") }
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
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SIGNATURE_BYTES)).toString(
    "latin1"
  );
  return bySignature(text) ?? byType(text, contentType.split(";", 1)[0].trim().toLowerCase());
}
function bySignature(text) {
  if (text.slice(4, 8) === "ftyp") return isoKind(text);
  if (/^[\0-\x08][\s\S]{3}(moov|mdat|wide|free|skip)/.test(text)) return MOV;
  const riff = text.startsWith("RIFF");
  for (const magic of MAGIC) {
    if (magic.at === 8 === riff && text.startsWith(magic.bytes, magic.at)) return magic.kind;
  }
  if (/^\xff[\xe2\xe3\xf2\xf3\xfa\xfb][^\xf0-\xff]/.test(text) && (text.charCodeAt(2) & 12) !== 12) {
    return MP3;
  }
  if (/^PK\x03\x04[\s\S]{4}\0\0[\s\S]{20}[^\0]{1,200}?\.usd[acz]?[^a-z]/.test(text)) return USDZ;
  if (/^ply\r?\n(format|comment|obj_info) /.test(text)) return kind("ply", "model/ply");
  if (/^solid\b[^\n]{0,300}\n\s*facet\s+normal\s/.test(text)) return STL;
  return null;
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

// scripts/src/workflow/whole-file.ts
const { read } = require("node:fs");
const { promisify } = require("node:util");
import { parseBody } from "./live.mjs";
import { isObject } from "./main.mjs";
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
  return isObject(scene) && isObject(scene.asset) && typeof scene.asset.version === "string";
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

// scripts/src/workflow/fetch-file.ts
var LONGEST_DOWNLOAD_MS = 30 * 6e4;
var LEAST_PROGRESS_BYTES = 16 * 1024;
var MAX_REDIRECTS = 3;
async function fetchFile(session, options, target) {
  const hash = new FileHash(target.path);
  try {
    return await new Fetch(session, options, target.handle, hash).run();
  } finally {
    hash.restart();
  }
}
var Fetch = class {
  #session;
  #options;
  #handle;
  #writer;
  #giveUpAt;
  #url;
  #refreshed = false;
  /** The last attempt ended with another link, which is a reason to go on that costs no retry. */
  #hasNewLink = false;
  #hash;
  #bytes = 0;
  /** The whole file's length, once an answer gave it. */
  #total = null;
  /** Says that a later answer is about the same bytes. */
  #validator = null;
  #lengthIsCertain = false;
  /** What the host says that the file is. */
  #contentType = "";
  constructor(session, options, handle, hash) {
    this.#session = session;
    this.#options = options;
    this.#handle = handle;
    this.#hash = hash;
    this.#writer = new FileWriter(handle, (bytes) => hash.written(bytes));
    this.#url = options.url;
    this.#giveUpAt = session.api.clock.monotonic() + LONGEST_DOWNLOAD_MS;
  }
  async run() {
    const { api } = this.#session;
    for (let fruitless = 0; ; ) {
      const before = this.#bytes;
      try {
        await this.#attempt();
        return await this.#check();
      } catch (error) {
        if (!(error instanceof Failure) || !error.details.transient) throw error;
        if (this.#hasNewLink) {
          this.#hasNewLink = false;
          continue;
        }
        fruitless = this.#bytes > before ? 1 : fruitless + 1;
        const pause = pauseAfter(error, fruitless, RETRY_PAUSES, api.clock.random);
        const late = pause > PAUSE_BUDGET_MS || api.clock.monotonic() + pause > this.#giveUpAt;
        if (fruitless > this.#options.maxRetries || late) throw error;
        await api.clock.sleep(pause, api.signal);
      }
    }
  }
  /** One request; what it brings is added to what is there. */
  async #attempt() {
    const { api, transport, observer } = this.#session;
    const stall = new StallWatch(this.#options.stallMs);
    const signal = api.signal ? AbortSignal.any([api.signal, stall.signal]) : stall.signal;
    let url = this.#url;
    try {
      for (let redirects = 0; ; redirects += 1) {
        const request = this.#request(url);
        let head;
        const final = await transport.exchange(
          request,
          {
            onHead: (received) => {
              head = received;
              if (received.status === 200 || received.status === 206) this.#begin(received);
            },
            onData: (chunk) => {
              if (head?.status !== 200 && head?.status !== 206) return;
              stall.saw(chunk.length);
              if (this.#bytes === 0) this.#firstBytes(chunk);
              this.#bytes += chunk.length;
              observer.downloading(this.#bytes, this.#total);
              return this.#writer.write(chunk);
            }
          },
          { timeoutMs: this.#giveUpAt - api.clock.monotonic(), signal, isFile: true }
        );
        const location = final.headers.location;
        if (final.status >= 300 && final.status < 400 && location && redirects < MAX_REDIRECTS) {
          if (!URL.canParse(location, url)) {
            throw new Failure("NETWORK_ERROR", "The file's host redirects to something that is no address.");
          }
          url = new URL(location, url).href;
          continue;
        }
        await this.#refuse(final);
        return;
      }
    } finally {
      stall.stop();
      await this.#writer.flush();
    }
  }
  #request(address) {
    const problem = refusedAddress(address, this.#session.loopback);
    if (problem)
      throw new Failure("DOWNLOAD_FAILED", `The result's address is not fetched; expected ${problem}.`);
    const headers = { accept: "*/*", "user-agent": "async-media-workflow" };
    if (this.#bytes > 0) {
      headers.range = `bytes=${this.#bytes}-`;
      if (this.#validator) headers["if-range"] = this.#validator;
    }
    return { method: "GET", url: new URL(address), headers };
  }
  /** Fits the answer to what is already there, or starts over. */
  #begin(head) {
    const length = integer(head.headers["content-length"]);
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(head.headers["content-range"] ?? "");
    if (head.status === 206) {
      const from = integer(range?.[1]);
      const total = integer(range?.[2]);
      const { etag: etag2 } = head.headers;
      const isSame = !etag2 || !this.#validator?.startsWith('"') || etag2 === this.#validator;
      const fits = from === this.#bytes && (this.#total === null || total === null || total === this.#total);
      if (!fits || !isSame) {
        this.#startOver();
        throw new Failure(
          "NETWORK_ERROR",
          "The rest of the file did not fit what was there; starting over.",
          {
            transient: true
          }
        );
      }
      this.#total ??= total;
      return;
    }
    this.#startOver();
    this.#total = length;
    this.#hash.expect(length ?? 0);
    const etag = head.headers.etag;
    this.#validator = etag && !etag.startsWith("W/") ? etag : head.headers["last-modified"] ?? null;
    this.#lengthIsCertain = length !== null;
    this.#contentType = head.headers["content-type"] ?? "";
  }
  #startOver() {
    this.#bytes = 0;
    this.#hash.restart();
    this.#total = null;
    this.#writer.rewind();
  }
  /** Refuses what is no media file before it fills the disk. */
  #firstBytes(chunk) {
    if (chunk.length >= SIGNATURE_BYTES && !fileKind(chunk, this.#contentType)) throw notMedia(chunk);
  }
  /** Throws for every status that brought no file; a link that has expired is asked for again, once. */
  async #refuse(head) {
    const { status } = head;
    if (status === 200 || status === 206) return;
    if (status === 416) {
      this.#startOver();
      throw new Failure("NETWORK_ERROR", "The file changed while it was fetched; starting over.", {
        transient: true
      });
    }
    if ([401, 403, 404, 410].includes(status)) {
      const fresh = this.#refreshed ? null : await this.#options.refresh();
      this.#refreshed = true;
      if (fresh === null) {
        throw new Failure("DOWNLOAD_FAILED", `The result's link has expired or is gone (HTTP ${status}).`, {
          nextSteps: [
            "Results are kept for a limited time. If the task is older than that, its file is gone."
          ]
        });
      }
      if (this.#validator === null) this.#startOver();
      this.#url = fresh;
      this.#hasNewLink = true;
      throw new Failure("NETWORK_ERROR", "The link was asked for again.", { transient: true });
    }
    const retryAfter = parseRetryAfter(head.headers["retry-after"], this.#session.api.clock.wall());
    throw new Failure("NETWORK_ERROR", `The file's host answered HTTP ${status}.`, {
      transient: isTransientStatus(status),
      ...retryAfter !== void 0 && { retryAfter }
    });
  }
  /** What has arrived is whole and what it should be; otherwise the next attempt starts or goes on. */
  async #check() {
    if (this.#total !== null && this.#bytes !== this.#total) {
      const short = this.#bytes < this.#total;
      const message = `The file ended at ${this.#bytes} of ${this.#total} bytes.`;
      if (!short) this.#startOver();
      throw new Failure("NETWORK_ERROR", message, { transient: true });
    }
    const start = Buffer.alloc(SIGNATURE_BYTES);
    const { bytesRead } = await this.#handle.read(start, 0, SIGNATURE_BYTES, 0);
    const head = start.subarray(0, Math.min(bytesRead, this.#bytes));
    const kind2 = fileKind(head, this.#contentType);
    if (!kind2) {
      this.#startOver();
      throw notMedia(head);
    }
    if (!await isWhole(kind2, this.#handle.fd, this.#bytes, this.#lengthIsCertain)) {
      this.#startOver();
      throw new Failure("NETWORK_ERROR", "The file was cut: its parts do not add up.", { transient: true });
    }
    await this.#handle.truncate(this.#bytes);
    return { bytes: this.#bytes, sha256: await this.#hash.digest(this.#bytes), kind: kind2 };
  }
};
function notMedia(head) {
  const start = plain(Buffer.from(head).toString("latin1"), 60);
  return new Failure("NETWORK_ERROR", `What came is no media file; it begins with "${start}".`, {
    transient: true
  });
}
function integer(text) {
  return text !== void 0 && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
function refusedAddress(address, loopback) {
  const host = new URL(address).hostname;
  if (loopback && ["127.0.0.1", "[::1]", "localhost"].includes(host)) return null;
  return checkPublicUrl(address, { schemes: ["https", "http"] })?.expected ?? null;
}
var StallWatch = class {
  #controller = new AbortController();
  #timer;
  #bytes = 0;
  constructor(spanMs) {
    this.#timer = setInterval(() => {
      if (this.#bytes < LEAST_PROGRESS_BYTES) {
        const message = `The file's host sent ${this.#bytes} bytes in ${spanMs} ms.`;
        this.#controller.abort(new Failure("NETWORK_ERROR", message, { transient: true }));
      }
      this.#bytes = 0;
    }, spanMs);
  }
  get signal() {
    return this.#controller.signal;
  }
  saw(bytes) {
    this.#bytes += bytes;
  }
  stop() {
    clearInterval(this.#timer);
  }
};

// scripts/src/workflow/file-name.ts
const { createHash: createHash2 } = require("node:crypto");
var RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
function fileStem(taskId) {
  const safe = taskId.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 80);
  const kept = RESERVED.test(safe) ? `task_${safe}` : safe;
  if (kept === taskId && kept !== "") return kept;
  return `${kept || "task"}-${createHash2("sha256").update(taskId).digest("hex").slice(0, 8)}`;
}

// scripts/src/workflow/download.ts
async function prepareFolder(folder) {
  const absolute = path.resolve(folder);
  try {
    makeFolder(absolute);
    await access(absolute, constants.W_OK);
    return absolute;
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    throw new Failure2("INVALID_PAYLOAD", `--download: ${absolute} cannot be written to (${reason}).`, {
      cause,
      issues: [
        {
          path: "--download",
          expected: "a folder that can be written to, or that can be made",
          received: `${absolute} (${reason})`,
          hint: "name another folder, for example --download out"
        }
      ],
      nextSteps: ["Name a folder that can be written to. This call has submitted and charged nothing."]
    });
  }
}
function fileStemOf({ taskId, number }) {
  return `${fileStem(taskId)}${number === void 0 ? "" : `-${number}`}`;
}
async function isSaved(file) {
  try {
    return await hasContent(file.path, file);
  } catch (error) {
    if (diskTrouble(error) === void 0) throw error;
    return false;
  }
}
async function download(session, options) {
  const stem = fileStemOf(options);
  const part = path.join(options.folder, `${stem}.${randomBytes(4).toString("hex")}.part`);
  let handle;
  try {
    handle = await open(part, "wx+", 438);
    const fetched = await fetchFile(session, options, { path: part, handle });
    await handle.close();
    handle = void 0;
    const file = path.join(options.folder, `${stem}.${fetched.kind.ext}`);
    await moveIntoPlace(part, file, fetched, session.api.clock);
    return {
      path: file,
      bytes: fetched.bytes,
      sha256: fetched.sha256,
      contentType: fetched.kind.contentType
    };
  } catch (error) {
    throw asDownloadFailure(error, options);
  } finally {
    await handle?.close().catch(() => {
    });
    await rm(part, { force: true }).catch(() => {
    });
  }
}
async function moveIntoPlace(part, file, fetched, clock) {
  try {
    await link(part, file);
    return;
  } catch (error) {
    if (diskError(error) !== "EEXIST" && !await isThere(file)) {
      await renamePatiently(part, file, clock);
      return;
    }
  }
  if (await hasContent(file, fetched)) return;
  throw new Failure2(
    "DOWNLOAD_FAILED",
    `${file} exists already and is something else; it was left as it is.`,
    {
      nextSteps: ["Download into another folder, or move that file away and run the command again."]
    }
  );
}
async function isThere(file) {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    return diskError(error) !== "ENOENT";
  }
}
async function hasContent(file, wanted) {
  const stat = await lstat(file);
  if (!stat.isFile() || stat.size !== wanted.bytes) return false;
  return await sha256Of(file) === wanted.sha256;
}
function asDownloadFailure(error, { folder }) {
  if (error instanceof Failure2) {
    if (error.code === "DOWNLOAD_FAILED") return error;
    return new Failure2("DOWNLOAD_FAILED", `The finished file could not be fetched: ${error.message}`, {
      cause: error,
      ...error.details.retryAfter !== void 0 && { retryAfter: error.details.retryAfter },
      ...error.details.nextSteps && { nextSteps: error.details.nextSteps }
    });
  }
  const reason = diskTrouble(error);
  if (!reason) return error;
  return new Failure2("DOWNLOAD_FAILED", `The finished file could not be saved in ${folder}: ${reason}.`, {
    cause: error
  });
}

// scripts/src/workflow/copy-file.ts
async function copyTo(file, target, clock) {
  const copy = { ...file, path: target };
  if (await isSaved(copy)) return copy;
  await prepareFolder(path2.dirname(target));
  const part = `${target}.${randomBytes2(4).toString("hex")}.part`;
  try {
    await copyFile(file.path, part);
    await moveIntoPlace(part, target, file, clock);
    return copy;
  } catch (error) {
    throw asDownloadFailure(error, { folder: path2.dirname(target) });
  } finally {
    await rm2(part, { force: true }).catch(() => {
    });
  }
}

// scripts/src/workflow/save-once.ts
const path3 = require("node:path");
import { sha256Text } from "./journal.mjs";
import { Failure as Failure3 } from "./main.mjs";
var PATIENCE_MS = 30 * 6e4;
async function saveOnce(session, entry, options) {
  const { api } = session;
  const journal = await session.records();
  const target = path3.join(options.folder, fileStemOf(options));
  const lock = journal && await lockFor(journal, target, api.clock.monotonic() + PATIENCE_MS, api.signal);
  if (!lock) return download(session, options);
  try {
    entry?.refresh();
    const known = entry?.record.files.find((file2) => withoutExtension(file2.path) === target);
    if (known && await isSaved(known)) return known;
    const file = await download(session, options);
    await entry?.update(({ files }) => ({
      files: [...files.filter((other) => other.path !== file.path), file]
    }));
    return file;
  } finally {
    if (!("heldBy" in lock)) lock.release();
  }
}
async function lockFor(journal, target, deadline, signal) {
  try {
    journal.prepare();
    return await journal.lock(`file-${sha256Text(target)}`, deadline, signal);
  } catch (error) {
    if (error instanceof Failure3) return null;
    throw error;
  }
}
function withoutExtension(file) {
  return file.slice(0, file.length - path3.extname(file).length);
}
export {
  FileHash,
  FileWriter,
  SIGNATURE_BYTES,
  asDownloadFailure,
  boxesAreWhole,
  copyTo,
  download,
  fetchFile,
  fileKind,
  fileStem,
  fileStemOf,
  isSaved,
  isWhole,
  moveIntoPlace,
  prepareFolder,
  saveOnce,
  sha256Of
};
