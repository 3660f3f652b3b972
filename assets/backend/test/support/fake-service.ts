import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeService {
  origin: string;
  /** `POST /api/v1/generate/t2v`, in the order of their arrival. */
  seen: string[];
  close(): Promise<void>;
}

/** A body that is no Buffer is sent as JSON. */
export type Answer = { status: number; body: unknown; headers?: Record<string, string> };

/** A service whose answers a test gives, for what the sandbox has no marker for. */
export async function startFakeService(
  answer: (request: IncomingMessage, body: string) => Promise<Answer> | Answer,
): Promise<FakeService> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push(`${request.method} ${request.url}`);
    const { status, body, headers } = await answer(request, Buffer.concat(chunks).toString());
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What AIVideoMaker answers to a submit that it accepts. */
export function acceptance(taskId: string): Answer {
  return { status: 200, body: { status: 'SUBMITTED', taskId, creditsCharged: 15, idempotentReplay: false } };
}

/** A task as AIVideoMaker shows it. */
export function task(id: string, status: string, url?: string): object {
  const output = url === undefined ? null : { url };
  return { id, model: 't2v', input: {}, output, status, creditsCharged: 15, creditsRefunded: 0 };
}

/** A file, as a host of results sends it. */
export const picture = (): Answer => ({
  status: 200,
  headers: { 'content-type': 'image/png' },
  body: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
});

/** Returns a port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
