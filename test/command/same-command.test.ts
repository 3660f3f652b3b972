import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { type Ledger, ledger } from '../kill/ledger.ts';
import { envelopeOf, live as liveAt, type Run, run, T2V, tempFolder } from '../support/command.ts';
import { MP4 } from '../support/media.ts';
import { again, charges, place as journalPlace } from './journal/support.ts';

interface Place {
  service: Ledger;
  state: string;
  out: string;
  other: string;
  /** Runs the request; with `--action createGeneration` where that is asked for. */
  make(...flags: string[]): Promise<Run>;
  /** Runs the request with a module loaded before the program. */
  makeWith(module: string, ...flags: string[]): Promise<Run>;
  charges(): number;
  /** Requests since the last call of this. */
  requests(): number;
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

it('fault 84: an address with the path of the calls or slashes at its end is the same service', async () => {
  const here = await journalPlace();
  for (const end of ['', '/', '/api/v1', '/api/v1/']) {
    const env = { ...here.env, AIVIDEO_BASE_URL: `${here.service.origin}${end}` };
    expect(envelopeOf(await again({ ...here, env }))).toMatchObject({ ok: true, status: 'COMPLETED' });
  }
  expect(charges(here)).toBe(1);
});

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

describe('the price of a request that was made before', () => {
  const quoted = async ({ service, state }: Place) => {
    const args = ['--action', 'quote', '--model', 't2v', '--payload', JSON.stringify(T2V)];
    const done = await run(args, { env: liveAt(service.origin, { ASYNC_MEDIA_STATE_DIR: state }) });
    return envelopeOf(done).data as { credits: number; charged?: boolean; nextSteps: string[] };
  };

  it('comes with what its command does: it returns the result, resumes the task, or reconciles, and charges nothing', async () => {
    const here = await place();
    expect((await quoted(here)).nextSteps[0]).toMatch(/^Tell the user the price \(15 credits\)/);
    here.service.isBusy = true;
    await here.make('--wait', '0');
    const running = await quoted(here);
    expect(running).toMatchObject({ credits: 15, charged: true, createdAt: expect.stringMatching(/Z$/) });
    expect(running.nextSteps[0]).toMatch(
      /^This request was made on \S+Z for 15 credits\. Its command without --new resumes its task; nothing is charged/,
    );
    here.service.isBusy = false;
    await here.make('--download', here.out);
    const { nextSteps } = await quoted(here);
    expect(nextSteps).toEqual([
      expect.stringContaining('Its command without --new returns its result; nothing'),
    ]);
    expect(nextSteps[0]).toMatch(
      /To make another, after a yes to a new charge: submit with --new and --maxCredits 15\.$/,
    );
    here.service.script.push('reset');
    here.service.hidesTasks = true;
    await here.make('--new', '--wait', '0');
    const lost = await quoted(here);
    expect(lost.charged).toBeUndefined();
    expect(lost.nextSteps).toEqual([
      expect.stringMatching(/whether it was submitted is not known.* reconciles it/),
    ]);
  });
});

it('fault 47: a folder that cannot be written to does not hide the task that was paid for', async () => {
  const here = await delivered();
  const refused = await here.make('--download', here.file);
  expect(refused.code).toBe(2);
  expect(envelopeOf(refused)).toMatchObject({ ok: false, status: 'COMPLETED', taskId: here.taskId });
  expect(here.charges()).toBe(1);
});

/** The same result, made before, charged nothing, with the one step that makes another. */
function expectReused(done: Run, taskId: string | null): Record<string, unknown> {
  expect(done.code).toBe(0);
  const envelope = envelopeOf(done);
  expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', taskId, data: { reused: true } });
  expect(Date.parse(envelope.data.createdAt as string)).not.toBeNaN();
  expect(envelope.data.credits).toMatchObject({ charged: 15 });
  const steps = envelope.data.nextSteps as string[];
  expect(steps.filter((step) => step.includes('To make another'))).toHaveLength(1);
  return envelope.data;
}

interface Kept {
  /** What the record says when the command is run again. */
  record: string;
  before(service: Ledger): void;
  code: number;
  /** Of createGeneration, which waits for no end. */
  created: number;
  answer: object;
}

describe('the same command, by what the record says', () => {
  it.each<Kept>([
    {
      record: 'submitted, not ended',
      before: (service) => {
        service.isBusy = true;
      },
      code: EXIT.stillRunning,
      created: EXIT.done,
      answer: { ok: true, errorCode: null, data: { resumed: true } },
    },
    {
      record: 'ended FAILED',
      before: (service) => {
        service.end = 'FAILED';
      },
      code: EXIT.taskEnded,
      created: EXIT.taskEnded,
      answer: { status: 'FAILED', errorCode: 'GENERATION_FAILED', data: { reused: true } },
    },
    {
      record: 'ended CANCEL',
      before: (service) => {
        service.end = 'CANCEL';
      },
      code: EXIT.taskEnded,
      created: EXIT.taskEnded,
      answer: { status: 'CANCEL', errorCode: 'TASK_CANCELLED', data: { reused: true } },
    },
  ])('$record: the same answer, one submit, however the command asks', async (kept) => {
    const here = await place();
    kept.before(here.service);
    const wait = kept.code === EXIT.stillRunning ? ['--wait', '0'] : [];
    const { taskId } = envelopeOf(await here.make(...wait));
    for (const flags of [['--wait', '1', '--download', here.other], CREATE]) {
      const done = await here.make(...flags);
      expect(done.code, flags.join(' ')).toBe(flags.includes('createGeneration') ? kept.created : kept.code);
      expect(envelopeOf(done)).toMatchObject({ taskId, ...kept.answer });
    }
    expect(here.charges()).toBe(1);
  });

  it('a lost submit that the command finds without a place: the file goes where the lost run wanted it', async () => {
    const here = await place();
    here.service.script.push('reset');
    here.service.hidesTasks = true;
    expect((await here.make('--download', here.other, '--wait', '0')).code).toBe(EXIT.submitUnknown);
    here.service.hidesTasks = false;
    const { status, taskId, data } = envelopeOf(await here.make());
    expect(status).toBe('COMPLETED');
    expect(data.files).toMatchObject([{ path: path.join(here.other, `${taskId}.mp4`) }]);
    expect(here.charges()).toBe(1);
  });

  it.each([
    ['the whole workflow', []],
    ['createGeneration', CREATE],
  ])('rejected: it submits, by %s', async (_, flags) => {
    const here = await place();
    here.service.refuses = { status: 402, errorCode: 'INSUFFICIENT_CREDITS', after: 0 };
    expect((await here.make(...flags)).code).toBe(EXIT.credits);
    here.service.refuses = undefined;
    const done = envelopeOf(await here.make(...flags));
    expect(done).toMatchObject({ ok: true, taskId: expect.any(String) });
    expect(done.data.reused).toBeUndefined();
    expect(here.charges()).toBe(1);
  });
});

// What a result that is still there, changed or gone leads to, case by case: core/deliver/reuse-result.test.ts.
describe('the same command, after its result was delivered', () => {
  it('brings the file that is there, without any request, however the command asks for it', async () => {
    const here = await delivered();
    for (const flags of [[], [...CREATE, '--download', here.out]]) {
      expect(expectReused(await here.make(...flags), here.taskId).files).toEqual(here.first.data.files);
    }
    expect(here.requests()).toBe(0);
    expect(here.charges()).toBe(1);
  });

  it('copies it into another folder, fetches it again where it is gone, and says what --new costs where it cannot', async () => {
    const here = await delivered();
    const copy = path.join(here.other, path.basename(here.file));
    const data = expectReused(await here.make('--download', here.other), here.taskId);
    expect(data.files).toMatchObject([{ path: copy }]);
    expect(readFileSync(copy)).toEqual(MP4);
    expect(here.requests()).toBe(0);
    for (const file of [here.file, copy]) rmSync(file);
    expectReused(await here.make('--download', here.out), here.taskId);
    expect(readFileSync(here.file)).toEqual(MP4);
    rmSync(here.file);
    here.service.isExpired = true;
    for (const flags of [['--download', here.out], CREATE]) {
      const gone = await here.make(...flags);
      expect(gone.code).toBe(EXIT.downloadFailed);
      const { data, ...envelope } = envelopeOf(gone);
      expect(envelope).toMatchObject({
        status: 'COMPLETED',
        errorCode: 'DOWNLOAD_FAILED',
        taskId: here.taskId,
      });
      const steps = (data.nextSteps as string[]).filter((step) => step.includes('--new'));
      expect(steps).toEqual([expect.stringContaining('new charge')]);
    }
    expect(here.charges()).toBe(1);
    expect(envelopeOf(await here.make('--new', '--wait', '0')).taskId).not.toBe(here.taskId);
    expect(here.charges()).toBe(2);
  });

  // Ends the process when it begins to save the file.
  const KILLED_DOWNLOAD = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { open } = fs.promises;
fs.promises.open = (file, ...rest) => {
  if (String(file).includes('.part')) process.kill(process.pid, 'SIGKILL');
  return open(file, ...rest);
};
syncBuiltinESMExports();
`;

  it('after a run with --new that was killed in its download, says whose result it is: a third charge is not due', async () => {
    const here = await delivered();
    const module = path.join(tempFolder(), 'killed-download.mjs');
    writeFileSync(module, KILLED_DOWNLOAD);
    const killed = await here.makeWith(pathToFileURL(module).href, '--new', '--download', here.other);
    expect(killed.signal).toBe('SIGKILL');
    const again = await here.make('--download', here.other);
    const { taskId } = envelopeOf(again);
    expect(taskId).not.toBe(here.taskId);
    const steps = expectReused(again, taskId).nextSteps as string[];
    expect(steps[0]).toMatch(
      /^The run with --new that began on \S+Z made it\. It is the newest task of this request: a run with --new that began later submitted nothing\.$/,
    );
    expect(steps[1]).toContain(': 15 credits, 0 of them charged by this run. To make another');
    // The same holds where only the output of a run was lost.
    const nextSteps = envelopeOf(await here.make('--download', here.other)).data.nextSteps as string[];
    expect(nextSteps[0]).toBe(steps[0]);
    expect(here.charges()).toBe(2);
  });

  it('without a place leaves an older result where it is: a run with --new that submitted nothing finds its name free', async () => {
    const here = await delivered();
    // As the command with --new and this name was killed before its submit.
    const named = ['--output', path.join(here.other, 'dawn2.mp4')];
    const { nextSteps, files } = expectReused(await here.make(), here.taskId);
    expect(files).toEqual(here.first.data.files);
    expect((nextSteps as string[])[0]).toContain('no run with --new has made another since');
    const made = envelopeOf(await here.make('--new', ...named));
    expect(made.data.files).toMatchObject([{ path: named[1] }]);
    // After a kill behind the submit, the same check returns that task, under its own name.
    const { files: own } = expectReused(await here.make(), made.taskId);
    expect(own).toEqual(made.data.files);
    expect(here.charges()).toBe(2);
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
});
