// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/cli/batch/command.ts
const path4 = require("node:path");

// scripts/src/core/batch/budget.ts
import { Failure } from "./main.mjs";
function overBudget(lines, { maxCredits = Infinity, maxTotalCredits = Infinity }) {
  const quoted2 = sumOf(lines.values());
  const sum2 = quoted2 > maxTotalCredits ? { kind: "sumAboveCap", quoted: quoted2, maxTotalCredits, fit: fitting(lines, maxTotalCredits) } : void 0;
  const above = [...lines].filter(([, { credits }]) => credits > maxCredits);
  if (above.length > 0) {
    const message2 = `${above.length} lines cost more than ${maxCredits} credits each.`;
    const most = Math.max(...above.map(([, { credits }]) => credits));
    return new Failure("BUDGET_EXCEEDED", message2, {
      reason: { kind: "linesAboveCap", lines: above.map(([number]) => number), most, maxCredits, sum: sum2 }
    });
  }
  if (sum2) {
    const message2 = `The lines that are not charged yet cost ${quoted2} credits; the limit for all of them is ${maxTotalCredits}.`;
    return new Failure("BUDGET_EXCEEDED", message2, { reason: sum2 });
  }
  const balance = balanceOf(lines.values());
  if (balance === null || balance >= quoted2) return void 0;
  const message = `The lines that are not charged yet cost ${quoted2} credits, the balance is ${balance}: ${quoted2 - balance} are missing.`;
  return new Failure("INSUFFICIENT_CREDITS", message, {
    reason: {
      kind: "shortOfCredits",
      quoted: quoted2,
      balance,
      missing: quoted2 - balance,
      cheaper: null,
      fit: fitting(lines, balance)
    }
  });
}
function fitting(lines, cap) {
  const prices = [...lines].sort(([a], [b]) => a - b).map(([, price]) => price);
  let left = cap;
  const tooMuch = prices.findIndex(({ credits }) => {
    left -= credits;
    return left < 0;
  });
  const cheapest = Math.min(...prices.map(({ credits }) => credits));
  return { lines: tooMuch < 0 ? prices.length : tooMuch, of: prices.length, cheapest };
}
function sumOf(prices) {
  return [...prices].reduce((sum2, { credits }) => sum2 + credits, 0);
}
function balanceOf(prices) {
  const balances = [...prices].flatMap(({ quote }) => {
    if (!quote) return [];
    return quote.balance ?? (quote.affordable === false ? [0] : []);
  });
  return balances.length > 0 ? balances.reduce((least, one) => Math.min(least, one)) : null;
}
var BatchSpending = class {
  #cap;
  #costs = /* @__PURE__ */ new Map();
  constructor(maxTotalCredits = Infinity) {
    this.#cap = maxTotalCredits;
  }
  get sum() {
    return [...this.#costs.values()].reduce((sum2, cost) => sum2 + cost, 0);
  }
  /**
   * Counts a line from the moment at which its submit may be sent: one whose answer is lost counts as spent.
   * @throws Failure BUDGET_EXCEEDED where it does not fit any more
   */
  reserve(number, price) {
    const cost = price ?? 0;
    const before = this.#costs.get(number) ?? 0;
    const sum2 = this.sum - before + cost;
    if (sum2 > this.#cap) {
      const message = `With this line the sum would be ${sum2} credits; the limit for all lines is ${this.#cap}.`;
      throw new Failure("BUDGET_EXCEEDED", message, {
        reason: { kind: "sumAboveCap", quoted: sum2, maxTotalCredits: this.#cap }
      });
    }
    this.#costs.set(number, cost);
  }
  charged(number, credits) {
    if (typeof credits === "number" && this.#costs.has(number)) this.#costs.set(number, credits);
  }
  /** The line was certainly not accepted. */
  release(number) {
    this.#costs.delete(number);
  }
};

// scripts/src/core/batch/file-names.ts
const path = require("node:path");
import { freeVersion, isVersionOf, mediaIn, nameKey, stemOfOutput } from "./download.mjs";
import { Failure as Failure2 } from "./main.mjs";
function namesFor(lines, known, folder, pending, isNew, pattern) {
  const media = folder === null ? /* @__PURE__ */ new Map() : mediaIn(folder);
  const issues = lines.flatMap(({ number, name }, n) => {
    const file = name === null ? void 0 : media.get(nameKey(name));
    if (file === void 0 || known[n].entry && !isNew) return [];
    return [
      {
        path: `line ${number}: name`,
        expected: "a name that no file has yet",
        received: `"${name}": ${path.basename(file)} exists in ${folder}`,
        hint: "give the line another name, choose another folder, or move that file away"
      }
    ];
  });
  if (issues.length > 0) {
    const message = `${issues.length} lines name files that exist already and are not theirs.`;
    const reason = { kind: "wrongLines" };
    throw new Failure2("INVALID_PAYLOAD", message, { issues, nothingSubmitted: true, reason });
  }
  const here = pending.filter(({ record }) => folder !== null && record.download === folder && record.output);
  const taken = /* @__PURE__ */ new Set([
    ...media.keys(),
    ...here.map(({ record }) => nameKey(stemOfOutput(record.output)))
  ]);
  const named = lines.map((line, n) => {
    const output = known[n].entry?.record.output;
    return { ...line, recorded: isNew || !output ? null : stemOfOutput(output) };
  });
  return fileNames(named, (name) => taken.has(nameKey(name)), pattern);
}
function fileNames(lines, isTaken, pattern = { before: "", after: "" }) {
  const used = new Set(lines.flatMap(({ name }) => name === null ? [] : nameKey(name)));
  const names = lines.map(({ name, recorded = null }) => {
    if (recorded === null || used.has(nameKey(recorded))) return name;
    const isKept = name === null ? isOfNumber(recorded, pattern) : isVersionOf(recorded, name) && isTaken(name);
    if (!isKept) return name;
    used.add(nameKey(recorded));
    return recorded;
  });
  const width = String(Math.max(...lines.map(({ number }) => number))).length;
  return names.map((name, n) => {
    if (name !== null) return name;
    const number = String(lines[n].number).padStart(width, "0");
    const free = freeVersion(
      `${pattern.before}${number}${pattern.after}`,
      (candidate) => used.has(nameKey(candidate)) || isTaken(candidate)
    );
    used.add(nameKey(free));
    return free;
  });
}
function isOfNumber(name, { before, after }) {
  return [name, name.replace(/-v\d+$/, "")].some(
    (one) => one.startsWith(before) && one.endsWith(after) && /^\d+(-v\d+)?$/.test(one.slice(before.length, one.length - after.length))
  );
}
function nameOfFile(file, name) {
  const saved = file && stemOfOutput(path.basename(file));
  return saved && isVersionOf(saved, name) ? saved : name;
}

// scripts/src/core/batch/known-lines.ts
import { nameOfPayload, newestOf } from "./journal.mjs";
import { isUnsaved } from "./journal.mjs";
import { isTerminal } from "./main.mjs";
var NOTHING = { entry: void 0, isUnknown: false, older: [] };
async function knownLines(store, lines) {
  if (!store) return lines.map(() => NOTHING);
  const known = [];
  for (const { contract, payloadHash, ordinal } of lines) {
    const records = await store.allOf(
      nameOfPayload({ model: contract.model, payloadHash, ordinal }, store.account)
    );
    const entry = newestOf(records);
    const older = records.filter((one) => one !== null && one !== entry && isUnsaved(one.record));
    const isUnknown = entry === null || entry?.record.taskId === null;
    known.push({ entry: entry ?? void 0, isUnknown, older });
  }
  return known;
}
function statusOf(known) {
  const states = known.map(({ entry }) => entry?.record.status);
  if (states.every((state) => state === void 0)) return void 0;
  if (states.some((state) => state === void 0 || !isTerminal(state))) return "PROGRESS";
  return states.every((state) => state === "COMPLETED") ? "COMPLETED" : "FAILED";
}
function unsavedTasks(lines) {
  const newest = new Set(lines.map(({ taskId, known }) => taskId ?? known.entry?.record.taskId));
  return lines.flatMap(({ number, known: { entry, older } }) => {
    const records = [...entry && isUnsaved(entry.record) ? [entry] : [], ...older];
    const taskIds = records.map(({ record }) => record.taskId).filter((taskId) => !newest.has(taskId));
    return taskIds.map((taskId) => ({ line: number, taskId }));
  });
}

// scripts/src/core/batch/line-prices.ts
import { pauseAfter } from "./live.mjs";
import { Failure as Failure3, orFailure } from "./main.mjs";
import { isCapped } from "./generate.mjs";
import { askPrice } from "./generate.mjs";

// scripts/src/core/slots.ts
var Slots = class {
  #width;
  #taken = 0;
  #waiting = [];
  constructor(width) {
    this.#width = width;
  }
  /**
   * Waits for a free slot.
   * @param weight slots that the work takes; more than there are means all of them
   * @returns the function that frees them; calls after the first do nothing
   */
  async enter(weight = 1) {
    const taken = Math.min(weight, this.#width);
    await new Promise((start) => {
      this.#waiting.push({ weight: taken, start });
      this.#next();
    });
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#taken -= taken;
      this.#next();
    };
  }
  async run(work) {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
  #next() {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      if (this.#taken + first.weight > this.#width) return;
      this.#waiting.shift();
      this.#taken += first.weight;
      first.start();
    }
  }
};

// scripts/src/core/batch/line.ts
function isLarge({ size }) {
  return size > 256 * 1024;
}

// scripts/src/core/batch/line-prices.ts
var QUOTES = 4;
var PATIENCE_MS = 12e4;
var PAUSES = { baseMs: 1e3, capMs: 15e3 };
async function pricesWithin(session, open2, { caps, isNew }) {
  const isLimited = isCapped(caps);
  if (open2.length === 0 || !(isLimited || isNew)) return { prices: /* @__PURE__ */ new Map() };
  const prices = await orFailure(pricesOf(session, open2));
  if (prices instanceof Failure3) return { prices: /* @__PURE__ */ new Map(), held: isLimited ? prices : void 0 };
  return { prices, held: isLimited ? overBudget(prices, caps) : void 0 };
}
async function pricesOf(session, lines) {
  const prices = /* @__PURE__ */ new Map();
  if (!session.provider.can.quote) {
    for (const line of lines) prices.set(line.number, estimated(session, line));
    return prices;
  }
  const slots = new Slots(QUOTES);
  const asked = /* @__PURE__ */ new Map();
  for (const line of lines) {
    if (asked.has(line.priceKey)) continue;
    const price = quoted(session, slots, line);
    price.catch(() => {
    });
    asked.set(line.priceKey, price);
  }
  for (const line of lines) prices.set(line.number, await asked.get(line.priceKey));
  return prices;
}
function estimated({ provider }, { number, contract, estimate: estimate2 }) {
  if (estimate2) return { credits: estimate2.most };
  throw new Failure3("INVALID_PAYLOAD", `No estimate is known for line ${number} (${contract.model}).`, {
    reason: { kind: "lineWithoutEstimate", line: number, model: contract.model, title: provider.title }
  });
}
async function quoted(session, slots, line) {
  const { clock, signal } = session.api;
  const until = clock.monotonic() + PATIENCE_MS;
  const ask = async () => {
    const generation = { model: line.contract.model, payload: await line.read(), idempotencyKey: "" };
    return askPrice(session, line.contract, generation);
  };
  const leave = await slots.enter(isLarge(line) ? QUOTES : 1);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const quote = await orFailure(ask());
      if (!(quote instanceof Failure3)) return { credits: quote.credits, quote: { ...quote, record: {} } };
      const { code, message, details } = quote;
      const pause = code === "RATE_LIMITED" ? pauseAfter(quote, attempt, PAUSES, clock.random) : Infinity;
      if (clock.monotonic() + pause > until) {
        const said = `The price of line ${line.number} could not be had: ${message}`;
        throw new Failure3(code, said, { ...details, cause: quote });
      }
      await clock.sleep(pause, signal);
    }
  } finally {
    leave();
  }
}

