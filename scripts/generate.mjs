// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/workflow/account.ts
import { estimateCredits as estimateCredits2 } from "./contracts.mjs";
import { success } from "./main.mjs";
import { EXIT } from "./main.mjs";
import { noteState, recordOf } from "./live.mjs";

// scripts/src/workflow/funds.ts
import { cheaperVariants, estimateCredits } from "./contracts.mjs";
import { Failure } from "./main.mjs";
import { shortDeadline } from "./live.mjs";
async function checkFunds(session, contract, intent, maxCreditsPerDay) {
  if (intent.maxCredits === void 0 && maxCreditsPerDay === null) return null;
  const quote2 = await askPrice(session, contract, intent);
  if (quote2.affordable === false || quote2.balance !== null && quote2.balance < quote2.credits) {
    throw shortOfCredits(session, contract, intent, quote2, "The quote says that the balance is too small.");
  }
  return quote2;
}
async function askPrice(session, contract, intent) {
  const { api, provider } = session;
  const { model, payload, maxCredits } = intent;
  const quote2 = await api.read(provider.quote(model, payload), shortDeadline(session));
  if (maxCredits !== void 0 && quote2.credits > maxCredits) {
    throw new Failure(
      "BUDGET_EXCEEDED",
      `This would cost ${quote2.credits} credits; --maxCredits allows ${maxCredits}. Nothing was submitted.`,
      {
        data: { quote: quote2.record, quoted: quote2.credits, maxCredits },
        nextSteps: [
          ...variants(contract, payload, maxCredits + 1),
          `Ask the person whether ${quote2.credits} credits are fine; then submit with --maxCredits ${quote2.credits}.`
        ]
      }
    );
  }
  return quote2;
}
async function withinDay(session, journal, maxCreditsPerDay, quote2, record, own) {
  if (maxCreditsPerDay === null || quote2 === null) return record();
  const lock = await journal.lock("budget", shortDeadline(session), session.api.signal);
  if ("heldBy" in lock) {
    throw new Failure(
      "UNKNOWN_ERROR",
      `Another process (${lock.heldBy.pid} on ${lock.heldBy.host}) has kept the day's budget to itself for too long; nothing was submitted.`,
      { nextSteps: ["Run the same command again a little later.", session.again] }
    );
  }
  try {
    const spent = journal.spentToday(own);
    if (spent === null || spent + quote2.credits > maxCreditsPerDay) {
      throw dayExceeded(session, spent, quote2.credits, maxCreditsPerDay);
    }
    await record();
  } finally {
    lock.release();
  }
}
function dayExceeded(session, spent, credits, limit) {
  const so = spent === null ? "What a recorded wish of the last 24 hours cost is not known" : `The recorded wishes of the last 24 hours cost ${spent} credits, and this one costs ${credits}`;
  return new Failure("BUDGET_EXCEEDED", `${so}; --maxCreditsPerDay allows ${limit}. Nothing was submitted.`, {
    data: { quoted: credits, spentToday: spent, maxCreditsPerDay: limit },
    nextSteps: [
      ...session.provider.can.account ? [session.command("--action account")] : [],
      "Ask the person for a higher limit, or wait until the oldest charge is a day old."
    ]
  });
}
async function explainFunds(session, contract, intent, refusal) {
  let quote2 = null;
  try {
    if (session.provider.can.quote)
      quote2 = await session.api.once(session.provider.quote(intent.model, intent.payload));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  return shortOfCredits(session, contract, intent, quote2, refusal.message);
}
function shortOfCredits({ provider }, contract, intent, quote2, said) {
  const data = {};
  let missing = "";
  if (quote2) {
    data.quoted = quote2.credits;
    data.balance = quote2.balance;
    if (quote2.balance !== null && quote2.balance < quote2.credits) {
      data.missing = quote2.credits - quote2.balance;
      missing = ` It costs ${quote2.credits} credits, the balance is ${quote2.balance}: ${data.missing} are missing.`;
    }
  }
  return new Failure("INSUFFICIENT_CREDITS", `${said}${missing} Nothing was submitted.`, {
    data,
    nextSteps: [
      ...variants(contract, intent.payload, affordable(contract, intent, quote2)),
      provider.says.credits
    ]
  });
}
function affordable(contract, { payload }, quote2) {
  if (quote2?.balance != null) return Math.min(quote2.balance + 1, quote2.credits);
  return quote2?.credits ?? estimateCredits(contract, payload) ?? 0;
}
function variants(contract, payload, below) {
  const { price, model } = contract;
  const cheaper = cheaperVariants(contract, payload, below);
  if (cheaper.length === 0) return [`No form of ${model} is known that costs at most ${below - 1} credits.`];
  return cheaper.map(
    ({ change, credits }) => `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credits (an estimate of ${price?.asOf}).`
  );
}

// scripts/src/workflow/account.ts
import { dataOf, resumeCommand } from "./live.mjs";
import { shortDeadline as shortDeadline2 } from "./live.mjs";
async function quote(session, { contract, intent }) {
  const { provider } = session;
  const { payload } = intent;
  const answer = await askPrice(session, contract, intent);
  const data = dataOf(answer.record);
  const estimate = estimateCredits2(contract, payload);
  if (estimate !== null && estimate !== answer.credits) {
    data.estimate = { credits: estimate, asOf: contract.price?.asOf ?? null, note: "The quote counts." };
  }
  const missing = answer.balance === null ? 0 : answer.credits - answer.balance;
  data.nextSteps = missing > 0 ? [
    `${missing} credits are missing. ${provider.says.credits}`,
    ...variants(contract, payload, (answer.balance ?? 0) + 1)
  ] : [
    `Tell the person the price (${answer.credits} credits), then submit once with --maxCredits ${answer.credits}. Media and content are checked only then.`
  ];
  return success(null, null, data, EXIT.done);
}
async function account(session, contracts) {
  const { api, provider } = session;
  const { models, record } = await api.read(provider.account(), shortDeadline2(session));
  const live = new Set(models);
  const known = new Set(contracts);
  return success(
    null,
    null,
    {
      ...dataOf(record),
      contracts: {
        models: contracts,
        notListedByService: contracts.filter((model) => !live.has(model)),
        withoutContract: models.filter((model) => !known.has(model))
      }
    },
    EXIT.done
  );
}
async function listTasks(session) {
  const { api, provider } = session;
  const { tasks, record } = await api.read(provider.list(), shortDeadline2(session));
  await noteStates(session, tasks);
  const running = tasks.filter(({ state }) => state === "SUBMITTED" || state === "PROGRESS").slice(0, 5);
  const data = { ...dataOf(record), count: tasks.length };
  if (running.length > 0) {
    data.nextSteps = running.map(({ id }) => resumeCommand(session, id));
  }
  return success(null, null, data, EXIT.done);
}
async function noteStates(session, tasks) {
  for (const { id, state } of tasks) {
    const entry = await recordOf(session, id);
    if (entry) await noteState(session, entry, state);
  }
}

// scripts/src/workflow/generate.ts
import { EXIT as EXIT2 } from "./main.mjs";
import { Failure as Failure3 } from "./main.mjs";
import { isTerminal } from "./main.mjs";
import { isYoung } from "./live.mjs";
import { folderFor } from "./live.mjs";
import { creditsOf as creditsOf2, resumeCommand as resumeCommand2, taskOutcome } from "./live.mjs";

// scripts/src/workflow/recorded.ts
import { claimRequest } from "./journal.mjs";
import { jsonHash } from "./journal.mjs";
import { Failure as Failure2 } from "./main.mjs";
import { creditsOf } from "./live.mjs";
import { reconcile as reconcile2 } from "./live.mjs";

// scripts/src/workflow/submit.ts
import { reconcile } from "./live.mjs";
import { sendUntilAccepted } from "./live.mjs";
async function submit(session, intent, log, deadline) {
  const { clock } = session.api;
  let sentAt = clock.wall();
  const result = await sendUntilAccepted(session, intent, deadline, {
    ...log,
    sending: () => {
      sentAt = clock.wall();
      return log.sending();
    }
  });
  if (result.kind === "accepted") return { ...result, wasThere: false };
  if (result.kind === "rejected") return result;
  await log.lost();
  const { failure } = result;
  if (session.provider.can.list) session.observer.troubled(failure);
  const since = { wall: clock.wall(), monotonic: clock.monotonic() };
  return reconcile(session, intent, { sentAt, since, resubmitted: false, failure }, log, deadline);
}

// scripts/src/workflow/recorded.ts
async function recordedTask(session, journal, request, deadline) {
  const { intent, terms, folder } = request;
  const claimed = await claimRequest(
    journal,
    {
      model: intent.model,
      payloadHash: jsonHash(intent.payload),
      idempotencyKey: intent.idempotencyKey,
      isNamed: terms.isNamed,
      isNew: terms.isNew,
      owner: terms.owner,
      download: folder,
      wait: terms.wait
    },
    Math.max(deadline, session.api.clock.monotonic() + LEAST_PATIENCE_MS),
    session.api.signal
  );
  const { entry } = claimed;
  if (claimed.kind === "submitted") {
    if (folder !== null && entry.record.download !== folder) await entry.update({ download: folder });
    return { entry, credits: entry.record.credits, isResumed: true };
  }
  try {
    const replaced = [];
    for (const earlier of claimed.kind === "new" ? claimed.unsettled : []) {
      if (!await adopt(session, request, earlier)) replaced.push(earlier);
    }
    const result = claimed.kind === "new" ? await submitNew(session, journal, request, claimed, deadline) : await reconcileEntry(
      session,
      request,
      entry,
      resubmitLog(session, journal, request, entry),
      deadline
    );
    if (result.kind !== "accepted") throw await refuse(result, claimed);
    await noteTask(session, entry, result.task);
    for (const earlier of replaced) await earlier.update({ phase: "abandoned" });
    const { task, wasThere } = result;
    if (wasThere) session.observer.attached(task.id, entry.record.created);
    session.observer.task(task.id, task.state);
    return { entry, credits: entry.record.credits, task, isResumed: wasThere };
  } finally {
    claimed.lock.release();
  }
}
var LEAST_PATIENCE_MS = 5e3;
async function noteTask({ api }, entry, task) {
  const checked = new Date(api.clock.wall()).toISOString();
  const credits = creditsOf(task, entry.record.credits);
  const change = { phase: "submitted", taskId: task.id, status: task.state, checked, credits };
  await entry.update(change, { isOurs: true });
}
async function refuse({ kind, failure }, { entry, lock }) {
  if (kind === "rejected") {
    if (lock.isOurs()) entry.drop();
    return failure;
  }
  const { taskId: named } = failure.details;
  await entry.update(
    ({ taskId }) => taskId === null ? { phase: "unknown", ...named !== void 0 && { taskId: named } } : {}
  );
  return failure;
}
async function submitNew(session, journal, request, { entry, lock }, deadline) {
  const { contract, intent, terms } = request;
  const quote2 = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
  const credits = { ...entry.record.credits, quoted: quote2?.credits ?? null };
  await withinDay(session, journal, terms.maxCreditsPerDay, quote2, () => {
    const now = new Date(session.api.clock.wall()).toISOString();
    return entry.begin({ credits, sentAt: now, unsettledSince: now });
  });
  if (!lock.isOurs()) {
    throw new Failure2(
      "UNKNOWN_ERROR",
      "Another process took this request over; nothing was submitted here.",
      {
        nextSteps: ["The same command resumes what that process does, and charges nothing:", session.again]
      }
    );
  }
  return submit(session, intent, resubmitLog(session, journal, request, entry), deadline);
}
async function reconcileEntry(session, { intent }, entry, log, deadline) {
  const { clock } = session.api;
  const wall = clock.wall();
  if (Date.parse(entry.record.unsettledSince) > wall) {
    await entry.update({ unsettledSince: new Date(wall).toISOString() });
  }
  const { record } = entry;
  const since = Date.parse(record.unsettledSince);
  const lost = {
    sentAt: Date.parse(record.sentAt),
    since: { wall: since, monotonic: clock.monotonic() - (wall - since) },
    resubmitted: record.resubmitted,
    failure: new Failure2(
      "NETWORK_ERROR",
      "An earlier run of this command did not learn the outcome of its submit."
    )
  };
  session.observer.submitting();
  return reconcile2(session, { ...intent, idempotencyKey: record.idempotencyKey }, lost, log, deadline);
}
async function adopt(session, request, entry) {
  const { monotonic } = session.api.clock;
  const observer = { ...session.observer, submitting: () => {
  } };
  const never = () => Promise.reject(new Failure2("UNKNOWN_ERROR", "It is not sent again."));
  const log = { ...recordLog(session, entry), resubmitting: never };
  try {
    const result = await reconcileEntry({ ...session, observer }, request, entry, log, monotonic());
    if (result.kind !== "accepted") return false;
    await noteTask(session, entry, result.task);
    return true;
  } catch (error) {
    if (error instanceof Failure2) return false;
    throw error;
  }
}
function recordLog({ api }, entry) {
  const now = () => new Date(api.clock.wall()).toISOString();
  let clearSince = entry.record.unsettledSince;
  return {
    sending: () => entry.require({ phase: "submitting", sentAt: now(), unsettledSince: now() }),
    rejected: async () => void await entry.update({ phase: "rejected" }, { isOurs: true }),
    lost: async () => void await entry.update({ phase: "unknown", unsettledSince: now() }, { isOurs: true }),
    resubmitting: () => {
      clearSince = entry.record.unsettledSince;
      return entry.require({ phase: "submitting", resubmitted: true, unsettledSince: now() });
    },
    // It is as if it had not been sent: what the list has shown of the first one still holds.
    resubmitRejected: async () => {
      const change = { phase: "unknown", resubmitted: false, unsettledSince: clearSince };
      await entry.update(change, { isOurs: true });
    }
  };
}
function resubmitLog(session, journal, { contract, intent, terms }, entry) {
  const log = recordLog(session, entry);
  return {
    ...log,
    resubmitting: async () => {
      const quote2 = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
      await withinDay(session, journal, terms.maxCreditsPerDay, quote2, async () => {
      }, entry);
      if (quote2) await entry.update(({ credits }) => ({ credits: { ...credits, quoted: quote2.credits } }));
      await log.resubmitting();
    }
  };
}

// scripts/src/workflow/generate.ts
import { hasEnded, reuse } from "./live.mjs";
import { shortDeadline as shortDeadline3 } from "./live.mjs";
import { waitOn, waitTask } from "./live.mjs";
async function generate(session, options) {
  const { api } = session;
  const { contract, intent, isDetached } = options;
  const start = api.clock.monotonic();
  const wait = { ...options.wait, folder: await folderFor(options.wait.folder) };
  if (isDetached) wait.waitMs = 0;
  const deadline = isDetached ? shortDeadline3(session) : start + wait.waitMs;
  const journal = await session.records();
  let made;
  try {
    made = journal ? await recordedTask(session, journal, { ...options, folder: wait.folder }, deadline) : await unrecordedTask(session, options, deadline);
  } catch (error) {
    if (error instanceof Failure3 && error.code === "INSUFFICIENT_CREDITS" && !error.details.data) {
      throw await explainFunds(session, contract, intent, error);
    }
    throw error;
  }
  const { entry, credits, task, isResumed } = made;
  const waitMs = Math.max(0, wait.waitMs - (api.clock.monotonic() - start));
  const settings = { ...wait, waitMs, ...entry && { entry }, credits };
  if (entry && task === void 0 && hasEnded(entry)) return reuse(session, entry, settings);
  const extra = {
    ...isResumed && { resumed: true },
    ...(made.isResubmitted || entry?.record.resubmitted) && { resubmitted: true }
  };
  const outcome = task === void 0 ? await resume(session, entry, settings, extra) : waitMs > 0 || isTerminal(task.state) ? await follow(session, task, settings, extra) : taskOutcome(session, task.id, task, {
    extra,
    credits,
    running: EXIT2.stillRunning,
    resumeFlags: wait.resumeFlags
  });
  const isDone = isDetached && outcome.exitCode === EXIT2.stillRunning;
  return isDone ? { ...outcome, exitCode: EXIT2.done } : outcome;
}
async function follow(session, task, settings, extra) {
  try {
    return await waitOn(session, task, settings, extra);
  } catch (error) {
    throw error instanceof Failure3 ? afterSubmit(session, task.id, settings.resumeFlags, error) : error;
  }
}
async function unrecordedTask(session, { contract, intent, terms }, deadline) {
  const quote2 = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
  let isResubmitted = false;
  const nothing = async () => {
  };
  const log = {
    sending: nothing,
    rejected: nothing,
    lost: nothing,
    resubmitting: async () => {
      isResubmitted = true;
    },
    resubmitRejected: nothing
  };
  const result = await submit(session, intent, log, deadline);
  if (result.kind !== "accepted") throw result.failure;
  const { task } = result;
  session.observer.task(task.id, task.state);
  return {
    task,
    credits: creditsOf2(task, { quoted: quote2?.credits ?? null, charged: null, refunded: null }),
    isResumed: false,
    isResubmitted
  };
}
async function resume(session, entry, settings, extra) {
  const taskId = entry.record.taskId;
  session.observer.attached(taskId, entry.record.created);
  try {
    return await waitTask(session, taskId, settings, extra, entry);
  } catch (error) {
    throw error instanceof Failure3 ? stillRecorded(session, entry, error) : error;
  }
}
function stillRecorded(session, entry, failure) {
  const { taskId, created } = entry.record;
  const data = { ...failure.details.data, resumed: true };
  if (failure.code !== "TASK_NOT_FOUND") return failure.with({ taskId, data });
  const nextSteps = isYoung(session, entry) ? [
    `This request was submitted only just now, as task ${taskId}; the service may not show it yet. The same command resumes it, and charges nothing:`,
    session.again
  ] : [
    `This request was submitted on ${created} as task ${taskId}, which the service does not show any more; its result is kept for a limited time only.`,
    `Nothing was submitted now. If the user wants it made once more, with a new charge: ${session.anew}.`,
    session.command(`--action forget --taskId ${taskId}`)
  ];
  return failure.with({ taskId, data, nextSteps });
}
function afterSubmit(session, taskId, resumeFlags, failure) {
  return failure.with({
    taskId,
    nextSteps: [
      ...failure.details.nextSteps ?? [],
      "The task was submitted and charged, and runs on at the service. This resumes it, and charges nothing:",
      resumeCommand2(session, taskId, resumeFlags)
    ]
  });
}

// scripts/src/workflow/pending.ts
const { setMaxListeners } = require("node:events");
import { failed, success as success2 } from "./main.mjs";
import { EXIT as EXIT3 } from "./main.mjs";
import { Failure as Failure4 } from "./main.mjs";
import { creditsOf as creditsOf3, resumeCommand as resumeCommand3 } from "./live.mjs";
import { waitTask as waitTask2 } from "./live.mjs";
async function waitForNewest(session, settings) {
  const { tasks, unsettled } = await pendingWishes(session);
  const [entry] = tasks;
  if (!entry) return nothingPending(session, unsettled);
  try {
    return await waitFor(session, settings, entry);
  } catch (error) {
    throw error instanceof Failure4 ? await ofTask(session, entry, error) : error;
  }
}
var MOST_AT_ONCE = 20;
var MOST_CHARACTERS = 4e4;
async function waitForAll(session, settings) {
  const { tasks, unsettled } = await pendingWishes(session);
  if (tasks.length === 0) return nothingPending(session, unsettled);
  const entries = tasks.sort((a, b) => lastLook(a) - lastLook(b)).slice(0, MOST_AT_ONCE);
  session.observer.several(entries.length);
  if (session.api.signal) setMaxListeners(0, session.api.signal);
  const outcomes = await Promise.all(entries.map((entry) => outcomeOf(session, settings, entry)));
  const shown = [];
  const delivered = [];
  let left = MOST_CHARACTERS;
  for (const [n, outcome] of outcomes.entries()) {
    const whole = summary(outcome.envelope, entries[n]);
    left -= JSON.stringify(whole).length;
    if (left >= 0) delivered.push(outcome);
    const { status, taskId } = outcome.envelope;
    shown.push(left >= 0 ? whole : { status, taskId, nextSteps: [resumeCommand3(session, taskId)] });
  }
  const worst = outcomes.find(({ envelope }) => !envelope.ok) ?? outcomes.find(({ exitCode }) => exitCode > 0);
  const running = outcomes.filter(({ exitCode }) => exitCode === EXIT3.stillRunning).length;
  const more = tasks.length - entries.length;
  const data = { count: shown.length, running, more, unsettled, tasks: shown };
  if (worst || more > 0 || unsettled > 0 || left < 0) {
    const gone = outcomes.flatMap(
      ({ envelope: { errorCode: errorCode2, taskId } }) => errorCode2 === "TASK_NOT_FOUND" ? [forget(session, taskId)] : []
    );
    data.nextSteps = [
      ...gone.length < entries.length || more > 0 ? [session.again] : [],
      ...gone.slice(0, 5),
      session.command("--action listPending")
    ];
  }
  const { errorCode = null, errorMessage = null, retryAfter = null } = worst?.envelope ?? {};
  const ok = outcomes.every(({ envelope }) => envelope.ok);
  return {
    envelope: { ok, status: null, taskId: null, data, errorCode, errorMessage, retryAfter },
    exitCode: worst?.exitCode ?? (more > 0 || left < 0 ? EXIT3.stillRunning : EXIT3.done),
    onWritten: () => {
      for (const { onWritten } of delivered) onWritten?.();
    }
  };
}
async function outcomeOf(session, settings, entry) {
  const { status, taskId } = entry.record;
  try {
    return await waitFor(session, settings, entry);
  } catch (error) {
    if (!(error instanceof Failure4)) throw error;
    const failure = await ofTask(session, entry, error);
    const steps = failure.details.nextSteps ?? [resumeCommand3(session, taskId)];
    return failed(failure.with({ nextSteps: steps }), status, taskId);
  }
}
async function ofTask(session, entry, failure) {
  const { status, taskId } = entry.record;
  await entry.update({ checked: new Date(session.api.clock.wall()).toISOString() });
  const named = failure.with({ status: failure.details.status ?? status, taskId });
  if (failure.code !== "TASK_NOT_FOUND") return named;
  return named.with({
    nextSteps: [
      "The service does not show this task any more. To wait for the others without it, drop its record:",
      forget(session, taskId)
    ]
  });
}
var forget = ({ command }, taskId) => command(`--action forget --taskId ${taskId}`);
var lastLook = ({ record }) => Date.parse(record.checked ?? record.created);
async function waitFor(session, settings, entry) {
  return waitTask2(session, entry.record.taskId, settings, { resumed: true }, entry);
}
async function pendingWishes(session) {
  const journal = await session.records();
  if (journal) await adoptGivenUp(session, journal);
  const own = (journal?.all() ?? []).filter((entry) => entry.isPending && journal?.isOwn(entry));
  const tasks = own.filter(({ record }) => record.taskId !== null);
  return { tasks, unsettled: own.length - tasks.length };
}
async function adoptGivenUp({ api, provider }, journal) {
  const givenUp = journal.all().filter(
    (entry) => entry.record.phase === "abandoned" && entry.record.taskId === null && journal.isOwn(entry)
  );
  if (givenUp.length === 0 || !provider.can.list) return;
  try {
    const { tasks } = await api.once(provider.list());
    for (const entry of givenUp) {
      const task = tasks.find(({ idempotencyKey }) => idempotencyKey === entry.record.idempotencyKey);
      if (!task) continue;
      const credits = creditsOf3(task, entry.record.credits);
      await entry.update({ phase: "submitted", taskId: task.id, status: task.state, credits });
    }
  } catch (error) {
    if (!(error instanceof Failure4)) throw error;
  }
}
function nothingPending(session, unsettled) {
  const nextSteps = [
    unsettled > 0 ? `No recorded task of this key is unfinished, but of ${unsettled} submits the outcome is not known: run their commands again.` : "No recorded task of this key is unfinished or waits to be handed over.",
    session.command("--action listPending")
  ];
  return success2(null, null, { count: 0, unsettled, nextSteps }, EXIT3.done);
}
function summary({ data, ...said }, { record }) {
  const { model, created, owner } = record;
  const kept = { ...said, model, created, owner };
  for (const name of ["files", "resultUrls", "credits", "issues", "nextSteps"]) {
    if (data?.[name] !== void 0) kept[name] = data[name];
  }
  return kept;
}
export {
  account,
  askPrice,
  checkFunds,
  explainFunds,
  generate,
  listTasks,
  quote,
  recordedTask,
  submit,
  variants,
  waitForAll,
  waitForNewest,
  withinDay
};
