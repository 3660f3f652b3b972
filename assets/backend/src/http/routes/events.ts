import type { FastifyInstance } from 'fastify';
import type { Generations } from '../../generations/types.ts';
import { coalesced, type EventStreams } from '../event-stream.ts';
import { presented } from '../generation.ts';
import { notFound, Problem } from '../problem.ts';
import { idParameter, problems } from '../schemas.ts';

const STREAMS_PER_USER = 50;
const ENDED = new Set(['succeeded', 'failed', 'cancelled', 'rejected']);

const answer = {
  description: 'Server-sent events.',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
};

/** Changes as server-sent events, fed by the database's notices. */
export function routeEvents(app: FastifyInstance, generations: Generations, streams: EventStreams): void {
  function limitStreams(user: string): void {
    if (streams.countOf(user) >= STREAMS_PER_USER)
      throw new Problem(
        429,
        'too_many_streams',
        `This user has ${STREAMS_PER_USER} open event streams; close some.`,
        {
          headers: { 'retry-after': '30' },
        },
      );
  }

  app.get<{ Params: { id: string } }>(
    '/v1/generations/:id/events',
    {
      exposeHeadRoute: false,
      schema: {
        summary: "One generation's changes, until it has ended",
        description:
          'Each event is the generation after a change. With `Last-Event-ID` the stream resumes after that event; 204 when nothing is left to come.',
        params: idParameter,
        response: {
          200: answer,
          204: { type: 'null', description: 'It has ended.' },
          ...problems(401, 404, 429, 503),
        },
      },
    },
    async ({ user, params: { id }, headers, log }, reply) => {
      limitStreams(user);
      let last = readLastEventId(headers['last-event-id']);
      const generation = await generations.find(user, id);
      if (generation === null) throw notFound();
      const missed = await generations.events(user, id, last);
      if (missed.length === 0 && ENDED.has(generation.status)) return reply.code(204).send();

      const stream = streams.open(reply, user);
      const update = coalesced(
        async () => {
          for (const { id: eventId, generation: changed } of await generations.events(user, id, last)) {
            last = eventId;
            stream.send({ id: eventId, event: 'generation', data: presented(changed) });
            if (ENDED.has(changed.status)) return stream.end();
          }
        },
        (error) => {
          // The reader reconnects and resumes after the last event that it got.
          log.warn({ err: error }, 'event stream ended: its changes could not be read');
          stream.end();
        },
      );
      const unsubscribe = generations.onChange((change) => {
        if (change.id === id || change.id === '*') update();
      });
      stream.signal.addEventListener('abort', unsubscribe, { once: true });
      // What changed between the first reading and the subscription is read here.
      update();
      return reply;
    },
  );

  app.get(
    '/v1/events',
    {
      exposeHeadRoute: false,
      schema: {
        summary: "Changes of all of the caller's generations, from now on",
        description:
          'A browser has few connections for each host: this is one for all. `ready` says that nothing is missed from here on: read the list then. `refresh`: read it anew.',
        response: { 200: answer, ...problems(401, 429, 503) },
      },
    },
    async ({ user, log }, reply) => {
      limitStreams(user);
      const stream = streams.open(reply, user);
      const changed = new Set<string>();
      const update = coalesced(
        async () => {
          const ids = [...changed];
          changed.clear();
          if (ids.includes('*')) stream.send({ event: 'refresh', data: {} });
          for (const id of ids.filter((one) => one !== '*')) {
            const generation = await generations.find(user, id);
            // A deleted one: the reader drops it.
            if (generation === null) stream.send({ event: 'deleted', data: { id } });
            else stream.send({ event: 'generation', data: presented(generation) });
          }
        },
        (error) => {
          log.warn({ err: error }, 'event stream ended: its changes could not be read');
          stream.end();
        },
      );
      const unsubscribe = generations.onChange((change) => {
        if (change.user !== user && change.id !== '*') return;
        changed.add(change.id);
        update();
      });
      stream.signal.addEventListener('abort', unsubscribe, { once: true });
      stream.send({ event: 'ready', data: {} });
      return reply;
    },
  );
}

function readLastEventId(header: string | string[] | undefined): string | null {
  // An id that this API never sent is no id: everything is sent then.
  return typeof header === 'string' && /^\d{1,18}$/.test(header) ? header : null;
}
