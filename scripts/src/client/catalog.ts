import type { Contract } from '../contracts/contract.ts';
import type { JsonObject } from '../model/json.ts';
import { invalidInput, type Settings } from './options.ts';
import type { ModelDescription, Validation } from './types.ts';

/** Returns the ids of the models that have a contract, sorted. */
export async function listModels({ profile, root }: Settings): Promise<string[]> {
  const { listModels } = await import('../contracts/contract.ts');
  return listModels(profile.id, root);
}

/** @throws Failure INVALID_MODEL */
export function contractOf({ profile, root, contracts }: Settings, model: string): Promise<Contract> {
  const read = async () =>
    (await import('../contracts/contract.ts')).loadContract(profile.id, String(model), root);
  const contract = contracts.get(model) ?? read();
  contracts.set(model, contract);
  contract.catch(() => contracts.delete(model));
  return contract;
}

export function describe(contract: Contract): ModelDescription {
  const { provider, model, output, schema, example, sources, notes, replay } = contract;
  return structuredClone({ provider, model, output, schema, example, sources, notes, replay });
}

export async function validate(contract: Contract, payload: JsonObject): Promise<Validation> {
  const { checkPayload } = await import('../contracts/validate.ts');
  const { datedEstimate } = await import('../contracts/price/estimate.ts');
  const issues = checkPayload(contract, payload);
  const estimate = issues.length > 0 ? null : datedEstimate(contract, payload);
  return { valid: issues.length === 0, issues, estimate };
}

/** @throws Failure INVALID_PAYLOAD */
export async function checkFits(contract: Contract, payload: JsonObject): Promise<void> {
  const { issues } = await validate(contract, payload);
  if (issues.length > 0) throw invalidInput(issues);
}
