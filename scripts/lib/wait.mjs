// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/cli/render/account.ts
import { done, upstream } from "./main.mjs";
function accountOutcome({ account: { balance, models, record }, contracts, notListedByService, withoutContract }, { profile: { title } }) {
  const add = `${title} lists ${withoutContract.join(", ")}, which has no contract here: references/add-a-model.md tells how to add one.`;
  const data = {
    currentBalance: balance,
    supportedModels: models,
    contracts: { models: contracts, notListedByService, withoutContract },
    nextSteps: withoutContract.length > 0 ? [add] : void 0
  };
  return done({ ...data, ...upstream(record) });
}

// scripts/src/cli/render/cancellable.ts
import { issue } from "./main.mjs";
import { nameIn } from "./live.mjs";
import { AdvisedFailure } from "./main.mjs";
import { failed } from "./main.mjs";
import { sentences } from "./main.mjs";
import { requestNamed } from "./main.mjs";
var MOST_LOST = 5;
function cancellableOutcome(result, caller, hasKey = true) {
  const { tasks, more, lost, clearAfter, isListed } = result;
  const { command } = caller;
  const list = isListed ? command("listTasks", { status: "SUBMITTED" }) : command("listPending");
  const nextSteps = sentences(
    tasks.map((task) => cancelStep(task, caller)),
    more > 0 && `${more} more can be cancelled: ${list}`,
    tasks.length === 0 && noneStep(result, caller, hasKey),
    lost.slice(0, MOST_LOST).map((record) => lostStep(record, result, caller))
  );
  const [message, hint] = tasks.length > 0 ? [
    "No task was named, so none was cancelled: data.nextSteps has the command of each that can be.",
    "add --taskId <id>: data.nextSteps has the command of each task that can be cancelled"
  ] : [
    "No task was named, and none is known that can be cancelled.",
    "no task is known that can be cancelled: data.nextSteps says how far that is known"
  ];
  const issues = [issue("--taskId", "<id> for --action cancelTask", "nothing", hint)];
  const retryAfter = clearAfter.size > 0 ? Math.max(...clearAfter.values()) : void 0;
  const refusal = new AdvisedFailure("INVALID_PAYLOAD", message, { issues, nextSteps, retryAfter });
  return failed(refusal, "UNKNOWN", null);
}
function cancelStep(task, { command }) {
  const { taskId, promptExcerpt: promptExcerpt2, created, seen, isRecorded } = task;
  const what = requestNamed(promptExcerpt2, nameIn(task.model));
  const made = `${created ? `, made on ${created}` : ""}${isRecorded ? "" : " (this machine has no record of it)"}`;
  const state = seen === void 0 ? "is SUBMITTED now" : `was SUBMITTED when it was last seen, on ${seen}`;
  return `To cancel ${what}${made}, which ${state}: ${command("cancelTask", { taskId })}`;
}
function lostStep(record, result, caller) {
  const { promptExcerpt: promptExcerpt2, model, created, idempotencyKey } = record;
  const what = `the submit of ${requestNamed(promptExcerpt2, model)}, begun on ${created}`;
  const warning = "Do not run its own command, which may submit once more.";
  const { title } = caller.profile;
  const unknown = `Whether ${what}, made a task is not known`;
  if (!result.isListed)
    return `${unknown}. ${warning} When the list of ${title} can be read, this command tells: ${caller.same}`;
  const after = result.clearAfter.get(record);
  if (after !== void 0)
    return `${unknown}: the list of ${title} does not show it yet. ${warning} The list can tell more after ${after} seconds; then run this command again: ${caller.same}`;
  const drop = caller.command("forget", { idempotencyKey });
  return `The list of ${title} shows no task of ${what}, although a minute has passed: as far as the keys in that list tell, nothing was made. ${warning} To drop its record, so that no later answer leads to that command: ${drop}`;
}
function noneStep({ isListed, listFailure }, { profile, command }, hasKey) {
  if (isListed)
    return `${profile.title} lists no task of this key that is SUBMITTED: none can be cancelled. A task that runs already stays as it is. The unfinished requests of this machine: ${command("listPending")}`;
  const none = "By the records of this machine, no task can be cancelled any more.";
  if (listFailure) return `${none} The list of ${profile.title} could not be read: ${listFailure.message}`;
  if (hasKey) return none;
  return `${none} What ${profile.title} lists is not known, because ${profile.keyVariable} is not set.`;
}

// scripts/src/core/record/prompt-excerpt.ts
import { plain } from "./main.mjs";
var FIELDS = ["prompt", "content", "text", "lyrics"];
var LENGTH = 60;
var ADDRESS = /\b(?:https?|data):\S+/gi;
function promptExcerpt(payload) {
  for (const name of FIELDS) {
    const value = payload[name];
    const text = Array.isArray(value) ? value[0] : value;
    if (typeof text !== "string") continue;
    const excerpt = plain(text.slice(0, 10 * LENGTH).replace(ADDRESS, "[address]"), LENGTH);
    if (excerpt !== "") return excerpt;
  }
  return null;
}

// scripts/src/cli/render/list.ts
import { isObject, unlessEmpty as unlessEmpty2 } from "./main.mjs";
import { counted as counted2, plain as plain2, quoted } from "./main.mjs";
import { nameIn as nameIn2 } from "./live.mjs";
import { briefWait, resumeCommand } from "./main.mjs";
import { definedFields, done as done3, upstream as upstream2 } from "./main.mjs";
import { sentences as sentences3 } from "./main.mjs";

// scripts/src/cli/render/spending.ts
import { unlessEmpty } from "./main.mjs";
import { KEPT_DAYS } from "./journal.mjs";
import { counted } from "./main.mjs";
import { profileOf } from "./main.mjs";
import { sinceAt } from "./main.mjs";
import { done as done2 } from "./main.mjs";
import { sentences as sentences2 } from "./main.mjs";
var MOST_MODELS = 100;
function spendingOutcome(result, caller) {
  const { total, models, list, journal, since } = result;
  const covers = sentences2(
    listWords(list, since, caller),
    journalWords(journal, caller),
    "Credits are as the service reported them. A task is counted in the span in which it was submitted, and once.",
    othersWords(result.others, since, caller)
  );
  const data = {
    since: spanOf(since),
    total: rowOf(total),
    models: models.slice(0, MOST_MODELS).map(({ model, ...sums }) => ({ model, ...rowOf(sums) })),
    more: models.length > MOST_MODELS ? models.length - MOST_MODELS : void 0,
    covers,
    warnings: unlessEmpty(warningsOf(result, caller)),
    nextSteps: unlessEmpty(nextStepsOf(result, caller))
  };
  return done2(data);
}
function spanOf(since) {
  if (since === null) return null;
  const { day, timeZone } = sinceAt(since);
  return { day, from: new Date(since).toISOString(), timeZone };
}
function leftOut({ undated, unread }, hasSpan) {
  return [
    undated > 0 && hasSpan && `${counted(undated, "task")} of the list ${undated === 1 ? "has no date, and is" : "have no date, and are"} left out.`,
    unread > 0 && `${counted(unread, "entry", "entries")} of the list cannot be read, and ${unread === 1 ? "is" : "are"} left out.`
  ];
}
function rowOf(row) {
  const { charged, refunded, open, unpriced, openUnpriced, unknown, ...counts } = row;
  const isAllUnknown = unpriced > 0 && charged === 0 && unpriced + unknown >= counts.tasks;
  return {
    ...counts,
    outcomeUnknown: unknown,
    charged: isAllUnknown ? null : charged,
    refunded: isAllUnknown && refunded === 0 ? null : refunded,
    net: isAllUnknown ? null : charged - refunded,
    mayStillBeCharged: openUnpriced > 0 && open === 0 ? null : open,
    creditsUnknown: unpriced
  };
}
function listWords(list, since, { profile }) {
  const { title, can } = profile;
  if (!list)
    return !can.list && `${title} documents no list of tasks, so its tasks are known by the journal alone.`;
  const oldest = list.oldest === null ? "" : `, the oldest of ${new Date(list.oldest).toISOString()}`;
  const later = since !== null && list.oldest !== null && list.oldest > since ? " Whether it reaches back to the beginning of the span is not known." : "";
  return `The list of ${title}: ${counted(list.tasks, "task")} of this key${oldest}. How far back such a list reaches is not documented.${later}`;
}
function journalWords(journal, { profile }) {
  if (!journal) return "The journal of this machine: there is none.";
  const kept = `A record is kept for ${KEPT_DAYS} days after its last use.`;
  return journal.keys === "all" ? `The journal of this machine alone, because ${profile.keyVariable} is not set: ${counted(journal.more, "request")}, of every key that was used here. ${kept}` : `The journal of this machine: ${counted(journal.more, "request")} of this key${profile.can.list ? " that the list does not show" : ""}. ${kept}`;
}
function othersWords(others = [], since, { command }) {
  return others.flatMap(({ provider, count: count2 }) => {
    const profile = profileOf(provider);
    if (!profile) return [];
    const day = since === null ? void 0 : sinceAt(since).day;
    const shows = command("spending", { since: day }, profile);
    return [`The requests to ${profile.title} are left out (${count2} on record here): ${shows}`];
  });
}
function warningsOf({ total, list, journal, asOf, since, listFailure }, { profile }) {
  const { unpriced, unknown } = total;
  const unreadable = journal?.unreadable ?? 0;
  const [was, it] = unknown === 1 ? ["was", "it"] : ["were", "them"];
  const isBeyondRecords = since !== null && since < asOf - KEPT_DAYS * 24 * 36e5;
  return sentences2(
    listFailure && `The list of ${profile.title} could not be read (${listFailure.message}), so this is what the journal of this machine knows, which may be out of date.`,
    unpriced > 0 && `The credits of ${unpriced} of these tasks are not known: nobody reported them, and the sums leave them out.`,
    unreadable > 0 && `${unreadable === 1 ? "1 record of this machine cannot be read: its request counts" : `${unreadable} records of this machine cannot be read: their requests count`} only where the list of the service shows the task.`,
    unknown > 0 && `Whether ${unknown} of these submits ${was} accepted, and charged, is not known.${list ? ` The list may show what came of ${it}.` : ""}`,
    list && leftOut(list, since !== null),
    !list && journal && isBeyondRecords && `What was made more than ${KEPT_DAYS} days ago may no longer be on record here.`
  );
}
function nextStepsOf({ total: { running, unknown }, replaced, since }, { command, profile }) {
  const day = since === null ? void 0 : sinceAt(since).day;
  const [were, them, tasks] = replaced === 1 ? ["was", "it", "its task"] : ["were", "them", "their tasks"];
  const find = profile.says.tasks ?? `Whether the service has ${tasks}: ${command("listTasks", { since: day })}`;
  return sentences2(
    running > 0 && profile.can.list && command("listTasks", { status: "running" }),
    (running > 0 && !profile.can.list || unknown > replaced) && command("listPending"),
    replaced > 0 && `${counted(replaced, "submit")} of unknown outcome ${were} replaced by a run with --new, so listPending does not show ${them}. ${find}`
  );
}

