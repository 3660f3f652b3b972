// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/sandbox/accounts.ts
const { createHash, randomBytes } = require("node:crypto");

// scripts/src/sandbox/exchange.ts
import { isObject } from "./main.mjs";
var Refusal = class extends Error {
  reply;
  constructor(reply) {
    super("refused");
    this.reply = reply;
  }
};
function answered(routes, call, owner, refuse2) {
  const partsOf = (path2) => path2.split("/");
  const fits = ([, path2]) => partsOf(path2).length === call.path.length && partsOf(path2).every((part, at) => part === "*" || part === call.path[at]);
  const route = routes.find(fits);
  if (route === void 0) return refuse2(null);
  const [method, path, answer] = route;
  return method === call.method ? answer(call, owner, call.path[partsOf(path).indexOf("*")] ?? "") : refuse2(method);
}
async function fromBody(call, invalid3, read) {
  const text = (await call.body()).toString();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal(invalid3("The body is not JSON."));
  }
  if (!isObject(body)) throw new Refusal(invalid3("The body is not a JSON object."));
  try {
    return read(body);
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal(invalid3("The body is nested too deeply."));
    throw error;
  }
}
var BODY_LIMIT = 64 * 1024 * 1024;
function failure(status, message, more = {}) {
  const body = { status: "FAILED" };
  if (more.code !== void 0) body.errorCode = more.code;
  body.message = message;
  return { status, body, headers: more.headers };
}
function wrongMethod(...allowed) {
  return failure(405, `Method not allowed. Use ${allowed.join(" or ")}.`, {
    headers: { allow: allowed.join(", ") }
  });
}
function send(response, reply) {
  if (reply === "cut") {
    response.socket?.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(reply.body));
  response.writeHead(reply.status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": bytes.length,
    ...reply.headers
  });
  response.end(bytes);
}
function pathOf(target) {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0];
  try {
    return path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return null;
  }
}
function originOf(headers, otherwise) {
  const host = headers.host ?? "";
  return /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host) ? `http://${host}` : otherwise;
}
async function readBody(request) {
  const announced = Number(request.headers["content-length"]);
  if (announced > BODY_LIMIT) return refuseTooLarge(request);
  if (Number.isSafeInteger(announced)) {
    const body = Buffer.allocUnsafeSlow(announced);
    let length2 = 0;
    for await (const chunk2 of request) length2 += chunk2.copy(body, length2);
    return body.subarray(0, length2);
  }
  const chunks = [];
  let length = 0;
  for await (const chunk2 of request) {
    length += chunk2.length;
    if (length <= BODY_LIMIT) chunks.push(chunk2);
    else chunks.length = 0;
  }
  if (length > BODY_LIMIT) return refuseTooLarge(request);
  return Buffer.concat(chunks);
}
async function refuseTooLarge(request) {
  if (!request.readableEnded) for await (const _ of request) ;
  throw new Refusal(failure(413, `The request body is larger than ${BODY_LIMIT} bytes.`));
}

// scripts/src/sandbox/lifecycle.ts
var DEFAULT_SPEED = 60;
var STARTS_AFTER = 180;
var ENDS_AFTER = 300;
var SLOW_STARTS_AFTER = 1800;
var SLOW_ENDS_AFTER = 5400;
var ODD_STATE_LASTS = 60;
var LASTS = {
  aivideomaker: { file: 24 * 3600, record: 48 * 3600 },
  apidot: { file: 72 * 3600, record: 96 * 3600 }
};
var lastsOf = ({ service }) => LASTS[service] ?? LASTS.aivideomaker;
function changesOf(record) {
  const changes = [{ at: record.createdAt, state: "SUBMITTED" }];
  if (record.cancelledAt !== null) return [...changes, { at: record.cancelledAt, state: "CANCEL" }];
  const slow = record.scenarios.includes("slow");
  const starts = slow ? SLOW_STARTS_AFTER : STARTS_AFTER;
  if (record.scenarios.includes("odd-state")) {
    changes.push({ at: after(record, starts), state: "QUEUED" });
    changes.push({ at: after(record, starts + ODD_STATE_LASTS), state: "PROGRESS" });
  } else {
    changes.push({ at: after(record, starts), state: "PROGRESS" });
  }
  if (record.scenarios.includes("never")) return changes;
  const ends = slow ? SLOW_ENDS_AFTER : ENDS_AFTER;
  const end = record.scenarios.includes("fail") ? "FAILED" : "COMPLETED";
  return [...changes, { at: after(record, ends), state: end }];
}
function stateAt(record, now) {
  return currentChange(record, now).state;
}
function currentChange(record, now) {
  const [first, ...later] = changesOf(record);
  return later.findLast((change) => change.at <= now) ?? first;
}
function isFinal(state) {
  return state === "COMPLETED" || state === "FAILED" || state === "CANCEL";
}
function refundOf(record, now) {
  const state = stateAt(record, now);
  return state === "FAILED" || state === "CANCEL" ? record.credits : 0;
}
function hasFile(record, now) {
  const { at, state } = currentChange(record, now);
  return state === "COMPLETED" && now < at + lastsOf(record).file * 1e3 / record.speed;
}
function isForgotten(record, now) {
  return now >= after(record, lastsOf(record).record);
}
function after(record, simulatedSeconds) {
  return record.createdAt + simulatedSeconds * 1e3 / record.speed;
}

