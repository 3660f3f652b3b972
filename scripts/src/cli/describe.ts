import { type Contract, listModels, loadContract } from '../contracts/contract.ts';
import { estimateCredits, priceLine } from '../contracts/price.ts';
import type { Json } from '../model/json.ts';
import type { OutputKind } from '../model/output-kind.ts';
import type { Profile } from '../providers/profile.ts';
import { PROFILES } from '../providers/registry.ts';
import { modelFlags } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import { type Outcome, success } from './render/envelope.ts';
import { actionWords, commandLine, flagWords } from './words.ts';

interface Which {
  profile: Profile;
  /** The service was named; otherwise every one of them is meant, the usual one first. */
  isProviderNamed: boolean;
}

interface WhichModels extends Which {
  /** What they make; absent: anything. */
  kind?: OutputKind;
}

/**
 * Every model of a service that has a contract, with what a choice between them needs; where no service was named, the
 * ids of the others too. No network.
 */
export async function describeAll({ profile, isProviderNamed, kind }: WhichModels): Promise<Outcome> {
  const provider = profile.id;
  const found = await contractsOf(provider, kind);
  const nextSteps = found
    .slice(0, 1)
    .map((contract) => commandLine(actionWords('describeModel', modelFlags(contract))));
  const others: { [id: string]: Json } = {};
  for (const { id } of isProviderNamed ? [] : PROFILES.filter((other) => other !== profile)) {
    others[id] =
      kind === undefined ? await listModels(id) : (await contractsOf(id, kind)).map(({ model }) => model);
    nextSteps.push(commandLine(actionWords('listModels', { provider: id, kind })));
  }
  const data = {
    provider,
    ...(kind !== undefined && { kind }),
    models: found.map(summary),
    ...(!isProviderNamed && { otherProviders: others }),
    nextSteps,
  };
  return success(null, null, data, EXIT.done);
}

/** The contracts of a service, of the models that make `kind` where one is named. */
async function contractsOf(provider: string, kind: OutputKind | undefined): Promise<Contract[]> {
  const found: Contract[] = [];
  for (const id of await listModels(provider)) {
    const contract = await loadContract(provider, id);
    if (kind === undefined || contract.output === kind) found.push(contract);
  }
  return found;
}

/** One model's contract: its JSON Schema, an example that passes, its sources and its price rule. No network. */
export async function describeOne({ profile, isProviderNamed }: Which, model: string): Promise<Outcome> {
  const services = isProviderNamed ? [profile] : PROFILES;
  let provider = profile.id;
  for (const { id } of services) if ((await listModels(id)).includes(model)) provider = id;
  const contract = await loadContract(provider, model);
  const { schema, example, sources, notes, replay, price } = contract;
  const flags = { sandbox: true, ...modelFlags(contract), payload: JSON.stringify(example) };
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
      nextSteps: [commandLine(flagWords(flags))],
    },
    EXIT.done,
  );
}

function summary(contract: Contract): { [key: string]: Json } {
  const { provider, model, output, schema, example, price } = contract;
  return {
    provider,
    model,
    title: schema.title ?? model,
    output,
    required: schema.required ?? [],
    example,
    estimatedCreditsOfExample: estimateCredits(contract, example),
    estimateOfExample: priceLine(contract, example),
    priceAsOf: price?.asOf ?? null,
  };
}
