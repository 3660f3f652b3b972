import { listModels } from '../contracts/contract.ts';
import { idsWithoutContract } from '../contracts/unknown-model.ts';
import { compact, isObject, type JsonObject } from '../model/json.ts';
import { skillFolder } from '../model/skill-folder.ts';
import { urlOf } from '../model/url.ts';
import { accountsOf, type Surroundings, taskId } from './accounts.ts';
import { refusalInSamples } from './apidot-samples.ts';
import { UNKNOWN_PRICE } from './charge.ts';
import { type Call, fromBody, type JsonReply, Refusal, type Reply } from './exchange.ts';
import { keepInput } from './input.ts';
import { type SandboxState, stateAt } from './lifecycle.ts';
import { mediaOf, mediumOf, TONE_SECONDS } from './media.ts';
import { readMarks } from './scenarios.ts';
import type { Replies, Route, Service } from './service.ts';
import type { TaskRecord } from './task-record.ts';
import { DUPLICATE_AFTER } from './webhooks.ts';

const PROVIDER = 'apidot';

// A webhook can be sent again by hand, long after the first one. Simulated milliseconds: half a minute at the default speed.
const SENT_AGAIN_AFTER = 30 * 60_000;

/** The service's status words. It documents no cancelling. No source shows `queued`: a client must handle unknown words. */
const WORDS: Record<SandboxState, string> = {
  SUBMITTED: 'not_started',
  QUEUED: 'queued',
  PROGRESS: 'running',
  COMPLETED: 'finished',
  FAILED: 'failed',
  CANCEL: 'failed',
};

const PROGRESS: Partial<Record<SandboxState, number>> = { SUBMITTED: 0, PROGRESS: 50, COMPLETED: 100 };

/**
 * Emulates APIDot's three requests for tasks. Facts: references/apidot-api.md. `references/sandbox.md` lists its behaviour
 * where the sources say nothing. It replays nothing and lists nothing: two submits are two tasks and two charges.
 */
export function createApidot(surroundings: Surroundings): Service {
  const { files, now } = surroundings;
  const accounts = accountsOf(surroundings, PROVIDER, REPLIES);
  let known: Promise<ReadonlySet<string>> | undefined;

  const routes: Route[] = [
    ['POST', 'submit', submit],
    ['GET', 'status/*', status],
    ['GET', 'detail/music', (call, owner) => musicDetail(call, owner, call.query.get('task_id') ?? '')],
  ];

  async function submit(call: Call, owner: string): Promise<Reply> {
    known ??= knownModels();
    const { kept, callbackUrl, scenarios } = await readRequest(call, await known);
    accounts.checkScenarios(scenarios, `${owner} ${kept.fingerprint}`);
    if (accounts.balanceOf(owner, scenarios) < UNKNOWN_PRICE) {
      return refusal(402, 'insufficient_credits', 'Insufficient credits: the balance cannot cover the task.');
    }

    const task = { ...kept, id: taskId(), owner, idempotencyKey: null, credits: UNKNOWN_PRICE, scenarios };
    return accounts.submit(task, callbackUrl, noticesFrom(call.origin), (record) =>
      ok({ task_id: record.id, status: 'not_started', created_time: timeOf(record) }),
    );
  }

  function status(call: Call, owner: string, id: string): JsonReply {
    const record = accounts.polled(owner, id);
    return ok(dataOf(record, stateAt(record, now()), call.origin));
  }

  /** The task as the status shows it: in the short form of the examples, or in the form of the website's client. */
  function dataOf(record: TaskRecord, state: SandboxState, origin: string): JsonObject {
    const isShown = state === 'COMPLETED' && !record.scenarios.includes('no-files');
    const found = isShown ? filesOf(record, origin) : undefined;
    return record.scenarios.includes('files')
      ? withAge(record, state, found)
      : bodyOf(record, state, { output: found && { files: found } });
  }

  function filesOf(record: TaskRecord, origin: string): JsonObject[] {
    const urls = urlsOf(record, origin);
    // The cover of a piece of music is shown by the music detail alone.
    const shown = mediumOf(record).fileType === 'audio' ? 1 : urls.length;
    return urls
      .slice(0, shown)
      .map((file_url, at) => ({ file_url, file_type: mediaOf(record)[at]!.fileType }));
  }

  function urlsOf(record: TaskRecord, origin: string): string[] {
    // One answer has the state and the result: a link that is dead for one answer only could be replaced before a client
    // uses it.
    const dead = record.scenarios.includes('expired-link') && !files.wasTried(record);
    return mediaOf(record).map((_, at) => files.urlOf(record, origin, dead, at + 1));
  }

  function musicDetail(call: Call, owner: string, id: string): JsonReply {
    const record = accounts.taskOf(owner, id);
    if (mediumOf(record).fileType !== 'audio') return refusal(404, 'not_found', 'This is no music task.');
    const state = stateAt(record, now());
    if (state !== 'COMPLETED') return ok(withAge(record, state, undefined));
    const [audio_url, image_url] = urlsOf(record, call.origin) as [string, string];
    const piece = { audio_id: `${id}-1`, title: 'A tone', duration: TONE_SECONDS };
    return ok(withAge(record, state, [{ ...piece, audio_url, image_url }]));
  }

  /** Sends a webhook for final states only. Its body is what the example receivers read: the files beside the status. */
  function noticesFrom(origin: string) {
    return {
      body: (record: TaskRecord, state: SandboxState): JsonObject | null => {
        if (state !== 'COMPLETED' && state !== 'FAILED') return null;
        const { output, files: found, ...data } = dataOf(record, state, origin);
        const shown = found ?? (isObject(output) ? output.files : undefined);
        return { code: 200, data: compact({ ...data, files: shown }) };
      },
      repeats: [DUPLICATE_AFTER, SENT_AGAIN_AFTER],
    };
  }

  const keyOf: Service['keyOf'] = ({ authorization = '' }) => /^Bearer (\S+)$/.exec(authorization)?.[1];
  return { prefix: ['api', 'generate'], routes, keyOf, replies: REPLIES };
}

