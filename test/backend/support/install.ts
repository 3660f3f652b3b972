import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../../support/command.ts';
import { installEnvironment } from './node.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A copy of the backend, installed and built as its README says. */
    backend: string;
  }
}

/** Makes the copy that all tests use. */
export default function install(project: TestProject): () => void {
  const { folder, remove } = makeCopy();
  project.provide('backend', folder);
  return remove;
}

/**
 * Makes a copy as a user does: create-backend, `npm ci`, `npm run build`. While working on one test, BACKEND_COPY names a
 * folder where that is done already.
 */
export function makeCopy(): { folder: string; remove: () => void } {
  const ready = process.env.BACKEND_COPY;
  if (ready !== undefined) return { folder: ready, remove: () => {} };
  const folder = mkdtempSync(path.join(tmpdir(), 'amw backend '));
  // Where this is root, the copy's PostgreSQL runs as another user.
  chmodSync(folder, 0o755);
  const target = path.join(folder, 'backend');
  step(ROOT, process.execPath, [path.join(ROOT, 'scripts', 'create-backend.mjs'), target]);
  step(target, 'npm', ['ci', '--no-audit', '--no-fund']);
  step(target, 'npm', ['run', 'build']);
  return { folder: target, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function step(cwd: string, command: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: installEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
}
