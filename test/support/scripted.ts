import { type Answer, type Received, type Route, replyOf, serve, type TestServer } from './server.ts';

/** What a test scripts of a service, by the names of its routes. */
export type Script<Name extends string> = Partial<Record<Name, Route>>;

export interface Service extends TestServer {
  submits(): Received[];
}

/**
 * Starts a service with routes by name; what a test does not script behaves as usual.
 * @param nameOf names the route of a request; undefined where the service has none
 */
export async function scripted<Name extends string>(
  nameOf: (call: string) => Name | 'submit' | undefined,
  usual: Record<Name, Route>,
  script: Script<Name>,
  notFound: Answer,
): Promise<Service> {
  const nameFor = ({ method, path }: Received) => nameOf(`${method} ${path}`) as Name | undefined;
  const server = await serve((request, context) => {
    const name = nameFor(request);
    return replyOf(name === undefined ? notFound : (script[name] ?? usual[name]), request, context);
  });
  return {
    ...server,
    submits: () => server.received.filter((request) => nameFor(request) === 'submit'),
  };
}
