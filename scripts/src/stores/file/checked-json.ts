import { sha256Text } from '../../model/fingerprint.ts';

const LENGTH = 16;

/** Returns a value as one line of JSON behind a checksum. @param what it is: the line of another thing is a damaged one */
export function checkedLine(what: string, value: unknown): string {
  const json = JSON.stringify(value);
  return checksumOf(what, json) + json;
}

/** Returns the value in a line; undefined where it is damaged. What the checksum fits was written here, and needs no further check. */
export function valueIn<T>(what: string, line = ''): T | undefined {
  const json = line.slice(LENGTH);
  return json !== '' && line.startsWith(checksumOf(what, json)) ? (JSON.parse(json) as T) : undefined;
}

function checksumOf(what: string, json: string): string {
  return sha256Text(`${what}\n${json}`).slice(0, LENGTH);
}
