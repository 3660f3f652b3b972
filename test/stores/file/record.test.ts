import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonHash } from '../../../scripts/src/model/fingerprint.ts';
import type { Json, JsonObject } from '../../../scripts/src/model/json.ts';
import { PHASES, type RequestRecord } from '../../../scripts/src/model/request-record.ts';
import { TASK_STATES } from '../../../scripts/src/model/task.ts';
import {
  decodeRecord,
  encodeRecord,
  isOfNewerVersion,
  type RawRecord,
  readRecord,
} from '../../../scripts/src/stores/file/record.ts';
import { anyCharacter } from '../../support/text.ts';
import { VERSION_1 } from './version-1.ts';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const text = fc.string({ minLength: 1, unit: anyCharacter });
const orNull = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });
const date = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })
  .map((at) => at.toISOString());
const amount = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true })).map(
  // Zero has one form on the disk.
  (value) => value + 0,
);
const taskId = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._:~@=+,-]{0,40}$/);
const idempotencyKey = fc.stringMatching(/^[\x21-\x7e]{8,128}$/);

const anyRecord: fc.Arbitrary<RequestRecord> = fc.record({
  request: hex(32),
  provider: text,
  service: text,
  account: hex(12),
  owner: orNull(text),
  model: text,
  payloadHash: hex(64),
  promptExcerpt: orNull(text),
  idempotencyKey,
  phase: fc.constantFrom(...PHASES),
  taskId: orNull(taskId),
  status: fc.constantFrom(...TASK_STATES),
  created: date,
  sentAt: date,
  unsettledSince: date,
  submitTimeout: orNull(amount),
  resubmitted: fc.boolean(),
  checked: orNull(date),
  duration: orNull(amount),
  delivered: orNull(date),
  used: orNull(date),
  wait: orNull(amount),
  download: orNull(text),
  fileCount: orNull(fc.nat()),
  credits: fc.record({ quoted: orNull(amount), charged: orNull(amount), refunded: orNull(amount) }),
  files: fc.array(fc.record({ path: text, bytes: fc.nat(), sha256: hex(64), contentType: text }), {
    maxLength: 3,
  }),
});

const RECORD: RequestRecord = {
  request: 'a'.repeat(32),
  provider: 'aivideomaker',
  service: 'https://media.test',
  account: 'b'.repeat(12),
  owner: null,
  model: 't2v',
  payloadHash: 'c'.repeat(64),
  promptExcerpt: 'a lighthouse',
  idempotencyKey: 'key-0001',
  phase: 'submitted',
  taskId: 'ckx1',
  status: 'COMPLETED',
  created: '2026-11-21T12:00:00.000Z',
  sentAt: '2026-11-21T12:00:01.000Z',
  unsettledSince: '2026-11-21T12:00:02.000Z',
  submitTimeout: 30_000,
  resubmitted: true,
  checked: null,
  duration: null,
  delivered: null,
  used: null,
  wait: 45,
  download: '/home/user',
  fileCount: 1,
  credits: { quoted: 15, charged: 15, refunded: null },
  files: [{ path: '/home/user/ckx1.mp4', bytes: 9, sha256: 'd'.repeat(64), contentType: 'video/mp4' }],
};

const nameOf = ({ request }: RequestRecord, n = 1): string => `${request}-20261121T120000000Z-00000${n}.json`;
const NAME = nameOf(RECORD);
const rawOf = (record: object): RawRecord => ({ ...record }) as unknown as RawRecord;
const textOf = (record: RequestRecord): string => encodeRecord(nameOf(record), rawOf(record));

/** The text of a record with a right checksum, whatever it says. */
function signed(fields: object, name = NAME): string {
  const whole = { ...fields } as JsonObject;
  return `${JSON.stringify({ ...whole, checksum: jsonHash([name, whole]) }, null, 2)}\n`;
}

/** What is understood of a record's text. */
function read(text: string, name = NAME): RequestRecord | undefined {
  const raw = decodeRecord(name, text);
  return raw && readRecord(raw);
}

