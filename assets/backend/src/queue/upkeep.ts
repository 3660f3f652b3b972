import { purge } from '../generations/change.ts';
import { releaseHeld } from '../generations/submitting.ts';
import {
  expired,
  forgetHistory,
  giveEndlessToPerson,
  giveStrangersToPerson,
  orphanInputs,
  spentInputs,
} from '../generations/upkeep.ts';
import { dropOldDownloads } from './save.ts';
import { forEach, type Step, type Work } from './step.ts';
import { dropInput } from './submit.ts';

const AT_ONCE = 5;
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
    const endless = await giveEndlessToPerson(database);
    if (endless.length > 0) log.error({ ids: endless }, 'a person has to decide about tasks that do not end');
    const spent = await spentInputs(database);
    await forEach(work, 'upkeep', spent, AT_ONCE, ({ id, key }) => dropInput(work, id, key));
    await purgeExpired(work);
    await forgetHistory(database, config.retentionDays);
    await dropOrphans(work);
    await dropOldDownloads(work);
  },
};

async function purgeExpired(work: Work): Promise<void> {
  const { database, config, files, stopping } = work;
  while (!stopping.aborted) {
    const ids = await expired(database, config.retentionDays);
    const failed = await forEach(work, 'upkeep', ids, AT_ONCE, (id) => purge(database, files, id));
    // What cannot be deleted now would be found again at once.
    if (ids.length === 0 || failed > 0) return;
  }
}

async function dropOrphans(work: Work): Promise<void> {
  const { database, files } = work;
  const old = await files.list('inputs/', new Date(Date.now() - ORPHAN_MS));
  const orphans = await orphanInputs(database, old);
  await forEach(work, 'upkeep', orphans, AT_ONCE, (key) => files.delete(key));
}
