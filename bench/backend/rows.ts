import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { percentile } from './load.ts';
import { report, reportLoad } from './report.ts';
import { openStage } from './stage.ts';

const FEW = 10_000;
const MANY = 1_000_000;
const ROUNDS = 20;
const TASKS = 50;
const ACCOUNT = 'aivideomaker:figures';

/** What the database does for one task, from its request to its stored result, as ended rows grow. */
export async function rows(copy: string): Promise<void> {
  const stage = await openStage(copy);
  const load = (file: string) => import(pathToFileURL(path.join(copy, 'dist', file)).href);
  const { openPostgres } = await load('database/postgres.js');
  const { migrate } = await load('database/migrate.js');
  const { createGeneration } = await load('generations/create.js');
  const { claimSubmits, recordAccepted } = await load('generations/submitting.js');
  const { openTasks, recordCompleted, recordListed } = await load('generations/polling.js');
  const { claimSaves, recordSaved } = await load('generations/saving.js');
  const { findGeneration } = await load('generations/read.js');
  const options = { files: {}, accountOf: () => ACCOUNT, maxCreditsPerUserPerDay: null };

  async function prepare(name: string, count: number) {
    const database = openPostgres(stage.postgres.createDatabase(name), () => {});
    await migrate(database);
    // A year of ended ones of 1,000 users, with the history of 30 days; without the triggers, which would do a year's work.
    stage.postgres.sql(
      name,
      `SET session_replication_role = replica;
       INSERT INTO generation (id, user_id, idempotency_key, body_hash, provider, account, model, status, task_id,
         submit_started_at, submitted_at, created_at, ended_at, due_at, charged, purged_at)
       SELECT gen_random_uuid(), 'user-' || n % 1000, 'key-of-' || n, md5(n::text), 'aivideomaker', '${ACCOUNT}', 't2v', 'succeeded',
         'old-' || n, now(), now(), now() - n * interval '30 seconds', now(), NULL, 15, now() FROM generate_series(1, ${count}) n;
       INSERT INTO generation_file (generation_id, n, storage_key, media_type, bytes, sha256)
       SELECT id, 1, 'results/' || id || '/1', 'video/mp4', 1000000, repeat('a', 64) FROM generation;
       INSERT INTO generation_event (generation_id, status, at) SELECT id, s, created_at FROM generation, unnest(ARRAY['submitting', 'pending', 'saving', 'succeeded']) s
       WHERE created_at > now() - interval '30 days';
       SET session_replication_role = origin; ANALYZE;`,
    );
    stage.postgres.sql(name, 'VACUUM; CHECKPOINT;');
    return database;
  }

  /** Returns the milliseconds of one task, and those of CPU that the server took for it. */
  async function measure(database: unknown): Promise<{ ms: number; cpu: number }> {
    const started = performance.now();
    const cpu = stage.postgres.cpuSeconds();
    for (let n = 0; n < TASKS; n += 1) {
      const user = `user-${n}`;
      const { generation } = await createGeneration(
        database,
        {
          ...{ user, key: randomUUID(), bodyHash: 'a'.repeat(64), provider: 'aivideomaker', model: 't2v' },
          ...{ payload: { prompt: 'a lighthouse' }, maxCredits: null, quoted: { least: 15, most: 15 } },
        },
        options,
      );
      const taskId = randomUUID();
      await claimSubmits(database, ACCOUNT, 10, null);
      await recordAccepted(database, generation.id, { id: taskId, charged: 15 }, 0);
      await recordListed(database, ACCOUNT, [taskId]);
      await openTasks(database, ACCOUNT, [taskId]);
      await recordCompleted(database, generation.id, ['https://example.com/1.mp4'], { charged: 15 });
      const [save] = await claimSaves(database, 1);
      const file = {
        n: 1,
        key: `results/${generation.id}/1`,
        mediaType: 'video/mp4',
        bytes: 1,
        sha256: 'a'.repeat(64),
      };
      await recordSaved(database, save, [file]);
      const { status } = await findGeneration(database, user, generation.id);
      if (status !== 'succeeded') throw new Error(`${generation.id} is ${status}`);
    }
    return {
      ms: (performance.now() - started) / TASKS,
      cpu: ((stage.postgres.cpuSeconds() - cpu) * 1_000) / TASKS,
    };
  }

  const few = await prepare('few', FEW);
  const many = await prepare('many', MANY);
  try {
    await measure(few);
    await measure(many);
    // In pairs, one right after the other: the machine is as busy for both.
    const pairs: [few: Awaited<ReturnType<typeof measure>>, many: Awaited<ReturnType<typeof measure>>][] = [];
    for (let n = 0; n < ROUNDS; n += 1) pairs.push([await measure(few), await measure(many)]);
    const median = (of: (pair: (typeof pairs)[number]) => number) => percentile(pairs.map(of), 0.5);
    const ratio = median(([a, b]) => b.ms / a.ms);
    report(
      `a task at ${MANY} rows against ${FEW}`,
      `${ratio.toFixed(2)} times (${median(([, b]) => b.ms).toFixed(1)} ms, ${median(([a]) => a.ms).toFixed(1)} ms)`,
      'at most 1.2 times',
      ratio <= 1.2,
    );
    // The sum of all rounds: a round is short for a clock of hundredths of a second.
    const [cpuFew, cpuMany] = ([0, 1] as const).map((at) =>
      pairs.reduce((sum, pair) => sum + pair[at].cpu, 0),
    );
    report(
      'CPU of the server for it',
      `${(cpuMany! / cpuFew!).toFixed(2)} times (${(cpuMany! / ROUNDS).toFixed(1)} ms, ${(cpuFew! / ROUNDS).toFixed(1)} ms)`,
      'at most 1.2 times',
      cpuMany! <= cpuFew! * 1.2,
    );
    reportLoad();
  } finally {
    await few.close();
    await many.close();
    await stage.close();
  }
}
