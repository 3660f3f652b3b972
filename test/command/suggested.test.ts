import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { envelopeOf, live, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { refusal, service } from '../support/service.ts';
import { runShell } from './shell.ts';

it('fault 102: a key, an owner and a folder that a shell would run are run by no suggested command', async () => {
  const cwd = tempFolder();
  const server = await service({ submit: 'closed', list: refusal(500) });
  const env = live(server.origin, {
    AIVIDEO_MAX_RETRIES: '0',
    ASYNC_MEDIA_STATE_DIR: path.join(cwd, 'state'),
  });
  const trap = '$(touch$IFS"x")`touch$IFS"y"`;touch$IFS"z"';
  const lost = await run(
    [...T2V_ARGS, '--wait', '1', '--idempotencyKey', trap, '--owner', trap, '--download', trap],
    { env, cwd },
  );
  expect(lost.code).toBe(7);
  const { pending } = envelopeOf(await run(['--action', 'listPending'], { env, cwd })).data;
  const [{ resume, attach, forget }] = pending as [{ resume: string; attach: string; forget: string }];
  const parts = [resume, attach, forget];
  const suggested = [...(envelopeOf(lost).data.nextSteps as string[]), ...parts]
    .map((step) => step.slice(step.indexOf('node ')))
    .filter((step) => step.startsWith('node '));
  expect(suggested.filter((line) => line.includes('touch'))).toHaveLength(4);
  // From another folder: what the commands name must not depend on it.
  const elsewhere = tempFolder();
  for (const line of suggested) {
    const done = await runShell(line, { env, cwd: elsewhere });
    expect([line, done.stderr.includes('not found')]).toEqual([line, false]);
    envelopeOf(done);
  }
  expect(envelopeOf(await run(['--action', 'listPending'], { env, cwd })).data).toMatchObject({ count: 0 });
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(readdirSync(cwd).sort()).toEqual([trap, 'state'].sort());
});
