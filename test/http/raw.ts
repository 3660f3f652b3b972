import net from 'node:net';
import { listen } from '../support/network.ts';

interface RawServer {
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
    socket.on('data', (chunk) => {
      connection.text += chunk.toString('latin1');
      onData(socket, connection.text);
    });
    onConnect?.(socket);
  });
  const port = await listen(server);
  return { port, origin: `http://127.0.0.1:${port}`, connections };
}