// scripts/src/core/batch/quote-batch.ts
async function quoteBatch(session, lines, caps, pattern) {
  const known = await knownLines(await session.records(), lines);
  const prices = await pricesOf(session, lines);
  const isCharged = known.map(({ entry }) => entry !== void 0 && entry.record.taskId !== null);
  const open2 = /* @__PURE__ */ new Map();
  lines.forEach(({ number }, n) => {
    if (!isCharged[n]) open2.set(number, prices.get(number));
  });
  const names = fileNames(lines, () => false, pattern);
  return {
    kind: "batchQuote",
    lines: lines.map(({ number, contract: { model } }, n) => {
      const { credits } = prices.get(number);
      return { number, name: names[n], model, isCharged: isCharged[n], credits };
    }),
    sum: sumOf(prices.values()),
    open: sumOf(open2.values()),
    balance: balanceOf(prices.values()),
    over: overBudget(open2, caps)
  };
}

// scripts/src/core/batch/run-batch.ts
const { setMaxListeners } = require("node:events");
import { stemOfOutput as stemOfOutput2 } from "./download.mjs";
import { Failure as Failure7, orFailure as orFailure2 } from "./main.mjs";
import { isTerminal as isTerminal4 } from "./main.mjs";
import { folderFor } from "./wait.mjs";
import { begin, conclude } from "./generate.mjs";
import { madeBy, taskResult as taskResult2 } from "./live.mjs";
import { knownTaskOf } from "./generate.mjs";

// scripts/src/core/batch/batch-gate.ts
import { pauseAfter as pauseAfter2 } from "./live.mjs";
import { Failure as Failure4 } from "./main.mjs";
import { INTERRUPTED } from "./generate.mjs";
var ENDS_ALL = /* @__PURE__ */ new Set(["AUTH_FAILED", "INSUFFICIENT_CREDITS", "BUDGET_EXCEEDED"]);
var PAUSES2 = { baseMs: 1e3, capMs: 3e4 };
var BatchGate = class {
  #options;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** Why nothing may be submitted any more. */
  held;
  constructor(options) {
    this.#options = options;
  }
  /**
   * Heeds that a submit was rejected: holds all others back where they would be rejected too, or lets them pause.
   * @param attempt how often this submit was rejected
   * @returns whether it may be sent later
   */
  rejected(failure, attempt) {
    if (ENDS_ALL.has(failure.code)) this.held ??= failure;
    if (!failure.details.transient) return false;
    this.pauseFor(pauseAfter2(failure, attempt, PAUSES2, this.#options.clock.random));
    return !this.isOver;
  }
  get isOver() {
    const { clock, stop, until } = this.#options;
    return stop.aborted || clock.monotonic() >= until();
  }
  pauseFor(ms) {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.clock.monotonic() + ms);
  }
  /**
   * Returns the gate of one line.
   * @param price credits that its submit may cost; null where that is not known
   * @param onLost called when the answer of its submit was lost
   */
  of(number, price, onLost) {
    return {
      ready: async () => {
        await this.#resumed();
        if (this.held) throw this.held;
        this.#options.spending.reserve(number, price);
      },
      pauseFor: (ms) => this.pauseFor(ms),
      lost: onLost
    };
  }
  async #resumed() {
    const { clock, stop, until, signal } = this.#options;
    for (; ; ) {
      if (stop.aborted) throw new Failure4("UNKNOWN_ERROR", INTERRUPTED);
      const left = this.#pausedUntil - clock.monotonic();
      if (left <= 0 || this.held) return;
      if (this.#pausedUntil > until()) {
        const message = "The service asked every submit to pause for longer than the wait.";
        throw new Failure4("RATE_LIMITED", message, { retryAfter: Math.ceil(left / 1e3) });
      }
      await clock.sleep(left, signal);
    }
  }
};

// scripts/src/core/batch/identity.ts
function ordinalsOf(lines) {
  const seen = /* @__PURE__ */ new Map();
  return lines.map((line) => {
    const key = keyOf(line);
    const ordinal = (seen.get(key) ?? 0) + 1;
    seen.set(key, ordinal);
    return ordinal;
  });
}
function keyOf({ model, payloadHash }) {
  return `${model} ${payloadHash}`;
}

// scripts/src/core/batch/left-over.ts
import { jsonHash } from "./journal.mjs";
function newRunOf(lines, now) {
  return { began: new Date(now).toISOString(), lines: hashOf(lines) };
}
function leftOver(lines, known) {
  const hash = hashOf(lines);
  const records = known.map(({ entry }) => entry?.record);
  const runs = records.flatMap((record) => record?.newRun?.lines === hash ? record.newRun.began : []);
  const began = runs.sort((a, b) => Date.parse(b) - Date.parse(a))[0];
  if (began === void 0) return void 0;
  const left = lines.filter((_, n) => {
    const record = records[n];
    return record && record.newRun?.began !== began && Date.parse(record.created) < Date.parse(began);
  });
  return left.length > 0 ? { began, lines: new Set(left.map(({ number }) => number)) } : void 0;
}
function hashOf(lines) {
  const names = lines.map(({ contract, payloadHash, ordinal }) => {
    return `${keyOf({ model: contract.model, payloadHash })} ${ordinal}`;
  });
  return jsonHash(names.sort());
}

