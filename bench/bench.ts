// `npm run bench`: measures the program as ratios within one run, because machines differ and are noisy.
// `npm run bench -- refused status journal` measures those parts; a number is that of the rounds.
import { spawnSync } from 'node:child_process';
import fs, { closeSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../scripts/src/model/clock.ts';
import type { Draft } from '../scripts/src/stores/file/entry.ts';
import { Journal } from '../scripts/src/stores/file/journal.ts';
import { report, reportAtLeast } from './goals.ts';
import { waitsForOne } from './one-task.ts';
import { ENTRY, median, ratioOf, startServer } from './processes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'amw-bench-'));
const ASKED = process.argv.slice(2);
const PARTS = ['refused', 'status', 'journal', 'image', 'download', 'waits'] as const;
const ROUNDS = Number(ASKED.find((word) => Number(word) > 0) ?? 25);

interface Child {
  ms: number;
  maxRssMb: number;
  stdout: string;
}

const empty = path.join(folder, 'empty.mjs');
writeFileSync(empty, '');
// Written by the process itself at its end: its largest resident set, in kilobytes.
const preload = path.join(folder, 'rss.mjs');
writeFileSync(
  preload,
  `import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(2, '\\nmaxrss=' + process.resourceUsage().maxRSS + '\\n'));`,
);

function run(args: string[], env: NodeJS.ProcessEnv, input?: Buffer, node: string[] = []): Child {
  const start = performance.now();
  // A set of certificates to load costs every Node process tens of milliseconds that are not ours.
  const clean: NodeJS.ProcessEnv = { ...process.env, ...env, NODE_EXTRA_CA_CERTS: undefined };
  const { stdout, stderr, status } = spawnSync(process.execPath, [...node, ...args], {
    env: clean,
    ...(input && { input }),
    maxBuffer: 1024 * 1024,
  });
  const ms = performance.now() - start;
  if (status === null || status > 9) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return {
    ms,
    maxRssMb: Number(/maxrss=(\d+)/.exec(String(stderr))?.[1] ?? 0) / 1024,
    stdout: String(stdout),
  };
}

/** The median, over the rounds, of one process against another one that ran right beside it. */
function ratio(args: string[], env: NodeJS.ProcessEnv): number {
  run(args, env);
  return ratioOf(
    ROUNDS,
    () => run(args, env).ms,
    () => run([empty], env).ms,
  );
}

/**
 * Returns the time of the journal for one submit, relative to the least work that is as safe from a crash: a file that is
 * written whole beside the old one, synced, renamed into place, and its folder synced, with as many syncs in all. The
 * median of pairs, each between two of the other.
 */
async function journalAgainstOneWrite(): Promise<{ ratio: number; fsyncs: number }> {
  const place = path.join(folder, 'journal');
  const journal = new Journal({
    folder: place,
    provider: 'aivideomaker',
    service: 'bench',
    account: 'b'.repeat(12),
    clock: systemClock,
    warn: (text) => console.log(text),
  });
  journal.prepare();
  const { fsyncSync } = fs;
  let fsyncs = 0;
  fs.fsyncSync = (descriptor) => {
    fsyncs += 1;
    fsyncSync(descriptor);
  };
  syncBuiltinESMExports();
  const file = path.join(place, 'one-write');
  const record = 'x'.repeat(700);
  const write = (): number => {
    const start = performance.now();
    for (let n = 0; n < fsyncs; n += 2) {
      const descriptor = openSync(`${file}.new`, 'w');
      writeSync(descriptor, record, 0);
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(`${file}.new`, file);
      const holder = openSync(place, 'r');
      fsyncSync(holder);
      closeSync(holder);
    }
    return performance.now() - start;
  };
  const ratios: number[] = [];
  for (let n = 0; n <= 4 * ROUNDS; n += 1) {
    const before = write();
    fsyncs = 0;
    const start = performance.now();
    const fields: Draft = {
      request: String(n).padStart(32, '0'),
      provider: 'aivideomaker',
      service: 'bench',
      account: 'b'.repeat(12),
      owner: null,
      model: 't2v',
      payloadHash: 'b'.repeat(64),
      idempotencyKey: `bench-${String(n).padStart(8, '0')}`,
      phase: 'submitting',
      taskId: null,
      status: 'UNKNOWN',
      resubmitted: false,
      duration: null,
      checked: null,
      delivered: null,
      used: null,
      wait: null,
      download: null,
      fileCount: null,
      credits: { quoted: null, charged: null, refunded: null },
      files: [],
    };
    // The claim has found no older record of the request, and says so.
    const entry = journal.draft(fields, []);
    await entry.store();
    await entry.update({ phase: 'submitted', taskId: `bench${n}`, status: 'SUBMITTED' }, { isOurs: true });
    const own = performance.now() - start;
    // The first one found nothing warm, and nothing to be compared with.
    if (n > 0) ratios.push(own / ((before + write()) / 2));
  }
  fs.fsyncSync = fsyncSync;
  syncBuiltinESMExports();
  return { ratio: median(ratios), fsyncs };
}

const { origin, stop } = await startServer();
const live = { AIVIDEO_BASE_URL: origin, AIVIDEO_API_KEY: 'ak_bench_0000', ASYNC_MEDIA_STATE_DIR: folder };
const MEASURES: Record<(typeof PARTS)[number], () => void | Promise<void>> = {
  refused() {
    const payload = { prompt: 'a lighthouse at dawn', aspectRatio: '16:9', duration: '7' };
    const refused = ratio([ENTRY, '--model', 't2v', '--payload', JSON.stringify(payload)], {});
    report('a refused payload against an empty script', refused, 1.8);
  },
  status() {
    const status = ratio([ENTRY, '--action', 'getStatus', '--taskId', 'bench'], live);
    report('one getStatus against an empty script', status, 2);
  },
  async journal() {
    const { ratio: cost, fsyncs } = await journalAgainstOneWrite();
    const what = `a record of the journal, made and updated, against one file written as safely, with as many fsyncs (${fsyncs})`;
    report(what, cost, 1.5);
  },
  image() {
    const png = Buffer.alloc(20 * 1024 * 1024, 65);
    Buffer.from('89504e470d0a1a0a', 'hex').copy(png);
    const image = `data:image/png;base64,${png.toString('base64')}`;
    const body = Buffer.from(JSON.stringify({ image, duration: '5' }));
    const args = [ENTRY, '--model', 'i2v', '--payload', '-', '--wait', '0'];
    const large = run(args, live, body, ['--import', preload]);
    if (!large.stdout.includes('"ok":true')) throw new Error(large.stdout);
    report('peak memory with a 20 MB image on standard input', large.maxRssMb, 160, ' MB');
  },
  download() {
    const out = path.join(folder, 'out');
    const download = [ENTRY, '--action', 'waitTask', '--taskId', 'bench', '--download', out];
    const speeds: number[] = [];
    let peak = 0;
    // The same work by other means, one after the other: the file on the disk, and its hash.
    const others = ['curl', 'sha256sum'];
    const hasOthers = others.every((name) => spawnSync(name, ['--version']).status === 0);
    for (let i = 0; i < 9; i += 1) {
      const watched = run(download, live, undefined, ['--import', preload]);
      peak = Math.max(peak, watched.maxRssMb);
      rmSync(out, { recursive: true, force: true });
      // Without the preload, which costs time that is not the program's.
      const own = run(download, live);
      if (!own.stdout.includes('"sha256"')) throw new Error(own.stdout);
      rmSync(out, { recursive: true, force: true });
      if (!hasOthers) continue;
      const file = path.join(folder, 'curl.bin');
      const start = performance.now();
      const fetched = spawnSync('curl', ['-s', '-o', file, `${origin}/file`]);
      const hashed = spawnSync('sha256sum', [file]);
      if (fetched.status !== 0 || !own.stdout.includes(String(hashed.stdout).slice(0, 64)))
        throw new Error('curl and sha256sum brought another file');
      speeds.push((performance.now() - start) / own.ms);
      rmSync(file, { force: true });
    }
    report('peak memory of a 500 MB download', peak, 110, ' MB');
    const speed = `its speed against ${others.join(' and ')}`;
    if (hasOthers) reportAtLeast(speed, median(speeds), 1.1);
    else console.log(`skipped ${speed}: they are not here`);
  },
  waits: waitsForOne,
};

const asked = PARTS.filter((part) => ASKED.includes(part));
try {
  for (const part of asked.length > 0 ? asked : PARTS) await MEASURES[part]();
} finally {
  stop();
  rmSync(folder, { recursive: true, force: true });
}
