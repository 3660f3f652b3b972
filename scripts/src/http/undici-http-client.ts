import { subscribe } from 'node:diagnostics_channel';
import { setMaxListeners } from 'node:events';
import type { LookupFunction, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import DispatcherBase from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import { THIS_MACHINE } from '../model/public-address.ts';
import {
  CONNECT_TIMEOUT_MS,
  flatHeaders,
  type HttpClient,
  type HttpEvents,
  MAX_HEADER_BYTES,
  type OngoingRequest,
  outgoingBody,
  outgoingHeaders,
} from './http-client.ts';
import { type Connecting, largeReads } from './large-reads.ts';
import type { HttpRequest } from './message.ts';
import { ClosedHere } from './network-error.ts';
import type { ProxySettings } from './transport.ts';

// undici parses HTTP in WebAssembly, and V8 would spend 100 ms on optimising that parser, which every process waits for
// at its end. Compiled simply, and only where it is used, it is fast enough for the few answers of a command.
setFlagsFromString('--liftoff-only');
setFlagsFromString('--wasm-lazy-compilation');

/** The request on each connection, by what controls its answer. */
const onSocket = new WeakMap<Socket, Dispatcher.DispatchController>();
let nextOnSocket: Dispatcher.DispatchController | undefined;

// undici fails, outside of any request, when a connection ends while an answer is held back; and a TLS connection that
// breaks in the middle is not closed by Node, so that undici waits on. It tells the socket right after `onRequestStart`.
subscribe('undici:client:sendHeaders', (message) => {
  const { socket } = message as { socket: Socket };
  if (!onSocket.has(socket)) {
    socket.prependListener('end', () => onSocket.get(socket)?.resume());
    socket.on('error', () => socket.destroy());
  }
  if (nextOnSocket) onSocket.set(socket, nextOnSocket);
});

// The library's entry gives its dispatchers this method, which opens the tunnels; its single files come without.
DispatcherBase.prototype.connect = connect;

/**
 * With undici, which knows proxies (tunnels, passwords, who is left out), and which hands a large answer on without
 * copying it, in about two thirds of the time of Node's own client. Through the proxies of the settings, where there are any.
 */
export class UndiciWire implements HttpClient {
  readonly #settings: ProxySettings;
  readonly #lookup: LookupFunction | undefined;
  /** With what ends the connections that they are making. */
  readonly #open = new Map<Dispatcher, AbortController>();
  #shared: Dispatcher;

  /**
   * @param lookup finds the addresses of hosts that are not reached through a proxy, each time a connection is made
   * @throws for settings that cannot be used
   */
  constructor(settings: ProxySettings, lookup?: LookupFunction) {
    this.#settings = settings;
    this.#lookup = lookup;
    this.#shared = this.#dispatcher();
  }

  start(request: HttpRequest, events: HttpEvents, fresh: boolean): OngoingRequest {
    const dispatcher = fresh ? this.#dispatcher() : this.#shared;
    const over = () => {
      if (fresh) this.#end(dispatcher);
    };
    let controller: Dispatcher.DispatchController | undefined;
    let isGivenUp = false;
    dispatcher.dispatch(
      {
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: outgoingHeaders(request),
        body: outgoingBody(request),
        // One deadline covers everything; the library's own timers would only blur which one struck.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(started) {
          if (isGivenUp) {
            started.abort(new ClosedHere());
            return;
          }
          controller = started;
          nextOnSocket = started;
          events.onLeave();
        },
        onResponseStart(_, status, headers) {
          if (status >= 200) events.onHead({ status, headers: flatHeaders(headers) });
        },
        onResponseData(_, chunk) {
          // The parser is woken with an empty piece; to hold it back for that would wake it again, without end.
          if (chunk.length > 0) events.onData(chunk);
        },
        onResponseEnd() {
          over();
          events.onEnd();
        },
        onResponseError(_, error) {
          over();
          events.onError(error);
        },
      },
    );
    return {
      pause: () => controller?.pause(),
      resume: () => controller?.resume(),
      abort() {
        isGivenUp = true;
        controller?.abort(new ClosedHere());
        over();
      },
    };
  }

  close(): void {
    for (const dispatcher of this.#open.keys()) this.#end(dispatcher);
    this.#shared = this.#dispatcher();
  }

  #dispatcher(): Dispatcher {
    const connecting = new AbortController();
    setMaxListeners(0, connecting.signal);
    const made = proxyDispatcher(
      this.#settings,
      { timeout: CONNECT_TIMEOUT_MS, signal: connecting.signal },
      this.#lookup,
    );
    this.#open.set(made, connecting);
    return made;
  }

  #end(dispatcher: Dispatcher): void {
    this.#open.get(dispatcher)?.abort(new ClosedHere());
    this.#open.delete(dispatcher);
    dispatcher.destroy().catch(() => {});
  }
}

/** Goes through the proxies, except to the hosts of `noProxy`, and to this machine unless the proxies are on it too. */
function proxyDispatcher(
  settings: ProxySettings,
  connecting: Connecting,
  lookup?: LookupFunction,
): Dispatcher {
  const noProxy = settings.noProxy?.trim() ?? '';
  const proxies = [settings.httpProxy, settings.httpsProxy].filter((proxy) => proxy !== undefined);
  const allHere = proxies.every(
    (proxy) => URL.canParse(proxy) && THIS_MACHINE.includes(new URL(proxy).hostname),
  );
  // To a proxy on another machine, the address of this one means itself; it must not see a key that was meant to stay here.
  const direct = allHere || noProxy === '*' ? [noProxy] : [noProxy, ...THIS_MACHINE];
  return new EnvHttpProxyAgent({
    // The proxies themselves may be anywhere, and look up by themselves what they are asked for.
    connect: largeReads({ ...connecting, ...(lookup && { lookup }) }),
    requestTls: connecting,
    proxyTls: connecting,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Given even when empty, so that the library does not look into the environment by itself.
    httpProxy: settings.httpProxy ?? '',
    httpsProxy: settings.httpsProxy ?? '',
    noProxy: direct.join(','),
    // Plain HTTP is sent through a proxy as such; most proxies refuse a tunnel to port 80.
    proxyTunnel: false,
  });
}
