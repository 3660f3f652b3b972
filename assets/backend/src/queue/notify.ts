import { keepLease } from '../generations/leases.ts';
import { claimNotices, type Notice, recordDelivered, recordUndelivered } from '../generations/outbox.ts';
import { post } from '../webhook.ts';
import { exists, type Step, type Work } from './step.ts';

/** Tells users of ends, at least once: the notice was written with the end, and stays until it is delivered. */
export const notifyStep: Step = {
  name: 'notify',
  everySeconds: 5,
  // A receiver that is silent takes one of them.
  concurrency: 5,
  hasWork: (work) => exists(work, 'SELECT FROM outbox WHERE due_at IS NOT NULL'),
  async run(work) {
    while (!work.stopping.aborted) {
      const [notice] = await claimNotices(work.database, 1);
      if (!notice) return;
      work.wake('notify');
      using _lease = keepLease(work.database, 'outbox', notice.lease);
      await deliver(work, notice);
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