// scripts/src/cli/render/list.ts
var MOST_COMMANDS = 5;
var MOST_MODELS2 = 20;
var LONGEST_REASON = 120;
function listOutcome(result, caller) {
  const { filter, tasks, matched, counts, listed, running, record } = result;
  const wanted = tasks.filter(({ task }) => running.some(({ id }) => id === task.id));
  const resume = ({ task: { id }, request }) => resumeCommand(caller, id, { wait: briefWait(caller, request?.wait) });
  const nextSteps = sentences3(
    wanted.slice(0, MOST_COMMANDS).map(resume),
    matched === 0 && listed > 0 && nothingMatches(result)
  );
  const data = {
    since: filter.since === null ? void 0 : spanOf(filter.since),
    count: matched,
    counts,
    tasks: tasks.map(rowOf2),
    more: matched > tasks.length ? matched - tasks.length : void 0,
    covers: unlessEmpty2(othersWords(result.others, filter.since, caller)),
    warnings: unlessEmpty2(warningsOf2(result, caller)),
    nextSteps: unlessEmpty2(nextSteps)
  };
  const shown = caller.isFull ? { ...record, tasks: tasks.map(({ task }) => task.record) } : record;
  return done3({ ...data, ...upstream2(shown) });
}
function warningsOf2(result, caller) {
  const { matched, tasks, filter, lost } = result;
  return sentences3(
    matched > tasks.length && `Only the newest ${tasks.length} of ${matched} tasks are shown; --limit, --since, --status and --model choose others. The counts are of all.`,
    leftOut(result, filter.since !== null),
    lost > 0 && lostWords(lost, caller)
  );
}
function lostWords(lost, caller) {
  const those = lost === 1 ? "its task" : "their tasks";
  const search = caller.command("waitTask", { all: true, wait: briefWait(caller) });
  return `The outcome of ${counted2(lost, "submit")} on record here is not known, and the list does not show ${those} yet, if there ${lost === 1 ? "is one" : "are any"}. This searches the list again, and submits nothing: ${search}`;
}
function nothingMatches({ listed, models, counts, filter: { states, model, since } }) {
  const span = since === null ? "" : `made since ${new Date(since).toISOString()}`;
  const there = Object.entries(counts).sort(([a], [b]) => a < b ? -1 : 1);
  if (states !== null && there.length > 0) {
    const of = [model === null ? "" : ` of model ${model}`, span && ` ${span}`].join("");
    const found = there.map(([state, count2]) => `${count2} ${state}`).join(", ");
    return `No task${of} is ${states.join(" or ")} (${found}).`;
  }
  const names = models.flatMap((name) => nameIn2(name) ?? []).slice(0, MOST_MODELS2);
  const asked = [model === null ? "" : `of model ${model}`, span].filter(Boolean).join(" and ");
  const all = listed === 1 ? "The 1 task of this key is not" : `None of the ${listed} tasks of this key is`;
  return `${all} ${asked}. ${listed === 1 ? "Its model" : "Their models"}: ${names.join(", ") || "not named"}.`;
}
function rowOf2({ task, request, name, file }) {
  const { id, state, unknownState, createdAt, completedAt, charged, refunded, error } = task;
  const { input, idempotencyKey: key = "" } = task;
  const own = isObject(input) ? promptExcerpt(input) : null;
  return definedFields({
    taskId: id,
    name: name && plain2(name, 200),
    promptExcerpt: request?.promptExcerpt ?? own ?? void 0,
    file: file && plain2(file, 1e3),
    model: nameIn2(task.model) ?? null,
    status: state,
    unknownState,
    createdAt: dateOf(createdAt),
    completedAt: dateOf(completedAt),
    credits: { charged: charged ?? null, refunded: refunded ?? null },
    reason: error && quoted(error, LONGEST_REASON),
    // A key has no spaces: whatever has some is no key, and may be a sentence.
    idempotencyKey: /^[\x21-\x7e]{1,128}$/.test(key) ? key : void 0
  });
}
var dateOf = (time) => time === void 0 ? null : new Date(time).toISOString();

// scripts/src/cli/render/many.ts
import { Failure } from "./main.mjs";
import { counted as count } from "./main.mjs";
import { AdvisedFailure as AdvisedFailure2 } from "./main.mjs";
import { byUrgency, EXIT as EXIT2 } from "./main.mjs";
import { dropStep, earlierStep, resumeCommand as resumeCommand2 } from "./main.mjs";
import {
  definedFields as definedFields3,
  done as done4,
  failed as failed3,
  rowsThatFit,
  textsIn
} from "./main.mjs";
import { explained as explained2 } from "./advice.mjs";
import { sentences as sentences4 } from "./main.mjs";

// scripts/src/cli/render/task.ts
import { isTerminal } from "./main.mjs";
import { EXIT } from "./main.mjs";
import { definedFields as definedFields2, failed as failed2 } from "./main.mjs";
import { explained } from "./advice.mjs";
import { dataOf, stateOutcome, withFacts } from "./live.mjs";
function taskOutcome(result, caller) {
  if (!("failure" in result)) return stateOutcome(result, caller);
  const { kind, taskId, seen, failure } = result;
  const about = explained(failure, caller);
  const { data } = about.details;
  if (kind !== "notCancelled") {
    const known = about.with({ data: definedFields2({ ...dataOf(result), ...data }) });
    return withFacts(result, failed2(known, seen.state, taskId), caller);
  }
  const exitCode = isTerminal(seen.state) ? EXIT.taskEnded : EXIT.stillRunning;
  return { ...withFacts(result, failed2(about, seen.state, taskId), caller), exitCode };
}

// scripts/src/cli/render/many.ts
function manyOutcome(result, caller) {
  const { items, more, unknown: submits } = result;
  const outcomes = items.map((item) => itemOutcome(item, caller));
  const whole = rowsThatFit(
    outcomes.map(({ envelope }, n) => summary(envelope, items[n].record)),
    { most: items.length, characters: 4e4 }
  );
  const cut = outcomes.slice(whole.length).map(({ envelope: { status, taskId } }) => ({
    status,
    taskId,
    nextSteps: [resumeCommand2(caller, taskId)]
  }));
  const summed = sumUp(result, outcomes, caller);
  const { running, isOver, counted: counted4, worst } = summed;
  const isOpen = worst || running > 0 || more > 0 || submits > 0 || cut.length > 0;
  const data = definedFields3({
    count: items.length,
    running,
    more,
    unknown: submits,
    tasks: [...whole, ...cut],
    nextSteps: isOpen ? openSteps(more, outcomes, summed, caller) : void 0
  });
  const { errorCode = null, errorMessage = null, retryAfter = null } = worst?.envelope ?? {};
  const ok = errorCode === null && counted4.every(({ envelope }) => envelope.ok);
  return {
    envelope: { ok, status: null, taskId: null, data, errorCode, errorMessage, retryAfter },
    exitCode: worst?.exitCode ?? (!isOver && (more > 0 || cut.length > 0) ? EXIT2.stillRunning : EXIT2.done),
    files: outcomes.flatMap(({ files }) => files),
    // What does not fit into the document is not delivered by it.
    onWritten: () => {
      for (const { onWritten } of outcomes.slice(0, whole.length)) onWritten?.();
    }
  };
}
function sumUp(result, outcomes, caller) {
  const isRunning = ({ exitCode }) => exitCode === EXIT2.stillRunning;
  const running = outcomes.filter(isRunning).length;
  const isOver = result.until === "first" && running < outcomes.length;
  const counted4 = outcomes.filter((outcome) => !isOver || !isRunning(outcome));
  const ended = counted4.find(({ envelope }) => !envelope.ok) ?? counted4.find(({ exitCode }) => exitCode > 0);
  const unknown = result.until === "last" && result.unknown > 0 ? unknownOutcome(result, caller) : void 0;
  const worst = [unknown, ended].flatMap((one) => one ?? []).sort(byUrgency)[0];
  return { running, isOver, counted: counted4, ended, unknown, worst };
}
function openSteps(more, outcomes, { ended, running, unknown }, caller) {
  const gone = outcomes.flatMap(
    ({ envelope: { errorCode, taskId } }) => errorCode === "TASK_NOT_FOUND" ? [dropStep(caller, taskId)] : []
  );
  const hasMore = ended !== void 0 || running > 0 || unknown === void 0;
  const nextSteps = sentences4(
    (hasMore && gone.length < outcomes.length || more > 0) && caller.same,
    gone.slice(0, 5),
    unknown ? textsIn(unknown, "nextSteps") : caller.command("listPending")
  );
  return [...new Set(nextSteps)];
}
function unknownOutcome(submits, caller) {
  const { unknown, after } = submits;
  const yet = after === void 0 ? "" : " yet";
  const message = `The outcome of ${count(unknown, "submit")} of this key is not known${yet}.`;
  const failure = new AdvisedFailure2("SUBMIT_OUTCOME_UNKNOWN", message, {
    data: { count: 0, unknown },
    retryAfter: after,
    nextSteps: [
      ...listSteps(submits, caller),
      unknown === 1 ? "Run the command of that submit again, if the user still wants it: it reconciles it, and may submit it once more. If it is not known, the user decides by what this shows:" : "Run the commands of those submits again: each reconciles its own. If they are not known, the user decides by what this shows:",
      caller.command("listPending")
    ]
  });
  return failed3(failure, null, null);
}
function listSteps({ after, listFailure }, { profile, same }) {
  if (profile.says.tasks) return [profile.says.tasks];
  const found = listFailure ? `The list of the service could not be read: ${listFailure.message}` : "The list of the service shows none of their keys.";
  if (after === void 0) return [`${found} Waiting changes nothing.`];
  return [`${found} It can tell more after ${after} seconds; then this command resumes what it shows:`, same];
}
function itemOutcome({ record, ended }, caller) {
  if (!(ended instanceof Failure)) return taskOutcome(ended, caller);
  const { status, taskId } = record;
  const failure = explained2(ended, caller);
  const { nextSteps = [resumeCommand2(caller, taskId)] } = failure.details;
  return failed3(failure.with({ nextSteps }), status, taskId);
}
function summary({ data, ...said }, { model, promptExcerpt: promptExcerpt2, created, owner }) {
  const kept = { ...said, model, promptExcerpt: promptExcerpt2, created, owner };
  for (const name of ["files", "resultUrls", "credits", "warnings", "issues", "nextSteps"]) {
    if (data?.[name] !== void 0) kept[name] = data[name];
  }
  return kept;
}
function nothingPendingOutcome(result, caller) {
  const { unknown } = result;
  if (unknown > 0) return unknownOutcome(result, caller);
  const none = "No recorded task of this key is unfinished or waits to be delivered.";
  return done4({ count: 0, unknown, nextSteps: sentences4(none, earlierStep(caller)) });
}

