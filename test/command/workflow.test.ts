import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../scripts/src/cli/command-line/words.ts';
import { envelopeOf, live, ROOT, run, T2V, T2V_ARGS, tempFolder } from '../support/command.ts';
import { commandIn, expectKeyInItsHeaderOnly, expectNoKeyBelow } from '../support/expect.ts';
import { MP4 } from '../support/media.ts';
import { AIVIDEOMAKER_MODELS } from '../support/models.ts';
import { accepted, service, states, TASK } from '../support/service.ts';
import { runShell } from './shell.ts';

const FAST = ['--pollInterval', '0.02'];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the full workflow', () => {
  it('B1 B5 B6 B8: submits once, waits, fetches the record, saves the file', async () => {
    const server = await service();
    const folder = tempFolder();
    const state = path.join(folder, 'state');
    mkdirSync(state);
    const done = await run([...T2V_ARGS, '--download', 'out'], {
      cwd: folder,
      env: live(server.origin, { ASYNC_MEDIA_STATE_DIR: state }),
    });
    const envelope = envelopeOf(done);
    expect(done.code).toBe(0);
    expect(envelope).toMatchObject({
      ok: true,
      status: 'COMPLETED',
      taskId: TASK,
      errorCode: null,
      errorMessage: null,
      retryAfter: null,
    });
    expect(server.received.map(({ method, path: target }) => `${method} ${target}`)).toEqual([
      'POST /api/v1/generate/t2v',
      `GET /api/v1/tasks/${TASK}/status`,
      `GET /api/v1/tasks/${TASK}/status`,
      `GET /api/v1/tasks/${TASK}/status`,
      `GET /api/v1/tasks/${TASK}`,
      'GET /files/clip.mp4',
    ]);
    const { headers, body } = server.submits()[0]!;
    expect(JSON.parse(body)).toEqual(T2V);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['idempotency-key']).toMatch(UUID);
    expect(headers['x-max-credits']).toBeUndefined();
    expect(headers.webhookurl).toBeUndefined();
    expect(headers.authorization).toBeUndefined();

    const file = path.join(folder, 'out', `${TASK}.mp4`);
    expect(readdirSync(path.join(folder, 'out'))).toEqual([`${TASK}.mp4`]);
    expect(readFileSync(file).equals(MP4)).toBe(true);
    expect(envelope.data.files).toEqual([
      {
        path: file,
        bytes: MP4.length,
        sha256: createHash('sha256').update(MP4).digest('hex'),
        contentType: 'video/mp4',
      },
    ]);
    expect(envelope.data).toMatchObject({
      model: 't2v',
      credits: { quoted: null, charged: 15, refunded: 0 },
      upstream: { creditsCharged: 15, model: 't2v' },
    });
    expectKeyInItsHeaderOnly(server);
    expectNoKeyBelow(folder);
  });

  it('B10: sends the cap, the idempotency key and the callback address that were given', async () => {
    const server = await service();
    const flags = ['--maxCredits', '20', '--idempotencyKey', 'lighthouse-0001'];
    const hook = ['--webhookUrl', 'https://bücher.example/häfen?x=1'];
    const done = await run([...T2V_ARGS, ...flags, ...hook], { env: live(server.origin) });
    expect(done.code).toBe(0);
    expect(envelopeOf(done).data).toMatchObject({ credits: { quoted: 15, charged: 15, refunded: 0 } });
    expect(server.received.slice(0, 2).map(({ path: target }) => target)).toEqual([
      '/api/v1/quote/t2v',
      '/api/v1/generate/t2v',
    ]);
    expect(server.submits()[0]!.headers).toMatchObject({
      'idempotency-key': 'lighthouse-0001',
      'x-max-credits': '20',
      webhookurl: 'https://xn--bcher-kva.example/h%C3%A4fen?x=1',
    });
  });

  it('without --download says where the file is and how to save it, and the command does', async () => {
    const server = await service();
    const folder = tempFolder();
    const env = live(server.origin);
    const { data } = envelopeOf(await run(T2V_ARGS, { env, cwd: folder }));
    expect(data.resultUrls).toEqual([`${server.origin}/files/clip.mp4`]);
    expect(server.to('GET /files')).toHaveLength(0);
    expect((await runShell(commandIn(data), { env, cwd: folder })).code).toBe(0);
    expect(readdirSync(path.join(folder, 'out'))).toEqual([`${TASK}.mp4`]);
    expect(server.submits()).toHaveLength(1);
  });

  it('fault 61: a prompt with line breaks, quotes and a leading -- arrives as it was written', async () => {
    const server = await service();
    const prompt = '--help me\nsay "it\'s dawn" $HOME `id` \u0007 \u{1F3E0} \\n';
    const payload = JSON.stringify({ ...T2V, prompt });
    const done = await run(['--model', 't2v', `--payload=${payload}`, ...FAST], { env: live(server.origin) });
    expect(done.code).toBe(0);
    expect(JSON.parse(server.submits()[0]!.body).prompt).toBe(prompt);
  });

  it('B2: calls below the path of a base URL', async () => {
    const server = await service();
    expect((await run(T2V_ARGS, { env: live(`${server.origin}/some/base/`) })).code).toBe(0);
    expect(server.received[0]!.path).toBe('/some/base/api/v1/generate/t2v');
    expect(server.received.every(({ path: target }) => target.startsWith('/some/base/api/v1/'))).toBe(true);
  });
});

