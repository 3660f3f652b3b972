import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Arguments,
  guessAction,
  parseArguments,
} from '../../../scripts/src/cli/command-line/arguments.ts';
import {
  ACTIONS,
  type Action,
  FLAG_NAMES,
  FLAGS,
  type FlagName,
  rule,
  type Switch,
} from '../../../scripts/src/cli/command-line/flags.ts';
import { helpText } from '../../../scripts/src/cli/command-line/help.ts';
import { EXIT, EXIT_WORDS, ONE_CHARGE } from '../../../scripts/src/cli/exit-codes.ts';
import { FIRST_POLL_MS, RETRIES, TIMEOUT_MS } from '../../../scripts/src/model/defaults.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';
import type { Issue } from '../../../scripts/src/model/issue.ts';
import { PROFILES } from '../../../scripts/src/providers/registry.ts';
import { thrownBy } from '../../support/failures.ts';

const SUBMIT = ['--model', 't2v', '--payload', '{}'];
const TASK = ['--action', 'getStatus', '--taskId', 'ck1'];

function issuesOf(argv: readonly string[]): Issue[] {
  const { code, message, details } = thrownBy(() => parseArguments(argv));
  const issues = details.issues!;
  const first = issues[0]!;
  expect(code).toBe('INVALID_PAYLOAD');
  expect(message).toBe(`${first.path}: expected ${first.expected}, received ${first.received}.`);
  expect(details.nextSteps).toEqual([...new Set(issues.map(({ hint }) => hint))]);
  return issues;
}

describe('what is understood', () => {
  it('B8: the four required forms', () => {
    expect(parseArguments(SUBMIT)).toEqual({
      action: 'generate',
      profile: PROFILES[0],
      isProviderNamed: false,
      model: 't2v',
      payload: '{}',
      wait: 600,
      limit: 50,
      all: false,
      any: false,
      new: false,
      full: false,
      noJournal: false,
      sandbox: false,
      help: false,
      version: false,
    });
    for (const action of ['getStatus', 'getTask', 'cancelTask'] as const)
      expect(parseArguments(['--action', action, '--taskId', 'ck1'])).toMatchObject({
        action,
        taskId: 'ck1',
      });
  });

  it.each([
    [[...SUBMIT, '--wait=0'], { wait: 0 }],
    [[...SUBMIT, '--wait', '8.5'], { wait: 8.5 }],
    [[...SUBMIT, '--pollInterval', '0.02'], { pollInterval: 0.02 }],
    [[...SUBMIT, '--maxCredits', '0'], { maxCredits: 0 }],
    [[...SUBMIT, '--sandbox'], { sandbox: true }],
    [['--payload={"prompt":"--help=x"}', '--model=t2v'], { payload: '{"prompt":"--help=x"}', model: 't2v' }],
    [['--model', 't2v', '--payload', '-'], { payload: '-' }],
    [['--model', 't2v', '--payload=--x'], { payload: '--x' }],
    [['--model', 'i2v', '--image', 'a b.png'], { image: 'a b.png' }],
    [['-h'], { help: true }],
    [['--help', '--nonsense'], { help: true }],
    [['--version'], { version: true }],
    [['--action', 'waitTask', '--taskId', '_a.B:c~d-1'], { taskId: '_a.B:c~d-1' }],
    [['--action', 'listModels', '--sandbox'], { action: 'listModels' }],
    [['--action', 'listModels', '--kind', 'model3d'], { kind: 'model3d' }],
  ] as const)('%j', (argv, expected) => {
    expect(parseArguments(argv)).toMatchObject(expected);
  });
});

