import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CANARY, envelopeOf, live, run, tempFolder } from '../support/command.ts';
import { service } from './service.ts';

const ACCOUNT = ['--action', 'account'];
const HOST = 'media.example.test';

interface Proxy {
  origin: string;
  /** What it was asked for: "CONNECT host:port", or the whole address of a plain request. */
  asked: { line: string; headers: http.IncomingHttpHeaders }[];
}

/** A proxy that leads every tunnel to one port, or refuses it with a status. */
async function proxyTo(port: number | null, status = 502): Promise<Proxy> {
  const asked: Proxy['asked'] = [];
  const server = http.createServer((request, response) => {
    asked.push({ line: request.url ?? '', headers: request.headers });
    response.writeHead(status).end();
  });
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('connect', (request, socket: net.Socket) => {
    asked.push({ line: `CONNECT ${request.url}`, headers: request.headers });
    if (port === null) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const onward = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** An https server for the host's name, with a certificate that only `ca` vouches for. */
async function httpsService(): Promise<{ port: number; ca: string; keys: unknown[] }> {
  const folder = tempFolder();
  const [key, ca] = [path.join(folder, 'key.pem'), path.join(folder, 'ca.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  execFileSync('openssl', [...request, '-keyout', key, '-out', ca, '-days', '2', ...names], { stdio: 'ignore' });
  const keys: unknown[] = [];
  const server = https.createServer({ key: readFileSync(key), cert: readFileSync(ca) }, (req, res) => {
    keys.push(req.headers.key);
    res.setHeader('content-type', 'application/json').end('{"ok":true,"currentBalance":1,"supportedModels":["t2v"]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, ca, keys };
}

describe('fault 7: proxies', () => {
  it('B10: HTTPS_PROXY carries the call in a tunnel; the key is inside it and nowhere else', async () => {
    const { port, ca, keys } = await httpsService();
    const proxy = await proxyTo(port);
    const env = live(`https://${HOST}`, { HTTPS_PROXY: proxy.origin, NODE_EXTRA_CA_CERTS: ca });
    const done = await run(ACCOUNT, { env });
    expect(envelopeOf(done)).toMatchObject({ ok: true, data: { currentBalance: 1 } });
    expect(done.code).toBe(0);
    expect(keys).toEqual([CANARY]);
    expect(proxy.asked.map(({ line }) => line)).toEqual([`CONNECT ${HOST}:443`]);
    expect(JSON.stringify(proxy.asked)).not.toContain(CANARY);
  });

  it('fault 6: a certificate that nobody vouches for is refused, with the reason', async () => {
    const { port, keys } = await httpsService();
    const proxy = await proxyTo(port);
    const done = await run(ACCOUNT, { env: live(`https://${HOST}`, { HTTPS_PROXY: proxy.origin }) });
    expect(done.code).toBe(6);
    expect(envelopeOf(done).errorMessage).toMatch(/SELF_SIGNED/);
    expect(keys).toEqual([]);
  });

  it('a proxy that refuses is named as what failed', async () => {
    const proxy = await proxyTo(null, 407);
    const done = await run(ACCOUNT, { env: live(`https://${HOST}`, { https_proxy: proxy.origin }) });
    expect(done.code).toBe(6);
    expect(envelopeOf(done)).toMatchObject({ ok: false, errorCode: 'NETWORK_ERROR' });
    expect(envelopeOf(done).errorMessage).toMatch(/proxy.*407/);
  });

  it('NO_PROXY goes past it, and so does this machine', async () => {
    const proxy = await proxyTo(null);
    const proxies = { HTTPS_PROXY: proxy.origin, HTTP_PROXY: proxy.origin, AIVIDEO_MAX_RETRIES: '0' };
    const past = await run(ACCOUNT, { env: live(`https://${HOST}`, { ...proxies, NO_PROXY: '.example.test' }) });
    expect(envelopeOf(past)).toMatchObject({ ok: false, errorCode: 'NETWORK_ERROR' });
    const server = await service();
    expect((await run(ACCOUNT, { env: live(server.origin, proxies) })).code).toBe(0);
    expect(proxy.asked).toEqual([]);
    const through = await run(ACCOUNT, { env: live(`https://${HOST}`, proxies) });
    expect(through.code).toBe(6);
    expect(proxy.asked.length).toBe(1);
  });
});
