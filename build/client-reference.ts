// references/client.md: made from the types and the docstrings of scripts/src/client/, and the example of README.md.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TYPES } from './client-types.ts';

/** Types whose fields a caller writes or reads; the others are in client.d.mts. */
const SHOWN = [
  'ClientOptions GenerationRequest SubmitRequest LostRequest ReconcileOptions Reconciled',
  'WaitOptions DownloadOptions Task WaitResult CheckedFile CallbackHint ProviderInfo',
].flatMap((names) => names.split(' '));

/** Returns the page: client.md, with its `{names}` filled in. @param root the folder of package.json */
export function clientReference(root: string): string {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const source = (file: string) => read(`scripts/src/client/${file}`);
  const types = TYPES.map((name) => source(`${name}.ts`)).join('\n');
  const functions = ['create-client', 'standalone'].map((name) => source(`${name}.ts`));
  const errors = [...source('errors.ts').matchAll(/\/\*\*([^/]*?)\*\/\nexport class (\w+) extends (\w+)/g)];
  const error = /export class ClientError extends Error \{\n([\s\S]*?)\n\n {2}constructor/;
  const parts: Record<string, string | undefined> = {
    example: /```js\n[\s\S]*?\n```/.exec(read('README.md'))?.[0],
    functions: table(['Function', 'What it returns or does'], functions.flatMap(exported)),
    methods: table(['Method', 'What it returns or does'], methodsOf(types)),
    errors: table(
      ['Class', 'Code and meaning'],
      errors.map(([, doc, name]) => [`\`${name}\``, plain(doc!)]),
    ),
    fields: table(['Field', 'Meaning'], fieldsOf(source('errors.ts'), error)),
    types: SHOWN.map((name) => typeSection(types, name)).join('\n\n'),
  };
  return read('build/client.md').replace(/^\{(\w+)\}$/gm, (_, name: string) => {
    if (!parts[name]) throw new Error(`nothing is found for ${name} of the client's page`);
    return parts[name];
  });
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
  return `**\`${name}\`** ${about}\n\n${fields.map(([field, means]) => `- ${field}${means ? `: ${means}` : ''}`).join('\n')}`;
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

function table(head: [string, string], rows: [string, string][]): string {
  const line = (cells: [string, string]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), '|---|---|', ...rows.map(line)].join('\n');
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
