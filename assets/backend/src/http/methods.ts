import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, sendProblem } from './problem.ts';

/** Makes unknown addresses 404 and known ones with another method 405 with `Allow`, which Fastify leaves to its users. */
export function answerUnknown(app: FastifyInstance): void {
  const known = new Map<string, { path: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const entry = known.get(url) ?? { path: pathOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) entry.methods.add(one);
    known.set(url, entry);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0]!;
    const methods = [...known.values()]
      .filter((entry) => entry.path.test(path))
      .flatMap((entry) => [...entry.methods]);
    if (methods.length === 0)
      return sendProblem(
        reply,
        new Problem(404, 'not_found', 'There is nothing at this address. /openapi.json lists what there is.'),
      );
    const allow = [...new Set(methods)].sort().join(', ');
    return sendProblem(
      reply,
      new Problem(405, 'method_not_allowed', `This address takes ${allow}.`, { headers: { allow } }),
    );
  });
}

function pathOf(url: string): RegExp {
  const pattern = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace('*', '.*');
  return new RegExp(`^${pattern}/?$`);
}