// scripts/src/core/batch/totals.ts
import { Failure as Failure5 } from "./main.mjs";
import { isTerminal as isTerminal2 } from "./main.mjs";
function lineOutcomeOf({ end, taskId, state }) {
  if (end instanceof Failure5 && end.code === "SUBMIT_OUTCOME_UNKNOWN") return "unknown";
  if (taskId === null) return "notSubmitted";
  if (end instanceof Failure5 && end.code === "TASK_NOT_FOUND") return "unknown";
  if (state === "COMPLETED") return "completed";
  if (state === "FAILED") return "failed";
  return state === "CANCEL" ? "cancelled" : "running";
}
function creditsOfEnd(end) {
  return end === null || end instanceof Failure5 ? void 0 : end.credits;
}
function totalsOf(lines) {
  const none = { completed: 0, failed: 0, cancelled: 0, running: 0, notSubmitted: 0, unknown: 0 };
  const chargedNow = lines.some(isMadeNow) ? null : 0;
  const totals = { total: lines.length, ...none, charged: null, chargedNow, refunded: null };
  for (const line of lines) {
    totals[lineOutcomeOf(line)] += 1;
    const credits = creditsOfEnd(line.end) ?? line.credits;
    totals.charged = sum(totals.charged, credits?.charged);
    if (isMadeNow(line)) totals.chargedNow = sum(totals.chargedNow, credits?.charged);
    totals.refunded = sum(totals.refunded, credits?.refunded);
  }
  return totals;
}
function isMadeNow({ taskId, isReused }) {
  return taskId !== null && !isReused;
}
function sum(before, more) {
  return more === null || more === void 0 ? before : (before ?? 0) + more;
}
function batchState(lines) {
  if (lines.every((line) => lineOutcomeOf(line) === "completed")) return "COMPLETED";
  const isOpen = lines.some((line) => {
    const outcome = lineOutcomeOf(line);
    return outcome === "running" || outcome === "unknown" || line.end === null;
  });
  return isOpen ? "PROGRESS" : "FAILED";
}
function stateAfter(end, before) {
  if (end === null) return before;
  if (!(end instanceof Failure5)) return end.seen.state;
  const { status } = end.details;
  return before !== null && isTerminal2(before) ? before : status ?? before;
}
function shareOf(line) {
  const { isOver, taskId } = line;
  const outcome = lineOutcomeOf(line);
  const hasFailed = outcome === "failed" || outcome === "cancelled";
  const { charged = null, refunded } = creditsOfEnd(line.end) ?? line.credits ?? {};
  return {
    done: Number(isOver && outcome === "completed"),
    failed: Number(isOver && outcome === "failed"),
    cancelled: Number(isOver && outcome === "cancelled"),
    unknown: Number(isOver && outcome === "unknown"),
    notSubmitted: Number(isOver && outcome === "notSubmitted"),
    running: Number(taskId !== null && !hasFailed && (!isOver || outcome === "running")),
    charged: charged ?? 0,
    chargedNow: isMadeNow(line) ? charged ?? 0 : 0,
    refunded: refunded ?? 0,
    isPriced: Number(charged !== null),
    isOver: Number(isOver)
  };
}
var NO_LINE = { end: null, taskId: null, state: null, isOver: false, isReused: false, credits: void 0 };
var NOTHING2 = shareOf(NO_LINE);
var ProgressSums = class {
  #shares = /* @__PURE__ */ new Map();
  #sums = { ...NOTHING2 };
  count(number, line) {
    const before = this.#shares.get(number) ?? NOTHING2;
    const share = shareOf(line);
    this.#shares.set(number, share);
    for (const name of Object.keys(share)) this.#sums[name] += share[name] - before[name];
  }
  get progress() {
    const { charged, chargedNow, isOver, isPriced, ...sums } = this.#sums;
    const total = this.#shares.size;
    const credits = isPriced === 0 ? null : charged;
    return { total, ...sums, credits, creditsNow: chargedNow, isOver: isOver === total };
  }
};

// scripts/src/core/batch/track.ts
import { Failure as Failure6 } from "./main.mjs";
import { isTerminal as isTerminal3 } from "./main.mjs";
import { taskResult } from "./live.mjs";
function tracked(observer, line, on) {
  return {
    ...observer,
    submitting() {
      line.isSubmitting = true;
    },
    rejected() {
      line.isSubmitting = false;
      on.answered();
    },
    resumed(taskId, created) {
      Object.assign(line, { taskId, isSubmitting: false });
      on.answered();
      observer.resumed(taskId, created);
    },
    task(taskId, state) {
      Object.assign(line, { taskId, state, isSubmitting: false });
      on.answered();
      observer.task(taskId, state);
      on.changed();
    },
    about: (taskId, created) => tracked(observer.about(taskId, created), line, on),
    polled(status, nextMs) {
      if (status.state !== "UNKNOWN") line.state = status.state;
      observer.polled(status, nextMs);
    }
  };
}
function interruptedEnd({ isSubmitting, taskId, state, known: { entry } }) {
  if (isSubmitting) {
    const message = "The call was interrupted while the submit was under way; whether it was accepted is not known.";
    return new Failure6("SUBMIT_OUTCOME_UNKNOWN", message, { status: "UNKNOWN" });
  }
  if (taskId === null) return null;
  const credits = entry?.record.credits;
  const seen = { state: state ?? entry?.record.status ?? "UNKNOWN", record: {} };
  if (seen.state === "COMPLETED") {
    const failure = new Failure6("DOWNLOAD_FAILED", "The call was interrupted before the file was saved.", {
      status: "COMPLETED",
      taskId,
      charged: "finished"
    });
    return { kind: "notFetched", taskId, seen, warnings: [], failure, credits };
  }
  const result = taskResult(taskId, seen, { credits });
  return isTerminal3(seen.state) ? { ...result, seen: { ...seen, detailsUnread: "forNow" } } : result;
}

// scripts/src/core/batch/run-batch.ts
var SUBMITS = 4;
var RESULTS = 4;
var STALLED_MS = 3e4;
var GLANCE_MS = 3e3;
var NO_PAYLOAD = { record: {}, input: null };
async function runBatch(session, options) {
  return new Batch(session, options).run();
}
var Batch = class {
  #session;
  #options;
  #submits = new Slots(SUBMITS);
  #spending;
  #gate;
  #deadline;
  #acceptedAt;
  #folder = null;
  #lines = [];
  #prices = /* @__PURE__ */ new Map();
  /** Lets one of several equal lines be submitted at a time: two that are alike must not be under way together. */
  #equals = /* @__PURE__ */ new Map();
  #progress = new ProgressSums();
  constructor(session, options) {
    const { clock, signal } = session.api;
    this.#session = { ...session, results: new Slots(RESULTS) };
    const { terms, note, wait } = options;
    const isRun = terms.isNew && options.lines.length > 1;
    this.#options = {
      ...options,
      note: { ...note, ...isRun && { newRun: newRunOf(options.lines, clock.wall()) } },
      wait: { ...wait, isVersioned: true }
    };
    this.#acceptedAt = clock.monotonic();
    this.#deadline = this.#acceptedAt + wait.waitMs;
    this.#spending = new BatchSpending(terms.caps.maxTotalCredits);
    const stop = options.stop.requested;
    const isPatient = options.isDetached || wait.waitMs === 0;
    const until = () => isPatient ? this.#acceptedAt + STALLED_MS : this.#deadline;
    this.#gate = new BatchGate({ clock, signal, stop, until, spending: this.#spending });
    if (signal) setMaxListeners(0, signal);
  }
  async run() {
    const { lines, terms, wait, pattern } = this.#options;
    const journal = await this.#session.records();
    const known = await knownLines(journal, lines);
    const folder = await orFailure2(folderFor(wait.folder));
    if (folder instanceof Failure7) throw terms.isNew ? folder : folder.with({ status: statusOf(known) });
    this.#folder = folder;
    const pending = await journal?.pending() ?? [];
    const names = namesFor(lines, known, folder, pending, terms.isNew, pattern);
    this.#lines = lines.map((line, n) => this.#lineOf(line, known[n], names[n]));
    const open2 = this.#lines.filter((line) => this.#mayCharge(line)).map(({ line }) => line);
    const { prices, held } = await pricesWithin(this.#session, open2, terms);
    this.#prices = prices;
    this.#gate.held = held;
    this.#options.onPriced?.(open2.length, this.#quoted);
    this.#acceptedAt = this.#session.api.clock.monotonic();
    for (const line of this.#lines) {
      line.quoted = prices.get(line.number)?.credits ?? line.quoted;
      this.#progress.count(line.number, line);
    }
    this.#session.observer.batch(this.#progress.progress);
    await Promise.all(this.#lines.map((line) => this.#follow(line)));
    return {
      kind: "batch",
      lines: this.#lines,
      quoted: this.#quoted,
      held: this.#gate.held,
      isInterrupted: this.#options.stop.requested.aborted || this.#session.api.signal?.aborted === true,
      isReused: open2.length === 0,
      isNew: terms.isNew,
      leftOver: this.#leftOver(known),
      unsaved: unsavedTasks(this.#lines)
    };
  }
  /** Returns the lines with an earlier task that this run, or the last one for new tasks, was to make once more and did not. */
  #leftOver(known) {
    const { terms, note } = this.#options;
    if (!terms.isNew) return leftOver(this.#options.lines, known);
    const left = this.#lines.filter((line) => line.taskId === null && line.known.entry?.record.taskId);
    if (!note.newRun || left.length === 0) return void 0;
    return { began: note.newRun.began, lines: new Set(left.map(({ number }) => number)) };
  }
  #lineOf(line, known, name) {
    const before = this.#options.terms.isNew ? void 0 : known.entry?.record;
    const record = before?.taskId ? before : void 0;
    const priced = known.entry?.record.credits;
    const isOthers = record && this.#folder !== null && stemOfOutput2(record.output ?? "") !== name;
    return {
      line,
      known,
      number: line.number,
      name,
      isNameTaken: false,
      model: line.contract.model,
      taskId: record?.taskId ?? null,
      state: record?.status ?? null,
      credits: record?.credits,
      isReused: record !== void 0,
      madeBefore: isOthers ? record.created : void 0,
      quoted: priced?.quoted ?? priced?.charged ?? null,
      isSubmitting: false,
      isOver: false,
      end: null
    };
  }
  #mayCharge({ taskId }) {
    return this.#options.terms.isNew || taskId === null;
  }
  async #follow(line) {
    try {
      line.end = this.#mayCharge(line) ? await this.#submitted(line) : await this.#resumed(line);
    } catch (error) {
      if (error instanceof Failure7) line.end = error;
      else if (this.#session.api.signal?.aborted) line.end = interruptedEnd(line);
      else throw error;
    }
    this.#close(line);
  }
  /** Keeps what the answer needs of a line's end: a whole record may repeat an image. */
  #close(line) {
    const { end } = line;
    if (end instanceof Failure7) {
      const { record, ...details } = end.details;
      line.end = new Failure7(end.code, end.message, details);
      line.taskId ??= details.taskId ?? null;
    } else if (end) {
      line.end = { ...end, seen: { ...end.seen, ...NO_PAYLOAD } };
      line.name = nameOfFile(end.files?.[0]?.path, line.name);
      line.taskId = end.taskId;
    }
    line.isNameTaken = line.name !== line.line.name && /-v\d+$/.test(line.name);
    line.credits = creditsOfEnd(end) ?? line.credits;
    line.state = stateAfter(line.end, line.state);
    line.isOver = true;
    this.#tell(line);
  }
  /** Submits a line, as often as the service rejects it for the moment and there is time, and waits for its end. */
  async #submitted(line) {
    const content = keyOf({ model: line.model, payloadHash: line.line.payloadHash });
    const equals = this.#equals.get(content) ?? new Slots(1);
    this.#equals.set(content, equals);
    const leaveEquals = await equals.enter();
    let begun = null;
    try {
      for (let attempt = 1; begun === null; attempt += 1) {
        const leave = await this.#submits.enter(isLarge(line.line) ? SUBMITS : 1);
        try {
          if (this.#gate.held && !line.known.isUnknown) return this.#gate.held;
          if (this.#gate.isOver) return line.end;
          begun = await this.#begin(line, leave);
        } catch (error) {
          const isRejected = error instanceof Failure7 && error.code !== "SUBMIT_OUTCOME_UNKNOWN";
          if (!isRejected || line.taskId !== null) throw error;
          this.#spending.release(line.number);
          if (!this.#gate.rejected(error, attempt)) throw error;
          line.end = error;
        } finally {
          leave();
        }
      }
    } finally {
      leaveEquals();
    }
    this.#acceptedAt = this.#session.api.clock.monotonic();
    return conclude(this.#sessionOf(line), begun);
  }
  async #begin(line, leave) {
    const { terms, note, wait, webhookUrl, isDetached, stop } = this.#options;
    const { maxCredits, maxTotalCredits } = terms.caps;
    const { contract, ordinal } = line.line;
    const resume = stop.defer();
    try {
      const price = this.#prices.get(line.number);
      const begun = await begin(this.#sessionOf(line, { leave, resume }), {
        contract,
        generation: {
          model: line.model,
          payload: await line.line.read(),
          idempotencyKey: crypto.randomUUID(),
          // What the sum was made of is also the limit of each line.
          maxCredits: maxTotalCredits === void 0 ? maxCredits : price?.credits ?? maxCredits,
          webhookUrl
        },
        terms,
        note: { ...note, ordinal },
        wait: { ...wait, output: line.name, waitMs: this.#left },
        isDetached: isDetached || wait.waitMs === 0,
        quote: price?.quote
      });
      const { known } = begun;
      const { task, credits, origin } = known;
      line.isReused = origin?.resumed !== void 0;
      line.credits = credits;
      this.#tell(line);
      this.#spending.charged(line.number, credits?.charged);
      return task ? { ...begun, known: { ...known, task: { ...task, ...NO_PAYLOAD } } } : begun;
    } finally {
      resume();
    }
  }
  async #resumed(line) {
    const { wait, isDetached } = this.#options;
    const entry = line.known.entry;
    const place = { folder: this.#folder, output: line.name };
    const known = await knownTaskOf(entry, place);
    const { status, taskId, credits } = entry.record;
    if (isDetached && !isTerminal4(status)) {
      return taskResult2(
        taskId,
        { state: status, record: {} },
        { origin: { resumed: madeBy(entry.record) }, credits }
      );
    }
    const waitMs = Math.max(this.#left, isTerminal4(status) ? 0 : GLANCE_MS);
    return conclude(this.#sessionOf(line), {
      known,
      warnings: [],
      maxCredits: void 0,
      wait: { ...wait, ...place, waitMs },
      start: this.#session.api.clock.monotonic()
    });
  }
  #sessionOf(line, submit) {
    const price = this.#prices.get(line.number)?.credits ?? null;
    const observer = tracked(this.#session.observer.named(line.name), line, {
      answered: () => submit?.resume(),
      changed: () => this.#tell(line)
    });
    const submits = this.#gate.of(line.number, price, () => {
      submit?.leave();
      submit?.resume();
    });
    return { ...this.#session, observer, submits };
  }
  /** Credits that the lines cost together that were not charged before; null where no price was asked for. */
  get #quoted() {
    return this.#prices.size > 0 ? sumOf(this.#prices.values()) : null;
  }
  get #left() {
    return Math.max(0, this.#deadline - this.#session.api.clock.monotonic());
  }
  #tell(line) {
    this.#progress.count(line.number, line);
    this.#session.observer.batch(this.#progress.progress);
  }
};