// scripts/src/cli/render/quote.ts
import { isTerminal as isTerminal2 } from "./main.mjs";
import { counted as counted3 } from "./main.mjs";
import { otherAccountText } from "./main.mjs";
import { definedFields as definedFields4, done as done5, failed as failed4, rowsThatFit as rowsThatFit2, upstream as upstream3 } from "./main.mjs";
import { cheaperSteps } from "./advice.mjs";
import { explained as explained3 } from "./advice.mjs";
import { sentences as sentences5 } from "./main.mjs";
function quoteOutcome({ model, quote, estimate, missing, cheaper, known, other }, { profile }) {
  const { credits, balance, affordable, record } = quote;
  const price = counted3(credits, "credit");
  const steps = known ? knownStep(known, credits) : cheaper ? [
    `${counted3(missing, "credit")} ${missing === 1 ? "is" : "are"} missing. ${profile.says.credits}`,
    ...cheaperSteps(cheaper)
  ] : affordable === false ? `The service says that the balance is too small. ${profile.says.credits}` : `Tell the user the price (${price}), then submit once with --maxCredits ${credits}. Media and content are checked only then.`;
  const data = {
    model,
    credits,
    currentBalance: balance,
    affordable,
    estimate: estimate ? { ...estimate, note: "The quote counts." } : void 0,
    charged: known && known.taskId !== null ? true : void 0,
    createdAt: known?.created,
    warnings: other ? [otherAccountText(other)] : void 0,
    nextSteps: sentences5(other && OTHER_KEY, steps)
  };
  return done5({ ...data, ...upstream3(record) });
}
var OTHER_KEY = "The same request was made with another key or at another address, as data.warnings says: tell the user before anything is spent. Here it would be a new charge; with that key and address, its command without --new charges nothing.";
function knownStep({ created, status, taskId, credits: known }, credits) {
  if (taskId === null)
    return `This request was begun on ${created}, and whether it was submitted is not known. Its command without --new reconciles it, and never submits while that may charge twice.`;
  const end = status === "COMPLETED" ? "returns its result" : `returns that it ended ${status}`;
  const cost = known.charged === null ? "" : ` for ${counted3(known.charged, "credit")}`;
  return `This request was made on ${created}${cost}. Its command without --new ${isTerminal2(status) ? end : "resumes its task"}; nothing is charged for that. To make another, after a yes to a new charge: submit with --new and --maxCredits ${credits}.`;
}
function batchQuoteOutcome(quote, caller) {
  const { lines, sum, open, balance, over } = quote;
  const rows = rowsThatFit2(
    lines.map(
      ({ number, name, model, credits, isCharged }) => definedFields4({ line: number, name, model, credits, charged: isCharged || void 0 })
    )
  );
  const data = definedFields4({
    count: lines.length,
    credits: sum,
    notCharged: open,
    currentBalance: balance,
    affordable: balance === null ? null : balance >= open,
    items: rows,
    itemsLeftOut: lines.length - rows.length || void 0
  });
  if (over) {
    const failure = explained3(over, caller);
    return failed4(failure.with({ data: { ...data, ...failure.details.data } }), null, null);
  }
  const isAllCharged = lines.every(({ isCharged }) => isCharged);
  const nextStep = isAllCharged ? "Every line was submitted by an earlier run: the batch without --new charges nothing." : `Tell the user the sum (${counted3(open, "credit")} for what is not charged yet) and wait for a yes, then run the batch with --maxTotalCredits ${open}. Media and content are checked only then.`;
  return done5({ ...data, nextSteps: [nextStep] });
}

// scripts/src/core/deliver/fetch-result.ts
import { Failure as Failure2, orFailure } from "./main.mjs";
import { urlOf } from "./main.mjs";

// scripts/src/core/poll/interval.ts
var AVERAGE_MS = 3020;
var DENSE_MS = 2150;
var SPARSE_MS = 2e4;
var LATE_SHARE = 1 / 200;
var LATEST_MS = 12e3;
var POLL_JITTER = 0.03;
var GROWTH = 1.8;
var LEAST_SHARED_MS = 1e3;
function isFast({ firstMs }) {
  return firstMs < LEAST_SHARED_MS;
}
function intervalBefore(progress, schedule, random) {
  const { firstMs } = schedule;
  const first = firstMs * GROWTH ** Math.min(progress.polls, 200);
  const plain3 = Math.max(firstMs, usual(progress, schedule));
  return Math.min(first, plain3) * (1 - POLL_JITTER + 2 * POLL_JITTER * random());
}
function usual({ polls, waitedMs, ageMs }, { firstMs, likely }) {
  const capMs = Math.max(firstMs, AVERAGE_MS);
  const age = ageMs ?? waitedMs;
  const late = Math.min(LATEST_MS, Math.max(capMs, (age - (likely?.latestMs ?? 0)) * LATE_SHARE));
  if (!likely || ageMs === void 0 || age > likely.latestMs) return late;
  if (age < likely.earliestMs) return Math.min(SPARSE_MS, Math.max(DENSE_MS, likely.earliestMs - age));
  return (polls + 1) * AVERAGE_MS <= waitedMs ? DENSE_MS : capMs;
}

// scripts/src/core/deliver/fetch-result.ts
var RESULT_READS = 5;
var RESULT_MS = 1e4;
async function fetchResult(session, taskId, end) {
  const { api } = session;
  const deadline = Math.max(end, api.clock.monotonic() + RESULT_MS);
  const retryUntil = Math.min(api.shortDeadline, deadline);
  const times = { deadline, retryUntil };
  const poller = await session.poller();
  for (let n = 0; ; n += 1) {
    const first = await poller.ended.read(taskId, times);
    const task = await withFiles(session, first, times);
    if (task.urls.length > 0) return { ...task, state: "COMPLETED" };
    if (hasOtherAddress(task.record)) {
      const message = "The task is COMPLETED, but what its record gives as the result is no https address.";
      throw new Failure2("DOWNLOAD_FAILED", message, { record: task.record, reason: { kind: "noAddress" } });
    }
    const pause = intervalBefore({ polls: n, waitedMs: 0 }, session.schedule, api.clock.random);
    if (n + 1 >= RESULT_READS || api.clock.monotonic() + pause > retryUntil) {
      throw new Failure2("UNKNOWN_ERROR", "The task is COMPLETED, but its record names no file.", {
        record: task.record
      });
    }
    await api.clock.sleep(pause, api.signal);
  }
}
async function readTask(session, taskId) {
  const { api, provider } = session;
  const task = await api.read(provider.task(taskId));
  return task.state === "COMPLETED" ? withFiles(session, task) : task;
}
async function withFiles({ api, provider }, task, times = {}) {
  if (task.urls.length > 0 || !provider.detail) return task;
  const detail = await orFailure(api.read(provider.detail(task.id), times));
  if (detail instanceof Failure2 || detail.urls.length === 0) return task;
  return { ...detail, state: "COMPLETED" };
}
function hasOtherAddress(value, depth = 0) {
  if (typeof value === "string") {
    const isAddress = /^(file:|data:|[a-z][a-z0-9+.-]*:\/\/)/i.test(value);
    return isAddress && !(/^https?:/i.test(value) && urlOf(value));
  }
  if (typeof value !== "object" || value === null || depth > 4) return false;
  return Object.entries(value).some(([name, inner]) => name !== "input" && hasOtherAddress(inner, depth + 1));
}

