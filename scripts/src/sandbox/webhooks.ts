import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { LONGEST_TIMER_MS } from '../model/clock.ts';
import type { JsonObject } from '../model/json.ts';
import { urlOf } from '../model/url.ts';
import { changesOf, isFinal, type SandboxState } from './lifecycle.ts';
import type { TaskRecord } from './task-record.ts';

/** How an emulated service sends webhooks. */
export interface Notices {
  /** Returns the body of the webhook for a state; null when none is sent. */
  body(record: TaskRecord, state: SandboxState): JsonObject | null;
  /** Simulated milliseconds after the last webhook at which it is sent again. */
  repeats: readonly number[];
}

const LOOPBACK = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;
const ANSWER_WITHIN_MS = 5_000;
/** Services send some webhooks twice. Simulated milliseconds. */
export const DUPLICATE_AFTER = 15_000;

interface Watch {
  url: URL;
  notices: Notices;
  announced: number;
  timer?: NodeJS.Timeout;
  /** Notices of one task leave one after the other, or they could overtake each other. */
  line: Promise<void>;
}

export type Webhooks = ReturnType<typeof openWebhooks>;

/**
 * Sends notices of changes. Nothing is documented about the services' own; what is sent here is the sandbox's, without a
 * signature and never retried. Only loopback addresses are called: the sandbox never leaves the machine.
 */
export function openWebhooks(now: () => number, log: (line: string) => void) {
  const watches = new Map<string, Watch>();
  const closing = new AbortController();
  const { signal } = closing;

  function advance(record: TaskRecord, watch: Watch): void {
    for (const { at, state } of changesOf(record).slice(watch.announced)) {
      const inMs = at - now();
      if (inMs > 0) {
        watch.timer = later(inMs, () => advance(record, watch));
        return;
      }
      watch.announced += 1;
      enqueue(watch, record, state);
      for (const after of isFinal(state) ? watch.notices.repeats : [])
        later(after / record.speed, () => enqueue(watch, record, state));
    }
    watches.delete(record.id);
  }

  function later(ms: number, run: () => void): NodeJS.Timeout {
    const act = () => {
      if (!signal.aborted) run();
    };
    return setTimeout(act, Math.min(Math.max(0, ms), LONGEST_TIMER_MS)).unref();
  }

  function enqueue(watch: Watch, record: TaskRecord, state: SandboxState): void {
    const body = watch.notices.body(record, state);
    if (body === null) return;
    watch.line = watch.line.then(async () => {
      if (signal.aborted) return;
      const result = await post(watch.url, JSON.stringify(body), signal);
      if (!signal.aborted) log(`webhook ${state} of ${record.id}: ${result}`);
    });
  }

  return {
    /** Sends each later change of a task's state to an address, while this process lives. */
    watch(record: TaskRecord, address: string, notices: Notices): void {
      const url = urlOf(address);
      if (!url || !/^https?:$/.test(url.protocol) || !LOOPBACK.test(url.hostname)) {
        log('webhook not sent: the sandbox only calls http(s) addresses on loopback');
        return;
      }
      const watch: Watch = { url, notices, announced: 1, line: Promise.resolve() };
      watches.set(record.id, watch);
      advance(record, watch);
    },

    /** Replaces the planned webhooks of a task by those of its changed record. */
    changed(record: TaskRecord): void {
      const watch = watches.get(record.id);
      if (watch === undefined) return;
      clearTimeout(watch.timer);
      advance(record, watch);
    },

    close(): void {
      closing.abort();
    },
  };
}

async function post(url: URL, body: string, signal: AbortSignal): Promise<string> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const outgoing = request(url, { method: 'POST', agent: false, signal, timeout: ANSWER_WITHIN_MS, headers });
  outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
  outgoing.on('error', () => {});
  outgoing.end(body);
  try {
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    // The body is not needed, and cutting it off must not count as an error.
    answer.on('error', () => {}).destroy();
    return `answered ${answer.statusCode}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `not delivered (${code ?? message})`;
  }
}
