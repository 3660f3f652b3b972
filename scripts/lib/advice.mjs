// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/render/failure.ts
import { unlessEmpty } from "./main.mjs";
import { AdvisedFailure, adviceOf } from "./main.mjs";
import { resumeCommand as resumeCommand2 } from "./main.mjs";

// scripts/src/cli/render/next-steps/budget.ts
var BUDGET = {
  noEstimate: ({ title, model, maxCredits }) => {
    const hint = `leave --maxCredits out, after checking the price of ${model} yourself`;
    const expected = `a model and fields with a known price, as ${title} documents no price before a submit`;
    return {
      message: `--maxCredits cannot be held: no estimate is known for these fields of ${model}, and ${title} documents no price before a submit. Nothing was submitted.`,
      issues: [{ path: "--maxCredits", expected, received: String(maxCredits), hint }],
      nextSteps: [hint]
    };
  },
  estimateAboveCap: ({ title, estimate: { least, most, asOf }, maxCredits, cheaper }) => {
    const cost = least === most ? String(most) : `${least} to ${most}`;
    return {
      message: `By an estimate (prices of ${asOf}) this would cost ${cost} credits; --maxCredits allows ${maxCredits}. ${title} documents no price before a submit. Nothing was submitted.`,
      nextSteps: [
        ...cheaperSteps(cheaper),
        `Ask the user whether ${cost} credits, an estimate, are fine; then submit with --maxCredits ${most}.`
      ]
    };
  },
  quoteAboveCap: ({ quoted, maxCredits, cheaper }) => ({
    message: `This would cost ${quoted} credits; --maxCredits allows ${maxCredits}. Nothing was submitted.`,
    nextSteps: [
      ...cheaperSteps(cheaper),
      `Ask the user whether ${quoted} credits are fine; then submit with --maxCredits ${quoted}.`
    ]
  }),
  linesAboveCap: ({ lines, maxCredits }) => ({
    message: `${lines.length === 1 ? `Line ${lines[0]} costs` : `${lines.length} lines cost`} more than --maxCredits ${maxCredits} each. Nothing was submitted.`,
    nextSteps: [
      `The first of them: line ${lines[0]}. Shorten these lines, or ask the user for a higher --maxCredits.`
    ]
  }),
  sumAboveCap: ({ quoted, maxTotalCredits }) => ({
    nextSteps: [
      `Ask the user for --maxTotalCredits ${quoted}, or take lines out. What has been submitted before is not charged again (${maxTotalCredits} credits are the limit now).`
    ]
  }),
  lineWithoutEstimate: ({ line, model, title }) => ({
    nextSteps: [
      `${title} documents no price before a submit, and no estimate of ${model} is known here. Leave --maxTotalCredits and --maxCredits out after a yes to an unknown price, or take line ${line} out.`
    ]
  }),
  lineChanged: () => ({
    nextSteps: [
      "The file of the batch was changed while it ran. The same command takes its lines as they are now."
    ]
  }),
  wrongLines: () => ({
    nextSteps: ["Correct these lines and run the same command again. Nothing was submitted or charged."]
  }),
  aboveDay: ({ quoted, spent, limit }, { profile, command }) => {
    const so = spent === null ? "What a recorded request of the last 24 hours cost is not known" : `The recorded requests of the last 24 hours cost or may have cost up to ${spent} credits, and this one costs ${quoted}`;
    return {
      message: `${so}; --maxCreditsPerDay allows ${limit}. Nothing was submitted.`,
      nextSteps: [
        ...profile.can.account ? [command("account")] : [],
        "Ask the user for a higher limit, or wait until the oldest charge is a day old."
      ]
    };
  },
  budgetBusy: (_, { same }) => ({ nextSteps: ["Run the same command again a little later.", same] }),
  olderVersion: (_, { same }) => ({
    nextSteps: [
      "Update every copy of the skill that uses this state folder. Run the same command again when that process has ended.",
      same
    ]
  }),
  shortOfCredits: ({ cheaper }, { profile }) => ({
    nextSteps: [...cheaper ? cheaperSteps(cheaper) : [], profile.says.credits]
  })
};
function cheaperSteps({ model, asOf, variants, most }) {
  if (variants.length === 0 && most !== null && most > 0)
    return [`No form of ${model} is known that costs at most ${most} credits.`];
  return variants.map(
    ({ change, credits }) => `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credit${credits === 1 ? "" : "s"} (an estimate of ${asOf}).`
  );
}

