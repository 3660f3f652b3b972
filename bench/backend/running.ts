import { randomUUID } from 'node:crypto';
import { startCountingService } from '../../test/backend/support/service.ts';
import { accountOf } from './callbacks.ts';
import { percentile } from './load.ts';
import { report, reportLoad } from './report.ts';
import { openStage } from './stage.ts';

const RUNNING = 10_000;
const ENDING = 500;
const SECONDS = 90;
const LIST_INTERVAL_SECONDS = 3;

/** 10,000 running tasks of one key, two workers, and a service that answers 60 queries a minute. */
export async function running(copy: string): Promise<void> {
  const stage = await openStage(copy);
  const service = await startCountingService();
  try {
    const variables = { AIVIDEO_API_KEY: 'ak_of_the_figures', AIVIDEO_BASE_URL: service.origin };
    // Makes the tables.
    await stage.start('api', variables);
    const now = Date.now();
    const account = accountOf(variables);
    const rows: Parameters<typeof stage.addRunning>[0] = [];
    for (let n = 0; n < RUNNING; n += 1) {
      const id = randomUUID();
      const ends = n < ENDING ? now + 20_000 + Math.random() * (SECONDS - 30) * 1_000 : now + 3_600_000;
      const task = service.add(id, ends);
      rows.push({ id, account, taskId: task.id });
    }
    stage.addRunning(rows);
    await Promise.all([stage.start('worker', variables), stage.start('worker', variables)]);
    await new Promise((resolve) => setTimeout(resolve, now + SECONDS * 1_000 - Date.now()));
    const seen = stage.postgres
      .sql(
        'figures',
        `SELECT g.task_id, (extract(epoch FROM e.at) * 1000)::bigint FROM generation g JOIN generation_event e ON e.generation_id = g.id WHERE e.status = 'saving'`,
      )
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [id = '', at] = line.split('|');
        return (Number(at) - service.tasks.get(id)!.endsAt) / 1_000;
      });
    const { queries, tooMany } = service.counts;
    report(
      `${RUNNING} running tasks, ${queries} queries in ${SECONDS} s: 429`,
      String(tooMany),
      '0',
      tooMany === 0,
    );
    report('ends that were seen', `${seen.length} of ${ENDING}`, 'all', seen.length === ENDING);
    const most = Math.max(...seen);
    report(
      'seconds from an end to its record',
      `median ${percentile(seen, 0.5).toFixed(1)}, p99 ${percentile(seen, 0.99).toFixed(1)}, most ${most.toFixed(1)}`,
      `one list interval (${LIST_INTERVAL_SECONDS} s) and the reading of a list`,
      most <= LIST_INTERVAL_SECONDS + 2,
    );
    reportLoad();
  } finally {
    await stage.close();
    await service.close();
  }
}
