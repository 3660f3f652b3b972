import { isObject, type Json } from '../types/json.ts';
import { ContractError } from './contract-error.ts';
import { readDocument } from './document.ts';

/** A provider's ids of which too little is known for a contract. */
export interface Unsupported {
  /** Where the provider lists its models. */
  page: string;
  groups: { why: string; models: string[] }[];
}

/** The name, below contracts/, of the list of a provider's ids that have no contract. */
export function unsupportedName(provider: string): string {
  return `${provider}.unsupported`;
}

/**
 * Why an id that the provider's sources name has no contract, and where to read on; undefined where nothing is said
 * about it. Upper and lower case count for nothing.
 */
export async function whyUnsupported(
  root: string,
  provider: string,
  model: string,
): Promise<{ why: string; page: string } | undefined> {
  try {
    const { page, groups } = readUnsupported(await readDocument(root, unsupportedName(provider)));
    const wanted = model.toLowerCase();
    const group = groups.find(({ models }) => models.some((id) => id.toLowerCase() === wanted));
    return group && { why: group.why, page };
  } catch {
    // The id is refused with or without a word on why.
    return undefined;
  }
}

/** A list of ids without a contract, from its parsed file. @throws ContractError */
export function readUnsupported(document: Json): Unsupported {
  if (!isObject(document) || typeof document.page !== 'string' || !Array.isArray(document.groups))
    throw new ContractError('it must hold page, a text, and groups, a list');
  const groups = document.groups.map((group) => {
    const models = isObject(group) && Array.isArray(group.models) ? group.models : [];
    if (!isObject(group) || typeof group.why !== 'string' || models.length === 0)
      throw new ContractError('each of its groups must hold why, a text, and models, a list');
    return { why: group.why, models: models.map(String) };
  });
  return { page: document.page, groups };
}
