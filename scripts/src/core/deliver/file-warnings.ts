import path from 'node:path';
import type { SavedFile } from '../../download/download.ts';
import { hasExtension } from '../../download/output-name.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import { madeAs, type OutputKind } from '../../model/output-kind.ts';
import type { Warning } from '../result.ts';
import type { Session } from '../session.ts';

/**
 * Returns a warning for each saved file whose kind differs from what its model makes, or whose extension differs from the
 * one that was asked for.
 */
export async function warningsAbout(
  session: Session,
  model: string | undefined,
  files: readonly SavedFile[],
  output: string | null | undefined,
): Promise<Warning[]> {
  const kinds = await otherKinds(session, model, files);
  if (!output) return kinds;
  const others = files.filter((file) => !hasExtension(file.path, output));
  return [
    ...kinds,
    ...others.map(
      ({ path: file }) => ({ kind: 'otherExtension', asked: output, file: path.basename(file) }) as const,
    ),
  ];
}

async function otherKinds(
  { provider }: Session,
  model: string | undefined,
  files: readonly SavedFile[],
): Promise<Warning[]> {
  const makes = model && (await outputOf(provider.id, model));
  if (!makes) return [];
  return files
    .filter(({ contentType }) => madeAs(contentType) !== makes)
    .map(({ path: file, contentType }) => ({
      kind: 'otherKind',
      model,
      makes,
      file: path.basename(file),
      contentType,
    }));
}

/** Returns the kind of file that a model makes; undefined where no contract says so. */
async function outputOf(provider: string, model: string): Promise<OutputKind | undefined> {
  const { loadContract } = await import('../../contracts/contract.ts');
  const contract = await orFailure(loadContract(provider, model));
  return contract instanceof Failure ? undefined : contract.output;
}
