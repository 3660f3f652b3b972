// Real files: each damage is done to them, and then the same command comes.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { Failure } from '../../scripts/src/model/failure.ts';
import type { RequestRecord } from '../../scripts/src/model/request-record.ts';
import { TASK_STATES } from '../../scripts/src/model/task.ts';
import type { Claimed } from '../../scripts/src/ports/record-store.ts';
import type { Entry } from '../../scripts/src/stores/file/entry.ts';
import { encodeRecord, type RawRecord } from '../../scripts/src/stores/file/record.ts';
import { fieldsIn, journalIn, type TestJournal } from '../stores/file/support.ts';
import { seeded } from '../support/virtual-time.ts';

const TIMES = 10_000;

// In memory, where the system has such a folder: on a disk that others use too this would take minutes.
const FOLDER = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'amw-'));

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const random = seeded(97);
const below = (limit: number): number => Math.floor(random() * limit);
const oneOf = <T>(all: readonly T[]): T => all[below(all.length)]!;

const DELIVERED = '2026-11-21T11:00:00.000Z';

/** What a record can say of its request. */
const STATES: Partial<RequestRecord>[] = [
  { phase: 'submitting' },
  { phase: 'submitting', resubmitted: true },
  { phase: 'unknown' },
  { phase: 'unknown', resubmitted: true },
  { phase: 'rejected' },
  { phase: 'abandoned' },
  ...TASK_STATES.map((status) => ({ phase: 'submitted' as const, status })),
  ...(['COMPLETED', 'FAILED', 'CANCEL'] as const).map((status) => ({
    phase: 'submitted' as const,
    status,
    delivered: DELIVERED,
  })),
];

interface File {
  path: string;
  text: string;
  record: RequestRecord;
}

interface Case {
  journal: TestJournal;
  /** The records of one request, newest first. */
  own: File[];
  /** One of another request. */
  foreign: File;
}

function caseOf(states: readonly Partial<RequestRecord>[]): Case {
  const journal = journalIn(path.join(mkdtempSync(`${FOLDER}/`), 'records'));
  journal.prepare();
  const write = (more: Partial<RequestRecord> & { prompt?: string }, n: number): File => {
    const taskId = more.phase === 'submitted' ? `task-${n}` : null;
    const fields = fieldsIn(journal, { ...more, taskId, idempotencyKey: `key-000${n}` });
    const { file, name, record }: Entry = journal.draft(fields);
    mkdirSync(path.dirname(file), { recursive: true });
    const text = encodeRecord(name, record as unknown as RawRecord);
    writeFileSync(file, text);
    return { path: file, text, record };
  };
  const own = states.map((state, n) => write(state, n)).reverse();
  return { journal, own, foreign: write({ phase: 'submitted', prompt: 'another' }, 9) };
}

/** Each state alone, and each pair of them. */
const allCases = (): Case[] => [
  ...STATES.map((state) => caseOf([state])),
  ...STATES.flatMap((older) => STATES.map((newer) => caseOf([older, newer]))),
];

type Damage = (bytes: Buffer, other: Buffer) => Uint8Array;

const DAMAGES: Record<string, Damage> = {
  bits: (bytes) => {
    for (let n = below(4); n >= 0; n -= 1) bytes[below(bytes.length)]! ^= 1 << below(8);
    return bytes;
  },
  bytes: (bytes) => {
    for (let n = below(16); n >= 0; n -= 1) bytes[below(bytes.length)] = below(256);
    return bytes;
  },
  cut: (bytes) => bytes.subarray(0, below(bytes.length)),
  beheaded: (bytes) => bytes.subarray(1 + below(bytes.length - 1)),
  zeros: (bytes) => bytes.fill(0, below(bytes.length)),
  empty: () => Buffer.alloc(0),
  swapped: (_, other) => other,
  'a block of another file': (bytes, other) => {
    const at = below(Math.min(bytes.length, other.length));
    other.copy(bytes, at, at, at + 1 + below(256));
    return bytes;
  },
  'a line twice': (bytes) => {
    const lines = bytes.toString('utf8').split('\n');
    const at = below(lines.length);
    lines.splice(at, 0, lines[at]!);
    return Buffer.from(lines.join('\n'));
  },
};

