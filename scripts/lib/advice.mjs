// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/command-line/help.ts
import { RETRIES, TIMEOUT_MS } from "./main.mjs";
import { PROFILES } from "./main.mjs";
import { BATCH_ORDER, EXIT, EXIT_WORDS, ONE_CHARGE } from "./main.mjs";
import { FLAG_NAMES, rule } from "./main.mjs";
import { commandLine } from "./main.mjs";
var WIDTH = 125;
function helpText(version) {
  const run = commandLine([]);
  const exits = exitCodes().map((line) => `  ${line}`);
  return `async-media-workflow ${version}: one command makes a finished file from a payload.
${plainly(ONE_CHARGE)}

Usage: ${run} --model <id> --payload '<json>' [--download <dir>]
       ${run} --action <action> [--taskId <id>]

Examples (no key, no cost)
  ${run} --sandbox --model t2v --payload '{"prompt":"a lighthouse at dawn","aspectRatio":"16:9","duration":"5"}' --download out
  ${run} --action listModels
  ${run} --action describeModel --model t2v

Flags
${flagLines().join("\n")}

Environment
${wrapped(VARIABLES, 2).join("\n")}

Exit codes (a batch: that of the line to see to first, ${BATCH_ORDER.filter((code) => code !== EXIT.bug).join(", ")}; status FAILED with taskId null: it failed before there was a task)
${exits.join("\n")}`;
}
var VARIABLES = [
  `${PROFILES.map(({ keyVariable }) => keyVariable).join(", ")} (needed for live calls)`,
  ...PROFILES.map(({ urlVariable }) => urlVariable),
  `AIVIDEO_TIMEOUT_MS (${TIMEOUT_MS.fallback})`,
  `AIVIDEO_MAX_RETRIES (${RETRIES.fallback})`,
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "NO_PROXY",
  "ASYNC_MEDIA_STATE_DIR"
].join(", ");
function flagLines() {
  const items = [];
  for (const name of FLAG_NAMES) {
    const { form, help } = rule(name);
    const last = items.at(-1);
    if (last?.help === help) last.names = `${last.names.replace(/ <.*/, "")}, --${name}`;
    else items.push({ names: `--${name}`, help });
    if (form !== void 0) items.at(-1).names += ` ${form}`;
  }
  const column = 27;
  return items.flatMap(({ names, help }) => {
    const [first, ...more] = wrapped(help, column);
    const head = `  ${names}`.padEnd(column - 1);
    return [`${head} ${first.trimStart()}`, ...more];
  });
}
function wrapped(text, indent) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? void 0 : `${lines.at(-1)} ${word}`;
    if (longer !== void 0 && longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(" ".repeat(indent) + word);
  }
  return lines;
}
function exitCodes() {
  const lines = [""];
  for (const { code, means, next } of Object.values(EXIT_WORDS)) {
    const isAlone = code === EXIT.stillRunning || code === EXIT.submitUnknown;
    const item = `${code} ${means}${isAlone ? `: ${plainly(next)}` : ""}`;
    const line = lines.at(-1);
    if (line === "" || !isAlone && line.length + item.length < WIDTH)
      lines[lines.length - 1] = `${line}${line === "" ? "" : "  "}${item}`;
    else lines.push(item);
  }
  return lines;
}
function plainly(text) {
  return text.replaceAll("`", "");
}

// scripts/src/cli/render/errors/auth-failed.ts
var AUTH_FAILED = {
  AUTH_FAILED: (_, { profile: { title, keyVariable, keyPage, says }, account }) => [
    `${title} refused the key in ${keyVariable} (fingerprint ${account}). Check it, or make a new one at ${keyPage} (${says.key}).`,
    "A key is shown nowhere and is passed by the environment only."
  ],
  keyMissing: (_, { profile: { keyVariable, keyPage, says }, rehearsal }) => {
    const rehearse = rehearsal();
    return {
      message: `${keyVariable} is not set, so no live call is made.`,
      nextSteps: [
        `The user makes a key at ${keyPage} (${says.key}) and sets it in the environment as ${keyVariable}; it is never passed as an argument.`,
        rehearse && ["Without a key the same command rehearses in the sandbox, at no cost:", rehearse]
      ]
    };
  }
};

