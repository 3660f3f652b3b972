// AIVideoMaker API v1, as its public documents and recorded runs showed it up to 2026-09-17.

import type { AnswerLimits, Call } from '../../http/api.ts';
import type { HttpRequest } from '../../http/http-client.ts';
import type { ErrorCode, Failure } from '../../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { withoutApiPath } from '../../model/service-address.ts';
import type { Task } from '../../model/task.ts';
import { plain } from '../../model/text.ts';
import { type Answered, callOf, jsonRequest, type Kind, LIST, RECORD } from '../call.ts';
import { codeOfStatus, errorAnswer, unreadable } from '../error-answer.ts';
import type { Provider, ProviderSettings, TaskStatus } from '../provider.ts';
import { checkId, firstText, isSet, isTaskId, nameIn, objectIn, stateIn } from '../read-answer.ts';
import { AIVIDEOMAKER } from './definition.ts';
import { findUrls } from './find-urls.ts';

// Codes that the service is known to send (OpenAPI 1.0.15 and runs of 2026-09), and the status of those it does not name.
// They are ours too.
const CODES = [
  'AUTH_FAILED',
  'INVALID_MODEL',
  'INVALID_PAYLOAD',
  'INSUFFICIENT_CREDITS',
  'RATE_LIMITED',
  'TASK_NOT_FOUND',
  'IDEMPOTENCY_CONFLICT',
  'BUDGET_EXCEEDED',
] as const satisfies ErrorCode[];

const codeNamed = (name: unknown): ErrorCode | undefined => CODES.find((code) => code === name);

// Far more than the eight that it had in September 2026.
const MOST_MODELS = 200;

/** Returns the requests of AIVideoMaker and the readers of its answers. */
export function aivideomaker(settings: ProviderSettings): Provider {
  const { baseUrl, key } = settings;
  const { apiPath = '' } = AIVIDEOMAKER;
  const root = `${withoutApiPath(baseUrl, apiPath)}${apiPath}`;
  const request = (method: HttpRequest['method'], path: string, body?: JsonObject) =>
    jsonRequest(method, `${root}/${path}`, { key }, body);
  const call = <T>(
    kind: Kind,
    req: HttpRequest,
    read: (body: JsonObject, at: Answered) => T,
    limits?: AnswerLimits,
  ): Call<T> => callOf(kind, req, settings, (at) => read(objectIn(at, errorOf), at), limits);

  return {
    ...AIVIDEOMAKER,

    submit({ model, payload, idempotencyKey, maxCredits, webhookUrl }) {
      const req = request('POST', `generate/${encodeURIComponent(model)}`, payload);
      req.headers['idempotency-key'] = idempotencyKey;
      if (maxCredits !== undefined) req.headers['x-max-credits'] = String(maxCredits);
      if (webhookUrl !== undefined) req.headers.webhookUrl = webhookUrl;
      const read = (body: JsonObject, at: Answered): Task => {
        const task = taskFrom({ status: 'SUBMITTED', ...body }, body.taskId ?? body.id, key);
        if (task) return { ...task, model, idempotencyKey, record: body };
        if (!saysFailed(body) && !namesError(body)) throw unreadable(at, 'names no task');
        const failure = errorOf(body, at);
        // Any value in the place of an id means that there may be a task.
        throw isSet(body.id) ? failure.with({ unclear: true }) : failure;
      };
      return call('submit', req, read, RECORD);
    },

    status(taskId) {
      return call('task', request('GET', `tasks/${encodeURIComponent(taskId)}/status`), (body, at) => {
        if (typeof body.status !== 'string') throw errorIn(body, at);
        const seen: TaskStatus = { ...stateOf(body.status), record: body };
        // A bare FAILED is the task's state. With a code or a message beside it, it may be the error form.
        if (seen.state !== 'FAILED' || !looksLikeError(body)) {
          checkId(body.id ?? body.taskId, taskId, at);
          return seen;
        }
        const failure = errorOf(body, at);
        if (['AUTH_FAILED', 'RATE_LIMITED', 'TASK_NOT_FOUND'].includes(failure.code)) throw failure;
        return { ...seen, possibleError: failure };
      });
    },

    task(taskId) {
      const read = (body: JsonObject, at: Answered): Task => {
        // The error form has none of a record's fields. A record whose id is missing or odd is still the one asked for.
        const isRecord = ['id', 'input', 'output'].some((name) => isSet(body[name]));
        const isTask = isRecord || (isSet(body.taskId) && !looksLikeError(body));
        const task = isTask ? taskFrom(body, taskId, key) : undefined;
        if (!task) throw errorIn(body, at);
        checkId(body.id ?? body.taskId, taskId, at);
        return task;
      };
      return call('task', request('GET', `tasks/${encodeURIComponent(taskId)}`), read, RECORD);
    },

    cancel(taskId) {
      return call('task', request('PUT', `tasks/${encodeURIComponent(taskId)}/cancel`), (body, at) => {
        if (typeof body.status !== 'string' || (saysFailed(body) && looksLikeError(body)))
          throw errorIn(body, at);
        checkId(body.id ?? body.taskId, taskId, at);
        return { ...stateOf(body.status), record: body };
      });
    },

    list() {
      const read = (body: JsonObject, at: Answered) => {
        if (!Array.isArray(body.tasks)) throw errorIn(body, at);
        const tasks = body.tasks.flatMap((item) =>
          isObject(item) ? (taskFrom(item, item.id, key) ?? []) : [],
        );
        const unread = body.tasks.length - tasks.length;
        return { tasks, unread, serverTime: dateIn(at.answer.headers.date) ?? null, record: body };
      };
      return call('other', request('GET', 'tasks'), read, LIST);
    },

    quote(model, payload) {
      const req = request('POST', `quote/${encodeURIComponent(model)}`, payload);
      return call('quote', req, (body, at) => {
        if (!isCredits(body.credits)) throw errorIn(body, at);
        const affordable = typeof body.affordable === 'boolean' ? body.affordable : null;
        return { credits: body.credits, balance: balanceIn(body), affordable, record: body };
      });
    },

    account() {
      return call('other', request('GET', 'account'), (body, at) => {
        if (saysFailed(body) || namesError(body) || body.ok === false) throw errorIn(body, at);
        const models = Array.isArray(body.supportedModels) ? body.supportedModels.slice(0, MOST_MODELS) : [];
        return {
          balance: balanceIn(body),
          models: models.flatMap((model) => nameIn(model) ?? []),
          record: body,
        };
      });
    },
  };
}

