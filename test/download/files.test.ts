import { closeSync, openSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileHash, sha256Of } from '../../scripts/src/download/file-hash.ts';
import { FileWriter } from '../../scripts/src/download/file-writer.ts';
import { fileStem } from '../../scripts/src/download/names.ts';
import { fileKind } from '../../scripts/src/download/signature.ts';
import { boxesAreWhole, isWhole } from '../../scripts/src/download/whole-file.ts';
import { folder } from '../core/session.ts';
import { MP4, PNG } from '../support/media.ts';
import { anyCharacter } from '../support/text.ts';

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
    const id = fc.oneof(fc.string({ maxLength: 100 }), fc.string({ unit: anyCharacter, maxLength: 100 }));
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
    ['\0\0\0\x20ftypavis', 'avif'],
    ['\0\0\0\x20ftypheic', 'heic'],
    ['\0\0\0\x20ftypheix', 'heic'],
    ['\0\0\0\x20ftypmif1\0\0\0\0mif1avif', 'avif'],
    ['\0\0\0\x20ftypmif1\0\0\0\0mif1heic', 'heic'],
    ['\0\0\0\x20ftypM4B ', 'm4a'],
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
    ['\xff\xf3\x40', 'mp3'],
    ['MThd\0\0\0\x06\0\x01', 'mid'],
    ['glTF\x02\0\0\0', 'glb'],
    ['ply\nformat ascii 1.0\n', 'ply'],
    ['ply\r\nformat binary_little_endian 1.0\r\n', 'ply'],
    ['solid cube\n  facet normal 0 0 1\n', 'stl'],
    ['solid\r\nfacet normal 0 0 1\r\n', 'stl'],
    [`PK\x03\x04\x14\0\0\0\0\0${'x'.repeat(20)}scene.usdc\x86\x19`, 'usdz'],
  ])('knows %j as %s, whatever the host says', (head, ext) => {
    for (const said of ['', 'text/html', 'application/json', 'model/obj']) {
      const kind = fileKind(bytes(head), said);
      expect(kind?.ext).toBe(ext);
      expect(kind?.contentType).toMatch(/^(video|audio|image|model)\//);
    }
  });

  it('knows FBX, for which there is no type', () => {
    expect(fileKind(bytes('Kaydara FBX Binary  \0\x1a\0'))).toEqual({
      ext: 'fbx',
      contentType: 'application/octet-stream',
      makes: 'model3d',
    });
  });

  const OBJ = '# made by hand\n\nmtllib a.mtl\no thing\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvn 0 0 1\nf 1 2 3\n';
  const LONG_OBJ = `# ${'x'.repeat(40)}\n${'v 0.123456 -1.5e-3 2\n'.repeat(100)}`;

  it.each<[string, string, string]>([
    [OBJ, 'model/obj', 'obj'],
    [OBJ, 'text/plain; charset=utf-8', 'obj'],
    [OBJ, 'application/octet-stream', 'obj'],
    [OBJ, '', 'obj'],
    [OBJ.replaceAll('\n', '\r\n'), 'Text/Plain', 'obj'],
    [LONG_OBJ, '', 'obj'],
    ['g thing\ns off\n', 'model/obj', 'obj'],
    [`# ${'x'.repeat(1_000)}\nv 1 2 3\n`, 'model/obj', 'obj'],
    ['# a\nnewmtl a\nKd 1 1 1\nmap_Kd a.png\n', 'text/plain', 'mtl'],
    ['{"asset":{"version":"2.0"}}', 'model/gltf+json', 'gltf'],
    ['PK\x03\x04', 'model/vnd.usdz+zip', 'usdz'],
    ['PK\x03\x04', 'application/zip', 'zip'],
    ['made by a program'.padEnd(200, '\0'), 'model/stl', 'stl'],
    ['made by a program'.padEnd(200, '\0'), 'application/sla', 'stl'],
  ])('takes %j as %s for %s', (head, said, ext) => {
    expect(fileKind(Buffer.from(head, 'latin1'), said)?.ext).toBe(ext);
  });

  it.each<[string, string]>([
    [OBJ, 'text/html'],
    [OBJ, 'application/json'],
    ['g oogle\ns orry\n', 'text/plain'],
    ['v 1 2 3\nService unavailable\n', 'text/plain'],
    ['not found', 'text/plain'],
    ['#!/bin/sh\nv 1 2 3\n', 'model/obj'],
    ['', 'model/obj'],
    ['PK\x03\x04', 'application/octet-stream'],
    ['anything at all', 'model/gltf-binary'],
    ['anything at all', 'image/png'],
    ['anything at all', 'video/mp4'],
    ['anything at all', 'audio/mpeg'],
    ['\xff\xfb\xf0', 'audio/mpeg'],
    ['\xff\xfb\x9c', 'audio/mpeg'],
    ['solid ground, and no facet of it', 'text/plain'],
    ['plywood', 'model/ply'],
  ])('fault 65: takes %j for nothing, though its host says %s', (head, said) => {
    expect(fileKind(Buffer.from(head, 'latin1'), said)).toBeNull();
  });

  const ERROR_TEXTS = [
    '<!DOCTYPE html><html>',
    ' \r\n<html>',
    '\xef\xbb\xbf<?xml version="1.0"?><Error>',
    '{"code":404}',
    '\xef\xbb\xbf {"code":404}',
    '[{"error":"x"}]',
  ];
  const ALL_TYPES = [
    ...['', 'model/obj', 'model/mtl', 'model/stl', 'application/sla', 'model/gltf-binary', 'text/plain'],
    ...['application/octet-stream', 'application/zip', 'model/vnd.usdz+zip', 'image/png', 'video/mp4'],
  ];

  it('fault 65: accepts no page and no JSON as a file, whatever its host says', () => {
    for (const text of ERROR_TEXTS)
      for (const said of ALL_TYPES)
        expect(fileKind(Buffer.from(text, 'latin1'), said), `${text} as ${said}`).toBeNull();
  });

  it.each([
    ...['', '<!DOCTYPE html><html>', '{"error":"x"}', '#!/bin/sh\n', 'MZ\x90\0', '\x7fELF', 'PK\x03\x04'],
    ...['%PDF-1.7', 'RIFF\x10\0\0\0XXXX', 'XXXX\x10\0\0\0WEBP', 'The free trial is over', '\0\0\0\x20'],
    ...['\x89PNX'],
  ])('fault 65: takes %j for no media file', (head) => {
    expect(fileKind(bytes(head))).toBeNull();
    expect(fileKind(Buffer.from(head, 'latin1'))).toBeNull();
  });

  it('knows real files, and reads nothing beyond the bytes it is given', () => {
    expect(fileKind(MP4)?.ext).toBe('mp4');
    expect(fileKind(PNG)?.ext).toBe('png');
    expect(fileKind(MP4.subarray(0, 6))).toBeNull();
    // A view in the middle of a larger buffer.
    const shifted = Buffer.concat([Buffer.from('xxxx'), MP4.subarray(0, 40)]).subarray(4);
    expect(fileKind(shifted)?.ext).toBe('mp4');
  });

  it('never throws', () => {
    const said = fc.oneof(fc.string(), fc.constantFrom(...ALL_TYPES));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), said, (data, type) => void fileKind(data, type)),
    );
  });
});

