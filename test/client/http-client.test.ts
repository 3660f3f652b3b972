// A client of the caller's own sends the requests; what it says of a request decides about the charge.
import { expect, test } from 'vitest';
import type { HttpClient, HttpEvents, HttpRequest } from '../../scripts/src/client/index.ts';
import { NodeHttpClient } from '../../scripts/src/http/node-http-client.ts';
import { tempFolder } from '../support/command.ts';
import { service } from '../support/service.ts';
import { clientOf, errorOf, request } from './support.ts';

/** A client that does with each request what the test says, and counts. */
function scripted(
  act: (events: HttpEvents, request: HttpRequest) => void,
): HttpClient & { sent: HttpRequest[]; closed: number } {
  return {
    sent: [],
    closed: 0,
    start(request, events) {
      this.sent.push(request);
      queueMicrotask(() => act(events, request));
      return { pause() {}, resume() {}, abort() {} };
    },
    close() {
      this.closed += 1;
    },
  };
}

test('it sends what goes to the service; files are fetched without it', async () => {
  const server = await service();
  const node = new NodeHttpClient();
  const paths: string[] = [];
  const httpClient: HttpClient = {
    start(request, events, fresh) {
      paths.push(request.url.pathname);
      return node.start(request as never, events, fresh);
    },
    close: () => node.close(),
  };
  const client = clientOf(server.origin, { httpClient });
  const task = await client.submit(request('aivideomaker'));
  await client.wait(task);
  await client.download(task.id, { to: tempFolder() });
  expect(paths).toContain('/api/v1/generate/t2v');
  expect(server.to('GET /file')).toHaveLength(1);
  expect(paths.filter((path) => path.startsWith('/file'))).toEqual([]);
});

const submitBy = (httpClient: HttpClient) =>
  clientOf('https://api.example.com', { httpClient }).submit(request('aivideomaker'));

const gone = Object.assign(new Error('gone'), { code: 'ECONNRESET' });

test('an error before onLeave: rejected; after it: unknown', async () => {
  const before = scripted((events) => events.onError(gone));
  const early = await errorOf(submitBy(before));
  expect(early).toMatchObject({ code: 'NETWORK_ERROR', outcome: 'rejected', cause: { code: 'ECONNRESET' } });
  const after = scripted((events) => {
    events.onLeave();
    events.onError(gone);
  });
  const late = await errorOf(submitBy(after));
  expect(late).toMatchObject({ code: 'NETWORK_ERROR', outcome: 'unknown' });
  expect(after.sent).toHaveLength(1);
  expect([...(after.sent[0]!.body ?? [])].map(String).join('')).toContain('lighthouse');
});

test('an error of its own that is no network error is a bug, and thrown as it is before the request left', async () => {
  const own = new TypeError('a bug');
  const httpClient = scripted((events) => events.onError(own));
  await expect(submitBy(httpClient)).rejects.toBe(own);
});

test('close closes it', async () => {
  const httpClient = scripted((events) => events.onError(gone));
  const client = clientOf('https://api.example.com', { httpClient, maxRetries: 0 });
  await errorOf(client.status('task1'));
  await client.close();
  expect(httpClient.closed).toBe(1);
});
