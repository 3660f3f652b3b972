import { randomUUID } from 'node:crypto';
import { MP4 } from '../support/media.ts';
import { type Received, type Reply, serve } from '../support/server.ts';

/** What happens to the answer of a submit that was accepted and charged. */
export const SUBMIT_FAULTS = ['none', 'reset', 'delay', 'truncate'] as const;

export type SubmitFault = (typeof SUBMIT_FAULTS)[number];

interface KeptTask {
  id: string;
  prompt: string;
  input: object;
  key: string;
  createdAt: string;
  polls: number;
  isCancelled: boolean;
}

export interface Ledger {
  origin: string;
  received: Received[];
  /** The ids of the charged tasks of each request, by its prompt. */
  charges: Map<string, string[]>;
  /** The faults of the next submits, one after the other; then none. */
  script: SubmitFault[];
  /** Called when a submit, or a status query, has arrived. */
  onSubmit?: (() => void) | undefined;
  onStatus?: (() => void) | undefined;
  /** How its tasks end. */
  end: 'COMPLETED' | 'FAILED' | 'CANCEL';
  /** Its tasks do not end. */
  isBusy: boolean;
  /** The poll that shows the end of a task. */
  lastPoll: number;
  /** Its list is empty. */
  hidesTasks: boolean;
  /** Milliseconds after which its list shows a task. */
  listDelayMs: number;
  /** The HTTP status of its list, and of its status queries. */
  listStatus: number;
  pollStatus: number;
  refusesKey: boolean;
  /** Rejects submits after so many accepted ones. */
  refuses?: { status: number; errorCode: string; after: number; retryAfter?: number } | undefined;
  /** The number of queries of a task that answer 404 first. */
  missing: number;
  /** The links of its files have expired. */
  isExpired: boolean;
  /** Its tasks are as if nobody had asked for them yet. */
  resetPolls(): void;
  /** Cancels a task. */
  cancel(id: string): void;
  /** Removes a task. */
  forget(id: string): void;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Returns a service that keeps a ledger: each accepted submit is charged, unless it replays an idempotency key. Its tasks
 * end at the third poll, of the task or of the list, and their files come in two parts. It emulates AIVideoMaker and APIDot;
 * its APIDot has no idempotency keys and no list.
 */
export async function ledger({ forgetsKeys = false } = {}): Promise<Ledger> {
  const tasks: KeptTask[] = [];

  const stateOf = (task: KeptTask): string => {
    if (task.isCancelled) return 'CANCEL';
    if (task.polls >= book.lastPoll && !book.isBusy) return book.end;
    return task.polls > 1 ? 'PROGRESS' : 'SUBMITTED';
  };
  const record = (task: KeptTask, origin: string): object => ({
    id: task.id,
    model: 't2v',
    input: task.input,
    output: stateOf(task) === 'COMPLETED' ? { url: `${origin}/files/${task.id}.mp4` } : null,
    status: stateOf(task),
    createdAt: task.createdAt,
    creditsCharged: 15,
    creditsRefunded: ['FAILED', 'CANCEL'].includes(stateOf(task)) ? 15 : 0,
    ...(!forgetsKeys && { idempotencyKey: task.key }),
  });

  const WORDS = { SUBMITTED: 'not_started', PROGRESS: 'running', COMPLETED: 'finished', FAILED: 'failed' };
  const apidotRecord = (task: KeptTask, origin: string): object => {
    const status = WORDS[stateOf(task) as keyof typeof WORDS];
    const files = status === 'finished' ? [{ file_url: `${origin}/files/${task.id}.mp4` }] : [];
    return { code: 200, data: { task_id: task.id, status, output: { files }, error_message: null } };
  };

  async function submit(request: Received): Promise<Reply> {
    const sent = JSON.parse(request.body) as { prompt: string; input?: { prompt: string } };
    const input = sent.input ?? (sent as { prompt: string });
    const key = String(request.headers['idempotency-key'] ?? randomUUID());
    let task = tasks.find((kept) => kept.key === key);
    const idempotentReplay = task !== undefined;
    if (!task) {
      const id = `task-${randomUUID()}`;
      task = {
        id,
        prompt: input.prompt,
        input,
        key,
        createdAt: new Date().toISOString(),
        polls: 0,
        isCancelled: false,
      };
      tasks.unshift(task);
      book.charges.set(task.prompt, [...(book.charges.get(task.prompt) ?? []), id]);
    }
    const body = sent.input
      ? { code: 200, data: { task_id: task.id, status: 'not_started' } }
      : { status: 'SUBMITTED', taskId: task.id, creditsCharged: 15, idempotentReplay };
    switch (book.script.shift()) {
      case 'reset':
        return 'closed';
      case 'truncate':
        return { body, breaksAfter: 20 };
      case 'delay':
        await pause(150);
        return { body };
      default:
        return { body };
    }
  }

  const server = await serve(async (request, { res, server: { origin } }) => {
    const target = request.path;
    if (book.refusesKey && !target.startsWith('/files/'))
      return {
        status: 401,
        body: { status: 'FAILED', errorCode: 'AUTH_FAILED', message: 'Invalid API key.' },
      };
    if (target.includes('/quote/'))
      return { body: { model: 't2v', credits: 15, currentBalance: 1000, affordable: true, billable: false } };
    if (request.method === 'POST') {
      book.onSubmit?.();
      const { refuses } = book;
      if (refuses && tasks.length >= refuses.after)
        return {
          status: refuses.status,
          ...(refuses.retryAfter && { headers: { 'retry-after': String(refuses.retryAfter) } }),
          body: { status: 'FAILED', errorCode: refuses.errorCode, message: 'no' },
        };
      return submit(request);
    }
    if (target === '/api/v1/tasks') {
      const shown = tasks.filter(({ createdAt }) => Date.now() - Date.parse(createdAt) >= book.listDelayMs);
      // The list is a poll of every task that it shows.
      if (!book.hidesTasks) for (const task of shown) task.polls += 1;
      const listed = book.hidesTasks ? [] : shown.map((task) => record(task, origin));
      return { status: book.listStatus, body: { tasks: listed } };
    }
    const task = tasks.find(({ id }) => target.includes(id));
    if (task && book.missing > 0) {
      book.missing -= 1;
      return { status: 404, body: { status: 'FAILED', message: 'not yet' } };
    }
    if (!task) return { status: 404, body: { status: 'FAILED', message: 'no such task' } };
    if (target.endsWith('/cancel')) {
      task.isCancelled = true;
      return { body: { status: 'CANCEL', taskId: task.id } };
    }
    if (target.startsWith('/files/')) {
      if (book.isExpired) return { status: 404, body: 'gone' };
      res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': String(MP4.length) });
      res.write(MP4.subarray(0, MP4.length >> 1));
      await pause(15);
      res.end(MP4.subarray(MP4.length >> 1));
      return undefined;
    }
    const isApidot = target.startsWith('/api/generate/');
    if (isApidot || target.endsWith('/status')) {
      book.onStatus?.();
      if (book.pollStatus !== 200) return { status: book.pollStatus, body: { message: 'away' } };
      task.polls += 1;
      return { body: isApidot ? apidotRecord(task, origin) : { status: stateOf(task) } };
    }
    return book.pollStatus === 200
      ? { body: record(task, origin) }
      : { status: book.pollStatus, body: { message: 'away' } };
  });

  const book: Ledger = {
    origin: server.origin,
    received: server.received,
    charges: new Map(),
    script: [],
    end: 'COMPLETED',
    isBusy: false,
    lastPoll: 3,
    hidesTasks: false,
    listDelayMs: 0,
    listStatus: 200,
    pollStatus: 200,
    refusesKey: false,
    missing: 0,
    isExpired: false,
    resetPolls: () => {
      for (const task of tasks) task.polls = 0;
    },
    cancel: (id) => {
      tasks.find((task) => task.id === id)!.isCancelled = true;
    },
    forget: (id) =>
      tasks.splice(
        tasks.findIndex((task) => task.id === id),
        1,
      ),
  };
  return book;
}
