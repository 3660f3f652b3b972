import { nearest } from '../contracts/nearest.ts';
import { Failure, type Issue } from '../model/failure.ts';
import { isIdempotencyKey } from '../model/idempotency-key.ts';
import { OUTPUT_KINDS, type OutputKind } from '../model/output-kind.ts';
import { TASK_ID } from '../model/task.ts';
import { plain } from '../model/text.ts';
import type { Profile } from '../providers/profile.ts';
import { PROFILES, profileOf } from '../providers/registry.ts';
import { ACTIONS, type Action } from './action.ts';
import { FLAGS, type FlagName, rule } from './flags.ts';
import { refuseUnsupported } from './unsupported.ts';

/** The command line, understood and checked; numbers in the units of the flags. */
export interface Arguments {
  action: Action;
  /** The service that is meant, and whether it was named. */
  profile: Profile;
  isProviderNamed: boolean;
  /** What the models that are asked for make; absent: anything. */
  kind?: OutputKind;
  model?: string;
  payload?: string;
  image?: string;
  taskId?: string;
  /** Seconds. */
  wait: number;
  /** Seconds; absent: the default of the place. */
  pollInterval?: number;
  download?: string;
  maxCredits?: number;
  maxCreditsPerDay?: number;
  idempotencyKey?: string;
  /** Where the service may report to. */
  callback?: string;
  owner?: string;
  /** All pending wishes, not one. */
  all: boolean;
  /** A wish of its own, even if the same one is under way. */
  isNew: boolean;
  noJournal: boolean;
  sandbox: boolean;
  help: boolean;
  version: boolean;
}

export const DEFAULT_WAIT_S = 600;
const LONGEST_WAIT_S = 86_400;

/**
 * Reads the command line.
 * @throws Failure INVALID_PAYLOAD with every problem found, each with the form that would be right
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const issues: Issue[] = [];
  const given = collect(argv, issues);
  const action = actionOf(given, issues);
  const asked = given.has('help') || given.has('version');
  if (!asked && issues.length === 0) {
    checkFit(action, given, issues);
    checkTogether(action, given, issues);
    checkService(action, given, issues);
  }
  const args: Arguments = {
    action,
    profile: providerOf(given, issues),
    isProviderNamed: given.has('provider'),
    wait: number(given, 'wait', { min: 0, max: LONGEST_WAIT_S }, issues) ?? DEFAULT_WAIT_S,
    all: given.has('all'),
    isNew: given.has('new'),
    noJournal: given.has('noJournal'),
    sandbox: given.has('sandbox'),
    help: given.has('help'),
    version: given.has('version'),
  };
  for (const name of [
    'model',
    'payload',
    'image',
    'taskId',
    'download',
    'idempotencyKey',
    'owner',
  ] as const) {
    const value = given.get(name);
    if (value !== undefined) args[name] = value;
  }
  const kind = kindOf(given.get('kind'), issues);
  if (kind !== undefined) args.kind = kind;
  const callback = given.get(args.profile.callbackFlag);
  if (callback !== undefined) args.callback = callback;
  const pollInterval = number(given, 'pollInterval', { min: 0.001, max: 60 }, issues);
  if (pollInterval !== undefined) args.pollInterval = pollInterval;
  for (const name of ['maxCredits', 'maxCreditsPerDay'] as const) {
    const credits = number(given, name, { min: 0, max: 1_000_000_000, whole: true }, issues);
    if (credits !== undefined) args[name] = credits;
  }
  checkText(args, issues);
  if (asked || issues.length === 0) return args;
  const first = issues[0]!;
  throw new Failure(
    'INVALID_PAYLOAD',
    `${first.path}: expected ${first.expected}, received ${first.received}.`,
    {
      issues,
      nextSteps: [...new Set(issues.map(({ hint }) => hint))],
    },
  );
}

/** The action that a command line is about, as far as one can tell: for the envelope of a refused one. */
export function guessAction(argv: readonly string[]): Action {
  const at = argv.findIndex((arg) => arg === '--action' || arg.startsWith('--action='));
  const word = at < 0 ? undefined : argv[at]?.includes('=') ? argv[at]?.split('=')[1] : argv[at + 1];
  // A line that names a task is about that task, whatever else is wrong with it: it must not read as a failed submit.
  const isAboutTask = argv.some((arg) => /^--task-?id(=|$)/i.test(arg));
  return ACTIONS.find((action) => action === word) ?? (isAboutTask ? 'getStatus' : 'generate');
}

const flagNames = Object.keys(FLAGS) as FlagName[];

