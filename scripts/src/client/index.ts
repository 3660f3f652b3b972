export { createClient, providers } from './create-client.ts';
export * from './errors.ts';
export { publicLookup, signatures, startSandbox } from './standalone.ts';
export type * from './types.ts';
