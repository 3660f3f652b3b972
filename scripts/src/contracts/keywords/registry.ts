import type { Keyword } from '../schema-node.ts';
import { atLeastOne } from './at-least-one.ts';
import { counts } from './counts.ts';
import { exclusive } from './exclusive.ts';
import { files } from './files.ts';
import { media } from './media.ts';
import { rejected } from './rejected.ts';
import { sumMax } from './sum-max.ts';
import { when } from './when.ts';

/**
 * Every keyword of our own that may stand at a place of a schema, in the order in which they are checked. Those of the
 * file as a whole (`x-output`, `x-price` and the others) are read by contract.ts.
 */
export const KEYWORDS: readonly Keyword[] = [
  media,
  files,
  counts,
  atLeastOne,
  exclusive,
  sumMax,
  when,
  rejected,
];
