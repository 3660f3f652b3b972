// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/core/generate.ts
import { DAY_MS as DAY_MS2 } from "./main.mjs";
import { Failure as Failure9, orFailure as orFailure6 } from "./main.mjs";
import { isTerminal } from "./main.mjs";
import { folderFor } from "./wait.mjs";

// scripts/src/core/money/check-price.ts
import { datedEstimate } from "./estimate.mjs";
import { Failure as Failure2 } from "./main.mjs";

// scripts/src/core/money/caps.ts
function isCapped(caps) {
  return Object.values(caps).some((cap) => cap !== void 0);
}

// scripts/src/core/money/short-of-credits.ts
import { cheaperVariants, estimateCredits } from "./estimate.mjs";
import { Failure, orFailure } from "./main.mjs";
async function explainFunds(session, contract, generation, refusal, deadline) {
  const isExplained = refusal.details.reason?.kind === "shortOfCredits";
  if (refusal.code !== "INSUFFICIENT_CREDITS" || isExplained) return refusal;
  const { api, provider } = session;
  const { model, payload } = generation;
  const quote2 = provider.can.quote ? await orFailure(api.once(provider.quote(model, payload), { deadline })) : null;
  const known2 = quote2 instanceof Failure ? null : quote2;
  return shortOfCredits(contract, generation, known2, refusal.message);
}
function shortOfCredits(contract, { payload }, quote2, said) {
  const { credits: quoted, balance } = quote2 ?? {};
  const price = quoted ?? estimateCredits(contract, payload);
  const most2 = price !== null && typeof balance === "number" && balance < price ? balance : null;
  const cheaper = price === null ? null : { ...cheaperThan(contract, payload, most2 ?? price - 1), most: most2 };
  const missing = quoted === void 0 || most2 === null ? void 0 : quoted - most2;
  const why = missing === void 0 ? said : `${said} It costs ${quoted} credits, the balance is ${balance}: ${missing} are missing.`;
  return new Failure("INSUFFICIENT_CREDITS", why, {
    nothingSubmitted: true,
    reason: { kind: "shortOfCredits", quoted, balance, missing, cheaper }
  });
}
function cheaperThan(contract, payload, most2) {
  const variants = cheaperVariants(contract, payload, most2 + 1);
  return { model: contract.model, asOf: contract.price?.asOf, variants, most: most2 };
}

// scripts/src/core/money/check-price.ts
async function checkPrice(session, contract, generation, caps, deadline) {
  if (!isCapped({ ...caps, maxCredits: generation.maxCredits })) return null;
  if (!session.provider.can.quote) {
    if (caps.maxCreditsPerDay !== void 0)
      throw new Error("A limit for a day needs a service that quotes prices.");
    checkEstimate(session.provider.title, contract, generation);
    return null;
  }
  const quote2 = await askPrice(session, contract, generation, deadline);
  if (quote2.affordable === false || quote2.balance !== null && quote2.balance < quote2.credits) {
    throw shortOfCredits(contract, generation, quote2, "The quote says that the balance is too small.");
  }
  return quote2;
}
function checkEstimate(title, contract, { model, payload, maxCredits }) {
  if (maxCredits === void 0) return;
  const dated = datedEstimate(contract, payload);
  if (dated === null) {
    throw new Failure2("INVALID_PAYLOAD", `No estimate is known for these fields of ${model}.`, {
      reason: { kind: "noEstimate", title, model, maxCredits }
    });
  }
  if (dated.most <= maxCredits) return;
  const cheaper = cheaperThan(contract, payload, maxCredits);
  throw new Failure2("BUDGET_EXCEEDED", `The estimate is above the limit of ${maxCredits} credits.`, {
    reason: { kind: "estimateAboveCap", title, estimate: dated, maxCredits, cheaper }
  });
}
function comparedEstimate({ provider }, contract, { payload, maxCredits }) {
  const isCompared = maxCredits !== void 0 && !provider.can.quote;
  return isCompared && datedEstimate(contract, payload) || void 0;
}
async function askPrice(session, contract, generation, deadline = Infinity) {
  const { api, provider } = session;
  const { model, payload, maxCredits } = generation;
  const retryUntil = Math.min(deadline, api.shortDeadline);
  const quote2 = await api.read(provider.quote(model, payload), { retryUntil, deadline });
  const { credits: quoted, record } = quote2;
  if (maxCredits === void 0 || quoted <= maxCredits) return quote2;
  const cheaper = cheaperThan(contract, payload, maxCredits);
  throw new Failure2("BUDGET_EXCEEDED", `The price is above the limit of ${maxCredits} credits.`, {
    record,
    reason: { kind: "quoteAboveCap", quoted, maxCredits, cheaper }
  });
}

// scripts/src/core/generate.ts
import { graceOf, isMissingForNow } from "./wait.mjs";
import {
  madeBy as madeBy2,
  taskResult
} from "./live.mjs";

// scripts/src/core/submit/claim.ts
import { newestOf, requestNameOf } from "./journal.mjs";
import { Failure as Failure3, orFailure as orFailure2 } from "./main.mjs";
import { jsonHash } from "./journal.mjs";
import { promptExcerpt } from "./wait.mjs";
function claimOf({ generation, terms, note, folder, output }, now2) {
  const { model, payload, idempotencyKey } = generation;
  const { isNamed, isNew } = terms;
  const { owner, wait, ordinal = 1 } = note;
  const payloadHash = jsonHash(payload);
  const alone = isNew ? { began: new Date(now2).toISOString(), lines: payloadHash } : void 0;
  const newRun = note.newRun ?? alone;
  return {
    ...{ model, payloadHash, ordinal, idempotencyKey, isNamed, isNew },
    ...{ promptExcerpt: promptExcerpt(payload), owner, wait, download: folder, output },
    ...newRun && { newRun }
  };
}
async function withRecorded(store, { generation: { model, payload, idempotencyKey }, terms, note: { ordinal = 1 } }, failure) {
  if (!store || terms.isNew) return failure;
  const { isNamed } = terms;
  const request = { model, payloadHash: jsonHash(payload), ordinal, idempotencyKey, isNamed };
  const entries = await orFailure2(store.allOf(requestNameOf(request, store.account)));
  const known2 = entries instanceof Failure3 ? void 0 : newestOf(entries);
  if (!known2) return failure;
  const { taskId, status } = known2.record;
  return failure.with({ taskId: taskId ?? void 0, status });
}

// scripts/src/core/submit/submit-on-record.ts
import { knownRecord, requestNameOf as requestNameOf2, takenOver } from "./journal.mjs";
import { Failure as Failure8, orFailure as orFailure5 } from "./main.mjs";
import { spentOn } from "./journal.mjs";
import { checkNameIsFree } from "./wait.mjs";