describe('what is refused, with the form that would be right', () => {
  it.each([
    // Unknown flags and the nearest one.
    [['--modle', 't2v', '--payload', '{}'], '--modle', 'write --model'],
    [['--task-id', 'ck1', '--action', 'getTask'], '--task-id', 'write --taskId'],
    [['--poll_interval', '3', ...SUBMIT], '--poll_interval', 'write --pollInterval'],
    [['--MODEL', 't2v', '--payload', '{}'], '--MODEL', 'write --model'],
    [['--idempotency-key=lighthouse-1', ...SUBMIT], '--idempotency-key', 'write --idempotencyKey'],
    [['--zzzzzzzz', ...SUBMIT], '--zzzzzzzz', 'run with --help to see all flags'],
    [['--prompt', 'a lighthouse', '--model', 't2v'], '--prompt', `write --payload '{"prompt":...}'`],
    [['--aspect-ratio', '16:9', ...SUBMIT], '--aspect-ratio', `write --payload '{"aspectRatio":...}'`],
    [['--constructor', 'x'], '--constructor', 'run with --help to see all flags'],
    [['-model', 't2v', '--payload', '{}'], 'arguments', 'write --model'],
    [['\u2013\u2013wait', '5', ...SUBMIT], 'arguments', 'write --wait'],
    [['\u2014model', 't2v', ...SUBMIT], 'arguments', 'write --model'],
    // Values.
    [['--payload', '{}', '--model'], '--model', 'write --model <id>'],
    [['--model', '--payload', '{}'], '--model', 'write --model <id>'],
    [['--model=', '--payload', '{}'], '--model', 'write --model <id>'],
    [['--model', '', '--payload', '{}'], '--model', 'write --model <id>'],
    [[...SUBMIT, '--model', 't2v_v3'], '--model', 'keep one --model'],
    [[...SUBMIT, '--sandbox=yes'], '--sandbox', 'write --sandbox alone'],
    [['getStatus', '--taskId', 'ck1'], 'arguments', 'write --action getStatus'],
    [['--model', 't2v', '--payload', '{"prompt":"a', 'lighthouse"}'], '--payload', '--payload -'],
    [['--model', 't2v', '--payload', '{prompt:a', 'lighthouse}'], '--payload', '--payload -'],
    [['t2v', 'a', 'lighthouse'], 'arguments', '--help'],
    [[...SUBMIT, '--'], '--payload', '--payload -'],
    // Actions.
    [['--action', 'getstatus', '--taskId', 'ck1'], '--action', 'write --action getStatus'],
    [['--action', 'cancel', '--taskId', 'ck1'], '--action', 'write --action cancelTask'],
    [['--action', 'zzz'], '--action', '--help'],
    [['--taskId', 'ck1'], '--action', 'write --action getStatus'],
    [[], '--model', 'add --model <id>'],
    [['--model', 't2v'], '--payload', "add --payload '<json>'"],
    [['--action', 'getTask'], '--taskId', 'add --taskId <id>'],
    [['--action', 'describeModel'], '--model', 'add --model <id>'],
    // Kinds of models.
    [['--action', 'listModels', '--kind', '3D'], '--kind', 'write --kind model3d'],
    [['--action', 'listModels', '--kind', 'music'], '--kind', 'write --kind audio'],
    [['--action', 'listModels', '--kind', 'videos'], '--kind', 'write --kind video'],
    [['--action', 'listModels', '--kind', 'constructor'], '--kind', 'write --kind video'],
    [[...SUBMIT, '--kind', 'video'], '--kind', 'leave --kind out'],
    // Flags that do not fit.
    [[...TASK, '--payload', '{}'], '--payload', 'leave --payload out'],
    [[...TASK, '--wait', '5'], '--wait', 'waitTask'],
    [['--action', 'quote', ...SUBMIT, '--download', 'out'], '--download', 'leave --download out'],
    [
      ['--action', 'quote', ...SUBMIT, '--maxCreditsPerDay', '5'],
      '--maxCreditsPerDay',
      'leave --maxCreditsPerDay out',
    ],
    [['--action', 'account', '--model', 't2v'], '--model', 'leave --model out'],
    [[...SUBMIT, '--taskId', 'ck1'], '--action', 'write --action getStatus'],
    [[...SUBMIT, '--new', '--idempotencyKey', 'lighthouse-0001'], '--new', '--new'],
    [[...SUBMIT, '--noJournal', '--maxCreditsPerDay', '40'], '--noJournal', '--noJournal'],
    [[...SUBMIT, '--noJournal', '--owner', 'me'], '--noJournal', 'leave --owner out'],
    ...['2026-02-30', 'week', '0d'].map(
      (since) => [['--action', 'spending', '--since', since], '--since', '--since 7d'] as const,
    ),
    // Numbers.
    ...['-5', 'NaN', 'Infinity', '1e3', '0x10', 'abc', '86401', '\u0665', '2d', '1,500', '500ms'].map(
      (value) =>
        [[...SUBMIT, '--wait', value], '--wait', 'write the seconds that the call may wait'] as const,
    ),
    [[...SUBMIT, '--wait', ' 5'], '--wait', 'write --wait 5'],
    [[...SUBMIT, '--wait', '45s'], '--wait', 'write --wait 45'],
    [[...SUBMIT, '--wait', '10m'], '--wait', 'write --wait 600'],
    [[...SUBMIT, '--wait', '2 Minutes'], '--wait', 'write --wait 120'],
    [[...SUBMIT, '--pollInterval', '0'], '--pollInterval', 'at most 60'],
    [[...SUBMIT, '--pollInterval', '61'], '--pollInterval', 'at most 60'],
    ...['1.5', '-1', '$15', '15 USD', '1.500', '0,500', '1,50', 'a hundred', '15 constructor'].map(
      (value) =>
        [[...SUBMIT, '--maxCredits', value], '--maxCredits', 'the limit that the user gave'] as const,
    ),
    ...['15credits', '15 Credits', '15 '].map(
      (value) => [[...SUBMIT, '--maxCredits', value], '--maxCredits', 'write --maxCredits 15'] as const,
    ),
    [[...SUBMIT, '--maxCredits', '1,500'], '--maxCredits', 'write --maxCredits 1500'],
    [[...SUBMIT, '--output', 'out/a', '--download', 'b'], '--output', '--output out/lighthouse.mp4'],
    [
      [...SUBMIT, '--sandbox', '--output', 'out/a', '--download', 'sandbox-out'],
      '--output',
      '--output sandbox-out/lighthouse.mp4',
    ],
    [
      ['--batch', 'a.txt', ...SUBMIT, '--maxTotalCredits', '3,000'],
      '--maxTotalCredits',
      'write --maxTotalCredits 3000',
    ],
    // Ids and keys.
    ...['../x?y', '..', '.', 'a b', 'a/b', 'a%2Fb', 'a;b', '$(id)', '-x', 'ck1\n', 'x'.repeat(201), 'é'].map(
      (id) => [['--action', 'getTask', `--taskId=${id}`], '--taskId', '--action listPending'] as const,
    ),
    ...['short', 'a b c d e f', 'lighthouse\n1', 'é'.repeat(8), 'x'.repeat(129)].map(
      (key) => [[...SUBMIT, '--idempotencyKey', key], '--idempotencyKey', 'lighthouse-0001'] as const,
    ),
  ] as const)('fault 56: fault 60: %j', (argv, path, hint) => {
    const issue = issuesOf(argv).find((one) => one.path === path);
    expect(issue).toBeDefined();
    expect(issue!.hint).toContain(hint);
    expect(issue!.expected).not.toBe('');
    expect(issue!.received).not.toMatch(/[\u0000-\u001f]/);
  });

  it('names every problem at once', () => {
    const issues = issuesOf(['--modle', 't2v', '--wait', 'soon', '--maxCredits', 'many', '--sandbox=1']);
    expect(issues.map(({ path }) => path)).toEqual(['--modle', '--sandbox', '--wait', '--maxCredits']);
  });

  it('never throws anything but a Failure, and never takes what it does not know', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.keys(FLAGS).map((flag) => `--${flag}`), ...ACTIONS, '{}', '-', '--', '5'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
        let args: Arguments;
        try {
          args = parseArguments(argv);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        if (args.help || args.version) return;
        for (const arg of argv)
          if (/^--[^=]/.test(arg)) expect(Object.keys(FLAGS)).toContain(/^--([^=]+)/.exec(arg)![1]);
      }),
      { numRuns: 2_000 },
    );
  });
});

