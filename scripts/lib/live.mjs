// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// scripts/src/core/poll-schedule.ts
function pollSchedule(firstMs) {
  return { firstMs, growth: 1.8, capMs: Math.max(firstMs, AVERAGE_MS) };
}
function isFast({ firstMs }) {
  return firstMs < LEAST_SHARED_MS;
}
function intervalBefore(progress, schedule, random) {
  const { firstMs, growth } = schedule;
  const first = firstMs * growth ** Math.min(progress.polls, 200);
  const plain7 = Math.max(firstMs, usual(progress, schedule));
  return Math.min(first, plain7) * (1 - POLL_JITTER + 2 * POLL_JITTER * random());
}
function usual({ polls, waitedMs, ageMs }, { capMs, likely }) {
  const age = ageMs ?? waitedMs;
  const late = Math.min(SPARSE_MS, Math.max(capMs, (age - (likely?.latestMs ?? 0)) * LATE_SHARE));
  if (!likely || ageMs === void 0 || age > likely.latestMs) return late;
  if (age < likely.earliestMs) return Math.min(SPARSE_MS, Math.max(DENSE_MS, likely.earliestMs - age));
  return (polls + 1) * AVERAGE_MS <= waitedMs ? DENSE_MS : capMs;
}
var AVERAGE_MS, DENSE_MS, SPARSE_MS, LATE_SHARE, POLL_JITTER, LEAST_SHARED_MS;
var init_poll_schedule = __esm({
  "scripts/src/core/poll-schedule.ts"() {
    "use strict";
    AVERAGE_MS = 3050;
    DENSE_MS = 2300;
    SPARSE_MS = 12e3;
    LATE_SHARE = 1 / 200;
    POLL_JITTER = 0.03;
    LEAST_SHARED_MS = 1e3;
  }
});

// scripts/src/http/retry.ts
function isTransientStatus(status) {
  return TRANSIENT_STATUS.has(status) || status >= 500;
}
function pauseBeforeRetry(failure, attempt, remainingMs, policy, random) {
  if (!failure.details.transient || attempt > policy.maxRetries) return null;
  const pause = pauseAfter(failure, attempt, policy, random);
  return pause > remainingMs ? null : pause;
}
function pauseAfter(failure, attempt, policy, random) {
  const backoff = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30)) * (0.5 + random() / 2);
  const asked = failure.details.retryAfter;
  return asked === void 0 || asked <= 0 ? backoff : asked * 1e3 + random() * Math.min(1e3, asked * 100);
}
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
var RETRY_PAUSES, PAUSE_BUDGET_MS, LONGEST_RETRY_AFTER_S, TRANSIENT_STATUS, LONGEST_OUTAGE_S;
var init_retry = __esm({
  "scripts/src/http/retry.ts"() {
    "use strict";
    RETRY_PAUSES = { baseMs: 500, capMs: 8e3 };
    PAUSE_BUDGET_MS = 3e4;
    LONGEST_RETRY_AFTER_S = 86400;
    TRANSIENT_STATUS = /* @__PURE__ */ new Set([408, 425, 429]);
    LONGEST_OUTAGE_S = 60;
  }
});

// scripts/src/http/public-lookup.ts
var public_lookup_exports = {};
__export(public_lookup_exports, {
  publicLookup: () => publicLookup
});
const { lookup } = require("node:dns");
import { Failure as Failure4 } from "./main.mjs";
import { isPublicAddress } from "./main.mjs";
import { plain as plain2 } from "./main.mjs";
function publicLookup(resolve = lookup) {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, "", 0);
        return;
      }
      const isAllowed = hostname === "localhost" ? isThisMachine : isPublicAddress;
      const [first, ...others] = addresses.filter(({ address }) => isAllowed(address));
      if (!first) callback(refusal(hostname, addresses), "", 0);
      else if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}
function isThisMachine(address) {
  return address === "::1" || address.startsWith("127.");
}
function refusal(hostname, addresses) {
  const found = addresses.map(({ address }) => plain2(address, 50)).slice(0, 3);
  const isFake = found.some((address) => /^198\.1[89]\./.test(address));
  return new Failure4(
    "DOWNLOAD_FAILED",
    `The result's address is not fetched: ${plain2(hostname, 100)} leads to ${found.join(", ") || "no address"}, which is not public.`,
    isFake ? { reason: { kind: "addressOfProxy" } } : {}
  );
}
var init_public_lookup = __esm({
  "scripts/src/http/public-lookup.ts"() {
    "use strict";
  }
});

// scripts/src/core/durations.ts
import { Failure as Failure8 } from "./main.mjs";
async function expectedDuration(session, model) {
  const { own, recorded } = await knownDurations(session, model);
  if (own.length >= LEAST_RUNS) return rangeOf(own);
  if (session.loopback !== null || recorded.length === 0) return null;
  const seconds = recorded.flatMap((run) => run.seconds);
  return {
    fromMs: Math.min(...seconds) * 1e3,
    toMs: Math.max(...seconds) * 1e3,
    runs: recorded.reduce((sum, { runs }) => sum + runs, 0),
    source: "contract",
    asOf: recorded.map(({ date }) => date).sort().at(-1)
  };
}
function rangeOf(seconds) {
  const sorted = [...seconds].sort((a, b) => a - b);
  const last = sorted.length - 1;
  const at = (share) => sorted[Math.round(share * last)] * 1e3;
  return { fromMs: at(SHARE), toMs: at(1 - SHARE), runs: seconds.length, source: "machine" };
}
async function likelyDuration(session, model) {
  const { own, recorded, output } = await knownDurations(session, model);
  const seconds = [...recorded.flatMap((run) => run.seconds), ...withoutExtremes(own)];
  if (seconds.length === 0) return output === "video" && session.loopback === null ? ANY_VIDEO : void 0;
  return {
    earliestMs: Math.min(...seconds) * EARLIER * 1e3,
    latestMs: Math.max(...seconds) * LATER * 1e3
  };
}
function withoutExtremes(seconds) {
  const sorted = seconds.filter((one) => one > 0).sort((a, b) => a - b);
  const extremes = sorted.length >= MANY ? Math.floor(sorted.length / MANY) : 0;
  return sorted.slice(extremes, sorted.length - extremes);
}
async function knownDurations(session, model) {
  const own = orNothing(async () => await (await session.records())?.durationsOf(model) ?? []);
  const contract = orNothing(async () => {
    const { loadContract } = await import("./contracts.mjs");
    return [await loadContract(session.provider.id, model)];
  });
  const [known] = await contract;
  return { own: await own, recorded: known?.durations ?? [], output: known?.output };
}
async function orNothing(read) {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Failure8) return [];
    throw error;
  }
}
var LEAST_RUNS, SHARE, EARLIER, LATER, MANY, ANY_VIDEO;
var init_durations = __esm({
  "scripts/src/core/durations.ts"() {
    "use strict";
    LEAST_RUNS = 5;
    SHARE = 0.1;
    EARLIER = 0.9;
    LATER = 1.25;
    MANY = 20;
    ANY_VIDEO = { earliestMs: 12e4, latestMs: 42e4 };
  }
});

// scripts/src/core/fetch-status.ts
import { Failure as Failure9 } from "./main.mjs";
async function pollOnce({ api, provider }, taskId, until) {
  const status = await api.once(provider.status(taskId), { until, isPermitted: true });
  return withCheckedError(status, () => api.once(provider.task(taskId), { until }));
}
async function fetchStatus({ api, provider }, taskId, deadline, until = Infinity) {
  const status = await api.read(provider.status(taskId), deadline, { until });
  return withCheckedError(status, () => api.read(provider.task(taskId), deadline, { until }));
}
async function withCheckedError(status, fetchTask) {
  return status.possibleError ? fetchTask() : status;
}
async function withRecord(seen, read) {
  try {
    return { ...await read(), state: seen.state };
  } catch (error) {
    if (!(error instanceof Failure9)) throw error;
    return { ...seen, isRecordUnread: true };
  }
}
var init_fetch_status = __esm({
  "scripts/src/core/fetch-status.ts"() {
    "use strict";
  }
});

// scripts/src/http/rate-limit.ts
function permitsFor({ queries, windowMs }) {
  const count = Math.max(1, queries - Math.ceil(queries / 30));
  const reserve = Math.floor(count / 14);
  const window = windowMs + MARGIN_MS;
  return { count, windowMs: window, reserve, spacingMs: Math.ceil(window / (count - reserve)) };
}
function nextPermit(permits, now, kind, { count, windowMs, reserve, spacingMs }) {
  const isFree = ({ usedAt }) => usedAt <= now - windowMs;
  const low = kind === "lookup" ? permits.filter(({ number }) => number < count * LOOKUP_SHARE) : [];
  const usable = low.length > 0 ? low : permits;
  const newest = Math.max(...permits.map((one) => one.isLookup ? Number.NEGATIVE_INFINITY : one.usedAt));
  const spacing = kind === "poll" && newest > now - windowMs ? newest + spacingMs - now : 0;
  const inUse = usable.filter((one) => !isFree(one)).sort((a, b) => b.usedAt - a.usedAt);
  const most = Math.max(1, kind === "poll" ? usable.length - reserve : usable.length);
  const blocking = inUse[most - 1];
  const wait = Math.max(0, spacing, blocking === void 0 ? 0 : blocking.usedAt + windowMs - now);
  const candidates = inUse.length < usable.length ? usable.filter(isFree) : usable;
  const isBefore = (a, b) => kind === "lookup" ? a.number < b.number : a.number > b.number;
  return { permit: candidates.reduce((a, b) => isBefore(b, a) ? b : a), wait };
}
var MARGIN_MS, LONGEST_PAUSE_MS, LOOKUP_SHARE, MemoryRateLimiter;
var init_rate_limit = __esm({
  "scripts/src/http/rate-limit.ts"() {
    "use strict";
    MARGIN_MS = 1e3;
    LONGEST_PAUSE_MS = 5 * 6e4;
    LOOKUP_SHARE = 1 / 3;
    MemoryRateLimiter = class {
      #rules;
      #clock;
      #permits;
      #pausedUntil = 0;
      constructor(limit, clock) {
        this.#rules = permitsFor(limit);
        this.#clock = clock;
        this.#permits = Array.from({ length: this.#rules.count }, (_, number) => ({
          ...{ number, usedAt: Number.NEGATIVE_INFINITY, isLookup: false }
        }));
      }
      async acquire(kind) {
        const { permit, wait } = this.#next(kind);
        if (wait > 0) return wait;
        permit.usedAt = this.#clock.monotonic();
        permit.isLookup = kind === "lookup";
        return 0;
      }
      async nextIn(kind) {
        return this.#next(kind).wait;
      }
      async pauseFor(ms) {
        const until = this.#clock.monotonic() + Math.min(ms, LONGEST_PAUSE_MS);
        this.#pausedUntil = Math.max(this.#pausedUntil, until);
      }
      #next(kind) {
        const now = this.#clock.monotonic();
        const { permit, wait } = nextPermit(this.#permits, now, kind, this.#rules);
        return { permit, wait: Math.max(wait, this.#pausedUntil - now) };
      }
    };
  }
});

