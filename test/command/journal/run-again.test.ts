import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import { CANARY, ENTRY, envelopeOf, run, T2V } from '../../support/command.ts';
import { rewrite } from '../../support/records.ts';
import { act, again, charges, FAST, journalOf, place, REQUEST, recordOf } from './support.ts';

describe('the order', () => {
  it('fault 38: the record is on the disk before the request leaves, the task id before anything waits', async () => {
    const here = await place();
    const seen: (RequestRecord | undefined)[] = [];
    here.service.onSubmit = () => seen.push(journalOf(here)[0]?.record);
    here.service.onStatus = () => seen.push(journalOf(here)[0]?.record);
    const done = await again(here);
    expect(done.code).toBe(0);
    expect(seen[0]).toMatchObject({ phase: 'submitting', taskId: null, model: 't2v', delivered: null });
    const { taskId } = envelopeOf(done);
    expect(seen[1]).toMatchObject({ phase: 'submitted', taskId });
    expect(seen[1]?.idempotencyKey).toBe(here.service.received[0]?.headers['idempotency-key']);
    expect(done.stderr.split('\n')[0]).toContain(`task ${taskId}`);
  });

  it('keeps what is named, readable by its owner alone, and nothing that is private', async () => {
    const here = await place();
    const prompt = `A lighthouse like https://private.example/a.png, ${'at dawn '.repeat(10)}with a secret`;
    const payload = JSON.stringify({ ...T2V, prompt });
    const flags = ['--download', here.out, '--owner', 'user-42', ...FAST];
    const done = await run(['--model', 't2v', '--payload', payload, ...flags], { env: here.env });
    const { data, taskId } = envelopeOf(done);
    const [{ file, record }] = journalOf(here) as [{ file: string; record: RequestRecord }];
    expect(record).toMatchObject({
      provider: 'aivideomaker',
      model: 't2v',
      taskId,
      owner: 'user-42',
      promptExcerpt: 'A lighthouse like [address] at dawn at dawn at dawn at dawn …',
      status: 'COMPLETED',
      download: here.out,
      credits: { quoted: null, charged: 15, refunded: 0 },
      files: data.files,
    });
    expect(Date.parse(record.delivered!)).toBeGreaterThanOrEqual(Date.parse(record.created));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    const text = readFileSync(file, 'utf8');
    for (const secret of [CANARY, 'a secret', 'http:', 'https:', 'private.example'])
      expect(text).not.toContain(secret);
    expect(readdirSync(path.dirname(file))).toHaveLength(1);
  });
});