async function onDisk(data: Buffer, check: (fd: number) => Promise<boolean>): Promise<boolean> {
  const file = path.join(folder(), 'x');
  writeFileSync(file, data);
  const fd = openSync(file, 'r');
  try {
    return await check(fd);
  } finally {
    closeSync(fd);
  }
}

describe('boxesAreWhole', () => {
  const check = (data: Buffer, size = data.length) => onDisk(data, (fd) => boxesAreWhole(fd, size));
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

describe('isWhole', () => {
  const check = (ext: string, data: Buffer, certain = false) =>
    onDisk(data, (fd) => isWhole({ ext, contentType: '', makes: 'video' }, fd, data.length, certain));

  function glb(size: number, said = size): Buffer {
    const data = Buffer.alloc(size);
    data.write('glTF', 'latin1');
    data.writeUInt32LE(2, 4);
    data.writeUInt32LE(said, 8);
    return data;
  }
  function riff(size: number, said = size - 8): Buffer {
    const data = Buffer.alloc(size);
    data.write('RIFF', 'latin1');
    data.writeUInt32LE(said, 4);
    return data;
  }
  function stl(triangles: number, size = 84 + 50 * triangles): Buffer {
    const data = Buffer.alloc(size);
    data.write('solid, though binary', 'latin1');
    data.writeUInt32LE(triangles, 80);
    return data;
  }
  const asciiStl = (end: string) =>
    Buffer.from(`solid a\n${'facet normal 0 0 1\nendfacet\n'.repeat(50)}${end}`);

  it.each<[string, string, Buffer, boolean]>([
    ['a GLB', 'glb', glb(100), true],
    ['a GLB that was cut', 'glb', glb(99, 100), false],
    ['a GLB with more behind it', 'glb', glb(104, 100), true],
    ['a GLB of a few bytes', 'glb', Buffer.from('glTF'), true],
    ['a sound', 'wav', riff(100), true],
    ['a sound that was cut', 'wav', riff(60, 92), false],
    ['a sound written as a stream', 'wav', riff(60, 0xffff_ffff), true],
    ['a sound whose length was never written', 'wav', riff(60, 0), true],
    ['a WebP that was cut', 'webp', riff(60, 92), false],
    ['an audio file without its index', 'm4a', MP4.subarray(0, 1_000), false],
    ['a format that carries no length', 'ogg', Buffer.from('OggS'), true],
  ])('fault 63: %s', async (_, ext, data, expected) => {
    expect(await check(ext, data)).toBe(expected);
    // Where the sender gave the length, it is the sender's file.
    expect(await check(ext, data, true)).toBe(true);
  });

  it.each<[string, string, Buffer, boolean]>([
    ['a binary STL', 'stl', stl(3), true],
    ['an empty one', 'stl', stl(0), true],
    ['one that was cut', 'stl', stl(3, 200), false],
    ['no STL at all', 'stl', Buffer.from('Service unavailable'), false],
    ['a text STL', 'stl', asciiStl('endsolid a\n'), true],
    ['a text STL that was cut', 'stl', asciiStl(''), false],
    ['glTF', 'gltf', Buffer.from('{"scene":0,"asset":{"version":"2.0"}}'), true],
    ['glTF that was cut', 'gltf', Buffer.from('{"asset":{"version":"2.0"'), false],
    ['an error in its place', 'gltf', Buffer.from('{"code":404,"message":"gone"}'), false],
    ['an asset of nothing', 'gltf', Buffer.from('{"asset":null}'), false],
  ])('fault 65: %s, whose beginning proves nothing', async (_, ext, data, expected) => {
    expect(await check(ext, data)).toBe(expected);
    expect(await check(ext, data, true)).toBe(expected);
  });

  it('never throws and always ends', async () => {
    const exts = fc.constantFrom('glb', 'wav', 'stl', 'gltf', 'm4a', 'png');
    await fc.assert(
      fc.asyncProperty(exts, fc.uint8Array({ maxLength: 200 }), async (ext, data) => {
        await check(ext, Buffer.from(data));
      }),
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
    writer.rewind(0);
    await writer.write(Buffer.from('right'));
    await writer.flush();
    expect((await handle.readFile()).toString().startsWith('right')).toBe(true);
    expect((await handle.stat()).size).toBe('wrong and long'.length);
  });

  it('fault 43: reports a failed write at the next call', async () => {
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

  it('reports a failed second thread when the hash is read, however long ago it failed', async () => {
    const hash = new FileHash(path.join(folder(), 'missing'));
    hash.written(large);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(hash.digest(large)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
