import path from 'node:path';
import { nearest } from '../../contracts/nearest.ts';
import type { Issue } from '../../model/failure.ts';
import { nameProblem } from '../../model/file-name-rule.ts';
import { isIdempotencyKey } from '../../model/idempotency-key.ts';
import { OUTPUT_KINDS } from '../../model/output-kind.ts';
import { TASK_ID, TASK_STATES } from '../../model/task.ts';
import { plain } from '../../model/text.ts';
import { issue, quote } from '../issue.ts';
import { parseSince, SINCE_EXPECTED } from './since.ts';

/** A number; `such` is one that a hint may name. */
export interface NumberValue {
  kind: 'number';
  min: number;
  max: number;
  whole?: boolean;
  such: number;
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

/** Text; `accepts` decides, and `expected` and `hint` are its words. */
export interface TextValue {
  kind: 'text';
  accepts: (text: string) => boolean;
  expected: string;
  hint: string;
}

export type FlagValue = NumberValue | ChoiceValue | TextValue;

export const credits: NumberValue = { kind: 'number', min: 0, max: 1_000_000_000, whole: true, such: 100 };
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

/** Returns the value of a flag if the table allows it, else undefined and an issue. */
export function readValue(
  flag: string,
  text: string,
  value: FlagValue,
  issues: Issue[],
): string | number | undefined {
  const refuse = (expected: string, hint: string): undefined => {
    issues.push(issue(`--${flag}`, expected, quote(text), hint));
  };
  switch (value.kind) {
    case 'number': {
      const { min, max, whole = false, such } = value;
      const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
      if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
      return refuse(`a${whole ? ' whole' : ''} number from ${min} to ${max}`, `write --${flag} ${such}`);
    }
    case 'choice': {
      const { of, alsoCalled = {}, anyCase, fallback } = value;
      const lower = text.toLowerCase();
      const same = of.find((one) => one === text || (anyCase && one.toLowerCase() === lower));
      if (same !== undefined) return same;
      const meant = Object.hasOwn(alsoCalled, lower) ? alsoCalled[lower] : undefined;
      const close = meant ?? nearest(text, of) ?? nearest(lower, of) ?? fallback;
      const hint = close ? `write --${flag} ${close}` : `run with --help to see the ${flag}s`;
      return refuse(`one of ${of.join(', ')}`, hint);
    }
    case 'text':
      return value.accepts(text) ? text : refuse(value.expected, value.hint);
  }
}
