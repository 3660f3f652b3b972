import type { Agent, Dispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import DispatcherBase from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import type { ProxySettings } from './transport.ts';

// To a proxy on another machine, the address of this one means itself; it must not see a key that was meant to stay here.
const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];

// The library's entry gives its dispatchers this method, which opens the tunnels; its single files come without.
DispatcherBase.prototype.connect = connect;

/**
 * A dispatcher that goes through the proxies, except to the hosts of `noProxy`, and to this machine unless the proxies
 * are on it too. Empty settings mean "no proxy".
 */
export function proxyDispatcher(settings: ProxySettings, options: Agent.Options): Dispatcher {
  const noProxy = settings.noProxy?.trim() ?? '';
  const proxies = [settings.httpProxy, settings.httpsProxy].filter((proxy) => proxy !== undefined);
  const allHere = proxies.every(
    (proxy) => URL.canParse(proxy) && THIS_MACHINE.includes(new URL(proxy).hostname),
  );
  const direct = allHere || noProxy === '*' ? [noProxy] : [noProxy, ...THIS_MACHINE];
  return new EnvHttpProxyAgent({
    ...options,
    // Given even when empty, so that the library does not look into the environment by itself.
    httpProxy: settings.httpProxy ?? '',
    httpsProxy: settings.httpsProxy ?? '',
    noProxy: direct.join(','),
    // Plain HTTP is sent through a proxy as such; most proxies refuse a tunnel to port 80.
    proxyTunnel: false,
  });
}
