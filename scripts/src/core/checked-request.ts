import type { Contract } from '../contracts/contract.ts';
import type { NewRun } from '../model/request-record.ts';
import type { GenerationRequest, Quote } from '../providers/provider.ts';

/** What identifies a request, and what it may cost. */
export interface Terms {
  /** The idempotency key was given: it says which request is meant. */
  isNamed: boolean;
  /** Makes another task, even where the request already has one. */
  isNew: boolean;
  /** Who asked for the request, where the command names that. */
  owner: string | null;
  /** Seconds that its command waits; null where it has none. */
  wait: number | null;
  /** Credits that all requests of the last 24 hours together may cost. */
  maxCreditsPerDay: number | null;
  /** Which of several equal requests this is, from 1; absent: the first. */
  ordinal?: number;
  /** The run that makes a batch once more, and this request as one of its lines. */
  newRun?: NewRun;
}

/** Where the files of a request are wanted. */
export interface Place {
  /** Absolute. */
  folder: string | null;
  /** The name of the file that was asked for; null: named by the task's id. */
  output: string | null;
}

/** A request whose payload passes the contract. */
export interface CheckedRequest {
  contract: Contract;
  generation: GenerationRequest;
  terms: Terms;
  /** The service's price, where it was asked for already. */
  quote?: Quote | undefined;
}
