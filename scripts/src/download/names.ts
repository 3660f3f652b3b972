import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isDeviceName } from '../model/file-name-rule.ts';
import { sha256Text } from '../model/fingerprint.ts';
import type { RecordedFile } from '../model/request-record.ts';

const SAME: Record<string, string> = { jpeg: 'jpg', m4v: 'mp4', wave: 'wav' };

// What people call media files: after another word, the text behind the last point is a part of the name.
const EXTENSION =
  /\.(mp4|m4v|mov|webm|mkv|avi|gif|png|jpe?g|webp|avif|heic|bmp|tiff?|svg|mp3|wave?|m4a|aac|ogg|opus|flac|glb|gltf|obj|mtl|stl|fbx|usdz|ply|zip)$/i;

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

/** Returns the media files of a folder by the `nameKey` of their names without extension. */
export function mediaIn(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // What cannot be listed is reported when a file is saved there.
  }
  for (const name of names) {
    if (extensionOf(name) !== undefined) found.set(nameKey(stemOfOutput(name)), path.join(folder, name));
  }
  return found;
}

/** Returns what two names share that mean the same file on a disk that ignores case, or composes characters. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** A file name (without extension) made from a task id: ours alone, no path in it, the same for the same id. */
export function fileStem(taskId: string): string {
  const safe = taskId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 80);
  const kept = isDeviceName(safe) ? `task_${safe}` : safe;
  if (kept === taskId && kept !== '') return kept;
  // Two ids must not end as one name.
  return `${kept || 'task'}-${sha256Text(taskId).slice(0, 8)}`;
}

/** Returns a name with a version behind it: the name itself, then `-v2`, `-v3`. */
export function versionOf(name: string, version: number): string {
  return version === 1 ? name : `${name}-v${version}`;
}

/** Returns the first version of a name that is free. @param from 2: the name itself is not */
export function freeVersion(name: string, isTaken: (name: string) => boolean, from = 1): string {
  let version = from;
  while (isTaken(versionOf(name, version))) version += 1;
  return versionOf(name, version);
}

/** Tells whether a name is another one with a version behind it: `a-v2` of `a`. */
export function isVersionOf(name: string, other: string): boolean {
  return name.startsWith(other) && /^-v\d+$/.test(name.slice(other.length));
}

/** Returns the path of a file up to its extension. */
export function withoutExtension(file: string): string {
  return file.slice(0, file.length - path.extname(file).length);
}

/** Returns the path of the first of some saved files that is still there. */
export function stillThere(files: readonly RecordedFile[]): string | undefined {
  return files.find((file) => existsSync(file.path))?.path;
}