// scripts/src/core/money/record-charge.ts
import { DAY_MS } from "./main.mjs";
import { Failure as Failure4 } from "./main.mjs";
var LEAST_PATIENCE_MS = 5e3;
async function recordCharge(session, { store, entry, change, quote: quote2, before = 0 }, { maxCreditsPerDay: limit }, deadline) {
  const isCapped2 = limit !== void 0 && quote2 !== null;
  const budget = isCapped2 ? { windowMs: DAY_MS, limit, credits: quote2.credits + before } : null;
  const { clock, signal, shortDeadline } = session.api;
  const patience = Math.min(shortDeadline, Math.max(deadline, clock.monotonic() + LEAST_PATIENCE_MS));
  const reserved = await store.reserve(entry, change, budget, patience, signal);
  if (reserved.kind === "busy") {
    const { pid, host } = reserved.holder;
    const message = `Another process (${pid} on ${host}) has kept the day's budget to itself for too long.`;
    throw new Failure4("UNKNOWN_ERROR", message, {
      nothingSubmitted: true,
      reason: { kind: "budgetBusy" }
    });
  }
  if (isCapped2 && reserved.kind === "exceeded") {
    const spent = reserved.spent === null ? null : reserved.spent + before;
    const quoted = quote2.credits;
    throw new Failure4("BUDGET_EXCEEDED", `The limit of a day, ${limit} credits, would be exceeded.`, {
      reason: { kind: "aboveDay", quoted, spent, limit }
    });
  }
}

// scripts/src/core/reconcile/reconcile.ts
import { Failure as Failure5 } from "./main.mjs";

// scripts/src/core/reconcile/equal-submit.ts
function isEqualRequest(one, other) {
  return one.model === other.model && one.payloadHash === other.payloadHash;
}
async function equalSubmits(store, idempotencyKey) {
  const records = (await store.pending()).filter((entry) => store.isOwn(entry)).map(({ record }) => record);
  const own = records.find((record) => record.idempotencyKey === idempotencyKey);
  if (!own) return { others: [] };
  const isUnknown = ({ phase }) => phase === "unknown" || phase === "submitting";
  const isOther = (record) => record !== own && isEqualRequest(record, own);
  return { request: own.request, others: records.filter((record) => isOther(record) && isUnknown(record)) };
}
async function isUnderWay(store, { request: own, others }) {
  for (const { request, phase } of others) {
    if (phase !== "submitting" || request === own) continue;
    const lock = await store.lock(request, 0);
    if ("heldBy" in lock) return true;
    await lock.release();
  }
  return false;
}

// scripts/src/core/reconcile/find-in-list.ts
const { isDeepStrictEqual } = require("node:util");
import { isObject } from "./main.mjs";
var CLOCK_TOLERANCE_MS = 2e3;
var SAME_TIME_MS = 2 * CLOCK_TOLERANCE_MS;
var MADE_WITHIN_MS = 5 * 6e4;
var PAGE_SIZES = /* @__PURE__ */ new Set([10, 20, 25, 30, 50, 100, 200, 250, 500, 1e3]);
function findInList(list, generation, times, equals = 1, others = /* @__PURE__ */ new Set()) {
  const tasks = list.tasks.filter(({ id }) => !others.has(id));
  const byKey = tasks.find((task) => task.idempotencyKey === generation.idempotencyKey);
  if (byKey) return byKey;
  const alike = tasks.filter(
    (task) => task.idempotencyKey === void 0 && sameModel(task.model, generation.model) && (task.input === void 0 || sameInput(task.input, generation.payload))
  );
  if (times.sentAt === null) return list.unread > 0 || alike.length > 0 ? "similar" : "absent";
  const offset = list.serverTime === null ? 0 : list.serverTime - times.now;
  const sentAt = times.sentAt + offset;
  const earliest = sentAt - CLOCK_TOLERANCE_MS;
  const latest = list.serverTime === null ? times.now + CLOCK_TOLERANCE_MS : Infinity;
  const candidates = candidatesOf(alike, sentAt, { earliest, latest });
  const [own] = candidates;
  if (own) {
    const near = candidates.filter(({ distance }) => distance - own.distance < SAME_TIME_MS);
    if (near.length > equals) return "similar";
    if (own.createdAt <= times.endedAt + offset + MADE_WITHIN_MS) return own.task;
  }
  const isOld = ({ createdAt = Infinity }) => createdAt < earliest;
  const maybe = list.unread > 0 || alike.some((task) => list.serverTime === null || !isOld(task));
  if (maybe) return "similar";
  const isNewer = (task) => task.createdAt !== void 0 && !isOld(task);
  return PAGE_SIZES.has(list.tasks.length) && list.tasks.every(isNewer) ? "cut" : "absent";
}
function candidatesOf(tasks, sentAt, { earliest, latest }) {
  const candidates = tasks.flatMap((task) => {
    const { createdAt, input } = task;
    if (createdAt === void 0 || input === void 0) return [];
    if (createdAt < earliest || createdAt > latest) return [];
    return [{ task, createdAt, distance: Math.abs(createdAt - sentAt) }];
  });
  return candidates.sort((a, b) => a.distance - b.distance);
}
function sameModel(kept, sent) {
  return kept === void 0 || kept === sent || kept.startsWith(`${sent}-`);
}
function sameInput(input, payload) {
  if (!isObject(input)) return false;
  return Object.entries(payload).every(([name, sent]) => {
    const kept = Object.hasOwn(input, name) ? input[name] : void 0;
    if (sent === null) return kept === null || kept === void 0;
    return isDeepStrictEqual(kept, sent) || sameText(kept, sent) || sameMedia(kept, sent);
  });
}
function sameText(kept, sent) {
  const plain = (text) => text.normalize("NFC").trim();
  return typeof kept === "string" && typeof sent === "string" && plain(kept) === plain(sent);
}
function sameMedia(kept, sent) {
  if (Array.isArray(sent)) {
    return Array.isArray(kept) && kept.length === sent.length && sent.every((item, i) => kept[i] === item || sameMedia(kept[i], item));
  }
  return typeof sent === "string" && sent.startsWith("data:") && typeof kept === "string";
}

