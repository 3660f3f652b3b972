// A service on this machine that counts: 60 queries a minute unless told otherwise, and 429 beyond them.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export const MINUTE = 60_000;
const MP4 = readFileSync(fileURLToPath(new URL('../scripts/lib/sandbox-clip.mp4', import.meta.url)));

export interface CountedTask {
  id: string;
  endAt: number;
  /** When an answer first showed the end; 0: not yet. */
  seenAt: number;
}

export class CountingService {
  readonly tasks: CountedTask[] = [];
  /** When each accepted query came. */
  readonly accepted: number[] = [];
  refused = 0;
  lists = 0;
  origin = '';
  /** The port of the connection that brought the last query. */
  latestPort = '';
  readonly #byId = new Map<string, CountedTask>();
  readonly #durationMs: () => number;
  readonly #most: { queries: number; listed: number };
  readonly #server: http.Server;

  /** @param durationMs how long the next task takes @param most queries a minute, and tasks of which the list tells */
  constructor(durationMs: () => number, most = { queries: 60, listed: Infinity }) {
    this.#durationMs = durationMs;
    this.#most = most;
    this.#server = http.createServer((req, res) => void this.#answer(req, res));
    this.#server.keepAliveTimeout = 10 * MINUTE;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** @param endAt by the wall clock; absent: after its duration */
  add(endAt = Date.now() + this.#durationMs()): CountedTask {
    const task = { id: `task${this.tasks.length}`, endAt, seenAt: 0 };
    this.tasks.push(task);
    this.#byId.set(task.id, task);
    return task;
  }

  get mostInAMinute(): number {
    const { accepted } = this;
    let from = 0;
    let most = 0;
    for (const [to, at] of accepted.entries()) {
      while (accepted[from]! <= at - MINUTE) from += 1;
      most = Math.max(most, to - from + 1);
    }
    return most;
  }

  async #answer(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    for await (const _ of req);
    const url = req.url ?? '';
    const now = Date.now();
    const json = (status: number, body: object, headers = {}) => {
      res.writeHead(status, { 'content-type': 'application/json', ...headers });
      res.end(JSON.stringify(body));
    };
    if (url.startsWith('/files/')) {
      res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': String(MP4.length) });
      res.end(MP4);
      return;
    }
    if (req.method === 'POST') {
      json(200, { status: 'SUBMITTED', taskId: this.add().id, creditsCharged: 15 });
      return;
    }
    if (this.accepted.filter((at) => at > now - MINUTE).length >= this.#most.queries) {
      this.refused += 1;
      json(429, { status: 'FAILED', errorCode: 'RATE_LIMITED' }, { 'retry-after': '5' });
      return;
    }
    this.accepted.push(now);
    this.latestPort = String(req.socket.remotePort);
    const [, id, isStatus] = /\/tasks\/([^/]+)(\/status)?$/.exec(url) ?? [];
    const record = (task: CountedTask) => {
      const { id, endAt } = task;
      if (now >= endAt) task.seenAt ||= now;
      return {
        ...{ id, model: 't2v', input: { prompt: 'a lighthouse' }, creditsCharged: 15, creditsRefunded: 0 },
        status: now >= endAt ? 'COMPLETED' : 'PROGRESS',
        output: now >= endAt ? { url: `${this.origin}/files/${id}.mp4` } : null,
      };
    };
    if (id === undefined) {
      this.lists += 1;
      json(200, { tasks: this.tasks.toReversed().slice(0, this.#most.listed).map(record) });
      return;
    }
    const task = this.#byId.get(id);
    if (!task) json(404, { status: 'FAILED' });
    else json(200, isStatus ? { status: record(task).status } : record(task));
  }
}
