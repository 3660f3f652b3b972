import { Failure } from '../model/failure.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { type Contract, rootOf } from './contract.ts';
import { received } from './schema/expected.ts';

/**
 * The payload inside of a complete request body as APIDot's documents print it, `{model, input, callback_url}`; any other
 * payload as it is. A body is taken as it stands where it says nothing beside the payload, or names the same model.
 * @throws Failure INVALID_PAYLOAD for a body that says more, with where that belongs
 */
export function withoutBody(contract: Contract, payload: JsonObject): JsonObject {
  const { input, ...besideInput } = payload;
  if (!isObject(input) || rootOf(contract).properties?.has('input') === true) return payload;
  const beside = Object.entries(besideInput)
    .filter(([name, value]) => name !== 'model' || value !== contract.model)
    .map(([name, value]) => ({ name, received: received(value) }));
  if (beside.length === 0) return input;
  const { model } = contract;
  throw new Failure('INVALID_PAYLOAD', 'The payload is a complete request body.', {
    reason: { kind: 'wholeBody', model, input: received(input), beside },
  });
}