/** Does a damage that shows in the bytes. */
function damaged({ text }: File, other: File): { bytes: Uint8Array; by: string } {
  const whole = Buffer.from(text);
  for (;;) {
    const by = oneOf(Object.keys(DAMAGES));
    const bytes = DAMAGES[by]!(Buffer.from(whole), Buffer.from(other.text));
    if (!whole.equals(bytes)) return { bytes, by };
  }
}

/** What the same command finds. */
async function claim({ journal, own }: Case): Promise<Claimed | Failure> {
  const [{ record }] = own as [File];
  try {
    const claimed = await journal.claim(
      {
        model: record.model,
        payloadHash: record.payloadHash,
        idempotencyKey: 'key-of-a-new-one',
        isNamed: false,
        isNew: false,
        owner: null,
        download: null,
        wait: null,
      },
      0,
    );
    if ('lock' in claimed) claimed.lock.release();
    return claimed;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const isOver = ({ record: { phase } }: File) => phase === 'rejected' || phase === 'abandoned';

/** The record that answers for the request: the newest that is not over. */
const answerOf = ({ own }: Case): number => own.findIndex((file) => !isOver(file));

function kindOf(found: Claimed | Failure): string {
  return found instanceof Failure ? found.code : found.kind;
}

it('undamaged records answer for their request as they should', async () => {
  for (const one of allCases()) {
    const answer = one.own[answerOf(one)];
    const found = await claim(one);
    if (answer === undefined) expect(kindOf(found)).toBe('new');
    else {
      expect(kindOf(found)).toBe(answer.record.taskId === null ? 'unknown' : 'submitted');
      expect((found as Claimed).entry.record).toEqual(answer.record);
    }
    for (const file of one.own) writeFileSync(file.path, file.text);
  }
});

it(`faults 46, 97: after ${TIMES} random damages there is no second charge and no task of another request`, async () => {
  const cases = allCases();
  let secondCharges = 0;
  let foreignTasks = 0;
  const wrong: string[] = [];
  const seen = new Map<string, number>();
  for (let n = 0; n < TIMES; n += 1) {
    const one = oneOf(cases);
    const { own, foreign } = one;
    const [a, b] = own;
    const isSwap = b !== undefined && random() < 0.1;
    const hit = isSwap || random() < 0.2 ? own : [oneOf(own)];
    const done: string[] = [];
    for (const file of hit) {
      const others = [foreign, ...own.filter((other) => other !== file)];
      const { bytes, by } = isSwap
        ? { bytes: file === a ? b.text : a!.text, by: 'both swapped' }
        : damaged(file, oneOf(others));
      writeFileSync(file.path, bytes);
      done.push(by);
    }
    const found = await claim(one);
    const kind = kindOf(found);
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    const answer = own[answerOf(one)];
    // A damaged record is not passed over; what one behind the answer suffered changes nothing.
    const isAsked = (file: File) => answer === undefined || own.indexOf(file) <= own.indexOf(answer);
    let isRight = hit.some(isAsked) === found instanceof Failure;
    if (found instanceof Failure) isRight &&= found.code === 'SUBMIT_OUTCOME_UNKNOWN';
    else {
      const { record } = found.entry;
      const was = answer?.record;
      if (found.kind === 'new') secondCharges += 1;
      if (found.kind === 'unknown' && record.idempotencyKey !== was?.idempotencyKey) secondCharges += 1;
      if (found.kind === 'submitted' && record.taskId !== was?.taskId) foreignTasks += 1;
      isRight &&= isDeepStrictEqual(record, was);
    }
    if (!isRight) wrong.push(`${n}: ${done.join(', ')}; ${own.map(({ record }) => record.phase)}; ${kind}`);
    for (const file of hit) {
      rmSync(`${file.path}.corrupt`, { force: true });
      writeFileSync(file.path, file.text);
    }
  }
  expect({ secondCharges, foreignTasks }).toEqual({ secondCharges: 0, foreignTasks: 0 });
  // Each record was acted on as it was written, or not at all.
  expect(wrong).toEqual([]);
  expect([...seen.keys()].sort()).toEqual(['SUBMIT_OUTCOME_UNKNOWN', 'submitted', 'unknown']);
});
