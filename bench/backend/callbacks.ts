import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { startCountingService } from '../../test/backend/support/service.ts';
import { jsonRequest, percentile, send } from './load.ts';
import { report, reportLoad } from './report.ts';
import { metric, openStage } from './stage.ts';

const CALLBACKS = 10_000;
const SECONDS = 60;
const TASKS = 1_000;
const isLarge = (n: number) => n % 100 === 50;

/**
 * Callbacks of running tasks: a sixth is forged, the others come doubled and in any order, and every hundredth is 3 MB
 * large. A worker reads the truth from the service meanwhile.
 */
export async function callbacks(copy: string): Promise<void> {
  const stage = await openStage(copy);
  const service = await startCountingService({ taskMs: [1_000, SECONDS * 1_000] });
  try {
    const variables = { AIVIDEO_API_KEY: 'ak_of_the_figures', AIVIDEO_BASE_URL: service.origin };
    const { url, port } = await stage.start('api', variables);
    const now = Date.now();
    const tokens: string[] = [];
    const account = accountOf(variables);
    const rows: Parameters<typeof stage.addRunning>[0] = [];
    for (let n = 0; n < TASKS; n += 1) {
      const id = randomUUID();
      const token = randomBytes(24).toString('hex');
      const task = service.add(id, now + 5_000 + Math.random() * (SECONDS - 10) * 1_000);
      tokens.push(token);
      const hash = createHash('sha256').update(token).digest('hex');
      rows.push({ id, account, taskId: task.id, callbackHash: hash });
    }
    stage.addRunning(rows);
    await stage.start('worker', variables);
    const tasks = [...service.tasks.values()];
    // Made once: the sender runs on the cores that it measures.
    const large = Buffer.from(`,"output":"${'x'.repeat(3 * 1024 * 1024)}"}`);
    const sizes: number[] = [];
    const watch = setInterval(() => {
      metric(url, 'process_resident_memory_bytes').then(
        (bytes) => sizes.push(bytes),
        () => {},
      );
    }, 2_000);
    reportLoad();
    const before = await stage.cpuSeconds(url);
    const sent = await send({
      port,
      connections: 32,
      rate: CALLBACKS / SECONDS,
      count: CALLBACKS,
      request(n) {
        const at = Math.floor(Math.random() * TASKS);
        const isForged = n % 6 === 0;
        const status = ['COMPLETED', 'FAILED', 'PROGRESS', 'SUBMITTED'][Math.floor(Math.random() * 4)];
        const taskId = isForged ? `ck${randomBytes(11).toString('hex')}` : tasks[at]!.id;
        const token = isForged && n % 12 === 0 ? randomBytes(24).toString('hex') : tokens[at]!;
        const body = JSON.stringify({ taskId, status });
        const address = `/v1/callbacks/aivideomaker/${token}`;
        return isLarge(n)
          ? jsonRequest('POST', address, {}, body.slice(0, -1), large)
          : jsonRequest('POST', address, {}, body);
      },
    });
    clearInterval(watch);
    const after = await stage.cpuSeconds(url);
    const [api, database, sender] = after.map((value, at) => ((value - before[at]!) * 1_000) / CALLBACKS);
    console.log(
      `        CPU for a callback: API ${api!.toFixed(2)} ms, PostgreSQL ${database!.toFixed(2)} ms, sender and service ${sender!.toFixed(2)} ms`,
    );
    const p99 = percentile(sent.latencies, 0.99);
    report(
      `${CALLBACKS} callbacks in ${sent.seconds.toFixed(0)} s`,
      `p50 ${percentile(sent.latencies, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
      'p99 at most 50 ms',
      p99 <= 50,
    );
    const ofLarge = sent.latencies.filter((_, n) => isLarge(n));
    console.log(
      `        of them 3 MB: p50 ${percentile(ofLarge, 0.5).toFixed(1)} ms, p99 ${percentile(ofLarge, 0.99).toFixed(1)} ms`,
    );
    const half = Math.floor(sizes.length / 2);
    const [first, last] = [Math.max(...sizes.slice(2, half)), Math.max(...sizes.slice(half))];
    report(
      'memory of the API, most in the first and the second half',
      `${(first / 1e6).toFixed(0)} MB, ${(last / 1e6).toFixed(0)} MB`,
      'no more in the second half than a tenth',
      last <= first * 1.1,
    );
    const statuses = [...sent.statuses].map(([status, count]) => `${count} x ${status}`).join(', ');
    report(
      'answers',
      statuses,
      '200, 202, 413 alone',
      [...sent.statuses.keys()].every((one) => [200, 202, 413].includes(one)),
    );
    const wrong = await waitForResults();
    report('wrong results', String(wrong), '0', wrong === 0);
    report('429 of the service', String(service.counts.tooMany), '0', service.counts.tooMany === 0);
    reportLoad();

    /** All tasks complete; a generation that has not succeeded with its own file in time is wrong. */
    async function waitForResults(): Promise<number> {
      const good = () =>
        stage.postgres
          .sql(
            'figures',
            `SELECT g.task_id, f.sha256 FROM generation g JOIN generation_file f ON f.generation_id = g.id WHERE g.status = 'succeeded'`,
          )
          .split('\n')
          .filter((line) => {
            const [id = '', sha256] = line.split('|');
            return service.tasks.get(id)?.sha256 === sha256;
          }).length;
      const deadline = Date.now() + 60_000;
      while (good() < TASKS && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      return TASKS - good();
    }
  } finally {
    await stage.close();
    await service.close();
  }
}

/** As src/services/service.ts makes it: tasks belong to the key that made them. */
export function accountOf({
  AIVIDEO_API_KEY,
  AIVIDEO_BASE_URL,
}: {
  AIVIDEO_API_KEY: string;
  AIVIDEO_BASE_URL: string;
}): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([AIVIDEO_API_KEY, AIVIDEO_BASE_URL]))
    .digest('hex');
  return `aivideomaker:${hash.slice(0, 16)}`;
}
