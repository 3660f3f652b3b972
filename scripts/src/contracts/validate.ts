import type { Issue } from '../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { type Contract, rootOf } from './contract.ts';
import { crossFieldIssues } from './cross-field.ts';
import { expected, hint, type Path, pathText, received, unknownFieldHint } from './explain.ts';
import { placeOf, valueAt } from './places.ts';
import { nodeAt, type SchemaNode } from './schema-node.ts';
import { toZod } from './to-zod.ts';
import { BY_VALUE, type Ways } from './ways.ts';

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
  const root = rootOf(contract);
  if (!isObject(payload)) return [notAnObject(contract, payload, ways)];
  const issues = new Map<string, Issue>();
  const result = toZod(root).safeParse(payload);
  for (const finding of result.success ? [] : flatten(result.error.issues)) {
    if (issues.size >= MOST_ISSUES) break;
    for (const issue of explain(contract, root, payload, finding, ways))
      if (!issues.has(issue.path)) issues.set(issue.path, issue);
  }
  return [...issues.values(), ...crossFieldIssues(contract, root, payload, [], ways)].slice(0, MOST_ISSUES);
}

function notAnObject(contract: Contract, payload: Json, ways: Ways): Issue {
  const isText = typeof payload === 'string' && /^\s*\{/.test(payload.slice(0, 100));
  return {
    path: ways.payload,
    expected: 'a JSON object',
    received: received(payload),
    hint: isText
      ? 'pass the object itself, not a string that contains it'
      : `pass an object such as ${JSON.stringify(contract.example)}`,
  };
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

function explain(
  contract: Contract,
  root: SchemaNode,
  payload: JsonObject,
  finding: Finding,
  ways: Ways,
): Issue[] {
  const path = finding.path as Path;
  const node = nodeAt(root, path) ?? root;
  const value = valueAt(payload, path);
  if (finding.code === 'unrecognized_keys' && isObject(value))
    return (finding.keys ?? []).slice(0, MOST_ISSUES).map((key) => ({
      path: pathText([...path, key]),
      received: received(value[key]),
      ...(node.own?.map((keyword) => keyword.unknownField?.(node, key, contract.model)).find(Boolean) ?? {
        expected: `no such field for ${contract.model}`,
        hint: unknownFieldHint(key, node, value, ways),
      }),
    }));
  const last = path.at(-1);
  const required = typeof last !== 'string' || nodeAt(root, path.slice(0, -1))?.required?.has(last) === true;
  return [
    {
      path: pathText(path),
      expected: expected(node),
      received: received(value),
      hint: hint(placeOf(contract, node, path, value, required, ways)),
    },
  ];
}
