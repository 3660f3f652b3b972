import { isObject, type Json, type JsonObject } from '../types/json.ts';
import { TASK_ID, TASK_STATES, type TaskState } from '../types/task.ts';

/** Where a wish stands between us and the service. */
export const PHASES = [
  /** The request may be on its way. */
  'submitting',
  /** Nobody could tell whether it was taken. */
  'unknown',
  /** The service gave it a task. */
  'submitted',
  /** Its outcome is not known, and a person has decided to go on without it. */
  'abandoned',
] as const;

export type Phase = (typeof PHASES)[number];

/** Credits as the service reported them; null where it did not. */
export interface Credits {
  quoted: number | null;
  charged: number | null;
  refunded: number | null;
}

/** A file that was saved. */
export interface RecordedFile {
  /** Absolute. */
  path: string;
  bytes: number;
  sha256: string;
  contentType: string;
}

/** What is kept of one wish. Never a prompt, an address of media or of a callback, or a key. */
export interface WishRecord {
  intent: string;
  provider: string;
  /** The address of the service. */
  service: string;
  account: string;
  owner: string | null;
  model: string;
  payloadHash: string;
  idempotencyKey: string;
  phase: Phase;
  taskId: string | null;
  status: TaskState;
  /** Dates by the local wall clock, in ISO form. */
  created: string;
  checked: string | null;
  delivered: string | null;
  /** The absolute path of the folder that its files were wanted in. */
  download: string | null;
  credits: Credits;
  files: RecordedFile[];
}

const VERSION = 1;
const INNER = ['quoted', 'charged', 'refunded', 'path', 'bytes', 'sha256', 'contentType'];

export function writeRecord(record: WishRecord): string {
  // In the order of the table, whichever way the record came about.
  return `${JSON.stringify({ version: VERSION, ...record }, ['version', ...Object.keys(FIELDS), ...INNER], 2)}\n`;
}

/** The record in a file's text; undefined when it is none, or not whole. */
export function readRecord(text: string): WishRecord | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.version !== VERSION) return undefined;
  const { version, ...record } = value;
  const fits = (Object.keys(FIELDS) as (keyof WishRecord)[]).every((name) =>
    FIELDS[name]((record as JsonObject)[name]),
  );
  return fits ? (record as unknown as WishRecord) : undefined;
}

type Check = (value: Json | undefined) => boolean;

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

const FIELDS: Record<keyof WishRecord, Check> = {
  intent: hex,
  provider: text,
  service: text,
  account: hex,
  owner: orNull(text),
  model: text,
  payloadHash: hex,
  idempotencyKey: text,
  phase: oneOf(PHASES),
  taskId: orNull((value) => typeof value === 'string' && TASK_ID.test(value)),
  status: oneOf(TASK_STATES),
  created: date,
  checked: orNull(date),
  delivered: orNull(date),
  download: orNull(text),
  credits: (value) =>
    isObject(value) && ['quoted', 'charged', 'refunded'].every((name) => orNull(amount)(value[name])),
  files: (value) =>
    Array.isArray(value) &&
    value.every(
      (file) =>
        isObject(file) && text(file.path) && amount(file.bytes) && hex(file.sha256) && text(file.contentType),
    ),
};
