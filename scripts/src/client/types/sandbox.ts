export type { Sandbox, SandboxOptions } from '../../sandbox/server.ts';
