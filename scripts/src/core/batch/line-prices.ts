import { pauseAfter } from '../../http/retry.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { Terms } from '../checked-request.ts';
import { isCapped } from '../money/caps.ts';
import { askPrice } from '../money/check-price.ts';
import type { Session } from '../session.ts';
import { Slots } from '../slots.ts';
import { overBudget, type Price } from './budget.ts';
import { type BatchLine, isLarge } from './line.ts';

// So many quotes at the same time; each may carry an image.
const QUOTES = 4;
// A service that limits quotes is asked for this long.
const PATIENCE_MS = 120_000;
const PAUSES = { baseMs: 1_000, capMs: 15_000 };

/** Returns the prices of the lines that may be charged, if a cap needs them or tasks are made anew, and why none may be submitted. */
export async function pricesWithin(
  session: Session,
  open: readonly BatchLine[],
  { caps, isNew }: Pick<Terms, 'caps' | 'isNew'>,
): Promise<{ prices: Map<number, Price>; held?: Failure | undefined }> {
  const isLimited = isCapped(caps);
  if (open.length === 0 || !(isLimited || isNew)) return { prices: new Map() };
  const prices = await orFailure(pricesOf(session, open));
  // Without a limit the price is only told.
  if (prices instanceof Failure) return { prices: new Map(), held: isLimited ? prices : undefined };
  return { prices, held: isLimited ? overBudget(prices, caps) : undefined };
}

/**
 * Returns the price of each line by its number: the service's own, asked for once for lines that differ in their prompts
 * alone, or the contract's estimate where the service gives none.
 * @throws Failure of the first line without a price
 */
export async function pricesOf(session: Session, lines: readonly BatchLine[]): Promise<Map<number, Price>> {
  const prices = new Map<number, Price>();
  if (!session.provider.can.quote) {
    for (const line of lines) prices.set(line.number, estimated(session, line));
    return prices;
  }
  const slots = new Slots(QUOTES);
  const asked = new Map<string, Promise<Price>>();
  for (const line of lines) {
    if (asked.has(line.priceKey)) continue;
    const price = quoted(session, slots, line);
    // It is awaited below, after those before it.
    price.catch(() => {});
    asked.set(line.priceKey, price);
  }
  for (const line of lines) prices.set(line.number, await asked.get(line.priceKey)!);
  return prices;
}

function estimated({ provider }: Session, { number, contract, estimate }: BatchLine): Price {
  if (estimate) return { credits: estimate.most };
  throw new Failure('INVALID_PAYLOAD', `No estimate is known for line ${number} (${contract.model}).`, {
    reason: { kind: 'lineWithoutEstimate', line: number, model: contract.model, title: provider.title },
  });
}

async function quoted(session: Session, slots: Slots, line: BatchLine): Promise<Price> {
  const { clock, signal } = session.api;
  const until = clock.monotonic() + PATIENCE_MS;
  const ask = async () => {
    const generation = { model: line.contract.model, payload: await line.read(), idempotencyKey: '' };
    return askPrice(session, line.contract, generation);
  };
  const leave = await slots.enter(isLarge(line) ? QUOTES : 1);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const quote = await orFailure(ask());
      // The whole answer may repeat the payload.
      if (!(quote instanceof Failure)) return { credits: quote.credits, quote: { ...quote, record: {} } };
      const { code, message, details } = quote;
      const pause = code === 'RATE_LIMITED' ? pauseAfter(quote, attempt, PAUSES, clock.random) : Infinity;
      if (clock.monotonic() + pause > until) {
        const said = `The price of line ${line.number} could not be had: ${message}`;
        throw new Failure(code, said, { ...details, cause: quote });
      }
      await clock.sleep(pause, signal);
    }
  } finally {
    leave();
  }
}