describe('a wait that ends first', () => {
  it('--wait 0 returns the healthy task with exit code 4 and the command that resumes it', async () => {
    const server = await service();
    const folder = path.join(tempFolder(), "it's here");
    mkdirSync(folder);
    const env = live(server.origin);
    const first = await run([...T2V_ARGS, '--wait', '0', '--download', 'my out'], { env, cwd: folder });
    const { data, ...envelope } = envelopeOf(first);
    expect(first.code).toBe(4);
    expect(envelope).toMatchObject({ ok: true, status: 'SUBMITTED', taskId: TASK });
    expect(first.stderr).toBe(`task ${TASK} SUBMITTED\n`);
    expect(server.received).toHaveLength(1);

    const resumed = await runShell(commandIn(data), { env, cwd: folder });
    expect(resumed.code).toBe(0);
    expect(envelopeOf(resumed)).toMatchObject({ ok: true, status: 'COMPLETED', taskId: TASK });
    expect(readdirSync(path.join(folder, 'my out'))).toEqual([`${TASK}.mp4`]);
    expect(server.submits()).toHaveLength(1);
  });

  it('--wait running out: exit code 4, and the command that resumes keeps the limit and the interval', async () => {
    const server = await service({ status: states('PROGRESS') });
    const done = await run([...T2V_ARGS, '--wait', '2.5'], { env: live(server.origin) });
    const { data, ...envelope } = envelopeOf(done);
    expect(done.code).toBe(4);
    expect(envelope).toMatchObject({ ok: true, status: 'PROGRESS', taskId: TASK });
    expect(commandIn(data)).toContain(` --action waitTask --taskId ${TASK} --wait 2.5 --pollInterval 0.02`);
    expect(JSON.stringify(data.nextSteps)).not.toMatch(/submit (it )?again[^:]*$/i);
    expect(done.stderr.trim().split('\n')).toHaveLength(2);
  });

  it('fault 38: the task id is on stderr before anything waits, and each state is said once', async () => {
    const server = await service({
      status: states('SUBMITTED', 'SUBMITTED', 'PROGRESS', 'PROGRESS', 'PROGRESS', 'COMPLETED'),
    });
    let seenAt = 0;
    const done = await run(T2V_ARGS, {
      env: live(server.origin),
      onStderr: (text) => {
        if (text.includes(TASK)) seenAt ||= server.received.length;
      },
    });
    expect(seenAt).toBeLessThanOrEqual(2);
    const lines = done.stderr.trim().split('\n');
    expect(lines[0]).toBe(`task ${TASK} SUBMITTED`);
    expect(lines.slice(1).map((line) => /(PROGRESS|COMPLETED|SUBMITTED)/.exec(line)?.[1])).toEqual([
      'PROGRESS',
      'COMPLETED',
    ]);
  });

  it('is quiet about a service that answers only every second time', async () => {
    const server = await service({
      status: (_, { count }) =>
        count >= 12
          ? { body: { status: 'COMPLETED' } }
          : count % 2
            ? { status: 503, body: 'no' }
            : { body: { status: 'PROGRESS' } },
    });
    // A pause of half a second after each failure would make this slow: the first one is enough here.
    const done = await run([...T2V_ARGS, '--wait', '2'], { env: live(server.origin) });
    expect(done.stderr.split('\n').filter((line) => line.includes('NETWORK_ERROR'))).toHaveLength(1);
    expect(done.stderr.split('\n').filter((line) => line.includes('PROGRESS'))).toHaveLength(1);
  });
});