// scripts/src/cli/batch/command.ts
import { freeVersion as freeVersion2, mediaIn as mediaIn2, nameKey as nameKey2, stemOfOutput as stemOfOutput3 } from "./download.mjs";
import { refusalOf } from "./main.mjs";

// scripts/src/cli/render/batch.ts
import { Failure as Failure9 } from "./main.mjs";
import { unlessEmpty } from "./main.mjs";
import { counted as counted3 } from "./main.mjs";
import { byUrgency, EXIT as EXIT2 } from "./main.mjs";

// scripts/src/cli/render/batch-steps.ts
import { isGone } from "./live.mjs";
import { Failure as Failure8 } from "./main.mjs";
import { counted as counted2 } from "./main.mjs";
import { isCommandLine } from "./main.mjs";
import { EXIT, OPEN } from "./main.mjs";

// scripts/src/cli/render/batch-warnings.ts
import { counted } from "./main.mjs";
import { textsIn } from "./main.mjs";
import { sentences } from "./main.mjs";
var MOST_WARNED = 5;
function batchWarnings(result, items, report) {
  const made = items.filter(({ line }) => line.taskId !== null).length;
  const warned = items.filter(({ outcome }) => textsIn(outcome, "warnings").length > 0);
  const more = warned.length - MOST_WARNED;
  return sentences(
    result.isNew && `--new asked for every line once more: ${counted(made, "new task")}, ${costOf(result.quoted)}.`,
    madeBeforeWarning(result.lines),
    leftWarning(result),
    unsavedWarning(result),
    takenNames(result.lines),
    "problem" in report && `The report could not be written: ${report.problem}.`,
    warned.slice(0, MOST_WARNED).flatMap(
      ({ line: { number, name }, outcome }) => textsIn(outcome, "warnings").map((text) => `Line ${number} (${name}): ${text}`)
    ),
    more > 0 && `${counted(more, "more line")} ${more === 1 ? "has" : "have"} warnings; the report has them.`
  );
}
function madeBeforeWarning(lines) {
  const made = lines.filter(({ madeBefore }) => madeBefore !== void 0);
  return made.length > 0 && `Earlier commands made ${linesNamed(made)} (${made.length > 1 ? "the first " : ""}on ${made[0].madeBefore}) for files of other names: what is here is the result of the earlier task, not another one. To get another one, with a new charge: add an equal line, or run the command of the line alone (its model and payload) with --new.`;
}
function leftWarning({ leftOver: leftOver2, lines }) {
  const left = lines.filter(({ number }) => leftOver2?.lines.has(number));
  return leftOver2 && `The run with --new that began on ${leftOver2.began} did not make ${linesNamed(left)} once more: ${left.length === 1 ? "its task is an earlier one" : "their tasks are earlier ones"}.`;
}
function unsavedWarning({ unsaved, lines }) {
  const numbers = new Set(unsaved.map(({ line }) => line));
  const named = linesNamed(lines.filter(({ number }) => numbers.has(number)));
  const [have, it] = unsaved.length === 1 ? ["has", "it"] : ["have", "them"];
  return unsaved.length > 0 && `${counted(unsaved.length, "earlier task")} of ${named} ${have} no whole result here, and this run does not return ${it}: a run with --new asked for ${numbers.size === 1 ? "this line" : "these lines"} once more.`;
}
function takenNames(lines) {
  const taken = lines.filter(({ isNameTaken }) => isNameTaken);
  const [first] = taken;
  if (!first) return null;
  return taken.length === 1 ? `Line ${first.number}: its name belongs to another file, which stays as it is. So a version follows it: ${first.name}.` : `Lines ${numbersOf(taken)}: their names belong to other files, which stay as they are. So a version follows each name, as in ${first.name}.`;
}
function newCharge(lines, credits) {
  return `--new asks for ${lines === 1 ? "the line" : `all ${lines} lines`} once more: ${costOf(credits)}.`;
}
function costOf(credits) {
  const cost = credits === null ? "their price could not be asked for" : `${counted(credits, "credit")} for all lines`;
  return `a new charge (${cost})`;
}
var linesNamed = (lines) => `${lines.length === 1 ? "line" : "lines"} ${numbersOf(lines)}`;
var numbersOf = (lines) => ranges(lines.map(({ number }) => number));
var MOST_RANGES = 12;
function ranges(numbers) {
  const found = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  const texts = found.map(([from, to]) => from === to ? String(from) : `${from}-${to}`);
  if (texts.length <= MOST_RANGES) return texts.join(", ");
  return `${texts.slice(0, MOST_RANGES).join(", ")} and ${texts.length - MOST_RANGES} more places`;
}

