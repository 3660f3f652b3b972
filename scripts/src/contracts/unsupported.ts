import { EXTENSION, readStored } from './document.ts';
import type { Unsupported } from './read/read-unsupported.ts';

/** The file, below contracts/, that lists a provider's ids that have no contract. */
export function unsupportedFile(provider: string): string {
  return `${provider}.unsupported${EXTENSION}`;
}

/** What is known of an id without a contract. */
interface KnownName {
  page: string;
  /** The ids that are meant; empty for an id that is not supported. */
  meant: readonly string[];
  /** Why it has no contract. */
  why?: string | undefined;
  instead?: string | undefined;
}

/** Undefined where the sources say nothing of the id; its case does not count. @param models the ids that have a contract */
export async function knownName(
  root: string,
  provider: string,
  model: string,
  models: readonly string[],
): Promise<KnownName | undefined> {
  let list: Unsupported;
  try {
    list = await unsupportedOf(root, provider);
  } catch {
    // The id is refused with or without a word on why.
    return undefined;
  }
  const { page, names, groups } = list;
  const wanted = model.toLowerCase();
  const group =
    groups.find((one) => one.models.some((id) => id.toLowerCase() === wanted)) ??
    groups.find(({ beginnings }) => beginnings.some((start) => wanted.startsWith(start)));
  if (group !== undefined) {
    const instead = Object.hasOwn(group.instead, wanted) ? group.instead[wanted] : undefined;
    return { page, meant: [], why: group.why, instead };
  }
  const slug = slugOf(model);
  const named = Object.hasOwn(names, slug) ? names[slug] : undefined;
  const meant = named ?? models.filter((id) => slugOf(id) === slug);
  return meant.length > 0 ? { page, meant } : undefined;
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
  const [{ parseYaml }, { readUnsupported }] = await Promise.all([
    import('./read/parse-yaml.ts'),
    import('./read/read-unsupported.ts'),
  ]);
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