// scripts/src/core/deliver/finish.ts
import { Failure as Failure6, orFailure as orFailure4 } from "./main.mjs";
import { creditsOf, modelOf as modelOf2, taskResult as taskResult2 } from "./live.mjs";

// scripts/src/core/deliver/gone.ts
import { Failure as Failure3 } from "./main.mjs";
var LAG_MS = 3e4;
function asNotShown({ provider: { title } }, taskId, failure) {
  if (failure.code !== "TASK_NOT_FOUND") return failure;
  const message = `${title} does not show task ${taskId} now, which ended COMPLETED: its result was not fetched.`;
  return new Failure3("DOWNLOAD_FAILED", message, { reason: { kind: "taskNotShown" } });
}
function asGone(session, taskId, failure, record, task) {
  const { title, says, resultsKeptMs = Infinity } = session.provider;
  const kind = failure.details.reason?.kind;
  if (kind !== "taskNotShown" && kind !== "linkGone") return failure;
  const isUnknown = kind === "taskNotShown";
  const left = (isUnknown ? LAG_MS : resultsKeptMs) - ageOf(session, record, task);
  if (left === Infinity) return failure;
  if (left >= 0) {
    const lostAt = new Date(session.api.clock.wall() + left).toISOString();
    return failure.with({ reason: { kind, lostAt } });
  }
  const why = isUnknown ? `${title} does not know task ${taskId} any more` : `the links of ${title} are dead`;
  const message = `The result cannot be had any more: no whole copy of it is known on this machine, and ${why}. ${says.retention}`;
  const { data } = failure.details;
  return new Failure3("DOWNLOAD_FAILED", message, { data, reason: { kind: "resultGone" } });
}
function ageOf({ api }, record, task) {
  const now = api.clock.wall();
  const seen = record?.status === "COMPLETED" ? record.checked : null;
  const sinceSeen = seen === null ? 0 : Math.abs(now - Date.parse(seen));
  return Math.max(sinceSeen, task?.completedAt === void 0 ? 0 : now - task.completedAt);
}

// scripts/src/core/deliver/place.ts
const path = require("node:path");
import { Failure as Failure4, orFailure as orFailure2 } from "./main.mjs";
async function folderFor(folder, hasResult = false) {
  if (folder === null) return null;
  return (await import("./download.mjs")).prepareFolder(folder, hasResult);
}
function outputOf({ folder, output }, entry) {
  if (output !== void 0 && folder !== null) return output;
  return entry?.record.output ?? null;
}
async function checkNameIsFree(folder, output, earlier) {
  if (folder === null || !output) return;
  const { freeVersion, mediaIn, nameKey, stemOfOutput } = await import("./download.mjs");
  const media = mediaIn(folder);
  const stem = stemOfOutput(output);
  const file = media.get(nameKey(stem));
  if (file === void 0) return;
  const version = freeVersion(stem, (name) => media.has(nameKey(name)), 2);
  const free = path.join(folder, `${version}${output.slice(stem.length)}`);
  const owner = earlier ? ownerOf(file, await earlier()) : { is: "other" };
  const whose = owner.is === "other" ? " and is not the file of this request" : "";
  throw new Failure4("INVALID_PAYLOAD", `${file} exists already${whose}.`, {
    nothingSubmitted: true,
    reason: { kind: "outputTaken", file, free, owner }
  });
}
async function withOwner({ records }, entry, failure) {
  const { reason } = failure.details;
  if (!entry || reason?.kind !== "fileInTheWay") return failure;
  const all = await orFailure2((async () => (await records())?.allOf(entry.record.request))());
  const owner = ownerOf(reason.file, all instanceof Failure4 ? [] : all ?? [], entry.record.taskId);
  return failure.with({ reason: { ...reason, owner } });
}
function ownerOf(file, records, wantedBy = null) {
  const isItsFile = (entry) => entry?.record.files.some(({ path: own }) => path.resolve(own) === path.resolve(file));
  const taskId = records.find(isItsFile)?.record.taskId;
  if (!taskId) return { is: "unknown" };
  return taskId === wantedBy ? { is: "thisTask" } : { is: "otherTask", taskId };
}

