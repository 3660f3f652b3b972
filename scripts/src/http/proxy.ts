import type { Agent, Dispatcher } from 'undici';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import type { ProxySettings } from './transport.ts';

/** A dispatcher that goes through the proxies, except to the hosts of `noProxy`. Empty settings mean "no proxy". */
export function proxyDispatcher(settings: ProxySettings, options: Agent.Options): Dispatcher {
  return new EnvHttpProxyAgent({
    ...options,
    // Given even when empty, so that the library does not look into the environment by itself.
    httpProxy: settings.httpProxy ?? '',
    httpsProxy: settings.httpsProxy ?? '',
    noProxy: settings.noProxy ?? '',
    // Plain HTTP is sent through a proxy as such; most proxies refuse a tunnel to port 80.
    proxyTunnel: false,
  });
}