it.each([
  [['--action', 'cancelTask'], 'cancelTask'],
  [['--action=quote', '--x'], 'quote'],
  [['--action', 'zzz', '--taskId', 'ck1'], 'getStatus'],
  [['--task-id=ck1'], 'getStatus'],
  [['--action'], 'generate'],
  [[], 'generate'],
] as const)('the action of a refused line: %j', (argv, action) => {
  expect(guessAction(argv)).toBe(action);
});

describe('the table of flags', () => {
  const switches = FLAG_NAMES.filter((name) => rule(name).form === undefined) as Switch[];

  it.each(switches)('--%s is a switch: true where it is given, else false, under its own name', (name) => {
    const without = lineWith(name, '').slice(0, -2);
    expect(parseArguments(without)[name]).toBe(false);
    expect(parseArguments([...without, `--${name}`])[name]).toBe(true);
  });

  const numbers = FLAG_NAMES.flatMap((name) => {
    const { value } = rule(name);
    return value?.kind === 'number' ? [[name, value] as const] : [];
  });
  const choices = FLAG_NAMES.flatMap((name) => {
    const { value } = rule(name);
    return value?.kind === 'choice' ? [[name, value] as const] : [];
  });
  /** A line that may have this flag, and all that its action needs. */
  const lineWith = (name: FlagName, value: string): string[] => {
    const action = name === 'action' ? value : (rule(name).actions?.[0] ?? 'generate');
    const needed = FLAG_NAMES.filter((one) => one !== name && rule(one).required?.includes(action as Action));
    const line = needed.flatMap((one) => [`--${one}`, 'ck1']);
    if (rule('payload').actions?.includes(action as Action)) line.push('--payload', '{}');
    if (name !== 'action' && action !== 'generate') line.push('--action', action);
    if (action === 'forget') line.push('--taskId', 'ck1');
    const { beside } = rule(name);
    if (beside) line.push(`--${beside.flag}`, 'ideas.txt');
    return [...line, `--${name}`, value];
  };

  it.each(numbers)(
    '--%s takes its least and its most, and nothing beyond; no hint names a number that was not given',
    (name, value) => {
      const { min, max, whole } = value;
      for (const fine of [min, max])
        expect(parseArguments(lineWith(name, String(fine)))).toMatchObject({ [name]: fine });
      for (const wrong of [max + 1, min - 1, ...(whole ? [min + 0.5] : [])])
        expect(issuesOf(lineWith(name, String(wrong)))).toMatchObject([
          {
            path: `--${name}`,
            expected: `a${whole ? ' whole' : ''} number from ${min} to ${max}`,
            hint: expect.not.stringMatching(/--\w+ \d/),
          },
        ]);
    },
  );

  it.each(choices)('--%s takes each of its values, and no other', (name, { of }) => {
    for (const fine of of) expect(() => parseArguments(lineWith(name, fine))).not.toThrow();
    const [issue] = issuesOf([
      `--${name}`,
      'zzzz',
      ...(name === 'action' || name === 'provider' ? SUBMIT : ['--action', rule(name).actions![0]!]),
    ]);
    expect(issue).toMatchObject({ path: `--${name}`, expected: `one of ${of.join(', ')}` });
  });

  it('its words, forms and defaults are those of --help', () => {
    const text = helpText('0.0.0').replace(/\s+/g, ' ');
    for (const name of FLAG_NAMES) {
      const { form, help, value } = rule(name);
      expect(text).toContain(help);
      expect(text).toMatch(new RegExp(`--${name}${form === undefined ? '' : `(, --\\w+)* ${form}`}`));
      if (value?.kind === 'number' && value.default !== undefined)
        expect(help).toContain(`default ${value.default}`);
    }
    expect(rule('pollInterval').help).toContain(`default ${FIRST_POLL_MS / 1000}`);
    expect(text).toContain(`AIVIDEO_TIMEOUT_MS (${TIMEOUT_MS.fallback})`);
    expect(text).toContain(`AIVIDEO_MAX_RETRIES (${RETRIES.fallback})`);
    for (const { keyVariable, urlVariable, id } of PROFILES)
      for (const word of [keyVariable, urlVariable, id]) expect(text).toContain(word);
  });
});

