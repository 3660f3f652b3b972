import { isObject, type Json } from '../model/json.ts';
import type { Contract } from './contract.ts';
import type { Path, Place } from './explain.ts';
import { imageField } from './image-field.ts';
import type { SchemaNode } from './schema-node.ts';
import type { Ways } from './ways.ts';

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
  ways: Ways,
): Place {
  const example = valueAt(contract.example, path);
  // A picture from a file fills one field only; for any other it would be the wrong advice.
  const isImage = path.length === 1 && path[0] === imageField(contract);
  const own = isImage ? ways : { ...ways, imageFile: null };
  return { node, path, value, required, example, ways: own, provider: contract.provider };
}