// scripts/src/cli/render/errors/bad-input.ts
import { issue } from "./main.mjs";
import { plain } from "./main.mjs";
import { commandFor, providerFlag } from "./main.mjs";
import { unsupportedAction } from "./main.mjs";
var MOST_NAMED = 12;
var STATE_FOLDER = "ASYNC_MEDIA_STATE_DIR";
var rejectedByService = (_, { profile, command }) => [
  "The service rejected it, so nothing was charged. Do not send it again unchanged; its message says what to change.",
  profile.can.account && command("account")
];
var BAD_INPUT = {
  INVALID_MODEL: rejectedByService,
  modelUnknown: (reason, { writeModel }) => {
    const { message, expected, hint, nextSteps } = unknownModel(reason, writeModel);
    const received = `string ${JSON.stringify(plain(reason.model, 60))}`;
    return { message, issues: [issue("--model", expected, received, hint)], nextSteps };
  },
  providerUnknown: () => [commandFor(void 0, "listModels")],
  contractUnusable: ({ file, provider }) => [
    `Correct ${file}; contracts/README.md describes the format.`,
    commandFor(provider, "listModels")
  ],
  INVALID_PAYLOAD: rejectedByService,
  unsupportedAction: ({ action }, { profile }) => unsupportedAction(profile, action),
  wholeBody: ({ model, input, beside }, { profile: { callbackWord } }) => {
    const hint = 'pass what is inside "input" as the payload, and nothing else';
    const issues = beside.map(({ name, received }) => besideIssue(model, callbackWord, name, received));
    return {
      message: `--payload holds a complete request body: ${hint}.`,
      issues: [issue("input", "the fields themselves", input, hint), ...issues],
      nextSteps: [hint, ...issues.map((issue2) => `${issue2.path}: ${issue2.hint}`)]
    };
  },
  noEstimate: ({ title, model, maxCredits }, { profile }) => {
    const hint = `ask the user for a yes to an unknown price of ${model} (${profile.says.prices}); only then leave --maxCredits out`;
    const expected = `a model and fields with a known price, as ${title} documents no price before a submit`;
    return {
      message: `--maxCredits cannot be held: no estimate is known for these fields of ${model}, and ${title} documents no price before a submit.`,
      nothingSubmitted: true,
      issues: [issue("--maxCredits", expected, String(maxCredits), hint)],
      nextSteps: [hint]
    };
  },
  lineWithoutEstimate: ({ line, model, title }) => [
    `${title} documents no price before a submit, and no estimate of ${model} is known here. Leave --maxTotalCredits and --maxCredits out after a yes to an unknown price, or take line ${line} out.`
  ],
  lineChanged: () => [
    "The file of the batch was changed while it ran. The same command takes its lines as they are now."
  ],
  wrongLines: () => ["Correct these lines and run the same command again. Nothing was submitted or charged."],
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
  unwritableFolder: ({ folder, why, lasts }, { isSubmit }) => ({
    // A command that submits nothing does not know what others have submitted.
    message: isSubmit ? void 0 : `The records in ${folder} cannot be written to: ${why}.`,
    issues: lasts ? [folderIssue(folder, why, "a folder that can be written to")] : void 0,
    nextSteps: [
      `${lasts ? `See that ${folder} exists and can be written to` : `Free disk space in ${folder}`}. Then run the same command again.`,
      isSubmit && `Only if that cannot be: set ${STATE_FOLDER} to another writable folder, or add --noJournal, which keeps no records. Both know nothing of earlier requests: what has a task already is submitted and charged once more.`
    ]
  }),
  downloadFolder: ({ folder, why }, { resumeFlags }) => {
    const flag = resumeFlags.output === void 0 ? "--download" : "--output";
    const hint = `name another folder, for example ${flag} ${flag === "--download" ? "out" : "out/clip"}`;
    const expected = "a folder that can be written to, or that can be made";
    return {
      message: `${flag}: ${folder} cannot be written to (${why}).`,
      issues: [issue(flag, expected, `${folder} (${why})`, hint)],
      nextSteps: ["Name a folder that can be written to. This command submitted and charged nothing."]
    };
  },
  outputTaken: ({ file, free, owner }, { again }) => {
    const hint = owner.is === "other" ? "give another name, or move that file away" : "give another name";
    return {
      message: `--output: ${file} ${takenBy(owner)}.`,
      issues: [issue("--output", "a name that no file has yet", file, hint)],
      nextSteps: [
        `Nothing was submitted or charged. ${owner.is === "other" ? "Move that file away, or submit" : "Submit"} with a name that is free:`,
        again({ output: free })
      ]
    };
  },
  IDEMPOTENCY_CONFLICT: (_, { profile, command }) => [
    "This key was already used for another request. Nothing new was submitted or charged.",
    "To resume the earlier task, find it in the list; for a new request leave --idempotencyKey out.",
    profile.can.list && command("listTasks")
  ],
  otherRequest: ({ idempotencyKey, model, payloadHash, recorded }) => ({
    message: `--idempotencyKey ${idempotencyKey} already stands for another request.`,
    data: {
      model,
      payloadHash,
      recordedModel: recorded.model,
      recordedPayloadHash: recorded.payloadHash,
      recordedTaskId: recorded.taskId
    },
    nextSteps: [
      "For the earlier request, run its command unchanged; for another one, give another --idempotencyKey or none."
    ]
  }),
  otherTask: ({ recordedTaskId }, { command }) => ({
    data: { recordedTaskId },
    nextSteps: [
      "Check the task id and the key; this shows the requests without a task:",
      command("listPending")
    ]
  })
};
var describeModel = (provider, model) => commandFor(provider, "describeModel", { model });
var listModels = (provider) => commandFor(provider, "listModels");
function unknownModel({ provider, model, known }, writeModel) {
  const shown = plain(model, 60);
  switch (known.what) {
    case "modelOf": {
      const { other } = known;
      const hint = providerFlag(provider) === void 0 ? `add --provider ${other}` : `write --provider ${other} instead of --provider ${provider}`;
      return {
        message: `"${model}" is a model of ${other}: ${hint}`,
        expected: `a model of ${provider}`,
        hint,
        nextSteps: [describeModel(other, model), listModels(provider)]
      };
    }
    case "nameOf": {
      const { other, meant } = known;
      const ids = meant.join(", ");
      const flag = provider === other ? "" : `--provider ${other} `;
      const more = meant.length > 1;
      return {
        message: `"${shown}" is no id of ${other}; meant is ${more ? "one of " : ""}${ids}`,
        expected: ids,
        hint: more || flag ? `write ${flag}--model ${meant[0]}${more ? ` or another of ${ids}` : ""}` : writeModel(ids),
        nextSteps: [...meant.map((id) => describeModel(other, id)), listModels(other)]
      };
    }
    case "withoutContract": {
      const { other, page, why, instead } = known;
      const hint = instead === void 0 ? `${page} shows what ${other} offers` : `one of a like name is ${instead}`;
      return {
        message: `${other} has no contract for "${shown}": ${why}`,
        expected: `a model of ${provider} that has a contract`,
        hint: `choose a model that has a contract; ${hint}`,
        nextSteps: [
          instead !== void 0 && describeModel(other, instead),
          `Read ${page}: it shows what ${other} offers today.`,
          listModels(other)
        ]
      };
    }
    case "nowhere": {
      const { near, models } = known;
      const ids = models.length > MOST_NAMED ? `the ${models.length} of --action listModels` : models.join(", ");
      const isNear = near !== void 0;
      return {
        message: `there is no model ${JSON.stringify(shown)}; ${isNear ? `the nearest is "${near}"` : `known are ${ids}`}`,
        expected: `one of ${ids}`,
        hint: isNear ? writeModel(near) : "choose one of the known models",
        nextSteps: [isNear && describeModel(provider, near), listModels(provider)]
      };
    }
  }
}
function takenBy(owner) {
  if (owner.is === "otherTask") return `is the file of this request's earlier task ${owner.taskId}`;
  if (owner.is === "other") return "exists already and is not the file of this request";
  return "exists already, and a new task makes a new file";
}
function folderIssue(folder, why, expected) {
  return issue(STATE_FOLDER, expected, `${folder} (${why})`, `set ${STATE_FOLDER} to another folder`);
}
function besideIssue(model, callbackWord, name, received) {
  const path = plain(name, 60);
  if (name === "model") {
    const hint2 = `leave "model" out; the model is the one of --model, which is ${model} here`;
    return issue(path, model, received, hint2);
  }
  const hint = name === "callback_url" ? `leave "callback_url" out; the address goes into --${callbackWord}` : `leave ${JSON.stringify(path)} out, or put it inside "input" if it is one of the fields`;
  return issue(path, "nothing beside the fields", received, hint);
}

