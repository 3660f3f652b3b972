// A file that takes more than one process, and what is left of it in between.
import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { tryLock } from '../../scripts/src/disk/lock.ts';
import { download } from '../../scripts/src/download/download.ts';
import { fileIsWhole } from '../../scripts/src/download/file-hash.ts';
import { MOST_BYTES } from '../../scripts/src/download/received-file.ts';
import { saveOnce } from '../../scripts/src/download/save-once.ts';
import type { Resolve } from '../../scripts/src/http/public-lookup.ts';
import { Transport } from '../../scripts/src/http/transport.ts';
import { folder, NETWORK, sessionWith } from '../core/session.ts';
import { FakeClock } from '../support/clock.ts';
import { failureOf } from '../support/failures.ts';
import { film, MP4, PNG } from '../support/media.ts';
import { restOf, serve, type TestServer } from '../support/server.ts';
import { FILM, type Host, hostOf, type More, options, savedFrom, sha256 } from './support.ts';

/** A host that drops its first answer in the middle, and from then on gives what it is asked for. */
const host = (of: Host = {}) => serve(hostOf({ drops: [200_000], ...of }));

const save = (server: { origin: string }, into = folder(), more: More = {}) =>
  savedFrom(server, { into, stallMs: 5_000, maxRetries: 0, ...more });

/** The first run, whose time is over before its second attempt. */
function cutShort(server: TestServer, into: string) {
  const until = 60_000;
  const clock = new FakeClock();
  clock.onSleep = () => {
    clock.now = until;
  };
  return failureOf(
    save(server, into, { session: sessionWith(server.origin, { clock }), until, maxRetries: 1 }),
  );
}

const PART = ['ckx1.part', 'ckx1.part.json'];

let into: string;
beforeEach(() => {
  into = folder();
});

describe('fault 99: a download that takes longer than the wait', () => {
  it('ends with it, says how much it has, and the next run fetches the rest', async () => {
    const server = await host();
    const failure = await cutShort(server, into);
    expect(failure.code).toBe('DOWNLOAD_FAILED');
    expect(failure.message).toContain(
      'the wait ended before the file was whole. 200000 of 500096 bytes are kept',
    );
    expect(failure.details.data).toEqual({ partial: { bytes: 200_000, total: FILM.length } });
    expect(readdirSync(into).sort()).toEqual(PART);

    const saved = await save(server, into);
    expect(saved).toMatchObject({ bytes: FILM.length, sha256: sha256(FILM) });
    expect(readFileSync(saved.path).equals(FILM)).toBe(true);
    expect(readdirSync(into)).toEqual(['ckx1.mp4']);
    const [, second] = server.received;
    expect([second!.headers.range, second!.headers['if-range']]).toEqual(['bytes=200000-', '"one"']);
    expect(server.received).toHaveLength(2);
  });

  it('in the middle of an answer too', async () => {
    const server = await serve(() => undefined);
    const failure = await failureOf(save(server, undefined, { until: 100, maxRetries: 3 }));
    expect(failure.message).toContain('the wait ended before the file was whole.');
    expect(server.received.length).toBeLessThan(2);
  });

  it('also by the date of last modification, and with a large file', async () => {
    const body = film(5_000_000);
    const stopsAt = body.length - 4_000_000;
    const modified = 'Sat, 21 Nov 2026 12:00:00 GMT';
    const server = await host({ body, headers: { 'last-modified': modified }, drops: [stopsAt] });
    const failure = await cutShort(server, into);
    expect(failure.details.data).toEqual({ partial: { bytes: stopsAt, total: body.length } });
    const saved = await save(server, into);
    expect(saved.sha256).toBe(sha256(body));
    expect(server.received[1]!.headers['if-range']).toBe(modified);
  });

  it('when the file has changed meanwhile, it is fetched from its beginning, and nothing is mixed', async () => {
    const first = await host();
    await cutShort(first, into);
    const other = film(300_000);
    const second = await serve({ headers: { etag: '"two"' }, body: other });
    const saved = await save(second, into);
    expect(second.received[0]!.headers['if-range']).toBe('"one"');
    expect(readFileSync(saved.path).equals(other)).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['a weak tag', { etag: 'W/"weak"' }],
    ['a tag of a length that nobody means', { etag: `"${'x'.repeat(5_000)}"` }],
  ])(
    'when the host names the file by %s, nothing is kept that could be of another file',
    async (_, headers) => {
      const server = await host({ headers });
      const into = folder();
      expect((await cutShort(server, into)).message).not.toContain('kept');
      expect(readdirSync(into)).toEqual([]);
    },
  );

  it('a part that was whole when its process died needs the network no more', async () => {
    const server = await host({ drops: [] });
    writeFileSync(path.join(into, 'ckx1.part'), FILM);
    const note = { version: 1, validator: '"one"', total: FILM.length, contentType: 'video/mp4' };
    writeFileSync(path.join(into, 'ckx1.part.json'), JSON.stringify(note));
    const saved = await save(server, into);
    expect(saved.sha256).toBe(sha256(FILM));
    expect(server.received).toHaveLength(0);
  });

  it.each<[string, (into: string) => void]>([
    ['whose note is missing', (into) => execFileSync('rm', [path.join(into, PART[1]!)])],
    ['whose note is cut', (into) => truncateSync(path.join(into, PART[1]!), 20)],
    [
      'whose note no header can carry',
      (into) => {
        const note = { version: 1, validator: '"a\r\nkey: x"', total: FILM.length, contentType: '' };
        writeFileSync(path.join(into, PART[1]!), JSON.stringify(note));
      },
    ],
    ['whose note is of another kind', (into) => writeFileSync(path.join(into, PART[1]!), '{"version":2}')],
    [
      'that is longer than its file',
      (into) => writeFileSync(path.join(into, PART[0]!), Buffer.alloc(600_000)),
    ],
    ['that is empty', (into) => truncateSync(path.join(into, PART[0]!), 0)],
  ])('a part %s is not resumed', async (_, spoil) => {
    const server = await host();
    await cutShort(server, into);
    spoil(into);
    const saved = await save(server, into);
    expect(saved.sha256).toBe(sha256(FILM));
    expect(server.received[1]!.headers.range).toBeUndefined();
    expect(readdirSync(into)).toEqual(['ckx1.mp4']);
  });

  it('what lies there of another file is gone, also where the host gives all of its file as a range', async () => {
    writeFileSync(path.join(into, 'ckx1.part'), Buffer.alloc(600_000));
    const range = `bytes 0-${FILM.length - 1}/${FILM.length}`;
    const server = await serve({ status: 206, headers: { 'content-range': range }, body: FILM });
    const saved = await save(server, into);
    expect(saved.sha256).toBe(sha256(FILM));
    expect(statSync(saved.path).size).toBe(FILM.length);
  });

  it('a file that is gone or of no kind leaves nothing', async () => {
    for (const answer of [{ status: 404 }, { body: '<html>sorry</html>' }]) {
      const first = await host();
      await cutShort(first, into);
      const second = await serve(() => answer);
      await failureOf(save(second, into));
      expect(readdirSync(into)).toEqual([]);
    }
  });

  it('one byte for each attempt is no progress', async () => {
    const server = await serve((request) => ({ ...restOf(request, FILM), breaksAfter: 1 }));
    const failure = await failureOf(save(server, into, { maxRetries: 3 }));
    expect(server.received).toHaveLength(4);
    expect(failure.details.data).toEqual({ partial: { bytes: 4, total: FILM.length } });
  });
});

