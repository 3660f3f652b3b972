import { connect, type Socket } from 'node:net';

/** Latencies in milliseconds, by the number of the request, and answers by their status. */
export interface Load {
  latencies: number[];
  statuses: Map<number, number>;
  /** Seconds from the first request to the last answer. */
  seconds: number;
}

export interface LoadOptions {
  port: number;
  connections: number;
  /** Requests a second, sent at their time whether or not earlier ones are answered; undefined: as many as are answered. */
  rate?: number;
  count: number;
  /** Returns the bytes of a request. */
  request: (n: number) => Buffer;
}

/**
 * Sends requests over kept connections and measures each from the moment when it was due. It reads no more of an answer
 * than its status and length: it runs on the cores that it measures.
 */
export async function send({ port, connections, rate, count, request }: LoadOptions): Promise<Load> {
  const latencies: number[] = [];
  const statuses = new Map<number, number>();
  const idle: Connection[] = [];
  const all: Connection[] = [];
  for (let n = 0; n < connections; n += 1) {
    const connection = await open(port);
    idle.push(connection);
    all.push(connection);
  }
  const waiting: { n: number; due: number }[] = [];
  const start = performance.now();
  let next = 0;
  let done = 0;
  await new Promise<void>((resolve) => {
    function dispatch(): void {
      while (waiting.length > 0 && idle.length > 0) {
        const { n, due } = waiting.shift()!;
        const connection = idle.pop()!;
        connection.ask(request(n), (status) => {
          latencies[n] = performance.now() - due;
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          idle.push(connection);
          done += 1;
          if (done === count) resolve();
          else if (rate === undefined) plan();
          dispatch();
        });
      }
    }
    function plan(): void {
      if (next < count) waiting.push({ n: next++, due: performance.now() });
    }
    if (rate === undefined) {
      for (let n = 0; n < connections; n += 1) plan();
      dispatch();
      return;
    }
    const timer = setInterval(() => {
      while (next < count && start + (next * 1_000) / rate <= performance.now())
        waiting.push({ n: next, due: start + (next++ * 1_000) / rate });
      if (next >= count) clearInterval(timer);
      dispatch();
    }, 2);
  });
  const seconds = (performance.now() - start) / 1_000;
  for (const connection of all) connection.close();
  return { latencies, statuses, seconds };
}

interface Connection {
  /** Answers 0 where the connection ends before the answer. */
  ask(bytes: Buffer, answered: (status: number) => void): void;
  close(): void;
}

async function open(port: number): Promise<Connection> {
  let head = '';
  let rest = -1;
  let status = 0;
  let isLast = false;
  let answered: ((status: number) => void) | undefined;
  let isClosed = false;
  let socket = await connected(port);
  listen();

  function listen(): void {
    socket.on('error', () => {});
    socket.on('close', () => {
      if (isClosed) return;
      // The server may close after an answer: the next request takes another connection.
      void connected(port).then((next) => {
        socket = next;
        listen();
        answer(isLast && rest <= 0 && head !== '' ? status : 0);
      });
    });
    socket.on('data', read);
  }

  function answer(value: number): void {
    const then = answered;
    answered = undefined;
    head = '';
    rest = -1;
    isLast = false;
    then?.(value);
  }

  function read(chunk: Buffer): void {
    if (rest < 0) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      status = Number(head.slice(9, 12));
      isLast = /\r\nconnection: *close/i.test(head.slice(0, end));
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end + 2))?.[1] ?? 0);
      rest = length - (head.length - end - 4);
    } else rest -= chunk.length;
    // The server closes the connection now; `close` opens another one.
    if (rest <= 0 && isLast) socket.end();
    else if (rest <= 0) answer(status);
  }

  return {
    ask(bytes, then) {
      answered = then;
      socket.write(bytes);
    },
    close() {
      isClosed = true;
      socket.destroy();
    },
  };
}

function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Returns the value below which this share of the values lies. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Returns a request of HTTP/1.1 with a JSON body. @param rest what follows the beginning of the body */
export function jsonRequest(
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
  rest: Buffer = Buffer.alloc(0),
): Buffer {
  const fields = { host: '127.0.0.1', 'content-type': 'application/json', ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(body) + rest.length;
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}content-length: ${length}\r\n\r\n${body}`;
  return Buffer.concat([Buffer.from(head), rest]);
}
