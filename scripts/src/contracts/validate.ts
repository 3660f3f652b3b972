import type { Issue } from '../model/issue.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { type Contract, rootOf } from './contract.ts';
import { imageField } from './fields.ts';
import { expected, type Path, pathText, received } from './schema/expected.ts';
import { hint, unknownFieldHint } from './schema/hint.ts';
import { fieldOf } from './schema/presence.ts';
import { nodeAt, type ObjectPlace, type SchemaNode } from './schema/schema-node.ts';
import { toZod } from './schema/to-zod.ts';
import { BY_VALUE, type Ways } from './schema/ways.ts';

const MOST_ISSUES = 20;

/** What is read of an issue that zod reports. */
interface Finding {
  code: string;
  path: readonly PropertyKey[];
  keys?: readonly string[];
  errors?: readonly (readonly Finding[])[];
}

/**
 * Everything that keeps a payload from being sent, one issue per place and at most 20; empty when it can be sent.
 * Never throws, whatever JSON it is given. What only the service can know (whether media can be fetched, content
 * rules) is not checked.
 * @param ways how the caller gives what a hint asks for
 */
export function checkPayload(contract: Contract, payload: Json, ways: Ways = BY_VALUE): Issue[] {
  if (!isObject(payload)) return [notAnObject(contract, payload, ways)];
  const check = { contract, payload, ways };
  const root = rootOf(contract);
  const issues = new Map<string, Issue>();
  const result = toZod(root).safeParse(payload);
  for (const finding of result.success ? [] : flatten(result.error.issues)) {
    if (issues.size >= MOST_ISSUES) break;
    for (const issue of issuesOf(check, finding)) if (!issues.has(issue.path)) issues.set(issue.path, issue);
  }
  return [...issues.values(), ...crossFieldIssues(check, root, payload, [])].slice(0, MOST_ISSUES);
}

/** The payload that is checked, and by what. */
interface Check {
  contract: Contract;
  payload: JsonObject;
  ways: Ways;
}

function notAnObject(contract: Contract, payload: Json, ways: Ways): Issue {
  const isText = typeof payload === 'string' && /^\s*\{/.test(payload.slice(0, 100));
  const hint = isText
    ? 'pass the object itself, not a string that contains it'
    : `pass an object such as ${JSON.stringify(contract.example)}`;
  return { path: ways.payload, expected: 'a JSON object', received: received(payload), hint };
}

/**
 * A union that fails says what each alternative lacks; the one that got inside of the value is the one that was meant,
 * else the one that got beyond its type.
 */
function flatten(findings: readonly Finding[], base: readonly PropertyKey[] = []): Finding[] {
  return findings.flatMap((finding) => {
    const path = [...base, ...finding.path];
    const meant =
      finding.errors?.find((errors) =>
        errors.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
      ) ?? finding.errors?.find((errors) => errors.some((inner) => inner.code !== 'invalid_type'));
    return meant === undefined ? [{ ...finding, path }] : flatten(meant, path);
  });
}

function issuesOf(check: Check, finding: Finding): Issue[] {
  const { contract, payload, ways } = check;
  const root = rootOf(contract);
  const path = finding.path as Path;
  const node = nodeAt(root, path) ?? root;
  const value = valueAt(payload, path);
  if (finding.code === 'unrecognized_keys' && isObject(value))
    return (finding.keys ?? []).slice(0, MOST_ISSUES).map((key) => ({
      path: pathText([...path, key]),
      received: received(value[key]),
      ...(node.own?.map((rule) => rule.unknownField?.(key, contract.model)).find(Boolean) ?? {
        expected: `no such field for ${contract.model}`,
        hint: unknownFieldHint(
          key,
          node,
          value,
          path.length === 0 ? ways : { ...ways, elsewhere: undefined },
        ),
      }),
    }));
  const last = path.at(-1);
  const required = typeof last !== 'string' || nodeAt(root, path.slice(0, -1))?.required?.has(last) === true;
  const advice = hintAt(check, path, node, value, required);
  return [{ path: pathText(path), expected: expected(node), received: received(value), hint: advice }];
}

/** What the rules between fields say about an object and about the objects in it. */
function crossFieldIssues(check: Check, node: SchemaNode, object: JsonObject, path: Path): Issue[] {
  const at: ObjectPlace = {
    node,
    object,
    pathTo: (name) => pathText([...path, name]),
    hintFor: (name, ...of) => hintAt(check, [...path, name], ...of),
  };
  const issues = (node.own ?? []).flatMap((rule) => rule.issues?.(at) ?? []);
  for (const [name, child] of node.properties ?? []) {
    const value = fieldOf(object, name);
    if (child.properties !== undefined && isObject(value))
      issues.push(...crossFieldIssues(check, child, value, [...path, name]));
  }
  return issues;
}

/** What JSON holds at a path; undefined where the path leads nowhere. */
function valueAt(from: Json, path: Path): Json | undefined {
  let here: Json | undefined = from;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = here[step];
    else here = isObject(here) ? fieldOf(here, String(step)) : undefined;
  }
  return here;
}

function hintAt(
  { contract, ways }: Check,
  path: Path,
  node: SchemaNode,
  value: Json | undefined,
  required: boolean,
): string {
  // A picture from a file fills one field only; for any other it would be the wrong advice.
  const isImage = path.length === 1 && path[0] === imageField(contract);
  const own = isImage ? ways : { ...ways, imageFile: null };
  const { provider, prompt, example: whole } = contract;
  const isPrompt = path.length === 1 && path[0] === prompt;
  return hint({
    node,
    path,
    value,
    required,
    isPrompt,
    example: valueAt(whole, path),
    ways: own,
    provider,
  });
}