// scripts/src/cli/render/next-steps/model.ts
import { plain } from "./main.mjs";
import { commandFor, providerFlag } from "./main.mjs";
var MOST_NAMED = 12;
var MODEL = {
  modelUnknown: ({ provider, model, known }) => {
    switch (known.what) {
      case "modelOf":
        return modelOf(provider, model, known);
      case "nameOf":
        return nameOf(provider, model, known);
      case "withoutContract":
        return withoutContract(provider, model, known);
      case "nowhere":
        return nowhere(provider, model, known);
    }
  },
  providerUnknown: () => ({ nextSteps: [commandFor(void 0, "listModels")] }),
  contractUnusable: ({ file, provider }) => ({
    nextSteps: [
      `Correct ${file}; contracts/README.md describes the format.`,
      commandFor(provider, "listModels")
    ]
  }),
  wholeBody: ({ model, input, beside }, { profile: { callbackFlag } }) => {
    const hint = 'pass what is inside "input" as the payload, and nothing else';
    const issues = beside.map(({ name, received }) => besideIssue(model, callbackFlag, name, received));
    return {
      message: `--payload holds a complete request body: ${hint}.`,
      issues: [{ path: "input", expected: "the fields themselves", received: input, hint }, ...issues],
      nextSteps: [hint, ...issues.map((issue2) => `${issue2.path}: ${issue2.hint}`)]
    };
  }
};
function refusal(model, message, expected, hint, nextSteps) {
  const received = `string ${JSON.stringify(plain(model, 60))}`;
  return { message, issues: [{ path: "--model", expected, received, hint }], nextSteps };
}
var describeModel = (provider, model) => commandFor(provider, "describeModel", { model });
function modelOf(provider, model, { other }) {
  const hint = providerFlag(provider) === void 0 ? `add --provider ${other}` : `write --provider ${other} instead of --provider ${provider}`;
  return refusal(model, `"${model}" is a model of ${other}: ${hint}`, `a model of ${provider}`, hint, [
    describeModel(other, model),
    commandFor(provider, "listModels")
  ]);
}
function nameOf(provider, model, { other, meant }) {
  const ids = meant.join(", ");
  const flag = provider === other ? "" : `--provider ${other} `;
  const more = meant.length > 1;
  return refusal(
    model,
    `"${plain(model, 60)}" is no id of ${other}; meant is ${more ? "one of " : ""}${ids}`,
    ids,
    `write ${flag}--model ${meant[0]}${more ? ` or another of ${ids}` : ""}`,
    [...meant.map((id) => describeModel(other, id)), commandFor(other, "listModels")]
  );
}
function withoutContract(provider, model, { other, page, why, instead }) {
  const hint = instead === void 0 ? `choose a model that has a contract; ${page} shows what ${other} offers` : `choose a model that has a contract; one of a like name is ${instead}`;
  return refusal(
    model,
    `${other} has no contract for "${plain(model, 60)}": ${why}`,
    `a model of ${provider} that has a contract`,
    hint,
    [
      ...instead === void 0 ? [] : [describeModel(other, instead)],
      `Read ${page}: it shows what ${other} offers today.`,
      commandFor(other, "listModels")
    ]
  );
}
function nowhere(provider, model, { near, models }) {
  const shown = JSON.stringify(plain(model, 60));
  const known = models.length > MOST_NAMED ? `the ${models.length} of --action listModels` : models.join(", ");
  const list = commandFor(provider, "listModels");
  const refuse = (rest, hint, steps) => refusal(model, `there is no model ${shown}; ${rest}`, `one of ${known}`, hint, steps);
  if (near === void 0) return refuse(`known are ${known}`, "choose one of the known models", [list]);
  return refuse(`the nearest is "${near}"`, `write --model ${near}`, [describeModel(provider, near), list]);
}
function besideIssue(model, callbackFlag, name, received) {
  const place = { path: plain(name, 60), received };
  if (name === "model") {
    const hint2 = `leave "model" out; the model is the one of --model, which is ${model} here`;
    return { ...place, expected: model, hint: hint2 };
  }
  const hint = name === "callback_url" ? `leave "callback_url" out; the address goes into --${callbackFlag}` : `leave ${JSON.stringify(plain(name, 60))} out, or put it inside "input" if it is one of the fields`;
  return { ...place, expected: "nothing beside the fields", hint };
}

