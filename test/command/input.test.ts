import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT, EXIT_WORDS, ONE_CHARGE } from '../../scripts/src/cli/exit-codes.ts';
import type { Issue } from '../../scripts/src/model/failure.ts';
import { CANARY, envelopeOf, live, run, T2V, T2V_ARGS, tempFolder } from '../support/command.ts';
import { PNG } from '../support/media.ts';
import { listen } from '../support/network.ts';
import { refusal, service } from '../support/service.ts';

const PAYLOAD = JSON.stringify(T2V);
const T2V_CALL = ['--model', 't2v', '--payload', PAYLOAD];

/** A refused command: exit 2, nothing sent, the first issue. */
async function refused(
  args: string[],
  env: Record<string, string> = {},
  input = '',
): Promise<Issue & { all: string }> {
  const server = await service();
  const done = await run(args, { env: live(server.origin, env), input, cwd: tempFolder() });
  const envelope = envelopeOf(done);
  expect(envelope).toMatchObject({ ok: false, errorCode: 'INVALID_PAYLOAD' });
  expect(done.code).toBe(2);
  expect(server.received).toEqual([]);
  const [first] = envelope.data.issues as unknown as Issue[];
  for (const part of [first!.path, first!.expected, first!.received, first!.hint]) expect(part).not.toBe('');
  expect((envelope.data.nextSteps as string[]).length).toBeGreaterThan(0);
  return { ...first!, all: done.stdout };
}

