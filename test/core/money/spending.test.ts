import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ModelSums, recordedSpending, rowsOfList } from '../../../scripts/src/core/money/spending.ts';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import { recordedRow } from '../../../scripts/src/model/spending-row.ts';
import { TASK_STATES, type Task } from '../../../scripts/src/model/task.ts';
import { serve } from '../../support/server.ts';
import { spending } from '../rendered.ts';
import { leave, sessionOnRecord, sessionWith } from '../session.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const at = (time: number) => new Date(time).toISOString();

const task = (id: string, more: Partial<Task> = {}): Task => ({
  id,
  state: 'COMPLETED',
  model: 't2v',
  createdAt: NOON - HOUR,
  charged: 15,
  refunded: 0,
  urls: [],
  record: {},
  ...more,
});

const record = (taskId: string | null, more: Partial<RequestRecord> = {}): RequestRecord =>
  ({
    model: 't2v',
    idempotencyKey: `key of ${taskId}`,
    phase: taskId === null ? 'unknown' : 'submitted',
    taskId,
    status: taskId === null ? 'UNKNOWN' : 'COMPLETED',
    created: at(NOON - HOUR),
    credits: { quoted: 15, charged: 15, refunded: 0 },
    files: [],
    ...more,
  }) as unknown as RequestRecord;

/** A submit without an answer. */
const LOST = {
  ...{ phase: 'unknown' as const, idempotencyKey: 'key-lost' },
  credits: { quoted: 15, charged: null, refunded: null },
};

const sum = (rows: readonly ModelSums[]) =>
  rows.reduce(
    (total, row) => ({
      tasks: total.tasks + row.tasks,
      charged: total.charged + row.charged,
      refunded: total.refunded + row.refunded,
    }),
    { tasks: 0, charged: 0, refunded: 0 },
  );

const listed = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  state: fc.constantFrom(...TASK_STATES),
  model: fc.constantFrom('t2v', 'i2v', 'minimax'),
  createdAt: fc.option(fc.integer({ min: NOON - 90 * HOUR, max: NOON }), { nil: undefined }),
  charged: fc.option(fc.nat(300), { nil: undefined }),
  refunded: fc.option(fc.nat(300), { nil: undefined }),
});
const tasksOf = (items: readonly { id: string }[]): Task[] =>
  items.map((item) => {
    const known = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
    return {
      ...task(item.id),
      createdAt: undefined,
      charged: undefined,
      refunded: undefined,
      ...known,
    } as unknown as Task;
  });
const clean = (task: Task): Task =>
  Object.fromEntries(Object.entries(task).filter(([, value]) => value !== undefined)) as unknown as Task;

