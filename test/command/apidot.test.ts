import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listModels } from '../../scripts/src/contracts/contract.ts';
import type { Issue } from '../../scripts/src/model/issue.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import {
  accepted,
  apidot,
  ENCODED_ID,
  finished,
  ID,
  liveApidot,
  PICTURE,
  PICTURE_ARGS,
  PICTURE_LINE,
  refusal,
  type Script,
  task,
} from '../support/apidot.ts';
import { CANARY, envelopeOf, live, type Run, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { commandIn } from '../support/expect.ts';
import { recordFilesIn } from '../support/records.ts';
import type { Answer } from '../support/server.ts';
import { service } from '../support/service.ts';
import { runShell } from './shell.ts';

const APIDOT = ['--provider', 'apidot'];
const NO_CREDITS = { quoted: null, charged: null, refunded: null };

const stepsOf = ({ data }: { data: JsonObject }): string[] => data.nextSteps as string[];

/** A service, a state folder of its own, and the command against both. */
async function ground(script: Script = {}, more: Record<string, string> = {}) {
  const server = await apidot(script);
  const folder = tempFolder();
  const env = liveApidot(server.origin, { ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state'), ...more });
  const options = { env, cwd: folder };
  const call = (args: readonly string[] = PICTURE_ARGS) => run(args, options);
  const pending = async () => envelopeOf(await call(['--action', 'listPending', ...APIDOT])).data;
  return { server, folder, env, options, call, pending };
}

/** The text of every file below a folder. */
function textsBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('the HTTP requests', () => {
  it('one submit of model, input and callback_url, then the status, then the file', async () => {
    const { server, call } = await ground();
    const hook = ['--callbackUrl', 'https://example.com/hook?x=1'];
    const done = await call([
      ...PICTURE_ARGS,
      '--idempotencyKey',
      'lighthouse-0001',
      ...hook,
      '--download',
      'out',
    ]);
    const { data, ...envelope } = envelopeOf(done);
    expect(done.code).toBe(0);
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', taskId: ID, errorCode: null });
    // No answer of the service names it.
    expect(data.model).toBe('gpt-image-2');
    expect(data.credits).toEqual(NO_CREDITS);
    expect(data.files).toHaveLength(1);
    expect(server.received.map(({ method, path: target }) => `${method} ${target}`)).toEqual([
      'POST /api/generate/submit',
      ...Array(3).fill(`GET /api/generate/status/${ENCODED_ID}`),
      'GET /files/lighthouse.png',
    ]);
    const [{ headers, body }] = server.submits() as [(typeof server.received)[0]];
    expect(JSON.parse(body)).toEqual({
      model: 'gpt-image-2',
      input: PICTURE,
      callback_url: 'https://example.com/hook?x=1',
    });
    expect(headers['content-type']).toBe('application/json');
    for (const { path: target, headers: sent, body: text } of server.received) {
      const { authorization, ...others } = sent;
      expect(authorization).toBe(target.startsWith('/files/') ? undefined : `Bearer ${CANARY}`);
      expect(JSON.stringify([target, others, text])).not.toContain(CANARY);
      expect(JSON.stringify([target, others, text])).not.toMatch(/lighthouse-0001|idempot|max-credits/i);
    }
  });

  it('asks the music detail for the files that the finished status does not name', async () => {
    const { server, call } = await ground({
      status: task({ status: 'finished', error_message: null }),
      detail: (_, { server: { origin } }) =>
        task({
          status: 'finished',
          files: [{ audio_id: 'a', audio_url: `${origin}/files/song.wav`, title: 'A song', duration: 122 }],
        }),
    });
    const song = { prompt: 'calm piano over the sound of waves', is_instrumental: true };
    const line = [
      '--model',
      'minimax-music-2.6',
      '--payload',
      JSON.stringify(song),
      '--pollInterval',
      '0.02',
    ];
    const done = await call([...APIDOT, ...line]);
    expect(done.code).toBe(0);
    expect(envelopeOf(done)).toMatchObject({
      status: 'COMPLETED',
      data: { resultUrls: [`${server.origin}/files/song.wav`] },
    });
    expect(server.to('GET').at(-1)!.path).toBe(`/api/generate/detail/music?task_id=${ENCODED_ID}`);
  });

  it('a task that failed is told with its reason, and nothing is claimed about its charge', async () => {
    const { server, call } = await ground({
      status: task({ status: 'failed', error_message: 'content policy' }),
    });
    const done = await call();
    const envelope = envelopeOf(done);
    expect(done.code).toBe(1);
    expect(envelope).toMatchObject({ status: 'FAILED', taskId: ID, errorCode: 'GENERATION_FAILED' });
    expect(envelope.errorMessage).toContain('"content policy"');
    expect(envelope.data.credits).toEqual(NO_CREDITS);
    expect(stepsOf(envelope)[0]).toMatch(/does not document.*check the dashboard/);
    expect(stepsOf(envelope).join('\n')).not.toMatch(/--action account/);
    expect(server.submits()).toHaveLength(1);
  });
});

describe('only where it is asked for', () => {
  const OTHER = 'ak_other_canary_33c9d27a61';

  it('each key goes to its own service, and neither to any output or file', async () => {
    const [dot, video, folder] = [await apidot(), await service(), tempFolder()];
    const state = path.join(folder, 'state');
    const env = {
      ...live(video.origin, { AIVIDEO_API_KEY: OTHER }),
      ...liveApidot(dot.origin, { ASYNC_MEDIA_STATE_DIR: state }),
    };
    const first = await run([...T2V_ARGS, '--download', 'out'], { env, cwd: folder });
    expect(first.code).toBe(0);
    expect(dot.received).toHaveLength(0);
    const asked = video.received.length;
    const second = await run([...PICTURE_ARGS, '--download', 'out'], { env, cwd: folder });
    expect(second.code).toBe(0);
    expect(video.received).toHaveLength(asked);
    expect(JSON.stringify(video.received)).toContain(OTHER);
    expect(JSON.stringify(video.received)).not.toContain(CANARY);
    expect(JSON.stringify(dot.received)).toContain(CANARY);
    expect(JSON.stringify(dot.received)).not.toContain(OTHER);
    expect(recordFilesIn(path.join(state, 'records'))).toHaveLength(2);
    const told = [first.stdout, first.stderr, second.stdout, second.stderr, textsBelow(folder)].join('\n');
    expect(told).not.toContain(CANARY);
    expect(told).not.toContain(OTHER);
  });

  it('without its key nothing is sent; the next steps name the key page and the sandbox', async () => {
    const [dot, video] = [await apidot(), await service()];
    const env = { ...live(video.origin), ...liveApidot(dot.origin, { APIDOT_API_KEY: undefined }) };
    const done = await run(PICTURE_ARGS, { env });
    const envelope = envelopeOf(done);
    expect(done.code).toBe(3);
    expect(envelope).toMatchObject({ ok: false, status: 'FAILED', taskId: null, errorCode: 'AUTH_FAILED' });
    expect(envelope.errorMessage).toContain('APIDOT_API_KEY');
    expect(stepsOf(envelope)[0]).toContain('https://apidot.ai/dashboard/api-key');
    expect(commandIn(envelope.data)).toMatch(/ --provider apidot --model gpt-image-2 .* --sandbox$/);
    expect([...dot.received, ...video.received]).toEqual([]);
  });

  it('a task of APIDot that the other service is asked for: where it was made, and never that key for the other', async () => {
    const dot = await apidot();
    const video = await service({
      status: { status: 404, body: { status: 'FAILED', message: 'Task not found' } },
    });
    const env = { ...live(video.origin), ...liveApidot(dot.origin, { ASYNC_MEDIA_STATE_DIR: tempFolder() }) };
    expect((await run([...PICTURE_LINE, '--wait', '0'], { env })).code).toBe(4);
    const [asked, listed, named] = await Promise.all([
      run(['--action', 'getStatus', '--taskId', ID], { env }),
      run(['--action', 'listPending'], { env }),
      run(['--action', 'listPending', '--provider', 'aivideomaker'], { env }),
    ]);
    const envelope = envelopeOf(asked);
    expect(asked.code).toBe(8);
    expect(envelope).toMatchObject({ errorCode: 'TASK_NOT_FOUND', taskId: ID });
    expect(JSON.stringify(envelope)).not.toContain('AIVIDEO_API_KEY');
    expect(envelopeOf(named).data.count).toBe(0);
    const [{ resume }] = envelopeOf(listed).data.pending as [{ resume: string }];
    for (const command of [commandIn(envelope.data), resume]) {
      expect(command).toMatch(/--action waitTask --taskId \S+ --wait 45 --provider apidot$/);
    }
    expect(dot.received).toHaveLength(1);
  });
});

describe('what APIDot has no request for', () => {
  const AGAIN = ['--taskId', ID];
  const REFUSED: [string[], string, RegExp][] = [
    [[...APIDOT, '--action', 'cancelTask', ...AGAIN], '--action', /waitTask/],
    [[...APIDOT, '--action', 'listTasks'], '--action', /getStatus/],
    [[...PICTURE_LINE, '--action', 'quote'], '--action', /price/],
    [[...APIDOT, '--action', 'account'], '--action', /listModels/],
    [
      [...PICTURE_ARGS, '--maxCreditsPerDay', '20'],
      '--maxCreditsPerDay',
      /^ask the user .* leave --maxCreditsPerDay out/,
    ],
    [[...PICTURE_ARGS, '--webhookUrl', 'https://example.com/hook'], '--webhookUrl', /write --callbackUrl/],
  ];

  it.each([
    ['with a key', CANARY],
    ['without one', undefined],
  ])('%s: is refused by name before anything is sent', async (_, key) => {
    const { server, env } = await ground();
    await Promise.all(
      REFUSED.map(async ([args, where, hint]) => {
        const done = await run(args, { env: { ...env, APIDOT_API_KEY: key } });
        const envelope = envelopeOf(done);
        expect([args, done.code, envelope.errorCode]).toEqual([args, 2, 'INVALID_PAYLOAD']);
        expect(envelope.taskId).toBe(args.includes(ID) ? ID : null);
        const issue = (envelope.data.issues as unknown as Issue[]).find((one) => one.path === where);
        expect(issue?.expected).toContain(where === '--webhookUrl' ? '--callbackUrl for APIDot' : 'APIDot');
        expect(issue?.hint).toMatch(hint);
        expect(stepsOf(envelope).length).toBeGreaterThan(0);
        expect(done.stderr).toBe('');
      }),
    );
    expect(server.received).toHaveLength(0);
  });

  it('quote is refused with the estimate of its payload, or with what is wrong with the payload', async () => {
    const [priced, unpriced, wrong] = await Promise.all([
      run([...PICTURE_LINE, '--action', 'quote']),
      run([...APIDOT, '--action', 'quote', '--model', 'z-image', '--payload', '{"prompt":"x","size":"1:1"}']),
      run([...APIDOT, '--action', 'quote', '--model', 'z-image', '--payload', '{"prompt":"x"}']),
    ]);
    expect(stepsOf(envelopeOf(priced))[0]).toMatch(
      /^An estimate by prices of about 2026-05-25, no quote: \d+/,
    );
    // The estimate of the example, which describeModel has, may be another one.
    const hintOf = (done: typeof priced) => (envelopeOf(done).data.issues as { hint: string }[])[0]!.hint;
    expect(hintOf(priced)).toBe('the estimate of the price of this payload is in nextSteps');
    expect(hintOf(unpriced)).toBe('no price of this payload is known here');
    expect(stepsOf(envelopeOf(unpriced))[0]).toMatch(/^No price of z-image is known here either/);
    expect(envelopeOf(wrong).data.issues).toMatchObject([{ path: 'size' }]);
    for (const { code } of [priced, unpriced, wrong]) expect(code).toBe(2);
  });

  it('--maxCredits is held against the estimate, and says that it is one', async () => {
    const { server, call } = await ground({ status: task({ status: 'running' }) });
    const line = [...APIDOT, '--model', 'seedance-2', '--wait', '0', '--payload'];
    const payload = '{"prompt":"a lighthouse","duration":5,"resolution":"720p"}';
    const above = await call([...line, payload, '--maxCredits', '199']);
    expect(above.code).toBe(5);
    const { data, errorCode, errorMessage, status } = envelopeOf(above);
    expect([errorCode, status]).toEqual(['BUDGET_EXCEEDED', 'FAILED']);
    expect(errorMessage).toMatch(/^By an estimate \(prices of 2026-07-06\) this would cost 200 credits; /);
    expect(data.estimate).toMatchObject({ least: 200, most: 200, asOf: '2026-07-06' });
    expect(stepsOf({ data })[0]).toMatch(/^Cheaper: .* \(an estimate of 2026-07-06\)\.$/);
    // A form at 480p of 4 seconds costs 80 credits: one credit less, and it is offered no more.
    expect(stepsOf(envelopeOf(await call([...line, payload, '--maxCredits', '80'])))[0]).toMatch(
      /80 credits/,
    );
    const none = stepsOf(envelopeOf(await call([...line, payload, '--maxCredits', '79'])));
    expect(none[0]).toBe('No form of seedance-2 is known that costs at most 79 credits.');
    const unknown = await call([
      ...['--provider', 'apidot', '--model', 'z-image', '--maxCredits', '500'],
      ...['--payload', '{"prompt":"a lighthouse","size":"1:1"}'],
    ]);
    expect([unknown.code, envelopeOf(unknown).errorCode]).toEqual([2, 'INVALID_PAYLOAD']);
    expect(envelopeOf(unknown).data.issues).toMatchObject([
      {
        path: '--maxCredits',
        received: '500',
        hint: expect.stringMatching(
          /^ask the user for a yes to an unknown price of z-image \(.*\); only then leave --maxCredits out$/,
        ),
      },
    ]);
    expect(server.received).toHaveLength(0);
    const made = await call([...line, payload, '--maxCredits', '200']);
    expect(made.code).toBe(4);
    expect(envelopeOf(made).data.estimate).toEqual(data.estimate);
    expect(server.submits()).toHaveLength(1);
    // Its task is resumed by the same command, whatever the limit is: it charges nothing.
    const resumed = await call([...line, payload, '--maxCredits', '1']);
    expect([resumed.code, envelopeOf(resumed).data.estimate]).toEqual([4, undefined]);
    expect(server.submits()).toHaveLength(1);
  });

  it('--callbackUrl is its word alone', async () => {
    const done = await run([...T2V_ARGS, '--callbackUrl', 'https://example.com/hook']);
    expect(done.code).toBe(2);
    expect(envelopeOf(done).data.issues).toMatchObject([
      { path: '--callbackUrl', hint: 'write --webhookUrl' },
    ]);
  });
});

it('a task that the user found becomes the task of its request: the same command resumes it, with its file', async () => {
  const { server, folder, call, options } = await ground({ submit: ['closed', accepted] });
  const args = [...PICTURE_ARGS, '--output', 'out/found.png'];
  const lost = envelopeOf(await call(args));
  const [, advised] = /this resumes it: (node .*)$/.exec(
    stepsOf(lost).find((step) => step.includes('resumes it'))!,
  )!;
  expect(advised).toContain(`--idempotencyKey ${lost.data.idempotencyKey}`);
  expect(advised).toContain(`--output ${path.join(folder, 'out', 'found.png')}`);
  const found = await runShell(advised!.replace("'<task_id>'", ID), options);
  expect(envelopeOf(found)).toMatchObject({ status: 'COMPLETED', taskId: ID });
  expect(envelopeOf(await call(args)).data).toMatchObject({
    reused: true,
    files: [{ path: path.join(folder, 'out', 'found.png') }],
  });
  expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  const key = String(lost.data.idempotencyKey);
  const other = await call([
    '--action',
    'waitTask',
    '--taskId',
    `${ID}x`,
    '--idempotencyKey',
    key,
    ...APIDOT,
  ]);
  expect(other.code).toBe(2);
  expect(envelopeOf(other).errorMessage).toContain(`has task ${ID}`);
});

/** The outcome of a submit is not known, and nothing leads the reader to send it again by himself. */
function expectUnknown(done: Run): void {
  const envelope = envelopeOf(done);
  expect(done.code).toBe(7);
  expect(envelope).toMatchObject({ ok: false, status: 'UNKNOWN', errorCode: 'SUBMIT_OUTCOME_UNKNOWN' });
  expectNoSecondSubmit(stepsOf(envelope));
}

function expectNoSecondSubmit(steps: string[]): void {
  const text = steps.join('\n');
  expect(text).toContain('https://apidot.ai/dashboard');
  expect(text).toContain('Do not submit this again before you know');
  expect(text).not.toMatch(/listTasks|searches|finds out/);
  const commands = steps.filter((step) => step.startsWith('node '));
  for (const command of commands) expect(command).toContain('--action waitTask');
  // Waiting changes nothing: the user decides between two commands, of which the second charges again.
  expect(steps.filter((step) => /--new|same command|waitTask/.test(step)).slice(-2)).toEqual([
    expect.stringMatching(/^The user decides\. .*: node .* --action waitTask --taskId '<task_id>' .*apidot/),
    expect.stringMatching(/^If there is none, and only if the user accepts .*: node .* --new$/),
  ]);
}

describe('a submit whose answer is lost', () => {
  it('with an error that names a task is unknown; the next run asks for the state of that task', async () => {
    const submit: Answer = { status: 400, body: { code: 400, data: { task_id: ID } } };
    const { server, call } = await ground({ submit });
    const first = await call();
    expectUnknown(first);
    expect(envelopeOf(first).taskId).toBe(ID);
    expect(envelopeOf(await call())).toMatchObject({ ok: true, taskId: ID, data: { resumed: true } });
    expect(server.submits()).toHaveLength(1);
  });

  it('with a key of its own never means a second charge, also after its delivery', async () => {
    const submit: Answer = { status: 500, body: { code: 500, data: { task_id: ID } } };
    const { server, call } = await ground({ submit });
    const named = [...PICTURE_ARGS, '--idempotencyKey', 'lighthouse-0001'];
    expect((await call(named)).code).toBe(7);
    for (let n = 0; n < 2; n += 1) {
      expect(envelopeOf(await call(named))).toMatchObject({ status: 'COMPLETED', taskId: ID });
    }
    expect(server.submits()).toHaveLength(1);
  });

  it('is unknown, and stays unknown: the same command sends nothing', async () => {
    // Which answers leave it unknown: test/providers/apidot.test.ts.
    const { server, call } = await ground({ submit: refusal(500, 'server_error', 'Internal error') });
    for (const isFirst of [true, false]) {
      const done = await call();
      expectUnknown(done);
      const earlier = expect.stringContaining('An earlier run of this command did not learn');
      expect(envelopeOf(done).errorMessage).toEqual(
        isFirst ? expect.not.stringContaining('earlier') : earlier,
      );
      expect(server.received).toHaveLength(1);
    }
  });

  it('is listed until the user decides for --new; from then on the same command means what that made', async () => {
    let isLost = true;
    const { server, call, pending } = await ground({
      submit: () => (isLost ? 'reset' : accepted),
      status: (_, { server: it }) => finished(it),
    });
    expectUnknown(await call());
    const { count, pending: entries, nextSteps } = await pending();
    expect(count).toBe(1);
    expect(entries).toMatchObject([{ provider: 'apidot', taskId: null, credits: NO_CREDITS }]);
    expect(JSON.stringify(nextSteps)).toMatch(/https:\/\/apidot\.ai\/dashboard.*Only if the user accepts/);
    expect(JSON.stringify([entries, nextSteps])).not.toMatch(/searches|run its command again/);
    isLost = false;
    expectUnknown(await call());
    expect(server.submits()).toHaveLength(1);
    const again = await call([...PICTURE_ARGS, '--new']);
    expect([again.code, envelopeOf(again).data.resumed]).toEqual([0, undefined]);
    expect(server.submits()).toHaveLength(2);
    expect((await pending()).count).toBe(0);
    const next = await call();
    expect([next.code, envelopeOf(next).data.reused]).toEqual([0, true]);
    expect(server.submits()).toHaveLength(2);
  });
});

describe('a submit that is rejected', () => {
  const PLAIN: [number, string, string, number][] = [
    [400, 'invalid_request', 'INVALID_PAYLOAD', 2],
    [400, 'invalid_request_error', 'INVALID_PAYLOAD', 2],
    [401, 'authentication_error', 'AUTH_FAILED', 3],
    [402, 'insufficient_credits', 'INSUFFICIENT_CREDITS', 5],
    [429, 'rate_limited', 'RATE_LIMITED', 6],
  ];
  const later = (seconds: number) => ({ headers: { 'retry-after': String(seconds) } });
  const CASES: [...(typeof PLAIN)[0], Partial<Answer>][] = PLAIN.map((one) => [...one, {}]);
  // Any of them may come as a `code` inside HTTP 200, too (test/providers/apidot.test.ts): one of them here.
  CASES.push([429, 'rate_limited', 'RATE_LIMITED', 6, { status: 200, ...later(3600) }]);

  async function expectRefused(
    [code, type, errorCode, exit, form]: (typeof CASES)[0],
    env: Record<string, string>,
  ): Promise<void> {
    const { server, call } = await ground({ submit: refusal(code, type, 'so it says', form) }, env);
    const done = await call();
    const envelope = envelopeOf(done);
    const retryAfter = form.headers ? 3600 : null;
    expect([code, form, done.code, envelope.errorCode]).toEqual([code, form, exit, errorCode]);
    expect(envelope).toMatchObject({ ok: false, status: 'FAILED', taskId: null, retryAfter });
    expect(envelope.errorMessage).toContain('so it says');
    const steps = stepsOf(envelope).join('\n');
    expect(steps).not.toMatch(/^$|listTasks|--action account|AIVIDEO_API_KEY/);
    if (code === 401) expect(steps).toMatch(/APIDOT_API_KEY.*apidot\.ai\/dashboard\/api-key/);
    if (code === 402) expect(steps).toMatch(/APIDot takes credits/);
    expect(server.received).toHaveLength(code === 429 && retryAfter === null ? 2 : 1);
  }

  it('says why, is sent again only where that may help and there is time, and leaves no record', async () => {
    const shared = { ASYNC_MEDIA_STATE_DIR: tempFolder(), AIVIDEO_MAX_RETRIES: '1' };
    await Promise.all(CASES.map((one) => expectRefused(one, shared)));
    const { pending } = await ground({}, shared);
    expect(await pending()).toMatchObject({ count: 0, pending: [] });
  });
});

/** Runs the command and sends it a signal in the instant in which its submit has arrived, which is never answered. */
async function stoppedInSubmit(signal: NodeJS.Signals) {
  let kill = (_: NodeJS.Signals): void => {};
  const { server, options, call, pending } = await ground(
    { submit: () => kill(signal) as undefined },
    { AIVIDEO_TIMEOUT_MS: '20000' },
  );
  const done = await run(PICTURE_ARGS, { ...options, onStart: (how) => (kill = how) });
  return { server, done, call, pending };
}

describe('a command that is stopped', () => {
  it('between request and answer, run again: unknown, still one submit', async () => {
    const [killed, told] = await Promise.all([stoppedInSubmit('SIGKILL'), stoppedInSubmit('SIGTERM')]);
    expect([killed.done.signal, killed.done.stdout]).toEqual(['SIGKILL', '']);
    expect(told.done.code).toBe(143);
    const envelope = envelopeOf(told.done);
    expect(envelope).toMatchObject({ status: 'UNKNOWN', taskId: null, errorCode: 'SUBMIT_OUTCOME_UNKNOWN' });
    expectNoSecondSubmit(stepsOf(envelope));
    await Promise.all(
      [killed, told].map(async ({ server, call, pending }) => {
        expectUnknown(await call());
        expect((await pending()).pending).toMatchObject([{ taskId: null, status: 'UNKNOWN' }]);
        expect(server.submits()).toHaveLength(1);
      }),
    );
  });
});

describe('which model is whose', () => {
  it('listModels and describeModel know both services, and a submit says which one is meant', async () => {
    const { server, env } = await ground();
    const both = { ...env, ...live(server.origin) };
    const call = (...args: string[]) => run(args, { env: both });
    const payload = ['--payload', '{"prompt":"a lighthouse"}'];
    const [list, described, submitted, unsupported, named] = await Promise.all([
      call('--action', 'listModels'),
      call('--action', 'describeModel', '--model', 'seedance-2'),
      call('--model', 'seedance-2', ...payload),
      call('--model', 'sora-2', ...payload),
      call(...APIDOT, '--model', 'kling-2.6', ...payload),
    ]);

    const { data } = envelopeOf(list);
    const ids = (data.models as { model: string }[]).map(({ model }) => model);
    expect(ids).toEqual(await listModels('aivideomaker'));
    expect(data.otherProviders).toEqual({ apidot: await listModels('apidot') });

    expect(described.code).toBe(0);
    expect(envelopeOf(described).data).toMatchObject({ provider: 'apidot', model: 'seedance-2' });
    expect(commandIn(envelopeOf(described).data)).toContain('--sandbox --provider apidot --model seedance-2');

    const refused = envelopeOf(submitted);
    expect([submitted.code, refused.errorCode, refused.status]).toEqual([2, 'INVALID_MODEL', 'FAILED']);
    expect(refused.data.issues).toMatchObject([{ path: '--model', hint: 'add --provider apidot' }]);

    for (const [done, why] of [
      [unsupported, /^apidot has no contract for "sora-2": only types of the website's own client/],
      [named, /^apidot has no contract for "kling-2\.6": beyond a name in a skill/],
    ] as const) {
      const envelope = envelopeOf(done);
      expect([done.code, envelope.errorCode]).toEqual([2, 'INVALID_MODEL']);
      expect(envelope.errorMessage).toMatch(why);
      expect(stepsOf(envelope).join('\n')).toContain('https://apidot.ai/models');
    }
    expect(server.received).toHaveLength(0);
  });
});
