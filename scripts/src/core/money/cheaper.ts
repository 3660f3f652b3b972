import type { Contract } from '../../contracts/contract.ts';
import { cheaperVariants } from '../../contracts/price/estimate.ts';
import type { Cheaper } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';

export function cheaperThan(contract: Contract, payload: JsonObject, most: number): Cheaper {
  const variants = cheaperVariants(contract, payload, most + 1);
  return { model: contract.model, asOf: contract.price?.asOf, variants, most };
}
