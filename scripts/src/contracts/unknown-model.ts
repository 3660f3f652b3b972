import { Failure, type ModelUnknown } from '../model/failure.ts';
import { nearest } from '../model/nearest.ts';
import { plain } from '../model/text.ts';
import { listModels, listProviders } from './contract.ts';
import { knownName } from './unsupported.ts';

/**
 * The refusal of an id that has no contract with the provider: it names the other provider that has one, or the ids
 * that are meant by a name, or says why there is no contract, or else names the nearest of `models`.
 */
export async function unknownModel(
  provider: string,
  model: string,
  models: readonly string[],
  root: string,
): Promise<Failure> {
  const known = (await elsewhere(provider, model, root)) ?? {
    what: 'nowhere',
    near: nearest(model, models),
    models,
  };
  const message = `There is no contract of ${provider} for the model "${plain(model, 60)}".`;
  return new Failure('INVALID_MODEL', message, {
    reason: { kind: 'modelUnknown', provider, model, known },
  });
}

/** What is known of an id, but not as a model of this provider; undefined for any other id. */
async function elsewhere(
  provider: string,
  model: string,
  root: string,
): Promise<ModelUnknown['known'] | undefined> {
  const others = listProviders(root).filter((name) => name !== provider);
  for (const other of [provider, ...others]) {
    const models = await listModels(other, root);
    if (other !== provider && models.includes(model)) return { what: 'modelOf', other };
    const known = await knownName(root, other, model, models);
    if (known?.why !== undefined) return { ...known, what: 'withoutContract', other, why: known.why };
    if (known !== undefined) return { what: 'nameOf', other, meant: known.meant };
  }
  return undefined;
}
