import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../scripts/src/model/json.ts';
import { CANARY, envelopeOf, run, tempFolder } from '../../support/command.ts';
import { runShell } from '../shell.ts';
import { APIDOT_PAYLOAD, commandIn, place, rowsOf } from './support.ts';

describe('a batch that does not end at once', () => {
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
    const { code, envelope } = await runBatch([], { env: { ...env, AIVIDEO_MAX_RETRIES: '0' } }, 1);
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
    expect(lost.nextSteps.slice(2).join()).not.toContain('Run this command');
    expect(lost.stderr).toContain('1 of unknown outcome');
    expect(lost.stderr).not.toContain('failed');
    expect(charges()).toBe(2);
    const step = lost.nextSteps.find((one) => one.includes('node ') && one.includes('--new'))!;
    const command = commandIn(step);
    expect(command).not.toMatch(/--batch|--maxTotalCredits/);
    expect(command).toContain('--maxCredits 15 ');
    expect((await runShell(command, { env, cwd: tempFolder() })).code).toBe(0);
    expect(charges()).toBe(3);
    expect((await runBatch()).code).toBe(0);
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
});
