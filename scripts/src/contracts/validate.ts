import type { Issue } from '../types/failure.ts';
import { isObject, type Json, type JsonObject } from '../types/json.ts';
import { type Contract, rootOf } from './contract.ts';
import { expected, hint, type Path, pathText, received, unknownFieldHint } from './explain.ts';
import { imageField } from './image-field.ts';
import { nodeAt, type SchemaNode } from './node.ts';
import { toZod } from './to-zod.ts';

const MOST_ISSUES = 20;
const MOST_NAMES = 8;

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
 */
export function checkPayload(contract: Contract, payload: Json): Issue[] {
  const root = rootOf(contract);
  if (!isObject(payload)) return [notAnObject(contract, payload)];
  const issues = new Map<string, Issue>();
  const result = toZod(root).safeParse(payload);
  for (const finding of result.success ? [] : flatten(result.error.issues)) {
    if (issues.size >= MOST_ISSUES) break;
    for (const issue of explain(contract, root, payload, finding))
      if (!issues.has(issue.path)) issues.set(issue.path, issue);
  }
  return [...issues.values(), ...crossFieldIssues(contract, root, payload, [])].slice(0, MOST_ISSUES);
}

function notAnObject(contract: Contract, payload: Json): Issue {
  const isText = typeof payload === 'string' && /^\s*\{/.test(payload.slice(0, 100));
  return {
    path: '--payload',
    expected: 'a JSON object',
    received: received(payload),
    hint: isText
      ? 'pass the object itself, not a string that contains it'
      : `pass an object such as ${JSON.stringify(contract.example)}`,
  };
}

/** A union that fails says what each alternative lacks; the one that got beyond the type is the one that was meant. */
function flatten(findings: readonly Finding[], base: readonly PropertyKey[] = []): Finding[] {
  return findings.flatMap((finding) => {
    const path = [...base, ...finding.path];
    const meant = finding.errors?.find((errors) =>
      errors.some((inner) => inner.path.length > 0 || inner.code !== 'invalid_type'),
    );
    return meant === undefined ? [{ ...finding, path }] : flatten(meant, path);
  });
}

function explain(contract: Contract, root: SchemaNode, payload: JsonObject, finding: Finding): Issue[] {
  const path = finding.path as Path;
  const node = nodeAt(root, path) ?? root;
  const value = valueAt(payload, path);
  if (finding.code === 'unrecognized_keys' && isObject(value))
    return (finding.keys ?? []).slice(0, MOST_ISSUES).map((key) => ({
      path: pathText([...path, key]),
      expected: `no such field for ${contract.model}`,
      received: received(value[key]),
      hint: unknownFieldHint(key, node, value),
    }));
  const example = valueAt(contract.example, path);
  const last = path.at(-1);
  const required = typeof last !== 'string' || nodeAt(root, path.slice(0, -1))?.required?.has(last) === true;
  return [
    {
      path: pathText(path),
      expected: expected(node),
      received: received(value),
      hint: hint({ node, path, value, required, example, fromFile: takesFile(contract, path) }),
    },
  ];
}

function takesFile(contract: Contract, path: Path): boolean {
  return path.length === 1 && path[0] === imageField(contract);
}

function valueAt(from: Json, path: Path): Json | undefined {
  let here: Json | undefined = from;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = here[step];
    else if (isObject(here) && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return here;
}

/** The rules between fields (x-atLeastOne, x-exclusive) of an object and of the objects in it. */
function crossFieldIssues(contract: Contract, node: SchemaNode, object: JsonObject, path: Path): Issue[] {
  const issues: Issue[] = [];
  const present = (name: string): boolean => Object.hasOwn(object, name) && carriesSomething(object[name]!);
  const given = (names: readonly string[]): string => names.slice(0, MOST_NAMES).join(', ');
  if (node.atLeastOne !== undefined && !node.atLeastOne.some(present)) {
    const place = [...path, node.atLeastOne[0]!];
    issues.push({
      path: pathText(place),
      expected: `at least one of ${node.atLeastOne.join(', ')}`,
      received: 'none of them',
      hint: hint({
        node: node.properties!.get(node.atLeastOne[0]!)!,
        path: place,
        value: undefined,
        required: true,
        example: valueAt(contract.example, place),
        fromFile: takesFile(contract, place),
      }),
    });
  }
  const used = (node.exclusive ?? [])
    .map((group) => group.filter(present))
    .filter((names) => names.length > 0);
  if (used.length > 1) {
    issues.push({
      path: pathText([...path, used[1]![0]!]),
      expected: (node.exclusive ?? [])
        .map((group) => group.join('/'))
        .join(' or ')
        .concat(', not both'),
      received: used.map(given).join(' with '),
      hint: `leave out ${used.map(given).join(', or leave out ')}`,
    });
  }
  for (const [name, child] of node.properties ?? []) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (child.properties !== undefined && isObject(value))
      issues.push(...crossFieldIssues(contract, child, value, [...path, name]));
  }
  return issues;
}

/** Null, blank text and an empty list are the same as leaving the field out. */
function carriesSomething(value: Json): boolean {
  if (typeof value === 'string') return /\S/.test(value);
  return Array.isArray(value) ? value.length > 0 : value !== null;
}