// scripts/src/cli/render/errors/cancel-rejected.ts
import { isTerminal } from "./main.mjs";
import { resumeCommand, saveCommand } from "./main.mjs";
var CANCEL_REJECTED = {
  notCancelled: ({ state, taskId, download }, caller) => {
    const { profile, command } = caller;
    const { cancel, running = "" } = profile.says;
    const wait = resumeCommand(caller, taskId);
    const steps = {
      COMPLETED: [
        "The task is finished and paid for, and its result is yours. Do not use --new, which is a new charge. This fetches the result, and charges nothing:",
        saveCommand(caller, taskId, download ?? void 0),
        cancel
      ],
      SUBMITTED: [cancel, command("cancelTask", { taskId }), wait],
      PROGRESS: [`${cancel} ${running}`.trim(), wait]
    };
    return steps[state] ?? [cancel, isTerminal(state) ? command("getTask", { taskId }) : wait];
  }
};

// scripts/src/cli/render/errors/credits.ts
import { definedFields } from "./main.mjs";
import { sentences } from "./main.mjs";
var CREDITS = {
  // The message, with the missing amount: `core/money/short-of-credits.ts`.
  shortOfCredits: ({ quoted, balance, missing, cheaper, fit }, { profile }) => ({
    data: definedFields({ quoted, balance, missing }),
    nextSteps: [
      cheaper && cheaperSteps(cheaper),
      fit !== void 0 && fit.lines > 0 && `The first ${fit.lines} of ${fit.of} lines fit: take the others out, or buy credits first.`,
      profile.says.credits
    ]
  }),
  BUDGET_EXCEEDED: () => [
    "Nothing was submitted. Ask the user for a higher limit, or choose a cheaper model or duration."
  ],
  estimateAboveCap: ({ title, estimate, maxCredits, cheaper }) => {
    const { least, most, asOf } = estimate;
    const cost = least === most ? String(most) : `${least} to ${most}`;
    return {
      message: `By an estimate (prices of ${asOf}) this would cost ${cost} credits; --maxCredits allows ${maxCredits}. ${title} documents no price before a submit.`,
      nothingSubmitted: true,
      data: { estimate, maxCredits },
      nextSteps: [
        cheaperSteps(cheaper),
        `Ask the user whether ${cost} credits, an estimate, are fine; then submit with --maxCredits ${most}.`
      ]
    };
  },
  quoteAboveCap: ({ quoted, maxCredits, cheaper }) => ({
    message: `This would cost ${quoted} credits; --maxCredits allows ${maxCredits}.`,
    nothingSubmitted: true,
    data: { quoted, maxCredits },
    nextSteps: [
      cheaperSteps(cheaper),
      `Ask the user whether ${quoted} credits are fine; then submit with --maxCredits ${quoted}.`
    ]
  }),
  linesAboveCap: ({ lines, most, maxCredits, sum }) => ({
    message: sentences(
      `${lines.length === 1 ? `Line ${lines[0]} costs ${most} credits` : `${lines.length} lines cost up to ${most} credits each`}; --maxCredits allows ${maxCredits}.`,
      sum && `The lines that are not charged yet cost ${sum.quoted} credits; --maxTotalCredits allows ${sum.maxTotalCredits}.`
    ).join(" "),
    nothingSubmitted: true,
    data: definedFields({ quoted: most, maxCredits, maxTotalCredits: sum?.maxTotalCredits }),
    nextSteps: [
      `Ask the user whether ${most} credits for a line are fine; then submit with --maxCredits ${most}. Or take the lines that cost more than ${maxCredits} out, or choose a cheaper model or duration for them, where there is one (data.items has the prices; the first is line ${lines[0]}).`,
      sum && sumStep(sum)
    ]
  }),
  sumAboveCap: (sum) => ({
    data: sum.fit && { quoted: sum.quoted, maxTotalCredits: sum.maxTotalCredits },
    nextSteps: [sumStep(sum)]
  }),
  aboveDay: ({ quoted, spent, limit }, { profile, command }) => {
    const so = spent === null ? "What a recorded request of the last 24 hours cost is not known" : `The recorded requests of the last 24 hours cost or may have cost up to ${spent} credits, and this one costs ${quoted}`;
    return {
      message: `${so}; --maxCreditsPerDay allows ${limit}.`,
      nothingSubmitted: true,
      data: { quoted, spentToday: spent, maxCreditsPerDay: limit },
      nextSteps: [
        profile.can.account && command("account"),
        "Ask the user for a higher limit, or wait until the oldest charge is a day old."
      ]
    };
  }
};
function sumStep({ quoted, maxTotalCredits, fit }) {
  const fits = fit ? `: ${fitWords(fit, maxTotalCredits)}` : "";
  return `Ask the user for --maxTotalCredits ${quoted} (now it is ${maxTotalCredits}${fits}), or take lines out. It counts only the new charges of this run; what has been submitted before is not charged again.`;
}
function fitWords({ lines, of, cheapest }, cap) {
  if (lines > 0) return `the first ${lines} of ${of} lines fit`;
  return `${cheapest > cap ? "no line fits" : "the first line does not fit"}, the cheapest costs ${cheapest}`;
}
function cheaperSteps({ model, asOf, variants, most }) {
  if (variants.length === 0 && most !== null && most > 0)
    return [`No form of ${model} is known that costs at most ${most} credits.`];
  return variants.map(
    ({ change, credits }) => `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credit${credits === 1 ? "" : "s"} (an estimate of ${asOf}).`
  );
}

