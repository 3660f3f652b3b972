// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/model/failure.ts
var ERROR_CODES = [
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
  "CANCEL_REJECTED",
  "BUDGET_EXCEEDED",
  "IDEMPOTENCY_CONFLICT",
  "SUBMIT_OUTCOME_UNKNOWN",
  "DOWNLOAD_FAILED"
];
var Failure = class _Failure extends Error {
  code;
  details;
  constructor(code, message, details = {}) {
    super(message, { cause: details.cause });
    this.name = "Failure";
    this.code = code;
    this.details = details;
  }
  /** Returns the failure with more details. New details replace old ones. */
  with(details) {
    return new _Failure(this.code, this.message, { ...this.details, ...details });
  }
};
function wholeMessage({ message, details }) {
  return details.nothingSubmitted ? `${message} Nothing was submitted.` : message;
}
async function orFailure(work) {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

// scripts/src/cli/advised-failure.ts
var AdvisedFailure = class _AdvisedFailure extends Failure {
  /** No other failure passes for one of these, to the compiler either. */
  isAdvised = true;
  constructor(code, message, details = {}) {
    super(code, message, details);
    this.name = "AdvisedFailure";
  }
  with(details) {
    return new _AdvisedFailure(this.code, this.message, { ...this.details, ...details });
  }
};

// scripts/src/model/clock.ts
var DAY_MS = 24 * 36e5;
var LONGEST_TIMER_MS = 2 ** 31 - 1;
var systemClock = {
  // Not performance.now(): the first use of `performance` costs 3 ms.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  wall: () => Date.now(),
  random: () => Math.random(),
  async sleep(ms, signal) {
    const { setTimeout: setTimeout2 } = process.getBuiltinModule("node:timers/promises");
    try {
      await setTimeout2(Math.min(Math.max(0, ms), LONGEST_TIMER_MS), void 0, { signal });
    } catch {
      throw signal?.reason;
    }
  }
};
var two = (number) => String(number).padStart(2, "0");
function dayOf(ms) {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

// scripts/src/model/issue.ts
function issue(path6, expected, received, hint) {
  return { path: path6, expected, received, hint };
}
function issueText({ path: path6, expected, received }) {
  return `${path6}: expected ${expected}, received ${received}`;
}
function issuesText(issues) {
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  return `${issueText(issues[0])}${more}`;
}

// scripts/src/model/json.ts
function compact(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== void 0));
}
var unlessEmpty = (list) => list.length > 0 ? list : void 0;
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// scripts/src/providers/aivideomaker/definition.ts
var AIVIDEOMAKER = {
  id: "aivideomaker",
  title: "AIVideoMaker",
  can: { cancel: true, list: true, quote: true, account: true, signedWebhooks: false },
  // The five documented states, and spellings of them that comparable services use.
  states: {
    submitted: "SUBMITTED",
    progress: "PROGRESS",
    completed: "COMPLETED",
    finished: "COMPLETED",
    succeeded: "COMPLETED",
    failed: "FAILED",
    cancel: "CANCEL",
    canceled: "CANCEL",
    cancelled: "CANCEL"
  },
  rateLimit: {
    queries: 60,
    windowMs: 6e4,
    per: "address",
    source: "OpenAPI 1.0.15 (2026-09-10) and every earlier document: 60 requests a minute for one IP address, shared by list, detail, status and account"
  },
  resultsKeptMs: 24 * 36e5,
  url: "https://aivideomaker.ai",
  apiPath: "/api/v1",
  keyVariable: "AIVIDEO_API_KEY",
  urlVariable: "AIVIDEO_BASE_URL",
  callbackWord: "webhookUrl",
  keyPage: "https://aivideomaker.ai",
  says: {
    key: "account settings, API keys",
    credits: "Credits are bought at https://aivideomaker.ai; API credits are separate from website subscriptions.",
    retention: "AIVideoMaker keeps results for 24 hours (as documented in September 2026).",
    refund: "AIVideoMaker documents that the credits of a failed task come back by themselves; creditsRefunded in its record, or the balance, shows it:",
    cancelled: "AIVideoMaker gave back all credits of a cancelled task (seen on 2026-09-10); creditsRefunded in its record shows it.",
    cancel: "AIVideoMaker cancels a task only while it is SUBMITTED.",
    running: "One that is PROGRESS runs to its end and is charged.",
    missing: "AIVideoMaker shows a task only to the key that made it (as documented in September 2026).",
    prices: "https://aivideomaker.ai"
  },
  create: async (settings) => (await import("./live.mjs")).aivideomaker(settings)
};

// scripts/src/providers/apidot/definition.ts
var APIDOT = {
  id: "apidot",
  title: "APIDot",
  can: { cancel: false, list: false, quote: false, account: false, signedWebhooks: false },
  // Every status that a public source names. There is no word for a cancelled task.
  states: {
    not_started: "SUBMITTED",
    running: "PROGRESS",
    // Only the website's own code knows it, as a word for a running task.
    processing: "PROGRESS",
    finished: "COMPLETED",
    failed: "FAILED"
  },
  // A key can carry a limit, says its website (2026), but no document gives a figure, a unit or a Retry-After. Official
  // examples query one task every 10 seconds: sixty a minute for a key is a guess, and a 429 pauses all queries.
  rateLimit: { queries: 60, windowMs: 6e4, per: "key", source: null },
  resultsKeptMs: 3 * 24 * 36e5,
  url: "https://api.apidot.ai",
  keyVariable: "APIDOT_API_KEY",
  urlVariable: "APIDOT_BASE_URL",
  callbackWord: "callbackUrl",
  keyPage: "https://apidot.ai/dashboard/api-key",
  says: {
    key: "dashboard, API key",
    credits: "APIDot takes credits from a prepaid balance (as documented in April 2026): see https://apidot.ai.",
    retention: "APIDot keeps media files for 3 days, by a notice on its website of April 2026.",
    refund: "APIDot does not document what becomes of the charge of a failed task: its examples (2026) say to check the dashboard.",
    cancel: "APIDot documents no way to cancel a task (as of July 2026).",
    missing: "APIDot does not document what it answers for a task that it does not know or that another key made.",
    prices: "https://apidot.ai/models",
    tasks: "APIDot documents no list of tasks and no replay of a submit. The user finds the task in its dashboard (https://apidot.ai/dashboard/api-key leads there), or asks support@apidot.ai."
  },
  create: async (settings) => (await import("./apidot.mjs")).apidot(settings)
};

// scripts/src/providers/registry.ts
var PROFILES = [AIVIDEOMAKER, APIDOT];
function profileOf(id) {
  return id === void 0 ? PROFILES[0] : PROFILES.find((profile) => profile.id === id);
}

