import path from 'node:path';
import type { SavedFile } from '../download/download.ts';
import { KIND_WORDS, madeAs } from '../download/signature.ts';
import { Failure } from '../model/failure.ts';
import type { OutputKind } from '../model/output-kind.ts';
import type { Session } from './session.ts';

/** What is odd about saved files, one sentence for each that is of another kind than its model makes. */
export async function warningsAbout(
  { provider }: Session,
  model: string | undefined,
  files: readonly SavedFile[],
): Promise<string[]> {
  const wanted = model && (await outputOf(provider.id, model));
  if (!wanted) return [];
  return files
    .filter(({ contentType }) => madeAs(contentType) !== wanted)
    .map(({ path: file, contentType }) => {
      const came = `${KIND_WORDS[madeAs(contentType)]} (${contentType})`;
      return `${model} makes ${KIND_WORDS[wanted]}, but ${path.basename(file)} is ${came}. It was saved as it came: tell the person.`;
    });
}

/** What a model makes; undefined where no contract says so. */
async function outputOf(provider: string, model: string): Promise<OutputKind | undefined> {
  const { loadContract } = await import('../contracts/contract.ts');
  try {
    return (await loadContract(provider, model)).output;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
