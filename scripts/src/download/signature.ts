import { madeAs, type OutputKind } from '../model/output-kind.ts';

export interface FileKind {
  ext: string;
  contentType: string;
  makes: OutputKind;
}

const kind = (ext: string, contentType: string): FileKind => ({
  ext,
  contentType,
  makes: madeAs(contentType),
});

/** Bytes that `fileKind` needs to see. */
export const SIGNATURE_BYTES = 512;

const MP4 = kind('mp4', 'video/mp4');
const MOV = kind('mov', 'video/quicktime');
const M4A = kind('m4a', 'audio/mp4');
const AVIF = kind('avif', 'image/avif');
const HEIC = kind('heic', 'image/heic');
const MP3 = kind('mp3', 'audio/mpeg');
const USDZ = kind('usdz', 'model/vnd.usdz+zip');
const STL = kind('stl', 'model/stl');
const OBJ = kind('obj', 'model/obj');
const MTL = kind('mtl', 'model/mtl');

const ISO_BRANDS: Record<string, FileKind> = {
  'qt  ': MOV,
  'M4A ': M4A,
  'M4B ': M4A,
  avif: AVIF,
  avis: AVIF,
  heic: HEIC,
  heix: HEIC,
};

const ascii = (text: string): number[] => [...Buffer.from(text)];

// As numbers: scanners of published packages mistake texts of escaped bytes for hidden code.
const MAGIC: readonly { at: number; bytes: readonly number[]; kind: FileKind }[] = [
  { at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], kind: kind('png', 'image/png') },
  { at: 0, bytes: [0xff, 0xd8, 0xff], kind: kind('jpg', 'image/jpeg') },
  { at: 0, bytes: ascii('GIF8'), kind: kind('gif', 'image/gif') },
  { at: 8, bytes: ascii('WEBP'), kind: kind('webp', 'image/webp') },
  { at: 8, bytes: ascii('WAVE'), kind: kind('wav', 'audio/wav') },
  { at: 8, bytes: ascii('AVI '), kind: kind('avi', 'video/x-msvideo') },
  { at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3], kind: kind('webm', 'video/webm') },
  { at: 0, bytes: ascii('OggS'), kind: kind('ogg', 'audio/ogg') },
  { at: 0, bytes: ascii('fLaC'), kind: kind('flac', 'audio/flac') },
  { at: 0, bytes: ascii('ID3'), kind: MP3 },
  { at: 0, bytes: [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6], kind: kind('mid', 'audio/midi') },
  { at: 0, bytes: ascii('glTF'), kind: kind('glb', 'model/gltf-binary') },
  { at: 0, bytes: ascii('Kaydara FBX Binary  \0'), kind: kind('fbx', 'application/octet-stream') },
];

const ZIP_TYPES: Record<string, FileKind> = {
  'model/vnd.usdz+zip': USDZ,
  'application/zip': kind('zip', 'application/zip'),
};
const STL_TYPES = [
  'model/stl',
  'model/x.stl-binary',
  'model/x.stl-ascii',
  'application/sla',
  'application/vnd.ms-pki.stl',
];
// What hosts say of a file that they know nothing of.
const VAGUE_TYPES = ['', 'text/plain', 'application/octet-stream', 'binary/octet-stream'];

/**
 * The kind of media file that begins with these bytes, or null when it is none that we know: a page, JSON, nonsense. The
 * bytes decide. Only formats that have no signature are taken at the host's word, and only while the bytes fit them.
 * @param head the first `SIGNATURE_BYTES` bytes, or the whole file if it is shorter
 */
export function fileKind(head: Uint8Array, contentType = ''): FileKind | null {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SIGNATURE_BYTES));
  const text = start.toString('latin1');
  return bySignature(start, text) ?? byType(text, contentType.split(';', 1)[0]!.trim().toLowerCase());
}

