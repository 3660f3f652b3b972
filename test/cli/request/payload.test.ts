import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadContract } from '../../../scripts/src/contracts/contract.ts';
import { tempFolder } from '../../support/command.ts';
import { failureOf } from '../../support/failures.ts';
import { PNG } from '../../support/media.ts';
import { readPayload } from '../../support/payload.ts';

const { signal } = new AbortController();
const t2v = await loadContract('aivideomaker', 't2v');
const i2v = await loadContract('aivideomaker', 'i2v');

async function refusal(text: string | undefined, image?: string, contract = t2v) {
  const failure = await failureOf(readPayload(contract, text, image, signal));
  const { code, message, details } = failure;
  const [issue] = details.issues!;
  expect(code).toBe('INVALID_PAYLOAD');
  expect(message).toBe(`${issue!.path}: expected ${issue!.expected}, received ${issue!.received}.`);
  expect(details.nextSteps).toEqual([issue!.hint]);
  return failure;
}

describe('the text of a payload', () => {
  it('is JSON, with or without a byte order mark', async () => {
    expect(await readPayload(t2v, '\uFEFF {"prompt":"x"} ', undefined, signal)).toEqual({ prompt: 'x' });
  });

  it('fault 31: a field that stands there twice is named; the last one does not win', async () => {
    expect((await refusal('{"prompt":"a","x":{"prompt":"c"},"prompt":"b"}')).details.issues).toEqual([
      {
        path: '--payload',
        expected: 'each field once',
        received: '"prompt" twice',
        hint: 'leave one "prompt" out',
      },
    ]);
  });

  it.each([
    [
      'fault 54: PowerShell',
      '{prompt:a lighthouse}',
      /^JSON needs double quotes\. If you wrote them, .* \(PowerShell/,
    ],
    ['fault 54: PowerShell, unquoted words', '{prompt: x, duration: 5}', /took them away/],
    ['JSON that never had quotes', '{bad', /^JSON needs double quotes\. If you wrote them/],
    ['fault 54: cmd.exe', `'{"prompt":"x"}'`, /single quotes \(cmd\.exe/],
    ['fault 54: escaped quotes', '{\\"prompt\\":\\"x\\"}', /backslashes/],
    ['fault 55: cut base64', '{"image":"data:image/png;base64,iVBORw0KGgoAAAA', /128 KiB: use --image/],
    [
      'fault 55: cut base64 that ends in an escape',
      '{"image":"data:image/png;base64,iVBORw0KGgo\\/AA',
      /128 KiB/,
    ],
    ['a comma too many', '{"prompt":"x",}', /check the JSON/],
    ['Python', "{'prompt': 'x'}", /--payload -/],
    ['nothing', '   ', /--payload -/],
    ['a path', 'payload.json', /--payload - < payload\.json/],
  ])('%s', async (_, text, hint) => {
    const { details } = await refusal(text);
    expect(details.issues![0]!.path).toBe('--payload');
    expect(details.issues![0]!.hint).toMatch(hint);
  });

  it.each([
    ['[]', 'an array'],
    ['null', 'null'],
    ['"{}"', 'a string'],
    ['5', 'a number'],
    ['true', 'a boolean'],
  ])('refuses %s: %s', async (text, kind) => {
    expect((await refusal(text)).details.issues![0]!.received).toBe(kind);
  });

  it('fault 55: says so of tens of megabytes too, and shows little of them', async () => {
    const { message } = await refusal(`{"image":"data:image/png;base64,${'A'.repeat(40_000_000)}`);
    expect(message).toContain('cut off on the way');
    expect(message.length).toBeLessThan(300);
    expect(
      (await refusal(`{"image":"data:image/png;base64,${'A'.repeat(40_000_000)}" oops`)).message.length,
    ).toBeLessThan(300);
  });
});

describe('--image', () => {
  function picture(ext = 'png', bytes: Buffer = PNG): string {
    const file = path.join(tempFolder(), `picture.${ext}`);
    writeFileSync(file, bytes);
    return file;
  }

  it.each([
    ['png', PNG, 'image/png'],
    ['jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), 'image/jpeg'],
    ['webp', Buffer.from('RIFF\u0004\u0000\u0000\u0000WEBPVP8 '), 'image/webp'],
    ['gif', Buffer.from('GIF89a\u0001\u0000'), 'image/gif'],
    ['txt', PNG, 'image/png'],
  ])('B4: reads a %s file by what is in it', async (ext, bytes, type) => {
    const file = picture(ext, bytes);
    expect(await readPayload(i2v, '{"duration":"5"}', file, signal)).toEqual({
      duration: '5',
      image: `data:${type};base64,${bytes.toString('base64')}`,
    });
  });

  it('B4: fills the field that the contract names', async () => {
    const file = picture();
    const minimax = await loadContract('aivideomaker', 'minimax');
    expect(Object.keys(await readPayload(minimax, undefined, file, signal))).toEqual(['imageUrl']);
  });

  it.each([
    ['{"image":"https://example.com/a.png"}', 'both'],
    ['{"image":""}', 'both'],
  ])('refuses an image given twice: %s', async (text, received) => {
    const file = picture();
    expect((await refusal(text, file, i2v)).details.issues![0]!.received).toBe(received);
  });

  it('takes the place of an image that is null', async () => {
    const file = picture();
    expect((await readPayload(i2v, '{"image":null}', file, signal)).image).toMatch(/^data:image\/png/);
  });

  it('is refused for a model without an image', async () => {
    const { details } = await refusal('{}', '/etc/passwd');
    expect(details.issues![0]).toMatchObject({ path: '--image', received: 'model t2v, which takes none' });
  });

  it('B10: shows nothing of a file that is no picture', async () => {
    const folder = tempFolder();
    const file = path.join(folder, 'secret.env');
    writeFileSync(file, 'TOKEN=hunter22');
    mkdirSync(path.join(folder, 'dir'));
    writeFileSync(path.join(folder, 'empty.png'), '');
    for (const [name, expected] of [
      ['secret.env', 'a PNG, JPEG, WebP, GIF, AVIF or BMP file'],
      ['empty.png', 'a PNG, JPEG, WebP, GIF, AVIF or BMP file'],
      ['dir', 'a file'],
      ['missing.png', 'a file that can be read'],
      ['secret.env/x', 'a file that can be read'],
      ['a\u0000b', 'a file that can be read'],
    ] as const) {
      const { message, details } = await refusal('{}', path.join(folder, name), i2v);
      expect(details.issues![0]).toMatchObject({ path: '--image', expected });
      expect(message).not.toContain('hunter22');
      expect(message).not.toMatch(/[\u0000-\u001f]/);
    }
  });

  it('refuses a picture that is too large by its size, without reading it', async () => {
    const file = picture();
    truncateSync(file, 1024 ** 4);
    const start = performance.now();
    expect((await refusal('{}', file, i2v)).message).toContain(String(1024 ** 4));
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
