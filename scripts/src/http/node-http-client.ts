import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as sendPlain,
} from 'node:http';
import type { LookupFunction } from 'node:net';
import {
  CONNECT_TIMEOUT_MS,
  flatHeaders,
  type HttpClient,
  type HttpEvents,
  type HttpRequest,
  MAX_HEADER_BYTES,
  type OngoingRequest,
  outgoingBody,
  outgoingHeaders,
} from './http-client.ts';
import { ClosedHere } from './network-error.ts';

// Services close an idle connection, often after 5 s. A request must not be sent while the service closes it.
const LONGEST_IDLE_MS = 4_000;

/** Node's own client, without a proxy. Loading undici would take an eighth of the time of a command that makes one query. */
export class NodeHttpClient implements HttpClient {
  readonly #agents = new Map<string, Agent>();
  readonly #open = new Set<ClientRequest>();
  readonly #lookup: LookupFunction | undefined;

  constructor(lookup?: LookupFunction) {
    this.#lookup = lookup;
  }

  start(request: HttpRequest, events: HttpEvents, fresh: boolean): OngoingRequest {
    const { method, url } = request;
    const { send, agent } = this.#client(url.protocol);
    const sent = send({
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port,
      path: url.pathname + url.search,
      method,
      headers: outgoingHeaders(request),
      agent: fresh ? false : agent,
      maxHeaderSize: MAX_HEADER_BYTES,
      lookup: this.#lookup,
    });
    this.#open.add(sent);
    sent.on('close', () => this.#open.delete(sent));
    watchConnection(sent, events);
    let answer: IncomingMessage | undefined;
    // An error after a complete answer does not change that answer.
    sent.on('error', (error) => answer?.complete || events.onError(error));
    sent.on('response', (received) => {
      answer = received;
      answer.on('error', events.onError);
      answer.on('data', events.onData);
      answer.on('end', () => {
        events.onEnd();
        // The service answered before it read the whole request: nothing would read this connection any more.
        if (!sent.writableFinished) sent.destroy();
      });
      events.onHead({ status: answer.statusCode ?? 0, headers: flatHeaders(answer.headersDistinct) });
    });
    sent.on('upgrade', (_, socket) => {
      socket.destroy();
      events.onHead({ status: 101, headers: {} });
    });
    const body = outgoingBody(request);
    if (body) body.pipe(sent);
    else sent.end();
    return {
      pause: () => void answer?.pause(),
      resume: () => void answer?.resume(),
      abort: () => void sent.destroy(),
    };
  }

  close(): void {
    for (const sent of this.#open) sent.destroy(new ClosedHere());
    this.#open.clear();
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #client(protocol: string): { send: (options: RequestOptions) => ClientRequest; agent: Agent } {
    // Loaded only for https: TLS is slow to load, and a service on this machine has none.
    const secure = protocol === 'https:' ? process.getBuiltinModule('node:https') : null;
    const agent =
      this.#agents.get(protocol) ??
      new (secure?.Agent ?? Agent)({ keepAlive: true, timeout: LONGEST_IDLE_MS });
    this.#agents.set(protocol, agent);
    return { send: secure?.request ?? sendPlain, agent };
  }
}

/** Reports when the connection is open, TLS included. Destroys a request for which that takes too long. */
function watchConnection(sent: ClientRequest, { onLeave }: HttpEvents): void {
  const timer = setTimeout(() => {
    sent.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' }));
  }, CONNECT_TIMEOUT_MS);
  sent.on('close', () => clearTimeout(timer));
  sent.on('socket', (socket) => {
    const stands = () => {
      clearTimeout(timer);
      onLeave();
    };
    if (sent.reusedSocket) stands();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stands);
  });
}