describe('the arithmetic', () => {
  it('is the same in any order, and a task that is listed twice counts once', () => {
    fc.assert(
      fc.property(fc.array(listed, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (items, random) => {
        const tasks = tasksOf(items).map(clean);
        const shuffled = tasks
          .map((one) => ({ one, by: random.next().value as number }))
          .sort((a, b) => a.by - b.by)
          .map(({ one }) => one);
        const total = (list: Task[]) => {
          const { rows } = rowsOfList(list, [], null);
          return rows.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
        };
        expect(total(shuffled)).toEqual(total(tasks));
        expect(total([...tasks, ...shuffled])).toEqual(total(tasks));
        expect(total(tasks)).toHaveLength(new Set(tasks.map(({ id }) => id)).size);
      }),
    );
  });

  it('a task that list and journal both know counts once, and its refund is not lost', () => {
    fc.assert(
      fc.property(fc.uniqueArray(listed, { selector: ({ id }) => id }), fc.nat(63), (items, mask) => {
        const tasks = tasksOf(items).map(clean);
        const records = tasks
          .filter((_, n) => mask & (1 << n))
          .map((one) =>
            record(one.id, {
              model: one.model!,
              created: at(one.createdAt ?? NOON),
              credits: { quoted: 15, charged: one.charged ?? null, refunded: one.refunded ?? null },
              status: 'UNKNOWN',
            }),
          );
        const alone = rowsOfList(tasks, [], null);
        const both = rowsOfList(tasks, records, null);
        expect(sum(both.rows)).toEqual(sum(alone.rows));
        expect(both.shown.size).toBe(records.length);
      }),
    );
  });

  it('every task is in exactly one of the states, and open credits are never charged ones', () => {
    fc.assert(
      fc.property(fc.array(listed), (items) => {
        for (const row of rowsOfList(tasksOf(items).map(clean), [], null).rows) {
          expect(row.completed + row.failed + row.cancelled + row.running + row.unknown).toBe(1);
          expect(Math.min(row.open, row.charged)).toBe(0);
          expect(Math.min(row.open, row.openUnpriced)).toBe(0);
          expect(row.openUnpriced).toBeLessThanOrEqual(Math.min(row.unpriced, row.running + row.unknown));
        }
      }),
    );
  });

  it('an end is final, in either source; the date of the journal counts', () => {
    const since = NOON - 2 * HOUR;
    const late = record('a', { created: at(since - 1), status: 'CANCEL' });
    expect(rowsOfList([task('a', { state: 'SUBMITTED' })], [late], null).rows[0]).toMatchObject({
      cancelled: 1,
    });
    // Just before midnight here, just after it there: it is counted with neither twice.
    expect(rowsOfList([task('a', { createdAt: since + 1 })], [late], since).rows).toEqual([]);
  });

  it('a refund that only the journal saw is counted', () => {
    const seen = record('a', { status: 'CANCEL', credits: { quoted: 15, charged: 15, refunded: 15 } });
    const { rows } = rowsOfList([task('a', { state: 'SUBMITTED' })], [seen], null);
    expect(rows).toMatchObject([{ cancelled: 1, charged: 15, refunded: 15 }]);
  });

  it('credits that nobody reported are unknown; what is quoted may still be charged', () => {
    const rows = [
      record('a', { credits: { quoted: 20, charged: null, refunded: null } }),
      record('b', { status: 'PROGRESS', credits: { quoted: 20, charged: null, refunded: null } }),
      record('c', { status: 'FAILED', credits: { quoted: null, charged: null, refunded: null } }),
      record(null, { credits: { quoted: 7, charged: null, refunded: null } }),
      record(null, { phase: 'rejected' }),
    ];
    expect(
      recordedSpending(
        rows.flatMap((one) => recordedRow(one) ?? []),
        null,
        NOON,
        0,
        1,
      ).total,
    ).toEqual({
      ...{ tasks: 4, completed: 1, failed: 1, cancelled: 0, running: 1, unknown: 1 },
      ...{ charged: 0, refunded: 0, open: 27, unpriced: 2, openUnpriced: 0 },
    });
  });
});

describe('--action spending', () => {
  const service = (tasks: object[]) => serve({ body: { tasks } });
  const body = (id: string, more: object = {}) => ({
    id,
    model: 't2v',
    status: 'COMPLETED',
    createdAt: at(NOON - HOUR),
    creditsCharged: 15,
    creditsRefunded: 0,
    ...more,
  });

  it('fault 46: a record that cannot be read is told: its request may be missing in the sums', async () => {
    const server = await service([body('a')]);
    const { journal, clock } = sessionOnRecord(server.origin);
    const damaged = await leave(journal, { created: at(NOON - HOUR) });
    writeFileSync(damaged.file, 'garbage');
    for (const session of [1, 2].map(() => sessionWith(server.origin, { clock, journal }))) {
      expect((await spending(session)).envelope.data!.warnings).toEqual([
        expect.stringMatching(/^1 record of this machine cannot be read/),
      ]);
    }
  });

  it('sums by model, from the list and from what only the journal knows', async () => {
    const server = await service([
      body('a'),
      body('b', { status: 'FAILED', creditsRefunded: 15 }),
      body('c', { model: 'i2v_v3', status: 'PROGRESS', creditsCharged: 20 }),
      body('old', { createdAt: at(NOON - 100 * HOUR), creditsCharged: 110 }),
    ]);
    const session = sessionOnRecord(server.origin);
    const own = { created: at(NOON - HOUR), credits: { quoted: 15, charged: 15, refunded: null } };
    const made = { ...own, phase: 'submitted' as const };
    await leave(session.journal, { ...made, taskId: 'a', status: 'PROGRESS' });
    await leave(session.journal, { ...made, taskId: 'gone', status: 'COMPLETED' });
    await leave(session.journal, { ...own, ...LOST });
    const { envelope, exitCode } = await spending(session, NOON - 24 * HOUR);
    expect(exitCode).toBe(0);
    expect(envelope).toMatchObject({ ok: true, status: null, taskId: null });
    const t2v = { tasks: 4, completed: 2, failed: 1, cancelled: 0, running: 0, outcomeUnknown: 1 };
    expect(envelope.data).toMatchObject({
      total: {
        ...{ tasks: 5, completed: 2, failed: 1, running: 1, charged: 65, refunded: 15, net: 50 },
        ...{ mayStillBeCharged: 15, creditsUnknown: 0 },
      },
      models: [
        { model: 't2v', ...t2v, charged: 45, refunded: 15, net: 30, mayStillBeCharged: 15 },
        { model: 'i2v_v3', tasks: 1, running: 1, charged: 20, refunded: 0, net: 20 },
      ],
      since: { from: at(NOON - 24 * HOUR), timeZone: expect.stringMatching(/UTC[+-]\d\d:\d\d/) },
    });
    const covers = (envelope.data!.covers as string[]).join('\n');
    expect(covers).toMatch(
      /The list of AIVideoMaker: 4 tasks of this key, the oldest of 2026-11-17T08:00:00.000Z/,
    );
    expect(covers).toMatch(/2 requests of this key that the list does not show/);
    expect(envelope.data!.warnings).toEqual([expect.stringMatching(/^Whether 1 of these submits/)]);
    expect(envelope.data!.nextSteps).toEqual([
      'run --action listTasks --status running',
      'run --action listPending',
    ]);
  });

  it('a submit whose outcome is unknown is the listed task with its key', async () => {
    const server = await service([body('a', { idempotencyKey: 'key-lost' })]);
    const session = sessionOnRecord(server.origin);
    await leave(session.journal, LOST);
    expect((await spending(session)).envelope.data).toMatchObject({
      since: null,
      total: { tasks: 1, completed: 1, outcomeUnknown: 0, charged: 15 },
    });
  });

  it('what is not known is null and said: credits, dates, entries', async () => {
    const server = await service([
      body('a', { creditsCharged: undefined, creditsRefunded: undefined, model: 'wan27' }),
      body('b', { createdAt: undefined }),
      { status: 'COMPLETED' },
    ]);
    const { envelope } = await spending(sessionWith(server.origin), NOON - 24 * HOUR);
    expect(envelope.data).toMatchObject({
      total: { tasks: 1, charged: null, refunded: null, net: null, creditsUnknown: 1 },
      models: [{ model: 'wan27', charged: null }],
      warnings: [
        expect.stringMatching(/^The credits of 1 of these tasks are not known/),
        '1 task of the list has no date, and is left out.',
        '1 entry of the list cannot be read, and is left out.',
      ],
    });
    expect((envelope.data!.covers as string[])[1]).toBe('The journal of this machine: there is none.');
  });
});
