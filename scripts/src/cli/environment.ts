import { homedir } from 'node:os';
import path from 'node:path';
import type { Issue } from '../model/failure.ts';
import { THIS_MACHINE } from '../model/public-address.ts';
import { skillFolder } from '../model/skill-folder.ts';
import { plain } from '../model/text.ts';
import type { Profile } from '../providers/profile.ts';
import { PROFILES } from '../providers/registry.ts';
import { AdvisedFailure } from './advised-failure.ts';
import { muteNode } from './output.ts';

/** Everything that is taken from the environment, checked. No other module reads it. */
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
  /** Where records outlive a process; never inside the skill's folder. Empty: there is no such place. */
  stateFolder: string;
  /** Somebody chose that folder: one that cannot be used is then an error, not a reason to go on without. */
  isStateChosen: boolean;
}

/** The keys as they stand in the environment: for hiding them, whatever else is wrong. */
export function secretsIn(env: NodeJS.ProcessEnv): string[] {
  return PROFILES.flatMap(({ keyVariable }) => env[keyVariable]?.trim() || []);
}

/**
 * Takes out of the environment what would let the key out, and says so, in a line for each. NODE_EXTRA_CA_CERTS stays:
 * it adds certificates that somebody vouches for.
 */
export function overrule(env: NodeJS.ProcessEnv): string[] {
  const lines: string[] = [];
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    delete env.NODE_TLS_REJECT_UNAUTHORIZED;
    lines.push(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is overruled: certificates are verified. NODE_EXTRA_CA_CERTS adds one of your own.',
    );
  }
  if (env.NODE_DEBUG) {
    // Node has read it already: taking it away would change nothing.
    muteNode();
    lines.push('NODE_DEBUG is overruled: what Node shows for it would show the key.');
  }
  return lines;
}

/**
 * @param profile the service whose key and address are read
 * @param hasState what outlives a process cannot be done without
 * @param isRehearsal it can, unless somebody chose where that is kept
 * @param isLive a service is going to be called; otherwise what leads to one is not polled at, so that it cannot stand in
 * the way of the sandbox
 * @throws Failure INVALID_PAYLOAD that names each variable whose value cannot be used
 */
export function readEnvironment(
  env: NodeJS.ProcessEnv,
  profile: Profile,
  { isLive, hasState, isRehearsal = false }: { isLive: boolean; hasState: boolean; isRehearsal?: boolean },
): Environment {
  const issues: Issue[] = [];
  const isStateChosen = Boolean(env.ASYNC_MEDIA_STATE_DIR);
  const needsState = hasState && (!isRehearsal || isStateChosen);
  const way: NodeJS.ProcessEnv = isLive ? env : {};
  const environment: Environment = {
    key: key(profile, way, issues),
    baseUrl: baseUrl(profile, way, issues),
    timeoutMs: integer(
      'AIVIDEO_TIMEOUT_MS',
      env.AIVIDEO_TIMEOUT_MS,
      { fallback: 30_000, min: 1, max: 600_000 },
      issues,
    ),
    maxRetries: integer(
      'AIVIDEO_MAX_RETRIES',
      env.AIVIDEO_MAX_RETRIES,
      { fallback: 3, min: 0, max: 10 },
      issues,
    ),
    httpProxy: proxy('HTTP_PROXY', way.http_proxy || way.HTTP_PROXY, issues),
    httpsProxy: proxy('HTTPS_PROXY', way.https_proxy || way.HTTPS_PROXY, issues),
    noProxy: way.no_proxy || way.NO_PROXY || undefined,
    stateFolder: stateFolder(env, needsState ? issues : []),
    isStateChosen,
  };
  const first = issues[0];
  if (!first) return environment;
  throw new AdvisedFailure(
    'INVALID_PAYLOAD',
    `${first.path}: expected ${first.expected}, received ${first.received}.`,
    {
      issues,
      nextSteps: issues.map(({ hint }) => hint),
    },
  );
}

/** Where wishes are recorded; those of the sandbox apart from the others. */
export function journalFolder({ stateFolder: folder }: Environment, sandbox: boolean): string {
  return path.join(folder, ...(sandbox ? ['sandbox'] : []), 'journal');
}

