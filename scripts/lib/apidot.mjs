// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/providers/apidot/api.ts
import { compact, isObject } from "./main.mjs";
import { plain } from "./main.mjs";
import { callOf, jsonRequest, RECORD } from "./live.mjs";
import { codeOfStatus, errorAnswer, unreadable } from "./live.mjs";
import { addUrl, checkId, firstText, isSet, isTaskId, objectIn, stateIn } from "./live.mjs";
import { unsupported } from "./main.mjs";
import { APIDOT } from "./main.mjs";
var CODES = {
  invalid_request: "INVALID_PAYLOAD",
  invalid_request_error: "INVALID_PAYLOAD",
  authentication_error: "AUTH_FAILED",
  insufficient_credits: "INSUFFICIENT_CREDITS",
  rate_limited: "RATE_LIMITED"
};
var URL_FIELDS = [
  "file_url",
  "audio_url",
  "wav_url",
  "video_url",
  "image_url",
  "vocals_url",
  "instrumental_url",
  "midi_url"
];
var MOST_FILES = 50;
function apidot(settings) {
  const { baseUrl, key } = settings;
  const request = (method, path, body) => {
    const url = `${baseUrl.href.replace(/\/+$/, "")}/api/generate/${path}`;
    return jsonRequest(method, url, { authorization: `Bearer ${key}` }, body);
  };
  const refuse = (action) => () => {
    throw unsupported(APIDOT, action);
  };
  const read = (path, taskId) => callOf("task", request("GET", path), settings, (at) => taskIn(bodyOf(at), taskId, at));
  const status = (taskId) => read(`status/${encodeURIComponent(taskId)}`, taskId);
  return {
    ...APIDOT,
    // No header for an idempotency key or for a limit of credits is documented.
    submit({ model, payload, idempotencyKey, webhookUrl }) {
      const body = compact({ model, input: payload, callback_url: webhookUrl });
      const read2 = (at) => {
        const body2 = bodyOf(at);
        const { task_id: id, ...data } = dataOf(body2);
        if (!isTaskId(id, key)) throw errorIn(body2, at, "names no task");
        const task = taskFrom({ ...data, status: data.status ?? "not_started" }, id, body2);
        return { ...task, model, idempotencyKey };
      };
      return callOf("submit", request("POST", "submit", body), settings, read2, RECORD);
    },
    status,
    task: status,
    detail: (taskId) => read(`detail/music?task_id=${encodeURIComponent(taskId)}`, taskId),
    cancel: refuse("cancelTask"),
    list: refuse("listTasks"),
    quote: refuse("quote"),
    account: refuse("account")
  };
}
function bodyOf(at) {
  const body = objectIn(at, errorOf);
  if (errorNumber(body) !== void 0) throw errorOf(body, at);
  return body;
}
function taskIn(body, taskId, at) {
  const data = dataOf(body);
  const task = taskFrom(data, taskId, body);
  checkId(data.task_id, taskId, at);
  if (typeof data.status === "string" || task.urls.length > 0) return task;
  throw errorIn(body, at, "tells no status");
}
function errorIn(body, at, what) {
  const isError = isObject(body.error) || firstText(body.error, body.detail) !== void 0;
  return isError ? errorOf(body, at) : unreadable(at, what);
}
function errorOf(body, at) {
  const { answer, kind, settings } = at;
  const number = errorNumber(body);
  const isStatus = number !== void 0 && number >= 400 && number < 600;
  const isPlain = answer.status < 300 || answer.status >= 400 && answer.status < 500;
  const status = isStatus && isPlain ? number : answer.status;
  const error = isObject(body.error) ? body.error : {};
  const words = firstText(error.message, body.message, body.detail, body.error);
  const said = number === void 0 || isStatus ? words : `code ${number}${words ? `: ${words}` : ""}`;
  const name = firstText(error.type);
  const code = name && Object.hasOwn(CODES, name) && status < 500 ? CODES[name] : codeOfStatus(status, kind);
  const failure = errorAnswer({ code, status, said }, at);
  if (kind !== "submit") return failure;
  const { task_id: id } = dataOf(body);
  if (isTaskId(id, settings.key)) return failure.with({ unclear: true, taskId: id });
  return isSet(id) || status < 300 && code === "UNKNOWN_ERROR" ? failure.with({ unclear: true }) : failure;
}
function errorNumber({ code }) {
  return typeof code === "number" && Number.isFinite(code) && code !== 0 && code !== 200 ? code : void 0;
}
function dataOf({ data }) {
  return isObject(data) ? data : {};
}
function taskFrom(data, id, record) {
  const { status, progress } = data;
  const known = typeof status === "string" ? stateIn(APIDOT.states, status) : { state: "UNKNOWN" };
  const error = firstText(data.error_message);
  return {
    id,
    ...known,
    createdAt: timeOf(data.created_time),
    progress: typeof progress === "number" && progress >= 0 && progress <= 100 ? progress : void 0,
    error: known.state === "FAILED" && error !== void 0 ? plain(error) : void 0,
    urls: known.state === "COMPLETED" || typeof status !== "string" ? urlsOf(data) : [],
    record
  };
}
function timeOf(text) {
  if (typeof text !== "string" || !/T.*(Z|[+-]\d\d:?\d\d)$/i.test(text)) return void 0;
  const time = Date.parse(text);
  return Number.isNaN(time) ? void 0 : time;
}
function urlsOf(data) {
  const found = /* @__PURE__ */ new Set();
  for (const list of [isObject(data.output) ? data.output.files : void 0, data.files]) {
    const files = Array.isArray(list) ? list.slice(0, MOST_FILES).filter(isObject) : [];
    for (const field of URL_FIELDS) for (const file of files) addUrl(file[field], found);
    if (found.size > 0) break;
  }
  return [...found];
}
export {
  apidot
};
