import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, T2V, tempFolder } from '../../support/command.ts';
import { runShell } from '../shell.ts';
import { commandIn, place, rowsOf } from './support.ts';

describe('a batch that is made again', () => {
  it('fault 47: into a folder that cannot be written to: refused, with the state of what was paid for', async () => {
    const { runBatch, write, charges, file } = await place(['fog', 'waves']);
    const into = ['--download', file];
    const before = await runBatch([], {}, 20, into);
    expect(before.envelope).toMatchObject({ status: 'FAILED', errorCode: 'INVALID_PAYLOAD' });
    expect(charges()).toBe(0);
    await runBatch();
    const ended = await runBatch([], {}, 20, into);
    expect(ended.envelope).toMatchObject({ status: 'COMPLETED', errorCode: 'INVALID_PAYLOAD' });
    write(['fog', 'waves', 'rain']);
    const longer = await runBatch([], {}, 20, into);
    expect(longer.envelope).toMatchObject({ status: 'PROGRESS', errorCode: 'INVALID_PAYLOAD' });
    expect(charges()).toBe(2);
  });

  it('--new asks for all again and says what that costs; the plain command then means the newest', async () => {
    const { runBatch, charges, files } = await place(['fog', 'waves']);
    const first = await runBatch();
    const second = await runBatch(['--new']);
    expect(second.code).toBe(0);
    // What the earlier tasks were charged is no part of it.
    expect(second.stderr).toMatch(/2 of 2 done, 30 credits$/m);
    expect(second.stderr).not.toMatch(/0 of 2 done.*credits/);
    expect(charges()).toBe(4);
    expect(second.warnings.join(' ')).toContain('30 credits');
    expect(second.items[0]!.taskId).not.toBe(first.items[0]!.taskId);
    expect(files()).toEqual(['1-v2.mp4', '1.mp4', '2-v2.mp4', '2.mp4']);
    const third = await runBatch();
    expect(charges()).toBe(4);
    expect(third.nextSteps[0]).toMatch(
      /^The run with --new that began on \S+Z made every line\. These are the newest tasks of the batch: a run with --new that began later submitted nothing\.$/,
    );
    // The earlier tasks cost as much again.
    expect(third.nextSteps[1]).toMatch(
      /^The newest tasks of all lines were submitted by earlier runs for 30 credits in all; this run charged nothing\./,
    );
    expect(third.items).toEqual(second.items.map((item) => ({ ...item, reused: true })));
  });

  it('equal lines after a single command: the one that it made is said to be its earlier result, once', async () => {
    const { runBatch, charges, env, folder, out } = await place(['fog', 'fog', 'fog']);
    const payload = JSON.stringify({ ...T2V, prompt: 'fog' });
    const alone = ['--model', 't2v', '--payload', payload, '--pollInterval', '0.02', '--download', out];
    expect((await run(alone, { cwd: folder, env })).code).toBe(0);
    const { warnings, items } = await runBatch();
    expect(charges()).toBe(3);
    expect(items.map((item) => 'reused' in item)).toEqual([true, false, false]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Earlier commands made line 1 \(on \d{4}-\S+Z\) for files of other names: what is here is the result of the earlier task, not another one\. To get another one, .*: add an equal line, or run .* alone .* with --new\.$/,
      ),
    ]);
    // From now on it is the batch that is resumed.
    expect((await runBatch()).warnings).toEqual([]);
  });

  it('a run with --new that ended in the middle: the plain command names the lines with earlier tasks, and how to make them', async () => {
    const { runBatch, service, charges, env } = await place(['a', 'b', 'c', 'd', 'e']);
    const before = await runBatch();
    service.refuses = { status: 402, errorCode: 'INSUFFICIENT_CREDITS', after: 5 + 3 };
    const stopped = await runBatch(['--new']);
    expect(stopped.code).toBe(5);
    expect(stopped.batch).toMatchObject({ completed: 3, notSubmitted: 2 });
    service.refuses = undefined;
    const lineOf = ({ items }: typeof before) => new Map(items.map(({ line, taskId }) => [line, taskId]));
    const mixed = await runBatch();
    expect(mixed.code).toBe(0);
    expect(charges()).toBe(8);
    const left = [...lineOf(mixed)].filter(([line, task]) => lineOf(before).get(line) === task);
    expect(left).toHaveLength(2);
    const numbers = left.map(([line]) => line).sort();
    const named = numbers[1] === numbers[0]! + 1 ? numbers.join('-') : numbers.join(', ');
    for (const { warnings } of [stopped, mixed])
      expect(warnings.join()).toContain(
        `did not make lines ${named} once more: their tasks are earlier ones`,
      );
    expect(mixed.nextSteps.join()).toContain(`To make lines ${named} once more too, with a new charge`);
    expect(stopped.nextSteps.join()).not.toContain('submits the');
    const rows = rowsOf(mixed.report) as unknown as { line: number; data: { nextSteps: string[] } }[];
    const { data } = rows.find(({ line }) => line === numbers[0])!;
    const command = commandIn(data.nextSteps.find((step) => step.includes('--new'))!);
    expect((await runShell(command, { env, cwd: tempFolder() })).code).toBe(0);
    expect(charges()).toBe(9);
    const again = await runBatch();
    expect(again.warnings.join()).toContain(
      `did not make line ${numbers[1]} once more: its task is an earlier one`,
    );
    expect(lineOf(again).get(numbers[0]!)).not.toBe(lineOf(mixed).get(numbers[0]!));
    expect(charges()).toBe(9);
  });

  it('a run with --new that ended in the middle: without a place each file stays where its own run wanted it, and one file of the rest makes the rest', async () => {
    const lines = ['a', 'b', 'c', 'd', 'e'];
    const { runBatch, service, charges, folder, out, write } = await place(lines);
    await runBatch();
    service.refuses = { status: 402, errorCode: 'INSUFFICIENT_CREDITS', after: 5 + 3 };
    const v2 = path.join(folder, 'v2');
    const run2 = (name: string, ...flags: string[]) =>
      runBatch(['--new', ...flags], {}, 20, ['--output', path.join(v2, `${name}-{n}`)]);
    await run2('new');
    service.refuses = undefined;
    const check = () => runBatch([], {}, 20, []);
    const foldersOf = ({ items }: Awaited<ReturnType<typeof check>>) =>
      new Map(items.map(({ line, file }) => [line, path.dirname(file!)]));
    const mixed = await check();
    expect(mixed.code).toBe(0);
    const left = [...foldersOf(mixed)].filter(([, where]) => where === out).map(([line]) => line);
    expect(left).toHaveLength(2);
    expect(readdirSync(v2).filter((one) => one.endsWith('.mp4'))).toHaveLength(3);
    expect(mixed.nextSteps.join()).toContain('copy these lines into a file of their own');
    write(left.sort().map((line) => lines[line - 1]!));
    expect((await run2('rest', '--maxTotalCredits', '30')).code).toBe(0);
    expect(charges()).toBe(10);
    write(lines);
    const whole = await check();
    expect(whole.warnings).toEqual([]);
    expect([...foldersOf(whole).values()]).toEqual(lines.map(() => v2));
    expect(charges()).toBe(10);
  });

  it('a line that is too long for a command is made again by a file of its own', async () => {
    const { runBatch, service, charges, env, write, out, files } = await place([`${'fog '.repeat(600)}`]);
    service.end = 'FAILED';
    const { nextSteps } = await runBatch();
    service.end = 'COMPLETED';
    const command = commandIn(nextSteps.find((step) => step.includes('--new'))!);
    expect(command).toContain(`--batch ${path.join(out, 'ideas.line-1.jsonl')}`);
    expect((await runShell(command, { env, cwd: tempFolder() })).code).toBe(0);
    expect(charges()).toBe(2);
    write([`${'fog '.repeat(600)}`, 'sea']);
    const again = await runBatch();
    expect(again.batch).toMatchObject({ completed: 2, chargedNow: 15 });
    expect(again.warnings).toEqual([]);
    expect(files()).toEqual(['1.mp4', '2.mp4']);
  });

  it('a name that another file has is refused by its line before anything is charged', async () => {
    const { runBatch, out, submits } = await place(
      ['{"name":"fog","payload":{"prompt":"fog"}}', '{"name":"sea","payload":{"prompt":"sea"}}'],
      'two.jsonl',
    );
    mkdirSync(out);
    writeFileSync(path.join(out, 'SEA.mp4'), 'mine');
    const { code, issues } = await runBatch();
    expect(code).toBe(2);
    expect(issues.map(({ path }) => path)).toEqual(['line 2: name']);
    expect(submits()).toEqual([]);
    expect(readFileSync(path.join(out, 'SEA.mp4'), 'utf8')).toBe('mine');
  });

  it('fault 47: names that other files get while the batch runs: each file is saved with a version, and stays there', async () => {
    const lines = ['{"name":"sea","payload":{"prompt":"sea"}}', '{"payload":{"prompt":"fog"}}'];
    const { runBatch, service, out, charges, files } = await place(lines, 'two.jsonl');
    service.onSubmit = () => {
      for (const name of ['sea.mp4', '2.mp4']) writeFileSync(path.join(out, name), 'mine');
    };
    const first = await runBatch();
    expect(first.code, first.stdout).toBe(0);
    expect(first.items.map(({ name }) => name)).toEqual(['sea-v2', '2-v2']);
    expect(files()).toEqual(['2-v2.mp4', '2.mp4', 'sea-v2.mp4', 'sea.mp4']);
    expect(readFileSync(path.join(out, 'sea.mp4'), 'utf8')).toBe('mine');
    expect(first.warnings).toEqual([
      'Lines 1-2: their names belong to other files, which stay as they are. So a version follows each name, as in sea-v2.',
    ]);
    expect((await runBatch()).items).toEqual(first.items.map((item) => ({ ...item, reused: true })));
    expect(files()).toHaveLength(4);
    expect(charges()).toBe(2);
  });

  it('a failed line is made again by its own command alone, and the batch takes its result over', async () => {
    const { runBatch, service, charges, write, env, out, files } = await place(['', "it's b"]);
    service.end = 'FAILED';
    await runBatch();
    service.end = 'COMPLETED';
    write(['a', "it's b", 'c']);
    const { code, batch, nextSteps, report, envelope } = await runBatch();
    expect(code).toBe(1);
    expect(batch).toMatchObject({ completed: 2, failed: 1, charged: 45, chargedNow: 30 });
    expect(envelope.errorMessage).toContain('submitted 2 of 3 lines (30 credits)');
    expect(charges()).toBe(3);
    const row = rowsOf(report)[1]!.data as { nextSteps: string[] };
    for (const steps of [nextSteps, row.nextSteps]) expect(steps.join('\n')).not.toMatch(/--batch.*--new/);
    const command = commandIn(nextSteps.find((step) => step.includes('--new'))!);
    expect(commandIn(row.nextSteps.find((step) => step.includes('--new'))!)).toBe(command);
    expect(command).toContain(`--output ${path.join(out, '2')}`);
    expect((await runShell(command, { env, cwd: tempFolder() })).code).toBe(0);
    expect(charges()).toBe(4);
    const again = await runBatch();
    expect(again.code).toBe(0);
    expect(again.batch).toMatchObject({ completed: 3, chargedNow: 0 });
    expect(charges()).toBe(4);
    expect(files()).toEqual(['1.mp4', '2.mp4', '3.mp4']);
  });

  it('of two equal lines, the advice for the second says that its command counts for the first', async () => {
    const { runBatch, service } = await place(['a', 'a']);
    service.end = 'FAILED';
    const rows = rowsOf((await runBatch()).report) as unknown as { data: { nextSteps: string[] } }[];
    const [first, second] = rows.map(({ data }) => data.nextSteps.join(' '));
    expect(first).not.toContain('equals an earlier one');
    expect(second).toContain('equals an earlier one');
  });

  it('two runs with --new: the paid tasks of the first, of which no file is saved, are said and listed until they are fetched', async () => {
    const { runBatch, service, charges, env, folder, files } = await place(['a', 'b', 'c']);
    service.isBusy = true;
    service.refuses = { status: 402, errorCode: 'INSUFFICIENT_CREDITS', after: 2 };
    const first = await runBatch(['--new'], {}, 1);
    const paid = first.items.flatMap(({ line, taskId }) => (taskId ? [{ line, taskId }] : []));
    expect(paid).toHaveLength(2);
    service.refuses = undefined;
    const numbers = paid.map(({ line }) => line).sort();
    const named = numbers[1] === numbers[0]! + 1 ? numbers.join('-') : numbers.join(', ');
    for (const flags of [['--new'], []]) {
      const { warnings, nextSteps, items } = await runBatch(flags, {}, 1);
      expect(items.map(({ taskId }) => taskId)).not.toContain(paid[0]!.taskId);
      expect(warnings.join()).toContain(`2 earlier tasks of lines ${named} have no whole result here`);
      const { stdout } = await runShell(nextSteps.find((step) => step.includes('listPending'))!, {
        env,
        cwd: folder,
      });
      for (const { taskId } of paid) expect(stdout).toContain(taskId);
    }
    service.isBusy = false;
    const all = ['--action', 'waitTask', '--all', '--wait', '20', '--pollInterval', '0.02'];
    expect((await run(all, { env, cwd: folder })).code).toBe(0);
    expect((await runBatch()).warnings.join()).not.toContain('earlier task');
    expect(files()).toHaveLength(5);
    expect(charges()).toBe(5);
  });
});
