import { type Contract, listModels, loadContract } from '../contracts/contract.ts';
import { estimateCredits } from '../contracts/price.ts';
import type { Profile } from '../providers/profile.ts';
import { PROFILES } from '../providers/registry.ts';
import { type Outcome, success } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import type { Json } from '../types/json.ts';
import { commandWith, modelFlags } from './command-line.ts';

interface Which {
  profile: Profile;
  /** The service was named; otherwise every one of them is meant, the usual one first. */
  isProviderNamed: boolean;
}

/**
 * Every model of a service that has a contract, with what a choice between them needs; where none was named, the ids of
 * the others too. No network.
 */
export async function describeAll({ profile, isProviderNamed }: Which): Promise<Outcome> {
  const provider = profile.id;
  const models: Json[] = [];
  for (const id of await listModels(provider)) models.push(summary(await loadContract(provider, id)));
  const first = (await listModels(provider))[0] ?? '';
  const nextSteps = [commandWith(['--action', 'describeModel', ...modelFlags({ provider, model: first })])];
  const others: { [id: string]: Json } = {};
  for (const { id } of isProviderNamed ? [] : PROFILES.filter((other) => other !== profile)) {
    others[id] = await listModels(id);
    nextSteps.push(commandWith(['--action', 'listModels', '--provider', id]));
  }
  const data = { provider, models, ...(!isProviderNamed && { otherProviders: others }), nextSteps };
  return success(null, null, data, EXIT.done);
}

/** One model's contract: its JSON Schema, an example that passes, its sources and its price rule. No network. */
export async function describeOne({ profile, isProviderNamed }: Which, model: string): Promise<Outcome> {
  const services = isProviderNamed ? [profile] : PROFILES;
  let provider = profile.id;
  for (const { id } of services) if ((await listModels(id)).includes(model)) provider = id;
  const contract = await loadContract(provider, model);
  const { schema, example, sources, notes, replay, price } = contract;
  const flags = [...modelFlags(contract), '--payload', JSON.stringify(example)];
  return success(
    null,
    null,
    {
      ...summary(contract),
      schema,
      sources: sources.map((source) => ({ ...source })),
      notes,
      replay,
      price: price === null ? null : (JSON.parse(JSON.stringify(price)) as Json),
      nextSteps: [commandWith(['--sandbox', ...flags])],
    },
    EXIT.done,
  );
}

function summary(contract: Contract): { [key: string]: Json } {
  const { provider, model, schema, example, price } = contract;
  return {
    provider,
    model,
    title: schema.title ?? model,
    required: schema.required ?? [],
    example,
    estimatedCreditsOfExample: estimateCredits(contract, example),
    priceAsOf: price?.asOf ?? null,
  };
}