// scripts/src/sandbox/accounts.ts
var FIRST_BALANCE = 1e3;
function ownerOf(key) {
  if (key === void 0 || key === "" || key.startsWith("ak_invalid")) return null;
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}
var Accounts = class {
  #surroundings;
  #service;
  #statusQueries = /* @__PURE__ */ new Map();
  #sequence = 0;
  constructor(surroundings, service) {
    this.#surroundings = surroundings;
    this.#service = service;
  }
  tasksOf(owner) {
    const all = this.#surroundings.store.all();
    return all.filter((record) => record.service === this.#service && record.owner === owner);
  }
  /** Returns the task with this id. @throws Refusal with `missing` where it does not belong to the owner */
  taskOf(owner, id, missing) {
    const record = this.#surroundings.store.get(id);
    if (record?.owner === owner && record.service === this.#service) return record;
    throw new Refusal(missing);
  }
  /**
   * Makes a task, unless its id has one, and returns its answer.
   * @param webhook where and how its changes are announced; null: nowhere
   */
  submit({ kept, scenarios, ...task }, webhook, answer) {
    const { store, webhooks, now, speed } = this.#surroundings;
    const record = {
      ...task,
      ...kept,
      service: this.#service,
      scenarios: [...scenarios],
      createdAt: now(),
      sequence: this.#sequence++,
      speed,
      cancelledAt: null
    };
    const stored = store.insert(record);
    if (stored !== record) return answer(stored, true);
    if (webhook) webhooks.watch(record, webhook.address, webhook.notices);
    return scenarios.has("lost-answer") ? "cut" : answer(record, false);
  }
  /** Returns the answer of a scenario that happens in place of a task, or null. @param generation who asks for what */
  refused(scenarios, generation, replies) {
    const isFirst = (name) => scenarios.has(name) && this.#surroundings.firstTimes.isFirst(`${this.#service} ${name} ${generation}`);
    if (isFirst("rate-limit")) return replies["rate-limit"];
    if (isFirst("not-delivered")) return "cut";
    if (isFirst("server-error")) return replies["server-error"];
    if (scenarios.has("reject")) return replies.reject;
    return scenarios.has("http200-failure") ? replies["http200-failure"] : null;
  }
  /** Counts a status query. Returns whether it is to fail: for [sandbox:flaky] every second one. */
  isFlaky({ id, scenarios }) {
    if (!scenarios.includes("flaky")) return false;
    const count = (this.#statusQueries.get(id) ?? 0) + 1;
    this.#statusQueries.set(id, count);
    return count % 2 === 0;
  }
  /**
   * Returns the remaining credits: the first balance minus the price of each task, without tasks that failed or were
   * cancelled.
   */
  balanceOf(owner, scenarios) {
    if (scenarios?.has("no-credits")) return 0;
    const time = this.#surroundings.now();
    const spent = this.tasksOf(owner).reduce(
      (sum, record) => sum + record.credits - refundOf(record, time),
      0
    );
    return Math.max(0, FIRST_BALANCE - spent);
  }
};
function idFrom(text) {
  return idOf(createHash("sha256").update(text).digest("hex"));
}
function randomId() {
  return idOf(randomBytes(32).toString("hex"));
}
function idOf(hex) {
  return `ck${BigInt(`0x${hex}`).toString(36).padStart(23, "0").slice(-23)}`;
}

// scripts/src/sandbox/aivideomaker-request.ts
import { loadContract } from "./contracts.mjs";
import { checkPayload } from "./contracts.mjs";
import { Failure } from "./main.mjs";

// scripts/src/sandbox/scenarios.ts
var EFFECTS = {
  fail: "The task ends `FAILED` with a reason in `output.error`; the credits come back.",
  "no-credits": "The create answers 402 `INSUFFICIENT_CREDITS`; a quote shows a balance of 0.",
  reject: "The create answers 422 as for rejected content: a message and no code. Nothing is made.",
  slow: "The task takes 90 seconds (at the default speed): `SUBMITTED` for 30, then `PROGRESS`.",
  never: "The task stays in `PROGRESS` for as long as it is kept.",
  "rate-limit": "The create answers 429 with `Retry-After: 1` the first time, then works.",
  "lost-answer": "The task is made and charged, then the connection is cut before the answer. A replay with the same `Idempotency-Key` answers normally.",
  "not-delivered": "The connection is cut before anything is made, the first time only.",
  "server-error": "The create answers 500 the first time and makes nothing, then works.",
  flaky: "Every second status query of the task answers 503.",
  "expired-link": "The first output URL is dead (410); asking for the task again gives one that works.",
  "cut-download": "The first download of the file is cut at half; the rest can be had with `Range` and `If-Range`.",
  "odd-state": "Between `SUBMITTED` and `PROGRESS` the task reports the unknown state `QUEUED` for a second.",
  "http200-failure": 'The create answers HTTP 200 with `status: "FAILED"` and a message. Nothing is made.',
  files: "APIDot only: answers show the files in `data.files` instead of `data.output.files`, with `progress`.",
  "no-files": "APIDot only: the status of the finished task names no file; for music, the music detail does."
};
var SCENARIOS = Object.keys(EFFECTS).map((name) => ({
  name,
  effect: EFFECTS[name]
}));
var APIDOT_ONLY = ["files", "no-files"];
var NAMES = new Set(SCENARIOS.map((scenario) => scenario.name));
var MARKER = /\[\s*sandbox(\s*:\s*|\s+)([^\]\s]{0,60})\s*\]?/gi;
function isScenario(name) {
  return typeof name === "string" && NAMES.has(name);
}
function readMarks(payload, service) {
  const known = SCENARIOS.filter(({ name }) => service === "apidot" || !APIDOT_ONLY.includes(name));
  const scenarios = /* @__PURE__ */ new Set();
  let complaint = null;
  for (const text of textsOf(payload)) {
    for (const [found, between = "", raw = ""] of text.matchAll(MARKER)) {
      const name = raw.toLowerCase();
      const scenario = known.find((one) => one.name === name);
      const isExact = found.toLowerCase() === `[sandbox:${name}]`;
      if (scenario && isExact) scenarios.add(scenario.name);
      else if (scenario || between.includes(":"))
        complaint ??= `the sandbox knows no marker ${found.trim()}; it knows ${listed(known)}`;
    }
  }
  return { scenarios, complaint };
}
function listed(known) {
  return known.map(({ name }) => `[sandbox:${name}]`).join(" ");
}
function* textsOf(value) {
  if (typeof value === "string" && !value.startsWith("data:")) yield value;
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* textsOf(part);
  }
}

// scripts/src/sandbox/aivideomaker-request.ts
var PROVIDER = "aivideomaker";
async function readRequest(call, model) {
  const contract = await contractOf(model);
  return fromBody(call, invalid, (payload) => {
    const issues = checkPayload(contract, payload);
    if (issues.length > 0) throw new Refusal(invalid(issues.map(saying).join("; ")));
    const { scenarios, complaint } = readMarks(payload, PROVIDER);
    if (complaint) throw new Refusal(invalid(`prompt: ${complaint}`));
    return { contract, payload, scenarios };
  });
}
async function contractOf(model) {
  const unsupported = failure(400, `Unsupported model: ${model.slice(0, 100)}`, { code: "INVALID_MODEL" });
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(model)) throw new Refusal(unsupported);
  try {
    return await loadContract(PROVIDER, model);
  } catch (error) {
    if (error instanceof Failure && error.code === "INVALID_MODEL") throw new Refusal(unsupported);
    throw error;
  }
}
var saying = ({ path, expected, received }) => `${path}: expected ${expected}, received ${received.slice(0, 80)}`;
function invalid(message) {
  return failure(400, message.slice(0, 2e3), { code: "INVALID_PAYLOAD" });
}
function callerOf({ headers: { key } }) {
  const owner = ownerOf(typeof key === "string" ? key : void 0);
  if (owner !== null) return owner;
  throw new Refusal(failure(401, "Invalid API key. Please check your API key.", { code: "AUTH_FAILED" }));
}
function idempotencyKeyOf(call) {
  const key = call.headers["idempotency-key"];
  if (key === void 0) return null;
  if (typeof key === "string" && key.length >= 8 && key.length <= 128) return key;
  throw new Refusal(invalid("Idempotency-Key: expected 8 to 128 characters"));
}
function maxCreditsOf(call) {
  const value = call.headers["x-max-credits"];
  if (value === void 0) return null;
  if (typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value);
  throw new Refusal(invalid("X-Max-Credits: expected an integer of 0 or more"));
}

