import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { OUTPUT_KINDS, type OutputKind } from '../model/output-kind.ts';
import { skillFolder } from '../model/skill-folder.ts';
import { plain } from '../model/text.ts';
import { ContractError } from './contract-error.ts';
import { EXTENSION, readDocument } from './document.ts';
import { type RecordedDuration, readDurations } from './durations.ts';
import { contractsFolder } from './folders.ts';
import { type PriceRule, readPrice } from './price-rule.ts';
import { readNode } from './read-schema.ts';
import type { SchemaNode } from './schema-node.ts';

/** What a model takes, what that is known from, and what it cost when the price was last checked. */
export interface Contract {
  provider: string;
  model: string;
  /** What the model makes. */
  output: OutputKind;
  /** JSON Schema 2020-12 of the payload, with the keywords of contracts/README.md. */
  schema: JsonObject;
  /** A payload that passes. */
  example: JsonObject;
  sources: { what: string; date: string }[];
  /** The field that takes the prompt; null where the model has none. */
  prompt: string | null;
  /** What the sources leave open, and how conflicts between them were resolved; `advice` is among them. */
  notes: string[];
  /** The notes that change what one sends. */
  advice: string[];
  /**
   * Where the service documents that a submit repeated with the same idempotency key is not charged again; null where it
   * does not.
   */
  replay: string | null;
  /** How long recorded runs took, from submit to end; empty where none is on record. */
  durations: RecordedDuration[];
  /** Null where no price is known that is recent enough to say anything. */
  price: PriceRule | null;
}

const SAFE_NAME = /^[a-z0-9][a-z0-9._-]*$/i;
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
// The one that is meant where the command line names none.
export const DEFAULT_PROVIDER = 'aivideomaker';

/**
 * The ids of a provider's models, sorted: one per file in contracts/<provider>/.
 * @param root the skill's folder, when it is not the one this code lies in
 * @throws Failure INVALID_MODEL when there is no such provider
 */
export async function listModels(provider: string, root: string = skillFolder()): Promise<string[]> {
  const folder = contractsFolder(root);
  // Names are matched with the listing, never tried as paths: a disk that ignores case would answer to T2V too.
  if (!SAFE_NAME.test(provider) || !names(folder).includes(provider))
    throw new Failure('INVALID_MODEL', `there are no contracts for the provider "${plain(provider, 60)}"`, {
      reason: { kind: 'providerUnknown' },
    });
  return names(join(folder, provider))
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
  if (!SAFE_NAME.test(model) || !models.includes(model))
    throw await (await import('./unknown-model.ts')).unknownModel(provider, model, models, root);
  try {
    return toContract(provider, model, await readDocument(root, `${provider}/${model}`));
  } catch (error) {
    const file = `contracts/${provider}/${model}${EXTENSION}`;
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
  let root = roots.get(contract);
  if (root === undefined) {
    root = readNode(contract.schema);
    roots.set(contract, root);
  }
  return root;
}

/**
 * A parsed contract file as a Contract. @throws ContractError when it says something that is not understood, or
 * lacks its example or sources.
 */
export function toContract(provider: string, model: string, document: Json): Contract {
  if (!isObject(document)) throw new ContractError('the file must be a mapping');
  const {
    'x-output': output,
    'x-prompt': prompt,
    'x-sources': sources,
    'x-advice': advice = [],
    'x-notes': notes = [],
    'x-replay': replay = null,
    'x-durations': durations = [],
    'x-price': price,
    examples,
    ...schema
  } = document as JsonObject & {
    'x-advice'?: Json;
    'x-notes'?: Json;
    'x-replay'?: Json;
    'x-durations'?: Json;
  };
  if (schema.$schema !== DIALECT) throw new ContractError(`$schema must be ${DIALECT}`);
  if (schema.type !== 'object') throw new ContractError('type must be object');
  const example = Array.isArray(examples) ? examples[0] : undefined;
  if (!isObject(example)) throw new ContractError('examples must hold one valid payload');
  const known = readSources(sources);
  const root = readNode(schema);
  const contract: Contract = {
    provider,
    model,
    output: readOutput(output),
    prompt: readPrompt(prompt, root),
    schema,
    example,
    sources: known,
    notes: [...sentences(advice, 'x-advice'), ...sentences(notes, 'x-notes')],
    advice: sentences(advice, 'x-advice'),
    replay: readReplay(replay),
    durations: readDurations(durations),
    price: price === undefined ? null : readPrice(price, root),
  };
  roots.set(contract, root);
  return contract;
}

function readOutput(value: Json | undefined): OutputKind {
  const kind = OUTPUT_KINDS.find((known) => known === value);
  if (kind === undefined) throw new ContractError(`x-output must be one of ${OUTPUT_KINDS.join(', ')}`);
  return kind;
}

function readPrompt(value: Json | undefined, root: SchemaNode): string | null {
  if (value === undefined) return root.properties?.has('prompt') ? 'prompt' : null;
  if (typeof value === 'string' && root.properties?.has(value)) return value;
  throw new ContractError('x-prompt must name the field that takes the prompt');
}

function readSources(value: Json | undefined): Contract['sources'] {
  if (!Array.isArray(value) || value.length === 0)
    throw new ContractError('x-sources must list what the contract is known from');
  return value.map((source) => {
    if (!isObject(source) || typeof source.what !== 'string' || typeof source.date !== 'string')
      throw new ContractError('x-sources: each source needs the texts what and date');
    return { what: source.what, date: source.date };
  });
}

function sentences(value: Json, keyword: string): string[] {
  if (Array.isArray(value) && value.every((note) => typeof note === 'string')) return value;
  throw new ContractError(`${keyword} must be a list of sentences`);
}

function readReplay(value: Json): string | null {
  if (value !== null && (typeof value !== 'string' || value.trim() === ''))
    throw new ContractError('x-replay must be a sentence: where a replay is documented, with the date');
  return value;
}
