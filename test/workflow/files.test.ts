import { closeSync, openSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileHash, sha256Of } from '../../scripts/src/workflow/file-hash.ts';
import { fileStem } from '../../scripts/src/workflow/file-name.ts';
import { FileWriter } from '../../scripts/src/workflow/file-writer.ts';
import { boxesAreWhole, fileKind } from '../../scripts/src/workflow/signature.ts';
import { MP4, PNG } from '../support/media.ts';
import { folder } from './session.ts';

describe('fileStem', () => {
  it.each(['ckx1', 'ck_x-1', '0', 'A'.repeat(80), 'console', 'com10', 'null'])('leaves %s as it is', (id) => {
    expect(fileStem(id)).toBe(id);
  });

  it.each(['CON', 'con', 'Nul', 'prn', 'AUX', 'com1', 'LPT9'])('fault 48: avoids the device %s', (id) => {
    expect(fileStem(id)).toMatch(new RegExp(`^task_${id}-[0-9a-f]{8}$`));
  });

  it.each(['../x?y', '..', '.', 'a/b', 'a\\b', 'C:\\x', 'a b', 'é', '~', 'x'.repeat(300), 'a.b', '\0', ''])(
    'fault 56: makes a harmless name of %j',
    (id) => {
      expect(fileStem(id)).toMatch(/^[A-Za-z0-9_-]{1,95}$/);
    },
  );

  it('fault 48: is safe on every disk, the same for the same id, and another for another', () => {
    const id = fc.oneof(fc.string({ maxLength: 100 }), fc.string({ unit: 'binary', maxLength: 100 }));
    fc.assert(
      fc.property(id, id, (a, b) => {
        const stem = fileStem(a);
        expect(stem).toMatch(/^[A-Za-z0-9_-]{1,95}$/);
        expect(stem).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$/i);
        expect(path.basename(`${stem}.mp4`)).toBe(`${stem}.mp4`);
        expect(fileStem(a)).toBe(stem);
        if (a !== b) expect(fileStem(b)).not.toBe(stem);
      }),
    );
  });
});

const bytes = (latin1: string) => Buffer.from(latin1.padEnd(32, '\0'), 'latin1');

describe('fileKind', () => {
  it.each([
    ['\0\0\0\x20ftypisom', 'mp4'],
    ['\0\0\0\x20ftypmp42', 'mp4'],
    ['\0\0\0\x20ftypqt  ', 'mov'],
    ['\0\0\0\x20ftypM4A ', 'm4a'],
    ['\0\0\0\x20ftypavif', 'avif'],
    ['\0\0\0\x20ftypheic', 'heic'],
    ['\0\0\0\x08wide\0\0', 'mov'],
    ['\0\0\0\x20moov', 'mov'],
    ['\x89PNG\r\n\x1a\n', 'png'],
    ['\xff\xd8\xff\xe0', 'jpg'],
    ['GIF89a', 'gif'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'webp'],
    ['RIFF\x10\0\0\0WAVEfmt ', 'wav'],
    ['RIFF\x10\0\0\0AVI LIST', 'avi'],
    ['\x1a\x45\xdf\xa3', 'webm'],
    ['OggS', 'ogg'],
    ['fLaC', 'flac'],
    ['ID3\x04', 'mp3'],
    ['\xff\xfb\x90', 'mp3'],
    ['glTF\x02\0\0\0', 'glb'],
  ])('knows %j as %s', (head, ext) => {
    const kind = fileKind(bytes(head));
    expect(kind?.ext).toBe(ext);
    expect(kind?.contentType).toMatch(/^(video|audio|image|model)\//);
  });

  it.each([
    '',
    '<!DOCTYPE html><html>',
    '{"error":"x"}',
    '#!/bin/sh\n',
    'MZ\x90\0',
    '\x7fELF',
    'PK\x03\x04',
    '%PDF-1.7',
    'RIFF\x10\0\0\0XXXX',
    'XXXX\x10\0\0\0WEBP',
    '\0\0\0\x20',
    '\x89PNX',
  ])('fault 65: takes %j for no media file', (head) => {
    expect(fileKind(bytes(head))).toBeNull();
    expect(fileKind(Buffer.from(head, 'latin1'))).toBeNull();
  });

  it('looks at real files, and at nothing beyond the bytes it is given', () => {
    expect(fileKind(MP4)?.ext).toBe('mp4');
    expect(fileKind(PNG)?.ext).toBe('png');
    expect(fileKind(MP4.subarray(0, 6))).toBeNull();
    // A view in the middle of a larger buffer.
    const shifted = Buffer.concat([Buffer.from('xxxx'), MP4.subarray(0, 40)]).subarray(4);
    expect(fileKind(shifted)?.ext).toBe('mp4');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (data) => void fileKind(data)));
  });
});