// scripts/src/sandbox/aivideomaker.ts
import { listModels } from "./contracts.mjs";

// scripts/src/sandbox/charge.ts
import { estimateCredits } from "./estimate.mjs";
var UNKNOWN_PRICE = 50;
var STAND_INS = {
  // Agrees with the three observed prices: 4 s 480 = 41, 5 s 480 = 51, 5 s 720 = 110.
  seedance20: ({ duration, resolution }) => Math.ceil(Number(duration) * (resolution === 480 ? 102 : 220) / 10),
  // The rule of March 2026; the model was gone from the service's list by September.
  lv: ({ prompt }) => (Array.isArray(prompt) ? prompt.length : 1) * 5 * 15
};
function chargeFor(model, contract, payload) {
  const standIn = Object.hasOwn(STAND_INS, model) ? STAND_INS[model] : void 0;
  if (standIn !== void 0) return standIn(payload);
  return estimateCredits(contract, payload) ?? estimateCredits(contract, inWholeSeconds(payload)) ?? UNKNOWN_PRICE;
}
function inWholeSeconds(payload) {
  const { duration } = payload;
  return typeof duration === "number" ? { ...payload, duration: Math.ceil(duration) } : payload;
}

// scripts/src/sandbox/input.ts
import { jsonHash } from "./journal.mjs";
import { isObject as isObject2 } from "./main.mjs";
var LONGEST_TEXT = 32768;
var EXTENSIONS = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif"
};
function keepInput(model, payload) {
  const input = mapped(payload, (value) => {
    if (typeof value !== "string") return void 0;
    if (/^data:/i.test(value)) return { stored: storageName(value) };
    return value.length > LONGEST_TEXT ? { cut: value.slice(0, LONGEST_TEXT), hash: jsonHash(value) } : value;
  });
  return { input, fingerprint: jsonHash([model, input]) };
}
function showInput(input, origin) {
  return mapped(input, (value) => {
    if (!isObject2(value)) return void 0;
    if (typeof value.stored === "string") return `${origin}/storage/${value.stored}`;
    return typeof value.cut === "string" ? `${value.cut}\u2026 [cut by the sandbox]` : void 0;
  });
}
function mapped(value, change) {
  const changed = change(value);
  if (changed !== void 0) return changed;
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (!isObject2(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, mapped(item, change)]));
}
function storageName(dataUri) {
  const type = /^data:([^;,]{0,100})/i.exec(dataUri)[1].toLowerCase();
  return `${jsonHash(dataUri).slice(0, 32)}.${EXTENSIONS[type] ?? "bin"}`;
}

// scripts/src/sandbox/webhooks.ts
const { once } = require("node:events");
const { request: httpRequest } = require("node:http");
const { request: httpsRequest } = require("node:https");
import { LONGEST_TIMER_MS } from "./main.mjs";
import { urlOf } from "./main.mjs";
var LOOPBACK = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;
var ANSWER_WITHIN_MS = 5e3;
var DUPLICATE_AFTER = 15e3;
function createWebhooks(now, log) {
  const watches = /* @__PURE__ */ new Map();
  const timers = /* @__PURE__ */ new Set();
  const closing = new AbortController();
  function later(ms, run) {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        run();
      },
      Math.min(Math.max(0, ms), LONGEST_TIMER_MS)
    );
    timer.unref();
    timers.add(timer);
    return timer;
  }
  function advance(record, watch) {
    const changes = changesOf(record);
    while (changes[watch.announced] !== void 0 && changes[watch.announced].at <= now()) {
      const { state } = changes[watch.announced];
      watch.announced += 1;
      enqueue(watch, record, state);
      if (!isFinal(state)) continue;
      watches.delete(record.id);
      for (const after2 of watch.notices.repeats) {
        later(after2 / record.speed, () => enqueue(watch, record, state));
      }
      return;
    }
    const next = changes[watch.announced];
    if (next !== void 0) watch.timer = later(next.at - now(), () => advance(record, watch));
    else watches.delete(record.id);
  }
  function enqueue(watch, record, state) {
    const body = watch.notices.body(record, state);
    if (body === null) return;
    watch.line = watch.line.then(async () => {
      if (closing.signal.aborted) return;
      const result = await post(watch.url, JSON.stringify(body), closing.signal);
      if (!closing.signal.aborted) log(`webhook ${state} of ${record.id}: ${result}`);
    });
  }
  return {
    watch(record, address, notices) {
      const url = urlOf(address);
      if (!url || !/^https?:$/.test(url.protocol) || !LOOPBACK.test(url.hostname)) {
        log("webhook not sent: the sandbox only calls http(s) addresses on loopback");
        return;
      }
      const watch = { url, notices, announced: 1, line: Promise.resolve() };
      watches.set(record.id, watch);
      advance(record, watch);
    },
    changed(record) {
      const watch = watches.get(record.id);
      if (watch === void 0) return;
      clearTimeout(watch.timer);
      if (watch.timer) timers.delete(watch.timer);
      advance(record, watch);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      watches.clear();
      closing.abort();
    }
  };
}
async function post(url, body, signal) {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const outgoing = request(url, { method: "POST", agent: false, signal, timeout: ANSWER_WITHIN_MS, headers });
  outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
  outgoing.on("error", () => {
  });
  outgoing.end(body);
  try {
    const [answer] = await once(outgoing, "response");
    answer.on("error", () => {
    }).destroy();
    return `answered ${answer.statusCode}`;
  } catch (error) {
    const { code, message } = error;
    return `not delivered (${code ?? message})`;
  }
}

