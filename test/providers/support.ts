import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Call } from '../../scripts/src/http/api.ts';
import type { HttpAnswer } from '../../scripts/src/http/http-client.ts';
import { Failure, type FailureDetails } from '../../scripts/src/model/failure.ts';
import type { anyJson } from '../support/json.ts';
import { write } from '../support/json.ts';

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

/** An answer of a service, with what it is. */
export type Case = [what: string, status: number, body: unknown];

/** What no service sends as an answer that can be read. */
const UNREADABLE: [string, unknown][] = [
  ['a string', '"ckx1"'],
  ['null', 'null'],
  ['an empty body', ''],
  ['a cut body', '{"code":200,"data":{"task_id":"task-uni'],
  ['a portal', '<html>Welcome to our Wi-Fi</html>'],
];

/** What stands where an id should be, and is none. */
export const NO_IDS: [string, unknown][] = [
  ['a numeric id', 42],
  ['an id in a list', ['ckx1']],
  ['an empty id', ''],
  ['an id of null', null],
  ['an id that a shell would run', 'x;rm$(id)'],
  ['an id that leads elsewhere', '../x'],
  ['an endless id', 'x'.repeat(201)],
  ['an id with a line break', 'ck\nx1'],
];

/** The tests of answers to a submit that every provider reads alike, and of those that are its own. */
export function submitLeaves(
  submit: Call<unknown>,
  unclear: [string, unknown][],
  own: Record<'later' | 'open', Case[]>,
) {
  it.each([...unclear, ...UNREADABLE])(
    'faults 25 and 26: an answer with %s leaves the outcome open',
    (_, body) => {
      expect(failure(submit, 200, body)).toMatchObject({
        ...{ code: 'NETWORK_ERROR', details: { unclear: true, transient: true } },
      });
    },
  );

  it.each<Case>([...own.later, ['429 as a page', 429, '<html>slow down</html>']])(
    'fault 15: %s was not accepted and may be repeated',
    (_, status, body) => {
      const thrown = failure(submit, status, body, { 'retry-after': '9' });
      expect(thrown.code).toBe('RATE_LIMITED');
      expect(thrown.details).toEqual({ transient: true, retryAfter: 9 } satisfies FailureDetails);
    },
  );

  it.each<Case>([
    ...own.open,
    ['502 as a page', 502, '<html>Bad Gateway</html>'],
    ...[503, 504, 408, 425, 303].map((status): Case => [`${status}`, status, '']),
  ])('fault 16: %s leaves the outcome open', (_, status, body) => {
    const open = { code: 'NETWORK_ERROR', details: { unclear: true } };
    expect(failure(submit, status, body)).toMatchObject(open);
  });

  it('fault 10: a redirect is reported, and its target is not', () => {
    for (const body of ['', { code: 400 }]) {
      const thrown = failure(submit, 302, body, { location: 'https://evil.example/?k=1' });
      expect(thrown).toMatchObject({ code: 'NETWORK_ERROR', details: { transient: false } });
      expect(thrown.message).toContain('redirects (HTTP 302)');
      expect(thrown.message).not.toContain('evil');
    }
  });
}

/** What a service says is quoted shortly, in one line, without what a terminal would obey: `said` is its beginning. */
export function expectQuoted(
  call: Call<unknown>,
  status: number,
  body: (message: string) => object,
  said: string,
): void {
  const { message } = failure(
    call,
    status,
    body(`one\r\ntwo\u001b[31m\u202e\u0000three ${'x'.repeat(5_000)}`),
  );
  expect(message.startsWith(`The service answered HTTP ${said}: "one two [31m three xxx`)).toBe(true);
  expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(message.length).toBeLessThan(400);
}

const STATUSES = fc.constantFrom(200, 200, 200, 201, 302, 400, 404, 429, 500);

/** Whatever comes, a call throws nothing but a Failure; what it returns of any JSON is `checked` beside the text. */
export function surviveAnything(
  calls: [string, Call<unknown>, string][],
  answers: ReturnType<typeof anyJson>,
  title: string,
  checked: (result: object, text: string) => void,
): void {
  it.each(calls)(`fault 31: %s ${title}`, (_, call) => {
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    fc.assert(
      fc.property(STATUSES, answers, (status, value) => {
        const text = write(value);
        const result = reading(call, status, text);
        expect(typeof result).toBe('object');
        if (status >= 300) expect(result).toBeInstanceOf(Failure);
        if (!(result instanceof Failure)) checked(result as object, text);
      }),
      { numRuns: 400 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
  });

  it.each(calls)('fault 25: %s survives any bytes', (_, call) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void reading(call, 200, Buffer.from(bytes))),
    );
  });
}