// scripts/src/model/text.ts
var CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
var INVISIBLE = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
var QUOTES = /["\u201c-\u201f\u00ab\u00bb\u2033\u2036\u275d\u275e\u301d-\u301f\uff02\\]/g;
function plain(text2, limit = 300) {
  const clean = visible(text2.slice(0, limit * 4).replace(CONTROL, " ")).replace(/ {2,}/g, " ").trim();
  return clean.length > limit || text2.length > limit * 4 ? `${clean.slice(0, limit)}\u2026` : clean;
}
function visible(text2) {
  return text2.replace(INVISIBLE, "");
}
var LEFT_BY_JSON = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
function escapeInvisible(json) {
  return json.replace(
    LEFT_BY_JSON,
    (character) => Array.from(
      { length: character.length },
      (_, n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, "0")}`
    ).join("")
  );
}
function quoted(text2, limit) {
  return `"${plain(text2, limit).replace(QUOTES, "\\$&")}"`;
}
var SHORTEST_SECRET = 6;
function redact(text2, secrets) {
  let out = text2;
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    const characters = [...secret].map((char) => char.replace(/[^\w]/, "\\$&"));
    out = out.replace(new RegExp(characters.join(""), "gi"), "[redacted]");
    if (out.includes("\u2026")) out = out.replace(beforeCut(characters), "[redacted]");
  }
  return out;
}
function beforeCut(characters) {
  const optional = characters.slice(SHORTEST_SECRET).reduceRight((rest, char) => `(?:${char}${rest})?`, "");
  return new RegExp(`${characters.slice(0, SHORTEST_SECRET).join("")}${optional}(?=\u2026)`, "gi");
}
function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

// scripts/src/cli/refused.ts
function refusedInputs(issues) {
  return new AdvisedFailure("INVALID_PAYLOAD", `${issueText(issues[0])}.`, {
    issues,
    nextSteps: [...new Set(issues.map(({ hint }) => hint))]
  });
}
function refused(path6, expected, received, hint) {
  return refusedInputs([issue(path6, expected, received, hint)]);
}
function inQuotes(text2) {
  return `"${plain(text2, 60)}"`;
}

// scripts/src/model/task.ts
var IS_TERMINAL = {
  SUBMITTED: false,
  PROGRESS: false,
  COMPLETED: true,
  FAILED: true,
  CANCEL: true,
  UNKNOWN: false
};
var TASK_STATES = Object.keys(IS_TERMINAL);
var isTerminal = (state) => IS_TERMINAL[state];
var isBareEnd = (state) => IS_TERMINAL[state] && state !== "COMPLETED";
var isOpenEnd = ({ state, detailsUnread }) => isBareEnd(state) && detailsUnread === "forNow";
var TASK_ID = /^[A-Za-z0-9_][A-Za-z0-9._:~@=+,-]{0,199}$/;

// scripts/src/model/defaults.ts
var TIMEOUT_MS = { fallback: 3e4, min: 1, max: 6e5 };
var RETRIES = { fallback: 3, min: 0, max: 10 };
var FIRST_POLL_MS = 2e3;

// scripts/src/model/output-kind.ts
var OUTPUT_KINDS = ["video", "image", "audio", "model3d"];
var KIND_WORDS = {
  image: "an image",
  audio: "a sound",
  model3d: "a 3D model",
  video: "a video"
};
function madeAs(contentType) {
  const family = contentType.split("/", 1)[0];
  return family === "video" || family === "image" || family === "audio" ? family : "model3d";
}

// scripts/src/cli/command-line/flag-values.ts
const path = require("node:path");

// scripts/src/model/file-name-rule.ts
var LONGEST = 120;
var DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])(\.|$)/i;
function isDeviceName(name) {
  return DEVICE.test(name);
}
function nameProblem(name) {
  if (name === "") return "write at least one letter";
  if (/[/\\]/.test(name) || name === "." || name === "..") return "write a name alone, without a folder";
  if (/[<>:"|?*]/.test(name)) return 'write it without < > : " | ? *, which some systems refuse';
  if (plain(name, 400) !== name)
    return "write it in visible characters, without line breaks or double spaces";
  if (/^[.-]/.test(name)) return "begin it with a letter or a digit";
  if (/[. ]$/.test(name)) return "end it with a letter or a digit";
  if (isDeviceName(name)) return "choose another one: Windows keeps this name for a device";
  if (/\.(part|lock)$/i.test(name))
    return "choose another ending: .part and .lock mark files that are being saved";
  if (Buffer.byteLength(name) > LONGEST) return `write at most ${LONGEST} bytes (a letter is 1 to 4 bytes)`;
  return null;
}

// scripts/src/model/idempotency-key.ts
function isIdempotencyKey(text2) {
  return typeof text2 === "string" && /^[\x21-\x7e]{8,128}$/.test(text2);
}

// scripts/src/model/nearest.ts
var LONGEST2 = 64;
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
  return word.slice(0, LONGEST2).normalize("NFKC").toLowerCase().replace(/[-_\s]/g, "");
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

// scripts/src/cli/command-line/since.ts
var MOST_DAYS = 3650;
var OLDEST_YEAR = 2e3;
var SINCE_EXPECTED = `today, a number of days such as 7d (at most ${MOST_DAYS}d; today is one of them), or a date such as 2026-11-20, not in the future`;
function parseSince(text2, now) {
  const today = new Date(now);
  if (text2 === "today") return localDay(today.getFullYear(), today.getMonth(), today.getDate());
  const days = /^([1-9]\d{0,3})d$/.exec(text2)?.[1];
  if (days !== void 0) {
    if (Number(days) > MOST_DAYS) return void 0;
    return localDay(today.getFullYear(), today.getMonth(), today.getDate() - Number(days) + 1);
  }
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text2)?.map(Number) ?? [];
  if (year === void 0 || year < OLDEST_YEAR) return void 0;
  const since2 = localDay(year, month - 1, date);
  return since2.day === text2 && since2.from <= now ? since2 : void 0;
}
var localDay = (year, month, date) => sinceAt(new Date(year, month, date).getTime());
function sinceAt(from) {
  return { from, day: dayOf(from), timeZone: zoneAt(new Date(from)) };
}
function zoneAt(date) {
  const minutes = -date.getTimezoneOffset();
  const offset = `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  const name = plain(new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "", 60);
  return name === "" ? offset : `${name} (${offset})`;
}

// scripts/src/cli/command-line/flag-values.ts
var SECONDS = unitsOf([
  [1, "s sec secs second seconds"],
  [60, "m min mins minute minutes"],
  [3600, "h hour hours"]
]);
function unitsOf(words) {
  return Object.fromEntries(words.flatMap(([worth, all]) => all.split(" ").map((word) => [word, worth])));
}
var credits = {
  kind: "number",
  min: 0,
  max: 1e9,
  whole: true,
  units: unitsOf([[1, "credit credits"]]),
  hint: "write the limit that the user gave, in credits, as a whole number"
};
var taskId = {
  kind: "text",
  accepts: (text2) => TASK_ID.test(text2),
  expected: "the id as the service gave it: letters, digits and . _ : ~ - (at most 200 characters)",
  hint: "take taskId from the envelope of the submit, or from --action listPending"
};
var owner = {
  kind: "text",
  accepts: (text2) => text2.length <= 200 && plain(text2, 200) === text2,
  expected: "at most 200 characters in one line",
  hint: "write for example --owner user-42"
};
var idempotencyKey = {
  kind: "text",
  accepts: isIdempotencyKey,
  expected: "8 to 128 visible ASCII characters without spaces",
  hint: "choose for example --idempotencyKey lighthouse-0001"
};
var since = {
  kind: "text",
  accepts: (text2) => parseSince(text2, systemClock.wall()) !== void 0,
  expected: SINCE_EXPECTED,
  hint: "write for example --since 7d, for today and the six days before"
};
var status = {
  kind: "choice",
  of: ["running", ...TASK_STATES],
  anyCase: true,
  alsoCalled: {
    pending: "running",
    done: "COMPLETED",
    finished: "COMPLETED",
    succeeded: "COMPLETED",
    canceled: "CANCEL",
    cancelled: "CANCEL",
    error: "FAILED"
  },
  fallback: "running"
};
var kind = {
  kind: "choice",
  of: OUTPUT_KINDS,
  alsoCalled: { "3d": "model3d", model: "model3d", music: "audio", sound: "audio", picture: "image" },
  fallback: OUTPUT_KINDS[0]
};
var output = {
  kind: "text",
  accepts: (text2) => nameProblem(path.basename(text2)) === null && !/[/\\]$/.test(text2),
  expected: "the name of a file, with or without its folder",
  hint: "write for example --output out/lighthouse.mp4; a folder alone is --download"
};
function readValue(flag, text2, value, issues) {
  const refuse = (expected, hint) => {
    issues.push(issue(`--${flag}`, expected, inQuotes(text2), hint));
  };
  switch (value.kind) {
    case "number": {
      const { min, max, whole = false, hint } = value;
      const isAllowed = (one) => one >= min && one <= max && (!whole || Number.isInteger(one));
      const number = /^\d+(\.\d+)?$/.test(text2) ? Number(text2) : Number.NaN;
      if (isAllowed(number)) return number;
      const meant = numberMeant(text2, value);
      const right = isAllowed(meant) ? `write --${flag} ${meant}` : hint;
      return refuse(`a${whole ? " whole" : ""} number from ${min} to ${max}`, right);
    }
    case "choice": {
      const { of, alsoCalled = {}, anyCase, fallback } = value;
      const lower = text2.toLowerCase();
      const same = of.find((one) => one === text2 || anyCase && one.toLowerCase() === lower);
      if (same !== void 0) return same;
      const meant = Object.hasOwn(alsoCalled, lower) ? alsoCalled[lower] : void 0;
      const close = meant ?? nearest(text2, of) ?? nearest(lower, of) ?? fallback;
      const hint = close ? `write --${flag} ${close}` : `run with --help to see the ${flag}s`;
      return refuse(`one of ${of.join(", ")}`, hint);
    }
    case "text":
      return value.accepts(text2) ? text2 : refuse(value.expected, value.hint);
  }
}
function numberMeant(text2, { whole = false, units = {} }) {
  const [, digits = "", word = ""] = /^\s*(\d[\d,.]*)\s*([a-z]*)\s*$/i.exec(text2) ?? [];
  const worth = word === "" ? 1 : Object.hasOwn(units, word.toLowerCase()) && units[word.toLowerCase()];
  if (worth === false || worth === void 0) return Number.NaN;
  const plainDigits = whole && /^[1-9]\d{0,2}(,\d{3})+$/.test(digits) ? digits.replaceAll(",", "") : digits;
  return /^\d+(\.\d+)?$/.test(plainDigits) ? Number(plainDigits) * worth : Number.NaN;
}

// scripts/src/cli/command-line/flags.ts
var ACTIONS = [
  "generate",
  "createGeneration",
  "getStatus",
  "getTask",
  "cancelTask",
  "waitTask",
  "listTasks",
  "listPending",
  "forget",
  "spending",
  "quote",
  "account",
  "listModels",
  "describeModel"
];
var SUBMITS = ["generate", "createGeneration"];
var PAYLOAD = [...SUBMITS, "quote"];
var MODELS = ["listModels", "describeModel"];
var LOCAL = [...MODELS, "listPending", "forget"];
var WAITS = ["generate", "waitTask"];
var SAVES = [...WAITS, "createGeneration", "getTask"];
var NAMED_TASK = ["getStatus", "getTask"];
var ONE_TASK = [...NAMED_TASK, "cancelTask", "waitTask", "forget"];
var DEFAULT_WAIT_S = 600;
var BRIEF_WAIT_S = 45;
var DEFAULT_LIMIT = 50;
var unpriced = PROFILES.filter(({ can }) => !can.quote).map(({ title }) => title);
var providers = PROFILES.map(({ id }) => id);
var pending = "waitTask without --taskId: every pending task, until all of them, or any, have ended";
var callback = {
  form: "<url>",
  help: `https address that the service may notify (${PROFILES.map((one) => `${one.title}: --${one.callbackWord}`).join(", ")})`,
  actions: SUBMITS
};
var text = "print this text, or the version";
var FLAGS = {
  model: {
    form: "<id>",
    help: "the model; with --payload alone: validate, submit, wait, fetch the result",
    actions: [...PAYLOAD, "describeModel", "listTasks"],
    required: [...PAYLOAD, "describeModel"]
  },
  payload: {
    form: "<json>",
    help: `the request's fields; "-" reads them from standard input`,
    actions: PAYLOAD
  },
  image: {
    form: "<file>",
    help: "a local picture (PNG, JPEG, WebP, GIF, AVIF, BMP) for the model's image field",
    actions: PAYLOAD
  },
  batch: {
    form: "<file>",
    help: 'a request a line: prompts (.txt) or {"name","model","payload","image"} (.jsonl); "-" = stdin',
    actions: PAYLOAD
  },
  action: { form: "<action>", value: { kind: "choice", of: ACTIONS }, help: ACTIONS.slice(1).join(", ") },
  provider: {
    form: "<id>",
    value: { kind: "choice", of: providers, fallback: providers[0] },
    help: providers.map((id, n) => n === 0 ? `${id} (default)` : id).join(", ")
  },
  kind: {
    form: "<kind>",
    value: kind,
    help: `listModels: only models that make one of ${OUTPUT_KINDS.join(", ")}`,
    actions: ["listModels"]
  },
  full: {
    help: `${MODELS.join(", ")}: schema, sources, every note; listTasks: the service's records`,
    actions: [...MODELS, "listTasks"]
  },
  since: {
    form: "<day>",
    value: since,
    help: "spending, listTasks: from this local day on: today, 7d (includes today), 2026-11-20",
    actions: ["spending", "listTasks"]
  },
  status: {
    form: "<state>",
    value: status,
    help: "listTasks: only tasks in this state; running = SUBMITTED or PROGRESS",
    actions: ["listTasks"]
  },
  limit: {
    form: "<n>",
    value: {
      kind: "number",
      min: 1,
      max: 200,
      whole: true,
      hint: "write how many rows are wanted as a whole number, at most 200",
      default: DEFAULT_LIMIT
    },
    help: `listTasks: at most so many rows, the newest first (default ${DEFAULT_LIMIT})`,
    actions: ["listTasks"]
  },
  taskId: {
    form: "<id>",
    value: taskId,
    help: `the task of ${ONE_TASK.join(", ")}`,
    actions: ONE_TASK,
    required: NAMED_TASK
  },
  wait: {
    form: "<seconds>",
    value: {
      kind: "number",
      min: 0,
      max: 86400,
      units: SECONDS,
      hint: "write the seconds that the call may wait as a number, at most 86400",
      default: DEFAULT_WAIT_S
    },
    help: `how long to wait for the end (default ${DEFAULT_WAIT_S}; 0 = do not wait); a submit gets at least 10`,
    actions: WAITS
  },
  pollInterval: {
    form: "<seconds>",
    value: {
      kind: "number",
      min: 1e-3,
      max: 60,
      units: SECONDS,
      hint: "leave --pollInterval out, or write the seconds as a number, at most 60"
    },
    help: `first pause between status queries (default ${FIRST_POLL_MS / 1e3})`,
    actions: WAITS
  },
  download: {
    form: "<dir>",
    help: "save the finished file there as <taskId>.<ext>; of a batch as <name>.<ext>",
    actions: SAVES
  },
  output: {
    form: "<file>",
    value: output,
    help: "save the finished file under this name; for a batch with {n}, the number of the line",
    actions: SAVES
  },
  maxCredits: {
    form: "<n>",
    value: credits,
    help: `ask for the price first; submit nothing above n (${unpriced.join(", ")}: by a dated estimate)`,
    actions: PAYLOAD
  },
  maxTotalCredits: {
    form: "<n>",
    value: credits,
    help: "with --batch: submit nothing if what is not charged yet costs more than n together",
    actions: PAYLOAD,
    beside: { flag: "batch", else: "write --maxCredits for one request" }
  },
  maxCreditsPerDay: {
    form: "<n>",
    value: credits,
    help: "submit nothing that takes the charges of 24 hours above n",
    actions: SUBMITS
  },
  new: { help: "another task of the same request (a new charge)", actions: SUBMITS },
  all: { help: pending, actions: ["waitTask"] },
  any: { help: pending, actions: ["waitTask"] },
  owner: {
    form: "<name>",
    value: owner,
    help: "kept in the record; listPending can ask for it",
    actions: [...SUBMITS, "listPending"]
  },
  noJournal: {
    help: "keep no record: the same command then submits again, with a new charge",
    actions: [...SUBMITS, "waitTask", "getTask"]
  },
  idempotencyKey: {
    form: "<key>",
    value: idempotencyKey,
    help: "8 to 128 characters (default: a new one); waitTask: the request that --taskId is the task of",
    actions: [...SUBMITS, "waitTask", "forget"]
  },
  webhookUrl: callback,
  callbackUrl: callback,
  sandbox: { help: "simulate the service on this computer: no key, no cost, no network" },
  help: { help: text },
  version: { help: text }
};
var FLAG_NAMES = Object.keys(FLAGS);
var rule = (name) => FLAGS[name];
var SWITCHES = FLAG_NAMES.filter((name) => rule(name).form === void 0);
var isSubmit = (action) => SUBMITS.includes(action);
var takesPayload = (action) => PAYLOAD.includes(action);
var needsRecords = (action) => isSubmit(action) || action === "waitTask" || action === "listPending" || action === "forget";
var isLocal = (action) => LOCAL.includes(action);
var isAboutTask = (action) => ONE_TASK.includes(action) || isSubmit(action);

// scripts/src/providers/unsupported.ts
var NEEDS = {
  cancelTask: { ability: "cancel", missing: "no way to cancel a task" },
  listTasks: { ability: "list", missing: "no list of tasks" },
  quote: { ability: "quote", missing: "no price of a request before it is submitted" },
  account: { ability: "account", missing: "no request for the balance or the models of a key" }
};
function abilityFor(action) {
  return Object.hasOwn(NEEDS, action) ? NEEDS[action].ability : void 0;
}
function unsupported({ title }, action) {
  const message = `${title} documents ${NEEDS[action].missing}, so nothing was sent.`;
  return new Failure("INVALID_PAYLOAD", message, { reason: { kind: "unsupportedAction", action } });
}

// scripts/src/cli/command-line/unsupported.ts
var pageOfTasks = ({ says }) => says.tasks ?? "Find the task in the list of the service (listTasks).";
var INSTEAD = {
  cancelTask: {
    instead: "follow the task with --action waitTask --taskId <id>; watching it charges nothing",
    page: pageOfTasks
  },
  listTasks: {
    instead: "ask for one task by the id of its submit: --action getStatus --taskId <id>",
    page: pageOfTasks
  },
  quote: {
    instead: "take the dated estimate of --action describeModel, where a price was published; the price in force is on the service's own pages",
    page: ({ title, says }) => `The models of ${title}: ${says.prices}`
  },
  account: {
    instead: "read the service's own pages; --action listModels shows the models that are known here",
    page: ({ title, says, keyPage }) => `The models of ${title}: ${says.prices}; its dashboard: ${keyPage}`
  }
};
function unsupportedAction(profile, action) {
  const { instead, page } = INSTEAD[action];
  const expected = `an action that ${profile.title} documents a request for`;
  return {
    issues: [issue("--action", expected, inQuotes(action), instead)],
    nextSteps: [`Instead: ${instead}. ${page(profile)}`]
  };
}
function refusalOf(profile, action) {
  const { code, message } = unsupported(profile, action);
  return new AdvisedFailure(code, message, unsupportedAction(profile, action));
}
function refuseUnsupported(profile, action, taskId2) {
  const ability = abilityFor(action);
  if (ability === void 0 || profile.can[ability]) return;
  const refusal = refusalOf(profile, action);
  throw taskId2 === void 0 ? refusal : refusal.with({ taskId: taskId2, status: "UNKNOWN" });
}

// scripts/src/cli/command-line/words.ts
const path2 = require("node:path");

// scripts/src/model/shell-word.ts
function quoteWord(text2, platform = process.platform) {
  if (platform === "win32") return quoteForWindows(text2);
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text2)) return text2;
  return `'${text2.replace(/'/g, "'\\''")}'`;
}
function quoteForWindows(text2) {
  if (/^[\w+=:,./\\-]+$/.test(text2)) return text2;
  const doubled = text2.replace(/(\\+)$/, "$1$1");
  if (!/["$`%!\u201c-\u201e\r\n]/.test(text2)) return `"${doubled}"`;
  const inner = doubled.replace(/(\\*)"/g, '$1$1\\"').replace(/['\u2018-\u201b]/g, "$&$&");
  return `'${inner}'`;
}

// scripts/src/model/skill-folder.ts
const { basename, dirname, join } = require("node:path");
const { fileURLToPath } = require("node:url");
function skillFolder(moduleUrl = import.meta.url) {
  const here = dirname(fileURLToPath(moduleUrl));
  return basename(here) === "lib" ? join(here, "..", "..") : join(here, "..", "..", "..");
}

// scripts/src/cli/command-line/words.ts
var SCRIPT = "run-workflow.mjs";
var SANDBOX_FOLDER = "sandbox-out";
function commandLine(words) {
  return ["node", script(), ...words].map((word) => quoteWord(word)).join(" ");
}
function isCommandLine(step) {
  return step.startsWith(commandLine([]));
}
function flagWords(flags) {
  return Object.entries(flags).flatMap(([flag, value]) => {
    if (value === void 0 || value === false) return [];
    if (value === true) return [`--${flag}`];
    const text2 = String(value);
    return text2.startsWith("--") ? [`--${flag}=${text2}`] : [`--${flag}`, text2];
  });
}
function script() {
  const started = process.argv[1] ?? "";
  return path2.basename(started) === SCRIPT ? path2.resolve(started) : path2.join(skillFolder(), "scripts", SCRIPT);
}

// scripts/src/cli/command-line/check-flags.ts
var named = (action) => action === "generate" ? "the full workflow" : action;
function checkFit(action, given, issues) {
  const what = action === "generate" ? named(action) : `--action ${action}`;
  for (const name of FLAG_NAMES) {
    const { actions, required, form, beside } = rule(name);
    if (given.has(name) && actions && !actions.includes(action)) {
      const hint = `leave --${name} out, or use it with ${actions.map(named).join(", ")}`;
      issues.push(issue(`--${name}`, `to be left out with ${what}`, `--${name}`, hint));
    }
    if (given.has(name) && beside && !given.has(beside.flag)) {
      const hint = `add --${beside.flag}, or ${beside.else}`;
      issues.push(issue(`--${name}`, `--${beside.flag} beside it`, "none", hint));
    }
    const isInLines = name === "model" && given.has("batch");
    if (!given.has(name) && required?.includes(action) && !isInLines)
      issues.push(issue(`--${name}`, `${form} for ${what}`, "nothing", `add --${name} ${form}`));
  }
  const asked = ["payload", "image", "batch"];
  if (takesPayload(action) && !asked.some((name) => given.has(name))) {
    const hint = "add --payload '<json>', or --payload - to read it from standard input";
    issues.push(issue("--payload", `<json> for ${what}`, "nothing", hint));
  }
}
var CONFLICTS = [
  ["new", "idempotencyKey", "leave --new out and give another --idempotencyKey: a new key is a new request"],
  [
    "noJournal",
    "maxCreditsPerDay",
    "leave --noJournal out: the charges of the day are counted in the journal"
  ],
  ["noJournal", "new", "leave --new out: without a journal every submit is a new one"],
  ["noJournal", "owner", "leave --owner out: it is kept in the journal alone"],
  ["all", "taskId", "leave out --all or --taskId"],
  ["output", "download", (folder) => `write the folder into --output: --output ${folder}/lighthouse.mp4`],
  ["output", "all", "leave --output out: each task has a file of its own"],
  ["batch", "idempotencyKey", "leave --idempotencyKey out: each line is a request of its own"],
  ["batch", "noJournal", "leave --noJournal out: the records tell which lines are charged already"],
  ["any", "taskId", "leave out --any or --taskId"],
  ["any", "all", "leave out --any to wait for the last end, --all to wait for the first"]
];
function checkTogether(action, given, issues) {
  for (const [one, other, hint] of CONFLICTS) {
    if (!given.has(one) || !given.has(other)) continue;
    const folder = given.has("sandbox") ? SANDBOX_FOLDER : "out";
    const how = typeof hint === "string" ? hint : hint(folder);
    issues.push(issue(`--${one}`, `not to be given with --${other}`, "both", how));
  }
  if (given.get("batch") === "-" && given.get("payload") === "-") {
    const hint = "write the lines into a file, or the defaults of all lines on the command line";
    issues.push(issue("--batch", "one flag that reads standard input", "--payload - too", hint));
  }
  if (given.get("output")?.includes("{n}") && !given.has("batch")) {
    const hint = "write the name of the one file, or name a batch with --batch";
    issues.push(issue("--output", "a name without {n}, which stands for the number of a line", "{n}", hint));
  }
  if (action === "waitTask" && given.has("idempotencyKey")) {
    const hint = "add the id of the found task";
    if (!given.has("taskId")) issues.push(issue("--taskId", "<id> beside --idempotencyKey", "nothing", hint));
    if (given.has("noJournal")) {
      const hint2 = "leave --noJournal out: the task is written into the record of the key";
      issues.push(issue("--noJournal", "not to be given with --idempotencyKey", "both", hint2));
    }
  }
  if (action === "forget" && given.has("taskId") === given.has("idempotencyKey")) {
    const came = given.has("taskId") ? "both" : "neither";
    const hint = "take the one that --action listPending shows";
    issues.push(issue("--taskId", "either --taskId or --idempotencyKey", came, hint));
  }
}
function checkService(action, profile, given, issues) {
  const { title, can, callbackWord } = profile;
  if (action !== "quote") refuseUnsupported(profile, action, TASK_ID.exec(given.get("taskId") ?? "")?.[0]);
  for (const name of new Set(PROFILES.map((one) => one.callbackWord))) {
    if (name === callbackWord || !given.has(name)) continue;
    issues.push(issue(`--${name}`, `--${callbackWord} for ${title}`, "it", `write --${callbackWord}`));
  }
  if (!can.quote && given.has("maxCreditsPerDay")) {
    const expected = `not to be given with ${title}, which documents no price before a submit`;
    const hint = "ask the user to do without, then leave --maxCreditsPerDay out";
    issues.push(issue("--maxCreditsPerDay", expected, "it", hint));
  }
}
function checkInterval(pollInterval, loopback) {
  if (pollInterval === void 0 || loopback || Number.isInteger(pollInterval) && pollInterval >= 1) return;
  const expected = "whole seconds from 1 to 60 (fractions only for a server on this machine)";
  const hint = `write --pollInterval ${Math.max(1, Math.ceil(pollInterval))}`;
  throw refused("--pollInterval", expected, String(pollInterval), hint);
}

// scripts/src/cli/command-line/read-flags.ts
const { parseArgs } = require("node:util");
function readFlags(argv, issues) {
  const given = /* @__PURE__ */ new Map();
  const strays = [];
  for (const token of tokensOf(argv)) {
    if (token.kind === "stray") strays.push(token.word);
    else if (token.kind === "unknown") issues.push(unknownFlag(token.word));
    else readFlag(token, given, issues);
  }
  if (strays.length > 0) issues.push(straysIssue(strays, given));
  return given;
}
var options = Object.fromEntries(
  FLAG_NAMES.map((name) => [name, { type: rule(name).form === void 0 ? "boolean" : "string" }])
);
options.help = { type: "boolean", short: "h" };
function tokensOf(argv) {
  const config = { options, strict: false, allowPositionals: true, tokens: true };
  const { tokens } = parseArgs({ args: [...argv], ...config });
  const found = [];
  let unknownAt = Number.NaN;
  let strayAt = Number.NaN;
  for (const token of tokens) {
    const { index } = token;
    const word = argv[index];
    const isFlag = token.kind === "option" && (token.rawName.startsWith("--") || word === "-h");
    if (!isFlag) {
      if (index !== unknownAt + 1 && index !== strayAt) found.push({ kind: "stray", word });
      strayAt = index;
      continue;
    }
    const name = FLAG_NAMES.find((flag) => flag === token.name);
    if (name === void 0) {
      found.push({ kind: "unknown", word: token.name });
      if (!token.inlineValue) unknownAt = index;
    } else if (token.inlineValue === false && token.value.startsWith("--")) {
      found.push({ kind: "flag", name, value: void 0, instead: token.value });
      return [...found, ...tokensOf(argv.slice(index + 1))];
    } else found.push({ kind: "flag", name, value: token.value });
  }
  return found;
}
function readFlag({ name, value, instead }, given, issues) {
  const { form } = rule(name);
  if (form === void 0) {
    if (value !== void 0)
      issues.push(issue(`--${name}`, "no value", inQuotes(value), `write --${name} alone`));
  } else if (value === void 0) {
    const came = instead === void 0 ? "nothing" : inQuotes(instead);
    issues.push(issue(`--${name}`, form, came, `write --${name} ${form}`));
    return;
  }
  if (given.has(name)) issues.push(issue(`--${name}`, "to be given once", "it twice", `keep one --${name}`));
  else if (form !== void 0 && value === "")
    issues.push(issue(`--${name}`, form, "an empty value", `write --${name} ${form}`));
  given.set(name, form === void 0 ? "" : value);
}
var FIELDS = ["prompt", "content", "duration", "aspectRatio", "resolution", "size", "seed"];
function unknownFlag(word) {
  const camel = word.replace(/[-_]+([a-z])/gi, (_, letter) => letter.toUpperCase());
  const lower = camel.toLowerCase();
  const field = FIELDS.find((one) => one.toLowerCase() === lower);
  const flag = FLAG_NAMES.find((one) => one.toLowerCase() === lower) ?? nearest(camel, FLAG_NAMES);
  const hint = field ? `it is a field of the request: write --payload '{"${field}":...}', with all of its fields` : flag ? `write --${flag}` : "run with --help to see all flags";
  return issue(`--${plain(word, 40)}`, "a flag that exists", "an unknown one", hint);
}
function straysIssue(strays, given) {
  const first = inQuotes(strays[0]);
  const action = ACTIONS.find((name) => name === strays[0]);
  if (action) return issue("arguments", "flags only", first, `write --action ${action}`);
  const flag = /^[-\u2010-\u2015]+([A-Za-z]\w*)/.exec(strays[0])?.[1];
  const close = flag && nearest(flag, FLAG_NAMES);
  if (close) return issue("arguments", "flags only, each beginning with --", first, `write --${close}`);
  if (given.has("payload") || strays.some((stray) => /[{}:]/.test(stray))) {
    const hint = "the shell split the JSON at its spaces: pass it on standard input with --payload - instead";
    return issue("--payload", "one JSON value", `more words after it (${first})`, hint);
  }
  return issue("arguments", "flags only, each beginning with --", first, "run with --help to see the form");
}

// scripts/src/cli/command-line/arguments.ts
function parseArguments(argv) {
  const issues = [];
  const given = readFlags(argv, issues);
  const action = actionOf(given, issues);
  const profile = profileOf(given.get("provider")) ?? PROFILES[0];
  const isAsked = given.has("help") || given.has("version");
  if (!isAsked && action && issues.length === 0) {
    checkFit(action, given, issues);
    checkTogether(action, given, issues);
    checkService(action, profile, given, issues);
  }
  const { provider, since: since2, ...values } = valuesOf(given, issues);
  for (const { callbackWord } of PROFILES) delete values[callbackWord];
  if (!isAsked && issues.length > 0) throw refusedInputs(issues);
  return compact({
    ...values,
    ...Object.fromEntries(SWITCHES.map((name) => [name, given.has(name)])),
    action: action ?? "generate",
    profile,
    isProviderNamed: given.has("provider"),
    since: since2 === void 0 ? void 0 : parseSince(String(since2), systemClock.wall())?.from,
    callback: given.get(profile.callbackWord)
  });
}
function actionOf(given, issues) {
  const named2 = given.get("action");
  if (named2 !== void 0) return ACTIONS.find((action) => action === named2);
  if (!given.has("taskId")) return "generate";
  issues.push(issue("--action", "an action beside --taskId", "none", "write --action getStatus"));
  return "getStatus";
}
function valuesOf(given, issues) {
  const values = FLAG_NAMES.filter((name) => rule(name).form !== void 0).map((name) => {
    const { value } = rule(name);
    const text2 = given.get(name);
    const found = text2 && value ? readValue(name, text2, value, issues) : text2;
    const usual = value?.kind === "number" ? value.default : void 0;
    return [name, text2 ? found ?? usual : usual];
  });
  return Object.fromEntries(values);
}
function guessAction(argv) {
  const word = readFlags(argv, []).get("action");
  const isAboutTask2 = argv.some((arg) => /^--task-?id(=|$)/i.test(arg));
  return ACTIONS.find((action) => action === word) ?? (isAboutTask2 ? "getStatus" : "generate");
}

// scripts/src/cli/command-line/commands.ts
const path3 = require("node:path");
function resumeFlags({ action, wait, pollInterval, download, output: output2, batch }) {
  const seconds = !rule("wait").actions?.includes(action) || wait === 0 ? BRIEF_WAIT_S : wait;
  return {
    wait: seconds === DEFAULT_WAIT_S ? void 0 : seconds,
    pollInterval,
    // The record of a line has its folder and its name.
    download: download === void 0 || batch !== void 0 ? void 0 : path3.resolve(download),
    output: output2 === void 0 || batch !== void 0 ? void 0 : path3.resolve(output2)
  };
}
function serviceFlags({ profile, sandbox }) {
  return { provider: providerFlag(profile.id), sandbox };
}
function providerFlag(provider) {
  return provider === profileOf(void 0)?.id ? void 0 : provider;
}
function commandFor(provider, action, flags = {}) {
  return commandLine(flagWords({ action, provider: providerFlag(provider), ...flags }));
}
var LONGEST_SHOWN = 2e3;
function commandFrom(argv, more = {}) {
  return commandLine(flagWords({ ...flagsIn(argv), ...more }));
}
function commandToRehearse(argv, { download, output: output2 }) {
  const isSaved = download !== void 0 || output2 !== void 0;
  const place = { output: void 0, download: isSaved ? SANDBOX_FOLDER : void 0 };
  return commandFrom(argv, { new: false, ...place, sandbox: true });
}
function flagsIn(argv) {
  return Object.fromEntries(
    [...readFlags(argv, [])].map(([name, value]) => [
      name,
      rule(name).form === void 0 ? true : portable(name, value)
    ])
  );
}
var PATHS = ["batch", "download", "output", "image"];
function portable(name, value) {
  if (name === "payload") return quoteWord(value).length > LONGEST_SHOWN ? "-" : value;
  const isStdin = name === "batch" && value === "-";
  return PATHS.includes(name) && !isStdin ? path3.resolve(value) : value;
}

// scripts/src/cli/environment.ts
const path4 = require("node:path");

// scripts/src/model/api-key.ts
var API_KEY_FORM = "a key without spaces, line breaks or letters beyond ASCII";
function isApiKey(text2) {
  return typeof text2 === "string" && /^[\x21-\x7e]+$/.test(text2);
}
var SANDBOX_KEY = "ak_sandbox";

// scripts/src/model/url.ts
function urlOf(text2, base) {
  try {
    return new URL(text2, base);
  } catch {
    return void 0;
  }
}

// scripts/src/model/public-address.ts
function checkPublicUrl(value, options2) {
  const expected = `a public ${options2.schemes.join(" or ")} URL`;
  const problem = (hint) => ({ expected, hint });
  const usual = options2.schemes.at(-1);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value.slice(0, 80))?.[1]?.toLowerCase();
  if (scheme === void 0) return problem(`begin the URL with ${usual}://`);
  if (!options2.schemes.includes(scheme))
    return problem(`write ${expected}; ${plain(scheme, 20)}: is not taken`);
  const odd = /[\s\\\u0000-\u001f\u007f]/.exec(value)?.[0];
  if (odd === "\\") return problem("write the URL without backslashes");
  if (odd !== void 0) return problem("write the URL without spaces or control characters");
  const authority = /^[^:]+:\/\/([^/?#]+)/.exec(value)?.[1];
  const url = urlOf(value);
  if (authority === void 0 || !url) return problem(`write a complete URL such as ${usual}://host/path`);
  if (authority.includes("@")) return problem("write the URL without user name and password");
  const { hostname } = url;
  if (isPublicHost(hostname)) return null;
  return problem(`${plain(hostname, 60)} cannot be reached from the internet; write a URL on a public host`);
}
var THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];
var LOCAL_NAMES = /(?:^|\.)(?:localhost|local|localdomain|internal|lan|home\.arpa)$/;
function isPublicHost(hostname) {
  if (hostname.startsWith("[")) return isPublicIp(hostname.slice(1, -1), "ipv6");
  const name = hostname.replace(/\.$/, "");
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return isPublicIp(name, "ipv4");
  const labels = name.split(".");
  return labels.length > 1 && !labels.includes("") && !LOCAL_NAMES.test(name);
}
var PRIVATE = {
  ipv4: [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3"
  ],
  // Only 2000::/3 is handed out for the public internet; inside of it: protocol assignments with Teredo, documentation, 6to4.
  ipv6: ["::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]
};
function isPublicIp(address, family) {
  const { BlockList } = process.getBuiltinModule("node:net");
  const blocked = new BlockList();
  for (const block of PRIVATE[family]) {
    const [base, bits] = block.split("/");
    blocked.addSubnet(base, Number(bits), family);
  }
  return !blocked.check(address, family);
}
function isPublicAddress(address) {
  if (!address.includes(":")) return isPublicHost(address);
  const normal = urlOf(`http://[${address}]/`)?.hostname;
  if (normal === void 0) return false;
  const inside = /^\[64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})\]$/.exec(normal);
  if (!inside) return isPublicHost(normal);
  const [high, low] = [inside[1] ?? "0", inside[2]].map((group) => Number.parseInt(group, 16));
  return isPublicIp([high >> 8, high & 255, low >> 8, low & 255].join("."), "ipv4");
}