it('--help names every flag, every action but the default, every variable, and every exit code', () => {
  const text = helpText('0.0.0');
  for (const name of Object.keys(EXIT) as (keyof typeof EXIT)[])
    expect(text).toContain(` ${EXIT[name]} ${EXIT_WORDS[name].means}`);
  for (const words of [ONE_CHARGE, EXIT_WORDS.stillRunning.next, EXIT_WORDS.submitUnknown.next])
    expect(text).toContain(words.replaceAll('`', ''));
  for (const flag of Object.keys(FLAGS) as FlagName[]) expect(text).toContain(`--${flag}`);
  for (const action of ACTIONS.slice(1)) expect(text).toContain(action);
  for (const name of ['AIVIDEO_API_KEY', 'AIVIDEO_BASE_URL', 'AIVIDEO_TIMEOUT_MS', 'AIVIDEO_MAX_RETRIES']) {
    expect(text).toContain(name);
  }
});

it('--status takes its states in any case', () => {
  expect(parseArguments(['--action', 'listTasks', '--status', 'failed']).status).toBe('FAILED');
});

it('--maxTotalCredits without --batch is one mistake, with one hint for both ways out', () => {
  const hint = 'add --batch, or write --maxCredits for one request';
  expect(issuesOf([...SUBMIT, '--maxTotalCredits', '5'])).toMatchObject([
    { path: '--maxTotalCredits', hint },
  ]);
});