describe('arguments', () => {
  test.each([
    [['--taskid', 'x'], '--taskid', '--taskId'],
    [['--task-id', 'x', '--action', 'getTask'], '--task-id', '--taskId'],
    [['--modle', 't2v'], '--modle', '--model'],
    [['--model', 't2v', '--payload'], '--payload', '--payload <json>'],
    [['--model', '--payload', PAYLOAD], '--model', '--model <id>'],
    [['--model', 't2v', ...T2V_CALL], '--model', 'keep one'],
    [['--model', 't2v', '--payload', '{prompt:a', 'lighthouse}'], '--payload', '--payload -'],
    [['getStatus', '--taskId', 'x'], '--action', '--action getStatus'],
    [['--taskId', 'x'], '--action', '--action getStatus'],
    [['--action', 'getStaus', '--taskId', 'x'], '--action', '--action getStatus'],
    [['--action', 'getStatus'], '--taskId', '--taskId <id>'],
    [
      ['--action', 'getStatus', '--taskId', 'x', '--maxCredits', '5'],
      '--maxCredits',
      'leave --maxCredits out',
    ],
    [['--model', 't2v'], '--payload', "--payload '<json>'"],
    [[], '--model', '--model <id>'],
    [[...T2V_CALL, '--wait', '-5'], '--wait', 'the seconds that the call may wait'],
    [[...T2V_CALL, '--wait', 'NaN'], '--wait', 'the seconds that the call may wait'],
    [[...T2V_CALL, '--wait', '1e99'], '--wait', 'the seconds that the call may wait'],
    [[...T2V_CALL, '--maxCredits', '1.5'], '--maxCredits', 'the limit that the user gave'],
    [[...T2V_CALL, '--idempotencyKey', 'short'], '--idempotencyKey', '--idempotencyKey lighthouse-0001'],
    [[...T2V_CALL, '--webhookUrl', 'http://example.com/'], '--webhookUrl', 'https'],
    [[...T2V_CALL, '--webhookUrl', 'https://10.0.0.1/x'], '--webhookUrl', ''],
    [[...T2V_CALL, '--sandbox=yes'], '--sandbox', '--sandbox alone'],
    [['--action', 'getTask', '--taskId', '../x?y'], '--taskId', '--action listPending'],
    [['--action', 'getTask', '--taskId', 'a\nb'], '--taskId', '--action listPending'],
  ])('fault 56, 60: %j is refused with the form that is right', async (args, path_, hint) => {
    const issue = await refused(args);
    expect(issue.all).toContain(JSON.stringify(path_).slice(1, -1));
    expect(issue.all).toContain(JSON.stringify(hint).slice(1, -1));
  });

  test('fault 61: a prompt that begins with -- or has line breaks is data', async () => {
    const server = await service();
    const payload = { ...T2V, prompt: '--help\n$(reboot) `x` "quoted"' };
    const done = await run([...T2V_ARGS.slice(0, 2), '--payload', JSON.stringify(payload), '--wait', '0'], {
      env: live(server.origin),
    });
    expect(done.code).toBe(4);
    expect(JSON.parse(server.received[0]!.body)).toEqual(payload);
  });

  test('a poll interval of less than a second only on this machine', async () => {
    const env = { AIVIDEO_BASE_URL: 'https://example.com', AIVIDEO_API_KEY: CANARY };
    const done = await run([...T2V_CALL, '--pollInterval', '0.5'], { env });
    expect(envelopeOf(done)).toMatchObject({ errorCode: 'INVALID_PAYLOAD' });
    expect(done.stdout).toContain('--pollInterval 1');
  });

  test('--help fits a screen and names every exit code; --version is a version', async () => {
    const help = await run(['--help']);
    expect(help.code).toBe(0);
    expect(help.stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(50);
    for (const name of Object.keys(EXIT) as (keyof typeof EXIT)[])
      expect(help.stdout).toContain(` ${EXIT[name]} ${EXIT_WORDS[name].means}`);
    for (const words of [ONE_CHARGE, EXIT_WORDS.stillRunning.next, EXIT_WORDS.submitUnknown.next])
      expect(help.stdout).toContain(words.replaceAll('`', ''));
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('environment', () => {
  test.each([
    ['AIVIDEO_TIMEOUT_MS', 'abc'],
    ['AIVIDEO_TIMEOUT_MS', '-1'],
    ['AIVIDEO_TIMEOUT_MS', '1e9'],
    ['AIVIDEO_MAX_RETRIES', '99'],
    ['AIVIDEO_MAX_RETRIES', '1.5'],
    ['AIVIDEO_BASE_URL', 'http://example.com'],
    ['AIVIDEO_BASE_URL', 'https://user:pass@example.com'],
    ['AIVIDEO_BASE_URL', 'ftp://127.0.0.1'],
    ['AIVIDEO_BASE_URL', 'nonsense'],
    ['AIVIDEO_API_KEY', `${CANARY}\nx: y`],
    ['HTTPS_PROXY', 'socks5://127.0.0.1:1'],
  ])('B2, fault 59: %s=%j is named, and nothing is sent', async (name, value) => {
    const issue = await refused(T2V_CALL, { [name]: value });
    expect(issue.path).toBe(name);
    expect(issue.all).not.toContain('user:pass');
  });

  test('B2: without a key the answer says where one comes from, and the same command runs in the sandbox', async () => {
    const server = await service();
    const env = { AIVIDEO_BASE_URL: server.origin };
    const done = await run(T2V_CALL, { env });
    expect(envelopeOf(done)).toMatchObject({ errorCode: 'AUTH_FAILED', status: 'FAILED' });
    expect(done.code).toBe(3);
    expect(done.stdout).toContain('https://aivideomaker.ai');
    expect(server.received).toEqual([]);
    const command = (envelopeOf(done).data.nextSteps as string[]).find((step) => step.startsWith('node '))!;
    const output = execFileSync('sh', ['-c', `${command} --wait 0 || [ $? = 4 ]`], {
      encoding: 'utf8',
      cwd: path.resolve('/tmp'),
      env: { PATH: process.env.PATH, ASYNC_MEDIA_STATE_DIR: tempFolder() },
    });
    expect(JSON.parse(output)).toMatchObject({ ok: true, status: 'SUBMITTED' });
  });

  test('a base URL may have a path', async () => {
    const server = await service();
    await run(['--action', 'getStatus', '--taskId', 'task1'], { env: live(`${server.origin}/gateway/`) });
    expect(server.received[0]!.path).toBe('/gateway/api/v1/tasks/task1/status');
  });

  test('fault 7: a proxy is used, and NO_PROXY is honoured', async () => {
    const server = await service();
    const seen: string[] = [];
    const proxy = http.createServer((req, res) => {
      seen.push(req.url ?? '');
      const to = new URL(req.url ?? '');
      req.pipe(http.request(to, { method: req.method, headers: req.headers }, (answer) => answer.pipe(res)));
    });
    const HTTP_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
    const args = ['--action', 'getStatus', '--taskId', 'task1'];
    expect((await run(args, { env: live(server.origin, { HTTP_PROXY }) })).code).toBe(0);
    expect(seen).toEqual([`${server.origin}/api/v1/tasks/task1/status`]);
    expect((await run(args, { env: live(server.origin, { HTTP_PROXY, NO_PROXY: '127.0.0.1' }) })).code).toBe(
      0,
    );
    expect(seen).toHaveLength(1);
    expect(server.received).toHaveLength(2);
  });

  test('fault 4, 5: AIVIDEO_TIMEOUT_MS bounds a request whose headers never come, and one that drips', async () => {
    const drip = net.createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 50);
      socket.on('close', () => clearInterval(timer));
    });
    const silent = await service({ status: () => undefined });
    for (const origin of [silent.origin, `http://127.0.0.1:${await listen(drip)}`]) {
      const env = live(origin, { AIVIDEO_TIMEOUT_MS: '300', AIVIDEO_MAX_RETRIES: '0' });
      const start = performance.now();
      const done = await run(['--action', 'getStatus', '--taskId', 'task1'], { env });
      expect(envelopeOf(done)).toMatchObject({ errorCode: 'NETWORK_ERROR', taskId: 'task1' });
      expect(performance.now() - start).toBeLessThan(30_000);
    }
  });
});

describe('payload', () => {
  test.each([
    ['{prompt:a lighthouse}', /quotes/],
    ['\'{"prompt":"a"}\'', /single quotes/],
    ['{\\"prompt\\":\\"a\\"}', /backslash/],
    ['{"image":"data:image/png;base64,iVBORw0KGgo', /cut off/],
    ['[1]', /an array/],
    ['null', /null/],
    ['{"prompt":"a",}', /no JSON/],
  ])('fault 54, 55: --payload %s is told what happened to it', async (text, says) => {
    const issue = await refused(['--model', 'i2v', '--payload', text]);
    expect(issue.received).toMatch(says);
    if (!/array|null/.test(issue.received)) expect(issue.hint).toContain('--payload -');
  });

  test('standard input: with a byte order mark, empty, or no JSON', async () => {
    const server = await service();
    const args = ['--model', 't2v', '--payload', '-', '--wait', '0'];
    const done = await run(args, { env: live(server.origin), input: `\uFEFF${PAYLOAD}` });
    expect(done.code).toBe(4);
    expect(JSON.parse(server.received[0]!.body)).toEqual(T2V);
    expect((await refused(args, {}, '')).received).toBe('nothing');
    expect((await refused(args, {}, '{"a"')).received).toContain('no JSON');
  });

  test('B4: --image fills the image field from a file', async () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, 'photo.jpg'), PNG);
    const server = await service();
    const args = ['--model', 'i2v', '--image', 'photo.jpg', '--payload', '{"duration":"5"}', '--wait', '0'];
    expect((await run(args, { env: live(server.origin), cwd: folder })).code).toBe(4);
    expect(JSON.parse(server.received[0]!.body).image).toBe(
      `data:image/png;base64,${PNG.toString('base64')}`,
    );
  });

  test('fault 58: --image reads no further than the first bytes of anything else', async () => {
    const folder = tempFolder();
    const secret = path.join(folder, 'secret');
    writeFileSync(secret, `${CANARY} and more`);
    // Larger than memory: reading it would be noticed.
    truncateSync(secret, 2 ** 40);
    mkdirSync(path.join(folder, 'folder'));
    for (const file of [secret, path.join(folder, 'folder'), path.join(folder, 'missing')]) {
      const issue = await refused(['--model', 'i2v', '--image', file, '--payload', '{"duration":"5"}']);
      expect(issue.path).toBe('--image');
      expect(issue.received).toContain(path.basename(file));
    }
    const twice = [
      '--model',
      'i2v',
      '--image',
      secret,
      '--payload',
      '{"image":"https://example.com/a.png","duration":"5"}',
    ];
    expect((await refused(twice)).received).toBe('both');
    expect((await refused(['--model', 't2v', '--image', secret, '--payload', '{}'])).received).toContain(
      't2v',
    );
  });

  test.each([
    'file:///etc/passwd',
    'http://169.254.169.254/',
    'http://localhost/a.png',
    'https://u:p@example.com/',
  ])('fault 58: the image %s is refused before anything is sent', async (image) => {
    const issue = await refused(['--model', 'i2v', '--payload', JSON.stringify({ image, duration: '5' })]);
    expect(issue.path).toBe('image');
  });

  test('fault 30, 31: a 20 MB image goes in through standard input, and its echo does not reach the agent', async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024, 65);
    PNG.copy(bytes);
    const image = `data:image/png;base64,${bytes.toString('base64')}`;
    const server = await service({
      submit: (request) => ({
        body: { status: 'SUBMITTED', taskId: 'task1', size: request.body.length },
      }),
      status: { body: { status: 'PROGRESS' } },
      task: { body: `{"id":"task1","status":"PROGRESS","input":{"image":"${image}"},"__proto__":{"ok":1}}` },
    });
    const input = JSON.stringify({ image, duration: '5' });
    const env = live(server.origin, { AIVIDEO_TIMEOUT_MS: '10000' });
    const submit = await run(['--model', 'i2v', '--payload', '-', '--wait', '0'], { env, input });
    expect(envelopeOf(submit).data.upstream).toMatchObject({ size: input.length });
    const task = await run(['--action', 'getTask', '--taskId', 'task1'], { env });
    expect(JSON.stringify(envelopeOf(task).data)).toMatch(/cut: \d{8} characters/);
  });
});