function bySignature(head: Buffer, text: string): FileKind | null {
  if (text.slice(4, 8) === 'ftyp') return isoKind(text);
  // Older QuickTime files begin with one of these boxes instead. "The free trial is over" has no length in front of "free".
  if (/^[\0-\x08][\s\S]{3}(moov|mdat|wide|free|skip)/.test(text)) return MOV;
  const riff = text.startsWith('RIFF');
  for (const magic of MAGIC) {
    if ((magic.at === 8) === riff && magic.bytes.every((byte, i) => head[magic.at + i] === byte)) {
      return magic.kind;
    }
  }
  if (isMpegAudio(head)) return MP3;
  // The first entry of a USDZ package is a scene that lies there uncompressed.
  if (/^PK\x03\x04[\s\S]{4}\0\0[\s\S]{20}[^\0]{1,200}?\.usd[acz]?[^a-z]/.test(text)) return USDZ;
  if (/^ply\r?\n(format|comment|obj_info) /.test(text)) return kind('ply', 'model/ply');
  if (/^solid\b[^\n]{0,300}\n\s*facet\s+normal\s/.test(text)) return STL;
  return null;
}

/** A frame of MPEG audio: layer III, and neither of the values that its rates cannot have. */
function isMpegAudio([sync = 0, version = 0, rates = 0xff]: Buffer): boolean {
  const isLayer3 = sync === 0xff && [0xe2, 0xe3, 0xf2, 0xf3, 0xfa, 0xfb].includes(version);
  return isLayer3 && rates < 0xf0 && (rates & 0x0c) !== 0x0c;
}

function isoKind(text: string): FileKind {
  const brand = text.slice(8, 12);
  // A brand of still pictures that leaves open how they are coded: the brands that follow say it.
  if (brand === 'mif1' || brand === 'msf1') return /avi[fs]/.test(text.slice(16, 64)) ? AVIF : HEIC;
  return ISO_BRANDS[brand] ?? MP4;
}

/** For formats without a signature. Text that looks like a page or like JSON is an error text, whatever its type says. */
function byType(text: string, type: string): FileKind | null {
  if (text.startsWith('PK\x03\x04')) return ZIP_TYPES[type] ?? null;
  const start = /^(?:\xef\xbb\xbf)?\s*(.)/.exec(text)?.[1];
  // Whether it is glTF is seen once the whole is there.
  if (start === '{' && type === 'model/gltf+json') return kind('gltf', 'model/gltf+json');
  if (start === undefined || '<{['.includes(start)) return null;
  // Whether a binary STL is one is seen from its length.
  if (STL_TYPES.includes(type)) return STL;
  if (type !== OBJ.contentType && type !== MTL.contentType && !VAGUE_TYPES.includes(type)) return null;
  return wavefrontKind(text, type);
}

const OBJ_LINE = /^(v|vt|vn|vp|f|l|p|o|g|s|mtllib|usemtl)(\s|$)/;
const MTL_LINE = /^(newmtl|K[adse]|N[si]|d|Tr|Tf|illum|map_\w+|bump|norm|P[rmsc]c?)(\s|$)/;

/** Wavefront's text formats: every line is a comment or begins with one of the format's words. */
function wavefrontKind(text: string, type: string): FileKind | null {
  const lines = text.split(/\r?\n|\r/);
  // The last one may be cut.
  if (text.length >= SIGNATURE_BYTES) lines.pop();
  if (lines[0]?.startsWith('#!') || /[\0-\x08\x0e-\x1f]/.test(text)) return null;
  const words = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  // Nothing but a long comment: then the type must say what follows.
  if (words.length === 0) return type === OBJ.contentType ? OBJ : type === MTL.contentType ? MTL : null;
  // A page of a few words could begin with letters like these; one with the place of a point could not.
  const isScene = type === OBJ.contentType || words.some((line) => /^(v\s+-?[\d.]|mtllib\s)/.test(line));
  if (isScene && words.every((line) => OBJ_LINE.test(line))) return OBJ;
  return words[0]!.startsWith('newmtl') && words.every((line) => MTL_LINE.test(line)) ? MTL : null;
}
