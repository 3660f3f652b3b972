// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/workflow/account.ts
import { estimateCredits } from "./contracts.mjs";
import { success } from "./main.mjs";
import { EXIT } from "./main.mjs";
import { dataOf } from "./live.mjs";
import { shortDeadline } from "./live.mjs";
async function quote(session, contract, payload) {
  const { api, provider } = session;
  const answer = await api.read(provider.quote(contract.model, payload), shortDeadline(session));
  const data = dataOf(answer.record);
  const estimate = estimateCredits(contract, payload);
  if (estimate !== null && estimate !== answer.credits) {
    data.estimate = { credits: estimate, asOf: contract.price?.asOf ?? null, note: "The quote counts." };
  }
  const missing = answer.balance === null ? 0 : answer.credits - answer.balance;
  data.nextSteps = missing > 0 ? [`${missing} credits are missing. Credits are bought at ${provider.keyPage}.`] : [
    `Tell the person the price (${answer.credits} credits), then submit once with --maxCredits ${answer.credits}. Media and content are checked only then.`
  ];
  return success(null, null, data, EXIT.done);
}
async function account(session, contracts) {
  const { api, provider } = session;
  const { models, record } = await api.read(provider.account(), shortDeadline(session));
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
  const { tasks, record } = await api.read(provider.list(), shortDeadline(session));
  const running = tasks.filter(({ state }) => state === "SUBMITTED" || state === "PROGRESS").slice(0, 5);
  const data = { ...dataOf(record), count: tasks.length };
  if (running.length > 0) {
    data.nextSteps = running.map(({ id }) => session.command(`--action waitTask --taskId ${id}`));
  }
  return success(null, null, data, EXIT.done);
}

// scripts/src/workflow/funds.ts
import { cheaperVariants, estimateCredits as estimateCredits2 } from "./contracts.mjs";
import { Failure } from "./main.mjs";
import { shortDeadline as shortDeadline2 } from "./live.mjs";
async function checkFunds(session, contract, intent) {
  const { maxCredits } = intent;
  if (maxCredits === void 0) return null;
  const { api, provider } = session;
  const quote2 = await api.read(provider.quote(intent.model, intent.payload), shortDeadline2(session));
  if (quote2.credits > maxCredits) {
    throw new Failure(
      "BUDGET_EXCEEDED",
      `This would cost ${quote2.credits} credits; --maxCredits allows ${maxCredits}. Nothing was submitted.`,
      {
        data: { quote: quote2.record, quoted: quote2.credits, maxCredits },
        nextSteps: [
          ...variants(contract, intent.payload, maxCredits + 1),
          `Ask the person whether ${quote2.credits} credits are fine; then run the same command with --maxCredits ${quote2.credits}.`
        ]
      }
    );
  }
  if (quote2.affordable === false || quote2.balance !== null && quote2.balance < quote2.credits) {
    throw shortOfCredits(contract, intent, quote2, "The quote says that the balance is too small.");
  }
  return quote2;
}
async function explainFunds(session, contract, intent, refusal) {
  let quote2 = null;
  try {
    quote2 = await session.api.once(session.provider.quote(intent.model, intent.payload));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  return shortOfCredits(contract, intent, quote2, refusal.message);
}
function shortOfCredits(contract, intent, quote2, said) {
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
      ...variants(contract, intent.payload, quote2?.credits),
      "Credits are bought at https://aivideomaker.ai; API credits are separate from website subscriptions."
    ]
  });
}
function variants(contract, payload, below = estimateCredits2(contract, payload)) {
  const asOf = contract.price?.asOf;
  return cheaperVariants(contract, payload, below ?? 0).map(
    ({ change, credits }) => `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credits (an estimate of ${asOf}).`
  );
}

// scripts/src/workflow/generate.ts
import { EXIT as EXIT2 } from "./main.mjs";
import { Failure as Failure3 } from "./main.mjs";
import { isTerminal } from "./main.mjs";
import { folderFor } from "./live.mjs";
import { resumeCommand, taskOutcome } from "./live.mjs";
import { shortDeadline as shortDeadline4 } from "./live.mjs";

// scripts/src/workflow/submit.ts
import { Failure as Failure2 } from "./main.mjs";
import { shortDeadline as shortDeadline3 } from "./live.mjs";

