import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PHASES, type RequestRecord, readRecord, writeRecord } from '../../scripts/src/journal/record.ts';
import { TASK_STATES } from '../../scripts/src/types/task.ts';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const text = fc.string({ minLength: 1, unit: 'binary' });
const orNull = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });
const date = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })
  .map((at) => at.toISOString());
const amount = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e9, noNaN: true }));
const taskId = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._:~@=+,-]{0,40}$/);

const anyRecord: fc.Arbitrary<RequestRecord> = fc.record({
  intent: hex(32),
  provider: text,
  service: text,
  account: hex(12),
  owner: orNull(text),
  model: text,
  payloadHash: hex(64),
  idempotencyKey: text,
  phase: fc.constantFrom(...PHASES),
  taskId: orNull(taskId),
  status: fc.constantFrom(...TASK_STATES),
  created: date,
  checked: orNull(date),
  delivered: orNull(date),
  download: orNull(text),
  credits: fc.record({ quoted: orNull(amount), charged: orNull(amount), refunded: orNull(amount) }),
  files: fc.array(fc.record({ path: text, bytes: fc.nat(), sha256: hex(64), contentType: text }), {
    maxLength: 3,
  }),
});

const RECORD: RequestRecord = {
  intent: 'a'.repeat(32),
  provider: 'aivideomaker',
  service: 'https://media.test',
  account: 'b'.repeat(12),
  owner: null,
  model: 't2v',
  payloadHash: 'c'.repeat(64),
  idempotencyKey: 'key-0001',
  phase: 'submitted',
  taskId: 'ckx1',
  status: 'COMPLETED',
  created: '2026-11-21T12:00:00.000Z',
  checked: null,
  delivered: null,
  download: '/home/somebody',
  credits: { quoted: 15, charged: 15, refunded: null },
  files: [{ path: '/home/somebody/ckx1.mp4', bytes: 9, sha256: 'd'.repeat(64), contentType: 'video/mp4' }],
};

/** Whatever was done to a record's text: it is read as a record that fits, or not at all. */
function expectHarmless(damaged: string): RequestRecord | undefined {
  const read = readRecord(damaged);
  // What fits can be written, and read again.
  if (read) expect(readRecord(writeRecord(read))).toBeDefined();
  return read;
}

describe('a record', () => {
  it('comes back from its text as it was', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(readRecord(writeRecord(record))).toEqual(record);
      }),
    );
  });

  it('has one text, whatever the order of its fields', () => {
    const turned = Object.fromEntries(Object.entries(RECORD).reverse()) as unknown as RequestRecord;
    expect(writeRecord(turned)).toBe(writeRecord(RECORD));
    expect(writeRecord(RECORD).endsWith('}\n')).toBe(true);
  });

  it('has these fields and no other: none is for a prompt, an address of media or a key', () => {
    const secret = 'canary';
    const overfull = {
      ...RECORD,
      prompt: secret,
      payload: { prompt: secret },
      key: secret,
      url: secret,
      webhookUrl: secret,
      credits: { ...RECORD.credits, key: secret },
      files: [{ ...RECORD.files[0]!, url: secret }],
    };
    const written = writeRecord(overfull);
    expect(written).not.toContain(secret);
    const value = JSON.parse(written);
    expect(Object.keys(value)).toEqual([
      'version',
      'intent',
      'provider',
      'service',
      'account',
      'owner',
      'model',
      'payloadHash',
      'idempotencyKey',
      'phase',
      'taskId',
      'status',
      'created',
      'checked',
      'delivered',
      'download',
      'credits',
      'files',
    ]);
    expect(Object.keys(value.credits)).toEqual(['quoted', 'charged', 'refunded']);
    expect(Object.keys(value.files[0])).toEqual(['path', 'bytes', 'sha256', 'contentType']);
  });
});

describe('fault 46: a damaged record', () => {
  it('that was cut short is none', () => {
    const whole = writeRecord(RECORD);
    for (let end = 0; end < whole.length - 1; end += 1) {
      expect(readRecord(whole.slice(0, end))).toEqual(end === whole.trimEnd().length ? RECORD : undefined);
    }
  });

  it('of any content that was cut short is none, or the same', () => {
    fc.assert(
      fc.property(anyRecord, fc.double({ min: 0, max: 1, noNaN: true }), (record, part) => {
        const whole = writeRecord(record);
        const read = readRecord(whole.slice(0, Math.floor(whole.length * part)));
        if (read) expect(read).toEqual(record);
      }),
    );
  });

  it('with bytes of another file, or zeros, in it never throws', () => {
    fc.assert(
      fc.property(
        anyRecord,
        fc.nat(),
        fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.constant(new Uint8Array(512))),
        (record, at, bytes) => {
          const whole = Buffer.from(writeRecord(record));
          const start = at % whole.length;
          whole.set(bytes.subarray(0, whole.length - start), start);
          expectHarmless(whole.toString('utf8'));
        },
      ),
    );
  });

  it('with zeros at its end, as a loss of power leaves it, is none', () => {
    const whole = writeRecord(RECORD);
    for (let end = 0; end < whole.length - 1; end += 7) {
      const left = whole.slice(0, end).padEnd(whole.length, '\0');
      expect(readRecord(left)).toBeUndefined();
    }
  });

  it('with a value of any other kind never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(RECORD), 'version'), fc.jsonValue(), (name, value) => {
        expectHarmless(JSON.stringify({ version: 1, ...RECORD, [name]: value }));
      }),
      { numRuns: 500 },
    );
  });

  it('that is any text at all never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (any) => {
        expect(readRecord(any)).toBeUndefined();
      }),
    );
  });

  it.each(Object.keys(RECORD))('without its %s is none', (name) => {
    const { [name as keyof RequestRecord]: _, ...rest } = RECORD;
    expect(readRecord(JSON.stringify({ version: 1, ...rest }))).toBeUndefined();
  });

  it.each<[string, object]>([
    ['an unknown phase', { phase: 'dreamt' }],
    ['an unknown state', { status: 'DONE' }],
    ['an id that a shell gives a meaning to', { taskId: '$(id)' }],
    ['no date', { created: 'yesterday-ish' }],
    ['credits below zero', { credits: { quoted: -1, charged: null, refunded: null } }],
    ['a file without a hash', { files: [{ path: '/a', bytes: 1, contentType: 'video/mp4' }] }],
    ['another version', { version: 2 }],
  ])('with %s is none', (_, over) => {
    expect(readRecord(JSON.stringify({ version: 1, ...RECORD, ...over }))).toBeUndefined();
  });
});
