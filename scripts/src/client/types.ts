export type * from './types/catalog.ts';
export type * from './types/client.ts';
export type * from './types/connection.ts';
export type * from './types/download.ts';
export type * from './types/submit.ts';
export type * from './types/task.ts';
export type * from './types/values.ts';
