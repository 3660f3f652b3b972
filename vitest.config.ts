import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env.VITEST_REPORT;
const folder = fileURLToPath(new URL('test/', import.meta.url));
const names = readdirSync(folder, { recursive: true }) as string[];
const files = names.filter((name) => /\.test\.ts$/.test(name)).map((name) => `${folder}${name}`);
// Modules are loaded once for many files, unless a file puts others in their place or runs the tests of another one.
const isApart = (text: string) => /\bvi\.(?:do)?mock\(|import\(.*\.test\.ts/i.test(text);
const apart = files.filter((file) => isApart(readFileSync(file, 'utf8')));
const exclude = [...configDefaults.exclude, 'test/backend/**'];

// At the end, one of these would keep all waiting: what computes long, then what waits for processes, then the others.
const ORDER = [
  /test\/(core\/(poll\/poller|submit\/charges)|kill\/kill)\./,
  /test\/(kill|hostile|command|[^/]*$)/,
];

/** The longest tests come first, whatever their files' sizes. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => [...ORDER, /./].findIndex((one) => one.test(moduleId));
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    // A net for what hangs. How long a thing takes is no matter of these tests: the machine may be busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // For a machine of two cores: tests that wait for services and processes take most of the time.
    maxWorkers: 6,
    sequence: { sequencer: LongestFirst },
    // Of the tests of one file that wait for processes side by side.
    maxConcurrency: 10,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...apart],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'apart', include: apart, exclude } },
    ],
  },
});
