import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { ENTRY, envelopeOf, live, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { commandIn } from '../support/expect.ts';
import { service, states, TASK } from '../support/service.ts';

/** The environment that loads a few lines of code before the program. */
function preloading(code: string): { NODE_OPTIONS: string } {
  const file = path.join(tempFolder(), 'preload.mjs');
  writeFileSync(file, code);
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` };
}

/** Throws, out of any context, when the process gets SIGUSR2. */
const ON_SIGNAL = {
  thrown: `process.on('SIGUSR2', () => { throw new TypeError('planted'); });`,
  rejected: `process.on('SIGUSR2', () => { Promise.reject(new TypeError('planted')); });`,
};

describe('fault 41: a bug of ours', () => {
  it.each(Object.entries(ON_SIGNAL))(
    '%s while a task is waited for: one document with the task, exit code 70, and an end at once',
    async (_, code) => {
      const server = await service({ status: states('PROGRESS') });
      const start = performance.now();
      const done = await run(T2V_ARGS, {
        env: { ...live(server.origin), ...preloading(code) },
        onStderr: (text, kill) => text.includes('PROGRESS') && kill('SIGUSR2'),
      });
      expect(done.code).toBe(EXIT.bug);
      const { data, ...envelope } = envelopeOf(done);
      expect(envelope).toMatchObject({
        ok: false,
        status: 'PROGRESS',
        taskId: TASK,
        errorCode: 'UNKNOWN_ERROR',
      });
      expect(envelope.errorMessage).toContain('TypeError: planted');
      expect(commandIn(data)).toContain(`--action waitTask --taskId ${TASK}`);
      expect(data.where).not.toHaveLength(0);
      // Not the ten minutes that it would have waited.
      expect(performance.now() - start).toBeLessThan(60_000);
    },
  );

  it('while a submit is under way: its outcome is unknown, and the list is named', async () => {
    let kill = (_: NodeJS.Signals): void => {};
    const server = await service({ submit: () => kill('SIGUSR2') as undefined });
    const env = { ...live(server.origin, { AIVIDEO_TIMEOUT_MS: '20000' }), ...preloading(ON_SIGNAL.thrown) };
    const done = await run(T2V_ARGS, { env, onStart: (how) => (kill = how) });
    expect(done.code).toBe(EXIT.bug);
    const { data, ...envelope } = envelopeOf(done);
    expect(envelope).toMatchObject({ ok: false, status: 'UNKNOWN', taskId: null });
    expect(data.nextSteps).toContainEqual(expect.stringMatching(/--action listTasks$/));
  });

  it('before anything is sent: nothing was submitted', async () => {
    const server = await service();
    const code = `process.getBuiltinModule('node:crypto').randomUUID = () => { throw new RangeError('planted \\u001b[2J'); };`;
    const done = await run(T2V_ARGS, { env: { ...live(server.origin), ...preloading(code) } });
    expect(done.code).toBe(EXIT.bug);
    expect(envelopeOf(done)).toMatchObject({
      ok: false,
      status: 'FAILED',
      taskId: null,
      errorCode: 'UNKNOWN_ERROR',
    });
    expect(server.received).toHaveLength(0);
  });

  it('after the answer: the answer stands, and the exit code says that something was wrong', async () => {
    const server = await service();
    const code = `process.once('beforeExit', () => { throw new Error('planted'); });`;
    const done = await run(['--action', 'account'], { env: { ...live(server.origin), ...preloading(code) } });
    expect(done.code).toBe(EXIT.bug);
    expect(envelopeOf(done)).toMatchObject({ ok: true, data: { currentBalance: 415 } });
  });
});

it('fault 41: a part that is missing is one document too', async () => {
  const entry = path.join(tempFolder(), 'run-workflow.mjs');
  copyFileSync(ENTRY, entry);
  const done = await run(['--version'], { entry });
  expect(done.code).toBe(EXIT.bug);
  expect(envelopeOf(done).errorMessage).toContain('main.mjs');
});

it('fault 42: an old Node, whatever is asked of it, gets one document in one line', async () => {
  for (const node of ['12.22.0', '18.20.4', '20.18.0']) {
    const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } });`;
    const done = await run(T2V_ARGS, { env: preloading(code) });
    expect(done.code).toBe(EXIT.badInput);
    expect(done.stdout.trimEnd()).not.toContain('\n');
    expect(done.stderr).toBe('');
    expect(envelopeOf(done)).toMatchObject({
      ok: false,
      status: 'FAILED',
      taskId: null,
      errorCode: 'UNKNOWN_ERROR',
    });
    expect(envelopeOf(done).errorMessage).toBe(`Node 20.18.1 or newer is needed; this is ${node}.`);
  }
  const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.1' } });`;
  expect((await run(['--version'], { env: preloading(code) })).code).toBe(0);
});

it('a run that fails after its answer adds no second document', async () => {
  const folder = tempFolder();
  const entry = path.join(folder, 'run-workflow.mjs');
  copyFileSync(ENTRY, entry);
  mkdirSync(path.join(folder, 'lib'));
  const code = `export async function main() { process.stdout.write('{}\\n'); throw new Error('planted'); }`;
  writeFileSync(path.join(folder, 'lib', 'main.mjs'), code);
  const done = await run(['--version'], { entry, node: process.execPath });
  expect([done.code, done.stdout]).toEqual([1, '{}\n']);
  expect(done.stderr).toContain('planted');
});
