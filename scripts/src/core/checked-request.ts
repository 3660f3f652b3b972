import type { Contract } from '../contracts/contract.ts';
import type { RequestClaim } from '../model/claim-rules.ts';
import type { ProviderRequest, Quote } from '../providers/provider.ts';
import type { Caps } from './money/caps.ts';

export interface Terms
  extends Pick<RequestClaim, 'isNamed' | 'isNew' | 'owner' | 'wait' | 'ordinal' | 'newRun'> {
  caps: Caps;
}

/** Where the files of a request are wanted. */
export interface FilePlace {
  /** Absolute. */
  folder: string | null;
  /** The name of the file that was asked for; null: named by the task's id. */
  output: string | null;
}

/** A request whose payload passes the contract. */
export interface CheckedRequest {
  contract: Contract;
  generation: ProviderRequest;
  terms: Terms;
  /** The service's price, where it was asked for already. */
  quote?: Quote | undefined;
}
