import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Envelope } from '../../scripts/src/cli/render/envelope.ts';
import { loadContract } from '../../scripts/src/contracts/contract.ts';
import type { RequestNote, Terms } from '../../scripts/src/core/checked-request.ts';
import type { GenerateOptions } from '../../scripts/src/core/generate.ts';
import type { Observer } from '../../scripts/src/core/observer.ts';
import { openPoller } from '../../scripts/src/core/poll/poller.ts';
import type { Session } from '../../scripts/src/core/session.ts';
import { Api } from '../../scripts/src/http/api.ts';
import type { ProxySettings } from '../../scripts/src/http/http-client.ts';
import { Transport } from '../../scripts/src/http/transport.ts';
import { firstRecord } from '../../scripts/src/model/claim-rules.ts';
import { accountOf, jsonHash } from '../../scripts/src/model/fingerprint.ts';
import { once } from '../../scripts/src/model/once.ts';
import type { RequestRecord } from '../../scripts/src/model/request-record.ts';
import { aivideomaker } from '../../scripts/src/providers/aivideomaker/api.ts';
import type { Provider, ProviderRequest } from '../../scripts/src/providers/provider.ts';
import type { Entry } from '../../scripts/src/stores/file/entry.ts';
import { Journal } from '../../scripts/src/stores/file/journal.ts';
import { FakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/command.ts';
import { generate, type Settings } from './rendered.ts';

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
  provider?: Provider;
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
    resumed: (id) => told.push(`resumed ${id}`),
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
    provider: options.provider ?? aivideomaker({ baseUrl, key: KEY, now: clock.wall }),
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

/** The same, with records in a folder of its own. */
export function sessionOnRecord(
  origin: string,
  options: SessionOptions = {},
): TestSession & { journal: Journal } {
  const { clock = new FakeClock() } = options;
  const journal = journalOf(origin, clock);
  return { ...sessionWith(origin, { journal, ...options, clock }), journal };
}

export const REQUEST: ProviderRequest = {
  model: 't2v',
  payload: { prompt: 'a lighthouse', aspectRatio: '16:9', duration: '5' },
  idempotencyKey: 'key-0001',
};

export const TERMS: Terms = {
  isNamed: false,
  isNew: false,
  caps: {},
};

export const NOTE: RequestNote = { owner: null, wait: null };

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

interface Asked extends Partial<Omit<GenerateOptions, 'terms' | 'note' | 'wait'>> {
  terms?: Partial<Terms>;
  note?: Partial<RequestNote>;
  waitMs?: number;
  place?: Partial<Settings>;
}

const T2V = await loadContract('aivideomaker', 't2v');

/** Asks for the clip of this request, with a wait of a minute. */
export const generateClip = (
  session: Session,
  { terms, note, waitMs = 60_000, place, ...more }: Asked = {},
) =>
  generate(session, {
    ...{ contract: T2V, generation: REQUEST, isDetached: false, ...more },
    ...{ terms: { ...TERMS, ...terms }, note: { ...NOTE, ...note }, wait: waiting(waitMs, place) },
  });

/** A record of this request, or of another one, as an earlier process left it. */
export async function leave(journal: Journal, more: Partial<RequestRecord> = {}): Promise<Entry> {
  const { model, idempotencyKey } = REQUEST;
  const payload = { model, payloadHash: jsonHash(REQUEST.payload), idempotencyKey };
  const claim = { ...payload, isNamed: false, isNew: false, owner: null, download: null, wait: null };
  const now = new Date(journal.place.clock.wall()).toISOString();
  const entry = journal.draft({ ...firstRecord(claim, journal.place), duration: null });
  journal.prepare();
  await entry.store({ created: now, sentAt: now, unsettledSince: now, submitTimeout: 0, ...more });
  return entry;
}

/** A folder that is gone when the test ends. */
export function folder(): string {
  return tempFolder(undefined, 'amw workflow ');
}

/** What an envelope says is to be done next. */
export function stepsOf({ data }: Envelope): string[] {
  return (data?.nextSteps ?? []) as string[];
}
