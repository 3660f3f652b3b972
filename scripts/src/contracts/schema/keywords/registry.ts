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
 * In the order in which they are checked. Keywords of the file as a whole (`x-output`, `x-price`) are read by
 * read-contract.ts.
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
