import { randomUUID } from 'node:crypto';
import { jsonRequest, percentile, send } from './load.ts';
import { report, reportLoad } from './report.ts';
import { openStage } from './stage.ts';

const RATE = 500;
const SECONDS = 20;

/** `POST /v1/generations`, new requests of two users: one API process, PostgreSQL and the sender on one machine. */
export async function posts(copy: string): Promise<void> {
  const stage = await openStage(copy);
  try {
    const { port, url } = await stage.start('api', { AIVIDEO_API_KEY: 'ak_of_the_figures' });
    const request = (n: number) => {
      const body = JSON.stringify({
        provider: 'aivideomaker',
        model: 't2v',
        payload: { prompt: `a lighthouse at dawn, number ${n}`, aspectRatio: '16:9', duration: '5' },
      });
      const user = n % 2 === 0 ? 'ann' : 'bob';
      const headers = { authorization: `Bearer token-of-${user}`, 'idempotency-key': randomUUID() };
      return jsonRequest('POST', '/v1/generations', headers, body);
    };
    await send({ port, connections: 16, count: 2_000, request });
    reportLoad();
    const before = await stage.cpuSeconds(url);
    const most = await send({ port, connections: 16, count: 6_000, request });
    const after = await stage.cpuSeconds(url);
    const perSecond = most.latencies.length / most.seconds;
    report(
      'POST /v1/generations, as many as go',
      `${perSecond.toFixed(0)}/s`,
      `at least ${RATE}/s`,
      perSecond >= RATE,
    );
    // What other programs of this machine take does not count here.
    const [api, database, sender] = [0, 1, 2].map((at) => ((after[at]! - before[at]!) * 1_000) / 6_000);
    const all = api! + database! + sender!;
    report(
      'CPU for a request: API, PostgreSQL, sender',
      `${api!.toFixed(2)} ms, ${database!.toFixed(2)} ms, ${sender!.toFixed(2)} ms: ${(2_000 / all).toFixed(0)}/s on two cores of their own`,
      `${RATE}/s`,
      2_000 / all >= RATE,
    );
    const steady = await send({ port, connections: 64, rate: RATE, count: RATE * SECONDS, request });
    const p99 = percentile(steady.latencies, 0.99);
    const answered = steady.latencies.length / steady.seconds;
    report(
      `POST /v1/generations at ${RATE}/s for ${SECONDS} s`,
      `${answered.toFixed(0)}/s, p50 ${percentile(steady.latencies, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
      'p99 at most 100 ms',
      p99 <= 100 && answered >= RATE * 0.98,
    );
    const accepted = (steady.statuses.get(202) ?? 0) + (most.statuses.get(202) ?? 0);
    const sent = steady.latencies.length + most.latencies.length;
    report('of them accepted', `${accepted} of ${sent}`, 'all', accepted === sent);
    reportLoad();
  } finally {
    await stage.close();
  }
}
