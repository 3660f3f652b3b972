import path from 'node:path';
import { systemClock } from '../../model/clock.ts';
import { nameProblem } from '../../model/file-name-rule.ts';
import { isIdempotencyKey } from '../../model/idempotency-key.ts';
import { type Issue, issue } from '../../model/issue.ts';
import { nearest } from '../../model/nearest.ts';
import { OUTPUT_KINDS } from '../../model/output-kind.ts';
import { TASK_ID, TASK_STATES } from '../../model/task.ts';
import { plain } from '../../model/text.ts';
import { inQuotes } from '../refused.ts';
import { parseSince, SINCE_EXPECTED } from './since.ts';

/** A number, as digits. A hint names no other number than the one that was given. */
interface NumberValue {
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
interface ChoiceValue {
  kind: 'choice';
  of: readonly string[];
  /** What people call them. */
  alsoCalled?: Readonly<Record<string, string>>;
  /** The case of its letters does not count. */
  anyCase?: boolean;
  fallback?: string;
}

/** Text; `accepts` decides, and `expected` and `hint` are its words. */
interface TextValue {
  kind: 'text';
  accepts: (text: string) => boolean;
  expected: string;
  hint: string;
}

export type FlagValue = NumberValue | ChoiceValue | TextValue;

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
  accepts: (text) => parseSince(text, systemClock.wall()) !== undefined,
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
    issues.push(issue(`--${flag}`, expected, inQuotes(text), hint));
  };
  switch (value.kind) {
    case 'number': {
      const { min, max, whole = false, hint } = value;
      const isAllowed = (one: number) => one >= min && one <= max && (!whole || Number.isInteger(one));
      const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
      if (isAllowed(number)) return number;
      const meant = numberMeant(text, value);
      const right = isAllowed(meant) ? `write --${flag} ${meant}` : hint;
      return refuse(`a${whole ? ' whole' : ''} number from ${min} to ${max}`, right);
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

/** Returns the number that a text certainly means, such as `15credits`, `1,500` or `10m`; else NaN. A currency is no credit. */
function numberMeant(text: string, { whole = false, units = {} }: NumberValue): number {
  const [, digits = '', word = ''] = /^\s*(\d[\d,.]*)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const worth = word === '' ? 1 : Object.hasOwn(units, word.toLowerCase()) && units[word.toLowerCase()];
  if (worth === false || worth === undefined) return Number.NaN;
  // Between thousands a comma is certain only where there are no fractions.
  const plainDigits = whole && /^[1-9]\d{0,2}(,\d{3})+$/.test(digits) ? digits.replaceAll(',', '') : digits;
  return /^\d+(\.\d+)?$/.test(plainDigits) ? Number(plainDigits) * worth : Number.NaN;
}