// scripts/src/cli/render/batch-steps.ts
import { textsIn as textsIn2 } from "./main.mjs";
import { explained, LASTING, withFallbackSteps } from "./advice.mjs";
import { runStepOfLines, spentBefore } from "./live.mjs";
import { sentences as sentences2 } from "./main.mjs";
var SAME_FOR_LINES = /* @__PURE__ */ new Set(["AUTH_FAILED", "INVALID_PAYLOAD", "INVALID_MODEL"]);
function advisedInLine(failure, caller, taskId) {
  return SAME_FOR_LINES.has(failure.code) ? withFallbackSteps(failure, caller, taskId) : explained(failure, caller);
}
var CAPPED = /* @__PURE__ */ new Set(["linesAboveCap", "sumAboveCap", "lineWithoutEstimate"]);
function batchSteps(result, sorted, hidden, caller) {
  const { held, isReused, lines, leftOver: leftOver2, unsaved } = result;
  const isLeft = ({ number }) => leftOver2?.lines.has(number) === true;
  const isCapped2 = CAPPED.has(held?.details.reason?.kind ?? "");
  const isOpen = sorted.some(({ line, outcome }) => OPEN.has(outcome.exitCode) && !isLastingEnd(line)) || held && !isCapped2 || lines.some(isChanged);
  const first = sorted.find(({ outcome }) => !outcome.envelope.ok);
  const own = held ? heldSteps(held, lines, caller) : first ? ownSteps(first, caller) : [];
  const open2 = isCapped2 ? 0 : totalsOf(lines.filter((line) => !isLeft(line))).notSubmitted;
  const ended = lines.filter(({ state }) => state === "FAILED" || state === "CANCEL");
  const gone = lines.filter(isLineGone);
  return sentences2(
    isOpen ? withResume(own, sorted, open2, caller) : own,
    ended.length > 0 && `${counted2(ended.length, "task")} ended without a result (${linesNamed(ended)}). Another try is a new charge for each: change these lines, or run the command that data.report has for each of them alone. --new on the batch makes every line again, with a charge for every line.`,
    gone.length > 0 && `The result of ${linesNamed(gone)} is lost: running the batch again does not change that. To make it once more, after a yes to a new charge for each: run the command that data.report has for each of them alone.`,
    leftOver2 && `To make ${linesNamed(lines.filter(isLeft))} once more too, with a new charge for each: run the command that data.report has for each of them alone; or copy these lines into a file of their own, and run that with --new, --maxTotalCredits and another --output.`,
    unsaved.length > 0 && [
      "The earlier tasks of these lines are paid for. This lists those that wait to be fetched, each with the command that does it:",
      caller.command("listPending")
    ],
    hidden > 0 && `${counted2(hidden, "line")} ${hidden === 1 ? "is" : "are"} not shown here: data.report has every line whole.`,
    isReused && !isOpen && !leftOver2 && ended.length + gone.length === 0 && [
      runStepOfLines(lines),
      `The newest tasks of all lines were submitted by earlier runs${spentBefore(totalsOf(lines), " in all")}. To make all of them again, with a charge for every line: the same command with --new and another --download or --output.`
    ]
  );
}
function heldSteps(held, lines, caller) {
  const { nextSteps = [] } = advisedInLine(held, caller, null).details;
  const { charged } = totalsOf(lines.filter(({ isReused }) => isReused));
  const { reason } = held.details;
  const isSumAbove = reason?.kind === "sumAboveCap" || reason?.kind === "linesAboveCap" && reason.sum;
  if (!isSumAbove || !charged) return nextSteps;
  const before = `${counted2(charged, "credit")} ${charged === 1 ? "was" : "were"} charged before for the other lines (their newest tasks).`;
  return [...nextSteps.slice(0, -1), `${nextSteps.at(-1)} ${before}`];
}
var isLineGone = ({ end }) => end !== null && !(end instanceof Failure8) && isGone(end);
var isLastingEnd = ({ end }) => end !== null && "failure" in end && LASTING.has(end.failure.details.reason?.kind ?? "");
var isChanged = ({ end }) => end instanceof Failure8 && end.details.reason?.kind === "lineChanged";
function ownSteps({ line, outcome }, caller) {
  const own = textsIn2(outcome, "nextSteps").filter((step) => step !== caller.same);
  return own.slice(0, 6).map((step) => isCommandLine(step) ? step : `Line ${line.number}: ${step}`);
}
var FIRST = /* @__PURE__ */ new Set([EXIT.submitUnknown, EXIT.stillRunning, EXIT.temporary]);
function withResume(own, sorted, open2, caller) {
  const unknown = sorted.filter(({ outcome }) => outcome.exitCode === EXIT.submitUnknown).length;
  const mayFindOut = unknown === 0 || caller.profile.can.list;
  const first = sorted.find(({ outcome }) => !outcome.envelope.ok)?.outcome.envelope;
  const isShort = first?.errorCode === "INSUFFICIENT_CREDITS";
  const after = first?.retryAfter ? ` after ${first.retryAfter} seconds` : "";
  const when = isShort ? " when there are enough credits (before that it ends like this again)" : after;
  const said = sentences2(
    `Run this command${when}, without --new.`,
    "It resumes every line, and charges nothing for those that have a task.",
    unknown > 0 && mayFindOut && `It reconciles the ${unknown} whose outcome is not known, and never submits while that may charge twice.`,
    open2 > 0 && `It submits the ${open2} that have none, which is charged.`
  );
  const resume = [said.join(" "), caller.same];
  return FIRST.has(sorted[0].outcome.exitCode) && mayFindOut ? [...resume, ...own] : [...own, ...resume];
}

// scripts/src/cli/render/batch.ts
import { callerOfLine } from "./main.mjs";
import { definedFields, failed, rowsThatFit, success, UPSTREAM } from "./main.mjs";
import { explained as explained2 } from "./advice.mjs";
import { pollError } from "./live.mjs";
import { taskOutcome } from "./wait.mjs";
function lineOutcomes({ lines, leftOver: leftOver2 }, caller, alone2 = /* @__PURE__ */ new Map()) {
  return lines.map((line) => {
    const own = callerOfLine(caller, alone2.get(line.number));
    return { line, outcome: outcomeOfLine(line, own, leftOver2?.lines.has(line.number) === true) };
  });
}
function outcomeOfLine(line, caller, isLeft) {
  const { number, end, taskId, state } = line;
  if (end === null) {
    const step = isLeft ? `This line was not made once more: without --new the batch returns its earlier task. To make it once more, with a new charge: ${caller.anew}` : "This line was not submitted yet. Run the batch again, without --new.";
    return success(null, null, { nextSteps: [step] }, EXIT2.stillRunning);
  }
  if (!(end instanceof Failure9)) return taskOutcome(end, caller);
  const { reason } = end.details;
  const isHeld = reason?.kind === "linesAboveCap" && !reason.lines.includes(number);
  const told = advisedInLine(end, caller, taskId);
  return failed(isHeld ? told.with({ data: { heldBy: reason.lines[0] } }) : told, state, taskId);
}
function reportRow({ line, outcome }) {
  const { number, name, model } = line;
  const { [UPSTREAM]: _, ...data } = outcome.envelope.data ?? {};
  return { line: number, name, model, ...outcome.envelope, data, exitCode: outcome.exitCode };
}
function batchOutcome(result, items, report, caller) {
  const sorted = [...items].sort((a, b) => byUrgency(a.outcome, b.outcome) || a.line.number - b.line.number);
  const { exitCode } = sorted[0].outcome;
  const rows = rowsThatFit(sorted.map(shortRow));
  const hidden = items.length - rows.length;
  const said = sorted.find(({ outcome }) => !outcome.envelope.ok);
  const { errorCode = null, retryAfter = null } = said?.outcome.envelope ?? {};
  const data = definedFields({
    batch: { ...totalsOf(result.lines) },
    quoted: result.quoted ?? void 0,
    limit: result.held && explained2(result.held, caller).details.data,
    lastPollError: lastPollErrorOf(result.lines),
    items: rows,
    itemsLeftOut: hidden || void 0,
    report: "file" in report ? report.file : null,
    warnings: unlessEmpty(batchWarnings(result, items, report)),
    nextSteps: unlessEmpty(batchSteps(result, sorted, hidden, caller))
  });
  return {
    envelope: {
      ok: said === void 0,
      status: batchState(result.lines),
      taskId: null,
      data,
      errorCode,
      errorMessage: said ? messageOf(said, items, result) : null,
      retryAfter
    },
    exitCode,
    files: items.flatMap(({ outcome }) => outcome.files),
    isInterrupted: result.isInterrupted && exitCode !== EXIT2.done,
    onWritten: () => {
      const delivered = "file" in report ? items : sorted.slice(0, rows.length);
      for (const { outcome } of delivered) outcome.onWritten?.();
    }
  };
}
function shortRow({ line, outcome }) {
  const { status, taskId, errorCode, data } = outcome.envelope;
  const [file = null] = outcome.files;
  const { number, name } = line;
  const resultGone = isLineGone(line) || void 0;
  const reused = line.taskId !== null && line.isReused || void 0;
  const quoted2 = line.taskId === null ? line.quoted ?? void 0 : void 0;
  const { heldBy } = data ?? {};
  return definedFields({
    ...{ line: number, name, taskId, status, file, errorCode },
    ...{ resultGone, reused, quoted: quoted2, heldBy }
  });
}
function lastPollErrorOf(lines) {
  const found = lines.flatMap(({ end }) => end instanceof Failure9 ? [] : end?.lastPollError ?? []);
  return found[0] && pollError(found[0]);
}
function messageOf({ line, outcome }, items, { lines }) {
  const { errorCode } = outcome.envelope;
  const said = `${outcome.failure?.message} ${submittedNow(lines)}`;
  if (line.end instanceof Failure9 && line.end.details.reason?.kind === "linesAboveCap") return said;
  const same = items.filter((item) => item.outcome.envelope.errorCode === errorCode).length;
  const what = same === 1 ? `Line ${line.number} (${line.name})` : `${same} of ${items.length} lines, the first of them ${line.number} (${line.name})`;
  return `${what}: ${said}`;
}
function submittedNow(lines) {
  const made = lines.filter(isMadeNow).length;
  const { chargedNow, unknown, notSubmitted } = totalsOf(lines);
  const charged = chargedNow === null ? "the service did not say for what charge" : counted3(chargedNow, "credit");
  const parts = [
    made === 0 ? "This run submitted no line" : `This run submitted ${made} of ${lines.length} lines (${charged})`,
    ...unknown > 0 ? [`the outcome of ${unknown} is not known`] : [],
    ...notSubmitted > 0 ? [`${notSubmitted} have no task`] : []
  ];
  return `${parts.join("; ")}.`;
}