describe('fault 99: the size of a file', () => {
  const start = (bytes: number[] | string) =>
    Buffer.concat([Buffer.from(bytes as string), Buffer.alloc(2_000)]);
  const KINDS = [
    ['image', 'an image', start([...PNG.subarray(0, 24)])],
    ['audio', 'a sound', start('ID3')],
    ['model3d', 'a 3D model', start('glTF')],
    ['video', 'a video', start([...MP4.subarray(0, 64)])],
  ] as const;

  it.each(KINDS)('is limited for %s, and the limit is said', async (kind, words, body) => {
    const server = await serve((_, { res }) => {
      res.writeHead(200, { etag: '"x"', 'content-length': MOST_BYTES[kind] + 1 });
      res.write(body);
      return undefined;
    });
    const failure = await failureOf(save(server, into));
    expect(failure.code).toBe('DOWNLOAD_FAILED');
    expect(failure.message).toContain(
      `${MOST_BYTES[kind] / 2 ** 20} MiB, the most that is fetched of ${words}`,
    );
    expect(readdirSync(into)).toEqual([]);
    expect(server.received).toHaveLength(1);
  });
});

describe('what lies where a part should', () => {
  it.each<[string, (part: string, victim: string) => void]>([
    ['a symbolic link', (part, victim) => symlinkSync(victim, part)],
    ['a hard link', (part, victim) => linkSync(victim, part)],
  ])('%s to a file of the user: that is left as it is', async (_, put) => {
    const victim = path.join(into, 'mine.txt');
    writeFileSync(victim, 'mine');
    put(path.join(into, 'ckx1.part'), victim);
    // What would lead a careless program to write behind the four bytes.
    const note = { version: 1, validator: '"one"', total: FILM.length, contentType: 'video/mp4' };
    writeFileSync(path.join(into, 'ckx1.part.json'), JSON.stringify(note));
    const server = await host({ drops: [] });
    const saved = await save(server, into);
    expect(saved.sha256).toBe(sha256(FILM));
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(readdirSync(into).sort()).toEqual(['ckx1.mp4', 'mine.txt']);
  });

  it.each(['ckx1.part', 'ckx1.part.json', 'ckx1.part.lock'])(
    'a pipe called %s keeps nobody',
    async (name) => {
      if (name !== 'ckx1.part') writeFileSync(path.join(into, 'ckx1.part'), 'x');
      execFileSync('mkfifo', [path.join(into, name)]);
      const server = await host({ drops: [] });
      const saving = { ...options(server.origin, into), waitEnds: 0 };
      expect((await saveOnce(sessionWith(server.origin), undefined, saving)).sha256).toBe(sha256(FILM));
      expect(readdirSync(into)).toEqual(['ckx1.mp4']);
    },
  );

  it('a folder is named as what is in the way', async () => {
    mkdirSync(path.join(into, 'ckx1.part'));
    const server = await host();
    const failure = await failureOf(save(server, into));
    expect(failure).toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(server.received).toHaveLength(0);
  });

  it('parts that cannot be resumed are removed by the run that saves a file; others stay', async () => {
    const note = JSON.stringify({ version: 1, validator: '"a"', total: 9, contentType: 'video/mp4' });
    const lastMonth = new Date(Date.now() - 30 * 86_400_000);
    for (const [name, old] of [
      ['ckold', true],
      ['cknew', false],
      ['foreign', true],
    ] as const) {
      writeFileSync(path.join(into, `${name}.part`), 'x');
      if (name !== 'foreign') writeFileSync(path.join(into, `${name}.part.json`), note);
      if (old) utimesSync(path.join(into, `${name}.part`), lastMonth, lastMonth);
    }
    writeFileSync(path.join(into, 'ckx1.1a2b3c4d.part'), 'of an earlier version');
    const lock = path.join(into, 'ckx1.part.lock.0123456789abcdef.tmp');
    writeFileSync(lock, 'of a process that was killed');
    utimesSync(lock, lastMonth, lastMonth);
    const server = await host({ drops: [] });
    const clock = new FakeClock();
    clock.wallOffset = Date.now();
    await save(server, into, { session: sessionWith(server.origin, { clock }) });
    expect(readdirSync(into).sort()).toEqual(['cknew.part', 'cknew.part.json', 'ckx1.mp4', 'foreign.part']);
  });
});