// scripts/src/sandbox/aivideomaker.ts
var PROVIDER2 = "aivideomaker";
var PREFIX = ["api", "v1"];
var ALLOWED = 60;
var WINDOW_MS = 6e4;
var LISTED = ["t2v", "i2v", "minimax", "t2v_v3", "i2v_v3", "seedance20", "wan27", "happyhorse"];
var KNOWN = /* @__PURE__ */ new Set([...LISTED, "lv"]);
var NOTICES = {
  body: ({ id }, status) => ({ taskId: id, status }),
  repeats: [DUPLICATE_AFTER]
};
var AS_ASKED = {
  "rate-limit": failure(429, "Too many generation requests, as [sandbox:rate-limit] asks for.", {
    code: "RATE_LIMITED",
    headers: { "retry-after": "1" }
  }),
  "server-error": failure(500, "Internal server error, as [sandbox:server-error] asks for."),
  reject: failure(422, "The content was rejected, as [sandbox:reject] asks for."),
  "http200-failure": failure(
    200,
    "The generation could not be started, as [sandbox:http200-failure] asks for."
  )
};
function createAivideomaker(surroundings) {
  const { store, files, webhooks, now } = surroundings;
  const refuse2 = queryLimit(now);
  const accounts = new Accounts(surroundings, PROVIDER2);
  const shownDead = /* @__PURE__ */ new Set();
  const routes = [
    ["GET", "account", query(account)],
    ["GET", "tasks", query(listTasks)],
    ["GET", "tasks/*", query(detail)],
    ["GET", "tasks/*/status", query(status)],
    ["PUT", "tasks/*/cancel", cancel],
    ["POST", "quote/*", quote],
    ["POST", "generate/*", create]
  ];
  const handle = async (call) => answered(
    routes,
    call,
    callerOf(call),
    (allowed) => allowed === null ? failure(404, "Not found.") : wrongMethod(allowed)
  );
  function query(answer) {
    return (call, owner, part) => {
      const retryAfter = refuse2(call.address);
      if (retryAfter === null) return answer(call, owner, part);
      return failure(429, "Too many task queries from this address: 60 a minute are allowed.", {
        code: "RATE_LIMITED",
        headers: { "retry-after": String(retryAfter) }
      });
    };
  }
  const taskOf = (owner, id) => accounts.taskOf(owner, id, failure(404, "Task not found."));
  async function account(_, owner) {
    const added = (await listModels(PROVIDER2)).filter((model) => !KNOWN.has(model));
    return ok({
      ok: true,
      apiVersion: "v1",
      skillVersion: "1.0.15",
      currentBalance: accounts.balanceOf(owner),
      supportedModels: [...LISTED, ...added],
      dailyCreditLimit: -1,
      generationRequestsPerMinute: -1,
      creditWarningAt: -1
    });
  }
  function listTasks(call, owner) {
    return ok({ tasks: accounts.tasksOf(owner).map((record) => taskBody(call, record)) });
  }
  function detail(call, owner, id) {
    const record = taskOf(owner, id);
    const body = taskBody(call, record);
    if (stateAt(record, now()) === "COMPLETED") shownDead.add(id);
    return ok(body);
  }
  function status(_, owner, id) {
    const record = taskOf(owner, id);
    return accounts.isFlaky(record) ? failure(503, "Service unavailable, as [sandbox:flaky] asks for.") : ok({ status: stateAt(record, now()) });
  }
  function cancel(_, owner, id) {
    const record = taskOf(owner, id);
    const state = stateAt(record, now());
    if (state !== "SUBMITTED") {
      return failure(400, `Only a task that is SUBMITTED can be cancelled; this one is ${state}.`);
    }
    const cancelled = { ...record, cancelledAt: now() };
    store.replace(cancelled);
    webhooks.changed(cancelled);
    return ok({ status: "CANCEL", taskId: id });
  }
  async function quote(call, owner, model) {
    const { contract, payload, scenarios } = await readRequest(call, model);
    const credits = chargeFor(model, contract, payload);
    const balance = accounts.balanceOf(owner, scenarios);
    return ok({
      model,
      credits,
      listPriceUsd: credits / 100,
      usdPerCredit: 0.01,
      currentBalance: balance,
      affordable: credits <= balance,
      billable: false
    });
  }
  async function create(call, owner, model) {
    const idempotencyKey = idempotencyKeyOf(call);
    const maxCredits = maxCreditsOf(call);
    const { contract, payload, scenarios } = await readRequest(call, model);
    const kept = keepInput(model, payload);
    const id = idempotencyKey === null ? randomId() : idFrom(`${PROVIDER2}
${owner}
${idempotencyKey}`);
    const earlier = store.get(id);
    if (earlier !== null) return replay(call, earlier, kept.fingerprint);
    const refused = accounts.refused(scenarios, `${owner} ${idempotencyKey ?? kept.fingerprint}`, AS_ASKED);
    if (refused !== null) return refused;
    const credits = chargeFor(model, contract, payload);
    if (maxCredits !== null && credits > maxCredits) {
      return failure(422, `The quote of ${credits} credits is above X-Max-Credits: ${maxCredits}.`, {
        code: "BUDGET_EXCEEDED"
      });
    }
    const balance = accounts.balanceOf(owner, scenarios);
    if (credits > balance) {
      return failure(402, `Insufficient credits: ${credits} needed, ${balance} left.`, {
        code: "INSUFFICIENT_CREDITS"
      });
    }
    const task = { id, owner, model, idempotencyKey, credits, kept, scenarios };
    const { webhookurl: address } = call.headers;
    const webhook = typeof address === "string" && address !== "" ? { address, notices: NOTICES } : null;
    return accounts.submit(
      task,
      webhook,
      (record, isReplay) => isReplay ? replay(call, record, kept.fingerprint) : created(call, record, false)
    );
  }
  function replay(call, record, fingerprint) {
    if (record.fingerprint === fingerprint) return created(call, record, true);
    return failure(409, "This Idempotency-Key was used before with other data.", {
      code: "IDEMPOTENCY_CONFLICT"
    });
  }
  function created(call, record, idempotentReplay) {
    const url = [call.origin, ...PREFIX, "tasks", record.id].join("/");
    return ok({
      status: stateAt(record, now()),
      taskId: record.id,
      creditsCharged: record.credits,
      idempotentReplay,
      responseUrl: url,
      statusUrl: `${url}/status`,
      cancelUrl: `${url}/cancel`
    });
  }
  function taskBody(call, record) {
    const time = now();
    const { at, state } = currentChange(record, time);
    const refunded = refundOf(record, time);
    return {
      id: record.id,
      model: record.model,
      input: showInput(record.input, call.origin),
      output: outputOf(call, record, state),
      status: state,
      createdAt: iso(record.createdAt),
      completedAt: state === "COMPLETED" ? iso(at) : null,
      creditsCharged: record.credits,
      creditsRefunded: refunded,
      listValueCents: record.credits - refunded,
      idempotencyKey: record.idempotencyKey
    };
  }
  function outputOf(call, record, state) {
    if (state === "FAILED") return { error: "The generation failed, as [sandbox:fail] asks for." };
    if (state !== "COMPLETED") return null;
    const dead = record.scenarios.includes("expired-link") && !shownDead.has(record.id);
    const msg = "The file is kept for 24 hours. Download it before it expires.";
    return { url: files.urlOf(record, call.origin, dead), msg };
  }
  return { prefix: PREFIX, handle };
}
function ok(body) {
  return { status: 200, body };
}
function iso(time) {
  return new Date(time).toISOString();
}
function queryLimit(clock) {
  const seen = /* @__PURE__ */ new Map();
  return (address) => {
    const now = clock();
    const recent = (seen.get(address) ?? []).filter((at) => at > now - WINDOW_MS && at <= now);
    seen.set(address, recent);
    if (recent.length >= ALLOWED) return Math.max(1, Math.ceil((recent[0] + WINDOW_MS - now) / 1e3));
    recent.push(now);
    return null;
  };
}

