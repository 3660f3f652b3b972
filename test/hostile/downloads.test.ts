// What hosts, names, redirects and folders can do to a download, done to the built command: real servers, real processes.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CANARY, envelopeOf, live, type Run, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { film, MP4, PNG } from '../support/media.ts';
import { listen, trusted, tunnel } from '../support/network.ts';
import { type Route, restOf } from '../support/server.ts';
import { record, service } from '../support/service.ts';

const FAST = ['--pollInterval', '0.02'];
const WAIT = ['--action', 'waitTask', '--taskId', 'task1', '--download', 'out'];
const ARGS = [...WAIT, ...FAST];
const SECRET = 'root-password-of-the-inner-network';

/** A host inside the network, which must not be spoken to. */
async function inner(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = http.createServer((_, res) => res.end(SECRET));
  server.on('connection', () => {
    connections += 1;
  });
  return { port: await listen(server), connections: () => connections };
}

const preload = pathToFileURL(fileURLToPath(new URL('names.mjs', import.meta.url))).href;

/** The environment of a process for which these names lead where the table says. */
const naming = (names: Record<string, string>) => ({
  NODE_OPTIONS: `--import=${preload}`,
  NAMES: JSON.stringify(names),
});

function expectRefused(done: Run): ReturnType<typeof envelopeOf> {
  const envelope = envelopeOf(done);
  expect(envelope).toMatchObject({ ok: false, status: 'COMPLETED', errorCode: 'DOWNLOAD_FAILED' });
  expect(done.code).toBe(9);
  expect(done.stdout + done.stderr).not.toContain(SECRET);
  return envelope;
}

describe('where a result lies', () => {
  test('fault 98: a public name that leads into the network is not connected to, at first and after a redirect', async () => {
    const names = {
      'loop.example.com': '127.0.0.1',
      'loop6.example.com': '::1',
      'mapped.example.com': '::ffff:127.0.0.1',
      'lan.example.com': '10.0.0.1',
      'cloud.example.com': '169.254.169.254',
    };
    const { port, connections } = await inner();
    const urls = Object.keys(names).map((name) => `https://${name}:${port}/latest/`);
    const server = await service({
      task: (_, { server: it }) => ({
        body: record(it, { output: { files: [...urls, `${it.origin}/file.mp4`] } }),
      }),
      file: { status: 302, headers: { location: urls[0]! }, body: 'moved' },
    });
    const done = await run(ARGS, { env: live(server.origin, naming(names)), cwd: tempFolder() });
    const { data } = expectRefused(done);
    expect(connections()).toBe(0);
    const said = data.notSaved as string[];
    expect(said).toHaveLength(urls.length + 1);
    for (const sentence of said)
      expect(sentence).toMatch(/\.example\.com leads to [\w.:]+, which is not public/);
  });

  test('fault 98: other ports of this machine, plain http, and hosts by their numbers are not connected to', async () => {
    const { port, connections } = await inner();
    const urls = [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `https://127.0.0.1:${port}/`,
      `http://2130706433:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://loop.example.com:${port}/`,
    ];
    const server = await service({
      task: (_, { server: it }) => ({ body: record(it, { output: { files: urls } }) }),
    });
    const env = live(server.origin, naming({ 'loop.example.com': '127.0.0.1' }));
    const { data } = expectRefused(await run(ARGS, { env, cwd: tempFolder() }));
    expect(data.notSaved).toHaveLength(new Set(urls.map((url) => new URL(url).href)).size);
    expect(connections()).toBe(0);
  });

  test('fault 98: a service that is asked by https gives no result by http, not even from its own host', async () => {
    const { key, cert, ca } = trusted();
    const { port, connections } = await inner();
    const server = https.createServer({ key, cert }, (req, res) => {
      if (req.url === '/file.mp4') res.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
      else if (req.url!.endsWith('/status')) res.end('{"status":"COMPLETED"}');
      else {
        const files = [`http://127.0.0.1:${port}/`, `https://${req.headers.host}/file.mp4`];
        res.end(JSON.stringify({ id: 'task1', status: 'COMPLETED', output: { files } }));
      }
    });
    const base = `https://127.0.0.1:${await listen(server)}`;
    const done = await run(ARGS, { env: live(base, { NODE_EXTRA_CA_CERTS: ca }), cwd: tempFolder() });
    expect(expectRefused(done).data.notSaved).toHaveLength(2);
    expect(connections()).toBe(0);
  });

  test('fault 7: a proxy resolves names itself: public names go through it, all others are refused before it', async () => {
    const hosts = ['aivideomaker.ai', 'static.img2video.ai', 'cdn.example.com'];
    const { key, cert, ca } = trusted(hosts);
    const keys: [string, unknown][] = [];
    const files = [
      'https://static.img2video.ai/a.mp4',
      'https://static.img2video.ai/in',
      'https://10.0.0.1/x',
      'http://cdn.example.com/b.mp4',
    ];
    const internet = https.createServer({ key, cert }, (req, res) => {
      const { host = '', key: sent } = req.headers;
      keys.push([host, sent]);
      if (host === 'static.img2video.ai') {
        const location = req.url === '/in' ? 'https://192.168.0.1/' : 'https://cdn.example.com/b.mp4';
        res.writeHead(302, { location }).end();
      } else if (host === 'cdn.example.com') res.end(MP4);
      else if (req.url!.endsWith('/status')) res.end('{"status":"COMPLETED"}');
      else res.end(JSON.stringify({ id: 'task1', status: 'COMPLETED', output: { files } }));
    });
    const inside = await listen(internet);
    const tunnels: string[] = [];
    const proxy = http.createServer().on('connect', ({ url = '' }, socket: net.Socket) => {
      tunnels.push(url);
      tunnel(socket, inside);
    });
    const HTTPS_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
    const cwd = tempFolder();
    const env = { AIVIDEO_API_KEY: CANARY, NODE_EXTRA_CA_CERTS: ca, HTTPS_PROXY };
    expect(expectRefused(await run(WAIT, { env, cwd })).data.notSaved).toHaveLength(3);
    expect(readFileSync(path.join(cwd, 'out', 'task1-1.mp4')).equals(MP4)).toBe(true);
    expect([...new Set(tunnels)].sort()).toEqual(hosts.map((host) => `${host}:443`).sort());
    for (const [host, sent] of keys) expect(sent).toBe(host === 'aivideomaker.ai' ? CANARY : undefined);
  });

  test('fault 65: nothing of what came in place of a file is repeated', async () => {
    const bodies: Record<string, string> = {
      '/file1': SECRET,
      '/file2': `<html>${SECRET}</html>`,
      '/file3': `{"${SECRET}":1}`,
      '/file4': SECRET,
    };
    const server = await service({
      task: (_, { server: it }) => ({
        body: record(it, { output: { files: Object.keys(bodies).map((name) => it.origin + name) } }),
      }),
      file: (request) => ({ status: request.path === '/file4' ? 500 : 200, body: bodies[request.path] }),
    });
    const env = live(server.origin, { AIVIDEO_MAX_RETRIES: '0' });
    expect(expectRefused(await run(ARGS, { env, cwd: tempFolder() })).data.notSaved).toHaveLength(4);
  });
});

