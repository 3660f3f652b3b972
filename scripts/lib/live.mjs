// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/cli/actions/live.ts
const { existsSync: existsSync2 } = require("node:fs");
const path2 = require("node:path");

// scripts/src/core/record/other-account.ts
import { Failure } from "./main.mjs";
async function otherAccountOf(store, request) {
  const found = await store.underOtherAccount(request);
  if (!found) return void 0;
  const { created, taskId, account, service } = found.record;
  const other = (value, own) => value === own ? null : value;
  const { account: here } = store;
  return { created, taskId, account: other(account, here.account), service: other(service, here.service) };
}
async function madeElsewhere(session, error, taskId) {
  if (error.code !== "TASK_NOT_FOUND") return void 0;
  const records = await session.records();
  const entry = await records?.byTask(taskId);
  if (!records || !entry || records.isOwn(entry)) return void 0;
  const { provider, service, account, created, status } = entry.record;
  return new Failure(error.code, `Task ${taskId} was made on ${created} at ${service}.`, {
    status,
    taskId,
    reason: {
      kind: "madeElsewhere",
      taskId,
      created,
      by: { provider, service, account },
      here: records.account
    }
  });
}

// scripts/src/core/deliver/with-delivery.ts
import { isOpenEnd as isOpenEnd2, isTerminal as isTerminal2 } from "./main.mjs";

// scripts/src/core/record/task-record.ts
const { existsSync, statSync } = require("node:fs");
import { Failure as Failure2, orFailure } from "./main.mjs";
import { isOpenEnd, isTerminal } from "./main.mjs";
async function requestOfTask({ records }, taskId) {
  const journal = await orFailure(records());
  if (!journal || journal instanceof Failure2) return void 0;
  const entry = await orFailure(journal.byTask(taskId));
  return entry && !(entry instanceof Failure2) && journal.isOwn(entry) ? entry : void 0;
}
async function ownPending({ records }) {
  const store = await records();
  return (await store?.pending() ?? []).filter((entry) => store?.isOwn(entry));
}
var SEEN_LATELY_MS = 6e4;
async function noteState(session, entry, seen, wasRunning = false) {
  const { state } = seen;
  const { status, checked: before } = entry.record;
  const seenLately = before !== null && Math.abs(session.api.clock.wall() - Date.parse(before)) < SEEN_LATELY_MS;
  if (state === "UNKNOWN" || isOpenEnd(seen) || isTerminal(status) || state === status && seenLately)
    return;
  const checked = dateOf(session);
  const took = (session.api.clock.wall() - Date.parse(entry.record.sentAt)) / 1e3;
  const isKnown = wasRunning && state === "COMPLETED" && took > 0;
  await entry.update({ status: state, checked, duration: isKnown ? Math.round(took * 10) / 10 : null });
}
function dateOf({ api }) {
  return new Date(api.clock.wall()).toISOString();
}
function wholeCopy({ files, fileCount }) {
  const isWhole = files.length >= (fileCount ?? 1) && files.every(({ path: path3, bytes }) => existsSync(path3) && statSync(path3).size === bytes);
  return isWhole ? files[0]?.path : void 0;
}

// scripts/src/core/result.ts
var madeBy = ({ created, newRun }) => ({ created, newRun: newRun?.began });
function modelOf({ model, entry }) {
  return model ?? entry?.record.model;
}
function isGone(result) {
  return result.kind === "notFetched" && result.failure.details.reason?.kind === "resultGone";
}
function creditsOf({ charged, refunded }, known) {
  return {
    quoted: known?.quoted ?? null,
    charged: charged ?? known?.charged ?? null,
    refunded: refunded ?? known?.refunded ?? null
  };
}
function taskResult(taskId, seen, known = {}) {
  const { credits, origin } = known;
  const model = modelOf(known);
  return {
    kind: KIND_OF_STATE[seen.state],
    taskId,
    seen: seen.model === void 0 && model !== void 0 ? { ...seen, model } : seen,
    credits: credits !== void 0 || seen.charged !== void 0 ? creditsOf(seen, credits) : void 0,
    warnings: [],
    record: known.entry?.record,
    ...origin
  };
}
var KIND_OF_STATE = {
  SUBMITTED: "running",
  PROGRESS: "running",
  UNKNOWN: "running",
  COMPLETED: "completed",
  FAILED: "failed",
  CANCEL: "cancelled"
};

// scripts/src/core/deliver/with-delivery.ts
function withDelivery(session, entry, result) {
  const status = result.seen.state;
  const { kind, seen, files } = result;
  if (!entry || !isTerminal2(status) || isOpenEnd2(seen)) return result;
  const found = entry.record.download === null ? seen.urls ?? files : files;
  const isWhole = status !== "COMPLETED" || kind === "completed" && (found ?? []).length > 0 || isGone(result);
  const credits = result.credits ?? entry.record.credits;
  return { ...result, delivery: { entry, status, credits, delivered: isWhole ? dateOf(session) : null } };
}

// scripts/src/core/poll/status-query.ts
import { Failure as Failure3, orFailure as orFailure2 } from "./main.mjs";
import { isBareEnd } from "./main.mjs";
async function queryStatus({ api, provider }, taskId, retryUntil = api.shortDeadline) {
  const status = await api.read(provider.status(taskId), { retryUntil });
  return status.possibleError ? api.read(provider.task(taskId), { retryUntil }) : status;
}
async function fetchStatus(service, taskId) {
  const { api, provider } = service;
  const retryUntil = api.shortDeadline;
  const status = await queryStatus(service, taskId, retryUntil);
  if ("urls" in status || !isBareEnd(status.state)) return status;
  const task = await withTask(status, () => api.read(provider.task(taskId), { retryUntil }));
  return task.state === "COMPLETED" ? task : { ...status, detailsUnread: task.detailsUnread };
}
async function withTask(seen, read) {
  const task = await orFailure2(read());
  if (task instanceof Failure3)
    return { ...seen, detailsUnread: task.details.transient ? "forNow" : "forGood" };
  return hasResult(task) ? task : { ...task, state: seen.state };
}
function hasResult({ state, urls }) {
  return state === "COMPLETED" && urls.length > 0;
}

// scripts/src/core/tasks/get-status.ts
async function getStatus(session, taskId) {
  const seen = await fetchStatus(session, taskId);
  const entry = await requestOfTask(session, taskId);
  if (entry) await noteState(session, entry, seen);
  const result = taskResult(taskId, seen, { entry });
  return seen.state === "COMPLETED" ? result : withDelivery(session, entry, result);
}

// scripts/src/http/api.ts
import { Failure as Failure5 } from "./main.mjs";

// scripts/src/http/json.ts
var DEEPEST = 64;
var [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA, COLON] = Buffer.from('"\\[]{},:');
var BEFORE = Buffer.from(" \n\r	\uFEFF");
function isExcessive(body, most) {
  let count = 0;
  let depth = 0;
  let at = 0;
  while (at < body.length && BEFORE.includes(body[at])) at += 1;
  if (body[at] !== OPEN_LIST && body[at] !== OPEN_OBJECT) return false;
  for (; at < body.length; at += 1) {
    switch (body[at]) {
      case QUOTE:
        for (at += 1; at < body.length && body[at] !== QUOTE; at += 1) if (body[at] === BACKSLASH) at += 1;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        count += 1;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
      case COLON:
        count += 1;
        break;
    }
    if (count > most || depth > DEEPEST) return true;
  }
  return false;
}
function parseBody(body) {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return void 0;
  }
}
var PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
var LONG_TEXT = 64 * 1024;
var PIECE_CHARACTERS = 64 * 1024;
var JsonBody = class {
  /** Bytes. */
  length;
  #parts;
  constructor(value) {
    const long = [];
    const mark = crypto.randomUUID();
    const text = JSON.stringify(value, (_, part) => {
      if (typeof part !== "string" || part.length < LONG_TEXT || !PLAIN.test(part)) return part;
      long.push(part);
      return mark;
    });
    this.#parts = text.split(mark).flatMap((piece, n) => [Buffer.from(piece), ...long.slice(n, n + 1)]);
    this.length = this.#parts.reduce((sum, part) => sum + part.length, 0);
  }
  *[Symbol.iterator]() {
    for (const part of this.#parts) {
      if (typeof part !== "string") yield part;
      else {
        for (let at = 0; at < part.length; at += PIECE_CHARACTERS) {
          yield Buffer.from(part.slice(at, at + PIECE_CHARACTERS), "latin1");
        }
      }
    }
  }
};