// scripts/src/workflow/settle.ts
const { isDeepStrictEqual } = require("node:util");
import { isObject } from "./main.mjs";
var CLOCK_TOLERANCE_MS = 2e3;
function findOwn(list, intent, times) {
  const byKey = list.tasks.find((task) => task.idempotencyKey === intent.idempotencyKey);
  if (byKey) return byKey;
  const skew = list.serverTime === null ? 0 : list.serverTime - times.now;
  const sentAt = times.sentAt + skew;
  const distance = (task) => Math.abs(task.createdAt - sentAt);
  const isOld = (task) => task.createdAt !== void 0 && task.createdAt < sentAt - CLOCK_TOLERANCE_MS;
  const alike = list.tasks.filter(
    (task) => task.idempotencyKey === void 0 && sameModel(task.model, intent.model) && (task.input === void 0 || sameInput(task.input, intent.payload))
  );
  const own = alike.filter((task) => task.createdAt !== void 0 && task.input !== void 0 && !isOld(task)).sort((a, b) => distance(a) - distance(b))[0];
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
async function submit(session, intent, deadline) {
  const { observer } = session;
  observer.submitting();
  try {
    const task = await sendOrSettle(session, intent, deadline);
    observer.task(task.id, task.state);
    return task;
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
    session.observer.troubled(lost);
    return settle(session, intent, sentAt, lost, deadline);
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
async function settle(session, intent, sentAt, lost, deadline) {
  const { api, provider } = session;
  if (!provider.can.list) throw outcomeUnknown(session, intent, lost);
  const search = async () => {
    let found;
    try {
      const list = await api.read(provider.list(), Math.max(deadline, shortDeadline3(session)));
      const time = timeOf(session);
      const now = Math.max(time.wall, sentAt.wall + time.monotonic - sentAt.monotonic);
      found = findOwn(list, intent, { sentAt: sentAt.wall, now });
    } catch (error) {
      throw error instanceof Failure2 ? outcomeUnknown(session, intent, lost, error) : error;
    }
    if (found === "unsure") throw outcomeUnknown(session, intent, lost);
    return found;
  };
  const first = await search();
  if (first) return first;
  await api.clock.sleep(SECOND_LOOK_MS, api.signal);
  const second = await search();
  if (second) return second;
  if (!provider.can.replay) throw outcomeUnknown(session, intent, lost);
  try {
    return await sendUntilTaken(session, intent, deadline, true);
  } catch (error) {
    if (!(error instanceof Failure2)) throw error;
    const third = await search();
    if (third) return third;
    if (!error.details.unclear && error.code !== "IDEMPOTENCY_CONFLICT") throw error;
    throw outcomeUnknown(session, intent, lost, error);
  }
}
function timeOf({ api }) {
  return { wall: api.clock.wall(), monotonic: api.clock.monotonic() };
}
function outcomeUnknown(session, intent, lost, later) {
  const { provider, command } = session;
  const reason = later && later !== lost ? `${lost.message} ${later.message}` : lost.message;
  return new Failure2(
    "SUBMIT_OUTCOME_UNKNOWN",
    `Whether ${provider.title} took this submit, and charged for it, is not known. ${reason}`,
    {
      status: "UNKNOWN",
      unclear: true,
      cause: lost,
      data: { idempotencyKey: intent.idempotencyKey, model: intent.model },
      nextSteps: [
        "Do not submit this again before you know: it may be charged twice.",
        ...provider.can.list ? [
          command("--action listTasks"),
          `If the list shows the task (idempotencyKey ${intent.idempotencyKey}, or model ${intent.model} made just now), take its id to --action waitTask --taskId <id>.`
        ] : [`Look for the task on the service's own pages: ${provider.keyPage}`],
        ...provider.can.replay ? [
          `If the list answers and does not show it, the same command with --idempotencyKey ${intent.idempotencyKey} is documented not to be charged twice.`
        ] : []
      ]
    }
  );
}
function isUnclear(error) {
  return error instanceof Failure2 && error.details.unclear === true;
}

// scripts/src/workflow/generate.ts
import { waitOn } from "./live.mjs";
async function generate(session, { contract, intent, wait }) {
  const { api } = session;
  const start = api.clock.monotonic();
  const settings = wait && { ...wait, folder: await folderFor(wait.folder) };
  const quote2 = await checkFunds(session, contract, intent);
  const deadline = Math.max(start + (wait?.waitMs ?? 0), shortDeadline4(session));
  let task;
  try {
    task = await submit(session, intent, deadline);
  } catch (error) {
    if (error instanceof Failure3 && error.code === "INSUFFICIENT_CREDITS") {
      throw await explainFunds(session, contract, intent, error);
    }
    throw error;
  }
  const extra = quote2 ? { quoted: quote2.credits } : {};
  if (settings && (settings.waitMs > 0 || isTerminal(task.state))) {
    const waitMs = settings.waitMs - (api.clock.monotonic() - start);
    try {
      return await waitOn(session, task, { ...settings, waitMs }, extra);
    } catch (error) {
      throw error instanceof Failure3 ? afterSubmit(session, task.id, settings.resumeFlags, error) : error;
    }
  }
  return taskOutcome(session, task.id, task, {
    extra,
    running: wait ? EXIT2.stillRunning : EXIT2.done,
    ...wait && { resumeFlags: wait.resumeFlags }
  });
}
function afterSubmit(session, taskId, resumeFlags, failure) {
  return failure.with({
    taskId,
    nextSteps: [
      ...failure.details.nextSteps ?? [],
      "The task was submitted and charged, and goes on by itself. Do not submit it again. When the trouble is over:",
      resumeCommand(session, taskId, resumeFlags)
    ]
  });
}
export {
  account,
  checkFunds,
  explainFunds,
  findOwn,
  generate,
  listTasks,
  quote,
  submit
};