// scripts/src/model/service-address.ts
function isLoopback(url) {
  return THIS_MACHINE.includes(url.hostname);
}
var ADDRESS_FORM = "an https address, or http on 127.0.0.1, localhost or [::1], without user, query or fragment";
function serviceAddress(text2) {
  const url = urlOf(text2);
  const safe = url?.protocol === "https:" || url?.protocol === "http:" && isLoopback(url);
  return url && safe && !url.username && !url.password && !url.search && !url.hash ? url : void 0;
}
function withoutApiPath({ href }, apiPath = "") {
  const whole = href.replace(/\/+$/, "");
  return whole.endsWith(apiPath) ? whole.slice(0, whole.length - apiPath.length).replace(/\/+$/, "") : whole;
}
function serviceName(url, apiPath) {
  return withoutApiPath(url, apiPath).replace(/^\w+:\/\//, "");
}
function checkCallbackUrl(value, loopback) {
  const problem = checkPublicUrl(value, { schemes: ["https"] });
  const url = urlOf(value);
  const isLocal2 = url?.protocol === "http:" && isLoopback(url) && !url.username && !url.password;
  return loopback && isLocal2 ? null : problem;
}

// scripts/src/cli/output.ts
const { fstatSync, writeSync } = require("node:fs");

// scripts/src/cli/exit-codes.ts
var ONE_CHARGE = "Run the same command as often as you like: it is charged once. `--new` makes another.";
var EXIT_WORDS = {
  done: { code: 0, means: "done", next: "give the user the result" },
  taskEnded: {
    code: 1,
    means: "the task ended FAILED or CANCEL",
    next: "tell the reason; `--new` tries again with a new charge, so ask first (a batch: only the command of that line)"
  },
  badInput: {
    code: 2,
    means: "bad input",
    next: "correct what `data.issues` names; nothing was charged (a batch: see `data.batch`)"
  },
  keyRefused: {
    code: 3,
    means: "key missing or refused",
    next: "ask the user to set the key in the environment",
    isOpen: true
  },
  stillRunning: {
    code: 4,
    means: "still running",
    next: "run the same command without `--new`, or `data.nextSteps`; it charges nothing",
    isOpen: true
  },
  credits: {
    code: 5,
    means: "credits or cap",
    next: "nothing was submitted (a batch: see `data.batch`); tell what is missing"
  },
  temporary: {
    code: 6,
    means: "temporary",
    next: "follow `data.nextSteps`, after `retryAfter` seconds if set",
    isOpen: true
  },
  submitUnknown: {
    code: 7,
    means: "the outcome of the submit is not known",
    next: "`retryAfter` set: run the same command without `--new` after that many seconds; it reconciles, and never submits while that may charge twice. `retryAfter` null: waiting changes nothing; the user decides, with the commands in `data.nextSteps`",
    isOpen: true
  },
  taskNotFound: { code: 8, means: "no such task for this key", next: "check the id and the key" },
  downloadFailed: {
    code: 9,
    means: "finished but not saved",
    next: "run the command in `data.nextSteps`; it charges nothing. `data.resultGone`: the result is lost, and repeating changes nothing; ask for a yes to a new charge, then `--new` (a batch: only the command of that line)",
    isOpen: true
  },
  bug: { code: 70, means: "a bug of this program", next: "report it; run the same command without `--new`" },
  hungUp: { code: 129, means: "hung up", next: "run the same command without `--new`" },
  interrupted: { code: 130, means: "interrupted", next: "run the same command without `--new`" },
  terminated: { code: 143, means: "terminated", next: "run the same command without `--new`" }
};
var EXITS = Object.entries(EXIT_WORDS);
var EXIT = Object.fromEntries(EXITS.map(([name, { code }]) => [name, code]));
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
  CANCEL_REJECTED: EXIT.stillRunning,
  SUBMIT_OUTCOME_UNKNOWN: EXIT.submitUnknown,
  TASK_NOT_FOUND: EXIT.taskNotFound,
  DOWNLOAD_FAILED: EXIT.downloadFailed
};
var OPEN = new Set(
  EXITS.filter(([, exit]) => exit.isOpen).map(([, { code }]) => code)
);
var BATCH_ORDER = [
  EXIT.bug,
  EXIT.keyRefused,
  EXIT.submitUnknown,
  EXIT.credits,
  EXIT.stillRunning,
  EXIT.temporary,
  EXIT.downloadFailed,
  EXIT.taskNotFound,
  EXIT.badInput,
  EXIT.taskEnded,
  EXIT.done
];
var byUrgency = (a, b) => BATCH_ORDER.indexOf(a.exitCode) - BATCH_ORDER.indexOf(b.exitCode);
var EXIT_OF_SIGNAL = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated
};

