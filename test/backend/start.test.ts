import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { api, startBackend } from './support/backend.ts';
import { environment } from './support/node.ts';

const REQUEST = {
  provider: 'aivideomaker',
  model: 't2v',
  payload: { prompt: 'a lighthouse at dawn', aspectRatio: '16:9', duration: '5' },
};

test('E3: npm start in a fresh copy makes a clip with nothing else installed, and SIGTERM ends it in order', async () => {
  const backend = await startBackend({}, { command: ['npm', 'start'] });
  const key = { 'idempotency-key': 'the first key of all' };
  const made = await api(backend, 'POST', '/v1/generations', { body: REQUEST, headers: key });
  expect(made).toMatchObject({ status: 202, body: { status: 'queued', sandbox: true } });
  const { id } = made.body as { id: string };
  expect(await api(backend, 'POST', '/v1/generations', { body: REQUEST, headers: key })).toMatchObject({
    status: 200,
    body: { id },
  });

  const read = async () =>
    (await api(backend, 'GET', `/v1/generations/${id}`)).body as {
      status: string;
      files: { url: string; sha256: string }[];
    };
  await expect.poll(async () => (await read()).status, { timeout: 90_000, interval: 500 }).toBe('succeeded');
  const { files } = await read();
  const response = await fetch(new URL(files[0]!.url, backend.url), {
    headers: { authorization: 'Bearer demo-token' },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get('content-type')).toBe('video/mp4');
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(files[0]!.sha256);
  expect(bytes.subarray(4, 8).toString()).toBe('ftyp');

  // The command that README prints.
  const readme = readFileSync(path.join(inject('backend'), 'README.md'), 'utf8');
  const [, printed = ''] = /^(curl [\s\S]*?)\n```/m.exec(readme) ?? [];
  expect(printed).toContain('http://127.0.0.1:8080/');
  const command = printed.replace('http://127.0.0.1:8080', backend.url);
  const { stdout } = spawnSync('sh', ['-c', command], {
    env: environment(inject('backend')),
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout)).toMatchObject({ status: 'queued', model: 't2v', sandbox: true });

  await backend.stop('SIGTERM');
  expect(backend.lines.at(-1)).toContain('"msg":"stopped"');
  expect(backend.lines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
});

test('a wrong variable stops the start with its name, and exit code 2', () => {
  const start = (extra: Record<string, string>) =>
    spawnSync('node', ['dist/main.js'], {
      cwd: inject('backend'),
      env: environment(inject('backend'), extra),
      encoding: 'utf8',
    });
  for (const [name, value] of [
    ['PORT', '80a'],
    ['ROLE', 'apis'],
    ['API_TOKENS', 'no-user-in-it'],
    ['PUBLIC_URL', 'http://example.com'],
  ] as const) {
    const { status, stderr } = start({ [name]: value });
    expect([status, stderr.split(' ', 1)[0]]).toEqual([2, name]);
  }
});

test.runIf(Number(process.versions.node.split('.')[0]) < 22)(
  'a Node that is too old is named, and exit code 2',
  () => {
    for (const program of ['dist/main.js', 'dist/admin-main.js']) {
      const { status, stderr } = spawnSync(process.execPath, [program], {
        cwd: inject('backend'),
        env: { PORT: '80a' },
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([
        2,
        `This is Node ${process.versions.node}; the backend needs Node 22.12.0 or newer.\n`,
      ]);
    }
  },
);

test('a port that is taken is said in one sentence, with what to do', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const data = mkdtempSync(path.join(tmpdir(), 'amw-data-'));
  // Not spawnSync: this process holds the port.
  const child = spawn('node', ['dist/main.js'], {
    cwd: inject('backend'),
    env: environment(data, { DATA_DIR: data, PORT: String(port) }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  server.close();
  rmSync(data, { recursive: true, force: true });
  expect([code, said]).toEqual([1, `Port ${port} of 127.0.0.1 is taken. Set PORT to another one.\n`]);
});
