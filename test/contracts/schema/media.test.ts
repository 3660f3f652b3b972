import { describe, expect, it } from 'vitest';
import { BY_FLAGS } from '../../../scripts/src/cli/render/payload-ways.ts';
import { sniffImage } from '../../../scripts/src/contracts/schema/image-type.ts';
import { checkFileType } from '../../../scripts/src/contracts/schema/keywords/files.ts';
import { checkMedia } from '../../../scripts/src/contracts/schema/keywords/media.ts';
import { checkPublicUrl } from '../../../scripts/src/model/public-address.ts';
import { dataUri, PICTURES } from '../helpers.ts';

const types = Object.entries(PICTURES).map(([name, bytes]) => [`image/${name}`, bytes] as const);

describe('fault 58, URLs that the service must not be sent to', () => {
  it.each([
    // loopback, in all the spellings that a URL parser takes
    ...['http://localhost/a.png', 'http://LOCALHOST/a.png', 'http://localhost./a.png'],
    ...['http://a.localhost/a.png', 'http://127.0.0.1/a.png', 'http://127.0.0.1./a.png'],
    ...['http://127.1/a.png', 'http://2130706433/a.png', 'http://0x7f000001/a.png', 'http://0x7f.1/a.png'],
    ...['http://0177.0.0.1/a.png', 'http://\uff11\uff12\uff17.0.0.1/a.png', 'http://127.0.0.1:8080/a.png'],
    ...['http://[::1]/a.png', 'http://[0:0:0:0:0:0:0:1]/a.png', 'http://[::]/a.png'],
    // private, link-local, shared and reserved
    ...['http://0.0.0.0/a.png', 'http://10.0.0.1/a.png', 'http://10.255.255.255/a.png'],
    ...['http://100.64.0.1/a.png', 'http://100.127.255.255/a.png'],
    ...['http://169.254.169.254/latest/meta-data/', 'http://172.16.0.1/a.png', 'http://172.31.255.255/a.png'],
    ...['http://192.0.0.1/a.png', 'http://192.0.2.1/a.png', 'http://192.88.99.1/a.png'],
    ...['http://192.168.1.1/a.png', 'http://198.18.0.1/a.png', 'http://198.19.255.255/a.png'],
    ...['http://198.51.100.1/a.png', 'http://203.0.113.1/a.png', 'http://224.0.0.1/a.png'],
    ...['http://239.255.255.255/a.png', 'http://240.0.0.1/a.png', 'http://255.255.255.255/a.png'],
    // the same inside IPv6, and what IPv6 has of its own
    ...['http://[::ffff:127.0.0.1]/a.png', 'http://[::ffff:a9fe:a9fe]/a.png', 'http://[::127.0.0.1]/a.png'],
    ...['http://[64:ff9b::7f00:1]/a.png', 'http://[64:ff9b:1::1]/a.png', 'http://[100::1]/a.png'],
    ...['http://[2001::1]/a.png', 'http://[2001:1ff::1]/a.png', 'http://[2001:db8::1]/a.png'],
    ...['http://[2002:7f00:1::]/a.png', 'http://[3fff::1]/a.png', 'http://[3fff:fff::1]/a.png'],
    ...['http://[fc00::1]/a.png', 'http://[fd12:3456::1]/a.png', 'http://[fe80::1]/a.png'],
    ...['http://[fec0::1]/a.png', 'http://[ff02::1]/a.png'],
    // names that lead nowhere public
    ...['http://intranet/a.png', 'http://intranet./a.png', 'http://printer.local/a.png'],
    ...['http://printer.local./a.png', 'http://metadata.google.internal/a.png', 'http://router.lan/a.png'],
    ...['http://nas.home.arpa/a.png', 'http://a..example.com/a.png', 'http://example.com../a.png'],
    // credentials
    ...['https://user:secret@example.com/a.png', 'https://user@example.com/a.png'],
    ...['https://@example.com/a.png', 'https://:@example.com/a.png'],
    // where two parsers may see two hosts
    ...['http://example.com\\@127.0.0.1/a.png', 'http:\\\\127.0.0.1\\a.png', 'http:/127.0.0.1/a.png'],
    ...['http:127.0.0.1', 'http:///127.0.0.1/a.png', 'http://example.com/a b.png'],
    ...[' http://example.com/a.png', 'http://example.com/a.png\n', 'ht\ntp://127.0.0.1/'],
    ...['http://exa\tmple.com/'],
    // other schemes and no URL at all
    ...['file:///etc/passwd', 'FILE:///etc/passwd', 'ftp://example.com/a.png', 'gopher://example.com/'],
    ...['javascript:alert(1)', 'blob:https://example.com/1', 'ws://example.com/a.png', '//example.com/a.png'],
    ...['example.com/a.png', '/etc/passwd', './a.png', '~/a.png', 'C:\\a.png', 'a.png', 'http://'],
    ...['https://?', 'http://[::1', 'http://example.com:99999/', 'http://256.256.256.256/', '', ' '],
  ])('%j', (value) => {
    for (const kind of ['image', 'video', 'audio'] as const) {
      const hint = checkMedia(value, kind);
      expect(hint).toMatch(/\w/);
      expect(hint).not.toContain('secret');
    }
  });

  it.each([
    ...['https://example.com/a.png', 'http://example.com', 'HTTPS://EXAMPLE.COM/A.PNG'],
    ...['https://example.com./a.png', 'https://example.com:8443/a.png?sig=a%20b&x=@y#z'],
    ...['https://mylocalhost.com/', 'https://local.example.com/', 'https://internal.example.com/'],
    ...['https://b\u00fccher.example/a.png', 'http://8.8.8.8/a.png', 'http://9.255.255.255/'],
    ...['http://11.0.0.0/', 'http://100.63.255.255/', 'http://100.128.0.0/', 'http://126.255.255.255/'],
    ...['http://128.0.0.0/', 'http://169.253.255.255/', 'http://172.15.255.255/', 'http://172.32.0.0/'],
    ...['http://192.167.255.255/', 'http://198.17.255.255/', 'http://198.20.0.0/', 'http://223.255.255.255/'],
    ...['http://[2001:200::1]/', 'http://[2606:4700::1111]/', 'http://[2a00:1450:4001::8a]/'],
    ...['http://[3fff:1000::1]/'],
  ])('but %j is taken', (value) => {
    for (const kind of ['image', 'video', 'audio'] as const) expect(checkMedia(value, kind)).toBeNull();
  });

  it('schemes are chosen by the caller (a webhook must be https)', () => {
    expect(checkPublicUrl('https://example.com/hook', { schemes: ['https'] })).toBeNull();
    expect(checkPublicUrl('http://example.com/hook', { schemes: ['https'] })?.expected).toBe(
      'a public https URL',
    );
    expect(checkPublicUrl('https://10.0.0.1/hook', { schemes: ['https'] })?.hint).toContain('10.0.0.1');
  });
});

