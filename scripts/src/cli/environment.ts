import path from 'node:path';
import { API_KEY_FORM, isApiKey } from '../model/api-key.ts';
import { RETRIES, TIMEOUT_MS } from '../model/defaults.ts';
import { type Issue, issue } from '../model/issue.ts';
import { ADDRESS_FORM, serviceAddress } from '../model/service-address.ts';
import { skillFolder } from '../model/skill-folder.ts';
import { plain } from '../model/text.ts';
import { urlOf } from '../model/url.ts';
import type { Profile } from '../providers/provider.ts';
import { PROFILES } from '../providers/registry.ts';
import type { Arguments } from './command-line/arguments.ts';
import { isLocal, needsRecords } from './command-line/flags.ts';
import { muteNode } from './output.ts';
import { refusedInputs } from './refused.ts';

/** The settings from the environment, checked. No other module reads the environment. */
export interface Environment {
  /** Undefined when it is not set. */
  key: string | undefined;
  /** Undefined: the service's own address. */
  baseUrl: URL | undefined;
  /** Milliseconds. */
  timeoutMs: number;
  maxRetries: number;
  httpProxy: string | undefined;
  httpsProxy: string | undefined;
  noProxy: string | undefined;
  /** The folder for records; never inside the skill's folder. Null: there is none. */
  stateFolder: string | null;
  /** Why there is none, as a sentence; null where there is one. */
  withoutState: string | null;
  /** The user chose that folder: where it cannot be used, that is an error, and the call does not continue without it. */
  isStateChosen: boolean;
  /** Returns the key and the address that a call of a service would use; null where no key is set, or one of them is wrong. */
  keyAndUrlOf(profile: Profile): { key: string; url: URL } | null;
}

/** Returns the keys in the environment, so that every output can hide them. */
export function secretsIn(env: NodeJS.ProcessEnv): string[] {
  return PROFILES.flatMap(({ keyVariable }) => env[keyVariable]?.trim() || []);
}

/**
 * Tells whether a terminal may be drawn on: TERM=dumb has no cursor to move, and what a CI service records is read later,
 * line by line. There are no colours, so NO_COLOR changes nothing.
 */
export function redraws(env: NodeJS.ProcessEnv): boolean {
  return env.TERM !== 'dumb' && !(env.CI && env.CI !== 'false' && env.CI !== '0');
}

/**
 * Removes the settings that would expose the key from the environment, and returns a warning for each.
 * NODE_EXTRA_CA_CERTS stays: it adds certificates that the user trusts.
 */
export function overrule(env: NodeJS.ProcessEnv): string[] {
  const tls =
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is overruled: certificates are verified. NODE_EXTRA_CA_CERTS adds one of your own.';
  const debug = 'NODE_DEBUG is overruled: what Node shows for it would show the key.';
  const isUnsafe = env.NODE_TLS_REJECT_UNAUTHORIZED === '0';
  if (isUnsafe) delete env.NODE_TLS_REJECT_UNAUTHORIZED;
  // Node has read NODE_DEBUG already: removing it would change nothing.
  if (env.NODE_DEBUG) muteNode();
  return [...(isUnsafe ? [tls] : []), ...(env.NODE_DEBUG ? [debug] : [])];
}

/**
 * Returns the settings that a call needs, checked. Key, address and proxies are read only where it reaches a service: a wrong
 * one does not stop a sandbox run. That needs the folder for records only where the user chose it.
 * @throws Failure INVALID_PAYLOAD that names each variable whose value cannot be used
 */
export function readEnvironment(
  env: NodeJS.ProcessEnv,
  { profile, action, sandbox, noJournal }: Pick<Arguments, 'profile' | 'action' | 'sandbox' | 'noJournal'>,
): Environment {
  const issues: Issue[] = [];
  const refuse: Refuse = (...said) => void issues.push(issue(...said));
  const isStateChosen = Boolean(env.ASYNC_MEDIA_STATE_DIR);
  const needsState = sandbox ? isStateChosen || isLocal(action) : needsRecords(action) && !noJournal;
  const way: NodeJS.ProcessEnv = sandbox || isLocal(action) ? {} : env;
  const environment: Environment = {
    key: key(profile, way, refuse),
    baseUrl: baseUrl(profile, way, refuse),
    timeoutMs: integer('AIVIDEO_TIMEOUT_MS', env.AIVIDEO_TIMEOUT_MS, TIMEOUT_MS, refuse),
    maxRetries: integer('AIVIDEO_MAX_RETRIES', env.AIVIDEO_MAX_RETRIES, RETRIES, refuse),
    httpProxy: proxy('HTTP_PROXY', way.http_proxy || way.HTTP_PROXY, refuse),
    httpsProxy: proxy('HTTPS_PROXY', way.https_proxy || way.HTTPS_PROXY, refuse),
    noProxy: way.no_proxy || way.NO_PROXY || undefined,
    ...stateFolder(env, needsState ? refuse : () => undefined),
    isStateChosen,
    keyAndUrlOf: (other) => keyAndUrlOf(other, env),
  };
  if (issues.length > 0) throw refusedInputs(issues);
  return environment;
}