// scripts/src/core/reconcile/reconcile.ts
var CLEAR_MS = 6e4;
var INTERVALS_MS = [1e3, 2e3, 4e3, 8e3, 15e3];
var REREAD_MS = 5e3;
var LEAST_MS = 1500;
function endedAt({ phase, unsettledSince, submitTimeout }, { clock, timeoutMs }) {
  const mayLast = phase === "submitting" ? submitTimeout ?? timeoutMs : 0;
  return Math.min(Date.parse(unsettledSince) + mayLast, clock.wall());
}
function clearIn(record, api) {
  return Math.ceil((endedAt(record, api) + CLEAR_MS - api.clock.wall()) / 1e3);
}
function reconcileDeadline({ api }, deadline) {
  return Math.max(deadline, api.clock.monotonic() + LEAST_MS);
}
async function reconcile(session, lost, deadline, source = {}) {
  const { clock, signal } = session.api;
  if (!session.provider.can.list) return { kind: "never", why: "noList" };
  const clearAt = lost.since.monotonic + CLEAR_MS;
  for (let n = 0; ; n += 1) {
    const startedAt = clock.monotonic();
    const found = await search(session, lost, deadline, source);
    if (found.kind === "found") return found;
    const failure = found.kind === "unreadable" ? found.failure : void 0;
    if (failure && !failure.details.transient) return { kind: "unreadable", failure };
    const isRead = found.kind === "absent" || found.kind === "similar" || found.kind === "cut";
    if (isRead && startedAt - found.ageMs >= clearAt) {
      if (found.kind !== "absent") return { kind: "never", why: found.kind };
      if (lost.resubmitted) return { kind: "never", why: "resubmitted" };
      const { resultsKeptMs = 0 } = session.provider;
      if (clock.wall() - lost.since.wall > resultsKeptMs) return { kind: "never", why: "late" };
      return { kind: "mayResubmit" };
    }
    const now2 = clock.monotonic();
    const earliest = now2 + (failure?.details.retryAfter ?? 0) * 1e3;
    const interval = INTERVALS_MS[Math.min(n, INTERVALS_MS.length - 1)];
    const due = Math.max(earliest, Math.min(now2 + interval, clearAt > now2 ? clearAt : Infinity));
    const next = Math.min(due, deadline);
    if (next <= now2 || earliest > deadline) {
      const soon = failure || clearAt <= now2 ? now2 + REREAD_MS : clearAt;
      const after = Math.ceil((Math.max(clearAt, earliest, soon) - now2) / 1e3);
      return failure ? { kind: "unreadable", failure, after } : { kind: "later", after };
    }
    await clock.sleep(next - now2, signal);
  }
}
async function search(session, lost, deadline, source = {}) {
  const { api, provider } = session;
  try {
    const askedAt = api.clock.wall();
    const supplied = await source.list?.();
    const list = supplied ?? await api.once(provider.list(), { deadline });
    const ids = list.tasks.map(({ id }) => id);
    const records = source.taken ? null : await session.records();
    const taken = source.taken ? await source.taken(ids) : await records?.recordedAmong(ids);
    const others = new Set(taken);
    const elapsed = api.clock.monotonic() - lost.since.monotonic;
    const wall = Math.max(api.clock.wall(), lost.since.wall + elapsed);
    const endedAt2 = wall - elapsed;
    const now2 = supplied ? supplied.answeredAt : wall;
    const ageMs = supplied ? Math.max(0, askedAt - supplied.askedAt) : 0;
    const sentAt = lost.sentAt > lost.since.wall ? null : lost.sentAt;
    const { generation } = lost;
    const equal = records ? await equalSubmits(records, generation.idempotencyKey) : { others: [] };
    const times = { sentAt, endedAt: endedAt2, now: now2 };
    const found = findInList(list, generation, times, 1 + equal.others.length, others);
    if (typeof found === "string") return { kind: found, ageMs };
    if (found.idempotencyKey !== void 0 || !records) return { kind: "found", task: found };
    return await isUnderWay(records, equal) ? { kind: "contested" } : { kind: "found", task: found };
  } catch (failure) {
    if (!(failure instanceof Failure5)) throw failure;
    session.observer.queryFailed(failure);
    return { kind: "unreadable", failure };
  }
}

// scripts/src/core/submit/submit-on-record.ts
import { otherAccountOf } from "./live.mjs";
import { dateOf as dateOf2 } from "./live.mjs";
import { madeBy } from "./live.mjs";

// scripts/src/core/submit/record-task.ts
import { Failure as Failure6, orFailure as orFailure3 } from "./main.mjs";
import { sha256Text } from "./journal.mjs";
import { isBareEnd } from "./main.mjs";
import { dateOf } from "./live.mjs";
import { creditsOf } from "./live.mjs";
var PATIENCE_MS = 5e3;
async function recordTask(request, { task, by, isResubmitted }) {
  const { store, entry } = request;
  const isAlike = by === "list" && task.idempotencyKey === void 0;
  const record = async () => await writeTask(request, task, isAlike) ? "recorded" : "unrecorded";
  if (by === "answer" && !isResubmitted) return record();
  const lock = await lockOf(request, task.id);
  try {
    const holder = await orFailure3(store.byTask(task.id));
    if (!holder || holder instanceof Failure6) return await record();
    const { request: own, created } = entry.record;
    if (holder.record.request === own && holder.record.created === created) return await record();
    if (!isAlike && isLookalike(request, holder)) {
      await exchangeSubmits(entry, holder);
      return "taken";
    }
    return by === "list" ? "taken" : await record();
  } finally {
    await lock?.release();
  }
}
function writeTask({ session, entry }, task, foundAlike) {
  const credits = creditsOf(task, entry.record.credits);
  const change = { phase: "submitted", taskId: task.id, credits, checked: dateOf(session) };
  const status = isBareEnd(task.state) ? void 0 : { status: task.state };
  return entry.update({ ...change, ...status, ...foundAlike && { foundAlike } }, { isOurs: true });
}
function isLookalike({ store, entry }, holder) {
  const { record } = holder;
  return record.foundAlike === true && store.isOwn(holder) && isEqualRequest(record, entry.record);
}
async function exchangeSubmits(entry, holder) {
  const own = submitOf(entry.record);
  await entry.require({ ...submitOf(holder.record), phase: "unknown" });
  await holder.update({ ...own, foundAlike: false });
}
function submitOf(record) {
  const { idempotencyKey, sentAt, unsettledSince, submitTimeout, resubmitted } = record;
  return { idempotencyKey, sentAt, unsettledSince, submitTimeout, resubmitted };
}
async function lockOf({ session, store }, taskId) {
  const until = session.api.clock.monotonic() + PATIENCE_MS;
  const lock = await orFailure3(store.lock(`task-${sha256Text(taskId).slice(0, 32)}`, until));
  return lock instanceof Failure6 || "heldBy" in lock ? void 0 : lock;
}

