// What a new service needs: a folder with definition.ts and api.ts, a line in the registry, and its contracts. The sandbox
// emulates the services one by one, so one that it emulates needs a part there as well.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import type { Profile } from '../../scripts/src/providers/provider.ts';
import { ROOT } from '../support/command.ts';
import { codeOf, sourcesIn } from '../support/sources.ts';

const HERON: Profile = {
  id: 'heron',
  title: 'Heron',
  can: { cancel: true, list: false, quote: false, account: false, signedWebhooks: false },
  states: { ready: 'COMPLETED' },
  rateLimit: { queries: 60, windowMs: 60_000, per: 'key' as const, source: null },
  url: 'https://heron.example',
  keyVariable: 'HERON_API_KEY',
  urlVariable: 'HERON_BASE_URL',
  callbackWord: 'callbackUrl',
  keyPage: 'https://heron.example/keys',
  says: {
    key: 'keys',
    credits: 'Credits are bought.',
    retention: 'Kept for a day.',
    refund: 'Nothing is documented.',
    cancel: 'While it is queued.',
    missing: 'Answers 404.',
    prices: 'https://heron.example/prices',
    tasks: 'Ask its support.',
  },
  create: async () => ({ ...HERON, heron: true }) as never,
};

// In place of the one line and the folder that a new service adds.
vi.mock(import('../../scripts/src/providers/apidot/definition.ts'), () => ({ APIDOT: HERON }) as never);

const providers = path.join(ROOT, 'scripts', 'src', 'providers');
const folders = readdirSync(providers, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it.each(folders)('%s: a definition and an api, a line in the registry, and contracts', (id) => {
  for (const file of ['definition.ts', 'api.ts'])
    expect(existsSync(path.join(providers, id, file))).toBe(true);
  const lines = readFileSync(path.join(providers, 'registry.ts'), 'utf8').split('\n');
  expect(lines.filter((line) => line.includes(`./${id}/definition.ts`))).toHaveLength(1);
  expect(readdirSync(path.join(ROOT, 'contracts', id)).length).toBeGreaterThan(0);
});

it('no module but those of its folder and of the sandbox knows a service by its id', () => {
  const quoted = new RegExp(`['"\`](${folders.join('|')})['"\`]`);
  const others = sourcesIn().filter(
    (file) => !file.startsWith('sandbox/') && !folders.some((id) => file.startsWith(`providers/${id}/`)),
  );
  expect(others.filter((file) => quoted.test(codeOf(file)))).toEqual([]);
});

it('the registry, the flags, their refusals, the environment and --help know it from its definition', async () => {
  const { PROFILES, profileOf } = await import('../../scripts/src/providers/registry.ts');
  const { parseArguments } = await import('../../scripts/src/cli/command-line/arguments.ts');
  const { helpText } = await import('../../scripts/src/cli/command-line/help.ts');
  const { readEnvironment, secretsIn } = await import('../../scripts/src/cli/environment.ts');
  expect(PROFILES.map(({ id }) => id)).toEqual(['aivideomaker', 'heron']);
  const settings = { baseUrl: new URL(HERON.url), key: 'k', now: () => 0 };
  expect(await profileOf('heron')!.create(settings)).toMatchObject({ id: 'heron', heron: true });

  const submit = ['--provider', 'heron', '--model', 'm', '--payload', '{}'];
  expect(parseArguments([...submit, '--callbackUrl', 'https://a.example']).profile.id).toBe('heron');
  expect(() => parseArguments([...submit, '--webhookUrl', 'https://a.example'])).toThrow(
    /--callbackUrl for Heron/,
  );
  expect(() => parseArguments(['--provider', 'heron', '--action', 'listTasks'])).toThrow(
    /^Heron documents no list/,
  );
  expect(() => parseArguments(['--provider', 'apidot', '--model', 'm', '--payload', '{}'])).toThrow(
    /--provider: expected one of aivideomaker, heron/,
  );

  const text = helpText('0.0.0');
  for (const word of ['heron', 'HERON_API_KEY', 'HERON_BASE_URL', 'Heron: --callbackUrl'])
    expect(text).toContain(word);
  const env = { HERON_API_KEY: 'hk_1', HERON_BASE_URL: 'https://other.example' };
  expect(secretsIn(env)).toEqual(['hk_1']);
  const environment = readEnvironment(env, {
    profile: profileOf('heron')!,
    action: 'getStatus',
    sandbox: false,
    noJournal: false,
  });
  expect(environment).toMatchObject({ key: 'hk_1', baseUrl: new URL('https://other.example') });
});
