import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { envelopeOf, live, run, T2V, T2V_ARGS } from '../../support/command.ts';
import { PNG } from '../../support/media.ts';
import { refusal, service } from '../../support/service.ts';
import { runShell } from '../shell.ts';
import { commandIn, type Item, place, rowsOf } from './support.ts';

describe('a batch', () => {
  it('D2: makes a task for every line, saves each file under the number of its line, and reports every line', async () => {
    const { runBatch, charges, service, files, out } = await place(['a lighthouse', 'fog', 'waves']);
    const { code, envelope, batch, items, report } = await runBatch();
    expect(code).toBe(0);
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', taskId: null, errorCode: null });
    expect(batch).toEqual({
      ...{ total: 3, completed: 3, failed: 0, cancelled: 0, running: 0, notSubmitted: 0, unknown: 0 },
      ...{ charged: 45, chargedNow: 45, refunded: 0 },
    });
    expect([...service.charges.keys()].sort()).toEqual(['a lighthouse', 'fog', 'waves']);
    expect(charges()).toBe(3);
    expect(files()).toEqual(['1.mp4', '2.mp4', '3.mp4']);
    expect(items.map(({ line, name, status, file }) => [line, name, status, file])).toEqual(
      ['1', '2', '3'].map((name) => [Number(name), name, 'COMPLETED', path.join(out, `${name}.mp4`)]),
    );
    const [taskId] = service.charges.get('fog')!;
    expect(items[1]!.taskId).toBe(taskId);
    expect(report).toBe(path.join(out, 'ideas.report.jsonl'));
    const rows = rowsOf(report);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(rows[1]).toMatchObject({ name: '2', taskId, status: 'COMPLETED', ok: true, exitCode: 0 });
    expect(Object.keys(rows[1]!)).toEqual(
      expect.arrayContaining(['ok', 'status', 'taskId', 'data', 'errorCode', 'errorMessage', 'retryAfter']),
    );
  });

  it('says of a result that is lost that the same command does not bring it back, and what does', async () => {
    const { runBatch, charges, service, env, files, out } = await place(['fog', 'waves']);
    const { items } = await runBatch();
    rmSync(path.join(out, '1.mp4'));
    service.forget(items[0]!.taskId!);
    // A result is given up only some time after its end.
    const later = 'data:text/javascript,((now)=>(Date.now=()=>now()+3600_000))(Date.now)';
    const again = await runBatch([], { env: { ...env, NODE_OPTIONS: `--import ${later}` } });
    expect([again.code, again.envelope.errorCode]).toEqual([9, 'DOWNLOAD_FAILED']);
    expect(again.items[0]).toMatchObject({ line: 1, status: 'COMPLETED', resultGone: true, reused: true });
    const steps = again.nextSteps.join(' ');
    expect(steps).toContain('The result of line 1 is lost');
    expect(steps).not.toContain('The same command');
    const { data } = rowsOf(again.report)[0] as { data: { nextSteps: string[] } };
    expect(await runShell(commandIn(data.nextSteps.at(-1)!), { env })).toMatchObject({ code: 0 });
    expect(charges()).toBe(3);
    expect((await runBatch()).code).toBe(0);
    expect(files()).toEqual(['1.mp4', '2.mp4']);
  });

  it('no key in the environment is in the report, whichever service it is of', async () => {
    const OTHER = 'ak_other_canary_33c9d27a61';
    const { folder, file } = await place(['fog']);
    const server = await service({ submit: refusal(400, undefined, `no model for ${OTHER}`) });
    const env = live(server.origin, {
      APIDOT_API_KEY: OTHER,
      ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state'),
    });
    const rest = JSON.stringify({ aspectRatio: '16:9', duration: '5' });
    const done = await run(['--batch', file, '--model', 't2v', '--payload', rest], { cwd: folder, env });
    const { errorCode, data } = envelopeOf(done);
    expect([errorCode, done.stdout.includes(OTHER)]).toEqual(['INVALID_PAYLOAD', false]);
    const report = readFileSync(data.report as string, 'utf8');
    expect([report.includes('no model for'), report.includes(OTHER)]).toEqual([true, false]);
  });

  it('D1: run again is the same tasks, and its first of equal lines is the request of the single command', async () => {
    const { runBatch, charges, env, folder, files, out } = await place(['fog', T2V.prompt, 'fog']);
    const first = await runBatch();
    expect(charges()).toBe(3);
    expect(first.items[0]!.taskId).not.toBe(first.items[2]!.taskId);
    const again = await runBatch();
    expect(charges()).toBe(3);
    expect(again.items).toEqual(first.items.map((item) => ({ ...item, reused: true })));
    expect(again.batch).toMatchObject({ charged: 45, chargedNow: 0 });
    expect(again.stderr).toContain('3 of 3 done, 45 credits, 0 now');
    expect(again.nextSteps).toEqual([
      expect.stringContaining('by earlier runs for 45 credits in all; this run charged nothing. To make all'),
    ]);
    const single = envelopeOf(await run([...T2V_ARGS, '--wait', '10'], { cwd: folder, env }));
    expect(single.taskId).toBe(first.items[1]!.taskId);
    expect(single.data.reused).toBe(true);
    expect(charges()).toBe(3);
    const listed = envelopeOf(await run(['--action', 'listTasks'], { cwd: folder, env }));
    for (const { name, taskId, file } of first.items)
      expect(listed.data.tasks).toContainEqual(expect.objectContaining({ name, taskId, file }));
    // A deleted file comes back under its name.
    rmSync(path.join(out, '2.mp4'));
    await runBatch();
    expect(files()).toEqual(['1.mp4', '2.mp4', '3.mp4']);
    expect(charges()).toBe(3);
  });

  it('fault 32: the clock is set a day back or forward between two runs: the same tasks, nothing is charged again', async () => {
    const { runBatch, charges, env, folder } = await place(['fog', 'waves', 'fog']);
    const shifted = (days: number) => {
      const module = path.join(folder, `clock${days}.mjs`);
      writeFileSync(module, `const now = Date.now; Date.now = () => now() + ${days * 86_400_000};`);
      return { env: { ...env, NODE_OPTIONS: `--import ${pathToFileURL(module).href}` } };
    };
    // Submitted by a clock that is ahead; what follows seems to be before that.
    const made = await runBatch([], shifted(1), 0);
    expect([made.code, charges()]).toEqual([4, 3]);
    for (const options of [{}, shifted(-1), shifted(1)]) {
      const again = await runBatch([], options);
      expect(again.code).toBe(0);
      expect(again.items.map(({ taskId }) => taskId)).toEqual(made.items.map(({ taskId }) => taskId));
      expect(charges()).toBe(3);
    }
  });

  it('fault 77: a line added, removed or moved changes only itself; no file is overwritten', async () => {
    const { runBatch, charges, write, files, out } = await place(['fog', 'waves']);
    const first = await runBatch();
    const bytes = readFileSync(path.join(out, '1.mp4'));
    write(['rain', 'waves', 'fog', 'fog']);
    const second = await runBatch();
    expect(charges()).toBe(4);
    const taskOf = (items: Item[], line: number) => items.find((item) => item.line === line)!.taskId;
    expect(taskOf(second.items, 2)).toBe(taskOf(first.items, 2));
    expect(taskOf(second.items, 3)).toBe(taskOf(first.items, 1));
    // What was saved keeps its name; a new line whose number is taken gets a version behind it.
    expect(second.items.map(({ line, name }) => [line, name])).toEqual([
      [1, '1-v2'],
      [2, '2'],
      [3, '1'],
      [4, '4'],
    ]);
    expect(files()).toEqual(['1-v2.mp4', '1.mp4', '2.mp4', '4.mp4']);
    expect(readFileSync(path.join(out, '1.mp4'))).toEqual(bytes);
    write(['waves', 'fog']);
    const third = await runBatch();
    expect(charges()).toBe(4);
    expect(third.items.map(({ name }) => name)).toEqual(['2', '1']);
  });

  it('takes names, models, payloads and images from lines of JSON, and {n} in --output for the others', async () => {
    const { runBatch, service, files, folder, file, env, out } = await place([], 'shots.jsonl');
    writeFileSync(path.join(folder, 'cat.png'), PNG);
    const lines = [
      { name: 'cat', model: 'i2v', payload: { duration: '5' }, image: 'cat.png' },
      { payload: { prompt: 'fog', duration: '8' } },
    ];
    writeFileSync(file, `\uFEFF${lines.map((line) => JSON.stringify(line)).join('\r\n\r\n')}`);
    const wrong = await runBatch();
    expect(wrong.code).toBe(2);
    expect(wrong.issues.map(({ path }) => path)).toContain('line 1: payload.aspectRatio');
    const { prompt: _, ...more } = T2V;
    writeFileSync(
      file,
      lines
        .map((line, n) => JSON.stringify(n === 0 ? line : { payload: { ...more, ...line.payload } }))
        .join('\n'),
    );
    const ended = await run(
      [
        '--batch',
        file,
        '--model',
        't2v',
        '--output',
        path.join(out, 'shot-{n}.mp4'),
        '--pollInterval',
        '0.02',
      ],
      { cwd: folder, env },
    );
    expect(ended.code, ended.stdout).toBe(0);
    expect(files()).toEqual(['cat.mp4', 'shot-2.mp4']);
    const bodies = service.received
      .filter(({ path }) => path.includes('/generate/'))
      .map(({ path, body }) => [path, body]);
    expect(bodies.find(([path]) => path!.endsWith('/i2v'))![1]).toContain('"image":"data:image/png;base64,');
    expect(JSON.parse(bodies.find(([path]) => path!.endsWith('/t2v'))![1]!)).toMatchObject({
      prompt: 'fog',
      duration: '8',
    });
  });

  it('names every wrong line by number and field at once, and submits nothing', async () => {
    const { runBatch, service } = await place(
      ['{"payload":{"prompt":"fog"}}', 'no JSON', '{"name":"a","model":"t2w","payload":{"prompt":"b"}}'],
      'ideas.jsonl',
    );
    const { code, envelope, issues } = await runBatch();
    expect(code).toBe(2);
    expect(envelope).toMatchObject({
      ok: false,
      status: 'FAILED',
      taskId: null,
      errorCode: 'INVALID_PAYLOAD',
    });
    expect(envelope.errorMessage).toContain('2 lines are wrong; nothing was submitted');
    // What may be wrong with a line: test/cli/batch/reading.test.ts.
    const model = { path: 'line 3: model', hint: 'write "model":"t2v"' };
    expect(issues).toMatchObject([{ path: 'line 2' }, model]);
    expect(service.received).toEqual([]);
  });

  it('lines on standard input; createGeneration submits all and returns; the full command delivers them', async () => {
    const { env, folder, charges, out } = await place([]);
    const flags = ['--batch', '-', '--model', 't2v', '--download', out];
    const { prompt: _, ...rest } = T2V;
    const args = [...flags, '--payload', JSON.stringify(rest)];
    const input = 'fog\nwaves\n';
    const begun = await run([...args, '--action', 'createGeneration'], { env, cwd: folder, input });
    expect(begun.code).toBe(0);
    expect(envelopeOf(begun)).toMatchObject({ status: 'PROGRESS', data: { batch: { running: 2 } } });
    expect(charges()).toBe(2);
    expect((await run([...args, '--pollInterval', '0.02'], { env, cwd: folder, input })).code).toBe(0);
    expect(charges()).toBe(2);
    expect(readdirSync(out).sort()).toEqual(['1.mp4', '2.mp4', 'batch.report.jsonl']);
  });

  it('a second batch in the same folder, while the files of the first are not there yet: every line has a name of its own', async () => {
    const { runBatch, folder, file, charges, env, out } = await place(['fog', 'waves']);
    const { prompt: _, ...rest } = T2V;
    const shared = ['--model', 't2v', '--payload', JSON.stringify(rest), '--download', out];
    const submit = [...shared, '--batch', file, '--action', 'createGeneration'];
    expect((await run(submit, { cwd: folder, env })).code).toBe(0);
    const flags = [...shared, '--batch', '-'];
    const more = ['--pollInterval', '0.02', '--wait', '20'];
    const second = await run([...flags, ...more], { cwd: folder, env, input: 'rain\nsnow\n' });
    expect(second.code).toBe(0);
    const { items } = envelopeOf(second).data as unknown as { items: Item[] };
    expect(items.map(({ name }) => name)).toEqual(['1-v2', '2-v2']);
    expect((await runBatch()).items.map(({ name }) => name)).toEqual(['1', '2']);
    expect(charges()).toBe(4);
    expect(readdirSync(out).filter((one) => one.endsWith('.mp4'))).toHaveLength(4);
  });
});
