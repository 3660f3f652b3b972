import type { JsonObject } from '../model/json.ts';
import { type Contract, rootOf } from './contract.ts';

/** The field that takes the picture of a file: the first that holds a single image. Null if the model has none. */
export function imageField(contract: Contract): string | null {
  for (const [name, node] of rootOf(contract).properties ?? [])
    if (node.media === 'image' && node.types.includes('string')) return name;
  return null;
}

/** The field that takes a picture by its public URL only, alone or in a list. Null if the model has none. */
export function imageUrlField(contract: Contract): string | null {
  for (const [name, node] of rootOf(contract).properties ?? [])
    if ((node.media ?? node.items?.media) === 'image-url') return name;
  return null;
}

/** Returns the payload without the picture that a file would give. */
export function withoutImage(contract: Contract, payload: JsonObject): JsonObject {
  const field = imageField(contract);
  if (field === null) return payload;
  const { [field]: _, ...others } = payload;
  return others;
}
