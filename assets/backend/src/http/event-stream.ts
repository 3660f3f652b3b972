import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

export const HEARTBEAT_MS = 5_000;
const RECONNECT_MS = 3_000;
// A reader that takes nothing must not fill the memory: it is cut off, and resumes by Last-Event-ID.
const UNREAD_BYTES = 1024 * 1024;

/** Server-sent events to one reader. */
export interface EventStream {
  send(event: { id?: string; event: string; data: unknown }): void;
  end(): void;
  /** Ends with the reader's connection, or by `end`. */
  readonly signal: AbortSignal;
}

/** All open streams of a process, with one heartbeat for all of them. */
export interface EventStreams {
  open(reply: FastifyReply, user: string): EventStream;
  /** How many streams a user has open here. */
  countOf(user: string): number;
  close(): void;
}

/** @param onCount receives the number of open streams when it changes */
export function createEventStreams(
  onCount: (count: number) => void,
  heartbeatMs = HEARTBEAT_MS,
): EventStreams {
  const streams = new Map<ServerResponse, { user: string; end(): void }>();
  const heartbeat = setInterval(() => {
    // A comment: proxies see life, and a reader that is gone shows as an error of the socket.
    for (const raw of streams.keys()) raw.write(': alive\n\n');
  }, heartbeatMs);
  heartbeat.unref();

  return {
    open(reply, user) {
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx gathers answers otherwise.
        'x-accel-buffering': 'no',
      });
      raw.write(`retry: ${RECONNECT_MS}\n\n`);
      const ending = new AbortController();
      const stop = (): void => {
        if (!streams.delete(raw)) return;
        onCount(streams.size);
        ending.abort();
      };
      const end = (): void => {
        stop();
        raw.end();
      };
      streams.set(raw, { user, end });
      onCount(streams.size);
      raw.once('close', stop);
      raw.once('error', stop);
      return {
        signal: ending.signal,
        end,
        send({ id, event, data }) {
          if (ending.signal.aborted) return;
          const first = id === undefined ? '' : `id: ${id}\n`;
          raw.write(`${first}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
          if (raw.writableLength > UNREAD_BYTES) raw.destroy();
        },
      };
    },
    countOf: (user) => [...streams.values()].filter((stream) => stream.user === user).length,
    close() {
      clearInterval(heartbeat);
      for (const { end } of [...streams.values()]) end();
    },
  };
}

/**
 * Returns a function that runs `work` once more after it was called, however often it was called while `work` ran: no
 * change is missed, and none is worked on twice at once.
 */
export function coalesced(work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let isRunning = false;
  let isDue = false;
  async function run(): Promise<void> {
    isRunning = true;
    try {
      while (isDue) {
        isDue = false;
        await work();
      }
    } catch (error) {
      onError(error);
    } finally {
      isRunning = false;
    }
  }
  return () => {
    isDue = true;
    if (!isRunning) void run();
  };
}
