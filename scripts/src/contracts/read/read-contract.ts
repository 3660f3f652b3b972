import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { OUTPUT_KINDS } from '../../model/output-kind.ts';
import { ContractError, parsed } from '../schema/parsed.ts';
import { readNode } from '../schema/read-schema.ts';
import { z } from '../schema/zod.ts';
import { readDurations } from './durations.ts';
import { readPrice } from './price-rule.ts';

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

/** What the file of a contract says, as the compiled copy holds it. */
export type StoredContract = ReturnType<typeof toContract>;

/** @throws ContractError for what is not understood, and where the example or the sources are missing */
export function toContract(document: Json) {
  if (!isObject(document)) throw new ContractError('the file must be a mapping');
  const { $schema, type } = document;
  if ($schema !== DIALECT) throw new ContractError(`$schema must be ${DIALECT}`);
  if (type !== 'object') throw new ContractError('type must be object');
  const head = parsed(HEAD, document);
  const rest = Object.entries(document).filter(([name]) => !(name in HEAD.shape));
  const schema: JsonObject = Object.fromEntries(rest);
  const root = readNode(schema);
  const { 'x-prompt': prompt = 'prompt', 'x-price': price, 'x-advice': advice } = head;
  const hasPrompt = root.properties?.has(prompt) === true;
  if (!hasPrompt && head['x-prompt'] !== undefined)
    throw new ContractError('x-prompt must name the field that takes the prompt');
  return {
    /** What the model makes. */
    output: head['x-output'],
    /** The field that takes the prompt; null where the model has none. */
    prompt: hasPrompt ? prompt : null,
    /** JSON Schema 2020-12 of the payload, with the keywords of contracts/README.md. */
    schema,
    /** A payload that passes. */
    example: head.examples[0]!,
    sources: head['x-sources'],
    /** What the sources leave open, and how conflicts between them were resolved; `advice` is among them. */
    notes: [...advice, ...head['x-notes']],
    /** The notes that change what one sends. */
    advice,
    /**
     * Where the service documents that a submit repeated with the same idempotency key is not charged again; null where
     * it does not.
     */
    replay: head['x-replay'],
    /** How long recorded runs took, from submit to end; empty where none is on record. */
    durations: readDurations(head['x-durations']),
    /** Null where no price is known that is recent enough to say anything. */
    price: price === undefined ? null : readPrice(price, root),
  };
}