describe('data URIs', () => {
  it.each(types)('%s: the first bytes tell the type', (type, bytes) => {
    expect(sniffImage(bytes)).toBe(type);
    expect(checkMedia(dataUri(type, bytes), 'image')).toBeNull();
    for (const length of [0, 1, 2]) expect(sniffImage(bytes.subarray(0, length))).toBeNull();
  });

  it.each(types)('%s: refused under another name, with the right one', (type, bytes) => {
    for (const [other] of types.filter(([name]) => name !== type))
      expect(checkMedia(dataUri(other, bytes), 'image')).toBe(
        `the data are ${type}; write data:${type};base64,...`,
      );
  });

  it.each([
    '<svg xmlns="">',
    '%PDF-1.7 abcdef',
    'RIFF\u0024\u0000\u0000\u0000WAVEfmt ',
    '#!/bin/sh abcdef',
    'root:x:0:0:root',
    '\u0000\u0000\u0000\u0000',
  ])('fault 58, no picture: %j', (text) => {
    expect(sniffImage(Buffer.from(text))).toBeNull();
    expect(checkMedia(dataUri('image/png', Buffer.from(text)), 'image')).toContain(
      'no picture of type image/png',
    );
  });

  // Which types the service takes is not documented: what is not known to be wrong is not refused.
  it.each(['avif', 'heic', 'tiff', 'svg+xml', 'x-icon'])('image/%s is not ours to refuse', (subtype) => {
    const bytes = Buffer.from('whatever such a file begins with');
    expect(checkMedia(dataUri(`image/${subtype}`, bytes), 'image')).toBeNull();
    expect(checkMedia(dataUri(`image/${subtype}`, PICTURES.png), 'image')).toContain(
      'the data are image/png',
    );
  });

  it.each(['BM and more text', 'ftypavif', '\u0000\u0000\u0000\u001cftypisom'])(
    '%j is no picture',
    (text) => {
      expect(sniffImage(Buffer.from(text))).toBeNull();
    },
  );

  it.each(['video', 'audio'] as const)('are for images only, not for %s', (kind) => {
    expect(checkMedia(dataUri('image/png', PICTURES.png), kind)).toContain('for images only');
    expect(checkMedia(`data:${kind}/mp4;base64,AAAA`, kind)).toContain('for images only');
  });

  const png = dataUri('image/png', PICTURES.png);
  const jpeg = PICTURES.jpeg.toString('base64');

  it.each<[string, string, string]>([
    ['image/jpg', `data:image/jpg;base64,${jpeg}`, 'data:image/jpeg;base64,'],
    [
      'upper case',
      png.replace('image/png', 'IMAGE/PNG'),
      'begin the value with exactly data:image/png;base64,',
    ],
    ['no base64 mark', png.replace(';base64', ''), 'begin the value with exactly data:image/png;base64,'],
    ['parameters', png.replace(';base64', ';charset=x;base64'), 'exactly data:image/png;base64,'],
    ['another type, no base64', 'data:image/svg+xml,<svg/>', 'exactly data:image/svg+xml;base64,'],
    ['no subtype', 'data:image/;base64,AAAA', 'data:image/;base64,'],
    ['a web page', 'data:text/html,<b>', 'not data:text/html'],
    ['nothing at all', 'data:', 'write data:image/png;base64,'],
    ['no data', 'data:image/png;base64,', 'has no data'],
    ['URL-safe alphabet', `${png}-_AA`, 'standard base64'],
    ['line breaks', `${png}\nAAAA`, 'white space'],
    ['text after the padding', `${png}AA==AAAA`, 'after its padding'],
    ['three pads', `${png}A===`, 'after its padding'],
  ])('%s', (_, value, hint) => {
    expect(checkMedia(value, 'image')).toContain(hint);
  });

  it.each([
    ['one character lost', png.slice(0, -1)],
    ['two characters lost', png.slice(0, -2)],
    ['three characters lost', png.slice(0, -3)],
    ['wrong padding', `${png}AAAAA=`],
    ['dots in place of the rest', `${png}...`],
    ['an ellipsis', `${png}\u2026`],
    ['a quote of the shell', `${png}'`],
  ])('fault 55, cut base64 is told with the ways that work: %s', (_, value) => {
    const hint = checkMedia(value, 'image', BY_FLAGS);
    expect(hint).toContain('seems cut off');
    expect(hint).toContain('--image <file>');
    expect(hint).toContain('--payload -');
  });

  it('base64 without its prefix, and files', () => {
    expect(checkMedia(jpeg, 'image')).toContain('write data:image/jpeg;base64,');
    for (const path of [
      './a.png',
      '/home/me/a.png',
      'C:\\a.png',
      'file:///a.png',
      'pictures/a.webp',
      '~/a.gif',
    ])
      expect(checkMedia(path, 'image', BY_FLAGS)).toContain('--image <file>');
  });

  it('tens of megabytes, valid or not, are checked without an error', () => {
    const huge = png + 'A'.repeat(28_000_000);
    expect(checkMedia(huge, 'image')).toBeNull();
    for (const value of [
      `${huge}A`,
      `${huge}!`,
      png + '='.repeat(5_000_000),
      `http://${'a'.repeat(28_000_000)}`,
      `http://example.com/${'a'.repeat(28_000_000)} `,
      'a'.repeat(28_000_000),
    ])
      expect(checkMedia(value, 'image')!.length).toBeLessThan(300);
  });
});

describe('what an address ends with', () => {
  it.each([
    'https://example.com/a.png',
    'https://example.com/A.JPEG?sig=a.webm#b.mp3',
    'https://example.com/a',
    'https://example.com/get.php?file=a.webp',
    'https://example.com/a.png/download',
    'https://example.com/v1.2',
  ])('%s may be a JPEG or PNG', (url) => {
    expect(checkFileType(url, ['jpg', 'jpeg', 'png'])).toBeNull();
  });

  it.each([
    ['https://example.com/a.webp', '.webp'],
    ['https://example.com/A.WEBM?x=a.png', '.webm'],
    ['https://example.com/a.mp3#.png', '.mp3'],
  ])('%s says that it is none', (url, ending) => {
    expect(checkFileType(url, ['jpg', 'jpeg', 'png'])).toContain(`this one ends with ${ending},`);
  });
});
