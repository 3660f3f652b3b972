import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { urlOf } from '../../scripts/src/model/url.ts';
import { ROOT } from '../support/command.ts';

it('an address with a letter such as ü stays one, however often addresses were read before', () => {
  for (let n = 0; n < 20_000; n += 1) urlOf(`https://example.com/${n % 8}`);
  for (let n = 0; n < 20_000; n += 1)
    if (!urlOf('https://b\u00fccher.example/a.png')) expect.fail(`call ${n}`);
  expect(urlOf('no address')).toBeUndefined();
});

it('nothing that ships asks URL.canParse', () => {
  for (const folder of ['scripts/src', 'assets/backend/src'])
    for (const file of readdirSync(path.join(ROOT, folder), { recursive: true }) as string[]) {
      if (!file.endsWith('.ts') || file === path.join('model', 'url.ts')) continue;
      expect(readFileSync(path.join(ROOT, folder, file), 'utf8'), file).not.toContain('canParse');
    }
});
