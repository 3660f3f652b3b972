import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { CANARY } from './command.ts';
import type { TestServer } from './server.ts';

/** The key was in the header `key` of each API call, and nowhere else in what was sent. */
export function expectKeyInItsHeaderOnly({ received }: TestServer): void {
  for (const { path: target, headers, body } of received) {
    const { key, ...others } = headers;
    expect(key).toBe(target.includes('/files/') ? undefined : CANARY);
    expect(JSON.stringify([target, others, body])).not.toContain(CANARY);
  }
}

/** No file below the folder holds the key. */
export function expectNoKeyBelow(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(readFileSync(path.join(entry.parentPath, entry.name)).includes(CANARY)).toBe(false);
  }
}

/** The first command among the next steps, as a shell would take it. */
export function commandIn(data: { nextSteps?: unknown }): string {
  const command = (data.nextSteps as string[] | undefined)?.find((step) => step.startsWith('node '));
  expect(command).toBeDefined();
  return command!;
}
