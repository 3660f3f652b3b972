import { isUtf8 } from 'node:buffer';
import { stemOfOutput } from '../../download/names.ts';
import type { Issue } from '../../model/failure.ts';
import { nameProblem } from '../../model/file-name-rule.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { nearest } from '../../model/nearest.ts';
import { DuplicateName } from '../../model/strict-json.ts';
import { inQuotes, issue } from '../issue.ts';
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
  if (!isUtf8(bytes)) {
    issues.push(issue('', 'UTF-8 text', 'bytes that are none', 'save the file as UTF-8'));
    return null;
  }
  if (format === 'txt') return { name: null, payload: {}, prompt: textOf(bytes).trim() };
  const value = objectIn(bytes, issues);
  if (value === null) return null;
  for (const field of Object.keys(value).filter((name) => !FIELDS.includes(name))) {
    const close = nearest(field, FIELDS);
    const hint = close ? `write "${close}"` : `put it into "payload": {"payload":{"${field}":…}}`;
    issues.push(issue(field, `one of ${FIELDS.join(', ')}`, 'an unknown field', hint));
  }
  const { payload = {} } = value;
  if (!isObject(payload)) {
    issues.push(issue('payload', 'a JSON object', kindOf(payload), 'write the fields in braces'));
    return null;
  }
  const [model, image] = [textField(value, 'model', issues), textField(value, 'image', issues)];
  return { name: nameField(value, issues), payload, model, image };
}

function objectIn(bytes: Buffer, issues: Issue[]): JsonObject | null {
  const hint = 'write one object into each line, for example {"payload":{"prompt":"a lighthouse at dawn"}}';
  let value: Json;
  try {
    value = parseJson(bytes);
  } catch (error) {
    if (error instanceof DuplicateName) {
      issues.push(issue(error.path, 'each field once', 'the same field twice', 'leave one of them out'));
      return null;
    }
    const position = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    const at = position ? ` at ${position}` : '';
    issues.push(issue('', 'a JSON object', `text that is no JSON${at}: ${inQuotes(textOf(bytes))}`, hint));
    return null;
  }
  if (isObject(value)) return value;
  issues.push(issue('', 'a JSON object', kindOf(value), hint));
  return null;
}

function textField(line: JsonObject, field: string, issues: Issue[]): string | undefined {
  const value = line[field];
  if (value === undefined || (typeof value === 'string' && value !== '')) return value as string | undefined;
  issues.push(issue(field, 'a text', kindOf(value), `write "${field}":"…", or leave it out`));
  return undefined;
}

function nameField(line: JsonObject, issues: Issue[]): string | null {
  const given = textField(line, 'name', issues);
  if (given === undefined) return null;
  const name = stemOfOutput(given);
  const problem = nameProblem(given) ?? nameProblem(name);
  if (problem === null) return name;
  issues.push(issue('name', 'a file name', inQuotes(given), problem));
  return null;
}

function kindOf(value: Json | undefined): string {
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