describe('fault 50: a file that another process is saving', () => {
  it('is waited for as long as the caller has time, and no longer', async () => {
    const server = await host();
    const lock = tryLock(path.join(into, 'ckx1.part.lock'), new FakeClock());
    if ('heldBy' in lock) throw new Error('the lock is held');
    onTestFinished(() => lock.release());
    writeFileSync(path.join(into, 'ckx1.part'), Buffer.alloc(123));
    const session = sessionWith(server.origin);
    const saving = { ...options(server.origin, into), waitEnds: 3_000 };
    const failure = await failureOf(saveOnce(session, undefined, saving));
    expect(session.clock.now).toBeGreaterThanOrEqual(3_000);
    expect(session.clock.now).toBeLessThan(3_200);
    expect(failure.code).toBe('DOWNLOAD_FAILED');
    expect(failure.message).toContain(`(pid ${process.pid}) is saving this file and had 123 bytes`);
    expect(server.received).toHaveLength(0);
    expect(statSync(path.join(into, 'ckx1.part')).size).toBe(123);
  });
});

describe('fault 98: the address of a result', () => {
  const here = { address: '127.0.0.1', family: 4 };

  it('is resolved once for each connection, which goes to the address that was found', async () => {
    const server = await serve({ body: MP4 });
    const asked: string[] = [];
    // A name server that answers differently the second time.
    const resolve: Resolve = (name, _, callback) => {
      asked.push(name);
      callback(null, [asked.length === 1 ? here : { address: '10.0.0.1', family: 4 }]);
    };
    const transport = new Transport(NETWORK.proxy, { resolve });
    const url = `${server.origin.replace('127.0.0.1', 'localhost')}/a.mp4`;
    await download(sessionWith(server.origin, { transport }), options(url, folder()));
    expect(asked).toEqual(['localhost']);
  });

  it('is resolved again after a redirect', async () => {
    const server = await serve({ status: 302, headers: { location: '/b.mp4' } });
    const answers = [here, { address: '10.0.0.1', family: 4 }];
    const resolve: Resolve = (_, __, callback) => callback(null, [answers.shift()!]);
    const transport = new Transport(NETWORK.proxy, { resolve });
    const url = `${server.origin.replace('127.0.0.1', 'localhost')}/a.mp4`;
    const failure = await failureOf(
      download(sessionWith(server.origin, { transport }), options(url, folder())),
    );
    expect(failure.message).toContain('localhost leads to 10.0.0.1, which is not public');
    expect(server.received).toHaveLength(1);
  });
});

it('fileIsWhole: the very same bytes in a plain file, and nothing else', async () => {
  const file = path.join(into, 'a.mp4');
  writeFileSync(file, MP4);
  const wanted = { bytes: MP4.length, sha256: sha256(MP4) };
  expect(await fileIsWhole(file, wanted)).toBe(true);
  symlinkSync(file, path.join(into, 'link'));
  expect(await fileIsWhole(path.join(into, 'link'), wanted)).toBe(false);
  expect(await fileIsWhole(path.join(into, 'none'), wanted)).toBe(false);
  expect(await fileIsWhole(into, wanted)).toBe(false);
  const changed = Buffer.from(MP4);
  changed[5_000]! ^= 1;
  writeFileSync(file, changed);
  expect(await fileIsWhole(file, wanted)).toBe(false);
});
