import { FIRST_POLL_MS } from '../../model/defaults.ts';
import { OUTPUT_KINDS } from '../../model/output-kind.ts';
import { PROFILES } from '../../providers/registry.ts';
import * as values from './flag-values.ts';

/** What can be asked for. `generate` is the full workflow, which needs no `--action`. */
export const ACTIONS = [
  'generate',
  'createGeneration',
  'getStatus',
  'getTask',
  'cancelTask',
  'waitTask',
  'listTasks',
  'listPending',
  'forget',
  'spending',
  'quote',
  'account',
  'listModels',
  'describeModel',
] as const;

export type Action = (typeof ACTIONS)[number];

const SUBMITS: readonly Action[] = ['generate', 'createGeneration'];
const PAYLOAD: readonly Action[] = [...SUBMITS, 'quote'];
const MODELS: readonly Action[] = ['listModels', 'describeModel'];
const LOCAL: readonly Action[] = [...MODELS, 'listPending', 'forget'];
const WAITS: readonly Action[] = ['generate', 'waitTask'];
const SAVES: readonly Action[] = [...WAITS, 'createGeneration', 'getTask'];
const NAMED_TASK: readonly Action[] = ['getStatus', 'getTask'];
const ONE_TASK: readonly Action[] = [...NAMED_TASK, 'cancelTask', 'waitTask', 'forget'];

interface Flag {
  /** What stands behind the flag in `--help` and in messages; absent: a switch. */
  form?: string;
  /** What the form is filled with; absent: any text. */
  value?: values.FlagValue;
  /** What `--help` says; neighbours that say the same share a line. */
  help: string;
  /** The actions it belongs to; absent: all. */
  actions?: readonly Action[];
  /** The actions that cannot do without it. */
  required?: readonly Action[];
  /** The flag that it belongs to, and what to do without that one. */
  beside?: { flag: 'batch'; else: string };
}

export const DEFAULT_WAIT_S = 600;
/** Seconds that a suggested command waits by default: less than the minute that many tools allow. */
export const BRIEF_WAIT_S = 45;
const DEFAULT_LIMIT = 50;

const unpriced = PROFILES.filter(({ can }) => !can.quote).map(({ title }) => title);
const providers = PROFILES.map(({ id }) => id);
const pending = 'waitTask without --taskId: every pending task, until all of them, or any, have ended';
const callback = {
  form: '<url>',
  help: `https address that the service may notify (${PROFILES.map((one) => `${one.title}: --${one.callbackWord}`).join(', ')})`,
  actions: SUBMITS,
};
const text = 'print this text, or the version';

