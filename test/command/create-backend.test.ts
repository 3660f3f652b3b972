import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, run, tempFolder } from '../support/command.ts';

const ENTRY = path.join(ROOT, 'scripts', 'create-backend.mjs');
const create = (args: string[], options: { cwd?: string; entry?: string } = {}) =>
  run(args, { entry: ENTRY, ...options });

const filesIn = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .sort();

/** What the repository tracks below a folder. */
function tracked(folder: string): string[] {
  const names = execFileSync('git', ['ls-files', '-z', folder], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean);
  return names.map((name) => path.relative(folder, name)).sort();
}

describe('E2: create-backend copies it whole', () => {
  test('into a new folder below new folders, with a space in its path; every byte is the same', async () => {
    const target = path.join(tempFolder(), 'my project', 'services', 'backend');
    const done = await create([target]);
    expect([done.code, done.stderr]).toEqual([0, '']);
    const expected = [
      ...tracked('assets/backend'),
      ...tracked('contracts').map((name) => `vendor/contracts/${name}`),
      ...tracked('scripts/lib').map((name) => `vendor/scripts/lib/${name}`),
      ...['vendor/scripts/client.mjs', 'vendor/scripts/client.d.mts', '.gitignore'],
    ].sort();
    expect(filesIn(target)).toEqual(expected);
    for (const name of tracked('assets/backend'))
      expect(
        readFileSync(path.join(target, name)).equals(readFileSync(path.join(ROOT, 'assets/backend', name))),
        name,
      ).toBe(true);
    expect(done.stdout).toContain(`Copied the backend to '${target}': ${expected.length} files.`);
    const isOlder = process.versions.node.localeCompare('22.12.0', undefined, { numeric: true }) < 0;
    const start = isOlder ? 'npx -y -p node@22 -c "npm run build && node dist/main.js"' : 'npm start';
    expect(done.stdout).toContain(`\n  cd '${target}'\n  npm install\n  ${start}\n`);
    expect(readFileSync(path.join(target, '.gitignore'), 'utf8')).toMatch(/^node_modules\/\ndist\/\ndata\//);
  });

  test('into an empty folder, by a path that is relative; the client library in it works there', async () => {
    const cwd = tempFolder();
    mkdirSync(path.join(cwd, 'backend'));
    expect((await create(['backend'], { cwd })).code).toBe(0);
    const code = `const { createClient } = await import('./vendor/scripts/client.mjs');
      const { valid } = await createClient({ provider: 'aivideomaker', key: 'k' }).validate('t2v', { prompt: 'x', aspectRatio: '16:9', duration: '5' });
      console.log(valid);`;
    const imported = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: path.join(cwd, 'backend'),
      encoding: 'utf8',
    });
    expect([imported.stdout, imported.stderr]).toEqual(['true\n', '']);
  });

  test('nothing that it needs starts with a dot or an underscore, and publishing leaves none of it out', () => {
    for (const name of tracked('assets/backend'))
      for (const part of name.split('/')) expect(part).toMatch(/^[^._]/);
    const rules = readFileSync(path.join(ROOT, '.clawhubignore'), 'utf8')
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    // A rule without a slash at its beginning would leave out the backend's own tests and lock file.
    expect(rules.filter((rule) => !rule.startsWith('/'))).toEqual(['node_modules/']);
  });

  test('what a development left in the source is not copied', async () => {
    const skill = path.join(tempFolder(), 'skill');
    for (const name of ['assets', 'contracts', 'scripts'])
      cpSync(path.join(ROOT, name), path.join(skill, name), {
        recursive: true,
        filter: (from) => !/node_modules|scripts.src/.test(from),
      });
    for (const name of ['node_modules', 'dist', 'data', 'vendor', '.env']) {
      const made = path.join(skill, 'assets', 'backend', name);
      mkdirSync(made, { recursive: true });
      writeFileSync(path.join(made, 'left-over'), 'x');
    }
    const target = path.join(tempFolder(), 'backend');
    expect((await create([target], { entry: path.join(skill, 'scripts', 'create-backend.mjs') })).code).toBe(
      0,
    );
    expect(filesIn(target).filter((name) => name.includes('left-over'))).toEqual([]);
  });
});

describe('E2: create-backend refuses, and leaves everything as it was', () => {
  const refused = async (args: string[], options = {}) => {
    const done = await create(args, options);
    expect([done.code, done.stdout]).toEqual([2, '']);
    return done.stderr;
  };

  test('a folder that is not empty', async () => {
    const target = tempFolder();
    writeFileSync(path.join(target, '.env'), 'KEY=1');
    expect(await refused([target])).toBe(
      `${target} is not empty: it holds .env. Nothing is overwritten; name a folder that is new or empty.\n`,
    );
    expect(readdirSync(target)).toEqual(['.env']);
  });

  test('a file, and a path through a file', async () => {
    const file = path.join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(await refused([file])).toContain('is a file. Name a folder that is new or empty.');
    expect(await refused([path.join(file, 'backend')])).toContain('A part of that path is a file.');
  });

  test('a folder of the skill, also through a link', async () => {
    const link = path.join(tempFolder(), 'link');
    symlinkSync(path.join(ROOT, 'assets'), link);
    for (const target of [ROOT, path.join(ROOT, 'new-backend'), path.join(link, 'new-backend')])
      expect(await refused([target])).toContain("lies in the skill's own folder, which an update replaces.");
    expect(existsSync(path.join(ROOT, 'new-backend'))).toBe(false);
  });

  test('no folder, two folders, an unknown flag', async () => {
    for (const args of [[], [''], ['a', 'b'], ['--force', 'a']])
      expect(await refused(args)).toContain('Usage: node scripts/create-backend.mjs <folder>');
  });

  // Modes do not bind root: another user has to try.
  const canBeNobody = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;
  test.runIf(canBeNobody)('a folder that this user may not write', async () => {
    const folder = tempFolder();
    const target = path.join(folder, 'backend');
    const done = spawnSync(
      'setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, ENTRY, target],
      { encoding: 'utf8' },
    );
    expect([done.status, done.stdout]).toEqual([2, '']);
    expect(done.stderr).toMatch(
      /^Nothing was copied: .*This user may not write there\. Name another folder, or change its permissions\.\n$/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('--help says what it does', async () => {
  const done = await create(['--help']);
  expect(done.code).toBe(0);
  expect(done.stdout).toContain('Installs and starts nothing.');
});
