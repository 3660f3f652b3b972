import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ENTRY, envelopeOf, live, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { service } from '../support/service.ts';

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'fault 37: %s during the wait gives the running task and the command that resumes it, exit %i',
    async (signal, code) => {
      const server = await service({ status: { body: { status: 'PROGRESS' } } });
      const done = await run(T2V_ARGS, {
        env: live(server.origin),
        onStderr: (text, kill) => text.includes('PROGRESS') && kill(signal),
      });
      expect(done.code).toBe(code);
      const envelope = envelopeOf(done);
      expect(envelope).toMatchObject({ ok: true, status: 'PROGRESS', taskId: 'task1' });
      expect((envelope.data.nextSteps as string[])[0]).toContain('--action waitTask --taskId task1');
    },
  );

  test('fault 37: during a submit the answer is waited for, so that the task is not lost', async () => {
    let child: ((signal: NodeJS.Signals) => void) | undefined;
    const server = await service({
      submit: async () => {
        child?.('SIGTERM');
        await new Promise((resolve) => setTimeout(resolve, 150));
        return { body: { status: 'SUBMITTED', taskId: 'task1' } };
      },
    });
    const done = await runWithKill(server.origin, (kill) => {
      child = kill;
    });
    expect(done).toMatchObject({ code: 143, envelope: { ok: true, status: 'SUBMITTED', taskId: 'task1' } });
  });

  test('fault 37: a submit without an answer is of unknown outcome', async () => {
    let child: ((signal: NodeJS.Signals) => void) | undefined;
    const server = await service({
      submit: () => {
        child?.('SIGINT');
        child?.('SIGINT');
        return undefined;
      },
    });
    const done = await runWithKill(server.origin, (kill) => {
      child = kill;
    });
    expect(done.envelope).toMatchObject({
      ok: false,
      errorCode: 'SUBMIT_OUTCOME_UNKNOWN',
      status: 'UNKNOWN',
    });
    expect(done.code).toBe(130);
  });
});

describe('output', () => {
  test('fault 40: a reader that goes away does not make a finished task end in a crash', async () => {
    const server = await service();
    const out = tempFolder();
    const child = spawn(process.execPath, [ENTRY, ...T2V_ARGS, '--download', out], {
      env: { PATH: process.env.PATH, ASYNC_MEDIA_STATE_DIR: tempFolder(), ...live(server.origin) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    child.stderr.destroy();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(existsSync(path.join(out, 'task1.mp4'))).toBe(true);
  });

  test('fault 40: a large document arrives whole through a slow pipe, and is at most 64 KiB', async () => {
    const tasks = Array.from({ length: 3000 }, (_, i) => ({
      id: `t${i}`,
      status: 'COMPLETED',
      input: { prompt: 'x'.repeat(500) },
    }));
    const server = await service({ list: { body: { tasks } } });
    const child = spawn(process.execPath, [ENTRY, '--action', 'listTasks', '--full', '--limit', '200'], {
      env: { PATH: process.env.PATH, ASYNC_MEDIA_STATE_DIR: tempFolder(), ...live(server.origin) },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), 5);
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    const envelope = envelopeOf({ code, signal: null, stdout, stderr: '' });
    expect(envelope.data.count).toBe(3000);
    expect(stdout).toContain('more items');
  });
});

describe('the unexpected', () => {
  test('fault 41: a bug of ours is one document and exit 70, and keeps the task', async () => {
    const server = await service({ status: { body: { status: 'PROGRESS' } } });
    const preload = path.join(tempFolder(), 'break.mjs');
    // Breaks something that the program relies on, once the task is known.
    writeFileSync(
      preload,
      `const { parse } = JSON; JSON.parse = (text, ...rest) => { const value = parse(text, ...rest);
       if (value?.status === 'PROGRESS') setTimeout(() => { throw new TypeError('broken on purpose'); }, 1); return value; };`,
    );
    const done = await run(T2V_ARGS, {
      env: live(server.origin, { NODE_OPTIONS: `--import ${pathToFileURL(preload).href}` }),
      onStderr: () => {},
    });
    expect(done.code).toBe(70);
    expect(envelopeOf(done)).toMatchObject({ ok: false, errorCode: 'UNKNOWN_ERROR', taskId: 'task1' });
    expect(envelopeOf(done).errorMessage).toContain('broken on purpose');
  });

  test('fault 41: a part that is missing is one document too', async () => {
    const folder = tempFolder();
    copyFileSync(ENTRY, path.join(folder, 'run-workflow.mjs'));
    const done = await run(['--version'], { entry: path.join(folder, 'run-workflow.mjs') });
    expect(done.code).toBe(70);
    expect(envelopeOf(done).errorMessage).toContain('main.mjs');
  });

  test('fault 42: an old Node is told which one is needed', async () => {
    const preload = path.join(tempFolder(), 'old.mjs');
    writeFileSync(
      preload,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } });`,
    );
    const done = await run(['--version'], {
      env: { NODE_OPTIONS: `--import ${pathToFileURL(preload).href}` },
    });
    expect(done.code).toBe(2);
    expect(envelopeOf(done).errorMessage).toContain('20.18.1');
  });
});

async function runWithKill(origin: string, onStart: (kill: (signal: NodeJS.Signals) => void) => void) {
  const done = await run(T2V_ARGS, { env: live(origin, { AIVIDEO_TIMEOUT_MS: '20000' }), onStart });
  return { code: done.code, envelope: envelopeOf(done) };
}