// scripts/src/core/submit/submit-or-reconcile.ts
import { Failure as Failure7, orFailure as orFailure4 } from "./main.mjs";
var LEAST_SUBMIT_MS = 1e4;
var SOON_MS = 500;
var INTERRUPTED = "The call was interrupted before this submit.";
async function submitOrReconcile(session, generation, log, deadline) {
  const first = await submitFirst(session, generation, log, deadline);
  return first.kind === "lost" ? reconcileOrResubmit(session, first, log, deadline) : first;
}
async function submitFirst(session, generation, log, deadline) {
  const { api, observer, submits, provider } = session;
  const { clock } = api;
  let sentAt = clock.wall();
  for (let attempt = 1; ; attempt += 1) {
    const asked = clock.monotonic();
    const held = submits && await orFailure4(submits.ready());
    if (held) return { kind: "rejected", failure: held };
    if (api.signal?.aborted) return { kind: "rejected", failure: new Failure7("UNKNOWN_ERROR", INTERRUPTED) };
    if (attempt > 1 || clock.monotonic() > asked + SOON_MS) {
      sentAt = clock.wall();
      await log?.sending();
    }
    observer.submitting();
    const sent = await sendOnce(session, generation, { deadline });
    if (sent.kind === "accepted")
      return { kind: "accepted", task: sent.task, by: "answer", isResubmitted: false };
    const { failure } = sent;
    if (sent.kind === "lost") {
      await log?.lost();
      submits?.lost();
      if (provider.can.list) observer.queryFailed(failure);
      return { kind: "lost", generation, sentAt, since: now(clock), resubmitted: false, failure };
    }
    observer.rejected();
    const pause = api.pauseFor(failure, attempt, deadline);
    if (pause === null) return sent;
    submits?.pauseFor(pause);
    await log?.rejected();
    await clock.sleep(pause, api.signal);
  }
}
async function reconcileOrResubmit(session, first, log, until) {
  const { api, observer, submits } = session;
  const deadline = reconcileDeadline(session, until);
  let lost = first;
  for (let attempt = 1; ; attempt += 1) {
    const found = await reconcile(session, lost, deadline);
    if (found.kind === "found") return inList(found.task, lost);
    if (found.kind !== "mayResubmit") return outcomeUnknown(session, lost, found);
    const held = submits && await orFailure4(submits.ready());
    const notResubmitted = held || log && await orFailure4(log.resubmitting());
    if (notResubmitted) return outcomeUnknown(session, lost, { notResubmitted });
    observer.submitting();
    const sent = await sendOnce(session, lost.generation, { deadline });
    if (sent.kind === "accepted")
      return { kind: "accepted", task: sent.task, by: "answer", isResubmitted: true };
    const { failure } = sent;
    if (sent.kind === "lost") {
      await log?.lost();
      lost = { ...lost, since: now(api.clock), resubmitted: true, failure };
      attempt = 0;
      continue;
    }
    const pause = api.pauseFor(failure, attempt, deadline);
    if (pause === null) {
      const judged = await judgeRejection(session, lost, failure, deadline);
      const isInVain = judged.kind === "unknown" && failure.code === "IDEMPOTENCY_CONFLICT";
      if (judged.kind !== "rejected" && !isInVain) await log?.resubmitRejected();
      return judged;
    }
    submits?.pauseFor(pause);
    await log?.resubmitRejected();
    await api.clock.sleep(pause, api.signal);
  }
}
async function sendOnce({ api, provider }, generation, options) {
  const fresh = { ...options, fresh: true, leastMs: LEAST_SUBMIT_MS };
  const sent = await orFailure4(api.once(provider.submit(generation), fresh));
  if (!(sent instanceof Failure7)) return { kind: "accepted", task: sent };
  return { kind: sent.details.unclear ? "lost" : "rejected", failure: sent };
}
var now = (clock) => ({ wall: clock.wall(), monotonic: clock.monotonic() });
async function judgeRejection(session, lost, failure, deadline, source) {
  const found = await search(session, lost, deadline, source);
  if (found.kind === "found") return inList(found.task, lost);
  const isInvalid = failure.code === "INVALID_PAYLOAD" || failure.code === "INVALID_MODEL";
  if (isInvalid && found.kind === "absent") return { kind: "rejected", failure };
  return outcomeUnknown(session, lost, { failure });
}
function inList(task, { resubmitted }) {
  return { kind: "accepted", task, by: "list", isResubmitted: resubmitted };
}
async function outcomeUnknown(session, { generation, sentAt, failure: lost }, { why, ...found }) {
  const { model, idempotencyKey } = generation;
  const later = found.failure && aboutRecords(found.failure);
  const notResubmitted = found.notResubmitted && aboutRecords(found.notResubmitted);
  const isRecorded = await session.records() !== null;
  const after = isRecorded ? found.after ?? later?.details.retryAfter : void 0;
  const named = lost.details.taskId;
  const request = { model, idempotencyKey, sentAt: new Date(sentAt).toISOString(), isRecorded };
  const message = `Whether ${session.provider.title} accepted this submit, and charged for it, is not known. ${lost.message}`;
  const failure = new Failure7("SUBMIT_OUTCOME_UNKNOWN", message, {
    status: "UNKNOWN",
    unclear: true,
    cause: lost,
    retryAfter: after,
    taskId: named,
    reason: { kind: "submitUnknown", ...request, after, why, named, lost, later, notResubmitted }
  });
  return { kind: "unknown", failure };
}
function aboutRecords(failure) {
  const { reason } = failure.details;
  if (reason?.kind !== "unwritableFolder") return failure;
  return new Failure7(failure.code, `The records in ${reason.folder} cannot be written to: ${reason.why}.`);
}

// scripts/src/core/submit/submit-on-record.ts
async function submitOnRecord(session, store, request, deadline) {
  const { api, observer } = session;
  const claim = claimOf(request, api.clock.wall());
  const patience = Math.max(deadline, api.clock.monotonic() + LEAST_PATIENCE_MS);
  const found = await orFailure5(store.claim(claim, patience, api.signal));
  const claimed = found instanceof Failure8 ? await readOnly(session, store, request, claim, found) : found;
  if (claimed.kind === "submitted") return { known: await knownTaskOf(claimed.entry, request), warnings: [] };
  const { entry, lock } = claimed;
  const own = { session, store, request, entry, lock, deadline };
  const wasResubmitted = entry.record.resubmitted;
  const isNew = claimed.kind === "new";
  try {
    if (!isNew) await keepPlace(entry, request);
    const other = isNew && !claim.isNew ? await otherAccountOf(store, claim) : void 0;
    if (other) observer.madeUnderOther(other);
    const replaced = [];
    for (const earlier of isNew ? claimed.unknown : []) {
      if (!await recordEarlierTask({ ...own, entry: earlier })) replaced.push(earlier);
    }
    const { task, by, isUnrecorded } = await taskOf(own, isNew);
    for (const earlier of replaced) await earlier.update({ phase: "abandoned" });
    const { resubmitted, created, credits } = entry.record;
    const isResumed = by === "list" && !isNew && resubmitted === wasResubmitted;
    if (isResumed) observer.resumed(task.id, created);
    observer.task(task.id, task.state);
    const made = isNew ? void 0 : madeBy(entry.record);
    const origin = { ...isResumed ? { resumed: made } : { begun: made }, isResubmitted: resubmitted };
    const warnings = replaced.map(({ record: { created: created2, idempotencyKey } }) => {
      return { kind: "replacedSubmit", created: created2, idempotencyKey };
    });
    if (other) warnings.push({ kind: "otherAccount", ...other });
    if (isUnrecorded) warnings.push({ kind: "unrecorded", taskId: task.id });
    return { known: { entry, credits, task, origin }, warnings };
  } finally {
    await lock.release();
  }
}
async function readOnly(session, store, request, claim, unwritable) {
  if (unwritable.details.reason?.kind !== "unwritableFolder") throw unwritable;
  const entries = await orFailure5(store.allOf(requestNameOf2(claim, store.account)));
  const entry = entries instanceof Failure8 ? void 0 : knownRecord(entries, claim);
  if (!entry) throw unwritable;
  if (entry.record.taskId === null) throw await unknownFor({ session, store, request, entry }, unwritable);
  return { kind: "submitted", entry };
}
async function unknownFor(lost, failure) {
  if (failure.details.reason?.kind !== "unwritableFolder") return failure;
  return (await outcomeUnknown(lost.session, lostSubmit(lost), { failure })).failure;
}
async function keepPlace(entry, { folder, output }) {
  const { download, output: named = null } = entry.record;
  if (folder !== null && (download !== folder || named !== output)) {
    await entry.update({ download: folder, output });
  }
}
async function knownTaskOf(entry, place) {
  await keepPlace(entry, place);
  const { credits, resubmitted } = entry.record;
  return { entry, credits, origin: { resumed: madeBy(entry.record), isResubmitted: resubmitted } };
}
async function taskOf(own, isNew) {
  let result = await (isNew ? submitNew(own) : reconcileEarlier(own));
  for (; ; ) {
    if (result.kind !== "accepted") throw await noteNoTask(own, result);
    const recorded = await orFailure5(recordTask(own, result));
    if (recorded instanceof Failure8) throw await unknownFor(own, recorded);
    if (recorded !== "taken") return { ...result, isUnrecorded: recorded === "unrecorded" };
    result = await reconcileEarlier(own);
  }
}
async function submitNew(own) {
  const { session, store, request, entry, lock, deadline } = own;
  if (!session.submits) {
    const earlier = request.terms.isNew ? () => store.allOf(entry.record.request) : void 0;
    await checkNameIsFree(request.folder, request.output, earlier);
  }
  const quote2 = request.quote ?? await quoteOf(own);
  const credits = { ...entry.record.credits, quoted: quote2?.credits ?? null };
  await requireLock(lock);
  const change = () => ({ credits, ...sendingNow(session) });
  await recordCharge(session, { ...own, change, quote: quote2 }, request.terms.caps, deadline);
  if (!await lock.isOurs()) {
    await entry.update({ phase: "rejected" });
    throw takenOver();
  }
  return submitOrReconcile(session, request.generation, logOf(own), deadline);
}
async function reconcileEarlier(own) {
  const lost = await lostSubmitOf(own);
  own.session.observer.submitting();
  own.session.submits?.lost();
  return reconcileOrResubmit(own.session, lost, logOf(own), own.deadline);
}
async function recordEarlierTask(own) {
  const { session } = own;
  for (; ; ) {
    const lost = await lostSubmitOf(own);
    const found = await reconcile(session, lost, reconcileDeadline(session, session.api.clock.monotonic()));
    if (found.kind !== "found") return false;
    const { task } = found;
    const accepted = { kind: "accepted", task, by: "list", isResubmitted: lost.resubmitted };
    if (await recordTask(own, accepted) !== "taken") return true;
  }
}
async function lostSubmitOf(own) {
  const { session, entry } = own;
  const { phase, unsettledSince: noted } = entry.record;
  const wall = endedAt(entry.record, session.api);
  const unsettledSince = new Date(wall).toISOString();
  if (phase === "submitting" || noted !== unsettledSince) {
    await entry.update({ phase: "unknown", unsettledSince });
  }
  return lostSubmit(own, wall);
}
function lostSubmit({ session, request, entry }, wall = endedAt(entry.record, session.api)) {
  const { clock } = session.api;
  const { sentAt, resubmitted, idempotencyKey } = entry.record;
  return {
    kind: "lost",
    generation: { ...request.generation, idempotencyKey },
    sentAt: Date.parse(sentAt),
    resubmitted,
    since: { wall, monotonic: clock.monotonic() - (clock.wall() - wall) },
    failure: new Failure8(
      "NETWORK_ERROR",
      "An earlier run of this command did not learn the outcome of its submit."
    )
  };
}
async function noteNoTask({ entry, lock }, { kind, failure }) {
  if (kind === "rejected") {
    if (await lock.isOurs()) await entry.drop();
    return failure;
  }
  const { taskId: named } = failure.details;
  await entry.update(({ taskId }) => taskId === null ? { phase: "unknown", taskId: named ?? null } : {});
  return failure;
}
function logOf(own) {
  const { session, request, entry, lock } = own;
  let clearSince = entry.record.unsettledSince;
  const update = async (change) => void await entry.update(change, { isOurs: true });
  return {
    sending: async () => {
      await requireLock(lock);
      await entry.require({ phase: "submitting", ...sendingNow(session) });
    },
    rejected: () => update({ phase: "rejected" }),
    lost: () => update({ phase: "unknown", unsettledSince: dateOf2(session) }),
    resubmitting: async () => {
      const quote2 = await quoteOf(own);
      const change = ({ credits }) => ({ credits: { ...credits, quoted: quote2.credits } });
      const before = spentOn(entry.record) ?? quote2?.credits;
      const { caps } = request.terms;
      if (quote2) await recordCharge(session, { ...own, change, quote: quote2, before }, caps, own.deadline);
      await requireLock(lock);
      clearSince = entry.record.unsettledSince;
      const { unsettledSince, submitTimeout } = sendingNow(session);
      await entry.require({ phase: "submitting", resubmitted: true, unsettledSince, submitTimeout });
    },
    // The service rejected this attempt, so what the list has shown about the first one still holds.
    resubmitRejected: () => update({ phase: "unknown", resubmitted: false, unsettledSince: clearSince })
  };
}
function quoteOf({ session, request: { contract, generation, terms }, deadline }) {
  return checkPrice(session, contract, generation, terms.caps, deadline);
}
async function requireLock(lock) {
  if (!await lock.isOurs()) throw takenOver();
}
function sendingNow(session) {
  const now2 = dateOf2(session);
  return { sentAt: now2, unsettledSince: now2, submitTimeout: session.api.timeoutMs };
}

