import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { type Ledger, ledger } from '../kill/ledger.ts';
import { envelopeOf, live as liveAt, type Run, run, T2V, tempFolder } from '../support/command.ts';
import { MP4 } from '../support/media.ts';
import { recordsIn } from '../support/records.ts';

interface Place {
  service: Ledger;
  out: string;
  other: string;
  /** Runs the request; with `--action createGeneration` where that is asked for. */
  make(...flags: string[]): Promise<Run>;
  /** Runs the request with a module loaded before the program. */
  makeWith(module: string, ...flags: string[]): Promise<Run>;
  charges(): number;
  /** Requests since the last call of this. */
  requests(): number;
  state: string;
}

async function place(): Promise<Place> {
  const service = await ledger();
  const folder = tempFolder();
  const state = path.join(folder, 'state');
  const live = liveAt(service.origin, { ASYNC_MEDIA_STATE_DIR: state });
  let before = 0;
  const makeWith = (module: string | null, ...flags: string[]) => {
    const env = module === null ? live : { ...live, NODE_OPTIONS: `--import ${module}` };
    const args = ['--model', 't2v', '--payload', JSON.stringify(T2V), ...flags];
    const isDetached = flags.includes('createGeneration');
    return run(isDetached ? args : [...args, '--pollInterval', '0.02'], { env });
  };
  return {
    service,
    state,
    out: path.join(folder, 'out'),
    other: path.join(folder, 'other'),
    make: (...flags) => makeWith(null, ...flags),
    makeWith,
    charges: () => (service.charges.get(T2V.prompt) ?? []).length,
    requests: () => {
      const count = service.received.length - before;
      before = service.received.length;
      return count;
    },
  };
}

/** A request whose result was delivered into `out`. */
async function delivered() {
  const here = await place();
  const first = envelopeOf(await here.make('--download', here.out));
  expect(first).toMatchObject({ ok: true, status: 'COMPLETED' });
  expect(first.data.reused).toBeUndefined();
  here.requests();
  const [file] = readdirSync(here.out);
  const { taskId } = first;
  return { ...here, first, taskId, file: path.join(here.out, file!) };
}

const CREATE = ['--action', 'createGeneration'];

/** The same result, made before, charged nothing, with the one step that makes another. */
function expectReused(done: Run, taskId: string | null): Record<string, unknown> {
  expect(done.code).toBe(0);
  const envelope = envelopeOf(done);
  expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', taskId, data: { reused: true } });
  expect(Date.parse(envelope.data.createdAt as string)).not.toBeNaN();
  expect(envelope.data.credits).toMatchObject({ charged: 15 });
  const steps = envelope.data.nextSteps as string[];
  expect(steps.filter((step) => step.includes('--new'))).toHaveLength(1);
  return envelope.data;
}