function collect(argv: readonly string[], issues: Issue[]): Map<FlagName, string> {
  const given = new Map<FlagName, string>();
  const strays: string[] = [];
  for (let i = 0; i < argv.length; i += 1) {
    const arg = argv[i]!;
    if (!arg.startsWith('--') || arg.length < 3) {
      if (arg === '-h') given.set('help', '');
      else strays.push(arg);
      continue;
    }
    const equals = arg.indexOf('=');
    const word = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
    const name = flagNames.find((flag) => flag === word);
    if (!name) {
      issues.push(unknownFlag(word));
      // Its value, if it has one, is not a stray word of its own.
      if (equals < 0 && i + 1 < argv.length && !argv[i + 1]!.startsWith('--')) i += 1;
      continue;
    }
    const { value: form } = rule(name);
    let value = equals < 0 ? undefined : arg.slice(equals + 1);
    if (form === undefined) {
      if (value !== undefined)
        issues.push(issue(`--${name}`, 'no value', quote(value), `write --${name} alone`));
      value = '';
    } else if (value === undefined) {
      const next = argv[i + 1];
      // A value may look like a flag only when it is attached with "=".
      if (next !== undefined && !next.startsWith('--')) {
        value = next;
        i += 1;
      } else {
        const came = next === undefined ? 'nothing' : quote(next);
        issues.push(issue(`--${name}`, form, came, `write --${name} ${form}`));
        continue;
      }
    }
    if (given.has(name))
      issues.push(issue(`--${name}`, 'to be given once', 'it twice', `keep one --${name}`));
    else if (form !== undefined && value === '')
      issues.push(issue(`--${name}`, form, 'an empty value', `write --${name} ${form}`));
    given.set(name, value);
  }
  if (strays.length > 0) issues.push(straysIssue(strays, given));
  return given;
}

function unknownFlag(word: string): Issue {
  const camel = word.replace(/[-_]+([a-z])/gi, (_, letter: string) => letter.toUpperCase());
  const close =
    flagNames.find((flag) => flag.toLowerCase() === camel.toLowerCase()) ?? nearest(camel, flagNames);
  const hint = close ? `write --${close}` : 'run with --help to see all flags';
  return issue(`--${plain(word, 40)}`, 'a flag that exists', 'an unknown one', hint);
}

function straysIssue(strays: string[], given: Map<FlagName, string>): Issue {
  const first = quote(strays[0]!);
  const action = ACTIONS.find((name) => name === strays[0]);
  const payload = given.get('payload');
  if (action) return issue('arguments', 'flags only', first, `write --action ${action}`);
  // One hyphen, or the dash that a word processor makes of two.
  const flag = /^[-\u2010-\u2015]+([A-Za-z]\w*)/.exec(strays[0]!)?.[1];
  const close = flag && nearest(flag, flagNames);
  if (close) return issue('arguments', 'flags only, each beginning with --', first, `write --${close}`);
  if (payload !== undefined || strays.some((stray) => /[{}:]/.test(stray))) {
    const hint = 'the shell split the JSON at its spaces: pass it on standard input with --payload - instead';
    return issue('--payload', 'one JSON value', `more words after it (${first})`, hint);
  }
  return issue('arguments', 'flags only, each beginning with --', first, 'run with --help to see the form');
}

function actionOf(given: Map<FlagName, string>, issues: Issue[]): Action {
  const word = given.get('action');
  if (word === undefined) {
    const guess: Action | undefined = given.has('taskId') ? 'getStatus' : undefined;
    if (guess) issues.push(issue('--action', 'an action beside --taskId', 'none', `write --action ${guess}`));
    return guess ?? 'generate';
  }
  const action = ACTIONS.find((name) => name === word);
  if (action) return action;
  const close = nearest(word, ACTIONS);
  const hint = close ? `write --action ${close}` : 'run with --help to see the actions';
  issues.push(issue('--action', `one of ${ACTIONS.join(', ')}`, quote(word), hint));
  return 'generate';
}

function providerOf(given: Map<FlagName, string>, issues: Issue[]): Profile {
  const word = given.get('provider');
  const profile = profileOf(word);
  if (profile) return profile;
  const ids = PROFILES.map(({ id }) => id);
  const close = nearest(word!, ids) ?? ids[0]!;
  issues.push(issue('--provider', `one of ${ids.join(', ')}`, quote(word!), `write --provider ${close}`));
  return PROFILES[0]!;
}

// What people call the kinds.
const KIND_NAMES: Readonly<Record<string, OutputKind>> = {
  '3d': 'model3d',
  model: 'model3d',
  music: 'audio',
  sound: 'audio',
  picture: 'image',
};

function kindOf(word: string | undefined, issues: Issue[]): OutputKind | undefined {
  if (word === undefined || word === '') return undefined;
  const kind = OUTPUT_KINDS.find((name) => name === word);
  if (kind !== undefined) return kind;
  const lower = word.toLowerCase();
  const named = Object.hasOwn(KIND_NAMES, lower) ? KIND_NAMES[lower] : undefined;
  const close = named ?? nearest(lower, OUTPUT_KINDS) ?? OUTPUT_KINDS[0];
  issues.push(issue('--kind', `one of ${OUTPUT_KINDS.join(', ')}`, quote(word), `write --kind ${close}`));
  return undefined;
}

