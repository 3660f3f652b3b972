// Real files; each command has a journal of its own over the same folder.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RequestClaim } from '../../../scripts/src/model/claim-rules.ts';
import { accountOf, jsonHash } from '../../../scripts/src/model/fingerprint.ts';
import type { Journal } from '../../../scripts/src/stores/file/journal.ts';
import { failureOf } from '../../support/failures.ts';
import {
  claimOf,
  DAY,
  dateBefore,
  HOUR,
  journalIn,
  namesIn,
  nextCommand,
  onDisk,
  recorded,
  recordedAgo,
  requestIn,
  SECOND,
  type TestJournal,
} from './support.ts';

const REQUEST = claimOf();

type Claimed = Awaited<ReturnType<Journal['claim']>>;

const NAMED: RequestClaim = { ...REQUEST, idempotencyKey: 'mine-0001', isNamed: true };

/** What a command finds; the lock that it may get is let go when the test ends. */
async function claim(journal: TestJournal, over: Partial<RequestClaim> = {}, waitMs = 0): Promise<Claimed> {
  const claimed = await journal.claim({ ...REQUEST, ...over }, journal.clock.now + waitMs);
  if ('lock' in claimed) onTestFinished(() => claimed.lock.release());
  return claimed;
}

/** What a command finds, as the next one may find it too. */
async function kindOf(journal: TestJournal, over: Partial<RequestClaim> = {}): Promise<Claimed['kind']> {
  const claimed = await claim(journal, over);
  if ('lock' in claimed) claimed.lock.release();
  return claimed.kind;
}

/** A command that submits a new request. */
async function begin(journal: TestJournal, over: Partial<RequestClaim> = {}) {
  const claimed = await claim(journal, over);
  if (claimed.kind !== 'new') throw new Error(`it was ${claimed.kind}`);
  await claimed.entry.store();
  return claimed;
}

/** A command that was killed after it wrote the record, at the latest while it waited for the answer. */
async function beginAndDie(journal: TestJournal, over: Partial<RequestClaim> = {}) {
  const { entry, lock } = await begin(journal, over);
  lock.release();
  return entry;
}

const submitted = (taskId: string) => ({ phase: 'submitted' as const, taskId, status: 'SUBMITTED' as const });

let journal: TestJournal;
beforeEach(() => {
  journal = journalIn();
});

describe('a request', () => {
  it('that has no record is new; its record is written later', async () => {
    const claimed = await claim(journal, { owner: 'chat-7', download: '/files', wait: 45 });
    if (claimed.kind !== 'new') throw new Error(claimed.kind);
    expect(namesIn(journal)).toEqual([`${requestIn(journal)}.lock`]);
    expect(claimed.lock.isOurs()).toBe(true);
    expect(claimed.entry.record).toEqual({
      request: requestIn(journal),
      provider: 'aivideomaker',
      service: 'https://media.test',
      account: accountOf('aivideomaker', 'ak_one'),
      owner: 'chat-7',
      model: 't2v',
      payloadHash: REQUEST.payloadHash,
      promptExcerpt: null,
      idempotencyKey: 'key-0002',
      phase: 'submitting',
      taskId: null,
      status: 'UNKNOWN',
      created: '2026-11-21T12:00:00.000Z',
      sentAt: '2026-11-21T12:00:00.000Z',
      unsettledSince: '2026-11-21T12:00:00.000Z',
      submitTimeout: null,
      resubmitted: false,
      checked: null,
      duration: null,
      delivered: null,
      used: null,
      wait: 45,
      download: '/files',
      fileCount: null,
      credits: { quoted: null, charged: null, refunded: null },
      files: [],
    });
  });

  it('that an attempt may name a task of has that task, even if its outcome is unknown', async () => {
    await recorded(journal, { phase: 'unknown', taskId: 'ckx1' });
    expect(await claim(journal)).toMatchObject({ kind: 'submitted', entry: { record: { taskId: 'ckx1' } } });
  });

  it('that the service rejected lately is what it was before that', async () => {
    await recordedAgo(journal, 2 * HOUR, submitted('ckx1'));
    await recordedAgo(journal, HOUR, { phase: 'rejected' });
    expect((await claim(journal)).entry.record.taskId).toBe('ckx1');
  });

  it('that has several records is the newest of them, whatever was delivered', async () => {
    await recordedAgo(journal, 3 * HOUR, submitted('older'));
    await recordedAgo(journal, 2 * HOUR, { phase: 'unknown' });
    await recordedAgo(journal, HOUR, { ...submitted('newest'), delivered: dateBefore(journal, SECOND) });
    expect((await claim(journal)).entry.record.taskId).toBe('newest');
  });

  it('that is new sweeps out what is old', async () => {
    const ago = 31 * DAY;
    const old = await recordedAgo(journal, ago, { ...submitted('ckx1'), prompt: 'another' });
    await claim(journal);
    expect(existsSync(old.file)).toBe(false);
  });
});

