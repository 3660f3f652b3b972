// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/workflow/account.ts
import { estimateCredits as estimateCredits2 } from "./contracts.mjs";
import { success } from "./main.mjs";
import { EXIT } from "./main.mjs";

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
      ...session.provider.can.account ? [session.command("account")] : [],
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
  const running = tasks.filter(({ state }) => state === "SUBMITTED" || state === "PROGRESS").slice(0, 5);
  const data = { ...dataOf(record), count: tasks.length };
  if (running.length > 0) {
    data.nextSteps = running.map(({ id }) => resumeCommand(session, id));
  }
  return success(null, null, data, EXIT.done);
}

// scripts/src/workflow/generate.ts
import { EXIT as EXIT2 } from "./main.mjs";
import { Failure as Failure4 } from "./main.mjs";
import { isTerminal } from "./main.mjs";
import { isYoung } from "./live.mjs";
import { folderFor } from "./live.mjs";
import { creditsOf as creditsOf2, resumeCommand as resumeCommand3, taskOutcome } from "./live.mjs";

// scripts/src/workflow/recorded.ts
import { claimWish } from "./journal.mjs";
import { payloadHash } from "./journal.mjs";
import { Failure as Failure3 } from "./main.mjs";
import { creditsOf } from "./live.mjs";

// scripts/src/workflow/submit.ts
import { flagWords, quoteWord } from "./main.mjs";
import { Failure as Failure2 } from "./main.mjs";
import { resumeCommand as resumeCommand2 } from "./live.mjs";
import { shortDeadline as shortDeadline3 } from "./live.mjs";

// scripts/src/workflow/settle.ts
const { isDeepStrictEqual } = require("node:util");
import { isObject } from "./main.mjs";
var CLOCK_TOLERANCE_MS = 2e3;
var SAME_TIME_MS = 2 * CLOCK_TOLERANCE_MS;
function findOwn(list, intent, times) {
  const byKey = list.tasks.find((task) => task.idempotencyKey === intent.idempotencyKey);
  if (byKey) return byKey;
  const skew = list.serverTime === null ? 0 : list.serverTime - times.now;
  const sentAt = times.sentAt + skew;
  const distance = (task) => Math.abs(task.createdAt - sentAt);
  const isOld = (task) => task.createdAt !== void 0 && task.createdAt < sentAt - CLOCK_TOLERANCE_MS;
  const isAhead = (task) => list.serverTime === null && task.createdAt !== void 0 && task.createdAt > times.now + CLOCK_TOLERANCE_MS;
  const alike = list.tasks.filter(
    (task) => task.idempotencyKey === void 0 && sameModel(task.model, intent.model) && (task.input === void 0 || sameInput(task.input, intent.payload))
  );
  const [own, next] = alike.filter(
    (task) => task.createdAt !== void 0 && task.input !== void 0 && !isOld(task) && !isAhead(task)
  ).sort((a, b) => distance(a) - distance(b));
  if (own && next && distance(next) - distance(own) < SAME_TIME_MS) return "unsure";
  if (own) return own;
  const maybe = list.unread > 0 || alike.some((task) => list.serverTime === null || !isOld(task));
  return maybe ? "unsure" : void 0;
}
function sameModel(kept, sent) {
  return kept === void 0 || kept === sent || kept.startsWith(`${sent}-`);
}
function sameInput(input, payload) {
  if (!isObject(input)) return false;
  return Object.entries(payload).every(([name, sent]) => {
    const kept = Object.hasOwn(input, name) ? input[name] : void 0;
    if (sent === null) return kept === null || kept === void 0;
    return isDeepStrictEqual(kept, sent) || sameMedia(kept, sent);
  });
}
function sameMedia(kept, sent) {
  if (Array.isArray(sent)) {
    return Array.isArray(kept) && kept.length === sent.length && sent.every((item, i) => kept[i] === item || sameMedia(kept[i], item));
  }
  return typeof sent === "string" && sent.startsWith("data:") && typeof kept === "string";
}

