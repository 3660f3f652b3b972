import type { FileOwner, Issue } from '../../../model/failure.ts';
import { plain } from '../../../model/text.ts';
import { unsupportedAction } from '../../command-line/unsupported.ts';
import { issue } from '../../issue.ts';
import { rejectedByService } from './invalid-model.ts';
import type { Words } from './said.ts';

const STATE_FOLDER = 'ASYNC_MEDIA_STATE_DIR';

// A wrong field of a payload: `cli/request/read-request.ts`. A wrong flag: `cli/command-line/`.
export const INVALID_PAYLOAD = {
  INVALID_PAYLOAD: rejectedByService,
  unsupportedAction: ({ action }, { profile }) => unsupportedAction(profile, action),
  wholeBody: ({ model, input, beside }, { profile: { callbackFlag } }) => {
    const hint = 'pass what is inside "input" as the payload, and nothing else';
    const issues = beside.map(({ name, received }) => besideIssue(model, callbackFlag, name, received));
    return {
      message: `--payload holds a complete request body: ${hint}.`,
      issues: [issue('input', 'the fields themselves', input, hint), ...issues],
      nextSteps: [hint, ...issues.map((issue) => `${issue.path}: ${issue.hint}`)],
    };
  },
  noEstimate: ({ title, model, maxCredits }, { profile }) => {
    const hint = `ask the user for a yes to an unknown price of ${model} (${profile.says.prices}); only then leave --maxCredits out`;
    const expected = `a model and fields with a known price, as ${title} documents no price before a submit`;
    return {
      message: `--maxCredits cannot be held: no estimate is known for these fields of ${model}, and ${title} documents no price before a submit.`,
      nothingSubmitted: true,
      issues: [issue('--maxCredits', expected, String(maxCredits), hint)],
      nextSteps: [hint],
    };
  },
  lineWithoutEstimate: ({ line, model, title }) => [
    `${title} documents no price before a submit, and no estimate of ${model} is known here. Leave --maxTotalCredits and --maxCredits out after a yes to an unknown price, or take line ${line} out.`,
  ],
  lineChanged: () => [
    'The file of the batch was changed while it ran. The same command takes its lines as they are now.',
  ],
  wrongLines: () => ['Correct these lines and run the same command again. Nothing was submitted or charged.'],
  unsafeFolder: ({ distrust, repair }) => {
    const another = `set ${STATE_FOLDER} to a folder that only you can write to`;
    const hint = repair === null ? another : `${repair}   (or ${another})`;
    return {
      issues: [issue(STATE_FOLDER, 'a folder, in folders, that only you can change', distrust, hint)],
      nextSteps:
        repair === null
          ? [`Run the same command again with another folder: ${another}.`]
          : [repair, `Then run the same command again; or ${another}.`],
    };
  },
  unreadableFolder: ({ folder, why, lasts }) => ({
    issues: lasts ? [folderIssue(folder, why, 'a folder that can be read')] : undefined,
    nextSteps: [
      `Make ${folder} readable, or set ${STATE_FOLDER} to the folder that holds the records, and run the same command again.`,
    ],
  }),
  unwritableFolder: ({ folder, why, lasts }) => ({
    issues: lasts ? [folderIssue(folder, why, 'a folder that can be written to')] : undefined,
    nextSteps: [
      `${lasts ? `See that ${folder} exists and can be written to` : `Free disk space in ${folder}`}. Then run the same command again.`,
      `Only if that cannot be: set ${STATE_FOLDER} to another writable folder, or add --noJournal, which keeps no records. Both know nothing of earlier requests: what has a task already is submitted and charged once more.`,
    ],
  }),
  downloadFolder: ({ folder, why }, { resumeFlags }) => {
    const flag = resumeFlags.output === undefined ? '--download' : '--output';
    const hint = `name another folder, for example ${flag} ${flag === '--download' ? 'out' : 'out/clip'}`;
    const expected = 'a folder that can be written to, or that can be made';
    return {
      message: `${flag}: ${folder} cannot be written to (${why}).`,
      issues: [issue(flag, expected, `${folder} (${why})`, hint)],
      nextSteps: ['Name a folder that can be written to. Nothing was submitted or charged.'],
    };
  },
  outputTaken: ({ file, free, owner }, { savedAs }) => {
    const hint = owner.is === 'other' ? 'give another name, or move that file away' : 'give another name';
    return {
      message: `--output: ${file} ${takenBy(owner)}.`,
      issues: [issue('--output', 'a name that no file has yet', file, hint)],
      nextSteps: [
        `Nothing was submitted or charged. ${owner.is === 'other' ? 'Move that file away, or submit' : 'Submit'} with a name that is free:`,
        savedAs(free),
      ],
    };
  },
} satisfies Partial<Words>;

function takenBy(owner: FileOwner): string {
  switch (owner.is) {
    case 'otherTask':
      return `is the file of this request's earlier task ${owner.taskId}`;
    case 'thisTask':
    case 'unknown':
      return 'exists already, and a new task makes a new file';
    case 'other':
      return 'exists already and is not the file of this request';
  }
}

function folderIssue(folder: string, why: string, expected: string): Issue {
  return issue(STATE_FOLDER, expected, `${folder} (${why})`, `set ${STATE_FOLDER} to another folder`);
}

function besideIssue(model: string, callbackFlag: string, name: string, received: string): Issue {
  const path = plain(name, 60);
  if (name === 'model') {
    const hint = `leave "model" out; the model is the one of --model, which is ${model} here`;
    return issue(path, model, received, hint);
  }
  const hint =
    name === 'callback_url'
      ? `leave "callback_url" out; the address goes into --${callbackFlag}`
      : `leave ${JSON.stringify(path)} out, or put it inside "input" if it is one of the fields`;
  return issue(path, 'nothing beside the fields', received, hint);
}
