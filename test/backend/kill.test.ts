import { expect, inject, test } from 'vitest';
import { runKillMatrix } from './support/kill-matrix.ts';

// `npm run figures:kill` runs it at its full size.
const FULL = process.env.KILL_FULL === '1';
const REQUESTS = FULL ? 1_000 : 60;

test(`85, 86, 92: ${REQUESTS} requests sent twice, workers killed, PostgreSQL stopped hard: charged once each, no result lost`, {
  timeout: FULL ? 1_800_000 : 180_000,
}, async () => {
  const result = await runKillMatrix({
    copy: inject('backend'),
    requests: REQUESTS,
    ...(!FULL && { databaseStops: 1, lost: 0.1, giveUpSeconds: 150, isHurried: true }),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.stderr.write(`${JSON.stringify(result)}\n`);
  expect(result).toMatchObject({
    charges: REQUESTS,
    chargedWrong: 0,
    statuses: { succeeded: REQUESTS },
    wrongFiles: 0,
    forgotten: 0,
    tooMany: 0,
  });
  expect(result.kills).toBeGreaterThan(1);
});
