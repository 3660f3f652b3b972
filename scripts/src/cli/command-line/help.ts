import { RETRIES, TIMEOUT_MS } from '../../model/defaults.ts';
import { PROFILES } from '../../providers/registry.ts';
import { BATCH_ORDER, EXIT, EXIT_WORDS, ONE_CHARGE } from '../exit-codes.ts';
import { FLAG_NAMES, rule } from './flags.ts';
import { commandLine } from './words.ts';

const WIDTH = 125;

/** Returns the text of `--help`: one screen, made from the tables of flags, exit codes and services; its examples run as printed. */
export function helpText(version: string): string {
  const run = commandLine([]);
  const exits = exitCodes().map((line) => `  ${line}`);
  return `async-media-workflow ${version}: one command makes a finished file from a payload.
${plainly(ONE_CHARGE)}

Usage: ${run} --model <id> --payload '<json>' [--download <dir>]
       ${run} --action <action> [--taskId <id>]

Examples (no key, no cost)
  ${run} --sandbox --model t2v --payload '{"prompt":"a lighthouse at dawn","aspectRatio":"16:9","duration":"5"}' --download out
  ${run} --action listModels
  ${run} --action describeModel --model t2v

Flags
${flagLines().join('\n')}

Environment
${wrapped(VARIABLES, 2).join('\n')}

Exit codes (a batch: that of the line to see to first, ${BATCH_ORDER.filter((code) => code !== EXIT.bug).join(', ')}; status FAILED with taskId null: it failed before there was a task)
${exits.join('\n')}`;
}

const VARIABLES = [
  `${PROFILES.map(({ keyVariable }) => keyVariable).join(', ')} (needed for live calls)`,
  ...PROFILES.map(({ urlVariable }) => urlVariable),
  `AIVIDEO_TIMEOUT_MS (${TIMEOUT_MS.fallback})`,
  `AIVIDEO_MAX_RETRIES (${RETRIES.fallback})`,
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'ASYNC_MEDIA_STATE_DIR',
].join(', ');

function flagLines(): string[] {
  const items: { names: string; help: string }[] = [];
  for (const name of FLAG_NAMES) {
    const { form, help } = rule(name);
    const last = items.at(-1);
    if (last?.help === help) last.names = `${last.names.replace(/ <.*/, '')}, --${name}`;
    else items.push({ names: `--${name}`, help });
    if (form !== undefined) items.at(-1)!.names += ` ${form}`;
  }
  const column = 27;
  return items.flatMap(({ names, help }) => {
    const [first, ...more] = wrapped(help, column);
    const head = `  ${names}`.padEnd(column - 1);
    return [`${head} ${first!.trimStart()}`, ...more];
  });
}

function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? undefined : `${lines.at(-1)} ${word}`;
    if (longer !== undefined && longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(' '.repeat(indent) + word);
  }
  return lines;
}

/** A line for each exit code after which something is to be done with the command; the others share lines. */
function exitCodes(): string[] {
  const lines = [''];
  for (const { code, means, next } of Object.values(EXIT_WORDS)) {
    const isAlone = code === EXIT.stillRunning || code === EXIT.submitUnknown;
    const item = `${code} ${means}${isAlone ? `: ${plainly(next)}` : ''}`;
    const line = lines.at(-1)!;
    if (line === '' || (!isAlone && line.length + item.length < WIDTH))
      lines[lines.length - 1] = `${line}${line === '' ? '' : '  '}${item}`;
    else lines.push(item);
  }
  return lines;
}

/** Without the marks that only a document shows. */
function plainly(text: string): string {
  return text.replaceAll('`', '');
}