// scripts/src/workflow/submit.ts
var SECOND_LOOK_MS = 1e3;
var LIST_LAG_MS = 6e4;
var RESEND_WITHIN_MS = 24 * 36e5;
function submit(session, intent, deadline) {
  return observed(session, () => sendOrSettle(session, intent, deadline));
}
function settleEarlier(session, intent, { sentAt, deadline, beforeResend }) {
  const now = timeOf(session);
  const lost = new Failure2(
    "NETWORK_ERROR",
    "An earlier run of this command did not learn what became of its submit."
  );
  const sent = { wall: sentAt, monotonic: now.monotonic - (now.wall - sentAt) };
  return observed(session, () => settle(session, intent, sent, lost, deadline, beforeResend));
}
async function observed({ observer }, send) {
  observer.submitting();
  try {
    return await send();
  } catch (error) {
    if (error instanceof Failure2 && !error.details.unclear && error.code !== "SUBMIT_OUTCOME_UNKNOWN") {
      observer.refused();
    }
    throw error;
  }
}
async function sendOrSettle(session, intent, deadline) {
  const sentAt = timeOf(session);
  try {
    return await sendUntilTaken(session, intent, deadline);
  } catch (lost) {
    if (!isUnclear(lost)) throw lost;
    if (session.provider.can.list) session.observer.troubled(lost);
    return (await settle(session, intent, sentAt, lost, deadline)).task;
  }
}
async function sendUntilTaken(session, intent, deadline, isResend = false) {
  const { api, provider, observer } = session;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.once(provider.submit(intent), { fresh: true });
    } catch (error) {
      if (isUnclear(error)) throw error;
      const pause = api.pauseBefore(error, attempt, deadline);
      if (!isResend) observer.refused();
      await api.clock.sleep(pause, api.signal);
      if (!isResend) observer.submitting();
    }
  }
}
async function settle(session, intent, sentAt, lost, deadline, beforeResend) {
  const { api, provider } = session;
  if (!provider.can.list) throw await outcomeUnknown(session, intent, lost);
  const search = async () => {
    let found;
    try {
      const taken = await takenTasks(session);
      const list = await api.read(provider.list(), Math.max(deadline, shortDeadline3(session)));
      const time = timeOf(session);
      const now = Math.max(time.wall, sentAt.wall + time.monotonic - sentAt.monotonic);
      const tasks = list.tasks.filter(({ id }) => !taken.has(id));
      found = findOwn({ ...list, tasks }, intent, { sentAt: sentAt.wall, now });
    } catch (error) {
      throw error instanceof Failure2 ? await outcomeUnknown(session, intent, lost, error) : error;
    }
    if (found === "unsure") throw await outcomeUnknown(session, intent, lost);
    return found && { task: found, wasThere: true };
  };
  const first = await search();
  if (first) return first;
  await api.clock.sleep(SECOND_LOOK_MS, api.signal);
  const second = await search();
  if (second) return second;
  const age = timeOf(session).wall - sentAt.wall;
  if (!provider.can.replay || age > RESEND_WITHIN_MS || age < -LIST_LAG_MS) {
    throw await outcomeUnknown(session, intent, lost);
  }
  try {
    await beforeResend?.();
    return { task: await sendUntilTaken(session, intent, deadline, true), wasThere: false };
  } catch (error) {
    if (!(error instanceof Failure2)) throw error;
    const third = await search();
    if (third) return third;
    const isPlain = !error.details.unclear && error.code !== "IDEMPOTENCY_CONFLICT";
    if (isPlain && age > LIST_LAG_MS) throw error;
    throw await outcomeUnknown(session, intent, lost, error);
  }
}
async function takenTasks({ records }) {
  const entries = (await records())?.all() ?? [];
  return new Set(entries.flatMap(({ record }) => record.taskId ?? []));
}
function timeOf({ api }) {
  return { wall: api.clock.wall(), monotonic: api.clock.monotonic() };
}
async function outcomeUnknown(session, intent, lost, later) {
  const { provider, command } = session;
  const named = lost.details.taskId;
  const reason = later && later !== lost ? `${lost.message} ${later.message}` : lost.message;
  return new Failure2(
    "SUBMIT_OUTCOME_UNKNOWN",
    `Whether ${provider.title} took this submit, and charged for it, is not known. ${reason}`,
    {
      status: "UNKNOWN",
      unclear: true,
      cause: lost,
      data: { idempotencyKey: intent.idempotencyKey, model: intent.model },
      ...later?.details.retryAfter !== void 0 && { retryAfter: later.details.retryAfter },
      ...named !== void 0 && { taskId: named },
      nextSteps: [
        ...named === void 0 ? [] : [
          "The answer named a task beside an error; this shows what became of it:",
          resumeCommand2(session, named)
        ],
        "Do not submit this again before you know: it may be charged twice.",
        ...provider.can.list ? [
          command("listTasks"),
          `If the list shows the task (idempotencyKey ${intent.idempotencyKey}, or model ${intent.model} made just now), take its id to --action waitTask --taskId <id>.`
        ] : [provider.says.tasks],
        ...await whatThen(session, intent)
      ]
    }
  );
}
async function whatThen({ records, provider, again, anew }, { idempotencyKey }) {
  if (await records()) {
    return [
      ...provider.can.list ? ["The same command looks for it once more; it sends nothing that may be charged twice:", again] : [],
      `Only if the person decides that it may be charged once more: ${anew}.`
    ];
  }
  return provider.can.replay ? [
    `If the list answers and does not show it, the same command with ${flagWords({ idempotencyKey }).map((word) => quoteWord(word)).join(" ")} is documented not to be charged twice.`
  ] : [];
}
function isUnclear(error) {
  return error instanceof Failure2 && error.details.unclear === true;
}

