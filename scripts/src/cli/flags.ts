import type { Action } from './action.ts';

const SUBMITS: readonly Action[] = ['generate', 'createGeneration'];
const PAYLOAD: readonly Action[] = [...SUBMITS, 'quote'];
const LOCAL: readonly Action[] = ['listModels', 'describeModel', 'listPending', 'forget'];
const WAITS: readonly Action[] = ['generate', 'waitTask'];
const ONE_TASK: readonly Action[] = ['getStatus', 'getTask', 'cancelTask', 'waitTask', 'forget'];
const NAMED_TASK: readonly Action[] = ['getStatus', 'getTask', 'cancelTask'];

interface FlagRule {
  /** Absent: a switch without a value. */
  value?: string;
  /** The actions it belongs to; absent: all. */
  actions?: readonly Action[];
  /** The actions that cannot do without it. */
  required?: readonly Action[];
}

/** Every flag, once: the parser, `--help` and the tests read this table. */
export const FLAGS = {
  provider: { value: '<id>' },
  kind: { value: '<kind>', actions: ['listModels'] },
  model: { value: '<id>', actions: [...PAYLOAD, 'describeModel'], required: [...PAYLOAD, 'describeModel'] },
  payload: { value: '<json>', actions: PAYLOAD },
  image: { value: '<file>', actions: PAYLOAD },
  action: { value: '<action>' },
  taskId: { value: '<id>', actions: ONE_TASK, required: NAMED_TASK },
  all: { actions: ['waitTask'] },
  wait: { value: '<seconds>', actions: WAITS },
  pollInterval: { value: '<seconds>', actions: WAITS },
  download: { value: '<dir>', actions: [...WAITS, 'createGeneration', 'getTask'] },
  maxCredits: { value: '<n>', actions: PAYLOAD },
  maxCreditsPerDay: { value: '<n>', actions: SUBMITS },
  idempotencyKey: { value: '<key>', actions: [...SUBMITS, 'forget'] },
  new: { actions: SUBMITS },
  noJournal: { actions: [...SUBMITS, 'waitTask', 'getTask'] },
  owner: { value: '<name>', actions: [...SUBMITS, 'listPending'] },
  webhookUrl: { value: '<url>', actions: SUBMITS },
  callbackUrl: { value: '<url>', actions: SUBMITS },
  sandbox: {},
  help: {},
  version: {},
} as const satisfies Record<string, FlagRule>;

export type FlagName = keyof typeof FLAGS;

export const rule = (name: FlagName): FlagRule => FLAGS[name];

/** True for the actions that submit: only for these can "nothing was submitted" be said. */
export const isSubmit = (action: Action): boolean => SUBMITS.includes(action);

/** True for the actions that cannot do without a place for records. */
export const needsRecords = (action: Action): boolean =>
  isSubmit(action) || action === 'waitTask' || action === 'listPending' || action === 'forget';

/** True for the actions that speak to no service. */
export const isLocal = (action: Action): boolean => LOCAL.includes(action);

/** True for the actions that are about one task. */
export const isAboutTask = (action: Action): boolean => ONE_TASK.includes(action) || isSubmit(action);
