import { listModels } from '../contracts/contract.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { accountsOf, type Surroundings, taskId } from './accounts.ts';
import { headerOf, PROVIDER, readRequest } from './aivideomaker-request.ts';
import { chargeFor } from './charge.ts';
import { type Call, failure, type JsonReply, type Reply, wrongMethod } from './exchange.ts';
import { keepInput, showInput } from './input.ts';
import { currentChange, refundOf, type SandboxState, stateAt } from './lifecycle.ts';
import type { Replies, Route, Service } from './service.ts';
import type { TaskRecord } from './task-record.ts';
import { DUPLICATE_AFTER, type Notices } from './webhooks.ts';

const PREFIX = ['api', 'v1'];

// Task queries that an address may send in a minute.
const ALLOWED = 60;
const WINDOW_MS = 60_000;

/** The models as the service listed them in September 2026, in its order. `lv` is accepted, but was not listed. */
const LISTED = ['t2v', 'i2v', 'minimax', 't2v_v3', 'i2v_v3', 'seedance20', 'wan27', 'happyhorse'];
const KNOWN: ReadonlySet<string> = new Set([...LISTED, 'lv']);

const NOTICES: Notices = {
  body: ({ id }, status) => ({ taskId: id, status }),
  repeats: [DUPLICATE_AFTER],
};

const CONFLICT = failure(
  409,
  'This Idempotency-Key was used before with other data.',
  'IDEMPOTENCY_CONFLICT',
);

const REPLIES: Replies = {
  wrongKey: failure(401, 'Invalid API key. Please check your API key.', 'AUTH_FAILED'),
  noRoute: failure(404, 'Not found.'),
  wrongMethod,
  noTask: failure(404, 'Task not found.'),
  flaky: failure(503, 'Service unavailable, as [sandbox:flaky] asks for.'),
  'rate-limit': tooMany('Too many generation requests, as [sandbox:rate-limit] asks for.', 1),
  'server-error': failure(500, 'Internal server error, as [sandbox:server-error] asks for.'),
  reject: failure(422, 'The content was rejected, as [sandbox:reject] asks for.'),
  'http200-failure': failure(
    200,
    'The generation could not be started, as [sandbox:http200-failure] asks for.',
  ),
};

