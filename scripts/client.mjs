// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/client/create-client.ts
import { PROFILES as PROFILES2 } from "./lib/main.mjs";

// scripts/src/client/callback.ts
import { isExcessive, parseBody } from "./lib/live.mjs";
import { isObject } from "./lib/main.mjs";
import { isTaskId, stateIn } from "./lib/live.mjs";
var MOST_VALUES = 1e4;
function parseCallback({ profile, key }, body) {
  const isBody = typeof body === "string" || body instanceof Uint8Array;
  const bytes = isBody ? Buffer.from(body) : void 0;
  const value = bytes && !isExcessive(bytes, MOST_VALUES) ? parseBody(bytes) : void 0;
  if (!isObject(value)) return {};
  const inner = isObject(value.data) ? value.data : void 0;
  for (const place of inner ? [inner, value] : [value]) {
    const id = [place.task_id, place.taskId, place.id].find((one) => isTaskId(one, key));
    if (id !== void 0) return { taskId: id, ...stateFrom(profile, place.status) };
  }
  return stateFrom(profile, (inner ?? value).status);
}
function stateFrom(profile, word) {
  if (typeof word !== "string") return {};
  const { state } = stateIn(profile.states, word);
  return state === "UNKNOWN" ? {} : { state };
}

// scripts/src/client/options.ts
const path = require("node:path");
import { systemClock } from "./lib/main.mjs";
import { FIRST_POLL_MS, RETRIES, TIMEOUT_MS } from "./lib/main.mjs";
import { Failure } from "./lib/main.mjs";
import { issue, issuesText } from "./lib/main.mjs";
import { ADDRESS_FORM, API_KEY_FORM, isApiKey, serviceAddress } from "./lib/main.mjs";
import { plain } from "./lib/main.mjs";
import { PROFILES } from "./lib/main.mjs";

// scripts/src/client/to-error.ts
import { wholeMessage } from "./lib/main.mjs";
import { redact } from "./lib/main.mjs";

// scripts/src/client/errors.ts
var ClientError = class extends Error {
  /** What failed, as a name that stays. */
  code;
  /** What became of the submit; null where the call was none. */
  outcome;
  /** Seconds after which the call makes sense; null where that is not known. */
  retryAfter;
  /** The task that the error is about; null where none is known. */
  taskId;
  /** The state of the task as last known; null where no task is involved. */
  state;
  /** What is wrong with the input; empty for other errors. */
  issues;
  /** The same call may succeed later. After a submit with `outcome` unknown that call is `reconcile`. */
  transient;
  constructor(code, message, details = {}) {
    super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.outcome = details.outcome ?? null;
    this.retryAfter = details.retryAfter ?? null;
    this.taskId = details.taskId ?? null;
    this.state = details.state ?? null;
    this.issues = details.issues ?? [];
    this.transient = details.transient ?? false;
  }
};
var InvalidRequestError = class extends ClientError {
};
var AuthenticationError = class extends ClientError {
};
var RateLimitError = class extends ClientError {
};
var InsufficientCreditsError = class extends ClientError {
};
var BudgetExceededError = class extends ClientError {
};
var IdempotencyConflictError = class extends ClientError {
};
var TaskNotFoundError = class extends ClientError {
};
var ConnectionError = class extends ClientError {
};
var CancelRejectedError = class extends ClientError {
};
var SubmitUnknownError = class extends ClientError {
};
var DownloadError = class extends ClientError {
};
var AbortedError = class extends ClientError {
};

