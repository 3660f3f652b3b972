import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { OUTPUT_KINDS } from '../model/output-kind.ts';
import type { StoredContract } from './contract.ts';
import { ContractError } from './contract-error.ts';
import { readDurations } from './durations.ts';
import { parsed } from './parsed.ts';
import { readPrice } from './price-rule.ts';
import { readNode } from './read-schema.ts';
import { z } from './zod.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const SENTENCES = ' must be a list of sentences';
const sentences = z._default(z.array(z.string(SENTENCES), SENTENCES), []);
const REPLAY = ' must be a sentence: where a replay is documented, with the date';
const SOURCE = ': each source needs the texts what and date';
const SOURCES = ' must list what the contract is known from';
const EXAMPLE = ' must hold one valid payload';

/** What the file says beside the schema of the payload. */
const HEAD = z.object({
  'x-output': z.literal(OUTPUT_KINDS, ` must be one of ${OUTPUT_KINDS.join(', ')}`),
  'x-prompt': z.optional(z.string(' must name the field that takes the prompt')),
  'x-sources': z
    .array(z.object({ what: z.string(SOURCE), date: z.string(SOURCE) }, SOURCE), SOURCES)
    .check(z.minLength(1, SOURCES)),
  'x-advice': sentences,
  'x-notes': sentences,
  'x-replay': z._default(z.nullable(z.string(REPLAY).check(z.regex(/\S/, REPLAY))), null),
  'x-durations': z._default(z.custom<Json>(), []),
  'x-price': z.optional(z.custom<Json>()),
  examples: z.array(z.custom<JsonObject>(isObject, EXAMPLE), EXAMPLE).check(z.minLength(1, EXAMPLE)),
});

/** @throws ContractError for what is not understood, and where the example or the sources are missing */
export function toContract(document: Json): StoredContract {
  if (!isObject(document)) throw new ContractError('the file must be a mapping');
  const { $schema, type } = document;
  if ($schema !== DIALECT) throw new ContractError(`$schema must be ${DIALECT}`);
  if (type !== 'object') throw new ContractError('type must be object');
  const head = parsed(HEAD, document);
  const schema = Object.fromEntries(Object.entries(document).filter(([name]) => !(name in HEAD.shape)));
  const root = readNode(schema);
  const { 'x-prompt': prompt = 'prompt', 'x-price': price, 'x-advice': advice } = head;
  const hasPrompt = root.properties?.has(prompt) === true;
  if (!hasPrompt && head['x-prompt'] !== undefined)
    throw new ContractError('x-prompt must name the field that takes the prompt');
  return {
    output: head['x-output'],
    prompt: hasPrompt ? prompt : null,
    schema,
    example: head.examples[0]!,
    sources: head['x-sources'],
    notes: [...advice, ...head['x-notes']],
    advice,
    replay: head['x-replay'],
    durations: readDurations(head['x-durations']),
    price: price === undefined ? null : readPrice(price, root),
  };
}
