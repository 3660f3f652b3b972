import { Failure, type Issue } from '../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { plain } from '../model/text.ts';
import { type Contract, rootOf } from './contract.ts';
import { received } from './explain.ts';

/**
 * The payload inside of a complete request body as APIDot's documents print it, `{model, input, callback_url}`; any other
 * payload as it is. A body is taken as it stands where it says nothing beside the payload, or names the same model.
 * @param callbackFlag the flag that takes what such a body has as callback_url
 * @throws Failure INVALID_PAYLOAD for a body that says more, with where that belongs
 */
export function withoutBody(contract: Contract, payload: JsonObject, callbackFlag: string): JsonObject {
  const { input, ...beside } = payload;
  if (!isObject(input) || rootOf(contract).properties?.has('input') === true) return payload;
  const issues = Object.entries(beside)
    .filter(([name, value]) => name !== 'model' || value !== contract.model)
    .map(([name, value]) => besideIssue(contract, name, value, callbackFlag));
  const [first] = issues;
  if (first === undefined) return input;
  const hint = 'pass what is inside "input" as the payload, and nothing else';
  throw new Failure('INVALID_PAYLOAD', `--payload holds a complete request body: ${hint}.`, {
    issues: [
      { path: 'input', expected: 'the fields themselves', received: received(input), hint },
      ...issues,
    ],
    nextSteps: [hint, ...issues.map((issue) => `${issue.path}: ${issue.hint}`)],
  });
}

function besideIssue(contract: Contract, name: string, value: Json, callbackFlag: string): Issue {
  const place = { path: plain(name, 60), received: received(value) };
  if (name === 'model') {
    const hint = `leave "model" out; the model is the one of --model, which is ${contract.model} here`;
    return { ...place, expected: contract.model, hint };
  }
  const hint =
    name === 'callback_url'
      ? `leave "callback_url" out; the address goes into --${callbackFlag}`
      : `leave ${JSON.stringify(plain(name, 60))} out, or put it inside "input" if it is one of the fields`;
  return { ...place, expected: 'nothing beside the fields', hint };
}
