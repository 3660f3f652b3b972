import type { Contract } from '../contracts/contract.ts';
import type { RequestClaim } from '../model/claim-rules.ts';
import type { ProviderRequest, Quote } from '../providers/provider.ts';
import type { Caps } from './money/caps.ts';

/** What decides whether a request is submitted. */
export interface Terms extends Pick<RequestClaim, 'isNamed' | 'isNew'> {
  caps: Caps;
}

/** What a record says of the call: for whom, how long it waits, which of several equal lines, and which run of new tasks. */
export type RequestNote = Pick<RequestClaim, 'owner' | 'wait' | 'ordinal' | 'newRun'>;

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
  note: RequestNote;
  /** The service's price, where it was asked for already. */
  quote?: Quote | undefined;
}
