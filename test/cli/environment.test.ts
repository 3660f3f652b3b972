import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readEnvironment, secretsIn } from '../../scripts/src/cli/environment.ts';
import { isLoopback } from '../../scripts/src/model/service-address.ts';
import { PROFILES } from '../../scripts/src/providers/registry.ts';
import { thrownBy } from '../support/failures.ts';

const PROFILE = PROFILES[0]!;
const LIVE = { profile: PROFILE, action: 'generate', sandbox: false, noJournal: false } as const;
const REHEARSAL = { ...LIVE, sandbox: true };

const refusal = (env: Record<string, string>) => thrownBy(() => readEnvironment(env, LIVE));

describe('B2: the environment', () => {
  it('has the required defaults', () => {
    for (const env of [
      {},
      { AIVIDEO_API_KEY: '', AIVIDEO_TIMEOUT_MS: ' ', AIVIDEO_BASE_URL: '', HTTPS_PROXY: '' },
    ])
      expect(readEnvironment(env, LIVE)).toMatchObject({
        key: undefined,
        baseUrl: undefined,
        timeoutMs: 30_000,
        maxRetries: 3,
        httpProxy: undefined,
        httpsProxy: undefined,
        noProxy: undefined,
      });
  });

  it('takes what it should', () => {
    const env = {
      AIVIDEO_API_KEY: ' ak_1234567\n',
      AIVIDEO_BASE_URL: 'https://proxy.example/aivideo/',
      AIVIDEO_TIMEOUT_MS: '1',
      AIVIDEO_MAX_RETRIES: '0',
      HTTP_PROXY: 'http://upper:1',
      http_proxy: 'http://lower:1',
      HTTPS_PROXY: 'proxy.corp:3128',
      no_proxy: 'a,b',
    };
    expect(readEnvironment(env, LIVE)).toMatchObject({
      key: 'ak_1234567',
      timeoutMs: 1,
      maxRetries: 0,
      httpProxy: 'http://lower:1',
      httpsProxy: 'http://proxy.corp:3128',
      noProxy: 'a,b',
    });
    expect(readEnvironment(env, LIVE).baseUrl!.href).toBe('https://proxy.example/aivideo/');
    expect(secretsIn(env)).toEqual(['ak_1234567']);
  });

  it.each([
    ['AIVIDEO_TIMEOUT_MS', ['abc', '0', '-1', '1.5', '600001', '1e3', '30s', '0x10']],
    ['AIVIDEO_MAX_RETRIES', ['abc', '-1', '11', '2.5', 'three']],
    [
      'AIVIDEO_BASE_URL',
      [
        ...['http://aivideomaker.ai', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example/'],
        ...['http://127.0.0.1@evil.example/', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'aivideomaker.ai'],
        ...['https://user:hunter22@aivideomaker.ai', 'https://aivideomaker.ai/?key=1'],
        ...['https://aivideomaker.ai/#x', 'https://'],
      ],
    ],
    ['HTTPS_PROXY', ['socks5://127.0.0.1:1080', 'http://', ':::']],
    ['HTTP_PROXY', ['ftp://127.0.0.1']],
    ['AIVIDEO_API_KEY', ['ak_x\ny: z', 'ak with space', 'ak_ü', '\u201cak_1234\u201d']],
  ])('fault 59: refuses %s when it is unusable, by its name', (name, values) => {
    for (const value of values) {
      const { code, message, details } = refusal({ [name]: value });
      expect(code).toBe('INVALID_PAYLOAD');
      expect(message).toContain(`${name}: expected `);
      expect(details.issues![0]!.hint).toContain(name);
    }
  });

  it('shows neither keys nor passwords, even of what it refuses', () => {
    for (const env of [
      { AIVIDEO_API_KEY: 'ak_hunter22\nx' },
      { AIVIDEO_BASE_URL: 'https://user:hunter22@host/' },
      { AIVIDEO_BASE_URL: 'https://user:hunter22@host:99999/' },
      { AIVIDEO_BASE_URL: 'user:hunter22@host' },
      { HTTPS_PROXY: 'socks5://user:hunter22@host' },
      { HTTPS_PROXY: 'http://user:hunter22@host:99999' },
    ]) {
      const { message, details } = refusal(env);
      expect(JSON.stringify([message, details])).not.toContain('hunter22');
    }
  });

  it('names every problem at once', () => {
    const { details } = refusal({ AIVIDEO_TIMEOUT_MS: 'x', AIVIDEO_MAX_RETRIES: 'x', AIVIDEO_BASE_URL: 'x' });
    expect(details.issues!.map((issue) => issue.path).sort()).toEqual([
      'AIVIDEO_BASE_URL',
      'AIVIDEO_MAX_RETRIES',
      'AIVIDEO_TIMEOUT_MS',
    ]);
  });

  it('reads no setting that leads to a service when none is going to be called', () => {
    const env = {
      AIVIDEO_API_KEY: 'a b',
      AIVIDEO_BASE_URL: 'http://x',
      HTTPS_PROXY: 'socks5://x',
      NO_PROXY: 'x',
    };
    expect(readEnvironment(env, REHEARSAL)).toMatchObject({
      key: undefined,
      baseUrl: undefined,
      httpsProxy: undefined,
    });
    expect(() => readEnvironment({ AIVIDEO_TIMEOUT_MS: 'abc' }, REHEARSAL)).toThrow('AIVIDEO_TIMEOUT_MS');
  });

  it('keeps its state outside of the skill, where the system wants it', () => {
    const folder = (env: Record<string, string>) => readEnvironment(env, LIVE).stateFolder!;
    expect(folder({ ASYNC_MEDIA_STATE_DIR: '../here' })).toBe(path.resolve('../here'));
    expect(folder({ XDG_STATE_HOME: path.resolve('/state') })).toBe(
      path.resolve('/state', 'async-media-workflow'),
    );
    expect(folder({ XDG_STATE_HOME: 'relative' })).toMatch(/async-media-workflow$/);
    expect(path.isAbsolute(folder({}))).toBe(true);
    for (const inside of ['here', '.', 'scripts/..'])
      expect(refusal({ ASYNC_MEDIA_STATE_DIR: inside }).details.issues).toEqual([
        expect.objectContaining({ path: 'ASYNC_MEDIA_STATE_DIR', received: path.resolve(inside) }),
      ]);
  });
});

it('without a home folder there is no place for records, which only stops what needs one', () => {
  vi.stubEnv('HOME', 'relative');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(refusal({}).details.issues).toMatchObject([{ path: 'ASYNC_MEDIA_STATE_DIR', received: 'nothing' }]);
  expect(readEnvironment({}, { ...LIVE, noJournal: true }).stateFolder).toBeNull();
  // A sandbox run continues without a folder, unless the user chose that folder.
  expect(readEnvironment({}, REHEARSAL)).toMatchObject({ stateFolder: null, isStateChosen: false });
  const chosen = { ASYNC_MEDIA_STATE_DIR: path.resolve('scripts') };
  expect(() => readEnvironment(chosen, REHEARSAL)).toThrow('ASYNC_MEDIA_STATE_DIR');
});

it('the addresses that never leave this machine', () => {
  const judged = (url: string) => isLoopback(new URL(url));
  expect(['http://127.0.0.1:1', 'http://localhost', 'http://[::1]:8'].every(judged)).toBe(true);
  expect(['http://127.0.0.1.x', 'http://0.0.0.0', 'https://a.localhost.b', 'http://[::2]'].some(judged)).toBe(
    false,
  );
});