// scripts/src/sandbox/apidot-samples.ts
var REFERENCES = ["reference_image_urls", "reference_video_urls", "reference_audio_urls"];
var SAMPLES = [
  {
    // Docs page of seedance-2, 2026-04-22.
    models: ["seedance-2", "seedance-2-fast"],
    isRefused: (input) => holds(input, "image_urls") && REFERENCES.some((name) => holds(input, name)),
    message: "image_urls and reference_*_urls cannot be used together"
  },
  {
    // Docs page of veo-3-1, 2026-04-23.
    models: ["veo3.1-lite"],
    isRefused: (input) => holds(input, "image_urls"),
    message: "veo3.1-lite does not support image_urls"
  },
  {
    // Docs page of gpt-image-2, 2026-04-23.
    models: ["gpt-image-2-edit"],
    isRefused: (input) => !holds(input, "image_urls"),
    message: "image_urls is required for gpt-image-2-edit"
  },
  {
    // Docs page of minimax-music-2-6, 2026-04-24.
    models: ["minimax-music-2.6"],
    isRefused: (input) => input.lyrics_optimizer !== true && input.is_instrumental !== true && !holds(input, "lyrics"),
    message: "lyrics is required when lyrics_optimizer and is_instrumental are both false"
  },
  {
    // Its README lists the field as a cause of 400, without the answer.
    models: ["gpt-image-2", "gpt-image-2-edit"],
    isRefused: (input) => Object.hasOwn(input, "n"),
    message: "gpt-image-2 makes one image per request and takes no n"
  },
  {
    // The same.
    models: ["gpt-image-2"],
    isRefused: (input) => Object.hasOwn(input, "image_urls"),
    message: "gpt-image-2 takes no image_urls; gpt-image-2-edit does"
  },
  {
    // APIDot's README of 2026-07-04 says that the model refuses it.
    models: ["seedream-5.0-lite", "seedream-5.0-lite-edit"],
    isRefused: (input) => Object.hasOwn(input, "seed"),
    message: "seedream-5.0-lite takes no seed"
  }
];
function refusalInSamples(model, input) {
  const sample = SAMPLES.find(({ models, isRefused }) => models.includes(model) && isRefused(input));
  return sample?.message ?? null;
}
function holds(input, name) {
  const value = input[name];
  if (value === void 0 || value === null || value === "") return false;
  return !Array.isArray(value) || value.length > 0;
}

// scripts/src/sandbox/apidot.ts
import { listModels as listModels2 } from "./contracts.mjs";
import { idsWithoutContract } from "./models.mjs";
import { compact, isObject as isObject3 } from "./main.mjs";
import { skillFolder } from "./main.mjs";
import { urlOf as urlOf2 } from "./main.mjs";

// scripts/src/sandbox/media.ts
const { createHash: createHash2 } = require("node:crypto");
const { readFile } = require("node:fs/promises");
const { basename, dirname, join } = require("node:path");
const { fileURLToPath } = require("node:url");
const { crc32, deflateSync } = require("node:zlib");
var VIDEO = { ext: "mp4", contentType: "video/mp4", fileType: "video" };
var IMAGE = { ext: "png", contentType: "image/png", fileType: "image" };
var SOUND = { ext: "wav", contentType: "audio/wav", fileType: "audio" };
var MODEL = { ext: "glb", contentType: "model/gltf-binary", fileType: "model" };
var FAMILIES = [
  [SOUND, ["generate-music", "minimax-music"]],
  [MODEL, ["meshy-", "tripo3d-"]],
  [
    IMAGE,
    [
      ...["gpt-image", "gpt-4o-image", "nano-banana", "seedream", "flux", "wan-2.7-image", "z-image"],
      ...["grok-imagine-image", "kling-o1-image", "kling-o3-image"]
    ]
  ]
];
var MOST_IMAGES = 15;
function mediumOf({ service, model }) {
  if (service !== "apidot") return VIDEO;
  return FAMILIES.find(([, ids]) => ids.some((id) => model.startsWith(id)))?.[0] ?? VIDEO;
}
function mediaOf(record) {
  const medium = mediumOf(record);
  if (medium === SOUND) return [SOUND, IMAGE];
  const { n } = record.input;
  const isMany = medium === IMAGE && typeof n === "number" && Number.isInteger(n) && n >= 1;
  return Array(isMany ? Math.min(n, MOST_IMAGES) : 1).fill(medium);
}
var made = /* @__PURE__ */ new Map();
function contentOf({ ext }, number) {
  const name = ext === "png" ? `png ${number}` : ext;
  let content = made.get(name);
  if (!content) {
    content = make(ext, number).then((bytes) => ({
      bytes,
      hash: createHash2("sha256").update(bytes).digest("hex").slice(0, 16)
    }));
    made.set(name, content);
  }
  return content;
}
async function make(ext, number) {
  if (ext === "png") return picture(number);
  if (ext === "wav") return tone();
  if (ext === "glb") return triangle();
  return readFile(clipPath());
}
function clipPath() {
  const here = dirname(fileURLToPath(import.meta.url));
  return join(here, ...basename(here) === "lib" ? [] : ["..", "..", "lib"], "sandbox-clip.mp4");
}
function picture(number) {
  const side = 256;
  const width = 1 + side * 3;
  const rows = Buffer.alloc(side * width);
  for (let y = 0; y < side; y += 1) {
    rows.set([1, 0, y, number * 83 % 256], y * width);
    for (let x = 1; x < side; x += 1) rows[y * width + 1 + x * 3] = 1;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0))
  ]);
}
function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
var TONE_SECONDS = 2;
function tone() {
  const rate = 11025;
  const samples = rate * TONE_SECONDS;
  const data = Buffer.alloc(44 + samples * 2);
  data.write("RIFF", 0, "latin1");
  data.writeUInt32LE(data.length - 8, 4);
  data.write("WAVEfmt ", 8, "latin1");
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write("data", 36, "latin1");
  data.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    data.writeInt16LE(Math.round(12e3 * Math.sin(2 * Math.PI * 440 * at / rate)), 44 + at * 2);
  }
  return data;
}
function triangle() {
  const corners = [-1, -1, 0, 1, -1, 0, 0, 1, 0];
  const points = Buffer.alloc(corners.length * 4);
  for (const [at, value] of corners.entries()) points.writeFloatLE(value, at * 4);
  const scene = JSON.stringify({
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: "VEC3", min: [-1, -1, 0], max: [1, 1, 0] }
    ],
    bufferViews: [{ buffer: 0, byteLength: points.length, target: 34962 }],
    buffers: [{ byteLength: points.length }]
  });
  const json = Buffer.from(scene.padEnd(Math.ceil(scene.length / 4) * 4));
  const head = Buffer.alloc(12);
  head.write("glTF", "latin1");
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(12 + 8 + json.length + 8 + points.length, 8);
  const part = (type, bytes) => {
    const start = Buffer.alloc(8);
    start.writeUInt32LE(bytes.length);
    start.write(type, 4, "latin1");
    return Buffer.concat([start, bytes]);
  };
  return Buffer.concat([head, part("JSON", json), part("BIN\0", points)]);
}