// scripts/src/cli/render/next-steps/place.ts
import { BRIEF_WAIT_S } from "./main.mjs";
import { profileOf } from "./main.mjs";
import { issue } from "./main.mjs";
import { unsupportedAction } from "./main.mjs";
var STATE_FOLDER = "ASYNC_MEDIA_STATE_DIR";
var PLACE = {
  unsupportedAction: ({ action }, { profile }) => unsupportedAction(profile, action),
  keyMissing: (_, { profile: { keyVariable, keyPage, says }, wantsAccount, rehearsal }) => ({
    message: `${keyVariable} is not set, so no live call is made.`,
    nextSteps: [
      `The user makes a key at ${keyPage} (${says.key}) and sets it in the environment as ${keyVariable}; it is never passed as an argument.`,
      // The balance of the sandbox is not the user's.
      ...wantsAccount ? [] : ["Without a key the same command rehearses in the sandbox, at no cost:", rehearsal]
    ]
  }),
  madeElsewhere: ({ taskId, created, by, here }, { profile, commandAt, same }) => {
    const { title, keyVariable, urlVariable } = profile;
    const made = `Task ${taskId} was made on ${created} at ${by.service}`;
    const maker = profileOf(by.provider);
    if (maker && maker.id !== profile.id) {
      return {
        message: `${made}; ${title} does not know it.`,
        nextSteps: [
          `Ask ${maker.title}, which made it:`,
          commandAt(maker)("waitTask", { taskId, wait: BRIEF_WAIT_S })
        ]
      };
    }
    const set = (variable, what) => [
      `Set ${variable} to the ${what} that made the task, and run the same command again:`,
      same
    ];
    return by.account === here.account ? { message: `${made}, which is not ${here.service}.`, nextSteps: set(urlVariable, "address") } : {
      message: `${made} with another key (fingerprint ${by.account}); the one in ${keyVariable} (fingerprint ${here.account}) cannot see it.`,
      nextSteps: set(keyVariable, "key")
    };
  },
  noRecord: (_, { command }) => ({ nextSteps: [command("listPending")] }),
  justSubmitted: (_, { command }) => ({ nextSteps: [command("listPending")] }),
  beingSubmitted: () => ({ nextSteps: ["Run the same command again a little later."] }),
  unsafeFolder: ({ distrust, repair }) => {
    const another = `set ${STATE_FOLDER} to a folder that only you can write to`;
    const hint = repair === null ? another : `${repair}   (or ${another})`;
    return {
      issues: [issue(STATE_FOLDER, "a folder, in folders, that only you can change", distrust, hint)],
      nextSteps: repair === null ? [`Run the same command again with another folder: ${another}.`] : [repair, `Then run the same command again; or ${another}.`]
    };
  },
  unreadableFolder: ({ folder, why, lasts }) => ({
    issues: lasts ? [folderIssue(folder, why, "a folder that can be read")] : void 0,
    nextSteps: [
      `Make ${folder} readable, or set ${STATE_FOLDER} to the folder that holds the records, and run the same command again.`
    ]
  }),
  unwritableFolder: ({ folder, why, lasts }) => ({
    issues: lasts ? [folderIssue(folder, why, "a folder that can be written to")] : void 0,
    nextSteps: [
      `${lasts ? `See that ${folder} exists and can be written to` : `Free disk space in ${folder}`}. Then run the same command again.`,
      `Only if that cannot be: set ${STATE_FOLDER} to another writable folder, or add --noJournal, which keeps no records. Both know nothing of earlier requests: what has a task already is submitted and charged once more.`
    ]
  }),
  downloadFolder: ({ folder, why }, { resumeFlags }) => {
    const flag = resumeFlags.output === void 0 ? "--download" : "--output";
    const hint = `name another folder, for example ${flag} ${flag === "--download" ? "out" : "out/clip"}`;
    const expected = "a folder that can be written to, or that can be made";
    return {
      message: `${flag}: ${folder} cannot be written to (${why}).`,
      issues: [issue(flag, expected, `${folder} (${why})`, hint)],
      nextSteps: ["Name a folder that can be written to. This call has submitted and charged nothing."]
    };
  },
  outputTaken: ({ file, free }, { savedAs }) => ({
    message: `--output: ${file} exists already and is not the file of this request. Nothing was submitted.`,
    issues: [
      issue("--output", "a name that no file has yet", file, "give another --output, or move that file away")
    ],
    nextSteps: [
      "This call has submitted and charged nothing. Move that file away, or submit with a name that is free:",
      savedAs(free)
    ]
  }),
  // Its command, with a free name, follows from the task.
  fileInTheWay: ({ file }) => ({
    nextSteps: [`${file} is another file, or a damaged one, and is left as it is.`]
  }),
  beingSaved: () => ({
    nextSteps: ["The same command returns the file as soon as that process has saved it."]
  }),
  linkGone: () => ({
    nextSteps: ["Results are kept for a limited time. If the task is older than that, its file is gone."]
  }),
  fileTooLarge: () => ({
    nextSteps: [
      "A file of that size is no result of a known model. Show the user its address in data.resultUrls."
    ]
  }),
  proxySettings: () => ({
    message: "The proxy in HTTPS_PROXY or HTTP_PROXY cannot be used as it is written.",
    nextSteps: ["Correct HTTPS_PROXY or HTTP_PROXY: in a user name or password, % is written as %25."]
  }),
  proxyRefusal: () => ({
    nextSteps: [
      "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY; a proxy that wants a password takes it as http://user:password@host:port."
    ]
  }),
  certificate: () => ({
    nextSteps: [
      "Check the clock of this machine, and whether a proxy replaces certificates (NODE_EXTRA_CA_CERTS)."
    ]
  }),
  handshake: () => ({
    nextSteps: ["Check the address and its port, and whether a proxy stands in between."]
  }),
  addressOfProxy: () => ({
    nextSteps: [
      "A VPN or proxy program on this machine answers names with addresses of its own (198.18.0.0/15). Set HTTPS_PROXY to its address, or let it answer with the real ones; then run the same command again."
    ]
  })
};
function folderIssue(folder, why, expected) {
  return issue(STATE_FOLDER, expected, `${folder} (${why})`, `set ${STATE_FOLDER} to another folder`);
}

