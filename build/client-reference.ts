// references/client.md: made from the types and the docstrings of scripts/src/client/, and the example of README.md.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TYPES } from './client-types.ts';

/** Types whose fields a caller writes or reads; the others are in client.d.mts. */
const SHOWN = [
  'ClientOptions GenerationRequest SubmitRequest LostRequest ReconcileOptions Reconciled',
  'WaitOptions DownloadOptions Task WaitResult CheckedFile CallbackHint ProviderInfo',
].flatMap((names) => names.split(' '));

const HEAD = `# The client library

\`scripts/client.mjs\` is this skill's core for programs on Node 20.18.1 or newer: the same submit, reconcile, poll, download and contracts as the commands. It needs
\`scripts/lib/\` and \`contracts/\` beside it, and no package. Copy the three, with the types in \`scripts/client.d.mts\`, or import it from the installed skill.
An import changes nothing in the process; a client keeps no state but its connections, reads no environment variable and writes nothing to the terminal.
This page is made from the types by \`npm run build\`.

`;

const RULES = `## What stays yours

- **Store before you send.** A client keeps no record. Store the request with its idempotency key before \`submit\`, and the task's id before anything waits.
- **Read \`outcome\`.** After an error of \`submit\`, \`rejected\` means that nothing is charged and the request may be submitted again (after \`retryAfter\` seconds where set).
  \`unknown\` means that it may be charged: call \`reconcile\` with the stored request, never \`submit\`. It submits nothing. Only when the service's list has been
  clear of the task for 60 seconds, its result has \`resubmit\`, which sends the request once more. APIDot documents no list: there a person decides, or a callback that names the task.
- **Share the limit.** \`rateLimit\` of \`providers()\` holds for all processes of one address together. All waits of one client share one poller, whose list query serves
  many tasks; a client does not know of other clients and processes.
- **Believe no callback.** \`parseCallback\` gives a hint. Poll the task, and only then act.
- **Save the files.** Links expire. \`download\` to a function gets each file whole and checked, so that its length and hash are known before the first byte is stored.

`;

/** Returns the page. @param root the folder of package.json */
export function clientReference(root: string): string {
  const source = (file: string) => readFileSync(path.join(root, 'scripts/src/client', file), 'utf8');
  const types = TYPES.map((name) => source(`${name}.ts`)).join('\n');
  const functions = ['create-client.ts', 'standalone.ts'].flatMap((file) => exported(source(file)));
  const errors = [...source('errors.ts').matchAll(/\/\*\*([^/]*?)\*\/\nexport class (\w+) extends (\w+)/g)];
  const example = /```js\n[\s\S]*?\n```\n/.exec(readFileSync(path.join(root, 'README.md'), 'utf8'))?.[0];
  if (!example) throw new Error('README.md has no example of the client');
  const error = /export class ClientError extends Error \{\n([\s\S]*?)\n\n {2}constructor/;
  return [
    HEAD,
    `## Example\n\nAgainst the [sandbox](sandbox.md), without a key:\n\n${example}\n`,
    RULES,
    table('Functions', ['Function', 'What it returns or does'], functions),
    table('Methods of a client', ['Method', 'What it returns or does'], methodsOf(types)),
    'Every call that reaches the service takes `signal` in its last argument. Methods return promises, except `parseCallback`.\n\n',
    table(
      'Errors',
      ['Class', 'Code and meaning'],
      errors.map(([, doc, name]) => [`\`${name}\``, plain(doc!)]),
    ),
    table('Fields of every error', ['Field', 'Meaning'], fieldsOf(source('errors.ts'), error)),
    '## Types\n\n',
    ...SHOWN.map((name) => typeSection(types, name)),
  ]
    .join('')
    .trimEnd()
    .concat('\n');
}

function typeSection(types: string, name: string): string {
  const doc = docBefore(types, new RegExp(`export (?:interface|type) ${name}\\b`));
  const base = new RegExp(`export interface ${name} extends (\\w+)`).exec(types)?.[1];
  const fields = fieldsOf(
    types,
    new RegExp(`export (?:interface ${name}\\b[^{]*|type ${name} =[^;]*?)\\{\\n([\\s\\S]*?)\\n {0,4}\\}`),
  );
  if (fields.length === 0 && !doc) throw new Error(`no type ${name}`);
  const about = [doc, base && `With all of \`${base}\`.`].filter(Boolean).join(' ');
  return `**\`${name}\`** ${about}\n\n${fields.map(([field, means]) => `- ${field}${means ? `: ${means}` : ''}`).join('\n')}\n\n`;
}

/** The functions and values that a module exports, with their docstrings. */
function exported(source: string): [string, string][] {
  return [
    ...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:async )?(?:function|const) (\w+)/g),
  ].map(([, doc, name]) => [`\`${name}\``, plain(doc!)]);
}

/** The methods of a client, with their docstrings. */
function methodsOf(types: string): [string, string][] {
  const body = /export interface Client \{\n([\s\S]*?)\n\}/.exec(types)![1]!;
  return [...body.matchAll(/ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}(\w+)(\([^\n]*\)): ([^\n]+);/g)].map(
    ([, doc, name, given, result]) => [
      `\`${name}${given!.replace(/: [\w| []+\]?/g, '')}\` → \`${result!.replace(/^Promise<(.*)>$/, '$1')}\``,
      plain(doc!),
    ],
  );
}

/** The fields of a type or class, with their docstrings. */
function fieldsOf(source: string, block: RegExp): [string, string][] {
  const body = block.exec(source)?.[1] ?? '';
  return [
    ...body.matchAll(
      /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n\s*)?^\s*(?:readonly )?(\w+\??)(\([^\n]*\))?:\s([^\n;]+);/gm,
    ),
  ].map(([, doc, name, call, type]) => [
    `\`${name}${call ? '()' : ''}\`${doc ? '' : ` \`${type}\``}`,
    doc ? plain(doc) : '',
  ]);
}

function docBefore(source: string, declaration: RegExp): string {
  const at = source.search(declaration);
  const doc = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n$/.exec(source.slice(0, at))?.[1];
  return doc ? plain(doc) : '';
}

function table(title: string, [first, second]: [string, string], rows: [string, string][]): string {
  const lines = rows.map(([name, means]) => `| ${cell(name)} | ${cell(means)} |`);
  return `## ${title}\n\n| ${first} | ${second} |\n|---|---|\n${lines.join('\n')}\n\n`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A docstring as one paragraph. */
function plain(doc: string): string {
  return doc
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .replace(/@throws (\w+)/g, 'Throws `$1`')
    .trim();
}
