import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import { quoteWord } from '../../../scripts/src/model/shell-word.ts';
import { CANARY, envelopeOf, run, T2V } from '../../support/command.ts';
import { letPass, rewrite } from '../../support/records.ts';
import { runShell } from '../shell.ts';
import { act, FAST, journalOf, killedInSubmit, type Place, place, recordOf } from './support.ts';

const NONE_LISTED = expect.stringMatching(
  /^AIVideoMaker lists no task of this key that is SUBMITTED: none can be cancelled\. A task that runs already stays as it is\. The unfinished requests of this machine: node .* --action listPending/,
);

describe('what is pending', () => {
  const requests = async (here: Place, ...prompts: string[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const prompt of prompts) {
      const payload = JSON.stringify({ ...T2V, prompt });
      const flags = ['--wait', '0', '--owner', `of ${prompt}`, '--download', here.out];
      const done = await run(['--model', 't2v', '--payload', payload, ...flags], { env: here.env });
      ids.push(envelopeOf(done).taskId!);
    }
    return ids;
  };

  it('is listed without key and network, with commands that resume', async () => {
    const here = await place();
    const [first, second] = await requests(here, 'one', 'two');
    const env = { ASYNC_MEDIA_STATE_DIR: here.state };
    const { data } = envelopeOf(await run(['--action', 'listPending'], { env }));
    expect(data.count).toBe(2);
    const cancel = expect.stringContaining(`--action cancelTask --taskId ${first}`);
    expect(data.pending).toMatchObject([
      { taskId: second, promptExcerpt: 'two' },
      { taskId: first, promptExcerpt: 'one', status: 'SUBMITTED', cancel },
    ]);
    const ofOne = envelopeOf(await run(['--action', 'listPending', '--owner', 'of one'], { env }));
    expect(ofOne.data.pending).toMatchObject([{ taskId: first, owner: 'of one' }]);
    const { resume } = (data.pending as { resume: string }[])[0]!;
    expect(resume).toContain(
      `--action waitTask --taskId ${second} --wait 45 --download ${quoteWord(here.out)}`,
    );
  });

  it('says when a state was polled, by any process, with a cancel only while that can work and the wait it was made with', async () => {
    const here = await place();
    const args = ['--action', 'createGeneration', '--model', 't2v', '--payload', JSON.stringify(T2V)];
    const { taskId } = envelopeOf(await run(args, { env: here.env }));
    const rows = async () =>
      envelopeOf(await act(here, 'listPending')).data.pending as Record<string, string>[];
    const [made] = await rows();
    expect(made).toMatchObject({ taskId, status: 'SUBMITTED', cancel: expect.any(String) });
    expect(Date.parse(made!.statusSeenAt!)).toBeGreaterThan(Date.now() - 60_000);
    expect(made!.resume).toContain('--wait 45');
    const steps = envelopeOf(await act(here, 'listPending')).data.nextSteps as string[];
    expect(steps.at(-1)).toMatch(/^Each status is that of its statusSeenAt/);
    // Seen so long ago that by every recorded run it has begun: a cancel comes too late.
    const [entry] = journalOf(here);
    rewrite(entry!, { checked: new Date(Date.now() - 3_600_000).toISOString() });
    expect((await rows())[0]!.cancel).toBeUndefined();
    const local = { ASYNC_MEDIA_STATE_DIR: here.state };
    const refused = envelopeOf(await run(['--action', 'cancelTask'], { env: local })).data
      .nextSteps as string[];
    expect(refused.filter((step) => step.includes(' --action cancelTask '))).toEqual([]);
    rewrite(entry!, {});
    // The list shows it running now: that is a sight of it like any other.
    await act(here, 'getStatus', '--taskId', taskId!);
    await act(here, 'getStatus', '--taskId', taskId!);
    const [seen] = await rows();
    expect(seen).toMatchObject({ taskId, status: 'PROGRESS' });
    expect(seen!.cancel).toBeUndefined();
    const other = ['--model', 't2v', '--payload', JSON.stringify({ ...T2V, prompt: 'two' }), '--wait', '1'];
    await run([...other, '--pollInterval', '1'], { env: here.env });
    expect((await rows())[0]!.resume).toContain('--wait 1');
    await act(here, 'listTasks');
    expect((await rows()).map(({ status }) => status)).not.toContain('UNKNOWN');
  });

  it('cancelTask without an id names the tasks that can be cancelled, the newest first, each with its command', async () => {
    const here = await place();
    const env = { ASYNC_MEDIA_STATE_DIR: here.state };
    const refused = async (...flags: string[]) => {
      const done = await run(['--action', 'cancelTask', ...flags], { env });
      expect(done.code).toBe(EXIT.badInput);
      return envelopeOf(done).data.nextSteps as string[];
    };
    const none =
      'By the records of this machine, no task can be cancelled any more. What AIVideoMaker lists is not known, because AIVIDEO_API_KEY is not set.';
    expect(await refused()).toEqual([none]);
    const [first, second] = await requests(here, 'one', 'two');
    await act(here, 'getStatus', '--taskId', first!);
    await act(here, 'getStatus', '--taskId', first!);
    const [, third] = await requests(here, 'three', 'four');
    const steps = await refused();
    const said = ['four', 'three', 'two'].map((prompt) =>
      expect.stringMatching(
        new RegExp(
          `^To cancel "${prompt}" \\(t2v\\), made on \\S+Z, which was SUBMITTED when it was last seen, on \\S+Z: node `,
        ),
      ),
    );
    expect(steps).toEqual(said);
    expect(steps[0]).toContain(third);
    expect(steps[2]).toMatch(new RegExp(` --action cancelTask --taskId ${second}$`));
    expect(await refused('--sandbox')).toEqual([NONE_LISTED]);
    const [newest] = await refused();
    const done = await runShell(newest!.replace(/^.*?(?=node )/, ''), { env: here.env });
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'CANCEL', taskId: third });
  });

  it('cancelTask without an id asks the service first where a key is set, and names no task that has begun since', async () => {
    const here = await place();
    const [first, second] = await requests(here, 'one', 'two');
    // The service works on it now; no process of this program has seen that.
    for (const _ of [1, 2])
      await fetch(`${here.service.origin}/api/v1/tasks/${first}/status`, { headers: { key: CANARY } });
    const refused = async (env: Record<string, string | undefined>) => {
      const done = await run(['--action', 'cancelTask'], { env });
      expect(done.code).toBe(EXIT.badInput);
      return envelopeOf(done).data.nextSteps as string[];
    };
    const steps = await refused(here.env);
    expect(steps).toEqual([
      expect.stringMatching(/^To cancel "two" \(t2v\), made on \S+Z, which is SUBMITTED now: node /),
    ]);
    expect(steps[0]).toContain(second);
    // What was seen is noted, also for the next call, which cannot ask.
    here.service.listStatus = 503;
    const unread = await refused({ ...here.env, AIVIDEO_MAX_RETRIES: '0' });
    expect(unread).toEqual([expect.stringContaining('was SUBMITTED when it was last seen, on')]);
  });

  it('cancelTask without an id names what the service lists: the task of a lost submit, and one made elsewhere', async () => {
    const here = await place();
    await killedInSubmit(here);
    const [taskId] = here.service.charges.get(T2V.prompt)!;
    const refused = async (more: Record<string, string> = {}) => {
      const done = await run(['--action', 'cancelTask'], { env: { ...here.env, ...more } });
      expect([done.code, envelopeOf(done).errorCode]).toEqual([EXIT.badInput, 'INVALID_PAYLOAD']);
      return envelopeOf(done).data.nextSteps as string[];
    };
    // A list that does not show it yet.
    here.service.hidesTasks = true;
    expect(await refused()).toEqual([
      NONE_LISTED,
      expect.stringMatching(
        /^Whether the submit of "a lighthouse at dawn" \(t2v\), begun on \S+Z, made a task is not known: the list of AIVideoMaker does not show it yet\. Do not run its own command, which may submit once more\. The list can tell more after \d+ seconds; then run this command again: node .* --action cancelTask$/,
      ),
    ]);
    here.service.hidesTasks = false;
    const [step, ...others] = await refused();
    expect(others).toEqual([]);
    expect(step).toMatch(
      /^To cancel "a lighthouse at dawn" \(t2v\), made on \S+Z, which is SUBMITTED now: node /,
    );
    expect(recordOf(here)).toMatchObject({ phase: 'submitted', taskId, status: 'SUBMITTED' });
    here.service.lastPoll = 90;
    here.service.resetPolls();
    const elsewhere = await refused({ ASYNC_MEDIA_STATE_DIR: path.join(here.folder, 'other') });
    expect(elsewhere).toEqual([
      expect.stringContaining('(this machine has no record of it), which is SUBMITTED now'),
    ]);
    const done = await runShell(elsewhere[0]!.replace(/^.*?(?=node )/, ''), { env: here.env });
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'CANCEL', taskId });
  });

  it('the cancel of a submit that the list does not show leads to no charge: the list is asked again, then the record is dropped', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    const early = envelopeOf(await act(here, 'cancelTask'));
    expect(early.errorMessage).toBe('No task was named, and none is known that can be cancelled.');
    expect(early.retryAfter).toBeGreaterThan(50);
    expect(early.retryAfter).toBeLessThanOrEqual(60);
    const unread = await run(['--action', 'cancelTask'], { env: { ASYNC_MEDIA_STATE_DIR: here.state } });
    expect(envelopeOf(unread).retryAfter).toBeNull();
    expect((envelopeOf(unread).data.nextSteps as string[])[1]).toMatch(
      /made a task is not known\. Do not run its own command, which may submit once more\. When the list of AIVideoMaker can be read, this command tells: node .* --action cancelTask$/,
    );
    // Beside a task that can be cancelled at once, too.
    here.service.hidesTasks = false;
    here.service.forget(here.service.charges.get(T2V.prompt)![0]!);
    const [other] = await requests(here, 'two');
    const both = envelopeOf(await act(here, 'cancelTask'));
    const steps = (both.data.nextSteps as string[]).join('\n');
    expect(steps).toContain(`--action cancelTask --taskId ${other}`);
    expect(steps).toContain(`can tell more after ${both.retryAfter} seconds`);
    here.service.hidesTasks = true;
    await act(here, 'forget', '--taskId', other!);
    letPass(here.state, 120_000);
    const late = envelopeOf(await act(here, 'cancelTask'));
    expect(late.retryAfter).toBeNull();
    const [, step] = late.data.nextSteps as string[];
    expect(step).toMatch(
      /^The list of AIVideoMaker shows no task of the submit of "a lighthouse at dawn" \(t2v\), begun on \S+Z, although a minute has passed: as far as the keys in that list tell, nothing was made\. Do not run its own command, which may submit once more\. To drop its record, so that no later answer leads to that command: node .* --action forget --idempotencyKey \S+$/,
    );
    const done = await runShell(step!.replace(/^.*?(?=node )/, ''), { env: here.env });
    expect([done.code, journalOf(here)]).toEqual([0, []]);
    expect(here.service.received.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  it('a task that was submitted twice is named for cancelling with its own time, not with that of the first submit', async () => {
    const here = await place();
    await requests(here, 'one');
    const [entry] = journalOf(here);
    const created = new Date(Date.now() - 600_000).toISOString();
    rewrite(entry!, { created, sentAt: created, resubmitted: true });
    const { unsettledSince } = entry!.record;
    const madeOn = async (env: Record<string, string | undefined>) => {
      const { nextSteps } = envelopeOf(await run(['--action', 'cancelTask'], { env })).data;
      return /made on (\S+Z)/.exec((nextSteps as string[])[0]!)![1]!;
    };
    expect(await madeOn({ ASYNC_MEDIA_STATE_DIR: here.state })).toBe(unsettledSince);
    const listed = Date.parse(await madeOn(here.env));
    expect(Math.abs(listed - Date.parse(unsettledSince))).toBeLessThan(60_000);
  });

  it('a submit whose outcome is not known comes first, with the one command that searches for its task, and saves its file', async () => {
    const here = await place();
    await killedInSubmit(here, '--download', here.out);
    const pending = async () => envelopeOf(await act(here, 'listPending')).data;
    const alone = await pending();
    const [row] = alone.pending as { resume: string }[];
    const said =
      /^Whether this one was submitted is not known\. This searches the list of AIVideoMaker for its task and resumes it; it submits nothing: node .* --action waitTask /;
    expect(row!.resume).toMatch(said);
    expect(row!.resume).toMatch(new RegExp(` --wait 45 --download ${quoteWord(here.out)}$`));
    expect(alone.nextSteps).toEqual([
      row!.resume,
      'Where that finds no task: the command of the request searches again, and may submit it. To drop its record instead: forget of its row.',
      expect.stringMatching(/^Each status is that of its statusSeenAt/),
    ]);
    const [later] = await requests(here, 'two');
    const [first, second] = (await pending()).nextSteps as string[];
    expect(first).toMatch(said);
    expect(first).toMatch(/ --action waitTask --all --wait 45$/);
    expect(second).toContain(`--action waitTask --taskId ${later}`);
    await act(here, 'forget', '--taskId', later!);
    const done = await runShell(row!.resume.replace(/^.*?(?=node )/, ''), { env: here.env });
    const [taskId] = here.service.charges.get(T2V.prompt)!;
    expect([envelopeOf(done).taskId, done.code]).toEqual([taskId, 0]);
    expect(existsSync(path.join(here.out, `${taskId}.mp4`))).toBe(true);
    expect(here.service.charges.get(T2V.prompt)).toHaveLength(1);
  });

  it('listTasks warns of a submit whose outcome is not known and which the list does not show', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    const warnings = async (...flags: string[]) =>
      envelopeOf(await act(here, 'listTasks', ...flags)).data.warnings as string[] | undefined;
    const warning = expect.stringMatching(
      /^The outcome of 1 submit on record here is not known, and the list does not show its task yet, if there is one\. This searches the list again, and submits nothing: node .* --action waitTask --all --wait 45$/,
    );
    expect(await warnings('--status', 'running')).toEqual([warning]);
    expect(await warnings('--since', '7d')).toEqual([warning]);
    expect(await warnings('--model', 'i2v')).toBeUndefined();
    here.service.hidesTasks = false;
    expect(await warnings()).toBeUndefined();
  });

  it.each([['waitTask'], ['waitTask', '--all'], ['listTasks'], ['cancelTask']])(
    'a task that the list shows with the key of a lost submit is that of its record: %s %s',
    async (action, ...flags) => {
      const here = await place();
      await killedInSubmit(here, '--download', here.out);
      const [taskId] = here.service.charges.get(T2V.prompt)!;
      await act(here, action!, ...flags, ...(action === 'waitTask' ? FAST : []));
      expect(recordOf(here)).toMatchObject({ phase: 'submitted', taskId });
      if (action === 'waitTask') expect(existsSync(path.join(here.out, `${taskId}.mp4`))).toBe(true);
      const rows = envelopeOf(await act(here, 'listPending')).data.pending as { taskId: string }[];
      expect(rows.map((row) => row.taskId)).toEqual(action === 'waitTask' ? [] : [taskId]);
      expect(here.service.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
    },
  );

  it('waitTask without an id warns of submits whose outcome is not known; with nothing else it is exit 7', async () => {
    const here = await place();
    await killedInSubmit(here);
    here.service.hidesTasks = true;
    const alone = await act(here, 'waitTask', ...FAST);
    expect(alone.code).toBe(EXIT.submitUnknown);
    expect(envelopeOf(alone)).toMatchObject({ ok: false, status: null, data: { count: 0, unknown: 1 } });
    // A list may be late: until it is known to be clear, the same command can find out more.
    const { retryAfter, data: early } = envelopeOf(alone);
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect((early.nextSteps as string[]).slice(0, 2)).toEqual([
      `The list of the service shows none of their keys. It can tell more after ${retryAfter} seconds; then this command resumes what it shows:`,
      expect.stringContaining(' --action waitTask '),
    ]);
    here.service.listStatus = 503;
    const unread = envelopeOf(await act(here, 'waitTask', ...FAST));
    expect(unread.retryAfter).toBe(5);
    expect((unread.data.nextSteps as string[])[0]).toMatch(
      /^The list of the service could not be read: .*503/,
    );
    here.service.listStatus = 200;
    letPass(here.state, 120_000);
    const late = envelopeOf(await act(here, 'waitTask', ...FAST));
    expect(late).toMatchObject({ errorCode: 'SUBMIT_OUTCOME_UNKNOWN', retryAfter: null });
    expect(late.data.nextSteps).toEqual([
      'The list of the service shows none of their keys. Waiting changes nothing.',
      expect.stringMatching(
        /^Run the command of that submit again, if the user still wants it: it reconciles it, and may submit it once more\./,
      ),
      expect.stringContaining(' --action listPending'),
    ]);
    const other = JSON.stringify({ ...T2V, prompt: 'two' });
    await run(['--model', 't2v', '--payload', other, '--wait', '0'], { env: here.env });
    const { ok, data } = envelopeOf(await act(here, 'waitTask', ...FAST));
    expect(ok).toBe(true);
    expect(data.warnings).toEqual([
      expect.stringMatching(/^Without --taskId this is the newest unfinished request: "two" \(t2v\)/),
      expect.stringContaining('The outcome of 1 other submit is not known'),
    ]);
    await run(['--model', 't2v', '--payload', other, '--new', '--wait', '0'], { env: here.env });
    const all = await act(here, 'waitTask', '--all', ...FAST);
    expect(all.code).toBe(EXIT.submitUnknown);
    expect(envelopeOf(all)).toMatchObject({
      ...{ ok: false, errorCode: 'SUBMIT_OUTCOME_UNKNOWN' },
      data: { count: 1, running: 0, unknown: 1, tasks: [{ status: 'COMPLETED', errorCode: null }] },
    });
    // The same command would find out nothing about that submit.
    expect((envelopeOf(all).data.nextSteps as string[]).join()).not.toContain('--all');
  });

  it('waitTask without an id resumes the newest, and saves its file where that was wanted', async () => {
    const here = await place();
    const [, second] = await requests(here, 'one', 'two');
    const done = envelopeOf(await act(here, 'waitTask', ...FAST));
    expect(done).toMatchObject({ status: 'COMPLETED', taskId: second, data: { resumed: true } });
    // Which one was meant is not known.
    expect(done.data.warnings).toEqual([
      `Without --taskId this is the newest unfinished request: "two" (t2v), made on ${done.data.createdAt}. If another one was meant: --action listPending, or --action listTasks --since 7d, which also shows those that have ended.`,
    ]);
    expect(existsSync(path.join(here.out, `${second}.mp4`))).toBe(true);
    expect(envelopeOf(await act(here, 'listPending')).data.count).toBe(1);
  });

  it('with --all with all of them; then nothing is', async () => {
    const here = await place();
    const ids = await requests(here, 'one', 'two', 'three');
    const done = await act(here, 'waitTask', '--all', ...FAST);
    expect(done.code).toBe(0);
    const { status, taskId, data } = envelopeOf(done);
    expect({ status, taskId }).toEqual({ status: null, taskId: null });
    const tasks = data.tasks as { taskId: string; files: { path: string }[] }[];
    expect(tasks.map((task) => task.taskId).sort()).toEqual([...ids].sort());
    for (const { files } of tasks) expect(existsSync(files[0]!.path)).toBe(true);
    // Neither answer leads back to the other.
    for (const nothing of [await act(here, 'listPending'), await act(here, 'waitTask', '--all')]) {
      const { count, nextSteps } = envelopeOf(nothing).data as { count: number; nextSteps: string[] };
      expect([nothing.code, count]).toEqual([0, 0]);
      expect(nextSteps).toEqual([
        expect.any(String),
        expect.stringMatching(/ --action listTasks --since 7d$/),
      ]);
    }
    const other = envelopeOf(await act(here, 'listPending', '--provider', 'apidot'));
    expect(JSON.stringify(other.data.nextSteps)).not.toContain('listTasks');
  });

  it('with --any until the first of them ends', async () => {
    const here = await place();
    const ids = await requests(here, 'one', 'two', 'three');
    here.service.isBusy = true;
    here.service.cancel(ids[1]!);
    const { data } = envelopeOf(await act(here, 'waitTask', '--any', ...FAST));
    expect(data).toMatchObject({ count: 3, running: 2 });
    expect((data.tasks as object[])[0]).toMatchObject({ taskId: ids[1], status: 'CANCEL' });
  });

  it('is dropped by forget: by the id, or by the key where there is none', async () => {
    const here = await place();
    const [first] = await requests(here, 'one');
    expect(envelopeOf(await act(here, 'forget', '--taskId', first!))).toMatchObject({
      ok: true,
      taskId: first,
      data: { forgotten: 1 },
    });
    expect(journalOf(here)).toHaveLength(0);
    expect((await act(here, 'forget', '--taskId', first!)).code).toBe(EXIT.taskNotFound);
    await killedInSubmit(here);
    const key = recordOf(here).idempotencyKey;
    const { data } = envelopeOf(await act(here, 'listPending'));
    const [row] = data.pending as { attach: string; forget: string }[];
    expect(row!.attach).toMatch(
      new RegExp(` --action waitTask --taskId '<task_id>' --idempotencyKey ${key} --wait 45$`),
    );
    expect(row!.forget).toMatch(
      new RegExp(
        `^Only if the user accepts that its command, run again, may be charged a second time: node .* --action forget --idempotencyKey ${key}$`,
      ),
    );
    expect((await act(here, 'forget', '--idempotencyKey', key)).code).toBe(0);
    expect(journalOf(here)).toHaveLength(0);
    expect((await act(here, 'forget')).code).toBe(EXIT.badInput);
  });
});
