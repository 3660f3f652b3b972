import type { Issue } from '../model/failure.ts';
import type { OutputKind } from '../model/output-kind.ts';
import type { Profile } from '../providers/profile.ts';
import { PROFILES, profileOf } from '../providers/registry.ts';
import { ACTIONS, type Action } from './action.ts';
import { checkFit, checkService, checkTogether } from './check-flags.ts';
import { numberOf, textOf } from './check-values.ts';
import { issue, refusedInputs } from './issue.ts';
import { type Given, readFlags } from './read-flags.ts';
import { parseSince, type Since } from './since.ts';

/** The command line, understood and checked; numbers in the units of the flags. */
export interface Arguments {
  action: Action;
  /** The service that is meant, and whether it was named. */
  profile: Profile;
  isProviderNamed: boolean;
  /** What the models that are asked for make; absent: anything. */
  kind?: OutputKind;
  /** The span that is asked about; absent: all that is known. */
  since?: Since;
  status?: string;
  /** The most rows of a list. */
  limit: number;
  /** All that is known: of a model its whole contract, of a list the service's records. */
  full?: true;
  model?: string;
  payload?: string;
  image?: string;
  taskId?: string;
  /** Seconds. */
  wait: number;
  /** Seconds; absent: the default of the service. */
  pollInterval?: number;
  /** Where the lines of a batch are; `-` = standard input. */
  batch?: string;
  download?: string;
  /** The wanted path of the finished file. */
  output?: string;
  maxCredits?: number;
  maxTotalCredits?: number;
  maxCreditsPerDay?: number;
  idempotencyKey?: string;
  /** Where the service may report to. */
  callback?: string;
  owner?: string;
  /** All pending requests, not one. */
  all: boolean;
  /** All pending requests, until the first of them ends. */
  any: boolean;
  /** A request of its own, even if the same one is under way. */
  isNew: boolean;
  noJournal: boolean;
  sandbox: boolean;
  help: boolean;
  version: boolean;
}

/**
 * Reads the command line.
 * @throws Failure INVALID_PAYLOAD with every problem found, each with the form that would be right
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const issues: Issue[] = [];
  const given = readFlags(argv, issues);
  const action = actionOf(given, issues);
  const profile = profileOf(given.get('provider')) ?? PROFILES[0]!;
  const isAsked = given.has('help') || given.has('version');
  if (!isAsked && issues.length === 0) {
    checkFit(action, given, issues);
    checkTogether(action, given, issues);
    checkService(action, profile, given, issues);
  }
  textOf(given, 'provider', issues);
  const wait = numberOf(given, 'wait', issues)!;
  const limit = numberOf(given, 'limit', issues)!;
  const sinceText = textOf(given, 'since', issues);
  const values = {
    since: sinceText && parseSince(sinceText, Date.now()),
    kind: textOf(given, 'kind', issues) as OutputKind | undefined,
    full: given.has('full') || undefined,
    pollInterval: numberOf(given, 'pollInterval', issues),
    maxCredits: numberOf(given, 'maxCredits', issues),
    maxTotalCredits: numberOf(given, 'maxTotalCredits', issues),
    maxCreditsPerDay: numberOf(given, 'maxCreditsPerDay', issues),
    callback: given.get(profile.callbackFlag),
    ...Object.fromEntries(TEXTS.map((name) => [name, textOf(given, name, issues)])),
  };
  const args: Arguments = {
    action,
    profile,
    isProviderNamed: given.has('provider'),
    wait,
    limit,
    all: given.has('all'),
    any: given.has('any'),
    isNew: given.has('new'),
    noJournal: given.has('noJournal'),
    sandbox: given.has('sandbox'),
    help: given.has('help'),
    version: given.has('version'),
    ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
  };
  if (!isAsked && issues.length > 0) throw refusedInputs(issues);
  return args;
}

const TEXTS = [
  'status',
  'model',
  'payload',
  'image',
  'batch',
  'taskId',
  'download',
  'output',
  'idempotencyKey',
  'owner',
] as const;

function actionOf(given: Given, issues: Issue[]): Action {
  if (given.has('action')) return (textOf(given, 'action', issues) || 'generate') as Action;
  if (!given.has('taskId')) return 'generate';
  issues.push(issue('--action', 'an action beside --taskId', 'none', 'write --action getStatus'));
  return 'getStatus';
}

/** The action that a command line is about, as far as one can tell: for the envelope of a refused one. */
export function guessAction(argv: readonly string[]): Action {
  const word = readFlags(argv, []).get('action');
  // A line that names a task is about that task, whatever else is wrong with it: it must not read as a failed submit.
  const isAboutTask = argv.some((arg) => /^--task-?id(=|$)/i.test(arg));
  return ACTIONS.find((action) => action === word) ?? (isAboutTask ? 'getStatus' : 'generate');
}
