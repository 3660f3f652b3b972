import { Failure, type ModelUnknown } from '../model/failure.ts';
import { nearest } from '../model/nearest.ts';
import { plain } from '../model/text.ts';
import { listModels, listProviders } from './contract.ts';
import type { Unsupported } from './read/read-unsupported.ts';
import { readStored, unsupportedFile } from './stored.ts';

type Known = ModelUnknown['known'];

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
  const nowhere: Known = { what: 'nowhere', near: nearest(model, models), models };
  const known = (await elsewhere(provider, model, root)) ?? nowhere;
  const message = `There is no contract of ${provider} for the model "${plain(model, 60)}".`;
  return new Failure('INVALID_MODEL', message, {
    reason: { kind: 'modelUnknown', provider, model, known },
  });
}

/** What is known of an id, but not as a model of this provider; undefined for any other id. */
async function elsewhere(provider: string, model: string, root: string): Promise<Known | undefined> {
  const others = listProviders(root).filter((name) => name !== provider);
  for (const other of [provider, ...others]) {
    const models = await listModels(other, root);
    if (other !== provider && models.includes(model)) return { what: 'modelOf', other };
    // The id is refused with or without a word on why.
    const list = await unsupportedOf(root, other).catch(() => undefined);
    const known = list && knownIn(list, other, model, models);
    if (known !== undefined) return known;
  }
  return undefined;
}

/** Undefined where the sources say nothing of the id; its case does not count. @param models the ids that have a contract */
function knownIn(
  { page, names, groups }: Unsupported,
  other: string,
  model: string,
  models: readonly string[],
): Known | undefined {
  const wanted = model.toLowerCase();
  const group =
    groups.find((one) => one.models.some((id) => id.toLowerCase() === wanted)) ??
    groups.find(({ beginnings }) => beginnings.some((start) => wanted.startsWith(start)));
  if (group !== undefined) {
    const instead = Object.hasOwn(group.instead, wanted) ? group.instead[wanted] : undefined;
    return { what: 'withoutContract', other, page, why: group.why, instead };
  }
  const slug = slugOf(model);
  const named = Object.hasOwn(names, slug) ? names[slug] : undefined;
  const meant = named ?? models.filter((id) => slugOf(id) === slug);
  return meant.length > 0 ? { what: 'nameOf', other, meant } : undefined;
}

/** The ids of media models that a provider's sources name and that have no contract, as they are written. */
export async function idsWithoutContract(root: string, provider: string): Promise<string[]> {
  const { groups } = await unsupportedOf(root, provider);
  return groups.filter(({ outside }) => !outside).flatMap(({ models }) => models);
}

async function unsupportedOf(root: string, provider: string): Promise<Unsupported> {
  const { text, copy } = readStored(root, provider, unsupportedFile(provider));
  // It was checked when it was compiled.
  if (copy !== undefined) return copy as unknown as Unsupported;
  const { parseYaml } = await import('./read/parse-yaml.ts');
  const { readUnsupported } = await import('./read/read-unsupported.ts');
  return readUnsupported(parseYaml(text));
}

/** A name as the addresses of pages and repositories have it: seedream-4-5 for Seedream-4.5-api. */
function slugOf(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[._\s]+/g, '-')
    .replace(/-api$/, '');
}
