import type { Issue } from '../model/failure.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import type { Contract } from './contract.ts';
import { hint, type Path, pathText } from './explain.ts';
import { placeOf } from './places.ts';
import { fieldOf } from './presence.ts';
import type { ObjectPlace, SchemaNode } from './schema-node.ts';
import type { Ways } from './ways.ts';

/** What the rules between fields say about an object and about the objects in it. */
export function crossFieldIssues(
  contract: Contract,
  node: SchemaNode,
  object: JsonObject,
  path: Path,
  ways: Ways,
): Issue[] {
  const at: ObjectPlace = {
    node,
    object,
    pathTo: (name) => pathText([...path, name]),
    hintFor: (name, field, value, required) =>
      hint(placeOf(contract, field, [...path, name], value, required, ways)),
  };
  const issues = (node.own ?? []).flatMap((keyword) => keyword.issues?.(at) ?? []);
  for (const [name, child] of node.properties ?? []) {
    const value = fieldOf(object, name);
    if (child.properties !== undefined && isObject(value))
      issues.push(...crossFieldIssues(contract, child, value, [...path, name], ways));
  }
  return issues;
}