const FILM = film(8_000_000);

/** The file, or what is asked for of it; `until` bytes at first, after which nothing comes. */
function serveFilm(stopsAt: number) {
  const ranges: (string | undefined)[] = [];
  const file: Route = (request, { count }) => {
    ranges.push(request.headers.range);
    return { ...restOf(request, FILM), ...(count === 0 && { stallsAfter: stopsAt }) };
  };
  return { ranges, file };
}

/** Runs until the part has more than half of the film, then does something to the process. */
async function interrupted(origin: string, cwd: string, state: string, signal: NodeJS.Signals): Promise<Run> {
  const part = path.join(cwd, 'out', 'task1.part');
  let timer: NodeJS.Timeout | undefined;
  const done = await run(ARGS, {
    env: live(origin, { ASYNC_MEDIA_STATE_DIR: state, AIVIDEO_TIMEOUT_MS: '30000' }),
    cwd,
    onStderr: (_, kill) => {
      timer ??= setInterval(() => {
        if (existsSync(part) && statSync(part).size > FILM.length / 2) kill(signal);
      }, 5);
    },
  });
  clearInterval(timer);
  return done;
}

describe('downloads that do not end', () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'fault 99: after %s the next process fetches the rest, and leaves the file alone in its folder',
    async (signal) => {
      const { ranges, file } = serveFilm(7_000_000);
      const server = await service({ file });
      const cwd = tempFolder();
      const state = path.join(tempFolder(), 'state');
      await interrupted(server.origin, cwd, state, signal);
      expect(readdirSync(path.join(cwd, 'out'))).toContain('task1.part');
      const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: state });
      expect(envelopeOf(await run(ARGS, { env, cwd }))).toMatchObject({ ok: true, status: 'COMPLETED' });
      expect(readdirSync(path.join(cwd, 'out'))).toEqual(['task1.mp4']);
      expect(readFileSync(path.join(cwd, 'out', 'task1.mp4')).equals(FILM)).toBe(true);
      expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[4-7]\d{6}-$/)]);
    },
  );

  test('fault 99: an endless image ends at the limit of its kind, which is said; nothing is kept', async () => {
    let sent = 0;
    const block = Buffer.alloc(2 ** 20, 7);
    const server = await service({
      file: (_, { res }) => {
        res.writeHead(200, { etag: '"x"' });
        res.write(PNG);
        const pump = () => {
          while (!res.destroyed) {
            sent += block.length;
            if (!res.write(block)) return void res.once('drain', pump);
          }
        };
        pump();
        return undefined;
      },
    });
    const cwd = tempFolder();
    const envelope = expectRefused(await run(ARGS, { env: live(server.origin), cwd }));
    expect(envelope.errorMessage).toContain('128 MiB, the most that is fetched of an image');
    expect(sent).toBeLessThan(200 * 2 ** 20);
    expect(readdirSync(path.join(cwd, 'out'))).toEqual([]);
  });

  test('fault 50: a process that saves the file holds another one no longer than that one waits', async () => {
    let isHeld = true;
    // However often the file is asked for meanwhile, its last three million bytes do not come.
    const file: Route = (request) => {
      const answer = restOf(request, FILM);
      const { length } = answer.body as Buffer;
      return { ...answer, ...(isHeld && { stallsAfter: Math.max(0, length - 3_000_000) }) };
    };
    const server = await service({ file });
    const cwd = tempFolder();
    const state = path.join(tempFolder(), 'state');
    const part = path.join(cwd, 'out', 'task1.part');
    const holder = new AbortController();
    let hasEnded = false;
    const first = run([...ARGS, '--wait', '600'], {
      env: live(server.origin, { ASYNC_MEDIA_STATE_DIR: state, AIVIDEO_TIMEOUT_MS: '600000' }),
      cwd,
      onStderr: (_, kill) => holder.signal.addEventListener('abort', () => kill('SIGKILL')),
    }).finally(() => {
      hasEnded = true;
    });
    // Of the five million that come, up to a block of a mebibyte stays in memory.
    while (!hasEnded && (!existsSync(part) || statSync(part).size < 3_900_000)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'another') });
    let second = await run([...ARGS, '--wait', '1'], { env, cwd });
    // On a busy machine so short a wait can be over before the state of the task is read: then it came to no file.
    while (envelopeOf(second).ok && !envelopeOf(second).data.files) {
      second = await run([...ARGS, '--wait', '1'], { env, cwd });
    }
    expect(expectRefused(second).errorMessage).toMatch(/\(pid \d+\) is saving this file and had \d{7} bytes/);
    expect(hasEnded).toBe(false);
    isHeld = false;
    holder.abort();
    await first;
    // Its lock is that of a dead process now.
    const third = await run(ARGS, { env: live(server.origin), cwd });
    expect(envelopeOf(third).ok).toBe(true);
    expect(readdirSync(path.join(cwd, 'out'))).toEqual(['task1.mp4']);
  });
});

