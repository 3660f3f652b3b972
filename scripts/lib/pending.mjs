// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/core/record/forget-records.ts
import { Failure } from "./main.mjs";
import { whileLocked } from "./journal.mjs";
async function forgetRecords(records, { taskId, idempotencyKey = "" }) {
  const entries = taskId === void 0 ? await records.byIdempotencyKey(idempotencyKey) : [await records.byTask(taskId)].filter((entry) => entry !== void 0);
  const first = entries[0];
  if (!first) {
    throw new Failure("TASK_NOT_FOUND", "There is no such record, so there is nothing to forget.", {
      reason: { kind: "noRecord" }
    });
  }
  for (const entry of entries) {
    const { taskId: known } = entry.record;
    await whileLocked(records, entry, async () => {
      if (known !== entry.record.taskId) {
        throw new Failure("UNKNOWN_ERROR", "This request has just been given a task; its record stays.", {
          reason: { kind: "justSubmitted" }
        });
      }
      await entry.drop();
    });
  }
  return { record: first.record, count: entries.length };
}

// scripts/src/core/tasks/cancellable.ts
import { Failure as Failure3, orFailure as orFailure2 } from "./main.mjs";
import { isObject } from "./main.mjs";

// scripts/src/core/tasks/may-cancel.ts
import { ANY_VIDEO } from "./main.mjs";
import { Failure as Failure2, orFailure } from "./main.mjs";
async function mayCancel({ provider, model, taskId, status, checked, created }, now) {
  if (taskId === null || status !== "SUBMITTED") return false;
  const { loadContract } = await import("./contracts.mjs");
  const contract = await orFailure(loadContract(provider, model));
  if (contract instanceof Failure2) return true;
  const seconds = contract.durations.flatMap((run) => run.seconds);
  const anyMs = contract.output === "video" ? ANY_VIDEO.latestMs : Infinity;
  const longestMs = seconds.length > 0 ? Math.max(...seconds) * 1e3 : anyMs;
  return now - Date.parse(checked ?? created) <= longestMs;
}

// scripts/src/core/tasks/cancellable.ts
var MOST_TASKS = 5;
var LIST_MS = 5e3;
async function cancellable(session) {
  const { api, provider } = session;
  const filter = { since: null, states: ["SUBMITTED"], model: null, limit: MOST_TASKS };
  const { listTasks } = await import("./generate.mjs");
  const list = provider.can.list ? await orFailure2(listTasks(session, filter, LIST_MS)) : null;
  if (list instanceof Failure3 && list.code === "AUTH_FAILED") throw list;
  const store = await session.records();
  const pending = await orFailure2((async () => await store?.pending() ?? [])());
  const own = pending instanceof Failure3 ? [] : pending.filter((entry) => store?.isOwn(entry));
  const records = own.map(({ record }) => record);
  const known = await recordedCancellable(records, api.clock.wall());
  if (list === null || list instanceof Failure3) return { ...known, listFailure: list ?? void 0 };
  const { promptExcerpt } = await import("./wait.mjs");
  const { clearIn } = await import("./generate.mjs");
  const tasks = list.tasks.map(({ task: { id, model, input, createdAt }, request }) => ({
    taskId: id,
    model,
    promptExcerpt: request ? request.promptExcerpt : isObject(input) ? promptExcerpt(input) : null,
    created: createdAt === void 0 ? request && madeOn(request) : new Date(createdAt).toISOString(),
    isRecorded: request !== void 0
  }));
  const { lost } = known;
  const clearAfter = new Map(
    lost.flatMap((record) => {
      const seconds = clearIn(record, api);
      return seconds > 0 ? [[record, seconds]] : [];
    })
  );
  const more = list.matched - tasks.length;
  return { kind: "cancellable", tasks, more, lost, clearAfter, isListed: true };
}
async function recordedCancellable(records, now) {
  const tasks = [];
  for (const record of records) {
    const { taskId, model, promptExcerpt, checked } = record;
    const created = madeOn(record);
    if (await mayCancel(record, now))
      tasks.push({
        taskId,
        model,
        promptExcerpt,
        created,
        seen: checked ?? created,
        isRecorded: true
      });
  }
  const lost = records.filter(({ taskId }) => taskId === null);
  const shown = tasks.slice(0, MOST_TASKS);
  const more = tasks.length - shown.length;
  return { kind: "cancellable", tasks: shown, more, lost, clearAfter: /* @__PURE__ */ new Map(), isListed: false };
}
var madeOn = ({ resubmitted, created, unsettledSince }) => resubmitted ? unsettledSince : created;

