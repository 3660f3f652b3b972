import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { envelopeOf, live, type Run, run, T2V, T2V_ARGS, tempFolder } from '../support/command.ts';
import { refusal, service, states, TASK } from '../support/service.ts';

// What is to be done next, in states in which a step that is only nearly true leads in a circle, or to a second charge.

const stepsOf = (done: Run): string[] => envelopeOf(done).data.nextSteps as string[];

describe('a cancel that was rejected', () => {
  const rejected = async (state: string) => {
    const server = await service({
      cancel: refusal(400, 'INVALID_PAYLOAD', 'Too late'),
      status: states(state),
    });
    return run(['--action', 'cancelTask', '--taskId', TASK], { env: live(server.origin) });
  };

  it('of a task that is COMPLETED: the result is paid, and how it is fetched comes first', async () => {
    const done = await rejected('COMPLETED');
    expect(done.code).toBe(EXIT.taskEnded);
    const [first, command, ...more] = stepsOf(done);
    expect(first).toMatch(/finished and paid for, and its result is yours.* not use --new/);
    expect(command).toMatch(new RegExp(`^node .+ --action getTask --taskId ${TASK} .*--download `));
    expect(more.join(' ')).not.toContain('PROGRESS');
  });

  it.each([
    ['SUBMITTED', EXIT.stillRunning, false],
    ['PROGRESS', EXIT.stillRunning, true],
    ['FAILED', EXIT.taskEnded, false],
  ])(
    'of a task that is %s: the charge of one that runs is named only where it runs',
    async (state, code, says) => {
      const done = await rejected(state);
      expect(done.code).toBe(code);
      expect(stepsOf(done).join(' ').includes('runs to its end and is charged')).toBe(says);
    },
  );
});

describe('a task that is COMPLETED', () => {
  it.each(['getStatus', 'getTask'])('%s names the command that saves its file', async (action) => {
    const server = await service({ status: states('COMPLETED') });
    const env = live(server.origin);
    const done = await run(['--action', action, '--taskId', TASK], { env });
    expect(done.code).toBe(EXIT.done);
    expect(stepsOf(done)).toEqual([
      expect.stringMatching(new RegExp(`^node .+ --action getTask --taskId ${TASK} .*--download out$`)),
      expect.stringMatching(/^That saves the file.*24 hours/),
    ]);
  });
});

describe('--output of a run with --new', () => {
  it('that names the file of the earlier task says whose file it is', async () => {
    const folder = tempFolder();
    const server = await service();
    const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state') });
    const make = (output: string, ...flags: string[]) =>
      run([...T2V_ARGS, '--output', output, ...flags], { env, cwd: folder });
    expect((await make('dawn.mp4')).code).toBe(EXIT.done);
    const { errorMessage, data } = envelopeOf(await make('dawn.mp4', '--new'));
    expect(errorMessage).toMatch(
      /dawn\.mp4 is the file of this request's earlier task task1\b.*Nothing was submitted/,
    );
    expect(data.issues).toMatchObject([{ path: '--output', hint: expect.stringContaining('another name') }]);
    expect(server.received.filter(({ path: at }) => at.includes('/generate/'))).toHaveLength(1);
    // Also where that task is not the newest one.
    expect((await make('dusk.mp4', '--new')).code).toBe(EXIT.done);
    expect(envelopeOf(await make('dawn.mp4', '--new')).errorMessage).toContain('earlier task task1');
  });

  it('and was killed before its submit: the plain command says that nothing new was made, and what its file holds', async () => {
    const folder = tempFolder();
    const server = await service();
    const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state') });
    const make = (...flags: string[]) => run([...T2V_ARGS, ...flags], { env, cwd: folder });
    expect(envelopeOf(await make('--output', 'a.mp4')).data.reused).toBeUndefined();
    const later = await make('--output', 'b.mp4');
    const { data } = envelopeOf(later);
    expect(data).toMatchObject({ reused: true, files: [{ path: path.join(folder, 'b.mp4') }] });
    expect(stepsOf(later)).toEqual([
      expect.stringMatching(
        /^This request was made on \S+Z and ended COMPLETED for 15 credits; this run charged nothing, and no run with --new has made another since\. To make another, with a new charge: the same command with --new\. Give that another --output: \S*b\.mp4 holds this earlier result\.$/,
      ),
    ]);
  });
});

describe('the price of a request', () => {
  it('that another key was charged for already: said before anything is spent', async () => {
    const state = path.join(tempFolder(), 'state');
    const server = await service();
    const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: state });
    expect((await run([...T2V_ARGS, '--wait', '0'], { env })).code).toBe(EXIT.stillRunning);
    const quote = ['--action', 'quote', '--model', 't2v', '--payload', JSON.stringify(T2V)];
    expect(envelopeOf(await run(quote, { env })).data.warnings).toBeUndefined();
    const done = await run(quote, { env: { ...env, AIVIDEO_API_KEY: 'ak_another_0123456789' } });
    const { warnings, nextSteps } = envelopeOf(done).data as Record<string, string[]>;
    expect(warnings).toEqual([
      expect.stringMatching(/another key \(fingerprint \w+\) as task task1\. .*new charge\./),
    ]);
    expect(nextSteps![0]).toMatch(/another key.*new charge/);
  });
});
