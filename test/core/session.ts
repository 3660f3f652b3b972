import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { AdvisedFailure } from '../../scripts/src/cli/advised-failure.ts';
import type { Envelope } from '../../scripts/src/cli/render/envelope.ts';
import type { Terms } from '../../scripts/src/core/checked-request.ts';
import { openPoller } from '../../scripts/src/core/poll/poller.ts';
import type { Observer, Session } from '../../scripts/src/core/session.ts';
import { Api } from '../../scripts/src/http/api.ts';
import type { ProxySettings } from '../../scripts/src/http/http-client.ts';
import { Transport } from '../../scripts/src/http/transport.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import { accountOf, jsonHash, requestName } from '../../scripts/src/model/fingerprint.ts';
import { once } from '../../scripts/src/model/once.ts';
import type { RequestRecord } from '../../scripts/src/model/request-record.ts';
import { aivideomaker } from '../../scripts/src/providers/aivideomaker/api.ts';
import type { ProviderRequest } from '../../scripts/src/providers/provider.ts';
import { PROFILES } from '../../scripts/src/providers/registry.ts';
import type { Entry } from '../../scripts/src/stores/file/entry.ts';
import { Journal } from '../../scripts/src/stores/file/journal.ts';
import { FakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/command.ts';
import type { Settings } from './rendered.ts';

export const KEY = 'ak_workflow_canary';

/** The proxies that are set: with some, undici fetches the files. */
export const NETWORK: { proxy: ProxySettings } = { proxy: {} };

export interface TestSession extends Session {
  clock: FakeClock;
  /** The calls of the observer, in order: `submitting`, `rejected`, `task ckx1 SUBMITTED`, `polled PROGRESS`, … */
  told: string[];
}

interface SessionOptions {
  maxRetries?: number;
  timeoutMs?: number;
  signal?: AbortSignal;
  loopback?: boolean;
  transport?: Transport;
  clock?: FakeClock;
  journal?: Journal;
  /** Milliseconds before the first poll. */
  firstMs?: number;
}

/** A session against a test server: real requests, and a clock that only moves during a sleep. */
export function sessionWith(origin: string, options: SessionOptions = {}): TestSession {
  const { maxRetries = 3, timeoutMs = 10_000, signal, loopback = true, firstMs = 2_000 } = options;
  const clock = options.clock ?? new FakeClock();
  const transport = options.transport ?? new Transport(NETWORK.proxy);
  onTestFinished(() => transport.close());
  const told: string[] = [];
  const observer: Observer = {
    about: () => observer,
    named: () => observer,
    expected: ({ fromMs, toMs }) => told.push(`expected ${fromMs} to ${toMs}`),
    batch: ({ total, done, failed, running }) => told.push(`batch ${total} ${done} ${failed} ${running}`),
    several: (count) => told.push(`several ${count}`),
    attached: (id) => told.push(`attached ${id}`),
    submitting: () => told.push('submitting'),
    madeUnderOther: ({ taskId }) => told.push(`made under another as ${taskId}`),
    rejected: () => told.push('rejected'),
    task: (id, state) => told.push(`task ${id} ${state}`),
    polled: ({ state, unknownState }) => told.push(`polled ${unknownState ?? state}`),
    queryFailed: ({ code }) => told.push(`failed ${code}`),
    downloading: () => {},
  };
  const baseUrl = new URL(origin);
  const service = {
    provider: aivideomaker({ profile: PROFILES[0]!, baseUrl, key: KEY, now: clock.wall }),
    api: new Api(transport, clock, { timeoutMs, maxRetries, ...(signal && { signal }) }),
  };
  const schedule = { firstMs };
  return {
    ...service,
    schedule,
    poller: once(() => openPoller(service, schedule, async () => null)),
    durations: new Map(),
    transport,
    loopback: loopback ? baseUrl : null,
    clock,
    told,
    records: async () => options.journal ?? null,
    observer,
  };
}

export const REQUEST: ProviderRequest = {
  model: 't2v',
  payload: { prompt: 'a lighthouse', aspectRatio: '16:9', duration: '5' },
  idempotencyKey: 'key-0001',
};

export const TERMS: Terms = {
  isNamed: false,
  isNew: false,
  owner: null,
  wait: null,
  caps: {},
};

/** A journal in a folder of its own, of the service at this address. */
export function journalOf(service: string, clock: FakeClock): Journal {
  return new Journal({
    folder: path.join(folder(), 'records'),
    provider: 'aivideomaker',
    service,
    account: accountOf('aivideomaker', KEY),
    clock,
    warn: () => {},
  });
}

export function waiting(waitMs: number, more: Partial<Settings> = {}): Settings {
  return { waitMs, folder: null, ...more };
}

/** A record of this request, or of another one, as an earlier process left it. */
export async function leave(journal: Journal, more: Partial<RequestRecord> = {}): Promise<Entry> {
  const { provider, service, account, clock } = journal.place;
  const { model, idempotencyKey } = REQUEST;
  const payloadHash = jsonHash(REQUEST.payload);
  const now = new Date(clock.wall()).toISOString();
  const entry = journal.draft({
    request: requestName({ provider, service, account, model, payloadHash, idempotencyKey: undefined }),
    ...{ provider, service, account, owner: null, model, payloadHash, idempotencyKey },
    ...{ phase: 'submitting', resubmitted: false, taskId: null, status: 'UNKNOWN', duration: null },
    ...{ checked: null, delivered: null, used: null, wait: null, download: null, fileCount: null },
    credits: { quoted: null, charged: null, refunded: null },
    files: [],
  });
  journal.prepare();
  await entry.begin({ created: now, sentAt: now, unsettledSince: now, submitTimeout: 0, ...more });
  return entry;
}

/** A folder that is gone when the test ends. */
export function folder(): string {
  return tempFolder(undefined, 'amw workflow ');
}

/** The failure that the promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<AdvisedFailure> {
  const error = await promise.then(
    (value) => new Error(`did not fail: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error as AdvisedFailure;
  throw error;
}

/** What an envelope says is to be done next. */
export function stepsOf({ data }: Envelope): string[] {
  return (data?.nextSteps ?? []) as string[];
}
