import type { JsonObject } from '../model/json.ts';
import { type Contract, rootOf } from './contract.ts';

/** Returns the payload with a text as its prompt; null where the model has no field for one. */
export function withPrompt(contract: Contract, payload: JsonObject, text: string): JsonObject | null {
  const field = contract.prompt;
  if (field === null) return null;
  const takesText = rootOf(contract).properties?.get(field)?.types.includes('string');
  // A model that makes one file of several prompts takes a list of them.
  return { ...payload, [field]: takesText ? text : [text] };
}
