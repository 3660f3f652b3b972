import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJSONSchema } from 'zod';
import { type Contract, loadContract, rootOf } from '../../scripts/src/contracts/contract.ts';
import { cheaperVariants, estimateCredits } from '../../scripts/src/contracts/price/estimate.ts';
import type { SchemaNode, TypeName } from '../../scripts/src/contracts/schema/schema-node.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import type { Json, JsonObject } from '../../scripts/src/model/json.ts';
import { checkPublicUrl } from '../../scripts/src/model/public-address.ts';
import { AIVIDEOMAKER_MODELS, APIDOT_MODELS } from '../support/models.ts';
import { contractOf, dataUri, PICTURES } from './helpers.ts';

const contracts = await Promise.all(AIVIDEOMAKER_MODELS.map(contractOf));
const each = contracts.map((contract): [string, Contract] => [contract.model, contract]);
const apidot = await Promise.all(
  APIDOT_MODELS.map(
    async (model): Promise<[string, Contract]> => [model, await loadContract('apidot', model)],
  ),
);

const anyJson = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

// One in some ten thousand has a host of a local network, such as a.lan, which is refused.
const urls = fc
  .webUrl({ validSchemes: ['https', 'http'], withQueryParameters: true })
  .filter((url) => checkPublicUrl(url, { schemes: ['http', 'https'] }) === null);
const pictures = fc.constantFrom(
  ...Object.entries(PICTURES).map(([name, bytes]) => dataUri(`image/${name}`, bytes)),
);

function ofType(node: SchemaNode, type: TypeName): fc.Arbitrary<Json> {
  if (type === 'null') return fc.constant(null);
  if (type === 'boolean') return fc.boolean();
  if (type === 'string') {
    if (node.media !== undefined) return node.media === 'image' ? fc.oneof(urls, pictures) : urls;
    return fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => node.pattern?.test(text) ?? true);
  }
  if (type === 'array')
    return fc.array(valuesOf(node.items!), { minLength: node.minItems ?? 0, maxLength: node.maxItems ?? 8 });
  const range = { min: node.minimum ?? -1e6, max: node.maximum ?? 1e6 };
  return type === 'integer' ? fc.integer(range) : fc.double({ ...range, noNaN: true });
}

function valuesOf(node: SchemaNode): fc.Arbitrary<Json> {
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  return fc.oneof(...node.types.map((type) => ofType(node, type)));
}

const groupsOf = ({ schema }: Contract) => (schema['x-exclusive'] ?? []) as string[][];
const needOf = ({ schema }: Contract) => schema['x-atLeastOne'] as string[] | undefined;

/** Payloads that the contract allows, its rules between fields included. */
function payloadOf(contract: Contract): fc.Arbitrary<JsonObject> {
  const root = rootOf(contract);
  const fields = Object.fromEntries([...root.properties!].map(([name, node]) => [name, valuesOf(node)]));
  const has = (payload: JsonObject, name: string): boolean => {
    const value = payload[name] ?? null;
    if (typeof value === 'string') return value.trim() !== '';
    return Array.isArray(value) ? value.length > 0 : value !== null;
  };
  return fc
    .record(fields, { requiredKeys: [...root.required!] })
    .filter((payload) => needOf(contract)?.some((name) => has(payload, name)) ?? true)
    .filter(
      (payload) => groupsOf(contract).filter((group) => group.some((name) => has(payload, name))).length < 2,
    );
}

it.each([...each, ...apidot])(
  '%s: whatever JSON comes (fault 60), the answer is a list of whole, short issues',
  (_, contract) => {
    const names = fc.constantFrom(...rootOf(contract).properties!.keys(), '__proto__', 'x');
    const own = contracts.includes(contract) ? [payloadOf(contract)] : [];
    const nearly = fc.oneof(anyJson, fc.dictionary(names, anyJson), ...own);
    fc.assert(
      fc.property(nearly, (payload) => {
        const issues = checkPayload(contract, payload);
        expect(issues.length).toBeLessThanOrEqual(20);
        for (const { path, expected, received, hint } of issues) {
          for (const text of [path, expected, received, hint]) expect(typeof text).toBe('string');
          for (const text of [expected, received, hint]) expect(text).not.toBe('');
          expect(received.length).toBeLessThan(160);
        }
      }),
      { numRuns: own.length > 0 ? 100 : 30 },
    );
  },
);

