import { FACTS } from '../contracts/apidot-facts.ts';

// The models whose facts the tests and the documents state one by one. A model that is added later is no part of
// these lists: what holds for every contract is asked of it all the same.

export const AIVIDEOMAKER_MODELS: readonly string[] = [
  ...['happyhorse', 'i2v', 'i2v_v3', 'lv', 'minimax', 'seedance20', 't2v', 't2v_v3', 'wan27'],
];

export const APIDOT_MODELS: readonly string[] = Object.keys(FACTS).sort();
