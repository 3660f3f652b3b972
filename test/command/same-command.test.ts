import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { envelopeOf, type Run, tempFolder } from '../support/command.ts';
import { act, again, charges, type Place, place, REQUEST } from './journal/support.ts';

/** A request whose result was delivered into `out`. */
async function delivered() {
  const here = await place();
  const first = envelopeOf(await again(here, '--download', here.out));
  expect(first).toMatchObject({ ok: true, status: 'COMPLETED' });
  expect(first.data.reused).toBeUndefined();
  const [file] = readdirSync(here.out);
  const other = path.join(here.folder, 'other');
  return { ...here, other, first, taskId: first.taskId, file: path.join(here.out, file!) };
}

describe('the price of a request that was made before', () => {
  const quoted = async (here: Place) =>
    envelopeOf(await act(here, 'quote', ...REQUEST)).data as {
      credits: number;
      charged?: boolean;
      nextSteps: string[];
    };

  it('comes with what its command does: it returns the result, resumes the task, or reconciles, and charges nothing', async () => {
    const here = await place();
    expect((await quoted(here)).nextSteps[0]).toMatch(/^Tell the user the price \(15 credits\)/);
    here.service.isBusy = true;
    await again(here, '--wait', '0');
    const running = await quoted(here);
    expect(running).toMatchObject({ credits: 15, charged: true, createdAt: expect.stringMatching(/Z$/) });
    expect(running.nextSteps[0]).toMatch(
      /^This request was made on \S+Z for 15 credits\. Its command without --new resumes its task; nothing is charged/,
    );
    here.service.isBusy = false;
    await again(here, '--download', here.out);
    const { nextSteps } = await quoted(here);
    expect(nextSteps).toEqual([
      expect.stringContaining('Its command without --new returns its result; nothing'),
    ]);
    expect(nextSteps[0]).toMatch(
      /To make another, after a yes to a new charge: submit with --new and --maxCredits 15\.$/,
    );
    here.service.script.push('reset');
    here.service.hidesTasks = true;
    await again(here, '--new', '--wait', '0');
    const lost = await quoted(here);
    expect(lost.charged).toBeUndefined();
    expect(lost.nextSteps).toEqual([
      expect.stringMatching(/whether it was submitted is not known.* reconciles it/),
    ]);
  });
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

// What a result that is still there, changed or gone leads to, case by case: test/core/reuse-result.test.ts.
describe('the same command, after its result was delivered', () => {
  it('without a place leaves an older result where it is: a run with --new that submitted nothing finds its name free', async () => {
    const here = await delivered();
    // As the command with --new and this name was killed before its submit.
    const named = ['--output', path.join(here.other, 'dawn2.mp4')];
    const { nextSteps, files } = expectReused(await again(here), here.taskId);
    expect(files).toEqual(here.first.data.files);
    expect((nextSteps as string[])[0]).toContain('no run with --new has made another since');
    const made = envelopeOf(await again(here, '--new', ...named));
    expect(made.data.files).toMatchObject([{ path: named[1] }]);
    // After a kill behind the submit, the same check returns that task, under its own name.
    const { files: own } = expectReused(await again(here), made.taskId);
    expect(own).toEqual(made.data.files);
    expect(charges(here)).toBe(2);
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
    const asked = here.service.received.length;
    const env = { ...here.env, NODE_OPTIONS: `--import ${pathToFileURL(module).href}` };
    const killed = await again({ ...here, env }, '--download', here.other);
    expect(killed.signal).toBe('SIGKILL');
    expect(readdirSync(here.other).join()).toContain('.part');
    expectReused(await again(here, '--download', here.other), here.taskId);
    expect(readdirSync(here.other)).toEqual([path.basename(here.file)]);
    expect(here.service.received).toHaveLength(asked);
  });
});