// scripts/src/core/submit/submit-without-record.ts
import { checkNameIsFree as checkNameIsFree2 } from "./wait.mjs";
import { creditsOf as creditsOf2 } from "./live.mjs";
async function submitWithoutRecord(session, { contract, generation, terms, quote: known2, folder, output }, deadline) {
  if (terms.caps.maxCreditsPerDay !== void 0) throw new Error("A limit for a day needs records.");
  await checkNameIsFree2(folder, output);
  const quote2 = known2 ?? await checkPrice(session, contract, generation, terms.caps, deadline);
  const result = await submitOrReconcile(session, generation, null, deadline);
  if (result.kind !== "accepted") throw result.failure;
  const { task, isResubmitted } = result;
  session.observer.task(task.id, task.state);
  const credits = creditsOf2(task, { quoted: quote2?.credits ?? null, charged: null, refunded: null });
  return { known: { task, model: generation.model, credits, origin: { isResubmitted } }, warnings: [] };
}

// scripts/src/core/generate.ts
import { waitTask } from "./wait.mjs";
var RETRY_AT_LEAST_MS = 1500;
async function generate(session, options) {
  return conclude(session, await begin(session, options));
}
async function begin(session, options) {
  const { api } = session;
  const { contract, generation, isDetached } = options;
  const start = api.clock.monotonic();
  const journal = await session.records();
  const folder = await orFailure6(folderFor(options.wait.folder));
  if (folder instanceof Failure9) throw await withRecorded(journal, options, folder);
  const wait = { ...options.wait, folder };
  if (isDetached) wait.waitMs = 0;
  const deadline = isDetached ? session.api.shortDeadline : start + Math.max(wait.waitMs, RETRY_AT_LEAST_MS);
  const { output = null } = wait;
  const request = { ...options, folder, output };
  const submitted = await orFailure6(
    journal ? submitOnRecord(session, journal, request, deadline) : submitWithoutRecord(session, request, deadline)
  );
  if (submitted instanceof Failure9)
    throw await explainFunds(session, contract, generation, submitted, deadline);
  const { task, origin } = submitted.known;
  const isNew = task !== void 0 && origin?.resumed === void 0;
  const estimate = isNew ? comparedEstimate(session, contract, generation) : void 0;
  return { ...submitted, maxCredits: generation.maxCredits, estimate, wait, start };
}
async function conclude(session, { known: known2, warnings: before, maxCredits, estimate, wait: whole, start }) {
  const wait = { ...whole, waitMs: whole.waitMs - (session.api.clock.monotonic() - start) };
  if (!known2.task && isTerminal(known2.entry.record.status)) return reuseResult(session, known2.entry, wait);
  const result = await orFailure6(
    known2.task ? endOfSubmitted(session, known2, wait) : endOfRecorded(session, known2, wait)
  );
  const { credits } = result instanceof Failure9 ? known2 : result;
  const warnings = [...before];
  const charged = credits?.charged ?? 0;
  if (maxCredits !== void 0 && charged > maxCredits)
    warnings.push({ kind: "aboveCap", charged, maxCredits });
  if (!(result instanceof Failure9))
    return { ...result, estimate, warnings: [...warnings, ...result.warnings] };
  throw result.with({ submit: { credits, isResubmitted: known2.origin?.isResubmitted, warnings } });
}
async function endOfSubmitted(session, known2, wait) {
  const { task } = known2;
  if (wait.waitMs <= 0 && !isTerminal(task.state)) return taskResult(task.id, task, known2);
  const result = await orFailure6(waitTask(session, task.id, wait, known2, task));
  if (!(result instanceof Failure9)) return result;
  throw result.with({ taskId: task.id, charged: "running" });
}
async function endOfRecorded(session, known2, wait) {
  const { entry } = known2;
  const { created } = entry.record;
  const taskId = entry.record.taskId;
  session.observer.resumed(taskId, created);
  const result = await orFailure6(waitTask(session, taskId, wait, known2));
  if (!(result instanceof Failure9)) return result;
  const data = { ...result.details.data, resumed: true };
  if (result.code !== "TASK_NOT_FOUND") throw result.with({ taskId, data });
  const mayShowLater = isMissingForNow(result, graceOf(session, entry), session.api.clock.monotonic());
  const reason = mayShowLater ? { kind: "recordedTaskYoung", taskId } : { kind: "recordedTaskGone", taskId, created };
  throw result.with({ taskId, data, reason });
}
async function reuseResult(session, entry, wait) {
  const { created, used, status } = entry.record;
  const taskId = entry.record.taskId;
  session.observer.resumed(taskId, created);
  const now2 = session.api.clock.wall();
  if (now2 - Date.parse(used ?? created) >= DAY_MS2) await entry.update({ used: new Date(now2).toISOString() });
  session.observer.task(taskId, status);
  const result = await waitTask(session, taskId, wait, { entry }, { state: status });
  const reused = { ...madeBy2(entry.record), status };
  return { ...result, reused, isResubmitted: entry.record.resubmitted || result.isResubmitted };
}