describe('the other actions', () => {
  const record200 = { status: 'PROGRESS', output: null };

  it('B1 B8: createGeneration returns the submitted task at once', async () => {
    const server = await service();
    const args = ['--action', 'createGeneration', '--model', 't2v', '--payload', JSON.stringify(T2V)];
    const done = await run(args, { env: live(server.origin) });
    const { data, ...envelope } = envelopeOf(done);
    expect(done.code).toBe(0);
    expect(envelope).toMatchObject({ ok: true, status: 'SUBMITTED', taskId: TASK });
    expect(data).toMatchObject({ credits: { charged: 15 }, upstream: { creditsCharged: 15 } });
    expect(commandIn(data)).toContain(`--action waitTask --taskId ${TASK}`);
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['getStatus', 'GET', `/api/v1/tasks/${TASK}/status`, 'SUBMITTED'],
    ['getTask', 'GET', `/api/v1/tasks/${TASK}`, 'COMPLETED'],
    ['cancelTask', 'PUT', `/api/v1/tasks/${TASK}/cancel`, 'CANCEL'],
  ])('B1 B8: %s asks once and returns the state', async (action, method, target, state) => {
    const server = await service();
    const done = await run(['--action', action, '--taskId', TASK], { env: live(server.origin) });
    expect(done.code).toBe(0);
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: state, taskId: TASK, errorCode: null });
    const [asked, ...more] = server.received.map((one) => [one.method, one.path, one.body]);
    expect(asked).toEqual([method, target, '']);
    // What a cancelled task cost is in its record.
    expect(more).toEqual(action === 'cancelTask' ? [['GET', `/api/v1/tasks/${TASK}`, '']] : []);
    expectKeyInItsHeaderOnly(server);
  });

  it('getTask saves the file of a finished task', async () => {
    const server = await service({ status: states('COMPLETED') });
    const folder = tempFolder();
    const args = ['--action', 'getTask', '--taskId', TASK, '--download', folder];
    expect((await run(args, { env: live(server.origin) })).code).toBe(0);
    expect(readdirSync(folder)).toEqual([`${TASK}.mp4`]);
  });

  it('waitTask waits for the end, and saves the file', async () => {
    const server = await service();
    const folder = tempFolder();
    const args = ['--action', 'waitTask', '--taskId', TASK, '--download', folder, ...FAST];
    const done = await run(args, { env: live(server.origin) });
    expect(done.code).toBe(0);
    expect(envelopeOf(done)).toMatchObject({ status: 'COMPLETED', taskId: TASK });
    expect(readdirSync(folder)).toEqual([`${TASK}.mp4`]);
    expect(server.submits()).toHaveLength(0);
  });

  it('listTasks gives compact rows, with --full the records, and the commands that resume those that run', async () => {
    const server = await service();
    const done = await run(['--action', 'listTasks'], { env: live(server.origin) });
    const { data, ...envelope } = envelopeOf(done);
    expect(done.code).toBe(0);
    expect(envelope).toMatchObject({ ok: true, status: null, taskId: null });
    expect(data).toMatchObject({
      count: 1,
      counts: { PROGRESS: 1 },
      tasks: [{ taskId: TASK, status: 'PROGRESS', model: 't2v', credits: { charged: 15, refunded: 0 } }],
    });
    expect(data).not.toHaveProperty('upstream');
    const full = await run(['--action', 'listTasks', '--full'], { env: live(server.origin) });
    expect(envelopeOf(full).data).toMatchObject({ upstream: { tasks: [{ id: TASK, ...record200 }] } });
    expect(commandIn(data)).toContain(`waitTask --taskId ${TASK}`);
  });

  it('quote asks for the price of exactly this payload, and makes nothing', async () => {
    const server = await service();
    const args = ['--action', 'quote', '--model', 't2v', '--payload', JSON.stringify(T2V)];
    const done = await run(args, { env: live(server.origin) });
    const { data, ...envelope } = envelopeOf(done);
    expect(done.code).toBe(0);
    expect(envelope).toMatchObject({ ok: true, status: null, taskId: null });
    expect(data).toMatchObject({ credits: 15, affordable: true, upstream: { billable: false } });
    expect(server.received.map((one) => [one.method, one.path])).toEqual([['POST', '/api/v1/quote/t2v']]);
    expect(JSON.parse(server.received[0]!.body)).toEqual(T2V);
  });

  it('the price of a request that was made is not refused for --maxCredits: its command charges nothing, alone and in a batch', async () => {
    const server = await service();
    const cwd = tempFolder();
    const env = { ...live(server.origin), ASYNC_MEDIA_STATE_DIR: path.join(cwd, 'state') };
    const request = ['--model', 't2v', '--payload', JSON.stringify(T2V), '--maxCredits', '10'];
    const quote = ['--action', 'quote', ...request];
    writeFileSync(path.join(cwd, 'ideas.txt'), T2V.prompt);
    const { prompt: _, ...rest } = T2V;
    const batch = ['--batch', 'ideas.txt', '--model', 't2v', '--payload', JSON.stringify(rest)];
    const quotes = [quote, ['--action', 'quote', ...batch, '--maxCredits', '10']];
    for (const args of quotes) {
      expect(envelopeOf(await run(args, { env, cwd })).errorCode).toBe('BUDGET_EXCEEDED');
    }
    expect(envelopeOf(await run([...T2V_ARGS, '--wait', '45'], { env, cwd })).status).toBe('COMPLETED');
    const [one, all] = await Promise.all(
      quotes.map(async (args) => envelopeOf(await run(args, { env, cwd }))),
    );
    expect(one).toMatchObject({ ok: true, data: { credits: 15, charged: true } });
    expect(all).toMatchObject({ ok: true, data: { credits: 15, notCharged: 0 } });
    const same = envelopeOf(await run([...request, '--wait', '45'], { env, cwd }));
    expect(same).toMatchObject({ ok: true, data: { reused: true } });
    expect(server.to('POST /api/v1/generate/')).toHaveLength(1);
  });

  it('account names what the service lists and what has a contract', async () => {
    const server = await service();
    const done = await run(['--action', 'account'], { env: live(server.origin) });
    const { data } = envelopeOf(done);
    expect(done.code).toBe(0);
    expect(data).toMatchObject({ currentBalance: 415, contracts: { withoutContract: ['newmodel'] } });
    const { notListedByService } = data.contracts as { notListedByService: string[] };
    expect(notListedByService.filter((id) => AIVIDEOMAKER_MODELS.includes(id)).sort()).toEqual([
      'happyhorse',
      'lv',
    ]);
    expect(data.nextSteps).toEqual([
      expect.stringMatching(/^AIVideoMaker lists newmodel, which has no contract here/),
    ]);
  });

  it('B3: listModels and describeModel need no key and no network, and their commands run', async () => {
    const list = await run(['--action', 'listModels', '--full'], {
      env: { HTTPS_PROXY: 'socks5://127.0.0.1:1' },
    });
    const models = envelopeOf(list).data.models as { model: string; example: object }[];
    expect(models.map(({ model }) => model)).toEqual(expect.arrayContaining([...AIVIDEOMAKER_MODELS]));
    await Promise.all(
      models.map(async ({ model, example }) => {
        const described = await run(['--action', 'describeModel', '--model', model, '--full']);
        const { data, status } = envelopeOf(described);
        expect([described.code, status]).toEqual([0, null]);
        expect(data).toMatchObject({ model, example, schema: { type: 'object' } });
        expect(described.stdout).not.toContain('[cut');
        expect(data.sources).not.toHaveLength(0);
        expect((await runShell(`${commandIn(data)} --wait 0`, {})).code).toBe(4);
      }),
    );
  });
});