/** True for the addresses that never leave this machine. */
export function isLoopback(url: URL): boolean {
  return THIS_MACHINE.includes(url.hostname);
}

function key({ keyVariable }: Profile, env: NodeJS.ProcessEnv, issues: Issue[]): string | undefined {
  const trimmed = env[keyVariable]?.trim();
  if (!trimmed) return undefined;
  // It travels in a header: anything else there would be refused, or would be read as a second header.
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  issues.push({
    path: keyVariable,
    expected: 'a key without spaces, line breaks or letters beyond ASCII',
    received: `${trimmed.length} characters, some of them not allowed (not shown)`,
    hint: `set ${keyVariable} again, to the key alone`,
  });
  return undefined;
}

function baseUrl(
  { urlVariable, url: usual }: Profile,
  env: NodeJS.ProcessEnv,
  issues: Issue[],
): URL | undefined {
  const value = env[urlVariable];
  if (!value) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url && safe && !url.username && !url.password && !url.search && !url.hash) return url;
  issues.push({
    path: urlVariable,
    expected: 'an https address, or http on 127.0.0.1, localhost or [::1], without user, query or fragment',
    // It may hold a password.
    received: url ? `${url.protocol}//${plain(url.host, 80)}` : `"${plain(value.replace(/\S*@/, '…@'), 80)}"`,
    hint: `unset ${urlVariable} to use ${usual}`,
  });
  return undefined;
}

function integer(
  name: string,
  value: string | undefined,
  { fallback, min, max }: { fallback: number; min: number; max: number },
  issues: Issue[],
): number {
  if (!value?.trim()) return fallback;
  const parsed = /^\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (parsed >= min && parsed <= max) return parsed;
  issues.push({
    path: name,
    expected: `a whole number from ${min} to ${max}`,
    received: `"${plain(value, 40)}"`,
    hint: `set ${name}=${fallback}, or unset it`,
  });
  return fallback;
}

function proxy(name: string, value: string | undefined, issues: Issue[]): string | undefined {
  if (!value) return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  const protocol = URL.canParse(address) ? new URL(address).protocol : '';
  if (protocol === 'http:' || protocol === 'https:') return address;
  issues.push({
    path: name,
    expected: 'the address of an http or https proxy, such as http://127.0.0.1:3128',
    // It may hold a password.
    received: protocol ? `one that begins with ${protocol}//` : 'something that is no address',
    hint: `correct or unset ${name}`,
  });
  return undefined;
}

function stateFolder(env: NodeJS.ProcessEnv, issues: Issue[]): string {
  const folder = wantedStateFolder(env);
  const inside = path.relative(skillFolder(), folder);
  if (folder !== '' && (inside.startsWith('..') || path.isAbsolute(inside))) return folder;
  issues.push({
    path: 'ASYNC_MEDIA_STATE_DIR',
    expected: folder
      ? "a folder outside the skill's own, which is replaced when the skill is updated"
      : 'a folder for records, because there is no home folder',
    received: folder ? plain(folder, 200) : 'nothing',
    hint: 'set ASYNC_MEDIA_STATE_DIR to the absolute path of a folder that stays',
  });
  return '';
}

/** An empty text where there is no such folder. */
function wantedStateFolder(env: NodeJS.ProcessEnv): string {
  if (env.ASYNC_MEDIA_STATE_DIR) return path.resolve(env.ASYNC_MEDIA_STATE_DIR);
  if (env.XDG_STATE_HOME && path.isAbsolute(env.XDG_STATE_HOME)) {
    return path.join(env.XDG_STATE_HOME, FOLDER);
  }
  if (process.platform === 'win32' && env.LOCALAPPDATA) return path.join(env.LOCALAPPDATA, FOLDER);
  const home = homeFolder();
  return path.isAbsolute(home) ? path.join(home, '.local', 'state', FOLDER) : '';
}

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    // A user without an entry in the system's list has none.
    return '';
  }
}

const FOLDER = 'async-media-workflow';
