import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { ledger } from '../kill/ledger.ts';
import { envelopeOf, live, ROOT, run, T2V, tempFolder } from '../support/command.ts';
import { recordsIn } from '../support/records.ts';

const ARGS = ['--model', 't2v', '--payload', JSON.stringify(T2V), '--pollInterval', '0.02'];

it('fault 43: a task id that cannot be recorded is told, and the same command finds the task, charged once', async () => {
  const service = await ledger();
  const state = path.join(tempFolder(), 'state');
  const env = live(service.origin, { ASYNC_MEDIA_STATE_DIR: state });
  let group = '';
  // From the submit on, the folder of the record is a file.
  service.onSubmit = () => {
    group = path.dirname(recordsIn(state)[0]!.file);
    renameSync(group, `${group}.away`);
    writeFileSync(group, '');
  };
  const first = await run([...ARGS, '--wait', '0'], { env });
  service.onSubmit = undefined;
  const { taskId, data, ...envelope } = envelopeOf(first);
  expect(first.code).toBe(EXIT.stillRunning);
  expect(envelope).toMatchObject({ ok: true, status: 'SUBMITTED' });
  expect(first.stderr).toContain(`task ${taskId}`);
  expect(first.stderr).toContain('could not be written');
  expect(data.warnings).toEqual([expect.stringContaining('keep the task id')]);
  rmSync(group);
  renameSync(`${group}.away`, group);
  expect(recordsIn(state)[0]!.record).toMatchObject({ phase: 'submitting', taskId: null });
  const second = envelopeOf(await run(ARGS, { env }));
  expect(second).toMatchObject({ ok: true, status: 'COMPLETED', taskId, data: { resumed: true } });
  expect(recordsIn(state)[0]!.record).toMatchObject({ phase: 'submitted', taskId });
  expect(service.charges.get(T2V.prompt)).toHaveLength(1);
});

it("a sandbox run whose records would lie inside the skill's folder says that, and goes without", async () => {
  const { stderr, stdout, code } = await run(['--action', 'account', '--sandbox'], {
    env: { XDG_STATE_HOME: path.join(ROOT, 'scripts'), ASYNC_MEDIA_STATE_DIR: undefined },
  });
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(stderr.match(/inside the skill's own/g)).toHaveLength(1);
  expect(stderr).toContain(path.join(ROOT, 'scripts', 'async-media-workflow'));
  expect(stderr).not.toContain('home folder');
  expect(existsSync(path.join(ROOT, 'scripts', 'async-media-workflow'))).toBe(false);
});