// scripts/src/core/deliver/save-files.ts
import { Failure as Failure5, orFailure as orFailure3 } from "./main.mjs";
async function saveFiles(session, task, folder, { onFresh, onFile, onSaved, ...settings }) {
  const { api } = session;
  const { entry, filesUntil, output, isVersioned } = settings;
  const { saveOnce } = await import("./download.mjs");
  const files = [];
  const failures = [];
  const until = Math.max(filesUntil, api.clock.monotonic() + RESULT_MS);
  let { urls } = task;
  for (const index of task.urls.keys()) {
    const refresh = async () => {
      const fresh = await orFailure3(readTask(session, task.id));
      if (fresh instanceof Failure5) throw asNotShown(session, task.id, fresh);
      if (fresh.urls.length !== urls.length) return null;
      urls = fresh.urls;
      onFresh?.({ ...fresh, state: "COMPLETED" });
      return urls[index];
    };
    const url = urls[index];
    const number = task.urls.length > 1 ? { number: index + 1 } : {};
    const name = { taskId: task.id, folder, output, isVersioned, ...number };
    const options = { ...name, url, stallMs: api.timeoutMs, maxRetries: api.maxRetries, until, refresh };
    onFile?.(index);
    const save = async () => {
      const file = await saveOnce(session, entry, { ...options, waitEnds: filesUntil });
      files.push(file);
      await onSaved?.(file, index);
    };
    const failure = await orFailure3(save());
    if (failure) failures.push(failure);
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

// scripts/src/core/deliver/saved-result.ts
const path2 = require("node:path");
import { modelOf, taskResult } from "./live.mjs";
async function savedResult({ session, taskId, wait, known }, entry, isAllThatIsLeft = false) {
  const count2 = await countOf(entry.record, isAllThatIsLeft);
  if (count2 === null) return void 0;
  const find = () => wholeFiles(session, entry, wait, count2);
  const files = await (session.results ? session.results.run(find) : find());
  if (!files) return void 0;
  const { fileWarnings } = await import("./download.mjs");
  const warnings = await fileWarnings(session, modelOf(known), files, wait.output);
  return { ...taskResult(taskId, { state: "COMPLETED", record: {} }, known), files, warnings };
}
async function wholeFiles(session, entry, wait, count2) {
  const whole = await findWhole(entry.record, wait, count2);
  return whole && placeAll(session, entry, wait, whole);
}
async function findWhole({ files, taskId }, { folder, output }, count2) {
  const isOnly = count2 === 1;
  const numbers = new Set(files.map((file) => isOnly ? 1 : numberOf(file)));
  if (numbers.size === 0 || numbers.size !== count2) return void 0;
  const { fileIsWhole } = await import("./download.mjs");
  const { stemOf } = await import("./download.mjs");
  const { withoutExtension } = await import("./download.mjs");
  const whole = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const which = count2 > 1 ? { number } : {};
    const stem = folder === null ? null : stemOf({ folder, taskId, output, ...which });
    const isWanted = (file) => withoutExtension(file.path) === stem;
    const candidates = files.filter((file) => isOnly || numberOf(file) === number);
    candidates.sort((a, b) => Number(isWanted(b)) - Number(isWanted(a)));
    let found;
    for (const file of candidates) found ??= await fileIsWhole(file.path, file) ? file : void 0;
    if (!found) return void 0;
    const target = stem === null ? found.path : `${stem}${path2.extname(found.path)}`;
    whole.push({ file: found, number, target });
  }
  return whole;
}
async function placeAll(session, entry, { isVersioned = false, filesUntil }, whole) {
  const { files } = entry.record;
  const { copyTo } = await import("./download.mjs");
  const { nameFound } = await import("./download.mjs");
  const { withoutExtension } = await import("./download.mjs");
  const placed = [];
  const copies = [];
  const change = {};
  for (const { file, number, target } of whole) {
    const { number: _, ...known } = file;
    const isOwn = files.some((other) => other.path === target);
    const saved = file.path === target ? known : await copyTo(session, known, target, filesUntil, isVersioned && !isOwn);
    placed.push(saved);
    if (isOwn) continue;
    copies.push({ ...saved, number });
    if (number === 1) Object.assign(change, nameFound(saved.path, withoutExtension(target)));
  }
  if (copies.length > 0) await entry.update((now) => ({ ...change, files: [...now.files, ...copies] }));
  return placed;
}
async function countOf({ fileCount, files, taskId }, isAllThatIsLeft) {
  if (fileCount !== null) return fileCount;
  const old = files.filter(({ number }) => number === void 0);
  const { fileStem } = await import("./download.mjs");
  const stem = fileStem(taskId);
  if (old.some((file) => path2.parse(file.path).name === stem)) return 1;
  return isAllThatIsLeft && old.length > 0 ? new Set(files.map(numberOf)).size : null;
}
function numberOf({ number, path: file }) {
  return number ?? Number(/-(\d+)\.\w+$/.exec(file)?.[1] ?? 1);
}

// scripts/src/core/deliver/finish.ts
async function finish(of) {
  const { session, taskId, wait, known } = of;
  const { entry, credits, task: shown } = known;
  let task;
  try {
    const before = entry && await savedResult(of, entry);
    if (before) return before;
    const folder = await folderFor(wait.folder, true);
    task = shown && shown.urls.length > 0 ? { ...shown, state: "COMPLETED" } : await fetchResult(session, taskId, wait.resultUntil);
    let saved = { warnings: [] };
    if (folder !== null) {
      const found = task;
      const onFresh = (fresh) => {
        task = fresh;
      };
      const save = () => saveFiles(session, found, folder, { ...wait, entry, onFresh });
      const files = await (session.results ? session.results.run(save) : save());
      const { fileWarnings } = await import("./download.mjs");
      saved = { files, warnings: await fileWarnings(session, modelOf2(known), files, wait.output) };
    }
    const fileCount = task.urls.length;
    await entry?.update(credits ? { fileCount, credits: creditsOf(task, credits) } : { fileCount });
    return { ...taskResult2(taskId, task, known), ...saved };
  } catch (error) {
    if (!(error instanceof Failure6)) throw error;
    return withoutFiles(of, error, task);
  }
}
async function withoutFiles(of, error, task) {
  const { session, taskId, known } = of;
  const { entry } = known;
  const failure = asNotShown(session, taskId, error);
  const isNotShown = failure.details.reason?.kind === "taskNotShown";
  const left = entry && isNotShown ? await orFailure4(savedResult(of, entry, true)) : void 0;
  if (left && !(left instanceof Failure6)) return left;
  const why = left ?? asGone(session, taskId, failure, entry?.record, task);
  const told = await withOwner(session, entry, why);
  const about = told.with({ status: "COMPLETED", taskId, charged: "finished" });
  const seen = { ...task, state: "COMPLETED", record: {} };
  return { ...taskResult2(taskId, seen, known), kind: "notFetched", failure: about };
}

// scripts/src/core/poll/ended-tasks.ts
import { Failure as Failure7 } from "./main.mjs";
var EndedTasks = class {
  #options;
  #wanted = /* @__PURE__ */ new Set();
  #isRunning = false;
  constructor(options) {
    this.#options = options;
  }
  /**
   * Returns a task with its details: with its result from the list, or by a query of its own.
   * @param listed an end without a result, where the list showed that
   * @throws Failure of its own query
   */
  read(taskId, { deadline, retryUntil }, listed) {
    const { api, provider } = this.#options.service;
    const query = () => api.read(provider.task(taskId), { retryUntil, deadline, isPermitted: true });
    return new Promise((resolve) => {
      this.#wanted.add({ taskId, deadline, listed, resolve, query });
      if (!this.#isRunning) void this.#run();
    });
  }
  async #run() {
    this.#isRunning = true;
    try {
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#wanted.size > 0) await this.#step();
    } catch (error) {
      for (const { resolve } of this.#wanted) resolve(Promise.reject(error));
      this.#wanted.clear();
    } finally {
      this.#isRunning = false;
    }
  }
  async #step() {
    const { limiter, isUnspaced, service } = this.#options;
    const { clock, signal } = service.api;
    const wait = await limiter.acquire(isUnspaced || this.#wanted.size === 1 ? "result" : "poll");
    const wanted = [...this.#wanted];
    if (wait > 0) {
      const soonest = Math.min(...wanted.map(({ deadline }) => deadline));
      await clock.sleep(Math.max(0, Math.min(wait, soonest - clock.monotonic())), signal);
      for (const one of wanted)
        if (one.deadline <= clock.monotonic()) this.#answer(one, one.listed ?? one.query());
      return;
    }
    const listable = wanted.filter(({ listed }) => listed === void 0);
    const isRead = listable.length > 1 && await this.#readFromList(listable);
    const [first] = this.#wanted;
    if (!isRead && first) this.#answer(first, first.query());
  }
  /** @returns false where the list cannot be read now */
  async #readFromList(wanted) {
    const results = await this.#options.readList(wanted.map(({ taskId }) => taskId));
    for (const one of results ? wanted : []) {
      const result = results.get(one.taskId);
      const { task, listed = null } = result instanceof Failure7 || !result ? {} : result;
      if (task && task.urls.length > 0) this.#answer(one, task);
      else one.listed = listed;
    }
    return results !== null;
  }
  #answer(wanted, task) {
    this.#wanted.delete(wanted);
    wanted.resolve(task);
  }
};

// scripts/src/core/poll/not-found-grace.ts
var GRACE_MS = 3e4;
function graceAfter(existedAt) {
  return existedAt + GRACE_MS;
}
function graceOf({ api }, { record }) {
  const { unsettledSince, submitTimeout } = record;
  const age = Math.abs(api.clock.wall() - Date.parse(unsettledSince)) - (submitTimeout ?? 0);
  return graceAfter(api.clock.monotonic() - age);
}
function isMissingForNow({ code }, graceUntil, now) {
  return code === "TASK_NOT_FOUND" && now < graceUntil;
}

// scripts/src/core/poll/pause-after-failure.ts
import { heeded, pauseAfter, RETRY_PAUSES } from "./live.mjs";
function pauseAfterFailure(failure, failures, random) {
  return failure ? pauseAfter(heeded(failure), failures, RETRY_PAUSES, random) : 0;
}

// scripts/src/core/poll/poll-rounds.ts
import { Failure as Failure8, orFailure as orFailure5 } from "./main.mjs";
import { isBareEnd, isTerminal as isTerminal3 } from "./main.mjs";
import { NO_LIST } from "./rate-limit.mjs";
var LIST_BYTES = 8 * 1024 * 1024;
var LIST_MS = 1e4;
var LIST_PATIENCE_MS = 2e3;
var BAD_MS = 5e3;
var LONGEST_BAD_MS = 12e4;
var MOST_GUARD_MS = 3e3;
var MISSING_MS = 3e4;
var CHECK_AFTER = 5;
var KEPT_MS = 6e4;
var PollRounds = class {
  #service;
  #cache;
  #list = NO_LIST;
  #seen = /* @__PURE__ */ new Map();
  /** Tasks that other processes wait for, with the time of the next query of each. */
  #others = /* @__PURE__ */ new Map();
  #wasList = false;
  #isReadingList = false;
  constructor(service, cache) {
    this.#service = service;
    this.#cache = cache;
  }
  /**
   * Sends one query, for which there is a permit.
   * @param due tasks of this process that are due, at least one; the first of them has been waited for longest
   * @param watched all tasks that this process waits for
   */
  async send(due, watched) {
    const now = this.#now();
    await this.#learn();
    const ids = /* @__PURE__ */ new Set([...watched, ...this.#others.keys()]);
    const overdue = [...this.#others].filter(([, dueAtWall]) => dueAtWall <= now).map(([taskId, dueAtWall]) => ({ taskId, dueAtWall, deadlineMonotonic: Infinity, isEndSeen: false }));
    const mayList = this.#mayList(ids);
    this.#wasList = mayList && this.#listServes([...due, ...overdue]);
    if (this.#wasList) {
      const patienceMs = this.#list.failures > 0 ? 0 : LIST_PATIENCE_MS;
      const taskIds = due.map(({ taskId }) => taskId);
      return { results: this.#readList(taskIds, ids), patienceMs };
    }
    const target = this.#target(due, overdue, mayList);
    return { results: this.#readOne(target, due, ids.size === 1), patienceMs: Infinity };
  }
  /** Reads the list for the details of several tasks that have ended; null where it cannot be read now: nothing was sent. */
  async readEnded(taskIds, watched) {
    await this.#learn();
    if (this.#list.failures > 0 || !this.#mayList(new Set(taskIds))) return null;
    return this.#readList(taskIds, /* @__PURE__ */ new Set([...taskIds, ...watched, ...this.#others.keys()]));
  }
  #now() {
    return this.#service.api.clock.wall();
  }
  async #learn() {
    this.#others = await this.#cache?.others() ?? this.#others;
    const shared = await this.#cache?.read();
    if (shared && shared.list.startedAt >= this.#list.startedAt) this.#list = shared.list;
    for (const [id, seen] of shared?.tasks ?? []) this.#note(id, seen);
    const oldest = this.#now() - KEPT_MS;
    for (const [id, { at, missingAt = 0, failedAt = 0 }] of this.#seen) {
      if (Math.max(at, missingAt, failedAt) < oldest) this.#seen.delete(id);
    }
  }
  /** An end is final. */
  #note(id, seen) {
    const before = this.#seen.get(id);
    const isNewer = !before || seen.at >= before.at && !(before.state && isTerminal3(before.state));
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
  /** Whether the list can be read now, and serves several tasks. */
  #mayList(ids) {
    const now = this.#now();
    const { startedAt, tookMs, badUntil, failures } = this.#list;
    if (!this.#service.provider.can.list || this.#isReadingList || now < badUntil) return false;
    const guardMs = failures > 0 ? LIST_MS : Math.min(2 * tookMs, MOST_GUARD_MS);
    if (now - startedAt < guardMs) return false;
    return [...ids].filter((id) => !this.#isMissing(id)).length >= 2;
  }
  /** The tasks that the list does not serve get every second query. */
  #listServes(wanted) {
    const unserved = wanted.filter(({ taskId, isEndSeen }) => isEndSeen || this.#isMissing(taskId));
    if (unserved.length === wanted.length || this.#wasList && unserved.length > 0) return false;
    return this.#list.unchecked < CHECK_AFTER;
  }
  /** Reads the list for all tasks. Where it cannot be used, single queries are sent for a while. */
  async #readList(due, ids) {
    const { api, provider } = this.#service;
    const startedAt = this.#now();
    const start = api.clock.monotonic();
    const { tookMs, unchecked } = this.#list;
    const begun = { startedAt, tookMs: tookMs || MOST_GUARD_MS / 2, unchecked: unchecked + 1 };
    this.#list = { ...this.#list, ...begun };
    await this.#share();
    const call = provider.list();
    const limits = { ...call.limits, bytes: Math.min(call.limits.bytes, LIST_BYTES) };
    this.#isReadingList = true;
    const list = await orFailure5(
      api.once({ ...call, limits }, { deadline: start + LIST_MS, isPermitted: true })
    ).finally(() => {
      this.#isReadingList = false;
    });
    if (!(list instanceof Failure8)) {
      this.#list = { ...this.#list, tookMs: api.clock.monotonic() - start, failures: 0 };
      const found = await this.#takeList(list, startedAt, ids);
      await this.#share();
      return found;
    }
    const failures = this.#list.failures + 1;
    const badMs = Math.min(LONGEST_BAD_MS, BAD_MS * 2 ** (failures - 1));
    this.#list = { ...this.#list, tookMs: 0, failures, badUntil: this.#now() + badMs };
    await this.#share();
    const isGeneral = list.code === "RATE_LIMITED" || list.code === "AUTH_FAILED";
    return new Map(isGeneral ? due.map((taskId) => [taskId, list]) : []);
  }
  async #takeList(list, at, ids) {
    const found = /* @__PURE__ */ new Map();
    const tasks = new Map(list.tasks.map((task) => [task.id, task]));
    for (const [id, { state, at: seenAt }] of this.#seen) {
      const shown = tasks.get(id);
      if (state && isTerminal3(state) && shown && !isTerminal3(shown.state) && seenAt < at) {
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
      const listed = isBareEnd(task.state) ? task : void 0;
      if (!listed) await this.#shareEnd(task);
      found.set(id, listed ? { ...task, listed } : polledOf(task));
    }
    return found;
  }
  /** Returns the task whose own query is sent: one that has ended, else the longest wait of any process that the list does not serve. */
  #target(due, overdue, mayList) {
    const ended = due.find(({ isEndSeen }) => isEndSeen);
    if (ended) return ended;
    const failedAt = (id) => this.#seen.get(id)?.failedAt ?? 0;
    const foreign = overdue.filter(({ taskId }) => failedAt(taskId) < this.#now() - KEPT_MS);
    const all = [...due, ...foreign].filter(({ taskId }) => !mayList || this.#isMissing(taskId));
    const since = ({ taskId, dueAtWall }) => Math.max(dueAtWall, this.#seen.get(taskId)?.at ?? 0);
    const longest = all.reduce((a, b) => a && since(a) <= since(b) ? a : b, void 0);
    if (longest) return longest;
    this.#list = { ...this.#list, unchecked: 0 };
    const served = [...due, ...foreign];
    return served[Math.floor(this.#service.api.clock.random() * served.length)];
  }
  async #readOne({ taskId, isEndSeen, ...target }, due, isOne) {
    const { api, provider } = this.#service;
    const at = this.#now();
    const isOwn = due.some((one) => one.taskId === taskId);
    const deadline = Math.min(target.deadlineMonotonic, api.clock.monotonic() + LIST_MS);
    const query = isOne && !isEndSeen ? this.#queryStatus(taskId, deadline) : api.once(provider.task(taskId), { deadline, isPermitted: true });
    const status = await orFailure5(query);
    if (status instanceof Failure8) {
      if (!isOwn) {
        this.#note(taskId, { at: 0, state: null, failedAt: at });
        await this.#share();
      }
      return new Map(isOwn || status.code === "RATE_LIMITED" ? [[taskId, status]] : []);
    }
    const task = "urls" in status && "id" in status ? status : void 0;
    if (status.state !== "UNKNOWN") this.#note(taskId, { at, state: status.state });
    if (task) await this.#shareEnd(task);
    await this.#share();
    return new Map(isOwn ? [[taskId, task ? polledOf(task) : status]] : []);
  }
  /** The status decides but for an answer that may be either a failed task or an error. */
  async #queryStatus(taskId, deadline) {
    const { api, provider } = this.#service;
    const status = await api.once(provider.status(taskId), { deadline, isPermitted: true });
    return status.possibleError ? api.once(provider.task(taskId), { deadline }) : status;
  }
  /** Writes the details of a task that has ended where a process reads it that waits for the task. */
  async #shareEnd(task) {
    if (isTerminal3(task.state) && this.#others.has(task.id)) await this.#cache?.writeEnded(task);
  }
  /** Writes what is known where the other processes read it, if there are any. */
  async #share() {
    if (this.#others.size > 0) await this.#cache?.write({ list: this.#list, tasks: this.#seen });
  }
};
function polledOf(task) {
  if (isTerminal3(task.state)) return { ...task, task };
  const { input, record, ...known } = task;
  const { input: _, ...rest } = record;
  return { ...known, record: rest };
}

// scripts/src/core/poll/poll-until-end.ts
import { heeded as heeded2 } from "./live.mjs";
import { Failure as Failure9 } from "./main.mjs";
import { isTerminal as isTerminal4 } from "./main.mjs";
async function pollUntilEnd(poll, options) {
  const { clock, schedule, deadline, submittedAt, stop } = options;
  const start = clock.monotonic();
  let last;
  let { graceUntil = 0 } = options;
  let { failure } = options;
  let failures = failure ? 1 : 0;
  for (let polls = 0; ; polls += 1) {
    const now = clock.monotonic();
    const ageMs = submittedAt === void 0 ? void 0 : now - submittedAt;
    const progress = { polls, waitedMs: now - start, ageMs };
    const least = pauseAfterFailure(failure, failures, clock.random);
    const left = deadline - now;
    if (left <= 0 || stop?.aborted) return { last, failure };
    if (failure && (heeded2(failure).details.retryAfter ?? 0) * 1e3 > left) return { last, failure };
    const pause = Math.min(Math.max(intervalBefore(progress, schedule, clock.random), least), left);
    if (last) options.onPoll?.(last, pause);
    try {
      const seen = await poll({ dueAt: now + pause, earliest: now + Math.min(least, left) });
      if (!seen) continue;
      last = merge(last, seen);
      failure = void 0;
      failures = 0;
      graceUntil = Math.max(graceUntil, graceAfter(clock.monotonic()));
      if (isTerminal4(seen.state)) return { last, failure };
    } catch (error) {
      if (!(error instanceof Failure9)) throw error;
      if (endsWait(error) && !isMissingForNow(error, graceUntil, clock.monotonic())) throw error;
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

// scripts/src/core/poll/poller.ts
import { MemoryRateLimiter } from "./rate-limit.mjs";
import { pauseOfAll } from "./live.mjs";
import { Failure as Failure10 } from "./main.mjs";
import { isTerminal as isTerminal5 } from "./main.mjs";
var AWAKE = new Error("a wait began or ended");
var TICK_MS = 230;
var FRESH_MS = 2e3;
var ANNOUNCED_MS = 3e4;
var ANNOUNCE_MS = 1e3;
var CROWD = 5;
var CROWD_SHARE = 0.55;
var CROWD_MOST_MS = 2e3;
var SEVERAL = 3;
var Poller = class {
  #service;
  #limiter;
  #cache;
  #rounds;
  #isUnspaced;
  /** How often each task is waited for; the oldest wait first. */
  #watched = /* @__PURE__ */ new Map();
  #asks = /* @__PURE__ */ new Set();
  ended;
  /** When each task was last seen, by the wall clock. */
  #seenAt = /* @__PURE__ */ new Map();
  #isRunning = false;
  #announceAt = 0;
  /** One query serves many tasks, so it is sent more often. */
  #isCrowd = false;
  #sleep = new AbortController();
  /** @param sharing null: this process polls alone, without spacing */
  constructor(service, sharing, isUnspaced) {
    const { api, provider } = service;
    this.#service = service;
    this.#limiter = sharing?.limiter ?? new MemoryRateLimiter(provider.rateLimit, api.clock);
    this.#cache = sharing?.statuses ?? null;
    this.#rounds = new PollRounds(service, this.#cache);
    this.#isUnspaced = isUnspaced;
    const readList = (taskIds) => this.#readList(taskIds);
    this.ended = new EndedTasks({ service, limiter: this.#limiter, isUnspaced, readList });
  }
  /** Begins a wait for a task. @returns the function that ends it */
  watch(taskId) {
    const soon = this.#watched.size === 0 ? 0 : this.#service.api.clock.monotonic() + TICK_MS;
    if (!this.#watched.has(taskId)) this.#announceAt = Math.min(this.#announceAt, soon);
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
   * @throws Failure of its own query
   */
  async next(taskId, times, stop) {
    if (stop?.aborted) return { kind: "timeOver" };
    const now = this.#service.api.clock.monotonic();
    const pause = Math.max(0, times.dueAt - now);
    const spread = this.#isCrowd ? Math.min(pause * CROWD_SHARE, CROWD_MOST_MS) : pause;
    const dueAt = Math.max(now + spread, times.earliest);
    let onStop = () => {
    };
    try {
      return await new Promise((resolve, reject) => {
        const ask = { taskId, ...times, dueAt, endSeenAtWall: 0, resolve, reject };
        onStop = () => {
          this.#end(ask, { kind: "timeOver" });
          this.#sleep.abort(AWAKE);
        };
        stop?.addEventListener("abort", onStop, { once: true });
        this.#asks.add(ask);
        this.#sleep.abort(AWAKE);
        if (!this.#isRunning) void this.#run();
      });
    } finally {
      stop?.removeEventListener("abort", onStop);
    }
  }
  async nextPermitIn() {
    return this.#limiter.nextIn(this.#kind);
  }
  get #kind() {
    return this.#isUnspaced && this.#watched.size < SEVERAL ? "result" : "poll";
  }
  async #run() {
    const { signal } = this.#service.api;
    const stop = () => this.#sleep.abort(AWAKE);
    signal?.addEventListener("abort", stop);
    this.#isRunning = true;
    try {
      while (this.#asks.size > 0) await this.#step();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isRunning = false;
      signal?.removeEventListener("abort", stop);
    }
  }
  async #step() {
    const { clock, signal } = this.#service.api;
    if (signal?.aborted) throw signal.reason;
    await this.#announce();
    await this.#takeNews();
    const due = this.#due();
    const kind = due.some(({ isEndSeen }) => isEndSeen) ? "result" : this.#kind;
    const wait = due.length > 0 ? await this.#limiter.acquire(kind) : 0;
    if (due.length > 0 && wait <= 0) await this.#query(due);
    const now = clock.monotonic();
    for (const ask of this.#asks) {
      const isSeenLately = clock.wall() - (this.#seenAt.get(ask.taskId) ?? 0) < FRESH_MS;
      if (ask.deadline <= now) this.#end(ask, { kind: isSeenLately ? "timeOver" : "noPermit" });
    }
    await new Promise((resolve) => setImmediate(resolve));
    let next = Infinity;
    for (const { dueAt, deadline } of this.#asks) next = Math.min(next, Math.max(dueAt, now), deadline);
    const isOverdue = next <= now;
    if (this.#asks.size === 0 || isOverdue && wait <= 0) return;
    const pause = Math.min(isOverdue ? Math.max(wait, 1) : next - now, this.#cache ? TICK_MS : Infinity);
    this.#sleep = new AbortController();
    await clock.sleep(pause, this.#sleep.signal).catch(() => {
    });
  }
  /** Sends a query and waits for its answer; for the list only so long that it delays no query of a single task. */
  async #query(due) {
    const { clock } = this.#service.api;
    const at = clock.wall();
    const { results, patienceMs } = await this.#rounds.send(due, this.#watched.keys());
    const answered = new AbortController();
    const taken = results.then((all) => this.#take(all, at)).finally(() => answered.abort(AWAKE));
    if (patienceMs === Infinity) return taken;
    await Promise.race([taken, clock.sleep(patienceMs, answered.signal).catch(() => {
    })]);
    taken.catch((error) => this.#fail(error));
  }
  #fail(error) {
    for (const ask of this.#asks) ask.reject(error);
    this.#asks.clear();
  }
  /** The tasks whose query is due, the longest wait first. */
  #due() {
    const { clock } = this.#service.api;
    const now = clock.monotonic();
    const toWall = clock.wall() - now;
    const asks = [...this.#asks].filter(({ dueAt, endSeenAtWall }) => dueAt <= now || endSeenAtWall > 0);
    if (asks.length === 0) return [];
    const order = new Map([...this.#watched.keys()].map((id, n) => [id, n]));
    asks.sort((a, b) => (order.get(a.taskId) ?? 0) - (order.get(b.taskId) ?? 0));
    return asks.map(({ taskId, dueAt, deadline, endSeenAtWall }) => {
      return { taskId, deadlineMonotonic: deadline, dueAtWall: dueAt + toWall, isEndSeen: endSeenAtWall > 0 };
    });
  }
  async #readList(taskIds) {
    const at = this.#service.api.clock.wall();
    const results = await this.#rounds.readEnded(taskIds, this.#watched.keys());
    if (results) await this.#take(results, at);
    return results;
  }
  /** Hands what a query showed to those who asked. @param at when it was sent, by the wall clock */
  async #take(results, at) {
    const pauses = [...results.values()].flatMap(
      (result) => result instanceof Failure10 && result.code === "RATE_LIMITED" ? [pauseOfAll(result)] : []
    );
    if (pauses.length > 0) await this.#limiter.pauseFor(Math.max(...pauses));
    for (const ask of this.#asks) {
      const result = results.get(ask.taskId);
      if (result === void 0) continue;
      if (!(result instanceof Failure10)) this.#seenAt.set(ask.taskId, at);
      this.#answer(ask, result);
    }
  }
  #answer(ask, result) {
    this.#asks.delete(ask);
    if (result instanceof Failure10) ask.reject(result);
    else ask.resolve({ kind: "status", status: result });
  }
  #end(ask, next) {
    this.#asks.delete(ask);
    ask.resolve(next);
  }
  async #announce() {
    const { clock } = this.#service.api;
    if (!this.#cache || clock.monotonic() < this.#announceAt) return;
    this.#announceAt = clock.monotonic() + ANNOUNCE_MS;
    const toWall = clock.wall() - clock.monotonic();
    const later = Math.round(clock.wall()) + ANNOUNCED_MS;
    const tasks = new Map([...this.#watched.keys()].map((id) => [id, later]));
    for (const ask of this.#asks) tasks.set(ask.taskId, Math.round(ask.dueAt + toWall));
    await this.#cache.announce(tasks);
  }
  /** Answers with what other processes saw. An end counts only with the task's details: without them, they are read at once. */
  async #takeNews() {
    if (!this.#cache) return;
    const { tasks } = await this.#cache.read();
    this.#isCrowd = Math.max(tasks.size, this.#watched.size) >= CROWD;
    const now = this.#service.api.clock.wall();
    for (const ask of this.#asks) {
      const seen = tasks.get(ask.taskId);
      const since = this.#seenAt.get(ask.taskId) ?? now - FRESH_MS;
      if (!seen?.state || seen.at <= Math.max(since, ask.endSeenAtWall) || seen.at > now + FRESH_MS) continue;
      if (!isTerminal5(seen.state)) {
        this.#seenAt.set(ask.taskId, seen.at);
        this.#answer(ask, { state: seen.state, record: {} });
        continue;
      }
      const task = await this.#cache.ended(ask.taskId);
      if (task && task.state === seen.state) this.#answer(ask, { ...task, task });
      else ask.endSeenAtWall = seen.at;
    }
  }
};
async function openPoller(service, schedule, sharing) {
  const isAlone = isFast(schedule);
  return new Poller(service, isAlone ? null : await sharing(), isAlone);
}

// scripts/src/core/tasks/cancel-task.ts
import { Failure as Failure11, orFailure as orFailure6 } from "./main.mjs";
import { withDelivery } from "./live.mjs";
import { fetchStatus, withTask } from "./live.mjs";
import { noteState, requestOfTask } from "./live.mjs";
import { creditsOf as creditsOf2 } from "./live.mjs";
async function cancelTask(session, taskId) {
  const sent = await orFailure6(cancelWithRetries(session, taskId));
  const [answer, refusal] = sent instanceof Failure11 ? [void 0, sent] : [sent, void 0];
  if (refusal && ["AUTH_FAILED", "RATE_LIMITED"].includes(refusal.code)) throw refusal;
  if (answer?.state === "CANCEL") return cancelled(session, taskId, answer);
  const status = await orFailure6(fetchStatus(session, taskId));
  const isUnread = status instanceof Failure11;
  if (isUnread && ["AUTH_FAILED", "TASK_NOT_FOUND"].includes(status.code)) throw status;
  if (isUnread && refusal && refusal.code !== "UNKNOWN_ERROR") throw refusal;
  const seen = isUnread ? answer : status;
  const entry = await requestOfTask(session, taskId);
  if (entry && seen) await noteState(session, entry, seen);
  if (seen?.state === "CANCEL") return cancelled(session, taskId, seen);
  return notCancelled(taskId, seen, refusal, entry?.record.download ?? null);
}
function notCancelled(taskId, found, refusal, download) {
  const seen = found ?? { state: "UNKNOWN", record: {} };
  const so = found ? `it is ${found.unknownState ?? found.state}` : "its state could not be read";
  const said = refusal ? ` ${refusal.message}` : "";
  const { state, record } = seen;
  const code = refusal?.code === "NETWORK_ERROR" ? "NETWORK_ERROR" : "CANCEL_REJECTED";
  const reason = { kind: "notCancelled", taskId, state, download };
  const details = { status: state, taskId, record, reason };
  const failure = new Failure11(code, `The task was not cancelled: ${so}.${said}`, details);
  return { kind: "notCancelled", taskId, seen, warnings: [], failure };
}
async function cancelled(session, taskId, seen) {
  const entry = await requestOfTask(session, taskId);
  const { api, provider } = session;
  const read = () => api.read(provider.task(taskId));
  const credits = creditsOf2(await withTask(seen, read), entry?.record.credits);
  return withDelivery(session, entry, { kind: "cancelledNow", taskId, seen, credits, warnings: [] });
}
async function cancelWithRetries(session, taskId) {
  const { api, provider } = session;
  const retryUntil = session.api.shortDeadline;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.once(provider.cancel(taskId), { fresh: true });
    } catch (error) {
      if (error instanceof Failure11 && error.details.unclear) throw error;
      await api.pauseOrThrow(error, attempt, retryUntil);
    }
  }
}

// scripts/src/core/tasks/get-task.ts
import { Failure as Failure14, orFailure as orFailure9 } from "./main.mjs";
import { isTerminal as isTerminal8 } from "./main.mjs";
import { withDelivery as withDelivery3 } from "./live.mjs";
import { noteState as noteState4, requestOfTask as requestOfTask3 } from "./live.mjs";
import { taskResult as taskResult4 } from "./live.mjs";

// scripts/src/core/wait/wait-task.ts
import { isTerminal as isTerminal7 } from "./main.mjs";
import { withDelivery as withDelivery2 } from "./live.mjs";
import { withTask as withTask2 } from "./live.mjs";
import { noteState as noteState3, requestOfTask as requestOfTask2 } from "./live.mjs";
import { creditsOf as creditsOf3, taskResult as taskResult3 } from "./live.mjs";

// scripts/src/core/wait-settings.ts
function beginWait({ api }, { waitMs, filesMs = 0, ...settings }) {
  const start = api.clock.monotonic();
  const { output = null } = settings;
  const deadline = start + Math.max(0, waitMs);
  const filesUntil = Math.max(deadline, start + filesMs);
  const resultUntil = deadline > start ? deadline : Infinity;
  return { ...settings, output, start, deadline, filesUntil, resultUntil };
}

// scripts/src/core/wait/poll-task.ts
import { Failure as Failure13, orFailure as orFailure8 } from "./main.mjs";
import { isTerminal as isTerminal6 } from "./main.mjs";
import { queryStatus } from "./live.mjs";
import { noteState as noteState2 } from "./live.mjs";
import { modelOf as modelOf3 } from "./live.mjs";

// scripts/src/core/wait/durations.ts
import { ANY_VIDEO } from "./main.mjs";
import { Failure as Failure12, orFailure as orFailure7 } from "./main.mjs";
var LEAST_RUNS = 5;
var SHARE = 0.1;
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
    asOf: recorded.reduce((latest, { date }) => date > latest ? date : latest, "")
  };
}
function rangeOf(seconds) {
  const sorted = [...seconds].sort((a, b) => a - b);
  const last = sorted.length - 1;
  const at = (share) => sorted[Math.round(share * last)] * 1e3;
  return { fromMs: at(SHARE), toMs: at(1 - SHARE), runs: seconds.length, source: "machine" };
}
var EARLIER = 0.9;
var LATER = 1.25;
var MANY = 20;
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
  const { loadContract } = await import("./contracts.mjs");
  const [own, contract] = await Promise.all([
    orFailure7(durationsIn(session, model)),
    orFailure7(loadContract(session.provider.id, model))
  ]);
  const { durations: recorded = [], output } = contract instanceof Failure12 ? {} : contract;
  return { own: own instanceof Failure12 ? [] : own, recorded, output };
}
var KEPT_MS2 = 6e4;
async function durationsIn({ records, durations, api }, model) {
  const store = await records();
  if (!store) return [];
  const now = api.clock.monotonic();
  const before = durations.get(model);
  if (before && now - before.at < KEPT_MS2) return before.seconds;
  const seconds = store.durationsOf(model);
  durations.set(model, { at: now, seconds });
  return seconds;
}

// scripts/src/core/wait/poll-task.ts
async function firstStatus(of) {
  const { session, taskId, wait, known } = of;
  const recorded = known.entry?.record.status;
  if (recorded && isTerminal6(recorded)) return { seen: { state: recorded, record: {} } };
  if (wait.deadline <= wait.start) return { seen: await queryStatus(session, taskId) };
  const times = { dueAt: wait.start, earliest: wait.start, deadline: wait.deadline };
  const found = await orFailure8(watching(of, (poller) => poller.next(taskId, times, wait.stop)));
  if (!(found instanceof Failure13)) return found.kind === "status" ? { seen: found.status } : {};
  const graceUntil = known.entry === void 0 ? 0 : graceOf(session, known.entry);
  if (endsWait(found) && !isMissingForNow(found, graceUntil, session.api.clock.monotonic())) throw found;
  session.observer.queryFailed(found);
  return { failure: found };
}
async function pollTask(of, before) {
  const { session, taskId, wait, known } = of;
  const { api, observer } = session;
  const { entry } = known;
  const { start, deadline, stop } = wait;
  const { seen: first, failure } = before;
  const model = modelOf3(known);
  const expected = deadline > start && model !== void 0 && await expectedDuration(session, model);
  if (expected) observer.expected(expected);
  let hadNoPermit = !first && !failure;
  let wasRunning = first !== void 0;
  const likely = await likelySchedule(of);
  const options = {
    clock: api.clock,
    ...likely,
    deadline,
    failure,
    stop,
    graceUntil: Math.max(first ? graceAfter(start) : 0, entry ? graceOf(session, entry) : 0),
    onPoll: (status, nextMs) => {
      wasRunning ||= !isTerminal6(status.state);
      observer.polled(status, nextMs);
    },
    onError: (error) => observer.queryFailed(error)
  };
  return watching(of, async (poller) => {
    const { last, failure: error } = await pollUntilEnd(async (times) => {
      const next = await poller.next(taskId, { ...times, deadline }, stop);
      hadNoPermit = next.kind === "noPermit";
      return next.kind === "status" ? next.status : null;
    }, options);
    const seen = last ? merge(first, last) : first;
    if (entry && seen) await noteState2(session, entry, { ...seen, detailsUnread: "forNow" }, wasRunning);
    if (last && isTerminal6(last.state)) observer.polled(last, 0);
    return { seen, failure: error, hadNoPermit };
  });
}
async function watching({ session, taskId }, work) {
  const poller = await session.poller();
  const unwatch = poller.watch(taskId);
  try {
    return await work(poller);
  } finally {
    unwatch();
  }
}
async function likelySchedule({ session, known }) {
  const { schedule } = session;
  const { entry } = known;
  const model = modelOf3(known);
  if (!entry || model === void 0 || isFast(schedule)) return { schedule };
  const { clock } = session.api;
  const age = clock.wall() - Date.parse(entry.record.sentAt);
  return {
    schedule: { ...schedule, likely: await likelyDuration(session, model) },
    submittedAt: clock.monotonic() - Math.max(0, age)
  };
}

// scripts/src/core/wait/wait-task.ts
async function waitTask(session, taskId, settings, known = {}, shown) {
  const entry = known.entry ?? await requestOfTask2(session, taskId);
  const recorded = entry?.record.credits ?? known.credits;
  const credits = recorded && creditsOf3(shown ?? {}, recorded);
  const observer = session.observer.about(taskId, entry?.record.created);
  const wanted = settings.folder ?? entry?.record.download ?? null;
  const folder = shown ? wanted : await folderFor(wanted);
  const wait = beginWait(session, { ...settings, folder, output: outputOf(settings, entry) });
  const of = { session: { ...session, observer }, taskId, wait, known: { ...known, entry, credits } };
  if (shown) {
    const { state, record = {} } = shown;
    return waitOut(of, { seen: state && { ...shown, state, record } });
  }
  const before = await firstStatus(of);
  if (before.seen) observer.task(taskId, before.seen.state);
  return waitOut(of, before);
}
async function waitOut(of, before) {
  const { session, taskId, known } = of;
  const hasEnded = before.seen && isTerminal7(before.seen.state);
  const polled = hasEnded ? before : await pollTask(of, before);
  const recorded = known.entry?.record.status ?? "UNKNOWN";
  if (!polled.seen && polled.failure && recorded === "UNKNOWN")
    throw polled.failure.with({ status: "UNKNOWN", taskId });
  const seen = polled.seen ?? { state: recorded, record: {} };
  if (!isTerminal7(seen.state)) return unfinished(of, { ...polled, seen });
  return withDelivery2(session, known.entry, await readEnd(of, seen));
}
async function readEnd(of, seen) {
  const { session, taskId, known } = of;
  if (seen.state === "COMPLETED") return finish({ ...of, known: { ...known, task: seen.task } });
  const deadline = session.api.shortDeadline;
  const poller = await session.poller();
  const read = () => poller.ended.read(taskId, { deadline, retryUntil: deadline }, seen.listed);
  const ended = seen.task ?? await withTask2(seen, read);
  const isFinal = seen.task !== void 0 || known.entry && isTerminal7(known.entry.record.status);
  const final = { state: seen.state, detailsUnread: ended.detailsUnread && "forGood" };
  const end = { ...ended, ...isFinal && final };
  if (known.entry) await noteState3(session, known.entry, end);
  if (end.state !== "COMPLETED") return taskResult3(taskId, end, known);
  session.observer.task(taskId, end.state);
  return finish(of);
}
async function unfinished({ session, taskId, wait, known }, { seen, failure, hadNoPermit }) {
  const result = taskResult3(taskId, seen, known);
  if (failure) return { ...result, lastPollError: failure, retryAfter: failure.details.retryAfter };
  if (!hadNoPermit || wait.stop?.aborted) return result;
  const poller = await session.poller();
  const seconds = Math.max(1, Math.ceil(await poller.nextPermitIn() / 1e3));
  return { ...result, warnings: [...result.warnings, { kind: "noPermit", seconds }], retryAfter: seconds };
}

// scripts/src/core/tasks/get-task.ts
async function getTask(session, taskId, settings) {
  const { folder, waitMs: filesMs } = settings;
  if (folder !== null) return waitTask(session, taskId, { ...settings, waitMs: 0, filesMs });
  const entry = await requestOfTask3(session, taskId);
  const task = await orFailure9(readTask(session, taskId));
  if (task instanceof Failure14) {
    if (task.code !== "TASK_NOT_FOUND" || !entry || !isTerminal8(entry.record.status)) throw task;
    return waitTask(session, taskId, { ...settings, waitMs: 0, filesMs });
  }
  if (entry) await noteState4(session, entry, task);
  return withDelivery3(session, entry, taskResult4(taskId, task, { entry, credits: entry?.record.credits }));
}
export {
  EndedTasks,
  PollRounds,
  Poller,
  RESULT_MS,
  accountOutcome,
  asGone,
  asNotShown,
  batchQuoteOutcome,
  beginWait,
  cancelTask,
  cancellableOutcome,
  checkNameIsFree,
  endsWait,
  expectedDuration,
  fetchResult,
  finish,
  firstStatus,
  folderFor,
  getTask,
  graceAfter,
  graceOf,
  intervalBefore,
  isFast,
  isMissingForNow,
  leftOut,
  likelyDuration,
  listOutcome,
  manyOutcome,
  merge,
  nothingPendingOutcome,
  openPoller,
  othersWords,
  outputOf,
  pauseAfterFailure,
  pollTask,
  pollUntilEnd,
  promptExcerpt,
  quoteOutcome,
  readTask,
  saveFiles,
  savedResult,
  spanOf,
  spendingOutcome,
  taskOutcome,
  waitTask,
  withOwner
};