// scripts/src/client/to-error.ts
var CLASSES = {
  INVALID_MODEL: InvalidRequestError,
  INVALID_PAYLOAD: InvalidRequestError,
  AUTH_FAILED: AuthenticationError,
  RATE_LIMITED: RateLimitError,
  INSUFFICIENT_CREDITS: InsufficientCreditsError,
  BUDGET_EXCEEDED: BudgetExceededError,
  IDEMPOTENCY_CONFLICT: IdempotencyConflictError,
  TASK_NOT_FOUND: TaskNotFoundError,
  NETWORK_ERROR: ConnectionError,
  CANCEL_REJECTED: CancelRejectedError,
  SUBMIT_OUTCOME_UNKNOWN: SubmitUnknownError,
  DOWNLOAD_FAILED: DownloadError
};
function toError(failure, key, more = {}) {
  const { retryAfter, taskId, status, issues = [], transient } = failure.details;
  const clean = (text) => redact(text, [key]);
  const Class = CLASSES[failure.code] ?? ClientError;
  const cause = more.cause ?? networkCause(failure, clean);
  const code = failure.code;
  const said = issues.map((one) => ({ ...one, received: clean(one.received), hint: clean(one.hint) }));
  const details = { retryAfter, taskId, state: status, transient, issues: said, ...more, cause };
  return new Class(code, clean(wholeMessage(failure)), details);
}
function networkCause(failure, clean) {
  let found;
  for (let error = failure.cause, depth = 0; error instanceof Error && depth < 6; depth += 1) {
    if ("code" in error && error.name !== "Failure") found = error;
    error = error.cause;
  }
  if (!found) return void 0;
  const root = new Error(clean(found.message));
  return Object.assign(root, { code: String(found.code) });
}

// scripts/src/client/options.ts
var NUMBERS = {
  timeoutMs: TIMEOUT_MS,
  maxRetries: RETRIES,
  pollIntervalMs: { fallback: FIRST_POLL_MS, min: 10, max: 3e5 }
};
function readOptions(options) {
  const issues = [];
  const { provider, key, baseUrl, proxy = {}, httpClient, contractsFolder, clock = systemClock } = options;
  const profile = PROFILES.find(({ id }) => id === provider);
  if (!profile) {
    const ids = PROFILES.map(({ id }) => id).join(", ");
    issues.push(issue("provider", `one of ${ids}`, shown(provider), "name a service of providers()"));
  }
  if (!isApiKey(key)) issues.push(issue("key", API_KEY_FORM, typeof key, "pass the key alone"));
  const url = serviceAddress(String(baseUrl ?? profile?.url ?? ""));
  if (!url && profile)
    issues.push(issue("baseUrl", ADDRESS_FORM, "another address", `leave it out to use ${profile.url}`));
  if (contractsFolder !== void 0 && path.basename(contractsFolder) !== "contracts") {
    const expected = "the path of a folder named contracts";
    issues.push(issue("contractsFolder", expected, shown(contractsFolder), "rename the folder"));
  }
  const number = (name) => {
    const { fallback, min, max } = NUMBERS[name];
    const { [name]: value = fallback } = options;
    const expected = `a whole number from ${min} to ${max}`;
    if (!Number.isInteger(value) || value < min || value > max)
      issues.push(issue(name, expected, shown(value), `leave it out to use ${fallback}`));
    return value;
  };
  const numbers = {
    timeoutMs: number("timeoutMs"),
    maxRetries: number("maxRetries"),
    pollIntervalMs: number("pollIntervalMs")
  };
  const [first] = issues;
  if (first || !profile || !url) throw toError(invalidInput(issues), isApiKey(key) ? key : "");
  const root = contractsFolder === void 0 ? void 0 : path.dirname(path.resolve(contractsFolder));
  return { ...numbers, profile, key, baseUrl: url, proxy, httpClient, clock, root, contracts: /* @__PURE__ */ new Map() };
}
function invalidInput(issues) {
  return new Failure("INVALID_PAYLOAD", `${issuesText(issues)}.`, { issues });
}
function shown(value) {
  if (typeof value === "string") return `"${plain(value, 60)}"`;
  return value === null || typeof value === "number" || typeof value === "boolean" ? String(value) : typeof value;
}

