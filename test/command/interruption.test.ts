import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENTRY, envelopeOf, live, ROOT, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { commandIn } from '../support/expect.ts';
import { MP4 } from '../support/media.ts';
import { refusal, type Script, service, states, TASK } from '../support/service.ts';
import { runShell } from './shell.ts';

const PATIENT = { AIVIDEO_TIMEOUT_MS: '20000' };

/** Runs a command that the service's answers interrupt: `kill` is handed to the script. */
async function interrupted(
  args: readonly string[],
  script: (kill: (signal: NodeJS.Signals) => void) => Script,
  more: Record<string, string> = {},
) {
  let kill = (_: NodeJS.Signals): void => {};
  const server = await service(script((signal) => kill(signal)));
  const env = { ASYNC_MEDIA_STATE_DIR: tempFolder(), ...live(server.origin, PATIENT), ...more };
  const done = await run(args, { env, onStart: (how) => (kill = how) });
  return { server, done, envelope: envelopeOf(done), env };
}

/** Returns the entry of a copy of the program, one part of which is loaded only after a signal has come. */
function stoppedAt(part: string, signal: NodeJS.Signals): string {
  const folder = tempFolder();
  const lib = path.join(folder, 'scripts', 'lib');
  cpSync(path.join(ROOT, 'scripts', 'lib'), lib, { recursive: true });
  cpSync(ENTRY, path.join(folder, 'scripts', 'run-workflow.mjs'));
  symlinkSync(path.join(ROOT, 'contracts'), path.join(folder, 'contracts'));
  // A listener for signals alone does not keep a process.
  const came = `{
    const alive = setInterval(() => {}, 5);
    await new Promise((resolve) => process.once('${signal}', resolve).kill(process.pid, '${signal}'));
    clearInterval(alive);
  }`;
  const file = path.join(lib, part);
  writeFileSync(file, `${came}\n${readFileSync(file, 'utf8')}`);
  return path.join(folder, 'scripts', 'run-workflow.mjs');
}

