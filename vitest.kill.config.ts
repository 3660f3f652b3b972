import { defineConfig } from 'vitest/config';

// `npm run test:kill`: the kill matrix at its full size, which takes minutes.
export default defineConfig({
  test: {
    include: ['test/kill/*.test.ts'],
    env: { KILL_FULL: '1' },
    globalSetup: ['test/support/memory.ts'],
    testTimeout: 1_800_000,
    maxWorkers: 1,
  },
});
