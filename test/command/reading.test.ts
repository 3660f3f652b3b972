import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENTRY, envelopeOf, live, run, T2V, tempFolder } from '../support/command.ts';
import { service } from '../support/service.ts';
import { runShell } from './shell.ts';

const JSON_T2V = JSON.stringify(T2V);

describe('a payload from standard input', () => {
  const args = ['--model', 't2v', '--payload', '-', '--wait', '0'];
  const line = `node '${ENTRY}' ${args.join(' ')}`;

  it.each([
    ['with line breaks around it', `\r\n${JSON_T2V}\r\n`],
    ['in UTF-16, as Windows PowerShell writes files', Buffer.from(`\uFEFF${JSON_T2V}`, 'utf16le')],
    ['that comes in many pieces', JSON_T2V.replace('{', `{${' '.repeat(3_000_000)}`)],
  ])('%s', async (_, input) => {
    const server = await service();
    expect((await run(args, { env: live(server.origin), input })).code).toBe(4);
    expect(JSON.parse(server.submits()[0]!.body)).toEqual(T2V);
  });

  it('says so when there is nothing that can be read', async () => {
    const server = await service();
    const folder = tempFolder();
    for (const [from, says] of [
      ['</', 'nothing'],
      ['<&-', 'nothing'],
      ['0>none', 'EBADF'],
      ['</dev/null', 'nothing'],
    ]) {
      const done = await runShell(`${line} ${from}`, { env: live(server.origin), cwd: folder });
      expect(done.code).toBe(2);
      expect(envelopeOf(done)).toMatchObject({ errorCode: 'INVALID_PAYLOAD', status: 'FAILED' });
      expect(envelopeOf(done).errorMessage).toContain(says);
    }
    expect(server.received).toHaveLength(0);
  });

  it('refuses more than can be held as soon as it is more', async () => {
    const done = await runShell(`${line} </dev/zero`, { env: live('http://127.0.0.1:9') });
    expect(done.code).toBe(2);
    expect(envelopeOf(done).errorMessage).toContain(`at most ${64 * 1024 * 1024} bytes`);
  });
});

describe('a batch from what a shell gives as a file', () => {
  const flags = `--model t2v --payload '${JSON_T2V}' --action createGeneration`;

  it.each([
    ['standard input', '/dev/stdin', ''],
    ['a pipe of the shell', '/dev/fd/3', '3<&0'],
  ])('%s', async (_, file, redirection) => {
    const server = await service();
    const line = `(sleep 0.1; printf 'fog') | node '${ENTRY}' --batch ${file} ${flags} ${redirection}`;
    const done = await runShell(line, { env: live(server.origin), cwd: tempFolder() });
    expect([done.code, server.submits().map(({ body }) => JSON.parse(body).prompt)]).toEqual([0, ['fog']]);
  });
});

describe('--image', () => {
  it('B10: waits for nothing, and reads no further than the first bytes of what is no picture', async () => {
    const server = await service();
    const folder = tempFolder();
    const fifo = path.join(folder, 'pipe.png');
    execFileSync('mkfifo', [fifo]);
    const sparse = path.join(folder, 'sparse.bin');
    closeSync(openSync(sparse, 'w'));
    truncateSync(sparse, 64 * 1024 ** 3);
    mkdirSync(path.join(folder, 'dir'));
    const start = performance.now();
    const files = [
      fifo,
      sparse,
      path.join(folder, 'dir'),
      '/dev/zero',
      '/etc/passwd',
      path.join(folder, 'none.png'),
    ];
    await Promise.all(
      files.map(async (file) => {
        const args = ['--model', 'i2v', '--payload', '{"duration":"5"}', '--image', file];
        const done = await run(args, { env: live(server.origin) });
        expect([file, done.code]).toEqual([file, 2]);
        expect(envelopeOf(done)).toMatchObject({
          errorCode: 'INVALID_PAYLOAD',
          data: { issues: [{ path: '--image' }] },
        });
        expect(done.stdout).not.toContain('root:');
      }),
    );
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(server.received).toHaveLength(0);
  });
});
