import { purge } from '../generations/change.ts';
import { releaseHeld } from '../generations/submitting.ts';
import {
  expired,
  forgetHistory,
  giveStrangersToPerson,
  orphanInputs,
  spentInputs,
} from '../generations/upkeep.ts';
import { forEach, type Step, type Work } from './step.ts';
import { dropInput } from './submit.ts';

const ORPHAN_MS = 24 * 3_600_000;

/** What nobody waits for, once a minute: limits, retention, and what processes left behind when they died. */
export const upkeepStep: Step = {
  name: 'upkeep',
  everySeconds: 60,
  concurrency: 1,
  hasWork: async () => false,
  async run(work) {
    const { database, config, log } = work;
    await releaseHeld(database, config.maxRunningPerUser);
    const strangers = await giveStrangersToPerson(
      database,
      work.services.map(({ account }) => account),
    );
    if (strangers.length > 0)
      log.error({ count: strangers.length }, 'generations of another API key wait for a person');
    await forEach(await spentInputs(database), 5, ({ id, key }) => dropInput(work, id, key));
    for (
      let ids = await expired(database, config.retentionDays);
      ids.length > 0 && !work.stopping.aborted;
    ) {
      await forEach(ids, 5, (id) => purge(database, work.files, id));
      ids = await expired(database, config.retentionDays);
    }
    await forgetHistory(database, config.retentionDays);
    await dropOrphans(work);
  },
};

async function dropOrphans({ database, files }: Work): Promise<void> {
  const old = await files.list('inputs/', new Date(Date.now() - ORPHAN_MS));
  for (const key of await orphanInputs(database, old)) await files.delete(key);
}
