// A service that accepts connections and then says nothing, and how long a command stays with it.

import { expect, it } from 'vitest';
import { EXIT, EXIT_OF_ERROR } from '../../../scripts/src/cli/exit-codes.ts';
import type { ExchangeOptions } from '../../../scripts/src/http/exchange.ts';
import type { HttpAnswer, HttpRequest } from '../../../scripts/src/http/http-client.ts';
import { networkError } from '../../../scripts/src/http/network-error.ts';
import { Transport } from '../../../scripts/src/http/transport.ts';
import { FakeClock } from '../../support/clock.ts';
import { failureOf } from '../../support/failures.ts';
import { serve } from '../../support/server.ts';
import { generateClip, REQUEST, sessionOnRecord } from '../session.ts';

/** Sends what the service answers; for every other request its time passes on the clock, and no answer comes. */
class FrozenTransport extends Transport {
  /** The path of each request and the milliseconds that it was given. */
  readonly given: [string, number][] = [];
  readonly #clock: FakeClock;
  readonly #answers: RegExp | undefined;

  constructor(clock: FakeClock, answers?: RegExp) {
    super();
    this.#clock = clock;
    this.#answers = answers;
  }

  override async send(
    request: HttpRequest,
    options: ExchangeOptions & { maxBytes: number },
  ): Promise<HttpAnswer> {
    const { timeoutMs } = options;
    this.given.push([request.url.pathname.split('/')[3]!, timeoutMs]);
    if (this.#answers?.test(request.url.pathname)) return super.send(request, options);
    this.#clock.now += timeoutMs;
    throw networkError(request, `did not answer within ${timeoutMs} ms`, true);
  }
}

async function frozen(seconds: number, { answers, maxCredits }: { answers?: RegExp; maxCredits?: number }) {
  const server = await serve({ body: { model: 't2v', credits: 15, currentBalance: 100 } });
  const clock = new FakeClock();
  const transport = new FrozenTransport(clock, answers);
  const session = sessionOnRecord(server.origin, { clock, transport, timeoutMs: 30_000 });
  const generation = { ...REQUEST, ...(maxCredits && { maxCredits }) };
  const failure = await failureOf(generateClip(session, { generation, waitMs: seconds * 1_000 }));
  return { failure, given: transport.given, tookMs: clock.now };
}

it('fault 4: a price that does not come ends with the wait; nothing was submitted', async () => {
  const { failure, given, tookMs } = await frozen(5, { maxCredits: 15 });
  expect(failure.code).toBe('NETWORK_ERROR');
  expect(EXIT_OF_ERROR[failure.code]).toBe(EXIT.temporary);
  expect(given).toEqual([['quote', 5_000]]);
  expect(tookMs).toBe(5_000);
});

it('fault 4: a submit gets 10 seconds, because one that is cut short has an unknown outcome', async () => {
  const { failure, given, tookMs } = await frozen(5, { maxCredits: 15, answers: /quote/ });
  expect(EXIT_OF_ERROR[failure.code]).toBe(EXIT.submitUnknown);
  expect(given).toEqual([
    ['quote', 5_000],
    ['generate', 10_000],
    ['tasks', 5_000],
  ]);
  expect(tookMs).toBeLessThanOrEqual(15_000);
});

it('fault 4: a submit is not cut short where the wait allows more', async () => {
  expect((await frozen(600, { answers: /quote/ })).given[0]).toEqual(['generate', 30_000]);
});