// scripts/src/cli/render/envelope.ts
var definedFields = (fields) => compact(fields);
var UPSTREAM = "upstream";
function upstream(record) {
  return record && Object.keys(record).length > 0 ? { [UPSTREAM]: record } : {};
}
function success(status2, taskId2, fields, exitCode) {
  const none = { errorCode: null, errorMessage: null, retryAfter: null };
  return {
    envelope: { ok: true, status: status2, taskId: taskId2, data: definedFields(fields), ...none },
    exitCode,
    files: []
  };
}
var done = (fields) => success(null, null, fields, EXIT.done);
function textsIn({ envelope }, field) {
  return envelope.data?.[field] ?? [];
}
function withWarnings(outcome, behind, before = []) {
  if (behind.length + before.length === 0) return outcome;
  const warnings = [...before, ...textsIn(outcome, "warnings"), ...behind];
  const { envelope } = outcome;
  return { ...outcome, envelope: { ...envelope, data: { ...envelope.data, warnings } } };
}
var SANDBOX_RUN = "Sandbox run: nothing was charged. Its balance, tasks and credits are invented, and each file is a stand-in.";
var inSandbox = (outcome) => withWarnings(outcome, [], [SANDBOX_RUN]);
function failed(failure, fallback, knownTaskId) {
  const { details } = failure;
  const data = definedFields({
    ...details.data,
    ...upstream(details.record),
    issues: unlessEmpty(details.issues?.map((issue2) => ({ ...issue2 })) ?? []),
    nextSteps: unlessEmpty(details.nextSteps ?? [])
  });
  return {
    envelope: {
      ok: false,
      status: details.status ?? fallback,
      taskId: details.taskId ?? knownTaskId,
      data: Object.keys(data).length > 0 ? data : null,
      errorCode: failure.code,
      errorMessage: wholeMessage(failure),
      retryAfter: details.retryAfter ?? null
    },
    exitCode: EXIT_OF_ERROR[failure.code],
    failure,
    files: []
  };
}
var BATCH_ROWS = { most: 150, characters: 36e3 };
function rowsThatFit(rows, { most, characters } = BATCH_ROWS) {
  let left = characters;
  const over = rows.findIndex((row) => {
    left -= JSON.stringify(row).length;
    return left < 0;
  });
  return rows.slice(0, Math.min(most, over < 0 ? rows.length : over));
}

