// What a batch file says, and how it is refused: real files, no service.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readBatch } from '../../../scripts/src/cli/batch/read-batch.ts';
import { parseArguments } from '../../../scripts/src/cli/command-line/arguments.ts';
import { ranges } from '../../../scripts/src/cli/render/batch-warnings.ts';
import { callerOf } from '../../../scripts/src/cli/render/caller.ts';
import { nameProblem } from '../../../scripts/src/model/file-name-rule.ts';
import { jsonHash } from '../../../scripts/src/model/fingerprint.ts';
import { tempFolder } from '../../support/command.ts';
import { failureOf } from '../../support/failures.ts';
import { PNG } from '../../support/media.ts';

const DEFAULTS = { aspectRatio: '16:9', duration: '5' };

function readAt(file: string, flags: string[] = ['--model', 't2v']) {
  const args = parseArguments(['--batch', file, ...flags]);
  return readBatch(args, callerOf(args, []), false, new AbortController().signal);
}

async function read(
  name: string,
  content: string | Buffer,
  flags: string[] = ['--model', 't2v', '--payload', JSON.stringify(DEFAULTS)],
) {
  const file = path.join(tempFolder(), name);
  writeFileSync(file, content);
  const batch = await readAt(file, flags);
  onTestFinished(batch.close);
  return { ...batch, file };
}

const issuesOf = async (...args: Parameters<typeof read>) =>
  (await failureOf(read(...args))).details.issues ?? [];
const pathsOf = async (...args: Parameters<typeof read>) => (await issuesOf(...args)).map(({ path }) => path);

it('a file without lines is refused, in each form; nothing is left to fail behind it', async () => {
  for (const content of ['', '\uFEFF\r\n \n', Buffer.from([0xff, 0xfe])])
    expect(await pathsOf('a.txt', content)).toEqual(['--batch']);
});

describe('a file of prompts', () => {
  it('each non-empty line is a prompt, whatever ends it; # is no comment', async () => {
    const { lines } = await read('a.txt', '\uFEFFa fog\r\n\r\n  # two \n\t\n{"x"}\nlast');
    expect(lines.map(({ number }) => number)).toEqual([1, 3, 5, 6]);
    const payloads = await Promise.all(lines.map((line) => line.read()));
    expect(payloads.map(({ prompt }) => prompt)).toEqual(['a fog', '# two', '{"x"}', 'last']);
    expect(payloads[0]).toEqual({ ...DEFAULTS, prompt: 'a fog' });
    expect(lines[0]!.payloadHash).toBe(jsonHash(payloads[0]!));
  });

  it('the prompt goes where the contract says', async () => {
    const minimax = ['--model', 'minimax', '--payload', '{"resolution":"768p"}'];
    const paths = await pathsOf('a.txt', 'fog', minimax).catch(() => []);
    expect(paths).not.toContain('line 1: payload.prompt');
    const { lines } = await read('a.txt', 'fog', ['--model', 'minimax', '--payload', '{}']);
    expect(await lines[0]!.read()).toEqual({ content: 'fog' });
    const without = ['--provider', 'apidot', '--model', 'meshy-6-image-to-3d'];
    const [issue] = await issuesOf('a.txt', 'fog', without);
    expect(issue).toMatchObject({ path: 'line 1: model', expected: 'a model that takes a prompt' });
  });

  it('is read in UTF-16, as PowerShell writes it', async () => {
    const { lines } = await read('a.txt', Buffer.from('\uFEFFfog\r\nmüde\r\n', 'utf16le'));
    expect(await Promise.all(lines.map(async (line) => (await line.read()).prompt))).toEqual(['fog', 'müde']);
  });

  it('equal lines are told apart by their order', async () => {
    const { lines } = await read('a.txt', 'fog\nsea\nfog\nfog');
    expect(lines.map(({ ordinal }) => ordinal)).toEqual([1, 1, 2, 3]);
  });
});

