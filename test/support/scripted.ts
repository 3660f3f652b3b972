import type { ServerResponse } from 'node:http';
import { type Answer, type Received, serve, type TestServer } from './server.ts';

export interface Context {
  res: ServerResponse;
  /** How many requests of the same method and path came before. */
  count: number;
  server: TestServer;
}

export type Route =
  | Answer
  | ((request: Received, context: Context) => Answer | undefined | Promise<Answer | undefined>);

/** What a test scripts of a service, by the names of its routes. */
export type Script<Name extends string> = Partial<Record<Name, Route>>;

/**
 * Starts a service with routes by name; what a test does not script behaves as usual.
 * @param nameOf names the route of a request; undefined where the service has none
 */
export function scripted<Name extends string>(
  nameOf: (request: Received) => Name | undefined,
  usual: Record<Name, Route>,
  script: Script<Name>,
  notFound: Answer,
): Promise<TestServer> {
  return serve((request, context) => {
    const name = nameOf(request);
    const route = name === undefined ? notFound : (script[name] ?? usual[name]);
    return typeof route === 'function' ? route(request, context) : route;
  });
}
