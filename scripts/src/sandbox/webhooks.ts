import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { LONGEST_TIMER_MS } from '../model/clock.ts';
import type { JsonObject } from '../model/json.ts';
import { urlOf } from '../model/url.ts';
import { changesOf, isFinal, type SandboxState } from './lifecycle.ts';
import type { TaskRecord } from './task-record.ts';

/** How an emulated service sends webhooks. */
export interface Notices {
  /** Returns the body of the webhook for a state; null when none is sent. */
  body(record: TaskRecord, state: SandboxState): JsonObject | null;
  /** Simulated milliseconds after the end at which its webhook is sent again. */
  repeats: readonly number[];
}

const LOOPBACK = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;
const ANSWER_WITHIN_MS = 5_000;
/** Services send some webhooks twice. Simulated milliseconds. */
export const DUPLICATE_AFTER = 15_000;

interface Watch {
  url: URL;
  notices: Notices;
  stop: AbortController;
}

export type Webhooks = ReturnType<typeof openWebhooks>;

/**
 * Sends notices of changes. Nothing is documented about the services' own; what is sent here is the sandbox's, without a
 * signature and never retried. Only loopback addresses are called: the sandbox never leaves the machine.
 */
export function openWebhooks(now: () => number, log: (line: string) => void) {
  const watches = new Map<string, Watch>();
  const closing = new AbortController();

  function start(record: TaskRecord, url: URL, notices: Notices): void {
    const watch = { url, notices, stop: new AbortController() };
    watches.set(record.id, watch);
    void announce(record, watch);
  }

  /** Sends the notices of a task one after the other, or they could overtake each other. */
  async function announce(record: TaskRecord, { url, notices, stop }: Watch): Promise<void> {
    const signal = AbortSignal.any([closing.signal, stop.signal]);
    const due = changesOf(record)
      .slice(1)
      .flatMap(({ at, state }) =>
        [0, ...(isFinal(state) ? notices.repeats : [])].map((after) => ({
          at: at + after / record.speed,
          state,
        })),
      );
    try {
      for (const { at, state } of due) {
        for (let ms = at - now(); ms > 0; ms = at - now())
          await setTimeout(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal, ref: false });
        const body = notices.body(record, state);
        if (body === null) continue;
        const result = await post(url, JSON.stringify(body), signal);
        signal.throwIfAborted();
        log(`webhook ${state} of ${record.id}: ${result}`);
      }
      watches.delete(record.id);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  return {
    /** Sends each later change of a task's state to an address, while this process lives. */
    watch(record: TaskRecord, address: string, notices: Notices): void {
      const url = urlOf(address);
      if (url && /^https?:$/.test(url.protocol) && LOOPBACK.test(url.hostname)) start(record, url, notices);
      else log('webhook not sent: the sandbox only calls http(s) addresses on loopback');
    },

    /** Replaces the planned webhooks of a task by those of its changed record. */
    changed(record: TaskRecord): void {
      const watch = watches.get(record.id);
      if (watch === undefined) return;
      watch.stop.abort();
      start(record, watch.url, watch.notices);
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
