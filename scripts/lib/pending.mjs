// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/actions/local-journal.ts
import { systemClock } from "./main.mjs";
import { Journal } from "./journal.mjs";
import { journalFolder } from "./main.mjs";
function localJournal({ profile, sandbox }, environment, warn) {
  const folder = journalFolder(environment, sandbox);
  return new Journal({ folder, provider: profile.id, service: "", account: "", clock: systemClock, warn });
}

// scripts/src/core/record/forget-records.ts
import { Failure } from "./main.mjs";
import { whileFenced } from "./journal.mjs";
async function forgetRecords(records, { taskId, idempotencyKey = "" }) {
  const entries = taskId === void 0 ? await records.byKey(idempotencyKey) : [await records.byTask(taskId)].filter((entry) => entry !== void 0);
  const first = entries[0];
  if (!first) {
    throw new Failure("TASK_NOT_FOUND", "There is no such record, so there is nothing to forget.", {
      reason: { kind: "noRecord" }
    });
  }
  for (const entry of entries) {
    const { taskId: known } = entry.record;
    await whileFenced(records, entry, async () => {
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

// scripts/src/core/tasks/may-cancel.ts
import { ANY_VIDEO } from "./main.mjs";
import { Failure as Failure2, orFailure } from "./main.mjs";
async function mayCancel({ provider, model, taskId, status, checked, created }, now) {
  if (taskId === null || status !== "SUBMITTED") return false;
  return now - Date.parse(checked ?? created) <= await longestMs(provider, model);
}
async function longestMs(provider, model) {
  const { loadContract } = await import("./contracts.mjs");
  const contract = await orFailure(loadContract(provider, model));
  if (contract instanceof Failure2) return Infinity;
  const seconds = contract.durations.flatMap((run) => run.seconds);
  if (seconds.length > 0) return Math.max(...seconds) * 1e3;
  return contract.output === "video" ? ANY_VIDEO.latestMs : Infinity;
}

// scripts/src/cli/actions/pending.ts
import { systemClock as systemClock2 } from "./main.mjs";

// scripts/src/cli/render/pending.ts
import { isUnsaved } from "./journal.mjs";
import { BRIEF_WAIT_S } from "./main.mjs";
import { profileOf } from "./main.mjs";
import { EXIT } from "./main.mjs";
import { earlierStep } from "./main.mjs";
import { done, success } from "./main.mjs";
var MOST_STEPS = 5;
var SEEN = "Each status is that of its statusSeenAt, not of now; the command of a task shows its present one.";
function pendingOutcome(records, cancellable2, caller) {
  const pending = records.map((record) => {
    const { taskId, status, checked, created, model, promptExcerpt, owner } = record;
    const { provider, service, account, idempotencyKey, wait, download, credits, files } = record;
    const task = { taskId, status, statusSeenAt: checked, created, model, promptExcerpt, owner };
    const request = { provider, service, account, idempotencyKey, wait, download };
    return {
      ...task,
      ...request,
      credits: { ...credits },
      files: files.length,
      resume: resumeOf(record, caller),
      ...cancellable2.has(record) ? cancelOf(record, caller) : {}
    };
  });
  const nextSteps = pending.length > 0 ? [...pending.map(({ resume }) => resume).slice(0, MOST_STEPS), SEEN] : ["No request that was asked for is unfinished or waits to be delivered.", ...earlierStep(caller)];
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
function cancelOf({ provider, taskId }, { commandAt }) {
  const profile = profileOf(provider);
  if (!profile?.can.cancel || taskId === null) return {};
  return { cancel: commandAt(profile)("cancelTask", { taskId }) };
}
function resumeOf(record, caller) {
  const profile = profileOf(record.provider) ?? caller.profile;
  const command = caller.commandAt(profile);
  const { taskId, idempotencyKey } = record;
  if (taskId === null) {
    const find = profile.can.list ? "Whether this one was submitted is not known: run its command again, which searches the task list first" : `Whether this one was submitted is not known. ${profile.says.tasks} Only if the user accepts that it may be charged once more: its command with --new, or with another --idempotencyKey if it had one`;
    const attach = command("waitTask", { taskId: "<task_id>", idempotencyKey, wait: BRIEF_WAIT_S });
    return `${find}; if its task is found: ${attach}; or, only if the user accepts a second charge, drop it: ${command("forget", { idempotencyKey })}`;
  }
  const wait = Math.min(record.wait || BRIEF_WAIT_S, BRIEF_WAIT_S);
  return command("waitTask", { taskId, wait, download: record.download ?? void 0 });
}

// scripts/src/cli/actions/pending.ts
async function listPending(journal, args, caller) {
  const records = (await journal.pending()).map(({ record }) => record);
  const wanted = records.filter(
    ({ owner, provider }) => (args.owner === void 0 || owner === args.owner) && (!args.isProviderNamed || provider === args.profile.id)
  );
  const now = systemClock2.wall();
  const cancellable2 = /* @__PURE__ */ new Set();
  for (const record of wanted) if (await mayCancel(record, now)) cancellable2.add(record);
  return pendingOutcome(wanted, cancellable2, caller);
}
async function forget(journal, { taskId, idempotencyKey }) {
  return forgottenOutcome(await forgetRecords(journal, { taskId, idempotencyKey }));
}

// scripts/src/cli/actions/with-cancels.ts
import { systemClock as systemClock3 } from "./main.mjs";
import { Failure as Failure3, orFailure as orFailure2 } from "./main.mjs";
import { quoted } from "./main.mjs";
import { profileOf as profileOf2 } from "./main.mjs";
import { parseArguments } from "./main.mjs";
import { placeFlags } from "./main.mjs";
import { readFlags } from "./main.mjs";
import { commandLine, flagWords } from "./main.mjs";
import { readEnvironment } from "./main.mjs";
import { callerOf } from "./main.mjs";
var MOST_STEPS2 = 5;
var QUERY_MS = 5e3;
async function withCancels(refusal, call) {
  const given = readFlags(call.argv, []);
  const named = profileOf2(given.get("provider"));
  if (given.has("taskId") || !named?.can.cancel) return refusal;
  const place = { profile: named, sandbox: given.has("sandbox") };
  try {
    const warn = call.progress.line;
    let records = await cancellable(place, warn);
    const isFresh = records.length > 0 && named.can.list && await hasReadList(call, place);
    if (isFresh) records = await cancellable(place, warn);
    const steps = records.slice(0, MOST_STEPS2).map((record) => cancelStep(record, place, isFresh));
    const more = records.length - steps.length;
    if (more > 0) steps.push(`${more} more can be cancelled: --action listPending shows them.`);
    const { nextSteps: own = [] } = refusal.details;
    const none = "By the records of this machine, no task can be cancelled any more.";
    return refusal.with({ nextSteps: [...steps.length > 0 ? steps : [none], ...own] });
  } catch (error) {
    if (error instanceof Failure3) return refusal;
    throw error;
  }
}
async function cancellable(place, warn) {
  const environment = readEnvironment(process.env, place.profile, { isLive: false, hasState: true });
  const now = systemClock3.wall();
  const found = [];
  for (const { record } of await localJournal(place, environment, warn).pending())
    if (record.provider === place.profile.id && await mayCancel(record, now)) found.push(record);
  return found;
}
async function hasReadList({ run, interruption }, place) {
  const argv = flagWords({ action: "listTasks", ...placeFlags(place) });
  const args = parseArguments(argv);
  const list = orFailure2(run(args, callerOf(args, argv)));
  const late = new Promise((resolve) => setTimeout(resolve, QUERY_MS, null).unref());
  const read = await Promise.race([list, late]);
  if (read === null) interruption.stop();
  return read !== null && !(read instanceof Failure3);
}
function cancelStep(record, place, isFresh) {
  const { taskId, model, promptExcerpt, created, checked } = record;
  const what = promptExcerpt === null ? model : `${quoted(promptExcerpt)} (${model})`;
  const seen = isFresh ? "is SUBMITTED now" : `was SUBMITTED when it was last seen, on ${checked ?? created}`;
  const command = commandLine(flagWords({ action: "cancelTask", taskId, ...placeFlags(place) }));
  return `To cancel ${what}, made on ${created}, which ${seen}: ${command}`;
}
export {
  forget,
  forgetRecords,
  forgottenOutcome,
  listPending,
  localJournal,
  mayCancel,
  pendingOutcome,
  withCancels
};
