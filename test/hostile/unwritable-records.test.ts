// A disk that becomes read-only while a submit is under way: the record says that a charge may exist, and stays readable.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { ledger } from '../kill/ledger.ts';
import { envelopeOf, live, type Run, run, T2V, tempFolder } from '../support/command.ts';
import { recordsIn } from '../support/records.ts';

const ARGS = ['--model', 't2v', '--payload', JSON.stringify(T2V), '--pollInterval', '0.02'];

interface Refusal {
  how: string;
  /** Makes the records in a state folder unwritable. @returns what undoes it */
  refuse(state: string): () => void;
}

const REFUSALS: Refusal[] = [
  {
    how: 'the folder of the locks is a file',
    refuse: (state) => {
      const locks = path.join(state, 'records', 'locks');
      rmSync(locks, { recursive: true });
      writeFileSync(locks, '');
      return () => rmSync(locks, { recursive: true, force: true });
    },
  },
  {
    how: 'no lock can be taken',
    refuse: (state) => {
      const { record } = recordsIn(state)[0]!;
      const lock = path.join(state, 'records', 'locks', `${record.request}.lock`);
      rmSync(lock, { force: true });
      mkdirSync(lock);
      return () => rmSync(lock, { recursive: true, force: true });
    },
  },
];

/** A lost submit, during which the records became unwritable. */
async function lostSubmit({ refuse }: Refusal) {
  const service = await ledger();
  const state = path.join(tempFolder(), 'state');
  const env = live(service.origin, { ASYNC_MEDIA_STATE_DIR: state });
  let repair = () => {};
  service.onSubmit = () => {
    repair = refuse(state);
    onTestFinished(repair);
    service.onSubmit = undefined;
  };
  service.script.push('reset');
  service.hidesTasks = true;
  const first = await run([...ARGS, '--wait', '0'], { env });
  expect(first.code, first.stdout).toBe(EXIT.submitUnknown);
  const charges = () => service.charges.get(T2V.prompt)!.length;
  const { record } = recordsIn(state)[0]!;
  return { service, state, env, record, charges, repair: () => repair() };
}

/** The answer says that a charge may exist. */
function expectUnknown(done: Run, key: string): string[] {
  expect(done.code, done.stdout).toBe(EXIT.submitUnknown);
  const { data, errorMessage, ...envelope } = envelopeOf(done);
  expect(envelope).toMatchObject({ ok: false, status: 'UNKNOWN', errorCode: 'SUBMIT_OUTCOME_UNKNOWN' });
  expect(errorMessage).toContain('charged for it, is not known');
  expect(errorMessage).toContain('cannot be written to');
  expect(done.stdout).not.toMatch(/nothing was submitted/i);
  expect(data.idempotencyKey).toBe(key);
  return data.nextSteps as string[];
}

describe('fault 44: a submit was cut off, and the records became unwritable:', () => {
  it.for(REFUSALS)('$how: the outcome is unknown until that is mended', async (refusal) => {
    const { service, env, record, charges, repair } = await lostSubmit(refusal);
    const steps = expectUnknown(await run(ARGS, { env }), record.idempotencyKey);
    expect(steps[0]).toMatch(/^Once that is mended, run this command, without --new\./);
    expect(steps.join('\n')).toContain('--action listTasks');
    expect(charges()).toBe(1);
    repair();
    service.hidesTasks = false;
    const done = envelopeOf(await run(ARGS, { env }));
    expect(done).toMatchObject({ ok: true, status: 'COMPLETED', data: { resumed: true } });
    expect(charges()).toBe(1);
  });

  it('a line of a batch, and other commands, do not say that nothing was submitted', async () => {
    const { env, record, charges } = await lostSubmit(REFUSALS[1]!);
    const folder = tempFolder();
    const lines = path.join(folder, 'lines.jsonl');
    writeFileSync(lines, `${JSON.stringify({ payload: T2V })}\n`);
    const batch = ['--model', 't2v', '--batch', lines, '--wait', '0', '--download', folder];
    const done = envelopeOf(await run(batch, { env }));
    expect(done).toMatchObject({ ok: false, errorCode: 'SUBMIT_OUTCOME_UNKNOWN' });
    expect(done.data.batch).toMatchObject({ unknown: 1, notSubmitted: 0 });
    const forget = await run(['--action', 'forget', '--idempotencyKey', record.idempotencyKey], { env });
    expect(forget.code, forget.stdout).toBe(EXIT.badInput);
    expect(envelopeOf(forget).errorMessage).toContain('cannot be written to');
    expect(forget.stdout).not.toMatch(/nothing was submitted|submitted and charged/i);
    expect(charges()).toBe(1);
  });

  it('a folder for its file that cannot be used does not say that nothing was charged', async () => {
    const { env, record, charges, repair } = await lostSubmit(REFUSALS[1]!);
    repair();
    const file = path.join(tempFolder(), 'file');
    writeFileSync(file, '');
    const done = await run([...ARGS, '--download', file], { env });
    expect(done.code).toBe(EXIT.badInput);
    const { status, data } = envelopeOf(done);
    expect(status).toBe('UNKNOWN');
    expect(record.taskId).toBeNull();
    expect(JSON.stringify(data)).not.toMatch(/nothing was submitted/i);
    expect(charges()).toBe(1);
  });
});

it('fault 44: a recorded task is resumed although no lock can be made', async () => {
  const service = await ledger();
  const state = path.join(tempFolder(), 'state');
  const env = live(service.origin, { ASYNC_MEDIA_STATE_DIR: state });
  const { taskId } = envelopeOf(await run([...ARGS, '--wait', '0'], { env }));
  REFUSALS[0]!.refuse(state);
  const done = envelopeOf(await run(ARGS, { env }));
  expect(done).toMatchObject({ ok: true, status: 'COMPLETED', taskId, data: { resumed: true } });
  expect(service.charges.get(T2V.prompt)).toHaveLength(1);
});
