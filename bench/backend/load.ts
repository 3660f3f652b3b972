import { connect, type Socket } from 'node:net';

/** Latencies in milliseconds, and answers by their status. */
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
  await new Promise<void>((resolve, reject) => {
    function dispatch(): void {
      while (waiting.length > 0 && idle.length > 0) {
        const { n, due } = waiting.shift()!;
        const connection = idle.pop()!;
        connection.ask(request(n), (status) => {
          latencies.push(performance.now() - due);
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
    for (const connection of all) connection.onError = reject;
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
  ask(bytes: Buffer, answered: (status: number) => void): void;
  onError(error: Error): void;
  close(): void;
}

async function open(port: number): Promise<Connection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let head = '';
  let rest = -1;
  let status = 0;
  let answered: (status: number) => void = () => {};
  const connection: Connection = {
    ask(bytes, then) {
      answered = then;
      socket.write(bytes);
    },
    onError: () => {},
    close: () => {
      connection.onError = () => {};
      socket.destroy();
    },
  };
  socket.on('error', (error) => connection.onError(error));
  socket.on('close', () => connection.onError(new Error('the connection was closed')));
  socket.on('data', (chunk: Buffer) => {
    if (rest < 0) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      status = Number(head.slice(9, 12));
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end + 2))?.[1] ?? 0);
      rest = length - (head.length - end - 4);
    } else rest -= chunk.length;
    if (rest > 0) return;
    head = '';
    rest = -1;
    answered(status);
  });
  return connection;
}

/** Returns the value below which this share of the values lies. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Returns a request of HTTP/1.1 with a JSON body. */
export function jsonRequest(method: string, path: string, headers: Record<string, string>, body: string): Buffer {
  const fields = { host: '127.0.0.1', 'content-type': 'application/json', ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
