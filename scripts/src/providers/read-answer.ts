// Reads answers defensively: the part that is the same for every service.

import { parseBody } from '../http/json.ts';
import type { Failure } from '../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { TASK_ID } from '../model/task.ts';
import { urlOf } from '../model/url.ts';
import type { Answered } from './call.ts';
import { unreadable } from './error-answer.ts';
import type { Profile, TaskStatus } from './provider.ts';

/** Returns the JSON object of an answer with a good status. @throws Failure, by `errorOf` for any other status */
export function objectIn(at: Answered, errorOf: (body: JsonObject, at: Answered) => Failure): JsonObject {
  const { status, body: bytes } = at.answer;
  const body = parseBody(bytes);
  const isGood = status >= 200 && status < 300;
  if (isGood && isObject(body)) return body;
  throw isGood ? unreadable(at, 'is not a JSON object') : errorOf(isObject(body) ? body : {}, at);
}

/** @throws Failure when an answer names another task than the requested one */
export function checkId(id: Json | undefined, taskId: string, at: Answered): void {
  if (typeof id === 'string' && id !== '' && id !== taskId) throw unreadable(at, 'is about another task');
}

/** Returns the state that a service's word stands for; UNKNOWN, with the word, where it is not one of its words. */
export function stateIn(states: Profile['states'], word: string): Pick<TaskStatus, 'state' | 'unknownState'> {
  const known = word.trim().toLowerCase();
  if (Object.hasOwn(states, known)) return { state: states[known]! };
  return { state: 'UNKNOWN', unknownState: nameIn(word.trim()) ?? '(not a word)' };
}

/** Tells whether a field is there and not null. */
export function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

/** Returns the first of some fields that is a text, and not empty. */
export function firstText(...values: (Json | undefined)[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}

/** An id that contains the API key would put it into file names, records and output. */
export function isTaskId(id: Json | undefined, key: string): id is string {
  return typeof id === 'string' && TASK_ID.test(id) && !id.toLowerCase().includes(key.toLowerCase());
}

/** Returns a service's name, such as that of a model, if it is a name and no sentence. */
export function nameIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' && /^[\w][\w./:-]{0,79}$/.test(value) ? value : undefined;
}

/** Adds the value to what was found when it is an address that can be fetched; anything else is passed over. */
export function addUrl(value: Json | undefined, found: Set<string>): void {
  const url = typeof value === 'string' && /^https?:\/\//i.test(value) ? urlOf(value) : undefined;
  if (url) found.add(url.href);
}
