import type { JsonObject } from '../model/json.ts';
import { type Contract, rootOf } from './contract.ts';
import type { SchemaNode } from './schema/schema-node.ts';

/** The field that takes the picture of a file: the first that holds a single image. */
export function imageField(contract: Contract): string | null {
  return fieldWhere(contract, ({ media, types }) => media === 'image' && types.includes('string'));
}

/** The field that takes a picture by its public URL only, alone or in a list. */
export function imageUrlField(contract: Contract): string | null {
  return fieldWhere(contract, ({ media, items }) => (media ?? items?.media) === 'image-url');
}

function fieldWhere(contract: Contract, fits: (node: SchemaNode) => boolean): string | null {
  return [...rootOf(contract).properties!].find(([, node]) => fits(node))?.[0] ?? null;
}

/** Returns the payload without the picture that a file would give. */
export function withoutImage(contract: Contract, payload: JsonObject): JsonObject {
  const field = imageField(contract);
  if (field === null) return payload;
  const { [field]: _, ...others } = payload;
  return others;
}

/** Returns the payload with a text as its prompt; null where the model has no field for one. */
export function withPrompt(contract: Contract, payload: JsonObject, text: string): JsonObject | null {
  const field = contract.prompt;
  if (field === null) return null;
  const takesText = rootOf(contract).properties?.get(field)?.types.includes('string');
  // A model that makes one file of several prompts takes a list of them.
  return { ...payload, [field]: takesText ? text : [text] };
}
