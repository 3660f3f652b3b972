// `npm run bench:records`: what a command costs with 10, 10,000 and 100,000 records, as ratios of the whole process. Other
// counts: `npm run bench:records 10 100000`; making 100,000 records takes longer than measuring them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeRecord } from '../scripts/src/stores/file/record.ts';
import { report } from './goals.ts';
import { ENTRY, ratioOf, startServer } from './processes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'amw-records-'));
const COUNTS = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 10_000, 100_000];
const ROUNDS = 9;
const DAY_MS = 24 * 3600_000;

/** Makes a state folder with so many records of a month, five of them unfinished. */
function stateWith(count: number): string {
  const state = path.join(folder, String(count));
  const records = path.join(state, 'records');
  mkdirSync(path.join(records, 'locks'), { recursive: true, mode: 0o700 });
  const now = Date.now();
  for (let n = 0; n < count; n += 1) {
    const request = createHash('sha256').update(String(n)).digest('hex').slice(0, 32);
    const created = new Date(now - (n / count) * 29 * DAY_MS - 1000).toISOString();
    const name = `${request}-${created.replace(/[-:.]/g, '')}-${String(n).padStart(6, '0')}.json`;
    const isOpen = n < 5;
    const record = {
      ...{ request, provider: 'aivideomaker', service: 'bench', account: 'b'.repeat(12), owner: null },
      ...{
        model: ['t2v', 'i2v', 'minimax'][n % 3]!,
        payloadHash: 'c'.repeat(64),
        idempotencyKey: `bench-${n}-key`,
      },
      ...{ phase: 'submitted', taskId: `bench${n}`, status: isOpen ? 'PROGRESS' : 'COMPLETED', created },
      ...{ delivered: isOpen ? null : created, credits: { quoted: null, charged: 15, refunded: 0 } },
    };
    mkdirSync(path.join(records, name.slice(0, 2)), { recursive: true, mode: 0o700 });
    writeFileSync(path.join(records, name.slice(0, 2), name), encodeRecord(name, record), { mode: 0o600 });
  }
  // As if nothing had changed for a minute.
  const then = now / 1000 - 60;
  for (const name of readdirSync(records, { recursive: true }) as string[])
    utimesSync(path.join(records, name), then, then);
  return state;
}

const { origin, stop } = await startServer();

function time(args: readonly string[], state: string): number {
  const env = {
    ...process.env,
    AIVIDEO_BASE_URL: origin,
    AIVIDEO_API_KEY: 'ak_bench_0000',
    ASYNC_MEDIA_STATE_DIR: state,
  };
  const start = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], { env });
  if (!String(stdout).includes('"ok":true')) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
  return performance.now() - start;
}

const payload = JSON.stringify({ prompt: 'a lighthouse', aspectRatio: '16:9', duration: '5' });
const COMMANDS: [name: string, args: string[]][] = [
  ['submit', ['--action', 'createGeneration', '--new', '--model', 't2v', '--payload', payload]],
  ['getTask', ['--action', 'getTask', '--taskId', 'bench']],
  ['waitTask', ['--action', 'waitTask', '--taskId', 'bench', '--wait', '5']],
  ['listPending', ['--action', 'listPending']],
  ['spending', ['--action', 'spending']],
  ['spending of a week', ['--action', 'spending', '--since', '7d']],
];

try {
  const [fewest, ...more] = COUNTS.map((count) => ({ count, state: stateWith(count) }));
  // The first query makes the index.
  for (const { state } of [fewest!, ...more]) time(['--action', 'listPending'], state);
  for (const [name, args] of COMMANDS) {
    for (const { count, state } of more) {
      const ratio = ratioOf(
        ROUNDS,
        () => time(args, state),
        () => time(args, fewest!.state),
      );
      report(`${name} with ${count} records against ${fewest!.count}`, ratio, 1.3);
    }
  }
} finally {
  stop();
  rmSync(folder, { recursive: true, force: true });
}
