// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/providers/apidot/api.ts
import { JsonBody, parseBody } from "./live.mjs";
import { isObject } from "./main.mjs";
import { plain } from "./main.mjs";
import {
  codeOfStatus,
  firstText,
  isTaskId,
  RECORD,
  refused,
  SMALL,
  unreadable
} from "./live.mjs";
import { addUrl } from "./live.mjs";
import { stateIn } from "./live.mjs";
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
  const { profile, baseUrl, key } = settings;
  const request = (method, path, body) => ({
    method,
    url: new URL(`${baseUrl.href.replace(/\/+$/, "")}/api/generate/${path}`),
    headers: {
      authorization: `Bearer ${key}`,
      accept: "application/json",
      "user-agent": "async-media-workflow",
      ...body && { "content-type": "application/json" }
    },
    ...body && { body: new JsonBody(body) }
  });
  const read = (path, taskId) => {
    const req = request("GET", path);
    return {
      request: req,
      // Inputs are addresses only, and no example echoes them.
      limits: SMALL,
      read: (answer) => taskIn(bodyOf(answer, "task", req, settings), taskId, answer, req, settings)
    };
  };
  const status = (taskId) => read(`status/${encodeURIComponent(taskId)}`, taskId);
  return {
    ...profile,
    // No header for an idempotency key or for a limit of credits is documented.
    submit({ model, payload, idempotencyKey, webhookUrl }) {
      const req = request("POST", "submit", {
        model,
        input: payload,
        ...webhookUrl !== void 0 && { callback_url: webhookUrl }
      });
      return {
        request: req,
        limits: RECORD,
        read: (answer) => {
          const body = bodyOf(answer, "submit", req, settings);
          const { task_id: id, ...data } = dataOf(body);
          if (isTaskId(id, key)) {
            return {
              ...taskFrom({ ...data, status: data.status ?? "not_started" }, id, body),
              model,
              idempotencyKey
            };
          }
          throw errorIn(body, answer, req, "submit", "names no task", settings);
        }
      };
    },
    status,
    task: status,
    detail: (taskId) => read(`detail/music?task_id=${encodeURIComponent(taskId)}`, taskId),
    cancel() {
      throw unsupported(profile, "cancelTask");
    },
    list() {
      throw unsupported(profile, "listTasks");
    },
    quote() {
      throw unsupported(profile, "quote");
    },
    account() {
      throw unsupported(profile, "account");
    }
  };
}
function bodyOf(answer, kind, req, settings) {
  const body = parseBody(answer.body);
  const good = answer.status >= 200 && answer.status < 300;
  if (good && !isObject(body)) throw unreadable(req, answer, "is not a JSON object", kind);
  if (good && isObject(body) && errorNumber(body) === void 0) return body;
  throw refusal(isObject(body) ? body : {}, answer, kind, settings);
}
function taskIn(body, taskId, answer, req, settings) {
  const data = dataOf(body);
  const task = taskFrom(data, taskId, body);
  const { task_id: id } = data;
  if (typeof id === "string" && id !== "" && id !== taskId) {
    throw unreadable(req, answer, "is about another task", "task");
  }
  if (typeof data.status === "string" || task.urls.length > 0) return task;
  throw errorIn(body, answer, req, "task", "tells no status", settings);
}
function errorIn(body, answer, req, kind, what, settings) {
  const isError = isObject(body.error) || firstText(body.error, body.detail) !== void 0;
  return isError ? refusal(body, answer, kind, settings) : unreadable(req, answer, what, kind);
}
function refusal(body, answer, kind, settings) {
  const number = errorNumber(body);
  const isStatus = number !== void 0 && number >= 400 && number < 600;
  const isPlain = answer.status < 300 || answer.status >= 400 && answer.status < 500;
  const status = isStatus && isPlain ? number : answer.status;
  const error = isObject(body.error) ? body.error : {};
  const words = firstText(error.message, body.message, body.detail, body.error);
  const said = number === void 0 || isStatus ? words : `code ${number}${words ? `: ${words}` : ""}`;
  const name = firstText(error.type);
  const code = name && Object.hasOwn(CODES, name) && status < 500 ? CODES[name] : codeOfStatus(status, kind);
  const failure = refused({ code, status, said, answer, kind, now: settings.now });
  if (kind !== "submit") return failure;
  const { task_id: id } = dataOf(body);
  if (isTaskId(id, settings.key)) return failure.with({ unclear: true, taskId: id });
  if (id !== void 0 && id !== null) return failure.with({ unclear: true });
  return status < 300 && code === "UNKNOWN_ERROR" ? failure.with({ unclear: true }) : failure;
}
function errorNumber({ code }) {
  return typeof code === "number" && Number.isFinite(code) && code !== 0 && code !== 200 ? code : void 0;
}
function dataOf({ data }) {
  return isObject(data) ? data : {};
}
function taskFrom(data, id, record) {
  const { status, progress } = data;
  const known = typeof status === "string" ? stateOf(status) : { state: "UNKNOWN" };
  const createdAt = timeOf(data.created_time);
  const error = firstText(data.error_message);
  return {
    id,
    ...known,
    ...createdAt !== void 0 && { createdAt },
    ...typeof progress === "number" && progress >= 0 && progress <= 100 && { progress },
    ...known.state === "FAILED" && error !== void 0 && { error: plain(error) },
    urls: known.state === "COMPLETED" || typeof status !== "string" ? urlsOf(data) : [],
    record
  };
}
var stateOf = (word) => stateIn(APIDOT.states, word);
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
