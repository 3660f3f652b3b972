import { systemClock } from '../../model/clock.ts';
import { type Issue, issue } from '../../model/issue.ts';
import { compact } from '../../model/json.ts';
import type { OutputKind } from '../../model/output-kind.ts';
import type { Profile } from '../../providers/provider.ts';
import { PROFILES, profileOf } from '../../providers/registry.ts';
import { refusedInputs } from '../refused.ts';
import { checkFit, checkService, checkTogether } from './check-flags.ts';
import { readValue } from './flag-values.ts';
import {
  ACTIONS,
  type Action,
  FLAG_NAMES,
  type FLAGS,
  type FlagName,
  rule,
  SWITCHES,
  type Switch,
} from './flags.ts';
import { type Given, readFlags } from './read-flags.ts';
import { parseSince } from './since.ts';

type NumberFlag = {
  [K in FlagName]: (typeof FLAGS)[K] extends { value: { kind: 'number' } } ? K : never;
}[FlagName];

type TextFlag = Exclude<FlagName, Switch | NumberFlag | 'provider' | 'since' | Profile['callbackWord']>;

/** The command line, understood and checked: the values by the names of their flags, numbers in the units of the flags. */
export interface Arguments
  extends Record<Switch, boolean>,
    Partial<Record<TextFlag, string>>,
    Partial<Record<NumberFlag, number>> {
  wait: number;
  limit: number;
  action: Action;
  /** The service that is meant, and whether it was named. */
  profile: Profile;
  isProviderNamed: boolean;
  /** What the models that are asked for make; absent: anything. */
  kind?: OutputKind;
  /** When the span that is asked about begins, in milliseconds since the epoch; absent: all that is known. */
  since?: number;
  /** Where the service may report to. */
  callback?: string;
}

/** @throws Failure INVALID_PAYLOAD with every problem found, each with the form that would be right */
export function parseArguments(argv: readonly string[]): Arguments {
  const issues: Issue[] = [];
  const given = readFlags(argv, issues);
  const action = actionOf(given, issues);
  const profile = profileOf(given.get('provider')) ?? PROFILES[0]!;
  const isAsked = given.has('help') || given.has('version');
  if (!isAsked && action && issues.length === 0) {
    checkFit(action, given, issues);
    checkTogether(action, given, issues);
    checkService(action, profile, given, issues);
  }
  const { provider, since, ...values } = valuesOf(given, issues);
  for (const { callbackWord } of PROFILES) delete values[callbackWord];
  if (!isAsked && issues.length > 0) throw refusedInputs(issues);
  return compact({
    ...values,
    ...Object.fromEntries(SWITCHES.map((name) => [name, given.has(name)])),
    action: action ?? 'generate',
    profile,
    isProviderNamed: given.has('provider'),
    since: since === undefined ? undefined : parseSince(String(since), systemClock.wall())?.from,
    callback: given.get(profile.callbackWord),
  }) as Arguments;
}

/** Returns the action; undefined for a word that is none, which has its issue as a value. */
function actionOf(given: Given, issues: Issue[]): Action | undefined {
  const named = given.get('action');
  if (named !== undefined) return ACTIONS.find((action) => action === named);
  if (!given.has('taskId')) return 'generate';
  issues.push(issue('--action', 'an action beside --taskId', 'none', 'write --action getStatus'));
  return 'getStatus';
}

/** Returns the values that the table allows. An empty one has its issue already. */
function valuesOf(given: Given, issues: Issue[]): Record<string, string | number | undefined> {
  const values = FLAG_NAMES.filter((name) => rule(name).form !== undefined).map((name) => {
    const { value } = rule(name);
    const text = given.get(name);
    const found = text && value ? readValue(name, text, value, issues) : text;
    const usual = value?.kind === 'number' ? value.default : undefined;
    return [name, text ? (found ?? usual) : usual];
  });
  return Object.fromEntries(values);
}

/** The action that a command line is about, as far as one can tell: for the envelope of a refused one. */
export function guessAction(argv: readonly string[]): Action {
  const word = readFlags(argv, []).get('action');
  // A line that names a task is about that task, whatever else is wrong with it: it must not read as a failed submit.
  const isAboutTask = argv.some((arg) => /^--task-?id(=|$)/i.test(arg));
  return ACTIONS.find((action) => action === word) ?? (isAboutTask ? 'getStatus' : 'generate');
}
