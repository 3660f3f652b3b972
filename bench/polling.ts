// Waiting processes against a service that counts: how late each sees the end of its task, how many queries all of them
// send, and what a wait costs. `tsx bench/polling.ts <processes> [--kill]`, or `batch <lines> ...`: real processes, which
// start one after the other over some seconds; without arguments the simulated figures, and those of a single task.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type FleetFigures, type FleetOptions, runFleet } from '../test/support/fleet.ts';
import { type CountedTask, CountingService, MINUTE } from './counting-service.ts';
import { report as goal } from './goals.ts';
import { waitsForOne } from './one-task.ts';
import { ENTRY, ended } from './processes.ts';

const folder = (): string =>
  mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'amw-polling-'));
const aboutAMinute = (random: number): number => MINUTE * (0.6 + 0.8 * random);

async function simulate(name: string, options: Omit<FleetOptions, 'folder' | 'durationMs'>): Promise<void> {
  const place = folder();
  const figures = await runFleet({ folder: place, durationMs: aboutAMinute, ...options });
  rmSync(place, { recursive: true, force: true });
  report(name, figures);
}

// Without a list the limit allows a query a second, so that each of twenty tasks has one in twenty seconds.
const MOST_LAG_S = {
  plain: { mean: 2, worst: 6 },
  killed: { mean: 4, worst: Infinity },
  noList: { mean: 11, worst: 22 },
};

function report(name: string, f: FleetFigures): void {
  const lag =
    f.lists === 0 && f.tasks > 1 ? MOST_LAG_S.noList : f.kills ? MOST_LAG_S.killed : MOST_LAG_S.plain;
  goal(`${name}: tasks whose end was not seen`, f.tasks - f.ended, 0);
  goal(`${name}: answers 429`, f.refused, 0);
  goal(`${name}: mean lag`, f.meanLagMs / 1000, lag.mean, ' s');
  if (lag.worst < Infinity) goal(`${name}: worst lag`, f.worstLagMs / 1000, lag.worst, ' s');
  console.log(
    `${name}: ended ${f.ended} of ${f.tasks}, lag ${(f.meanLagMs / 1000).toFixed(2)} s on average, ${(f.worstLagMs / 1000).toFixed(2)} s at worst; ` +
      `${f.queries} queries (${f.lists} of the list), ${f.mostInAMinute} in the busiest minute, ${f.refused} refused${f.kills ? `; ${f.kills} kills` : ''}`,
  );
}

/** Real processes: the built command, a service on the loopback interface, one state folder. */
async function run(processes: number, killEachMs: number | undefined, startMs: number): Promise<void> {
  const begun = Date.now();
  const service = new CountingService(() => MINUTE);
  for (let n = 0; n < processes; n += 1) service.add(begun + startMs + aboutAMinute((n * 0.618034) % 1));
  await service.start();
  const { tasks } = service;
  const state = folder();
  const env = {
    PATH: process.env.PATH,
    AIVIDEO_API_KEY: 'ak_bench',
    AIVIDEO_BASE_URL: service.origin,
    ASYNC_MEDIA_STATE_DIR: state,
  };
  // A process knows the end when it prints it.
  const printedAt = new Map<string, number>();
  const living = new Map<string, ChildProcess>();
  const cpu: number[] = [];
  const isOver: Promise<void>[] = [];
  const start = (task: CountedTask): Promise<void> =>
    new Promise((resolve) => {
      const args = [ENTRY, '--action', 'waitTask', '--taskId', task.id, '--wait', '600'];
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      living.set(task.id, child);
      let text = '';
      child.stdout!.on('data', (chunk) => {
        text += chunk;
        if (text.includes('"status":"COMPLETED"')) printedAt.set(task.id, Date.now());
      });
      child.on('close', (_, signal) => {
        living.delete(task.id);
        if (signal === 'SIGKILL') void start(task).then(resolve);
        else resolve();
      });
    });
  for (const task of tasks) {
    isOver.push(start(task));
    await new Promise((resolve) => setTimeout(resolve, startMs / processes));
  }
  let kills = 0;
  const killer =
    killEachMs === undefined
      ? undefined
      : setInterval(() => {
          // The process whose connection brought the last query.
          const child = [...living.values()].find(({ pid }) => portsOf(pid!).includes(service.latestPort));
          if (child?.kill('SIGKILL')) kills += 1;
        }, killEachMs);
  const measure = async () => {
    // Once all are awake: what a wait costs, not a start.
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const before = new Map([...living.values()].map(({ pid }) => [pid!, cpuOf(pid!)]));
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    for (const { pid } of living.values()) {
      const [from, to] = [before.get(pid!), cpuOf(pid!)];
      if (from !== undefined && to !== undefined) cpu.push((to - from) / 15);
    }
  };
  await Promise.all([...isOver, measure()]);
  clearInterval(killer);
  service.close();
  rmSync(state, { recursive: true, force: true });
  const share = cpu.reduce((a, b) => a + b, 0) / Math.max(1, cpu.length);
  const name = `${processes} processes${killEachMs ? `, the one that polls killed every ${killEachMs / 1000} s` : ''}`;
  for (const task of tasks) task.seenAt = printedAt.get(task.id) ?? 0;
  report(name, figuresOf(service, kills));
  // A process that was killed and started again has the costs of a start.
  if (killEachMs === undefined) goal(`${name}: processor time of a wait`, share * 100, 0.5, ' % of a core');
}

