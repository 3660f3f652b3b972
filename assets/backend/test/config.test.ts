import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

test('nothing set: one process on this machine, embedded database, sandbox, a demo token', () => {
  expect(readConfig({})).toMatchObject({
    ...{
      role: 'all',
      host: '127.0.0.1',
      port: 8080,
      databaseUrl: null,
      tokens: null,
      publicUrl: null,
      s3: null,
    },
    ...{ maxCreditsPerUserPerDay: null, maxRunningPerUser: null, retentionDays: 30, trustProxy: false },
    services: [
      { provider: 'aivideomaker', key: null, previousKey: null, baseUrl: null },
      { provider: 'apidot', key: null, previousKey: null, baseUrl: null },
    ],
  });
});

test('an empty value is none', () => {
  expect(readConfig({ PORT: ' ', APIDOT_API_KEY: '' })).toMatchObject({ port: 8080, secrets: [] });
});

test.each([
  ['PORT', '80a'],
  ['PORT', '70000'],
  ['ROLE', 'boss'],
  ['DATABASE_URL', 'mysql://x'],
  ['DATABASE_URL', 'postgres://ann:100%@db/x'],
  ['AIVIDEO_API_KEY', 'ak_1 and more'],
  ['APIDOT_API_KEY', 'sk_schlüssel'],
  ['API_TOKENS', 'short:ann'],
  ['API_TOKENS', 'long-enough-token'],
  ['API_TOKENS', 'same-token-1:ann,same-token-1:bob'],
  ['PUBLIC_URL', 'http://example.com'],
  ['PUBLIC_URL', 'https://example.com/?a=b'],
  ['AIVIDEO_BASE_URL', 'http://example.com'],
  ['APIDOT_BASE_URL', 'https://user:password@example.com'],
  ['S3_ENDPOINT', 'nowhere'],
  ['S3_BUCKET', 'media/files'],
  ['MAX_CREDITS_PER_USER_PER_DAY', '-1'],
  ['MAX_RUNNING_PER_USER', '0'],
  ['RETENTION_DAYS', '1.5'],
  ['LOG_LEVEL', 'loud'],
  ['TRUST_PROXY', '1'],
])('a wrong %s stops the start with its name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} `));
});

test.each([
  [{ ROLE: 'worker' }, 'ROLE'],
  [{ AIVIDEO_API_KEY_PREVIOUS: 'old' }, 'AIVIDEO_API_KEY'],
  [{ HOST: '0.0.0.0' }, 'API_TOKENS'],
  [{ TRUST_PROXY: 'yes' }, 'API_TOKENS'],
  [{ S3_ENDPOINT: 'http://127.0.0.1:9000' }, 'S3_BUCKET'],
  [{ S3_BUCKET: 'media' }, 'AWS_REGION'],
])('%j lacks %s', (env, name) => {
  expect(() => readConfig(env)).toThrow(new RegExp(`^${name} `));
});

test('a region that is none is named', () => {
  expect(() => readConfig({ S3_BUCKET: 'media', AWS_REGION: 'us_east' })).toThrow(/^AWS_REGION /);
});

test('so does a key before the present one that no key can be', () => {
  const env = { APIDOT_API_KEY: 'sk-1', APIDOT_API_KEY_PREVIOUS: 'sk 0' };
  expect(() => readConfig(env)).toThrow(/^APIDOT_API_KEY_PREVIOUS holds /);
});

test('a key before the present one is another key', () => {
  const env = { APIDOT_API_KEY: 'sk-1', APIDOT_API_KEY_PREVIOUS: 'sk-1' };
  expect(() => readConfig(env)).toThrow(/^APIDOT_API_KEY_PREVIOUS /);
});

test('an error never repeats a secret', () => {
  const token = 'secret-of-the-user';
  for (const API_TOKENS of [`${token}`, `${token}:a:b`, `${token}:ann,${token}:bob`]) {
    const error = (() => {
      try {
        return readConfig({ API_TOKENS });
      } catch (thrown) {
        return thrown as Error;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).not.toContain(token);
  }
});

test('everything that must not be logged is known', () => {
  const { secrets } = readConfig({
    DATABASE_URL: 'postgres://ann:pass%20word@db/x',
    APIDOT_API_KEY: 'sk-1',
    APIDOT_API_KEY_PREVIOUS: 'sk-0',
    API_TOKENS: 'token-of-ann:ann',
  });
  expect(secrets).toEqual(['sk-1', 'sk-0', 'token-of-ann', 'pass word']);
});
