// `npm run mutations`: takes out what keeps each guarantee, one line at a time, and expects that the named test fails.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCopy } from '../../../test/backend/support/install.ts';
import { environment } from '../../../test/backend/support/node.ts';
import { startPostgres } from '../../../test/backend/support/postgres.ts';
import { CHARGES } from './charges.ts';
import type { Mutation } from './mutation.ts';
import { RESULTS } from './results.ts';

const only = process.argv.slice(2);
const chosen = [...CHARGES, ...RESULTS].filter(
  ({ guarantee }) => only.length === 0 || only.some((word) => guarantee.startsWith(word)),
);
if (chosen.length === 0) throw new Error(`No guarantee begins with ${only.join(' or ')}.`);
const { folder, remove } = makeCopy();
const report = path.join(mkdtempSync(path.join(tmpdir(), 'amw-mutations-')), 'report.json');
const postgres = await startPostgres(['fsync=off']);
let missed = 0;
try {
  // A test that fails anyway would notice everything.
  for (const test of new Set(chosen.map(({ test }) => test))) {
    const titles = chosen.filter((one) => one.test === test).map(({ title }) => title);
    const { failed } = run(test, titles.join('|'));
    if (failed > 0) throw new Error(`${test} fails without any mutation`);
  }
  for (const { guarantee, test, title, also, ...mutation } of chosen) {
    const mutated = [mutation, ...(also ? [also] : [])].map(mutate);
    const place = mutated.map(({ place }) => place).join(' and ');
    const { failed, ran } = run(test, title);
    for (const { restore } of mutated) restore();
    if (failed === 0) missed += 1;
    console.log(
      `${failed > 0 ? 'noticed' : 'MISSED '}  ${guarantee}: ${place} -> ${test} "${title}" (${failed} of ${ran} failed)`,
    );
  }
} finally {
  postgres.end();
  rmSync(path.dirname(report), { recursive: true });
  remove();
}
console.log(`${chosen.length - missed} of ${chosen.length} noticed`);
process.exitCode = missed > 0 ? 1 : 0;

/** Runs the tests of a file whose titles match, and counts them. Throws where none ran: that notices nothing. */
function run(test: string, title: string): { failed: number; ran: number } {
  const { stdout, stderr } = spawnSync(
    'npx',
    ['vitest', 'run', `test/${test}.test.ts`, '-t', title, '--reporter=json', `--outputFile=${report}`],
    {
      cwd: folder,
      env: environment(folder, { DATABASE_URL: postgres.url }),
      encoding: 'utf8',
      maxBuffer: 2 ** 27,
    },
  );
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  rmSync(report, { force: true });
  const { numFailedTests: failed = 0, numPassedTests: passed = 0 } = counts as Record<string, number>;
  if (failed + passed === 0)
    throw new Error(`${test} "${title}": no test ran\n${JSON.stringify(counts)}\n${stdout}\n${stderr}`);
  return { failed, ran: failed + passed };
}

function mutate({ file, line, instead }: Pick<Mutation, 'file' | 'line' | 'instead'>) {
  const target = path.join(folder, file);
  const source = readFileSync(target, 'utf8');
  if (source.split(line).length !== 2) throw new Error(`${file} does not hold this once: ${line}`);
  writeFileSync(
    target,
    source.replace(line, () => instead),
  );
  const number = source.slice(0, source.indexOf(line)).split('\n').length;
  return { place: `${file}:${number}`, restore: () => writeFileSync(target, source) };
}
