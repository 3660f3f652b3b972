import { nearest } from '../contracts/nearest.ts';
import type { Issue } from '../model/failure.ts';
import type { ChoiceValue, NumberValue } from './flag-values.ts';
import { type FlagName, rule } from './flags.ts';
import { issue, quote } from './issue.ts';
import type { Given } from './read-flags.ts';

/** Returns the value of a flag if the table allows it, else undefined and an issue. An empty value has its issue already. */
export function textOf(given: Given, name: FlagName, issues: Issue[]): string | undefined {
  const text = given.get(name);
  const value = rule(name).value ?? { kind: 'text' };
  if (text === undefined || text === '') return text;
  if (value.kind === 'choice') return choice(name, text, value, issues);
  if (value.kind === 'text' && value.accepts?.(text) === false) {
    issues.push(issue(`--${name}`, value.expected!, quote(text), value.hint!));
    return undefined;
  }
  return text;
}

/** Returns the number of a flag if the table allows it; its default, if it has one, where it was not given. */
export function numberOf(given: Given, name: FlagName, issues: Issue[]): number | undefined {
  const text = given.get(name);
  const flag = rule(name).value as NumberValue;
  const { min, max, whole = false, hint, default: usual } = flag;
  if (text === undefined || text === '') return usual;
  const isAllowed = (value: number) => value >= min && value <= max && (!whole || Number.isInteger(value));
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (isAllowed(value)) return value;
  const kind = whole ? 'a whole number' : 'a number';
  const meant = numberMeant(text, flag);
  const right = isAllowed(meant) ? `write --${name} ${meant}` : hint;
  issues.push(issue(`--${name}`, `${kind} from ${min} to ${max}`, quote(text), right));
  return usual;
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

function choice(
  name: FlagName,
  text: string,
  { of, alsoCalled = {}, anyCase = false, fallback }: ChoiceValue,
  issues: Issue[],
): string | undefined {
  if (of.includes(text)) return text;
  const lower = text.toLowerCase();
  const same = anyCase ? of.find((one) => one.toLowerCase() === lower) : undefined;
  if (same !== undefined) return same;
  const meant = Object.hasOwn(alsoCalled, lower) ? alsoCalled[lower] : undefined;
  const close = meant ?? nearest(text, of) ?? nearest(lower, of) ?? fallback;
  const hint = close ? `write --${name} ${close}` : `run with --help to see the ${name}s`;
  issues.push(issue(`--${name}`, `one of ${of.join(', ')}`, quote(text), hint));
  return undefined;
}