// scripts/src/http/network-error.ts
import { Failure as Failure4 } from "./main.mjs";
import { plain, quoted } from "./main.mjs";
var ClosedHere = class extends Error {
  code = "CLOSED_HERE";
};
function networkError(request, what, unclear, cause) {
  return new Failure4("NETWORK_ERROR", `${request.url.origin} ${what}.`, { transient: true, unclear, cause });
}
var NETWORK_ERRORS = {
  ENOTFOUND: "could not be found (DNS)",
  EAI_AGAIN: "could not be resolved (DNS)",
  EAI_FAIL: "could not be resolved (DNS)",
  EAI_NODATA: "could not be resolved (DNS)",
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "closed the connection",
  ECONNABORTED: "closed the connection",
  EPIPE: "closed the connection",
  ETIMEDOUT: "could not be reached in time",
  EHOSTUNREACH: "cannot be reached from here",
  EHOSTDOWN: "cannot be reached from here",
  ENETUNREACH: "cannot be reached from here",
  ENETDOWN: "cannot be reached: the network is down",
  EADDRNOTAVAIL: "cannot be reached from here",
  EACCES: "cannot be reached: this machine does not allow the connection",
  EPERM: "cannot be reached: this machine does not allow the connection",
  HPE_HEADER_OVERFLOW: "sent headers that are too large",
  HPE_INVALID_EOF_STATE: "closed the connection",
  CLOSED_HERE: "was given up: the connection was closed from this side",
  UND_ERR_CONNECT_TIMEOUT: "could not be reached in time",
  UND_ERR_SOCKET: "closed the connection",
  UND_ERR_HEADERS_OVERFLOW: "sent headers that are too large",
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: "closed the connection",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "sent an answer of another length than announced",
  UND_ERR_PRX_TLS: "could not be reached: the proxy failed",
  UND_ERR_DESTROYED: "was given up: the connection was closed from this side",
  UND_ERR_CLOSED: "was given up: the connection was closed from this side"
};
function explain(request, error, left) {
  if (error instanceof Failure4) return error;
  for (const link of chain(error)) {
    const code = typeof link.code === "string" ? link.code : "";
    const byProxy = code.startsWith("UND_ERR") ? PROXY_REFUSAL.exec(String(link.message)) : null;
    if (byProxy) return refusedByProxy(request, Number(byProxy[1]), error);
    const known = NETWORK_ERRORS[code];
    if (known) return networkError(request, `${known} (${code})`, left, error);
    const said = plain(String(link.reason ?? link.message), 120);
    if (link.name === "HTTPParserError" || code.startsWith("HPE_")) {
      const what = /EOF/.test(said) ? "closed the connection" : "sent something that is not HTTP";
      return networkError(request, `${what} (${said})`, left, error);
    }
    if ((CERTIFICATE.test(code) || HANDSHAKE.test(code)) && !left) {
      return refusedTls(request, code, quoted(String(link.reason ?? link.message), 120), error);
    }
  }
  if (left) return networkError(request, `broke off (${plain(String(error), 120)})`, true, error);
  return error;
}
var PROXY_REFUSAL = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;
function refusedByProxy(request, status, cause) {
  const why = status === 407 ? "it wants a user name and a password (HTTP 407)" : `it answered HTTP ${status}`;
  return new Failure4(
    "NETWORK_ERROR",
    `${request.url.origin} could not be reached through the proxy: ${why}.`,
    {
      cause,
      // A proxy that cannot reach the service answers 5xx, which may pass; its other answers are permanent.
      transient: status >= 500,
      unclear: false,
      reason: { kind: "proxyRefusal" }
    }
  );
}
function withProxy(failure) {
  if (failure.details.unclear !== false || /proxy/i.test(failure.message)) return failure;
  const hint = "A proxy is set; it may be what fails.";
  return new Failure4(failure.code, `${failure.message} ${hint}`, failure.details);
}
var CERTIFICATE = /^(CERT_|CRL_|ERROR_IN_C|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|UNSPECIFIED)$)/;
var HANDSHAKE = /^(ERR_SSL_|EPROTO)/;
function refusedTls(request, code, said, cause) {
  const isCertificate = CERTIFICATE.test(code);
  const what = isCertificate ? "has a certificate that cannot be trusted" : "could not agree on TLS";
  return new Failure4("NETWORK_ERROR", `${request.url.origin} ${what} (${code}: ${said}).`, {
    cause,
    unclear: false,
    reason: { kind: isCertificate ? "certificate" : "handshake" }
  });
}
function* chain(error, depth = 0) {
  if (typeof error !== "object" || error === null || depth > 5) return;
  const link = error;
  yield link;
  if (Array.isArray(link.errors)) for (const inner of link.errors) yield* chain(inner, depth + 1);
  yield* chain(link.cause, depth + 1);
}

// scripts/src/http/retry.ts
var RETRY_PAUSES = { baseMs: 500, capMs: 8e3 };
var PAUSE_BUDGET_MS = 3e4;
var LONGEST_RETRY_AFTER_S = 86400;
var TRANSIENT_STATUS = /* @__PURE__ */ new Set([408, 425, 429]);
function isTransientStatus(status) {
  return TRANSIENT_STATUS.has(status) || status >= 500;
}
function pauseAfter(failure, attempt, { baseMs, capMs }, random) {
  const backoff = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30)) * (0.5 + random() / 2);
  const asked = failure.details.retryAfter;
  return asked === void 0 || asked <= 0 ? backoff : asked * 1e3 + random() * Math.min(1e3, asked * 100);
}
var UNTIMED_PAUSE_MS = 5e3;
function pauseOfAll({ details }) {
  return (details.retryAfter ?? 0) * 1e3 || UNTIMED_PAUSE_MS;
}
var LONGEST_OUTAGE_S = 60;
function heeded(failure) {
  const { retryAfter } = failure.details;
  if (failure.code === "RATE_LIMITED" || retryAfter === void 0) return failure;
  return failure.with({ retryAfter: Math.min(retryAfter, LONGEST_OUTAGE_S) });
}
function parseRetryAfter(header, nowMs) {
  const text = header?.trim();
  if (!text) return void 0;
  if (/^\d+$/.test(text)) return Math.min(Number(text), LONGEST_RETRY_AFTER_S);
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/.test(text)) return void 0;
  const at = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  if (Number.isNaN(at)) return void 0;
  return Math.min(Math.max(0, Math.ceil((at - nowMs) / 1e3)), LONGEST_RETRY_AFTER_S);
}

