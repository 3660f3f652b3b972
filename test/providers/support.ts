import { expect } from 'vitest';
import type { Call } from '../../scripts/src/http/api.ts';
import type { HttpAnswer } from '../../scripts/src/http/http-client.ts';
import { Failure } from '../../scripts/src/model/failure.ts';

/** An answer with this status and body; an object becomes JSON. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return { status, headers, body: Buffer.from(text as string) };
}

type Given = Parameters<typeof answer>;

/** What the call makes of the answer: a value, or the failure it throws. */
export function reading(call: Call<unknown>, ...given: Given): unknown {
  try {
    return call.read(answer(...given));
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return error;
  }
}

/** The failure that the answer stands for. */
export function failure(call: Call<unknown>, ...given: Given): Failure {
  const result = reading(call, ...given);
  expect(result).toBeInstanceOf(Failure);
  return result as Failure;
}
