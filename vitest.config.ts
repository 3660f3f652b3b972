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

/** Tests that wait for processes come first, whatever their files' sizes: at the end, one of them would keep all waiting. */
class ProcessesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = ({ moduleId }: TestSpecification) => /test\/(kill|hostile|command|[^/]*$)/.test(moduleId);
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

export default defineConfig({
  test: {
    // A net for what hangs. How long a thing takes is no matter of these tests: the machine may be busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // For a machine of two cores: tests that wait for services and processes take most of the time.
    maxWorkers: 6,
    sequence: { sequencer: ProcessesFirst },
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
