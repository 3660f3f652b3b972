import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { withStandInWarnings } from '../../../scripts/src/cli/actions/stand-ins.ts';
import { success } from '../../../scripts/src/cli/render/envelope.ts';
import { tempFolder } from '../../support/command.ts';

it.each([
  ['out', ['mine.mp4'], true],
  ['out', ['ideas.report.jsonl'], false],
  ['out', [], false],
  ['sandbox-out', ['earlier.mp4'], false],
])('stand-ins in %s beside %j: warned of is %s', (name, others, isWarned) => {
  const folder = path.join(tempFolder(), name);
  mkdirSync(folder);
  for (const file of ['clip.mp4', ...others]) writeFileSync(path.join(folder, file), '');
  const file = path.join(folder, 'clip.mp4');
  const outcome = { ...success('COMPLETED', null, { warnings: ['first'] }, 0), files: [file] };
  const { data } = withStandInWarnings(outcome).envelope;
  const warning = expect.stringContaining(`beside other files in ${folder}`);
  expect(data?.warnings).toEqual(isWarned ? ['first', warning] : ['first']);
});
