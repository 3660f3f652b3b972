export { createClient, providers } from './create-client.ts';
export * from './errors.ts';
export { publicLookup } from './public-lookup.ts';
export { startSandbox } from './sandbox.ts';
export { signatures } from './signatures.ts';
export type * from './types.ts';
