import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Issue, issue } from '../../model/issue.ts';
import { nearest } from '../../model/nearest.ts';
import { plain } from '../../model/text.ts';
import { inQuotes } from '../refused.ts';
import { ACTIONS, FLAG_NAMES, type FlagName, rule } from './flags.ts';

/** The flags of a command line with their values as text; a switch has ''. */
export type Given = ReadonlyMap<FlagName, string>;

/** Reads the flags of a command line; what is no flag, or has no value where one is due, goes to `issues`. */
export function readFlags(argv: readonly string[], issues: Issue[]): Given {
  const given = new Map<FlagName, string>();
  const strays: string[] = [];
  for (const token of tokensOf(argv)) {
    if (token.kind === 'stray') strays.push(token.word);
    else if (token.kind === 'unknown') issues.push(unknownFlag(token.word));
    else readFlag(token, given, issues);
  }
  if (strays.length > 0) issues.push(straysIssue(strays, given));
  return given;
}

type Token =
  | { kind: 'flag'; name: FlagName; value: string | undefined; instead?: string | undefined }
  | { kind: 'unknown'; word: string }
  | { kind: 'stray'; word: string };

const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
  FLAG_NAMES.map((name) => [name, { type: rule(name).form === undefined ? 'boolean' : 'string' }]),
);
options.help = { type: 'boolean', short: 'h' };

/** A value may look like a flag only when it is attached with "=": what parseArgs took for one is read as a flag. */
function tokensOf(argv: readonly string[]): Token[] {
  const config = { options, strict: false, allowPositionals: true, tokens: true } as const;
  const { tokens } = parseArgs({ args: [...argv], ...config });
  const found: Token[] = [];
  let unknownAt = Number.NaN;
  let strayAt = Number.NaN;
  for (const token of tokens) {
    const { index } = token;
    const word = argv[index]!;
    const isFlag = token.kind === 'option' && (token.rawName.startsWith('--') || word === '-h');
    if (!isFlag) {
      // The value of an unknown flag is not a stray word of its own, and a group of letters is one word.
      if (index !== unknownAt + 1 && index !== strayAt) found.push({ kind: 'stray', word });
      strayAt = index;
      continue;
    }
    const name = FLAG_NAMES.find((flag) => flag === token.name);
    if (name === undefined) {
      found.push({ kind: 'unknown', word: token.name });
      if (!token.inlineValue) unknownAt = index;
    } else if (token.inlineValue === false && token.value.startsWith('--')) {
      found.push({ kind: 'flag', name, value: undefined, instead: token.value });
      return [...found, ...tokensOf(argv.slice(index + 1))];
    } else found.push({ kind: 'flag', name, value: token.value });
  }
  return found;
}

function readFlag(
  { name, value, instead }: Extract<Token, { kind: 'flag' }>,
  given: Map<FlagName, string>,
  issues: Issue[],
): void {
  const { form } = rule(name);
  if (form === undefined) {
    if (value !== undefined)
      issues.push(issue(`--${name}`, 'no value', inQuotes(value), `write --${name} alone`));
  } else if (value === undefined) {
    const came = instead === undefined ? 'nothing' : inQuotes(instead);
    issues.push(issue(`--${name}`, form, came, `write --${name} ${form}`));
    return;
  }
  if (given.has(name)) issues.push(issue(`--${name}`, 'to be given once', 'it twice', `keep one --${name}`));
  else if (form !== undefined && value === '')
    issues.push(issue(`--${name}`, form, 'an empty value', `write --${name} ${form}`));
  given.set(name, form === undefined ? '' : value!);
}

// What people write as flags: the most common fields of the models.
const FIELDS = ['prompt', 'content', 'duration', 'aspectRatio', 'resolution', 'size', 'seed'];

function unknownFlag(word: string): Issue {
  const camel = word.replace(/[-_]+([a-z])/gi, (_, letter: string) => letter.toUpperCase());
  const lower = camel.toLowerCase();
  const field = FIELDS.find((one) => one.toLowerCase() === lower);
  const flag = FLAG_NAMES.find((one) => one.toLowerCase() === lower) ?? nearest(camel, FLAG_NAMES);
  const hint = field
    ? `it is a field of the request: write --payload '{"${field}":...}', with all of its fields`
    : flag
      ? `write --${flag}`
      : 'run with --help to see all flags';
  return issue(`--${plain(word, 40)}`, 'a flag that exists', 'an unknown one', hint);
}

function straysIssue(strays: string[], given: Given): Issue {
  const first = inQuotes(strays[0]!);
  const action = ACTIONS.find((name) => name === strays[0]);
  if (action) return issue('arguments', 'flags only', first, `write --action ${action}`);
  // One hyphen, or the dash that a word processor makes of two.
  const flag = /^[-\u2010-\u2015]+([A-Za-z]\w*)/.exec(strays[0]!)?.[1];
  const close = flag && nearest(flag, FLAG_NAMES);
  if (close) return issue('arguments', 'flags only, each beginning with --', first, `write --${close}`);
  if (given.has('payload') || strays.some((stray) => /[{}:]/.test(stray))) {
    const hint = 'the shell split the JSON at its spaces: pass it on standard input with --payload - instead';
    return issue('--payload', 'one JSON value', `more words after it (${first})`, hint);
  }
  return issue('arguments', 'flags only, each beginning with --', first, 'run with --help to see the form');
}
