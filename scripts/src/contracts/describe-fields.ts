import type { JsonObject } from '../model/json.ts';
import type { Contract } from './contract.ts';
import { rootOf } from './contract.ts';
import { expected } from './explain.ts';
import type { SchemaNode } from './node.ts';

/**
 * The fields of a model's payload, each in one line: whether it is required, what it takes, what the service assumes
 * without it, and what it is for. `shots[].prompt` is a field of the objects in the list `shots`.
 */
export function describeFields(contract: Contract): { [name: string]: string } {
  return Object.fromEntries(fieldsOf(rootOf(contract), contract.schema, ''));
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