describe('--new', () => {
  it('is given what is unknown, and leaves alone what has a task', async () => {
    const withTask = await recordedAgo(journal, 2 * HOUR, submitted('ckx1'));
    const unknown = await recordedAgo(journal, HOUR, { phase: 'unknown', delivered: dateBefore(journal, 0) });
    const claimed = await claim(journal, { isNew: true });
    expect(claimed.kind === 'new' && claimed.unknown.map(({ file }) => file)).toEqual([unknown.file]);
    expect(onDisk(withTask)).toMatchObject(submitted('ckx1'));
  });

  it('fault 46: submits where a record cannot be read', async () => {
    const { file } = await recordedAgo(journal, HOUR);
    writeFileSync(file, 'no');
    const entry = await beginAndDie(journal, { isNew: true });
    expect(await kindOf(journal)).toBe('unknown');
    await entry.update(submitted('ckx2'));
    expect((await claim(journal)).entry.record.taskId).toBe('ckx2');
  });

  it('removes a rejected record', async () => {
    const { file } = await recordedAgo(journal, HOUR, { phase: 'rejected' });
    const { unknown } = await begin(journal, { isNew: true });
    expect(unknown).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });
});

describe('a request with a key of its own', () => {
  it('is the same one with the same key only', async () => {
    const entry = await beginAndDie(journal, NAMED);
    await entry.update(submitted('ckx1'));
    expect(await kindOf(journal, NAMED)).toBe('submitted');
    expect(await kindOf(journal, { ...NAMED, idempotencyKey: 'mine-0002' })).toBe('new');
    expect(await kindOf(journal)).toBe('new');
  });

  it.each([false, true])(
    'fault 21: stands for one payload; both hashes are told (already delivered: %s)',
    async (isDelivered) => {
      const entry = await beginAndDie(journal, NAMED);
      await entry.update({
        ...submitted('ckx1'),
        delivered: isDelivered ? dateBefore(journal, HOUR) : null,
      });
      const before = namesIn(journal);
      const other = jsonHash({ prompt: 'another' });
      const { code, message, details } = await failureOf(claim(journal, { ...NAMED, payloadHash: other }));
      expect(code).toBe('IDEMPOTENCY_CONFLICT');
      expect(message).toContain('mine-0001');
      expect(details.nothingSubmitted).toBe(true);
      expect(details.reason).toMatchObject({
        model: REQUEST.model,
        payloadHash: other,
        recorded: { model: REQUEST.model, payloadHash: REQUEST.payloadHash, taskId: 'ckx1' },
      });
      // Nobody is kept from it by what is left.
      expect(namesIn(journal)).toEqual(before);
    },
  );
});

