import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CANARY, envelopeOf, run } from '../../support/command.ts';
import { place, rowsOf } from './support.ts';

describe('what the lines of a batch may cost', () => {
  it('the caps are asked for first, and nothing is submitted above them; what is charged already counts nothing', async () => {
    const { runBatch, write, charges, submits } = await place(['fog', 'waves']);
    const over = await runBatch(['--maxTotalCredits', '29']);
    expect(over.code).toBe(5);
    expect(over.envelope).toMatchObject({ status: 'FAILED', errorCode: 'BUDGET_EXCEEDED' });
    expect(over.batch).toMatchObject({ notSubmitted: 2, completed: 0, charged: null });
    expect(over.envelope.errorMessage).toContain('30 credits');
    expect(over.nextSteps[0]).toContain('the first 1 of 2 lines fit');
    // The very same command would be refused again.
    expect(over.nextSteps.filter((step) => step.startsWith('node '))).toEqual([]);
    const each = await runBatch(['--maxCredits', '14']);
    expect(each.code).toBe(5);
    expect(each.envelope.errorMessage).toMatch(
      /^2 lines cost up to 15 credits each; --maxCredits allows 14\. This run submitted no line; 2 have no task\.$/,
    );
    expect(each.nextSteps[0]).toMatch(
      /^Ask the user whether 15 credits for a line are fine; then submit with --maxCredits 15\..* the first is line 1/,
    );
    expect(each.envelope.data).toMatchObject({ quoted: 30, limit: { quoted: 15, maxCredits: 14 } });
    expect(each.items).toMatchObject([{ quoted: 15 }, { quoted: 15 }]);
    // Who raises one limit alone would only meet the other one.
    const both = await runBatch(['--maxCredits', '14', '--maxTotalCredits', '10']);
    expect(both.code).toBe(5);
    expect(both.envelope.errorMessage).toMatch(
      /^2 lines cost up to 15 credits each; --maxCredits allows 14\. The lines that are not charged yet cost 30 credits; --maxTotalCredits allows 10\. This run/,
    );
    expect(both.nextSteps.slice(0, 2)).toEqual([
      expect.stringMatching(/submit with --maxCredits 15\./),
      expect.stringMatching(
        /^Ask the user for --maxTotalCredits 30 \(now it is 10: no line fits, the cheapest costs 15\), or take/,
      ),
    ]);
    expect(both.envelope.data).toMatchObject({
      limit: { quoted: 15, maxCredits: 14, maxTotalCredits: 10 },
    });
    expect(submits()).toEqual([]);
    expect((await runBatch(['--maxTotalCredits', '30', '--maxCredits', '15'])).code).toBe(0);
    expect(charges()).toBe(2);
    // One more line: the limit is for what is not charged yet.
    write(['fog', 'waves', 'rain']);
    expect((await runBatch(['--maxTotalCredits', '15'])).code).toBe(0);
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
    const lastBoth = await runBatch(['--maxTotalCredits', '14', '--maxCredits', '14']);
    expect(lastBoth.nextSteps[1]).toMatch(
      /^Ask the user for --maxTotalCredits 15 .* 45 credits were charged before/,
    );
    expect(charges()).toBe(3);
  });

  it('fault 78: credits end in the middle: no more is submitted, what is paid is delivered, the same command goes further', async () => {
    const { runBatch, service, charges, submits, files } = await place([...'abcdefghijkl']);
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
    expect((await runBatch()).code).toBe(0);
    expect(charges()).toBe(12);
    expect(files()[0]).toBe('01.mp4');
  });

  it('a balance that is too small for all: how many lines fit, and that the same command needs more credits first', async () => {
    // The balance is 1,000 credits.
    const { runBatch, submits } = await place(Array.from({ length: 67 }, (_, n) => `clip ${n}`));
    const { code, nextSteps } = await runBatch(['--maxTotalCredits', '2000']);
    expect([code, submits()]).toEqual([5, []]);
    expect(nextSteps[0]).toBe('The first 66 of 67 lines fit: take the others out, or buy credits first.');
    expect(nextSteps.at(-2)).toMatch(
      /^Run this command when there are enough credits \(before that it ends like this again\), without --new\./,
    );
  });

  it('a key that the service does not accept ends the batch at once', async () => {
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
        ? { status: 429, errorCode: 'RATE_LIMITED', after: 0, retryAfter: 1 }
        : undefined;
    };
    expect((await runBatch()).code).toBe(0);
    expect(charges()).toBe(8);
    expect(times).toHaveLength(9);
    expect(times.filter((time) => time - times[0]! < 950).length).toBeLessThanOrEqual(5);
  });

  it('--new says on standard error what it costs, before the first submit', async () => {
    const { runBatch } = await place(['fog', 'waves']);
    await runBatch();
    const { stderr } = await runBatch(['--new']);
    const said = '--new asks for all 2 lines once more: a new charge (30 credits for all lines)';
    expect(stderr).toContain(said);
    expect(stderr.indexOf(said)).toBeLessThan(stderr.indexOf('SUBMITTED'));
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
    const done = await run(flags, { cwd: folder, env });
    expect([done.code, charges()], done.stdout).toEqual([5, 0]);
    const { errorMessage, data } = envelopeOf(done);
    expect(errorMessage).toMatch(/^Line 2 costs 200 credits; --maxCredits allows 199\. This run/);
    // The first line is cheap enough: the second keeps it back, also in the report.
    const { items, report } = data as unknown as { items: object[]; report: string };
    expect(items).toEqual([
      expect.objectContaining({ line: 1, errorCode: 'BUDGET_EXCEEDED', quoted: 12, heldBy: 2 }),
      expect.not.objectContaining({ heldBy: 2 }),
    ]);
    expect(rowsOf(report)[0]!.data).toMatchObject({ heldBy: 2 });
  });

  it('--maxCreditsPerDay holds for the lines of a batch: what fits is made, the rest is not submitted', async () => {
    const { runBatch, charges } = await place(['a', 'b', 'c', 'd']);
    const { code, batch, envelope } = await runBatch(['--maxCreditsPerDay', '30']);
    expect(code).toBe(5);
    expect(envelope.errorCode).toBe('BUDGET_EXCEEDED');
    expect(charges()).toBe(2);
    expect(batch).toMatchObject({ completed: 2, notSubmitted: 2 });
  });
});
