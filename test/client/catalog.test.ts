import { cpSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createClient } from '../../scripts/src/client/index.ts';
import { ROOT, T2V, tempFolder } from '../support/command.ts';

/** A client with a contract of its own, in `file`. */
function clientWith(contract: string) {
  const contractsFolder = path.join(tempFolder(), 'contracts');
  const file = path.join(contractsFolder, 'aivideomaker', 't2v.yaml');
  mkdirSync(path.dirname(file), { recursive: true });
  const copy = () => cpSync(path.join(ROOT, 'contracts', 'aivideomaker', `${contract}.yaml`), file);
  return { client: createClient({ provider: 'aivideomaker', key: 'k', contractsFolder }), file, copy };
}

test('a client reads a contract once, and validates every payload by it', async () => {
  const { client, file, copy } = clientWith('t2v');
  copy();
  expect(await client.models()).toEqual(['t2v']);
  expect(await client.validate('t2v', T2V)).toMatchObject({
    valid: true,
    estimate: { least: expect.any(Number) },
  });
  renameSync(file, `${file}.gone`);
  expect(await client.validate('t2v', T2V)).toMatchObject({ valid: true });
  expect(await client.validate('t2v', {})).toMatchObject({ valid: false, estimate: null });
});

test('a contract that could not be read is read again', async () => {
  const { client, copy } = clientWith('t2v');
  await expect(client.validate('t2v', T2V)).rejects.toMatchObject({ code: 'INVALID_MODEL' });
  copy();
  expect(await client.validate('t2v', T2V)).toMatchObject({ valid: true });
});