describe('what another process did just before the lock was taken', () => {
  /** Runs an event between the first reading of the journal and the lock. */
  function beforeLock(journal: TestJournal, happen: () => Promise<unknown>): void {
    const lock = journal.lock.bind(journal);
    journal.lock = async (...args) => {
      await happen();
      return lock(...args);
    };
  }

  it('is seen: its task is resumed, and the lock is released', async () => {
    beforeLock(journal, () => recorded(journal, submitted('ckx1')));
    expect((await claim(journal)).kind).toBe('submitted');
    expect(namesIn(journal)).toHaveLength(1);
  });

  it('is seen: a conflict is reported, and the lock is released', async () => {
    const first = nextCommand(journal);
    beforeLock(journal, () => beginAndDie(first, { ...NAMED, payloadHash: jsonHash({ a: 1 }) }));
    expect((await failureOf(claim(journal, NAMED))).code).toBe('IDEMPOTENCY_CONFLICT');
    expect(namesIn(journal)).toHaveLength(1);
    expect(namesIn(journal)[0]).toMatch(/\.json$/);
  });
});

describe('fault 97: a request of which a record cannot be read', () => {
  const expectRefusal = async (journal: TestJournal) => {
    for (let n = 0; n < 2; n += 1) {
      const { code, details } = await failureOf(claim(nextCommand(journal)));
      expect(code).toBe('SUBMIT_OUTCOME_UNKNOWN');
      expect(details.status).toBe('UNKNOWN');
      expect(details.reason).toEqual({ kind: 'recordDamaged' });
    }
    expect(namesIn(journal)).not.toContain(`${requestIn(journal)}.lock`);
  };
  const spoil = ({ file }: { file: string }) => writeFileSync(file, '{"version":1,');

  it.each([null, 'rejected', 'abandoned'] as const)(
    'is not submitted, now or later, if the newer ones say nothing of a task (%s)',
    async (phase) => {
      await recordedAgo(journal, 2 * HOUR, submitted('ckx1'));
      spoil(await recordedAgo(journal, HOUR));
      if (phase) await recorded(journal, { phase });
      await expectRefusal(journal);
    },
  );

  it('is the task that a newer record names', async () => {
    spoil(await recordedAgo(journal, HOUR));
    await recorded(journal, { ...submitted('ckx1'), delivered: dateBefore(journal, 0) });
    for (let n = 0; n < 2; n += 1)
      expect((await claim(nextCommand(journal))).entry.record.taskId).toBe('ckx1');
  });
});

describe('while another process submits the same request', () => {
  it('one that is rejected leaves the request to the next', async () => {
    const { entry, lock } = await begin(journal);
    journal.clock.onSleep = () => {
      void entry.update({ phase: 'rejected' });
      lock.release();
    };
    expect((await claim(nextCommand(journal), {}, 60 * SECOND)).kind).toBe('new');
  });

  it.each([false, true])('past the deadline its pid and its lock are reported (--new: %s)', async (isNew) => {
    await claim(journal);
    const { code, message, details } = await failureOf(claim(nextCommand(journal), { isNew }, 3 * SECOND));
    expect(journal.clock.now).toBeGreaterThanOrEqual(3 * SECOND);
    expect(journal.clock.now).toBeLessThan(4 * SECOND);
    expect(code).toBe('SUBMIT_OUTCOME_UNKNOWN');
    expect(details.status).toBe('UNKNOWN');
    expect(message).toContain(String(process.pid));
    const lockFile = path.join(journal.folder, 'locks', `${requestIn(journal)}.lock`);
    expect(details.reason).toEqual({ kind: 'requestBusy', isNew, lockFile });
  });

  it('an interruption ends the wait', async () => {
    await claim(journal);
    const stop = new AbortController();
    journal.clock.onSleep = () => stop.abort(new Error('interrupted'));
    await expect(nextCommand(journal).claim(REQUEST, DAY, stop.signal)).rejects.toThrow('interrupted');
  });
});

it('fault 44: a folder that cannot be used is reported before anything is claimed', async () => {
  const inside = journalIn(path.join(journal.folder, 'file', 'records'));
  journal.prepare();
  writeFileSync(path.join(journal.folder, 'file'), '');
  const { message } = await failureOf(claim(inside));
  expect(message).toContain(inside.folder);
  expect(message).toContain('nothing was submitted');
});
