import type { JsonObject } from '../model/json.ts';
import { type Contract, rootOf } from './contract.ts';
import { expected } from './schema/expected.ts';
import type { SchemaNode } from './schema/schema-node.ts';

/**
 * The fields of a model's payload, each in one line: whether it is required, what it takes, what the service assumes
 * without it, and what it is for. `shots[].prompt` is a field of the objects in the list `shots`.
 */
export function describeFields(contract: Contract): { [name: string]: string } {
  return Object.fromEntries(fieldsOf(rootOf(contract), contract.schema, ''));
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

function fieldsOf(node: SchemaNode, schema: JsonObject, before: string): [string, string][] {
  const properties = schema.properties as { [name: string]: JsonObject } | undefined;
  return [...(node.properties ?? [])].flatMap(([name, child]) => {
    const field = properties?.[name] ?? {};
    const need = node.required!.has(name) ? 'required' : 'optional';
    const usual = child.default === undefined ? '' : ` (default ${JSON.stringify(child.default)})`;
    const purpose = typeof field.description === 'string' ? `. ${field.description}` : '';
    const line = `${need}: ${expected(child)}${usual}${purpose}`;
    const items = (field.items ?? {}) as JsonObject;
    return [
      [`${before}${name}`, line] as [string, string],
      ...fieldsOf(child, field, `${before}${name}.`),
      ...(child.items === undefined ? [] : fieldsOf(child.items, items, `${before}${name}[].`)),
    ];
  });
}
