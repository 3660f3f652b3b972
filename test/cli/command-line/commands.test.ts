import { spawnSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../scripts/src/cli/command-line/arguments.ts';
import {
  commandFrom,
  commandToRehearse,
  resumeFlags,
  serviceFlags,
} from '../../../scripts/src/cli/command-line/commands.ts';
import { commandLine, flagWords } from '../../../scripts/src/cli/command-line/words.ts';
import { callerOf } from '../../../scripts/src/cli/render/caller.ts';
import { isIdempotencyKey } from '../../../scripts/src/model/idempotency-key.ts';
import { quoteWord } from '../../../scripts/src/model/shell-word.ts';
import { TASK_ID } from '../../../scripts/src/model/task.ts';
import { plain } from '../../../scripts/src/model/text.ts';
import { PROFILES } from '../../../scripts/src/providers/registry.ts';
import { ENTRY } from '../../support/command.ts';
import { codeOf, sourcesIn } from '../../support/sources.ts';

const started = process.argv[1]!;
afterEach(() => {
  process.argv[1] = started;
});

const SHELLS = ['sh', 'bash', 'zsh'].filter((name) => spawnSync(name, ['-c', ':']).status === 0);

/** The words that a real shell makes of a command line. */
function wordsIn(shell: string, line: string): string[] {
  const { stdout, stderr, status } = spawnSync(shell, ['-c', `printf '%s\\0' ${line}`], {
    env: { PATH: process.env.PATH, HOME: '/home/user', x: 'expanded' },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\0').slice(0, -1);
}

// Every character that some shell gives a meaning to, often enough to meet each other.
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...' \t\n\'"`$(){}[]<>|&;*?!#~=%^\\-+@:,./', '$x', '$(x)', '`x`', '\\\n', '~/', '{a,b}'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter((text) => text !== '\0'),
  ),
  minLength: 1,
  maxLength: 30,
});
const taskIds = fc.oneof(fc.stringMatching(TASK_ID), fc.constantFrom('a=~', 'a:~', 'ck1'));
const keys = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 128 }).filter(isIdempotencyKey);

describe('fault 102: the values of suggested commands, through a real shell', () => {
  it.each(SHELLS)('%s gives every word back, the path of the script included', (shell) => {
    const line = fc.record({ folder: hostile, words: fc.array(hostile, { maxLength: 40 }) });
    fc.assert(
      fc.property(line, ({ folder, words }) => {
        process.argv[1] = path.join('/', folder.replaceAll('/', '_'), 'run-workflow.mjs');
        expect(wordsIn(shell, commandLine(words))).toEqual(['node', process.argv[1], ...words]);
      }),
      { numRuns: 60 },
    );
  });

  it('sh gives back what the program then understands as the same task, folder, owner, model, service and key', () => {
    const values = fc.record({
      taskId: taskIds,
      download: hostile,
      owner: fc
        .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
        .map((text) => plain(`o${text}o`, 200)),
      model: hostile,
      provider: fc.constantFrom(...PROFILES.map(({ id }) => id)),
      idempotencyKey: keys,
    });
    fc.assert(
      fc.property(values, ({ taskId, download, owner, model, provider, idempotencyKey }) => {
        const understood = (action: string, flags = {}) =>
          parseArguments(wordsIn('sh', commandLine(flagWords({ action, ...flags }))).slice(2));
        const waited = understood('waitTask', { taskId, download, provider, sandbox: true });
        expect(waited).toMatchObject({ taskId, download, sandbox: true });
        expect(waited.profile.id).toBe(provider);
        const payload = JSON.stringify({ prompt: download });
        const made = understood('createGeneration', { model, payload, owner, idempotencyKey, provider });
        expect(made).toMatchObject({ model, payload, owner, idempotencyKey });
        // And the same once more: a command that is repeated from its own arguments.
        const repeated = wordsIn(
          'sh',
          commandFrom(flagWords({ action: 'waitTask', taskId, download }), { new: false }),
        ).slice(2);
        expect(parseArguments(repeated)).toMatchObject({ taskId, download: path.resolve(download) });
      }),
      { numRuns: 40 },
    );
  });
});

