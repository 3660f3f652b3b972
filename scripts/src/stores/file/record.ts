import { jsonHash } from '../../model/fingerprint.ts';
import { isIdempotencyKey } from '../../model/idempotency-key.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { PHASES, type RequestRecord } from '../../model/request-record.ts';
import { TASK_ID, TASK_STATES } from '../../model/task.ts';

/** A record as it is on the disk, with its unknown fields. */
export type RawRecord = JsonObject;

const VERSION = 2;

/**
 * Returns the text of a record's file, with a checksum over the whole record.
 * @param name the name of the file. The checksum covers it, so that a copy under another name is no valid record
 */
export function encodeRecord(name: string, raw: RawRecord): string {
  const { version, checksum, ...fields } = raw;
  const newest = Math.max(VERSION, typeof version === 'number' ? version : 0);
  const whole = { version: newest, ...fields };
  return `${JSON.stringify({ ...whole, checksum: checksumOf(name, whole) }, null, 2)}\n`;
}

/**
 * Returns the record in a file's text. A record of version 1, which has no checksum, is converted to the current form.
 * Unknown fields of a newer version are kept unchanged.
 * @returns undefined when the text is no record, is incomplete, belongs to another name, or was not written by this program
 */
export function decodeRecord(name: string, text: string): RawRecord | undefined {
  const whole = wholeRecord(name, text);
  const raw = whole?.version === 1 ? fromVersion1(whole) : whole;
  return raw && readRecord(raw) && name.startsWith(`${raw.request}-`) ? raw : undefined;
}

export function isOfNewerVersion(name: string, text: string): boolean {
  const whole = wholeRecord(name, text);
  return whole !== undefined && isNewer(whole);
}

/** Returns the fields of the text without its checksum; undefined when the checksum is wrong. */
function wholeRecord(name: string, text: string): RawRecord | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value.version !== 'number' || !(value.version >= 1)) return undefined;
  const { checksum, ...whole } = value;
  // Comparing the whole text also finds what does not show in the value, such as a field that occurs twice.
  if (value.version === VERSION) return encodeRecord(name, whole) === text ? whole : undefined;
  const isUnsigned = checksum === undefined && value.version === 1;
  return isUnsigned || checksum === checksumOf(name, whole) ? whole : undefined;
}

/** Returns the record with some fields changed. Its unknown fields stay, also those inside its credits. */
export function changeRecord(raw: RawRecord, { credits, ...fields }: Partial<RequestRecord>): RawRecord {
  const changed: RawRecord = { ...raw, ...(fields as JsonObject) };
  if (credits) changed.credits = { ...(isObject(raw.credits) ? raw.credits : {}), ...credits };
  return changed;
}

function isNewer({ version }: RawRecord): boolean {
  return Number(version) > VERSION;
}

function checksumOf(name: string, whole: JsonObject): string {
  return jsonHash([name, whole]);
}

/** Returns a record of version 1 in the current form: its field `intent` is the name of the request. */
function fromVersion1({ intent, ...record }: JsonObject): JsonObject {
  return { ...record, version: VERSION, request: intent ?? null };
}

/**
 * Returns the understood fields of a record. A field that is missing, or that a newer version writes differently, gets the
 * value that leads to no charge.
 * @returns undefined when a field is not understood that every use of the record needs
 */
export function readRecord(raw: RawRecord): RequestRecord | undefined {
  const isLenient = isNewer(raw);
  const record: JsonObject = {};
  for (const [name, { fits, otherwise }] of KNOWN) {
    const value = raw[name];
    if (fits(value)) record[name] = value!;
    else if (otherwise === undefined || (value !== undefined && !isLenient)) return undefined;
    else {
      const value = otherwise(raw);
      if (value !== undefined) record[name] = value;
    }
  }
  // An unknown phase may mean that the submit must not be retried.
  if (record.phase !== raw.phase) record.resubmitted = true;
  return record as unknown as RequestRecord;
}

/** Returns the fields of a record that `decodeRecord` let through, or that was changed since. */
export function understood(raw: RawRecord): RequestRecord {
  const record = readRecord(raw);
  if (!record) throw new Error('a record that cannot be understood');
  return record;
}

type Check = (value: Json | undefined) => boolean;

interface Field {
  fits: Check;
  /** Returns the value for a missing or not understood field. Absent: the record cannot be used without the field. */
  otherwise?: (raw: RawRecord) => Json | undefined;
}

const text: Check = (value) => typeof value === 'string' && value !== '';
const hex: Check = (value) => typeof value === 'string' && /^[0-9a-f]{12,64}$/.test(value);
const date: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const amount: Check = (value) => typeof value === 'number' && value >= 0;
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const nothing = () => null;
const absent = () => undefined;

const CREDITS = ['quoted', 'charged', 'refunded'];

const isFile: Check = (file) =>
  isObject(file) && text(file.path) && amount(file.bytes) && hex(file.sha256) && text(file.contentType);

const FIELDS: Record<keyof RequestRecord, Field> = {
  request: { fits: hex },
  provider: { fits: text },
  service: { fits: text },
  account: { fits: hex },
  owner: { fits: orNull(text), otherwise: nothing },
  model: { fits: text },
  payloadHash: { fits: hex },
  promptExcerpt: { fits: orNull(text), otherwise: nothing },
  idempotencyKey: { fits: isIdempotencyKey },
  phase: { fits: oneOf(PHASES), otherwise: ({ taskId }) => (taskId === null ? 'unknown' : 'submitted') },
  taskId: { fits: orNull((value) => typeof value === 'string' && TASK_ID.test(value)) },
  foundAlike: { fits: (value) => typeof value === 'boolean', otherwise: absent },
  status: { fits: oneOf(TASK_STATES), otherwise: () => 'UNKNOWN' },
  created: { fits: date },
  sentAt: { fits: date, otherwise: ({ created }) => created! },
  unsettledSince: { fits: date, otherwise: ({ created }) => created! },
  submitTimeout: { fits: orNull(amount), otherwise: nothing },
  resubmitted: {
    fits: (value) => typeof value === 'boolean',
    otherwise: ({ resubmitted }) => resubmitted !== undefined,
  },
  checked: { fits: orNull(date), otherwise: nothing },
  duration: { fits: orNull(amount), otherwise: nothing },
  delivered: { fits: orNull(date), otherwise: nothing },
  used: { fits: orNull(date), otherwise: nothing },
  wait: { fits: orNull(amount), otherwise: nothing },
  download: { fits: orNull(text), otherwise: nothing },
  output: { fits: orNull(text), otherwise: absent },
  ordinal: { fits: (value) => amount(value) && Number(value) >= 1, otherwise: absent },
  newRun: {
    fits: (value) => isObject(value) && date(value.began) && hex(value.lines),
    otherwise: absent,
  },
  fileCount: { fits: orNull(amount), otherwise: nothing },
  credits: {
    fits: (value) => isObject(value) && CREDITS.every((name) => orNull(amount)(value[name])),
    otherwise: () => ({ quoted: null, charged: null, refunded: null }),
  },
  files: { fits: (value) => Array.isArray(value) && value.every(isFile), otherwise: () => [] },
};

const KNOWN = Object.entries(FIELDS);