// scripts/src/cli/render/errors/download-failed.ts
var OLDER = "If the task is older than that, its file is gone.";
var DOWNLOAD_FAILED = {
  resultFolder: ({ folder }) => [
    `Make ${folder} a folder that can be written to and run the same command again, or save the file elsewhere:`
  ],
  // Its command, with a free name, follows from the task.
  fileInTheWay: ({ file, owner }) => [`${file} ${ownedBy(owner)}, and is left as it is.`],
  beingSaved: () => ["The same command returns the file as soon as that process has saved it."],
  linkGone: (_, { profile }) => [`${profile.says.retention} ${OLDER}`],
  taskNotShown: (_, { profile }) => [`${profile.says.retention} ${OLDER}`],
  fileTooLarge: () => [
    "A file of that size is no result of a known model. Show the user its address in data.resultUrls."
  ],
  resultGone: (_, { isSubmit, retry: retry2 }) => ({
    data: { resultGone: true },
    nextSteps: [
      "The result is lost: running this command again changes nothing. Tell the user.",
      // What a submit says of its earlier end names the new charge.
      !isSubmit && `To make it once more, with a new charge: ${retry2}`
    ]
  }),
  noAddress: () => ["Tell the user what the service gave as the result; it cannot be fetched."],
  addressOfProxy: () => [
    "A VPN or proxy program on this machine answers names with addresses of its own (198.18.0.0/15). Set HTTPS_PROXY to its address, or let it answer with the real ones; then run the same command again."
  ]
};
function ownedBy(owner) {
  if (owner?.is === "otherTask") return `is the file of another task of this request, ${owner.taskId}`;
  if (owner?.is === "thisTask") return "was saved for this task, but was changed since";
  return "is another file, or a damaged one";
}