function checkFit(action: Action, given: Map<FlagName, string>, issues: Issue[]): void {
  const what = action === 'generate' ? 'the full workflow' : `--action ${action}`;
  for (const name of flagNames) {
    const { actions, required, value } = rule(name);
    if (given.has(name) && actions && !actions.includes(action)) {
      const hint = `leave --${name} out, or use it with ${actions.map((one) => (one === 'generate' ? 'the full workflow' : one)).join(', ')}`;
      issues.push(issue(`--${name}`, `not to be given with ${what}`, 'it', hint));
    }
    if (!given.has(name) && required?.includes(action)) {
      issues.push(issue(`--${name}`, `${value} for ${what}`, 'nothing', `add --${name} ${value}`));
    }
  }
  const takesPayload = rule('payload').actions?.includes(action);
  if (takesPayload && !given.has('payload') && !given.has('image')) {
    issues.push(
      issue(
        '--payload',
        `<json> for ${what}`,
        'nothing',
        "add --payload '<json>', or --payload - to read it from standard input",
      ),
    );
  }
}

function number(
  given: Map<FlagName, string>,
  name: FlagName,
  { min, max, whole = false }: { min: number; max: number; whole?: boolean },
  issues: Issue[],
): number | undefined {
  const text = given.get(name);
  if (text === undefined || text === '') return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'a whole number' : 'a number';
  const hint = `write --${name} ${whole ? Math.max(min, 100) : Math.max(min, 5)}`;
  issues.push(issue(`--${name}`, `${kind} from ${min} to ${max}`, quote(text), hint));
  return undefined;
}

function checkText(args: Arguments, issues: Issue[]): void {
  const { taskId, idempotencyKey, owner } = args;
  if (taskId !== undefined && taskId !== '' && !TASK_ID.test(taskId)) {
    const expected = 'the id as the service gave it: letters, digits and . _ : ~ - (at most 200 characters)';
    issues.push(
      issue(
        '--taskId',
        expected,
        quote(taskId),
        'take taskId from the envelope of the submit, or from --action listPending',
      ),
    );
  }
  if (owner !== undefined && (owner.length > 200 || plain(owner, 200) !== owner)) {
    const expected = 'at most 200 characters in one line';
    issues.push(issue('--owner', expected, quote(owner), 'write for example --owner user-42'));
  }
  if (idempotencyKey !== undefined && idempotencyKey !== '' && !isIdempotencyKey(idempotencyKey)) {
    const expected = '8 to 128 visible ASCII characters without spaces';
    issues.push(
      issue(
        '--idempotencyKey',
        expected,
        quote(idempotencyKey),
        'choose for example --idempotencyKey lighthouse-0001',
      ),
    );
  }
}

// Flags that contradict each other, and what to do about it.
const CONFLICTS: readonly [FlagName, FlagName, string][] = [
  ['new', 'idempotencyKey', 'leave --new out and give another --idempotencyKey: a new key is a new wish'],
  [
    'noJournal',
    'maxCreditsPerDay',
    'leave --noJournal out: the charges of the day are counted in the journal',
  ],
  ['noJournal', 'new', 'leave --new out: without a journal every submit is a new one'],
  ['noJournal', 'owner', 'leave --owner out: it is kept in the journal alone'],
  ['all', 'taskId', 'leave out --all or --taskId'],
];

function checkTogether(action: Action, given: Map<FlagName, string>, issues: Issue[]): void {
  for (const [one, other, hint] of CONFLICTS) {
    if (given.has(one) && given.has(other))
      issues.push(issue(`--${one}`, `not to be given with --${other}`, 'both', hint));
  }
  if (action === 'forget' && given.has('taskId') === given.has('idempotencyKey')) {
    const came = given.has('taskId') ? 'both' : 'neither';
    const hint = 'take the one that --action listPending shows';
    issues.push(issue('--taskId', 'either --taskId or --idempotencyKey', came, hint));
  }
}

/** What the service has no request for is refused before anything else, a key included. */
function checkService(action: Action, given: Map<FlagName, string>, issues: Issue[]): void {
  const profile = providerOf(given, issues);
  const { title, can, callbackFlag } = profile;
  const taskId = given.get('taskId');
  const known = taskId !== undefined && TASK_ID.test(taskId) ? taskId : undefined;
  // A quote that nobody gives is refused after a look at its payload: then there is an estimate to tell.
  if (action !== 'quote') refuseUnsupported(profile, action, known);
  for (const name of ['webhookUrl', 'callbackUrl'] as const) {
    if (name === callbackFlag || !given.has(name)) continue;
    issues.push(issue(`--${name}`, `--${callbackFlag} for ${title}`, 'it', `write --${callbackFlag}`));
  }
  if (!can.quote && given.has('maxCreditsPerDay')) {
    const expected = `not to be given with ${title}, which documents no price before a submit`;
    const hint = 'leave --maxCreditsPerDay out; --maxCredits is held against an estimate';
    issues.push(issue('--maxCreditsPerDay', expected, 'it', hint));
  }
}

function issue(path: string, expected: string, received: string, hint: string): Issue {
  return { path, expected, received, hint };
}

function quote(text: string): string {
  return `"${plain(text, 60)}"`;
}
