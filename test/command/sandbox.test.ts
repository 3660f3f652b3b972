import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { envelopeOf, run, T2V, tempFolder } from '../support/command.ts';

const SAYS = /^Sandbox run: nothing was charged\. Its balance, tasks and credits are invented/;
const payload = (prompt: string) => ['--model', 't2v', '--payload', JSON.stringify({ ...T2V, prompt })];

describe('every document of a sandbox run says that it is one', () => {
  const CASES: [string, string[], number][] = [
    ['quote', ['--action', 'quote', ...payload('a')], EXIT.done],
    ['account', ['--action', 'account'], EXIT.done],
    ['spending', ['--action', 'spending'], EXIT.done],
    ['listTasks', ['--action', 'listTasks'], EXIT.done],
    ['listPending', ['--action', 'listPending'], EXIT.done],
    ['a task', [...payload('a'), '--wait', '0'], EXIT.stillRunning],
    ['a payload that is refused', [...payload(''), '--wait', '0'], EXIT.badInput],
    ['a flag that is refused', [...payload('a'), '--waits', '0'], EXIT.badInput],
    ['too few credits', [...payload('a [sandbox:no-credits]'), '--maxCredits', '15'], EXIT.credits],
    [
      'a submit of unknown outcome',
      [...payload('a [sandbox:not-delivered]'), '--wait', '0'],
      EXIT.submitUnknown,
    ],
  ];

  it('whatever it is about, and however it ends', async () => {
    const says = async ([what, args, code]: (typeof CASES)[0]) => {
      const done = await run([...args, '--sandbox']);
      expect([what, done.code]).toEqual([what, code]);
      const { warnings } = envelopeOf(done).data as { warnings?: string[] };
      expect([what, warnings?.filter((one) => SAYS.test(one)).length]).toEqual([what, 1]);
      expect([what, warnings![0]]).toEqual([what, expect.stringMatching(SAYS)]);
    };
    await Promise.all(CASES.map(says));
    expect(envelopeOf(await run(['--action', 'listPending'])).data.warnings).toBeUndefined();
  });

  it('of a batch too, and each line of its report', async () => {
    const cwd = tempFolder();
    mkdirSync(path.join(cwd, 'in'));
    writeFileSync(path.join(cwd, 'in', 'ideas.txt'), 'fog\nwaves\n');
    const { prompt: _, ...rest } = T2V;
    const args = [
      '--batch',
      'in/ideas.txt',
      '--model',
      't2v',
      '--payload',
      JSON.stringify(rest),
      '--wait',
      '0',
    ];
    const { warnings, report } = envelopeOf(await run([...args, '--sandbox'], { cwd })).data;
    expect((warnings as string[]).filter((one) => one.includes('Sandbox run'))).toEqual([
      expect.stringMatching(SAYS),
    ]);
    const rows = readFileSync(report as string, 'utf8')
      .trim()
      .split('\n');
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(JSON.parse(row).data.warnings).toEqual([expect.stringMatching(SAYS)]);
  });
});
