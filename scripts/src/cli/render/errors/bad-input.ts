import type { FileOwner, ModelUnknown } from '../../../model/failure.ts';
import { type Issue, issue } from '../../../model/issue.ts';
import { plain } from '../../../model/text.ts';
import { commandFor, providerFlag } from '../../command-line/commands.ts';
import { unsupportedAction } from '../../command-line/unsupported.ts';
import type { ByCode, Said, Words } from './said.ts';

const MOST_NAMED = 12;
const STATE_FOLDER = 'ASYNC_MEDIA_STATE_DIR';

/** Returns the steps for a submit that the service rejected. */
const rejectedByService: ByCode = (_, { profile, command }) => [
  'The service rejected it, so nothing was charged. Do not send it again unchanged; its message says what to change.',
  profile.can.account && command('account'),
];

// INVALID_MODEL, INVALID_PAYLOAD and IDEMPOTENCY_CONFLICT. A wrong field of a payload: `cli/request/read-request.ts`. A wrong
// flag: `cli/command-line/`.
export const BAD_INPUT = {
  INVALID_MODEL: rejectedByService,
  modelUnknown: (reason, { writeModel }) => {
    const { message, expected, hint, nextSteps } = unknownModel(reason, writeModel);
    const received = `string ${JSON.stringify(plain(reason.model, 60))}`;
    return { message, issues: [issue('--model', expected, received, hint)], nextSteps };
  },
  providerUnknown: () => [commandFor(undefined, 'listModels')],
  contractUnusable: ({ file, provider }) => [
    `Correct ${file}; contracts/README.md describes the format.`,
    commandFor(provider, 'listModels'),
  ],
  INVALID_PAYLOAD: rejectedByService,
  unsupportedAction: ({ action }, { profile }) => unsupportedAction(profile, action),
  wholeBody: ({ model, input, beside }, { profile: { callbackWord } }) => {
    const hint = 'pass what is inside "input" as the payload, and nothing else';
    const issues = beside.map(({ name, received }) => besideIssue(model, callbackWord, name, received));
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
  unwritableFolder: ({ folder, why, lasts }, { isSubmit }) => ({
    // A command that submits nothing does not know what others have submitted.
    message: isSubmit ? undefined : `The records in ${folder} cannot be written to: ${why}.`,
    issues: lasts ? [folderIssue(folder, why, 'a folder that can be written to')] : undefined,
    nextSteps: [
      `${lasts ? `See that ${folder} exists and can be written to` : `Free disk space in ${folder}`}. Then run the same command again.`,
      isSubmit &&
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
      nextSteps: ['Name a folder that can be written to. This command submitted and charged nothing.'],
    };
  },
  outputTaken: ({ file, free, owner }, { again }) => {
    const hint = owner.is === 'other' ? 'give another name, or move that file away' : 'give another name';
    return {
      message: `--output: ${file} ${takenBy(owner)}.`,
      issues: [issue('--output', 'a name that no file has yet', file, hint)],
      nextSteps: [
        `Nothing was submitted or charged. ${owner.is === 'other' ? 'Move that file away, or submit' : 'Submit'} with a name that is free:`,
        again({ output: free }),
      ],
    };
  },
  IDEMPOTENCY_CONFLICT: (_, { profile, command }) => [
    'This key was already used for another request. Nothing new was submitted or charged.',
    'To resume the earlier task, find it in the list; for a new request leave --idempotencyKey out.',
    profile.can.list && command('listTasks'),
  ],
  otherRequest: ({ idempotencyKey, model, payloadHash, recorded }) => ({
    message: `--idempotencyKey ${idempotencyKey} already stands for another request.`,
    data: {
      model,
      payloadHash,
      recordedModel: recorded.model,
      recordedPayloadHash: recorded.payloadHash,
      recordedTaskId: recorded.taskId,
    },
    nextSteps: [
      'For the earlier request, run its command unchanged; for another one, give another --idempotencyKey or none.',
    ],
  }),
  otherTask: ({ recordedTaskId }, { command }) => ({
    data: { recordedTaskId },
    nextSteps: [
      'Check the task id and the key; this shows the requests without a task:',
      command('listPending'),
    ],
  }),
} satisfies Partial<Words>;

const describeModel = (provider: string, model: string): string =>
  commandFor(provider, 'describeModel', { model });
const listModels = (provider: string): string => commandFor(provider, 'listModels');

function unknownModel(
  { provider, model, known }: ModelUnknown,
  writeModel: (id: string) => string,
): Said & { expected: string; hint: string } {
  const shown = plain(model, 60);
  switch (known.what) {
    case 'modelOf': {
      const { other } = known;
      const hint =
        providerFlag(provider) === undefined
          ? `add --provider ${other}`
          : `write --provider ${other} instead of --provider ${provider}`;
      return {
        message: `"${model}" is a model of ${other}: ${hint}`,
        expected: `a model of ${provider}`,
        hint,
        nextSteps: [describeModel(other, model), listModels(provider)],
      };
    }
    case 'nameOf': {
      const { other, meant } = known;
      const ids = meant.join(', ');
      const flag = provider === other ? '' : `--provider ${other} `;
      const more = meant.length > 1;
      return {
        message: `"${shown}" is no id of ${other}; meant is ${more ? 'one of ' : ''}${ids}`,
        expected: ids,
        hint:
          more || flag
            ? `write ${flag}--model ${meant[0]}${more ? ` or another of ${ids}` : ''}`
            : writeModel(ids),
        nextSteps: [...meant.map((id) => describeModel(other, id)), listModels(other)],
      };
    }
    case 'withoutContract': {
      const { other, page, why, instead } = known;
      const hint =
        instead === undefined ? `${page} shows what ${other} offers` : `one of a like name is ${instead}`;
      return {
        message: `${other} has no contract for "${shown}": ${why}`,
        expected: `a model of ${provider} that has a contract`,
        hint: `choose a model that has a contract; ${hint}`,
        nextSteps: [
          instead !== undefined && describeModel(other, instead),
          `Read ${page}: it shows what ${other} offers today.`,
          listModels(other),
        ],
      };
    }
    case 'nowhere': {
      const { near, models } = known;
      const ids =
        models.length > MOST_NAMED ? `the ${models.length} of --action listModels` : models.join(', ');
      const isNear = near !== undefined;
      return {
        message: `there is no model ${JSON.stringify(shown)}; ${isNear ? `the nearest is "${near}"` : `known are ${ids}`}`,
        expected: `one of ${ids}`,
        hint: isNear ? writeModel(near) : 'choose one of the known models',
        nextSteps: [isNear && describeModel(provider, near), listModels(provider)],
      };
    }
  }
}

function takenBy(owner: FileOwner): string {
  if (owner.is === 'otherTask') return `is the file of this request's earlier task ${owner.taskId}`;
  if (owner.is === 'other') return 'exists already and is not the file of this request';
  return 'exists already, and a new task makes a new file';
}

function folderIssue(folder: string, why: string, expected: string): Issue {
  return issue(STATE_FOLDER, expected, `${folder} (${why})`, `set ${STATE_FOLDER} to another folder`);
}

function besideIssue(model: string, callbackWord: string, name: string, received: string): Issue {
  const path = plain(name, 60);
  if (name === 'model') {
    const hint = `leave "model" out; the model is the one of --model, which is ${model} here`;
    return issue(path, model, received, hint);
  }
  const hint =
    name === 'callback_url'
      ? `leave "callback_url" out; the address goes into --${callbackWord}`
      : `leave ${JSON.stringify(path)} out, or put it inside "input" if it is one of the fields`;
  return issue(path, 'nothing beside the fields', received, hint);
}