function keyAndUrlOf(profile: Profile, env: NodeJS.ProcessEnv) {
  let isWrong = false;
  const refuse: Refuse = () => {
    isWrong = true;
    return undefined;
  };
  const value = key(profile, env, refuse);
  const url = baseUrl(profile, env, refuse) ?? new URL(profile.url);
  return value === undefined || isWrong ? null : { key: value, url };
}

/** Says what is wrong with a variable. */
type Refuse = (...said: Parameters<typeof issue>) => undefined;

/** Returns where in the folder for records they lie: those of sandbox runs in a folder of their own. */
export function journalFolder(stateFolder: string, sandbox: boolean): string {
  return path.join(stateFolder, ...(sandbox ? ['sandbox'] : []), 'records');
}

function key({ keyVariable }: Profile, env: NodeJS.ProcessEnv, refuse: Refuse): string | undefined {
  const trimmed = env[keyVariable]?.trim();
  if (!trimmed || isApiKey(trimmed)) return trimmed || undefined;
  const received = `${trimmed.length} characters, some of them not allowed (not shown)`;
  return refuse(keyVariable, API_KEY_FORM, received, `set ${keyVariable} again, to the key alone`);
}

function baseUrl({ urlVariable, url: usual }: Profile, env: NodeJS.ProcessEnv, refuse: Refuse) {
  const value = env[urlVariable];
  const usable = value ? serviceAddress(value) : undefined;
  if (!value || usable) return usable;
  const url = urlOf(value);
  // The value may hold a password.
  const text = value.replace(/\S*@/, '…@');
  const received = url ? `${url.protocol}//${plain(url.host, 80)}` : `"${plain(text, 80)}"`;
  return refuse(urlVariable, ADDRESS_FORM, received, `unset ${urlVariable} to use ${usual}`);
}

function integer(
  name: string,
  value: string | undefined,
  { fallback, min, max }: typeof RETRIES,
  refuse: Refuse,
): number {
  if (!value?.trim()) return fallback;
  const parsed = /^\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (parsed >= min && parsed <= max) return parsed;
  const expected = `a whole number from ${min} to ${max}`;
  return refuse(name, expected, `"${plain(value, 40)}"`, `set ${name}=${fallback}, or unset it`) ?? fallback;
}

function proxy(name: string, value: string | undefined, refuse: Refuse): string | undefined {
  if (!value) return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  const protocol = urlOf(address)?.protocol ?? '';
  if (protocol === 'http:' || protocol === 'https:') return address;
  // The value may hold a password.
  const received = protocol ? `one that begins with ${protocol}//` : 'something that is no address';
  const expected = 'the address of an http or https proxy, such as http://127.0.0.1:3128';
  return refuse(name, expected, received, `correct or unset ${name}`);
}

function stateFolder(env: NodeJS.ProcessEnv, refuse: Refuse) {
  const folder = wantedStateFolder(env);
  const hint = 'set ASYNC_MEDIA_STATE_DIR to the absolute path of a folder that stays';
  if (folder === null) {
    const expected = 'a folder for records, because there is no home folder';
    refuse('ASYNC_MEDIA_STATE_DIR', expected, 'nothing', hint);
    return { stateFolder: null, withoutState: 'There is no home folder' };
  }
  const inside = path.relative(skillFolder(), folder);
  if (inside.startsWith('..') || path.isAbsolute(inside)) return { stateFolder: folder, withoutState: null };
  const shown = plain(folder, 200);
  const skill = "the skill's own, which is replaced when the skill is updated";
  refuse('ASYNC_MEDIA_STATE_DIR', `a folder outside ${skill}`, shown, hint);
  return { stateFolder: null, withoutState: `The folder for records, ${shown}, lies inside ${skill}` };
}

/** Returns the folder for records; null where there is none. */
function wantedStateFolder(env: NodeJS.ProcessEnv): string | null {
  if (env.ASYNC_MEDIA_STATE_DIR) return path.resolve(env.ASYNC_MEDIA_STATE_DIR);
  if (env.XDG_STATE_HOME && path.isAbsolute(env.XDG_STATE_HOME)) {
    return path.join(env.XDG_STATE_HOME, FOLDER);
  }
  if (process.platform === 'win32' && env.LOCALAPPDATA) return path.join(env.LOCALAPPDATA, FOLDER);
  const home = homeFolder();
  return path.isAbsolute(home) ? path.join(home, '.local', 'state', FOLDER) : null;
}

function homeFolder(): string {
  try {
    return process.getBuiltinModule('node:os').homedir();
  } catch {
    // A user without an entry in the system's list has none.
    return '';
  }
}

const FOLDER = 'async-media-workflow';
