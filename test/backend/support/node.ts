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
  const path_ = `${nodeFolder()}${path.delimiter}${process.env.PATH}`;
  return {
    PATH: path_,
    HOME: folder,
    npm_config_cache: process.env.npm_config_cache ?? npmCache(),
    ...extra,
  };
}

const npmCache = (): string => path.join(process.env.HOME ?? '/tmp', '.npm');
