import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { migrate } from '../../src/database/index.ts';
import { openPostgres } from '../../src/database/postgres.ts';
import { createTestDatabase } from '../support/database.ts';

test('guarantee 10: starts at once apply each migration once (fault 90)', async () => {
  const db = await createTestDatabase({ migrated: false });
  const others = [openPostgres(db.url, () => {}), openPostgres(db.url, () => {})];
  const applied = await Promise.all([db.database, ...others].map((database) => migrate(database)));
  expect(applied.flat().sort()).toEqual([
    '0001-generations.sql',
    '0002-resubmit.sql',
    '0003-list-by-status.sql',
    '0004-prompt.sql',
    '0005-missing-since.sql',
    '0006-account-of-queued.sql',
    '0007-submits-paused.sql',
    '0008-equal-submits.sql',
  ]);
  for (const other of others) await other.close();
  await db.close();
});

test('guarantee 10: an older program leaves a newer database as it is; a changed migration is refused', async () => {
  const db = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  const url = pathToFileURL(`${folder}/`);
  await db.database.query(`INSERT INTO migration (name, hash) VALUES ('9999-newer.sql', 'x')`);
  expect(await migrate(db.database)).toEqual([]);
  await writeFile(join(folder, '0001-generations.sql'), 'SELECT 1;');
  await expect(migrate(db.database, url)).rejects.toThrow('was changed after');
  await rm(folder, { recursive: true });
  await db.close();
});

test('guarantee 10: a migration that fails leaves nothing behind', async () => {
  const db = await createTestDatabase({ migrated: false });
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await writeFile(join(folder, '0001-broken.sql'), 'CREATE TABLE half (id int); SELECT 1/0;');
  await expect(migrate(db.database, pathToFileURL(`${folder}/`))).rejects.toThrow(
    'migrations/0001-broken.sql failed: division by zero',
  );
  expect(await db.database.query(`SELECT to_regclass('half')::text AS half`)).toEqual([{ half: null }]);
  await rm(folder, { recursive: true });
  await db.close();
});