describe('the same command again', () => {
  it('resumes the task, says so, and charges nothing; after its delivery it is the same result', async () => {
    const here = await place();
    const first = envelopeOf(await again(here, '--wait', '0'));
    expect(first).toMatchObject({ status: 'SUBMITTED', data: { credits: { charged: 15, refunded: null } } });
    const second = await again(here, '--download', here.out);
    expect(second.stderr).toContain('nothing is charged');
    expect(envelopeOf(second)).toMatchObject({
      status: 'COMPLETED',
      taskId: first.taskId,
      data: { model: 't2v', resumed: true, credits: { quoted: null, charged: 15, refunded: 0 } },
    });
    expect(charges(here)).toBe(1);
    const third = envelopeOf(await again(here));
    expect(third).toMatchObject({
      ok: true,
      status: 'COMPLETED',
      taskId: first.taskId,
      data: { reused: true },
    });
    expect(third.data.files).toEqual(envelopeOf(second).data.files);
    expect(charges(here)).toBe(1);
  });

  it('a run with --new that was killed: the same command says of which run the task is that it resumes', async () => {
    const here = await place();
    await again(here, '--wait', '0');
    const [plain] = journalOf(here).map(({ record }) => record.created);
    const before = envelopeOf(await again(here, '--wait', '0'));
    expect(before.data.createdAt).toBe(plain);
    expect(before.data.nextSteps).toContainEqual(
      `This request was made on ${plain}, and no run with --new has made another since.`,
    );
    const began = new Date().toISOString();
    await again(here, '--new', '--wait', '0');
    for (const [args, newest] of [
      [
        [...REQUEST, ...FAST],
        ' It is the newest task of this request: a run with --new that began later submitted nothing.',
      ],
      // What it resumes is the newest unfinished task; a newer one may have ended.
      [['--action', 'waitTask', ...FAST], ''],
    ] as const) {
      const { data } = envelopeOf(await run([...args, '--wait', '0'], { env: here.env }));
      expect(data.resumed).toBe(true);
      expect(Date.parse(data.createdAt as string)).toBeGreaterThanOrEqual(Date.parse(began));
      expect(data.nextSteps).toContainEqual(
        expect.stringMatching(new RegExp(`^The run with --new that began on \\S+Z made it\\.${newest}$`)),
      );
    }
    expect(charges(here)).toBe(2);
  });

  it('a suggested command waits no longer than the request was given; a file that is saved is named', async () => {
    const here = await place();
    here.service.isBusy = true;
    const first = envelopeOf(await again(here, '--wait', '1'));
    const id = first.taskId!;
    const resumed = envelopeOf(await again(here, '--wait', '0'));
    const listed = envelopeOf(await act(here, 'listTasks'));
    const seen = envelopeOf(await act(here, 'getStatus', '--taskId', id));
    for (const { data } of [resumed, listed, seen])
      expect((data.nextSteps as string[])[0]).toMatch(/ --action waitTask --taskId \S+ --wait 1( |$)/);
    here.service.isBusy = false;
    const done = envelopeOf(await again(here, '--download', here.out));
    const [file] = done.data.files as { path: string }[];
    const saved = async () => envelopeOf(await act(here, 'getStatus', '--taskId', id)).data.nextSteps;
    expect(await saved()).toEqual([`Its file is saved already: ${file!.path}`]);
    writeFileSync(file!.path, 'cut');
    expect(await saved()).toContainEqual(expect.stringMatching(/^That saves the file\. Do it soon/));
  });

  it('faults 40, 75: a document that nobody took is no delivery, and the same command brings it', async () => {
    const here = await place();
    const child = spawn(process.execPath, [ENTRY, ...REQUEST, ...FAST], {
      env: { PATH: process.env.PATH, ...here.env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.destroy();
    await new Promise((resolve) => child.on('close', resolve));
    expect(recordOf(here)).toMatchObject({ status: 'COMPLETED', delivered: null });
    expect(envelopeOf(await again(here))).toMatchObject({ status: 'COMPLETED', data: { reused: true } });
    expect(charges(here)).toBe(1);
  });

  it('fault 43: a file that could not be saved is delivered by the same command, once there is space', async () => {
    const here = await place();
    mkdirSync(here.out);
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    const taken = path.join(here.out, `${taskId}.mp4`);
    writeFileSync(taken, 'something else');
    expect((await again(here, '--download', here.out)).code).toBe(EXIT.downloadFailed);
    expect(recordOf(here)).toMatchObject({ status: 'COMPLETED', delivered: null });
    const elsewhere = path.join(here.folder, 'elsewhere');
    const done = await again(here, '--download', elsewhere);
    expect(envelopeOf(done)).toMatchObject({ ok: true, taskId, data: { reused: true } });
    expect(readFileSync(taken, 'utf8')).toBe('something else');
    expect(charges(here)).toBe(1);
  });

  it('a task that the service shows no more needs a decision, not a submit', async () => {
    const here = await place();
    const { taskId } = envelopeOf(await again(here, '--wait', '0'));
    here.service.forget(taskId!);
    const young = await again(here, '--wait', '0');
    expect(young.code).toBe(EXIT.taskNotFound);
    expect(JSON.stringify(envelopeOf(young).data.nextSteps)).not.toContain('--new');
    const earlier = new Date(Date.now() - 60_000).toISOString();
    rewrite(journalOf(here)[0]!, { created: earlier, sentAt: earlier, unsettledSince: earlier });
    const gone = await again(here, '--wait', '0');
    expect(gone.code).toBe(EXIT.taskNotFound);
    const steps = JSON.stringify(envelopeOf(gone).data.nextSteps);
    expect(steps).toContain('--new');
    expect(steps).toMatch(/with a new charge: node [^"]* --action forget --taskId /);
    expect(steps).toContain(`--action forget --taskId ${taskId}`);
    expect(charges(here)).toBe(1);
  });
});
