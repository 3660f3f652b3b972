import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import { ENTRY, envelopeOf, run } from '../../support/command.ts';
import { runShell } from '../shell.ts';
import { act, again, charges, FAST, journalOf, place, REQUEST } from './support.ts';

describe('at the same time', () => {
  it('faults 39, 49: twelve processes with one request: one charge, twelve documents with one task', async () => {
    const here = await place();
    const runs = await Promise.all(Array.from({ length: 12 }, () => again(here, '--download', here.out)));
    expect(charges(here)).toBe(1);
    expect(new Set(runs.map((done) => envelopeOf(done).taskId)).size).toBe(1);
    for (const done of runs) expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(journalOf(here)).toHaveLength(1);
  });
});

describe('a journal that cannot be used', () => {
  it.each([
    ['a file is in its place', (folder: string) => writeFileSync(path.join(folder, 'state'), '')],
    ['a folder on the way is a file', (folder: string) => writeFileSync(path.join(folder, 'x'), '')],
  ])('fault 44: nothing is submitted: %s', async (name, prepare) => {
    const here = await place();
    prepare(here.folder);
    const state = name.startsWith('a folder') ? path.join(here.folder, 'x', 'state') : here.state;
    const env = { ...here.env, ASYNC_MEDIA_STATE_DIR: state };
    const refused = await run([...REQUEST, ...FAST], { env });
    expect(refused.code).toBe(EXIT.badInput);
    const { errorCode, errorMessage, status, data } = envelopeOf(refused);
    expect(errorCode).toBe('INVALID_PAYLOAD');
    expect(data.issues).toMatchObject([{ path: 'ASYNC_MEDIA_STATE_DIR' }]);
    expect(errorMessage).toContain(state);
    expect(errorMessage).toContain('nothing was submitted');
    expect(status).toBe('FAILED');
    expect(JSON.stringify(data.nextSteps)).toContain('--noJournal');
    expect(here.service.received).toHaveLength(0);
    const without = await run([...REQUEST, ...FAST, '--noJournal'], { env });
    expect(envelopeOf(without)).toMatchObject({ ok: true, status: 'COMPLETED' });
    const waited = await run(['--action', 'waitTask', '--taskId', envelopeOf(without).taskId!, ...FAST], {
      env,
    });
    expect(waited.code).toBe(0);
  });

  it.each([
    ['cut', (text: string) => text.slice(0, 100)],
    ['empty', () => ''],
    ['of another form', () => '{"version":9}'],
  ])('fault 46: a record that is %s is set aside, told, and leads to no submit', async (_, spoil) => {
    const here = await place();
    await again(here, '--wait', '0');
    const [{ file, record }] = journalOf(here) as [{ file: string; record: RequestRecord }];
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    let steps: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const refused = await again(here, '--wait', '0');
      expect(refused.code).toBe(EXIT.submitUnknown);
      const { data, retryAfter } = envelopeOf(refused);
      // Waiting changes nothing: the user decides.
      expect(retryAfter).toBeNull();
      steps = data.nextSteps as string[];
      expect(steps[1]).toMatch(/^node .* --action listTasks/);
      expect(steps[2]).toMatch(/this resumes it: node .* --action waitTask --taskId '<task_id>'/);
      expect(refused.stderr.includes(`${path.basename(file)}.corrupt`)).toBe(n === 0);
    }
    expect(existsSync(`${file}.corrupt`)).toBe(true);
    expect(charges(here)).toBe(1);
    expect((await act(here, 'listPending')).code).toBe(0);
    expect((await act(here, 'waitTask', '--taskId', record.taskId!, ...FAST)).code).toBe(0);
    const [, another] = /^If there is none, and only if the user accepts .*: (node .*)$/.exec(steps[3]!)!;
    expect((await runShell(another!, { env: here.env })).code).toBe(EXIT.stillRunning);
    expect(envelopeOf(await again(here, '--wait', '0')).data.resumed).toBe(true);
    expect(charges(here)).toBe(2);
  });

  it('is never inside the skill', async () => {
    const here = await place();
    const inside = path.join(path.dirname(ENTRY), 'state');
    const refused = await run(REQUEST, { env: { ...here.env, ASYNC_MEDIA_STATE_DIR: inside } });
    expect(refused.code).toBe(EXIT.badInput);
    expect(envelopeOf(refused).data.issues).toMatchObject([{ path: 'ASYNC_MEDIA_STATE_DIR' }]);
    expect(existsSync(inside)).toBe(false);
  });
});
