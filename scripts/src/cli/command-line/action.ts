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
