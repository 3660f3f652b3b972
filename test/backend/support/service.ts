import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { ROOT } from '../../support/command.ts';

/** A task of the counting service. Each one is a charge. */
export interface ServedTask {
  id: string;
  key: string;
  model: string;
  input: unknown;
  createdAt: number;
  endsAt: number;
  webhookUrl: string | undefined;
  sha256: string;
}

export interface ServiceOptions {
  /** The share of submits that are charged and then get no answer. */
  lost?: number;
  /** The share of submits that are answered with 429. */
  refused?: number;
  /** Milliseconds within which a submit is answered. */
  answerMs?: [least: number, most: number];
  /** Milliseconds that a task runs. */
  taskMs?: [least: number, most: number];
  /** Queries that are answered in any 60 seconds. */
  queriesPerMinute?: number;
}

export interface CountingService {
  origin: string;
  /** All charges, one for each task. */
  tasks: Map<string, ServedTask>;
  /** Adds a task that runs already. */
  add(key: string, endsAt: number): ServedTask;
  counts: {
    submits: number;
    lost: number;
    refused: number;
    queries: number;
    tooMany: number;
    callbacks: number;
  };
  close(): Promise<void>;
}

const CLIP = readFileSync(path.join(ROOT, 'scripts', 'lib', 'sandbox-clip.mp4'));

/**
 * Starts a service that works as AIVideoMaker does and counts what it charges. It is stricter than the sandbox: a key is
 * never honoured, so each submit that arrives is a charge, and each file is another one.
 */
export async function startCountingService({
  lost = 0,
  refused = 0,
  answerMs = [20, 200],
  taskMs = [2_000, 6_000],
  queriesPerMinute = 60,
}: ServiceOptions = {}): Promise<CountingService> {
  const tasks = new Map<string, ServedTask>();
  const counts = { submits: 0, lost: 0, refused: 0, queries: 0, tooMany: 0, callbacks: 0 };
  let queries: number[] = [];
  let isClosed = false;

  function permitted(): boolean {
    const now = Date.now();
    queries = queries.filter((at) => at > now - 60_000);
    counts.queries += 1;
    if (queries.length >= queriesPerMinute) {
      counts.tooMany += 1;
      return false;
    }
    queries.push(now);
    return true;
  }

  function add(key: string, endsAt: number, more: Partial<ServedTask> = {}): ServedTask {
    const id = `ck${randomBytes(12).toString('hex')}`.slice(0, 25);
    const sha256 = createHash('sha256').update(fileOf(id)).digest('hex');
    const task = {
      id,
      key,
      model: 't2v',
      input: {},
      createdAt: Date.now(),
      endsAt,
      webhookUrl: undefined,
      sha256,
      ...more,
    };
    tasks.set(id, task);
    return task;
  }

  async function submit(incoming: IncomingMessage, response: ServerResponse, model: string): Promise<void> {
    const input = JSON.parse(await textOf(incoming));
    counts.submits += 1;
    if (Math.random() < refused) {
      counts.refused += 1;
      json(
        response,
        429,
        { status: 'FAILED', code: 'RATE_LIMITED', message: 'Wait.' },
        { 'retry-after': '1' },
      );
      return;
    }
    // Accepted and charged first; the answer comes later, or never.
    const task = add(
      String(incoming.headers['idempotency-key']),
      Date.now() + between(answerMs) + between(taskMs),
      {
        ...{ model, input, webhookUrl: incoming.headers.webhookurl as string | undefined },
      },
    );
    const { id } = task;
    announce(task);
    await wait(between(answerMs));
    if (Math.random() < lost) {
      counts.lost += 1;
      response.destroy();
      return;
    }
    json(response, 200, { status: 'SUBMITTED', taskId: id, creditsCharged: 15, idempotentReplay: false });
  }

  /** Callbacks come early, late, twice, and in the wrong order. */
  function announce({ id, endsAt, webhookUrl }: ServedTask): void {
    if (webhookUrl === undefined) return;
    const send = (status: string, ms: number) =>
      setTimeout(() => {
        if (isClosed) return;
        counts.callbacks += 1;
        const body = JSON.stringify({ taskId: id, status });
        const outgoing = request(webhookUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        });
        outgoing.on('error', () => {});
        outgoing.on('response', (answer) => answer.resume());
        outgoing.end(body);
      }, ms).unref();
    const end = endsAt - Date.now();
    send('PROGRESS', 0);
    send('COMPLETED', end);
    send('COMPLETED', end + 100);
    send('PROGRESS', end + 300);
  }

  const shown = (task: ServedTask) => {
    const isDone = Date.now() >= task.endsAt;
    return {
      id: task.id,
      model: task.model,
      input: task.input,
      output: isDone ? { url: `${origin}/files/${task.id}.mp4` } : null,
      status: isDone ? 'COMPLETED' : 'PROGRESS',
      createdAt: new Date(task.createdAt).toISOString(),
      creditsCharged: 15,
      creditsRefunded: 0,
      idempotencyKey: task.key,
    };
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const [first, , ...rest] = (incoming.url ?? '').slice(1).split('/');
    if (first === 'files') return serve(incoming, response);
    const [resource, name] = rest;
    if (incoming.method === 'POST' && resource === 'generate') return submit(incoming, response, name!);
    incoming.resume();
    if (incoming.method !== 'GET' || resource !== 'tasks')
      return json(response, 404, { status: 'FAILED', message: 'Not found.' });
    if (!permitted())
      return json(
        response,
        429,
        { status: 'FAILED', code: 'RATE_LIMITED', message: 'Too many.' },
        { 'retry-after': '5' },
      );
    if (name === undefined) return json(response, 200, { tasks: [...tasks.values()].reverse().map(shown) });
    const task = tasks.get(name);
    if (task) json(response, 200, shown(task));
    else json(response, 404, { status: 'FAILED', code: 'TASK_NOT_FOUND', message: 'Task not found.' });
  }

  function serve(incoming: IncomingMessage, response: ServerResponse): void {
    const task = tasks.get(/^\/files\/(\w+)\.mp4$/.exec(incoming.url ?? '')?.[1] ?? '');
    if (!task) {
      json(response, 404, {});
      return;
    }
    const bytes = fileOf(task.id);
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': bytes.length });
    response.end(bytes);
  }

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  // A worker that is killed leaves half a request.
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ origin, tasks, add, counts },
    close: () =>
      new Promise((resolve) => {
        isClosed = true;
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The clip with a box that names the task: a whole MP4, and no two are alike. */
export function fileOf(id: string): Buffer {
  const box = Buffer.alloc(8 + id.length);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'latin1');
  box.write(id, 8, 'latin1');
  return Buffer.concat([CLIP, box]);
}

const between = ([least, most]: [number, number]): number => least + Math.random() * (most - least);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