// scripts/src/cli/render/bounded.ts
var STEPS = [
  { text: 4096, items: 200, depth: 16 },
  { text: 2048, items: 50, depth: 10 },
  { text: 1024, items: 20, depth: 6 },
  { text: 256, items: 8, depth: 4 }
];
var LAST = { text: 40, items: 8, depth: 2 };
var FIRST = ["nextSteps", "issues", "files", "resultUrls", "warnings"];
var FIRST_LIMITS = { text: 4096, items: 20, depth: 6 };
var FIRST_LIMITS_AT_LAST = { text: 1024, items: 8, depth: 6 };
var ATTEMPTS = [
  ...[...STEPS, LAST].map((upstream2) => ({ upstream: upstream2, rest: STEPS[0], first: FIRST_LIMITS })),
  ...STEPS.slice(1).map((rest) => ({ upstream: LAST, rest, first: FIRST_LIMITS })),
  { upstream: LAST, rest: LAST, first: FIRST_LIMITS_AT_LAST },
  { upstream: LAST, rest: LAST, first: LAST }
];
function boundedJson(value, maxBytes, secrets, indent) {
  let text2 = "";
  for (const limits of ATTEMPTS) {
    const kept = cutDown(value, limits, secrets, maxBytes);
    if (kept === void 0) continue;
    text2 = escapeInvisible(JSON.stringify(kept, null, indent));
    if (Buffer.byteLength(text2) <= maxBytes) break;
  }
  return text2;
}
function cutDown(whole, { upstream: upstream2, rest, first }, secrets, maxCharacters) {
  let left = maxCharacters;
  const cut = (value, limits, depth, isTheirs) => {
    left -= 1;
    if (left < 0) return null;
    if (typeof value === "string") return cutText(value, limits.text, isTheirs);
    if (typeof value !== "object" || value === null) return value;
    if (depth >= limits.depth) return "[cut: nested too deep]";
    if (Array.isArray(value)) {
      const kept3 = value.slice(0, limits.items).map((item) => cut(item, limits, depth + 1, isTheirs));
      if (value.length > limits.items) kept3.push(`[cut: ${value.length - limits.items} more items]`);
      return kept3;
    }
    const keys = Object.keys(value);
    const names = keys.length > limits.items ? mostWanted(keys, limits.items) : keys;
    const kept2 = names.map((key2) => {
      const item = value[key2];
      const isUpstream = depth === 1 && key2 === UPSTREAM;
      const isFirst = depth === 0 ? typeof item === "string" : depth === 1 && FIRST.includes(key2);
      const inner = isUpstream ? upstream2 : isFirst ? first : limits;
      const name = cutText(key2, Math.min(128, limits.text), isTheirs);
      return [name, cut(item, inner, depth + 1, isTheirs || isUpstream)];
    });
    if (keys.length > limits.items) kept2.push(["[cut]", `${keys.length - limits.items} more fields`]);
    return Object.fromEntries(kept2);
  };
  const cutText = (text2, limit, isTheirs) => {
    const isDataUri = text2.length > 128 && /^\s*data:/i.test(text2);
    const keep = isDataUri ? 48 : limit;
    const isLong = isTheirs && text2.length > keep * 4;
    const shown = isTheirs ? visible(text2.slice(0, keep * 4)) + (isLong ? "\u2026" : "") : text2;
    const clean = redact(shown, secrets);
    left -= Math.min(clean.length, keep);
    return clean.length <= keep && !isLong ? clean : `${clean.slice(0, keep)}\u2026 [cut: ${text2.length} characters]`;
  };
  const kept = cut(whole, rest, 0, false);
  return left < 0 ? void 0 : kept;
}
function mostWanted(keys, count) {
  const first = FIRST.filter((key2) => keys.includes(key2));
  return [...keys.filter((key2) => !first.includes(key2)).slice(0, count - first.length), ...first];
}

// scripts/src/cli/output.ts
var MAX_DOCUMENT_BYTES = 64 * 1024;
var isAnswered = false;
async function finishWith({ envelope, exitCode }, secrets) {
  if (isAnswered) return false;
  isAnswered = true;
  process.exitCode = exitCode;
  const indent = isTty(STDOUT) ? 2 : void 0;
  return write(STDOUT, `${boundedJson({ ...envelope }, MAX_DOCUMENT_BYTES - 1, secrets, indent)}
`);
}
function printText(text2) {
  isAnswered = true;
  void write(STDOUT, `${text2}
`);
}
var screen = {
  write: (text2) => void write(STDERR, text2),
  get isTTY() {
    return isTty(STDERR);
  },
  get columns() {
    return process.stderr.columns || 80;
  }
};
var STDOUT = 1;
var STDERR = 2;
function write(descriptor, text2) {
  let rest = Buffer.from(text2);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code !== "EAGAIN") {
      if (descriptor === STDOUT && code !== "EPIPE") {
        process.exitCode = EXIT.temporary;
        screen.write(`The document could not be written to standard output (${code}).
`);
      }
      return false;
    }
    const stream = descriptor === STDOUT ? process.stdout : process.stderr;
    return new Promise((resolve) => {
      stream.on("error", () => resolve(false));
      const onEnd = (error2) => resolve(!error2);
      if (descriptor === STDERR && writeThroughMute) writeThroughMute(rest, onEnd);
      else stream.write(rest, onEnd);
    });
  }
}
var writeThroughMute;
function muteNode() {
  writeThroughMute ??= process.stderr.write.bind(process.stderr);
  process.stderr.write = (_, encodingOrDone, done2) => {
    const callback2 = typeof encodingOrDone === "function" ? encodingOrDone : done2;
    if (typeof callback2 === "function") callback2();
    return true;
  };
}
function isTty(descriptor) {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return (descriptor === STDOUT ? process.stdout : process.stderr).isTTY === true;
}

// scripts/src/cli/environment.ts
function secretsIn(env) {
  return PROFILES.flatMap(({ keyVariable }) => env[keyVariable]?.trim() || []);
}
function redraws(env) {
  return env.TERM !== "dumb" && !(env.CI && env.CI !== "false" && env.CI !== "0");
}
function overrule(env) {
  const tls = "NODE_TLS_REJECT_UNAUTHORIZED=0 is overruled: certificates are verified. NODE_EXTRA_CA_CERTS adds one of your own.";
  const debug = "NODE_DEBUG is overruled: what Node shows for it would show the key.";
  const isUnsafe = env.NODE_TLS_REJECT_UNAUTHORIZED === "0";
  if (isUnsafe) delete env.NODE_TLS_REJECT_UNAUTHORIZED;
  if (env.NODE_DEBUG) muteNode();
  return [...isUnsafe ? [tls] : [], ...env.NODE_DEBUG ? [debug] : []];
}
function readEnvironment(env, { profile, action, sandbox, noJournal }) {
  const issues = [];
  const refuse = (...said) => void issues.push(issue(...said));
  const isStateChosen = Boolean(env.ASYNC_MEDIA_STATE_DIR);
  const needsState = sandbox ? isStateChosen || isLocal(action) : needsRecords(action) && !noJournal;
  const way = sandbox || isLocal(action) ? {} : env;
  const environment = {
    key: key(profile, way, refuse),
    baseUrl: baseUrl(profile, way, refuse),
    timeoutMs: integer("AIVIDEO_TIMEOUT_MS", env.AIVIDEO_TIMEOUT_MS, TIMEOUT_MS, refuse),
    maxRetries: integer("AIVIDEO_MAX_RETRIES", env.AIVIDEO_MAX_RETRIES, RETRIES, refuse),
    httpProxy: proxy("HTTP_PROXY", way.http_proxy || way.HTTP_PROXY, refuse),
    httpsProxy: proxy("HTTPS_PROXY", way.https_proxy || way.HTTPS_PROXY, refuse),
    noProxy: way.no_proxy || way.NO_PROXY || void 0,
    ...stateFolder(env, needsState ? refuse : () => void 0),
    isStateChosen,
    keyAndUrlOf: (other) => keyAndUrlOf(other, env)
  };
  if (issues.length > 0) throw refusedInputs(issues);
  return environment;
}
function keyAndUrlOf(profile, env) {
  let isWrong = false;
  const refuse = () => {
    isWrong = true;
    return void 0;
  };
  const value = key(profile, env, refuse);
  const url = baseUrl(profile, env, refuse) ?? new URL(profile.url);
  return value === void 0 || isWrong ? null : { key: value, url };
}
function journalFolder(stateFolder2, sandbox) {
  return path4.join(stateFolder2, ...sandbox ? ["sandbox"] : [], "records");
}
function key({ keyVariable }, env, refuse) {
  const trimmed = env[keyVariable]?.trim();
  if (!trimmed || isApiKey(trimmed)) return trimmed || void 0;
  const received = `${trimmed.length} characters, some of them not allowed (not shown)`;
  return refuse(keyVariable, API_KEY_FORM, received, `set ${keyVariable} again, to the key alone`);
}
function baseUrl({ urlVariable, url: usual }, env, refuse) {
  const value = env[urlVariable];
  const usable = value ? serviceAddress(value) : void 0;
  if (!value || usable) return usable;
  const url = urlOf(value);
  const text2 = value.replace(/\S*@/, "\u2026@");
  const received = url ? `${url.protocol}//${plain(url.host, 80)}` : `"${plain(text2, 80)}"`;
  return refuse(urlVariable, ADDRESS_FORM, received, `unset ${urlVariable} to use ${usual}`);
}
function integer(name, value, { fallback, min, max }, refuse) {
  if (!value?.trim()) return fallback;
  const parsed = /^\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (parsed >= min && parsed <= max) return parsed;
  const expected = `a whole number from ${min} to ${max}`;
  return refuse(name, expected, `"${plain(value, 40)}"`, `set ${name}=${fallback}, or unset it`) ?? fallback;
}
function proxy(name, value, refuse) {
  if (!value) return void 0;
  const address = value.includes("://") ? value : `http://${value}`;
  const protocol = urlOf(address)?.protocol ?? "";
  if (protocol === "http:" || protocol === "https:") return address;
  const received = protocol ? `one that begins with ${protocol}//` : "something that is no address";
  const expected = "the address of an http or https proxy, such as http://127.0.0.1:3128";
  return refuse(name, expected, received, `correct or unset ${name}`);
}
function stateFolder(env, refuse) {
  const folder = wantedStateFolder(env);
  const hint = "set ASYNC_MEDIA_STATE_DIR to the absolute path of a folder that stays";
  if (folder === null) {
    const expected = "a folder for records, because there is no home folder";
    refuse("ASYNC_MEDIA_STATE_DIR", expected, "nothing", hint);
    return { stateFolder: null, withoutState: "There is no home folder" };
  }
  const inside = path4.relative(skillFolder(), folder);
  if (inside.startsWith("..") || path4.isAbsolute(inside)) return { stateFolder: folder, withoutState: null };
  const shown = plain(folder, 200);
  const skill = "the skill's own, which is replaced when the skill is updated";
  refuse("ASYNC_MEDIA_STATE_DIR", `a folder outside ${skill}`, shown, hint);
  return { stateFolder: null, withoutState: `The folder for records, ${shown}, lies inside ${skill}` };
}
function wantedStateFolder(env) {
  if (env.ASYNC_MEDIA_STATE_DIR) return path4.resolve(env.ASYNC_MEDIA_STATE_DIR);
  if (env.XDG_STATE_HOME && path4.isAbsolute(env.XDG_STATE_HOME)) {
    return path4.join(env.XDG_STATE_HOME, FOLDER);
  }
  if (process.platform === "win32" && env.LOCALAPPDATA) return path4.join(env.LOCALAPPDATA, FOLDER);
  const home = homeFolder();
  return path4.isAbsolute(home) ? path4.join(home, ".local", "state", FOLDER) : null;
}
function homeFolder() {
  try {
    return process.getBuiltinModule("node:os").homedir();
  } catch {
    return "";
  }
}
var FOLDER = "async-media-workflow";