// scripts/src/sandbox/apidot.ts
var PROVIDER3 = "apidot";
var SENT_AGAIN_AFTER = 30 * 6e4;
var WORDS = {
  SUBMITTED: "not_started",
  QUEUED: "queued",
  PROGRESS: "running",
  COMPLETED: "finished",
  FAILED: "failed",
  CANCEL: "failed"
};
var PROGRESS = { SUBMITTED: 0, PROGRESS: 50, COMPLETED: 100 };
function createApidot(surroundings) {
  const { files, now } = surroundings;
  const accounts = new Accounts(surroundings, PROVIDER3);
  let known;
  const routes = [
    ["POST", "submit", submit],
    ["GET", "status/*", status],
    ["GET", "detail/music", (call, owner) => musicDetail(call, owner, call.query.get("task_id") ?? "")]
  ];
  const handle = async (call) => answered(routes, call, callerOf2(call), refuseCall);
  async function submit(call, owner) {
    known ??= knownModels();
    const { model, kept, callbackUrl, scenarios } = await readRequest2(call, await known);
    const refused = accounts.refused(scenarios, `${owner} ${kept.fingerprint}`, AS_ASKED2);
    if (refused !== null) return refused;
    if (accounts.balanceOf(owner, scenarios) < UNKNOWN_PRICE) {
      return refusal(402, "insufficient_credits", "Insufficient credits: the balance cannot cover the task.");
    }
    const of = { owner, model, kept, scenarios };
    const task = { ...of, id: randomId(), idempotencyKey: null, credits: UNKNOWN_PRICE };
    const webhook = callbackUrl === null ? null : { address: callbackUrl, notices: noticesFrom(call.origin) };
    return accounts.submit(
      task,
      webhook,
      (record) => ok2({ task_id: record.id, status: "not_started", created_time: timeOf(record) })
    );
  }
  const taskOf = (owner, id) => accounts.taskOf(owner, id, refusal(404, "not_found", "Task not found."));
  function status(call, owner, id) {
    const record = taskOf(owner, id);
    return accounts.isFlaky(record) ? refusal(503, "server_error", "Service unavailable, as [sandbox:flaky] asks for.") : ok2(dataOf(record, stateAt(record, now()), call.origin));
  }
  function dataOf(record, state, origin) {
    const data = { task_id: record.id, status: WORDS[state] };
    const isWebsiteForm = record.scenarios.includes("files");
    if (state === "COMPLETED" && !record.scenarios.includes("no-files")) {
      const found = filesOf(record, origin);
      if (isWebsiteForm) data.files = found;
      else data.output = { files: found };
    }
    if (isWebsiteForm) Object.assign(data, ageOf(record, state));
    data.error_message = state === "FAILED" ? "The generation failed, as [sandbox:fail] asks for." : null;
    return data;
  }
  function filesOf(record, origin) {
    const urls = urlsOf(record, origin);
    const shown2 = mediumOf(record).fileType === "audio" ? 1 : urls.length;
    return urls.slice(0, shown2).map((file_url, at) => ({ file_url, file_type: mediaOf(record)[at].fileType }));
  }
  function urlsOf(record, origin) {
    const dead = record.scenarios.includes("expired-link") && !files.wasTried(record);
    return mediaOf(record).map((_, at) => files.urlOf(record, origin, dead, at + 1));
  }
  function musicDetail(call, owner, id) {
    const record = taskOf(owner, id);
    if (mediumOf(record).fileType !== "audio") return refusal(404, "not_found", "This is no music task.");
    const state = stateAt(record, now());
    const data = { task_id: id, status: WORDS[state] };
    if (state === "COMPLETED") {
      const [audio_url, image_url] = urlsOf(record, call.origin);
      const piece = { audio_id: `${id}-1`, title: "A tone", duration: TONE_SECONDS };
      data.files = [{ ...piece, audio_url, image_url }];
    }
    Object.assign(data, ageOf(record, state));
    data.error_message = state === "FAILED" ? "The generation failed, as [sandbox:fail] asks for." : null;
    return ok2(data);
  }
  function noticesFrom(origin) {
    return {
      body: (record, state) => {
        if (state !== "COMPLETED" && state !== "FAILED") return null;
        const { output, files: found, ...data } = dataOf(record, state, origin);
        const shown2 = found ?? (isObject3(output) ? output.files : void 0);
        return { code: 200, data: compact({ ...data, files: shown2 }) };
      },
      repeats: [DUPLICATE_AFTER, SENT_AGAIN_AFTER]
    };
  }
  return { prefix: ["api", "generate"], handle };
}
async function knownModels() {
  const root = skillFolder();
  return /* @__PURE__ */ new Set([...await listModels2(PROVIDER3, root), ...await idsWithoutContract(root, PROVIDER3)]);
}
function readRequest2(call, known) {
  return fromBody(call, invalid2, ({ model, input, callback_url: callbackUrl = null }) => {
    if (typeof model !== "string" || !/^[\w./-]{1,100}$/.test(model))
      refuse("model: expected the id of a model.");
    if (!isObject3(input)) refuse("input: expected an object with the model's fields.");
    if (!known.has(model)) refuse(`model: there is no model ${model}.`);
    if (callbackUrl !== null && !isWebAddress(callbackUrl))
      refuse("callback_url: expected an http or https URL.");
    const { scenarios, complaint } = readMarks(input, PROVIDER3);
    if (complaint) refuse(`input: ${complaint}`);
    const refused = refusalInSamples(model, input);
    if (refused !== null) refuse(refused);
    return { model, kept: keepInput(model, input), callbackUrl, scenarios };
  });
}
var isWebAddress = (value) => typeof value === "string" && /^https?:/i.test(value) && urlOf2(value) !== void 0;
function callerOf2({ headers: { authorization } }) {
  const owner = ownerOf(/^Bearer (\S+)$/.exec(authorization ?? "")?.[1]);
  if (owner !== null) return owner;
  throw new Refusal(refusal(401, "authentication_error", "Unauthorized - Invalid API key"));
}
function refuseCall(allowed) {
  if (allowed === null) return refusal(404, "not_found", "Not found.");
  const reply = refusal(405, "invalid_request_error", `Method not allowed. Use ${allowed}.`);
  return { ...reply, headers: { allow: allowed } };
}
function ok2(data) {
  return { status: 200, body: { code: 200, data } };
}
function refusal(code, type, message) {
  return { status: code, body: { code, error: { message, type } } };
}
function invalid2(message) {
  return refusal(400, "invalid_request_error", message.slice(0, 2e3));
}
function ageOf(record, state) {
  const progress = PROGRESS[state];
  return compact({ created_time: timeOf(record), progress });
}
function refuse(message) {
  throw new Refusal(invalid2(message));
}
function timeOf({ createdAt }) {
  return new Date(createdAt).toISOString().slice(0, 19);
}
var REFUSED = "The request was refused, as";
var AS_ASKED2 = {
  "rate-limit": refusal(429, "rate_limited", "Too many requests, as [sandbox:rate-limit] asks for."),
  "server-error": refusal(500, "server_error", "Internal error, as [sandbox:server-error] asks for."),
  reject: invalid2(`${REFUSED} [sandbox:reject] asks for.`),
  "http200-failure": { ...invalid2(`${REFUSED} [sandbox:http200-failure] asks for.`), status: 200 }
};