// scripts/src/core/poll-round.ts
import { Failure as Failure10 } from "./main.mjs";
import { isTerminal } from "./main.mjs";
import {
  NO_LIST
} from "./main.mjs";
function isTask(status) {
  return "urls" in status && "id" in status;
}
var LIST_BYTES, LIST_MS, BAD_MS, LONGEST_BAD_MS, MOST_GUARD_MS, MISSING_MS, CHECK_AFTER, KEPT_MS, PollRounds;
var init_poll_round = __esm({
  "scripts/src/core/poll-round.ts"() {
    "use strict";
    init_fetch_status();
    LIST_BYTES = 8 * 1024 * 1024;
    LIST_MS = 1e4;
    BAD_MS = 5e3;
    LONGEST_BAD_MS = 12e4;
    MOST_GUARD_MS = 3e3;
    MISSING_MS = 3e4;
    CHECK_AFTER = 5;
    KEPT_MS = 6e4;
    PollRounds = class {
      #session;
      #cache;
      #list = NO_LIST;
      #seen = /* @__PURE__ */ new Map();
      #wasList = false;
      constructor(session, cache) {
        this.#session = session;
        this.#cache = cache;
      }
      /**
       * Sends one query, for which there is a permit.
       * @param due tasks of this process that are due, at least one; the first of them has been waited for longest
       * @param watched all tasks that this process waits for
       * @returns the status or the failure of each task of this process that the answer is about
       */
      async run(due, watched) {
        const now = this.#now();
        const others = await this.#cache?.others() ?? /* @__PURE__ */ new Map();
        await this.#learn();
        const ids = /* @__PURE__ */ new Set([...watched, ...others.keys()]);
        const overdue = [...others].filter(([, dueAt]) => dueAt <= now).map(([taskId, dueAt]) => ({ taskId, dueAt, deadline: Infinity, isHint: false }));
        const mayList = this.#mayList(ids);
        this.#wasList = mayList && this.#listServes([...due, ...overdue]);
        if (this.#wasList) return this.#readList(due, ids, others);
        return this.#readOne(this.#target(due, overdue, mayList), due, { others, isOne: ids.size === 1 });
      }
      /**
       * Reads the list for the records of several tasks that have ended.
       * @param due those tasks
       * @param watched all tasks that this process waits for
       * @returns null where the list cannot be read now: nothing was sent
       */
      async records(due, watched) {
        const others = await this.#cache?.others() ?? /* @__PURE__ */ new Map();
        await this.#learn();
        if (!this.#mayList(new Set(due.map(({ taskId }) => taskId)))) return null;
        const ids = /* @__PURE__ */ new Set([...due.map(({ taskId }) => taskId), ...watched, ...others.keys()]);
        return this.#readList(due, ids, others);
      }
      #now() {
        return this.#session.api.clock.wall();
      }
      /** Takes over what other processes have seen since. */
      async #learn() {
        const shared = await this.#cache?.read();
        if (shared && shared.list.startedAt >= this.#list.startedAt) this.#list = shared.list;
        for (const [id, seen] of shared?.tasks ?? []) this.#note(id, seen);
        const oldest = this.#now() - KEPT_MS;
        for (const [id, { at, missingAt = 0, failedAt = 0 }] of this.#seen) {
          if (Math.max(at, missingAt, failedAt) < oldest) this.#seen.delete(id);
        }
      }
      /** Notes what was seen of a task. An end is final. */
      #note(id, seen) {
        const before = this.#seen.get(id);
        const isNewer = !before || seen.at >= before.at && !(before.state && isTerminal(before.state));
        const latest = (a = 0, b = 0) => Math.max(a, b);
        this.#seen.set(id, {
          ...isNewer ? seen : before,
          failedAt: latest(seen.failedAt, before?.failedAt),
          missingAt: latest(seen.missingAt, before?.missingAt)
        });
      }
      #isMissing(id) {
        return this.#now() - (this.#seen.get(id)?.missingAt ?? 0) < MISSING_MS;
      }
      /** Tells whether the list can be read now, and serves several tasks. */
      #mayList(ids) {
        const now = this.#now();
        const { startedAt, tookMs, badUntil } = this.#list;
        if (!this.#session.provider.can.list || now < badUntil) return false;
        if (now - startedAt < Math.min(2 * tookMs, MOST_GUARD_MS)) return false;
        return [...ids].filter((id) => !this.#isMissing(id)).length >= 2;
      }
      /** Tells whether this query should read the list: the tasks that it does not serve get every second query. */
      #listServes(wanted) {
        const unserved = wanted.filter(({ taskId, isHint }) => isHint || this.#isMissing(taskId));
        if (unserved.length === wanted.length || this.#wasList && unserved.length > 0) return false;
        return this.#list.unchecked < CHECK_AFTER;
      }
      /** Reads the list for all tasks. Where it cannot be used, single queries are sent for a while. */
      async #readList(due, ids, others) {
        const { api, provider } = this.#session;
        const startedAt = this.#now();
        const start = api.clock.monotonic();
        const { tookMs, unchecked } = this.#list;
        this.#list = {
          ...this.#list,
          ...{ startedAt, tookMs: tookMs || MOST_GUARD_MS / 2, unchecked: unchecked + 1 }
        };
        await this.#share(others);
        try {
          const call = provider.list();
          const limits = { ...call.limits, bytes: Math.min(call.limits.bytes, LIST_BYTES) };
          const list = await api.once({ ...call, limits }, { until: start + LIST_MS, isPermitted: true });
          this.#list = { ...this.#list, tookMs: api.clock.monotonic() - start, failures: 0 };
          const found = await this.#takeList(list, startedAt, ids, others);
          await this.#share(others);
          return found;
        } catch (error) {
          if (!(error instanceof Failure10)) throw error;
          const failures = this.#list.failures + 1;
          const badMs = Math.min(LONGEST_BAD_MS, BAD_MS * 2 ** (failures - 1));
          this.#list = { ...this.#list, tookMs: 0, failures, badUntil: this.#now() + badMs };
          await this.#share(others);
          const isGeneral = error.code === "RATE_LIMITED" || error.code === "AUTH_FAILED";
          return new Map(isGeneral ? due.map(({ taskId }) => [taskId, error]) : []);
        }
      }
      async #takeList(list, at, ids, others) {
        const found = /* @__PURE__ */ new Map();
        const tasks = new Map(list.tasks.map((task) => [task.id, task]));
        for (const [id, { state, at: seenAt }] of this.#seen) {
          const shown = tasks.get(id);
          if (state && isTerminal(state) && shown && !isTerminal(shown.state) && seenAt < at) {
            this.#list = { ...this.#list, badUntil: at + LONGEST_BAD_MS };
          }
        }
        for (const id of ids) {
          const task = tasks.get(id);
          if (!task) {
            this.#note(id, { at: 0, state: null, missingAt: at });
            continue;
          }
          this.#seen.set(id, { at: 0, state: null, ...this.#seen.get(id), missingAt: 0 });
          this.#note(id, { at, state: task.state === "UNKNOWN" ? null : task.state });
          if (isTerminal(task.state) && others.has(id)) await this.#cache?.writeEnded(task);
          found.set(id, { ...task, task });
        }
        return found;
      }
      /** Returns the task whose own query is sent: one that has ended, else the longest wait of any process that the list does not serve. */
      #target(due, overdue, mayList) {
        const hint = due.find(({ isHint }) => isHint);
        if (hint) return hint;
        const failedAt = (id) => this.#seen.get(id)?.failedAt ?? 0;
        const foreign = overdue.filter(({ taskId }) => failedAt(taskId) < this.#now() - KEPT_MS);
        const all = [...due, ...foreign].filter(({ taskId }) => !mayList || this.#isMissing(taskId));
        const since = ({ taskId, dueAt }) => Math.max(dueAt, this.#seen.get(taskId)?.at ?? 0);
        const longest = all.reduce((a, b) => a && since(a) <= since(b) ? a : b, void 0);
        if (longest) return longest;
        this.#list = { ...this.#list, unchecked: 0 };
        const served = [...due, ...foreign];
        return served[Math.floor(this.#session.api.clock.random() * served.length)];
      }
      async #readOne({ taskId, deadline, isHint }, due, { others, isOne }) {
        const { api, provider } = this.#session;
        const at = this.#now();
        const isOwn = due.some((one) => one.taskId === taskId);
        const until = Math.min(deadline, api.clock.monotonic() + LIST_MS);
        try {
          const status = isOne && !isHint ? await pollOnce(this.#session, taskId, until) : await api.once(provider.task(taskId), { until, isPermitted: true });
          const task = isTask(status) ? status : void 0;
          if (status.state !== "UNKNOWN") this.#note(taskId, { at, state: status.state });
          if (task && isTerminal(task.state) && others.has(taskId)) await this.#cache?.writeEnded(task);
          await this.#share(others);
          return new Map(isOwn ? [[taskId, { ...status, ...task && { task } }]] : []);
        } catch (error) {
          if (!(error instanceof Failure10)) throw error;
          if (!isOwn) this.#note(taskId, { at: 0, state: null, failedAt: at });
          if (!isOwn) await this.#share(others);
          return new Map(isOwn || error.code === "RATE_LIMITED" ? [[taskId, error]] : []);
        }
      }
      /** Writes what is known where the other processes read it, if there are any. */
      async #share(others) {
        if (!this.#cache || others.size === 0) return;
        const shared = { list: this.#list, tasks: this.#seen };
        await this.#cache.write(shared);
      }
    };
  }
});

// scripts/src/core/record-reads.ts
import { Failure as Failure11 } from "./main.mjs";
import { isTerminal as isTerminal2 } from "./main.mjs";
var RecordReads;
var init_record_reads = __esm({
  "scripts/src/core/record-reads.ts"() {
    "use strict";
    RecordReads = class {
      #session;
      #limiter;
      #isUnspaced;
      #readList;
      #wanted = /* @__PURE__ */ new Set();
      #isRunning = false;
      /** @param readList reads the list; null where that cannot be done now, and nothing was sent */
      constructor(session, limiter, isUnspaced, readList) {
        this.#session = session;
        this.#limiter = limiter;
        this.#isUnspaced = isUnspaced;
        this.#readList = readList;
      }
      /**
       * Returns the record of a task as the list shows it; null once its own query is permitted.
       * @param until when the caller's time is over, on the monotonic clock: the result is worth a query that nobody permitted
       */
      listed(taskId, until) {
        return new Promise((resolve, reject) => {
          this.#wanted.add({ taskId, until, isNotListed: false, resolve });
          if (!this.#isRunning) this.#run().catch(reject);
        });
      }
      async #run() {
        this.#isRunning = true;
        try {
          await new Promise((resolve) => setImmediate(resolve));
          while (this.#wanted.size > 0) await this.#step();
        } finally {
          this.#isRunning = false;
          for (const one of this.#wanted) this.#give(one, null);
        }
      }
      async #step() {
        const { clock, signal } = this.#session.api;
        const isAtOnce = this.#isUnspaced || this.#wanted.size === 1;
        const wait = await this.#limiter.acquire(isAtOnce ? "record" : "poll");
        if (wait > 0) {
          const next = Math.min(...[...this.#wanted].map(({ until }) => until));
          await clock.sleep(Math.max(0, Math.min(wait, next - clock.monotonic())), signal);
          for (const one of this.#wanted) if (one.until <= clock.monotonic()) this.#give(one, null);
          return;
        }
        const listable = [...this.#wanted].filter(({ isNotListed }) => !isNotListed);
        if (listable.length < 2 || !await this.#take(listable)) this.#give([...this.#wanted][0], null);
      }
      /** Takes records from the list. @returns false where it cannot be read now */
      async #take(wanted) {
        const due = wanted.map(({ taskId, until }) => ({ taskId, dueAt: 0, deadline: until, isHint: false }));
        const results = await this.#readList(due);
        if (!results) return false;
        for (const one of wanted) {
          const result = results.get(one.taskId);
          const task = result instanceof Failure11 ? void 0 : result?.task;
          if (task && isTerminal2(task.state) && (task.state !== "COMPLETED" || task.urls.length > 0)) {
            this.#give(one, task);
          } else one.isNotListed = true;
        }
        return true;
      }
      #give(wanted, task) {
        this.#wanted.delete(wanted);
        wanted.resolve(task);
      }
    };
  }
});

// scripts/src/core/poller.ts
import { Failure as Failure12 } from "./main.mjs";
import { isTerminal as isTerminal3 } from "./main.mjs";
function pollerOf(session, schedule) {
  const isAlone = isFast(schedule);
  const made = pollers.get(session.api) ?? /* @__PURE__ */ new Map();
  pollers.set(session.api, made);
  const poller = made.get(isAlone) ?? newPoller(session, isAlone);
  made.set(isAlone, poller);
  return poller;
}
async function newPoller(session, isAlone) {
  return new Poller(session, isAlone ? null : await session.sharing?.() ?? null, isAlone);
}
var AWAKE, TICK_MS, FRESH_MS, ANNOUNCED_MS, ANNOUNCE_MS, CROWD, CROWD_SHARE, CROWD_MOST_MS, SEVERAL, PAUSE_MS2, Poller, pollers;
var init_poller = __esm({
  "scripts/src/core/poller.ts"() {
    "use strict";
    init_rate_limit();
    init_poll_round();
    init_poll_schedule();
    init_record_reads();
    AWAKE = new Error("a wait began or ended");
    TICK_MS = 230;
    FRESH_MS = 2e3;
    ANNOUNCED_MS = 3e4;
    ANNOUNCE_MS = 1e3;
    CROWD = 5;
    CROWD_SHARE = 0.55;
    CROWD_MOST_MS = 2e3;
    SEVERAL = 3;
    PAUSE_MS2 = 5e3;
    Poller = class {
      #session;
      #limiter;
      #cache;
      #rounds;
      #isUnspaced;
      /** How often each task is waited for; the oldest wait first. */
      #watched = /* @__PURE__ */ new Map();
      #asks = /* @__PURE__ */ new Set();
      #records;
      /** When each task was last seen, by the wall clock. */
      #seenAt = /* @__PURE__ */ new Map();
      #isRunning = false;
      /** On the monotonic clock. */
      #announceAt = 0;
      /** One query serves many tasks, so it is sent more often. */
      #isCrowd = false;
      #sleep = new AbortController();
      /** @param sharing null: this process polls alone, without spacing */
      constructor(session, sharing, isUnspaced) {
        const { api, provider } = session;
        this.#session = session;
        this.#limiter = sharing?.limiter ?? new MemoryRateLimiter(provider.rateLimit, api.clock);
        this.#cache = sharing?.statuses ?? null;
        this.#rounds = new PollRounds(session, this.#cache);
        this.#isUnspaced = isUnspaced;
        this.#records = new RecordReads(session, this.#limiter, isUnspaced, (due) => this.#readList(due));
      }
      /** Begins a wait for a task. @returns the function that ends it */
      watch(taskId) {
        if (!this.#watched.has(taskId)) this.#announceAt = 0;
        this.#watched.set(taskId, (this.#watched.get(taskId) ?? 0) + 1);
        return () => {
          const left = (this.#watched.get(taskId) ?? 1) - 1;
          if (left > 0) this.#watched.set(taskId, left);
          else {
            this.#watched.delete(taskId);
            this.#seenAt.delete(taskId);
          }
          if (this.#watched.size === 0) void this.#cache?.leave();
        };
      }
      /**
       * Returns the next status of a watched task: at once when any process sees it, else by a query once it is due.
       * @param times on the monotonic clock
       * @returns null when the time was over, or `stop` aborted; `crowded` when the time was over and no query was permitted
       * @throws Failure of its own query
       */
      async next(taskId, times, stop) {
        let onStop = () => {
        };
        try {
          return await new Promise((resolve, reject) => {
            const { clock } = this.#session.api;
            const now = clock.monotonic();
            const pause = Math.max(0, times.dueAt - now);
            const dueAt = now + (this.#isCrowd ? Math.min(pause * CROWD_SHARE, CROWD_MOST_MS) : pause);
            const ask = { taskId, ...times, dueAt, endSeenAt: 0, resolve, reject };
            onStop = () => {
              this.#asks.delete(ask);
              resolve(null);
              this.#sleep.abort(AWAKE);
            };
            stop?.addEventListener("abort", onStop, { once: true });
            if (stop?.aborted) {
              resolve(null);
              return;
            }
            this.#asks.add(ask);
            this.#sleep.abort(AWAKE);
            if (!this.#isRunning) void this.#run();
          });
        } finally {
          stop?.removeEventListener("abort", onStop);
        }
      }
      /**
       * Returns the record of a task that has ended. Those that are asked for at the same time are read from the list together.
       * @param until when the caller's time is over, on the monotonic clock
       * @param deadline when the last retry may begin
       * @throws Failure of its own query
       */
      async record(taskId, { until, deadline }) {
        const { api, provider } = this.#session;
        const listed = await this.#records.listed(taskId, until);
        return listed ?? api.read(provider.task(taskId), deadline, { until, isPermitted: true });
      }
      /** Returns the milliseconds until the next poll may be permitted. */
      async nextPermitIn() {
        return this.#limiter.nextIn(this.#kind);
      }
      get #kind() {
        return this.#isUnspaced && this.#watched.size < SEVERAL ? "record" : "poll";
      }
      async #run() {
        const { signal } = this.#session.api;
        const stop = () => this.#sleep.abort(AWAKE);
        signal?.addEventListener("abort", stop);
        this.#isRunning = true;
        try {
          while (this.#asks.size > 0) await this.#step();
        } catch (error) {
          for (const ask of this.#asks) ask.reject(error);
          this.#asks.clear();
        } finally {
          this.#isRunning = false;
          signal?.removeEventListener("abort", stop);
        }
      }
      async #step() {
        const { clock, signal } = this.#session.api;
        if (signal?.aborted) throw signal.reason;
        await this.#announce();
        await this.#takeNews();
        const due = this.#due();
        const kind = due.some(({ isHint }) => isHint) ? "record" : this.#kind;
        const wait = due.length > 0 ? await this.#limiter.acquire(kind) : Infinity;
        if (due.length > 0 && wait <= 0) await this.#query(due);
        const now = clock.monotonic();
        for (const ask of this.#asks) {
          if (ask.deadline <= now) this.#end(ask, this.#seenLately(ask.taskId) ? null : "crowded");
        }
        await new Promise((resolve) => setImmediate(resolve));
        const next = Math.min(
          ...[...this.#asks].flatMap(({ dueAt, deadline }) => [Math.max(dueAt, now), deadline])
        );
        const isOverdue = next <= now;
        const pause = Math.min(isOverdue ? Math.max(wait, 1) : next - now, this.#cache ? TICK_MS : Infinity);
        if (this.#asks.size === 0 || isOverdue && (wait <= 0 || wait === Infinity)) return;
        this.#sleep = new AbortController();
        await clock.sleep(pause, this.#sleep.signal).catch(() => {
        });
      }
      #seenLately(taskId) {
        return this.#session.api.clock.wall() - (this.#seenAt.get(taskId) ?? 0) < FRESH_MS;
      }
      /** The tasks whose query is due, the longest wait first. */
      #due() {
        const { clock } = this.#session.api;
        const now = clock.monotonic();
        const wall = clock.wall() - now;
        const asks = [...this.#asks].filter(({ dueAt, endSeenAt }) => dueAt <= now || endSeenAt > 0);
        const order = new Map([...this.#watched.keys()].map((id, n) => [id, n]));
        asks.sort((a, b) => (order.get(a.taskId) ?? 0) - (order.get(b.taskId) ?? 0));
        return asks.map(({ taskId, dueAt, deadline, endSeenAt }) => ({
          ...{ taskId, deadline, dueAt: dueAt + wall, isHint: endSeenAt > 0 }
        }));
      }
      async #query(due) {
        const at = this.#session.api.clock.wall();
        await this.#take(await this.#rounds.run(due, this.#watched.keys()), at);
      }
      async #readList(due) {
        const at = this.#session.api.clock.wall();
        const results = await this.#rounds.records(due, this.#watched.keys());
        if (results) await this.#take(results, at);
        return results;
      }
      /** Hands what a query showed to those who asked. @param at when it was sent, by the wall clock */
      async #take(results, at) {
        for (const result of results.values()) {
          if (!(result instanceof Failure12) || result.code !== "RATE_LIMITED") continue;
          await this.#limiter.pauseFor((result.details.retryAfter ?? 0) * 1e3 || PAUSE_MS2);
        }
        for (const ask of this.#asks) {
          const result = results.get(ask.taskId);
          if (result === void 0) continue;
          if (result instanceof Failure12) this.#end(ask, result);
          else {
            this.#seenAt.set(ask.taskId, at);
            this.#end(ask, result);
          }
        }
      }
      #end(ask, result) {
        this.#asks.delete(ask);
        if (result instanceof Failure12) ask.reject(result);
        else ask.resolve(result);
      }
      async #announce() {
        const { clock } = this.#session.api;
        if (!this.#cache || clock.monotonic() < this.#announceAt) return;
        this.#announceAt = clock.monotonic() + ANNOUNCE_MS;
        const wall = clock.wall() - clock.monotonic();
        const dueAt = new Map([...this.#asks].map((ask) => [ask.taskId, Math.round(ask.dueAt + wall)]));
        const later = Math.round(clock.wall()) + ANNOUNCED_MS;
        const tasks = [...this.#watched.keys()].map((id) => [id, dueAt.get(id) ?? later]);
        await this.#cache.announce(new Map(tasks));
      }
      /** Answers with what other processes saw. An end counts only with the task's record: without it, that is read at once. */
      async #takeNews() {
        if (!this.#cache) return;
        const { tasks } = await this.#cache.read();
        this.#isCrowd = Math.max(tasks.size, this.#watched.size) >= CROWD;
        const now = this.#session.api.clock.wall();
        for (const ask of this.#asks) {
          const seen = tasks.get(ask.taskId);
          const since = this.#seenAt.get(ask.taskId) ?? now - FRESH_MS;
          if (!seen?.state || seen.at <= Math.max(since, ask.endSeenAt) || seen.at > now + FRESH_MS) continue;
          if (!isTerminal3(seen.state)) {
            this.#seenAt.set(ask.taskId, seen.at);
            this.#end(ask, { state: seen.state, record: {} });
            continue;
          }
          const task = await this.#cache.ended(ask.taskId);
          if (task && task.state === seen.state) this.#end(ask, { ...task, task });
          else ask.endSeenAt = seen.at;
        }
      }
    };
    pollers = /* @__PURE__ */ new WeakMap();
  }
});

// scripts/src/core/result.ts
function creditsOf({ charged, refunded }, known) {
  return {
    quoted: known?.quoted ?? null,
    charged: charged ?? known?.charged ?? null,
    refunded: refunded ?? known?.refunded ?? null
  };
}
function taskResult(taskId, seen, { credits, model, ...origin } = {}) {
  const hasCredits = credits !== void 0 || seen.charged !== void 0;
  return {
    kind: KIND_OF_STATE[seen.state],
    taskId,
    seen: seen.model === void 0 && model !== void 0 ? { ...seen, model } : seen,
    ...hasCredits && { credits: creditsOf(seen, credits) },
    warnings: [],
    ...origin
  };
}
var KIND_OF_STATE;
var init_result = __esm({
  "scripts/src/core/result.ts"() {
    "use strict";
    KIND_OF_STATE = {
      SUBMITTED: "running",
      PROGRESS: "running",
      UNKNOWN: "running",
      COMPLETED: "completed",
      FAILED: "failed",
      CANCEL: "cancelled"
    };
  }
});

// scripts/src/core/session.ts
function shortDeadline({ api }) {
  return api.clock.monotonic() + PAUSE_BUDGET_MS;
}
var init_session = __esm({
  "scripts/src/core/session.ts"() {
    "use strict";
    init_retry();
  }
});

// scripts/src/core/finish.ts
const path = require("node:path");
import { Failure as Failure13 } from "./main.mjs";
async function folderFor(folder) {
  return folder === null ? null : (await import("./download.mjs")).prepareFolder(folder);
}
async function checkFree(folder, output) {
  if (folder === null || !output) return;
  const { mediaIn, stemOfOutput } = await import("./download.mjs");
  const media = mediaIn(folder);
  const stem = stemOfOutput(output);
  const fileNamed = (name) => media.get(name.normalize("NFC").toLowerCase());
  const file = fileNamed(stem);
  if (file === void 0) return;
  let number = 2;
  while (fileNamed(`${stem}-${number}`)) number += 1;
  const free = path.join(folder, `${stem}-${number}${output.slice(stem.length)}`);
  throw new Failure13(
    "INVALID_PAYLOAD",
    `${file} exists already and is not the file of this request. Nothing was submitted.`,
    { reason: { kind: "outputTaken", file, free } }
  );
}
async function finish(session, taskId, options) {
  const { folder, entry, credits, origin = {} } = options;
  const model = options.model ?? entry?.record.model;
  let task;
  try {
    const known = options.task;
    task = known && known.urls.length > 0 ? { ...known, state: "COMPLETED" } : await fetchResult(session, taskId, options);
    let saved = { warnings: [] };
    if (folder !== null) {
      const found = task;
      const onFresh = (fresh) => {
        task = fresh;
      };
      const download = () => downloadAll(session, found, folder, { ...options, onFresh });
      const files = await (session.results ? session.results.run(download) : download());
      const { warningsAbout } = await import("./download.mjs");
      const warnings = await warningsAbout(session, model, files, options.output);
      saved = { files, warnings };
    }
    const fileCount = task.urls.length;
    await entry?.update({ fileCount, ...credits && { credits: creditsOf(task, credits) } });
    return { ...taskResult(taskId, task, { ...origin, credits, model }), ...saved };
  } catch (error) {
    if (!(error instanceof Failure13)) throw error;
    const failure = error.with({ status: "COMPLETED", taskId, charged: "finished" });
    const seen = { state: "COMPLETED", record: {}, ...task && { urls: task.urls } };
    return { kind: "notFetched", taskId, seen, warnings: [], failure };
  }
}
async function fetchResult(session, taskId, { schedule, until: end }) {
  const { api } = session;
  const until = Math.max(end, api.clock.monotonic() + RESULT_MS);
  const deadline = Math.min(shortDeadline(session), until);
  const poller = await pollerOf(session, schedule);
  for (let n = 0; ; n += 1) {
    const task = await poller.record(taskId, { until, deadline });
    if (task.urls.length > 0) return { ...task, state: "COMPLETED" };
    const detail = await detailOf(session, taskId, deadline, until);
    if (detail && detail.urls.length > 0) return { ...detail, state: "COMPLETED" };
    if (hasOtherAddress(task.record)) {
      throw new Failure13(
        "DOWNLOAD_FAILED",
        "The task is COMPLETED, but what its record gives as the result is no https address.",
        { record: task.record, reason: { kind: "noAddress" } }
      );
    }
    const pause = intervalBefore({ polls: n, waitedMs: 0 }, schedule, api.clock.random);
    if (n + 1 >= RESULT_READS || api.clock.monotonic() + pause > deadline) {
      throw new Failure13("UNKNOWN_ERROR", "The task is COMPLETED, but its record names no file.", {
        record: task.record
      });
    }
    await api.clock.sleep(pause, api.signal);
  }
}
function hasOtherAddress(value, depth = 0) {
  if (typeof value === "string") {
    const isAddress = /^(file:|data:|[a-z][a-z0-9+.-]*:\/\/)/i.test(value);
    return isAddress && !(/^https?:/i.test(value) && URL.canParse(value));
  }
  if (typeof value !== "object" || value === null || depth > 4) return false;
  return Object.entries(value).some(([name, inner]) => name !== "input" && hasOtherAddress(inner, depth + 1));
}
async function detailOf({ api, provider }, taskId, deadline, until = Infinity) {
  try {
    return provider.detail && await api.read(provider.detail(taskId), deadline, { until });
  } catch (error) {
    if (error instanceof Failure13) return void 0;
    throw error;
  }
}
async function downloadAll(session, task, folder, { onFresh, onFile, onSaved, ...settings }) {
  const { api, provider } = session;
  const { entry, filesUntil, stallMs, output, isVersioned } = settings;
  const { saveOnce } = await import("./download.mjs");
  const files = [];
  const failures = [];
  const until = Math.max(filesUntil, api.clock.monotonic() + RESULT_MS);
  let { urls } = task;
  for (const index of task.urls.keys()) {
    const refresh = async () => {
      const first2 = await api.read(provider.task(task.id), shortDeadline(session));
      const fresh = first2.urls.length > 0 ? first2 : await detailOf(session, task.id, shortDeadline(session)) ?? first2;
      if (fresh.urls.length !== urls.length) return null;
      urls = fresh.urls;
      onFresh?.({ ...fresh, state: "COMPLETED" });
      return urls[index];
    };
    const url = urls[index];
    const number = task.urls.length > 1 ? { number: index + 1 } : {};
    const { maxRetries } = api.policy;
    const name = { taskId: task.id, folder, output, isVersioned, ...number };
    const options = { ...name, url, stallMs, maxRetries, until, refresh };
    onFile?.(index);
    try {
      const file = await saveOnce(session, entry, { ...options, waitEnds: filesUntil });
      files.push(file);
      await onSaved?.(file, index);
    } catch (error) {
      if (!(error instanceof Failure13)) throw error;
      failures.push(error);
    }
  }
  const first = failures[0];
  if (!first) return files;
  if (task.urls.length === 1) throw first;
  throw first.with({
    data: {
      ...first.details.data,
      files: files.map((file) => ({ ...file })),
      notSaved: failures.map(({ message }) => message)
    }
  });
}
var RESULT_READS, RESULT_MS;
var init_finish = __esm({
  "scripts/src/core/finish.ts"() {
    "use strict";
    init_poll_schedule();
    init_poller();
    init_result();
    init_session();
    RESULT_READS = 5;
    RESULT_MS = 1e4;
  }
});

// scripts/src/core/poll.ts
import { Failure as Failure14 } from "./main.mjs";
import { isTerminal as isTerminal4 } from "./main.mjs";
async function pollUntilEnd(poll, options) {
  const { clock, schedule, deadline, submittedAt, stop } = options;
  const start = clock.monotonic();
  let last;
  let { failure } = options;
  let failures = failure ? 1 : 0;
  for (let polls = 0; ; polls += 1) {
    const now = clock.monotonic();
    const progress = {
      polls,
      waitedMs: now - start,
      ...submittedAt !== void 0 && { ageMs: now - submittedAt }
    };
    let pause = intervalBefore(progress, schedule, clock.random);
    const before = failure && heeded(failure);
    if (before) pause = Math.max(pause, pauseAfter(before, failures, RETRY_PAUSES, clock.random));
    const left = deadline - now;
    if (left <= 0 || stop?.aborted) return { last, failure };
    if ((before?.details.retryAfter ?? 0) * 1e3 > left) return { last, failure };
    pause = Math.min(pause, left);
    if (last) options.onPoll?.(last, { elapsedMs: now - start, nextMs: pause });
    try {
      const seen = await poll(now + pause);
      if (!seen) continue;
      last = merge(last, seen);
      failure = void 0;
      failures = 0;
      if (isTerminal4(seen.state)) return { last, failure };
    } catch (error) {
      if (!(error instanceof Failure14)) throw error;
      const tooYoung = error.code === "TASK_NOT_FOUND" && clock.monotonic() < (options.graceUntil ?? 0);
      if (endsWait(error) && !tooYoung) throw error;
      failure = error;
      failures += 1;
      options.onError?.(error);
    }
  }
}
function endsWait({ code, details }) {
  return !details.transient && code !== "UNKNOWN_ERROR";
}
function merge(before, now) {
  const record = { ...before?.record, ...now.record };
  return now.state === "UNKNOWN" && before ? { ...now, state: before.state, record } : { ...now, record };
}
var init_poll = __esm({
  "scripts/src/core/poll.ts"() {
    "use strict";
    init_retry();
    init_poll_schedule();
  }
});

// scripts/src/core/task-record.ts
import { Failure as Failure15 } from "./main.mjs";
import { isTerminal as isTerminal5 } from "./main.mjs";
async function recordOf({ records }, taskId) {
  try {
    const journal = await records();
    const entry = await journal?.byTask(taskId);
    return entry && journal?.isOwn(entry) ? entry : void 0;
  } catch (error) {
    if (error instanceof Failure15) return void 0;
    throw error;
  }
}
async function noteState(session, entry, state, wasRunning = false) {
  const { status, checked: before } = entry.record;
  const seenLately = before !== null && Math.abs(session.api.clock.wall() - Date.parse(before)) < SEEN_LATELY_MS;
  if (state === "UNKNOWN" || isTerminal5(status) || state === status && seenLately) return;
  const checked = dateOf2(session);
  const took = (session.api.clock.wall() - Date.parse(entry.record.sentAt)) / 1e3;
  const isDuration = wasRunning && state === "COMPLETED" && took > 0;
  await entry.update({ status: state, checked, ...isDuration && { duration: Math.round(took * 10) / 10 } });
}
function deliver(session, entry, result) {
  const status = result.seen.state;
  if (!entry || !isTerminal5(status)) return result;
  const { kind, seen, files } = result;
  const found = entry.record.download === null ? seen.urls ?? files : files;
  const isWhole = status !== "COMPLETED" || kind === "completed" && (found ?? []).length > 0;
  const credits = result.credits ?? entry.record.credits;
  return { ...result, delivery: { entry, status, credits, delivered: isWhole ? dateOf2(session) : null } };
}
function isYoung({ api }, { record }) {
  return Math.abs(api.clock.wall() - Date.parse(record.created)) < YOUNG_TASK_MS;
}
function dateOf2({ api }) {
  return new Date(api.clock.wall()).toISOString();
}
var SEEN_LATELY_MS, YOUNG_TASK_MS;
var init_task_record = __esm({
  "scripts/src/core/task-record.ts"() {
    "use strict";
    SEEN_LATELY_MS = 6e4;
    YOUNG_TASK_MS = 3e4;
  }
});

// scripts/src/core/tasks.ts
var tasks_exports = {};
__export(tasks_exports, {
  getStatus: () => getStatus,
  getTask: () => getTask,
  outputOf: () => outputOf,
  waitOn: () => waitOn,
  waitTask: () => waitTask
});
import { Failure as Failure16 } from "./main.mjs";
import { isTerminal as isTerminal6 } from "./main.mjs";
async function getStatus(session, taskId) {
  const seen = await fetchStatus(session, taskId, shortDeadline(session));
  const entry = await recordOf(session, taskId);
  if (entry) await noteState(session, entry, seen.state);
  const result = taskResult(taskId, seen, { model: entry?.record.model });
  return seen.state === "COMPLETED" ? result : deliver(session, entry, result);
}
async function getTask(session, taskId, settings) {
  const { api, provider } = session;
  const { folder, waitMs: filesMs } = settings;
  if (folder !== null) return waitTask(session, taskId, { ...settings, waitMs: 0, filesMs });
  const entry = await recordOf(session, taskId);
  const task = await api.read(provider.task(taskId), shortDeadline(session));
  if (entry) await noteState(session, entry, task.state);
  return deliver(
    session,
    entry,
    taskResult(taskId, task, { credits: entry?.record.credits, model: entry?.record.model })
  );
}
async function waitTask(session, taskId, settings, origin = {}, known) {
  const entry = known ?? await recordOf(session, taskId);
  session = aboutTask(session, taskId, entry);
  const folder = await folderFor(settings.folder ?? entry?.record.download ?? null);
  const output = outputOf(settings, entry);
  const { clock } = session.api;
  const start = clock.monotonic();
  let first;
  let failure;
  const recorded = entry?.record.status;
  try {
    first = recorded && isTerminal6(recorded) ? { state: recorded, record: {} } : settings.waitMs > 0 ? await firstStatus(session, taskId, settings, start) : await fetchStatus(session, taskId, shortDeadline(session));
  } catch (error) {
    if (!(error instanceof Failure16) || settings.waitMs <= 0) throw error;
    const tooYoung = error.code === "TASK_NOT_FOUND" && entry !== void 0 && isYoung(session, entry);
    if (endsWait(error) && !tooYoung) throw error;
    failure = error;
    session.observer.queryFailed(error);
  }
  if (first) session.observer.task(taskId, first.state);
  const waitMs = settings.waitMs - (clock.monotonic() - start);
  const credits = entry?.record.credits;
  const wait = { ...settings, folder, output, waitMs, ...entry && { entry }, ...credits && { credits } };
  return waitOn(session, { id: taskId, ...first }, wait, origin, failure);
}
function outputOf({ folder, output }, entry) {
  if (output !== void 0 && folder !== null) return output;
  return entry?.record.output ?? null;
}
async function waitOn(session, task, settings, origin = {}, failure) {
  const { entry } = settings;
  const taskId = task.id;
  session = aboutTask(session, taskId, entry);
  const { api, observer } = session;
  const start = api.clock.monotonic();
  const credits = settings.credits && creditsOf(task, settings.credits);
  let seen = task.state ? { ...task, state: task.state, record: task.record ?? {} } : void 0;
  const deadline = start + settings.waitMs;
  if (settings.waitMs > 0 && !(seen && isTerminal6(seen.state))) {
    const model = settings.model ?? entry?.record.model;
    const expected = model === void 0 ? null : await expectedDuration(session, model);
    if (expected) observer.expected(expected);
  }
  const poller = await pollerOf(session, settings.schedule);
  let isCrowded = !seen && !failure;
  let wasRunning = seen !== void 0 && !isTerminal6(seen.state);
  if (!seen || !isTerminal6(seen.state)) {
    const unwatch = poller.watch(taskId);
    try {
      const waited = await pollUntilEnd(
        async (dueAt) => {
          const found = await poller.next(taskId, { dueAt, deadline }, settings.stop);
          isCrowded = found === "crowded";
          return found === "crowded" ? null : found;
        },
        {
          clock: api.clock,
          ...await likelySchedule(session, settings, task.model),
          deadline,
          graceUntil: start + YOUNG_TASK_MS,
          failure,
          ...settings.stop && { stop: settings.stop },
          onPoll: (status, progress) => {
            wasRunning ||= !isTerminal6(status.state);
            observer.polled(status, progress);
          },
          onError: (error) => observer.queryFailed(error)
        }
      );
      failure = waited.failure;
      if (waited.last) seen = merge(seen, waited.last);
      if (entry && seen) await noteState(session, entry, seen.state, wasRunning);
      if (waited.last && isTerminal6(waited.last.state))
        observer.polled(waited.last, { elapsedMs: api.clock.monotonic() - start, nextMs: 0 });
    } finally {
      unwatch();
    }
  }
  const recorded = entry?.record.status ?? "UNKNOWN";
  if (!seen && failure && recorded === "UNKNOWN") throw failure.with({ status: "UNKNOWN", taskId });
  seen ??= { state: recorded, record: {} };
  if (seen.state === "COMPLETED")
    return deliver(
      session,
      entry,
      await finish(session, taskId, {
        ...settings,
        task: seen.task,
        until: settings.waitMs > 0 ? deadline : Infinity,
        filesUntil: start + Math.max(settings.waitMs, settings.filesMs ?? 0),
        origin,
        credits
      })
    );
  const facts = { ...origin, credits, model: settings.model ?? entry?.record.model };
  if (isTerminal6(seen.state)) {
    const until = shortDeadline(session);
    const read = () => poller.record(taskId, { until, deadline: until });
    const ended2 = seen.task ? { ...seen.task, state: seen.state } : await withRecord(seen, read);
    return deliver(session, entry, taskResult(taskId, ended2, facts));
  }
  const result = taskResult(taskId, seen, facts);
  if (failure) {
    const { retryAfter } = failure.details;
    return { ...result, lastPollError: failure, ...retryAfter !== void 0 && { retryAfter } };
  }
  return isCrowded && !settings.stop?.aborted ? withoutPermit(result, poller) : result;
}
async function withoutPermit(result, poller) {
  const seconds = Math.max(1, Math.ceil(await poller.nextPermitIn() / 1e3));
  return { ...result, warnings: [...result.warnings, { kind: "noPermit", seconds }], retryAfter: seconds };
}
function aboutTask(session, taskId, entry) {
  return { ...session, observer: session.observer.about(taskId, entry?.record.created) };
}
async function likelySchedule(session, { schedule, entry, model = entry?.record.model }, seenModel) {
  const name = model ?? seenModel;
  if (!entry || name === void 0 || isFast(schedule)) return { schedule };
  const { clock } = session.api;
  const age = clock.wall() - Date.parse(entry.record.sentAt);
  const likely = await likelyDuration(session, name);
  return {
    schedule: { ...schedule, ...likely && { likely } },
    submittedAt: clock.monotonic() - Math.max(0, age)
  };
}
async function firstStatus(session, taskId, settings, start) {
  const poller = await pollerOf(session, settings.schedule);
  const unwatch = poller.watch(taskId);
  try {
    const times = { dueAt: start, deadline: start + settings.waitMs };
    const found = await poller.next(taskId, times, settings.stop);
    return found === "crowded" ? void 0 : found ?? void 0;
  } finally {
    unwatch();
  }
}
var init_tasks = __esm({
  "scripts/src/core/tasks.ts"() {
    "use strict";
    init_durations();
    init_fetch_status();
    init_finish();
    init_poll();
    init_poll_schedule();
    init_poller();
    init_result();
    init_session();
    init_task_record();
  }
});

// scripts/src/core/cancel.ts
var cancel_exports = {};
__export(cancel_exports, {
  cancelTask: () => cancelTask
});
import { Failure as Failure17 } from "./main.mjs";
async function cancelTask(session, taskId) {
  let answer;
  let refusal3;
  try {
    answer = await cancelWhileRefusedForNow(session, taskId);
  } catch (error) {
    if (!(error instanceof Failure17)) throw error;
    if (["AUTH_FAILED", "RATE_LIMITED"].includes(error.code)) throw error;
    refusal3 = error;
  }
  if (answer?.state === "CANCEL") return cancelled(session, taskId, answer);
  let seen;
  try {
    seen = await fetchStatus(session, taskId, shortDeadline(session));
  } catch (error) {
    if (!(error instanceof Failure17)) throw error;
    if (error.code === "AUTH_FAILED" || error.code === "TASK_NOT_FOUND") throw error;
    if (refusal3 && refusal3.code !== "UNKNOWN_ERROR") throw refusal3;
    seen = answer;
  }
  const entry = await recordOf(session, taskId);
  if (entry && seen) await noteState(session, entry, seen.state);
  if (seen?.state === "CANCEL") return cancelled(session, taskId, seen);
  return notCancelled(taskId, seen, refusal3);
}
function notCancelled(taskId, found, refusal3) {
  const seen = found ?? { state: "UNKNOWN", record: {} };
  const so = found ? `it is ${found.unknownState ?? found.state}` : "its state could not be read";
  const said = refusal3 ? ` ${refusal3.message}` : "";
  const failure = new Failure17(
    refusal3?.code === "NETWORK_ERROR" ? "NETWORK_ERROR" : "CANCEL_REJECTED",
    `The task was not cancelled: ${so}.${said}`,
    {
      status: seen.state,
      taskId,
      record: seen.record,
      reason: { kind: "notCancelled", taskId, state: seen.state }
    }
  );
  return { kind: "notCancelled", taskId, seen, warnings: [], failure };
}
async function cancelled(session, taskId, seen) {
  const entry = await recordOf(session, taskId);
  const { api, provider } = session;
  const read = () => api.read(provider.task(taskId), shortDeadline(session));
  const credits = creditsOf(await withRecord(seen, read), entry?.record.credits);
  return deliver(session, entry, { kind: "cancelledNow", taskId, seen, credits, warnings: [] });
}
async function cancelWhileRefusedForNow(session, taskId) {
  const { api, provider } = session;
  const deadline = shortDeadline(session);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.once(provider.cancel(taskId), { fresh: true });
    } catch (error) {
      if (error instanceof Failure17 && error.details.unclear) throw error;
      await api.pauseOrThrow(error, attempt, deadline);
    }
  }
}
var init_cancel = __esm({
  "scripts/src/core/cancel.ts"() {
    "use strict";
    init_fetch_status();
    init_result();
    init_session();
    init_task_record();
  }
});

// scripts/src/core/attach-task.ts
var attach_task_exports = {};
__export(attach_task_exports, {
  attachTask: () => attachTask
});
import { Failure as Failure18 } from "./main.mjs";
async function attachTask(session, taskId, idempotencyKey) {
  const store = await session.records();
  const [entry] = (await store?.byKey(idempotencyKey) ?? []).filter((one) => store?.isOwn(one));
  if (!store || !entry) {
    const message = `No request of this key is on record with the idempotency key ${idempotencyKey}.`;
    throw new Failure18("TASK_NOT_FOUND", message, { reason: { kind: "noRecord" } });
  }
  checkFree2(entry, taskId, await store.byTask(taskId));
  if (entry.record.taskId === taskId) return;
  const { state } = await fetchStatus(session, taskId, shortDeadline(session));
  const lock = await store.fence(entry.record.request);
  if ("heldBy" in lock) {
    const { pid, host } = lock.heldBy;
    const message = `Process ${pid} on ${host} is submitting this request just now; its record stays as it is.`;
    throw new Failure18("UNKNOWN_ERROR", message, { reason: { kind: "beingSubmitted" } });
  }
  try {
    await entry.refresh();
    checkFree2(entry, taskId, await store.byTask(taskId));
    const checked = new Date(session.api.clock.wall()).toISOString();
    await entry.require({ phase: "submitted", taskId, status: state, checked });
  } finally {
    await lock.release();
  }
}
function checkFree2({ record }, taskId, holder) {
  const { taskId: own, idempotencyKey } = record;
  const taken = holder && holder.record.idempotencyKey !== idempotencyKey;
  if (!taken && (own === null || own === taskId)) return;
  const why = taken ? `task ${taskId} belongs to the request of ${holder.record.created}` : `the request of ${idempotencyKey} has task ${own}`;
  throw new Failure18("IDEMPOTENCY_CONFLICT", `Nothing was recorded: ${why}.`, {
    data: { recordedTaskId: taken ? taskId : own },
    reason: { kind: "otherTask" }
  });
}
var init_attach_task = __esm({
  "scripts/src/core/attach-task.ts"() {
    "use strict";
    init_fetch_status();
    init_session();
  }
});

// scripts/src/cli/live.ts
const { existsSync } = require("node:fs");
const path2 = require("node:path");

// scripts/src/core/made-elsewhere.ts
import { Failure } from "./main.mjs";
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
      here: records.place
    }
  });
}

// scripts/src/cli/live.ts
init_poll_schedule();

// scripts/src/http/api.ts
import { Failure as Failure3 } from "./main.mjs";

// scripts/src/http/json.ts
import { isObject } from "./main.mjs";
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
  const start = body.length >= 3 && body[0] === 239 && body[1] === 187 && body[2] === 191 ? 3 : 0;
  try {
    return JSON.parse(body.toString("utf8", start));
  } catch {
    return void 0;
  }
}
var PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
var LONG_TEXT = 64 * 1024;
var PIECE_CHARACTERS = 256 * 1024;
var JsonBody = class {
  /** Bytes. */
  length;
  #parts = [];
  constructor(value) {
    let text = "";
    const put = (part) => {
      if (typeof part === "string" && part.length >= LONG_TEXT && PLAIN.test(part)) {
        this.#parts.push(Buffer.from(`${text}"`), part);
        text = '"';
      } else if (Array.isArray(part)) {
        list("[", "]", part, put);
      } else if (isObject(part)) {
        list("{", "}", Object.entries(part), ([name, inner]) => {
          text += `${JSON.stringify(name)}:`;
          put(inner);
        });
      } else {
        text += JSON.stringify(part);
      }
    };
    const list = (open, close, items, each) => {
      text += open;
      for (const [index, item] of items.entries()) {
        if (index > 0) text += ",";
        each(item);
      }
      text += close;
    };
    put(value);
    this.#parts.push(Buffer.from(text));
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
import { Failure as Failure2 } from "./main.mjs";
import { plain, quoted } from "./main.mjs";
var ClosedHere = class extends Error {
  code = "CLOSED_HERE";
};
function where(request) {
  return request.url.origin;
}
function networkError(request, what, unclear, cause) {
  return new Failure2("NETWORK_ERROR", `${where(request)} ${what}.`, { transient: true, unclear, cause });
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
  if (error instanceof Failure2) return error;
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
    if (isTlsCode(code) && !left) {
      return refusedTls(request, code, quoted(String(link.reason ?? link.message), 120), error);
    }
  }
  if (left) return networkError(request, `broke off (${plain(String(error), 120)})`, true, error);
  return error;
}
var PROXY_REFUSAL = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;
function refusedByProxy(request, status, cause) {
  const why = status === 407 ? "it wants a user name and a password (HTTP 407)" : `it answered HTTP ${status}`;
  return new Failure2("NETWORK_ERROR", `${where(request)} could not be reached through the proxy: ${why}.`, {
    cause,
    // A proxy that cannot reach the service answers 5xx, which may pass; its other answers are permanent.
    transient: status >= 500,
    unclear: false,
    reason: { kind: "proxyRefusal" }
  });
}
function withProxy(failure) {
  if (failure.details.unclear !== false || /proxy/i.test(failure.message)) return failure;
  const hint = "A proxy is set; it may be what fails.";
  return new Failure2(failure.code, `${failure.message} ${hint}`, failure.details);
}
var CERTIFICATE = /^(CERT_|CRL_|ERROR_IN_C|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|UNSPECIFIED)$)/;
var HANDSHAKE = /^(ERR_SSL_|EPROTO)/;
function isTlsCode(code) {
  return CERTIFICATE.test(code) || HANDSHAKE.test(code);
}
function refusedTls(request, code, said, cause) {
  const isCertificate = CERTIFICATE.test(code);
  const what = isCertificate ? "has a certificate that cannot be trusted" : "could not agree on TLS";
  return new Failure2("NETWORK_ERROR", `${where(request)} ${what} (${code}: ${said}).`, {
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

// scripts/src/http/api.ts
init_retry();
var SHOWN_BYTES = 800;
var LEAST_REQUEST_MS = 5e3;
var LEAST_RETRY_MS = 500;
var LONGEST_QUEUE_MS = 1e4;
var PAUSE_MS = 5e3;
var Api = class {
  clock;
  policy;
  #transport;
  #options;
  constructor(transport, clock, options) {
    this.#transport = transport;
    this.#options = options;
    this.clock = clock;
    this.policy = { maxRetries: options.maxRetries, ...RETRY_PAUSES };
  }
  get signal() {
    return this.#options.signal;
  }
  /** Milliseconds that one request may take. */
  get timeoutMs() {
    return this.#options.timeoutMs;
  }
  /** Makes one attempt. */
  async once(call, options = {}) {
    const { fresh = false, until = Infinity, leastMs = LEAST_REQUEST_MS, onLeave } = options;
    const { signal } = this.#options;
    const isQuery = call.request.method === "GET" && !options.isPermitted;
    const limiter = isQuery ? await this.#options.limiter?.() : null;
    if (limiter) await this.#permit(limiter, until);
    const left = Math.max(until - this.clock.monotonic(), leastMs);
    const timeoutMs = Math.ceil(Math.min(this.#options.timeoutMs, left));
    const answer = await this.#transport.send(call.request, {
      timeoutMs,
      fresh,
      maxBytes: call.limits.bytes,
      ...signal && { signal },
      ...onLeave && { onLeave }
    });
    if (!isExcessive(answer.body, call.limits.values)) {
      return limiter ? withPause(limiter, () => call.read(answer)) : call.read(answer);
    }
    if (answer.status >= 300) return call.read({ ...answer, body: answer.body.subarray(0, SHOWN_BYTES) });
    const { values } = call.limits;
    throw networkError(
      call.request,
      `sent an answer of more than ${values} values, or one nested too deep`,
      true
    );
  }
  /** Waits for the permit of a lookup. @throws Failure RATE_LIMITED where that takes too long: nothing was sent */
  async #permit(limiter, until) {
    const end = Math.min(until, this.clock.monotonic() + LONGEST_QUEUE_MS);
    for (; ; ) {
      const wait = await limiter.acquire("lookup");
      if (wait <= 0) return;
      if (this.clock.monotonic() + wait > end) {
        throw new Failure3(
          "RATE_LIMITED",
          "The queries that the service permits in a minute are used up by what runs on this machine, so none was sent.",
          { transient: true, retryAfter: Math.ceil(wait / 1e3) }
        );
      }
      await this.clock.sleep(wait, this.signal);
    }
  }
  /**
   * Makes a call that is safe to repeat, with retries until the deadline.
   * @param deadline on the monotonic clock, in milliseconds
   * @param options with `until`, all attempts together end then, or `leastMs` after the first one began
   */
  async read(call, deadline, options = {}) {
    const { until = Infinity, leastMs = LEAST_REQUEST_MS } = options;
    const end = Math.max(until, this.clock.monotonic() + leastMs);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(call, { ...options, until: end, leastMs: LEAST_RETRY_MS });
      } catch (error) {
        await this.pauseOrThrow(error, attempt, deadline);
      }
    }
  }
  /** Sleeps until the next attempt. Throws the error when there is no next attempt. */
  async pauseOrThrow(error, attempt, deadline) {
    const pause = error instanceof Failure3 ? this.pauseFor(error, attempt, deadline) : null;
    if (pause === null) throw error;
    await this.clock.sleep(pause, this.signal);
  }
  /** Returns the backoff before the next attempt in milliseconds; null when there is no next attempt. */
  pauseFor(failure, attempt, deadline) {
    const remaining = deadline - this.clock.monotonic();
    return pauseBeforeRetry(failure, attempt, remaining, this.policy, this.clock.random);
  }
};
async function withPause(limiter, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure3 && error.code === "RATE_LIMITED") {
      await limiter.pauseFor((error.details.retryAfter ?? 0) * 1e3 || PAUSE_MS);
    }
    throw error;
  }
}

// scripts/src/cli/live.ts
import { systemClock } from "./main.mjs";

// scripts/src/http/transport.ts
import { Failure as Failure5 } from "./main.mjs";

// scripts/src/http/decode.ts
function decoded(body, encoding, most, tooLarge) {
  const codings = (encoding ?? "").toLowerCase().split(",").slice(0, 3).reverse();
  let out = body;
  for (const coding of codings) {
    const undo = UNDO[coding.trim()];
    if (!undo) continue;
    try {
      out = undo(process.getBuiltinModule("node:zlib"), out, { maxOutputLength: most });
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")
        throw tooLarge();
      return body;
    }
  }
  return out;
}
var gunzip = (zlib, body, options) => zlib.gunzipSync(body, options);
var UNDO = {
  gzip: gunzip,
  "x-gzip": gunzip,
  br: (zlib, body, options) => zlib.brotliDecompressSync(body, options),
  // Some servers leave out the frame that belongs to it: its first byte would say 8 in its lower half.
  deflate: (zlib, body, options) => ((body[0] ?? 0) & 15) === 8 ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options)
};

// scripts/src/http/node-http-client.ts
const {
  Agent,
  request: sendPlain
} = require("node:http");

// scripts/src/http/http-client.ts
const { Readable } = require("node:stream");
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
  /** @param lookup finds the addresses of hosts, for each new connection; the system's own way by default */
  constructor(lookup2) {
    this.#lookup = lookup2;
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
      ...this.#lookup && { lookup: this.#lookup }
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
  #resolve;
  #options;
  #clients = /* @__PURE__ */ new Map();
  /** @param resolve finds the addresses of file hosts; by default the system does */
  constructor(proxy = {}, resolve, options = {}) {
    this.#proxy = proxy;
    this.#resolve = resolve;
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
    const head = await this.exchange(
      request,
      {
        onHead() {
        },
        onData(chunk) {
          size += chunk.length;
          if (size > maxBytes) throw tooLarge();
          chunks.push(chunk);
        }
      },
      options
    );
    const body = decoded(Buffer.concat(chunks), head.headers["content-encoding"], maxBytes, tooLarge);
    return { ...head, body };
  }
  /**
   * Sends one request and passes its answer to `receiver` piece by piece.
   * @throws Failure NETWORK_ERROR (`unclear` when part of the request was sent), the signal's reason, or the error
   * that the receiver threw
   */
  async exchange(request, receiver, options) {
    const client = await this.#clientFor(options);
    try {
      return await exchange(client, request, receiver, options);
    } catch (error) {
      throw this.#proxied && error instanceof Failure5 ? withProxy(error) : error;
    }
  }
  /** Ends all exchanges that are under way, so that the process can end. */
  async close() {
    for (const made of await Promise.allSettled(this.#clients.values())) {
      if (made.status === "fulfilled") made.value.close();
    }
  }
  get #proxied() {
    return Boolean(this.#proxy.httpProxy || this.#proxy.httpsProxy);
  }
  #clientFor({ isFile = false }) {
    const kind = isFile ? "files" : this.#proxied ? "proxy" : "node";
    const client = this.#clients.get(kind) ?? this.#create(kind);
    this.#clients.set(kind, client);
    return client;
  }
  async #create(kind) {
    const { httpClient, ownsProcess } = this.#options;
    if (kind !== "files" && httpClient) return httpClient;
    if (kind === "node") return new NodeHttpClient();
    if (kind === "files" && !this.#proxied && !ownsProcess) {
      const { publicLookup: publicLookup2 } = await Promise.resolve().then(() => (init_public_lookup(), public_lookup_exports));
      return new NodeHttpClient(publicLookup2(this.#resolve));
    }
    return this.#undici(kind);
  }
  async #undici(kind) {
    const { tuneForOneCommand, UndiciHttpClient } = await import("./undici.mjs");
    const { publicLookup: publicLookup2 } = await Promise.resolve().then(() => (init_public_lookup(), public_lookup_exports));
    if (this.#options.ownsProcess) tuneForOneCommand();
    try {
      return new UndiciHttpClient(this.#proxy, kind === "files" ? publicLookup2(this.#resolve) : void 0);
    } catch (cause) {
      const message = "The address of the proxy cannot be used as it is written.";
      throw new Failure5("NETWORK_ERROR", message, { cause, reason: { kind: "proxySettings" } });
    }
  }
};
function exchange(client, request, receiver, { timeoutMs, signal, fresh = false, onLeave }) {
  return new Promise((resolve, reject) => {
    let ongoing;
    let left = false;
    let head;
    let over = false;
    let pending = Promise.resolve();
    const finish2 = (error) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (error === void 0) {
        pending.then(() => resolve(head), reject);
        return;
      }
      ongoing?.abort();
      pending.then(
        () => reject(error),
        () => reject(error)
      );
    };
    const onAbort = () => finish2(signal?.reason);
    const timer = setTimeout(() => {
      const what = !left ? "did not accept a connection" : head ? "did not finish its answer" : "did not answer";
      finish2(networkError(request, `${what} within ${timeoutMs} ms`, left));
    }, timeoutMs);
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      ongoing = client.start(
        request,
        {
          onLeave() {
            left = true;
            onLeave?.();
          },
          onHead(received) {
            if (over) return;
            if (received.status < 200) {
              finish2(
                networkError(request, `answered with HTTP ${received.status}, which is no answer`, left)
              );
              return;
            }
            head = received;
            try {
              receiver.onHead(head);
            } catch (error) {
              finish2(error);
            }
          },
          onData(chunk) {
            if (over) return;
            try {
              const busy = receiver.onData(chunk);
              if (!busy) return;
              ongoing?.pause();
              pending = busy;
              busy.then(() => ongoing?.resume(), finish2);
            } catch (error) {
              finish2(error);
            }
          },
          onEnd() {
            finish2(void 0);
          },
          onError(error) {
            finish2(explain(request, error, left));
          }
        },
        fresh
      );
    } catch (error) {
      finish2(explain(request, error, false));
    }
  });
}

// scripts/src/cli/live.ts
import { Failure as Failure19 } from "./main.mjs";
import { createProvider } from "./main.mjs";
import { journalFolder } from "./main.mjs";
import { isSubmit, needsRecords } from "./main.mjs";

// scripts/src/cli/render/advice.ts
function adviceFor(failure, { caller, account, taskId }) {
  const { profile, isSubmit: isSubmit2, same, command } = caller;
  const { title, can, keyVariable, urlVariable, keyPage, says } = profile;
  const list = can.list ? [command("listTasks")] : [];
  const wait = failure.details.retryAfter;
  const later = wait === void 0 ? "a little later" : `after ${wait} seconds`;
  const retry = isSubmit2 && taskId === null ? `Nothing was submitted or charged. Run the same command again ${later}.` : `The task is as it was. Run the same command again${isSubmit2 ? ", without --new," : ""} ${later}; it charges nothing.`;
  switch (failure.code) {
    case "AUTH_FAILED":
      return [
        `${title} refused the key in ${keyVariable} (fingerprint ${account}). Check it, or make a new one at ${keyPage} (${says.key}).`,
        "A key is shown nowhere and is passed by the environment only."
      ];
    case "RATE_LIMITED":
    case "NETWORK_ERROR":
      return taskId === null && !isSubmit2 ? [`Run the same command again ${later}; it charges nothing.`] : [retry];
    case "TASK_NOT_FOUND":
      return [
        `${says.missing} Check ${keyVariable}, ${urlVariable} and the id. A sandbox task is seen with --sandbox only.`,
        ...list
      ];
    case "INVALID_PAYLOAD":
    case "INVALID_MODEL":
      return [
        "The service refused it, so nothing was charged. Do not send it again unchanged; its message says what to change.",
        ...can.account ? [command("account")] : []
      ];
    case "IDEMPOTENCY_CONFLICT":
      return [
        "This key was already used for another request. Nothing new was submitted or charged.",
        "To resume the earlier task, find it in the list; for a new request leave --idempotencyKey out.",
        ...list
      ];
    case "BUDGET_EXCEEDED":
      return [
        "Nothing was submitted. Ask the user for a higher limit, or choose a cheaper model or duration."
      ];
    case "UNKNOWN_ERROR":
      if (taskId !== null)
        return [
          `${title} gave no usable answer about the task, which is as it was: check the id.`,
          command("getTask", { taskId }),
          ...list
        ];
      return isSubmit2 ? [
        "Nothing was submitted or charged. Read errorMessage first: unchanged, the same may be rejected again.",
        same
      ] : [same];
    default:
      return [];
  }
}

// scripts/src/cli/live.ts
import { callerOf } from "./main.mjs";
import { explained as explained3 } from "./main.mjs";

// scripts/src/cli/render/account.ts
import { EXIT } from "./main.mjs";
import { success, upstream } from "./main.mjs";
import { cheaperSteps } from "./main.mjs";
function quoteOutcome({ model, quote, estimate, missing, cheaper }, { profile }) {
  const { credits, balance, affordable, record } = quote;
  const nextSteps = cheaper ? [`${missing} credits are missing. ${profile.says.credits}`, ...cheaperSteps(cheaper)] : affordable === false ? [`The service says that the balance is too small. ${profile.says.credits}`] : [
    `Tell the user the price (${credits} credits), then submit once with --maxCredits ${credits}. Media and content are checked only then.`
  ];
  const data = {
    ...{ model, credits, currentBalance: balance, affordable },
    ...estimate && { estimate: { ...estimate, note: "The quote counts." } },
    nextSteps
  };
  return success(null, null, { ...data, ...upstream(record) }, EXIT.done);
}
function accountOutcome({ account: { balance, models, record }, contracts, notListedByService, withoutContract }, { profile: { title } }) {
  const nextSteps = [];
  if (models.length > 0 && notListedByService.length > 0)
    nextSteps.push(
      `${title} does not list ${notListedByService.join(", ")} today: a submit of it may be refused.`
    );
  if (withoutContract.length > 0)
    nextSteps.push(
      `${title} lists ${withoutContract.join(", ")}, which has no contract here: references/add-a-model.md tells how to add one.`
    );
  const data = {
    currentBalance: balance,
    supportedModels: models,
    contracts: { models: contracts, notListedByService, withoutContract },
    ...nextSteps.length > 0 && { nextSteps }
  };
  return success(null, null, { ...data, ...upstream(record) }, EXIT.done);
}

// scripts/src/cli/render/list.ts
import { plain as plain4, quoted as quoted3 } from "./main.mjs";

// scripts/src/providers/error-answer.ts
init_retry();
import { Failure as Failure6 } from "./main.mjs";
import { TASK_ID } from "./main.mjs";
import { plain as plain3, quoted as quoted2 } from "./main.mjs";
var MB = 1024 * 1024;
var SMALL = { bytes: MB, values: 1e4 };
var RECORD = { bytes: 32 * MB, values: 1e4 };
var LIST = { bytes: 32 * MB, values: 5e5 };
function refused({ code: named, status, said, answer, kind, now }) {
  const code = kind === "submit" || kind === "quote" || OF_A_QUERY.has(named) ? named : "UNKNOWN_ERROR";
  const details = { transient: isTransientStatus(status) || code === "RATE_LIMITED" };
  if (kind === "submit" && (status >= 500 || status === 408 || status === 425 || status === 303))
    details.unclear = true;
  const retryAfter = parseRetryAfter(answer.headers["retry-after"], now());
  if (retryAfter !== void 0 && details.transient) details.retryAfter = retryAfter;
  return new Failure6(code, messageOf(status, said, answer), details);
}
var OF_A_QUERY = /* @__PURE__ */ new Set([
  "AUTH_FAILED",
  "RATE_LIMITED",
  "TASK_NOT_FOUND",
  "NETWORK_ERROR"
]);
function unreadable(request, answer, what, kind) {
  const head = answer.body.toString("utf8", 0, 800);
  const message = `The answer of ${request.url.origin} (HTTP ${answer.status}) ${what}: ${plain3(head) ? quoted2(head, 200) : "empty"}.`;
  return new Failure6("NETWORK_ERROR", message, { transient: true, unclear: kind === "submit" });
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
function firstText(...values) {
  return values.find((value) => typeof value === "string" && value !== "");
}
function messageOf(status, said, answer) {
  if (status >= 300 && status < 400) {
    return `The service redirects (HTTP ${status}); redirects are not followed, because the key would go along.`;
  }
  const words = said ?? answer.body.toString("utf8", 0, 800);
  const inner = status === answer.status ? "" : ` with the code ${status} in its body`;
  return `The service answered HTTP ${answer.status}${inner}${plain3(words) ? `: ${quoted2(words)}` : inner ? "" : " with an empty body"}.`;
}
function isTaskId(id, key) {
  return typeof id === "string" && TASK_ID.test(id) && !id.toLowerCase().includes(key.toLowerCase());
}
function nameIn(value) {
  return typeof value === "string" && /^[\w][\w./:-]{0,79}$/.test(value) ? value : void 0;
}
function unknownWord(word) {
  return nameIn(word.trim()) ?? "(not a word)";
}

// scripts/src/cli/render/list.ts
import { EXIT as EXIT3 } from "./main.mjs";
import { sinceAt as sinceAt2 } from "./main.mjs";
import { resumeCommand } from "./main.mjs";
import { success as success3, upstream as upstream2 } from "./main.mjs";

// scripts/src/cli/render/spending.ts
import { EXIT as EXIT2 } from "./main.mjs";
import { sinceAt } from "./main.mjs";
import { success as success2 } from "./main.mjs";
var KEPT_DAYS = 30;
var MOST_MODELS = 100;
function spendingOutcome(result, caller) {
  const { total, models, list, journal } = result;
  const since = result.since === null ? null : sinceAt(result.since);
  const covers = [
    listWords(list, since, caller),
    journalWords(journal, caller),
    "Credits are as the service reported them. A task is counted in the span in which it was submitted, and once."
  ].flatMap((words) => words ?? []);
  const warnings = warningsOf(result, since);
  if (result.listFailure) {
    const { title } = caller.profile;
    warnings.unshift(
      `The list of ${title} could not be read (${result.listFailure.message}), so this is what the journal of this machine knows, which may be out of date.`
    );
  }
  const nextSteps = nextStepsOf(total, caller);
  const data = {
    since: spanOf(since),
    total: rowOf(total),
    models: models.slice(0, MOST_MODELS).map(modelRow),
    ...models.length > MOST_MODELS && { more: models.length - MOST_MODELS },
    covers,
    ...warnings.length > 0 && { warnings },
    ...nextSteps.length > 0 && { nextSteps }
  };
  return success2(null, null, data, EXIT2.done);
}
function spanOf(since) {
  return since && { day: since.day, from: new Date(since.from).toISOString(), timeZone: since.timeZone };
}
var modelRow = ({ model, ...sums }) => ({ model, ...rowOf(sums) });
function rowOf({ charged, refunded, open, unpriced, unknown, ...counts }) {
  const isAllUnknown = unpriced > 0 && charged === 0 && unpriced + unknown >= counts.tasks;
  return {
    ...counts,
    outcomeUnknown: unknown,
    charged: isAllUnknown ? null : charged,
    refunded: isAllUnknown && refunded === 0 ? null : refunded,
    net: isAllUnknown ? null : charged - refunded,
    mayStillBeCharged: open,
    creditsUnknown: unpriced
  };
}
function listWords(list, since, { profile }) {
  const { title, can } = profile;
  if (!list)
    return can.list ? null : `${title} documents no list of tasks, so its tasks are known by the journal alone.`;
  const oldest = list.oldest === null ? "" : `, the oldest of ${new Date(list.oldest).toISOString()}`;
  const later = since && list.oldest !== null && list.oldest > since.from ? " Whether it reaches back to the beginning of the span is not known." : "";
  return `The list of ${title}: ${list.tasks} tasks of this key${oldest}. How far back such a list reaches is not documented.${later}`;
}
function journalWords(journal, { profile }) {
  if (!journal) return "The journal of this machine: there is none.";
  const kept = `A record is kept for ${KEPT_DAYS} days after its last use.`;
  return journal.keys === "all" ? `The journal of this machine alone, because ${profile.keyVariable} is not set: ${journal.more} requests, of every key that was used here. ${kept}` : `The journal of this machine: ${journal.more} requests of this key${profile.can.list ? " that the list does not show" : ""}. ${kept}`;
}
function warningsOf({ total, list, journal, asOf }, since) {
  const { unpriced, unknown } = total;
  const unreadable2 = journal?.unreadable ?? 0;
  const warnings = [];
  if (unpriced > 0)
    warnings.push(
      `The credits of ${unpriced} of these tasks are not known: nobody reported them, and the sums leave them out.`
    );
  if (unreadable2 > 0)
    warnings.push(
      `${unreadable2 === 1 ? "1 record of this machine cannot be read: its request counts" : `${unreadable2} records of this machine cannot be read: their requests count`} only where the list of the service shows the task.`
    );
  if (unknown > 0)
    warnings.push(
      `Whether ${unknown} of these submits were accepted, and charged, is not known. Their tasks may be among those of the list.`
    );
  if (list && list.undated > 0 && since)
    warnings.push(`${list.undated} tasks of the list have no date, and are left out.`);
  if (list && list.unread > 0)
    warnings.push(`${list.unread} entries of the list cannot be read, and are left out.`);
  if (!list && journal && since && since.from < asOf - KEPT_DAYS * 24 * 36e5)
    warnings.push(`What was made more than ${KEPT_DAYS} days ago may no longer be on record here.`);
  return warnings;
}
function nextStepsOf({ running, unknown }, { command, profile: { can } }) {
  const steps = [];
  if (running > 0)
    steps.push(can.list ? command("listTasks", { status: "running" }) : command("listPending"));
  if (unknown > 0 && !steps.includes(command("listPending"))) steps.push(command("listPending"));
  return steps;
}

// scripts/src/cli/render/list.ts
var MOST_COMMANDS = 5;
var MOST_MODELS2 = 20;
var LONGEST_REASON = 120;
function listOutcome(result, caller) {
  const { filter, tasks, matched, counts, listed, running, record } = result;
  const wanted = running.filter(({ id }) => tasks.some(({ task }) => task.id === id));
  const warnings = warningsOf2(result);
  const nextSteps = [
    ...wanted.slice(0, MOST_COMMANDS).map(({ id }) => resumeCommand(caller, id)),
    ...matched === 0 && listed > 0 ? [nothingMatches(result)] : []
  ];
  const data = {
    ...filter.since !== null && { since: spanOf(sinceAt2(filter.since)) },
    count: matched,
    counts,
    tasks: tasks.map(rowOf2),
    ...matched > tasks.length && { more: matched - tasks.length },
    ...warnings.length > 0 && { warnings },
    ...nextSteps.length > 0 && { nextSteps }
  };
  const records = caller.isFull ? tasks.map(({ task }) => task.record) : [];
  const shown = caller.isFull ? { ...record, tasks: records } : record;
  return success3(null, null, { ...data, ...upstream2(shown) }, EXIT3.done);
}
function warningsOf2({ matched, tasks, filter, undated, unread }) {
  const warnings = [];
  if (matched > tasks.length)
    warnings.push(
      `Only the newest ${tasks.length} of ${matched} tasks are shown; --limit, --since, --status and --model choose others. The counts are of all.`
    );
  if (undated > 0 && filter.since !== null)
    warnings.push(`${undated} tasks of the list have no date, and are left out.`);
  if (unread > 0) warnings.push(`${unread} entries of the list cannot be read, and are left out.`);
  return warnings;
}
function nothingMatches({ listed, models }) {
  const names = models.flatMap((model) => nameIn(model) ?? []).slice(0, MOST_MODELS2);
  return `None of the ${listed} tasks of this key is what was asked for. Their models: ${names.join(", ") || "not named"}.`;
}
function rowOf2({ task, request, name }) {
  const { id, state, unknownState, createdAt, completedAt, charged, refunded, error } = task;
  const key = keyOf(task);
  const file = request?.files[0]?.path;
  return {
    taskId: id,
    ...name !== void 0 && { name: plain4(name, 200) },
    ...file !== void 0 && { file: plain4(file, 1e3) },
    model: nameIn(task.model) ?? null,
    status: state,
    ...unknownState !== void 0 && { unknownState },
    createdAt: dateOf(createdAt),
    completedAt: dateOf(completedAt),
    credits: { charged: charged ?? null, refunded: refunded ?? null },
    ...error !== void 0 && { reason: quoted3(error, LONGEST_REASON) },
    ...key !== null && { idempotencyKey: key }
  };
}
function keyOf({ idempotencyKey }) {
  return idempotencyKey && /^[\x21-\x7e]{1,128}$/.test(idempotencyKey) ? idempotencyKey : null;
}
var dateOf = (time) => time === void 0 ? null : new Date(time).toISOString();

// scripts/src/cli/render/many.ts
import { Failure as Failure7 } from "./main.mjs";
import { AdvisedFailure as AdvisedFailure2 } from "./main.mjs";
import { EXIT as EXIT5 } from "./main.mjs";
import { resumeCommand as resumeCommand3 } from "./main.mjs";
import { failed as failed2, success as success5 } from "./main.mjs";
import { explained as explained2 } from "./main.mjs";

// scripts/src/cli/render/task.ts
import { KIND_WORDS, madeAs } from "./main.mjs";
import { BRIEF_WAIT_S } from "./main.mjs";
import { quoted as quoted4 } from "./main.mjs";
import { AdvisedFailure } from "./main.mjs";
import { EXIT as EXIT4, exitCodeOf } from "./main.mjs";
import { otherAccountText } from "./main.mjs";
import { resumeCommand as resumeCommand2 } from "./main.mjs";
import { failed, success as success4, upstream as upstream3 } from "./main.mjs";
import { explained } from "./main.mjs";
function taskOutcome(result, caller) {
  const { taskId, seen, retryAfter, delivery } = result;
  const { envelope, exitCode } = endOutcome(result, caller);
  const { nextSteps = [], ...data } = envelope.data ?? {};
  const steps = [...nextSteps, ...reusedSteps(result, caller)];
  return {
    envelope: {
      ...envelope,
      status: seen.state,
      taskId,
      data: { ...data, ...reusedData(result), ...steps.length > 0 && { nextSteps: steps } },
      retryAfter: envelope.retryAfter ?? retryAfter ?? null
    },
    exitCode,
    ...delivery && {
      onWritten: () => delivery.entry.close(delivery.status, delivery.credits, delivery.delivered)
    }
  };
}
function endOutcome(result, caller) {
  const { taskId, seen, files } = result;
  const data = dataOf(result);
  switch (result.kind) {
    case "running":
      return success4(
        seen.state,
        taskId,
        {
          ...data,
          nextSteps: [
            resumeCommand2(caller, taskId, caller.resumeFlags),
            "The task runs on at the service. Run this command as often as you like: it charges nothing."
          ]
        },
        caller.wantsEnd ? EXIT4.stillRunning : EXIT4.done
      );
    case "completed": {
      const nextSteps = files || !caller.wantsEnd ? [] : saveSteps(taskId, caller);
      return success4(seen.state, taskId, { ...data, nextSteps }, EXIT4.done);
    }
    case "cancelledNow":
      return success4(seen.state, taskId, data, EXIT4.done);
    case "failed":
      return ended("GENERATION_FAILED", `The task ended FAILED.${whyFailed(result)}`, data, [
        caller.profile.says.refund,
        ...caller.profile.can.account ? [caller.command("account")] : [],
        `Tell the user what the service said. Another try is a new charge: change the prompt or the image, or ${caller.retry}`
      ]);
    case "cancelled":
      return ended("TASK_CANCELLED", "The task was cancelled; there will be no result.", data, [
        `${caller.profile.can.cancel ? "A cancelled task is refunded. " : ""}To have the result after all, with a new charge: ${caller.retry}`
      ]);
    case "notFetched": {
      const urls = seen.urls && { resultUrls: seen.urls };
      const about = isInTheWay(result) ? result.failure.with({ taskId, charged: "finished" }) : result.failure;
      const failure = explained(about, caller);
      return failed(failure.with({ data: { ...failure.details.data, ...urls } }), seen.state, taskId);
    }
    case "notCancelled":
      return {
        ...failed(explained(result.failure, caller), seen.state, taskId),
        exitCode: exitCodeOf(result.failure)
      };
  }
}
function ended(code, message, data, nextSteps) {
  return failed(new AdvisedFailure(code, message, { data, nextSteps }), null, null);
}
function whyFailed({ seen }) {
  if (seen.error) return ` The service says: ${quoted4(seen.error)}.`;
  return seen.isRecordUnread ? " Why is not known: its record at the service cannot be read." : " The service gives no reason.";
}
function isInTheWay(result) {
  return result.kind === "notFetched" && result.failure.details.reason?.kind === "fileInTheWay";
}
function saveSteps(taskId, caller) {
  return [
    resumeCommand2(caller, taskId, { wait: BRIEF_WAIT_S, download: "out" }),
    `That saves the file. Do it soon: ${caller.profile.says.retention}`
  ];
}
function dataOf({ seen, credits, files, warnings, lastPollError, ...origin }) {
  const model = nameIn(seen.model);
  const data = {
    ...model !== void 0 && { model },
    ...origin.isResumed && { resumed: true },
    ...origin.isResubmitted && { resubmitted: true }
  };
  if (files) data.files = files.map((file) => ({ ...file }));
  if (warnings.length > 0) data.warnings = warnings.map(warningText);
  if (lastPollError)
    data.lastPollError = { errorCode: lastPollError.code, errorMessage: lastPollError.message };
  if (credits) data.credits = { ...credits };
  if (seen.unknownState !== void 0) data.unknownState = seen.unknownState;
  if (seen.state === "COMPLETED" && seen.urls?.length) data.resultUrls = seen.urls;
  return { ...data, ...upstream3(seen.record) };
}
function reusedData({ reused, isResubmitted }) {
  if (!reused) return {};
  return { reused: true, createdAt: reused.created, ...isResubmitted && { resubmitted: true } };
}
function reusedSteps(result, { anew }) {
  const { reused } = result;
  if (!reused || isInTheWay(result)) return [];
  return [
    `This request was made on ${reused.created} and ended ${reused.status}; nothing was charged now. To make another, with a new charge: ${anew}`
  ];
}
function warningText(warning) {
  switch (warning.kind) {
    case "otherKind": {
      const { model, makes, file, contentType } = warning;
      const came = `${KIND_WORDS[madeAs(contentType)]} (${contentType})`;
      return `${model} makes ${KIND_WORDS[makes]}, but ${file} is ${came}. It was saved as it came: tell the user.`;
    }
    case "otherExtension":
      return `${warning.asked} was asked for; the file is saved as ${warning.file}, by what it contains.`;
    case "aboveCap":
      return `The service reports ${warning.charged} credits charged, although the cap was ${warning.maxCredits} (--maxCredits). Tell the user.`;
    case "otherAccount":
      return `${otherAccountText(warning)} Tell the user.`;
    case "noPermit":
      return `The state is the last known one. The queries that the service allows were used by other waits on this machine, or it asked for a pause; the next query is due in ${warning.seconds} s.`;
    case "unknownSubmits":
      return `This is the newest request that has a task. The outcome of ${warning.count} other submits is not known, and one of them may be newer: run the command of the one that is meant.`;
  }
}

// scripts/src/cli/render/many.ts
var MOST_CHARACTERS = 4e4;
function manyOutcome({ items, until, more, unsettled }, caller) {
  const outcomes = items.map((item) => itemOutcome(item, caller));
  const shown = [];
  const delivered = [];
  let left = MOST_CHARACTERS;
  for (const [n, outcome] of outcomes.entries()) {
    const whole = summary(outcome.envelope, items[n].record);
    left -= JSON.stringify(whole).length;
    if (left >= 0) delivered.push(outcome);
    const { status, taskId } = outcome.envelope;
    shown.push(left >= 0 ? whole : { status, taskId, nextSteps: [resumeCommand3(caller, taskId)] });
  }
  const isRunning = ({ exitCode }) => exitCode === EXIT5.stillRunning;
  const running = outcomes.filter(isRunning).length;
  const isOver = until === "first" && running < outcomes.length;
  const counted = isOver ? outcomes.filter((outcome) => !isRunning(outcome)) : outcomes;
  const worst = counted.find(({ envelope }) => !envelope.ok) ?? counted.find(({ exitCode }) => exitCode > 0);
  const data = { count: shown.length, running, more, unsettled, tasks: shown };
  if (worst || running > 0 || more > 0 || unsettled > 0 || left < 0) {
    const gone = outcomes.flatMap(
      ({ envelope: { errorCode: errorCode2, taskId } }) => errorCode2 === "TASK_NOT_FOUND" ? [caller.command("forget", { taskId })] : []
    );
    data.nextSteps = [
      ...gone.length < items.length || more > 0 ? [caller.same] : [],
      ...gone.slice(0, 5),
      caller.command("listPending")
    ];
  }
  const { errorCode = null, errorMessage = null, retryAfter = null } = worst?.envelope ?? {};
  const ok = counted.every(({ envelope }) => envelope.ok);
  return {
    envelope: { ok, status: null, taskId: null, data, errorCode, errorMessage, retryAfter },
    exitCode: worst?.exitCode ?? (!isOver && (more > 0 || left < 0) ? EXIT5.stillRunning : EXIT5.done),
    onWritten: () => {
      for (const { onWritten } of delivered) onWritten?.();
    }
  };
}
function itemOutcome({ record, ended: ended2 }, caller) {
  if (!(ended2 instanceof Failure7)) return taskOutcome(ended2, caller);
  const { status, taskId } = record;
  const failure = explained2(ended2, caller);
  const steps = failure.details.nextSteps ?? [];
  const nextSteps = steps.length > 0 ? steps : [resumeCommand3(caller, taskId)];
  return failed2(failure.with({ nextSteps }), status, taskId);
}
function summary({ data, ...said }, { model, promptExcerpt: promptExcerpt2, created, owner }) {
  const kept = { ...said, model, promptExcerpt: promptExcerpt2, created, owner };
  for (const name of ["files", "resultUrls", "credits", "warnings", "issues", "nextSteps"]) {
    if (data?.[name] !== void 0) kept[name] = data[name];
  }
  return kept;
}
function nothingPendingOutcome({ unsettled }, { command }) {
  const list = command("listPending");
  if (unsettled === 0) {
    const nextSteps = ["No recorded task of this key is unfinished or waits to be delivered.", list];
    return success5(null, null, { count: 0, unsettled, nextSteps }, EXIT5.done);
  }
  const message = `No recorded task of this key is unfinished, but the outcome of ${unsettled} submits is not known.`;
  const failure = new AdvisedFailure2("SUBMIT_OUTCOME_UNKNOWN", message, {
    data: { count: 0, unsettled },
    nextSteps: ["Run the commands of those submits again: each reconciles its own.", list]
  });
  return failed2(failure, null, null);
}

// scripts/src/cli/render/outcome.ts
function outcomeOf(result, caller) {
  switch (result.kind) {
    case "many":
      return manyOutcome(result, caller);
    case "nothingPending":
      return nothingPendingOutcome(result, caller);
    case "quote":
      return quoteOutcome(result, caller);
    case "account":
      return accountOutcome(result, caller);
    case "list":
      return listOutcome(result, caller);
    case "spending":
      return spendingOutcome(result, caller);
    default:
      return taskOutcome(result, caller);
  }
}

// scripts/src/cli/live.ts
import { withStandInWarning } from "./main.mjs";
var SANDBOX_KEY = "ak_sandbox";
async function runLive(options) {
  const { args, argv, request, batch, environment, loopback, observer, interruption, warn } = options;
  const { signal } = interruption;
  const sandbox = args.sandbox ? await startSandbox(environment, warn) : null;
  const { httpProxy, httpsProxy, noProxy } = environment;
  const transport = new Transport(
    sandbox ? {} : { ...httpProxy && { httpProxy }, ...httpsProxy && { httpsProxy }, ...noProxy && { noProxy } },
    void 0,
    { ownsProcess: true }
  );
  const { profile } = args;
  const baseUrl = sandbox ? new URL(sandbox.origin) : environment.baseUrl ?? new URL(profile.url);
  const provider = await createProvider(profile, {
    baseUrl,
    key: sandbox ? SANDBOX_KEY : environment.key,
    now: systemClock.wall
  });
  const caller = callerOf(args, argv);
  const { timeoutMs, maxRetries } = environment;
  const sharing = once(() => args.noJournal ? null : openSharing(options, provider));
  const limiter = async () => loopback ? null : (await sharing())?.limiter ?? null;
  const session = {
    provider,
    transport,
    observer,
    loopback: loopback ? baseUrl : null,
    records: once(
      () => args.noJournal || isWithoutRecords(options) ? null : openJournal(options, provider)
    ),
    sharing,
    api: new Api(transport, systemClock, { timeoutMs, maxRetries, signal, limiter })
  };
  try {
    if (batch) {
      const { runBatchCommand } = await import("./batch.mjs");
      const wait = waitSettings(args, environment);
      const secrets = environment.key === void 0 ? [] : [environment.key];
      const outcome2 = await runBatchCommand({
        ...{ session, args, argv, batch, wait, caller, secrets },
        stop: interruption,
        warn
      });
      return sandbox ? withStandInWarning(outcome2) : outcome2;
    }
    const outcome = outcomeOf(await act(session, args, request, environment), caller);
    return sandbox ? withStandInWarning(outcome) : outcome;
  } catch (error) {
    if (!(error instanceof Failure19)) throw error;
    const taskId = args.taskId ?? error.details.taskId ?? null;
    const missing = taskId !== null && await madeElsewhere(session, error, taskId);
    const failure = explained3(missing || error, caller);
    if (failure.details.nextSteps?.length) throw failure;
    throw failure.with({
      nextSteps: adviceFor(failure, { caller, account: await accountOf(options), taskId })
    });
  } finally {
    void transport.close();
    void batch?.close();
    void sandbox?.close();
  }
}
function isWithoutRecords({ args, environment }) {
  const folder = journalFolder(environment, args.sandbox);
  const folders = [folder, path2.join(path2.dirname(folder), "journal")];
  return !needsRecords(args.action) && !folders.some((one) => existsSync(one));
}
async function openJournal(options, provider) {
  const { args, environment, warn } = options;
  if (environment.stateFolder === "") return null;
  const { Journal } = await import("./journal.mjs");
  const journal = new Journal({
    folder: journalFolder(environment, args.sandbox),
    provider: provider.id,
    service: args.sandbox ? "sandbox" : addressOf(environment.baseUrl ?? new URL(provider.url)),
    account: await accountOf(options),
    clock: systemClock,
    warn
  });
  if (!args.sandbox || environment.isStateChosen) return journal;
  try {
    journal.prepare();
    return journal;
  } catch (error) {
    if (!(error instanceof Failure19)) throw error;
    warn(`This sandbox run continues without a record: ${environment.stateFolder} cannot be written to.`);
    return null;
  }
}
async function openSharing(options, provider) {
  const { args, environment } = options;
  if (args.sandbox || environment.stateFolder === "") return null;
  const { sharingIn } = await import("./journal.mjs");
  return sharingIn({
    folder: environment.stateFolder,
    service: addressOf(environment.baseUrl ?? new URL(provider.url)),
    account: await accountOf(options),
    limit: provider.rateLimit,
    clock: systemClock
  });
}
function addressOf({ host, pathname }) {
  return `${host}${pathname.replace(/\/+$/, "")}`;
}
async function accountOf({ args, environment }) {
  const { accountOf: account } = await import("./journal.mjs");
  return account(args.profile.id, args.sandbox ? SANDBOX_KEY : environment.key);
}
function once(make) {
  let made;
  return () => {
    made ??= Promise.resolve(make());
    return made;
  };
}
async function act(session, args, request, environment) {
  const tasks = await Promise.resolve().then(() => (init_tasks(), tasks_exports));
  const taskId = args.taskId ?? "";
  switch (args.action) {
    case "getStatus":
      return tasks.getStatus(session, taskId);
    case "getTask":
      return tasks.getTask(session, taskId, waitSettings(args, environment));
    case "cancelTask":
      return (await Promise.resolve().then(() => (init_cancel(), cancel_exports))).cancelTask(session, taskId);
    case "waitTask": {
      const settings = waitSettings(args, environment);
      if (args.taskId !== void 0 && args.idempotencyKey !== void 0) {
        await (await Promise.resolve().then(() => (init_attach_task(), attach_task_exports))).attachTask(session, taskId, args.idempotencyKey);
      }
      if (args.taskId !== void 0) return tasks.waitTask(session, taskId, settings);
      const pending = await import("./generate.mjs");
      if (args.any) return pending.waitForAll(session, settings, "first");
      return args.all ? pending.waitForAll(session, settings) : pending.waitForNewest(session, settings);
    }
    case "listTasks":
      return (await import("./generate.mjs")).listTasks(session, filterOf(args));
    case "spending":
      return (await import("./generate.mjs")).spending(session, args.since?.from ?? null);
    case "account": {
      const { listModels } = await import("./contracts.mjs");
      return (await import("./generate.mjs")).account(session, await listModels(session.provider.id));
    }
    case "quote":
      return (await import("./generate.mjs")).quote(session, request);
    default: {
      const { generate } = await import("./generate.mjs");
      const isDetached = args.action === "createGeneration";
      return generate(session, { ...request, wait: waitSettings(args, environment), isDetached });
    }
  }
}
function filterOf({ since, status, model, limit }) {
  const running = ["SUBMITTED", "PROGRESS"];
  const states = status === void 0 ? null : status === "running" ? running : [status];
  return { since: since?.from ?? null, states, model: model ?? null, limit };
}
var SANDBOX_POLL_S = 0.5;
var POLL_S = 2;
function waitSettings(args, { timeoutMs }) {
  const firstMs = (args.pollInterval ?? (args.sandbox ? SANDBOX_POLL_S : POLL_S)) * 1e3;
  return {
    waitMs: args.wait * 1e3,
    schedule: pollSchedule(firstMs),
    ...placeOf(args),
    stallMs: timeoutMs
  };
}
function placeOf({ download, output, action }) {
  if (output !== void 0)
    return { folder: path2.dirname(path2.resolve(output)), output: path2.basename(output) };
  return { folder: download ?? null, ...isSubmit(action) && { output: null } };
}
async function startSandbox(environment, warn) {
  const { startSandbox: start } = await import("./sandbox-server.mjs");
  const { stateFolder } = environment;
  const sandbox = await start({ folder: stateFolder === "" ? null : path2.join(stateFolder, "sandbox") });
  if (stateFolder === "") warn("There is no home folder: what the sandbox makes ends with this process.");
  if (sandbox.warning) warn(sandbox.warning);
  return sandbox;
}

// scripts/src/live.ts
init_attach_task();
init_cancel();
init_durations();
init_fetch_status();
init_finish();
init_poll_round();
init_poll_schedule();
init_poll();
init_poller();

// scripts/src/core/prompt-excerpt.ts
import { plain as plain5 } from "./main.mjs";
var FIELDS = ["prompt", "content", "text", "lyrics"];
var LENGTH = 60;
var ADDRESS = /\b(?:https?|data):\S+/gi;
function promptExcerpt(payload) {
  for (const name of FIELDS) {
    const text = firstText2(payload[name]);
    if (text === void 0) continue;
    const excerpt = plain5(text.slice(0, 10 * LENGTH).replace(ADDRESS, "[address]"), LENGTH);
    if (excerpt !== "") return excerpt;
  }
  return null;
}
function firstText2(value) {
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === "string" ? one : void 0;
}

// scripts/src/live.ts
init_record_reads();
init_result();
init_session();
init_task_record();
init_tasks();
init_public_lookup();
init_rate_limit();
init_retry();

// scripts/src/providers/aivideomaker/api.ts
import { isObject as isObject3 } from "./main.mjs";
import { plain as plain6 } from "./main.mjs";

// scripts/src/providers/output.ts
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
function addUrl(value, found) {
  if (typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value))
    found.add(new URL(value).href);
}

// scripts/src/providers/states.ts
function stateIn(states, word) {
  const known = word.trim().toLowerCase();
  if (Object.hasOwn(states, known)) return { state: states[known] };
  return { state: "UNKNOWN", unknownState: unknownWord(word) };
}

// scripts/src/providers/aivideomaker/api.ts
import { AIVIDEOMAKER } from "./main.mjs";
var CODES = {
  AUTH_FAILED: "AUTH_FAILED",
  INVALID_MODEL: "INVALID_MODEL",
  INVALID_PAYLOAD: "INVALID_PAYLOAD",
  INSUFFICIENT_CREDITS: "INSUFFICIENT_CREDITS",
  RATE_LIMITED: "RATE_LIMITED",
  TASK_NOT_FOUND: "TASK_NOT_FOUND",
  IDEMPOTENCY_CONFLICT: "IDEMPOTENCY_CONFLICT",
  BUDGET_EXCEEDED: "BUDGET_EXCEEDED"
};
var MOST_MODELS3 = 200;
function aivideomaker({ profile, baseUrl, key, now }) {
  const origin = baseUrl.href.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
  const request = (method, path3, body) => ({
    method,
    url: new URL(`${origin}/api/v1/${path3}`),
    headers: {
      key,
      accept: "application/json",
      "user-agent": "async-media-workflow",
      ...body && { "content-type": "application/json" }
    },
    ...body && { body: new JsonBody(body) }
  });
  const call = (kind, req, read, limits = SMALL) => ({
    request: req,
    limits,
    read: (answer) => read(bodyOf(answer, kind, req, now), answer)
  });
  const checkId = (body, taskId, answer, req) => {
    const id = body.id ?? body.taskId;
    if (typeof id === "string" && id !== "" && id !== taskId) {
      throw unreadable(req, answer, "is about another task", "task");
    }
  };
  return {
    ...profile,
    submit({ model, payload, idempotencyKey, maxCredits, webhookUrl }) {
      const req = request("POST", `generate/${encodeURIComponent(model)}`, payload);
      req.headers["idempotency-key"] = idempotencyKey;
      if (maxCredits !== void 0) req.headers["x-max-credits"] = String(maxCredits);
      if (webhookUrl !== void 0) req.headers.webhookUrl = webhookUrl;
      return call(
        "submit",
        req,
        (body, answer) => {
          const task = taskFrom({ status: "SUBMITTED", ...body }, body.taskId ?? body.id, key);
          if (task) return { ...task, model, idempotencyKey, record: body };
          if (saysFailed(body) || namesError(body)) {
            const failure = refusal2(body, answer, "submit", now);
            throw isSet(body.taskId) || isSet(body.id) ? failure.with({ unclear: true }) : failure;
          }
          throw unreadable(req, answer, "names no task", "submit");
        },
        RECORD
      );
    },
    status(taskId) {
      const req = request("GET", `tasks/${encodeURIComponent(taskId)}/status`);
      return call("task", req, (body, answer) => {
        if (typeof body.status !== "string") throw errorIn(body, answer, req, "task", now);
        const seen = { ...stateOf(body.status), record: body };
        if (seen.state !== "FAILED" || !looksLikeError(body)) {
          checkId(body, taskId, answer, req);
          return seen;
        }
        const failure = refusal2(body, answer, "task", now);
        if (["AUTH_FAILED", "RATE_LIMITED", "TASK_NOT_FOUND"].includes(failure.code)) throw failure;
        return { ...seen, possibleError: failure };
      });
    },
    task(taskId) {
      const req = request("GET", `tasks/${encodeURIComponent(taskId)}`);
      return call(
        "task",
        req,
        (body, answer) => {
          const isRecord = ["id", "input", "output"].some((name) => isSet(body[name]));
          const task = isRecord || isSet(body.taskId) && !looksLikeError(body) ? taskFrom(body, taskId, key) : void 0;
          if (!task) throw errorIn(body, answer, req, "task", now);
          checkId(body, taskId, answer, req);
          return task;
        },
        RECORD
      );
    },
    cancel(taskId) {
      const req = request("PUT", `tasks/${encodeURIComponent(taskId)}/cancel`);
      return call("task", req, (body, answer) => {
        if (typeof body.status !== "string" || saysFailed(body) && looksLikeError(body)) {
          throw errorIn(body, answer, req, "task", now);
        }
        checkId(body, taskId, answer, req);
        return { ...stateOf(body.status), record: body };
      });
    },
    list() {
      const req = request("GET", "tasks");
      return call(
        "other",
        req,
        (body, answer) => {
          if (!Array.isArray(body.tasks)) throw errorIn(body, answer, req, "other", now);
          const tasks = body.tasks.flatMap(
            (item) => isObject3(item) ? taskFrom(item, item.id, key) ?? [] : []
          );
          const date = Date.parse(answer.headers.date ?? "");
          const unread = body.tasks.length - tasks.length;
          return { tasks, unread, serverTime: Number.isNaN(date) ? null : date, record: body };
        },
        LIST
      );
    },
    quote(model, payload) {
      const req = request("POST", `quote/${encodeURIComponent(model)}`, payload);
      return call("quote", req, (body, answer) => {
        if (!isCredits(body.credits)) throw errorIn(body, answer, req, "quote", now);
        return {
          credits: body.credits,
          balance: isCredits(body.currentBalance) ? body.currentBalance : null,
          affordable: typeof body.affordable === "boolean" ? body.affordable : null,
          record: body
        };
      });
    },
    account() {
      const req = request("GET", "account");
      return call("other", req, (body, answer) => {
        if (saysFailed(body) || namesError(body) || body.ok === false)
          throw errorIn(body, answer, req, "other", now);
        const models = Array.isArray(body.supportedModels) ? body.supportedModels.slice(0, MOST_MODELS3) : [];
        return {
          balance: isCredits(body.currentBalance) ? body.currentBalance : null,
          models: models.flatMap((model) => nameIn(model) ?? []),
          record: body
        };
      });
    }
  };
}
function bodyOf(answer, kind, request, now) {
  const body = parseBody(answer.body);
  const good = answer.status >= 200 && answer.status < 300;
  if (good && isObject3(body)) return body;
  if (good) throw unreadable(request, answer, "is not a JSON object", kind);
  throw refusal2(isObject3(body) ? body : {}, answer, kind, now);
}
function errorIn(body, answer, request, kind, now) {
  if (looksLikeError(body) || saysFailed(body)) return refusal2(body, answer, kind, now);
  return unreadable(request, answer, "has none of the expected fields", kind);
}
function refusal2(body, answer, kind, now) {
  const inner = typeof body.code === "number" && body.code >= 400 && body.code < 600 ? body.code : void 0;
  const status = answer.status < 300 && inner !== void 0 ? inner : answer.status;
  const said = firstText(body.message, body.error, body.errorCode);
  return refused({ code: codeOf(body, status, kind, said ?? ""), status, said, answer, kind, now });
}
function codeOf(body, status, kind, said) {
  for (const name of [body.errorCode, body.error, body.code]) {
    if (typeof name === "string" && Object.hasOwn(CODES, name)) return CODES[name];
  }
  if (/insufficient credits/i.test(said)) return "INSUFFICIENT_CREDITS";
  if (/invalid api key/i.test(said)) return "AUTH_FAILED";
  return status === 409 && kind === "submit" ? "IDEMPOTENCY_CONFLICT" : codeOfStatus(status, kind);
}
function taskFrom(body, id, key) {
  if (!isTaskId(id, key)) return void 0;
  const createdAt = dateIn(body.createdAt);
  const completedAt = dateIn(body.completedAt);
  const { state, unknownState } = typeof body.status === "string" ? stateOf(body.status) : { state: "UNKNOWN" };
  const reasons = isObject3(body.output) ? [body.output.error, body.output.msg] : [];
  const error = firstText(...reasons, body.error, body.message, body.errorCode);
  return {
    id,
    state,
    ...unknownState !== void 0 && { unknownState },
    ...typeof body.model === "string" && { model: body.model },
    ...body.input !== void 0 && { input: body.input },
    ...createdAt !== void 0 && { createdAt },
    ...completedAt !== void 0 && { completedAt },
    ...typeof body.idempotencyKey === "string" && body.idempotencyKey !== "" && { idempotencyKey: body.idempotencyKey },
    ...state === "FAILED" && error !== void 0 && { error: plain6(error) },
    ...isCredits(body.creditsCharged) && { charged: body.creditsCharged },
    ...isCredits(body.creditsRefunded) && { refunded: body.creditsRefunded },
    // A record that names its result but no state is still a result.
    urls: state === "COMPLETED" || typeof body.status !== "string" ? findUrls(body) : [],
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
  return [body.errorCode, body.error, code].some(
    (name) => typeof name === "string" && Object.hasOwn(CODES, name)
  );
}
function isSet(value) {
  return value !== void 0 && value !== null;
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
  LONGEST_PAUSE_MS,
  MAX_HEADER_BYTES,
  MemoryRateLimiter,
  NodeHttpClient,
  PAUSE_BUDGET_MS,
  PollRounds,
  Poller,
  RECORD,
  RETRY_PAUSES,
  RecordReads,
  SMALL,
  Transport,
  YOUNG_TASK_MS,
  accountOutcome,
  addUrl,
  adviceFor,
  aivideomaker,
  attachTask,
  cancelTask,
  checkFree,
  codeOfStatus,
  creditsOf,
  decoded,
  deliver,
  downloadAll,
  endsWait,
  expectedDuration,
  explain,
  fetchResult,
  fetchStatus,
  findUrls,
  finish,
  firstText,
  flatHeaders,
  folderFor,
  getStatus,
  getTask,
  heeded,
  intervalBefore,
  isExcessive,
  isFast,
  isTaskId,
  isTransientStatus,
  isYoung,
  likelyDuration,
  listOutcome,
  madeElsewhere,
  manyOutcome,
  merge,
  nameIn,
  networkError,
  nextPermit,
  noteState,
  nothingPendingOutcome,
  outcomeOf,
  outgoingBody,
  outgoingHeaders,
  outputOf,
  parseBody,
  parseRetryAfter,
  pauseAfter,
  pauseBeforeRetry,
  permitsFor,
  pollOnce,
  pollSchedule,
  pollUntilEnd,
  pollerOf,
  promptExcerpt,
  publicLookup,
  quoteOutcome,
  recordOf,
  refused,
  runLive,
  shortDeadline,
  spanOf,
  spendingOutcome,
  stateIn,
  taskOutcome,
  taskResult,
  unknownWord,
  unreadable,
  waitOn,
  waitTask,
  where,
  withProxy,
  withRecord
};
