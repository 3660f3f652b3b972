import { writeFileSync } from 'node:fs';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { selfSigned } from '../http/certificate.ts';
import { tempFolder } from './command.ts';

/** Lets a server listen on a free loopback port until the test ends; returns the port. */
export async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Certificate and key for these hosts, and the file with which a process takes them for good. */
export function trusted(hosts: readonly string[] = []) {
  const { key, cert } = selfSigned(undefined, hosts);
  const ca = path.join(tempFolder(), 'ca.pem');
  writeFileSync(ca, cert);
  return { key, cert, ca };
}

/** An account over https, the certificate that vouches for it, and the keys that it was sent. */
export async function httpsAccount() {
  const { ca, ...certificate } = trusted();
  const keys: unknown[] = [];
  const server = https.createServer(certificate, (req, res) => {
    keys.push(req.headers.key);
    res.end('{"ok":true,"currentBalance":1,"supportedModels":["t2v"]}');
  });
  return { port: await listen(server), ca, keys };
}

/** Joins the socket of a tunnel with a server, as a proxy does. */
export function tunnel(socket: net.Socket, port: number): void {
  const onward = net.connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    onward.pipe(socket).pipe(onward);
  });
  onward.on('error', () => socket.destroy());
  socket.on('error', () => {}).on('close', () => onward.destroy());
}
