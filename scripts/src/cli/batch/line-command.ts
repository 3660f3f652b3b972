import path from 'node:path';
import { quoteWord } from '../../model/shell-word.ts';
import { flagsIn, LONGEST_SHOWN } from '../command-line/commands.ts';
import { commandLine, type Flags, flagWords } from '../command-line/words.ts';

/** What a line of a batch asks for, as the flags of a command of its own. */
export interface LineRequest {
  model: string;
  /** JSON, without the image. */
  payload: string;
  image: string | undefined;
}

/**
 * The command that makes one line of the batch once more, alone, with a new charge. @param quoted its own limit, where the
 * batch had one for the sum alone. @param file writes that line into a batch of its own, if its payload is too long for a
 * command
 */
export function commandForLine(
  argv: readonly string[],
  { model, payload, image }: LineRequest,
  output: string | null,
  quoted: number | null,
  file: () => string | null,
): string | null {
  const { batch, maxTotalCredits, download, ...given } = flagsIn(argv);
  const isCapped = given.maxCredits !== undefined || maxTotalCredits === undefined || quoted === null;
  const flags: Flags = isCapped ? given : { ...given, maxCredits: quoted };
  if (quoteWord(payload).length > LONGEST_SHOWN) {
    const own = file();
    const inFile = { model: undefined, payload: undefined, image: undefined, output: undefined };
    const folder = output === null ? undefined : path.dirname(output);
    return own && commandLine(flagWords({ batch: own, ...flags, ...inFile, download: folder, new: true }));
  }
  const request = { model, payload, image: image && path.resolve(image) };
  return commandLine(flagWords({ ...flags, ...request, output: output ?? undefined, new: true }));
}