describe.each(each)('%s', (_, contract) => {
  const root = rootOf(contract);

  it('every payload made from the contract passes, and survives being priced', () => {
    fc.assert(
      fc.property(payloadOf(contract), (payload) => {
        expect(checkPayload(contract, payload)).toEqual([]);
        const credits = estimateCredits(contract, payload);
        expect(credits === null || credits > 0).toBe(true);
        for (const { change } of cheaperVariants(contract, payload, credits ?? 100))
          expect(checkPayload(contract, { ...payload, ...change })).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('one field spoilt is one issue at its path, and nothing else', () => {
    const bad = (node: SchemaNode): fc.Arbitrary<Json> =>
      node.enum !== undefined || node.types.some((type) => type === 'number' || type === 'integer')
        ? fc.constantFrom<Json>({}, 'no such value', -1, [[]])
        : fc.constantFrom<Json>({}, { a: [1] }, 7);
    const spoilt = fc
      .constantFrom(...root.properties!)
      .chain(([name, node]) => fc.tuple(payloadOf(contract), fc.constant(name), bad(node)));
    fc.assert(
      fc.property(spoilt, ([payload, name, value]) => {
        const rest = (path: string): boolean => !groupsOf(contract).flat().includes(path) || path === name;
        const issues = checkPayload(contract, { ...payload, [name]: value });
        expect(issues.filter(({ path }) => rest(path)).map(({ path }) => path)).toContain(name);
        expect(issues.filter(({ path, received }) => path !== name && !received.includes(' with '))).toEqual(
          [],
        );
      }),
    );
  });

  it('a literal that a hint gives passes when it is written as told', () => {
    const wrong = fc.oneof(
      fc.constantFrom<Json>(
        5,
        '5',
        '8s',
        720,
        '720p',
        '720P',
        '1080',
        '16x9',
        '9/16',
        'Turbo',
        'CUSTOM',
        'true',
        true,
      ),
      fc.integer({ min: 0, max: 30 }).map(String),
      fc.integer({ min: 0, max: 30 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...root.properties!.keys()), wrong, (name, value) => {
        for (const issue of checkPayload(contract, { ...contract.example, [name]: value })) {
          const literal = /^write "\w+": ("[^"]*"|\[[^\]]*\]|[\w.]+)(?: \(.*?\))?, not/.exec(issue.hint)?.[1];
          if (literal === undefined) continue;
          const corrected = { ...contract.example, [name]: JSON.parse(literal) as Json };
          expect(checkPayload(contract, corrected).filter(({ path }) => path === name)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("agrees with zod's own reading of the JSON Schema, where that has no rule of ours", () => {
    const standard = JSON.parse(JSON.stringify(contract.schema), (key, value: unknown) =>
      key.startsWith('x-') ? undefined : value,
    ) as Parameters<typeof fromJSONSchema>[0];
    const oracle = fromJSONSchema(standard);
    const names = fc.constantFrom(...root.properties!.keys());
    const values = fc.oneof(
      anyJson,
      fc.constantFrom<Json>('5', '8', 5, 10, 480, '720p', '720P', '16:9', 'strict', 'turbo'),
    );
    const candidate = fc
      .tuple(payloadOf(contract), fc.dictionary(names, values, { maxKeys: 3 }))
      .map(([payload, change]) => ({ ...payload, ...change }));
    fc.assert(
      fc.property(candidate, (payload) => {
        // Ours refuses more (media, rules between fields), never less.
        if (!oracle.safeParse(payload).success) expect(checkPayload(contract, payload)).not.toEqual([]);
        else
          for (const { path } of checkPayload(contract, payload)) {
            const field = path.replace(/\[.*$/, '');
            const node = root.properties!.get(field);
            const ours = [...groupsOf(contract).flat(), ...(needOf(contract) ?? [])];
            expect(
              node?.media ?? node?.items?.media ?? (ours.includes(field) ? 'rule' : undefined),
            ).toBeDefined();
          }
      }),
    );
  });
});