describe('the same command, after its result was delivered', () => {
  it.each([
    ['as it was', ['--download', 'OUT']],
    ['without the folder', []],
    ['with another wait', ['--wait', '0', '--download', 'OUT']],
    ['as createGeneration', [...CREATE, '--download', 'OUT']],
    ['as createGeneration without the folder', CREATE],
  ])('%s: the file that is there, without any request', async (_, flags) => {
    const here = await delivered();
    const data = expectReused(
      await here.make(...flags.map((flag) => (flag === 'OUT' ? here.out : flag))),
      here.taskId,
    );
    expect(data.files).toEqual(here.first.data.files);
    expect(here.requests()).toBe(0);
    expect(here.charges()).toBe(1);
  });

  it('into another folder: a copy, without any request; both stay whole', async () => {
    const here = await delivered();
    const data = expectReused(await here.make('--download', here.other), here.taskId);
    expect(data.files).toMatchObject([{ path: path.join(here.other, path.basename(here.file)) }]);
    expect(readFileSync(path.join(here.other, path.basename(here.file)))).toEqual(MP4);
    expect(here.requests()).toBe(0);
    // The copy stands in when the first file is gone.
    rmSync(here.file);
    expectReused(await here.make('--download', here.out), here.taskId);
    expect(readFileSync(here.file)).toEqual(MP4);
    expect(here.requests()).toBe(0);
  });

  // Writes the first bytes of a copy, then ends the process.
  const KILLED_COPY = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
fs.promises.copyFile = (from, to) => {
  fs.writeFileSync(to, 'half');
  process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
`;

  it('a copy that is killed leaves nothing that the next copy does not clear away', async () => {
    const here = await delivered();
    const module = path.join(tempFolder(), 'killed-copy.mjs');
    writeFileSync(module, KILLED_COPY);
    const killed = await here.makeWith(pathToFileURL(module).href, '--download', here.other);
    expect(killed.signal).toBe('SIGKILL');
    expect(readdirSync(here.other).join()).toContain('.part');
    expectReused(await here.make('--download', here.other), here.taskId);
    expect(readdirSync(here.other)).toEqual([path.basename(here.file)]);
    expect(here.requests()).toBe(0);
  });

  it.each([
    ['moved', (file: string) => renameSync(file, `${file}.moved`)],
    ['deleted', (file: string) => rmSync(file)],
  ])('the file was %s: it is fetched again', async (_, spoil) => {
    const here = await delivered();
    spoil(here.file);
    const data = expectReused(await here.make('--download', here.out), here.taskId);
    expect(readFileSync((data.files as { path: string }[])[0]!.path)).toEqual(MP4);
    expect(here.charges()).toBe(1);
  });

  it('the file was changed: it is left alone, and fetched into another folder', async () => {
    const here = await delivered();
    appendFileSync(here.file, 'edited');
    const refused = await here.make('--download', here.out);
    expect(refused.code).toBe(EXIT.downloadFailed);
    expect(envelopeOf(refused)).toMatchObject({
      status: 'COMPLETED',
      errorCode: 'DOWNLOAD_FAILED',
      taskId: here.taskId,
    });
    expect(readFileSync(here.file, 'utf8')).toMatch(/edited$/);
    expectReused(await here.make('--download', here.other), here.taskId);
    expect(here.charges()).toBe(1);
  });

  it.each([
    ['the link has died', (here: Place) => Object.assign(here.service, { isExpired: true })],
    ['the service no longer knows the task', (here: Place, id: string) => here.service.forget(id)],
  ])('and the file is gone and %s: told, with what --new would do', async (_, spoil) => {
    const here = await delivered();
    rmSync(here.file);
    spoil(here, here.taskId!);
    for (const flags of [['--download', here.out], CREATE]) {
      const gone = await here.make(...flags);
      expect(gone.code).toBe(EXIT.downloadFailed);
      const { status, errorCode, taskId, data } = envelopeOf(gone);
      expect({ status, errorCode, taskId }).toEqual({
        status: 'COMPLETED',
        errorCode: 'DOWNLOAD_FAILED',
        taskId: here.taskId,
      });
      const steps = (data.nextSteps as string[]).filter((step) => step.includes('--new'));
      expect(steps).toHaveLength(1);
      expect(steps[0]).toContain('new charge');
    }
    expect(here.charges()).toBe(1);
    const another = envelopeOf(await here.make('--new', '--wait', '0'));
    expect(another.taskId).not.toBe(here.taskId);
    expect(here.charges()).toBe(2);
  });

  it('that was never saved: the addresses of the result again', async () => {
    const here = await place();
    const first = envelopeOf(await here.make());
    const data = expectReused(await here.make(), first.taskId);
    expect(data.resultUrls).toEqual(first.data.resultUrls);
    expectReused(await here.make(...CREATE), first.taskId);
    const saved = expectReused(await here.make('--download', here.out), first.taskId);
    expect(saved.files).toHaveLength(1);
    expect(here.charges()).toBe(1);
  });
});

describe('the same command, after a task that brought nothing', () => {
  it.each([
    ['FAILED', 'GENERATION_FAILED'],
    ['CANCEL', 'TASK_CANCELLED'],
  ] as const)('%s: the same end, nothing is submitted; --new tries again', async (status, errorCode) => {
    const here = await place();
    const { taskId } = envelopeOf(await here.make('--wait', '0'));
    if (status === 'CANCEL') here.service.cancel(taskId!);
    else here.service.end = 'FAILED';
    expect((await here.make()).code).toBe(EXIT.taskEnded);
    here.service.end = 'COMPLETED';
    for (const flags of [[], CREATE, ['--download', here.out, '--wait', '0']]) {
      const same = await here.make(...flags);
      expect(same.code).toBe(EXIT.taskEnded);
      const envelope = envelopeOf(same);
      expect(envelope).toMatchObject({ ok: false, status, errorCode, taskId, data: { reused: true } });
      expect(JSON.stringify(envelope.data.nextSteps)).toMatch(/new charge.*--new|--new.*new charge/);
    }
    expect(here.charges()).toBe(1);
    expect(envelopeOf(await here.make('--new')).taskId).not.toBe(taskId);
    expect(here.charges()).toBe(2);
    // And from now on that one is meant.
    expectReused(await here.make(), recordsIn(here.state).at(-1)!.record.taskId);
  });
});
