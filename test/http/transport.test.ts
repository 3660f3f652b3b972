import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HttpClient, HttpRequest, ProxySettings } from '../../scripts/src/http/http-client.ts';
import { JsonBody } from '../../scripts/src/http/json.ts';
import { NodeHttpClient } from '../../scripts/src/http/node-http-client.ts';
import { Transport } from '../../scripts/src/http/transport.ts';
import { UndiciHttpClient } from '../../scripts/src/http/undici-http-client.ts';
import type { Failure, FailureDetails } from '../../scripts/src/model/failure.ts';
import { BROTLI_BOMB, GZIP_BOMB } from '../support/bombs.ts';
import { failureOf as failed } from '../support/failures.ts';
import { listen, tunnel } from '../support/network.ts';
import { closedPort, poured, serve } from '../support/server.ts';
import { type Certificate, selfSigned } from './certificate.ts';
import { serveRaw } from './raw.ts';

const OPTIONS = { timeoutMs: 2_000, maxBytes: 100_000 };
/** The request may have been executed; it certainly was not. */
const UNCLEAR = { transient: true, unclear: true };
const CERTAIN = { transient: true, unclear: false };
const KEY = 'ak_transport_canary';

function transportFor(proxy: ProxySettings = {}, httpClient?: HttpClient): Transport {
  const transport = new Transport(proxy, httpClient && { httpClient });
  onTestFinished(() => transport.close());
  return transport;
}

function get(url: string): HttpRequest {
  return { method: 'GET', url: new URL(url), headers: { key: KEY } };
}

function post(url: string): HttpRequest {
  const body = new JsonBody({ prompt: 'a lighthouse' });
  return { method: 'POST', url: new URL(url), headers: { key: KEY }, body };
}

/** The failure that the promise is rejected with, which has these details. */
async function failureOf(promise: Promise<unknown>, details: FailureDetails = {}): Promise<Failure> {
  const failure = await failed(promise);
  expect(failure).toMatchObject({ code: 'NETWORK_ERROR', details });
  return failure;
}

async function serveTls(certificate: Certificate, body: string | Buffer = 'ok') {
  const received: http.IncomingHttpHeaders[] = [];
  const server = https.createServer(certificate, (req, res) => {
    received.push(req.headers);
    res.end(body);
  });
  return { port: await listen(server), received };
}

