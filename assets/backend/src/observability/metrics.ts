import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Figures } from '../generations/types.ts';

// A scrape every few seconds by several scrapers must not become a load of its own.
const FIGURES_MS = 5_000;

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Returns the metrics of this process. What is counted here happened in this process; the gauges about generations are
 * read from the database at each scrape, so that every process reports the same.
 * @param figures reads the gauges' values
 * @param now milliseconds; never goes back
 */
export function createMetrics(figures: () => Promise<Figures>, now: () => number = () => performance.now()) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers });

  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer, by route. Event streams are left out.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  const open = gauge('media_generations_open', 'Generations that have not ended.', ['status']);
  const oldest = gauge('media_generations_oldest_seconds', 'Age of the oldest that has not ended.', [
    'status',
  ]);
  const gauges = {
    pollLagSeconds: gauge('media_poll_lag_seconds', 'How long the most overdue poll has been due.'),
    unsavedFiles: gauge('media_files_unsaved', 'Paid result files that are not stored yet.'),
    oldestUnsavedSeconds: gauge('media_files_unsaved_oldest_seconds', 'Age of the oldest of them.'),
    outboxWaiting: gauge('media_outbox_waiting', 'Notices that were not delivered yet.'),
    oldestOutboxSeconds: gauge('media_outbox_oldest_seconds', 'Age of the oldest of them.'),
  };
  const key: ('provider' | 'account')[] = ['provider', 'account'];
  const limiters = {
    permits: gauge('media_limiter_permits', 'Queries that the service would accept now.', key),
    pausedSeconds: gauge('media_limiter_paused_seconds', 'Seconds that a Retry-After still holds.', key),
    submitsPausedSeconds: gauge(
      'media_submits_paused_seconds',
      'Seconds that submits still wait because the account has too few credits.',
      key,
    ),
    isStopped: gauge('media_limiter_stopped', '1 while everything is held because the key is refused.', key),
  };
  const unread = counter('media_figures_errors_total', 'Scrapes that could not read the database.', []);

  let readAt = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<void> {
    if (now() - readAt < FIGURES_MS) return;
    readAt = now();
    try {
      const read = await figures();
      for (const one of [open, oldest, ...Object.values(limiters)]) one.reset();
      for (const { status, count, oldestSeconds } of read.open) {
        open.set({ status }, count);
        oldest.set({ status }, oldestSeconds);
      }
      for (const [name, one] of Object.entries(gauges)) one.set(read[name as keyof typeof gauges]);
      for (const { provider, account, ...limiter } of read.limiters)
        for (const [name, one] of Object.entries(limiters))
          one.set({ provider, account }, Number(limiter[name as keyof typeof limiters]));
    } catch {
      unread.inc();
    }
  }

  return {
    requests,
    callbacks: counter('media_callbacks_total', 'Callbacks that arrived, by outcome.', [
      'provider',
      'outcome',
    ]),
    submits: counter('media_submits_total', 'Submits, by outcome: accepted, rejected, unknown.', [
      'provider',
      'outcome',
    ]),
    polls: counter('media_polls_total', 'Status queries, by outcome.', ['provider', 'outcome']),
    saves: counter('media_saves_total', 'Attempts to store a result file, by outcome.', ['outcome']),
    stepErrors: counter('media_step_errors_total', 'Runs of a step of the work that failed.', ['step']),
    streams: gauge('media_event_streams', 'Open event streams of this process.'),
    contentType: registry.contentType,
    /** The text that Prometheus reads. */
    async text(): Promise<string> {
      await refresh();
      return registry.metrics();
    },
  };
}
