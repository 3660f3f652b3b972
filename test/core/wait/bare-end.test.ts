// fault 28: FAILED or CANCEL without a result, while the record of the task has the result.
import { describe, expect, it } from 'vitest';
import { loadContract } from '../../../scripts/src/contracts/contract.ts';
import { FakeClock } from '../../support/clock.ts';
import { type Reply, serve } from '../../support/server.ts';
import { generate, getStatus, listTasks, waitTask } from '../rendered.ts';
import { journalOf, leave, NOTE, REQUEST, sessionWith, stepsOf, TERMS, waiting } from '../session.ts';

const t2v = await loadContract('aivideomaker', 't2v');
const ENDS = ['FAILED', 'CANCEL'];
const linkOf = (id: string) => `https://static.example.com/${id}.mp4`;
const recordOf = (id: string) => ({
  body: { id, model: 't2v', input: {}, status: 'COMPLETED', output: { url: linkOf(id) } },
});

interface Says {
  submit?: Reply;
  /** The state of each task in the list, and by its status query. */
  end: string;
  ids?: string[];
  /** The answers for the record, in order; the last one stays. */
  records?: Reply[];
}

/** A service whose list and status queries say that its tasks ended so; their records have the result. */
function service({ submit, end, ids = ['ckx1'], records }: Says) {
  const createdAt = new Date(new FakeClock().wallOffset).toISOString();
  const tasks = ids.map((id) => {
    return { id, model: 't2v', status: end, idempotencyKey: REQUEST.idempotencyKey, createdAt };
  });
  return serve(({ method, path }, { count }) => {
    if (method === 'POST') return submit ?? { status: 500 };
    const id = path.split('/').at(-1)!;
    if (id === 'tasks') return { body: { tasks } };
    if (id === 'status') return { body: { status: end } };
    return records?.[Math.min(count, records.length - 1)] ?? recordOf(id);
  });
}

/** A session with a journal, in which an earlier process left these tasks. */
async function sessionTo(origin: string, ids: string[] = []) {
  const clock = new FakeClock();
  const journal = journalOf(origin, clock);
  const shown = { phase: 'submitted', status: 'PROGRESS' } as const;
  for (const taskId of ids) {
    await leave(journal, { ...shown, taskId });
    clock.now += 1;
  }
  const recorded = async (taskId: string) => (await journal.byTask(taskId))?.record.status;
  return { session: sessionWith(origin, { clock, journal }), recorded };
}

const ask = (session: Parameters<typeof generate>[0]) =>
  generate(session, {
    ...{
      contract: t2v,
      terms: TERMS,
      note: NOTE,
      isDetached: false,
      generation: REQUEST,
      wait: waiting(60_000),
    },
  });

describe('fault 28: no end without a result is final before the record of the task was read', () => {
  it.each(ENDS)('the answer to a submit says %s', async (end) => {
    const server = await service({ submit: { body: { status: end, taskId: 'ckx1' } }, end });
    const { session, recorded } = await sessionTo(server.origin);
    const { envelope } = await ask(session);
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', data: { resultUrls: [linkOf('ckx1')] } });
    expect(await recorded('ckx1')).toBe('COMPLETED');
  });

  it.each(ENDS)('the list, which shows the task of a lost submit, says %s', async (end) => {
    const server = await service({ submit: 'reset', end });
    const { session, recorded } = await sessionTo(server.origin);
    const { envelope } = await ask(session);
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', taskId: 'ckx1' });
    expect(await recorded('ckx1')).toBe('COMPLETED');
    expect(server.to('POST')).toHaveLength(1);
  });

  it.each(ENDS)('the list, which is read for several waits, says %s', async (end) => {
    const ids = ['ckx1', 'ckx2', 'ckx3'];
    const server = await service({ end, ids });
    const { session, recorded } = await sessionTo(server.origin, ids);
    const ended = await Promise.all(ids.map((id) => waitTask(session, id, waiting(60_000))));
    expect(server.to('GET /api/v1/tasks').filter(({ path }) => path === '/api/v1/tasks')).not.toEqual([]);
    for (const [n, id] of ids.entries()) {
      expect(ended[n]!.envelope).toMatchObject({ status: 'COMPLETED', data: { resultUrls: [linkOf(id)] } });
      expect(await recorded(id)).toBe('COMPLETED');
    }
  });

  it.each(ENDS)('listTasks saw %s before', async (end) => {
    const server = await service({ end });
    const { session, recorded } = await sessionTo(server.origin, ['ckx1']);
    expect((await listTasks(session)).envelope.data).toMatchObject({ count: 1 });
    expect(await recorded('ckx1')).toBe('PROGRESS');
    expect((await waitTask(session, 'ckx1', waiting(60_000))).envelope.status).toBe('COMPLETED');
  });

  it.each(ENDS)('the record cannot be read for now, and the status is %s', async (end) => {
    const server = await service({ end, records: [...Array(8).fill({ status: 503 }), recordOf('ckx1')] });
    const { session, recorded } = await sessionTo(server.origin, ['ckx1']);
    const { envelope } = await waitTask(session, 'ckx1', waiting(60_000));
    expect(envelope.status).toBe(end);
    expect(stepsOf(envelope)[0]).toMatch(/^First run this command once more: it charges nothing/);
    expect((await getStatus(session, 'ckx1')).envelope.status).toBe(end);
    expect(await recorded('ckx1')).toBe('PROGRESS');
    expect((await waitTask(session, 'ckx1', waiting(60_000))).envelope.status).toBe('COMPLETED');
  });
});

it('without a wait the record of such a task is asked for once', async () => {
  const server = await service({ end: 'FAILED', records: [{ body: { id: 'ckx1', status: 'FAILED' } }] });
  const { session } = await sessionTo(server.origin);
  expect((await waitTask(session, 'ckx1', waiting(0))).envelope.status).toBe('FAILED');
  expect(server.received.map(({ path }) => path.split('/').at(-1))).toEqual(['status', 'ckx1']);
});

it('fault 28: where the permits are used up, the list counts as the record of tasks that failed together', async () => {
  const ids = Array.from({ length: 90 }, (_, n) => `ckx${n}`);
  const server = await service({ end: 'FAILED', ids });
  const { session } = await sessionTo(server.origin);
  const ended = await Promise.all(ids.map((id) => waitTask(session, id, waiting(60_000))));
  const states = ended.map(({ envelope }) => envelope.status);
  expect(states.filter((state) => state === 'COMPLETED').length).toBeGreaterThan(10);
  expect(states.filter((state) => state === 'FAILED').length).toBeGreaterThan(10);
  expect(server.received.length).toBeLessThan(60);
});
