import net, { type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawServer {
  port: number;
  origin: string;
  /** Everything that arrived, connection by connection. */
  connections: { socket: net.Socket; text: string }[];
}

/** A TCP server on a free loopback port that does with each connection what the test says, gone when the test ends. */
export async function serveRaw(
  onData: (socket: net.Socket, text: string) => void,
  onConnect?: (socket: net.Socket) => void,
): Promise<RawServer> {
  const connections: RawServer['connections'] = [];
  const server = net.createServer((socket) => {
    const connection = { socket, text: '' };
    connections.push(connection);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      connection.text += chunk.toString('latin1');
      onData(socket, connection.text);
    });
    onConnect?.(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const { socket } of connections) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, origin: `http://127.0.0.1:${port}`, connections };
}
