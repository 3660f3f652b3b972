import { expect } from 'vitest';
import type { AdvisedFailure } from '../../scripts/src/cli/advised-failure.ts';
import { explained } from '../../scripts/src/cli/render/errors/explained.ts';
import {
  type SubmitLog,
  type Submitted,
  submitOrReconcile,
} from '../../scripts/src/core/submit/submit-or-reconcile.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import type { Profile, ProviderRequest } from '../../scripts/src/providers/provider.ts';
import { PROFILES } from '../../scripts/src/providers/registry.ts';
import { FakeClock } from '../support/clock.ts';
import { type Answer, type Reply, replyOf, serve, type TestServer } from '../support/server.ts';
import { callerOf } from './rendered.ts';
import { REQUEST, type TestSession } from './session.ts';

export const GENERATE = 'POST /api/v1/generate/t2v';
export const LIST = 'GET /api/v1/tasks';
export const ACCEPTED: Answer = { body: { status: 'SUBMITTED', taskId: 'ckx1' } };
export const EMPTY: Answer = { body: { tasks: [] } };
/** A wait that is longer than any minute of a reconciliation. */
const LONG_MS = 600_000;
/** When a test begins, by the service's clock, and by this machine's where it is right. */
export const START = new FakeClock().wallOffset;

/** An answer of which half comes. */
export const CUT: Answer = {
  body: { status: 'SUBMITTED', taskId: 'ckx1', creditsCharged: 15 },
  breaksAfter: 26,
};

export interface Service extends TestServer {
  /** Seconds on the clock of each reading of the list. */
  readAt: number[];
}

/**
 * A service whose submits and lists are answered with these, in order; the last answer of each stays. It dates its answers
 * by the clock's monotonic time: the wall clock of this machine may jump, the service's does not.
 */
export async function submitService(
  clock: FakeClock,
  submits: Reply[],
  lists: (Reply | (() => Reply))[] = [EMPTY],
): Promise<Service> {
  const readAt: number[] = [];
  const server = await serve(async (request, context) => {
    const isList = `${request.method} ${request.path}` === LIST;
    if (isList) readAt.push(clock.now / 1_000);
    const reply = await replyOf(isList ? lists : submits, request, context);
    if (typeof reply !== 'object') return reply;
    return { ...reply, headers: { date: new Date(START + clock.now).toUTCString(), ...reply.headers } };
  });
  return Object.assign(server, { readAt });
}

/** A list with a task, made so many milliseconds before the test began. */
export function listed(more: object = {}, agoMs = 0): Answer {
  const createdAt = new Date(START - agoMs).toISOString();
  return {
    body: {
      tasks: [{ id: 'ckx9', model: 't2v', status: 'PROGRESS', input: REQUEST.payload, createdAt, ...more }],
    },
  };
}

export const submitsTo = (server: TestServer) => server.to(GENERATE);

/** All submits carried one and the same key and body. */
export function expectOneRequest(server: TestServer, count: number): void {
  const sent = submitsTo(server).map(({ headers, body }) => [headers['idempotency-key'], body]);
  expect(sent).toEqual(Array(count).fill(['key-0001', JSON.stringify(REQUEST.payload)]));
}

/** A log that remembers its calls, in order; one of its steps may be made to fail. */
export function logOf(failing: Partial<SubmitLog> = {}): SubmitLog & { notes: string[] } {
  const notes: string[] = [];
  const note = (text: string) => async () => void notes.push(text);
  return {
    notes,
    sending: note('sending'),
    rejected: note('rejected'),
    lost: note('lost'),
    resubmitting: note('resubmitting'),
    resubmitRejected: note('resubmit rejected'),
    ...failing,
  };
}

/** Submits, with so many milliseconds to spend. */
export async function submitFor(
  session: TestSession,
  waitMs: number = LONG_MS,
  { generation = REQUEST, log = logOf() }: { generation?: ProviderRequest; log?: SubmitLog } = {},
): Promise<Submitted> {
  return submitOrReconcile(session, generation, log, session.clock.now + waitMs);
}

export function acceptedOf(result: Submitted): Extract<Submitted, { kind: 'accepted' }> {
  if (result.kind !== 'accepted') throw result.failure;
  return result;
}

/** The failure of a submit that the service certainly did not accept. */
export function rejectionOf(result: Submitted): Failure {
  expect(result.kind).toBe('rejected');
  return (result as { failure: Failure }).failure;
}

/** The failure of a submit whose outcome is not known; nothing that it offers may submit while that may charge twice. */
export function unknownOf(result: Submitted, provider: Profile = PROFILES[0]!): AdvisedFailure {
  expect(result.kind).toBe('unknown');
  const { failure } = result as { failure: Failure };
  expect(failure).toBeInstanceOf(Failure);
  expect(failure.code).toBe('SUBMIT_OUTCOME_UNKNOWN');
  expect(failure.details).toMatchObject({
    status: 'UNKNOWN',
    unclear: true,
    reason: { idempotencyKey: 'key-0001', model: 't2v' },
  });
  return explained(failure, callerOf({ provider }));
}