// scripts/src/cli/render/next-steps/submit.ts
import { BRIEF_WAIT_S as BRIEF_WAIT_S2, isTerminal } from "./main.mjs";
import { resumeCommand } from "./main.mjs";
import { decision, dropStep } from "./main.mjs";
var SUBMIT = {
  submitUnknown: (reason, caller, messageOf2) => {
    const { model, idempotencyKey, sentAt, isRecorded, after, named, lost, later, notResubmitted } = reason;
    const { profile, command, same } = caller;
    const why = notResubmitted ? `It was not submitted once more: ${messageOf2(notResubmitted).replace(" Nothing was submitted.", "")}` : later?.message;
    const yet = after === void 0 ? "" : " yet";
    const message = `Whether ${profile.title} accepted this submit, and charged for it, is not known${yet}. ${[lost.message, why].filter(Boolean).join(" ")}`;
    const answered = named === void 0 ? [] : [
      "The answer named a task beside an error; this shows the state of that task:",
      resumeCommand(caller, named)
    ];
    const decide = isRecorded ? decision(caller, { after, idempotencyKey }) : [];
    const notYet = "Do not submit this again before you know: it may be charged twice.";
    if (!profile.can.list)
      return { message, nextSteps: [...answered, notYet, profile.says.tasks, ...decide] };
    const when = after === void 0 ? "" : ` after ${after} seconds`;
    const repeat = isRecorded ? [
      `Run this command${when}, without --new. It searches the service's list for the task, and submits nothing while that may charge twice:`,
      same
    ] : [notYet];
    return {
      message,
      nextSteps: [
        ...answered,
        ...repeat,
        command("listTasks"),
        `A task with idempotencyKey ${idempotencyKey}, or of model ${model} made about ${sentAt}, is this one.`,
        ...decide
      ]
    };
  },
  requestBusy: ({ isNew, lockFile }) => {
    const resumes = "resumes the task of that process, and charges nothing";
    return {
      nextSteps: [
        isNew ? `Nothing was submitted by this command. The same command without --new ${resumes}; with --new, later, it is one more charge.` : `Run the same command again a little later: it ${resumes}.`,
        `If there is certainly no such process any more, remove ${lockFile} first.`
      ]
    };
  },
  recordDamaged: (_, caller) => ({
    nextSteps: [
      ...caller.profile.can.list ? ["Find its task in the service's own list first:", caller.command("listTasks")] : [caller.profile.says.tasks],
      ...decision(caller)
    ]
  }),
  otherRequest: ({ idempotencyKey }) => ({
    message: `--idempotencyKey ${idempotencyKey} already stands for another request. Nothing was submitted.`,
    nextSteps: [
      "For the earlier request, run its command unchanged; for another one, give another --idempotencyKey or none."
    ]
  }),
  otherTask: (_, { command }) => ({
    nextSteps: [
      "Check the task id and the key; this shows the requests without a task:",
      command("listPending")
    ]
  }),
  takenOver: (_, { same }) => ({
    nextSteps: ["The same command resumes what that process does, and charges nothing:", same]
  }),
  recordedTaskYoung: ({ taskId }, { same }) => ({
    nextSteps: [
      `This request was submitted only just now, as task ${taskId}; the service may not show it yet. The same command resumes it, and charges nothing:`,
      same
    ]
  }),
  recordedTaskGone: ({ taskId, created }, caller) => ({
    nextSteps: [
      `This request was submitted on ${created} as task ${taskId}, which the service does not show any more; its result is kept for a limited time only.`,
      `Nothing was submitted now. If the user wants it made once more, with a new charge: ${caller.anew}`,
      dropStep(caller, taskId)
    ]
  }),
  pendingTaskGone: ({ taskId }, caller) => ({
    nextSteps: [
      "The service does not show this task any more. Without its record the same command waits for the others.",
      dropStep(caller, taskId)
    ]
  }),
  notCancelled: ({ state, taskId }, { profile, command }) => ({
    nextSteps: [
      profile.says.cancel,
      ...state === "SUBMITTED" ? [command("cancelTask", { taskId })] : [],
      isTerminal(state) ? command("getTask", { taskId }) : command("waitTask", { taskId, wait: BRIEF_WAIT_S2 })
    ]
  }),
  noAddress: () => ({
    nextSteps: ["Tell the user what the service gave as the result; it cannot be fetched."]
  })
};

