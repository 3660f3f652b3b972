import type { Capabilities } from '../../providers/provider.ts';
import type { Issue, JsonObject } from './values.ts';

export type { Capabilities } from '../../providers/provider.ts';

/** What is known of a service without calling it. */
export interface ProviderInfo {
  id: string;
  title: string;
  /** The service's own address. */
  url: string;
  capabilities: Capabilities;
  /** Queries that one address may send in a minute, all processes together; null where the service documents no limit. */
  rateLimit: { queriesPerMinute: number } | null;
  /** The environment variables of the key and of another address, by which the commands know them; a client reads none. */
  keyVariable: string;
  urlVariable: string;
}

/** Credits that a payload may cost by its contract, at the date of the contract's price. */
export interface PriceEstimate {
  least: number;
  most: number;
  /** The date of the price, such as `2026-09-17`, or `about 2026-05-25`. */
  asOf: string;
  note: string;
}

export interface ModelDescription {
  provider: string;
  model: string;
  /** What the model makes. */
  output: 'video' | 'image' | 'audio' | 'model3d';
  /** JSON Schema 2020-12 of the payload, with the keywords of contracts/README.md. */
  schema: JsonObject;
  /** A payload that passes. */
  example: JsonObject;
  /** Where the contract's facts come from, with dates. */
  sources: { what: string; date: string }[];
  /** What the sources leave open. */
  notes: string[];
  /** The service documents that a submit repeated with the same idempotency key is not charged again; null where it does not. */
  replay: string | null;
}

export interface Validation {
  valid: boolean;
  /** Empty where the payload is valid. */
  issues: Issue[];
  /** Null where the payload is not valid, or no estimate is known. */
  estimate: PriceEstimate | null;
}
