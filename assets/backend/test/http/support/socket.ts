import { createConnection, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Starts listening, and returns the origin. */
export const listen = (app: FastifyInstance): Promise<string> => app.listen({ port: 0, host: '127.0.0.1' });

/** Sends bytes as they are, and returns all that came back when the other side closed or `until` is in it. */
export function exchange(origin: string, bytes: (string | Buffer)[], until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = createConnection({ port: Number(new URL(origin).port), host: '127.0.0.1' });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (until?.test(text) === true) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.once('error', reject);
    socket.once('end', () => resolve(text));
    for (const part of bytes) socket.write(part);
  });
}

export interface SentEvent {
  id?: string;
  event?: string;
  data?: string;
}

/** Reads server-sent events; `next` waits for one more, and is null when the stream has ended. */
export async function readEvents(url: string, headers: Record<string, string>) {
  const ending = new AbortController();
  const response = await fetch(url, { headers, signal: ending.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** Comments that came so far. */
  const comments: string[] = [];

  async function next(): Promise<SentEvent | null> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end === -1) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) return null;
        text += value;
        continue;
      }
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      if (lines[0]!.startsWith(':')) comments.push(lines[0]!);
      const fields = Object.fromEntries(
        lines.map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
      );
      if (fields.data !== undefined) return fields;
    }
  }
  return { response, next, comments, close: () => ending.abort() };
}