// scripts/src/core/money/account.ts
async function account(session, contracts) {
  const { api, provider } = session;
  const found = await api.read(provider.account());
  const notListedByService = contracts.filter((model) => !found.models.includes(model));
  const withoutContract = found.models.filter((model) => !contracts.includes(model));
  return { kind: "account", account: found, contracts, notListedByService, withoutContract };
}

// scripts/src/core/money/quote.ts
import { estimateCredits as estimateCredits2 } from "./estimate.mjs";
import { nameOfPayload, newestOf as newestOf2 } from "./journal.mjs";
import { Failure as Failure10, orFailure as orFailure7 } from "./main.mjs";
import { jsonHash as jsonHash2 } from "./journal.mjs";
import { otherAccountOf as otherAccountOf2 } from "./live.mjs";
async function quote(session, { contract, generation }) {
  const { model, payload } = generation;
  const recorded = await orFailure7(recordedOf(session, generation));
  const found = recorded instanceof Failure10 ? NOT_RECORDED : recorded;
  const isCharged = typeof found.known?.taskId === "string";
  const unlimited = { model, payload, idempotencyKey: "" };
  const answer = await askPrice(session, contract, isCharged ? unlimited : generation);
  const { credits, balance } = answer;
  const estimate = estimateCredits2(contract, payload);
  const missing = balance === null ? 0 : Math.max(0, credits - balance);
  const isOther = estimate !== null && estimate !== credits;
  return {
    kind: "quote",
    model,
    quote: answer,
    estimate: isOther ? { credits: estimate, asOf: contract.price?.asOf ?? null } : null,
    missing,
    cheaper: missing > 0 ? cheaperThan(contract, payload, balance ?? 0) : null,
    ...found
  };
}
var NOT_RECORDED = { known: null, other: null };
async function recordedOf(session, { model, payload, idempotencyKey }) {
  const store = await session.records();
  const which = { model, payloadHash: jsonHash2(payload), ordinal: 1 };
  if (!store) return NOT_RECORDED;
  const entry = newestOf2(await store.allOf(nameOfPayload(which, store.account)));
  if (entry !== void 0) return { known: entry?.record ?? null, other: null };
  const other = await otherAccountOf2(store, { ...which, isNamed: false, idempotencyKey });
  return { known: null, other: other ?? null };
}

// scripts/src/core/money/spending.ts
import { Failure as Failure11, orFailure as orFailure8 } from "./main.mjs";
import { isReplaced } from "./journal.mjs";
import {
  countsOf,
  NOTHING,
  plus,
  recordedRow
} from "./journal.mjs";
import { isTerminal as isTerminal2 } from "./main.mjs";
import { nameIn } from "./live.mjs";
function otherRequests(rows, own) {
  const counts = /* @__PURE__ */ new Map();
  for (const { provider, tasks } of rows)
    if (provider !== own) counts.set(provider, (counts.get(provider) ?? 0) + tasks);
  return [...counts].flatMap(([provider, count]) => count > 0 ? [{ provider, count }] : []);
}
async function spending(session, since) {
  const { api, provider } = session;
  const store = await session.records();
  const read = provider.can.list ? await orFailure8(api.read(provider.list())) : null;
  const listFailure = read instanceof Failure11 ? read : void 0;
  if (listFailure && !(store && AWAY.has(listFailure.code))) throw listFailure;
  const list = read instanceof Failure11 ? null : read;
  const tasks = list?.tasks ?? [];
  const records = store ? await recordsOf(store, tasks) : [];
  const { rows, cover, shown } = rowsOfList(tasks, records, since);
  const all = await store?.spending(since ?? 0) ?? [];
  const recorded = all.filter((row) => store?.isOwn({ record: row }));
  const unreadable = await store?.unreadable(since ?? 0) ?? 0;
  const twice = [...shown].filter(({ created }) => isIn(since, Date.parse(created)));
  const less = twice.flatMap((record) => recordedRow(record) ?? []);
  const replaced = records.filter(
    (record) => isReplaced(record) && !shown.has(record) && isIn(since, Date.parse(record.created))
  );
  return {
    ...summedUp([...rows, ...recorded, ...less.map(negative)], since),
    replaced: replaced.length,
    asOf: api.clock.wall(),
    list: list && { ...cover, unread: list.unread },
    journal: store && { more: countOf(recorded) - countOf(less), keys: "this", unreadable },
    listFailure,
    others: otherRequests(all, provider.id)
  };
}
var AWAY = /* @__PURE__ */ new Set(["NETWORK_ERROR", "RATE_LIMITED", "UNKNOWN_ERROR"]);
function recordedSpending(rows, since, asOf, unreadable, pending) {
  const sums = summedUp(rows, since);
  return {
    ...sums,
    replaced: Math.max(0, sums.total.unknown - pending),
    asOf,
    list: null,
    journal: { more: countOf(rows), keys: "all", unreadable }
  };
}
async function recordsOf(store, tasks) {
  const entries = await Promise.all([...new Set(tasks.map(({ id }) => id))].map((id) => store.byTask(id)));
  const unknown = [...await store.pending(), ...await store.replaced()];
  const found = [...entries, ...unknown.filter(({ record }) => record.taskId === null)];
  return found.flatMap((entry) => entry && store.isOwn(entry) ? entry.record : []);
}
var countOf = (rows) => rows.reduce((sum, { tasks }) => sum + tasks, 0);
function negative(row) {
  const less = Object.entries(plus(NOTHING, row)).map(([name, sum]) => [name, -sum]);
  return { model: row.model, ...Object.fromEntries(less) };
}
var isIn = (since, time) => since === null || time >= since;
function rowsOfList(listed, records, since) {
  const tasks = onceEach(listed);
  const byTask = new Map(records.map((record) => [record.taskId, record]));
  const byKey = new Map(records.map((record) => [record.taskId ? null : record.idempotencyKey, record]));
  const rows = [];
  const shown = /* @__PURE__ */ new Set();
  const dates = [];
  let undated = 0;
  for (const task of tasks) {
    const record = byTask.get(task.id) ?? byKey.get(task.idempotencyKey ?? "");
    if (record) shown.add(record);
    if (task.createdAt !== void 0) dates.push(task.createdAt);
    const made = record ? Date.parse(record.created) : task.createdAt;
    if (made === void 0) undated += 1;
    if (made === void 0 ? since === null : isIn(since, made)) rows.push(listedRow(task, record));
  }
  const oldest = dates.reduce((least2, date) => Math.min(least2 ?? date, date), null);
  return { rows, cover: { tasks: tasks.length, oldest, undated }, shown };
}
function onceEach(tasks) {
  const once = /* @__PURE__ */ new Map();
  for (const task of tasks) {
    const before = once.get(task.id);
    once.set(task.id, before ? merged(before, task) : task);
  }
  return [...once.values()];
}
function merged(one, other) {
  const ends = [one, other].filter(({ state: state2 }) => isTerminal2(state2));
  const [state] = (ends.length > 0 ? ends : [one, other]).map((task) => task.state).sort();
  const models = [one.model, other.model].flatMap((model) => model ?? []).sort();
  const keys = [one.idempotencyKey, other.idempotencyKey].flatMap((key) => key ?? []).sort();
  return {
    ...one,
    state,
    model: models[0],
    idempotencyKey: keys[0],
    createdAt: least(one.createdAt, other.createdAt),
    charged: most(one.charged, other.charged),
    refunded: most(one.refunded, other.refunded)
  };
}
var known = (numbers) => numbers.flatMap((one) => one ?? []);
var most = (...numbers) => known(numbers).sort((a, b) => b - a)[0];
var least = (...numbers) => known(numbers).sort((a, b) => a - b)[0];
function listedRow(task, record) {
  const state = [task.state, record?.status].find((one) => one !== void 0 && isTerminal2(one));
  const { quoted = null, charged = null, refunded: recorded } = record?.credits ?? {};
  const refunded = most(task.refunded, recorded) ?? null;
  const counts = countsOf(state ?? task.state, { quoted, charged: task.charged ?? charged, refunded });
  return { model: nameIn(record?.model ?? task.model) ?? null, ...counts };
}
function summedUp(rows, since) {
  const models = /* @__PURE__ */ new Map();
  for (const row of rows) models.set(row.model, plus(models.get(row.model) ?? NOTHING, row));
  const net = ({ charged, refunded }) => charged - refunded;
  const byNet = [...models].flatMap(([model, sums]) => sums.tasks > 0 ? [{ model, ...sums }] : []);
  byNet.sort((a, b) => net(b) - net(a) || ((a.model ?? "") < (b.model ?? "") ? -1 : 1));
  const total = rows.reduce(plus, NOTHING);
  return { kind: "spending", since, models: byNet, total };
}