// scripts/src/workflow/recorded.ts
async function recordedTask(session, journal, wish, deadline) {
  const { intent, terms, folder } = wish;
  const claimed = await claimWish(
    journal,
    {
      model: intent.model,
      payloadHash: payloadHash(intent.payload),
      idempotencyKey: intent.idempotencyKey,
      isNamed: terms.isNamed,
      isNew: terms.isNew,
      owner: terms.owner,
      download: folder
    },
    deadline,
    session.api.signal
  );
  const { entry } = claimed;
  if (claimed.kind === "submitted") {
    if (folder !== null && entry.record.download !== folder) await entry.update({ download: folder });
    return { entry, credits: entry.record.credits, isResumed: true };
  }
  const certainty = watched(session);
  try {
    const givenUp = [];
    for (const earlier of claimed.kind === "new" ? claimed.unsettled : []) {
      if (!await adopt(session, intent, earlier, deadline)) givenUp.push(earlier);
    }
    const { task, wasThere } = claimed.kind === "new" ? await submitNew(certainty.session, journal, wish, claimed, deadline) : await settleKnown(certainty.session, journal, wish, entry, deadline);
    const credits = creditsOf(task, entry.record.credits);
    const change = { phase: "submitted", taskId: task.id, status: task.state, credits };
    await entry.update(change, { isOurs: true });
    for (const earlier of givenUp) await earlier.update({ phase: "abandoned" });
    if (wasThere) session.observer.attached(task.id, entry.record.created);
    session.observer.task(task.id, task.state);
    return { entry, credits, task, isResumed: wasThere };
  } catch (error) {
    const lost = error instanceof Failure3 && error.code === "SUBMIT_OUTCOME_UNKNOWN" ? error : null;
    const named = lost?.details.taskId;
    if (lost) {
      await entry.update(
        ({ taskId }) => taskId === null ? { phase: "unknown", ...named !== void 0 && { taskId: named } } : {}
      );
    } else if (claimed.kind === "new" && !certainty.mayBeTaken() && claimed.lock.isOurs()) entry.drop();
    throw error;
  } finally {
    claimed.lock.release();
  }
}
async function submitNew(session, journal, { contract, intent, terms }, { entry, lock }, deadline) {
  const quote2 = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
  entry.record.credits.quoted = quote2?.credits ?? null;
  await withinDay(session, journal, terms.maxCreditsPerDay, quote2, () => entry.begin());
  if (!lock.isOurs()) {
    throw new Failure3("UNKNOWN_ERROR", "Another process took this wish over; nothing was submitted here.", {
      nextSteps: [
        "The same command goes on with what that process does, and charges nothing:",
        session.again
      ]
    });
  }
  return { task: await submit(session, intent, deadline), wasThere: false };
}
async function adopt(session, intent, entry, deadline) {
  const { idempotencyKey, created, credits } = entry.record;
  const observer = { ...session.observer, submitting: () => {
  }, refused: () => {
  } };
  const beforeResend = () => Promise.reject(new Failure3("UNKNOWN_ERROR", "It is not sent again."));
  try {
    const sentAt = Date.parse(created);
    const { task } = await settleEarlier(
      { ...session, observer },
      { ...intent, idempotencyKey },
      { sentAt, deadline, beforeResend }
    );
    const change = { phase: "submitted", taskId: task.id, status: task.state };
    await entry.update({ ...change, credits: creditsOf(task, credits) }, { isOurs: true });
    return true;
  } catch (error) {
    if (error instanceof Failure3) return false;
    throw error;
  }
}
function settleKnown(session, journal, { contract, intent, terms }, entry, deadline) {
  const { idempotencyKey, created } = entry.record;
  const beforeResend = async () => {
    const quote2 = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
    await withinDay(session, journal, terms.maxCreditsPerDay, quote2, async () => {
    }, entry);
    if (quote2) await entry.update(({ credits }) => ({ credits: { ...credits, quoted: quote2.credits } }));
  };
  return settleEarlier(
    session,
    { ...intent, idempotencyKey },
    { sentAt: Date.parse(created), deadline, beforeResend }
  );
}
function watched(session) {
  let mayBeTaken = false;
  const { observer } = session;
  const note = (taken, tell) => () => {
    mayBeTaken = taken;
    tell();
  };
  return {
    mayBeTaken: () => mayBeTaken,
    session: {
      ...session,
      observer: {
        ...observer,
        submitting: note(true, () => observer.submitting()),
        refused: note(false, () => observer.refused())
      }
    }
  };
}

