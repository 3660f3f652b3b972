import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setMaxListeners } from 'node:events';
import type { LookupFunction, Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import DispatcherBase from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import { THIS_MACHINE } from '../model/public-address.ts';
import { urlOf } from '../model/url.ts';
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
  type ProxySettings,
} from './http-client.ts';
import { ClosedHere } from './network-error.ts';

/** The request on each connection, by what controls its answer. */
const onSocket = new WeakMap<Socket, Dispatcher.DispatchController>();
let nextOnSocket: Dispatcher.DispatchController | undefined;

// undici tells on this channel, right after `onRequestStart`, which socket a request is sent on.
const SENT = 'undici:client:sendHeaders';

/**
 * Watches the socket of the request that has just started. undici fails, outside of any request, when a connection ends
 * while an answer is held back; and a TLS connection that breaks in the middle is not closed by Node, so that undici waits on.
 */
function watchSocket(message: unknown): void {
  // Other users of undici in this process are none of this module's concern.
  if (!nextOnSocket) return;
  const { socket } = message as { socket: Socket };
  if (!onSocket.has(socket)) {
    socket.prependListener('end', () => onSocket.get(socket)?.resume());
    socket.on('error', () => socket.destroy());
  }
  onSocket.set(socket, nextOnSocket);
  nextOnSocket = undefined;
}

// The library's entry gives its dispatchers this method, which opens the tunnels; its single files come without.
DispatcherBase.prototype.connect = connect;

/** Supports proxies: tunnels, passwords, exceptions. */
export class UndiciHttpClient implements HttpClient {
  readonly #settings: ProxySettings;
  readonly #lookup: LookupFunction | undefined;
  /** Each dispatcher, with the controller that ends the connections it is opening. */
  readonly #open = new Map<Dispatcher, AbortController>();
  #shared: Dispatcher;

  /** @param lookup finds the addresses of hosts without a proxy @throws for settings that cannot be used */
  constructor(settings: ProxySettings, lookup?: LookupFunction) {
    this.#settings = settings;
    this.#lookup = lookup;
    // One subscription serves all clients of this process.
    unsubscribe(SENT, watchSocket);
    subscribe(SENT, watchSocket);
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
        // One deadline covers the whole exchange; with undici's own timers a message could not say which one ended it.
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

  /** Returns a dispatcher that uses the proxies, except for `noProxy` and for this machine unless the proxies run on it too. */
  #dispatcher(): Dispatcher {
    const { httpProxy = '', httpsProxy = '', noProxy = '' } = this.#settings;
    const proxies = [httpProxy, httpsProxy].filter((proxy) => proxy !== '');
    const allHere = proxies.every((proxy) => THIS_MACHINE.includes(urlOf(proxy)?.hostname ?? ''));
    // For a proxy on another machine, localhost means itself: it must not receive a key that was meant for this machine.
    const withoutProxy = allHere || noProxy.trim() === '*' ? [] : THIS_MACHINE;
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const connecting = { timeout: CONNECT_TIMEOUT_MS, signal: controller.signal };
    const made = new EnvHttpProxyAgent({
      // A proxy may have any address, and resolves host names itself.
      connect: { ...connecting, lookup: this.#lookup },
      requestTls: connecting,
      proxyTls: connecting,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Set even when empty; otherwise undici reads the environment.
      httpProxy,
      httpsProxy,
      noProxy: [noProxy.trim(), ...withoutProxy].join(','),
      // Plain HTTP is sent through a proxy as such; most proxies refuse a tunnel to port 80.
      proxyTunnel: false,
    });
    this.#open.set(made, controller);
    return made;
  }

  #end(dispatcher: Dispatcher): void {
    this.#open.get(dispatcher)?.abort(new ClosedHere());
    this.#open.delete(dispatcher);
    dispatcher.destroy().catch(() => {});
  }
}
