import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { type CheckedFile, DownloadError } from '../../scripts/src/client/index.ts';
import { finished, ID } from '../support/apidot.ts';
import { CANARY, tempFolder } from '../support/command.ts';
import { MP4, PNG } from '../support/media.ts';
import { serve } from '../support/server.ts';
import { record, refusal, service } from '../support/service.ts';
import { clientOf, errorOf, served } from './support.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** A target that keeps what is written to it. */
function keeping(): { to(file: CheckedFile): Writable; files: { file: CheckedFile; bytes: Buffer }[] } {
  const files: { file: CheckedFile; bytes: Buffer }[] = [];
  return {
    files,
    to(file) {
      const kept = { file, bytes: Buffer.alloc(0) };
      files.push(kept);
      return new Writable({
        write(chunk, _, done) {
          kept.bytes = Buffer.concat([kept.bytes, chunk]);
          done();
        },
      });
    },
  };
}

const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('async-media-workflow-'));

describe('into a folder', () => {
  test('the file is whole, and the key stays with the service', async () => {
    const server = await service();
    const into = tempFolder();
    const progress: unknown[] = [];
    const files = await clientOf(server.origin).download('task1', {
      to: into,
      onProgress: (at) => progress.push(at),
    });
    expect(files).toEqual([
      {
        ...{ number: 1, name: 'task1.mp4', path: path.join(into, 'task1.mp4'), contentType: 'video/mp4' },
        ...{ bytes: MP4.length, sha256: sha256(MP4) },
      },
    ]);
    expect(readFileSync(files[0]!.path!).equals(MP4)).toBe(true);
    expect(readdirSync(into)).toEqual(['task1.mp4']);
    expect(progress.at(-1)).toEqual({ number: 1, bytes: MP4.length, total: MP4.length });
    expect(JSON.stringify(server.to('GET /file')[0]!.headers)).not.toContain(CANARY);
  });

  test('several files are numbered; apidot', async () => {
    const server = await serve(({ path }, { server }) =>
      path.startsWith('/files/')
        ? { body: PNG, headers: { 'content-type': 'image/png' } }
        : finished(server, 'a.png', 'b.png'),
    );
    const into = tempFolder();
    const files = await clientOf(server.origin, { provider: 'apidot' }).download(ID, { to: into });
    expect(files.map(({ number, path: file }) => [number, path.basename(file!)])).toEqual(
      readdirSync(into)
        .sort()
        .map((name, index) => [index + 1, name]),
    );
    expect(files).toHaveLength(2);
  });

  test('a folder that cannot be written to', async () => {
    const file = path.join(tempFolder(), 'file');
    writeFileSync(file, '');
    const server = await service();
    const error = await errorOf(clientOf(server.origin).download('task1', { to: path.join(file, 'in') }));
    expect(error.message).toContain('cannot be written to');
    expect(server.to('GET /file')).toEqual([]);
  });
});