// scripts/src/cli/actions/records.ts
import { dayOf, systemClock } from "./main.mjs";
import { accountOf } from "./journal.mjs";
import { serviceName } from "./main.mjs";
import { PROFILES } from "./main.mjs";
import { Journal } from "./journal.mjs";
import { journalFolder } from "./main.mjs";

// scripts/src/cli/render/pending.ts
import { compact } from "./main.mjs";
import { isUnsaved } from "./journal.mjs";
import { profileOf } from "./main.mjs";
import { BRIEF_WAIT_S } from "./main.mjs";
import { EXIT } from "./main.mjs";
import { accountWords } from "./main.mjs";
import { earlierStep } from "./main.mjs";
import { done, success } from "./main.mjs";
import { sentences } from "./main.mjs";
var MOST_STEPS = 5;
var UNFOUND = "Where that finds no task: the command of the request searches again, and may submit it. To drop its record instead: forget of its row.";
var SEEN = "Each status is that of its statusSeenAt, not of now; the command of a task shows its present one.";
function pendingOutcome(records, cancellable3, here, caller) {
  const pending = records.map((record) => {
    const { taskId, status, checked, created, model, promptExcerpt, owner } = record;
    const { provider, service, account, idempotencyKey, wait, download, credits, files } = record;
    const task = { taskId, status, statusSeenAt: checked, created, model, promptExcerpt, owner };
    const request = { provider, service, account, idempotencyKey, wait, download };
    const facts = { ...task, ...request, credits: { ...credits }, files: files.length };
    const elsewhere = elsewhereWords(record, here.get(provider), caller);
    const ways = elsewhere ? { otherAccount: true, resume: elsewhere } : waysOf(record, cancellable3.includes(record), caller, records.length);
    return compact({ ...facts, ...ways });
  });
  const own = pending.filter(({ otherAccount }) => !otherAccount);
  const lost = own.filter(({ taskId }) => taskId === null);
  const resumes = new Set([...lost, ...own].map(({ resume }) => resume));
  const others = pending.length - own.length;
  const nextSteps = pending.length > 0 ? sentences(
    [...resumes].slice(0, MOST_STEPS),
    lost.some(({ provider }) => profileOf(provider)?.can.list) && UNFOUND,
    others > 0 && `${others} of these requests ${others === 1 ? "was" : "were"} made with another key or at another address (otherAccount): resume says what has to be set.`,
    SEEN
  ) : sentences(
    "No request that was asked for is unfinished or waits to be delivered.",
    earlierStep(caller)
  );
  return done({ count: pending.length, pending, nextSteps });
}
function forgottenOutcome({ record, count }) {
  const { taskId, status } = record;
  const lost = isUnsaved(record) ? " Its result is not saved on this machine." : "";
  const nextSteps = [
    `The record is gone; the task at the service is as it was.${lost} The command that made it submits again now, with a new charge.`
  ];
  return success(status, taskId, { forgotten: count, nextSteps }, EXIT.done);
}
function elsewhereWords(record, here, { command }) {
  const profile = profileOf(record.provider);
  if (!here || !profile) return void 0;
  const account = record.account === here.account ? null : record.account;
  const service = record.service === here.service ? null : record.service;
  const set = sentences(
    account !== null && `${profile.keyVariable} to that key`,
    service !== null && `${profile.urlVariable} to that address`
  );
  if (set.length === 0) return void 0;
  return `This request was made${accountWords(account, service)}: only there it can be resumed or cancelled. Set ${set.join(", and ")}; then its command is in ${command("listPending", {}, profile)}`;
}
function waysOf(record, mayCancel2, caller, count) {
  const known = profileOf(record.provider);
  const profile = known ?? caller.profile;
  const command = (action, flags) => caller.command(action, flags, profile);
  const { taskId, download, idempotencyKey } = record;
  const wait = Math.min(record.wait || BRIEF_WAIT_S, BRIEF_WAIT_S);
  if (taskId !== null)
    return {
      resume: command("waitTask", { taskId, wait, download: download ?? void 0 }),
      cancel: mayCancel2 && known?.can.cancel ? command("cancelTask", { taskId }) : void 0
    };
  const search = command("waitTask", count > 1 ? { all: true, wait } : { wait, download: download ?? "out" });
  const { tasks } = profile.says;
  const resume = !tasks ? `This searches the list of ${profile.title} for its task and resumes it; it submits nothing: ${search}` : `${tasks} Only if the user accepts that it may be charged once more: its command with --new, or with another --idempotencyKey if it had one`;
  return {
    resume: `Whether this one was submitted is not known. ${resume}`,
    attach: command("waitTask", { taskId: "<task_id>", idempotencyKey, wait: BRIEF_WAIT_S }),
    forget: `Only if the user accepts that its command, run again, may be charged a second time: ${command("forget", { idempotencyKey })}`
  };
}