// scripts/src/cli/batch/command.ts
import { lineAlone } from "./main.mjs";
import { inSandbox } from "./main.mjs";
import { batchQuoteOutcome } from "./wait.mjs";
import { noteOf, termsOf } from "./contracts.mjs";

// scripts/src/cli/batch/line-command.ts
const path2 = require("node:path");
import { quoteWord } from "./main.mjs";
import { flagsIn, LONGEST_SHOWN } from "./main.mjs";
import { commandLine, flagWords } from "./main.mjs";
function commandForLine(argv, { model, payload, image }, output, quoted2, file) {
  const { batch, maxTotalCredits, download, ...given } = flagsIn(argv);
  const isCapped2 = given.maxCredits !== void 0 || maxTotalCredits === void 0 || quoted2 === null;
  const flags = isCapped2 ? given : { ...given, maxCredits: quoted2 };
  if (quoteWord(payload).length > LONGEST_SHOWN) {
    const own = file();
    const inFile = { model: void 0, payload: void 0, image: void 0, output: void 0 };
    const folder = output === null ? void 0 : path2.dirname(output);
    return own && commandLine(flagWords({ batch: own, ...flags, ...inFile, download: folder, new: true }));
  }
  const request = { model, payload, image: image && path2.resolve(image) };
  return commandLine(flagWords({ ...flags, ...request, output: output ?? void 0, new: true }));
}

