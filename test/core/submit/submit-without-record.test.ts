import { expect, it } from 'vitest';
import { FakeClock } from '../../support/clock.ts';
import type { Reply } from '../../support/server.ts';
import { generateClip, sessionOnRecord, sessionWith } from '../session.ts';
import { EMPTY, listed, type Service, submitService, submitsTo } from '../submits.ts';

// The list hides the first task until the second submit was rejected.
it.each([
  ['without records, at once', false, { status: 402, body: {} }, 3],
  ['without records, after a pause', false, { status: 429, headers: { 'retry-after': '3' }, body: {} }, 3],
  ['on record, at once', true, { status: 402, body: {} }, 0],
] as const)(
  'a task that is found after its resubmit was rejected is that of the first submit: %s',
  async (_, isRecorded, rejection, maxRetries) => {
    const clock = new FakeClock();
    const replies: Reply[] = ['reset', rejection as Reply];
    const server: Service = await submitService(clock, replies, [
      () => (submitsTo(server).length > 1 ? listed() : EMPTY),
    ]);
    const open = isRecorded ? sessionOnRecord : sessionWith;
    const session = open(server.origin, { clock, maxRetries });
    const { envelope } = await generateClip(session, { waitMs: 100_000 });
    expect(envelope).toMatchObject({ taskId: 'ckx9' });
    expect(envelope.data).not.toHaveProperty('resubmitted');
    expect(submitsTo(server)).toHaveLength(2);
  },
);