// scripts/src/cli/interruption.ts
var GRACE_MS = 2e3;
var Interruption = class {
  #situation;
  #controller = new AbortController();
  #requested = new AbortController();
  #grace;
  #deferred = 0;
  signal = this.#controller.signal;
  /** Aborted as soon as the first signal comes: nothing new is to be begun. */
  requested = this.#requested.signal;
  /** The signal that came, if one did. */
  received = null;
  /** @param early signals that came before this one listens */
  constructor(situation, early) {
    this.#situation = situation;
    situation.onOutcomeKnown = () => {
      if (this.received && this.#deferred === 0) this.stop();
    };
    for (const name of Object.keys(EXIT_OF_SIGNAL)) process.on(name, () => this.#on(name));
    for (const name of early) this.#on(name);
  }
  /** Puts the end off, within the grace period, until the returned function is called. */
  defer() {
    this.#deferred += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#deferred -= 1;
      if (this.#deferred === 0 && this.received) this.stop();
    };
  }
  #on(name) {
    const isFirst = this.received === null;
    this.received ??= name;
    this.#requested.abort();
    if (isFirst && (this.#situation.phase === "submitting" || this.#deferred > 0))
      this.#grace = setTimeout(() => this.stop(), GRACE_MS);
    else this.stop();
  }
  stop() {
    clearTimeout(this.#grace);
    this.#controller.abort(new Error(`stopped by ${this.received ?? "a bug"}`));
  }
};

// scripts/src/cli/other-account.ts
function otherAccountText({ created, taskId: taskId2, account, service }) {
  const task = taskId2 === null ? ", and whether it made a task is not known" : ` as task ${taskId2}`;
  return `The same request was made on ${created}${accountWords(account, service)}${task}. With the key and the address in use now it is another request, and a new charge.`;
}
function accountWords(account, service) {
  const key2 = account === null ? "" : ` with another key (fingerprint ${account})`;
  return `${key2}${service === null ? "" : ` at another address (${service})`}`;
}

// scripts/src/cli/progress/meter.ts
var WINDOW_MS = 5e3;
var STALE_MS = 3e3;
var SHOWN_MS = 200;
var Meter = class {
  #files = /* @__PURE__ */ new Map();
  /** Bytes that came, at times on the clock; the oldest first. */
  #samples = [];
  #came = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  /** Notes that so many bytes of a file are here. Returns null where downloads were shown only just now. */
  note(file, bytes, total) {
    const at = systemClock.monotonic();
    const before = this.#files.get(file);
    if (before && bytes > before.bytes) this.#came += bytes - before.bytes;
    this.#files.set(file, { bytes, total, at });
    const last = this.#samples.at(-1);
    if (last?.at === at) last.came = this.#came;
    else this.#samples.push({ at, came: this.#came });
    while (this.#samples.length > 2 && this.#samples[1].at <= at - WINDOW_MS) this.#samples.shift();
    if (before && at - this.#shownAt < SHOWN_MS) return null;
    this.#shownAt = at;
    return before ? "same" : "new";
  }
  /** Returns what is being downloaded; null where nothing came for a while. */
  transfer() {
    const now = systemClock.monotonic();
    const active = [...this.#files.values()].filter(({ at }) => now - at <= STALE_MS);
    if (active.length === 0) return null;
    const [first] = this.#samples;
    const ms = first ? now - first.at : 0;
    const speed = first && ms >= 200 ? (this.#came - first.came) / ms * 1e3 : null;
    const bytes = active.reduce((sum, file) => sum + file.bytes, 0);
    return { bytes, total: active.length === 1 ? active[0].total : null, speed };
  }
};

// scripts/src/cli/progress/situation.ts
var Situation = class {
  phase = "before";
  taskId = null;
  state = null;
  /** The call is about several tasks: none of them stands for the whole call. */
  isAboutMany = false;
  /** Called when it is known of each submit whether it made a task. */
  onOutcomeKnown;
  #underWay = /* @__PURE__ */ new Set();
  #hasTask = false;
  several() {
    this.isAboutMany = true;
    if (this.phase === "before") this.phase = "running";
  }
  /** Notes what is known of the task of a call; of one of several it says nothing about the call. */
  saw(taskId2, state) {
    if (this.isAboutMany) return;
    this.taskId = taskId2 ?? this.taskId;
    this.state = state ?? this.state;
  }
  began(key2) {
    this.#underWay.add(key2);
    this.phase = "submitting";
  }
  /** It is known what became of a submit: it made a task (or its request had one), or it certainly did not. */
  known(key2, outcome) {
    this.#underWay.delete(key2);
    this.#hasTask ||= outcome === "task";
    if (this.#underWay.size > 0) return;
    this.phase = this.#hasTask || this.isAboutMany ? "running" : "before";
    this.onOutcomeKnown?.();
  }
};

// scripts/src/cli/progress/sums.ts
var MOST_LINES = 100;
var Sums = class {
  /** Null: the call is about one task. */
  now = null;
  isBatch = false;
  #states = /* @__PURE__ */ new Map();
  #linesLeft = MOST_LINES;
  begin(total) {
    this.now = { total, done: 0, failed: 0, running: total, credits: null };
  }
  replace(progress) {
    this.isBatch = true;
    this.now = progress;
  }
  /** Notes the state of a task. Returns whether it is another one than before. */
  note(key2, state) {
    if (state === "UNKNOWN" || this.#states.get(key2) === state) return false;
    this.#states.set(key2, state);
    if (this.now && !this.isBatch) {
      const states = [...this.#states.values()];
      const count = (wanted) => states.filter((one) => one === wanted).length;
      const running = this.now.total - states.filter(isTerminal).length;
      const [done2, failed2, cancelled] = [count("COMPLETED"), count("FAILED"), count("CANCEL")];
      this.now = { ...this.now, done: done2, failed: failed2, cancelled, running };
    }
    return true;
  }
  /** Returns the lines about a change of a line of the batch: after many, only of those without a result. */
  linesAbout(label, state) {
    const isBad = state === "FAILED" || state === "CANCEL";
    if (this.#linesLeft <= (isBad ? -MOST_LINES : 0)) return [];
    this.#linesLeft -= 1;
    const more = "The batch is large: from here on only lines without a result are named.";
    return this.#linesLeft === 0 ? [`${label}${state}`, more] : [`${label}${state}`];
  }
};

// scripts/src/cli/progress/words.ts
function clockTime(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1e3));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
var LEAST_RUNS = 3;
function usually({ fromMs, toMs, runs }) {
  const word = runs < LEAST_RUNS ? "took" : "usually";
  const isShort = toMs < 1e5;
  const unit = isShort ? 1e3 : 6e4;
  const from = Math.floor(fromMs / unit);
  const to = Math.max(1, Math.ceil(toMs / unit));
  const name = isShort ? "s" : "min";
  return from === to ? `${word} ${to} ${name}` : `${word} ${from} to ${to} ${name}`;
}
function sourceOf({ runs, source, asOf }) {
  const count = counted(runs, "run");
  return source === "machine" ? `${count} on this machine` : `${count} on record${asOf ? `, ${asOf}` : ""}`;
}
function size(bytes) {
  if (bytes < 1e3) return `${Math.round(bytes)} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1e3;
  let n = 0;
  while (value >= 999.95 && n < units.length - 1) {
    value /= 1e3;
    n += 1;
  }
  return `${value.toFixed(1)} ${units[n]}`;
}
function amount({ bytes, total, speed }) {
  const of = total === null ? "" : ` of ${size(total)}`;
  return `${size(bytes)}${of}${speed === null ? "" : `, ${size(speed)}/s`}`;
}
function sums({ total, done: done2, failed: failed2, running, credits: credits2, ...of }) {
  const { cancelled = 0, unknown = 0, notSubmitted = 0, creditsNow, refunded = 0 } = of;
  const parts = [`${done2} of ${total} done`];
  if (failed2 > 0) parts.push(`${failed2} failed`);
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  if (unknown > 0) parts.push(`${unknown} of unknown outcome`);
  if (notSubmitted > 0) parts.push(`${notSubmitted} not submitted`);
  if (running > 0) parts.push(`${running} running`);
  const charged = refunded > 0 ? " charged" : "";
  if (credits2 !== null) parts.push(`${counted(credits2, "credit")}${charged}`);
  if (credits2 !== null && creditsNow !== void 0 && creditsNow !== credits2) parts.push(`${creditsNow} now`);
  if (refunded > 0) parts.push(`${refunded} refunded`);
  return parts.join(", ");
}

// scripts/src/cli/progress/call-view.ts
var CallView = class {
  situation = new Situation();
  sums = new Sums();
  meter = new Meter();
  expected = null;
  isExpectedSaid = false;
  isOtherSaid = false;
  #display;
  #secrets;
  #startedAt = systemClock.monotonic();
  #subjects = /* @__PURE__ */ new Map();
  /** When each task was made, on this clock; only of those for which that is known. */
  #made = /* @__PURE__ */ new Map();
  constructor(display, secrets) {
    this.#display = display;
    this.#secrets = secrets;
  }
  line(text2) {
    this.#display.line(this.#clean(text2));
  }
  /** Tells of a change of a line of the batch, as long as these are told. */
  lineAbout({ label }, state) {
    for (const text2 of this.sums.linesAbout(label, state)) this.line(text2);
  }
  subject(name, taskId2) {
    const id = JSON.stringify([name, taskId2]);
    const label = `${name === null ? "" : `${name} `}${taskId2 === null ? "" : `task ${taskId2} `}`;
    const key2 = name === null ? taskId2 ?? "" : JSON.stringify(name);
    const subject = this.#subjects.get(id) ?? { name, taskId: taskId2, label, key: key2, said: "", failure: "" };
    this.#subjects.set(id, subject);
    return subject;
  }
  /** Notes that a task is so old now. The first note stands. */
  setAge(taskId2, ms) {
    if (!this.#made.has(taskId2)) this.#made.set(taskId2, systemClock.monotonic() - ms);
  }
  /** Returns milliseconds; null where they are not known. */
  ageOf({ taskId: taskId2 }) {
    const since2 = this.#made.get(taskId2);
    return since2 === void 0 ? null : systemClock.monotonic() - since2;
  }
  /** Shows what happens to a request or a task; in a batch, the sums of its lines. */
  show(subject, state, sentence, news, share = null) {
    if (this.sums.isBatch) this.showSums("same");
    else this.#draw(subject, state, `${subject.label}${sentence}`, news, share);
  }
  showSums(news) {
    this.#draw(this.subject(null, null), "", sums(this.sums.now), news, null);
  }
  #draw(subject, state, sentence, news, share) {
    const view = () => ({
      subject: this.#clean(subject.label),
      state: this.#clean(state),
      ageMs: this.sums.now ? systemClock.monotonic() - this.#startedAt : this.ageOf(subject),
      share,
      expected: this.expected,
      transfer: this.meter.transfer(),
      batch: this.sums.now
    });
    this.#display.now(view, this.#clean(sentence), news);
  }
  #clean(text2) {
    return redact(plain(text2, 400), this.#secrets);
  }
};

// scripts/src/cli/progress/display.ts
var QUIET_MS = 6e4;
function lines(screen2) {
  let lastAt = Number.NEGATIVE_INFINITY;
  const line = (text2) => {
    screen2.write(`${text2}
`);
    lastAt = systemClock.monotonic();
  };
  return {
    line,
    now(_, sentence, news) {
      if (news === "new" || systemClock.monotonic() - lastAt >= QUIET_MS) line(sentence);
    },
    clear() {
    }
  };
}

// scripts/src/cli/progress.ts
function watch(screen2, secrets, shown = lines) {
  const display = shown(screen2);
  const view = new CallView(display, secrets);
  return {
    observer: observerOf(view, view.subject(null, null)),
    situation: view.situation,
    line: (text2) => view.line(text2),
    /** Takes a line that changes in place off the screen. */
    clear: () => display.clear()
  };
}
function observerOf(view, subject) {
  const { situation } = view;
  const { name, taskId: taskId2, label } = subject;
  const request = name ?? "";
  return {
    submitting: () => situation.began(request),
    rejected: () => situation.known(request, "none"),
    several(count) {
      situation.several();
      view.line(`resuming ${counted(count, "task")}; nothing is charged`);
      view.sums.begin(count);
    },
    batch(progress) {
      situation.several();
      view.sums.replace(progress);
      view.showSums(progress.isOver ? "new" : "same");
    },
    named: (other) => observerOf(view, view.subject(other, taskId2)),
    about(id, created) {
      const ageMs = created === void 0 ? Number.NaN : systemClock.wall() - Date.parse(created);
      if (ageMs >= 0) view.setAge(id, ageMs);
      return observerOf(view, view.subject(name, id));
    },
    madeUnderOther(earlier) {
      if (!view.sums.isBatch || !view.isOtherSaid) view.line(`${label}${otherAccountText(earlier)}`);
      view.isOtherSaid = true;
    },
    resumed(id, created) {
      situation.saw(id);
      const said = `${view.subject(name, id).label}was submitted on ${created}; resuming it, nothing is charged`;
      if (!view.sums.isBatch) view.line(said);
      situation.known(request, "task");
    },
    task(id, state) {
      if (situation.phase === "submitting") view.setAge(id, 0);
      situation.saw(id, state);
      const task = view.subject(name, id);
      task.said = state;
      const isNew = view.sums.note(task.key, state);
      if (!view.sums.isBatch) view.line(`${task.label}${state}`);
      else if (isNew) view.lineAbout(task, state);
      situation.known(request, "task");
    },
    expected(duration) {
      const isOther = view.expected && JSON.stringify(view.expected) !== JSON.stringify(duration);
      view.expected = view.sums.isBatch && isOther ? null : duration;
    },
    polled: (status2, nextMs) => polled(view, subject, status2, nextMs),
    queryFailed: (failure) => queryFailed(view, subject, failure),
    downloading(bytes, total) {
      const news = view.meter.note(subject.key, bytes, total);
      const have = news === "new" ? "" : `, ${amount({ bytes, total, speed: null })}`;
      if (news) view.show(subject, "downloading", `downloading${have}`, news);
    }
  };
}
function polled(view, subject, status2, nextMs) {
  const { state, unknownState, progress } = status2;
  if (state !== "UNKNOWN") view.situation.saw(void 0, state);
  if (view.sums.note(subject.key, state) && view.sums.isBatch && isTerminal(state))
    view.lineAbout(subject, state);
  const word = unknownState ? `in the unknown state ${unknownState}` : state;
  const news = word === subject.said ? "same" : "new";
  subject.said = word;
  const percent = progress === void 0 ? "" : ` (${Math.round(progress)} %)`;
  const ms = view.ageOf(subject);
  const age = ms === null ? "" : ` after ${Math.round(ms / 1e3)} s`;
  const next = nextMs > 0 ? `, next query in ${(nextMs / 1e3).toFixed(1)} s` : "";
  const sentence = `${word}${percent}${age}${next}${estimateOnce(view, state)}`;
  view.show(subject, word + percent, sentence, news, progress === void 0 ? null : progress / 100);
}
function estimateOnce(view, state) {
  const { expected, isExpectedSaid, sums: sums2 } = view;
  if (!expected || isExpectedSaid || sums2.now || isTerminal(state)) return "";
  view.isExpectedSaid = true;
  return `; ${usually(expected)} (${sourceOf(expected)})`;
}
function queryFailed(view, subject, { code, message }) {
  const teller = view.sums.isBatch ? view.subject(null, null) : subject;
  const news = code === teller.failure ? "same" : "new";
  teller.failure = code;
  const sentence = `${code}: ${message} Continuing.`;
  if (view.sums.isBatch && news === "new") view.line(sentence);
  else view.show(subject, `${code}: ${message}`, sentence, news);
}

// scripts/src/cli/render/caller.ts
function callerOf(args, argv) {
  const { action, profile, sandbox, download, output: output2, idempotencyKey: idempotencyKey2, noJournal } = args;
  const isNamed = idempotencyKey2 !== void 0;
  const other = isNamed ? " with another --idempotencyKey" : noJournal ? "" : " with --new";
  return {
    profile,
    /** The fingerprint of the key in use; undefined before the service is called. */
    account: void 0,
    /** A command. @param at its service */
    command: (name, flags = {}, at = profile) => commandLine(flagWords({ action: name, ...flags, ...serviceFlags({ profile: at, sandbox }) })),
    /** The command that was given, with these flags in place of its own. */
    again: (flags) => commandFrom(argv, flags),
    /** The command that was given, as it resumes what it began. */
    same: commandFrom(argv, { new: false }),
    /** How the same is asked for once more, with a new charge; words. */
    anew: `the same command${other}.`,
    /** The same, as a command. Only the user may decide to run it, so it never stands alone in a step. */
    another() {
      if (!isNamed) return commandFrom(argv, { new: true });
      const { randomUUID } = process.getBuiltinModule("node:crypto");
      return commandFrom(argv, { idempotencyKey: randomUUID() });
    },
    /** How a task that ended without a result is tried again, with a new charge; words. */
    retry: isSubmit(action) ? `run the same command${other}.` : "add --new to the command that submitted it (another --idempotencyKey, if it had one).",
    /** The same command in the sandbox, at no cost; null for the user's own tasks and account, which the sandbox has not. */
    rehearsal: () => isSubmit(action) || action === "quote" ? commandToRehearse(argv, args) : null,
    /** How another model is written in place of the one that was given: as a flag, or as a field of a line. */
    writeModel: (id) => `write --model ${id}`,
    /** Flags that the command resuming a task repeats. */
    resumeFlags: resumeFlags(args),
    /** The call is to return the end of a task. A status query or a submit alone has its full answer while that runs. */
    wantsEnd: action === "generate" || action === "waitTask" || action === "getTask" && (download ?? output2) !== void 0,
    /** All that the service said is wanted. */
    isFull: args.full,
    /** Without a task id nothing was submitted. */
    isSubmit: isSubmit(action),
    /** The call keeps a record: the same command finds its request again. */
    isRecorded: !noJournal,
    /** The answer is about one line of a batch, which says once for all its lines when to run it again. */
    isLine: false
  };
}
function resumeCommand(caller, taskId2, flags = { wait: briefWait(caller) }) {
  return caller.command("waitTask", { taskId: taskId2, ...flags });
}
function briefWait({ resumeFlags: { wait } }, requested = null) {
  return Math.min(Number(wait ?? BRIEF_WAIT_S), requested || BRIEF_WAIT_S, BRIEF_WAIT_S);
}
function saveCommand({ command }, taskId2, folder = "out") {
  return command("getTask", { taskId: taskId2, download: folder });
}
function dropStep({ command }, taskId2) {
  return `Only if the user gives up the result of task ${taskId2}, drop its record; the command that made it then submits again, with a new charge: ${command("forget", { taskId: taskId2 })}`;
}
function earlierStep({ profile, command }) {
  return profile.can.list && command("listTasks", { since: "7d" });
}
var ALONE = "the command of this line alone (its model and payload), with --new.";
function lineAlone(command, isFirst) {
  const equal = "this line equals an earlier one, for which its own command counts; take this line out of the batch then: ";
  return `${isFirst ? "" : equal}${command ?? ALONE}`;
}
function callerOfLine(caller, words = ALONE) {
  return {
    ...caller,
    isLine: true,
    anew: words,
    another: () => words,
    retry: `run this line alone, with --new (on the batch, --new is a charge for every line): ${words}`
  };
}

// scripts/src/cli/render/sentences.ts
var sentences = (...parts) => parts.flat().filter((part) => !!part);

// scripts/src/cli/render/find-out.ts
var RISK = "only if the user accepts that it may be charged once more";
var NOT_YET = "Do not submit this again before you know: it may be charged twice.";
function findOutSteps(caller) {
  const { profile, same, command, isRecorded } = caller;
  const { tasks } = profile.says;
  if (tasks) return sentences(NOT_YET, tasks, isRecorded && decision(caller));
  const find = isRecorded ? ["Run this command, without --new: it reconciles, and never submits while that may charge twice.", same] : ["Without a journal the same command submits again, and may be charged twice: find its task first."];
  return [...find, command("listTasks")];
}
function decision(caller, { after, idempotencyKey: idempotencyKey2 } = {}) {
  if (after !== void 0) return [`Or, ${RISK}: ${caller.anew}`];
  const { download, output: output2 } = caller.resumeFlags;
  const place = String(output2 ?? "").includes("{n}") ? {} : { download, output: output2 };
  const flags = { idempotencyKey: idempotencyKey2, wait: BRIEF_WAIT_S, ...place };
  return [
    `The user decides. If its task is found, this resumes it: ${resumeCommand(caller, "<task_id>", flags)}`,
    `If there is none, and ${RISK}: ${caller.another()}`
  ];
}

// scripts/src/cli/render/stopped.ts
var CHARGES_NOTHING = "Run this command as often as you like: it charges nothing.";
var CHARGES_THE_REST = "The command charges nothing for the lines that have a task. It submits the others, which is charged.";
function interruptedOutcome(signal, situation, caller, generation) {
  const { phase, taskId: taskId2, state, isAboutMany } = situation;
  const exitCode = EXIT_OF_SIGNAL[signal];
  const resume = resumeStep(caller, situation);
  const because = (code, message, details) => ({
    ...failed(new AdvisedFailure(code, `${signal} came ${message}`, details), null, taskId2),
    exitCode
  });
  const known = (step) => {
    const data = { interruptedBy: signal, nextSteps: [resume, step] };
    return isAboutMany ? success(null, null, data, exitCode) : success(state, taskId2, data, exitCode);
  };
  if (isAboutMany)
    return known(`The tasks run on at the service. ${caller.isSubmit ? CHARGES_THE_REST : CHARGES_NOTHING}`);
  if (phase === "submitting") {
    const message = "while the submit was under way; whether it was accepted is not known.";
    return because("SUBMIT_OUTCOME_UNKNOWN", message, {
      status: "UNKNOWN",
      data: generation && { idempotencyKey: generation.idempotencyKey, model: generation.model },
      nextSteps: findOutSteps(caller)
    });
  }
  if (taskId2 === null) {
    const nothing = { status: "FAILED", nothingSubmitted: true };
    return because("UNKNOWN_ERROR", "first.", caller.isSubmit ? nothing : {});
  }
  if (state === null) {
    const message = "before the service gave the state of the task.";
    return because("UNKNOWN_ERROR", message, { status: "UNKNOWN", nextSteps: [resume] });
  }
  if (state === "FAILED" || state === "CANCEL") {
    const code = state === "FAILED" ? "GENERATION_FAILED" : "TASK_CANCELLED";
    const message = `before the record of the task was here. It has ended: ${state}.`;
    return because(code, message, { status: state, nextSteps: [resume] });
  }
  if (state !== "COMPLETED") return known(`The task runs on at the service. ${CHARGES_NOTHING}`);
  const { download, output: output2 } = caller.resumeFlags;
  if ((download ?? output2) === void 0)
    return known(`The task is finished: fetch its result. ${CHARGES_NOTHING}`);
  return because("DOWNLOAD_FAILED", "before the file was saved. The task is finished.", {
    status: state,
    nextSteps: [resume, `The task is finished and paid for: fetch its result. ${CHARGES_NOTHING}`]
  });
}
function bugOutcome(error, situation, fallback, caller) {
  const { phase, taskId: taskId2 } = situation;
  const text2 = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const where = (error instanceof Error ? error.stack ?? "" : "").split("\n").slice(1, 6);
  const unknown = phase === "submitting";
  const failure = new AdvisedFailure("UNKNOWN_ERROR", `This program failed: ${plain(text2)}`, {
    status: unknown ? "UNKNOWN" : void 0,
    data: { where: where.map((line) => plain(line, 200)) },
    nextSteps: sentences(
      unknown && "Whether the submit was accepted is not known.",
      unknown && caller && findOutSteps(caller),
      !unknown && caller && taskId2 !== null && resumeStep(caller, situation),
      "This is a bug in async-media-workflow; please report it with errorMessage and data.where."
    )
  });
  return { ...failed(failure, fallback, taskId2), exitCode: EXIT.bug };
}
function resumeStep({ command, same, resumeFlags: resumeFlags2 }, { taskId: taskId2, isAboutMany }) {
  if (isAboutMany) return same;
  return taskId2 === null ? command("listTasks") : command("waitTask", { taskId: taskId2, ...resumeFlags2 });
}

// scripts/src/cli/main.ts
async function main(early) {
  const argv = process.argv.slice(2);
  const secrets = secretsIn(process.env);
  const overruled = overrule(process.env);
  const progress = await startProgress(secrets);
  const interruption = new Interruption(progress.situation, early);
  const call = { argv, progress, interruption, secrets, overruled, request: null, warnings: [] };
  const onBug = (error) => {
    progress.clear();
    void finishWith(warned(bugOf(error, call), call), secrets);
    process.exitCode = EXIT.bug;
    interruption.stop();
  };
  process.on("uncaughtException", onBug);
  process.on("unhandledRejection", onBug);
  let outcome;
  try {
    const args = parseArguments(argv);
    if (args.version) return printText("0.2.0");
    if (args.help) return printText((await import("./advice.mjs")).helpText("0.2.0"));
    const caller = callerOf(args, argv);
    call.caller = caller;
    outcome = await runAction(call, args, caller);
    const { isInterrupted, envelope } = outcome;
    const signal = interruption.received;
    if (signal && (isInterrupted || isLocal(args.action))) {
      const data = { ...envelope.data, interruptedBy: signal };
      outcome = { ...outcome, exitCode: EXIT_OF_SIGNAL[signal], envelope: { ...envelope, data } };
    }
  } catch (error) {
    if (!(error instanceof Failure)) interruption.stop();
    outcome = await outcomeOfError(error, call);
  }
  outcome = warned(outcome, call);
  progress.clear();
  if (!await finishWith(outcome, secrets)) return;
  process.once("exit", () => {
    outcome.onWritten?.();
    process.exit();
  });
}
async function runAction(call, args, caller) {
  const { action } = args;
  const environment = readEnvironment(process.env, args);
  if (action === "listModels") return (await import("./models.mjs")).describeAll(args);
  if (action === "describeModel")
    return (await import("./models.mjs")).describeOne(args, args.model);
  if (isLocal(action)) return await fromRecords(call, args, caller, environment);
  return runServiceAction(call, args, caller, environment);
}
async function fromRecords({ progress }, args, caller, environment) {
  const { answerFromRecords } = await import("./pending.mjs");
  return answerFromRecords(args, caller, environment, progress.line);
}
async function runServiceAction(call, args, caller, environment) {
  const { interruption, overruled } = call;
  const { situation, line: warn } = call.progress;
  for (const text2 of overruled) warn(text2);
  call.warnings = overruled;
  situation.taskId = args.taskId ?? null;
  const { signal } = interruption;
  signal.throwIfAborted();
  const loopback = args.sandbox || environment.baseUrl !== void 0 && isLoopback(environment.baseUrl);
  checkInterval(args.pollInterval, loopback);
  let batch = null;
  if (args.batch !== void 0) {
    const { readBatch } = await import("./batch.mjs");
    batch = await readBatch(args, caller, loopback, signal);
  } else if (takesPayload(args.action)) {
    call.request = await (await import("./contracts.mjs")).readRequest(args, loopback, signal);
  }
  try {
    if (!args.sandbox && environment.key === void 0) {
      const { action, taskId: taskId2 } = args;
      const isRecorded = action === "spending" || action === "cancelTask" && taskId2 === void 0;
      const known = isRecorded && await fromRecords(call, args, caller, environment);
      if (known) return known;
      throw new Failure("AUTH_FAILED", "No key is set, so no live call is made.", {
        reason: { kind: "keyMissing" }
      });
    }
    const { runLive } = await import("./live.mjs");
    return await runLive({ ...call, args, caller, environment, loopback }, batch);
  } finally {
    void batch?.close();
  }
}
async function outcomeOfError(error, call) {
  const { caller } = call;
  const { situation } = call.progress;
  const signal = call.interruption.received;
  if (signal && caller) return interruptedOutcome(signal, situation, caller, call.request?.generation);
  if (!(error instanceof Failure)) return bugOf(error, call);
  const failure = error instanceof AdvisedFailure ? error : (await import("./advice.mjs")).explained(error, caller);
  return failed(failure, stateOf(call), situation.taskId);
}
function bugOf(error, call) {
  return bugOutcome(error, call.progress.situation, stateOf(call), call.caller);
}
async function startProgress(secrets) {
  if (!screen.isTTY || !redraws(process.env)) return watch(screen, secrets);
  const { terminal } = await import("./terminal.mjs").catch(() => ({ terminal: void 0 }));
  return watch(screen, secrets, terminal);
}
function warned(outcome, { argv, warnings }) {
  const known = withWarnings(outcome, warnings);
  return readFlags(argv, []).has("sandbox") ? inSandbox(known) : known;
}
function stateOf({ argv, progress: { situation } }) {
  const { taskId: taskId2, state } = situation;
  const action = guessAction(argv);
  const untold = isSubmit(action) ? "FAILED" : isAboutTask(action) ? "UNKNOWN" : null;
  return state ?? (taskId2 === null ? untold : "UNKNOWN");
}

// scripts/src/cli/render/payload-ways.ts
var BY_FLAGS = {
  payload: "--payload",
  imageFile: "give the picture with --image <file>",
  wholePayload: "pass the whole payload through standard input with --payload -",
  beside: (part) => `it is said by --${part}`
};

// scripts/src/cli/render/warnings.ts
var requestNamed = (promptExcerpt, model) => promptExcerpt === null ? model ?? "a task" : `${quoted(promptExcerpt)}${model ? ` (${model})` : ""}`;
function warningText(warning) {
  switch (warning.kind) {
    case "otherKind": {
      const { model, makes, file, contentType } = warning;
      const came = `${KIND_WORDS[madeAs(contentType)]} (${contentType})`;
      return `${model} makes ${KIND_WORDS[makes]}, but ${file} is ${came}. It was saved as it came: tell the user.`;
    }
    case "otherExtension":
      return `${warning.asked} was asked for; the file is saved as ${warning.file}, by what it contains.`;
    case "aboveCap":
      return `The service reports ${warning.charged} credits charged, although the cap was ${warning.maxCredits} (--maxCredits). Tell the user.`;
    case "otherAccount":
      return `${otherAccountText(warning)} Tell the user.`;
    case "replacedSubmit": {
      const { created, idempotencyKey: idempotencyKey2 } = warning;
      return `The outcome of the earlier submit of this request, made on ${created} with the idempotency key ${idempotencyKey2}, is not known: it may be charged too. Tell the user.`;
    }
    case "unrecorded":
      return `The record of this request could not be written when the service accepted it: keep the task id. waitTask with it brings the result, and charges nothing.`;
    case "taskNotNamed": {
      const { promptExcerpt, model, created, isListed } = warning;
      const list = ", or --action listTasks --since 7d, which also shows those that have ended";
      return `Without --taskId this is the newest unfinished request: ${requestNamed(promptExcerpt, model)}, made on ${created}. If another one was meant: --action listPending${isListed ? list : ""}.`;
    }
    case "noPermit":
      return `The state is the last known one. The queries that the service allows were used by other waits on this machine, or it asked for a pause; the next query is due in ${warning.seconds} s.`;
    case "taskGone":
      return `The service does not show the newer task ${warning.taskId} any more: this call passed it over.`;
    case "unknownSubmits":
      return `This is the newest request that has a task. The outcome of ${counted(warning.count, "other submit")} is not known, and one of them may be newer: run the command of the one that is meant.`;
  }
}

// scripts/src/disk/make-folder.ts
const { mkdirSync, statSync } = require("node:fs");
const path5 = require("node:path");
function makeFolder(folder, mode = 511) {
  try {
    makeOne(folder, mode);
  } catch (error) {
    const above = path5.dirname(folder);
    if (error.code !== "ENOENT" || above === folder) throw error;
    makeFolder(above, mode);
    makeOne(folder, mode);
  }
}
function makeOne(folder, mode) {
  if (isFolder(folder)) return;
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (error.code !== "EEXIST" || !isFolder(folder)) throw error;
  }
}
function isFolder(file) {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

// scripts/src/model/any-video.ts
var ANY_VIDEO = { earliestMs: 12e4, latestMs: 42e4 };

// scripts/src/model/once.ts
function once(make) {
  let made;
  return () => {
    made ??= Promise.resolve(make());
    return made;
  };
}
export {
  ACTIONS,
  ADDRESS_FORM,
  AIVIDEOMAKER,
  ANY_VIDEO,
  APIDOT,
  API_KEY_FORM,
  AdvisedFailure,
  BATCH_ORDER,
  BRIEF_WAIT_S,
  BY_FLAGS,
  CallView,
  DAY_MS,
  DEFAULT_WAIT_S,
  ERROR_CODES,
  EXIT,
  EXIT_OF_ERROR,
  EXIT_OF_SIGNAL,
  EXIT_WORDS,
  FIRST_POLL_MS,
  FLAGS,
  FLAG_NAMES,
  Failure,
  Interruption,
  KIND_WORDS,
  LONGEST_SHOWN,
  LONGEST_TIMER_MS,
  Meter,
  NOT_YET,
  ONE_CHARGE,
  OPEN,
  OUTPUT_KINDS,
  PROFILES,
  RETRIES,
  SANDBOX_FOLDER,
  SANDBOX_KEY,
  SECONDS,
  SINCE_EXPECTED,
  SWITCHES,
  Situation,
  Sums,
  TASK_ID,
  TASK_STATES,
  THIS_MACHINE,
  TIMEOUT_MS,
  UPSTREAM,
  abilityFor,
  accountWords,
  amount,
  boundedJson,
  briefWait,
  bugOutcome,
  byUrgency,
  callerOf,
  callerOfLine,
  checkCallbackUrl,
  checkFit,
  checkInterval,
  checkPublicUrl,
  checkService,
  checkTogether,
  clockTime,
  commandFor,
  commandFrom,
  commandLine,
  commandToRehearse,
  compact,
  counted,
  credits,
  dayOf,
  decision,
  definedFields,
  done,
  dropStep,
  earlierStep,
  editDistance,
  escapeInvisible,
  failed,
  findOutSteps,
  finishWith,
  flagWords,
  flagsIn,
  guessAction,
  idempotencyKey,
  inQuotes,
  inSandbox,
  interruptedOutcome,
  isAboutTask,
  isApiKey,
  isBareEnd,
  isCommandLine,
  isDeviceName,
  isIdempotencyKey,
  isLocal,
  isLoopback,
  isObject,
  isOpenEnd,
  isPublicAddress,
  isSubmit,
  isTerminal,
  issue,
  issueText,
  issuesText,
  journalFolder,
  kind,
  lineAlone,
  lines,
  madeAs,
  main,
  makeFolder,
  muteNode,
  nameProblem,
  nearest,
  needsRecords,
  once,
  orFailure,
  otherAccountText,
  output,
  overrule,
  owner,
  parseArguments,
  parseSince,
  plain,
  printText,
  profileOf,
  providerFlag,
  quoteWord,
  quoted,
  readEnvironment,
  readFlags,
  readValue,
  redact,
  redraws,
  refusalOf,
  refuseUnsupported,
  refused,
  refusedInputs,
  requestNamed,
  resumeCommand,
  resumeFlags,
  rowsThatFit,
  rule,
  saveCommand,
  screen,
  secretsIn,
  sentences,
  serviceAddress,
  serviceFlags,
  serviceName,
  since,
  sinceAt,
  skillFolder,
  sourceOf,
  squeeze,
  status,
  success,
  sums,
  systemClock,
  takesPayload,
  taskId,
  textsIn,
  two,
  unlessEmpty,
  unsupported,
  unsupportedAction,
  upstream,
  urlOf,
  usually,
  visible,
  warningText,
  watch,
  wholeMessage,
  withWarnings,
  withoutApiPath
};
