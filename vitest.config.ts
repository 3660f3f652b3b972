import { defineConfig } from 'vitest/config';

const report = process.env.VITEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/backend/**'],
    // A net for what hangs. How long a thing takes is no matter of these tests: the machine may be busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // For a machine of two cores: tests that wait for services and processes take most of the time.
    maxWorkers: 5,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
