import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { mediaIn, nameKey } from '../../scripts/src/download/names.ts';
import { tempFolder } from '../support/command.ts';

it('a file whose name the disk keeps in decomposed characters is the one that a line names', () => {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'Cafe\u0301.MP4'), '');
  expect([...mediaIn(folder).keys()]).toEqual([nameKey('caf\u00e9')]);
});
