import type { Agent, Dispatcher } from 'undici';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import type { ProxySettings } from './transport.ts';

// The address of this machine means another machine to a proxy, which must not see a key that was meant to stay here.
const THIS_MACHINE = 'localhost,127.0.0.1,[::1]';

/**
 * A dispatcher that goes through the proxies, except to this machine and the hosts of `noProxy`. Empty settings mean
 * "no proxy".
 */
export function proxyDispatcher(settings: ProxySettings, options: Agent.Options): Dispatcher {
  const noProxy = settings.noProxy?.trim() ?? '';
  return new EnvHttpProxyAgent({
    ...options,
    // Given even when empty, so that the library does not look into the environment by itself.
    httpProxy: settings.httpProxy ?? '',
    httpsProxy: settings.httpsProxy ?? '',
    noProxy: noProxy === '*' ? noProxy : `${noProxy},${THIS_MACHINE}`,
    // Plain HTTP is sent through a proxy as such; most proxies refuse a tunnel to port 80.
    proxyTunnel: false,
  });
}
