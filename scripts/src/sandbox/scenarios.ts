import type { Json, JsonObject } from '../model/json.ts';

/**
 * The scenarios that a prompt can request with `[sandbox:<name>]`. This table is the only list of them;
 * `references/sandbox.md` repeats it word for word, and a test compares the two.
 */
export const EFFECTS = {
  fail: 'The task ends `FAILED` with a reason in `output.error`; the credits come back.',
  'no-credits': 'The create answers 402 `INSUFFICIENT_CREDITS`; a quote shows a balance of 0.',
  reject: 'The create answers 422 as for rejected content: a message and no code. Nothing is made.',
  slow: 'The task takes 90 seconds (at the default speed): `SUBMITTED` for 30, then `PROGRESS`.',
  never: 'The task stays in `PROGRESS` for as long as it is kept.',
  'rate-limit': 'The create answers 429 with `Retry-After: 1` the first time, then works.',
  'lost-answer':
    'The task is made and charged, then the connection is cut before the answer. A replay with the same `Idempotency-Key` answers normally.',
  'not-delivered': 'The connection is cut before anything is made, the first time only.',
  'server-error': 'The create answers 500 the first time and makes nothing, then works.',
  flaky: 'Every second status query of the task answers 503.',
  'expired-link': 'The first output URL is dead (410); asking for the task again gives one that works.',
  'cut-download':
    'The first download of the file is cut at half; the rest can be had with `Range` and `If-Range`.',
  'odd-state': 'Between `SUBMITTED` and `PROGRESS` the task reports the unknown state `QUEUED` for a second.',
  'http200-failure': 'The create answers HTTP 200 with `status: "FAILED"` and a message. Nothing is made.',
  files:
    'APIDot only: answers show the files in `data.files` instead of `data.output.files`, with `progress`.',
  'no-files': 'APIDot only: the status of the finished task names no file; for music, the music detail does.',
};

export type ScenarioName = keyof typeof EFFECTS;

export const SCENARIOS = Object.keys(EFFECTS) as ScenarioName[];
const APIDOT_ONLY: readonly ScenarioName[] = ['files', 'no-files'];

// Wider than a valid marker: a marker with a typing error must not become a part of the prompt.
const MARKER = /\[\s*sandbox(\s*:\s*|\s+)([^\]\s]{0,60})\s*\]?/gi;

/** Returns the scenarios that a payload asks for. An unknown marker is complained of: it is more likely a typing error. */
export function readMarks(payload: JsonObject, service: string) {
  const known = SCENARIOS.filter((name) => service === 'apidot' || !APIDOT_ONLY.includes(name));
  const scenarios = new Set<ScenarioName>();
  let complaint: string | null = null;
  for (const text of textsOf(payload)) {
    for (const [found, between = '', raw = ''] of text.matchAll(MARKER)) {
      const name = raw.toLowerCase();
      const scenario = known.find((one) => one === name);
      const isExact = found.toLowerCase() === `[sandbox:${name}]`;
      if (scenario && isExact) scenarios.add(scenario);
      else if (scenario || between.includes(':'))
        complaint ??= `the sandbox knows no marker ${found.trim()}; it knows ${known.map((one) => `[sandbox:${one}]`).join(' ')}`;
    }
  }
  return { scenarios: [...scenarios], complaint };
}

function* textsOf(value: Json): Generator<string> {
  // A data URI can hold no marker and may be tens of megabytes long.
  if (typeof value === 'string' && !value.startsWith('data:')) yield value;
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) yield* textsOf(part);
  }
}