describe('to a function', () => {
  test('it gets the whole file with its length and hash; nothing stays on the disk', async () => {
    const before = temporary();
    const server = await service();
    const target = keeping();
    const files = await clientOf(server.origin).download('task1', { to: target.to });
    expect(files).toEqual([{ ...target.files[0]!.file, path: null }]);
    expect(target.files[0]!.file).toEqual({
      ...{ number: 1, name: 'task1.mp4', bytes: MP4.length, sha256: sha256(MP4), contentType: 'video/mp4' },
    });
    expect(target.files[0]!.bytes.equals(MP4)).toBe(true);
    expect(temporary()).toEqual(before);
  });

  test('a file that is cut or no media is never given to it', async () => {
    const before = temporary();
    for (const body of [Buffer.from('<html>error</html>'), Buffer.from('{"error":"expired"}')]) {
      const server = await service({ file: { body, headers: { 'content-type': 'video/mp4' } } });
      const to = vi.fn();
      const client = clientOf(server.origin, { maxRetries: 1 });
      expect(await errorOf(client.download('task1', { to }))).toMatchObject({ code: 'DOWNLOAD_FAILED' });
      expect(to).not.toHaveBeenCalled();
    }
    expect(temporary()).toEqual(before);
  });

  test.each([
    ['it throws', () => Promise.reject(new Error('the bucket is away'))],
    [
      'its stream fails',
      () => new Writable({ write: (_, __, done) => done(new Error('the bucket is away')) }),
    ],
  ])('%s: an error with that cause, and nothing stays', async (_, to) => {
    const before = temporary();
    const server = await service();
    const error = await errorOf(clientOf(server.origin).download('task1', { to }));
    expect(error).toBeInstanceOf(DownloadError);
    expect((error.cause as Error).message).toBe('the bucket is away');
    expect(temporary()).toEqual(before);
  });

  test('a target that does not drain is ended by the signal', async () => {
    const server = await service();
    const controller = new AbortController();
    const stuck = new Writable({
      highWaterMark: 1,
      write: () => void setImmediate(() => controller.abort()),
    });
    const error = await errorOf(
      clientOf(server.origin).download('task1', { to: () => stuck, signal: controller.signal }),
    );
    expect(error.code).toBe('ABORTED');
    expect(stuck.destroyed).toBe(true);
  });

  test('a temporary folder of the caller stays, without the file', async () => {
    const server = await service();
    const folder = path.join(tempFolder(), 'parts');
    await clientOf(server.origin).download('task1', { to: keeping().to, temporaryFolder: folder });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what is fetched', () => {
  test('a service on this machine is the only private host that files come from', async () => {
    const other = await service();
    const server = await service({
      task: (_, { server }) => ({ body: record(server, { output: { url: `${other.origin}/file.mp4` } }) }),
    });
    const error = await errorOf(clientOf(server.origin).download('task1', { to: tempFolder() }));
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED', transient: false });
    expect(error.message).toContain('is not fetched');
    expect(error.message).toContain(`or one on ${server.origin}`);
    expect(other.received).toEqual([]);
  });

  test('a dead link is replaced once', async () => {
    const server = await service({
      task: (_, { server, count }) => ({
        body: record(server, { output: { url: `${server.origin}/file${count}.mp4` } }),
      }),
      file: (request) =>
        request.path === '/file0.mp4'
          ? { status: 403 }
          : { body: MP4, headers: { 'content-type': 'video/mp4' } },
    });
    const [file] = await clientOf(server.origin).download('task1', { to: tempFolder() });
    expect(file!.bytes).toBe(MP4.length);
    expect(server.to('GET /api/v1/tasks/task1')).toHaveLength(2);
  });

  test('a task that is not COMPLETED has no files', async () => {
    const server = await service({ task: { body: { id: 'task1', status: 'PROGRESS' } } });
    const error = await errorOf(clientOf(server.origin).download('task1', { to: tempFolder() }));
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED', state: 'PROGRESS', taskId: 'task1' });
    const gone = await service({ task: refusal(404, 'TASK_NOT_FOUND') });
    expect(await errorOf(clientOf(gone.origin).download('task1', { to: tempFolder() }))).toMatchObject({
      ...{ code: 'TASK_NOT_FOUND', taskId: 'task1' },
    });
  });

  test('a task as it was at its submit is read again: it may have ended since', async () => {
    const server = await service();
    const task = { id: 'task1', state: 'SUBMITTED' as const, urls: [], record: {} };
    expect(await clientOf(server.origin).download(task, { to: tempFolder() })).toHaveLength(1);
  });

  test('the time for a download', async () => {
    const { client } = await served(
      {
        file: (_, { res }) => {
          res.writeHead(200, { 'content-type': 'video/mp4' });
          return undefined;
        },
      },
      { timeoutMs: 300, maxRetries: 1 },
    );
    const into = tempFolder();
    const error = await errorOf(client.download('task1', { to: into, until: client.clock.wall() + 60_000 }));
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED', transient: true });
    expect(existsSync(path.join(into, 'task1.mp4'))).toBe(false);
  });
});
