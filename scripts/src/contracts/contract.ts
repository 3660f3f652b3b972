import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import { isObject } from '../model/json.ts';
import { skillFolder } from '../model/skill-folder.ts';
import { plain } from '../model/text.ts';
import type { StoredContract } from './read/read-contract.ts';
import { readNode } from './schema/read-schema.ts';
import type { SchemaNode } from './schema/schema-node.ts';
import { contractsFolder, EXTENSION, readStored } from './stored.ts';

/** What a model takes, what that is known from, and what it cost when the price was last checked. */
export interface Contract extends StoredContract {
  provider: string;
  model: string;
}

const SAFE_NAME = /^[a-z0-9][a-z0-9._-]*$/i;

/**
 * The ids of a provider's models, sorted: one per file in contracts/<provider>/.
 * @param root the skill's folder, when it is not the one this code lies in
 * @throws Failure INVALID_MODEL when there is no such provider
 */
export async function listModels(provider: string, root: string = skillFolder()): Promise<string[]> {
  // Names are matched with the listing, never tried as paths: a disk that ignores case would answer to T2V too.
  if (!listProviders(root).includes(provider))
    throw new Failure('INVALID_MODEL', `there are no contracts for the provider "${plain(provider, 60)}"`, {
      reason: { kind: 'providerUnknown' },
    });
  return names(join(contractsFolder(root), provider))
    .filter((name) => name.endsWith(EXTENSION))
    .map((name) => name.slice(0, -EXTENSION.length))
    .filter((id) => SAFE_NAME.test(id))
    .sort();
}

/** The providers that have contracts: one per folder. */
export function listProviders(root: string): string[] {
  return names(contractsFolder(root)).filter((name) => SAFE_NAME.test(name) && !name.includes('.'));
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Reads the contract of one model, from the compiled copy if it is of the YAML text as it is now.
 * @param root the skill's folder, when it is not the one this code lies in
 * @throws Failure INVALID_MODEL for an unknown model (it names the nearest) and for a contract that cannot be used
 */
export async function loadContract(
  provider: string,
  model: string,
  root: string = skillFolder(),
): Promise<Contract> {
  const models = await listModels(provider, root);
  if (!models.includes(model))
    throw await (await import('./unknown-model.ts')).unknownModel(provider, model, models, root);
  const path = `${provider}/${model}${EXTENSION}`;
  try {
    const { text, copy } = readStored(root, provider, path);
    // It was checked when it was compiled. A copy of another version, which held other fields, is passed over.
    if (isObject(copy) && typeof copy.output === 'string')
      return { provider, model, ...(copy as unknown as StoredContract) };
    const { parseYaml } = await import('./read/parse-yaml.ts');
    const { toContract } = await import('./read/read-contract.ts');
    return { provider, model, ...toContract(parseYaml(text)) };
  } catch (error) {
    const file = `contracts/${path}`;
    const reason = plain(error instanceof Error ? error.message : String(error), 200);
    throw new Failure('INVALID_MODEL', `${file} cannot be used: ${reason}`, {
      reason: { kind: 'contractUnusable', file, provider },
      cause: error,
    });
  }
}

const roots = new WeakMap<Contract, SchemaNode>();

/** The contract's schema as read and checked; made once per contract. */
export function rootOf(contract: Contract): SchemaNode {
  const root = roots.get(contract) ?? readNode(contract.schema);
  roots.set(contract, root);
  return root;
}
