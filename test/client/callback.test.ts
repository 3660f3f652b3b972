import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CANARY } from '../support/command.ts';
import { clientOf, PROVIDERS, type Provider } from './support.ts';

const parserOf = (provider: Provider) => clientOf('http://127.0.0.1:9', { provider }).parseCallback;

describe('parseCallback', () => {
  test.each([
    ['apidot', { data: { task_id: 'ck1', status: 'finished' } }, { taskId: 'ck1', state: 'COMPLETED' }],
    ['apidot', { task_id: 'ck1', status: 'failed' }, { taskId: 'ck1', state: 'FAILED' }],
    ['apidot', { code: 200, data: { task_id: 'ck1' } }, { taskId: 'ck1' }],
    ['apidot', { task_id: 'ck1', data: { status: 'running' } }, { taskId: 'ck1' }],
    ['apidot', { task_id: 'ck1', status: 'SUCCEEDED' }, { taskId: 'ck1' }],
    ['aivideomaker', { taskId: 'ck1', status: 'COMPLETED' }, { taskId: 'ck1', state: 'COMPLETED' }],
    ['aivideomaker', { id: 'ck1', status: 'CANCEL' }, { taskId: 'ck1', state: 'CANCEL' }],
    ['aivideomaker', { status: 'FAILED' }, { state: 'FAILED' }],
    ['aivideomaker', { task_id: '../../etc', status: 5 }, {}],
    ['aivideomaker', { task_id: CANARY }, {}],
    ['aivideomaker', [], {}],
    ['aivideomaker', 'text', {}],
  ] as const)('%s: %j', (provider, body, hint) => {
    expect(parserOf(provider)(JSON.stringify(body))).toEqual(hint);
    expect(parserOf(provider)(Buffer.from(`\ufeff${JSON.stringify(body)}`))).toEqual(hint);
  });

  test.each(PROVIDERS)('%s: any bytes are a hint of a known shape, or nothing', (provider) => {
    const parse = parserOf(provider);
    const known = ['SUBMITTED', 'PROGRESS', 'COMPLETED', 'FAILED', 'CANCEL', undefined];
    const holds = (hint: ReturnType<typeof parse>) => {
      expect(Object.keys(hint).every((name) => name === 'taskId' || name === 'state')).toBe(true);
      expect(hint.taskId ?? 'x').toMatch(/^[A-Za-z0-9_][A-Za-z0-9._:~@=+,-]{0,199}$/);
      expect(known).toContain(hint.state);
    };
    const id = fc.oneof(
      fc.string(),
      fc.constantFrom('ck1', '__proto__', 'a/b', '', 'x'.repeat(201)),
      fc.jsonValue(),
    );
    const body = fc.record(
      {
        task_id: id,
        taskId: id,
        id,
        status: fc.oneof(fc.jsonValue(), fc.constantFrom('finished', 'constructor', 'FAILED')),
      },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => holds(parse(bytes))));
    fc.assert(fc.property(fc.string(), (text) => holds(parse(text))));
    fc.assert(
      fc.property(fc.oneof(body, fc.record({ data: body })), (value) => holds(parse(JSON.stringify(value)))),
    );
    fc.assert(fc.property(fc.anything(), (value) => holds(parse(value as never))));
  });

  test('a body that is nested or has more values than any task is nothing, at once', () => {
    const parse = parserOf('aivideomaker');
    const start = performance.now();
    expect(parse(`${'['.repeat(1_000_000)}`)).toEqual({});
    expect(parse(`{"task_id":"ck1","a":[${'1,'.repeat(500_000)}1]}`)).toEqual({});
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
