import type { Json, JsonObject } from '../model/json.ts';
import { type Contract, listModels, loadContract, rootOf } from './contract.ts';
import { imageField } from './fields.ts';
import { lookAlike, sameMeaning } from './schema/hint.ts';
import { fits } from './schema/to-zod.ts';
import type { Elsewhere } from './schema/ways.ts';

/**
 * Returns, for fields of a payload that its model has not, the models that make the same kind of file from the same kind of
 * input and take the value: a model with that field under another name, with the name.
 */
export async function modelsWith(
  contract: Contract,
  payload: JsonObject,
  names: readonly string[],
): Promise<Elsewhere> {
  const found = new Map<string, string[]>();
  for (const model of await listModels(contract.provider)) {
    const other = await loadContract(contract.provider, model);
    if (model === contract.model || other.output !== contract.output) continue;
    if (!takesInputOf(other, contract, payload)) continue;
    for (const name of names) {
      const own = fieldFor(other, name);
      if (own === undefined) continue;
      const models = found.get(name) ?? [];
      if (takes(other, own, payload[name]!)) models.push(own === name ? model : `${model} (as "${own}")`);
      found.set(name, models);
    }
  }
  return found;
}

function takesInputOf(other: Contract, contract: Contract, payload: JsonObject): boolean {
  const own = imageField(contract);
  const hasImage = own !== null && ((payload[own] ?? null) !== null || isRequired(contract, own));
  const field = imageField(other);
  return hasImage ? field !== null : field === null || !isRequired(other, field);
}

const isRequired = (contract: Contract, field: string): boolean =>
  rootOf(contract).required?.has(field) === true;

function fieldFor(other: Contract, name: string): string | undefined {
  const names = [...rootOf(other).properties!.keys()];
  return names.includes(name) ? name : lookAlike(name, names);
}

function takes(other: Contract, field: string, value: Json): boolean {
  const node = rootOf(other).properties!.get(field)!;
  return fits(node, value) || sameMeaning(node, value).some((one) => fits(node, one));
}
