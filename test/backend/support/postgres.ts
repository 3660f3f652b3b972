import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A server of its own, whose processes can be stopped hard. */
export interface Postgres {
  url: string;
  /** Makes an empty database and returns its address. */
  createDatabase(name: string): string;
  /** Runs statements and returns what psql prints of them, without headings. */
  sql(database: string, statements: string): string;
  /** `pg_ctl stop -m immediate`: no connection is told, nothing is flushed. */
  stopHard(): void;
  start(): Promise<void>;
  /** Seconds of CPU that the server's processes have taken, without those that have ended. */
  cpuSeconds(): number;
  end(): void;
}

/**
 * Makes a cluster in a temporary folder and starts it.
 * @param options further settings, such as `fsync=off`
 */
export async function startPostgres(options: string[] = []): Promise<Postgres> {
  const folder = mkdtempSync(path.join(tmpdir(), 'amw-postgres-'));
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? idOf('postgres') : undefined;
  chmodSync(folder, 0o755);
  if (user) chownSync(folder, user.uid, user.gid);
  const data = path.join(folder, 'data');
  const as = { cwd: folder, ...user, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  run('initdb', ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8']);
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'max_connections=300',
    ...options,
  ];
  let server: ChildProcess | undefined;

  function run(command: string, args: string[], input?: string): string {
    const { status, stdout, stderr } = spawnSync(binary(command), args, { ...as, encoding: 'utf8', input });
    if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
    return stdout;
  }

  const sql = (database: string, statements: string) =>
    run(
      'psql',
      [
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        'postgres',
        '-d',
        database,
        '-Atq',
        '-v',
        'ON_ERROR_STOP=1',
      ],
      statements,
    ).trim();

  async function start(): Promise<void> {
    server = spawn(
      binary('postgres'),
      ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
      {
        ...as,
        stdio: 'ignore',
      },
    );
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { status } = spawnSync(binary('pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], as);
      if (status === 0) return;
      if (server.exitCode !== null || Date.now() > deadline) throw new Error('PostgreSQL did not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  await start();
  const address = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  return {
    url: address('postgres'),
    createDatabase(name) {
      sql('postgres', `CREATE DATABASE ${name}`);
      return address(name);
    },
    sql,
    stopHard: () => void run('pg_ctl', ['-D', data, 'stop', '-m', 'immediate']),
    start,
    cpuSeconds: () => (server?.pid === undefined ? 0 : cpuOfGroup(server.pid)),
    end() {
      if (existsSync(path.join(data, 'postmaster.pid')))
        run('pg_ctl', ['-D', data, 'stop', '-m', 'immediate']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Returns a program of PostgreSQL: that of the PATH, or where Debian keeps those that its PATH leaves out. */
function binary(name: string): string {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter))
    if (existsSync(path.join(folder, name))) return path.join(folder, name);
  throw new Error(`PostgreSQL's ${name} is not on the PATH`);
}

/** Reads /proc: the process and its children, in ticks of a hundredth of a second. */
function cpuOfGroup(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      if (Number(name) === pid || Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has just ended.
    }
  }
  return ticks / 100;
}

function idOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