// scripts/src/sandbox/files.ts
var FILE_NAME = /^(ck[0-9a-z]{23})(?:-(\d{1,2}))?(-old)?\.([a-z0-9]{3})$/;
function createFiles(store, now) {
  const cutOnce = /* @__PURE__ */ new Set();
  const tried = /* @__PURE__ */ new Set();
  return {
    urlOf(record, origin, dead = false, number = 1) {
      const { ext } = mediaOf(record)[number - 1];
      return `${origin}/files/${record.id}${number > 1 ? `-${number}` : ""}${dead ? "-old" : ""}.${ext}`;
    },
    wasTried: ({ id }) => tried.has(id),
    async serve(request, response, folder, name) {
      if (request.method !== "GET" && request.method !== "HEAD")
        return send(response, wrongMethod("GET", "HEAD"));
      if (folder === "storage") {
        return send(response, failure(404, "The sandbox keeps no input images, only their hashes."));
      }
      const [, id, nth = "1", old, ext] = FILE_NAME.exec(name) ?? [];
      const record = id === void 0 ? null : store.get(id);
      const medium = record && mediaOf(record)[Number(nth) - 1];
      if (!medium || medium.ext !== ext || !hasFile(record, now())) {
        return send(response, failure(404, "There is no such file, or it has expired."));
      }
      if (old) {
        tried.add(record.id);
        return send(response, failure(410, "This link has expired. Ask for the task again."));
      }
      const { bytes, hash } = await contentOf(medium, Number(nth));
      const etag = `"${hash}-${record.id}"`;
      const range = rangeOf(request, etag, bytes.length);
      const headers = { "accept-ranges": "bytes", etag, "content-type": medium.contentType };
      if (range === "unsatisfiable") {
        const none = { "content-range": `bytes */${bytes.length}`, "content-length": 0 };
        response.writeHead(416, { ...headers, ...none }).end();
        return;
      }
      const part = bytes.subarray(range?.from ?? 0, range ? range.to + 1 : bytes.length);
      response.writeHead(range ? 206 : 200, {
        ...headers,
        "content-length": part.length,
        ...range ? { "content-range": `bytes ${range.from}-${range.to}/${bytes.length}` } : {}
      });
      const isCut = request.method === "GET" && record.scenarios.includes("cut-download");
      if (isCut && !cutOnce.has(name)) {
        cutOnce.add(name);
        response.write(part.subarray(0, Math.floor(part.length / 2)), () => response.socket?.destroySoon());
        return;
      }
      response.end(part);
    }
  };
}
function rangeOf(request, etag, length) {
  const condition = request.headers["if-range"];
  if (condition !== void 0 && condition !== etag) return null;
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.range ?? "") ?? [];
  if (first === void 0 || last === void 0 || first === "" && last === "") return null;
  if (first === "") {
    const size = Math.min(Number(last), length);
    return size === 0 ? "unsatisfiable" : { from: length - size, to: length - 1 };
  }
  const from = Number(first);
  const to = last === "" ? length - 1 : Math.min(Number(last), length - 1);
  if (last !== "" && Number(last) < from) return null;
  return from >= length ? "unsatisfiable" : { from, to };
}

