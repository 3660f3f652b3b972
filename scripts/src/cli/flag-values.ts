import path from 'node:path';
import { nameProblem } from '../model/file-name-rule.ts';
import { isIdempotencyKey } from '../model/idempotency-key.ts';
import { OUTPUT_KINDS } from '../model/output-kind.ts';
import { TASK_ID, TASK_STATES } from '../model/task.ts';
import { plain } from '../model/text.ts';
import { parseSince, SINCE_EXPECTED } from './since.ts';

/** A number, as digits. A hint names no other number than the one that was given. */
export interface NumberValue {
  kind: 'number';
  min: number;
  max: number;
  whole?: boolean;
  /** What a word behind the number is worth; absent: no word is understood. */
  units?: Readonly<Record<string, number>>;
  /** What to write where it is not certain which number was meant. */
  hint: string;
  default?: number;
}

/** One of a list. Without `fallback` a word that is like none of them is sent to `--help`. */
export interface ChoiceValue {
  kind: 'choice';
  of: readonly string[];
  /** What people call them. */
  alsoCalled?: Readonly<Record<string, string>>;
  /** The case of its letters does not count. */
  anyCase?: boolean;
  fallback?: string;
}

/** Text; `accepts` decides, and `expected` and `hint` are its words. Absent: any text. */
export interface TextValue {
  kind: 'text';
  accepts?: (text: string) => boolean;
  expected?: string;
  hint?: string;
}

export const SECONDS = unitsOf([
  [1, 's sec secs second seconds'],
  [60, 'm min mins minute minutes'],
  [3600, 'h hour hours'],
]);

function unitsOf(words: readonly [worth: number, words: string][]): Record<string, number> {
  return Object.fromEntries(words.flatMap(([worth, all]) => all.split(' ').map((word) => [word, worth])));
}

export const credits: NumberValue = {
  kind: 'number',
  min: 0,
  max: 1_000_000_000,
  whole: true,
  units: unitsOf([[1, 'credit credits']]),
  hint: 'write the limit that the user gave, in credits, as a whole number',
};
export const taskId: TextValue = {
  kind: 'text',
  accepts: (text) => TASK_ID.test(text),
  expected: 'the id as the service gave it: letters, digits and . _ : ~ - (at most 200 characters)',
  hint: 'take taskId from the envelope of the submit, or from --action listPending',
};
export const owner: TextValue = {
  kind: 'text',
  accepts: (text) => text.length <= 200 && plain(text, 200) === text,
  expected: 'at most 200 characters in one line',
  hint: 'write for example --owner user-42',
};
export const idempotencyKey: TextValue = {
  kind: 'text',
  accepts: isIdempotencyKey,
  expected: '8 to 128 visible ASCII characters without spaces',
  hint: 'choose for example --idempotencyKey lighthouse-0001',
};
export const since: TextValue = {
  kind: 'text',
  accepts: (text) => parseSince(text, Date.now()) !== undefined,
  expected: SINCE_EXPECTED,
  hint: 'write for example --since 7d, for today and the six days before',
};
export const status: ChoiceValue = {
  kind: 'choice',
  of: ['running', ...TASK_STATES],
  anyCase: true,
  alsoCalled: {
    pending: 'running',
    done: 'COMPLETED',
    finished: 'COMPLETED',
    succeeded: 'COMPLETED',
    canceled: 'CANCEL',
    cancelled: 'CANCEL',
    error: 'FAILED',
  },
  fallback: 'running',
};
export const kind: ChoiceValue = {
  kind: 'choice',
  of: OUTPUT_KINDS,
  alsoCalled: { '3d': 'model3d', model: 'model3d', music: 'audio', sound: 'audio', picture: 'image' },
  fallback: OUTPUT_KINDS[0],
};
export const output: TextValue = {
  kind: 'text',
  accepts: (text) => nameProblem(path.basename(text)) === null && !/[/\\]$/.test(text),
  expected: 'the name of a file, with or without its folder',
  hint: 'write for example --output out/lighthouse.mp4; a folder alone is --download',
};
