import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../support/command.ts';

/** The folder of a Node that the backend runs on: this process's own if it is new enough, else that of the tests. */
export function nodeFolder(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return path.dirname(process.execPath);
  const folder = path.join(ROOT, 'test', 'nodes', 'node_modules', 'node24', 'bin');
  if (!existsSync(path.join(folder, 'node')))
    throw new Error(`${folder} is missing: npm install --prefix test/nodes`);
  return folder;
}

/** A clean environment: nothing of the machine that could change what the backend does. */
export function environment(folder: string, extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: pathWithNode(), HOME: folder, ...extra };
}

/** The environment of this machine, with that Node: npm reaches a registry by the user's own settings. */
export function installEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: pathWithNode() };
}

const pathWithNode = (): string => `${nodeFolder()}${path.delimiter}${process.env.PATH}`;
