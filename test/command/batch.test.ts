// Batches by the built program, against a service that keeps a ledger of its charges.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { type Ledger, ledger } from '../kill/ledger.ts';
import {
  CANARY,
  envelopeOf,
  live,
  type RunOptions,
  run,
  T2V,
  T2V_ARGS,
  tempFolder,
} from '../support/command.ts';
import { PNG } from '../support/media.ts';
import { refusal, service } from '../support/service.ts';
import { runShell } from './shell.ts';

interface Item {
  line: number;
  name: string;
  taskId: string | null;
  status: string | null;
  file: string | null;
  errorCode: string | null;
}

/** A folder with a batch file, and a service that charges for its lines. */
async function place(lines: readonly string[], name = 'ideas.txt') {
  const service: Ledger = await ledger();
  const folder = tempFolder();
  const file = path.join(folder, name);
  const out = path.join(folder, 'out');
  const write = (next: readonly string[]) => writeFileSync(file, `${next.join('\n')}\n`);
  write(lines);
  const { prompt: _, ...rest } = T2V;
  const env = live(service.origin, { ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state') });
  const runBatch = async (flags: readonly string[] = [], options: RunOptions = {}, wait = 20) => {
    const defaults = ['--model', 't2v', '--payload', JSON.stringify(rest), '--pollInterval', '0.02'];
    const place = ['--wait', String(wait), '--download', out];
    const all = ['--batch', file, ...defaults, ...place, ...flags];
    const ended = await run(all, { cwd: folder, env, ...options });
    const envelope = envelopeOf(ended);
    const {
      batch,
      items,
      report,
      nextSteps = [],
      issues = [],
      warnings = [],
    } = envelope.data as unknown as {
      batch: Record<string, number | null>;
      items: Item[];
      report: string;
      nextSteps?: string[];
      issues?: { path: string; hint: string }[];
      warnings?: string[];
    };
    return { ...ended, envelope, batch, items, report, nextSteps, issues, warnings };
  };
  const submits = () =>
    service.received.filter(({ method, path }) => method === 'POST' && !path.includes('/quote/'));
  const charges = () => [...service.charges.values()].flat().length;
  const files = () =>
    readdirSync(out)
      .filter((one) => one.endsWith('.mp4'))
      .sort();
  return { service, folder, file, out, env, write, runBatch, submits, charges, files };
}

/** Returns the command inside a sentence. */
const commandIn = (step: string): string => step.slice(step.indexOf('node '));

const APIDOT_PAYLOAD = '{"size":"1:1"}';

const rowsOf = (report: string): JsonObject[] =>
  readFileSync(report, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);

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
      expect.stringContaining(': 45 credits for all lines, 0 of them charged by this run. To make all'),
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
      [
        '{"payload":{"prompt":"fog"}}',
        '{"payload":{"prompt":"fog","duration":5}}',
        'no JSON',
        '{"prompt":"fog"}',
        '{"name":"../x","payload":{"prompt":"fog"}}',
        '{"name":"A","payload":{"prompt":"a"}}',
        '{"name":"a","payload":{"prompt":"b"}}',
        '{"name":"a","model":"t2w","payload":{"prompt":"b"}}',
        '{"image":"none.png","model":"i2v","payload":{"duration":"5","aspectRatio":"16:9"}}',
      ],
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
    expect(envelope.errorMessage).toContain('7 lines are wrong; nothing was submitted');
    expect(issues.map(({ path }) => path)).toEqual([
      'line 2: payload.duration',
      'line 3',
      'line 4: prompt',
      'line 4: payload.prompt',
      'line 5: name',
      'lines 7-8: name',
      'line 8: model',
      'line 9: image',
    ]);
    expect(issues.find(({ path }) => path === 'line 8: model')!.hint).toBe('write "model":"t2v"');
    expect(service.received).toEqual([]);
  });

  it('the caps are asked for first, and nothing is submitted above them; what is charged already counts nothing', async () => {
    const { runBatch, write, charges, submits } = await place(['fog', 'waves']);
    const over = await runBatch(['--maxTotalCredits', '29']);
    expect(over.code).toBe(5);
    expect(over.envelope).toMatchObject({ status: 'FAILED', errorCode: 'BUDGET_EXCEEDED' });
    expect(over.batch).toMatchObject({ notSubmitted: 2, completed: 0, charged: null });
    expect(over.envelope.errorMessage).toContain('30 credits');
    // The very same command would be refused again.
    expect(over.nextSteps.filter((step) => step.startsWith('node '))).toEqual([]);
    const each = await runBatch(['--maxCredits', '14']);
    expect(each.code).toBe(5);
    expect(each.envelope.errorMessage).toContain('--maxCredits 14');
    expect(submits()).toEqual([]);
    const within = await runBatch(['--maxTotalCredits', '30', '--maxCredits', '15']);
    expect(within.code).toBe(0);
    expect(charges()).toBe(2);
    // One more line: the limit is for what is not charged yet.
    write(['fog', 'waves', 'rain']);
    const more = await runBatch(['--maxTotalCredits', '15']);
    expect(more.code).toBe(0);
    expect(charges()).toBe(3);
    write(['fog', 'waves', 'rain', 'snow']);
    const last = await runBatch(['--maxTotalCredits', '14']);
    expect(last.code).toBe(5);
    // What is paid is delivered all the same.
    expect(last.batch).toMatchObject({ completed: 3, notSubmitted: 1 });
    expect(last.items[0]).toMatchObject({ line: 4, errorCode: 'BUDGET_EXCEEDED', taskId: null });
    expect(last.nextSteps[0]).toMatch(
      /^Ask the user for --maxTotalCredits 15 .*only the new charges of this run.* 45 credits were charged before for the other lines/,
    );
    expect(charges()).toBe(3);
  });

  it('fault 78: credits end in the middle: no more is submitted, what is paid is delivered, the same command goes further', async () => {
    const { runBatch, service, charges, submits, files } = await place([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'g',
      'h',
      'i',
      'j',
      'k',
      'l',
    ]);
    service.refuses = { status: 402, errorCode: 'INSUFFICIENT_CREDITS', after: 3 };
    const short = await runBatch();
    expect(short.code).toBe(5);
    expect(short.envelope).toMatchObject({ ok: false, status: 'FAILED', errorCode: 'INSUFFICIENT_CREDITS' });
    expect(short.batch).toMatchObject({ total: 12, completed: 3, notSubmitted: 9 });
    expect(short.envelope.errorMessage).toContain('submitted 3 of 12 lines (45 credits); 9 have no task');
    // Only those that were on their way meet the refusal too.
    expect(submits().length).toBeLessThanOrEqual(3 + 4);
    expect(files()).toHaveLength(3);
    expect(short.nextSteps.some((step) => step.startsWith('node '))).toBe(true);
    service.refuses = undefined;
    const rest = await runBatch();
    expect(rest.code).toBe(0);
    expect(charges()).toBe(12);
    expect(files()[0]).toBe('01.mp4');
  });

  it('a refused key ends all submits at once', async () => {
    const { runBatch, service, submits } = await place(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    service.refusesKey = true;
    const { code, envelope, batch, nextSteps } = await runBatch();
    expect(code).toBe(3);
    expect(envelope).toMatchObject({ status: 'FAILED', errorCode: 'AUTH_FAILED' });
    expect(batch).toMatchObject({ notSubmitted: 8 });
    expect(submits().length).toBeLessThanOrEqual(4);
    // The word about the key comes before the command that cannot do without it.
    expect(nextSteps[0]).toMatch(
      /^AIVideoMaker refused the key in AIVIDEO_API_KEY \(fingerprint \w+\)\. Check it/,
    );
    expect(nextSteps.at(-1)).toMatch(/^node .*--batch/);
    expect(nextSteps.at(-2)).toContain('It submits the 8 that have none, which is charged.');
  });

  it('fault 15: a 429 with Retry-After holds every submit back, and all of them get through', async () => {
    const { runBatch, service, charges } = await place(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    const times: number[] = [];
    // The first is refused at once; the others that are under way are accepted a little later.
    service.script.push('delay', 'delay', 'delay');
    service.onSubmit = () => {
      times.push(Date.now());
      const isFirst = times.length === 1;
      service.refuses = isFirst
        ? { status: 429, errorCode: 'RATE_LIMITED', after: 0, retryAfter: 3 }
        : undefined;
    };
    const { code } = await runBatch();
    expect(code).toBe(0);
    expect(charges()).toBe(8);
    expect(times).toHaveLength(9);
    expect(times.filter((time) => time - times[0]! < 2_900).length).toBeLessThanOrEqual(5);
  });

  it('fault 2: answers that are lost are found in the list: one charge for each line', async () => {
    const { runBatch, service, charges } = await place(['a', 'b', 'c', 'd', 'a']);
    service.script.push('reset', 'truncate', 'none', 'reset', 'reset');
    const { code, batch, items } = await runBatch();
    expect(code).toBe(0);
    expect(batch).toMatchObject({ completed: 5 });
    expect(charges()).toBe(5);
    expect(new Set(items.map(({ taskId }) => taskId)).size).toBe(5);
  });

  it('fault 37: interrupted, it says and reports what is known; the same command makes the rest', async () => {
    const { runBatch, service, charges } = await place(['a', 'b', 'c']);
    service.isBusy = true;
    let isSent = false;
    const stopped = await runBatch([], {
      onStderr: (text, kill) => {
        if (isSent || !text.includes('SUBMITTED')) return;
        isSent = true;
        kill('SIGINT');
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.envelope).toMatchObject({ status: 'PROGRESS', data: { interruptedBy: 'SIGINT' } });
    const { running, notSubmitted, unknown } = stopped.batch;
    // A submit that was on its way got its answer.
    expect([running! + notSubmitted!, unknown]).toEqual([3, 0]);
    expect(running).toBe(charges());
    expect(stopped.nextSteps.some((step) => step.startsWith('node '))).toBe(true);
    const rows = rowsOf(stopped.report);
    expect(rows.filter(({ taskId }) => taskId !== null)).toHaveLength(running!);
    expect(rows).toHaveLength(3);
    service.isBusy = false;
    expect((await runBatch()).code).toBe(0);
    expect(charges()).toBe(3);
  });

  it('out of time, with a service whose states cannot be read: the answer says why', async () => {
    const { runBatch, service, env } = await place(['a', 'b']);
    Object.assign(service, { listStatus: 503, pollStatus: 503 });
    const { code, envelope } = await runBatch([], { env: { ...env, AIVIDEO_MAX_RETRIES: '0' } }, 3);
    expect(code).toBe(4);
    expect((envelope.data.lastPollError as JsonObject).errorMessage).toContain('503');
  });

  it('a file that is changed while it runs: what was checked is submitted, the rest by the same command', async () => {
    const { runBatch, service, charges, write, submits } = await place(['a', 'b', 'c', 'd', 'e', 'f']);
    service.onSubmit = () => {
      if (submits().length === 1) write(['a', 'b', 'c', 'd', 'E', 'F']);
    };
    const { code, envelope, nextSteps } = await runBatch();
    expect(code).toBe(2);
    expect(envelope.errorMessage).toContain('submitted 4 of 6 lines (60 credits)');
    expect(nextSteps.join()).not.toContain('Nothing was submitted');
    expect(nextSteps.some((step) => step.startsWith('node '))).toBe(true);
    expect((await runBatch()).code).toBe(0);
    expect([...service.charges.keys()].sort().join('')).toBe('EFabcd');
    expect(charges()).toBe(6);
  });

  it('out of time: exit code 4 and the same command, which charges nothing and delivers them', async () => {
    const { runBatch, service, charges, file } = await place(['a', 'b', 'c']);
    service.isBusy = true;
    const waiting = await runBatch([], {}, 1);
    expect(waiting.code).toBe(4);
    expect(waiting.envelope).toMatchObject({ ok: true, status: 'PROGRESS', errorCode: null });
    expect(waiting.batch).toMatchObject({ total: 3, running: 3 });
    expect(waiting.nextSteps.find((step) => step.startsWith('node '))).toContain(file);
    service.isBusy = false;
    expect((await runBatch()).code).toBe(0);
    expect(charges()).toBe(3);
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
      /^The run with --new that began on \S+Z made every line\. These are the newest tasks of the batch\.$/,
    );
    expect(third.nextSteps[1]).toContain('30 credits for all lines, 0 of them');
    expect(third.items).toEqual(second.items.map((item) => ({ ...item, reused: true })));
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
    const again = await runBatch();
    expect(again.items).toEqual(first.items.map((item) => ({ ...item, reused: true })));
    expect(files()).toHaveLength(4);
    expect(charges()).toBe(2);
  });

  it('failed tasks: exit code 1, their refund in the sums, and no charge when it is run again', async () => {
    const { runBatch, service, charges } = await place(['a', 'b']);
    service.end = 'FAILED';
    const { code, envelope, batch, items } = await runBatch();
    expect(code).toBe(1);
    expect(envelope).toMatchObject({ ok: false, status: 'FAILED', errorCode: 'GENERATION_FAILED' });
    expect(batch).toMatchObject({ failed: 2, charged: 30, refunded: 30 });
    expect(items[0]).toMatchObject({ status: 'FAILED', file: null, errorCode: 'GENERATION_FAILED' });
    expect((await runBatch()).code).toBe(1);
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

  it('fault 2: a line whose outcome is not known is made again by its own command alone', async () => {
    const { runBatch, service, charges, env } = await place(['a', 'b']);
    service.script.push('reset');
    service.hidesTasks = true;
    const lost = await runBatch(['--maxTotalCredits', '30'], {}, 3);
    expect(lost.code).toBe(7);
    expect(lost.batch).toMatchObject({ unknown: 1, completed: 1 });
    // As of a single request: first what finds out, and when; then what may charge once more.
    expect(lost.nextSteps[0]).toBe(
      `Run this command after ${lost.envelope.retryAfter} seconds, without --new. It resumes every line, and charges nothing for those that have a task. It reconciles the 1 whose outcome is not known, and never submits while that may charge twice.`,
    );
    expect(lost.nextSteps[1]).toMatch(/^node .*--batch .*--maxTotalCredits 30/);
    expect(lost.nextSteps.slice(2).join()).toContain('--action listTasks');
    expect(lost.stderr).toContain('1 of unknown outcome');
    expect(lost.stderr).not.toContain('failed');
    expect(charges()).toBe(2);
    const step = lost.nextSteps.find((one) => one.includes('node ') && one.includes('--new'))!;
    const command = commandIn(step);
    expect(command).not.toMatch(/--batch|--maxTotalCredits/);
    expect(command).toContain('--maxCredits 15 ');
    expect((await runShell(command, { env, cwd: tempFolder() })).code).toBe(0);
    expect(charges()).toBe(3);
    const again = await runBatch();
    expect(again.code).toBe(0);
    expect(charges()).toBe(3);
  });

  it('APIDot: a doubtful line has its own command, and no other line is charged again', async () => {
    const { service, charges, folder, file, out } = await place(['a', 'b', 'c']);
    const env = {
      ...{ APIDOT_API_KEY: 'ak_apidot', APIDOT_BASE_URL: service.origin },
      ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state'),
    };
    service.script.push('reset');
    const args = ['--provider', 'apidot', '--batch', file, '--model', 'z-image', '--payload', APIDOT_PAYLOAD];
    const all = [...args, '--pollInterval', '0.02', '--output', path.join(out, 'p-{n}')];
    const lost = await run(all, { env, cwd: folder });
    expect(lost.code, lost.stdout).toBe(7);
    const data = envelopeOf(lost).data as unknown as { nextSteps: string[]; report: string };
    expect(charges()).toBe(3);
    expect(JSON.stringify([data, readFileSync(data.report, 'utf8')])).not.toContain("p-{n}' --new");
    const step = data.nextSteps.find((one) => one.includes('--new'))!;
    expect(data.nextSteps.filter((one) => /--batch.*--new/.test(one))).toEqual([]);
    for (const row of rowsOf(data.report)) expect(JSON.stringify(row)).not.toContain('{n}');
    expect((await runShell(commandIn(step), { env, cwd: tempFolder() })).code).toBe(0);
    expect(charges()).toBe(4);
    expect((await run(all, { env, cwd: folder })).code).toBe(0);
    expect(charges()).toBe(4);
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
    const ended = await run([...args, '--pollInterval', '0.02'], { env, cwd: folder, input });
    expect(ended.code).toBe(0);
    expect(charges()).toBe(2);
    expect(readdirSync(out).sort()).toEqual(['1.mp4', '2.mp4', 'batch.report.jsonl']);
  });

  it('--new says on standard error what it costs, before the first submit', async () => {
    const { runBatch } = await place(['fog', 'waves']);
    await runBatch();
    const { stderr } = await runBatch(['--new']);
    const said = '--new asks for all 2 lines once more: a new charge (30 credits for all lines)';
    expect(stderr).toContain(said);
    expect(stderr.indexOf(said)).toBeLessThan(stderr.indexOf('SUBMITTED'));
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
    const first = await runBatch();
    expect(first.items.map(({ name }) => name)).toEqual(['1', '2']);
    expect(charges()).toBe(4);
    expect(readdirSync(out).filter((one) => one.endsWith('.mp4'))).toHaveLength(4);
  });

  it('with APIDot, which has no list and no quote: a task and a file for every line', async () => {
    const { service, folder, charges, out } = await place([]);
    const env = {
      APIDOT_BASE_URL: service.origin,
      APIDOT_API_KEY: CANARY,
      ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state'),
    };
    const flags = ['--provider', 'apidot', '--batch', '-', '--model', 'gpt-image-2', '--download', out];
    const more = ['--pollInterval', '0.02', '--wait', '20'];
    const runHere = () => run([...flags, ...more], { cwd: folder, env, input: 'rain\nsnow\nrain\n' });
    const ended = await runHere();
    expect(ended.code, ended.stdout).toBe(0);
    expect(envelopeOf(ended).data.batch).toMatchObject({ total: 3, completed: 3 });
    expect(readdirSync(out).filter((one) => !one.endsWith('.jsonl'))).toHaveLength(3);
    expect((await runHere()).code).toBe(0);
    expect(charges()).toBe(3);
  });

  it('with APIDot, --maxCredits is held against the estimate of every line before the first submit', async () => {
    const { service, folder, charges } = await place([]);
    const env = {
      APIDOT_BASE_URL: service.origin,
      APIDOT_API_KEY: CANARY,
      ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state'),
    };
    const cheap = { model: 'gpt-image-2', payload: { prompt: 'fog', resolution: '1K' } };
    const dear = { model: 'seedance-2', payload: { prompt: 'fog', duration: 5, resolution: '720p' } };
    writeFileSync(
      path.join(folder, 'two.jsonl'),
      [cheap, dear].map((line) => JSON.stringify(line)).join('\n'),
    );
    const flags = ['--provider', 'apidot', '--batch', 'two.jsonl', '--maxCredits', '199', '--wait', '5'];
    const { code, stdout } = await run(flags, { cwd: folder, env });
    expect([code, charges()], stdout).toEqual([5, 0]);
    expect(stdout).toContain('Line 2 costs more than --maxCredits 199');
  });

  it('--maxCreditsPerDay holds for the lines of a batch: what fits is made, the rest is not submitted', async () => {
    const { runBatch, charges } = await place(['a', 'b', 'c', 'd']);
    const { code, batch, envelope } = await runBatch(['--maxCreditsPerDay', '30']);
    expect(code).toBe(5);
    expect(envelope.errorCode).toBe('BUDGET_EXCEEDED');
    expect(charges()).toBe(2);
    expect(batch).toMatchObject({ completed: 2, notSubmitted: 2 });
  });

  it('--action quote gives every line and the sum', async () => {
    const { env, folder, file, submits, charges } = await place(['fog', 'waves', 'rain']);
    const { prompt: _, ...rest } = T2V;
    const args = ['--action', 'quote', '--batch', file, '--model', 't2v', '--payload', JSON.stringify(rest)];
    const { code, ...ended } = await run(args, { env, cwd: folder });
    expect(code).toBe(0);
    const { data, status } = envelopeOf({ code, ...ended });
    expect(status).toBe(null);
    expect(data).toMatchObject({ count: 3, credits: 45, notCharged: 45, affordable: true });
    expect((data.items as JsonObject[]).map(({ line, credits }) => [line, credits])).toEqual([
      [1, 15],
      [2, 15],
      [3, 15],
    ]);
    expect(submits()).toEqual([]);
    expect(charges()).toBe(0);
  });
});

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
    const first = envelopeOf(await run(waits, { env, cwd: folder }));
    expect(first.data.files).toMatchObject([{ path: file }]);
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
    expect(readFileSync(path.join(folder, 'dawn-2.mp4'))).toEqual(
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
    expect(readdirSync(folder)).toContain('dawn-2.mp4');
    expect(submits()).toHaveLength(1);
    expect(readFileSync(path.join(folder, 'dawn.mp4'), 'utf8')).toBe('mine');
  });

  it.each(['out/', '..', 'a/CON', '.hidden', 'a:b', `${'x'.repeat(130)}`])(
    'fault 57: %s is no file name',
    async (name) => {
      const { code, ...ended } = await run([...T2V_ARGS, '--sandbox', '--output', name]);
      expect(code).toBe(2);
      expect(envelopeOf({ code, ...ended }).data.issues).toMatchObject([{ path: '--output' }]);
    },
  );
});
