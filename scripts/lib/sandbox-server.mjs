// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/sandbox/accounts.ts
const { randomUUID } = require("node:crypto");
import { sha256Text } from "./journal.mjs";

// scripts/src/sandbox/exchange.ts
import { compact, isObject } from "./main.mjs";
var Refusal = class extends Error {
  reply;
  constructor(reply) {
    super("refused");
    this.reply = reply;
  }
};
async function fromBody(call, invalid3, read) {
  const text2 = (await call.body()).toString();
  let body;
  try {
    body = JSON.parse(text2);
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
function failure(status, message, errorCode) {
  return { status, body: compact({ status: "FAILED", errorCode, message }) };
}
function wrongMethod(...allowed) {
  const reply = failure(405, `Method not allowed. Use ${allowed.join(" or ")}.`);
  return { ...reply, headers: { allow: allowed.join(", ") } };
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
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= BODY_LIMIT) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > BODY_LIMIT)
    throw new Refusal(failure(413, `The request body is larger than ${BODY_LIMIT} bytes.`));
  return Buffer.concat(chunks);
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
  const has = (name) => record.scenarios.includes(name);
  const [starts, ends] = has("slow") ? [SLOW_STARTS_AFTER, SLOW_ENDS_AFTER] : [STARTS_AFTER, ENDS_AFTER];
  if (has("odd-state")) changes.push({ at: after(record, starts), state: "QUEUED" });
  const began = starts + (has("odd-state") ? ODD_STATE_LASTS : 0);
  changes.push({ at: after(record, began), state: "PROGRESS" });
  if (has("never")) return changes;
  return [...changes, { at: after(record, ends), state: has("fail") ? "FAILED" : "COMPLETED" }];
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
function accountsOf({ store, webhooks, now, speed }, service, replies) {
  const answered2 = /* @__PURE__ */ new Set();
  let sequence = 0;
  function tasksOf(owner) {
    return store.all().filter((record) => record.service === service && record.owner === owner);
  }
  function taskOf(owner, id) {
    const record = store.get(id);
    if (record?.owner === owner && record.service === service) return record;
    throw new Refusal(replies.noTask);
  }
  return {
    tasksOf,
    taskOf,
    /** Returns the task of a status query. @throws Refusal for [sandbox:flaky] at every second one */
    polled(owner, id) {
      const record = taskOf(owner, id);
      if (answered2.delete(id)) throw new Refusal(replies.flaky);
      if (record.scenarios.includes("flaky")) answered2.add(id);
      return record;
    },
    /**
     * Makes a task, unless its id has one.
     * @param address where its changes are announced, as `notices` says; null: nowhere
     */
    submit(task, address, notices, answer) {
      const record = { ...task, service, createdAt: now(), sequence, speed, cancelledAt: null };
      sequence += 1;
      const stored = store.insert(record);
      if (stored !== record) return answer(stored, true);
      if (address !== null) webhooks.watch(record, address, notices);
      return task.scenarios.includes("lost-answer") ? "cut" : answer(record, false);
    },
    /** @throws Refusal for a scenario that happens in place of a task. @param generation who asks for what */
    checkScenarios(scenarios, generation) {
      const isFirst = (name) => scenarios.includes(name) && store.isFirst(`${service} ${name} ${generation}`);
      if (isFirst("rate-limit")) throw new Refusal(replies["rate-limit"]);
      if (isFirst("not-delivered")) throw new Refusal("cut");
      if (isFirst("server-error")) throw new Refusal(replies["server-error"]);
      for (const name of ["reject", "http200-failure"])
        if (scenarios.includes(name)) throw new Refusal(replies[name]);
    },
    /** The first balance minus the price of each task that did not fail and was not cancelled. */
    balanceOf(owner, scenarios = []) {
      if (scenarios.includes("no-credits")) return 0;
      const time = now();
      const spent = tasksOf(owner).reduce((sum, task) => sum + task.credits - refundOf(task, time), 0);
      return Math.max(0, FIRST_BALANCE - spent);
    }
  };
}
function taskId(text2 = randomUUID()) {
  return `ck${BigInt(`0x${sha256Text(text2)}`).toString(36).padStart(23, "0").slice(-23)}`;
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
var SCENARIOS = Object.keys(EFFECTS);
var APIDOT_ONLY = ["files", "no-files"];
var MARKER = /\[\s*sandbox(\s*:\s*|\s+)([^\]\s]{0,60})\s*\]?/gi;
function readMarks(payload, service) {
  const known = SCENARIOS.filter((name) => service === "apidot" || !APIDOT_ONLY.includes(name));
  const scenarios = /* @__PURE__ */ new Set();
  let complaint = null;
  for (const text2 of textsOf(payload)) {
    for (const [found, between = "", raw = ""] of text2.matchAll(MARKER)) {
      const name = raw.toLowerCase();
      const scenario = known.find((one) => one === name);
      const isExact = found.toLowerCase() === `[sandbox:${name}]`;
      if (scenario && isExact) scenarios.add(scenario);
      else if (scenario || between.includes(":"))
        complaint ??= `the sandbox knows no marker ${found.trim()}; it knows ${known.map((one) => `[sandbox:${one}]`).join(" ")}`;
    }
  }
  return { scenarios: [...scenarios], complaint };
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
  const unsupported = failure(400, `Unsupported model: ${model.slice(0, 100)}`, "INVALID_MODEL");
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
  return failure(400, message.slice(0, 2e3), "INVALID_PAYLOAD");
}
function headerOf(call, name, form, expected) {
  const value = call.headers[name.toLowerCase()];
  if (value === void 0) return null;
  if (typeof value === "string" && form.test(value)) return value;
  throw new Refusal(invalid(`${name}: expected ${expected}`));
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
function keepInput(model, payload) {
  const input = mapped(payload, (value) => {
    if (typeof value !== "string") return void 0;
    if (/^data:/i.test(value)) return { stored: storageName(value) };
    return value.length > LONGEST_TEXT ? { cut: value.slice(0, LONGEST_TEXT), hash: jsonHash(value) } : value;
  });
  return { model, input, fingerprint: jsonHash([model, input]) };
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
  const [, kind = "bin"] = /^data:image\/(png|jpeg|webp|gif)[;,]/i.exec(dataUri) ?? [];
  return `${jsonHash(dataUri).slice(0, 32)}.${kind.toLowerCase().replace("jpeg", "jpg")}`;
}

// scripts/src/sandbox/webhooks.ts
const { once } = require("node:events");
const { request: httpRequest } = require("node:http");
const { request: httpsRequest } = require("node:https");
const { setTimeout } = require("node:timers/promises");
import { LONGEST_TIMER_MS } from "./main.mjs";
import { urlOf } from "./main.mjs";
var LOOPBACK = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;
var ANSWER_WITHIN_MS = 5e3;
var DUPLICATE_AFTER = 15e3;
function openWebhooks(now, log) {
  const watches = /* @__PURE__ */ new Map();
  const closing = new AbortController();
  function start(record, url, notices) {
    const watch = { url, notices, stop: new AbortController() };
    watches.set(record.id, watch);
    void announce(record, watch);
  }
  async function announce(record, { url, notices, stop }) {
    const signal = AbortSignal.any([closing.signal, stop.signal]);
    const due = changesOf(record).slice(1).flatMap(
      ({ at, state }) => [0, ...isFinal(state) ? notices.repeats : []].map((after2) => ({
        at: at + after2 / record.speed,
        state
      }))
    );
    try {
      for (const { at, state } of due) {
        for (let ms = at - now(); ms > 0; ms = at - now())
          await setTimeout(Math.min(ms, LONGEST_TIMER_MS), void 0, { signal, ref: false });
        const body = notices.body(record, state);
        if (body === null) continue;
        const result = await post(url, JSON.stringify(body), signal);
        signal.throwIfAborted();
        log(`webhook ${state} of ${record.id}: ${result}`);
      }
      watches.delete(record.id);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  return {
    /** Sends each later change of a task's state to an address, while this process lives. */
    watch(record, address, notices) {
      const url = urlOf(address);
      if (url && /^https?:$/.test(url.protocol) && LOOPBACK.test(url.hostname)) start(record, url, notices);
      else log("webhook not sent: the sandbox only calls http(s) addresses on loopback");
    },
    /** Replaces the planned webhooks of a task by those of its changed record. */
    changed(record) {
      const watch = watches.get(record.id);
      if (watch === void 0) return;
      watch.stop.abort();
      start(record, watch.url, watch.notices);
    },
    close() {
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
var PREFIX = ["api", "v1"];
var ALLOWED = 60;
var WINDOW_MS = 6e4;
var LISTED = ["t2v", "i2v", "minimax", "t2v_v3", "i2v_v3", "seedance20", "wan27", "happyhorse"];
var KNOWN = /* @__PURE__ */ new Set([...LISTED, "lv"]);
var NOTICES = {
  body: ({ id }, status) => ({ taskId: id, status }),
  repeats: [DUPLICATE_AFTER]
};
var CONFLICT = failure(
  409,
  "This Idempotency-Key was used before with other data.",
  "IDEMPOTENCY_CONFLICT"
);
var REPLIES = {
  wrongKey: failure(401, "Invalid API key. Please check your API key.", "AUTH_FAILED"),
  noRoute: failure(404, "Not found."),
  wrongMethod,
  noTask: failure(404, "Task not found."),
  flaky: failure(503, "Service unavailable, as [sandbox:flaky] asks for."),
  "rate-limit": tooMany("Too many generation requests, as [sandbox:rate-limit] asks for.", 1),
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
  const accounts = accountsOf(surroundings, PROVIDER, REPLIES);
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
  function query(answer) {
    return (call, owner, part) => {
      const retryAfter = refuse2(call.address);
      if (retryAfter === null) return answer(call, owner, part);
      return tooMany("Too many task queries from this address: 60 a minute are allowed.", retryAfter);
    };
  }
  async function account(_, owner) {
    const added = (await listModels(PROVIDER)).filter((model) => !KNOWN.has(model));
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
    const record = accounts.taskOf(owner, id);
    const body = taskBody(call, record);
    if (stateAt(record, now()) === "COMPLETED") shownDead.add(id);
    return ok(body);
  }
  function status(_, owner, id) {
    return ok({ status: stateAt(accounts.polled(owner, id), now()) });
  }
  function cancel(_, owner, id) {
    const record = accounts.taskOf(owner, id);
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
    const idempotencyKey = headerOf(call, "Idempotency-Key", /^.{8,128}$/, "8 to 128 characters");
    const limit = headerOf(call, "X-Max-Credits", /^\d{1,15}$/, "an integer of 0 or more");
    const { contract, payload, scenarios } = await readRequest(call, model);
    const kept = keepInput(model, payload);
    const answer = (record, isReplay) => record.fingerprint === kept.fingerprint ? created(call, record, isReplay) : CONFLICT;
    const id = idempotencyKey === null ? taskId() : taskId(`${PROVIDER}
${owner}
${idempotencyKey}`);
    const earlier = store.get(id);
    if (earlier !== null) return answer(earlier, true);
    accounts.checkScenarios(scenarios, `${owner} ${idempotencyKey ?? kept.fingerprint}`);
    const credits = chargeFor(model, contract, payload);
    if (limit !== null && credits > Number(limit)) {
      const message = `The quote of ${credits} credits is above X-Max-Credits: ${Number(limit)}.`;
      return failure(422, message, "BUDGET_EXCEEDED");
    }
    const balance = accounts.balanceOf(owner, scenarios);
    if (credits > balance) {
      const message = `Insufficient credits: ${credits} needed, ${balance} left.`;
      return failure(402, message, "INSUFFICIENT_CREDITS");
    }
    const address = call.headers.webhookurl?.toString() || null;
    return accounts.submit(
      { ...kept, id, owner, idempotencyKey, credits, scenarios },
      address,
      NOTICES,
      answer
    );
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
  const keyOf = ({ key }) => typeof key === "string" ? key : void 0;
  return { prefix: PREFIX, routes, keyOf, replies: REPLIES };
}
function tooMany(message, retryAfter) {
  return { ...failure(429, message, "RATE_LIMITED"), headers: { "retry-after": String(retryAfter) } };
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
import { isPresent } from "./contracts.mjs";
var REFERENCES = ["reference_image_urls", "reference_video_urls", "reference_audio_urls"];
var SAMPLES = [
  {
    // Docs page of seedance-2, 2026-04-22.
    models: ["seedance-2", "seedance-2-fast"],
    isRefused: (input) => isPresent(input, "image_urls") && REFERENCES.some((name) => isPresent(input, name)),
    message: "image_urls and reference_*_urls cannot be used together"
  },
  {
    // Docs page of veo-3-1, 2026-04-23.
    models: ["veo3.1-lite"],
    isRefused: (input) => isPresent(input, "image_urls"),
    message: "veo3.1-lite does not support image_urls"
  },
  {
    // Docs page of gpt-image-2, 2026-04-23.
    models: ["gpt-image-2-edit"],
    isRefused: (input) => !isPresent(input, "image_urls"),
    message: "image_urls is required for gpt-image-2-edit"
  },
  {
    // Docs page of minimax-music-2-6, 2026-04-24.
    models: ["minimax-music-2.6"],
    isRefused: (input) => input.lyrics_optimizer !== true && input.is_instrumental !== true && !isPresent(input, "lyrics"),
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

// scripts/src/sandbox/apidot.ts
import { listModels as listModels2 } from "./contracts.mjs";
import { idsWithoutContract } from "./models.mjs";
import { compact as compact2, isObject as isObject3 } from "./main.mjs";
import { skillFolder } from "./main.mjs";
import { urlOf as urlOf2 } from "./main.mjs";

// scripts/src/sandbox/media.ts
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
async function contentOf({ ext }, number) {
  if (ext === "png") return picture(number);
  if (ext === "wav") return tone();
  if (ext === "glb") return triangle();
  return readFile(clipPath());
}
function clipPath() {
  const here = dirname(fileURLToPath(import.meta.url));
  return join(here, ...basename(here) === "lib" ? [] : ["..", "..", "lib"], "sandbox-clip.mp4");
}
var text = (ascii) => Buffer.from(ascii, "latin1");
var littleEndian = (bytes, ...values) => {
  const buffer = Buffer.alloc(bytes * values.length);
  for (const [at, value] of values.entries()) buffer.writeUIntLE(value, at * bytes, bytes);
  return buffer;
};
function picture(number) {
  const side = 256;
  const width = 1 + side * 3;
  const rows = Buffer.alloc(side * width);
  for (let y = 0; y < side; y += 1) {
    rows.set([1, 0, y, number * 83 % 256], y * width);
    for (let x = 1; x < side; x += 1) rows[y * width + 1 + x * 3] = 1;
  }
  const head = Buffer.concat([bigEndian(side), bigEndian(side), Buffer.from([8, 2, 0, 0, 0])]);
  return Buffer.concat([
    text("\x89PNG\r\n\n"),
    pngChunk("IHDR", head),
    pngChunk("IDAT", deflateSync(rows)),
    pngChunk("IEND", Buffer.alloc(0))
  ]);
}
var bigEndian = (value) => littleEndian(4, value).reverse();
function pngChunk(type, data) {
  const named = Buffer.concat([text(type), data]);
  return Buffer.concat([bigEndian(data.length), named, bigEndian(crc32(named))]);
}
var TONE_SECONDS = 2;
function tone() {
  const rate = 11025;
  const samples = Buffer.alloc(rate * TONE_SECONDS * 2);
  for (let at = 0; at < samples.length; at += 2)
    samples.writeInt16LE(Math.round(12e3 * Math.sin(Math.PI * 440 * at / rate)), at);
  return Buffer.concat([
    ...[text("RIFF"), littleEndian(4, 36 + samples.length), text("WAVEfmt "), littleEndian(4, 16)],
    ...[littleEndian(2, 1, 1), littleEndian(4, rate, rate * 2), littleEndian(2, 2, 16)],
    ...[text("data"), littleEndian(4, samples.length), samples]
  ]);
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
  const part = (type, bytes) => [littleEndian(4, bytes.length), text(type), bytes];
  const json = text(scene.padEnd(Math.ceil(scene.length / 4) * 4));
  const parts = Buffer.concat([...part("JSON", json), ...part("BIN\0", points)]);
  return Buffer.concat([text("glTF"), littleEndian(4, 2, 12 + parts.length), parts]);
}

// scripts/src/sandbox/apidot.ts
var PROVIDER2 = "apidot";
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
  const accounts = accountsOf(surroundings, PROVIDER2, REPLIES2);
  let known;
  const routes = [
    ["POST", "submit", submit],
    ["GET", "status/*", status],
    ["GET", "detail/music", (call, owner) => musicDetail(call, owner, call.query.get("task_id") ?? "")]
  ];
  async function submit(call, owner) {
    known ??= knownModels();
    const { kept, callbackUrl, scenarios } = await readRequest2(call, await known);
    accounts.checkScenarios(scenarios, `${owner} ${kept.fingerprint}`);
    if (accounts.balanceOf(owner, scenarios) < UNKNOWN_PRICE) {
      return refusal(402, "insufficient_credits", "Insufficient credits: the balance cannot cover the task.");
    }
    const task = { ...kept, id: taskId(), owner, idempotencyKey: null, credits: UNKNOWN_PRICE, scenarios };
    return accounts.submit(
      task,
      callbackUrl,
      noticesFrom(call.origin),
      (record) => ok2({ task_id: record.id, status: "not_started", created_time: timeOf(record) })
    );
  }
  function status(call, owner, id) {
    const record = accounts.polled(owner, id);
    return ok2(dataOf(record, stateAt(record, now()), call.origin));
  }
  function dataOf(record, state, origin) {
    const isShown = state === "COMPLETED" && !record.scenarios.includes("no-files");
    const found = isShown ? filesOf2(record, origin) : void 0;
    return record.scenarios.includes("files") ? withAge(record, state, found) : bodyOf(record, state, { output: found && { files: found } });
  }
  function filesOf2(record, origin) {
    const urls = urlsOf(record, origin);
    const shown2 = mediumOf(record).fileType === "audio" ? 1 : urls.length;
    return urls.slice(0, shown2).map((file_url, at) => ({ file_url, file_type: mediaOf(record)[at].fileType }));
  }
  function urlsOf(record, origin) {
    const dead = record.scenarios.includes("expired-link") && !files.wasTried(record);
    return mediaOf(record).map((_, at) => files.urlOf(record, origin, dead, at + 1));
  }
  function musicDetail(call, owner, id) {
    const record = accounts.taskOf(owner, id);
    if (mediumOf(record).fileType !== "audio") return refusal(404, "not_found", "This is no music task.");
    const state = stateAt(record, now());
    if (state !== "COMPLETED") return ok2(withAge(record, state, void 0));
    const [audio_url, image_url] = urlsOf(record, call.origin);
    const piece = { audio_id: `${id}-1`, title: "A tone", duration: TONE_SECONDS };
    return ok2(withAge(record, state, [{ ...piece, audio_url, image_url }]));
  }
  function noticesFrom(origin) {
    return {
      body: (record, state) => {
        if (state !== "COMPLETED" && state !== "FAILED") return null;
        const { output, files: found, ...data } = dataOf(record, state, origin);
        const shown2 = found ?? (isObject3(output) ? output.files : void 0);
        return { code: 200, data: compact2({ ...data, files: shown2 }) };
      },
      repeats: [DUPLICATE_AFTER, SENT_AGAIN_AFTER]
    };
  }
  const keyOf = ({ authorization = "" }) => /^Bearer (\S+)$/.exec(authorization)?.[1];
  return { prefix: ["api", "generate"], routes, keyOf, replies: REPLIES2 };
}
async function knownModels() {
  const root = skillFolder();
  return /* @__PURE__ */ new Set([...await listModels2(PROVIDER2, root), ...await idsWithoutContract(root, PROVIDER2)]);
}
function readRequest2(call, known) {
  return fromBody(call, invalid2, ({ model, input, callback_url: callbackUrl = null }) => {
    if (typeof model !== "string" || !/^[\w./-]{1,100}$/.test(model))
      refuse("model: expected the id of a model.");
    if (!isObject3(input)) refuse("input: expected an object with the model's fields.");
    if (!known.has(model)) refuse(`model: there is no model ${model}.`);
    if (callbackUrl !== null && !isWebAddress(callbackUrl))
      refuse("callback_url: expected an http or https URL.");
    const { scenarios, complaint } = readMarks(input, PROVIDER2);
    if (complaint) refuse(`input: ${complaint}`);
    const refused = refusalInSamples(model, input);
    if (refused !== null) refuse(refused);
    return { kept: keepInput(model, input), callbackUrl, scenarios };
  });
}
var isWebAddress = (value) => typeof value === "string" && /^https?:/i.test(value) && urlOf2(value) !== void 0;
function ok2(data) {
  return { status: 200, body: { code: 200, data } };
}
function refusal(code, type, message) {
  return { status: code, body: { code, error: { message, type } } };
}
function invalid2(message) {
  return refusal(400, "invalid_request_error", message.slice(0, 2e3));
}
function withAge(record, state, files) {
  return bodyOf(record, state, { files, created_time: timeOf(record), progress: PROGRESS[state] });
}
function bodyOf({ id }, state, more) {
  const failed = state === "FAILED" ? "The generation failed, as [sandbox:fail] asks for." : null;
  return compact2({ task_id: id, status: WORDS[state], ...more, error_message: failed });
}
function refuse(message) {
  throw new Refusal(invalid2(message));
}
function timeOf({ createdAt }) {
  return new Date(createdAt).toISOString().slice(0, 19);
}
var REFUSED = "The request was refused, as";
var REPLIES2 = {
  wrongKey: refusal(401, "authentication_error", "Unauthorized - Invalid API key"),
  noRoute: refusal(404, "not_found", "Not found."),
  wrongMethod: (allowed) => ({
    ...refusal(405, "invalid_request_error", `Method not allowed. Use ${allowed}.`),
    headers: { allow: allowed }
  }),
  noTask: refusal(404, "not_found", "Task not found."),
  flaky: refusal(503, "server_error", "Service unavailable, as [sandbox:flaky] asks for."),
  "rate-limit": refusal(429, "rate_limited", "Too many requests, as [sandbox:rate-limit] asks for."),
  "server-error": refusal(500, "server_error", "Internal error, as [sandbox:server-error] asks for."),
  reject: invalid2(`${REFUSED} [sandbox:reject] asks for.`),
  "http200-failure": { ...invalid2(`${REFUSED} [sandbox:http200-failure] asks for.`), status: 200 }
};

// scripts/src/sandbox/files.ts
var FILE_NAME = /^(ck[0-9a-z]{23})(?:-(\d{1,2}))?(-old)?\.([a-z0-9]{3})$/;
function filesOf(store, now) {
  const cutOnce = /* @__PURE__ */ new Set();
  const tried = /* @__PURE__ */ new Set();
  return {
    /** @param dead gives an address that never works. @param number which of its files, counted from 1 */
    urlOf(record, origin, dead = false, number = 1) {
      const { ext } = mediaOf(record)[number - 1];
      return `${origin}/files/${record.id}${number > 1 ? `-${number}` : ""}${dead ? "-old" : ""}.${ext}`;
    },
    wasTried({ id }) {
      return tried.has(id);
    },
    /** Answers `/files/<name>` and `/storage/<name>`; needs no key, as the service's file host needs none. */
    async serve(request, response, folder, name) {
      if (request.method !== "GET" && request.method !== "HEAD")
        return send(response, wrongMethod("GET", "HEAD"));
      if (folder === "storage")
        return send(response, failure(404, "The sandbox keeps no input images, only their hashes."));
      const [, id, nth = "1", old, ext] = FILE_NAME.exec(name) ?? [];
      const record = id === void 0 ? null : store.get(id);
      const medium = record && mediaOf(record)[Number(nth) - 1];
      if (!medium || medium.ext !== ext || !hasFile(record, now()))
        return send(response, failure(404, "There is no such file, or it has expired."));
      if (old) {
        tried.add(record.id);
        return send(response, failure(410, "This link has expired. Ask for the task again."));
      }
      const bytes = await contentOf(medium, Number(nth));
      const etag = `"${record.id}-${nth}"`;
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

// scripts/src/sandbox/server.ts
const { createServer } = require("node:http");
import { SANDBOX_KEY } from "./main.mjs";

// scripts/src/sandbox/service.ts
import { sha256Text as sha256Text2 } from "./journal.mjs";
async function answered({ routes, keyOf, replies }, call) {
  const owner = ownerOf(keyOf(call.headers));
  if (owner === null) return replies.wrongKey;
  const partsOf = (path2) => path2.split("/");
  const fits = ([, path2]) => partsOf(path2).length === call.path.length && partsOf(path2).every((part, at) => part === "*" || part === call.path[at]);
  const route = routes.find(fits);
  if (route === void 0) return replies.noRoute;
  const [method, path, answer] = route;
  if (method !== call.method) return replies.wrongMethod(method);
  try {
    return await answer(call, owner, call.path[partsOf(path).indexOf("*")] ?? "");
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}
function ownerOf(key) {
  if (key === void 0 || key === "" || key.startsWith("ak_invalid")) return null;
  return sha256Text2(key).slice(0, 32);
}

// scripts/src/sandbox/store.ts
const { accessSync, constants, readdirSync, readFileSync, statSync } = require("node:fs");
const { join: join2 } = require("node:path");
import { createAtOnce, discard, diskError, replaceAtOnce } from "./journal.mjs";
import { makeFolder } from "./main.mjs";
import { sha256Text as sha256Text3 } from "./journal.mjs";

// scripts/src/sandbox/task-record.ts
import { z } from "./contracts.mjs";
import { isObject as isObject4 } from "./main.mjs";
var TASK_RECORD = z.object({
  id: z.string(),
  /** The emulated service that made the task. */
  service: z.string(),
  /** Hash of the API key that made it; the key itself is never kept. */
  owner: z.string(),
  model: z.string(),
  /** The request, with images and very long texts replaced (see `input.ts`). */
  input: z.custom(isObject4),
  /** Hash of the whole request, to tell a replay from a conflict: the same for any order of its fields. */
  fingerprint: z.string(),
  idempotencyKey: z.nullable(z.string()),
  credits: z.int().check(z.minimum(0)),
  scenarios: z.array(z.literal(SCENARIOS)),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** Orders tasks of the same process and millisecond. */
  sequence: z.number(),
  /** Simulated seconds per real second, as they were when the task was made. */
  speed: z.number().check(z.positive()),
  cancelledAt: z.nullable(z.number())
});

// scripts/src/sandbox/store.ts
var RECORD_FILE = /^(ck[0-9a-z]{23})\.json$/;
var LEFT_FILE = /^(ck[0-9a-z]{23}\..*\.tmp$|[0-9a-f]{32}\.once)/;
var LEFT_LASTS_MS = 36e5;
function openStore(folder, now) {
  const memory = /* @__PURE__ */ new Map();
  const marks = /* @__PURE__ */ new Set();
  let warning = null;
  let place = folder;
  if (place !== null) {
    try {
      makeFolder(place, 448);
      accessSync(place, constants.W_OK);
      sweep(place, now());
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
    if (file !== null) discard(file);
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
    return keep(record, (file, text2) => {
      replaceAtOnce(file, text2);
      return record;
    });
  }
  return {
    /** Why tasks are not kept beyond this process, or null. */
    get warning() {
      return warning;
    },
    /** Adds a record, unless its id exists. Returns the record that is kept. */
    insert(record) {
      const earlier = get(record.id);
      if (earlier !== null) return earlier;
      return keep(
        record,
        (file, text2) => createAtOnce(file, text2) ? record : get(record.id) ?? replace(record)
      );
    },
    replace,
    get,
    /** True the first time, false the second time; then anew, so that the same prompt can be used in another run. */
    isFirst(mark) {
      const name = sha256Text3(mark).slice(0, 32);
      if (marks.delete(name)) return false;
      try {
        if (place !== null) {
          const file = join2(place, `${name}.once`);
          const isNew = createAtOnce(file, "");
          if (!isNew) discard(file);
          return isNew;
        }
      } catch {
      }
      marks.add(name);
      return true;
    },
    all() {
      const stored = (place === null ? [] : list(place)).flatMap((name) => RECORD_FILE.exec(name)?.[1] ?? []);
      const records = [.../* @__PURE__ */ new Set([...memory.keys(), ...stored])].map(get).filter((record) => record !== null);
      return records.sort((a, b) => b.createdAt - a.createdAt || b.sequence - a.sequence);
    }
  };
}
function fileOf(folder, id) {
  return folder !== null && RECORD_FILE.test(`${id}.json`) ? join2(folder, `${id}.json`) : null;
}
function sweep(folder, now) {
  for (const name of list(folder)) {
    const file = join2(folder, name);
    const id = RECORD_FILE.exec(name)?.[1];
    const record = id === void 0 ? null : readRecord(file, id);
    const isLeft = LEFT_FILE.test(name);
    const touched = isLeft ? statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now : now;
    if (record && isForgotten(record, now) || now - touched > LEFT_LASTS_MS) discard(file);
  }
}
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
function readRecord(file, id) {
  try {
    const { data } = TASK_RECORD.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return data?.id === id ? data : null;
  } catch {
    return null;
  }
}
var reason = (error) => diskError(error) || String(error);

// scripts/src/sandbox/server.ts
var HOST = "127.0.0.1";
var KEEP_ALIVE_MS = 75e3;
async function startSandbox(options = {}) {
  const { folder = null, port = 0, speed = DEFAULT_SPEED, now = Date.now, log = () => {
  } } = options;
  if (!(speed > 0 && speed <= 1e9))
    throw new RangeError(`speed must be above 0 and at most 1e9, not ${speed}`);
  const store = openStore(folder, now);
  const files = filesOf(store, now);
  const webhooks = openWebhooks(now, log);
  const surroundings = { store, files, webhooks, now, speed };
  const services = [createAivideomaker(surroundings), createApidot(surroundings)];
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    response.on("close", () => {
      const status = response.writableFinished ? response.statusCode : "cut";
      log(`${request.method} ${shown(request.url)} ${status}`);
    });
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
    const reply = await answered(service, {
      method: request.method ?? "",
      path: path.slice(service.prefix.length),
      query: new URLSearchParams(request.url?.split("?", 2)[1]),
      headers: request.headers,
      origin: originOf(request.headers, origin),
      address: request.socket.remoteAddress ?? "",
      body: () => readBody(request)
    });
    send(response, reply);
  }
  return {
    origin,
    key: SANDBOX_KEY,
    get warning() {
      return store.warning;
    },
    // Ends everything at once, open connections and pending webhooks included.
    close: () => new Promise((resolve) => {
      webhooks.close();
      server.close(() => resolve());
      server.closeAllConnections();
    })
  };
}
function shown(target = "") {
  return target.split("?", 1)[0].replace(/[^\x21-\x7e]/g, "?").slice(0, 200);
}
export {
  DEFAULT_SPEED,
  DUPLICATE_AFTER,
  EFFECTS,
  PROVIDER,
  Refusal,
  SCENARIOS,
  TASK_RECORD,
  TONE_SECONDS,
  UNKNOWN_PRICE,
  accountsOf,
  answered,
  changesOf,
  chargeFor,
  contentOf,
  createAivideomaker,
  createApidot,
  currentChange,
  failure,
  filesOf,
  fromBody,
  hasFile,
  headerOf,
  isFinal,
  isForgotten,
  keepInput,
  mediaOf,
  mediumOf,
  openStore,
  openWebhooks,
  originOf,
  pathOf,
  readBody,
  readMarks,
  readRequest,
  refundOf,
  refusalInSamples,
  send,
  showInput,
  startSandbox,
  stateAt,
  taskId,
  wrongMethod
};
