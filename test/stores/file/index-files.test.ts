import { expect, it } from 'vitest';
import { COUNTS, NOTHING } from '../../../scripts/src/model/spending-row.ts';
import { IndexFiles } from '../../../scripts/src/stores/file/index-files.ts';
import { tableOf } from '../../../scripts/src/stores/file/row-table.ts';
import { tempFolder } from '../../support/command.ts';

const ROW = {
  ...{ day: '2026-11-21', provider: 'p', service: 's', account: 'a', model: 'm' },
  ...NOTHING,
};

it('rows that were saved before a row counted something more are read anew', () => {
  const files = new IndexFiles(tempFolder());
  files.saveRows('a', 'state', tableOf([ROW]));
  expect(files.rows('a', 'state')).toEqual(tableOf([ROW]));
  const counts = COUNTS as unknown as string[];
  counts.push('another');
  expect(files.rows('a', 'state')).toBeUndefined();
  counts.pop();
  expect(files.rows('a', 'state')).toEqual(tableOf([ROW]));
});
