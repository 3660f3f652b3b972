import type { AnswerLimits, Call } from '../http/api.ts';
import { type HttpAnswer, type HttpRequest, USER_AGENT } from '../http/http-client.ts';
import { JsonBody } from '../http/json.ts';
import type { JsonObject } from '../model/json.ts';
import type { ProviderSettings } from './provider.ts';

/** Only a submit that is lost may have been charged; only its payload and that of a quote can be wrong; only a task is "not found". */
export type Kind = 'submit' | 'quote' | 'task' | 'other';

const MB = 1024 * 1024;

/** A state, a price: some hundred bytes. */
const SMALL: AnswerLimits = { bytes: MB, values: 10_000 };
/** The record of a task. It may echo a base64 image in full. A smaller limit could lose the task that an answer names. */
export const RECORD: AnswerLimits = { bytes: 32 * MB, values: 10_000 };
/** A list of records, without pages: some 10,000 of the 16 values that a documented record has. */
export const LIST: AnswerLimits = { bytes: 32 * MB, values: 500_000 };

export interface Answered {
  request: HttpRequest;
  answer: HttpAnswer;
  kind: Kind;
  settings: Pick<ProviderSettings, 'key' | 'now'>;
}

/** Returns a request with JSON in both directions. @param own headers that this service wants beside those of every request, such as the key */
export function jsonRequest(
  method: HttpRequest['method'],
  url: string,
  own: Record<string, string>,
  body?: JsonObject,
): HttpRequest {
  const headers = { ...own, accept: 'application/json', 'user-agent': USER_AGENT };
  if (!body) return { method, url: new URL(url), headers };
  const typed = { ...headers, 'content-type': 'application/json' };
  return { method, url: new URL(url), headers: typed, body: new JsonBody(body) };
}

/** Returns a call to a service: its request, how large the answer may be, and how it is read. */
export function callOf<T>(
  kind: Kind,
  request: HttpRequest,
  settings: Answered['settings'],
  read: (at: Answered) => T,
  limits: AnswerLimits = SMALL,
): Call<T> {
  return { request, limits, read: (answer) => read({ request, answer, kind, settings }) };
}