describe('boxesAreWhole', () => {
  async function check(data: Buffer, size = data.length): Promise<boolean> {
    const file = path.join(folder(), 'x');
    writeFileSync(file, data);
    const fd = openSync(file, 'r');
    try {
      return await boxesAreWhole(fd, size);
    } finally {
      closeSync(fd);
    }
  }
  const box = (type: string, size: number, said = size) => {
    const data = Buffer.alloc(size);
    data.writeUInt32BE(said, 0);
    data.write(type, 4, 'latin1');
    return data;
  };
  const large = (type: string, size: number) => {
    const data = box(type, size, 1);
    data.writeBigUInt64BE(BigInt(size), 8);
    return data;
  };

  it.each<[string, Buffer, boolean]>([
    ['a real file', MP4, true],
    ['index before data', Buffer.concat([box('ftyp', 24), box('moov', 40), box('mdat', 900)]), true],
    ['index after data', Buffer.concat([box('ftyp', 24), box('mdat', 900), box('moov', 40)]), true],
    ['a last box that goes to the end', Buffer.concat([box('moov', 40), box('mdat', 900, 0)]), true],
    ['a box of 64-bit length', Buffer.concat([box('moov', 40), large('mdat', 900)]), true],
    ['no index', Buffer.concat([box('ftyp', 24), box('mdat', 900)]), false],
    ['nothing', Buffer.alloc(0), false],
    ['a few zeros', Buffer.alloc(4), false],
    ['a box shorter than its head', Buffer.concat([box('moov', 40), box('mdat', 16, 5)]), false],
    ['a 64-bit length of nonsense', Buffer.concat([box('moov', 40), box('mdat', 16, 1)]), false],
    ['text', Buffer.from('<html>this is no film at all</html>'), false],
  ])('fault 63: %s', async (_, data, expected) => {
    expect(await check(data)).toBe(expected);
  });

  it('fault 63: sees every cut of a file whose index comes first', async () => {
    const whole = Buffer.concat([box('ftyp', 24), box('moov', 40), box('mdat', 90), box('free', 16)]);
    const cutsAtBoxes = [24 + 40, 24 + 40 + 90, whole.length];
    for (let size = 0; size <= whole.length; size += 1) {
      expect(await check(whole.subarray(0, size))).toBe(cutsAtBoxes.includes(size));
    }
  });

  it('fault 63: sees a cut of the real file', async () => {
    expect(await check(MP4.subarray(0, MP4.length - 1))).toBe(false);
    expect(await check(MP4.subarray(0, MP4.length / 2))).toBe(false);
  });

  it('never throws and always ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        async (data) => void (await check(Buffer.from(data))),
      ),
      { numRuns: 50 },
    );
  });
});

describe('FileWriter', () => {
  async function target() {
    const file = path.join(folder(), 'x');
    const handle = await open(file, 'wx+');
    onTestFinished(() => handle.close());
    return { file, handle };
  }

  it('writes everything in its order, whatever the pieces', async () => {
    const { file, handle } = await target();
    const told: number[] = [];
    const writer = new FileWriter(handle, (upTo) => told.push(upTo));
    const pieces = Array.from({ length: 200 }, (_, i) => Buffer.alloc((i * 7_919) % 60_000, i));
    for (const piece of pieces) await writer.write(piece);
    await writer.flush();
    const whole = Buffer.concat(pieces);
    expect((await handle.readFile()).length).toBe(whole.length);
    const expected = path.join(folder(), 'y');
    writeFileSync(expected, whole);
    expect(await sha256Of(file)).toBe(await sha256Of(expected));
    expect(told.at(-1)).toBe(whole.length);
    expect([...told].sort((a, b) => a - b)).toEqual(told);
  });

  it('holds the sender back only when the disk is behind', async () => {
    const { handle } = await target();
    const writer = new FileWriter(handle, () => {});
    expect(writer.write(Buffer.alloc(100_000))).toBeUndefined();
    const held = writer.write(Buffer.alloc(9 * 2 ** 20));
    const more = writer.write(Buffer.alloc(9 * 2 ** 20));
    expect(held ?? more).toBeInstanceOf(Promise);
    await more;
    await writer.flush();
    expect((await handle.stat()).size).toBe(100_000 + 18 * 2 ** 20);
  });

  it('begins again at the beginning', async () => {
    const { handle } = await target();
    const writer = new FileWriter(handle, () => {});
    await writer.write(Buffer.from('wrong and long'));
    await writer.flush();
    await writer.write(Buffer.from('not to be written'));
    writer.rewind();
    await writer.write(Buffer.from('right'));
    await writer.flush();
    expect((await handle.readFile()).toString().startsWith('right')).toBe(true);
    expect((await handle.stat()).size).toBe('wrong and long'.length);
  });

  it('fault 43: tells of a write that failed to whoever asks next', async () => {
    const { handle } = await target();
    const error = Object.assign(new Error('full'), { code: 'ENOSPC' });
    handle.writev = () => Promise.reject(error);
    const writer = new FileWriter(handle, () => {});
    await writer.write(Buffer.alloc(10));
    await expect(writer.flush()).rejects.toBe(error);
    await expect(writer.flush()).rejects.toBe(error);
  });
});

describe('FileHash', () => {
  const large = 32 * 2 ** 20;

  it('hashes a large file in a second thread', async () => {
    const file = path.join(folder(), 'x');
    writeFileSync(file, Buffer.alloc(large, 'frame'));
    const hash = new FileHash(file);
    hash.written(large);
    expect(await hash.digest(large)).toBe(await sha256Of(file));
    hash.restart();
  });

  it('tells of a second thread that failed when the hash is asked for, however long ago that was', async () => {
    const hash = new FileHash(path.join(folder(), 'missing'));
    hash.written(large);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(hash.digest(large)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
