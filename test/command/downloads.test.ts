import { rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { envelopeOf, live, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { MP4 } from '../support/media.ts';
import { service } from '../support/service.ts';

const FAST = ['--pollInterval', '0.02'];
const ARGS = ['--action', 'waitTask', '--taskId', 'task1', ...FAST, '--download', 'out'];

// What else a host may do: test/download/ and test/hostile/downloads.test.ts.
test('fault 66: a host that stalls is given up', async () => {
  const server = await service({ file: { body: MP4, stallsAfter: 1000 } });
  const env = live(server.origin, { AIVIDEO_MAX_RETRIES: '0', AIVIDEO_TIMEOUT_MS: '300' });
  const done = await run(ARGS, { env, cwd: tempFolder() });
  expect(envelopeOf(done)).toMatchObject({ errorCode: 'DOWNLOAD_FAILED', status: 'COMPLETED' });
});

test('a charge and its warnings are in the answer although the file could not be saved', async () => {
  const quote = {
    body: { model: 't2v', credits: 12, currentBalance: 400, affordable: true, billable: false },
  };
  const server = await service({ quote, file: { status: 404 } });
  const env = { ...live(server.origin), ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state') };
  await run([...T2V_ARGS, '--wait', '0'], { env });
  const args = [...T2V_ARGS, '--maxCredits', '12', '--download', 'out'];
  const options = { env: { ...env, AIVIDEO_API_KEY: 'ak_another_0123456789' }, cwd: tempFolder() };
  const { data, ...envelope } = envelopeOf(await run(args, options));
  expect(envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED', status: 'COMPLETED' });
  expect(data).toMatchObject({ model: 't2v', credits: { quoted: 12, charged: 15, refunded: 0 } });
  expect(data.warnings).toEqual([
    expect.stringContaining('and a new charge. Tell the user.'),
    expect.stringContaining('15 credits charged, although the cap was 12'),
  ]);
  // The same command returns the end that is on record, with what it cost then.
  const again = envelopeOf(await run(args, options)).data;
  expect(again).toMatchObject({ reused: true, model: 't2v', credits: { quoted: 12, charged: 15 } });
});

test('a folder that no file can be written to any more when the task ends: finished and not saved, and no word of a request that was refused', async () => {
  const cwd = tempFolder();
  const gone = path.join(cwd, 'gone');
  const status = () => {
    rmdirSync(gone);
    writeFileSync(gone, 'a file');
    return { body: { status: 'COMPLETED' } };
  };
  const server = await service({ status });
  const env = { ...live(server.origin), ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state') };
  const done = await run([...T2V_ARGS, '--download', gone], { env, cwd });
  expect(done.code).toBe(9);
  const { data, ...envelope } = envelopeOf(done);
  expect(envelope).toMatchObject({
    ok: false,
    status: 'COMPLETED',
    errorCode: 'DOWNLOAD_FAILED',
    taskId: 'task1',
  });
  expect(data).toMatchObject({ credits: { charged: 15 } });
  expect(data.nextSteps).toEqual([
    expect.stringContaining(`Make ${gone} a folder`),
    expect.stringMatching(/--action waitTask --taskId task1 .*--download out$/),
    expect.stringContaining('finished and paid for'),
  ]);
  expect(done.stdout).not.toMatch(/nothing was submitted/i);
  expect((await run([...T2V_ARGS, '--download', 'out'], { env, cwd })).code).toBe(0);
  expect(server.submits()).toHaveLength(1);
});
