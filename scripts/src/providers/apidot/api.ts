// APIDot, as its documentation (April 2026), its official examples and its published skills (up to July 2026) show it.
// No call was ever made. Facts and gaps: references/apidot-api.md.

import type { HttpRequest } from '../../http/http-client.ts';
import type { ErrorCode, Failure } from '../../model/failure.ts';
import { compact, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Task } from '../../model/task.ts';
import { plain } from '../../model/text.ts';
import { type Answered, callOf, jsonRequest, RECORD } from '../call.ts';
import { codeOfStatus, errorAnswer, unreadable } from '../error-answer.ts';
import type { Provider, ProviderSettings, TaskStatus } from '../provider.ts';
import { addUrl, checkId, firstText, isSet, isTaskId, objectIn, stateIn } from '../read-answer.ts';
import { unsupported } from '../unsupported.ts';
import { APIDOT } from './definition.ts';

/** The names of the error tables (documentation of April 2026), and `error.type` of the sample bodies. */
const CODES: Record<string, ErrorCode> = {
  invalid_request: 'INVALID_PAYLOAD',
  invalid_request_error: 'INVALID_PAYLOAD',
  authentication_error: 'AUTH_FAILED',
  insufficient_credits: 'INSUFFICIENT_CREDITS',
  rate_limited: 'RATE_LIMITED',
};

/** `file_url` is in the status answer, the others are in the music detail. What is wanted most comes first. */
const URL_FIELDS = [
  'file_url',
  'audio_url',
  'wav_url',
  'video_url',
  'image_url',
  'vocals_url',
  'instrumental_url',
  'midi_url',
];

// More files than any example shows.
const MOST_FILES = 50;

/** Returns the requests of APIDot and the readers of its answers. */
export function apidot(settings: ProviderSettings): Provider {
  const { baseUrl, key } = settings;
  const request = (method: HttpRequest['method'], path: string, body?: JsonObject) => {
    const url = `${baseUrl.href.replace(/\/+$/, '')}/api/generate/${path}`;
    return jsonRequest(method, url, { authorization: `Bearer ${key}` }, body);
  };
  const refuse = (action: string) => () => {
    throw unsupported(APIDOT, action);
  };
  // Inputs are addresses only, and no example echoes them: a record is small.
  const read = (path: string, taskId: string) =>
    callOf('task', request('GET', path), settings, (at) => taskIn(bodyOf(at), taskId, at));
  // One request is both: its answer holds the state, and the files once there are any.
  const status = (taskId: string) => read(`status/${encodeURIComponent(taskId)}`, taskId);

  return {
    ...APIDOT,

    // No header for an idempotency key or for a limit of credits is documented.
    submit({ model, payload, idempotencyKey, webhookUrl }) {
      const body = compact({ model, input: payload, callback_url: webhookUrl });
      const read = (at: Answered): Task => {
        const body = bodyOf(at);
        const { task_id: id, ...data } = dataOf(body);
        if (!isTaskId(id, key)) throw errorIn(body, at, 'names no task');
        const task = taskFrom({ ...data, status: data.status ?? 'not_started' }, id, body);
        return { ...task, model, idempotencyKey };
      };
      return callOf('submit', request('POST', 'submit', body), settings, read, RECORD);
    },

    status,
    task: status,
    detail: (taskId) => read(`detail/music?task_id=${encodeURIComponent(taskId)}`, taskId),

    cancel: refuse('cancelTask'),
    list: refuse('listTasks'),
    quote: refuse('quote'),
    account: refuse('account'),
  };
}

function bodyOf(at: Answered): JsonObject {
  const body = objectIn(at, errorOf);
  if (errorNumber(body) !== undefined) throw errorOf(body, at);
  return body;
}

/** Returns the task of a status or music detail answer. A record with a missing or unusable id is still the requested one. */
function taskIn(body: JsonObject, taskId: string, at: Answered): Task & TaskStatus {
  const data = dataOf(body);
  const task = taskFrom(data, taskId, body);
  checkId(data.task_id, taskId, at);
  // A record that names its result but no state is still a result.
  if (typeof data.status === 'string' || task.urls.length > 0) return task;
  throw errorIn(body, at, 'tells no status');
}

/** Returns the failure of an error answer without a number, or of an answer in an unknown form. */
function errorIn(body: JsonObject, at: Answered, what: string): Failure {
  const isError = isObject(body.error) || firstText(body.error, body.detail) !== undefined;
  return isError ? errorOf(body, at) : unreadable(at, what);
}

/** A number in the body counts as much as the HTTP status, as for the official clients; a fault of the server outweighs any body. */
function errorOf(body: JsonObject, at: Answered): Failure {
  const { answer, kind, settings } = at;
  const number = errorNumber(body);
  const isStatus = number !== undefined && number >= 400 && number < 600;
  const isPlain = answer.status < 300 || (answer.status >= 400 && answer.status < 500);
  const status = isStatus && isPlain ? number : answer.status;
  const error = isObject(body.error) ? body.error : {};
  const words = firstText(error.message, body.message, body.detail, body.error);
  const said = number === undefined || isStatus ? words : `code ${number}${words ? `: ${words}` : ''}`;
  const name = firstText(error.type);
  const code = name && Object.hasOwn(CODES, name) && status < 500 ? CODES[name]! : codeOfStatus(status, kind);
  const failure = errorAnswer({ code, status, said }, at);
  if (kind !== 'submit') return failure;
  const { task_id: id } = dataOf(body);
  // Neither a clear rejection nor a task; or both, and then the task exists.
  if (isTaskId(id, settings.key)) return failure.with({ unclear: true, taskId: id });
  // Any value in the place of an id means that there may be a task.
  return isSet(id) || (status < 300 && code === 'UNKNOWN_ERROR') ? failure.with({ unclear: true }) : failure;
}

/** `code` where it says "error": any finite number other than 0 and 200, as the official examples judge it. */
function errorNumber({ code }: JsonObject): number | undefined {
  return typeof code === 'number' && Number.isFinite(code) && code !== 0 && code !== 200 ? code : undefined;
}

function dataOf({ data }: JsonObject): JsonObject {
  return isObject(data) ? data : {};
}

/** `credits_amount` is left in the record: whether it is what was charged is not documented. */
function taskFrom(data: JsonObject, id: string, record: JsonObject): Task & TaskStatus {
  const { status, progress } = data;
  const known = typeof status === 'string' ? stateIn(APIDOT.states, status) : { state: 'UNKNOWN' as const };
  const error = firstText(data.error_message);
  return {
    id,
    ...known,
    createdAt: timeOf(data.created_time),
    progress: typeof progress === 'number' && progress >= 0 && progress <= 100 ? progress : undefined,
    error: known.state === 'FAILED' && error !== undefined ? plain(error) : undefined,
    urls: known.state === 'COMPLETED' || typeof status !== 'string' ? urlsOf(data) : [],
    record,
  };
}

/** Milliseconds since the epoch. No sample names a time zone, and none is documented: without one it is no time. */
function timeOf(text: Json | undefined): number | undefined {
  if (typeof text !== 'string' || !/T.*(Z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** Sound before its pictures and parts. The public examples show `output.files`; the website's client and the music detail `files`. */
function urlsOf(data: JsonObject): string[] {
  const found = new Set<string>();
  for (const list of [isObject(data.output) ? data.output.files : undefined, data.files]) {
    const files = Array.isArray(list) ? list.slice(0, MOST_FILES).filter(isObject) : [];
    for (const field of URL_FIELDS) for (const file of files) addUrl(file[field], found);
    if (found.size > 0) break;
  }
  return [...found];
}