// scripts/src/http/api.ts
var SHOWN_BYTES = 800;
var LEAST_REQUEST_MS = 5e3;
var LEAST_RETRY_MS = 500;
var LONGEST_QUEUE_MS = 1e4;
var Api = class {
  clock;
  #transport;
  #limiter;
  signal;
  timeoutMs;
  maxRetries;
  constructor(transport, clock, { timeoutMs, maxRetries, signal, limiter }) {
    this.#transport = transport;
    this.#limiter = limiter;
    this.clock = clock;
    this.signal = signal;
    this.timeoutMs = timeoutMs;
    this.maxRetries = maxRetries;
  }
  /** The deadline of a call that has no wait of its own. */
  get shortDeadline() {
    return this.clock.monotonic() + PAUSE_BUDGET_MS;
  }
  async once(call, options = {}) {
    const { fresh = false, deadline = Infinity, leastMs = LEAST_REQUEST_MS, onLeave } = options;
    const { signal } = this;
    const isQuery = call.request.method === "GET" && !options.isPermitted;
    const limiter = isQuery ? await this.#limiter?.() : null;
    if (limiter) await this.#permit(limiter, deadline);
    const left = Math.max(deadline - this.clock.monotonic(), leastMs);
    const timeoutMs = Math.ceil(Math.min(this.timeoutMs, left));
    const { bytes: maxBytes, values } = call.limits;
    const answer = await this.#transport.send(call.request, { timeoutMs, fresh, maxBytes, signal, onLeave });
    if (!isExcessive(answer.body, values)) {
      return limiter ? withPause(limiter, () => call.read(answer)) : call.read(answer);
    }
    if (answer.status >= 300) return call.read({ ...answer, body: answer.body.subarray(0, SHOWN_BYTES) });
    const what = `sent an answer of more than ${values} values, or one nested too deep`;
    throw networkError(call.request, what, true);
  }
  /** Waits for the permit of a lookup. @throws Failure RATE_LIMITED where that takes too long: nothing was sent */
  async #permit(limiter, deadline) {
    const end = Math.min(deadline, this.clock.monotonic() + LONGEST_QUEUE_MS);
    for (; ; ) {
      const wait = await limiter.acquire("lookup");
      if (wait <= 0) return;
      if (this.clock.monotonic() + wait > end) {
        const message = "The queries that the service permits in a minute are used up by what runs on this machine, so none was sent.";
        throw new Failure5("RATE_LIMITED", message, { transient: true, retryAfter: Math.ceil(wait / 1e3) });
      }
      await this.clock.sleep(wait, this.signal);
    }
  }
  /**
   * Makes a call that is safe to repeat, with retries. All attempts together end at the deadline, or `leastMs` after the
   * first one began.
   */
  async read(call, { retryUntil = this.shortDeadline, ...options } = {}) {
    const { deadline = Infinity, leastMs = LEAST_REQUEST_MS } = options;
    const end = Math.max(deadline, this.clock.monotonic() + leastMs);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(call, { ...options, deadline: end, leastMs: LEAST_RETRY_MS });
      } catch (error) {
        await this.pauseOrThrow(error, attempt, retryUntil);
      }
    }
  }
  /** Sleeps until the next attempt. Throws the error when there is no next attempt. */
  async pauseOrThrow(error, attempt, retryUntil) {
    const pause = error instanceof Failure5 ? this.pauseFor(error, attempt, retryUntil) : null;
    if (pause === null) throw error;
    await this.clock.sleep(pause, this.signal);
  }
  /**
   * Returns the backoff before the next attempt in milliseconds; null when there is none: the failure is permanent, all
   * retries are used, or the pause ends after `retryUntil`.
   * @param attempt the number of attempts so far (1 = the first one just failed)
   */
  pauseFor(failure, attempt, retryUntil) {
    if (!failure.details.transient || attempt > this.maxRetries) return null;
    const pause = pauseAfter(failure, attempt, RETRY_PAUSES, this.clock.random);
    return pause > retryUntil - this.clock.monotonic() ? null : pause;
  }
};
async function withPause(limiter, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure5 && error.code === "RATE_LIMITED") {
      await limiter.pauseFor(pauseOfAll(error));
    }
    throw error;
  }
}

// scripts/src/http/transport.ts
import { Failure as Failure6 } from "./main.mjs";

// scripts/src/http/decode.ts
function decoded(body, encoding, most, tooLarge) {
  const codings = (encoding ?? "").toLowerCase().split(",").slice(0, 3).reverse();
  try {
    return codings.reduce((out, coding) => undone(out, coding.trim(), { maxOutputLength: most }), body);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    return body;
  }
}
function undone(body, coding, options) {
  if (!["gzip", "x-gzip", "br", "deflate"].includes(coding)) return body;
  const zlib = process.getBuiltinModule("node:zlib");
  if (coding === "br") return zlib.brotliDecompressSync(body, options);
  if (coding !== "deflate") return zlib.gunzipSync(body, options);
  const isFramed = ((body[0] ?? 0) & 15) === 8;
  return isFramed ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options);
}

// scripts/src/http/exchange.ts
function exchange(client, request, receiver, options) {
  return new Promise((resolve, reject) => {
    new Exchange(request, receiver, options, { resolve, reject }).start(client);
  });
}
var Exchange = class {
  #request;
  #receiver;
  #options;
  #caller;
  #timer;
  #ongoing;
  #hasLeft = false;
  #head;
  #isOver = false;
  /** What the receiver is doing with the last piece. */
  #pending = Promise.resolve();
  constructor(request, receiver, options, caller) {
    this.#request = request;
    this.#receiver = receiver;
    this.#options = options;
    this.#caller = caller;
  }
  start(client) {
    const { timeoutMs, signal, fresh = false, onLeave } = this.#options;
    this.#timer = setTimeout(() => this.#finish(this.#timeOver()), timeoutMs);
    if (signal?.aborted) {
      this.#onAbort();
      return;
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    const events = {
      onLeave: () => {
        this.#hasLeft = true;
        onLeave?.();
      },
      onHead: (head) => this.#onHead(head),
      onData: (chunk) => this.#onData(chunk),
      onEnd: () => this.#finish(void 0),
      onError: (error) => this.#finish(explain(this.#request, error, this.#hasLeft))
    };
    try {
      this.#ongoing = client.start(this.#request, events, fresh);
    } catch (error) {
      this.#finish(explain(this.#request, error, this.#hasLeft));
    }
  }
  #onAbort = () => this.#finish(this.#options.signal?.reason);
  #timeOver() {
    const unmet = this.#hasLeft ? "did not answer" : "did not accept a connection";
    const what = this.#head ? "did not finish its answer" : unmet;
    const message = `${what} within ${this.#options.timeoutMs} ms`;
    return networkError(this.#request, message, this.#hasLeft);
  }
  #onHead(head) {
    if (this.#isOver) return;
    if (head.status < 200) {
      const what = `answered with HTTP ${head.status}, which is no answer`;
      this.#finish(networkError(this.#request, what, this.#hasLeft));
      return;
    }
    this.#head = head;
    try {
      if (this.#receiver.wants?.(head) ?? true) {
        this.#receiver.onHead?.(head);
        return;
      }
      this.#finish(void 0);
      this.#ongoing?.abort();
    } catch (error) {
      this.#finish(error);
    }
  }
  #onData(chunk) {
    if (this.#isOver) return;
    try {
      const busy = this.#receiver.onData(chunk);
      if (!busy) return;
      this.#ongoing?.pause();
      this.#pending = busy;
      busy.then(
        () => this.#ongoing?.resume(),
        (error) => this.#finish(error)
      );
    } catch (error) {
      this.#finish(error);
    }
  }
  /** @param error undefined: the answer is there */
  #finish(error) {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    const { resolve, reject } = this.#caller;
    if (error === void 0) return void this.#pending.then(() => resolve(this.#head), reject);
    this.#ongoing?.abort();
    this.#pending.catch(() => {
    }).then(() => reject(error));
  }
};