describe('a record', () => {
  it('comes back from its text as it was', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(read(textOf(record), nameOf(record))).toEqual(record);
      }),
    );
  });

  it('has one text, however often it is read and written', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const once = textOf(record);
        expect(encodeRecord(nameOf(record), decodeRecord(nameOf(record), once)!)).toBe(once);
      }),
    );
    expect(textOf(RECORD).endsWith('}\n')).toBe(true);
  });

  it('has these fields: none is for a prompt, an address of media or a key', () => {
    const value = JSON.parse(textOf(RECORD));
    expect(Object.keys(value)).toEqual(['version', ...Object.keys(RECORD), 'checksum']);
    expect(value.version).toBe(2);
    expect(read(signed({ version: 2, ...RECORD, prompt: 'canary' }))).toEqual(RECORD);
  });

  it('is of the request that its name begins with', () => {
    const record = { ...RECORD, request: 'f'.repeat(32) };
    expect(read(encodeRecord(NAME, rawOf(record)))).toBeUndefined();
  });
});

describe('a record of a newer version', () => {
  const NEWER = { version: 3, ...RECORD, priority: 'high' };
  const newer = (fields: object) => signed({ ...NEWER, ...fields });

  it('is used as far as it is understood', () => {
    expect(read(newer({}))).toEqual(RECORD);
    expect(read(newer({ phase: 'streaming', status: 'PAUSED' }))).toEqual({
      ...RECORD,
      phase: 'submitted',
      status: 'UNKNOWN',
    });
    expect(
      read(newer({ delivered: { to: 'chat-7' }, used: 7, credits: [15], files: { a: 1 }, wait: '45 s' })),
    ).toEqual({
      ...RECORD,
      wait: null,
      credits: { quoted: null, charged: null, refunded: null },
      files: [],
    });
  });

  it.each<[string, object]>([
    ['whose phase is not understood', { phase: 'scheduled', resubmitted: false }],
    [
      'of which it is not understood whether it was sent once more',
      { phase: 'unknown', resubmitted: 'twice' },
    ],
  ])('%s, without a task, is reconciled and never sent again', (_, fields) => {
    expect(read(newer({ taskId: null, ...fields }))).toMatchObject({
      phase: 'unknown',
      taskId: null,
      resubmitted: true,
    });
  });

  it('is none, and is told from a damaged one, where the task or the request is not understood', () => {
    for (const fields of [{ taskId: ['a', 'b'] }, { request: 7 }, { idempotencyKey: null }]) {
      const text = newer(fields);
      expect(read(text)).toBeUndefined();
      expect(isOfNewerVersion(NAME, text)).toBe(true);
      expect(isOfNewerVersion(NAME, text.replace('high', 'higj'))).toBe(false);
      expect(isOfNewerVersion(nameOf(RECORD, 2), text)).toBe(false);
    }
    expect(isOfNewerVersion(NAME, textOf(RECORD))).toBe(false);
  });

  it('has to be whole too', () => {
    const text = newer({ phase: 'streaming' });
    for (let end = 0; end < text.length - 2; end += 1) expect(read(text.slice(0, end))).toBeUndefined();
    expect(read(text.replace('ckx1', 'ckx2'))).toBeUndefined();
    expect(read(JSON.stringify(NEWER))).toBeUndefined();
  });
});