// scripts/src/core/reconcile/attach-task.ts
import { Failure as Failure12 } from "./main.mjs";
import { isOpenEnd } from "./main.mjs";
import { fetchStatus } from "./live.mjs";
import { dateOf as dateOf3 } from "./live.mjs";
import { whileLocked } from "./journal.mjs";
async function attachTask(session, taskId, idempotencyKey) {
  const store = await session.records();
  const [entry] = (await store?.byIdempotencyKey(idempotencyKey) ?? []).filter((one) => store?.isOwn(one));
  if (!store || !entry) {
    const message = `No request of this key is on record with the idempotency key ${idempotencyKey}.`;
    throw new Failure12("TASK_NOT_FOUND", message, { reason: { kind: "noRecord" } });
  }
  checkUnclaimed(entry, taskId, await store.byTask(taskId));
  if (entry.record.taskId === taskId) return;
  const seen = await fetchStatus(session, taskId);
  await whileLocked(store, entry, async () => {
    checkUnclaimed(entry, taskId, await store.byTask(taskId));
    const status = isOpenEnd(seen) ? "UNKNOWN" : seen.state;
    await entry.require({ phase: "submitted", taskId, status, checked: dateOf3(session) });
  });
}
function checkUnclaimed({ record }, taskId, holder) {
  const { taskId: own, idempotencyKey } = record;
  const taken = holder && holder.record.idempotencyKey !== idempotencyKey;
  if (!taken && (own === null || own === taskId)) return;
  const why = taken ? `task ${taskId} belongs to the request of ${holder.record.created}` : `the request of ${idempotencyKey} has task ${own}`;
  throw new Failure12("IDEMPOTENCY_CONFLICT", `Nothing was recorded: ${why}.`, {
    reason: { kind: "otherTask", recordedTaskId: taken ? taskId : own }
  });
}

// scripts/src/core/submit/record-listed-tasks.ts
import { orFailure as orFailure9 } from "./main.mjs";
import { whileLocked as whileLocked2 } from "./journal.mjs";
async function lostSubmits({ records }) {
  const store = await records();
  if (!store) return [];
  const lost = [...await store.pending(), ...await store.replaced()];
  return lost.filter((entry) => entry.record.taskId === null && store.isOwn(entry));
}
async function recordListedTasks(session, lost, tasks) {
  const store = await session.records();
  for (const entry of store ? lost : []) {
    const task = tasks.find(({ idempotencyKey }) => idempotencyKey === entry.record.idempotencyKey);
    if (!task) continue;
    await orFailure9(
      whileLocked2(store, entry, async () => {
        const { taskId, resubmitted } = entry.record;
        const found = { kind: "accepted", task, by: "list", isResubmitted: resubmitted };
        if (taskId === null) await recordTask({ session, store, entry }, found);
      })
    );
  }
}

