import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { ContractError } from './contract-error.ts';
import { EXTENSION, readStored } from './document.ts';

/** A provider's ids of which too little is known for a contract, and its names that are no ids. */
export interface Unsupported {
  /** Where the provider lists its models. */
  page: string;
  /** The ids that are meant by a name of a page, a repository or a family. */
  names: ReadonlyMap<string, readonly string[]>;
  groups: {
    why: string;
    /** They make no media. */
    outside: boolean;
    models: string[];
    /** What other ids of the group begin with. */
    beginnings: string[];
    /** A model of a like name that has a contract, for some ids. */
    instead: ReadonlyMap<string, string>;
  }[];
}

/** The file, below contracts/, that lists a provider's ids that have no contract. */
export function unsupportedFile(provider: string): string {
  return `${provider}.unsupported${EXTENSION}`;
}

/** What is known of an id without a contract. */
interface KnownName {
  page: string;
  /** The ids that are meant; empty for an id that is not supported. */
  meant: readonly string[];
  /** Why it has no contract. */
  why?: string | undefined;
  instead?: string | undefined;
}

/** Undefined where the sources say nothing of the id; its case does not count. @param models the ids that have a contract */
export async function knownName(
  root: string,
  provider: string,
  model: string,
  models: readonly string[],
): Promise<KnownName | undefined> {
  let list: Unsupported;
  try {
    list = await unsupportedOf(root, provider);
  } catch {
    // The id is refused with or without a word on why.
    return undefined;
  }
  const { page, names, groups } = list;
  const wanted = model.toLowerCase();
  const group =
    groups.find((one) => one.models.some((id) => id.toLowerCase() === wanted)) ??
    groups.find(({ beginnings }) => beginnings.some((start) => wanted.startsWith(start)));
  if (group !== undefined) {
    return { page, meant: [], why: group.why, instead: group.instead.get(wanted) };
  }
  const slug = slugOf(model);
  const meant = names.get(slug) ?? models.filter((id) => slugOf(id) === slug);
  return meant.length > 0 ? { page, meant } : undefined;
}

/** The ids of media models that a provider's sources name and that have no contract, as they are written. */
export async function idsWithoutContract(root: string, provider: string): Promise<string[]> {
  const { groups } = await unsupportedOf(root, provider);
  return groups.filter(({ outside }) => !outside).flatMap(({ models }) => models);
}

async function unsupportedOf(root: string, provider: string): Promise<Unsupported> {
  const { text, copy } = readStored(root, provider, unsupportedFile(provider));
  return readUnsupported(copy ?? (await import('./parse-yaml.ts')).parseYaml(text));
}

/** A name as the addresses of pages and repositories have it: seedream-4-5 for Seedream-4.5-api. */
function slugOf(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[._\s]+/g, '-')
    .replace(/-api$/, '');
}

/** A list of ids without a contract, from its parsed file. @throws ContractError */
export function readUnsupported(document: Json): Unsupported {
  if (!isObject(document) || typeof document.page !== 'string' || !Array.isArray(document.groups))
    throw new ContractError('it must hold page, a text, and groups, a list');
  const { page, names = {} } = document as JsonObject & { page: string; names?: Json };
  if (!isObject(names) || !Object.values(names).every(isListOfText))
    throw new ContractError('names must map each name to a list of ids');
  const groups = document.groups.map((group) => {
    const {
      why,
      outside = false,
      models,
      beginnings = [],
      instead = {},
    } = (isObject(group) ? group : {}) as {
      [key: string]: Json | undefined;
    };
    if (typeof why !== 'string' || !isListOfText(models) || models.length === 0)
      throw new ContractError('each of its groups must hold why, a text, and models, a list');
    if (!isListOfText(beginnings) || !isObject(instead))
      throw new ContractError('beginnings must be a list, and instead map ids to ids');
    const likeNames = new Map(Object.entries(instead as Record<string, string>));
    return { why, outside: outside === true, models, beginnings, instead: likeNames };
  });
  return { page, names: new Map(Object.entries(names as Record<string, string[]>)), groups };
}

function isListOfText(value: Json | undefined): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
