import type { IncomingMessage } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { FileStore } from '../files/types.ts';
import type { Generations } from '../generations/types.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Authenticate } from './authenticate.ts';
import { readBody, refuseTooLarge } from './body.ts';
import { createCatalog, type Service } from './catalog.ts';
import { createEventStreams } from './event-stream.ts';
import { answerUnknown } from './methods.ts';
import { answerMalformed, onError, Problem } from './problem.ts';
import { acknowledge, routeCallbacks } from './routes/callbacks.ts';
import { routeEvents } from './routes/events.ts';
import { routeFiles } from './routes/files.ts';
import { routeGenerations } from './routes/generations.ts';
import { routeModels } from './routes/models.ts';
import { routeOperations } from './routes/operations.ts';
import { routePage } from './routes/page.ts';
import { routeWebhook } from './routes/webhook.ts';
import { SCHEMAS } from './schemas.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends the request; set by `authenticate` for every route below /v1 but callbacks. */
    user: string;
  }
}

export interface AppParts {
  generations: Generations;
  files: FileStore;
  /** By the id of the provider. */
  services: ReadonlyMap<string, Service>;
  authenticate: Authenticate;
  /** No tokens are configured: the page offers the demo token to a browser on this machine. */
  isDemo: boolean;
  log: Logger;
  metrics: Metrics;
  /** `operations`: health and metrics alone, as a worker serves them. */
  routes?: 'all' | 'operations';
  /** A proxy stands in front: who calls is the last address of its X-Forwarded-For. */
  trustProxy?: boolean;
}

const MOST_BYTES = 30 * 1024 * 1024;

/** Returns the HTTP application; `listen` starts it, `close` ends it after the requests that are running. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const { generations, files, services, log, metrics, routes = 'all' } = parts;
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    // One line for each request would name addresses that are secrets: callbacks'. Errors are logged by onError.
    logController: new LogController({ disableRequestLogging: true }),
    // One proxy: what stands before the last address is what the caller says of itself.
    trustProxy: parts.trustProxy ? (_address: string, hop: number) => hop === 0 : false,
    forceCloseConnections: 'idle',
    requestTimeout: 120_000,
    // A token of any length is a parameter, not an unknown address.
    routerOptions: { maxParamLength: 16_384, ignoreTrailingSlash: true },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false, strict: false } },
    clientErrorHandler: (error, socket) => answerMalformed(error, socket),
    // Addresses that cannot be decoded. What is sent to a callback's address never learns what is wrong with it.
    frameworkErrors(error, request, reply) {
      if (request.url.startsWith('/v1/callbacks/') && request.method === 'POST')
        void acknowledge(reply as FastifyReply, 'unplaced');
      else void onError(error, request, reply as FastifyReply);
    },
  });
  app.setErrorHandler(onError);
  answerUnknown(app);
  for (const schema of SCHEMAS) app.addSchema(schema);
  measure(app, metrics);
  await app.register(swagger, OPENAPI);

  routeOperations(app, () => generations.ready(), metrics);
  if (routes === 'all') {
    const streams = createEventStreams((count) => metrics.streams.set(count));
    app.addHook('preClose', async () => streams.close());
    await app.register(rateLimit, { global: false });
    await app.register(async (scope) => routeCallbacks(scope, { generations, services, metrics }));
    await app.register(async (scope) => {
      readJson(scope);
      scope.decorateRequest('user', '');
      scope.addHook('onRequest', async (request) => {
        request.user = await parts.authenticate(request);
      });
      refuseTooLarge(scope, MOST_BYTES);
      const catalog = createCatalog(services);
      routeGenerations(scope, generations, catalog);
      routeFiles(scope, generations, files);
      routeEvents(scope, generations, streams);
      routeModels(scope, catalog);
      routeWebhook(scope, generations);
    });
    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
    routePage(app, parts.isDemo);
  }
  return app;
}

/** JSON alone, counted while it arrives, without the names that reach into prototypes. */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const text = (await readBody(payload, MOST_BYTES)).toString('utf8');
    return new Promise((resolve, reject) => {
      const invalid = () => reject(new Problem(400, 'invalid_json', 'The body is no valid JSON.'));
      void parse(request, text, (error, value) => (error === null ? resolve(value) : invalid()));
    });
  });
}

function measure(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const { url: route = 'unknown' } = request.routeOptions;
    const seconds = reply.elapsedTime / 1000;
    metrics.requests.observe({ method: request.method, route, status: reply.statusCode }, seconds);
    request.log.debug(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
}

const OPENAPI = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Generation backend',
      version: '1.0.0',
      description: 'Media generation: charged once for each user and Idempotency-Key, no paid result lost.',
    },
    components: { securitySchemes: { bearer: { type: 'http' as const, scheme: 'bearer' } } },
    security: [{ bearer: [] }],
  },
  refResolver: {
    buildLocalReference: (json: { $id?: unknown }, _base: unknown, _fragment: unknown, n: number): string =>
      typeof json.$id === 'string' ? json.$id : `schema${n}`,
  },
};