const balanceIn = ({ currentBalance }: JsonObject) => (isCredits(currentBalance) ? currentBalance : null);

/** Returns the failure of an error answer with a good HTTP status, or of an answer in an unknown form. */
function errorIn(body: JsonObject, at: Answered): Failure {
  return looksLikeError(body) || saysFailed(body)
    ? errorOf(body, at)
    : unreadable(at, 'has none of the expected fields');
}

/** Returns the failure of an error answer: from its own code, else its message, else the HTTP status. */
function errorOf(body: JsonObject, at: Answered): Failure {
  const { answer, kind, settings } = at;
  // Error codes inside HTTP 200 count as much as HTTP statuses.
  const inner = typeof body.code === 'number' && body.code >= 400 && body.code < 600 ? body.code : undefined;
  const status = answer.status < 300 && inner !== undefined ? inner : answer.status;
  const said = firstText(body.message, body.error, body.errorCode);
  const failure = errorAnswer({ code: codeOf(body, status, kind, said ?? ''), status, said }, at);
  const { taskId } = body;
  // An answer to a submit that is an error and names a task: the task may be there.
  if (kind !== 'submit' || !isSet(taskId)) return failure;
  return failure.with({ unclear: true, ...(isTaskId(taskId, settings.key) && { taskId }) });
}

function codeOf(body: JsonObject, status: number, kind: Kind, said: string): ErrorCode {
  const named = [body.errorCode, body.error, body.code].map(codeNamed).find((code) => code !== undefined);
  if (named) return named;
  if (/insufficient credits/i.test(said)) return 'INSUFFICIENT_CREDITS';
  if (/invalid api key/i.test(said)) return 'AUTH_FAILED';
  return status === 409 && kind === 'submit' ? 'IDEMPOTENCY_CONFLICT' : codeOfStatus(status, kind);
}

function taskFrom(body: JsonObject, id: Json | undefined, key: string): Task | undefined {
  if (!isTaskId(id, key)) return undefined;
  const { status, model, idempotencyKey, creditsCharged, creditsRefunded } = body;
  const seen: ReturnType<typeof stateOf> =
    typeof status === 'string' ? stateOf(status) : { state: 'UNKNOWN' };
  const reasons = isObject(body.output) ? [body.output.error, body.output.msg] : [];
  const error = firstText(...reasons, body.error, body.message, body.errorCode);
  return {
    id,
    ...seen,
    model: typeof model === 'string' ? model : undefined,
    input: body.input,
    createdAt: dateIn(body.createdAt),
    completedAt: dateIn(body.completedAt),
    idempotencyKey: firstText(idempotencyKey),
    error: seen.state === 'FAILED' && error !== undefined ? plain(error) : undefined,
    charged: isCredits(creditsCharged) ? creditsCharged : undefined,
    refunded: isCredits(creditsRefunded) ? creditsRefunded : undefined,
    // A record that names its result but no state is still a result.
    urls: seen.state === 'COMPLETED' || typeof status !== 'string' ? findUrls(body) : [],
    record: body,
  };
}

const stateOf = (word: string) => stateIn(AIVIDEOMAKER.states, word);

/** Returns a date as milliseconds since the epoch; undefined where it is none. */
function dateIn(value: Json | undefined): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function saysFailed(body: JsonObject): boolean {
  return typeof body.status === 'string' && stateOf(body.status).state === 'FAILED';
}

function looksLikeError(body: JsonObject): boolean {
  return [body.errorCode, body.message, body.error, body.code].some(isSet);
}

/** Returns whether an answer is a rejection, also without `status`: by a known code, or by the number of an error. */
function namesError(body: JsonObject): boolean {
  const { code } = body;
  if (typeof code === 'number' && code >= 400 && code < 600) return true;
  return [body.errorCode, body.error, code].some(codeNamed);
}

function isCredits(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
