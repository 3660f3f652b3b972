// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/local-journal.ts
import { systemClock } from "./main.mjs";
import { Journal } from "./journal.mjs";
import { journalFolder } from "./main.mjs";
function localJournal({ args, environment, warn }) {
  return new Journal({
    folder: journalFolder(environment, args.sandbox),
    provider: args.profile.id,
    service: "",
    account: "",
    clock: systemClock,
    warn
  });
}

// scripts/src/cli/pending.ts
import { BRIEF_WAIT_S } from "./main.mjs";
import { profileOf } from "./main.mjs";
import { AdvisedFailure } from "./main.mjs";
import { placeFlags } from "./main.mjs";
import { EXIT } from "./main.mjs";
import { success } from "./main.mjs";
import { actionWords, commandLine } from "./main.mjs";
async function listPending(where) {
  const { args } = where;
  const entries = (await localJournal(where).pending()).filter(
    ({ record }) => (args.owner === void 0 || record.owner === args.owner) && (!args.isProviderNamed || record.provider === args.profile.id)
  );
  const pending = entries.map((entry) => {
    const { provider, service, account, owner, model, idempotencyKey } = entry.record;
    const { promptExcerpt, taskId, status, created, checked, wait, download, credits, files } = entry.record;
    return {
      taskId,
      status,
      statusSeenAt: checked,
      created,
      model,
      promptExcerpt,
      owner,
      provider,
      service,
      account,
      idempotencyKey,
      wait,
      download,
      credits: { ...credits },
      files: files.length,
      resume: resumeOf(args, entry),
      ...cancelOf(args, entry)
    };
  });
  const nextSteps = entries.map((entry) => resumeOf(args, entry)).slice(0, 5);
  return success(
    null,
    null,
    { count: pending.length, pending, ...nextSteps.length > 0 && { nextSteps } },
    EXIT.done
  );
}
function cancelOf({ sandbox }, { record }) {
  const profile = profileOf(record.provider);
  if (!profile?.can.cancel || record.taskId === null || record.status !== "SUBMITTED") return {};
  return {
    cancel: commandLine(
      actionWords("cancelTask", { taskId: record.taskId, ...placeFlags({ profile, sandbox }) })
    )
  };
}
function resumeOf(args, { record }) {
  const profile = profileOf(record.provider) ?? args.profile;
  const place = placeFlags({ profile, sandbox: args.sandbox });
  if (record.taskId === null) {
    const find = profile.can.list ? "Whether this one was submitted is not known: run its command again, which searches the task list first" : `Whether this one was submitted is not known. ${profile.says.tasks} Only if the user accepts that it may be charged once more: its command with --new, or with another --idempotencyKey if it had one`;
    const { idempotencyKey } = record;
    return `${find}; or drop it: ${commandLine(actionWords("forget", { idempotencyKey, ...place }))}`;
  }
  const { taskId } = record;
  const wait = record.wait || BRIEF_WAIT_S;
  const download = record.download ?? void 0;
  return commandLine(actionWords("waitTask", { taskId, wait, download, ...place }));
}
async function forget(where) {
  const { args } = where;
  const journal = localJournal(where);
  const entries = args.taskId === void 0 ? await journal.byKey(args.idempotencyKey ?? "") : [await journal.byTask(args.taskId)].filter((entry) => entry !== void 0);
  const first = entries[0];
  if (!first) {
    throw new AdvisedFailure("TASK_NOT_FOUND", "There is no such record, so there is nothing to forget.", {
      nextSteps: [commandLine(actionWords("listPending", placeFlags(args)))]
    });
  }
  for (const entry of entries) {
    const lock = await journal.fence(entry.record.request);
    if ("heldBy" in lock) {
      const { pid, host } = lock.heldBy;
      const message = `Process ${pid} on ${host} is submitting this request just now; its record stays.`;
      throw new AdvisedFailure("UNKNOWN_ERROR", message, {
        nextSteps: ["Run the same command again a little later."]
      });
    }
    try {
      const { taskId: known } = entry.record;
      await entry.refresh();
      if (known !== entry.record.taskId) {
        throw new AdvisedFailure(
          "UNKNOWN_ERROR",
          "This request has just been given a task; its record stays.",
          {
            nextSteps: [commandLine(actionWords("listPending", placeFlags(args)))]
          }
        );
      }
      await entry.drop();
    } finally {
      await lock.release();
    }
  }
  const { taskId, status, delivered } = first.record;
  const lost = delivered === null ? " Its result was never delivered." : "";
  const nextSteps = [
    `The record is gone; the task at the service is as it was.${lost} The command that made it submits again now, with a new charge.`
  ];
  return success(status, taskId, { forgotten: entries.length, nextSteps }, EXIT.done);
}
export {
  forget,
  listPending,
  localJournal
};