// scripts/src/core/tasks/list-tasks.ts
const path = require("node:path");
import { Failure as Failure13, orFailure as orFailure10 } from "./main.mjs";
import { isReplaced as isReplaced2 } from "./journal.mjs";
import { noteState, ownPending, requestOfTask } from "./live.mjs";
async function listTasks(session, filter, withinMs) {
  const { api, provider } = session;
  const deadline = withinMs === void 0 ? void 0 : api.clock.monotonic() + withinMs;
  const list = await api.read(provider.list(), { retryUntil: deadline, deadline });
  const lost = await noteList(session, list.tasks);
  const all = [...list.tasks].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  const ofSpan = all.filter((task) => isOfSpan(task, filter));
  const counts = {};
  for (const { state } of ofSpan) counts[state] = (counts[state] ?? 0) + 1;
  const matching = ofSpan.filter(({ state }) => filter.states?.includes(state) ?? true);
  const tasks = [];
  for (const task of matching.slice(0, filter.limit)) {
    const entry = await requestOfTask(session, task.id);
    tasks.push({ task, request: entry?.record, ...await namesOf(entry?.record) });
  }
  const { tasks: _, ...record } = list.record;
  return {
    kind: "list",
    filter,
    listed: all.length,
    counts,
    matched: matching.length,
    tasks,
    running: all.filter(({ state }) => state === "SUBMITTED" || state === "PROGRESS"),
    models: [...new Set(all.flatMap((task) => task.model ?? []))],
    undated: all.filter(({ createdAt }) => createdAt === void 0).length,
    unread: list.unread,
    lost: lost.filter(({ record: record2 }) => isStillLost(record2, filter)).length,
    others: await othersOf(session, filter.since),
    record
  };
}
async function noteList(session, tasks) {
  const submits = await orFailure10(lostSubmits(session));
  const lost = submits instanceof Failure13 ? [] : submits;
  await recordListedTasks(session, lost, tasks);
  await noteStates(session, tasks);
  return lost;
}
function isOfSpan(task, { since, model }) {
  const isInTime = since === null || (task.createdAt ?? -Infinity) >= since;
  return isInTime && (model === null || task.model === model);
}
function isStillLost(record, { since, model }) {
  const isInTime = since === null || Date.parse(record.unsettledSince) >= since;
  return record.taskId === null && !isReplaced2(record) && isInTime && (model ?? record.model) === record.model;
}
async function othersOf({ records, provider }, since) {
  const rows = await orFailure10((async () => (await records())?.spending(since ?? 0))());
  return rows instanceof Failure13 ? [] : otherRequests(rows ?? [], provider.id);
}
async function namesOf(request) {
  const { output, files = [] } = request ?? {};
  if (!output && files.length === 0) return {};
  const { stemOfOutput, stillThere } = await import("./download.mjs");
  const file = stillThere(files);
  return { name: output ? stemOfOutput(path.basename(file ?? output)) : void 0, file };
}
async function noteStates(session, tasks) {
  const states = new Map(tasks.map(({ id, state }) => [id, state]));
  const own = await orFailure10(ownPending(session));
  for (const entry of own instanceof Failure13 ? [] : own) {
    const state = states.get(entry.record.taskId ?? "");
    if (state !== void 0) await noteState(session, entry, { state, detailsUnread: "forNow" });
  }
}

// scripts/src/core/wait/resume-pending.ts
const { setMaxListeners } = require("node:events");
import { Failure as Failure14, orFailure as orFailure11 } from "./main.mjs";
import { isTerminal as isTerminal3 } from "./main.mjs";
import { dateOf as dateOf4, ownPending as ownPending2 } from "./live.mjs";
import {
  madeBy as madeBy3
} from "./live.mjs";
import { waitTask as waitTask2 } from "./wait.mjs";
async function waitForNewest(session, settings) {
  const { tasks, ...submits } = await pendingRequests(session);
  const { unknown } = submits;
  const { clock } = session.api;
  const deadline = clock.monotonic() + settings.waitMs;
  const gone = [];
  for (const entry of tasks) {
    const waitMs = Math.max(0, deadline - clock.monotonic());
    const ended = await endOf(session, { ...settings, waitMs }, entry);
    const { model, promptExcerpt: promptExcerpt2, created } = entry.record;
    const isListed = session.provider.can.list;
    const notNamed = { kind: "taskNotNamed", model, promptExcerpt: promptExcerpt2, created, isListed };
    if (!(ended instanceof Failure14)) {
      const passed = gone.map(({ details }) => ({ kind: "taskGone", taskId: details.taskId }));
      const warnings = [notNamed, ...ended.warnings, ...passed];
      if (unknown > 0) warnings.push({ kind: "unknownSubmits", count: unknown });
      return { ...ended, warnings };
    }
    const failure = ended.with({ submit: { warnings: [notNamed] } });
    if (failure.code !== "TASK_NOT_FOUND") throw failure;
    gone.push(failure);
  }
  if (gone[0]) throw gone[0];
  return { kind: "nothingPending", ...submits };
}
var REREAD_S = 5;
var MOST_AT_ONCE = 200;
async function waitForAll(session, settings, until = "last") {
  const { tasks, ...submits } = await pendingRequests(session);
  if (tasks.length === 0) return { kind: "nothingPending", ...submits };
  const entries = tasks.sort((a, b) => polledAt(a) - polledAt(b)).slice(0, MOST_AT_ONCE);
  session.observer.several(entries.length);
  if (session.api.signal) setMaxListeners(0, session.api.signal);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const waits = entries.map(async (entry) => {
    const ended2 = await endOf(session, { ...settings, isVersioned: true, stop: stop.signal }, entry);
    if (until === "first" && hasEnded(ended2)) stop.abort();
    return ended2;
  });
  const ended = await Promise.all(waits);
  const items = entries.map(({ record }, n) => ({ record, ended: ended[n] }));
  if (until === "first") items.sort((a, b) => Number(hasEnded(b.ended)) - Number(hasEnded(a.ended)));
  return { kind: "many", items, until, more: tasks.length - entries.length, ...submits };
}
var hasEnded = (ended) => !(ended instanceof Failure14) && isTerminal3(ended.seen.state);
async function endOf(session, settings, entry) {
  const { output, status } = entry.record;
  const taskId = entry.record.taskId;
  const name = output && (await import("./download.mjs")).stemOfOutput(output);
  const observer = name ? session.observer.named(name) : session.observer;
  const known2 = { entry, origin: { resumed: madeBy3(entry.record) } };
  const ended = await orFailure11(waitTask2({ ...session, observer }, taskId, settings, known2));
  if (!(ended instanceof Failure14)) return ended;
  await entry.update({ checked: dateOf4(session) });
  const named = ended.with({ status: ended.details.status ?? status, taskId });
  if (ended.code !== "TASK_NOT_FOUND") return named;
  return named.with({ reason: { kind: "pendingTaskGone", taskId } });
}
var polledAt = ({ record }) => Date.parse(record.checked ?? record.created);
async function pendingRequests(session) {
  const listFailure = await findLost(session);
  const own = await ownPending2(session);
  const tasks = own.filter(({ record }) => record.taskId !== null);
  const lost = own.filter(({ record }) => record.taskId === null);
  return { tasks, unknown: lost.length, listFailure, after: listAgainIn(session, lost, listFailure) };
}
async function findLost(session) {
  const { api, provider } = session;
  const lost = provider.can.list ? await lostSubmits(session) : [];
  if (lost.length === 0) return void 0;
  const list = await orFailure11(api.once(provider.list()));
  if (list instanceof Failure14) return list;
  await recordListedTasks(session, lost, list.tasks);
  return void 0;
}
function listAgainIn({ api, provider }, lost, failure) {
  if (!provider.can.list || lost.length === 0) return void 0;
  if (failure) return failure.details.transient ? failure.details.retryAfter ?? REREAD_S : void 0;
  const seconds = Math.max(...lost.map(({ record }) => clearIn(record, api)));
  return seconds > 0 ? seconds : void 0;
}
export {
  INTERRUPTED,
  LEAST_PATIENCE_MS,
  account,
  askPrice,
  attachTask,
  begin,
  cheaperThan,
  checkPrice,
  claimOf,
  clearIn,
  comparedEstimate,
  conclude,
  endedAt,
  equalSubmits,
  explainFunds,
  findInList,
  generate,
  isCapped,
  isEqualRequest,
  isUnderWay,
  judgeRejection,
  knownTaskOf,
  listTasks,
  lostSubmits,
  otherRequests,
  outcomeUnknown,
  quote,
  reconcile,
  reconcileDeadline,
  reconcileOrResubmit,
  recordCharge,
  recordListedTasks,
  recordTask,
  recordedSpending,
  rowsOfList,
  search,
  sendOnce,
  shortOfCredits,
  spending,
  submitOnRecord,
  submitOrReconcile,
  submitWithoutRecord,
  waitForAll,
  waitForNewest,
  withRecorded
};
