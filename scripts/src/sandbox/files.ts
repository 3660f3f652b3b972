import type { IncomingMessage, ServerResponse } from 'node:http';
import { failure, send, wrongMethod } from './exchange.ts';
import { hasFile } from './lifecycle.ts';
import { contentOf, mediaOf } from './media.ts';
import type { Store } from './store.ts';
import type { TaskRecord } from './task-record.ts';

const FILE_NAME = /^(ck[0-9a-z]{23})(?:-(\d{1,2}))?(-old)?\.([a-z0-9]{3})$/;

export type Files = ReturnType<typeof filesOf>;

/** The files of finished tasks, with ranges and expiry. */
export function filesOf(store: Store, now: () => number) {
  const cutOnce = new Set<string>();
  /** Tasks of which a dead address was asked for. */
  const tried = new Set<string>();

  return {
    /** @param dead gives an address that never works. @param number which of its files, counted from 1 */
    urlOf(record: TaskRecord, origin: string, dead = false, number = 1): string {
      const { ext } = mediaOf(record)[number - 1]!;
      return `${origin}/files/${record.id}${number > 1 ? `-${number}` : ''}${dead ? '-old' : ''}.${ext}`;
    },

    wasTried({ id }: TaskRecord): boolean {
      return tried.has(id);
    },

    /** Answers `/files/<name>` and `/storage/<name>`; needs no key, as the service's file host needs none. */
    async serve(
      request: IncomingMessage,
      response: ServerResponse,
      folder: string,
      name: string,
    ): Promise<void> {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return send(response, wrongMethod('GET', 'HEAD'));
      if (folder === 'storage')
        return send(response, failure(404, 'The sandbox keeps no input images, only their hashes.'));
      const [, id, nth = '1', old, ext] = FILE_NAME.exec(name) ?? [];
      const record = id === undefined ? null : store.get(id);
      const medium = record && mediaOf(record)[Number(nth) - 1];
      if (!medium || medium.ext !== ext || !hasFile(record, now()))
        return send(response, failure(404, 'There is no such file, or it has expired.'));
      if (old) {
        tried.add(record.id);
        return send(response, failure(410, 'This link has expired. Ask for the task again.'));
      }

      const bytes = await contentOf(medium, Number(nth));
      const etag = `"${record.id}-${nth}"`;
      const range = rangeOf(request, etag, bytes.length);
      const headers = { 'accept-ranges': 'bytes', etag, 'content-type': medium.contentType };
      if (range === 'unsatisfiable') {
        const none = { 'content-range': `bytes */${bytes.length}`, 'content-length': 0 };
        response.writeHead(416, { ...headers, ...none }).end();
        return;
      }
      const part = bytes.subarray(range?.from ?? 0, range ? range.to + 1 : bytes.length);
      response.writeHead(range ? 206 : 200, {
        ...headers,
        'content-length': part.length,
        ...(range ? { 'content-range': `bytes ${range.from}-${range.to}/${bytes.length}` } : {}),
      });
      const isCut = request.method === 'GET' && record.scenarios.includes('cut-download');
      if (isCut && !cutOnce.has(name)) {
        cutOnce.add(name);
        // Orderly, so that the first half does arrive: a reset could take it back out of the receiver's buffer.
        response.write(part.subarray(0, Math.floor(part.length / 2)), () => response.socket?.destroySoon());
        return;
      }
      response.end(part);
    },
  };
}

/** The part that was asked for; null for all of it, which is also the right answer to any range we do not serve. */
function rangeOf(request: IncomingMessage, etag: string, length: number) {
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== etag) return null;
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  if (first === '') {
    const size = Math.min(Number(last), length);
    return size === 0 ? 'unsatisfiable' : { from: length - size, to: length - 1 };
  }
  const from = Number(first);
  const to = last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (last !== '' && Number(last) < from) return null;
  return from >= length ? 'unsatisfiable' : { from, to };
}