/** Emulates AIVideoMaker API v1. `references/sandbox.md` lists its behaviour where the service's documents say nothing. */
export function createAivideomaker(surroundings: Surroundings): Service {
  const { store, files, webhooks, now } = surroundings;
  const refuse = queryLimit(now);
  const accounts = accountsOf(surroundings, PROVIDER, REPLIES);
  const shownDead = new Set<string>();

  const routes: Route[] = [
    ['GET', 'account', query(account)],
    ['GET', 'tasks', query(listTasks)],
    ['GET', 'tasks/*', query(detail)],
    ['GET', 'tasks/*/status', query(status)],
    ['PUT', 'tasks/*/cancel', cancel],
    ['POST', 'quote/*', quote],
    ['POST', 'generate/*', create],
  ];

  function query(answer: Route[2]): Route[2] {
    return (call, owner, part) => {
      const retryAfter = refuse(call.address);
      if (retryAfter === null) return answer(call, owner, part);
      return tooMany('Too many task queries from this address: 60 a minute are allowed.', retryAfter);
    };
  }

  async function account(_: Call, owner: string): Promise<JsonReply> {
    const added = (await listModels(PROVIDER)).filter((model) => !KNOWN.has(model));
    return ok({
      ok: true,
      apiVersion: 'v1',
      skillVersion: '1.0.15',
      currentBalance: accounts.balanceOf(owner),
      supportedModels: [...LISTED, ...added],
      dailyCreditLimit: -1,
      generationRequestsPerMinute: -1,
      creditWarningAt: -1,
    });
  }

  function listTasks(call: Call, owner: string): JsonReply {
    return ok({ tasks: accounts.tasksOf(owner).map((record) => taskBody(call, record)) });
  }

  function detail(call: Call, owner: string, id: string): JsonReply {
    const record = accounts.taskOf(owner, id);
    const body = taskBody(call, record);
    if (stateAt(record, now()) === 'COMPLETED') shownDead.add(id);
    return ok(body);
  }

  function status(_: Call, owner: string, id: string): JsonReply {
    return ok({ status: stateAt(accounts.polled(owner, id), now()) });
  }

  function cancel(_: Call, owner: string, id: string): JsonReply {
    const record = accounts.taskOf(owner, id);
    const state = stateAt(record, now());
    if (state !== 'SUBMITTED') {
      return failure(400, `Only a task that is SUBMITTED can be cancelled; this one is ${state}.`);
    }
    const cancelled = { ...record, cancelledAt: now() };
    store.replace(cancelled);
    webhooks.changed(cancelled);
    return ok({ status: 'CANCEL', taskId: id });
  }

  async function quote(call: Call, owner: string, model: string): Promise<JsonReply> {
    const { contract, payload, scenarios } = await readRequest(call, model);
    const credits = chargeFor(model, contract, payload);
    const balance = accounts.balanceOf(owner, scenarios);
    return ok({
      model,
      credits,
      listPriceUsd: credits / 100,
      usdPerCredit: 0.01,
      currentBalance: balance,
      affordable: credits <= balance,
      billable: false,
    });
  }

  async function create(call: Call, owner: string, model: string): Promise<Reply> {
    const idempotencyKey = headerOf(call, 'Idempotency-Key', /^.{8,128}$/, '8 to 128 characters');
    const limit = headerOf(call, 'X-Max-Credits', /^\d{1,15}$/, 'an integer of 0 or more');
    const { contract, payload, scenarios } = await readRequest(call, model);
    const kept = keepInput(model, payload);
    const answer = (record: TaskRecord, isReplay: boolean): JsonReply =>
      record.fingerprint === kept.fingerprint ? created(call, record, isReplay) : CONFLICT;

    // With a key the id follows from it: every process that uses this key finds the same record.
    const id = idempotencyKey === null ? taskId() : taskId(`${PROVIDER}\n${owner}\n${idempotencyKey}`);
    const earlier = store.get(id);
    if (earlier !== null) return answer(earlier, true);

    accounts.checkScenarios(scenarios, `${owner} ${idempotencyKey ?? kept.fingerprint}`);
    const credits = chargeFor(model, contract, payload);
    if (limit !== null && credits > Number(limit)) {
      const message = `The quote of ${credits} credits is above X-Max-Credits: ${Number(limit)}.`;
      return failure(422, message, 'BUDGET_EXCEEDED');
    }
    const balance = accounts.balanceOf(owner, scenarios);
    if (credits > balance) {
      const message = `Insufficient credits: ${credits} needed, ${balance} left.`;
      return failure(402, message, 'INSUFFICIENT_CREDITS');
    }
    const address = call.headers.webhookurl?.toString() || null;
    return accounts.submit(
      { ...kept, id, owner, idempotencyKey, credits, scenarios },
      address,
      NOTICES,
      answer,
    );
  }

  function created(call: Call, record: TaskRecord, idempotentReplay: boolean): JsonReply {
    const url = [call.origin, ...PREFIX, 'tasks', record.id].join('/');
    return ok({
      status: stateAt(record, now()),
      taskId: record.id,
      creditsCharged: record.credits,
      idempotentReplay,
      responseUrl: url,
      statusUrl: `${url}/status`,
      cancelUrl: `${url}/cancel`,
    });
  }

  function taskBody(call: Call, record: TaskRecord): JsonObject {
    const time = now();
    const { at, state } = currentChange(record, time);
    const refunded = refundOf(record, time);
    return {
      id: record.id,
      model: record.model,
      input: showInput(record.input, call.origin),
      output: outputOf(call, record, state),
      status: state,
      createdAt: iso(record.createdAt),
      completedAt: state === 'COMPLETED' ? iso(at) : null,
      creditsCharged: record.credits,
      creditsRefunded: refunded,
      listValueCents: record.credits - refunded,
      idempotencyKey: record.idempotencyKey,
    };
  }

  function outputOf(call: Call, record: TaskRecord, state: SandboxState): Json {
    if (state === 'FAILED') return { error: 'The generation failed, as [sandbox:fail] asks for.' };
    if (state !== 'COMPLETED') return null;
    const dead = record.scenarios.includes('expired-link') && !shownDead.has(record.id);
    // A recorded run has the notice beside the address; what becomes of it after a day is not known, so it stays.
    const msg = 'The file is kept for 24 hours. Download it before it expires.';
    return { url: files.urlOf(record, call.origin, dead), msg };
  }

  const keyOf: Service['keyOf'] = ({ key }) => (typeof key === 'string' ? key : undefined);
  return { prefix: PREFIX, routes, keyOf, replies: REPLIES };
}

function tooMany(message: string, retryAfter: number): JsonReply {
  return { ...failure(429, message, 'RATE_LIMITED'), headers: { 'retry-after': String(retryAfter) } };
}

function ok(body: JsonObject): JsonReply {
  return { status: 200, body };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/**
 * Counts a query of an address; returns the seconds to wait where its minute is used up, else null. Refused queries do
 * not count: whether the service counts them is not known.
 */
function queryLimit(clock: () => number): (address: string) => number | null {
  const seen = new Map<string, number[]>();
  return (address) => {
    const now = clock();
    // Times in the future are dropped: after the clock was set back, no client may stay locked out.
    const recent = (seen.get(address) ?? []).filter((at) => at > now - WINDOW_MS && at <= now);
    seen.set(address, recent);
    if (recent.length >= ALLOWED) return Math.max(1, Math.ceil((recent[0]! + WINDOW_MS - now) / 1_000));
    recent.push(now);
    return null;
  };
}
