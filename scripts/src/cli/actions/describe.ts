import { type Contract, listModels, loadContract } from '../../contracts/contract.ts';
import { describeFields, describeRules } from '../../contracts/describe-fields.ts';
import { estimateCredits, priceLine } from '../../contracts/price/estimate.ts';
import { type Json, type JsonObject, unlessEmpty } from '../../model/json.ts';
import type { OutputKind } from '../../model/output-kind.ts';
import type { Profile } from '../../providers/provider.ts';
import { PROFILES, profileOf } from '../../providers/registry.ts';
import type { Arguments } from '../command-line/arguments.ts';
import { commandFor, providerFlag } from '../command-line/commands.ts';
import { commandLine, flagWords } from '../command-line/words.ts';
import { done, type Outcome } from '../render/envelope.ts';

type Which = Pick<Arguments, 'profile' | 'isProviderNamed'> & Partial<Pick<Arguments, 'full' | 'kind'>>;

/**
 * Returns every model of a service that has a contract, with what a choice between them needs; where no service was named, the
 * ids of the others too. No network.
 */
export async function describeAll({ profile, isProviderNamed, kind, full }: Which): Promise<Outcome> {
  const provider = profile.id;
  const found = await contractsOf(provider, kind);
  const nextSteps = found.slice(0, 1).map(({ model }) => commandFor(provider, 'describeModel', { model }));
  const others: JsonObject = {};
  for (const { id } of isProviderNamed ? [] : PROFILES.filter((other) => other !== profile)) {
    others[id] =
      kind === undefined ? await listModels(id) : (await contractsOf(id, kind)).map(({ model }) => model);
    nextSteps.push(commandFor(id, 'listModels', { kind }));
  }
  nextSteps.push(...priceSteps(profile, found));
  const models = found.map(full ? everything : facts);
  return done({ provider, kind, models, otherProviders: isProviderNamed ? undefined : others, nextSteps });
}

async function contractsOf(provider: string, kind: OutputKind | undefined): Promise<Contract[]> {
  const found: Contract[] = [];
  for (const id of await listModels(provider)) {
    const contract = await loadContract(provider, id);
    if (kind === undefined || contract.output === kind) found.push(contract);
  }
  return found;
}

/**
 * Returns what a request to one model needs: its fields, an example that passes, the price of that with its date, and the notes
 * that change what one sends. With `full` the JSON Schema, the sources, all notes and the price rule. No network.
 */
export async function describeOne(
  { profile, isProviderNamed, full }: Which,
  model: string,
): Promise<Outcome> {
  let provider = profile.id;
  for (const { id } of isProviderNamed ? [] : PROFILES)
    if ((await listModels(id)).includes(model)) provider = id;
  const contract = await loadContract(provider, model);
  const { example, advice } = contract;
  const which = { provider: providerFlag(provider), model };
  const nextSteps = [commandLine(flagWords({ sandbox: true, ...which, payload: JSON.stringify(example) }))];
  if (full) return done({ ...rules(contract), nextSteps });
  nextSteps.push(commandFor(provider, 'describeModel', { model, full: true }));
  nextSteps.push(...priceSteps(profileOf(provider)!, [contract]));
  const fields = describeFields(contract);
  const shown = { rules: unlessEmpty(describeRules(contract)), example, notes: unlessEmpty(advice) };
  return done({ provider, ...facts(contract), fields, ...shown, nextSteps });
}

/** Says of which models no price is known here, and where the user finds it. */
function priceSteps({ says }: Profile, contracts: readonly Contract[]): string[] {
  const unpriced = contracts.filter((contract) => priceLine(contract, contract.example) === null);
  if (unpriced.length === 0) return [];
  const names = unpriced.map(({ model }) => model).join(', ');
  return [
    `No price of ${names} is known here: see ${says.prices}, and get a yes to an unknown price before a submit.`,
  ];
}

function facts(contract: Contract): JsonObject {
  const { model, output, schema, example } = contract;
  const makes = schema.description ?? model;
  return { model, output, makes, estimateOfExample: priceLine(contract, example) };
}

/** The same with what a program needs to prepare a request. */
function everything(contract: Contract): JsonObject {
  const { provider, schema, example, price } = contract;
  return {
    provider,
    ...facts(contract),
    title: schema.title ?? contract.model,
    required: schema.required ?? [],
    example,
    estimatedCreditsOfExample: estimateCredits(contract, example),
    priceAsOf: price?.asOf ?? null,
  };
}

function rules(contract: Contract): JsonObject {
  const { schema, sources, notes, replay, durations, price } = contract;
  return {
    ...everything(contract),
    schema,
    sources: sources.map((source) => ({ ...source })),
    notes,
    replay,
    durations: durations.map((run) => ({ ...run })),
    price: price === null ? null : (JSON.parse(JSON.stringify(price)) as Json),
  };
}