// scripts/src/cli/actions/records.ts
async function answerFromRecords(args, caller, { stateFolder, keyAndUrlOf }, warn) {
  if (stateFolder === null) return null;
  const { action, profile, sandbox, taskId, idempotencyKey } = args;
  const folder = journalFolder(stateFolder, sandbox);
  const clock = systemClock;
  const journal = new Journal({ folder, provider: profile.id, service: "", account: "", clock, warn });
  if (action === "forget") return forgottenOutcome(await forgetRecords(journal, { taskId, idempotencyKey }));
  if (action === "listPending") return listPending(journal, args, caller, keyAndUrlOf);
  return action === "spending" ? spent(journal, args, caller) : cancellable2(journal, args, caller);
}
async function listPending(journal, args, caller, keyAndUrlOf) {
  const records = (await journal.pending()).map(({ record }) => record);
  const wanted = records.filter(
    ({ owner, provider }) => (args.owner === void 0 || owner === args.owner) && (!args.isProviderNamed || provider === args.profile.id)
  );
  const now = systemClock.wall();
  const cancellable3 = [];
  for (const record of wanted) if (await mayCancel(record, now)) cancellable3.push(record);
  const accounts = (args.sandbox ? [] : PROFILES).flatMap((profile) => {
    const found = keyAndUrlOf(profile);
    if (!found) return [];
    const { id, apiPath } = profile;
    return { provider: id, service: serviceName(found.url, apiPath), account: accountOf(id, found.key) };
  });
  const here = new Map(accounts.map((account) => [account.provider, account]));
  return pendingOutcome(wanted, cancellable3, here, caller);
}
async function cancellable2(journal, { profile }, caller) {
  const all = (await journal.pending()).map(({ record }) => record);
  const records = all.filter(({ provider }) => provider === profile.id);
  const { cancellableOutcome } = await import("./wait.mjs");
  return cancellableOutcome(await recordedCancellable(records, systemClock.wall()), caller, false);
}
async function spent(journal, args, caller) {
  const { id } = args.profile;
  const since = args.since ?? null;
  const all = await journal.spending(0);
  if (!all.some(({ provider }) => provider === id)) return null;
  const rows = since === null ? all : all.filter(({ day }) => day >= dayOf(since));
  const own = rows.filter(({ provider }) => provider === id);
  const unreadable = await journal.unreadable(since ?? 0);
  const unfinished = (await journal.pending()).filter(
    ({ record: { provider, phase, created } }) => provider === id && phase !== "submitted" && (since === null || Date.parse(created) >= since)
  );
  const { otherRequests, recordedSpending } = await import("./generate.mjs");
  const result = recordedSpending(own, since, systemClock.wall(), unreadable, unfinished.length);
  const { spendingOutcome } = await import("./wait.mjs");
  return spendingOutcome({ ...result, others: otherRequests(rows, id) }, caller);
}
export {
  answerFromRecords,
  cancellable,
  forgetRecords,
  forgottenOutcome,
  mayCancel,
  pendingOutcome,
  recordedCancellable
};
