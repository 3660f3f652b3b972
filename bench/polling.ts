// Waiting processes against a service that counts: how late each sees the end of its task, how many queries all of them
// send, and what a wait costs. `tsx bench/polling.ts [processes] [--kill]`; without arguments the simulated figures.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FleetOptions, runFleet } from '../test/support/fleet.ts';

const MINUTE = 60_000;
const ENTRY = fileURLToPath(new URL('../scripts/run-workflow.mjs', import.meta.url));
const folder = (): string =>
  mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'amw-polling-'));
const aboutAMinute = (random: number): number => MINUTE * (0.6 + 0.8 * random);

async function simulate(name: string, options: Omit<FleetOptions, 'folder' | 'durationMs'>): Promise<void> {
  const place = folder();
  const figures = await runFleet({ folder: place, durationMs: aboutAMinute, ...options });
  rmSync(place, { recursive: true, force: true });
  report(name, figures);
}

function report(name: string, f: Awaited<ReturnType<typeof runFleet>>, more = ''): void {
  console.log(
    `${name}: ended ${f.ended} of ${f.tasks}, lag ${(f.meanLagMs / 1000).toFixed(2)} s on average, ${(f.worstLagMs / 1000).toFixed(2)} s at worst; ` +
      `${f.queries} queries (${f.lists} of the list), ${f.mostInAMinute} in the busiest minute, ${f.refused} refused${f.kills ? `; ${f.kills} kills` : ''}${more}`,
  );
}

/** Real processes: the built command, a service on the loopback interface, one state folder. */
async function run(processes: number, killEachMs: number | undefined, startMs: number): Promise<void> {
  const accepted: number[] = [];
  const begun = Date.now();
  const tasks = Array.from({ length: processes }, (_, n) => ({
    id: `task${n}`,
    endAt: begun + startMs + aboutAMinute((n * 0.618034) % 1),
    seenAt: 0,
  }));
  let refused = 0;
  let lists = 0;
  let latest = '';
  const recordOf = ({ id, endAt }: (typeof tasks)[number]) => {
    const isOver = Date.now() >= endAt;
    const output = isOver ? { url: `https://files.example/${id}.mp4` } : null;
    return {
      id,
      model: 'unlisted',
      input: { prompt: 'a lighthouse' },
      status: isOver ? 'COMPLETED' : 'PROGRESS',
      output,
    };
  };
  const server = http.createServer((req, res) => {
    const now = Date.now();
    const answer = (status: number, body: object, headers = {}) => {
      res.writeHead(status, { 'content-type': 'application/json', ...headers });
      res.end(JSON.stringify(body));
    };
    if (accepted.filter((at) => at > now - MINUTE).length >= 60) {
      refused += 1;
      answer(429, { status: 'FAILED', errorCode: 'RATE_LIMITED' }, { 'retry-after': '5' });
      return;
    }
    accepted.push(now);
    latest = String(req.socket.remotePort);
    const [, id, isStatus] = /\/tasks\/([^/]+)(\/status)?$/.exec(req.url ?? '') ?? [];
    if (id === undefined) lists += 1;
    const task = tasks.find((one) => one.id === id);
    if (id === undefined) answer(200, { tasks: tasks.map(recordOf) });
    else if (!task) answer(404, { status: 'FAILED' });
    else answer(200, isStatus ? { status: recordOf(task).status } : recordOf(task));
  });
  server.keepAliveTimeout = 10 * MINUTE;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const state = folder();
  const env = {
    PATH: process.env.PATH,
    AIVIDEO_API_KEY: 'ak_bench',
    AIVIDEO_BASE_URL: `http://127.0.0.1:${port}`,
    ASYNC_MEDIA_STATE_DIR: state,
  };
  const living = new Map<string, ChildProcess>();
  const cpu: number[] = [];
  const isOver: Promise<void>[] = [];
  const start = (task: (typeof tasks)[number]): Promise<void> =>
    new Promise((resolve) => {
      const args = [ENTRY, '--action', 'waitTask', '--taskId', task.id, '--wait', '600'];
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      living.set(task.id, child);
      let text = '';
      child.stdout!.on('data', (chunk) => {
        text += chunk;
        if (text.includes('"status":"COMPLETED"')) task.seenAt ||= Date.now();
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
          const child = [...living.values()].find(({ pid }) => portsOf(pid!).includes(latest));
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
  server.close();
  server.closeAllConnections();
  rmSync(state, { recursive: true, force: true });
  const lags = tasks
    .filter(({ seenAt }) => seenAt > 0)
    .map(({ seenAt, endAt }) => Math.max(0, seenAt - endAt));
  const share = cpu.reduce((a, b) => a + b, 0) / Math.max(1, cpu.length);
  report(
    `${processes} processes${killEachMs ? `, the one that polls killed every ${killEachMs / 1000} s` : ''}`,
    {
      ...{ tasks: tasks.length, ended: lags.length, refused, kills, lists, queries: accepted.length },
      meanLagMs: lags.reduce((a, b) => a + b, 0) / Math.max(1, lags.length),
      worstLagMs: Math.max(0, ...lags),
      mostInAMinute: Math.max(
        ...accepted.map((from) => accepted.filter((at) => at >= from && at < from + MINUTE).length),
      ),
    },
    `; a wait takes ${(share * 100).toFixed(2)} % of a core`,
  );
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
  await simulate('simulated, 200 processes', { processes: 200 });
  await simulate('simulated, 200 processes, the one that polls killed every 5 s', {
    processes: 200,
    killEachMs: 5_000,
  });
  await simulate('simulated, a batch of 1,000 in one process', { processes: 1, tasksEach: 1_000 });
  await simulate('simulated, 20 processes, a service without a list', { processes: 20, hasList: false });
} else {
  const processes = Number(count);
  await run(processes, flags.includes('--kill') ? 5_000 : undefined, Math.max(1_000, processes * 150));
}