/** One batch: the built command. A line's end counts as known when an answer to the batch shows it. */
async function runLines(lines: number): Promise<void> {
  let made = 0;
  const service = new CountingService(() => aboutAMinute((made++ * 0.618034) % 1));
  await service.start();
  const place = folder();
  const file = path.join(place, 'lines.txt');
  writeFileSync(file, Array.from({ length: lines }, (_, n) => `clip ${n}`).join('\n'));
  const child = spawn(
    process.execPath,
    [
      ...[ENTRY, '--batch', file, '--model', 't2v', '--payload', '{"aspectRatio":"16:9","duration":"5"}'],
      ...['--wait', '900', '--download', path.join(place, 'out')],
    ],
    {
      cwd: place,
      stdio: ['ignore', 'ignore', 'ignore'],
      env: {
        PATH: process.env.PATH,
        AIVIDEO_API_KEY: 'ak_bench',
        AIVIDEO_BASE_URL: service.origin,
        ASYNC_MEDIA_STATE_DIR: path.join(place, 'state'),
      },
    },
  );
  const { mb } = await ended(child);
  service.close();
  rmSync(place, { recursive: true, force: true });
  report(`a batch of ${lines} lines`, figuresOf(service, 0));
  goal(`a batch of ${lines} lines: resident memory`, Math.round(mb), 150, ' MB');
}

function figuresOf(service: CountingService, kills: number): FleetFigures {
  const { tasks, accepted, refused, lists, mostInAMinute } = service;
  const seen = tasks.filter(({ seenAt }) => seenAt > 0);
  const lags = seen.map(({ seenAt, endAt }) => Math.max(0, seenAt - endAt));
  return {
    ...{ tasks: tasks.length, ended: seen.length, refused, kills, lists, mostInAMinute, lookups: 0 },
    soonestAgainMs: Infinity,
    queries: accepted.length,
    meanLagMs: lags.reduce((a, b) => a + b, 0) / Math.max(1, lags.length),
    worstLagMs: Math.max(0, ...lags),
  };
}

/** Seconds of processor time that a process has used; undefined where the system does not tell. */
function cpuOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(words[11]) + Number(words[12])) / 100;
  } catch {
    return undefined;
  }
}

/** The local ports of a process's connections. */
function portsOf(pid: number): string[] {
  try {
    const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? ''];
      } catch {
        return [];
      }
    });
    return readFileSync('/proc/net/tcp', 'latin1')
      .split('\n')
      .flatMap((line) => {
        const words = line.trim().split(/\s+/);
        return sockets.includes(words[9] ?? '-')
          ? [String(Number.parseInt(words[1]!.split(':')[1]!, 16))]
          : [];
      });
  } catch {
    return [];
  }
}

const [count, ...flags] = process.argv.slice(2);
if (count === undefined) {
  await waitsForOne();
  await simulate('simulated, 200 processes', { processes: 200 });
  await simulate('simulated, 200 processes, the one that polls killed every 5 s', {
    processes: 200,
    killEachMs: 5_000,
  });
  await simulate('simulated, a batch of 1,000 in one process', { processes: 1, tasksEach: 1_000 });
  await simulate('simulated, 20 processes, a service without a list', { processes: 20, hasList: false });
} else if (count === 'batch') {
  for (const lines of flags) await runLines(Number(lines));
} else {
  const processes = Number(count);
  await run(processes, flags.includes('--kill') ? 5_000 : undefined, Math.max(1_000, processes * 150));
}