/** Every flag, once, in the order of `--help`: the reader of the command line, `--help` and the tests use this table. */
export const FLAGS = {
  model: {
    form: '<id>',
    help: 'the model; with --payload alone: validate, submit, wait, fetch the result',
    actions: [...PAYLOAD, 'describeModel', 'listTasks'],
    required: [...PAYLOAD, 'describeModel'],
  },
  payload: {
    form: '<json>',
    help: `the request's fields; "-" reads them from standard input`,
    actions: PAYLOAD,
  },
  image: {
    form: '<file>',
    help: "a local picture (PNG, JPEG, WebP, GIF, AVIF, BMP) for the model's image field",
    actions: PAYLOAD,
  },
  batch: {
    form: '<file>',
    help: 'a request a line: prompts (.txt) or {"name","model","payload","image"} (.jsonl); "-" = stdin',
    actions: PAYLOAD,
  },
  action: { form: '<action>', value: { kind: 'choice', of: ACTIONS }, help: ACTIONS.slice(1).join(', ') },
  provider: {
    form: '<id>',
    value: { kind: 'choice', of: providers, fallback: providers[0]! },
    help: providers.map((id, n) => (n === 0 ? `${id} (default)` : id)).join(', '),
  },
  kind: {
    form: '<kind>',
    value: values.kind,
    help: `listModels: only models that make one of ${OUTPUT_KINDS.join(', ')}`,
    actions: ['listModels'],
  },
  full: {
    help: `${MODELS.join(', ')}: schema, sources, every note; listTasks: the service's records`,
    actions: [...MODELS, 'listTasks'],
  },
  since: {
    form: '<day>',
    value: values.since,
    help: 'spending, listTasks: from this local day on: today, 7d (includes today), 2026-11-20',
    actions: ['spending', 'listTasks'],
  },
  status: {
    form: '<state>',
    value: values.status,
    help: 'listTasks: only tasks in this state; running = SUBMITTED or PROGRESS',
    actions: ['listTasks'],
  },
  limit: {
    form: '<n>',
    value: {
      kind: 'number',
      min: 1,
      max: 200,
      whole: true,
      hint: 'write how many rows are wanted as a whole number, at most 200',
      default: DEFAULT_LIMIT,
    },
    help: `listTasks: at most so many rows, the newest first (default ${DEFAULT_LIMIT})`,
    actions: ['listTasks'],
  },
  taskId: {
    form: '<id>',
    value: values.taskId,
    help: `the task of ${ONE_TASK.join(', ')}`,
    actions: ONE_TASK,
    required: NAMED_TASK,
  },
  wait: {
    form: '<seconds>',
    value: {
      kind: 'number',
      min: 0,
      max: 86_400,
      units: values.SECONDS,
      hint: 'write the seconds that the call may wait as a number, at most 86400',
      default: DEFAULT_WAIT_S,
    },
    help: `how long to wait for the end (default ${DEFAULT_WAIT_S}; 0 = do not wait); a submit gets at least 10`,
    actions: WAITS,
  },
  pollInterval: {
    form: '<seconds>',
    value: {
      kind: 'number',
      min: 0.001,
      max: 60,
      units: values.SECONDS,
      hint: 'leave --pollInterval out, or write the seconds as a number, at most 60',
    },
    help: `first pause between status queries (default ${FIRST_POLL_MS / 1000})`,
    actions: WAITS,
  },
  download: {
    form: '<dir>',
    help: 'save the finished file there as <taskId>.<ext>; of a batch as <name>.<ext>',
    actions: SAVES,
  },
  output: {
    form: '<file>',
    value: values.output,
    help: 'save the finished file under this name; for a batch with {n}, the number of the line',
    actions: SAVES,
  },
  maxCredits: {
    form: '<n>',
    value: values.credits,
    help: `ask for the price first; submit nothing above n (${unpriced.join(', ')}: by a dated estimate)`,
    actions: PAYLOAD,
  },
  maxTotalCredits: {
    form: '<n>',
    value: values.credits,
    help: 'with --batch: submit nothing if what is not charged yet costs more than n together',
    actions: PAYLOAD,
    beside: { flag: 'batch', else: 'write --maxCredits for one request' },
  },
  maxCreditsPerDay: {
    form: '<n>',
    value: values.credits,
    help: 'submit nothing that takes the charges of 24 hours above n',
    actions: SUBMITS,
  },
  new: { help: 'another task of the same request (a new charge)', actions: SUBMITS },
  all: { help: pending, actions: ['waitTask'] },
  any: { help: pending, actions: ['waitTask'] },
  owner: {
    form: '<name>',
    value: values.owner,
    help: 'kept in the record; listPending can ask for it',
    actions: [...SUBMITS, 'listPending'],
  },
  noJournal: {
    help: 'keep no record: the same command then submits again, with a new charge',
    actions: [...SUBMITS, 'waitTask', 'getTask'],
  },
  idempotencyKey: {
    form: '<key>',
    value: values.idempotencyKey,
    help: '8 to 128 characters (default: a new one); waitTask: the request that --taskId is the task of',
    actions: [...SUBMITS, 'waitTask', 'forget'],
  },
  webhookUrl: callback,
  callbackUrl: callback,
  sandbox: { help: 'simulate the service on this computer: no key, no cost, no network' },
  help: { help: text },
  version: { help: text },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof FLAGS;

export const FLAG_NAMES = Object.keys(FLAGS) as FlagName[];

/** Returns the row of a flag, with every field that a row can have. */
export const rule = (name: FlagName): Flag => FLAGS[name];

/** The flags that take no value. */
export type Switch = { [K in FlagName]: (typeof FLAGS)[K] extends { form: string } ? never : K }[FlagName];

/** The names of the flags that take no value. */
export const SWITCHES = FLAG_NAMES.filter((name): name is Switch => rule(name).form === undefined);

/** True for the actions that submit: only for these can "nothing was submitted" be said. */
export const isSubmit = (action: Action): boolean => SUBMITS.includes(action);

/** True for the actions that are about a payload. */
export const takesPayload = (action: Action): boolean => PAYLOAD.includes(action);

/** True for the actions that cannot do without the folder for records. */
export const needsRecords = (action: Action): boolean =>
  isSubmit(action) || action === 'waitTask' || action === 'listPending' || action === 'forget';

/** True for the actions that need neither a key nor the network. */
export const isLocal = (action: Action): boolean => LOCAL.includes(action);

/** True for the actions whose answer is about one task: it has a `taskId` and a `status`. */
export const isAboutTask = (action: Action): boolean => ONE_TASK.includes(action) || isSubmit(action);