describe('a file of objects', () => {
  it('a payload is merged over the defaults; its image takes the place of theirs', async () => {
    const folder = tempFolder();
    const image = path.join(folder, 'cat.png');
    writeFileSync(image, PNG);
    const { lines } = await read(
      'a.jsonl',
      `{"payload":{"duration":"8"},"image":${JSON.stringify(image)}}\n{}\n`,
      ['--model', 'i2v', '--payload', '{"duration":"5","image":"https://example.com/dog.png"}'],
    );
    const [one, two] = await Promise.all(lines.map((line) => line.read()));
    expect(one).toEqual({ duration: '8', image: `data:image/png;base64,${PNG.toString('base64')}` });
    expect(two).toEqual({ duration: '5', image: 'https://example.com/dog.png' });
  });

  it('lines of one model that differ in their prompts alone have one price', async () => {
    const { lines } = await read(
      'a.jsonl',
      '{"payload":{"prompt":"a"}}\n{"payload":{"prompt":"b"}}\n{"payload":{"prompt":"a","duration":"8"}}',
    );
    const [a, b, c] = lines.map(({ priceKey }) => priceKey);
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it.each([
    ['a line of text', 'fog', 'line 1'],
    ['a list', '[1]', 'line 1'],
    ['nothing', 'null', 'line 1'],
    ['a field of its own', '{"promt":"fog"}', 'line 1: promt'],
    ['a payload of text', '{"payload":"fog"}', 'line 1: payload'],
    ['a model of numbers', '{"model":5,"payload":{"prompt":"a"}}', 'line 1: model'],
    ['an unknown model', '{"model":"t2w","payload":{"prompt":"a"}}', 'line 1: model'],
    [
      'an image of no file',
      '{"model":"i2v","payload":{"duration":"5"},"image":"/none.png"}',
      'line 1: image',
    ],
    [
      'an image for a model that takes none',
      '{"payload":{"prompt":"a"},"image":"/none.png"}',
      'line 1: image',
    ],
    ['a field that is wrong', '{"payload":{"prompt":"a","duration":5}}', 'line 1: payload.duration'],
    ['a name with a folder', '{"name":"a/b","payload":{"prompt":"a"}}', 'line 1: name'],
    ['an empty name', '{"name":"","payload":{"prompt":"a"}}', 'line 1: name'],
  ])('refused: %s', async (_, text, at) => {
    expect(await pathsOf('a.jsonl', text)).toContain(at);
  });

  it('equal names are refused, those too that a disk may take for equal', async () => {
    const lines = ['fog', 'FOG', 'fog.mp4', 'caf\u00e9', 'cafe\u0301'].map((name, n) =>
      JSON.stringify({ name, payload: { prompt: `p${n}` } }),
    );
    expect(await pathsOf('a.jsonl', lines.join('\n'))).toEqual([
      'line 2: name',
      'line 3: name',
      'line 5: name',
    ]);
  });

  it('the same issue of a thousand lines is told once, with their numbers', async () => {
    const text = Array.from({ length: 1000 }, (_, n) => `{"payload":{"prompt":"p${n}","duration":5}}`).join(
      '\n',
    );
    expect(await issuesOf('a.jsonl', text)).toMatchObject([{ path: 'lines 1-1000: payload.duration' }]);
    expect(ranges([1, 2, 3, 5, 7, 8])).toBe('1-3, 5, 7-8');
  });
});

describe('a file that is none of both', () => {
  it.each([
    ['an ending that says nothing', 'a.csv', 'a,b', '.jsonl or .txt'],
    ['an array of JSON', 'a.json', '[]', '.jsonl or .txt'],
    ['nothing in it', 'a.txt', '\r\n \n', 'at least one line'],
    ['bytes of a picture', 'a.txt', PNG, 'a text file'],
  ])('%s', async (_, name, content, expected) => {
    const [issue] = await issuesOf(name, content);
    expect(issue).toMatchObject({ path: '--batch', expected: expect.stringContaining(expected) });
  });

  it('a line that is no UTF-8 is named', async () => {
    const bytes = Buffer.concat([Buffer.from('fog\n'), Buffer.from([0xe4, 0xf6]), Buffer.from('\nsea')]);
    expect(await pathsOf('a.txt', bytes)).toEqual(['line 2']);
  });

  it('a folder, and a file that is not there', async () => {
    const folder = path.join(tempFolder(), 'x.txt');
    mkdirSync(folder);
    const refusal = { code: 'INVALID_PAYLOAD', details: { issues: [{ path: '--batch' }] } };
    for (const file of [folder, path.join(folder, 'none.txt')])
      await expect(readAt(file)).rejects.toMatchObject(refusal);
  });

  it('fault 31: a field that stands twice in an object is named by its line and path; the last one does not win', async () => {
    const lines = [
      '{"payload":{"prompt":"a"}}',
      '{"payload":{"prompt":"a","prompt":"b"}}',
      '{"payload":{"prompt":"a"},"name":"x","payload":{"prompt":"b"}}',
    ];
    expect(await issuesOf('a.jsonl', lines.join('\n'))).toEqual(
      ['line 2: payload.prompt', 'line 3: payload'].map((path) => ({
        path,
        expected: 'each field once',
        received: 'the same field twice',
        hint: 'leave one of them out',
      })),
    );
  });

  it('a named pipe is refused by what it is: without a writer it would be waited for without end', async () => {
    const pipe = path.join(tempFolder(), 'lines.jsonl');
    execFileSync('mkfifo', [pipe]);
    const { code, details } = await failureOf(readAt(pipe));
    expect(code).toBe('INVALID_PAYLOAD');
    expect(details.issues).toMatchObject([
      { path: '--batch', expected: 'a file', received: `${pipe}, a named pipe` },
    ]);
  });

  it('more lines than a batch may have', async () => {
    const [issue] = await issuesOf('a.txt', 'x\n'.repeat(10_001));
    expect(issue).toMatchObject({
      expected: expect.stringContaining('10000 lines'),
      received: 'more than 10000 lines',
    });
  });
});

it('a line that was changed after it was checked is not submitted', async () => {
  const { lines, file } = await read('a.txt', 'fog\nsea\n');
  writeFileSync(file, 'dog\nsea\n');
  await expect(lines[0]!.read()).rejects.toMatchObject({
    code: 'INVALID_PAYLOAD',
    message: expect.stringContaining('Line 1'),
  });
  expect(await lines[1]!.read()).toMatchObject({ prompt: 'sea' });
});

describe('a file name', () => {
  it.each(['a', 'line-1', 'Straße 7', 'котик', 'v1.2', '日本', 'a_b(c)'])('%s', (name) => {
    expect(nameProblem(name)).toBeNull();
  });

  it.each([
    ...['', '.', '..', 'a/b', 'a\\b', '../a', 'CON', 'con.mp4', 'lpt1', 'COM¹', 'conout$', 'a:b', 'a*', '.a'],
    ...['-a', 'a.', 'a ', 'a\nb', 'a\u202eb', 'a.part', 'é'.repeat(61)],
  ])('fault 57: not %j', (name) => {
    expect(nameProblem(name)).toMatch(/\w/);
  });
});