// scripts/src/client/catalog.ts
async function listModels({ profile, root }) {
  const { listModels: listModels2 } = await import("./lib/contracts.mjs");
  return listModels2(profile.id, root);
}
function contractOf({ profile, root, contracts }, model) {
  const read = async () => (await import("./lib/contracts.mjs")).loadContract(profile.id, String(model), root);
  const contract = contracts.get(model) ?? read();
  contracts.set(model, contract);
  contract.catch(() => contracts.delete(model));
  return contract;
}
function describe(contract) {
  const { provider, model, output, schema, example, sources, notes, replay } = contract;
  return structuredClone({ provider, model, output, schema, example, sources, notes, replay });
}
async function validate(contract, payload) {
  const { checkPayload } = await import("./lib/contracts.mjs");
  const { estimate } = await import("./lib/estimate.mjs");
  const issues = checkPayload(contract, payload);
  const range = issues.length > 0 ? null : estimate(contract, payload);
  const { asOf = "", note = "" } = contract.price ?? {};
  return { valid: issues.length === 0, issues, estimate: range && { ...range, asOf, note } };
}
async function checkFits(contract, payload) {
  const { issues } = await validate(contract, payload);
  if (issues.length > 0) throw invalidInput(issues);
}

// scripts/src/client/connection.ts
import { Api } from "./lib/live.mjs";
import { Transport } from "./lib/live.mjs";
import { Failure as Failure2 } from "./lib/main.mjs";
import { once } from "./lib/main.mjs";
import { isLoopback } from "./lib/main.mjs";
var SILENT = {
  submitting() {
  },
  madeUnderOther() {
  },
  rejected() {
  },
  resumed() {
  },
  several() {
  },
  batch() {
  },
  named: () => SILENT,
  expected() {
  },
  task() {
  },
  about: () => SILENT,
  polled() {
  },
  queryFailed() {
  },
  downloading() {
  }
};
var Connection = class {
  settings;
  #transport;
  #calls = /* @__PURE__ */ new Set();
  #closing = new AbortController();
  #waits;
  #provider;
  constructor(settings) {
    const { proxy, httpClient } = settings;
    this.settings = settings;
    this.#transport = new Transport(proxy, httpClient ? { httpClient } : {});
  }
  /** Runs one call, and makes a public error of whatever ends it early. An error that is none of ours is thrown as it is. */
  async call({ signal, isWait = false, details = () => ({}) }, action) {
    const controller = new AbortController();
    const stop = () => controller.abort(signal?.reason);
    this.#calls.add(controller);
    if (this.#closing.signal.aborted) controller.abort(CLOSED);
    else if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    try {
      controller.signal.throwIfAborted();
      if (isWait) this.#waits ??= this.#session(this.#closing.signal);
      const session = await (isWait ? this.#waits : this.#session(controller.signal));
      const result = action(session, controller.signal);
      return await (isWait ? Promise.race([result, aborted(controller.signal)]) : result);
    } catch (error) {
      const { aborted: isAborted, reason } = controller.signal;
      if (error instanceof Failure2) throw toError(error, this.settings.key, details(error));
      const isAbort = error === reason || error instanceof Error && error.name === "AbortError";
      if (!isAborted || !isAbort) throw error;
      const message = reason === CLOSED ? "The client is closed." : "The call was aborted.";
      throw new AbortedError("ABORTED", message, { ...details(void 0), cause: reason });
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#calls.delete(controller);
    }
  }
  async close() {
    this.#closing.abort(CLOSED);
    for (const controller of this.#calls) controller.abort(CLOSED);
    await this.#transport.close();
  }
  /** @param signal of a call by itself, or of all waits */
  async #session(signal) {
    const { profile, baseUrl, key, clock, timeoutMs, maxRetries, pollIntervalMs } = this.settings;
    this.#provider ??= profile.create({ baseUrl, key, now: clock.wall });
    const provider = await this.#provider;
    const api = new Api(this.#transport, clock, { timeoutMs, maxRetries, signal });
    const schedule = { firstMs: pollIntervalMs };
    return {
      provider,
      api,
      schedule,
      poller: once(async () => {
        const { openPoller } = await import("./lib/wait.mjs");
        return openPoller({ provider, api }, schedule, async () => null);
      }),
      durations: /* @__PURE__ */ new Map(),
      transport: this.#transport,
      observer: SILENT,
      loopback: isLoopback(baseUrl) ? baseUrl : null,
      records: async () => null
    };
  }
};
var CLOSED = new Error("The client is closed.");
function aborted(signal) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

// scripts/src/client/download.ts
const { createReadStream } = require("node:fs");
const { mkdtemp, rm } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const path2 = require("node:path");
const { pipeline } = require("node:stream/promises");
import { Failure as Failure3 } from "./lib/main.mjs";

// scripts/src/client/request.ts
import { isIdempotencyKey } from "./lib/main.mjs";
import { issue as issue2 } from "./lib/main.mjs";
import { checkCallbackUrl, isLoopback as isLoopback2 } from "./lib/main.mjs";
import { TASK_ID } from "./lib/main.mjs";
async function checkRequest(settings, request) {
  const { model, payload, idempotencyKey, callbackUrl, maxCredits } = request;
  const contract = await contractOf(settings, model);
  await checkFits(contract, payload);
  const issues = [];
  if (!isIdempotencyKey(idempotencyKey)) {
    const hint = "make one before the first attempt, and store it: crypto.randomUUID()";
    issues.push(issue2("idempotencyKey", "8 to 128 printable ASCII characters", shown(idempotencyKey), hint));
  }
  if (maxCredits !== void 0 && !(Number.isSafeInteger(maxCredits) && maxCredits > 0)) {
    const expected = "a whole number of credits above 0";
    issues.push(issue2("maxCredits", expected, shown(maxCredits), "leave it out for no limit"));
  }
  const problem = callbackUrl === void 0 ? null : checkCallbackUrl(String(callbackUrl), isLoopback2(settings.baseUrl));
  if (problem) issues.push(issue2("callbackUrl", problem.expected, shown(callbackUrl), problem.hint));
  if (issues.length > 0) throw invalidInput(issues);
  const webhookUrl = callbackUrl === void 0 ? void 0 : new URL(callbackUrl).href;
  return { contract, generation: { model: contract.model, payload, idempotencyKey, maxCredits, webhookUrl } };
}
function checkTaskId(taskId) {
  if (typeof taskId === "string" && TASK_ID.test(taskId)) return taskId;
  const hint = "pass the id that submit returned";
  throw invalidInput([issue2("taskId", "the id of a task", shown(taskId), hint)]);
}
function deadlineAt({ clock }, until) {
  return clock.monotonic() + checkMoment("until", until) - clock.wall();
}
function checkMoment(name, moment) {
  const ms = moment instanceof Date ? moment.getTime() : moment;
  if (typeof ms === "number" && !Number.isNaN(ms)) return ms;
  const expected = "a Date, or milliseconds since the epoch";
  throw invalidInput([issue2(name, expected, shown(moment), "pass a Date")]);
}

// scripts/src/client/download.ts
function download(connection, wanted, { to, temporaryFolder, signal, until, onProgress }) {
  const taskId = typeof wanted === "string" ? wanted : wanted.id;
  let cause;
  const details = () => ({ taskId, cause });
  return connection.call({ signal, details }, async (session) => {
    const filesUntil = until === void 0 ? Infinity : deadlineAt(connection.settings, until);
    const task = await completed(session, wanted);
    const { saveFiles } = await import("./lib/wait.mjs");
    let number = 1;
    const observer = {
      ...SILENT,
      downloading: (bytes, total) => onProgress?.({ number, bytes, total })
    };
    const place = await placeFor(to, temporaryFolder);
    const files = [];
    try {
      await saveFiles({ ...session, observer }, task, place.folder, {
        filesUntil,
        onFile: (index) => {
          number = index + 1;
        },
        onSaved: async (saved) => {
          const file = { number, name: path2.basename(saved.path), ...saved };
          if (typeof to === "function")
            await deliverTo(to, file, session.api.signal, (error) => {
              cause = error;
            });
          files.push({ ...file, path: typeof to === "function" ? null : saved.path });
        }
      });
      return files;
    } finally {
      await place.release();
    }
  });
}
async function completed(session, wanted) {
  const id = checkTaskId(typeof wanted === "string" ? wanted : wanted.id);
  const ended = typeof wanted !== "string" && (wanted.state === "COMPLETED" || wanted.urls.length > 0);
  const task = ended ? wanted : await session.api.read(session.provider.task(id));
  if (task.urls.length > 0) return task;
  if (task.state !== "COMPLETED") {
    const message = `The task is ${task.state}: only a COMPLETED task has files.`;
    throw new Failure3("DOWNLOAD_FAILED", message, { taskId: id, status: task.state });
  }
  const { fetchResult } = await import("./lib/wait.mjs");
  return fetchResult(session, id, Number.POSITIVE_INFINITY);
}
async function placeFor(to, temporaryFolder) {
  const { prepareFolder } = await import("./lib/download.mjs");
  const stays = typeof to === "string" ? to : temporaryFolder;
  if (stays !== void 0) return { folder: await prepareFolder(stays), release: async () => {
  } };
  const folder = await mkdtemp(path2.join(tmpdir(), "async-media-workflow-"));
  return { folder, release: () => rm(folder, { recursive: true, force: true }) };
}
async function deliverTo(to, { path: source, ...file }, signal, onError) {
  try {
    const target = await to(file);
    await pipeline(createReadStream(source), target, { signal });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    onError(cause);
    throw new Failure3("DOWNLOAD_FAILED", "The file is whole, but the target that it is written to failed.");
  }
  await rm(source, { force: true });
}

// scripts/src/client/submit.ts
import { Failure as Failure4 } from "./lib/main.mjs";

// scripts/src/client/task.ts
import { compact } from "./lib/main.mjs";
import { redact as redact2 } from "./lib/main.mjs";
function publicTask(id, seen, key) {
  const { state, unknownState, model, input, createdAt, idempotencyKey, charged, refunded } = seen;
  const { urls = [], error, record } = seen;
  const said = error === void 0 ? void 0 : redact2(error, [key]);
  const facts = { id, state, unknownState, model, input, createdAt, idempotencyKey, charged, refunded };
  return compact({ ...facts, urls, error: said, record });
}
function publicStatus(taskId, seen) {
  const { state, unknownState, progress, record } = seen;
  return compact({ taskId, state, unknownState, progress, record });
}

// scripts/src/client/submit.ts
function submitCalls(connection) {
  const { settings } = connection;
  return {
    submit: (request, options) => send(connection, request, options),
    reconcile: (request, { signal, until, list, taken } = {}) => {
      const details = () => ({ outcome: "unknown" });
      return connection.call({ signal, details }, async (session) => {
        const { generation } = await checkRequest(settings, request);
        const lost = { ...lostSubmit(connection, request), generation };
        const deadline = until === void 0 ? 0 : deadlineAt(settings, until);
        const { reconcile, reconcileDeadline } = await import("./lib/generate.mjs");
        const end = list ? deadline : reconcileDeadline(session, deadline);
        const source = {
          list: list && (async () => list()),
          taken: async (ids) => await taken?.(ids) ?? []
        };
        const found = await reconcile(session, lost, end, source);
        switch (found.kind) {
          case "found":
            return { kind: "found", task: publicTask(found.task.id, found.task, settings.key) };
          case "mayResubmit": {
            const first = { lost, source: { taken: source.taken } };
            return { kind: "clear", resubmit: (more) => send(connection, request, more, first) };
          }
          case "later":
            return { kind: "unsure", retryAfter: found.after };
          case "never":
            return { kind: "unsure", retryAfter: null };
          case "unreadable": {
            const { failure, after = failure.details.retryAfter ?? null } = found;
            const error = toError(failure, settings.key, details());
            return { kind: "unreadable", retryAfter: after, error };
          }
        }
      });
    }
  };
}
function send(connection, request, { signal } = {}, first) {
  const { settings } = connection;
  let outcome = first ? "unknown" : "rejected";
  return connection.call({ signal, details: () => ({ outcome }) }, async (session) => {
    const { contract, generation } = await checkRequest(settings, request);
    const { checkPrice } = await import("./lib/generate.mjs");
    const { judgeRejection, sendOnce } = await import("./lib/generate.mjs");
    const deadline = session.api.shortDeadline;
    const quote = await checkPrice(session, contract, generation, {}, deadline);
    const onLeave = () => {
      outcome = "unknown";
    };
    const sent = await sendOnce(session, generation, { onLeave });
    let known = sent;
    if (first && sent.kind === "rejected") {
      known = await judgeRejection(session, first.lost, sent.failure, deadline, first.source);
    }
    outcome = known.kind === "rejected" ? "rejected" : "unknown";
    if (known.kind === "accepted") {
      const { task } = known;
      return { ...publicTask(task.id, task, settings.key), quoted: quote?.credits ?? null };
    }
    const { transient, retryAfter } = sent.kind === "accepted" ? {} : sent.failure.details;
    throw known.failure.with({ transient, retryAfter });
  });
}
function lostSubmit({ settings: { clock } }, request) {
  const sentAt = checkMoment("submittedAt", request.submittedAt);
  const now = clock.wall();
  const wall = Math.min(checkMoment("lostAt", request.lostAt ?? sentAt), now);
  return {
    kind: "lost",
    sentAt,
    since: { wall, monotonic: clock.monotonic() - (now - wall) },
    resubmitted: request.resubmitted === true,
    failure: new Failure4("NETWORK_ERROR", "The answer of the submit is missing.")
  };
}

// scripts/src/client/tasks.ts
import { abilityFor, unsupported } from "./lib/main.mjs";
function taskCalls(connection) {
  const { key, clock } = connection.settings;
  return {
    status: (taskId, options = {}) => connection.call(options, async (session) => {
      const { getStatus } = await import("./lib/live.mjs");
      const { seen } = await getStatus(session, checkTaskId(taskId));
      return publicStatus(taskId, seen);
    }),
    task: (taskId, options = {}) => connection.call(options, async (session) => {
      const { getTask } = await import("./lib/wait.mjs");
      const { seen } = await getTask(session, checkTaskId(taskId), NOT_SAVED);
      return publicTask(taskId, seen, key);
    }),
    list: (options = {}) => connection.call(options, async (session) => {
      need(session, "listTasks");
      const askedAt = clock.wall();
      const list = await session.api.read(session.provider.list());
      const tasks = list.tasks.map((task) => publicTask(task.id, task, key));
      return { ...list, tasks, askedAt, answeredAt: clock.wall() };
    }),
    cancel: (taskId, options = {}) => connection.call(options, async (session) => {
      need(session, "cancelTask");
      const { cancelTask } = await import("./lib/wait.mjs");
      const result = await cancelTask(session, checkTaskId(taskId));
      if (result.kind === "notCancelled") throw result.failure;
      return publicStatus(taskId, result.seen);
    }),
    quote: ({ model, payload, maxCredits }, options = {}) => connection.call(options, async (session) => {
      need(session, "quote");
      const contract = await contractOf(connection.settings, model);
      await checkFits(contract, payload);
      const { askPrice } = await import("./lib/generate.mjs");
      return askPrice(session, contract, { model, payload, idempotencyKey: "", maxCredits });
    }),
    account: (options = {}) => connection.call(options, async (session) => {
      need(session, "account");
      const { account } = await import("./lib/generate.mjs");
      return (await account(session, await listModels(connection.settings))).account;
    }),
    wait: (task, { signal, until, onStatus } = {}) => {
      const isWait = until === void 0 || Number(until) > clock.wall();
      return connection.call({ signal, isWait }, async (session, stop) => {
        const taskId = checkTaskId(typeof task === "string" ? task : task.id);
        const waitMs = until === void 0 ? Infinity : checkMoment("until", until) - clock.wall();
        const settings = { ...NOT_SAVED, waitMs: Math.max(0, waitMs), stop };
        const observer = {
          ...SILENT,
          about: () => observer,
          task: (_, state) => onStatus?.({ taskId, state, record: {} }),
          polled: (seen2) => onStatus?.(publicStatus(taskId, seen2))
        };
        const { waitTask } = await import("./lib/wait.mjs");
        const watched = { ...session, observer };
        const shown2 = typeof task === "string" ? void 0 : task;
        const result = await waitTask(watched, taskId, settings, {}, shown2);
        if (result.kind === "notFetched") throw result.failure;
        if (result.kind === "running") stop.throwIfAborted();
        const { kind, seen, lastPollError, retryAfter = null } = result;
        if (kind !== "running") return { kind: "ended", task: publicTask(taskId, seen, key) };
        const lastError = lastPollError ? toError(lastPollError, key, { taskId }) : null;
        return { kind, taskId, state: seen.state, retryAfter, lastError };
      });
    }
  };
}
function need({ provider }, action) {
  const ability = abilityFor(action);
  if (ability && !provider.can[ability]) throw unsupported(provider, action);
}
var NOT_SAVED = { waitMs: 0, folder: null };

// scripts/src/client/create-client.ts
function createClient(options) {
  const settings = readOptions(options);
  const connection = new Connection(settings);
  const local = (action) => connection.call({}, action);
  return {
    provider: providers().find(({ id }) => id === settings.profile.id),
    models: () => local(() => listModels(settings)),
    describe: (model) => local(async () => describe(await contractOf(settings, model))),
    validate: (model, payload) => local(async () => validate(await contractOf(settings, model), payload)),
    ...submitCalls(connection),
    ...taskCalls(connection),
    download: (task, options2) => download(connection, task, options2),
    parseCallback: (body) => parseCallback(settings, body),
    close: () => connection.close()
  };
}
function providers() {
  return PROFILES2.map(({ id, title, url, can, rateLimit, keyVariable, urlVariable }) => {
    const { source, queries, windowMs } = rateLimit;
    const documented = source ? { queriesPerMinute: queries * 6e4 / windowMs } : null;
    return { id, title, url, keyVariable, urlVariable, capabilities: { ...can }, rateLimit: documented };
  });
}

// scripts/src/client/standalone.ts
import { fileKind, SIGNATURE_BYTES } from "./lib/download.mjs";
async function publicLookup() {
  return (await import("./lib/download.mjs")).publicLookup();
}
async function startSandbox(options = {}) {
  return (await import("./lib/sandbox-server.mjs")).startSandbox(options);
}
var signatures = {
  bytes: SIGNATURE_BYTES,
  kindOf: (head, contentType = "") => fileKind(head, contentType)
};
export {
  AbortedError,
  AuthenticationError,
  BudgetExceededError,
  CancelRejectedError,
  ClientError,
  ConnectionError,
  DownloadError,
  IdempotencyConflictError,
  InsufficientCreditsError,
  InvalidRequestError,
  RateLimitError,
  SubmitUnknownError,
  TaskNotFoundError,
  createClient,
  providers,
  publicLookup,
  signatures,
  startSandbox
};
