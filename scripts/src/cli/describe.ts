import { type Contract, listModels, loadContract } from '../contracts/contract.ts';
import { estimateCredits } from '../contracts/price.ts';
import { type Outcome, success } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import type { Json } from '../types/json.ts';
import { commandWith } from './command-line.ts';

/** Every model that has a contract, with what a choice between them needs. No network. */
export async function describeAll(provider: string): Promise<Outcome> {
  const models: Json[] = [];
  for (const id of await listModels(provider)) models.push(summary(await loadContract(provider, id)));
  const nextSteps = [commandWith(['--action', 'describeModel', '--model', 't2v'])];
  return success(null, null, { provider, models, nextSteps }, EXIT.done);
}

/** One model's contract: its JSON Schema, an example that passes, its sources and its price rule. No network. */
export async function describeOne(provider: string, model: string): Promise<Outcome> {
  const contract = await loadContract(provider, model);
  const { schema, example, sources, notes, price } = contract;
  return success(
    null,
    null,
    {
      ...summary(contract),
      schema,
      sources: sources.map((source) => ({ ...source })),
      notes,
      price: price === null ? null : (JSON.parse(JSON.stringify(price)) as Json),
      nextSteps: [commandWith(['--sandbox', '--model', model, '--payload', JSON.stringify(example)])],
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
