import { isUtf8 } from 'node:buffer';
import { stemOfOutput } from '../../download/names.ts';
import { nameProblem } from '../../model/file-name-rule.ts';
import { type Issue, issue } from '../../model/issue.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { nearest } from '../../model/nearest.ts';
import { DuplicateName } from '../../model/strict-json.ts';
import { inQuotes } from '../refused.ts';
import { kindOf } from '../request/payload.ts';
import { parseJson, textOf } from './line-text.ts';
import type { Source } from './source.ts';

/** What a line says. */
export interface ParsedLine {
  name: string | null;
  /** Absent: the model of the command. */
  model?: string | undefined;
  payload: JsonObject;
  image?: string | undefined;
  /** The prompt of a line of text. */
  prompt?: string | undefined;
}

const FIELDS = ['name', 'model', 'payload', 'image'];

/**
 * Reads a line of a batch. What is wrong with it goes to `issues`, by paths inside of the line; then null is returned,
 * unless the rest of the line can still be checked.
 */
export function parseLine(bytes: Buffer, format: Source['format'], issues: Issue[]): ParsedLine | null {
  const refuse: Refuse = (...said) => {
    issues.push(issue(...said));
    return null;
  };
  if (!isUtf8(bytes)) return refuse('', 'UTF-8 text', 'bytes that are none', 'save the file as UTF-8');
  if (format === 'txt') return { name: null, payload: {}, prompt: textOf(bytes).trim() };
  const value = objectIn(bytes, refuse);
  if (value === null) return null;
  for (const field of Object.keys(value).filter((name) => !FIELDS.includes(name))) {
    const close = nearest(field, FIELDS);
    const hint = close ? `write "${close}"` : `put it into "payload": {"payload":{"${field}":…}}`;
    refuse(field, `one of ${FIELDS.join(', ')}`, 'an unknown field', hint);
  }
  const { payload = {} } = value;
  if (!isObject(payload))
    return refuse('payload', 'a JSON object', kindOf(payload), 'write the fields in braces');
  const [model, image] = [textField(value, 'model', refuse), textField(value, 'image', refuse)];
  return { name: nameField(value, refuse), payload, model, image };
}

/** Adds an issue. */
type Refuse = (...said: Parameters<typeof issue>) => null;

function objectIn(bytes: Buffer, refuse: Refuse): JsonObject | null {
  const hint = 'write one object into each line, for example {"payload":{"prompt":"a lighthouse at dawn"}}';
  let value: Json;
  try {
    value = parseJson(bytes);
  } catch (error) {
    if (error instanceof DuplicateName)
      return refuse(error.path, 'each field once', 'the same field twice', 'leave one of them out');
    const position = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    const at = position ? ` at ${position}` : '';
    return refuse('', 'a JSON object', `text that is no JSON${at}: ${inQuotes(textOf(bytes))}`, hint);
  }
  return isObject(value) ? value : refuse('', 'a JSON object', kindOf(value), hint);
}

function textField(line: JsonObject, field: string, refuse: Refuse): string | undefined {
  const value = line[field];
  if (value === undefined || (typeof value === 'string' && value !== '')) return value as string | undefined;
  return refuse(field, 'a text', kindOf(value), `write "${field}":"…", or leave it out`) ?? undefined;
}

function nameField(line: JsonObject, refuse: Refuse): string | null {
  const given = textField(line, 'name', refuse);
  if (given === undefined) return null;
  const name = stemOfOutput(given);
  const problem = nameProblem(given) ?? nameProblem(name);
  return problem === null ? name : refuse('name', 'a file name', inQuotes(given), problem);
}
