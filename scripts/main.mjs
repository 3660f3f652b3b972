// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// scripts/src/contracts/nearest.ts
function nearest(word, candidates) {
  const wanted = squeeze(word);
  let best;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const other = squeeze(candidate);
    if (wanted === "" || other === "") continue;
    const shorter = Math.min(wanted.length, other.length);
    const limit = Math.min(Math.max(1, Math.floor(Math.max(wanted.length, other.length) * 0.4)), shorter - 1);
    let distance = editDistance(wanted, other);
    if (shorter >= 3 && (wanted.startsWith(other) || other.startsWith(wanted)))
      distance = Math.min(distance, limit);
    if (distance > limit) continue;
    if (distance < bestDistance || distance === bestDistance && candidate === word) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
function squeeze(word) {
  return word.slice(0, LONGEST).normalize("NFKC").toLowerCase().replace(/[-_\s]/g, "");
}
function editDistance(a, b) {
  let beforeLast = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2] + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}
var LONGEST;
var init_nearest = __esm({
  "scripts/src/contracts/nearest.ts"() {
    "use strict";
    LONGEST = 64;
  }
});

// scripts/src/types/failure.ts
var ERROR_CODES, Failure;
var init_failure = __esm({
  "scripts/src/types/failure.ts"() {
    "use strict";
    ERROR_CODES = [
      "INVALID_MODEL",
      "INVALID_PAYLOAD",
      "AUTH_FAILED",
      "RATE_LIMITED",
      "INSUFFICIENT_CREDITS",
      "TASK_NOT_FOUND",
      "NETWORK_ERROR",
      "UNKNOWN_ERROR",
      "GENERATION_FAILED",
      "TASK_CANCELLED",
      "BUDGET_EXCEEDED",
      "IDEMPOTENCY_CONFLICT",
      "SUBMIT_OUTCOME_UNKNOWN",
      "DOWNLOAD_FAILED"
    ];
    Failure = class _Failure extends Error {
      code;
      details;
      constructor(code, message, details = {}) {
        super(message, { cause: details.cause });
        this.name = "Failure";
        this.code = code;
        this.details = details;
      }
      /** The same failure, with more said about it. What is given here wins. */
      with(details) {
        return new _Failure(this.code, this.message, { ...this.details, ...details });
      }
    };
  }
});

// scripts/src/types/task.ts
function isTerminal(state) {
  return TERMINAL.has(state);
}
var TASK_STATES, TASK_ID, TERMINAL;
var init_task = __esm({
  "scripts/src/types/task.ts"() {
    "use strict";
    TASK_STATES = ["SUBMITTED", "PROGRESS", "COMPLETED", "FAILED", "CANCEL", "UNKNOWN"];
    TASK_ID = /^[A-Za-z0-9_][A-Za-z0-9._:~@=+,-]{0,199}$/;
    TERMINAL = /* @__PURE__ */ new Set(["COMPLETED", "FAILED", "CANCEL"]);
  }
});

// scripts/src/types/text.ts
function plain(text, limit = 300) {
  const clean = text.slice(0, limit * 4).replace(CONTROL, " ").replace(/ {2,}/g, " ").trim();
  return clean.length > limit || text.length > limit * 4 ? `${clean.slice(0, limit)}…` : clean;
}
function redact(text, secrets) {
  let out = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    out = out.replaceAll(secret, "[redacted]");
    if (out.includes("…")) out = out.replace(beforeCut(secret), "[redacted]");
  }
  return out;
}
function beforeCut(secret) {
  const characters = [...secret].map((char) => char.replace(/[^\w]/, "\\$&"));
  const optional = characters.slice(SHORTEST_SECRET).reduceRight((rest, char) => `(?:${char}${rest})?`, "");
  return new RegExp(`${characters.slice(0, SHORTEST_SECRET).join("")}${optional}(?=…)`, "g");
}
var CONTROL, SHORTEST_SECRET;
var init_text = __esm({
  "scripts/src/types/text.ts"() {
    "use strict";
    CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
    SHORTEST_SECRET = 6;
  }
});

// scripts/src/cli/flags.ts
var ACTIONS, SUBMITS, PAYLOAD, WAITS, ONE_TASK, FLAGS, rule, isSubmit, isAboutTask;
var init_flags = __esm({
  "scripts/src/cli/flags.ts"() {
    "use strict";
    ACTIONS = [
      "generate",
      "createGeneration",
      "getStatus",
      "getTask",
      "cancelTask",
      "waitTask",
      "listTasks",
      "quote",
      "account",
      "listModels",
      "describeModel"
    ];
    SUBMITS = ["generate", "createGeneration"];
    PAYLOAD = [...SUBMITS, "quote"];
    WAITS = ["generate", "waitTask"];
    ONE_TASK = ["getStatus", "getTask", "cancelTask", "waitTask"];
    FLAGS = {
      model: { value: "<id>", actions: [...PAYLOAD, "describeModel"], required: [...PAYLOAD, "describeModel"] },
      payload: { value: "<json>", actions: PAYLOAD },
      image: { value: "<file>", actions: PAYLOAD },
      action: { value: "<action>" },
      taskId: { value: "<id>", actions: ONE_TASK, required: ONE_TASK },
      wait: { value: "<seconds>", actions: WAITS },
      pollInterval: { value: "<seconds>", actions: WAITS },
      download: { value: "<dir>", actions: [...WAITS, "getTask"] },
      maxCredits: { value: "<n>", actions: SUBMITS },
      idempotencyKey: { value: "<key>", actions: SUBMITS },
      webhookUrl: { value: "<url>", actions: SUBMITS },
      sandbox: {},
      help: {},
      version: {}
    };
    rule = (name) => FLAGS[name];
    isSubmit = (action) => SUBMITS.includes(action);
    isAboutTask = (action) => ONE_TASK.includes(action) || isSubmit(action);
  }
});

