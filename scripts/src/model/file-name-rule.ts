import { plain } from './text.ts';

// Bytes: the names of a part and of its lock are longer by a few letters.
const LONGEST = 120;
// Names that Windows keeps for devices, whatever follows the point.
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])(\.|$)/i;

/** Tells whether Windows keeps a name for a device. */
export function isDeviceName(name: string): boolean {
  return DEVICE.test(name);
}

/** Returns why a text cannot be the name of a file on every system; null where it can. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'write at least one letter';
  if (/[/\\]/.test(name) || name === '.' || name === '..') return 'write a name alone, without a folder';
  if (/[<>:"|?*]/.test(name)) return 'write it without < > : " | ? *, which some systems refuse';
  if (plain(name, 400) !== name)
    return 'write it in visible characters, without line breaks or double spaces';
  if (/^[.-]/.test(name)) return 'begin it with a letter or a digit';
  if (/[. ]$/.test(name)) return 'end it with a letter or a digit';
  if (isDeviceName(name)) return 'choose another one: Windows keeps this name for a device';
  if (/\.(part|lock)$/i.test(name))
    return 'choose another ending: .part and .lock mark files that are being saved';
  if (Buffer.byteLength(name) > LONGEST) return `write at most ${LONGEST} bytes (a letter is 1 to 4 bytes)`;
  return null;
}
