import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../support/command.ts';
import { clientOf, open, T2V, tempFolder } from './support.ts';

const ENTRY = fileURLToPath(new URL('../../scripts/sandbox.mjs', import.meta.url));

function start(...flags: string[]) {
  const child = spawn(process.execPath, [ENTRY, ...flags]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    written.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    written.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number);
  return { child, written, ended };
}

async function started(...flags: string[]) {
  const command = start('--port', '0', ...flags);
  await Promise.race([once(command.child.stdout, 'data'), command.ended]);
  const { origin, key } = JSON.parse(command.written.stdout) as { origin: string; key: string };
  return { ...command, origin, key };
}

describe('the stand-alone command', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints its address, emulates the service, logs, and ends well on %s',
    async (signal) => {
      const { child, written, ended, origin, key } = await started('--speed', '1000');
      expect(written.stdout).toBe(`${JSON.stringify({ origin, key })}\n`);
      const { create, get } = clientOf(origin);
      const { taskId } = (await create(T2V, {}, key)).body;
      expect((await get(`tasks/${taskId}`, { key })).body.status).toMatch(/^(SUBMITTED|PROGRESS|COMPLETED)$/);
      child.kill(signal);
      expect(await ended).toBe(0);
      expect(written.stderr).toContain('POST /api/v1/generate/t2v 200');
      expect(written.stderr).not.toContain(key);
    },
  );

  it.each([
    [['--port', '65536'], '--port'],
    [['--port', 'x'], '--port'],
    [['--speed', '0'], '--speed'],
    [['--speed', 'Infinity'], '--speed'],
    [['--folder', ''], '--folder'],
    [['--folder'], '--folder'],
    [['--prot', '1'], '--prot'],
    [['8787'], '8787'],
  ])('refuses %j', async (flags, named) => {
    const { code, stdout, stderr } = await run(flags, { entry: ENTRY });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')[0]).toContain(named);
    expect(stderr).toContain('Usage:');
  });

  it('explains itself', async () => {
    const { code, stdout } = await run(['--help'], { entry: ENTRY });
    expect(code).toBe(0);
    expect(stdout).toContain('--folder');
  });

  it('says when its port is in use', async () => {
    const { origin } = await open();
    const { code, stderr } = await run(['--port', new URL(origin).port], { entry: ENTRY });
    expect(code).toBe(1);
    expect(stderr).toBe('The port is in use. Choose another with --port, or --port 0 for any free one.\n');
  });

  it('shares its tasks, and makes one of two that race for the same idempotency key', async () => {
    const folder = tempFolder();
    const servers = await Promise.all([started('--folder', folder), started('--folder', folder)]);
    const [one, two] = servers.map(({ origin }) => clientOf(origin)) as [
      ReturnType<typeof clientOf>,
      ReturnType<typeof clientOf>,
    ];
    for (let round = 0; round < 30; round++) {
      const guard = { 'idempotency-key': `race-${String(round).padStart(4, '0')}` };
      const answers = await Promise.all([one.create(T2V, guard), two.create(T2V, guard)]);
      expect(answers.map(({ body }) => body.idempotentReplay).sort()).toEqual([false, true]);
      expect(answers[0].body.taskId).toBe(answers[1].body.taskId);
    }
    expect(await one.balance()).toBe(1000 - 30 * 15);
    expect(await two.balance()).toBe(1000 - 30 * 15);
  });
});
