import { describe, expect, it } from 'vitest';
import type { ManyResult } from '../../../scripts/src/core/result.ts';
import { waitForAll } from '../../../scripts/src/core/wait/resume-pending.ts';
import { FakeClock } from '../../support/clock.ts';
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
    if (path === '/api/v1/tasks') return { body: { tasks: Object.keys(ends).map(task) } };
    return { body: task(path.split('/')[4]!) };
  });
  const clock = new FakeClock();
  const journal = journalOf(server.origin, clock);
  for (const id of Object.keys(ends)) {
    await leave(journal, { phase: 'submitted', taskId: id, status: 'PROGRESS' });
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
    expect(session.clock.now).toBeLessThan(60_000);
  });

  it('the last end ends it otherwise; the list serves all of them', async () => {
    const { server, session } = await place({ one: 9, two: 3, three: 6 });
    const result = await waitForAll(session, waiting(600_000));
    expect(statesOf(result)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
    // Beside the list only the first query, now and then a check, and the last task when it is alone.
    expect(server.to('GET /api/v1/tasks/').length).toBeLessThanOrEqual(8);
  });
});
