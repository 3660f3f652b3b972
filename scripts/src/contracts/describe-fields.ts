import { type Contract, rootOf } from './contract.ts';
import { expected } from './schema/expected.ts';
import type { SchemaNode } from './schema/schema-node.ts';

/**
 * The fields of a model's payload, each in one line: whether it is required, what it takes, what the service assumes
 * without it, and what it is for. `shots[].prompt` is a field of the objects in the list `shots`.
 */
export function describeFields(contract: Contract): { [name: string]: string } {
  return Object.fromEntries(fieldsOf(rootOf(contract), ''));
}

/** What the rules between fields demand, as sentences; those of an object in a field begin with its name. */
export function describeRules(contract: Contract): string[] {
  return rulesOf(rootOf(contract), '');
}

function rulesOf(node: SchemaNode, before: string): string[] {
  const sentences = (node.own ?? []).flatMap((keyword) => keyword.sentences?.() ?? []);
  const inner = [...(node.properties ?? [])].flatMap(([name, child]) => rulesOf(child, `${before}${name}: `));
  return [...sentences.map((sentence) => before + sentence), ...inner];
}

function fieldsOf(node: SchemaNode, before: string): [string, string][] {
  return [...(node.properties ?? [])].flatMap(([name, child]) => {
    const need = node.required!.has(name) ? 'required' : 'optional';
    const usual = child.default === undefined ? '' : ` (default ${JSON.stringify(child.default)})`;
    const purpose = child.description === undefined ? '' : `. ${child.description}`;
    return [
      [`${before}${name}`, `${need}: ${expected(child)}${usual}${purpose}`] as [string, string],
      ...fieldsOf(child, `${before}${name}.`),
      ...(child.items === undefined ? [] : fieldsOf(child.items, `${before}${name}[].`)),
    ];
  });
}
