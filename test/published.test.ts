// What `.clawhubignore` leaves: the folder that a registry publishes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/command.ts';

/** What the registry's client publishes: what neither list leaves out, nor a name that begins with a dot. */
function publishedFiles(): string[] {
  // To a repository that knows no file, each one is new: the lists alone decide.
  const repository = mkdtempSync(path.join(tmpdir(), 'amw published '));
  try {
    const git = (...args: string[]) =>
      execFileSync('git', [`--git-dir=${repository}`, `--work-tree=${ROOT}`, ...args], {
        cwd: ROOT,
        encoding: 'utf8',
      });
    git('init', '--quiet');
    const lists = ['--exclude-per-directory=.gitignore', '--exclude-from=.clawhubignore'];
    return git('ls-files', '-z', '--others', ...lists)
      .split('\0')
      .filter((file) => file !== '' && !/(^|\/)\./.test(file));
  } finally {
    rmSync(repository, { recursive: true, force: true });
  }
}

const published = publishedFiles();

test('C3: the published folder has no more files than a skill library takes', () => {
  expect(published).toEqual(expect.arrayContaining(['SKILL.md', 'scripts/lib/contracts/apidot.jsonl']));
  expect(published.filter((file) => /^(test|bench|build|scripts\/src)\//.test(file))).toEqual([]);
  // Beyond that: which files belong together, and what does nobody need who installs this?
  expect(published.length).toBeLessThanOrEqual(256);
});

test('C3: what is published names no file of this folder that is not', () => {
  for (const page of published.filter((file) => file.endsWith('.md'))) {
    const words = readFileSync(path.join(ROOT, page), 'utf8');
    const paths = words.matchAll(/(?<![\w./}-])((?:scripts|references|assets)\/[\w./-]*[\w-])/g);
    const links = words.replace(/^```[\s\S]*?^```/gm, '').matchAll(/\]\((?![a-z]+:)([^)\s#]+)/g);
    const named = [
      ...[...paths].map(([, name]) => name!),
      ...[...links].map(([, name]) => path.posix.join(path.posix.dirname(page), name!)),
    ];
    const missing = named.filter(
      (name) => !published.some((file) => file === name || file.startsWith(`${name.replace(/\/$/, '')}/`)),
    );
    expect(missing, page).toEqual([]);
  }
});