describe('text from the service', () => {
  test('fault 30: is cut, stripped of what a terminal obeys, and freed of the key', async () => {
    const message = `${CANARY} \u001b[2J\u0007\u202eevil\u0000 ${'long '.repeat(5000)}`;
    const server = await service({ submit: refusal(400, 'INVALID_PAYLOAD', message) });
    const done = await run(T2V_ARGS, { env: live(server.origin) });
    const { errorMessage } = envelopeOf(done);
    expect(errorMessage).toContain('[redacted]');
    expect(errorMessage!.length).toBeLessThan(500);
    expect(errorMessage).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test('fault 10: a redirect of the API is not followed', async () => {
    const other = await service();
    const server = await service({
      submit: { status: 307, headers: { location: `${other.origin}/api/v1/generate/t2v` } },
    });
    const done = await run(T2V_ARGS, { env: live(server.origin) });
    expect(envelopeOf(done)).toMatchObject({ ok: false, errorCode: 'NETWORK_ERROR' });
    expect(other.received).toEqual([]);
    expect(server.received).toHaveLength(1);
  });

  test('fault 11: addresses in the answer are not used', async () => {
    const other = await service();
    const server = await service({
      submit: {
        body: {
          status: 'SUBMITTED',
          taskId: 'task1',
          statusUrl: `${other.origin}/x`,
          responseUrl: `${other.origin}/y`,
        },
      },
    });
    expect((await run(T2V_ARGS, { env: live(server.origin) })).code).toBe(0);
    expect(other.received).toEqual([]);
  });
});
