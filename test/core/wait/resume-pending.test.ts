import { describe, expect, it } from 'vitest';
import type { ManyResult } from '../../../scripts/src/core/result.ts';
import { waitForAll, waitForNewest } from '../../../scripts/src/core/wait/resume-pending.ts';
import { FakeClock } from '../../support/clock.ts';
import { failureOf } from '../../support/failures.ts';
import { serve } from '../../support/server.ts';
import { journalOf, leave, sessionWith, waiting } from '../session.ts';

/** Three unfinished tasks; each ends when the service was queried so often. */
async function place(ends: Record<string, number>) {
  let reads = 0;
  const server = await serve(({ path }) => {
    reads += 1;
    const task = (id: string) => {
      const isOver = reads > (ends[id] ?? 0);
      const output = isOver ? { url: `https://files.example/${id}.mp4` } : null;
      return { id, model: 't2v', input: {}, status: isOver ? 'COMPLETED' : 'PROGRESS', output };
    };
    if (path.includes('gone')) return { status: 404, body: { error: 'Task not found' } };
    if (path === '/api/v1/tasks') return { body: { tasks: Object.keys(ends).map(task) } };
    return { body: task(path.split('/')[4]!) };
  });
  const clock = new FakeClock();
  // Else the time of the wait passes while the list is on its way.
  clock.eventLoops = 2_000;
  const journal = journalOf(server.origin, clock);
  for (const id of Object.keys(ends)) {
    await leave(journal, { phase: 'submitted', taskId: id, status: 'PROGRESS' });
    clock.now += 1;
  }
  return { server, session: sessionWith(server.origin, { clock, journal }) };
}

const statesOf = (result: Awaited<ReturnType<typeof waitForAll>>) =>
  (result as ManyResult).items.map(({ ended }) => ('seen' in ended ? ended.seen.state : ended.code));

describe('several unfinished tasks', () => {
  it('the first end ends the wait, and stands first', async () => {
    const { session } = await place({ one: 90, two: 3, three: 90 });
    const result = await waitForAll(session, waiting(600_000), 'first');
    expect(result).toMatchObject({ kind: 'many', until: 'first', more: 0 });
    expect(statesOf(result)).toEqual(['COMPLETED', 'PROGRESS', 'PROGRESS']);
    expect((result as ManyResult).items[0]!.record.taskId).toBe('two');
    expect(session.clock.now).toBeLessThan(600_000);
  });

  it('the last end ends it otherwise; the list serves all of them', async () => {
    const { server, session } = await place({ one: 9, two: 3, three: 6 });
    const result = await waitForAll(session, waiting(600_000));
    expect(statesOf(result)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
    // Beside the list only the first query, now and then a check, and the last task when it is alone.
    expect(server.to('GET /api/v1/tasks/').length).toBeLessThanOrEqual(8);
  });
});

describe('the newest unfinished task', () => {
  it('is not one that is gone: that one is named, and the next one is waited for, within the same wait', async () => {
    const { session } = await place({ old: 90, one: 3, gone1: 0, gone2: 0 });
    session.clock.now += 3_600_000;
    const result = await waitForNewest(session, waiting(600_000));
    expect(result).toMatchObject({ kind: 'completed', taskId: 'one' });
    expect(result).toHaveProperty('warnings', [
      expect.objectContaining({ kind: 'taskNotNamed', created: expect.any(String) }),
      { kind: 'taskGone', taskId: 'gone2' },
      { kind: 'taskGone', taskId: 'gone1' },
    ]);
    expect(session.clock.now).toBeLessThan(3_600_000 + 600_000);
  });

  it('is gone where all of them are: the newest is told, with the way to drop it', async () => {
    const { session } = await place({ gone1: 0, gone2: 0 });
    session.clock.now += 3_600_000;
    const failure = await failureOf(waitForNewest(session, waiting(600_000)));
    expect(failure).toMatchObject({ code: 'TASK_NOT_FOUND', details: { taskId: 'gone2' } });
    expect(failure.details.reason).toEqual({ kind: 'pendingTaskGone', taskId: 'gone2' });
    expect(failure.details.submit?.warnings).toMatchObject([{ kind: 'taskNotNamed' }]);
  });
});
