import { type Issue, issue } from '../../model/issue.ts';
import { TASK_ID } from '../../model/task.ts';
import type { Profile } from '../../providers/provider.ts';
import { PROFILES } from '../../providers/registry.ts';
import { refused } from '../refused.ts';
import { type Action, FLAG_NAMES, type FlagName, rule, takesPayload } from './flags.ts';
import type { Given } from './read-flags.ts';
import { refuseUnsupported } from './unsupported.ts';
import { SANDBOX_FOLDER } from './words.ts';

const named = (action: Action): string => (action === 'generate' ? 'the full workflow' : action);

/** Adds an issue for each flag that does not belong to the action, and for each one that it lacks. */
export function checkFit(action: Action, given: Given, issues: Issue[]): void {
  const what = action === 'generate' ? named(action) : `--action ${action}`;
  for (const name of FLAG_NAMES) {
    const { actions, required, form, beside } = rule(name);
    if (given.has(name) && actions && !actions.includes(action)) {
      const hint = `leave --${name} out, or use it with ${actions.map(named).join(', ')}`;
      issues.push(issue(`--${name}`, `to be left out with ${what}`, `--${name}`, hint));
    }
    if (given.has(name) && beside && !given.has(beside.flag)) {
      const hint = `add --${beside.flag}, or ${beside.else}`;
      issues.push(issue(`--${name}`, `--${beside.flag} beside it`, 'none', hint));
    }
    // Each line of a batch may name its own.
    const isInLines = name === 'model' && given.has('batch');
    if (!given.has(name) && required?.includes(action) && !isInLines)
      issues.push(issue(`--${name}`, `${form} for ${what}`, 'nothing', `add --${name} ${form}`));
  }
  const asked = ['payload', 'image', 'batch'] as const;
  if (takesPayload(action) && !asked.some((name) => given.has(name))) {
    const hint = "add --payload '<json>', or --payload - to read it from standard input";
    issues.push(issue('--payload', `<json> for ${what}`, 'nothing', hint));
  }
}

// Flags that contradict each other, and what to do about it: some words name the folder for files.
const CONFLICTS: readonly [FlagName, FlagName, string | ((folder: string) => string)][] = [
  ['new', 'idempotencyKey', 'leave --new out and give another --idempotencyKey: a new key is a new request'],
  [
    'noJournal',
    'maxCreditsPerDay',
    'leave --noJournal out: the charges of the day are counted in the journal',
  ],
  ['noJournal', 'new', 'leave --new out: without a journal every submit is a new one'],
  ['noJournal', 'owner', 'leave --owner out: it is kept in the journal alone'],
  ['all', 'taskId', 'leave out --all or --taskId'],
  ['output', 'download', (folder) => `write the folder into --output: --output ${folder}/lighthouse.mp4`],
  ['output', 'all', 'leave --output out: each task has a file of its own'],
  ['batch', 'idempotencyKey', 'leave --idempotencyKey out: each line is a request of its own'],
  ['batch', 'noJournal', 'leave --noJournal out: the records tell which lines are charged already'],
  ['any', 'taskId', 'leave out --any or --taskId'],
  ['any', 'all', 'leave out --any to wait for the last end, --all to wait for the first'],
];

/** Adds an issue for each pair of flags, or of flag and action, that exclude each other. */
export function checkTogether(action: Action, given: Given, issues: Issue[]): void {
  for (const [one, other, hint] of CONFLICTS) {
    if (!given.has(one) || !given.has(other)) continue;
    // A stand-in must not lie among the user's files.
    const folder = given.has('sandbox') ? SANDBOX_FOLDER : 'out';
    const how = typeof hint === 'string' ? hint : hint(folder);
    issues.push(issue(`--${one}`, `not to be given with --${other}`, 'both', how));
  }
  if (given.get('batch') === '-' && given.get('payload') === '-') {
    const hint = 'write the lines into a file, or the defaults of all lines on the command line';
    issues.push(issue('--batch', 'one flag that reads standard input', '--payload - too', hint));
  }
  if (given.get('output')?.includes('{n}') && !given.has('batch')) {
    const hint = 'write the name of the one file, or name a batch with --batch';
    issues.push(issue('--output', 'a name without {n}, which stands for the number of a line', '{n}', hint));
  }
  if (action === 'waitTask' && given.has('idempotencyKey')) {
    const hint = 'add the id of the found task';
    if (!given.has('taskId')) issues.push(issue('--taskId', '<id> beside --idempotencyKey', 'nothing', hint));
    if (given.has('noJournal')) {
      const hint = 'leave --noJournal out: the task is written into the record of the key';
      issues.push(issue('--noJournal', 'not to be given with --idempotencyKey', 'both', hint));
    }
  }
  if (action === 'forget' && given.has('taskId') === given.has('idempotencyKey')) {
    const came = given.has('taskId') ? 'both' : 'neither';
    const hint = 'take the one that --action listPending shows';
    issues.push(issue('--taskId', 'either --taskId or --idempotencyKey', came, hint));
  }
}

/**
 * Adds an issue for each flag that the service has not. It needs no key.
 * @throws Failure INVALID_PAYLOAD for an action that the service documents no request for
 */
export function checkService(action: Action, profile: Profile, given: Given, issues: Issue[]): void {
  const { title, can, callbackWord } = profile;
  // Where a service has no quotes, `quote` is refused after its payload was read: then there is an estimate to tell.
  if (action !== 'quote') refuseUnsupported(profile, action, TASK_ID.exec(given.get('taskId') ?? '')?.[0]);
  for (const name of new Set(PROFILES.map((one) => one.callbackWord))) {
    if (name === callbackWord || !given.has(name)) continue;
    issues.push(issue(`--${name}`, `--${callbackWord} for ${title}`, 'it', `write --${callbackWord}`));
  }
  if (!can.quote && given.has('maxCreditsPerDay')) {
    const expected = `not to be given with ${title}, which documents no price before a submit`;
    const hint = 'ask the user to do without, then leave --maxCreditsPerDay out';
    issues.push(issue('--maxCreditsPerDay', expected, 'it', hint));
  }
}

/** Only a server on this machine may be asked more often than each second. @throws Failure INVALID_PAYLOAD */
export function checkInterval(pollInterval: number | undefined, loopback: boolean): void {
  if (pollInterval === undefined || loopback || (Number.isInteger(pollInterval) && pollInterval >= 1)) return;
  const expected = 'whole seconds from 1 to 60 (fractions only for a server on this machine)';
  const hint = `write --pollInterval ${Math.max(1, Math.ceil(pollInterval))}`;
  throw refused('--pollInterval', expected, String(pollInterval), hint);
}
