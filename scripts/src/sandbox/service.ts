import type { IncomingHttpHeaders } from 'node:http';
import { sha256Text } from '../model/fingerprint.ts';
import { type Call, Refusal, type Reply } from './exchange.ts';

/** An emulated service: everything below a path prefix. */
export interface Service {
  /** The first parts of the path of all its addresses. */
  prefix: readonly string[];
  routes: readonly Route[];
  keyOf(headers: IncomingHttpHeaders): string | undefined;
  replies: Replies;
}

/** `part` is what stands in the path where the route has its `*`. */
export type Route = [
  method: string,
  path: string,
  answer: (call: Call, owner: string, part: string) => Reply | Promise<Reply>,
];

/** What a service answers in words of its own, whatever the request: to mistakes, and to scenarios of these names. */
export interface Replies
  extends Record<'wrongKey' | 'noRoute' | 'noTask', Reply>,
    Record<'flaky' | 'rate-limit' | 'server-error' | 'reject' | 'http200-failure', Reply> {
  wrongMethod(allowed: string): Reply;
}

export async function answered({ routes, keyOf, replies }: Service, call: Call): Promise<Reply> {
  const owner = ownerOf(keyOf(call.headers));
  if (owner === null) return replies.wrongKey;
  const partsOf = (path: string): string[] => path.split('/');
  const fits = ([, path]: Route): boolean =>
    partsOf(path).length === call.path.length &&
    partsOf(path).every((part, at) => part === '*' || part === call.path[at]);
  const route = routes.find(fits);
  if (route === undefined) return replies.noRoute;
  const [method, path, answer] = route;
  if (method !== call.method) return replies.wrongMethod(method);
  try {
    return await answer(call, owner, call.path[partsOf(path).indexOf('*')] ?? '');
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

/** The owner of the tasks of a key; null for the keys that stand for a wrong key. */
function ownerOf(key: string | undefined): string | null {
  if (key === undefined || key === '' || key.startsWith('ak_invalid')) return null;
  return sha256Text(key).slice(0, 32);
}
