import { readFields, withImage } from '../../scripts/src/cli/request/payload.ts';
import type { Contract } from '../../scripts/src/contracts/contract.ts';

/** The payload of a command line, as a submit takes it. */
export async function readPayload(
  contract: Contract,
  text: string | undefined,
  image: string | undefined,
  signal: AbortSignal,
) {
  return withImage(contract, await readFields(text, signal), image);
}
