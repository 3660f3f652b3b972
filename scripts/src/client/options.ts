import path from 'node:path';
import type { Contract } from '../contracts/contract.ts';
import { API_KEY_FORM, isApiKey } from '../model/api-key.ts';
import { systemClock } from '../model/clock.ts';
import { FIRST_POLL_MS, RETRIES, TIMEOUT_MS } from '../model/defaults.ts';
import { Failure } from '../model/failure.ts';
import { type Issue, issue, issuesText } from '../model/issue.ts';
import { ADDRESS_FORM, serviceAddress } from '../model/service-address.ts';
import { plain } from '../model/text.ts';
import type { Profile } from '../providers/provider.ts';
import { PROFILES } from '../providers/registry.ts';
import { toError } from './to-error.ts';
import type { ClientOptions, Clock, HttpClient, ProxySettings } from './types.ts';

/** The options of a client, checked, with their defaults. */
export interface Settings {
  profile: Profile;
  key: string;
  baseUrl: URL;
  timeoutMs: number;
  maxRetries: number;
  pollIntervalMs: number;
  proxy: ProxySettings;
  httpClient: HttpClient | undefined;
  clock: Clock;
  /** The folder above the contracts; undefined: the skill's own. */
  root: string | undefined;
  /** Each is read once: a program may validate hundreds of payloads a second. */
  contracts: Map<string, Promise<Contract>>;
}

const NUMBERS = {
  timeoutMs: TIMEOUT_MS,
  maxRetries: RETRIES,
  pollIntervalMs: { fallback: FIRST_POLL_MS, min: 10, max: 300_000 },
};

/** @throws InvalidRequestError that names each option whose value cannot be used */
export function readOptions(options: ClientOptions): Settings {
  const issues: Issue[] = [];
  const { provider, key, baseUrl, proxy = {}, httpClient, contractsFolder, clock = systemClock } = options;
  const profile = PROFILES.find(({ id }) => id === provider);
  if (!profile) {
    const ids = PROFILES.map(({ id }) => id).join(', ');
    issues.push(issue('provider', `one of ${ids}`, shown(provider), 'name a service of providers()'));
  }
  if (!isApiKey(key)) issues.push(issue('key', API_KEY_FORM, typeof key, 'pass the key alone'));
  const url = serviceAddress(String(baseUrl ?? profile?.url ?? ''));
  if (!url && profile)
    issues.push(issue('baseUrl', ADDRESS_FORM, 'another address', `leave it out to use ${profile.url}`));
  if (contractsFolder !== undefined && path.basename(contractsFolder) !== 'contracts') {
    const expected = 'the path of a folder named contracts';
    issues.push(issue('contractsFolder', expected, shown(contractsFolder), 'rename the folder'));
  }
  const number = (name: keyof typeof NUMBERS): number => {
    const { fallback, min, max } = NUMBERS[name];
    const { [name]: value = fallback } = options;
    const expected = `a whole number from ${min} to ${max}`;
    if (!Number.isInteger(value) || value < min || value > max)
      issues.push(issue(name, expected, shown(value), `leave it out to use ${fallback}`));
    return value;
  };
  const numbers = {
    timeoutMs: number('timeoutMs'),
    maxRetries: number('maxRetries'),
    pollIntervalMs: number('pollIntervalMs'),
  };
  const [first] = issues;
  if (first || !profile || !url) throw toError(invalidInput(issues), isApiKey(key) ? key : '');
  const root = contractsFolder === undefined ? undefined : path.dirname(path.resolve(contractsFolder));
  return { ...numbers, profile, key, baseUrl: url, proxy, httpClient, clock, root, contracts: new Map() };
}

export function invalidInput(issues: Issue[]): Failure {
  return new Failure('INVALID_PAYLOAD', `${issuesText(issues)}.`, { issues });
}

export function shown(value: unknown): string {
  if (typeof value === 'string') return `"${plain(value, 60)}"`;
  return value === null || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : typeof value;
}
