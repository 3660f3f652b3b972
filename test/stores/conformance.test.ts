import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { Journal } from '../../scripts/src/stores/file/journal.ts';
import { tempFolder } from '../support/command.ts';
import { recordFilesIn } from '../support/records.ts';
import { conformance } from './conformance.ts';
import { PatientClock } from './file/support.ts';
import { SqlTable } from './sql-table.ts';
import { MemoryTable, TableStore } from './table-store.ts';

conformance('memory', () => {
  const clock = new PatientClock();
  const table = new MemoryTable();
  return {
    clock,
    open: (account) => new TableStore(table, account, clock),
    damage: (request) => table.damage(request),
    dies: (name) => table.dies(name),
  };
});

conformance('files', () => {
  const clock = new PatientClock();
  const folder = path.join(tempFolder(), 'records');
  return {
    clock,
    open: (account) => new Journal({ ...account, folder, clock, warn: () => {} }),
    damage: (request) => {
      for (const file of recordFilesIn(folder)) {
        if (path.basename(file).startsWith(request)) writeFileSync(file, readFileSync(file).subarray(9));
      }
    },
    dies: (name) => {
      const file = path.join(folder, 'locks', `${name}.lock`);
      const owner = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...owner, pid: 2 ** 30, nonce: 'dead' }));
    },
  };
});

let sql: PGlite;
beforeAll(async () => {
  sql = await PGlite.create();
});
afterAll(() => sql.close());

conformance('PGlite', async () => {
  const clock = new PatientClock();
  const table = await SqlTable.in(sql);
  return {
    clock,
    open: (account) => new TableStore(table, account, clock),
    damage: (request) => table.damage(request),
    dies: (name) => table.dies(name),
  };
});
