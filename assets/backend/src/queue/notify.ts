import { keepLease } from '../generations/leases.ts';
import { claimNotices, type Notice, recordDelivered, recordUndelivered } from '../generations/outbox.ts';
import { post } from '../webhook.ts';
import { exists, type Step, type Work } from './step.ts';

const AT_ONCE = 10;

/** Tells users of ends, at least once: the notice was written with the end, and stays until it is delivered. */
export const notifyStep: Step = {
  name: 'notify',
  everySeconds: 5,
  concurrency: 1,
  hasWork: (work) => exists(work, 'SELECT FROM outbox WHERE due_at IS NOT NULL'),
  async run(work) {
    while (!work.stopping.aborted) {
      const notices = await claimNotices(work.database, AT_ONCE);
      if (notices.length === 0) return;
      using _lease = keepLease(work.database, 'outbox', notices[0]!.lease);
      await Promise.all(notices.map((notice) => deliver(work, notice)));
    }
  },
};

async function deliver({ database, log }: Work, notice: Notice): Promise<void> {
  const { id, url, secret, generation, createdAt } = notice;
  const data = {
    type: `generation.${generation.status}`,
    timestamp: createdAt.toISOString(),
    data: generation,
  };
  try {
    await post(url, { id, body: JSON.stringify(data), timestamp: Math.floor(Date.now() / 1_000) }, secret);
    await recordDelivered(database, notice);
  } catch (error) {
    const isPlanned = await recordUndelivered(database, notice, (error as Error).message);
    const said = isPlanned ? 'a notice is not delivered yet' : 'a notice is given up';
    log.warn({ id: generation.id, attempt: notice.attempts, err: error }, said);
  }
}