// scripts/src/sandbox/first-times.ts
const { createHash: createHash3 } = require("node:crypto");
const { readdirSync, statSync } = require("node:fs");
const { join: join2 } = require("node:path");
import { createAtOnce, discard } from "./journal.mjs";
var LASTS_MS = 36e5;
var MARK = /^[0-9a-f]{32}\.once/;
var FirstTimes = class {
  #folder;
  #seen = /* @__PURE__ */ new Set();
  /** @param folder one that exists @param now the wall clock in milliseconds */
  constructor(folder, now) {
    this.#folder = folder;
    if (folder !== null) sweep(folder, now);
  }
  /**
   * Returns true the first time and false the second time. Then it starts anew, so that the same prompt can be used in
   * another sandbox run.
   */
  isFirst(mark) {
    const name = createHash3("sha256").update(mark).digest("hex").slice(0, 32);
    if (this.#seen.delete(name)) return false;
    if (this.#folder !== null) {
      const file = join2(this.#folder, `${name}.once`);
      try {
        if (createAtOnce(file, "")) return true;
        discard(file);
        return false;
      } catch {
      }
    }
    this.#seen.add(name);
    return true;
  }
};
function sweep(folder, now) {
  for (const name of namesIn(folder)) {
    const file = join2(folder, name);
    if (!MARK.test(name)) continue;
    if (now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now) > LASTS_MS) discard(file);
  }
}
function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

// scripts/src/sandbox/server.ts
const { createServer } = require("node:http");

// scripts/src/sandbox/store.ts
const { accessSync, constants, readdirSync: readdirSync2, readFileSync, statSync: statSync2 } = require("node:fs");
const { join: join3 } = require("node:path");
import { createAtOnce as createAtOnce2, discard as discard2, diskError, replaceAtOnce, TEMP } from "./journal.mjs";
import { makeFolder } from "./main.mjs";

// scripts/src/sandbox/task-record.ts
import { isObject as isObject4 } from "./main.mjs";
function isRecord(value) {
  if (!isObject4(value)) return false;
  const { scenarios, credits, speed } = value;
  return ["id", "service", "owner", "model", "fingerprint"].every((field) => typeof value[field] === "string") && ["createdAt", "sequence"].every((field) => Number.isFinite(value[field])) && Number.isSafeInteger(credits) && credits >= 0 && Number.isFinite(speed) && speed > 0 && isObject4(value.input) && Array.isArray(scenarios) && scenarios.every(isScenario) && (value.idempotencyKey === null || typeof value.idempotencyKey === "string") && (value.cancelledAt === null || Number.isFinite(value.cancelledAt));
}

// scripts/src/sandbox/store.ts
var RECORD_FILE = /^(ck[0-9a-z]{23})\.json$/;
var TEMPORARY_LASTS_MS = 36e5;
function openStore(folder, now) {
  const memory = /* @__PURE__ */ new Map();
  let warning = null;
  let place = folder;
  if (place !== null) {
    try {
      makeFolder(place, 448);
      accessSync(place, constants.W_OK);
      sweep2(place, now());
    } catch (error) {
      warning = `The sandbox cannot keep its tasks in ${place} (${reason(error)}): they end with this process.`;
      place = null;
    }
  }
  function get(id) {
    const file = fileOf(place, id);
    const record = memory.get(id) ?? (file === null ? null : readRecord(file, id));
    if (record === null || !isForgotten(record, now())) return record;
    memory.delete(id);
    if (file !== null) discard2(file);
    return null;
  }
  function keep(record, write) {
    const file = memory.has(record.id) ? null : fileOf(place, record.id);
    try {
      if (file !== null) return write(file, JSON.stringify(record));
    } catch (error) {
      warning = `The sandbox cannot write to ${place} (${reason(error)}): some tasks end with this process.`;
    }
    memory.set(record.id, record);
    return record;
  }
  function replace(record) {
    return keep(record, (file, text) => {
      replaceAtOnce(file, text);
      return record;
    });
  }
  return {
    get warning() {
      return warning;
    },
    insert(record) {
      const earlier = get(record.id);
      if (earlier !== null) return earlier;
      return keep(
        record,
        (file, text) => createAtOnce2(file, text) ? record : get(record.id) ?? replace(record)
      );
    },
    replace,
    get,
    all() {
      const stored = (place === null ? [] : list(place)).flatMap((name) => RECORD_FILE.exec(name)?.[1] ?? []);
      const records = [.../* @__PURE__ */ new Set([...memory.keys(), ...stored])].map(get).filter((record) => record !== null);
      return records.sort((a, b) => b.createdAt - a.createdAt || b.sequence - a.sequence);
    }
  };
}
function fileOf(folder, id) {
  return folder !== null && RECORD_FILE.test(`${id}.json`) ? join3(folder, `${id}.json`) : null;
}
function sweep2(folder, now) {
  for (const name of list(folder)) {
    const file = join3(folder, name);
    const id = RECORD_FILE.exec(name)?.[1];
    const record = id === void 0 ? null : readRecord(file, id);
    const isLeft = /^ck[0-9a-z]{23}\./.test(name) && name.endsWith(TEMP);
    const touched = isLeft ? statSync2(file, { throwIfNoEntry: false })?.mtimeMs ?? now : now;
    if (record && isForgotten(record, now) || now - touched > TEMPORARY_LASTS_MS) discard2(file);
  }
}
function list(folder) {
  try {
    return readdirSync2(folder);
  } catch {
    return [];
  }
}
function readRecord(file, id) {
  try {
    const value = JSON.parse(readFileSync(file, "utf8"));
    return isRecord(value) && value.id === id ? value : null;
  } catch {
    return null;
  }
}
var reason = (error) => diskError(error) || String(error);

// scripts/src/sandbox/server.ts
var HOST = "127.0.0.1";
var KEEP_ALIVE_MS = 75e3;
async function startSandbox(options) {
  const { folder, port = 0, speed = DEFAULT_SPEED, now = Date.now, log = () => {
  } } = options;
  if (!(speed > 0 && speed <= 1e9))
    throw new RangeError(`speed must be above 0 and at most 1e9, not ${speed}`);
  const store = openStore(folder, now);
  const files = createFiles(store, now);
  const webhooks = createWebhooks(now, log);
  const firstTimes = new FirstTimes(store.warning === null ? folder : null, now());
  const surroundings = { store, files, webhooks, firstTimes, now, speed };
  const services = [createAivideomaker(surroundings), createApidot(surroundings)];
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    response.on("close", () => log(`${request.method} ${shown(request.url)} ${statusShown(response)}`));
    answer(request, response).catch((error) => {
      if (request.destroyed && !request.complete) return;
      log(`error: ${error instanceof Error ? error.message : error}`);
      if (response.headersSent) response.destroy();
      else send(response, failure(500, "The sandbox met an error of its own."));
    });
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });
  const origin = `http://${HOST}:${server.address().port}`;
  async function answer(request, response) {
    const path = pathOf(request.url ?? "/");
    if (path?.length === 2 && (path[0] === "files" || path[0] === "storage")) {
      return files.serve(request, response, path[0], path[1]);
    }
    const service = path && services.find(({ prefix }) => prefix.every((part, at) => part === path[at]));
    if (!path || !service) return send(response, failure(404, "Not found."));
    send(response, await replyOf(service, path, request));
  }
  async function replyOf(service, path, request) {
    try {
      return await service.handle({
        method: request.method ?? "",
        path: path.slice(service.prefix.length),
        query: new URLSearchParams(request.url?.split("?", 2)[1]),
        headers: request.headers,
        origin: originOf(request.headers, origin),
        address: request.socket.remoteAddress ?? "",
        body: () => readBody(request)
      });
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  }
  let closed;
  return {
    origin,
    get warning() {
      return store.warning;
    },
    close() {
      closed ??= new Promise((resolve) => {
        webhooks.close();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    }
  };
}
function shown(target = "") {
  return target.split("?", 1)[0].replace(/[^\x21-\x7e]/g, "?").slice(0, 200);
}
function statusShown(response) {
  return response.writableFinished ? String(response.statusCode) : "cut";
}
export {
  Accounts,
  DEFAULT_SPEED,
  DUPLICATE_AFTER,
  FirstTimes,
  Refusal,
  SCENARIOS,
  TONE_SECONDS,
  UNKNOWN_PRICE,
  answered,
  callerOf,
  changesOf,
  chargeFor,
  contentOf,
  createAivideomaker,
  createApidot,
  createFiles,
  createWebhooks,
  currentChange,
  failure,
  fromBody,
  hasFile,
  idFrom,
  idempotencyKeyOf,
  isFinal,
  isForgotten,
  isRecord,
  isScenario,
  keepInput,
  maxCreditsOf,
  mediaOf,
  mediumOf,
  openStore,
  originOf,
  ownerOf,
  pathOf,
  randomId,
  readBody,
  readMarks,
  readRequest,
  refundOf,
  refusalInSamples,
  send,
  showInput,
  startSandbox,
  stateAt,
  wrongMethod
};