test('what lies in the folder leads no byte elsewhere', async () => {
  const cwd = tempFolder();
  const out = path.join(cwd, 'out');
  mkdirSync(out);
  const victims = ['symbolic', 'hard'].map((name) => path.join(cwd, name));
  for (const victim of victims) writeFileSync(victim, 'mine');
  symlinkSync(victims[0]!, path.join(out, 'task1-1.part'));
  linkSync(victims[1]!, path.join(out, 'task1-2.part'));
  execFileSync('mkfifo', [path.join(out, 'task1-3.part')]);
  symlinkSync(victims[0]!, path.join(out, 'task1-4.part.json'));
  execFileSync('mkfifo', [path.join(out, 'task1-5.part.lock')]);
  const server = await service({
    task: (_, { server: it }) => ({
      body: record(it, { output: { files: [1, 2, 3, 4, 5].map((n) => `${it.origin}/file${n}.mp4`) } }),
    }),
  });
  const done = await run(ARGS, { env: live(server.origin), cwd });
  expect(envelopeOf(done).ok).toBe(true);
  for (const victim of victims) expect(readFileSync(victim, 'utf8')).toBe('mine');
  expect(readdirSync(out).sort()).toEqual([1, 2, 3, 4, 5].map((n) => `task1-${n}.mp4`));
});

describe('a file of another kind than the model makes', () => {
  const image = { headers: { 'content-type': 'video/mp4' }, body: PNG };

  test('is saved and said, with the command that submitted and with the one that resumes', async () => {
    const server = await service({ file: image });
    const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state') });
    const warning = expect.stringMatching(/^t2v makes a video, but task1\.png is an image \(image\/png\)\./);
    for (const args of [[...T2V_ARGS, '--download', 'out'], ARGS]) {
      const envelope = envelopeOf(await run(args, { env, cwd: tempFolder() }));
      expect(envelope).toMatchObject({ ok: true, data: { warnings: [warning] } });
    }
    const quiet = envelopeOf(
      await run([...T2V_ARGS, '--noJournal', '--download', 'out'], { env, cwd: tempFolder() }),
    );
    expect(quiet.data.warnings).toEqual([warning]);
  });

  test('causes no warning where the requested kind is unknown, nor where it is of the right kind', async () => {
    const server = await service({ file: image });
    const foreign = envelopeOf(await run(ARGS, { env: live(server.origin), cwd: tempFolder() }));
    expect(foreign).toMatchObject({ ok: true, data: { files: [{ contentType: 'image/png' }] } });
    expect(foreign.data).not.toHaveProperty('warnings');
    const right = await service();
    const done = await run([...T2V_ARGS, '--download', 'out'], {
      env: live(right.origin),
      cwd: tempFolder(),
    });
    expect(envelopeOf(done).data).not.toHaveProperty('warnings');
  });
});