describe('fault 37: stopped', () => {
  it.each([
    ['SIGHUP', 129, 'main.mjs'],
    ['SIGINT', 130, 'main.mjs'],
    ['SIGTERM', 143, 'generate.mjs'],
  ] as const)(
    'by %s while a part of the program is loaded: nothing was submitted',
    async (signal, code, part) => {
      const server = await service();
      const env = { ASYNC_MEDIA_STATE_DIR: tempFolder(), ...live(server.origin) };
      const options = { entry: stoppedAt(part, signal), env, node: process.execPath };
      const done = await run(T2V_ARGS, options);
      expect(done.code).toBe(code);
      expect(envelopeOf(done)).toEqual({
        ok: false,
        status: 'FAILED',
        taskId: null,
        data: {},
        errorCode: 'UNKNOWN_ERROR',
        errorMessage: `${signal} came first. Nothing was submitted.`,
        retryAfter: null,
      });
      expect(server.received).toHaveLength(0);
      // No record is left that the same command would have to reconcile; what needs no service is done at once, and told.
      const pending = await run(['--action', 'listPending'], options);
      expect(pending.code).toBe(part === 'main.mjs' ? code : 0);
      expect(envelopeOf(pending)).toMatchObject({ ok: true, data: { count: 0 } });
      expect(envelopeOf(pending).data.interruptedBy).toBe(part === 'main.mjs' ? signal : undefined);
    },
  );

  it('while it waits: the command that resumes runs, and succeeds', async () => {
    let isOver = false;
    const { server, done, envelope, env } = await interrupted(T2V_ARGS, (kill) => ({
      status: (_, { count }) => {
        if (count === 2) kill('SIGTERM');
        return { body: { status: isOver ? 'COMPLETED' : 'PROGRESS' } };
      },
    }));
    expect(done.code).toBe(143);
    expect(envelope).toMatchObject({
      ok: true,
      status: 'PROGRESS',
      taskId: TASK,
      data: { interruptedBy: 'SIGTERM' },
    });
    isOver = true;
    const resumed = await runShell(commandIn(envelope.data), { env });
    expect(envelopeOf(resumed)).toMatchObject({ ok: true, status: 'COMPLETED', taskId: TASK });
    expect(server.submits()).toHaveLength(1);
  });

  it('in the middle of a request that hangs: at once', async () => {
    let killedAt = Infinity;
    const { done, envelope } = await interrupted(T2V_ARGS, (kill) => ({
      status: () => {
        killedAt = performance.now();
        return kill('SIGINT') as undefined;
      },
    }));
    expect(done.code).toBe(130);
    expect(envelope).toMatchObject({ ok: true, status: 'SUBMITTED', taskId: TASK });
    // The query alone would end after ten seconds.
    expect(performance.now() - killedAt).toBeLessThan(7_000);
  });

  it('before an existing task was seen: its state is not known, and the command that resumes is named', async () => {
    const { done, envelope } = await interrupted(
      ['--action', 'waitTask', '--taskId', TASK, '--wait', '50'],
      (kill) => ({
        status: () => kill('SIGINT') as undefined,
      }),
    );
    expect(done.code).toBe(130);
    expect(envelope).toMatchObject({
      ok: false,
      status: 'UNKNOWN',
      taskId: TASK,
      errorCode: 'UNKNOWN_ERROR',
    });
    expect(commandIn(envelope.data)).toContain(`--action waitTask --taskId ${TASK} --wait 50`);
  });

  it('during a submit that is answered late: the task is still reported', async () => {
    const { done, envelope } = await interrupted(T2V_ARGS, (kill) => ({
      submit: async () => {
        kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, 150));
        return { body: { status: 'SUBMITTED', taskId: TASK } };
      },
    }));
    expect(done.code).toBe(130);
    expect(envelope).toMatchObject({ ok: true, status: 'SUBMITTED', taskId: TASK });
    expect(done.stderr).toContain(`task ${TASK}`);
  });

  it('during a submit that is never answered: unknown after two seconds, with the key that reconciles it', async () => {
    const start = performance.now();
    const { server, done, envelope } = await interrupted(
      [...T2V_ARGS, '--idempotencyKey', 'lighthouse-0001'],
      (kill) => ({
        submit: () => kill('SIGTERM') as undefined,
      }),
    );
    const took = performance.now() - start;
    expect(done.code).toBe(143);
    expect(envelope).toMatchObject({
      ok: false,
      status: 'UNKNOWN',
      taskId: null,
      errorCode: 'SUBMIT_OUTCOME_UNKNOWN',
      data: { idempotencyKey: 'lighthouse-0001', model: 't2v' },
    });
    expect(envelope.data.nextSteps).toContainEqual(expect.stringMatching(/--action listTasks$/));
    expect(took).toBeGreaterThan(1_900);
    expect(took).toBeLessThan(15_000);
    expect(server.submits()).toHaveLength(1);
  });

  it('during a submit that is never answered, twice: unknown at once', async () => {
    const { done, envelope } = await interrupted(T2V_ARGS, (kill) => ({
      submit: () => {
        kill('SIGINT');
        return kill('SIGINT') as undefined;
      },
    }));
    expect(done.code).toBe(130);
    expect(envelope).toMatchObject({ status: 'UNKNOWN', errorCode: 'SUBMIT_OUTCOME_UNKNOWN' });
  });

  it('during a submit that is then rejected: nothing was submitted', async () => {
    const { done, envelope } = await interrupted(T2V_ARGS, (kill) => ({
      submit: async () => {
        kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, 200));
        return refusal(429, 'RATE_LIMITED', 'Too many', { 'retry-after': '1' });
      },
    }));
    expect(done.code).toBe(130);
    expect(envelope).toMatchObject({ ok: false, taskId: null, status: 'FAILED' });
  });

  it('before anything was sent, waiting for standard input: at once, and nothing was submitted', async () => {
    const server = await service();
    const env = { PATH: process.env.PATH, ASYNC_MEDIA_STATE_DIR: tempFolder(), ...live(server.origin) };
    const own = spawn(process.execPath, [ENTRY, '--model', 't2v', '--payload', '-'], { env, stdio: 'pipe' });
    let stdout = '';
    own.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    // Enough that it must be reading when the last of it has been taken.
    await new Promise<void>((resolve) => own.stdin.write(' '.repeat(4_000_000), () => resolve()));
    const start = performance.now();
    own.kill('SIGINT');
    const code = await new Promise<number | null>((resolve) => own.on('close', resolve));
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(code).toBe(130);
    const envelope = envelopeOf({ code, signal: null, stdout, stderr: '' });
    expect(envelope).toMatchObject({ ok: false, status: 'FAILED', taskId: null, errorCode: 'UNKNOWN_ERROR' });
    expect(envelope.errorMessage).toContain('Nothing was submitted');
    expect(server.received).toHaveLength(0);
  });

  it('while the file is fetched: the task is finished, nothing half is left, and the file can be had', async () => {
    const folder = tempFolder();
    let isWhole = false;
    const { server, done, envelope, env } = await interrupted(
      [...T2V_ARGS, '--download', folder],
      (kill) => ({
        status: states('COMPLETED'),
        file: (_, { res }) => {
          if (isWhole) return { body: MP4 };
          res.writeHead(200, { 'content-length': MP4.length });
          res.write(MP4.subarray(0, 20_000), () => kill('SIGINT'));
          return undefined;
        },
      }),
    );
    expect(done.code).toBe(130);
    expect(envelope).toMatchObject({
      ok: false,
      status: 'COMPLETED',
      taskId: TASK,
      errorCode: 'DOWNLOAD_FAILED',
    });
    expect(readdirSync(folder)).toEqual([]);
    isWhole = true;
    expect((await runShell(commandIn(envelope.data), { env })).code).toBe(0);
    expect(readdirSync(folder)).toEqual([`${TASK}.mp4`]);
    expect(server.submits()).toHaveLength(1);
  });

  it('while the record of a finished task is fetched: the task is not called running', async () => {
    for (const [word, ok] of [
      ['COMPLETED', true],
      ['FAILED', false],
      ['CANCEL', false],
    ] as const) {
      const { done, envelope } = await interrupted(T2V_ARGS, (kill) => ({
        status: states(word),
        task: () => kill('SIGINT') as undefined,
      }));
      expect(done.code).toBe(130);
      expect(envelope).toMatchObject({ ok, status: word, taskId: TASK });
      expect(JSON.stringify(envelope.data)).not.toContain('runs on at the service');
    }
  });

  it('a query that is about no task says only that', async () => {
    const { done, envelope } = await interrupted(['--action', 'account'], (kill) => ({
      account: () => kill('SIGTERM') as undefined,
    }));
    expect(done.code).toBe(143);
    expect(envelope).toMatchObject({ ok: false, status: null, taskId: null, errorCode: 'UNKNOWN_ERROR' });
  });

  it('fault 95, in the sandbox: the command that resumes stays in it, and means the same folder from anywhere', async () => {
    const folder = tempFolder();
    const env = { ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state') };
    const done = await run(['--sandbox', ...T2V_ARGS, '--download', 'my out'], {
      cwd: folder,
      env,
      onStderr: (text, kill) => text.includes('SUBMITTED') && kill('SIGINT'),
    });
    expect(done.code).toBe(130);
    const command = commandIn(envelopeOf(done).data);
    expect(command).toMatch(/ --sandbox$/);
    expect((await runShell(command, { env, cwd: tempFolder() })).code).toBe(0);
    expect(readdirSync(path.join(folder, 'my out'))).toHaveLength(1);
  });
});
