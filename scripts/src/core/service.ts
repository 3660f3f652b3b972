import type { Api } from '../http/api.ts';
import type { Provider } from '../providers/provider.ts';

/** A service, and how it is called. */
export interface Service {
  provider: Provider;
  api: Api;
}
