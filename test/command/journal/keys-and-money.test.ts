import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import { ledger } from '../../kill/ledger.ts';
import { envelopeOf, type Run, run, T2V } from '../../support/command.ts';
import { again, journalOf, place, REQUEST, recordOf } from './support.ts';

describe('keys and money', () => {
  it('a refund is on record, and counts', async () => {
    const here = await place();
    here.service.end = 'FAILED';
    expect((await again(here)).code).toBe(EXIT.taskEnded);
    expect(recordOf(here).credits).toEqual({ quoted: null, charged: 15, refunded: 15 });
    here.service.end = 'COMPLETED';
    expect((await again(here, '--new', '--maxCreditsPerDay', '20')).code).toBe(0);
  });

  it('a task of another address is told by the address, not by a key that is the same', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    const other = await ledger();
    const env = { ...here.env, AIVIDEO_BASE_URL: other.origin };
    const { errorMessage, data } = envelopeOf(
      await run(['--action', 'getStatus', '--taskId', taskId!], { env }),
    );
    expect(errorMessage).toContain(`which is not ${new URL(other.origin).host}`);
    expect(errorMessage).not.toContain('fingerprint');
    expect(JSON.stringify(data.nextSteps)).toContain('AIVIDEO_BASE_URL');
  });

  it('faults 20, 53: a task of another key gets a clear word, and another key makes another request', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    here.service.forget(taskId!);
    const made = recordOf(here);
    const other = { ...here.env, AIVIDEO_API_KEY: 'ak_another_0123456789' };
    const missing = await run(['--action', 'getStatus', '--taskId', taskId!], { env: other });
    expect(missing.code).toBe(EXIT.taskNotFound);
    const { errorMessage } = envelopeOf(missing);
    expect(errorMessage).toContain(recordOf(here).account);
    expect(errorMessage).toContain('another key');
    expect(errorMessage).not.toContain('ak_another');
    const request = await run([...REQUEST, '--wait', '0'], { env: other });
    const { data } = envelopeOf(request);
    expect(data.resumed).toBeUndefined();
    const warning = `The same request was made on ${made.created} with another key (fingerprint ${made.account}) as task ${taskId}. With the key and the address in use now it is another request, and a new charge.`;
    expect(data.warnings).toEqual([`${warning} Tell the user.`]);
    // Before the submit, once.
    expect(request.stderr.split(warning)).toHaveLength(2);
    expect(request.stderr.indexOf(warning)).toBeLessThan(request.stderr.indexOf('SUBMITTED'));
    // Of the same key there is no such warning, nor where the user asks for another task.
    for (const flags of [[], ['--new']]) {
      const same = await run([...REQUEST, '--wait', '0', ...flags], { env: other });
      expect(envelopeOf(same).data.warnings).toBeUndefined();
    }
    const none = await run(['--action', 'waitTask'], { env: { ...other, AIVIDEO_API_KEY: 'ak_third_0123' } });
    expect(envelopeOf(none).data.count).toBe(0);
  });

  it('listPending marks what was made with another key or at another address, and gives no command that cannot work', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    const { account, service } = recordOf(here);
    const key = { AIVIDEO_API_KEY: 'ak_another_0123456789' };
    const address = { AIVIDEO_BASE_URL: (await ledger()).origin };
    const rows = async (env: Record<string, string | undefined>) => {
      const done = await run(['--action', 'listPending'], { env: { ...here.env, ...env } });
      expect([done.code, done.stdout.includes('ak_another')]).toEqual([0, false]);
      return envelopeOf(done).data as unknown as { pending: Record<string, unknown>[]; nextSteps: string[] };
    };
    for (const [env, made, set] of [
      [key, `with another key (fingerprint ${account})`, 'AIVIDEO_API_KEY to that key'],
      [address, `at another address (${service})`, 'AIVIDEO_BASE_URL to that address'],
    ] as const) {
      const { pending, nextSteps } = await rows(env);
      const said = `This request was made ${made}: only there it can be resumed or cancelled. Set ${set}; then its command is in node `;
      expect(pending).toMatchObject([{ taskId, otherAccount: true, resume: expect.stringContaining(said) }]);
      expect(pending[0]!.resume).toMatch(/ --action listPending$/);
      expect(pending[0]!.cancel).toBeUndefined();
      expect(nextSteps).toEqual([
        expect.stringMatching(/^1 of these requests was made with another key or at another address/),
        expect.stringMatching(/^Each status/),
      ]);
    }
    // With its own key, and without one that can be used, of which nothing follows.
    for (const env of [{}, { AIVIDEO_API_KEY: undefined }, { AIVIDEO_API_KEY: 'not a key' }]) {
      const { pending, nextSteps } = await rows(env);
      expect(pending[0]!.otherAccount).toBeUndefined();
      expect(pending[0]!.cancel).toContain(' --action cancelTask ');
      expect(nextSteps[0]).toContain(`--action waitTask --taskId ${taskId}`);
    }
  });

  it('--maxCreditsPerDay counts what the journal knows, and lets nothing above it', async () => {
    const here = await place();
    const request = (prompt: string) =>
      run(
        [
          ...['--model', 't2v', '--payload', JSON.stringify({ ...T2V, prompt }), '--wait', '0'],
          ...['--maxCreditsPerDay', '40'],
        ],
        { env: here.env },
      );
    const both = await Promise.all(['one', 'two', 'three'].map(request));
    const codes = both.map(({ code }) => code).sort();
    expect(codes).toEqual([EXIT.stillRunning, EXIT.stillRunning, EXIT.credits]);
    expect(here.service.charges.size).toBe(2);
    const refused = both.find(({ code }) => code === EXIT.credits) as Run;
    expect(envelopeOf(refused)).toMatchObject({
      errorCode: 'BUDGET_EXCEEDED',
      status: 'FAILED',
      data: { quoted: 15, spentToday: 30, maxCreditsPerDay: 40 },
      // A submit with an unknown outcome counts too.
      errorMessage: expect.stringContaining('cost or may have cost up to 30 credits, and this one costs 15'),
    });
    expect(journalOf(here)).toHaveLength(2);
    expect(journalOf(here)[0]!.record.credits).toEqual({ quoted: 15, charged: 15, refunded: null });
  });
});