// Requests travel by two clients, with a proxy by the other one: they have to behave alike.
describe.each([
  { client: "Node's own client", make: () => new NodeHttpClient() },
  { client: 'undici', make: () => new UndiciHttpClient({}) },
])('$client', ({ make }) => {
  const SHORT = { ...OPTIONS, timeoutMs: 120 };
  const byClient = () => transportFor({}, make());

  const refused = (request: HttpRequest, details?: FailureDetails) =>
    failureOf(byClient().send(request, OPTIONS), details);

  describe('one exchange', () => {
    it('sends what it is given and nothing else, and gives back the whole answer', async () => {
      const server = await serve({
        status: 201,
        headers: { 'X-Some': 'Thing', 'content-type': 'text/x' },
        body: 'grüße',
      });
      const answer = await byClient().send(post(`${server.origin}/a%2Fb?c=d`), OPTIONS);
      expect(answer.status).toBe(201);
      expect(answer.headers['x-some']).toBe('Thing');
      expect(answer.body.toString()).toBe('grüße');
      expect(server.received).toHaveLength(1);
      const { method, path, headers, body } = server.received[0]!;
      expect({ method, path, body }).toEqual({
        method: 'POST',
        path: '/a%2Fb?c=d',
        body: '{"prompt":"a lighthouse"}',
      });
      const { host, connection, 'content-length': length, ...rest } = headers;
      expect(length).toBe('25');
      expect({ host, connection }).toEqual({ host: server.origin.slice(7), connection: 'keep-alive' });
      expect(rest).toEqual({ key: KEY });
    });

    it('joins a header that came twice with a comma', async () => {
      const server = await serveRaw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 0\r\n\r\n');
      });
      expect((await byClient().send(get(server.origin), OPTIONS)).headers['x-a']).toBe('1, 2');
    });

    it('passes over 1xx answers', async () => {
      const server = await serveRaw((socket) => {
        socket.write(
          'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
        );
      });
      const answer = await byClient().send(get(server.origin), OPTIONS);
      expect(answer).toMatchObject({ status: 200, body: Buffer.from('ok') });
      expect(answer.headers.link).toBeUndefined();
    });

    it.each([301, 302, 303, 307, 308])('fault 10: does not follow HTTP %i', async (status) => {
      const other = await serve({ body: 'stolen' });
      const server = await serve({ status, headers: { location: `${other.origin}/take` } });
      expect((await byClient().send(post(server.origin), OPTIONS)).status).toBe(status);
      expect(other.received).toHaveLength(0);
      expect(server.received).toHaveLength(1);
    });

    it('fault 25: passes bytes on unchanged, and asks for no compression', async () => {
      const zipped = gzipSync('{"a":1}');
      const server = await serve(({ headers }) => {
        expect(headers['accept-encoding']).toBeUndefined();
        return { body: zipped };
      });
      expect((await byClient().send(get(server.origin), OPTIONS)).body).toEqual(zipped);
    });

    it.each<[string, Buffer]>([
      ['gzip', gzipSync('{"a":1}')],
      ['x-gzip', gzipSync('{"a":1}')],
      ['GZIP', gzipSync('{"a":1}')],
      ['br', brotliCompressSync('{"a":1}')],
      ['deflate', deflateSync('{"a":1}')],
      ['deflate', deflateRawSync('{"a":1}')],
      ['identity', Buffer.from('{"a":1}')],
      ['gzip, br', brotliCompressSync(gzipSync('{"a":1}'))],
    ])('fault 25: reads an answer in %s that nobody asked for', async (encoding, body) => {
      const server = await serve({ headers: { 'content-encoding': encoding }, body });
      expect((await byClient().send(get(server.origin), OPTIONS)).body.toString()).toBe('{"a":1}');
    });

    it.each<[string, Buffer]>([
      ['gzip', Buffer.from('{"a":1}')],
      ['gzip', gzipSync('{"a":1}').subarray(0, 20)],
      ['br', Buffer.alloc(0)],
      ['zstd, sdch', Buffer.from('{"a":1}')],
    ])('fault 25: leaves what is no %s as it came', async (encoding, body) => {
      const server = await serve({ headers: { 'content-encoding': encoding }, body });
      expect((await byClient().send(get(server.origin), OPTIONS)).body).toEqual(body);
    });

    it.each<[string, Buffer]>([
      ['gzip', GZIP_BOMB],
      ['br', BROTLI_BOMB],
      ['gzip, gzip', gzipSync(GZIP_BOMB)],
    ])('fault 25: unpacks no bomb in %s', async (encoding, body) => {
      const server = await serve({ headers: { 'content-encoding': encoding }, body });
      const failure = await refused(get(server.origin), UNCLEAR);
      expect(failure.message).toBe(`${server.origin} sent more than 100000 bytes.`);
    });
  });

  describe('what never left', () => {
    it('fault 1: a refused connection is certain: nothing was delivered', async () => {
      const port = await closedPort();
      const failure = await refused(post(`http://127.0.0.1:${port}/`), CERTAIN);
      expect(failure.message).toBe(`http://127.0.0.1:${port} refused the connection (ECONNREFUSED).`);
    });

    it('fault 1: so is a name that does not exist', async () => {
      const failure = await refused(post('http://nobody.invalid/'), CERTAIN);
      expect(failure.message).toMatch(/^http:\/\/nobody\.invalid could not be (found|resolved) \(DNS\)/);
    });

    it('fault 9: a connection that is not accepted ends with the deadline, and is certain', async () => {
      // A proxy that takes the connection and never opens the tunnel: as far as the service knows, nobody called.
      const proxy = await serveRaw(() => {});
      const transport = transportFor({ httpsProxy: proxy.origin });
      const failure = await failureOf(transport.send(post('https://api.example.test/'), SHORT), CERTAIN);
      expect(failure.message).toContain('did not accept a connection within 120 ms');
    });
  });

  describe('what may have arrived', () => {
    it.each<[string, (socket: net.Socket) => void]>([
      ['reset', (socket) => socket.resetAndDestroy()],
      ['closed', (socket) => socket.end()],
      ['closed in the middle of the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
      [
        'closed in the middle of the body',
        (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
      ],
      [
        'closed in the middle of a chunk',
        (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nabc'),
      ],
      ['answered with something that is not HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ])('fault 2: a connection that is %s after the request left is not certain', async (_, answer) => {
      const server = await serveRaw((socket, text) => {
        if (text.includes('lighthouse')) answer(socket);
      });
      await refused(post(server.origin), UNCLEAR);
      expect(server.connections).toHaveLength(1);
    });

    it('fault 4: headers that never come end with the deadline', async () => {
      const server = await serveRaw(() => {});
      const failure = await failureOf(byClient().send(post(server.origin), SHORT), UNCLEAR);
      expect(failure.message).toBe(`${server.origin} did not answer within 120 ms.`);
    });

    it('fault 5: a body that trickles in does not outlive the deadline', async () => {
      const server = await serveRaw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
        const drip = setInterval(() => socket.write('x'), 10);
        socket.on('close', () => clearInterval(drip));
      });
      // Long enough for the headers to come on a busy machine.
      const failure = await failureOf(
        byClient().send(get(server.origin), { ...SHORT, timeoutMs: 600 }),
        UNCLEAR,
      );
      expect(failure.message).toBe(`${server.origin} did not finish its answer within 600 ms.`);
    });

    it('fault 31: a body above the cap is stopped while it comes', async () => {
      const { route, sent } = poured(Buffer.alloc(64 * 1024, 'x'), 100 * 2 ** 20);
      const server = await serve(route);
      const failure = await refused(get(server.origin));
      expect(failure.message).toBe(`${server.origin} sent more than 100000 bytes.`);
      expect(failure).toMatchObject({ details: { unclear: true, transient: true } });
      expect(sent()).toBeLessThan(20 * 2 ** 20);
    });

    it.each([
      ['switches to another protocol', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
      ['names no protocol', 'HTTP/1.1 101 Switching\r\n\r\n'],
      ['has no status of HTTP', 'HTTP/1.1 099 Odd\r\ncontent-length: 2\r\n\r\nok'],
    ])('an answer that %s is none, and is not waited for', async (_, answer) => {
      const server = await serveRaw((socket) => socket.write(answer));
      const failure = await refused(post(server.origin), UNCLEAR);
      expect(failure.message).not.toContain('within');
    });

    it.each([
      ['noise', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokGARBAGE'],
      [
        'a second answer',
        'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n',
      ],
    ])('an answer with %s behind it is whole', async (_, bytes) => {
      const server = await serveRaw((socket) => socket.write(bytes));
      const answer = await byClient().send(post(server.origin), { ...OPTIONS, fresh: true });
      expect(answer).toMatchObject({ status: 200, body: Buffer.from('ok') });
    });

    it('fault 22: an answer that did not wait for the whole request closes its connection', async () => {
      const server = await serveRaw((socket) => {
        if (socket.bytesWritten > 0) return;
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno');
        socket.pause();
      });
      const body = new JsonBody({ image: 'x'.repeat(20 * 2 ** 20) });
      expect((await byClient().send({ ...post(server.origin), body }, OPTIONS)).status).toBe(413);
      for (const { socket } of server.connections) socket.resume();
      await vi.waitFor(() => expect(server.connections.every(({ socket }) => socket.destroyed)).toBe(true));
      expect(server.connections[0]!.text.length).toBeLessThan(15 * 2 ** 20);
    });

    it('refuses headers without end', async () => {
      const server = await serveRaw((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(80 * 1024)}\r\n\r\n`);
      });
      const failure = await refused(get(server.origin));
      expect(failure.message).toContain('headers that are too large');
    });
  });

  describe('connections', () => {
    it('continues after a connection of its own was lost', async () => {
      const server = await serve(['closed', { body: 'ok' }]);
      const transport = byClient();
      await failureOf(transport.send(get(server.origin), OPTIONS));
      expect((await transport.send(get(server.origin), OPTIONS)).body.toString()).toBe('ok');
    });

    it('does not let one request that hangs hold up the next for longer than its deadline', async () => {
      const server = await serve((_, { count }) => (count === 0 ? undefined : { body: 'ok' }));
      const transport = byClient();
      await failureOf(transport.send(get(server.origin), SHORT));
      expect((await transport.send(get(server.origin), OPTIONS)).body.toString()).toBe('ok');
    });

    it('close() ends every connection, also one with a request under way', async () => {
      const server = await serveRaw(() => {});
      const transport = byClient();
      const shared = failureOf(transport.send(get(server.origin), OPTIONS));
      const own = failureOf(transport.send(post(server.origin), { ...OPTIONS, fresh: true }));
      await vi.waitFor(() => expect(server.connections.filter(({ text }) => text !== '')).toHaveLength(2));
      await transport.close();
      for (const failure of [await shared, await own]) {
        expect(failure.message).toContain('closed from this side');
        expect(failure.details.unclear).toBe(true);
      }
      await vi.waitFor(() => expect(server.connections.every(({ socket }) => socket.destroyed)).toBe(true));
    });

    it.each(['close()', 'its signal'])('%s ends a connection that is still being made', async (how) => {
      const server = await serveRaw(() => {});
      const transport = byClient();
      const controller = new AbortController();
      const sent = transport.send(get(server.origin.replace('http:', 'https:')), {
        ...OPTIONS,
        fresh: true,
        signal: controller.signal,
      });
      const rejected = expect(sent).rejects.toThrow();
      await vi.waitFor(() => expect(server.connections.filter(({ text }) => text !== '')).toHaveLength(1));
      if (how === 'close()') await transport.close();
      else controller.abort(new Error('stopped'));
      await rejected;
      await vi.waitFor(() => expect(server.connections.every(({ socket }) => socket.destroyed)).toBe(true));
    });

    it('works again after close()', async () => {
      const server = await serve({ body: 'ok' });
      const transport = byClient();
      await transport.send(get(server.origin), OPTIONS);
      await transport.close();
      expect((await transport.send(get(server.origin), OPTIONS)).status).toBe(200);
    });
  });

  describe('the signal', () => {
    it('ends an exchange under way with its own reason', async () => {
      const server = await serveRaw((socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
      );
      const controller = new AbortController();
      const reason = new Error('stopped');
      const sent = byClient().send(get(server.origin), { ...OPTIONS, signal: controller.signal });
      setTimeout(() => controller.abort(reason), 30);
      await expect(sent).rejects.toBe(reason);
      await vi.waitFor(() => expect(server.connections[0]!.socket.destroyed).toBe(true));
    });

    it('that was given before lets nothing leave', async () => {
      const server = await serve({});
      const signal = AbortSignal.abort(new Error('stopped'));
      await expect(byClient().send(post(server.origin), { ...OPTIONS, signal })).rejects.toBe(signal.reason);
      expect(server.received).toHaveLength(0);
    });

    it('that comes too late changes nothing', async () => {
      const server = await serve({ body: 'ok' });
      const controller = new AbortController();
      const answer = await byClient().send(get(server.origin), { ...OPTIONS, signal: controller.signal });
      controller.abort();
      expect(answer.body.toString()).toBe('ok');
    });
  });

  describe('a receiver', () => {
    const exchange = (origin: string, onData: (chunk: Buffer) => void | Promise<void>, onHead = () => {}) =>
      byClient().exchange(get(origin), { onHead, onData }, OPTIONS);

    it('makes the sender wait until the receiver has stored a piece', async () => {
      const size = 32 * 2 ** 20;
      const { route, sent } = poured(Buffer.alloc(2 ** 20, 'x'), size);
      const server = await serve(route);
      let got = 0;
      let calls = 0;
      let atOnce = 0;
      let isBusy = false;
      let release: () => void = () => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const ended = exchange(server.origin, async (chunk) => {
        calls += 1;
        // The event loop would be blocked for ever, and no time limit would work.
        if (calls > 100_000) throw new Error('called without end');
        if (isBusy) atOnce += 1;
        isBusy = true;
        got += chunk.length;
        await gate;
        isBusy = false;
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      // What is under way lies in the buffers of the two sockets: megabytes, but not all of it.
      expect(sent()).toBeLessThan(size);
      expect(got).toBeLessThan(2 ** 20);
      release();
      await ended;
      expect(got).toBe(size);
      expect(atOnce).toBe(0);
    });

    it.each(['at once', 'later'])('that throws %s ends the exchange with what it threw', async (when) => {
      const server = await serve({ body: 'x'.repeat(1000) });
      const bug = new Error('a bug of the receiver');
      const ended = exchange(server.origin, () => {
        if (when === 'at once') throw bug;
        return Promise.reject(bug);
      });
      await expect(ended).rejects.toBe(bug);
    });

    it.each([
      ['until it closes', 'HTTP/1.1 200 OK\r\n\r\nhello'],
      ['of a length', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello'],
      [
        'in chunks',
        'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      ],
    ])('that is busy when the connection ends gets the whole body, sent %s', async (_, answer) => {
      const server = await serveRaw((socket) => socket.end(answer));
      let got = '';
      const { status } = await exchange(server.origin, async (chunk) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        got += chunk.toString();
      });
      expect(status).toBe(200);
      expect(got).toBe('hello');
    });

    it('fault 62: that is busy when the connection ends too early hears of that', async () => {
      const server = await serveRaw((socket) =>
        socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhello'),
      );
      const ended = exchange(server.origin, () => new Promise((done) => setTimeout(done, 30)));
      const failure = await failureOf(ended, UNCLEAR);
      expect(failure.message).not.toContain('within');
    });

    it('that throws at the head reads no body', async () => {
      const server = await serve({ body: 'x'.repeat(1000) });
      const bug = new Error('not that');
      const onData = vi.fn();
      const ended = exchange(server.origin, onData, () => {
        throw bug;
      });
      await expect(ended).rejects.toBe(bug);
      expect(onData).not.toHaveBeenCalled();
    });
  });

  describe('TLS', () => {
    it.each<[string, () => Certificate, string]>([
      ['that nobody vouches for', () => selfSigned(), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['that has run out', () => selfSigned(-3_600_000), 'CERT_HAS_EXPIRED|DEPTH_ZERO_SELF_SIGNED_CERT'],
    ])('fault 6: a certificate %s is named and not tried again', async (_, make, code) => {
      const server = await serveTls(make());
      const failure = await refused(post(`https://localhost:${server.port}/`));
      expect(failure.message).toMatch(new RegExp(`has a certificate that cannot be trusted \\((${code}): `));
      expect(failure.details.transient).toBeUndefined();
      expect(failure.details.unclear).toBe(false);
      expect(failure.details.reason).toEqual({ kind: 'certificate' });
      expect(server.received).toHaveLength(0);
    });

    it('brings an answer of many pieces through as it was', async () => {
      trustAnything();
      const sent = randomBytes(12 * 2 ** 20);
      const server = await serveTls(selfSigned(), sent);
      const received = createHash('sha256');
      const request = get(`https://localhost:${server.port}/`);
      const receiver = {
        onHead() {},
        // Some pieces are waited for, so that others pile up behind them.
        onData(chunk: Buffer) {
          received.update(chunk);
          return chunk.length % 2 ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined;
        },
      };
      await byClient().exchange(request, receiver, OPTIONS);
      expect(received.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
    });

    it('that breaks in the middle of an answer is noticed, and may help another time', async () => {
      trustAnything();
      const server = await serveTls(selfSigned(), randomBytes(2 ** 20));
      const relay = await serveRaw(
        () => {},
        (socket) => {
          const target = net.connect(server.port, '127.0.0.1');
          let bytes = 0;
          socket.on('data', (chunk) => target.write(chunk));
          target.on('data', (chunk) => {
            bytes += chunk.length;
            if (bytes > 200_000) chunk.fill(1);
            socket.write(chunk);
          });
          for (const end of [socket, target]) end.on('error', () => target.destroy());
        },
      );
      const request = get(relay.origin.replace('http://127.0.0.1', 'https://localhost'));
      const limits = { ...OPTIONS, maxBytes: 2 ** 22 };
      const failure = await failureOf(byClient().send(request, limits), UNCLEAR);
      expect(failure.message).not.toContain('within');
    });

    it('a server that speaks no TLS is not called a matter of certificates', async () => {
      const server = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      const failure = await refused(post(`https://127.0.0.1:${server.port}/`));
      expect(failure.message).toContain('could not agree on TLS');
      expect(failure.message).not.toContain('certificate');
      expect(failure.details.unclear).toBe(false);
    });
  });
});

it('fault 3: keeps one connection open for reads and uses a new one for each submit', async () => {
  const ports: (number | undefined)[] = [];
  const server = await serve((_, { res }) => {
    ports.push(res.req.socket.remotePort);
    return { body: 'ok' };
  });
  const transport = transportFor();
  await transport.send(get(server.origin), OPTIONS);
  await transport.send(get(server.origin), OPTIONS);
  await transport.send(post(server.origin), { ...OPTIONS, fresh: true });
  await transport.send(post(server.origin), { ...OPTIONS, fresh: true });
  await transport.send(get(server.origin), OPTIONS);
  const [first, second, third, fourth, fifth] = ports;
  expect(second).toBe(first);
  expect(fifth).toBe(first);
  expect(new Set([first, third, fourth]).size).toBe(3);
});

/** A proxy that writes down what it sees; tunnels lead to `tunnelPort` whatever host they name. */
async function serveProxy(tunnelPort?: number, status = 200) {
  const seen: { line: string; headers: http.IncomingHttpHeaders }[] = [];
  let bytes = '';
  const proxy = http.createServer((req, res) => {
    seen.push({ line: `${req.method} ${req.url}`, headers: req.headers });
    res.writeHead(status).end(status === 200 ? 'by proxy' : '<html>proxy says no</html>');
  });
  proxy.on('connect', (req, socket: net.Socket) => {
    seen.push({ line: `CONNECT ${req.url}`, headers: req.headers });
    if (status !== 200 || tunnelPort === undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    socket.on('data', (chunk) => {
      bytes += chunk.toString('latin1');
    });
    tunnel(socket, tunnelPort);
  });
  const port = await listen(proxy);
  return { origin: `http://127.0.0.1:${port}`, port, seen, bytes: () => bytes };
}

/** The test server's certificate cannot be given to a process that runs already. */
function trustAnything(): void {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => {
    vi.unstubAllEnvs();
    warn.mockRestore();
  });
}

describe('proxies', () => {
  /** A call to a host that only a tunnel leads to. */
  const sendThrough = (httpsProxy: string) =>
    transportFor({ httpsProxy }).send(post('https://api.example.test/'), OPTIONS);

  it('fault 7: plain HTTP goes to the proxy in absolute form', async () => {
    const proxy = await serveProxy();
    const transport = transportFor({ httpProxy: proxy.origin });
    const answer = await transport.send(
      { method: 'GET', url: new URL('http://files.example.test:8080/a%2Fb?c=d'), headers: { accept: '*/*' } },
      OPTIONS,
    );
    expect(answer.body.toString()).toBe('by proxy');
    expect(proxy.seen.map(({ line }) => line)).toEqual(['GET http://files.example.test:8080/a%2Fb?c=d']);
    expect(proxy.seen[0]!.headers.host).toBe('files.example.test:8080');
  });

  it('fault 7: HTTPS goes through a tunnel, and the key stays inside', async () => {
    trustAnything();
    const server = await serveTls(selfSigned());
    const proxy = await serveProxy(server.port);
    const transport = transportFor({ httpsProxy: proxy.origin });
    const answer = await transport.send(post('https://api.example.test/x'), { ...OPTIONS, fresh: true });
    expect(answer.body.toString()).toBe('ok');
    expect(server.received[0]!.key).toBe(KEY);
    expect(proxy.seen.map(({ line }) => line)).toEqual(['CONNECT api.example.test:443']);
    expect(JSON.stringify(proxy.seen)).not.toContain(KEY);
    expect(proxy.bytes().length).toBeGreaterThan(100);
    expect(proxy.bytes()).not.toContain(KEY);
  });

  it('fault 7: user and password go to the proxy, and not through it', async () => {
    trustAnything();
    const server = await serveTls(selfSigned());
    const proxy = await serveProxy(server.port);
    await sendThrough(`http://me:s%40me@127.0.0.1:${proxy.port}`);
    expect(proxy.seen[0]!.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('me:s@me').toString('base64')}`,
    );
    expect(JSON.stringify(server.received)).not.toContain('Basic');
  });

  it.each([
    ['files.example.test', 'the host'],
    ['example.test', 'a domain above it'],
    ['.example.test', 'a domain above it, with a dot'],
    ['other.test, files.example.test', 'the host in a list'],
    ['files.example.test:80', 'host and port'],
    ['*', 'everything'],
  ])('fault 7: NO_PROXY=%s (%s) goes around the proxy', async (noProxy) => {
    const proxy = await serveProxy();
    const transport = transportFor({ httpProxy: proxy.origin, noProxy });
    // No host has such a name, which shows that no proxy was used.
    await failureOf(transport.send(get('http://files.example.test/'), OPTIONS));
    expect(proxy.seen).toEqual([]);
  });

  it.each(['other.test', 'xfiles.example.test', 'files.example.test:81', ''])(
    'fault 7: NO_PROXY=%s does not',
    async (noProxy) => {
      const proxy = await serveProxy();
      const transport = transportFor({ httpProxy: proxy.origin, noProxy });
      await transport.send(get('http://files.example.test/'), OPTIONS);
      expect(proxy.seen).toHaveLength(1);
    },
  );

  it.each(['127.0.0.1', 'localhost'])(
    'a server on this machine (%s) is never asked for through a proxy elsewhere: the key would leave in clear',
    async (host) => {
      const server = await serve({ body: 'no proxy' });
      const proxy = 'http://proxy.invalid:3128';
      const transport = transportFor({ httpProxy: proxy, httpsProxy: proxy, noProxy: 'other.test' });
      const url = server.origin.replace('127.0.0.1', host);
      expect((await transport.send(get(url), OPTIONS)).body.toString()).toBe('no proxy');
    },
  );

  it('fault 7: does not read the environment', async () => {
    const proxy = await serveProxy();
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'])
      vi.stubEnv(name, proxy.origin);
    onTestFinished(() => void vi.unstubAllEnvs());
    await failureOf(transportFor().send(get('http://nobody.invalid/'), OPTIONS));
    const server = await serve({ body: 'ok' });
    await transportFor({ httpsProxy: 'http://127.0.0.1:1' }).send(get(server.origin), OPTIONS);
    expect(proxy.seen).toEqual([]);
  });

  it('fault 8: a proxy that wants a password is named, for plain HTTP', async () => {
    const proxy = await serveProxy(undefined, 407);
    const failure = await failureOf(
      transportFor({ httpProxy: proxy.origin }).send(get('http://files.example.test/'), OPTIONS),
    );
    expect(failure.message).toContain('through the proxy: it wants a user name and a password (HTTP 407)');
    expect(failure.details.unclear).toBe(false);
  });

  it.each([
    [407, 'it wants a user name and a password (HTTP 407)', false],
    [403, 'it answered HTTP 403', false],
    [502, 'it answered HTTP 502', true],
    [503, 'it answered HTTP 503', true],
  ])(
    'fault 8: a tunnel refused with HTTP %i says that %s (again later: %s)',
    async (status, words, transient) => {
      const proxy = await serveProxy(undefined, status);
      const failure = await failureOf(sendThrough(proxy.origin), {
        transient,
        unclear: false,
        reason: { kind: 'proxyRefusal' },
      });
      expect(failure.message).toBe(
        `https://api.example.test could not be reached through the proxy: ${words}.`,
      );
    },
  );

  it('fault 8: an error page of the proxy is an answer like any other', async () => {
    const proxy = await serveProxy(undefined, 502);
    const answer = await transportFor({ httpProxy: proxy.origin }).send(
      get('http://files.example.test/'),
      OPTIONS,
    );
    expect(answer).toMatchObject({ status: 502, body: Buffer.from('<html>proxy says no</html>') });
  });

  it('fault 7: a proxy that is not there is named as what may fail', async () => {
    const failure = await failureOf(sendThrough(`http://127.0.0.1:${await closedPort()}`));
    expect(failure.message).toMatch(
      /refused the connection \(ECONNREFUSED\)\. A proxy is set; it may be what fails\.$/,
    );
    expect(failure.details).toMatchObject({ transient: true, unclear: false });
  });

  it('settings that cannot be used fail without being shown', async () => {
    const failure = await failureOf(sendThrough('http://me:50%secret@127.0.0.1:1'));
    expect(failure.details.reason).toEqual({ kind: 'proxySettings' });
    expect(JSON.stringify([failure.message, failure.details.reason])).not.toContain('secret');
  });
});
