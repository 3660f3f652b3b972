import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import { envelopeOf, run, T2V } from '../../support/command.ts';
import { letPass } from '../../support/records.ts';
import { runShell } from '../shell.ts';
import { act, again, charges, FAST, journalOf, killedInSubmit, place, REQUEST, recordOf } from './support.ts';

describe('killed between request and answer', () => {
  it.each([
    ['its key', false],
    ['model, input and time', true],
  ])('fault 35: the next run finds the task in the list, by %s', async (_, forgetsKeys) => {
    const here = await place({ forgetsKeys });
    await killedInSubmit(here);
    const done = await again(here);
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED', taskId: expect.any(String) });
    expect(here.service.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(charges(here)).toBe(1);
  });

  it('faults 36, 74: not in the list for a minute: the same key again, which is charged once', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    const early = await again(here, '--wait', '0');
    expect(early.code).toBe(EXIT.submitUnknown);
    const { retryAfter, data } = envelopeOf(early);
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(JSON.stringify(data.nextSteps)).toContain(`after ${retryAfter} seconds`);
    expect(charges(here)).toBe(1);
    letPass(here.state, retryAfter! * 1000);
    const done = await again(here, '--wait', '0');
    expect(envelopeOf(done)).toMatchObject({
      ok: true,
      taskId: expect.any(String),
      data: { resubmitted: true },
    });
    const posts = here.service.received.filter(({ method }) => method === 'POST');
    expect(new Set(posts.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(posts).toHaveLength(2);
    expect(charges(here)).toBe(1);
  });

  it('a run with --new that was killed in its submit: the run that sends it once more says which run that was', async () => {
    const here = await place();
    await killedInSubmit(here, '--new');
    here.service.hidesTasks = true;
    letPass(here.state, 120_000);
    const { data } = envelopeOf(await again(here, '--wait', '0'));
    expect(data).toMatchObject({ resubmitted: true });
    expect(data.createdAt).toBeUndefined();
    expect(data.nextSteps).toContain(
      `The run with --new that began on ${recordOf(here).newRun!.began} made it. It is the newest task of this request: a run with --new that began later submitted nothing.`,
    );
  });

  it('fault 2: the list cannot be had: unknown, as often as it is asked, until a person decides', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.listStatus = 503;
    const env = { ...here.env, AIVIDEO_MAX_RETRIES: '0' };
    for (let n = 0; n < 2; n += 1) {
      const unknown = await run([...REQUEST, ...FAST, '--wait', '0'], { env });
      expect(unknown.code).toBe(EXIT.submitUnknown);
      expect(envelopeOf(unknown)).toMatchObject({ status: 'UNKNOWN', taskId: null });
    }
    expect(charges(here)).toBe(1);
    const decided = await run([...REQUEST, ...FAST, '--new'], { env });
    expect(envelopeOf(decided)).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(charges(here)).toBe(2);
    // What was given up does not stand in the way of the same command.
    expect(envelopeOf(await run([...REQUEST, ...FAST], { env })).taskId).toBe(envelopeOf(decided).taskId);
    expect(charges(here)).toBe(2);
  });

  it('--new: the task of the earlier submit is found, and its result still delivered', async () => {
    const here = await place();
    await killedInSubmit(here);
    const decided = envelopeOf(await again(here, '--new'));
    expect(decided).toMatchObject({ ok: true, status: 'COMPLETED' });
    const [earlier] = here.service.charges.get(T2V.prompt)!;
    expect(decided.taskId).not.toBe(earlier);
    expect(recordOf(here)).toMatchObject({ phase: 'submitted', taskId: earlier, delivered: null });
    const { data } = envelopeOf(await act(here, 'waitTask', '--all', ...FAST));
    expect(data.tasks).toMatchObject([{ taskId: earlier, status: 'COMPLETED' }]);
    expect(charges(here)).toBe(2);
  });

  it('--new: what cannot be found now is found later; a --new that is rejected gives nothing up', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    expect((await again(here, '--new', '--maxCredits', '1')).code).toBe(EXIT.credits);
    expect(recordOf(here)).toMatchObject({ phase: 'unknown' });
    expect((await again(here, '--new')).code).toBe(0);
    expect(recordOf(here)).toMatchObject({ phase: 'abandoned', taskId: null });
    here.service.hidesTasks = false;
    const [earlier] = here.service.charges.get(T2V.prompt)!;
    const { data } = envelopeOf(await act(here, 'waitTask', '--all', ...FAST));
    expect(data.tasks).toMatchObject([{ taskId: earlier, status: 'COMPLETED' }]);
    expect(charges(here)).toBe(2);
  });

  it('a task of another request with the same words is not taken for this one', async () => {
    const here = await place({ forgetsKeys: true });
    await again(here, '--wait', '0');
    await killedInSubmit(here, '--new').catch(() => {});
    const ids = here.service.charges.get(T2V.prompt)!;
    expect(journalOf(here)[1]!.record).toMatchObject({ phase: 'submitting' });
    expect(envelopeOf(await again(here, '--wait', '0')).taskId).toBe(ids[1]);
  });
});

