import type { Contract } from '../../contracts/contract.ts';
import { cheaperVariants } from '../../contracts/estimate.ts';
import type { Cheaper } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';

export function cheaperThan(contract: Contract, payload: JsonObject, most: number): Cheaper {
  const variants = cheaperVariants(contract, payload, most + 1);
  return { model: contract.model, asOf: contract.price?.asOf, variants, most };
}

/** Returns what costs less than a price, and at most the balance where that is known to be lower. */
export function cheaperWithin(
  contract: Contract,
  payload: JsonObject,
  price: number,
  balance: number | null,
): Cheaper {
  if (balance !== null && balance < price) return cheaperThan(contract, payload, balance);
  return { ...cheaperThan(contract, payload, price - 1), most: null };
}