it('fault 102: no other module writes a command line, or a value into one', () => {
  const files = sourcesIn().filter((file) => path.basename(file) !== 'words.ts');
  expect(files.length).toBeGreaterThan(50);
  for (const file of files) {
    const source = codeOf(file);
    expect(source, file).not.toContain('run-workflow.mjs');
    expect(source, file).not.toMatch(/--(taskId|download|owner|payload|image)[ =]\$\{/);
  }
});

describe('the forms of a command', () => {
  it('names the script by its absolute path, as it was started', () => {
    expect(commandLine([])).toBe(`node ${quoteWord(ENTRY)}`);
    process.argv[1] = path.relative(process.cwd(), '/a b/linked/run-workflow.mjs');
    expect(commandLine([])).toBe("node '/a b/linked/run-workflow.mjs'");
  });

  it('quotes what a shell would change', () => {
    expect(
      ['plain', 'a b', "it's", '$HOME', '', '~', 'x\\y', '=ls', 'a=b'].map((text) =>
        quoteWord(text, 'linux'),
      ),
    ).toEqual(['plain', "'a b'", "'it'\\''s'", "'$HOME'", "''", "'~'", "'x\\y'", "'=ls'", 'a=b']);
  });

  it('on Windows: double quotes where cmd.exe and PowerShell agree, else as PowerShell takes it', () => {
    const cases: [string, string][] = [
      ['C:\\out', 'C:\\out'],
      ['C:\\my out\\', '"C:\\my out\\\\"'],
      ["it's", '"it\'s"'],
      ['a & calc', '"a & calc"'],
      ['$(calc)', "'$(calc)'"],
      ["%PATH% it's", "'%PATH% it''s'"],
      ['{"a":"b"}', '\'{\\"a\\":\\"b\\"}\''],
      ['', '""'],
    ];
    for (const [text, line] of cases) expect(quoteWord(text, 'win32')).toBe(line);
  });

  it('does not repeat a payload that is too long for a command line, and cuts nothing else', () => {
    const folder = `/${'x'.repeat(3_000)}`;
    const line = commandFrom(['--payload', 'x'.repeat(5_000), `--download=${folder}`]);
    expect(line).toBe(`${commandLine([])} --payload - --download ${folder}`);
    expect(commandFrom([`--payload=${'x'.repeat(5_000)}`])).toBe(`${commandLine([])} --payload -`);
  });

  it('leaves --new out of the command that resumes, and makes relative paths absolute', () => {
    const again = commandFrom(['--new', '--payload=--new', '--image', 'a.png', '--download', 'my out'], {
      new: false,
    });
    const here = (name: string) => quoteWord(path.resolve(name));
    expect(again).toBe(
      `${commandLine([])} --payload=--new --image ${here('a.png')} --download ${here('my out')}`,
    );
  });

  it('a resumed wait keeps its limit, its interval and its folder', () => {
    const submit = ['--model', 't2v', '--payload', '{}'];
    const parse = (...flags: string[]) =>
      flagWords({ action: 'waitTask', ...resumeFlags(parseArguments([...submit, ...flags])) }).slice(2);
    expect(parse()).toEqual([]);
    expect(parse('--wait', '0')).toEqual(['--wait', '45']);
    expect(parse('--wait', '600')).toEqual([]);
    expect(parse('--wait', '8', '--pollInterval', '1')).toEqual(['--wait', '8', '--pollInterval', '1']);
    expect(parse('--download=--out')).toEqual(['--download', path.resolve('--out')]);
  });

  it('says where a task lives only where that is not the usual place', () => {
    const words = (...argv: string[]) =>
      flagWords({
        action: 'account',
        ...serviceFlags(parseArguments(['--action', 'account', ...argv])),
      }).slice(2);
    expect(words()).toEqual([]);
    expect(words('--sandbox')).toEqual(['--sandbox']);
  });
});

it.each([
  ['lighthouse-0001', true],
  ['$(touch$IFS"x")', true],
  ['x'.repeat(128), true],
  ['x'.repeat(7), false],
  ['x'.repeat(129), false],
  ['light house', false],
  ['lighthouse\n', false],
  ['leuchttürme', false],
  [12345678, false],
  [null, false],
])('fault 102: %j as an idempotency key: %s', (text, fits) => {
  expect(isIdempotencyKey(text)).toBe(fits);
});

it('a rehearsal saves to its own folder, never under the name or in the folder of a result', () => {
  const line = (...argv: string[]) => commandToRehearse(argv, parseArguments(argv));
  const request = ['--model', 't2v', '--payload', '{}'];
  const shown = commandLine([...request]);
  expect(line(...request, '--output', 'out/dawn.mp4', '--new')).toBe(
    `${shown} --download sandbox-out --sandbox`,
  );
  expect(line(...request, '--download', 'out')).toBe(`${shown} --download sandbox-out --sandbox`);
  expect(line(...request)).toBe(`${shown} --sandbox`);
});

it.each([
  [[], 'run the same command with --new.', ['--new']],
  [
    ['--idempotencyKey', 'lighthouse-0001'],
    'run the same command with another --idempotencyKey.',
    ['--idempotencyKey', 'lighthouse-0002'],
  ],
  [['--noJournal'], 'run the same command.', ['--noJournal']],
])('another try of a submit with %j is advised as a command that is not refused', (flags, words, advised) => {
  const submit = ['--model', 't2v', '--payload', '{}'];
  expect(callerOf(parseArguments([...submit, ...flags]), [...submit, ...flags]).retry).toBe(words);
  expect(() => parseArguments([...submit, ...advised])).not.toThrow();
});

it('another try, where another command submitted the task, names both flags that may make one', () => {
  const wait = ['--action', 'waitTask', '--taskId', 'task1'];
  expect(callerOf(parseArguments(wait), wait).retry).toMatch(/--new .*--idempotencyKey/);
});