describe('what must not become a second charge', () => {
  it('advice after --new: the command that resumes a lost submit does not make another new request', async () => {
    const here = await place();
    here.service.script.push('reset');
    here.service.listStatus = 500;
    const env = { ...here.env, AIVIDEO_MAX_RETRIES: '0' };
    const lost = await run([...REQUEST, ...FAST, '--new', '--wait', '1'], { env });
    expect(lost.code).toBe(EXIT.submitUnknown);
    const steps = envelopeOf(lost).data.nextSteps as string[];
    const command = steps.find((step) => step.startsWith('node ') && step.includes('--payload'))!;
    expect(command).not.toContain('--new');
    here.service.listStatus = 200;
    expect(envelopeOf(await runShell(command, { env }))).toMatchObject({ ok: true, data: { resumed: true } });
    expect(charges(here)).toBe(1);
  });

  it('createGeneration on a task that has ended meanwhile: delivers its result, and not before', async () => {
    const here = await place();
    const make = () => run(['--action', 'createGeneration', ...REQUEST], { env: here.env });
    const first = envelopeOf(await make());
    for (let n = 0; n < 3; n += 1) await act(here, 'getStatus', '--taskId', first.taskId!);
    expect(recordOf(here).delivered).toBeNull();
    const second = await make();
    expect(second.code).toBe(0);
    const { taskId, data } = envelopeOf(second);
    expect(taskId).toBe(first.taskId);
    expect(data.resultUrls).toHaveLength(1);
    expect(recordOf(here).delivered).not.toBeNull();
  });

  it('the records vanish while the submit is under way: its id is on record all the same', async () => {
    const here = await place();
    here.service.onSubmit = () => rmSync(here.state, { recursive: true });
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    here.service.onSubmit = undefined;
    expect(recordOf(here)).toMatchObject({ phase: 'submitted', taskId });
    expect(envelopeOf(await again(here, '--wait', '0')).data.resumed).toBe(true);
    expect(charges(here)).toBe(1);
  });

  it('a key that was given: for another model a conflict, after the delivery the same result again', async () => {
    const here = await place();
    const key = ['--idempotencyKey', 'lighthouse-0001'];
    const first = envelopeOf(await again(here, ...key));
    const repeated = envelopeOf(await again(here, ...key));
    expect(repeated).toMatchObject({ status: 'COMPLETED', taskId: first.taskId, data: { reused: true } });
    const other = await run(['--model', 't2v_v3', '--payload', JSON.stringify(T2V), ...key], {
      env: here.env,
    });
    expect(envelopeOf(other)).toMatchObject({
      errorCode: 'IDEMPOTENCY_CONFLICT',
      data: { model: 't2v_v3', recordedModel: 't2v' },
    });
    expect(here.service.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('what an earlier run began is sent again only within the limits of this one', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    letPass(here.state, 120_000);
    const limits = [
      ['--maxCredits', '5'],
      ['--maxCreditsPerDay', '5'],
      // The first submit may be charged as well: 15 credits each.
      ['--maxCreditsPerDay', '29'],
    ] as const;
    for (const [limit, credits] of limits) {
      const refused = await again(here, limit, credits, '--wait', '0');
      expect(refused.code).toBe(EXIT.submitUnknown);
      expect(envelopeOf(refused).errorMessage).toContain(limit);
    }
    expect(here.service.received.filter(({ path: target }) => target.includes('/generate/'))).toHaveLength(1);
    expect(journalOf(here)).toHaveLength(1);
  });
});