// scripts/src/cli/batch/own-file.ts
const { closeSync, openSync, readSync } = require("node:fs");
const path3 = require("node:path");
import { createAtOnce, onDisk, replaceAtOnce } from "./journal.mjs";
import { systemClock } from "./main.mjs";
import { boundedJson } from "./main.mjs";
var MOST_NAMES = 100;
function writeOwn(folder, name, ending, text, head) {
  for (let n = 1; n < MOST_NAMES; n += 1) {
    const file2 = path3.join(folder, `${name}${n === 1 ? "" : `-${n}`}${ending}`);
    if (createAtOnce(file2, text)) return file2;
    if (!beginsWith(file2, head)) continue;
    replaceAtOnce(file2, text);
    return file2;
  }
  const file = path3.join(folder, `${name}-${systemClock.wall()}${ending}`);
  replaceAtOnce(file, text);
  return file;
}
function beginsWith(file, text) {
  const expected = Buffer.from(text);
  const head = Buffer.alloc(expected.length);
  try {
    const descriptor = openSync(file, "r");
    try {
      const size = readSync(descriptor, head, 0, head.length, 0);
      return size === 0 || head.equals(expected);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
function writeLine(folder, name, { model, payload, image }) {
  const line = { model, payload: JSON.parse(payload), image: image && path3.resolve(image) };
  const text = `${JSON.stringify(line)}
`;
  return onDisk(
    () => writeOwn(folder, name, ".jsonl", text, text),
    () => null
  );
}
var MOST_BYTES = 64 * 1024;
function writeReport(folder, { name, file: batch }, rows, secrets) {
  const text = rows.map((row) => `${boundedJson({ batch, ...row }, MOST_BYTES, secrets)}
`).join("");
  const head = text.slice(0, text.indexOf(',"line":') + 1);
  return onDisk(
    () => ({ file: writeOwn(folder, `${name}.report`, ".jsonl", text, head) }),
    (problem) => ({ problem })
  );
}

// scripts/src/cli/batch/command.ts
async function runBatchCommand(session, call, batch, wait) {
  const { argv, args, caller, secrets, progress, interruption } = call;
  const { maxCredits, maxTotalCredits, new: isNew, action } = args;
  const pattern = args.output === void 0 ? void 0 : patternOf(path4.basename(args.output));
  if (action === "quote") {
    if (!session.provider.can.quote) throw refusalOf(args.profile, "quote");
    const quote = await quoteBatch(session, batch.lines, { maxCredits, maxTotalCredits }, pattern);
    return batchQuoteOutcome(quote, caller);
  }
  const result = await runBatch(session, {
    lines: batch.lines,
    terms: termsOf(args),
    note: noteOf(args),
    wait,
    pattern,
    webhookUrl: batch.webhookUrl,
    isDetached: action === "createGeneration",
    stop: interruption,
    onPriced: isNew ? (lines, credits) => progress.line(newCharge(lines, credits)) : void 0
  });
  const items = lineOutcomes(result, caller, await alone(argv, batch, wait.folder, result));
  const folder = path4.resolve(wait.folder ?? ".");
  const rows = items.map(
    (item) => reportRow(args.sandbox ? { ...item, outcome: inSandbox(item.outcome) } : item)
  );
  const report = writeReport(folder, batch, rows, secrets);
  return batchOutcome(result, items, report, caller);
}
async function alone(argv, batch, into, { lines, leftOver: leftOver2 }) {
  const found = /* @__PURE__ */ new Map();
  const folder = into && path4.resolve(into);
  for (const [n, line] of lines.entries()) {
    const mayBeMadeAgain = MAY_BE_MADE_AGAIN.has(lineOutcomeOf(line)) || isLineGone(line);
    if (!mayBeMadeAgain && !leftOver2?.lines.has(line.number)) continue;
    const request = await batch.requestOf(line.number);
    const isFirst = batch.lines[n].ordinal === 1;
    const output = folder && path4.join(folder, freeName(folder, line.name));
    const name = `${batch.name}.line-${line.number}`;
    const command = request && commandForLine(
      argv,
      request,
      output,
      line.quoted,
      () => writeLine(path4.resolve(folder ?? "."), name, request)
    );
    found.set(line.number, lineAlone(command, isFirst));
  }
  return found;
}
function freeName(folder, name) {
  const media = mediaIn2(folder);
  return freeVersion2(name, (version) => media.has(nameKey2(version)));
}
var MAY_BE_MADE_AGAIN = /* @__PURE__ */ new Set(["failed", "cancelled", "unknown"]);
function patternOf(output) {
  const [before = "", ...after] = stemOfOutput3(output).split("{n}");
  return { before, after: after.join("{n}") };
}

// scripts/src/cli/batch/heap.ts
const { setFlagsFromString } = require("node:v8");
function keepHeapSmall() {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=33");
  for (const compiler of ["sparkplug", "maglev", "opt"]) setFlagsFromString(`--no-${compiler}`);
}
var collecting = 0;
async function afterCollecting(work) {
  collecting += 1;
  setFlagsFromString("--gc-global");
  try {
    return await work();
  } finally {
    collecting -= 1;
    if (collecting === 0) setFlagsFromString("--no-gc-global");
  }
}

// scripts/src/cli/batch/line-text.ts
import { DuplicateName, endOfText, parseStrict } from "./contracts.mjs";
var strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function textOf(bytes) {
  return strict.decode(bytes).replace(/^\uFEFF/, "").replace(/\r$/, "");
}
var [BACKSLASH, COLON] = Buffer.from("\\:");
var BLANK = Buffer.from(" 	\r\n");
var CONTROL = /[\0-\x1f]/;
var LONG = 64 * 1024;
function parseJson(bytes) {
  if (bytes.length < LONG) return parseStrict(textOf(bytes));
  const mark = crypto.randomUUID();
  const long = [];
  const rest = [];
  let from = 0;
  for (let open2 = bytes.indexOf('"'); open2 >= 0; ) {
    const end = endOfText(bytes, open2 + 1);
    const text = end - open2 > LONG ? plainText(bytes, open2 + 1, end) : null;
    if (text !== null) {
      rest.push(bytes.subarray(from, open2 + 1), Buffer.from(`${mark}${long.length}`));
      long.push(text);
      from = end;
    }
    open2 = bytes.indexOf('"', end + 1);
  }
  if (long.length === 0) return parseStrict(textOf(bytes));
  rest.push(bytes.subarray(from));
  const isMark = (value) => typeof value === "string" && value.startsWith(mark);
  try {
    return parseStrict(
      textOf(Buffer.concat(rest)),
      (_, value) => isMark(value) ? long[Number(value.slice(mark.length))] : value
    );
  } catch (error) {
    if (error instanceof DuplicateName) throw error;
    return parseStrict(textOf(bytes));
  }
}
function plainText(bytes, from, end) {
  let next = end + 1;
  while (next < bytes.length && BLANK.includes(bytes[next])) next += 1;
  const part = bytes.subarray(from, end);
  if (bytes[next] === COLON || part.includes(BACKSLASH)) return null;
  const text = strict.decode(part);
  return CONTROL.test(text) ? null : text;
}

// scripts/src/cli/batch/parse-line.ts
const { isUtf8 } = require("node:buffer");
import { stemOfOutput as stemOfOutput4 } from "./download.mjs";
import { nameProblem } from "./main.mjs";
import { issue } from "./main.mjs";
import { isObject } from "./main.mjs";
import { nearest } from "./main.mjs";
import { DuplicateName as DuplicateName2 } from "./contracts.mjs";
import { inQuotes } from "./main.mjs";
import { kindOf } from "./contracts.mjs";
var FIELDS = ["name", "model", "payload", "image"];
function parseLine(bytes, format, issues) {
  const refuse = (...said) => {
    issues.push(issue(...said));
    return null;
  };
  if (!isUtf8(bytes)) return refuse("", "UTF-8 text", "bytes that are none", "save the file as UTF-8");
  if (format === "txt") return { name: null, payload: {}, prompt: textOf(bytes).trim() };
  const value = objectIn(bytes, refuse);
  if (value === null) return null;
  for (const field of Object.keys(value).filter((name) => !FIELDS.includes(name))) {
    const close = nearest(field, FIELDS);
    const hint = close ? `write "${close}"` : `put it into "payload": {"payload":{"${field}":\u2026}}`;
    refuse(field, `one of ${FIELDS.join(", ")}`, "an unknown field", hint);
  }
  const { payload = {} } = value;
  if (!isObject(payload))
    return refuse("payload", "a JSON object", kindOf(payload), "write the fields in braces");
  const [model, image] = [textField(value, "model", refuse), textField(value, "image", refuse)];
  return { name: nameField(value, refuse), payload, model, image };
}
function objectIn(bytes, refuse) {
  const hint = 'write one object into each line, for example {"payload":{"prompt":"a lighthouse at dawn"}}';
  let value;
  try {
    value = parseJson(bytes);
  } catch (error) {
    if (error instanceof DuplicateName2)
      return refuse(error.path, "each field once", "the same field twice", "leave one of them out");
    const position = /position \d+/.exec(error instanceof Error ? error.message : "")?.[0];
    const at = position ? ` at ${position}` : "";
    return refuse("", "a JSON object", `text that is no JSON${at}: ${inQuotes(textOf(bytes))}`, hint);
  }
  return isObject(value) ? value : refuse("", "a JSON object", kindOf(value), hint);
}
function textField(line, field, refuse) {
  const value = line[field];
  if (value === void 0 || typeof value === "string" && value !== "") return value;
  return refuse(field, "a text", kindOf(value), `write "${field}":"\u2026", or leave it out`) ?? void 0;
}
function nameField(line, refuse) {
  const given = textField(line, "name", refuse);
  if (given === void 0) return null;
  const name = stemOfOutput4(given);
  const problem = nameProblem(given) ?? nameProblem(name);
  return problem === null ? name : refuse("name", "a file name", inQuotes(given), problem);
}

// scripts/src/cli/batch/read-batch.ts
const path6 = require("node:path");
import { loadContract } from "./contracts.mjs";
import { imageField, withoutImage, withPrompt } from "./contracts.mjs";
import { estimate } from "./estimate.mjs";
import { checkPayload } from "./contracts.mjs";
import { withoutBody } from "./contracts.mjs";
import { nameKey as nameKey3 } from "./download.mjs";
import { Failure as Failure10, orFailure as orFailure3 } from "./main.mjs";
import { jsonHash as jsonHash2 } from "./journal.mjs";
import { issue as issue3 } from "./main.mjs";
import { inQuotes as inQuotes2 } from "./main.mjs";
import { explained as explained3 } from "./advice.mjs";
import { BY_FLAGS } from "./main.mjs";
import { readFields, withImage } from "./contracts.mjs";
import { readCallback } from "./contracts.mjs";

// scripts/src/cli/batch/source.ts
const { constants } = require("node:fs");
const { open } = require("node:fs/promises");
const path5 = require("node:path");
import { plain } from "./main.mjs";
import { refused } from "./main.mjs";
import { codeOf, readStdin } from "./contracts.mjs";
var MOST_LINES = 1e4;
var MOST_LINE_BYTES = 64 * 1024 * 1024;
var CHUNK = 256 * 1024;
var HEAD = 1024;
var FLAG = "--batch";
var DESCRIPTOR = /^\/(dev\/(stdin|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;
async function openSource(file, signal) {
  if (file === "-")
    return sourceOf("batch", void 0, inMemory(await readStdin(signal, FLAG)), async () => {
    });
  const format = formatOf(file);
  const name = path5.basename(file, path5.extname(file));
  let handle;
  try {
    const flags = DESCRIPTOR.test(file) ? 0 : constants.O_NONBLOCK ?? 0;
    const opened = await open(file, constants.O_RDONLY | flags);
    handle = opened;
    return await sourceOf(name, format, await readerOf(opened, file, signal), () => opened.close());
  } catch (error) {
    await handle?.close();
    throw unreadable(error, file);
  }
}
async function readerOf(handle, file, signal) {
  const stat = await handle.stat();
  if (!stat.isFile()) {
    if (!stat.isDirectory() && DESCRIPTOR.test(file))
      return inMemory(await readStdin(signal, FLAG, handle.createReadStream({ autoClose: false })));
    const kind = stat.isDirectory() ? "a folder" : stat.isFIFO() ? "a named pipe" : "no regular file";
    const hint = "name a .jsonl or .txt file, or pass the lines on standard input: --batch - < lines.jsonl";
    throw refused(FLAG, "a file", `${plain(file, 120)}, ${kind}`, hint);
  }
  const head = Buffer.alloc(2);
  await handle.read(head, 0, 2, 0);
  if (head[0] === 255 && head[1] === 254) {
    if (stat.size > MOST_LINE_BYTES) throw tooLarge(`${stat.size} bytes of UTF-16`);
    return inMemory((await handle.readFile()).toString("utf16le"));
  }
  return async (buffer, at) => (await handle.read(buffer, 0, buffer.length, at)).bytesRead;
}
function inMemory(text) {
  const bytes = Buffer.from(text);
  return async (buffer, at) => bytes.copy(buffer, 0, at, at + buffer.length);
}
async function sourceOf(name, format, readAt, close) {
  let scratch = Buffer.alloc(0);
  let last = Promise.resolve();
  const read = ({ at, size }, use) => {
    const result = last.then(async () => {
      if (scratch.length < size) scratch = Buffer.alloc(size);
      const bytes = scratch.subarray(0, size);
      await readAt(bytes, at);
      return use(bytes);
    });
    last = result.then(
      () => {
      },
      () => {
      }
    );
    return result;
  };
  const places = await placesIn(readAt);
  const isObject2 = await read(places[0], (bytes) => /^(\ufeff)?\s*\{/.test(bytes.toString("utf8", 0, HEAD)));
  return { name, format: format ?? (isObject2 ? "jsonl" : "txt"), places, read, close };
}
async function placesIn(readAt) {
  const places = [];
  const chunk = Buffer.alloc(CHUNK);
  let number = 1;
  let start = 0;
  let isEmpty = true;
  const end = (at2) => {
    if (!isEmpty) places.push({ number, at: start, size: at2 - start });
    if (at2 - start > MOST_LINE_BYTES) throw tooLarge(`line ${number} of ${at2 - start} bytes`);
    if (places.length > MOST_LINES) throw tooLarge(`more than ${MOST_LINES} lines`);
    number += 1;
    start = at2 + 1;
    isEmpty = true;
  };
  let at = 0;
  for (; ; ) {
    const size = await readAt(chunk, at);
    if (size === 0) break;
    const part = chunk.subarray(0, size);
    if (part.includes(0)) {
      throw refused(FLAG, "a text file", "bytes that are no text", "name a .jsonl or .txt file");
    }
    for (let from = 0; from < size; ) {
      const found = part.indexOf(10, from);
      const until = found < 0 ? size : found;
      isEmpty &&= isBlank(part, from, until);
      if (found >= 0) end(at + found);
      from = until + 1;
    }
    at += size;
  }
  end(at);
  if (places.length === 0) {
    throw refused(FLAG, "at least one line", "nothing", "write a request or a prompt into each line");
  }
  return places;
}
function isBlank(bytes, from, to) {
  for (let n = from; n < to; n += 1) {
    const byte = bytes[n];
    const isMark = byte === 239 || byte === 187 || byte === 191;
    if (byte !== 32 && byte !== 9 && byte !== 13 && !(isMark && to - from <= 4)) return false;
  }
  return true;
}
function formatOf(file) {
  const ending = path5.extname(file).toLowerCase();
  if (ending === ".jsonl" || ending === ".ndjson") return "jsonl";
  if (ending === ".txt") return "txt";
  if (ending === "") return void 0;
  const hint = ending === ".json" ? "write each object into a line of its own, and name the file .jsonl" : "name it .jsonl (an object a line) or .txt (a prompt a line)";
  throw refused(FLAG, "a .jsonl or .txt file", plain(file, 120), hint);
}
function tooLarge(received) {
  const expected = `at most ${MOST_LINES} lines of ${MOST_LINE_BYTES / 1024 / 1024} MiB`;
  return refused(FLAG, expected, received, "split the file into several batches");
}
function unreadable(error, file) {
  if (!(error instanceof Error && "code" in error) || "details" in error) return error;
  const received = `${plain(file, 120)} (${codeOf(error)})`;
  const hint = "check the path; it is taken from the folder in which the command runs";
  return refused(FLAG, "a file that can be read", received, hint);
}

// scripts/src/cli/batch/wrong-lines.ts
import { issue as issue2, issueText } from "./main.mjs";
import { AdvisedFailure } from "./main.mjs";
var MOST_SHOWN = 20;
function wrongLines(found) {
  const groups = /* @__PURE__ */ new Map();
  for (const { line, issue: issue4 } of found) {
    const key = JSON.stringify(issue4);
    const group = groups.get(key) ?? { lines: /* @__PURE__ */ new Set(), issue: issue4 };
    group.lines.add(line);
    groups.set(key, group);
  }
  const shown = [...groups.values()].slice(0, MOST_SHOWN).map(({ lines, issue: issue4 }) => ({
    ...issue4,
    path: `${lines.size === 1 ? "line" : "lines"} ${ranges([...lines])}${issue4.path ? `: ${issue4.path}` : ""}`
  }));
  if (groups.size > MOST_SHOWN) {
    const rest = new Set([...groups.values()].slice(MOST_SHOWN).flatMap(({ lines }) => [...lines]));
    shown[MOST_SHOWN - 1] = issue2(
      `lines ${ranges([...rest].sort((a, b) => a - b))}`,
      "lines without issues",
      `${groups.size - MOST_SHOWN + 1} more issues`,
      "correct the lines above first, and run the same command again"
    );
  }
  const wrong = new Set(found.map(({ line }) => line)).size;
  const message = `${wrong} ${wrong === 1 ? "line is" : "lines are"} wrong; nothing was submitted. ${issueText(shown[0])}.`;
  const hints = [...new Set(shown.map(({ path: path7, hint }) => `${path7}: ${hint}`))];
  return new AdvisedFailure("INVALID_PAYLOAD", message, { issues: shown, nextSteps: hints });
}

// scripts/src/cli/batch/read-batch.ts
async function readBatch(args, caller, loopback, signal) {
  keepHeapSmall();
  const webhookUrl = readCallback(args, loopback);
  const reader = new Reader(args, caller, await readFields(args.payload, signal));
  const source = await openSource(args.batch, signal);
  try {
    const checked = [];
    const issues = [];
    for (const place of source.places) {
      signal.throwIfAborted();
      const found = [];
      const line = await reader.checked(source, place, found);
      if (line && found.length === 0) checked.push({ ...line, place });
      issues.push(...found.map((issue4) => ({ line: place.number, issue: issue4 })));
    }
    if (issues.length > 0) throw wrongLines(issues);
    const ordinals = ordinalsOf(
      checked.map(({ contract, payloadHash }) => ({ model: contract.model, payloadHash }))
    );
    const lines = checked.map(({ place, ...line }, n) => ({
      ...line,
      ordinal: ordinals[n],
      read: () => reader.readAgain(source, place, line.payloadHash)
    }));
    const places = new Map(checked.map(({ place }) => [place.number, place]));
    const requestOf = (number) => reader.requestOf(source, places.get(number));
    const file = args.batch === "-" ? "-" : path6.resolve(args.batch);
    return { name: source.name, file, lines, webhookUrl, requestOf, close: source.close };
  } catch (error) {
    await source.close();
    throw error;
  }
}
var Reader = class {
  #args;
  #caller;
  #defaults;
  /** The line that each name was first seen in. */
  #names = /* @__PURE__ */ new Map();
  #contracts = /* @__PURE__ */ new Map();
  constructor(args, caller, defaults) {
    this.#args = args;
    this.#caller = caller;
    this.#defaults = defaults;
  }
  async checked(source, place, issues) {
    const found = await this.#request(source, place, issues);
    if (!found) return null;
    const { contract, payload, name } = found;
    const wrong = checkPayload(contract, payload, BY_FLAGS);
    issues.push(...wrong.map((one) => ({ ...one, path: pathOf(one.path) })));
    const { [contract.prompt ?? ""]: prompt, ...priced } = payload;
    const payloadHash = jsonHash2(payload);
    return {
      number: place.number,
      name,
      contract,
      payloadHash,
      priceKey: `${contract.model} ${prompt === void 0 ? payloadHash : jsonHash2(priced)}`,
      estimate: issues.length > 0 ? null : estimate(contract, payload),
      size: sizeOf(payload)
    };
  }
  async readAgain(source, place, payloadHash) {
    const found = await this.#request(source, place, []);
    if (found && jsonHash2(found.payload) === payloadHash) return found.payload;
    const message = `Line ${place.number} is another one than when it was checked: the file or its image was changed meanwhile. It was not submitted.`;
    throw new Failure10("INVALID_PAYLOAD", message, { reason: { kind: "lineChanged" } });
  }
  /** Returns what a line asks for, without reading its image. */
  async requestOf(source, place) {
    const parts = await this.#parts(source, place, []).catch(() => null);
    if (!parts) return null;
    const { contract, fields, image } = parts;
    return { model: contract.model, payload: JSON.stringify(fields), image };
  }
  async #request(source, place, issues) {
    const parts = await this.#parts(source, place, issues);
    if (!parts) return null;
    const { contract, fields, image, name } = parts;
    if (image === void 0) return { contract, payload: fields, name };
    const payload = await orFailure3(afterCollecting(() => withImage(contract, fields, image)));
    if (!(payload instanceof Failure10)) return { contract, payload, name };
    issues.push(...issuesOf(explained3(payload, this.#caller)));
    return null;
  }
  /** Reads a line as far as its image. */
  async #parts(source, place, issues) {
    const read = () => source.read(place, (bytes) => parseLine(bytes, source.format, issues));
    const line = await (isLarge(place) ? afterCollecting(read) : read());
    if (!line) return null;
    if (line.name !== null) {
      const other = this.#names.get(nameKey3(line.name)) ?? place.number;
      this.#names.set(nameKey3(line.name), other);
      const received = `${inQuotes2(line.name)}, as in line ${other}`;
      if (other !== place.number)
        issues.push(issue3("name", "a name of its own", received, "give each line another name"));
    }
    const model = line.model ?? this.#args.model;
    if (model === void 0) {
      const hint = source.format === "txt" ? "add --model <id>" : 'add --model <id>, or "model" to the line';
      issues.push(issue3("model", "a model", "nothing", hint));
      return null;
    }
    const parts = await orFailure3(this.#fieldsOf(model, line, issues));
    if (!(parts instanceof Failure10)) return parts && { ...parts, name: line.name };
    const caller = line.model === void 0 ? this.#caller : { ...this.#caller, writeModel: modelField };
    issues.push(...issuesOf(explained3(parts, caller)));
    return null;
  }
  async #fieldsOf(model, line, issues) {
    const known = this.#contracts.get(model) ?? loadContract(this.#args.profile.id, model);
    this.#contracts.set(model, known);
    const contract = await known;
    const own = withoutBody(contract, line.payload);
    const defaults = withoutBody(contract, this.#defaults);
    if (line.prompt !== void 0) {
      const fields = withPrompt(contract, defaults, line.prompt);
      if (fields) return { contract, fields, image: this.#args.image };
      const hint = 'write a .jsonl file with the fields of each request in "payload"';
      issues.push(issue3("model", "a model that takes a prompt", contract.model, hint));
      return null;
    }
    if (line.image !== void 0) {
      return { contract, fields: { ...withoutImage(contract, defaults), ...own }, image: line.image };
    }
    const field = imageField(contract);
    const hasOwn = field !== null && own[field] !== void 0;
    return { contract, fields: { ...defaults, ...own }, image: hasOwn ? void 0 : this.#args.image };
  }
};
var modelField = (id) => `write "model":${JSON.stringify(id)}`;
function issuesOf(failure) {
  const { issues, nextSteps = [] } = failure.details;
  if (issues?.length) return issues.map((one) => ({ ...one, path: pathOf(one.path) }));
  const path7 = failure.code === "INVALID_MODEL" ? "model" : "payload";
  const hint = nextSteps[0] ?? "correct the line";
  const expected = path7 === "model" ? "a model with a contract" : "a payload that can be sent";
  return [issue3(path7, expected, failure.message, hint)];
}
function pathOf(path7) {
  const flag = /^--(payload|image|model)$/.exec(path7)?.[1];
  return flag ?? `payload.${path7}`;
}
function sizeOf(value) {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value).reduce((sum2, inner) => sum2 + sizeOf(inner), 0);
}
export {
  BatchGate,
  BatchSpending,
  ProgressSums,
  Slots,
  advisedInLine,
  afterCollecting,
  balanceOf,
  batchOutcome,
  batchState,
  batchSteps,
  batchWarnings,
  commandForLine,
  creditsOfEnd,
  fileNames,
  interruptedEnd,
  isLarge,
  isLineGone,
  isMadeNow,
  keepHeapSmall,
  keyOf,
  knownLines,
  leftOver,
  lineOutcomeOf,
  lineOutcomes,
  linesNamed,
  nameOfFile,
  namesFor,
  newCharge,
  newRunOf,
  openSource,
  ordinalsOf,
  overBudget,
  parseJson,
  parseLine,
  pricesOf,
  pricesWithin,
  quoteBatch,
  ranges,
  readBatch,
  reportRow,
  runBatch,
  runBatchCommand,
  stateAfter,
  statusOf,
  sumOf,
  textOf,
  totalsOf,
  tracked,
  unsavedTasks,
  writeLine,
  writeOwn,
  writeReport,
  wrongLines
};