async function knownModels(): Promise<ReadonlySet<string>> {
  const root = skillFolder();
  return new Set([...(await listModels(PROVIDER, root)), ...(await idsWithoutContract(root, PROVIDER))]);
}

/** Reads a submit and checks what belongs to no model; of a model's own fields, what the sources show to be refused. */
function readRequest(call: Call, known: ReadonlySet<string>) {
  return fromBody(call, invalid, ({ model, input, callback_url: callbackUrl = null }) => {
    if (typeof model !== 'string' || !/^[\w./-]{1,100}$/.test(model))
      refuse('model: expected the id of a model.');
    if (!isObject(input)) refuse("input: expected an object with the model's fields.");
    if (!known.has(model)) refuse(`model: there is no model ${model}.`);
    if (callbackUrl !== null && !isWebAddress(callbackUrl))
      refuse('callback_url: expected an http or https URL.');
    const { scenarios, complaint } = readMarks(input, PROVIDER);
    if (complaint) refuse(`input: ${complaint}`);
    const refused = refusalInSamples(model, input);
    if (refused !== null) refuse(refused);
    return { kept: keepInput(model, input), callbackUrl, scenarios };
  });
}

const isWebAddress = (value: unknown): value is string =>
  typeof value === 'string' && /^https?:/i.test(value) && urlOf(value) !== undefined;

function ok(data: JsonObject): JsonReply {
  return { status: 200, body: { code: 200, data } };
}

function refusal(code: number, type: string, message: string): JsonReply {
  return { status: code, body: { code, error: { message, type } } };
}

function invalid(message: string): JsonReply {
  return refusal(400, 'invalid_request_error', message.slice(0, 2_000));
}

function withAge(record: TaskRecord, state: SandboxState, files: JsonObject[] | undefined): JsonObject {
  return bodyOf(record, state, { files, created_time: timeOf(record), progress: PROGRESS[state] });
}

function bodyOf({ id }: TaskRecord, state: SandboxState, more: object): JsonObject {
  const failed = state === 'FAILED' ? 'The generation failed, as [sandbox:fail] asks for.' : null;
  return compact({ task_id: id, status: WORDS[state], ...more, error_message: failed });
}

function refuse(message: string): never {
  throw new Refusal(invalid(message));
}

/** As every sample shows it: without a time zone. */
function timeOf({ createdAt }: TaskRecord): string {
  return new Date(createdAt).toISOString().slice(0, 19);
}

const REFUSED = 'The request was refused, as';

// No header for a pause is documented.
const REPLIES: Replies = {
  wrongKey: refusal(401, 'authentication_error', 'Unauthorized - Invalid API key'),
  noRoute: refusal(404, 'not_found', 'Not found.'),
  wrongMethod: (allowed) => ({
    ...refusal(405, 'invalid_request_error', `Method not allowed. Use ${allowed}.`),
    headers: { allow: allowed },
  }),
  noTask: refusal(404, 'not_found', 'Task not found.'),
  flaky: refusal(503, 'server_error', 'Service unavailable, as [sandbox:flaky] asks for.'),
  'rate-limit': refusal(429, 'rate_limited', 'Too many requests, as [sandbox:rate-limit] asks for.'),
  'server-error': refusal(500, 'server_error', 'Internal error, as [sandbox:server-error] asks for.'),
  reject: invalid(`${REFUSED} [sandbox:reject] asks for.`),
  'http200-failure': { ...invalid(`${REFUSED} [sandbox:http200-failure] asks for.`), status: 200 },
};
