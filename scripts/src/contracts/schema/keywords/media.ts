import { checkPublicUrl } from '../../../model/public-address.ts';
import { plain } from '../../../model/text.ts';
import { SURE_TYPES, sniffImage } from '../image-type.ts';
import { later, parsed } from '../parsed.ts';
import { type Keyword, MEDIA_KINDS, type MediaKind } from '../schema-node.ts';
import { BY_VALUE, type Ways } from '../ways.ts';
import { z } from '../zod.ts';

const KIND = later(() => z.literal(MEDIA_KINDS, ' must be image, video or audio, or one of these with -url'));

/** `x-media: image` */
export const media: Keyword = {
  name: 'x-media',
  types: ['string'],
  read(value, { node, where }) {
    const kind = parsed(KIND(), value, where);
    node.media = kind;
    return { textHint: (text, ...asked) => checkMedia(text, kind, ...asked) };
  },
};

function otherwise({ imageFile, wholePayload }: Ways): string {
  return imageFile === null ? wholePayload : `${imageFile}, or ${wholePayload}`;
}

/** Returns what a field for media takes, as the words after "expected" in a refusal. */
export function expectedMedia(kind: MediaKind, files?: readonly string[]): string {
  const url = `a public http(s) URL${files === undefined ? '' : ` of a ${files.join(', ')} file`}`;
  return kind === 'image' ? `${url}, or an image as data:image/png;base64,... with its own type` : url;
}

/**
 * Null when the value can be sent as this kind of media, else what to write instead. An image is a public http(s) URL or a data URI
 * of an image type, whose bytes are not of another one; all else are public http(s) URLs. Nothing is fetched or resolved:
 * whether a public name leads to a private address is for the service to see, which does the fetching.
 * Linear in the length of the value, without copying it: a data URI may have tens of megabytes.
 * @param ways how the caller gives a picture
 * @param service who is meant by what a hint says about uploads
 */
export function checkMedia(
  value: string,
  kind: MediaKind,
  ways: Ways = BY_VALUE,
  service = 'the service',
): string | null {
  const head = value.slice(0, 80);
  if (/^data:/i.test(head) && !kind.endsWith('-url'))
    return kind === 'image'
      ? dataUriHint(value, head, otherwise(ways))
      : `a data URI is taken for images only; write the public http(s) URL of the ${kind}`;
  const problem = checkPublicUrl(value, { schemes: ['http', 'https'] });
  if (problem === null) return null;
  if (kind.endsWith('-url')) return urlOnlyHint(head, kind, service) ?? problem.hint;
  return kind === 'image' ? (imageHint(head, ways) ?? problem.hint) : problem.hint;
}

const LOCAL_PATH = /^(file:|[a-z]:[\\/]|[.~]{0,2}[\\/](?!\/))/i;

/** What people pass where a service takes nothing but public URLs. */
function urlOnlyHint(head: string, kind: MediaKind, service: string): string | null {
  const fix = `write the public http(s) URL of the ${kind.slice(0, -'-url'.length)}; ${service} documents no upload`;
  if (/^data:/i.test(head)) return `${fix} and no data URI`;
  if (LOCAL_PATH.test(head) || /^[^:?#]*\.(png|jpe?g|webp|gif|mp4|mov|webm|mp3|wav)$/i.test(head))
    return `a path on this computer means nothing to ${service}; ${fix}`;
  return null;
}

/** What people pass instead of an image URL, told with the way that works. */
function imageHint(head: string, ways: Ways): string | null {
  const type = sniffImage(Buffer.from(head.slice(0, 24), 'base64'));
  if (type !== null) return `write data:${type};base64, before the base64 text, or ${otherwise(ways)}`;
  if (LOCAL_PATH.test(head) || /^[^:?#]*\.(png|jpe?g|webp|gif)$/i.test(head))
    return `a path on this computer means nothing to the service; ${ways.imageFile ?? `write data:image/png;base64,... and ${ways.wholePayload}`}`;
  return null;
}

const BASE64_END = /[^A-Za-z0-9+/]/g;

function dataUriHint(value: string, head: string, fix: string): string | null {
  const [prefix, named] = /^(?!data:image\/jpg;)data:(image\/[a-z0-9][a-z0-9.+-]*);base64,/.exec(head) ?? [];
  if (prefix === undefined || named === undefined) return headerHint(head);
  // The search for the first foreign character cannot backtrack, however long the text is.
  BASE64_END.lastIndex = prefix.length;
  const end = BASE64_END.exec(value)?.index ?? value.length;
  const rest = value.slice(end, end + 3);
  if (rest !== '' && rest !== '=' && rest !== '==') {
    const at = `character ${end + 1}`;
    if (/^\s/.test(rest)) return `remove the white space at ${at} of the base64 text, or ${fix}`;
    if (/^[-_]/.test(rest)) return `write standard base64 (+ and /); ${at} is of the URL-safe alphabet`;
    if (rest.startsWith('=')) return `the base64 text has something after its padding at ${at}; ${fix}`;
    return `the base64 text seems cut off or changed: ${at} is ${JSON.stringify(plain(rest[0]!))}; ${fix}`;
  }
  const length = value.length - prefix.length;
  if (length === 0) return `the data URI has no data; ${fix}`;
  if (length % 4 !== 0)
    return `the base64 text seems cut off: its length of ${length} is no multiple of 4; ${fix}`;
  const type = sniffImage(Buffer.from(value.slice(prefix.length, prefix.length + 24), 'base64'));
  if (type === null) return SURE_TYPES.has(named) ? `the data are no picture of type ${named}; ${fix}` : null;
  return type === named ? null : `the data are ${type}; write data:${type};base64,...`;
}

function headerHint(head: string): string {
  const type = /^data:([^;,]{0,40})/i.exec(head)?.[1]?.toLowerCase() ?? '';
  if (type === 'image/jpg')
    return 'write data:image/jpeg;base64,... ; image/jpg is no registered type, and was refused once for a URL (September 2026)';
  if (!type.startsWith('image/')) return `write data:image/png;base64,... , not data:${plain(type)}`;
  return `begin the value with exactly data:${type};base64,`;
}