describe('fault 97: a record with any single damage is none', () => {
  const whole = textOf(RECORD);
  const bytes = Buffer.from(whole);
  const readBytes = (damaged: Uint8Array) => read(Buffer.from(damaged).toString('utf8'));

  it('each of its bits', () => {
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        bytes[at]! ^= 1 << bit;
        expect(readBytes(bytes), `byte ${at}, bit ${bit}`).toBeUndefined();
        bytes[at]! ^= 1 << bit;
      }
    }
    expect(readBytes(bytes)).toEqual(RECORD);
  });

  it('cut at any place, at its end or its beginning; with zeros in place of the rest', () => {
    for (let end = 0; end < bytes.length; end += 1) {
      expect(readBytes(bytes.subarray(0, end))).toBeUndefined();
      expect(readBytes(Buffer.alloc(bytes.length).fill(bytes.subarray(0, end), 0, end))).toBeUndefined();
      if (end > 0) expect(readBytes(bytes.subarray(end))).toBeUndefined();
    }
  });

  it('of any content: a byte changed, added or left out, or a stretch of another file', () => {
    fc.assert(
      fc.property(
        anyRecord,
        anyRecord,
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.nat({ max: 400 }),
        (record, other, place, byte, length) => {
          const name = nameOf(record);
          const own = Buffer.from(textOf(record));
          const at = place % own.length;
          const foreign = Buffer.from(textOf(other)).subarray(at, at + length);
          const changes = [
            [own.subarray(0, at), [byte], own.subarray(at + 1)],
            [own.subarray(0, at), [byte], own.subarray(at)],
            [own.subarray(0, at), own.subarray(at + 1)],
            [own.subarray(0, at), foreign, own.subarray(at + foreign.length)],
          ];
          for (const parts of changes) {
            const damaged = Buffer.concat(parts.map((part) => Buffer.from(part)));
            if (damaged.equals(own)) continue;
            expect(read(damaged.toString('utf8'), name)).toBeUndefined();
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('swapped with that of another name, of the same request or not', () => {
    const twin = nameOf(RECORD, 2);
    expect(read(whole, twin)).toBeUndefined();
    expect(read(encodeRecord(twin, rawOf(RECORD)))).toBeUndefined();
    fc.assert(
      fc.property(anyRecord, anyRecord, (a, b) => {
        fc.pre(a.request !== b.request);
        expect(read(textOf(a), nameOf(b))).toBeUndefined();
      }),
    );
  });

  it('with a field twice, the second one the same or another', () => {
    const lines = whole.split('\n');
    for (const line of lines.filter((one) => /^ {2}"\w+": [^[{]/.test(one))) {
      for (const at of [1, lines.length - 3]) {
        const twice = [...lines.slice(0, at), line.replace(/,?$/, ','), ...lines.slice(at)].join('\n');
        expect(JSON.parse(twice)).toEqual(JSON.parse(whole));
        expect(read(twice), line).toBeUndefined();
      }
    }
    for (const [name, value] of Object.entries({ version: 2, ...RECORD })) {
      const field = `\n  "${name}": ${JSON.stringify(value)},`;
      expect(read(whole.replace('{', `{${field}`)), name).toBeUndefined();
      expect(read(whole.replace(',\n  "checksum"', `,${field}\n  "checksum"`)), name).toBeUndefined();
    }
  });

  it('empty, or with other spaces, or one of version 1 that has no checksum', () => {
    for (const damaged of ['', '\n', '{}', 'null', `${whole}\n`, JSON.stringify(JSON.parse(whole))])
      expect(read(damaged)).toBeUndefined();
    const { checksum, ...value } = JSON.parse(whole);
    expect(read(JSON.stringify(value))).toBeUndefined();
    expect(read(whole.replace('"version": 2', '"version": 1'))).toBeUndefined();
  });

  it('or any text at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (any) => {
        expect(read(any)).toBeUndefined();
      }),
    );
  });
});

describe('fault 46: a record whose checksum is right', () => {
  const NEEDED = [
    ...['request', 'provider', 'service', 'account', 'model', 'payloadHash', 'idempotencyKey'],
    ...['taskId', 'created'],
  ];

  it.each(NEEDED)('is none without its %s', (name) => {
    const { [name as keyof RequestRecord]: _, ...rest } = RECORD;
    expect(read(signed({ version: 2, ...rest }))).toBeUndefined();
  });

  it.each(Object.keys(RECORD).filter((name) => !NEEDED.includes(name)))(
    'has for a missing %s the value that leads to no charge',
    (name) => {
      const { [name as keyof RequestRecord]: _, ...rest } = { ...RECORD, phase: 'unknown', taskId: null };
      const otherwise: Partial<RequestRecord> = {
        owner: null,
        promptExcerpt: null,
        phase: 'unknown',
        status: 'UNKNOWN',
        sentAt: RECORD.created,
        unsettledSince: RECORD.created,
        submitTimeout: null,
        resubmitted: name === 'phase',
        checked: null,
        duration: null,
        delivered: null,
        used: null,
        wait: null,
        download: null,
        fileCount: null,
        credits: { quoted: null, charged: null, refunded: null },
        files: [],
      };
      const value = read(signed({ version: 2, ...rest }))!;
      expect(value[name as keyof RequestRecord]).toEqual(otherwise[name as keyof RequestRecord]);
      if (name === 'phase') expect(value.resubmitted).toBe(true);
    },
  );

  it.each<[keyof RequestRecord, Json[]]>([
    ['request', ['', 'short', 'A'.repeat(32), 7, null]],
    ['provider', ['', 7, null]],
    ['service', ['', 7, null]],
    ['account', ['', 'no hex here', null]],
    ['owner', ['', 7]],
    ['model', ['', 7, null]],
    ['payloadHash', ['', 'x'.repeat(64), 'a'.repeat(65), null]],
    ['idempotencyKey', ['', 'short', 'with a space', 'é'.repeat(8), 'k'.repeat(129), 7, null]],
    ['phase', ['dreamt', '', 7, null]],
    ['taskId', ['', '$(id)', '../../a', 'a b', 'a'.repeat(201), 7]],
    ['status', ['DONE', 'completed', null]],
    ['created', ['yesterday-ish', '', 7, null]],
    ['sentAt', ['yesterday-ish', 7, null]],
    ['unsettledSince', ['yesterday-ish', 7, null]],
    ['resubmitted', ['true', 1, null]],
    ['checked', ['yesterday-ish', 7]],
    ['delivered', ['yesterday-ish', true]],
    ['used', ['yesterday-ish', 7]],
    ['wait', [-1, '45']],
    ['download', ['', 7]],
    ['fileCount', [-1, '1']],
    ['credits', [null, [], {}, { quoted: -1, charged: null, refunded: null }, { quoted: 1, charged: 1 }]],
    [
      'files',
      [
        null,
        {},
        [null],
        [{ path: '/a', bytes: 1, contentType: 'video/mp4' }],
        [{ path: '', bytes: 1, sha256: 'd'.repeat(64), contentType: 'video/mp4' }],
        [{ path: '/a', bytes: -1, sha256: 'd'.repeat(64), contentType: 'video/mp4' }],
        [{ path: '/a', bytes: 1, sha256: 'd'.repeat(64), contentType: '' }],
      ],
    ],
  ])('is none with another %s than there can be', (name, values) => {
    for (const value of values) {
      expect(read(signed({ version: 2, ...RECORD, [name]: value })), JSON.stringify(value)).toBeUndefined();
    }
    expect(read(signed({ version: 2, ...RECORD }))).toEqual(RECORD);
  });

  it.each(['0', '-1', '"2"', 'null', '[2]'])('is none of version %s', (version) => {
    expect(read(signed({ version: JSON.parse(version), ...RECORD }))).toBeUndefined();
  });

  it('with a value of any other kind never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(RECORD), 'version', 'checksum'),
        fc.constantFrom(1, 2, 3),
        fc.jsonValue(),
        (name, version, value) => {
          for (const damaged of [
            signed({ version, ...RECORD, [name]: value }),
            JSON.stringify({ version, intent: RECORD.request, ...RECORD, [name]: value }),
          ]) {
            const raw = decodeRecord(NAME, damaged);
            // A record that was read can be written and read back.
            if (raw) expect(read(encodeRecord(NAME, raw))).toEqual(readRecord(raw));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a record of version 1', () => {
  const texts = readdirSync(VERSION_1).map(
    (name) => [name, readFileSync(path.join(VERSION_1, name), 'utf8')] as const,
  );

  it.each(texts)('(%s) that was cut is none', (name, text) => {
    for (let end = 0; end < text.trimEnd().length; end += 1)
      expect(decodeRecord(name, text.slice(0, end))).toBeUndefined();
  });

  it('of another request than its name says is none', () => {
    const [[name], [, other]] = texts as unknown as [[string, string], [string, string]];
    expect(decodeRecord(name, other)).toBeUndefined();
  });
});