// scripts/src/cli/render/errors/explained.ts
import { compact, unlessEmpty } from "./main.mjs";
import { AdvisedFailure } from "./main.mjs";
import { resumeCommand as resumeCommand3 } from "./main.mjs";
import { definedFields as definedFields2 } from "./main.mjs";
import { sentences as sentences3 } from "./main.mjs";
import { warningText } from "./main.mjs";

// scripts/src/cli/render/errors/submit-outcome-unknown.ts
import { resumeCommand as resumeCommand2 } from "./main.mjs";
import { decision, NOT_YET } from "./main.mjs";
import { sentences as sentences2 } from "./main.mjs";
var UNDECIDABLE = {
  noList: "the service documents no list of tasks",
  similar: "the list shows a task, or has one that cannot be read, which may be this one or that of another request",
  cut: "the list has as many tasks as a page may hold, all of them newer: it may be cut",
  resubmitted: "it was submitted once more, that answer was lost too, and the list shows neither task",
  late: "it was submitted longer ago than the service says that it keeps results, and its list proves nothing about older tasks"
};
var SUBMIT_OUTCOME_UNKNOWN = {
  submitUnknown: (reason, caller, messageOf) => {
    const { idempotencyKey, model, isRecorded, after, named, lost, later, notResubmitted } = reason;
    const { profile, command, same } = caller;
    const why = notResubmitted ? `It was not submitted once more: ${messageOf(notResubmitted)}` : later?.message;
    const yet = after === void 0 ? "" : " yet";
    const message = `Whether ${profile.title} accepted this submit, and charged for it, is not known${yet}. ${sentences2(lost.message, why).join(" ")}`;
    const answered = named !== void 0 && [
      "The answer named a task beside an error; this shows the state of that task:",
      resumeCommand2(caller, named)
    ];
    const decide = isRecorded && decision(caller, { after, idempotencyKey });
    const { tasks } = profile.says;
    const data = { idempotencyKey, model };
    if (tasks) return { message, data, nextSteps: [answered, NOT_YET, tasks, decide] };
    const repeat = () => {
      const search = "It searches the service's list for the task, and submits nothing while that may charge twice";
      if (!isRecorded) return NOT_YET;
      if (notResubmitted || later && after === void 0)
        return [`Once that is mended, run this command, without --new. ${search}:`, same];
      if (after === void 0)
        return `Waiting changes nothing${reason.why ? `: ${UNDECIDABLE[reason.why]}` : ""}. The same command submits nothing more.`;
      return !caller.isLine && [`Run this command after ${after} seconds, without --new. ${search}:`, same];
    };
    return {
      message,
      data,
      nextSteps: [
        answered,
        repeat(),
        command("listTasks"),
        `A task with idempotencyKey ${idempotencyKey}, or of model ${model} made about ${reason.sentAt}, is this one.`,
        decide
      ]
    };
  },
  requestBusy: ({ isNew, lockFile }) => {
    const resumes = "resumes the task of that process, and charges nothing";
    return [
      isNew ? `Nothing was submitted by this command. The same command without --new ${resumes}; with --new, later, it is one more charge.` : `Run the same command again a little later: it ${resumes}.`,
      `If there is certainly no such process any more, remove ${lockFile} first.`
    ];
  },
  recordDamaged: (_, caller) => [
    caller.profile.says.tasks ?? [
      "Find its task in the service's own list first:",
      caller.command("listTasks")
    ],
    decision(caller)
  ]
};

