import { PROFILES } from '../providers/registry.ts';
import { parseCallback } from './callback.ts';
import { contractOf, describe, listModels, validate } from './catalog.ts';
import { Connection } from './connection.ts';
import { download } from './download.ts';
import { readOptions } from './options.ts';
import { submitCalls } from './submit.ts';
import { taskCalls } from './tasks.ts';
import type { Client, ClientOptions, ProviderInfo } from './types.ts';

/**
 * Returns a client of one service and one key. It opens no connection before its first call.
 * @throws InvalidRequestError that names each option whose value cannot be used
 */
export function createClient(options: ClientOptions): Client {
  const settings = readOptions(options);
  const connection = new Connection(settings);
  // Local work reports its errors as calls do.
  const local = <T>(action: () => Promise<T>) => connection.call({}, action);
  return {
    provider: providers().find(({ id }) => id === settings.profile.id)!,
    models: () => local(() => listModels(settings)),
    describe: (model) => local(async () => describe(await contractOf(settings, model))),
    validate: (model, payload) => local(async () => validate(await contractOf(settings, model), payload)),
    ...submitCalls(connection),
    ...taskCalls(connection),
    download: (task, options) => download(connection, task, options),
    parseCallback: (body) => parseCallback(settings, body),
    close: () => connection.close(),
  };
}

/** Returns all services: what each can do, and the limits that it documents. */
export function providers(): ProviderInfo[] {
  return PROFILES.map(({ id, title, url, can, rateLimit, keyVariable, urlVariable }) => {
    const { source, queries, windowMs } = rateLimit;
    // A figure that no document gives is this program's own guess.
    const documented = source ? { queriesPerMinute: (queries * 60_000) / windowMs } : null;
    return { id, title, url, keyVariable, urlVariable, capabilities: { ...can }, rateLimit: documented };
  });
}
