import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { addUrl } from '../read-answer.ts';

// The names under which results were seen or are expected: https://aivideomaker.ai answered with `output.url` in every
// recorded run; its older examples show `videoUrl`; the others are what comparable services and clients use.
const URL_FIELDS = ['url', 'videoUrl', 'video_url', 'video', 'fileUrl', 'file_url', 'audio_url', 'image_url'];
const LIST_FIELDS = ['files', 'videos', 'outputs', 'results'];

/** The addresses of a finished task's files, in the order given, each once; only http and https. */
export function findUrls(record: JsonObject): string[] {
  const found = new Set<string>();
  collect(record.output, found, 0);
  // Some answers put the result beside the record's other fields; `input` holds addresses that are no results.
  if (found.size === 0) for (const name of URL_FIELDS) addUrl(record[name], found);
  if (found.size === 0) for (const name of LIST_FIELDS) collect(record[name], found, 0);
  return [...found];
}

function collect(value: Json | undefined, found: Set<string>, depth: number): void {
  if (depth > 3 || found.size >= 50) return;
  addUrl(value, found);
  if (Array.isArray(value)) for (const item of value.slice(0, 50)) collect(item, found, depth + 1);
  if (!isObject(value)) return;
  for (const name of URL_FIELDS) collect(value[name], found, depth + 1);
  for (const name of LIST_FIELDS) collect(value[name], found, depth + 1);
}
