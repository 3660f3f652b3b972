// `npx tsx bench/batch.ts [lines|pictures]`: a batch of 1,000 lines beside one of 100, and 20 lines with pictures
// beside one, against a service on this machine that accepts and ends every task at once: ratios, and the most memory that
// a process had. The time is that of the submits: the waits of so many lines take as long as the service's limit of queries
// makes them.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CountingService } from './counting-service.ts';
import { report } from './goals.ts';
import { ENTRY, ended } from './processes.ts';

const STILL_RUNNING = 4;
const SUBMITS = ['--action', 'createGeneration'];
const WAITS = ['--pollInterval', '0.05', '--wait', '30'];

interface Measured {
  ms: number;
  /** The most memory that it had, in MB. */
  mb: number;
}

async function measure(lines: readonly object[], model: string, wait: string[]): Promise<Measured> {
  const folder = mkdtempSync(path.join(tmpdir(), 'amw-bench-'));
  const file = path.join(folder, 'lines.jsonl');
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  const service = new CountingService(() => 0, { queries: Infinity, listed: 100 });
  await service.start();
  const args = ['--batch', file, '--model', model, ...wait, '--download', 'out'];
  const start = performance.now();
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      AIVIDEO_API_KEY: 'ak_bench_key',
      AIVIDEO_BASE_URL: service.origin,
      ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state'),
    },
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  const { code, mb } = await ended(child);
  service.close();
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0 && code !== STILL_RUNNING) throw new Error(`exit code ${code}: ${stdout.slice(0, 2_000)}`);
  return { ms: performance.now() - start, mb };
}

const prompts = (count: number): object[] =>
  Array.from({ length: count }, (_, n) => ({
    payload: { prompt: `clip ${n}`, aspectRatio: '16:9', duration: '5' },
  }));

/** Lines with a picture of about a megabyte each, in base64, no two alike. */
const pictures = (count: number): object[] =>
  Array.from({ length: count }, (_, n) => {
    const bytes = Buffer.alloc(1024 * 1024, n + 1);
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes);
    return { payload: { image: `data:image/png;base64,${bytes.toString('base64')}`, duration: '5' } };
  });

const parts = process.argv.length > 2 ? process.argv.slice(2) : ['lines', 'pictures'];
const perLine = (measured: Measured, count: number) => measured.ms / count;
if (parts.includes('lines')) {
  const small = await measure(prompts(100), 't2v', SUBMITS);
  const large = await measure(prompts(1_000), 't2v', SUBMITS);
  const waiting = await measure(prompts(1_000), 't2v', WAITS);
  console.log(
    `${perLine(small, 100).toFixed(1)} ms per line of 100, ${perLine(large, 1_000).toFixed(1)} of 1,000; ${Math.round(small.mb)} MB for 100 lines`,
  );
  report('time per line, 1,000 lines against 100', perLine(large, 1_000) / perLine(small, 100), 1.5);
  report('resident memory, 1,000 lines', Math.round(large.mb), 150, ' MB');
  report('resident memory, 1,000 lines that wait', Math.round(waiting.mb), 150, ' MB');
}
if (parts.includes('pictures')) {
  const [one, twenty] = [
    await measure(pictures(1), 'i2v', SUBMITS),
    await measure(pictures(20), 'i2v', SUBMITS),
  ];
  console.log(`${one.mb.toFixed(1)} MB for one line with a picture of 1 MB, ${twenty.mb.toFixed(1)} for 20`);
  // A twentieth is for what a process connects and compiles after its first line, with or without pictures.
  report('resident memory, 20 lines of 1 MB against one', twenty.mb / one.mb, 1.05);
}
