import { readdirSync } from 'node:fs';
import path from 'node:path';

const SAME: Record<string, string> = { jpeg: 'jpg', m4v: 'mp4', wave: 'wav' };

// What people call media files: after another word, the text behind the last point is a part of the name.
const EXTENSION =
  /\.(mp4|m4v|mov|webm|mkv|avi|gif|png|jpe?g|webp|avif|heic|bmp|tiff?|svg|mp3|wave?|m4a|aac|ogg|opus|flac|glb|gltf|obj|mtl|stl|fbx|usdz|ply|zip)$/i;

/** Returns the extension of a media file, in small letters; undefined where the name has none. */
function extensionOf(name: string): string | undefined {
  return EXTENSION.exec(name)?.[1]?.toLowerCase();
}

/** Returns the name that was asked for without the extension of a media file. */
export function stemOfOutput(output: string): string {
  return output.replace(EXTENSION, '');
}

/** Tells whether a saved file has the extension that was asked for; true where none was. */
export function hasExtension(file: string, output: string): boolean {
  const wanted = extensionOf(output);
  const came = path.extname(file).slice(1).toLowerCase();
  return wanted === undefined || (SAME[wanted] ?? wanted) === (SAME[came] ?? came);
}

/** Returns the media files of a folder by their names without extension, in composed small letters. */
export function mediaIn(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // What cannot be listed is reported when a file is saved there.
  }
  for (const name of names) {
    if (extensionOf(name) !== undefined)
      found.set(stemOfOutput(name).normalize('NFC').toLowerCase(), path.join(folder, name));
  }
  return found;
}
