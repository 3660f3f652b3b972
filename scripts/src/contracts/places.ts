import { isObject, type Json } from '../model/json.ts';
import type { Contract } from './contract.ts';
import type { Path, Place } from './explain.ts';
import { imageField } from './image-field.ts';
import type { SchemaNode } from './node.ts';

/** What JSON holds at a path; undefined where the path leads nowhere. */
export function valueAt(from: Json, path: Path): Json | undefined {
  let here: Json | undefined = from;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = here[step];
    else if (isObject(here) && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return here;
}

/** What a hint needs to know about one place of a payload. */
export function placeOf(
  contract: Contract,
  node: SchemaNode,
  path: Path,
  value: Json | undefined,
  required: boolean,
): Place {
  const example = valueAt(contract.example, path);
  const fromFile = path.length === 1 && path[0] === imageField(contract);
  return { node, path, value, required, example, fromFile, provider: contract.provider };
}
