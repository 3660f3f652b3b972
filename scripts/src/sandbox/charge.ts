import type { Contract } from '../contracts/contract.ts';
import { estimateCredits } from '../contracts/price.ts';
import type { JsonObject } from '../model/json.ts';

/** What the sandbox takes where no price is known: for APIDot's models, and for a file that was added without a price rule. */
export const UNKNOWN_PRICE = 50;

/**
 * Prices for models whose price the service does not publish. They are the sandbox's own: good enough to rehearse
 * with, and no estimate of what the service would charge.
 */
const STAND_INS: Record<string, (payload: JsonObject) => number> = {
  // Agrees with the three observed prices: 4 s 480 = 41, 5 s 480 = 51, 5 s 720 = 110.
  seedance20: ({ duration, resolution }) =>
    Math.ceil((Number(duration) * (resolution === 480 ? 102 : 220)) / 10),
  // The rule of March 2026; the model was gone from the service's list by September.
  lv: ({ prompt }) => (Array.isArray(prompt) ? prompt.length : 1) * 5 * 15,
};

/** The credits that the sandbox charges for a valid payload. */
export function chargeFor(model: string, contract: Contract, payload: JsonObject): number {
  const standIn = Object.hasOwn(STAND_INS, model) ? STAND_INS[model] : undefined;
  if (standIn !== undefined) return standIn(payload);
  return (
    estimateCredits(contract, payload) ?? estimateCredits(contract, inWholeSeconds(payload)) ?? UNKNOWN_PRICE
  );
}

/** How the service rounds a fraction of a second is not known; the sandbox charges the whole one. */
function inWholeSeconds(payload: JsonObject): JsonObject {
  const { duration } = payload;
  return typeof duration === 'number' ? { ...payload, duration: Math.ceil(duration) } : payload;
}