// scripts/src/workflow/generate.ts
import { shortDeadline as shortDeadline4 } from "./live.mjs";
import { waitOn, waitTask } from "./live.mjs";
async function generate(session, options) {
  const { api } = session;
  const { contract, intent, isDetached } = options;
  const start = api.clock.monotonic();
  const wait = { ...options.wait, folder: await folderFor(options.wait.folder) };
  if (isDetached) wait.waitMs = 0;
  const deadline = Math.max(start + wait.waitMs, shortDeadline4(session));
  const journal = await session.records();
  let made;
  try {
    made = journal ? await recordedTask(session, journal, { ...options, folder: wait.folder }, deadline) : await unrecordedTask(session, options, deadline);
  } catch (error) {
    if (error instanceof Failure4 && error.code === "INSUFFICIENT_CREDITS" && !error.details.data) {
      throw await explainFunds(session, contract, intent, error);
    }
    throw error;
  }
  const { entry, credits, task, isResumed } = made;
  const waitMs = Math.max(0, wait.waitMs - (api.clock.monotonic() - start));
  const settings = { ...wait, waitMs, ...entry && { entry }, credits };
  const extra = isResumed ? { resumed: true } : {};
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
    throw error instanceof Failure4 ? afterSubmit(session, task.id, settings.resumeFlags, error) : error;
  }
}
async function unrecordedTask(session, { contract, intent, terms }, deadline) {
  const quote2 = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
  const task = await submit(session, intent, deadline);
  session.observer.task(task.id, task.state);
  return {
    task,
    credits: creditsOf2(task, { quoted: quote2?.credits ?? null, charged: null, refunded: null }),
    isResumed: false
  };
}
async function resume(session, entry, settings, extra) {
  const taskId = entry.record.taskId;
  session.observer.attached(taskId, entry.record.created);
  try {
    return await waitTask(session, taskId, settings, extra, entry);
  } catch (error) {
    throw error instanceof Failure4 ? stillRecorded(session, entry, error) : error;
  }
}
function stillRecorded(session, entry, failure) {
  const { taskId, created } = entry.record;
  const data = { ...failure.details.data, resumed: true };
  if (failure.code !== "TASK_NOT_FOUND") return failure.with({ taskId, data });
  const nextSteps = isYoung(session, entry) ? [
    `This wish was submitted only just now, as task ${taskId}; the service may not show it yet. The same command goes on with it, and charges nothing:`,
    session.again
  ] : [
    `This wish was submitted on ${created} as task ${taskId}, which the service does not show any more; its result is kept for a limited time only.`,
    `Nothing was submitted now. If the person wants it made once more, with a new charge: ${session.anew}.`,
    session.command("forget", { taskId })
  ];
  return failure.with({ taskId, data, nextSteps });
}
function afterSubmit(session, taskId, resumeFlags, failure) {
  return failure.with({
    taskId,
    nextSteps: [
      ...failure.details.nextSteps ?? [],
      "The task was submitted and charged, and goes on by itself. Run this command as often as you like: it charges nothing.",
      resumeCommand3(session, taskId, resumeFlags)
    ]
  });
}

// scripts/src/workflow/pending.ts
const { setMaxListeners } = require("node:events");
import { failed, success as success2 } from "./main.mjs";
import { EXIT as EXIT3 } from "./main.mjs";
import { Failure as Failure5 } from "./main.mjs";
import { creditsOf as creditsOf3, resumeCommand as resumeCommand4 } from "./live.mjs";
import { waitTask as waitTask2 } from "./live.mjs";
async function waitForNewest(session, settings) {
  const { tasks, unsettled } = await pendingWishes(session);
  const [entry] = tasks;
  if (!entry) return nothingPending(session, unsettled);
  try {
    return await waitFor(session, settings, entry);
  } catch (error) {
    throw error instanceof Failure5 ? await ofTask(session, entry, error) : error;
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
    shown.push(left >= 0 ? whole : { status, taskId, nextSteps: [resumeCommand4(session, taskId)] });
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
      session.command("listPending")
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
    if (!(error instanceof Failure5)) throw error;
    const failure = await ofTask(session, entry, error);
    const steps = failure.details.nextSteps ?? [resumeCommand4(session, taskId)];
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
var forget = ({ command }, taskId) => command("forget", { taskId });
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
    if (!(error instanceof Failure5)) throw error;
  }
}
function nothingPending(session, unsettled) {
  const nextSteps = [
    unsettled > 0 ? `No recorded task of this key is unfinished, but of ${unsettled} submits the outcome is not known: run their commands again.` : "No recorded task of this key is unfinished or waits to be handed over.",
    session.command("listPending")
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
  findOwn,
  generate,
  listTasks,
  quote,
  recordedTask,
  settleEarlier,
  submit,
  variants,
  waitForAll,
  waitForNewest,
  withinDay
};
