import { defineConfig } from 'vitest/config';

// `npm run test:backend`: a copy of the backend, installed as a user installs it, and what has to start or kill
// processes. It needs the package registry, so it is no part of `npm test`.
export default defineConfig({
  test: {
    include: ['test/backend/**/*.test.ts'],
    globalSetup: ['test/backend/support/install.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
