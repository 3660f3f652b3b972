import type { Contract } from '../contracts/contract.ts';
import { estimateCredits } from '../contracts/price/estimate.ts';
import type { JsonObject } from '../model/json.ts';

/** The price where none is known: for APIDot's models, and for a model whose file has no price rule. */
export const UNKNOWN_PRICE = 50;

/**
 * Prices for models whose price the service does not publish. They are the sandbox's own, for sandbox runs only: the
 * service may charge another price.
 */
const STAND_INS: Record<string, (payload: JsonObject) => number> = {
  // Agrees with the three observed prices: 4 s 480 = 41, 5 s 480 = 51, 5 s 720 = 110.
  seedance20: ({ duration, resolution }) =>
    Math.ceil((Number(duration) * (resolution === 480 ? 102 : 220)) / 10),
  // The rule of March 2026; the model was gone from the service's list by September.
  lv: ({ prompt }) => (Array.isArray(prompt) ? prompt.length : 1) * 5 * 15,
};

export function chargeFor(model: string, contract: Contract, payload: JsonObject): number {
  const standIn = Object.hasOwn(STAND_INS, model) ? STAND_INS[model] : undefined;
  if (standIn !== undefined) return standIn(payload);
  return (
    estimateCredits(contract, payload) ?? estimateCredits(contract, inWholeSeconds(payload)) ?? UNKNOWN_PRICE
  );
}

/** Rounds the duration up. How the service rounds a fraction of a second is not known. */
function inWholeSeconds(payload: JsonObject): JsonObject {
  const { duration } = payload;
  return typeof duration === 'number' ? { ...payload, duration: Math.ceil(duration) } : payload;
}