// scripts/src/cli/render/next-steps/registry.ts
var REASONS = { ...BUDGET, ...SUBMIT, ...PLACE, ...MODEL };
function said({ details: { reason } }, caller) {
  if (reason === void 0) return { nextSteps: [] };
  const explain = REASONS[reason.kind];
  return explain(reason, caller, (other) => messageOf(other, caller));
}
function messageOf(failure, caller) {
  return said(failure, caller).message ?? failure.message;
}

// scripts/src/cli/render/failure.ts
function explained(failure, caller) {
  const { message, issues, nextSteps } = said(failure, caller);
  const { reason, charged, nextSteps: own = [], ...details } = adviceOf(failure);
  const steps = [...own, ...nextSteps, ...chargedSteps(failure, caller)];
  return new AdvisedFailure(failure.code, message ?? failure.message, {
    ...details,
    issues: issues ?? details.issues,
    nextSteps: unlessEmpty(steps)
  });
}
function chargedSteps({ details: { charged, taskId, reason } }, caller) {
  if (charged === void 0 || taskId === void 0) return [];
  const place = reason?.kind === "fileInTheWay" ? { download: void 0, output: reason.free } : {};
  const resume = resumeCommand2(caller, taskId, { ...caller.resumeFlags, ...place });
  return charged === "finished" ? [
    resume,
    "The task is finished and paid for. Run this command as often as you like: it fetches the result and charges nothing."
  ] : [
    "The task was submitted and charged, and runs on at the service. This resumes it as often as you like, and charges nothing:",
    resume
  ];
}
export {
  BUDGET,
  MODEL,
  PLACE,
  SUBMIT,
  cheaperSteps,
  explained,
  said
};