// scripts/src/cli/render/errors/task-not-found.ts
import { profileOf } from "./main.mjs";
import { BRIEF_WAIT_S } from "./main.mjs";
import { dropStep } from "./main.mjs";
var TASK_NOT_FOUND = {
  TASK_NOT_FOUND: (_, { profile, command }) => [
    `${profile.says.missing} Check ${profile.keyVariable}, ${profile.urlVariable} and the id. A sandbox task is seen with --sandbox only.`,
    profile.can.list && command("listTasks")
  ],
  madeElsewhere: ({ taskId, created, by, here }, { profile, command, same }) => {
    const { title, keyVariable, urlVariable } = profile;
    const made = `Task ${taskId} was made on ${created} at ${by.service}`;
    const maker = profileOf(by.provider);
    if (maker && maker.id !== profile.id) {
      const ask = command("waitTask", { taskId, wait: BRIEF_WAIT_S }, maker);
      return {
        message: `${made}; ${title} does not know it.`,
        nextSteps: [`Ask ${maker.title}, which made it:`, ask]
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
  noRecord: (_, { command }) => [command("listPending")],
  recordedTaskYoung: ({ taskId }, { same }) => [
    `This request was submitted only just now, as task ${taskId}; the service may not show it yet. The same command resumes it, and charges nothing:`,
    same
  ],
  recordedTaskGone: ({ taskId, created }, caller) => [
    `This request was submitted on ${created} as task ${taskId}, which the service does not show any more; its result is kept for a limited time only.`,
    `Nothing was submitted now. If the user wants it made once more, with a new charge: ${caller.anew}`,
    dropStep(caller, taskId)
  ],
  pendingTaskGone: ({ taskId }, caller) => [
    "The service does not show this task any more. Without its record the same command waits for the others.",
    dropStep(caller, taskId)
  ]
};

// scripts/src/cli/render/errors/temporary.ts
function retry({ details }, { isSubmit }, taskId) {
  const later = details.retryAfter === void 0 ? "a little later" : `after ${details.retryAfter} seconds`;
  if (taskId !== null)
    return [
      `The task is as it was. Run the same command again${isSubmit ? ", without --new," : ""} ${later}; it charges nothing.`
    ];
  return isSubmit ? [`Nothing was submitted or charged. Run the same command again ${later}.`] : [`Run the same command again ${later}; it charges nothing.`];
}
var TEMPORARY = {
  NETWORK_ERROR: retry,
  RATE_LIMITED: retry,
  proxySettings: () => ({
    message: "The proxy in HTTPS_PROXY or HTTP_PROXY cannot be used as it is written.",
    nextSteps: ["Correct HTTPS_PROXY or HTTP_PROXY: in a user name or password, % is written as %25."]
  }),
  proxyRefusal: () => [
    "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY; a proxy that wants a password takes it as http://user:password@host:port."
  ],
  certificate: () => [
    "Check the clock of this machine, and whether a proxy replaces certificates (NODE_EXTRA_CA_CERTS)."
  ],
  handshake: () => ["Check the address and its port, and whether a proxy stands in between."],
  UNKNOWN_ERROR: (_, { profile, isSubmit, same, command }, taskId) => taskId !== null ? [
    `${profile.title} gave no usable answer about the task, which is as it was: check the id.`,
    command("getTask", { taskId }),
    profile.can.list && command("listTasks")
  ] : [
    isSubmit && "Nothing was submitted or charged. Read errorMessage first: unchanged, the same may be rejected again.",
    same
  ],
  beingSubmitted: () => ["Run the same command again a little later."],
  justSubmitted: (_, { command }) => [command("listPending")],
  takenOver: (_, { same }) => ["The same command resumes what that process does, and charges nothing:", same],
  budgetBusy: (_, { same }) => ["Run the same command again a little later.", same],
  olderVersion: (_, { same }) => [
    "Update every copy of the skill that uses this state folder. Run the same command again when that process has ended.",
    same
  ]
};

// scripts/src/cli/render/errors/explained.ts
var WORDS = {
  ...BAD_INPUT,
  ...AUTH_FAILED,
  ...CREDITS,
  ...TASK_NOT_FOUND,
  ...TEMPORARY,
  ...SUBMIT_OUTCOME_UNKNOWN,
  ...DOWNLOAD_FAILED,
  ...CANCEL_REJECTED
};
function explained(failure, caller) {
  if (failure instanceof AdvisedFailure) return failure;
  const { message = failure.message, nextSteps, data, ...advice } = said(failure, caller);
  const { reason, charged, submit, ...details } = failure.details;
  const facts = data ? { ...details.data, ...data } : details.data;
  return new AdvisedFailure(failure.code, message, {
    ...details,
    ...compact(advice),
    data: submit ? submitData(submit, facts) : facts,
    nextSteps: unlessEmpty(sentences3(...nextSteps, chargedSteps(failure, caller)))
  });
}
function submitData({ credits, isResubmitted, warnings }, data) {
  return definedFields2({
    resubmitted: isResubmitted || void 0,
    ...data,
    warnings: unlessEmpty(warnings.map(warningText)),
    credits: credits && { ...credits }
  });
}
function withFallbackSteps(failure, caller, taskId) {
  const known = explained(failure, caller);
  if (known.details.nextSteps?.length) return known;
  return known.with({ nextSteps: sentences3(...WORDS[failure.code]?.(failure, caller, taskId) ?? []) });
}
function said({ details: { reason } }, caller) {
  if (reason === void 0) return { nextSteps: [] };
  const explain = WORDS[reason.kind];
  const words = explain(reason, caller, (other) => said(other, caller).message ?? other.message);
  return "nextSteps" in words ? words : { nextSteps: words };
}
var LASTING = /* @__PURE__ */ new Set(["resultGone", "noAddress", "fileTooLarge"]);
var FETCHES = "Run this command as often as you like: it fetches the result and charges nothing.";
function chargedSteps({ details: { charged, taskId, reason } }, caller) {
  if (charged === void 0 || taskId === void 0 || LASTING.has(reason?.kind ?? "")) return [];
  const place = reason?.kind === "fileInTheWay" ? { download: void 0, output: reason.free } : reason?.kind === "resultFolder" ? { download: "out", output: void 0 } : {};
  const resume = resumeCommand3(caller, taskId, { ...caller.resumeFlags, ...place });
  if (charged === "running")
    return [
      "The task was submitted and charged, and runs on at the service. This resumes it as often as you like, and charges nothing:",
      resume
    ];
  const fetches = reason?.kind === "linkGone" || reason?.kind === "taskNotShown" ? `Run this command once more later: it charges nothing, and fetches the result if the service still has it. If it still ends like this after ${reason.lostAt ?? "that time"}, tell the user that the result is lost.` : FETCHES;
  return [resume, `The task is finished and paid for. ${fetches}`];
}
export {
  AUTH_FAILED,
  BAD_INPUT,
  CANCEL_REJECTED,
  CREDITS,
  DOWNLOAD_FAILED,
  LASTING,
  SUBMIT_OUTCOME_UNKNOWN,
  TASK_NOT_FOUND,
  TEMPORARY,
  cheaperSteps,
  explained,
  helpText,
  withFallbackSteps
};
