// The sources of the skill, as text: for what has to hold of all of them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { ROOT } from './command.ts';

const SOURCES = path.join(ROOT, 'scripts', 'src');

/** The files in one folder of the sources, or all, by their paths. */
export function sourcesIn(folder = ''): string[] {
  const names = readdirSync(path.join(SOURCES, folder), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => path.join(folder, name));
  expect(files.length, folder).toBeGreaterThan(0);
  return files.map((file) => file.replaceAll(path.sep, '/'));
}

export const codeOf = (file: string): string => readFileSync(path.join(SOURCES, file), 'utf8');

/** The sources that one imports, now or later, be it for a type. */
export const importsOf = (file: string): string[] =>
  [...codeOf(file).matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, wanted]) =>
    path.posix.join(path.posix.dirname(file), wanted!),
  );
