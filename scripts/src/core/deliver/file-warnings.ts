import path from 'node:path';
import type { SavedFile } from '../../download/download.ts';
import { hasExtension } from '../../download/names.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import { madeAs } from '../../model/output-kind.ts';
import type { Warning } from '../result.ts';
import type { Session } from '../session.ts';

/**
 * Returns a warning for each saved file whose kind differs from what its model makes, or whose extension differs from the
 * one that was asked for.
 */
export async function fileWarnings(
  session: Session,
  model: string | undefined,
  files: readonly SavedFile[],
  output: string | null | undefined,
): Promise<Warning[]> {
  const { loadContract } = await import('../../contracts/contract.ts');
  const contract = model ? await orFailure(loadContract(session.provider.id, model)) : undefined;
  const makes = contract instanceof Failure ? undefined : contract?.output;
  const warnings: Warning[] = [];
  for (const { path: saved, contentType } of files) {
    if (model && makes && madeAs(contentType) !== makes)
      warnings.push({ kind: 'otherKind', model, makes, file: path.basename(saved), contentType });
  }
  for (const { path: saved } of files) {
    if (output && !hasExtension(saved, output))
      warnings.push({ kind: 'otherExtension', asked: output, file: path.basename(saved) });
  }
  return warnings;
}
