import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { envelopeOf, run, T2V, T2V_ARGS, tempFolder } from '../../support/command.ts';
import { runShell } from '../shell.ts';
import { place } from './support.ts';

describe('--output', () => {
  const single = (folder: string) => [
    ...T2V_ARGS,
    '--wait',
    '10',
    '--output',
    path.join(folder, 'clips', 'dawn.mp4'),
  ];

  it('D3: the file is under that name, again and again, and waitTask remembers it', async () => {
    const { env, folder, charges } = await place([]);
    const file = path.join(folder, 'clips', 'dawn.mp4');
    const begin = ['--model', 't2v', '--payload', JSON.stringify(T2V), '--action', 'createGeneration'];
    const begun = await run([...begin, '--output', file], { env, cwd: folder });
    const waits = ['--action', 'waitTask', '--taskId', envelopeOf(begun).taskId!, '--pollInterval', '0.02'];
    expect(envelopeOf(await run(waits, { env, cwd: folder })).data.files).toMatchObject([{ path: file }]);
    expect(readdirSync(path.join(folder, 'clips'))).toEqual(['dawn.mp4']);
    const again = envelopeOf(await run(single(folder), { env, cwd: folder }));
    expect(again.data).toMatchObject({ reused: true, files: [{ path: file }] });
    rmSync(file);
    const waited = await run(waits, { env, cwd: folder });
    expect(envelopeOf(waited).data.files).toMatchObject([{ path: file }]);
    // Another name is a copy of the same result.
    const other = [...T2V_ARGS, '--output', 'other.mp4'];
    expect(envelopeOf(await run(other, { env, cwd: folder })).data.files).toMatchObject([
      { path: path.join(folder, 'other.mp4') },
    ]);
    expect(charges()).toBe(1);
  });

  it('another kind of file is saved with its own extension, and that is said', async () => {
    const { env, folder } = await place([]);
    const { code, ...ended } = await run([...T2V_ARGS, '--output', 'dawn.mov'], { env, cwd: folder });
    expect(code).toBe(0);
    const { data } = envelopeOf({ code, ...ended });
    expect(data.files).toMatchObject([{ path: path.join(folder, 'dawn.mp4') }]);
    expect(data.warnings).toEqual([
      'dawn.mov was asked for; the file is saved as dawn.mp4, by what it contains.',
    ]);
  });

  it('fault 47: a paid result whose new name is taken: the copy, a free name, and no advice to charge', async () => {
    const { env, folder, charges } = await place([]);
    expect((await run([...T2V_ARGS, '--output', 'first.mp4'], { env, cwd: folder })).code).toBe(0);
    writeFileSync(path.join(folder, 'dawn.mp4'), 'mine');
    const taken = await run([...T2V_ARGS, '--output', 'dawn.mp4'], { env, cwd: folder });
    expect(taken.code, taken.stdout).toBe(9);
    const { data } = envelopeOf(taken);
    expect(data.copy).toBe(path.join(folder, 'first.mp4'));
    const steps = data.nextSteps as string[];
    expect(steps.join(' ')).not.toContain('--new');
    const resume = steps.find((step) => step.startsWith('node '))!;
    expect((await runShell(resume, { env, cwd: tempFolder() })).code).toBe(0);
    expect(readFileSync(path.join(folder, 'dawn-v2.mp4'))).toEqual(
      readFileSync(path.join(folder, 'first.mp4')),
    );
    expect(readFileSync(path.join(folder, 'dawn.mp4'), 'utf8')).toBe('mine');
    expect(charges()).toBe(1);
  });

  it('{n} in --output needs a batch', async () => {
    const refused = await run([...T2V_ARGS, '--sandbox', '--output', 'line-{n}']);
    expect(refused.code).toBe(2);
    expect(envelopeOf(refused).data.issues).toMatchObject([{ path: '--output', received: '{n}' }]);
  });

  it('spending falls back to the journal, and says so, where the list cannot be read', async () => {
    const { env, folder, service } = await place([]);
    await run([...T2V_ARGS, '--output', 'first.mp4'], { env, cwd: folder });
    service.listStatus = 503;
    const spent = await run(['--action', 'spending'], {
      env: { ...env, AIVIDEO_MAX_RETRIES: '0' },
      cwd: folder,
    });
    expect(spent.code, spent.stdout).toBe(0);
    const { data } = envelopeOf(spent);
    expect(data.total).toMatchObject({ tasks: 1, charged: 15 });
    expect((data.warnings as string[]).join(' ')).toContain('could not be read');
  });

  it('fault 47: a file that is there already is refused before anything is charged', async () => {
    const { env, folder, submits } = await place([]);
    writeFileSync(path.join(folder, 'dawn.mp4'), 'mine');
    const { code, ...ended } = await run([...T2V_ARGS, '--output', 'dawn.mp4'], { env, cwd: folder });
    expect(code).toBe(2);
    const { data } = envelopeOf({ code, ...ended });
    expect(data.issues).toMatchObject([{ path: '--output' }]);
    expect(submits()).toEqual([]);
    const command = (data.nextSteps as string[]).find((step) => step.startsWith('node '))!;
    expect((await runShell(command, { env, cwd: tempFolder() })).code).toBe(0);
    expect(readdirSync(folder)).toContain('dawn-v2.mp4');
    expect(submits()).toHaveLength(1);
    expect(readFileSync(path.join(folder, 'dawn.mp4'), 'utf8')).toBe('mine');
  });

  it.each(['out/', 'a/CON'])('fault 57: %s is no file name', async (name) => {
    const { code, ...ended } = await run([...T2V_ARGS, '--sandbox', '--output', name]);
    expect(code).toBe(2);
    expect(envelopeOf({ code, ...ended }).data.issues).toMatchObject([{ path: '--output' }]);
  });
});