// scripts/src/http/node-http-client.ts
const {
  Agent,
  request: sendPlain
} = require("node:http");

// scripts/src/http/http-client.ts
const { Readable } = require("node:stream");
var USER_AGENT = "async-media-workflow";
var CONNECT_TIMEOUT_MS = 1e4;
var MAX_HEADER_BYTES = 64 * 1024;
function outgoingHeaders({ headers, body }) {
  return body ? { ...headers, "content-length": String(body.length) } : headers;
}
function outgoingBody({ body }) {
  return body ? Readable.from(body, { objectMode: false }) : null;
}
function flatHeaders(headers) {
  const out = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== void 0) out[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return out;
}

// scripts/src/http/node-http-client.ts
var LONGEST_IDLE_MS = 4e3;
var NodeHttpClient = class {
  #agents = /* @__PURE__ */ new Map();
  #open = /* @__PURE__ */ new Set();
  #lookup;
  constructor(lookup) {
    this.#lookup = lookup;
  }
  start(request, events, fresh) {
    const { method, url } = request;
    const { send, agent } = this.#client(url.protocol);
    const sent = send({
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port,
      path: url.pathname + url.search,
      method,
      headers: outgoingHeaders(request),
      agent: fresh ? false : agent,
      maxHeaderSize: MAX_HEADER_BYTES,
      lookup: this.#lookup
    });
    this.#open.add(sent);
    sent.on("close", () => this.#open.delete(sent));
    watchConnection(sent, events);
    let answer;
    sent.on("error", (error) => answer?.complete || events.onError(error));
    sent.on("response", (received) => {
      answer = received;
      answer.on("error", events.onError);
      answer.on("data", events.onData);
      answer.on("end", () => {
        events.onEnd();
        if (!sent.writableFinished) sent.destroy();
      });
      events.onHead({ status: answer.statusCode ?? 0, headers: flatHeaders(answer.headersDistinct) });
    });
    sent.on("upgrade", (_, socket) => {
      socket.destroy();
      events.onHead({ status: 101, headers: {} });
    });
    const body = outgoingBody(request);
    if (body) body.pipe(sent);
    else sent.end();
    return {
      pause: () => void answer?.pause(),
      resume: () => void answer?.resume(),
      abort: () => void sent.destroy()
    };
  }
  close() {
    for (const sent of this.#open) sent.destroy(new ClosedHere());
    this.#open.clear();
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
  #client(protocol) {
    const secure = protocol === "https:" ? process.getBuiltinModule("node:https") : null;
    const agent = this.#agents.get(protocol) ?? new (secure?.Agent ?? Agent)({ keepAlive: true, timeout: LONGEST_IDLE_MS });
    this.#agents.set(protocol, agent);
    return { send: secure?.request ?? sendPlain, agent };
  }
};
function watchConnection(sent, { onLeave }) {
  const timer = setTimeout(() => {
    sent.destroy(Object.assign(new Error("no connection"), { code: "ETIMEDOUT" }));
  }, CONNECT_TIMEOUT_MS);
  sent.on("close", () => clearTimeout(timer));
  sent.on("socket", (socket) => {
    const stands = () => {
      clearTimeout(timer);
      onLeave();
    };
    if (sent.reusedSocket) stands();
    else socket.once("encrypted" in socket ? "secureConnect" : "connect", stands);
  });
}

// scripts/src/http/transport.ts
var Transport = class {
  #proxy;
  #options;
  #clients = /* @__PURE__ */ new Map();
  constructor(proxy = {}, options = {}) {
    this.#proxy = proxy;
    this.#options = options;
  }
  /**
   * Sends one request and reads its whole answer, decompressed where it is compressed.
   * @param maxBytes an answer with a longer body is a failure
   * @throws Failure NETWORK_ERROR; `unclear` when part of the request was sent
   */
  async send(request, options) {
    const { maxBytes } = options;
    const chunks = [];
    let size = 0;
    const tooLarge = () => networkError(request, `sent more than ${maxBytes} bytes`, true);
    const onData = (chunk) => {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    };
    const head = await this.exchange(request, { onData }, options);
    const body = decoded(Buffer.concat(chunks), head.headers["content-encoding"], maxBytes, tooLarge);
    return { ...head, body };
  }
  /** Sends one request and passes its answer to `receiver` piece by piece. @throws as `exchange` does */
  async exchange(request, receiver, options) {
    const client = await this.#clientFor(options);
    try {
      return await exchange(client, request, receiver, options);
    } catch (error) {
      throw this.#proxied && error instanceof Failure6 ? withProxy(error) : error;
    }
  }
  async close() {
    for (const made of await Promise.allSettled(this.#clients.values())) {
      if (made.status === "fulfilled") made.value.close();
    }
  }
  get #proxied() {
    return Boolean(this.#proxy.httpProxy || this.#proxy.httpsProxy);
  }
  #clientFor({ isFile = false }) {
    const kind = isFile ? "files" : "calls";
    const client = this.#clients.get(kind) ?? this.#create(isFile);
    this.#clients.set(kind, client);
    return client;
  }
  async #create(isFile) {
    const { httpClient, resolve } = this.#options;
    if (!isFile && httpClient) return httpClient;
    const lookup = isFile ? (await import("./download.mjs")).publicLookup(resolve) : void 0;
    if (!this.#proxied) return new NodeHttpClient(lookup);
    const { UndiciHttpClient } = await import("./undici.mjs");
    try {
      return new UndiciHttpClient(this.#proxy, lookup);
    } catch (cause) {
      const message = "The address of the proxy cannot be used as it is written.";
      throw new Failure6("NETWORK_ERROR", message, { cause, reason: { kind: "proxySettings" } });
    }
  }
};

// scripts/src/cli/actions/live.ts
import { SANDBOX_KEY } from "./main.mjs";
import { systemClock } from "./main.mjs";
import { FIRST_POLL_MS } from "./main.mjs";
import { Failure as Failure9, orFailure as orFailure3 } from "./main.mjs";
import { once } from "./main.mjs";
import { serviceName } from "./main.mjs";
import { isSubmit, needsRecords } from "./main.mjs";
import { journalFolder } from "./main.mjs";

// scripts/src/cli/render/state.ts
import { unlessEmpty } from "./main.mjs";

// scripts/src/providers/read-answer.ts
import { isObject } from "./main.mjs";
import { TASK_ID } from "./main.mjs";
import { urlOf } from "./main.mjs";

// scripts/src/providers/error-answer.ts
import { Failure as Failure7 } from "./main.mjs";
import { plain as plain2, quoted as quoted2 } from "./main.mjs";
function errorAnswer({ code: named, status, said }, { answer, kind, settings }) {
  const code = kind === "submit" || kind === "quote" || OF_A_QUERY.has(named) ? named : "UNKNOWN_ERROR";
  const details = { transient: isTransientStatus(status) || code === "RATE_LIMITED" };
  if (kind === "submit" && (status >= 500 || status === 408 || status === 425 || status === 303))
    details.unclear = true;
  const retryAfter = parseRetryAfter(answer.headers["retry-after"], settings.now());
  if (retryAfter !== void 0 && details.transient) details.retryAfter = retryAfter;
  return new Failure7(code, messageOf(status, said, answer), details);
}
var OF_A_QUERY = /* @__PURE__ */ new Set([
  "AUTH_FAILED",
  "RATE_LIMITED",
  "TASK_NOT_FOUND",
  "NETWORK_ERROR"
]);
function unreadable({ request, answer, kind }, what) {
  const head = answer.body.toString("utf8", 0, 800);
  const message = `The answer of ${request.url.origin} (HTTP ${answer.status}) ${what}: ${plain2(head) ? quoted2(head, 200) : "empty"}.`;
  return new Failure7("NETWORK_ERROR", message, { transient: true, unclear: kind === "submit" });
}
function codeOfStatus(status, kind) {
  if (status === 402) return "INSUFFICIENT_CREDITS";
  if (status === 401 || status === 403) return "AUTH_FAILED";
  if (status === 429) return "RATE_LIMITED";
  if (status === 404 && kind === "task") return "TASK_NOT_FOUND";
  if (isTransientStatus(status) || status >= 300 && status < 400) return "NETWORK_ERROR";
  if (status === 400 || status === 413 || status === 415 || status === 422) return "INVALID_PAYLOAD";
  return "UNKNOWN_ERROR";
}
function messageOf(status, said, answer) {
  if (status >= 300 && status < 400) {
    return `The service redirects (HTTP ${status}); redirects are not followed, because the key would go along.`;
  }
  const words = said ?? answer.body.toString("utf8", 0, 800);
  const inner = status === answer.status ? "" : ` with the code ${status} in its body`;
  return `The service answered HTTP ${answer.status}${inner}${plain2(words) ? `: ${quoted2(words)}` : inner ? "" : " with an empty body"}.`;
}

// scripts/src/providers/read-answer.ts
function objectIn(at, errorOf2) {
  const { status, body: bytes } = at.answer;
  const body = parseBody(bytes);
  const isGood = status >= 200 && status < 300;
  if (isGood && isObject(body)) return body;
  throw isGood ? unreadable(at, "is not a JSON object") : errorOf2(isObject(body) ? body : {}, at);
}
function checkId(id, taskId, at) {
  if (typeof id === "string" && id !== "" && id !== taskId) throw unreadable(at, "is about another task");
}
function stateIn(states, word) {
  const known = word.trim().toLowerCase();
  if (Object.hasOwn(states, known)) return { state: states[known] };
  return { state: "UNKNOWN", unknownState: nameIn(word.trim()) ?? "(not a word)" };
}
function isSet(value) {
  return value !== void 0 && value !== null;
}
function firstText(...values) {
  return values.find((value) => typeof value === "string" && value !== "");
}
function isTaskId(id, key) {
  return typeof id === "string" && TASK_ID.test(id) && !id.toLowerCase().includes(key.toLowerCase());
}
function nameIn(value) {
  return typeof value === "string" && /^[\w][\w./:-]{0,79}$/.test(value) ? value : void 0;
}
function addUrl(value, found) {
  const url = typeof value === "string" && /^https?:\/\//i.test(value) ? urlOf(value) : void 0;
  if (url) found.add(url.href);
}

// scripts/src/cli/render/state.ts
import { EXIT } from "./main.mjs";
import { briefWait, dropStep, resumeCommand, saveCommand } from "./main.mjs";
import { definedFields, failed, success, textsIn, upstream } from "./main.mjs";

// scripts/src/cli/render/errors/task-ended.ts
import { quoted as quoted3 } from "./main.mjs";
import { AdvisedFailure } from "./main.mjs";
var READ_AGAIN = "First run this command once more: it charges nothing, and reads the record of the task, which may have the result.";
function generationFailed(seen, { profile, command, retry }, isReused) {
  const why = seen.error ? `The service says: ${quoted3(seen.error)}.` : seen.detailsUnread ? "Why is not known: its record at the service cannot be read." : "The service gives no reason.";
  return new AdvisedFailure("GENERATION_FAILED", `The task ended FAILED. ${why}`, {
    nextSteps: [
      ...seen.detailsUnread === "forNow" ? [READ_AGAIN] : [],
      profile.says.refund,
      ...profile.can.account ? [command("account")] : [],
      `Tell the user what the service said. Another try is a new charge: change the prompt or the image${isReused ? "." : `, or ${retry}`}`
    ]
  });
}
function taskCancelled({ detailsUnread }, { profile, retry }, isReused) {
  const { cancelled } = profile.says;
  const another = `To have the result after all, with a new charge: ${retry}`;
  const isOpen = detailsUnread === "forNow";
  const message = `The task was cancelled${isOpen ? "" : "; there will be no result"}.`;
  return new AdvisedFailure("TASK_CANCELLED", message, {
    nextSteps: [
      ...isOpen ? [READ_AGAIN] : [],
      ...cancelled ? [cancelled] : [],
      ...isReused ? [] : [another]
    ]
  });
}

// scripts/src/cli/render/reused.ts
import { Failure as Failure8 } from "./main.mjs";
import { counted } from "./main.mjs";
function runStep({ newRun }) {
  return newRun !== void 0 && `${byNewRun(newRun, "it")} It is the newest task of this request: a run with --new that began later submitted nothing.`;
}
function resumedStep(made, isNewest) {
  if (!isNewest) return made.newRun !== void 0 && byNewRun(made.newRun, "it");
  return runStep(made) || `This request was made on ${made.created}${NONE_SINCE}.`;
}
function runStepOfLines(lines) {
  const made = ({ end }) => end instanceof Failure8 ? void 0 : end?.reused ?? end?.resumed;
  const runs = new Set(lines.map((line) => made(line)?.newRun));
  const [newRun] = runs.size === 1 ? runs : [];
  return newRun !== void 0 && `${byNewRun(newRun, "every line")} These are the newest tasks of the batch: a run with --new that began later submitted nothing.`;
}
var NONE_SINCE = ", and no run with --new has made another since";
var byNewRun = (began, what) => `The run with --new that began on ${began} made ${what}.`;
function spentBefore({ charged = null, refunded = null } = {}, of = "") {
  const back = refunded ? ` (${refunded} refunded)` : "";
  const cost = charged === null ? "" : ` for ${counted(charged, "credit")}${of}${back}`;
  return `${cost}; this run charged nothing`;
}

// scripts/src/cli/render/state.ts
import { sentences } from "./main.mjs";
import { warningText } from "./main.mjs";
function stateOutcome(result, caller) {
  return withFacts(result, endOutcome(result, caller), caller);
}
function withFacts(result, outcome, caller) {
  const { taskId, seen, retryAfter, delivery, reused, isResubmitted } = result;
  const reusedData = reused && {
    reused: true,
    createdAt: reused.created,
    resubmitted: isResubmitted || void 0
  };
  const { envelope } = outcome;
  const { nextSteps: _, ...data } = envelope.data ?? {};
  const nextSteps = sentences(
    textsIn(outcome, "nextSteps"),
    result.resumed && resumedStep(result.resumed, caller.isSubmit),
    result.begun && runStep(result.begun),
    reusedSteps(result, caller),
    goneSteps(result, caller)
  );
  return {
    ...outcome,
    files: result.files?.map((file) => file.path) ?? [],
    envelope: {
      ...envelope,
      status: seen.state,
      taskId,
      data: definedFields({ ...data, ...reusedData, nextSteps: unlessEmpty(nextSteps) }),
      retryAfter: envelope.retryAfter ?? retryAfter ?? null
    },
    onWritten: delivery && (() => delivery.entry.close(delivery.status, delivery.credits, delivery.delivered))
  };
}
function endOutcome(result, caller) {
  const { kind, taskId, seen, reused } = result;
  const data = dataOf(result);
  if (kind === "failed" || kind === "cancelled") {
    const end = kind === "failed" ? generationFailed : taskCancelled;
    return failed(end(seen, caller, reused !== void 0).with({ data: definedFields(data) }), null, null);
  }
  const isOpen = kind === "running" && caller.wantsEnd;
  const nextSteps = ownSteps(result, caller);
  return success(seen.state, taskId, { ...data, nextSteps }, isOpen ? EXIT.stillRunning : EXIT.done);
}
function ownSteps({ kind, taskId, record, files }, caller) {
  const { resumeFlags, profile, wantsEnd } = caller;
  if (kind === "running") {
    const { wait: wait2 } = resumeFlags;
    const brief = wait2 && Math.min(+wait2, record?.wait || +wait2);
    return [
      resumeCommand(caller, taskId, { ...resumeFlags, wait: brief }),
      "The task runs on at the service. Run this command as often as you like: it charges nothing."
    ];
  }
  if (kind !== "completed" || files) return [];
  const copy = record && wholeCopy(record);
  if (copy) return [`Its file is saved already: ${copy}`];
  const wait = { wait: briefWait(caller, record?.wait), download: "out" };
  return [
    wantsEnd ? resumeCommand(caller, taskId, wait) : saveCommand(caller, taskId),
    `That saves the file. Do it soon: ${profile.says.retention}`
  ];
}
function dataOf(result) {
  const { seen, credits, files, warnings, lastPollError: last, ...origin } = result;
  const urls = seen.state === "COMPLETED" ? seen.urls ?? [] : [];
  const isDead = urls.length === 1 && isGone(result);
  return {
    model: nameIn(seen.model),
    resumed: origin.resumed ? true : void 0,
    createdAt: origin.resumed?.created,
    resubmitted: origin.isResubmitted || void 0,
    files: files?.map((file) => ({ ...file })),
    warnings: unlessEmpty(warnings.map(warningText)),
    lastPollError: last && pollError(last),
    credits: credits && { ...credits },
    estimate: origin.estimate,
    unknownState: seen.unknownState,
    resultUrls: isDead ? void 0 : unlessEmpty(urls),
    ...upstream(seen.record)
  };
}
var pollError = ({ code, message }) => ({
  errorCode: code,
  errorMessage: message
});
function reusedSteps(result, { anew, resumeFlags }) {
  const { reused } = result;
  const reason = "failure" in result ? result.failure.details.reason : void 0;
  if (!reused || reason?.kind === "fileInTheWay") return [];
  const since = reused.newRun === void 0 ? NONE_SINCE : "";
  const named = resumeFlags.output === void 0 ? void 0 : result.files?.[0];
  const rename = named ? ` Give that another --output: ${named.path} holds this earlier result.` : "";
  return [
    runStep(reused),
    `This request was made on ${reused.created} and ended ${reused.status}${spentBefore(result.credits)}${since}. To make another, with a new charge: ${anew}${rename}`
  ];
}
function goneSteps({ warnings }, caller) {
  const gone = warnings.flatMap((warning) => warning.kind === "taskGone" ? warning.taskId : []);
  const said = (id) => `The service does not show the newer task ${id} any more.`;
  return gone.flatMap((id) => [said(id), dropStep(caller, id)]);
}

// scripts/src/cli/render/result.ts
async function outcomeOfResult(result, caller) {
  switch (result.kind) {
    case "many":
      return (await import("./wait.mjs")).manyOutcome(result, caller);
    case "nothingPending":
      return (await import("./wait.mjs")).nothingPendingOutcome(result, caller);
    case "quote":
      return (await import("./wait.mjs")).quoteOutcome(result, caller);
    case "account":
      return (await import("./wait.mjs")).accountOutcome(result, caller);
    case "list":
      return (await import("./wait.mjs")).listOutcome(result, caller);
    case "spending":
      return (await import("./wait.mjs")).spendingOutcome(result, caller);
    case "cancellable":
      return (await import("./wait.mjs")).cancellableOutcome(result, caller);
    case "notFetched":
    case "notCancelled":
      return (await import("./wait.mjs")).taskOutcome(result, caller);
    default:
      return stateOutcome(result, caller);
  }
}

// scripts/src/cli/actions/stand-ins.ts
const { readdirSync } = require("node:fs");
const path = require("node:path");
import { flagWords, SANDBOX_FOLDER } from "./main.mjs";
import { withWarnings } from "./main.mjs";
function withStandInWarnings(outcome) {
  const saved = outcome.files;
  const folders = [...new Set(saved.map((file) => path.dirname(file)))];
  const mixed = folders.filter(
    (folder) => path.basename(folder) !== SANDBOX_FOLDER && hasOthers(folder, saved)
  );
  const use = flagWords({ download: SANDBOX_FOLDER }).join(" ");
  const warnings = mixed.map(
    (folder) => `The files of this sandbox run are stand-ins, never a result, and they lie beside other files in ${folder}: for a rehearsal use ${use}.`
  );
  return withWarnings(outcome, warnings);
}
function hasOthers(folder, saved) {
  try {
    const names = readdirSync(folder).filter((name) => !/^\.|\.(report\.jsonl|part|tmp)$/.test(name));
    return names.some((name) => !saved.includes(path.join(folder, name)));
  } catch {
    return false;
  }
}

// scripts/src/cli/actions/live.ts
async function runLive(call, batch) {
  const { args, caller, request, environment, loopback, progress, interruption } = call;
  const { profile } = args;
  const sandbox = args.sandbox ? await startSandbox(environment, progress.line) : null;
  const { httpProxy, httpsProxy, noProxy, timeoutMs, maxRetries } = environment;
  if (httpProxy || httpsProxy) compileParserSimply();
  const transport = new Transport({ httpProxy, httpsProxy, noProxy });
  const baseUrl = sandbox ? new URL(sandbox.origin) : environment.baseUrl ?? new URL(profile.url);
  const key = sandbox ? SANDBOX_KEY : environment.key;
  const provider = await profile.create({ baseUrl, key, now: systemClock.wall });
  const accountId = once(async () => {
    const { accountOf } = await import("./journal.mjs");
    const service = sandbox ? "sandbox" : serviceName(baseUrl, profile.apiPath);
    return { provider: profile.id, service, account: accountOf(profile.id, key) };
  });
  const named = async () => ({ ...caller, account: (await accountId()).account });
  const sharing = once(() => args.noJournal ? null : openSharing(call, accountId));
  const limiter = async () => loopback ? null : (await sharing())?.limiter ?? null;
  const { signal } = interruption;
  const api = new Api(transport, systemClock, { timeoutMs, maxRetries, signal, limiter });
  const schedule = scheduleOf(args);
  const session = {
    provider,
    api,
    schedule,
    poller: once(async () => {
      const { openPoller } = await import("./wait.mjs");
      return openPoller({ provider, api }, schedule, sharing);
    }),
    durations: /* @__PURE__ */ new Map(),
    transport,
    observer: progress.observer,
    loopback: loopback ? baseUrl : null,
    records: once(() => args.noJournal || isWithoutRecords(call) ? null : openJournal(call, accountId))
  };
  try {
    let outcome;
    if (batch) {
      const { runBatchCommand } = await import("./batch.mjs");
      outcome = await runBatchCommand(session, { ...call, caller: await named() }, batch, waitSettings(args));
    } else outcome = await outcomeOfResult(await act(session, args, request), caller);
    return sandbox ? withStandInWarnings(outcome) : outcome;
  } catch (error) {
    if (!(error instanceof Failure9)) throw error;
    const taskId = args.taskId ?? error.details.taskId ?? null;
    const missing = taskId !== null && await madeElsewhere(session, error, taskId);
    const { withFallbackSteps } = await import("./advice.mjs");
    throw withFallbackSteps(missing || error, await named(), taskId);
  } finally {
    void transport.close();
    void sandbox?.close();
  }
}
function compileParserSimply() {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  for (const flag of ["--liftoff-only", "--wasm-lazy-compilation"]) setFlagsFromString(flag);
}
function isWithoutRecords({ args, environment: { stateFolder } }) {
  if (stateFolder === null) return true;
  const folder = journalFolder(stateFolder, args.sandbox);
  const folders = [folder, path2.join(path2.dirname(folder), "journal")];
  return !needsRecords(args.action) && !folders.some((one) => existsSync2(one));
}
async function openJournal({ args, environment, progress }, accountId) {
  const { isStateChosen } = environment;
  const stateFolder = environment.stateFolder;
  const warn = progress.line;
  const { Journal } = await import("./journal.mjs");
  const folder = journalFolder(stateFolder, args.sandbox);
  const journal = new Journal({ folder, ...await accountId(), clock: systemClock, warn });
  if (!args.sandbox || isStateChosen) return journal;
  const refusal = await orFailure3((async () => journal.prepare())());
  if (!refusal) return journal;
  warn(`This sandbox run continues without a record: ${stateFolder} cannot be written to.`);
  return null;
}
async function openSharing({ args, environment: { stateFolder: folder } }, accountId) {
  if (args.sandbox || folder === null) return null;
  const { sharingIn } = await import("./journal.mjs");
  return sharingIn({ folder, ...await accountId(), limit: args.profile.rateLimit, clock: systemClock });
}
async function act(session, args, request) {
  const { action, taskId = "", idempotencyKey } = args;
  if (action === "getStatus") return getStatus(session, taskId);
  const wait = waitSettings(args);
  switch (action) {
    case "getTask":
      return (await import("./wait.mjs")).getTask(session, taskId, wait);
    case "cancelTask":
      if (!taskId) return (await import("./pending.mjs")).cancellable(session);
      return (await import("./wait.mjs")).cancelTask(session, taskId);
    case "waitTask": {
      if (args.taskId === void 0) {
        const pending = await import("./generate.mjs");
        if (!args.any && !args.all) return pending.waitForNewest(session, wait);
        return pending.waitForAll(session, wait, args.any ? "first" : "last");
      }
      if (idempotencyKey !== void 0) {
        const { attachTask } = await import("./generate.mjs");
        await attachTask(session, taskId, idempotencyKey);
      }
      return (await import("./wait.mjs")).waitTask(session, taskId, wait);
    }
    case "listTasks":
      return (await import("./generate.mjs")).listTasks(session, filterOf(args));
    case "spending":
      return (await import("./generate.mjs")).spending(session, args.since ?? null);
    case "account": {
      const { listModels } = await import("./contracts.mjs");
      const contracts = await listModels(session.provider.id);
      return (await import("./generate.mjs")).account(session, contracts);
    }
    case "quote":
      return (await import("./generate.mjs")).quote(session, request);
    default: {
      const { generate } = await import("./generate.mjs");
      return generate(session, { ...request, wait, isDetached: action === "createGeneration" });
    }
  }
}
function filterOf({ since, status, model, limit }) {
  const running = ["SUBMITTED", "PROGRESS"];
  const states = status === void 0 ? null : status === "running" ? running : [status];
  return { since: since ?? null, states, model: model ?? null, limit };
}
var SANDBOX_POLL_MS = 500;
function scheduleOf({ pollInterval, sandbox }) {
  const usualMs = sandbox ? SANDBOX_POLL_MS : FIRST_POLL_MS;
  return { firstMs: pollInterval === void 0 ? usualMs : pollInterval * 1e3 };
}
function waitSettings(args) {
  const { action, wait, download = null, output } = args;
  return {
    waitMs: wait * 1e3,
    folder: output === void 0 ? download : path2.dirname(path2.resolve(output)),
    output: output === void 0 ? isSubmit(action) ? null : void 0 : path2.basename(output)
  };
}
async function startSandbox(environment, warn) {
  const { startSandbox: start } = await import("./sandbox-server.mjs");
  const { stateFolder, withoutState } = environment;
  const sandbox = await start({ folder: stateFolder === null ? null : path2.join(stateFolder, "sandbox") });
  const remedy = "what the sandbox makes ends with this process. ASYNC_MEDIA_STATE_DIR may name another one.";
  if (withoutState !== null) warn(`${withoutState}: ${remedy}`);
  if (sandbox.warning) warn(sandbox.warning);
  return sandbox;
}

// scripts/src/providers/aivideomaker/api.ts
import { isObject as isObject3 } from "./main.mjs";
import { withoutApiPath } from "./main.mjs";
import { plain as plain3 } from "./main.mjs";

// scripts/src/providers/call.ts
var MB = 1024 * 1024;
var SMALL = { bytes: MB, values: 1e4 };
var RECORD = { bytes: 32 * MB, values: 1e4 };
var LIST = { bytes: 32 * MB, values: 5e5 };
function jsonRequest(method, url, own, body) {
  const headers = { ...own, accept: "application/json", "user-agent": USER_AGENT };
  if (!body) return { method, url: new URL(url), headers };
  const typed = { ...headers, "content-type": "application/json" };
  return { method, url: new URL(url), headers: typed, body: new JsonBody(body) };
}
function callOf(kind, request, settings, read, limits = SMALL) {
  return { request, limits, read: (answer) => read({ request, answer, kind, settings }) };
}

// scripts/src/providers/aivideomaker/api.ts
import { AIVIDEOMAKER } from "./main.mjs";

// scripts/src/providers/aivideomaker/find-urls.ts
import { isObject as isObject2 } from "./main.mjs";
var URL_FIELDS = ["url", "videoUrl", "video_url", "video", "fileUrl", "file_url", "audio_url", "image_url"];
var LIST_FIELDS = ["files", "videos", "outputs", "results"];
function findUrls(record) {
  const found = /* @__PURE__ */ new Set();
  collect(record.output, found, 0);
  if (found.size === 0) for (const name of URL_FIELDS) addUrl(record[name], found);
  if (found.size === 0) for (const name of LIST_FIELDS) collect(record[name], found, 0);
  return [...found];
}
function collect(value, found, depth) {
  if (depth > 3 || found.size >= 50) return;
  addUrl(value, found);
  if (Array.isArray(value)) for (const item of value.slice(0, 50)) collect(item, found, depth + 1);
  if (!isObject2(value)) return;
  for (const name of URL_FIELDS) collect(value[name], found, depth + 1);
  for (const name of LIST_FIELDS) collect(value[name], found, depth + 1);
}

// scripts/src/providers/aivideomaker/api.ts
var CODES = [
  "AUTH_FAILED",
  "INVALID_MODEL",
  "INVALID_PAYLOAD",
  "INSUFFICIENT_CREDITS",
  "RATE_LIMITED",
  "TASK_NOT_FOUND",
  "IDEMPOTENCY_CONFLICT",
  "BUDGET_EXCEEDED"
];
var codeNamed = (name) => CODES.find((code) => code === name);
var MOST_MODELS = 200;
function aivideomaker(settings) {
  const { baseUrl, key } = settings;
  const { apiPath = "" } = AIVIDEOMAKER;
  const root = `${withoutApiPath(baseUrl, apiPath)}${apiPath}`;
  const request = (method, path3, body) => jsonRequest(method, `${root}/${path3}`, { key }, body);
  const call = (kind, req, read, limits) => callOf(kind, req, settings, (at) => read(objectIn(at, errorOf), at), limits);
  return {
    ...AIVIDEOMAKER,
    submit({ model, payload, idempotencyKey, maxCredits, webhookUrl }) {
      const req = request("POST", `generate/${encodeURIComponent(model)}`, payload);
      req.headers["idempotency-key"] = idempotencyKey;
      if (maxCredits !== void 0) req.headers["x-max-credits"] = String(maxCredits);
      if (webhookUrl !== void 0) req.headers.webhookUrl = webhookUrl;
      const read = (body, at) => {
        const task = taskFrom({ status: "SUBMITTED", ...body }, body.taskId ?? body.id, key);
        if (task) return { ...task, model, idempotencyKey, record: body };
        if (!saysFailed(body) && !namesError(body)) throw unreadable(at, "names no task");
        const failure = errorOf(body, at);
        throw isSet(body.id) ? failure.with({ unclear: true }) : failure;
      };
      return call("submit", req, read, RECORD);
    },
    status(taskId) {
      return call("task", request("GET", `tasks/${encodeURIComponent(taskId)}/status`), (body, at) => {
        if (typeof body.status !== "string") throw errorIn(body, at);
        const seen = { ...stateOf(body.status), record: body };
        if (seen.state !== "FAILED" || !looksLikeError(body)) {
          checkId(body.id ?? body.taskId, taskId, at);
          return seen;
        }
        const failure = errorOf(body, at);
        if (["AUTH_FAILED", "RATE_LIMITED", "TASK_NOT_FOUND"].includes(failure.code)) throw failure;
        return { ...seen, possibleError: failure };
      });
    },
    task(taskId) {
      const read = (body, at) => {
        const isRecord = ["id", "input", "output"].some((name) => isSet(body[name]));
        const isTask = isRecord || isSet(body.taskId) && !looksLikeError(body);
        const task = isTask ? taskFrom(body, taskId, key) : void 0;
        if (!task) throw errorIn(body, at);
        checkId(body.id ?? body.taskId, taskId, at);
        return task;
      };
      return call("task", request("GET", `tasks/${encodeURIComponent(taskId)}`), read, RECORD);
    },
    cancel(taskId) {
      return call("task", request("PUT", `tasks/${encodeURIComponent(taskId)}/cancel`), (body, at) => {
        if (typeof body.status !== "string" || saysFailed(body) && looksLikeError(body))
          throw errorIn(body, at);
        checkId(body.id ?? body.taskId, taskId, at);
        return { ...stateOf(body.status), record: body };
      });
    },
    list() {
      const read = (body, at) => {
        if (!Array.isArray(body.tasks)) throw errorIn(body, at);
        const tasks = body.tasks.flatMap(
          (item) => isObject3(item) ? taskFrom(item, item.id, key) ?? [] : []
        );
        const unread = body.tasks.length - tasks.length;
        return { tasks, unread, serverTime: dateIn(at.answer.headers.date) ?? null, record: body };
      };
      return call("other", request("GET", "tasks"), read, LIST);
    },
    quote(model, payload) {
      const req = request("POST", `quote/${encodeURIComponent(model)}`, payload);
      return call("quote", req, (body, at) => {
        if (!isCredits(body.credits)) throw errorIn(body, at);
        const affordable = typeof body.affordable === "boolean" ? body.affordable : null;
        return { credits: body.credits, balance: balanceIn(body), affordable, record: body };
      });
    },
    account() {
      return call("other", request("GET", "account"), (body, at) => {
        if (saysFailed(body) || namesError(body) || body.ok === false) throw errorIn(body, at);
        const models = Array.isArray(body.supportedModels) ? body.supportedModels.slice(0, MOST_MODELS) : [];
        return {
          balance: balanceIn(body),
          models: models.flatMap((model) => nameIn(model) ?? []),
          record: body
        };
      });
    }
  };
}
var balanceIn = ({ currentBalance }) => isCredits(currentBalance) ? currentBalance : null;
function errorIn(body, at) {
  return looksLikeError(body) || saysFailed(body) ? errorOf(body, at) : unreadable(at, "has none of the expected fields");
}
function errorOf(body, at) {
  const { answer, kind, settings } = at;
  const inner = typeof body.code === "number" && body.code >= 400 && body.code < 600 ? body.code : void 0;
  const status = answer.status < 300 && inner !== void 0 ? inner : answer.status;
  const said = firstText(body.message, body.error, body.errorCode);
  const failure = errorAnswer({ code: codeOf(body, status, kind, said ?? ""), status, said }, at);
  const { taskId } = body;
  if (kind !== "submit" || !isSet(taskId)) return failure;
  return failure.with({ unclear: true, ...isTaskId(taskId, settings.key) && { taskId } });
}
function codeOf(body, status, kind, said) {
  const named = [body.errorCode, body.error, body.code].map(codeNamed).find((code) => code !== void 0);
  if (named) return named;
  if (/insufficient credits/i.test(said)) return "INSUFFICIENT_CREDITS";
  if (/invalid api key/i.test(said)) return "AUTH_FAILED";
  return status === 409 && kind === "submit" ? "IDEMPOTENCY_CONFLICT" : codeOfStatus(status, kind);
}
function taskFrom(body, id, key) {
  if (!isTaskId(id, key)) return void 0;
  const { status, model, idempotencyKey, creditsCharged, creditsRefunded } = body;
  const seen = typeof status === "string" ? stateOf(status) : { state: "UNKNOWN" };
  const reasons = isObject3(body.output) ? [body.output.error, body.output.msg] : [];
  const error = firstText(...reasons, body.error, body.message, body.errorCode);
  return {
    id,
    ...seen,
    model: typeof model === "string" ? model : void 0,
    input: body.input,
    createdAt: dateIn(body.createdAt),
    completedAt: dateIn(body.completedAt),
    idempotencyKey: firstText(idempotencyKey),
    error: seen.state === "FAILED" && error !== void 0 ? plain3(error) : void 0,
    charged: isCredits(creditsCharged) ? creditsCharged : void 0,
    refunded: isCredits(creditsRefunded) ? creditsRefunded : void 0,
    // A record that names its result but no state is still a result.
    urls: seen.state === "COMPLETED" || typeof status !== "string" ? findUrls(body) : [],
    record: body
  };
}
var stateOf = (word) => stateIn(AIVIDEOMAKER.states, word);
function dateIn(value) {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? void 0 : time;
}
function saysFailed(body) {
  return typeof body.status === "string" && stateOf(body.status).state === "FAILED";
}
function looksLikeError(body) {
  return [body.errorCode, body.message, body.error, body.code].some(isSet);
}
function namesError(body) {
  const { code } = body;
  if (typeof code === "number" && code >= 400 && code < 600) return true;
  return [body.errorCode, body.error, code].some(codeNamed);
}
function isCredits(value) {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
export {
  Api,
  CONNECT_TIMEOUT_MS,
  ClosedHere,
  JsonBody,
  LIST,
  MAX_HEADER_BYTES,
  NONE_SINCE,
  NodeHttpClient,
  PAUSE_BUDGET_MS,
  RECORD,
  RETRY_PAUSES,
  Transport,
  USER_AGENT,
  addUrl,
  aivideomaker,
  callOf,
  checkId,
  codeOfStatus,
  creditsOf,
  dataOf,
  dateOf,
  decoded,
  errorAnswer,
  exchange,
  explain,
  fetchStatus,
  findUrls,
  firstText,
  flatHeaders,
  generationFailed,
  getStatus,
  heeded,
  isExcessive,
  isGone,
  isSet,
  isTaskId,
  isTransientStatus,
  jsonRequest,
  madeBy,
  madeElsewhere,
  modelOf,
  nameIn,
  networkError,
  noteState,
  objectIn,
  otherAccountOf,
  outcomeOfResult,
  outgoingBody,
  outgoingHeaders,
  ownPending,
  parseBody,
  parseRetryAfter,
  pauseAfter,
  pauseOfAll,
  pollError,
  queryStatus,
  requestOfTask,
  resumedStep,
  runLive,
  runStep,
  runStepOfLines,
  spentBefore,
  stateIn,
  stateOutcome,
  taskCancelled,
  taskResult,
  unreadable,
  wholeCopy,
  withDelivery,
  withFacts,
  withProxy,
  withStandInWarnings,
  withTask
};
