import type { Contract } from '../contracts/contract.ts';
import type { Failure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import { invalidInput, type Settings } from './options.ts';
import type { ModelDescription, PriceEstimate, Validation } from './types.ts';

/** The ids of the models that have a contract, sorted. */
export async function listModels({ profile, root }: Settings): Promise<string[]> {
  const { listModels } = await import('../contracts/contract.ts');
  return listModels(profile.id, root);
}

/** @throws Failure INVALID_MODEL */
export async function contractOf({ profile, root }: Settings, model: string): Promise<Contract> {
  const { loadContract } = await import('../contracts/contract.ts');
  return loadContract(profile.id, String(model), root);
}

export function describe(contract: Contract): ModelDescription {
  const { provider, model, output, schema, example, sources, notes, replay } = contract;
  return structuredClone({ provider, model, output, schema, example, sources, notes, replay });
}

/** Returns what is wrong with a payload, and what it may cost. */
export async function validate(contract: Contract, payload: JsonObject): Promise<Validation> {
  const { checkPayload } = await import('../contracts/validate.ts');
  const { withoutFlags } = await import('../contracts/without-flags.ts');
  const issues = checkPayload(contract, payload).map(withoutFlags);
  const estimate = issues.length > 0 ? null : await estimateOf(contract, payload);
  return { valid: issues.length === 0, issues, estimate };
}

/** Returns the failure of a payload that does not fit its contract; undefined where it fits. */
export async function refusalOf(contract: Contract, payload: JsonObject): Promise<Failure | undefined> {
  const { issues } = await validate(contract, payload);
  return issues.length > 0 ? invalidInput(issues) : undefined;
}

async function estimateOf(contract: Contract, payload: JsonObject): Promise<PriceEstimate | null> {
  const { estimate } = await import('../contracts/price.ts');
  const range = estimate(contract, payload);
  const { asOf = '', note = '' } = contract.price ?? {};
  return range && { ...range, asOf, note };
}