// scripts/src/cli/arguments.ts
function parseArguments(argv) {
  const issues = [];
  const given = collect(argv, issues);
  const action = actionOf(given, issues);
  const asked = given.has("help") || given.has("version");
  if (!asked && issues.length === 0) checkFit(action, given, issues);
  const args = {
    action,
    wait: number(given, "wait", { min: 0, max: LONGEST_WAIT_S }, issues) ?? DEFAULT_WAIT_S,
    sandbox: given.has("sandbox"),
    help: given.has("help"),
    version: given.has("version")
  };
  for (const name of [
    "model",
    "payload",
    "image",
    "taskId",
    "download",
    "idempotencyKey",
    "webhookUrl"
  ]) {
    const value = given.get(name);
    if (value !== void 0) args[name] = value;
  }
  const pollInterval = number(given, "pollInterval", { min: 1e-3, max: 60 }, issues);
  if (pollInterval !== void 0) args.pollInterval = pollInterval;
  const maxCredits = number(given, "maxCredits", { min: 0, max: 1e9, whole: true }, issues);
  if (maxCredits !== void 0) args.maxCredits = maxCredits;
  checkText(args, issues);
  if (asked || issues.length === 0) return args;
  const first = issues[0];
  throw new Failure(
    "INVALID_PAYLOAD",
    `${first.path}: expected ${first.expected}, received ${first.received}.`,
    {
      issues,
      nextSteps: [...new Set(issues.map(({ hint }) => hint))]
    }
  );
}
function guessAction(argv) {
  const at = argv.findIndex((arg) => arg === "--action" || arg.startsWith("--action="));
  const word = at < 0 ? void 0 : argv[at]?.includes("=") ? argv[at]?.split("=")[1] : argv[at + 1];
  const isAboutTask2 = argv.some((arg) => /^--task-?id(=|$)/i.test(arg));
  return ACTIONS.find((action) => action === word) ?? (isAboutTask2 ? "getStatus" : "generate");
}
function collect(argv, issues) {
  const given = /* @__PURE__ */ new Map();
  const strays = [];
  for (let i = 0; i < argv.length; i += 1) {
    const arg = argv[i];
    if (!arg.startsWith("--") || arg.length < 3) {
      if (arg === "-h") given.set("help", "");
      else strays.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const word = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
    const name = flagNames.find((flag) => flag === word);
    if (!name) {
      issues.push(unknownFlag(word));
      if (equals < 0 && i + 1 < argv.length && !argv[i + 1].startsWith("--")) i += 1;
      continue;
    }
    const { value: form } = rule(name);
    let value = equals < 0 ? void 0 : arg.slice(equals + 1);
    if (form === void 0) {
      if (value !== void 0)
        issues.push(issue(`--${name}`, "no value", quote(value), `write --${name} alone`));
      value = "";
    } else if (value === void 0) {
      const next = argv[i + 1];
      if (next !== void 0 && !next.startsWith("--")) {
        value = next;
        i += 1;
      } else {
        const came = next === void 0 ? "nothing" : quote(next);
        issues.push(issue(`--${name}`, form, came, `write --${name} ${form}`));
        continue;
      }
    }
    if (given.has(name))
      issues.push(issue(`--${name}`, "to be given once", "it twice", `keep one --${name}`));
    else if (form !== void 0 && value === "")
      issues.push(issue(`--${name}`, form, "an empty value", `write --${name} ${form}`));
    given.set(name, value);
  }
  if (strays.length > 0) issues.push(straysIssue(strays, given));
  return given;
}
function unknownFlag(word) {
  const camel = word.replace(/[-_]+([a-z])/gi, (_, letter) => letter.toUpperCase());
  const close = flagNames.find((flag) => flag.toLowerCase() === camel.toLowerCase()) ?? nearest(camel, flagNames);
  const hint = close ? `write --${close}` : "run with --help to see all flags";
  return issue(`--${plain(word, 40)}`, "a flag that exists", "an unknown one", hint);
}
function straysIssue(strays, given) {
  const first = quote(strays[0]);
  const action = ACTIONS.find((name) => name === strays[0]);
  const payload = given.get("payload");
  if (action) return issue("arguments", "flags only", first, `write --action ${action}`);
  const flag = /^[-\u2010-\u2015]+([A-Za-z]\w*)/.exec(strays[0])?.[1];
  const close = flag && nearest(flag, flagNames);
  if (close) return issue("arguments", "flags only, each beginning with --", first, `write --${close}`);
  if (payload !== void 0 || strays.some((stray) => /[{}:]/.test(stray))) {
    const hint = "the shell split the JSON at its spaces: pass it on standard input with --payload - instead";
    return issue("--payload", "one JSON value", `more words after it (${first})`, hint);
  }
  return issue("arguments", "flags only, each beginning with --", first, "run with --help to see the form");
}
function actionOf(given, issues) {
  const word = given.get("action");
  if (word === void 0) {
    const guess = given.has("taskId") ? "getStatus" : void 0;
    if (guess) issues.push(issue("--action", "an action beside --taskId", "none", `write --action ${guess}`));
    return guess ?? "generate";
  }
  const action = ACTIONS.find((name) => name === word);
  if (action) return action;
  const close = nearest(word, ACTIONS);
  const hint = close ? `write --action ${close}` : "run with --help to see the actions";
  issues.push(issue("--action", `one of ${ACTIONS.join(", ")}`, quote(word), hint));
  return "generate";
}
function checkFit(action, given, issues) {
  const what = action === "generate" ? "the full workflow" : `--action ${action}`;
  for (const name of flagNames) {
    const { actions, required, value } = rule(name);
    if (given.has(name) && actions && !actions.includes(action)) {
      const hint = `leave --${name} out, or use it with ${actions.map((one) => one === "generate" ? "the full workflow" : one).join(", ")}`;
      issues.push(issue(`--${name}`, `not to be given with ${what}`, "it", hint));
    }
    if (!given.has(name) && required?.includes(action)) {
      issues.push(issue(`--${name}`, `${value} for ${what}`, "nothing", `add --${name} ${value}`));
    }
  }
  const takesPayload = rule("payload").actions?.includes(action);
  if (takesPayload && !given.has("payload") && !given.has("image")) {
    issues.push(
      issue(
        "--payload",
        `<json> for ${what}`,
        "nothing",
        "add --payload '<json>', or --payload - to read it from standard input"
      )
    );
  }
}
function number(given, name, { min, max, whole = false }, issues) {
  const text = given.get(name);
  if (text === void 0 || text === "") return void 0;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? "a whole number" : "a number";
  const hint = `write --${name} ${whole ? Math.max(min, 100) : Math.max(min, 5)}`;
  issues.push(issue(`--${name}`, `${kind} from ${min} to ${max}`, quote(text), hint));
  return void 0;
}
function checkText(args, issues) {
  const { taskId, idempotencyKey } = args;
  if (taskId !== void 0 && taskId !== "" && !TASK_ID.test(taskId)) {
    const expected = "the id as the service gave it: letters, digits and . _ : ~ - (at most 200 characters)";
    issues.push(
      issue(
        "--taskId",
        expected,
        quote(taskId),
        "take taskId from the envelope of the submit, or from --action listTasks"
      )
    );
  }
  if (idempotencyKey !== void 0 && idempotencyKey !== "" && !/^[\x21-\x7e]{8,128}$/.test(idempotencyKey)) {
    const expected = "8 to 128 visible ASCII characters without spaces";
    issues.push(
      issue(
        "--idempotencyKey",
        expected,
        quote(idempotencyKey),
        "choose for example --idempotencyKey lighthouse-0001"
      )
    );
  }
}
function issue(path3, expected, received, hint) {
  return { path: path3, expected, received, hint };
}
function quote(text) {
  return `"${plain(text, 60)}"`;
}
var DEFAULT_WAIT_S, LONGEST_WAIT_S, flagNames;
var init_arguments = __esm({
  "scripts/src/cli/arguments.ts"() {
    "use strict";
    init_nearest();
    init_failure();
    init_task();
    init_text();
    init_flags();
    DEFAULT_WAIT_S = 600;
    LONGEST_WAIT_S = 86400;
    flagNames = Object.keys(FLAGS);
  }
});

// scripts/src/cli/command-line.ts
const path = require("node:path");
function program() {
  const script = process.argv[1] ?? "scripts/run-workflow.mjs";
  const relative = path.relative(process.cwd(), script);
  const shown = relative.startsWith("..") || path.isAbsolute(relative) ? script : relative;
  return `node ${quoteArgument(shown)}`;
}
function quoteArgument(text) {
  if (/^[\w@%+=:,./\\-]+$/.test(text) && (process.platform === "win32" || !text.includes("\\"))) return text;
  if (process.platform === "win32") return `"${text.replace(/"/g, '\\"')}"`;
  return `'${text.replace(/'/g, "'\\''")}'`;
}
function withValue(flag, value) {
  const text = String(value);
  return `--${flag}${text.startsWith("--") ? "=" : " "}${quoteArgument(text)}`;
}
function resumeFlags({ wait, pollInterval, download }) {
  const flags = [
    wait > 0 && wait !== DEFAULT_WAIT_S && withValue("wait", wait),
    pollInterval !== void 0 && withValue("pollInterval", pollInterval),
    download !== void 0 && withValue("download", download)
  ];
  return flags.map((flag) => flag ? ` ${flag}` : "").join("");
}
function commandWith(argv) {
  const shown = argv.map((arg) => arg.length > LONGEST_SHOWN ? "-" : arg);
  return [program(), ...shown.map(quoteArgument)].join(" ");
}
var LONGEST_SHOWN;
var init_command_line = __esm({
  "scripts/src/cli/command-line.ts"() {
    "use strict";
    init_arguments();
    LONGEST_SHOWN = 2e3;
  }
});

// scripts/src/cli/help.ts
var help_exports = {};
__export(help_exports, {
  helpText: () => helpText
});
function helpText(version) {
  const run = program();
  return `async-media-workflow ${version}: one command turns a payload into a finished video.

Usage
  ${run} --model <id> --payload '<json>' [--download <dir>]
  ${run} --action <action> [--taskId <id>]

Examples (no key, no cost)
  ${run} --sandbox --model t2v --payload '{"prompt":"a lighthouse at dawn","aspectRatio":"16:9","duration":"5"}' --download out
  ${run} --action listModels
  ${run} --action describeModel --model t2v

Flags
  --model <id>             the model; with --payload alone: validate, submit, wait, fetch the result
  --payload <json>         the request's fields; "-" reads them from standard input
  --image <file>           a local PNG, JPEG, WebP or GIF for the model's image field
  --action <action>        ${ACTIONS.slice(1, 6).join(", ")},
                           ${ACTIONS.slice(6).join(", ")}
  --taskId <id>            the task of getStatus, getTask, cancelTask, waitTask
  --wait <seconds>         how long to wait for the end (default 600; 0 = do not wait)
  --pollInterval <seconds> first pause between looks (default 2)
  --download <dir>         save the finished file there as <taskId>.<ext>
  --maxCredits <n>         ask for the price first; submit nothing above n
  --idempotencyKey <key>   8 to 128 characters (default: a new one for each submit)
  --webhookUrl <url>       https address that the service may notify
  --sandbox                rehearse against a local stand-in: no key, no cost, no network
  --help, --version

Environment
  AIVIDEO_API_KEY (needed for live calls), AIVIDEO_BASE_URL, AIVIDEO_TIMEOUT_MS (30000),
  AIVIDEO_MAX_RETRIES (3), HTTPS_PROXY, HTTP_PROXY, NO_PROXY, ASYNC_MEDIA_STATE_DIR

Exit codes
  0 done   1 task FAILED or CANCEL   2 bad input   3 key refused   4 still running: resume it
  5 credits or budget   6 temporary   7 submit outcome unknown: do not repeat it   8 task not found
  9 download failed   70 a bug of ours   130/143 interrupted`;
}
var init_help = __esm({
  "scripts/src/cli/help.ts"() {
    "use strict";
    init_command_line();
    init_flags();
  }
});

// scripts/src/main.ts
init_arguments();
init_command_line();

// scripts/src/cli/environment.ts
init_failure();
init_text();
const { homedir } = require("node:os");
const path2 = require("node:path");
function secretsIn(env) {
  const key2 = env.AIVIDEO_API_KEY?.trim();
  return key2 ? [key2] : [];
}
function readEnvironment(env, live) {
  const issues = [];
  const way = live ? env : {};
  const environment = {
    key: key(way.AIVIDEO_API_KEY, issues),
    baseUrl: baseUrl(way.AIVIDEO_BASE_URL, issues),
    timeoutMs: integer(
      "AIVIDEO_TIMEOUT_MS",
      env.AIVIDEO_TIMEOUT_MS,
      { fallback: 3e4, min: 1, max: 6e5 },
      issues
    ),
    maxRetries: integer(
      "AIVIDEO_MAX_RETRIES",
      env.AIVIDEO_MAX_RETRIES,
      { fallback: 3, min: 0, max: 10 },
      issues
    ),
    httpProxy: proxy("HTTP_PROXY", way.http_proxy || way.HTTP_PROXY, issues),
    httpsProxy: proxy("HTTPS_PROXY", way.https_proxy || way.HTTPS_PROXY, issues),
    noProxy: way.no_proxy || way.NO_PROXY || void 0,
    stateFolder: stateFolder(env)
  };
  const first = issues[0];
  if (!first) return environment;
  throw new Failure(
    "INVALID_PAYLOAD",
    `${first.path}: expected ${first.expected}, received ${first.received}.`,
    {
      issues,
      nextSteps: issues.map(({ hint }) => hint)
    }
  );
}
function isLoopback(url) {
  return ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
}
function key(value, issues) {
  const trimmed = value?.trim();
  if (!trimmed) return void 0;
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  issues.push({
    path: "AIVIDEO_API_KEY",
    expected: "a key without spaces, line breaks or letters beyond ASCII",
    received: `${trimmed.length} characters, some of them not allowed (not shown)`,
    hint: "set AIVIDEO_API_KEY again, to the key alone"
  });
  return void 0;
}
function baseUrl(value, issues) {
  if (!value) return void 0;
  const url = URL.canParse(value) ? new URL(value) : void 0;
  const safe = url?.protocol === "https:" || url?.protocol === "http:" && isLoopback(url);
  if (url && safe && !url.username && !url.password && !url.search && !url.hash) return url;
  issues.push({
    path: "AIVIDEO_BASE_URL",
    expected: "an https address, or http on 127.0.0.1, localhost or [::1], without user, query or fragment",
    // It may hold a password.
    received: url ? `${url.protocol}//${plain(url.host, 80)}` : `"${plain(value.replace(/\S*@/, "…@"), 80)}"`,
    hint: "unset AIVIDEO_BASE_URL to use https://aivideomaker.ai"
  });
  return void 0;
}
function integer(name, value, { fallback, min, max }, issues) {
  if (!value?.trim()) return fallback;
  const parsed = /^\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (parsed >= min && parsed <= max) return parsed;
  issues.push({
    path: name,
    expected: `a whole number from ${min} to ${max}`,
    received: `"${plain(value, 40)}"`,
    hint: `set ${name}=${fallback}, or unset it`
  });
  return fallback;
}
function proxy(name, value, issues) {
  if (!value) return void 0;
  const address = value.includes("://") ? value : `http://${value}`;
  const protocol = URL.canParse(address) ? new URL(address).protocol : "";
  if (protocol === "http:" || protocol === "https:") return address;
  issues.push({
    path: name,
    expected: "the address of an http or https proxy, such as http://127.0.0.1:3128",
    // It may hold a password.
    received: protocol ? `one that begins with ${protocol}//` : "something that is no address",
    hint: `correct or unset ${name}`
  });
  return void 0;
}
function stateFolder(env) {
  if (env.ASYNC_MEDIA_STATE_DIR) return path2.resolve(env.ASYNC_MEDIA_STATE_DIR);
  if (env.XDG_STATE_HOME && path2.isAbsolute(env.XDG_STATE_HOME)) {
    return path2.join(env.XDG_STATE_HOME, "async-media-workflow");
  }
  if (process.platform === "win32" && env.LOCALAPPDATA)
    return path2.join(env.LOCALAPPDATA, "async-media-workflow");
  return path2.join(homedir(), ".local", "state", "async-media-workflow");
}

// scripts/src/main.ts
init_flags();
init_help();

// scripts/src/types/exit-codes.ts
var EXIT = {
  done: 0,
  taskEnded: 1,
  badInput: 2,
  keyRefused: 3,
  stillRunning: 4,
  credits: 5,
  temporary: 6,
  submitUnknown: 7,
  taskNotFound: 8,
  downloadFailed: 9,
  bug: 70,
  interrupted: 130,
  terminated: 143
};
var EXIT_OF_ERROR = {
  INVALID_MODEL: EXIT.badInput,
  INVALID_PAYLOAD: EXIT.badInput,
  IDEMPOTENCY_CONFLICT: EXIT.badInput,
  AUTH_FAILED: EXIT.keyRefused,
  INSUFFICIENT_CREDITS: EXIT.credits,
  BUDGET_EXCEEDED: EXIT.credits,
  RATE_LIMITED: EXIT.temporary,
  NETWORK_ERROR: EXIT.temporary,
  UNKNOWN_ERROR: EXIT.temporary,
  GENERATION_FAILED: EXIT.taskEnded,
  TASK_CANCELLED: EXIT.taskEnded,
  SUBMIT_OUTCOME_UNKNOWN: EXIT.submitUnknown,
  TASK_NOT_FOUND: EXIT.taskNotFound,
  DOWNLOAD_FAILED: EXIT.downloadFailed
};

// scripts/src/types/envelope.ts
function success(status, taskId, data, exitCode, retryAfter = null) {
  return {
    envelope: { ok: true, status, taskId, data, errorCode: null, errorMessage: null, retryAfter },
    exitCode
  };
}
function failed(failure, fallback, knownTaskId) {
  const { details } = failure;
  const data = { ...details.data };
  if (details.issues?.length) data.issues = details.issues.map((issue2) => ({ ...issue2 }));
  if (details.nextSteps?.length) data.nextSteps = details.nextSteps;
  return {
    envelope: {
      ok: false,
      status: details.status ?? fallback,
      taskId: details.taskId ?? knownTaskId,
      data: Object.keys(data).length > 0 ? data : null,
      errorCode: failure.code,
      errorMessage: failure.message,
      retryAfter: details.retryAfter ?? null
    },
    exitCode: details.exitCode ?? EXIT_OF_ERROR[failure.code]
  };
}

// scripts/src/cli/interruption.ts
init_failure();
var GRACE_MS = 2e3;
var Interruption = class {
  #controller = new AbortController();
  #received = null;
  #grace;
  get signal() {
    return this.#controller.signal;
  }
  /** The signal that came, if one did. */
  get received() {
    return this.#received;
  }
  listen(situation) {
    for (const name of ["SIGINT", "SIGTERM"]) {
      process.on(name, () => this.#on(name, situation));
    }
    situation.onSettled = () => {
      if (this.#received) this.#abort();
    };
  }
  /** Ends whatever is under way. */
  stop() {
    this.#abort();
  }
  #on(name, situation) {
    const isFirst = this.#received === null;
    this.#received ??= name;
    if (isFirst && situation.phase === "submitting") this.#grace = setTimeout(() => this.#abort(), GRACE_MS);
    else this.#abort();
  }
  #abort() {
    clearTimeout(this.#grace);
    this.#controller.abort(new Error(`stopped by ${this.#received ?? "a bug"}`));
  }
};
var NOT_AGAIN = "Do not submit it again: that would be charged again.";
function interruptedOutcome(signal, { phase, taskId, state }, { resume, isSubmit: isSubmit2, downloads, intent }) {
  const exitCode = signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
  const because = (code, message, details = {}) => failed(new Failure(code, `${signal} came ${message}`, { exitCode, ...details }), null, taskId);
  if (phase === "submitting") {
    return because(
      "SUBMIT_OUTCOME_UNKNOWN",
      "while the submit was under way; whether it was taken is not known.",
      {
        status: "UNKNOWN",
        ...intent && { data: { idempotencyKey: intent.idempotencyKey, model: intent.model } },
        nextSteps: ["Do not submit this again before you know: it may be charged twice.", resume]
      }
    );
  }
  if (taskId === null) {
    return because("UNKNOWN_ERROR", `first.${isSubmit2 ? " Nothing was submitted." : ""}`, {
      ...isSubmit2 && { status: "FAILED" }
    });
  }
  if (state === null) {
    const status = "UNKNOWN";
    return because("UNKNOWN_ERROR", "before the service said how the task is.", {
      status,
      nextSteps: [resume]
    });
  }
  if (state === "FAILED" || state === "CANCEL") {
    const code = state === "FAILED" ? "GENERATION_FAILED" : "TASK_CANCELLED";
    return because(code, `before the record of the task was here. It has ended: ${state}.`, {
      status: state,
      nextSteps: [resume]
    });
  }
  if (state === "COMPLETED" && downloads) {
    return because("DOWNLOAD_FAILED", "before the file was saved. The task is finished.", {
      status: state,
      nextSteps: [resume, `The task is finished and paid for: fetch its result. ${NOT_AGAIN}`]
    });
  }
  const goesOn = state === "COMPLETED" ? "The task is finished: fetch its result." : "The task goes on by itself.";
  const nextSteps = [resume, `${goesOn} ${NOT_AGAIN}`];
  return success(state, taskId, { interruptedBy: signal, nextSteps }, exitCode);
}

// scripts/src/cli/main.ts
init_failure();
init_text();
init_arguments();
init_command_line();
init_flags();

// scripts/src/cli/output.ts
const { fstatSync, writeSync } = require("node:fs");

// scripts/src/types/bounded.ts
init_text();
var STEPS = [
  { text: 4096, items: 200, depth: 16 },
  { text: 2048, items: 50, depth: 10 },
  { text: 1024, items: 20, depth: 6 },
  { text: 256, items: 8, depth: 4 }
];
var LAST = { text: 40, items: 8, depth: 2 };
var FIRST = ["nextSteps", "issues", "files", "resultUrls"];
var FIRST_LIMITS = { text: 4096, items: 20, depth: 6 };
var FIRST_LIMITS_AT_LAST = { text: 1024, items: 8, depth: 6 };
function boundedJson(value, maxBytes, secrets, indent) {
  const attempts = [
    ...STEPS.map((limits) => [limits, FIRST_LIMITS]),
    [LAST, FIRST_LIMITS_AT_LAST],
    [LAST, LAST]
  ];
  let text = "";
  for (const [limits, first] of attempts) {
    const cutter = new Cutter(limits, first, secrets, maxBytes);
    const kept = cutter.cut(value);
    if (cutter.left < 0) continue;
    text = escapeForTerminals(JSON.stringify(kept, null, indent));
    if (Buffer.byteLength(text) <= maxBytes) break;
  }
  return text;
}
var Cutter = class {
  #limits;
  #first;
  #secrets;
  /** Characters that may still be kept; below zero, what was cut is not to be used. */
  left;
  constructor(limits, first, secrets, maxCharacters) {
    this.#limits = limits;
    this.#first = first;
    this.#secrets = secrets;
    this.left = maxCharacters;
  }
  cut(value, limits = this.#limits, depth = 0) {
    this.left -= 1;
    if (this.left < 0) return null;
    if (typeof value === "string") return this.#text(value, limits.text);
    if (typeof value !== "object" || value === null) return value;
    if (depth >= limits.depth) return "[cut: nested too deep]";
    if (Array.isArray(value)) {
      const kept2 = value.slice(0, limits.items).map((item) => this.cut(item, limits, depth + 1));
      if (value.length > limits.items) kept2.push(`[cut: ${value.length - limits.items} more items]`);
      return kept2;
    }
    const keys = Object.keys(value);
    const names = keys.length > limits.items ? mostWanted(keys, limits.items) : keys;
    const kept = names.map((key2) => {
      const item = value[key2];
      const isFirst = depth === 0 ? typeof item === "string" : depth === 1 && FIRST.includes(key2);
      const name = this.#text(key2, Math.min(128, limits.text));
      return [name, this.cut(item, isFirst ? this.#first : limits, depth + 1)];
    });
    if (keys.length > limits.items) kept.push(["[cut]", `${keys.length - limits.items} more fields`]);
    return Object.fromEntries(kept);
  }
  #text(text, limit) {
    const isDataUri = text.length > 128 && /^\s*data:/i.test(text);
    const keep = isDataUri ? 48 : limit;
    const clean = redact(text, this.#secrets);
    this.left -= Math.min(clean.length, keep);
    return clean.length <= keep ? clean : `${clean.slice(0, keep)}… [cut: ${text.length} characters]`;
  }
};
function mostWanted(keys, count) {
  const first = FIRST.filter((key2) => keys.includes(key2));
  return [...keys.filter((key2) => !first.includes(key2)).slice(0, count - first.length), ...first];
}
function escapeForTerminals(json) {
  return json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`
  );
}

// scripts/src/cli/output.ts
var MAX_DOCUMENT_BYTES = 64 * 1024;
var written = false;
function finishWith({ envelope, exitCode }, secrets) {
  if (written) return;
  written = true;
  process.exitCode = exitCode;
  const { ok, status, taskId, data, errorCode, errorMessage, retryAfter } = envelope;
  const document = { ok, status, taskId, data, errorCode, errorMessage, retryAfter };
  const indent = isTerminal2(STDOUT) ? 2 : void 0;
  write(STDOUT, `${boundedJson(document, MAX_DOCUMENT_BYTES - 1, secrets, indent)}
`);
}
function printText(text) {
  written = true;
  write(STDOUT, `${text}
`);
}
var screen = {
  write: (text) => write(STDERR, text),
  get isTTY() {
    return isTerminal2(STDERR);
  },
  get columns() {
    return process.stderr.columns ?? 80;
  }
};
var STDOUT = 1;
var STDERR = 2;
function write(descriptor, text) {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) return;
    const stream = descriptor === STDOUT ? process.stdout : process.stderr;
    stream.on("error", () => {
    });
    stream.write(rest);
  }
}
function isTerminal2(descriptor) {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return (descriptor === STDOUT ? process.stdout : process.stderr).isTTY === true;
}

// scripts/src/cli/preflight.ts
init_failure();
init_command_line();
var KEY_PAGE = "https://aivideomaker.ai";
function checkInterval({ pollInterval }, loopback) {
  if (pollInterval === void 0 || loopback || Number.isInteger(pollInterval) && pollInterval >= 1) return;
  const hint = `write --pollInterval ${Math.max(1, Math.ceil(pollInterval))}`;
  throw new Failure(
    "INVALID_PAYLOAD",
    `--pollInterval: expected whole seconds from 1 to 60, received ${pollInterval}.`,
    {
      issues: [
        {
          path: "--pollInterval",
          expected: "whole seconds from 1 to 60 (fractions only for a server on this machine)",
          received: String(pollInterval),
          hint
        }
      ],
      nextSteps: [hint]
    }
  );
}
function keyMissing(argv) {
  return new Failure("AUTH_FAILED", "AIVIDEO_API_KEY is not set, so no live call is made.", {
    nextSteps: [
      `A person makes a key at ${KEY_PAGE} (account settings, API keys) and sets it in the environment as AIVIDEO_API_KEY; it is never passed as an argument.`,
      "Without a key the same command rehearses in the sandbox, at no cost:",
      commandWith([...argv, "--sandbox"])
    ]
  });
}

// scripts/src/cli/progress.ts
init_text();
var now = () => Number(process.hrtime.bigint()) / 1e6;
var QUIET_MS = 6e4;
var SHARE_MS = 200;
function watch(screen2, secrets) {
  const situation = { phase: "before", taskId: null, state: null };
  let lastLineAt = Number.NEGATIVE_INFINITY;
  const last = { state: "", trouble: "", download: "" };
  let lastShareAt = Number.NEGATIVE_INFINITY;
  let open = false;
  const line = (text) => {
    const clean = redact(plain(text, 400), secrets);
    screen2.write(`${open ? "\r\x1B[K" : ""}${clean}
`);
    open = false;
    lastLineAt = now();
  };
  const update = (text) => {
    screen2.write(`\r\x1B[K${redact(plain(text, Math.max(20, screen2.columns - 1)), secrets)}`);
    open = true;
  };
  const say = (kind, word, text) => {
    const isNew = word !== last[kind];
    last[kind] = word;
    if (screen2.isTTY) update(text);
    else if (isNew || now() - lastLineAt >= QUIET_MS) line(text);
  };
  const observer = {
    submitting() {
      situation.phase = "submitting";
    },
    refused() {
      situation.phase = "before";
      situation.onSettled?.();
    },
    task(taskId, state) {
      situation.phase = "running";
      situation.taskId = taskId;
      situation.state = state;
      last.state = state;
      line(`task ${taskId} ${state}`);
      situation.onSettled?.();
    },
    looked(sighting, { elapsedMs, nextMs }) {
      if (sighting.state !== "UNKNOWN") situation.state = sighting.state;
      const word = sighting.unknownState ? `in the unknown state ${sighting.unknownState}` : sighting.state;
      const next = nextMs > 0 ? `, next look in ${(nextMs / 1e3).toFixed(1)} s` : "";
      say(
        "state",
        word,
        `task ${situation.taskId ?? ""} ${word} after ${Math.round(elapsedMs / 1e3)} s${next}`
      );
    },
    troubled(failure) {
      say("trouble", failure.code, `${failure.code}: ${failure.message} Going on.`);
    },
    downloading(bytes, total) {
      if (now() - lastShareAt < SHARE_MS) return;
      lastShareAt = now();
      const part = total ? `${Math.floor(bytes / total * 100)} %` : `${bytes} bytes`;
      say("download", "begun", screen2.isTTY ? `downloading, ${part}` : "downloading");
    }
  };
  return {
    observer,
    situation,
    clear: () => {
      if (open) screen2.write("\r\x1B[K");
      open = false;
    }
  };
}

// scripts/src/cli/main.ts
var PROVIDER = "aivideomaker";
async function main() {
  const argv = process.argv.slice(2);
  const secrets = secretsIn(process.env);
  const { observer, situation, clear } = watch(screen, secrets);
  const interruption = new Interruption();
  let action = guessAction(argv);
  let args;
  let wish = null;
  const onBug = (error) => {
    clear();
    finishWith(bugOutcome(error, action, situation, resumeCommand(args, situation)), secrets);
    process.exitCode = EXIT.bug;
    interruption.stop();
  };
  process.on("uncaughtException", onBug);
  process.on("unhandledRejection", onBug);
  let outcome;
  try {
    args = parseArguments(argv);
    action = args.action;
    if (args.version) return printText("0.1.0");
    if (args.help) return printText((await Promise.resolve().then(() => (init_help(), help_exports))).helpText("0.1.0"));
    const isLive = !args.sandbox && action !== "listModels" && action !== "describeModel";
    const environment = readEnvironment(process.env, isLive);
    if (action === "listModels") {
      outcome = await (await import("./contracts.mjs")).describeAll(PROVIDER);
    } else if (action === "describeModel") {
      outcome = await (await import("./contracts.mjs")).describeOne(PROVIDER, args.model);
    } else {
      interruption.listen(situation);
      situation.taskId = args.taskId ?? null;
      const { signal } = interruption;
      const { baseUrl: baseUrl2 } = environment;
      const loopback = args.sandbox || baseUrl2 !== void 0 && isLoopback(baseUrl2);
      checkInterval(args, loopback);
      if (args.model !== void 0) {
        wish = await (await import("./contracts.mjs")).readIntent(PROVIDER, args, loopback, signal);
      }
      if (!args.sandbox && environment.key === void 0) throw keyMissing(argv);
      const warn = (text) => screen.write(`${plain(text, 400)}
`);
      const { runLive } = await import("./live.mjs");
      outcome = await runLive({ args, argv, wish, environment, loopback, observer, signal, warn });
    }
  } catch (error) {
    outcome = interruption.received ? interruptedOutcome(interruption.received, situation, {
      resume: resumeCommand(args, situation),
      isSubmit: isSubmit(action),
      downloads: args?.download !== void 0,
      intent: wish?.intent
    }) : error instanceof Failure ? failed(error, fallbackState(action, situation), situation.taskId) : bugOutcome(error, action, situation, resumeCommand(args, situation));
  }
  clear();
  finishWith(outcome, secrets);
}
function fallbackState(action, { taskId, state }) {
  if (state !== null) return state;
  if (taskId !== null) return "UNKNOWN";
  return isSubmit(action) ? "FAILED" : isAboutTask(action) ? "UNKNOWN" : null;
}
function bugOutcome(error, action, situation, resume) {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const where = error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 6).map((line) => plain(line, 200)) : [];
  const unknown = situation.phase === "submitting";
  const failure = new Failure("UNKNOWN_ERROR", `This program failed: ${plain(text)}`, {
    exitCode: EXIT.bug,
    ...unknown && { status: "UNKNOWN" },
    data: { where },
    nextSteps: [
      ...unknown ? ["Whether the submit was taken is not known: look at the list before submitting again."] : [],
      ...unknown || situation.taskId !== null ? [resume] : [],
      "This is a bug in async-media-workflow; please report it with errorMessage and data.where."
    ]
  });
  return failed(failure, fallbackState(action, situation), situation.taskId);
}
function resumeCommand(args, { taskId }) {
  const sandbox = args?.sandbox ? " --sandbox" : "";
  return taskId === null ? `${program()} --action listTasks${sandbox}` : `${program()} --action waitTask --taskId ${taskId}${args ? resumeFlags(args) : ""}${sandbox}`;
}

// scripts/src/main.ts
init_nearest();
init_failure();

// scripts/src/types/json.ts
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// scripts/src/main.ts
init_task();
init_text();
export {
  ACTIONS,
  DEFAULT_WAIT_S,
  ERROR_CODES,
  EXIT,
  EXIT_OF_ERROR,
  FLAGS,
  Failure,
  Interruption,
  TASK_ID,
  TASK_STATES,
  boundedJson,
  checkInterval,
  commandWith,
  editDistance,
  failed,
  finishWith,
  guessAction,
  helpText,
  interruptedOutcome,
  isAboutTask,
  isLoopback,
  isObject,
  isSubmit,
  isTerminal,
  keyMissing,
  main,
  nearest,
  parseArguments,
  plain,
  printText,
  program,
  quoteArgument,
  readEnvironment,
  redact,
  resumeFlags,
  rule,
  screen,
  secretsIn,
  success,
  watch
};