describe('what agents rely on', () => {
  it('--version and --help answer as text, and every example of --help runs as printed', async () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    const folder = tempFolder();
    const help = await run(['--help'], { cwd: folder });
    expect((await run(['--version'])).stdout).toBe(`${version}\n`);
    expect(help.code).toBe(0);
    const lines = help.stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(50);
    const examples = lines.filter((line) => line.startsWith(`  ${commandLine([])} `) && !line.includes('<'));
    expect(examples).toHaveLength(3);
    for (const example of examples) {
      const done = await runShell(`${example} --wait 30`.replace(/(--action .*) --wait 30$/, '$1'), {
        cwd: folder,
      });
      expect([example, done.code]).toEqual([example, 0]);
    }
    expect(readdirSync(path.join(folder, 'out'))).toHaveLength(1);
  });

  it('B10, faults 10 and 11: addresses that the service sends are not followed, and a redirect is not either', async () => {
    const other = await service();
    const server = await service({
      submit: { body: { ...accepted, statusUrl: `${other.origin}/api/v1/tasks/${TASK}/status` } },
      list: { status: 302, headers: { location: `${other.origin}/api/v1/tasks` } },
    });
    expect((await run(T2V_ARGS, { env: live(server.origin) })).code).toBe(0);
    const list = await run(['--action', 'listTasks'], {
      env: live(server.origin, { AIVIDEO_MAX_RETRIES: '0' }),
    });
    expect(envelopeOf(list)).toMatchObject({ ok: false, errorCode: 'NETWORK_ERROR' });
    expect(other.received).toHaveLength(0);
  });
});
