import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { envelopeOf, ROOT, run, T2V, tempFolder } from './support/command.ts';
import { codeOf, importsOf, sourcesIn } from './support/sources.ts';

const scripts = path.join(ROOT, 'scripts');
// Below the folder of the programs.
const shipped = compiledIn(scripts);
/** The compiled programs and parts, without the contracts. */
function compiledIn(folder: string): string[] {
  const here = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
  const parts = readdirSync(path.join(folder, 'lib')).filter((file) => file.endsWith('.mjs'));
  return [...here, ...parts.map((file) => `lib/${file}`)].sort();
}

// What development makes in the backend; it is not published.
const MADE = /(^|[/\\])(node_modules|dist|data|vendor)([/\\]|$)/;

const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

function expectNoCircle(known: ReadonlyMap<string, Iterable<string>>, what: string): void {
  const done = new Set<string>();
  const visit = (one: string, way: readonly string[]): void => {
    expect(way, what).not.toContain(one);
    if (done.has(one)) return;
    for (const other of known.get(one) ?? []) visit(other, [...way, one]);
    done.add(one);
  };
  for (const one of known.keys()) visit(one, []);
}

/** The environment variables that a skill's metadata declares. */
function declared(): string[] {
  const front = /^---\n([\s\S]*?)\n---/.exec(text('SKILL.md'))![1]!;
  const { metadata } = parse(front) as { metadata: { openclaw: { envVars: { name: string }[] } } };
  return metadata.openclaw.envVars.map(({ name }) => name);
}

describe('the build', () => {
  let fresh: string;
  beforeAll(() => {
    fresh = mkdtempSync(path.join(tmpdir(), 'amw build '));
    execFileSync(process.execPath, ['--import', 'tsx', path.join(ROOT, 'build', 'build.ts'), fresh], {
      cwd: ROOT,
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    });
  });
  afterAll(() => rmSync(fresh, { recursive: true, force: true }));

  test('C2: is fresh, and gives the same bytes again', () => {
    const rest = ['client.d.mts', 'lib/NOTICES.txt'];
    const files = [...shipped, ...rest, ...contractsIn(scripts)];
    const built = [...compiledIn(fresh), ...rest, ...contractsIn(fresh)];
    expect(built).toEqual(files);
    for (const file of files) {
      const same = readFileSync(path.join(fresh, file)).equals(readFileSync(path.join(scripts, file)));
      expect(same, `scripts/${file} is stale: run npm run build`).toBe(true);
    }
    const page = readFileSync(path.join(fresh, 'client.md'), 'utf8');
    expect(page, 'references/client.md is stale: run npm run build').toBe(text('references/client.md'));
  });

  function contractsIn(folder: string): string[] {
    return readdirSync(path.join(folder, 'lib/contracts'))
      .map((file) => path.join('lib/contracts', file))
      .sort();
  }
});

describe('what ships', () => {
  test('C3: imports nothing but Node and its own files', () => {
    const withoutImport: string[] = [];
    for (const file of shipped) {
      const code = text(`scripts/${file}`).replace(/^\s*(?:\*|\/\*|\/\/).*$/gm, '');
      const imports = [...code.matchAll(/^(?:import|export)\b[^;"'`]*["']([^"'\n]+)["'];$/gm)];
      const lazy = [...code.matchAll(/\bimport\(["'`]([^"'`]+)["'`]\)/g)];
      const required = [...code.matchAll(/\b_*require2?\(["']([^"']+)["']\)/g)];
      if (imports.length + lazy.length + required.length === 0) withoutImport.push(file);
      for (const [, name] of [...imports, ...lazy, ...required] as unknown as [string, string][]) {
        const isOwn = name.startsWith('./') && shipped.includes(path.join(path.dirname(file), name));
        const isBuiltin = name.startsWith('node:') && builtinModules.includes(name.slice(5));
        expect(isOwn || isBuiltin, `${file} imports ${name}`).toBe(true);
      }
    }
    // The rules of the rate limit are arithmetic alone. In every other file an import was found.
    expect(withoutImport).toEqual(['lib/rate-limit.mjs']);
  });

  test('B10: makes no code at run time, starts no process, and is readable', () => {
    for (const file of shipped) {
      const code = text(`scripts/${file}`);
      for (const trap of [
        /\beval\(/,
        /new Function\(/,
        /\bnew F\(/,
        /child_process/,
        /\.constructor\(["'`]return/,
      ]) {
        expect(code, `${file} contains ${trap}`).not.toMatch(trap);
      }
      expect(code.length / code.split('\n').length, file).toBeLessThan(400);
    }
  });

  test('E2: nothing below assets/ starts a process, makes code, or skips certificate checks: the scan reads all of it', () => {
    const folder = path.join(ROOT, 'assets');
    const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => !MADE.test(name));
    const code = names.filter((name) => /\.(m?js|ts)$/.test(name));
    expect(code.length).toBeGreaterThan(70);
    for (const name of code) {
      const traps = /child_process|\beval\(|new Function\(|rejectUnauthorized|TLS_REJECT/;
      expect(traps.exec(text(`assets/${name}`))?.[0], name).toBeUndefined();
      // Configuration and network stand in different files: the environment is read in two places.
      if (/process\.env/.test(text(`assets/${name}`)))
        expect(name).toMatch(/^backend\/(src\/(admin-)?main|test\/.*|vitest\.config)\.ts$/);
    }
  });

  test('C3: holds no run of escaped bytes, which a scan of what is published calls hidden code', () => {
    const places = ['SKILL.md', 'README.md', 'contracts', 'references', 'scripts', 'assets'];
    const files = places.flatMap((place) => {
      const found = path.join(ROOT, place);
      if (!existsSync(found)) return [];
      if (statSync(found).isFile()) return [place];
      const names = (readdirSync(found, { recursive: true }) as string[]).filter((name) => !MADE.test(name));
      return names.map((name) => path.join(place, name));
    });
    const texts = files.filter((file) => /\.(m?js|ts|jsonl?|ya?ml|md|txt|html|sql)$/.test(file));
    expect(texts.length).toBeGreaterThan(200);
    for (const file of texts) expect(/(\\x[0-9a-f]{2}){6}/i.exec(text(file))?.[0], file).toBeUndefined();
  });

  test('A9, B2: reads no environment variable that SKILL.md does not declare', () => {
    const known = declared();
    const read = new Set<string>();
    for (const file of shipped) {
      for (const [, name] of text(`scripts/${file}`).matchAll(
        /(?:\b(?:env|way)\.|\b(?:key|url)Variable: ")([A-Za-z_][A-Za-z0-9_]*)/g,
      ))
        read.add(name!);
    }
    // Those are read only to be overruled; that is written where the program's limits are.
    for (const name of ['NODE_DEBUG', 'NODE_TLS_REJECT_UNAUTHORIZED']) {
      expect(text('references/security.md')).toContain(`\`${name}`);
      read.delete(name);
    }
    for (const name of read) expect(known, name).toContain(name.toUpperCase());
    const used = [...read].map((name) => name.toUpperCase());
    expect(known.filter((name) => !used.includes(name))).toEqual([]);
  });

  test('a part loads no other one before it is needed', () => {
    const loadedBy = (file: string) =>
      new Set(
        [...text(`scripts/lib/${file}`).matchAll(/^import .* from "\.\/(.+)";$/gm)].map(([, name]) => name),
      );
    expect(loadedBy('main.mjs')).toEqual(new Set());
    // A refused payload needs no network, a status query neither contracts nor a journal.
    for (const file of ['contracts.mjs', 'live.mjs'])
      expect(loadedBy(file), file).toEqual(new Set(['main.mjs']));
    expect(loadedBy('pending.mjs')).toEqual(new Set(['main.mjs', 'journal.mjs']));
  });

  test('holds zod once: contracts are checked and read with the same one', () => {
    const holders = shipped.filter((file) =>
      text(`scripts/${file}`).includes('// node_modules/zod/v4/core/core.js'),
    );
    expect(holders).toEqual(['lib/contracts.mjs']);
  });

  test('imports run one way: a layer knows those below it alone', () => {
    const below: Record<string, string[]> = { model: [] };
    // What core asks of stores and limiters: types and rules, and nothing that knows how they are kept.
    below.ports = below.contracts = ['model'];
    // Files that survive a crash, locks, folders that only their owner can change.
    below.disk = ['model'];
    below.http = ['ports', 'model'];
    below.providers = ['http', 'model'];
    below.stores = ['disk', 'ports', 'http', 'model'];
    below.sandbox = ['contracts', 'disk', 'http', 'model'];
    below.download = ['disk', 'ports', 'http', 'model'];
    // The core knows the ports, and no store.
    below.core = ['contracts', 'providers', 'download', 'ports', 'http', 'model'];
    below.cli = below.client = ['core', 'sandbox', 'stores', 'disk', ...below.core];
    for (const [layer, allowed] of Object.entries(below))
      for (const file of sourcesIn(layer))
        for (const wanted of importsOf(file))
          expect([layer, ...allowed], `${file}: ${wanted}`).toContain(wanted.split('/')[0]);
  });

  test('no module imports itself by way of others, not even for a type', () => {
    const imports = new Map<string, string[]>();
    for (const file of sourcesIn()) {
      // `import()` of a part that loads later may lead back.
      const lines = codeOf(file).matchAll(/^(?:import|export)\b[^;]*? from '(\.[^']+)'/gm);
      imports.set(
        file,
        [...lines].map(([, wanted]) => path.join(path.dirname(file), wanted!)),
      );
    }
    expect([...imports.values()].flat().length).toBeGreaterThan(700);
    expectNoCircle(imports, 'an import circle');
  });

  test('every function and class that another folder imports says what it returns or does', () => {
    const files = sourcesIn();
    const imported = new Set<string>();
    const silent: string[] = [];
    for (const file of files) {
      const code = codeOf(file);
      const lists = code.matchAll(/\{([^{}]*)\} (?:from|= await import\() ?'(\.[^']+)'/g);
      for (const [, names, wanted] of lists) {
        const other = path.join(path.dirname(file), wanted!);
        if (path.dirname(other) === path.dirname(file)) continue;
        for (const name of names!.split(','))
          imported.add(`${other} ${/\w+/.exec(name.replace('type ', ''))}`);
      }
    }
    for (const file of files) {
      const code = codeOf(file);
      const made =
        /(\*\/\n)?^export (?:(?:async )?function\*? |class |const (?=\w+ = (?:async )?(?:<\w+>)?\())(\w+)/gm;
      for (const [, docstring, name] of code.matchAll(made))
        if (docstring === undefined && imported.has(`${file} ${name}`)) silent.push(`${file}: ${name}`);
    }
    expect(imported.size).toBeGreaterThan(300);
    expect(silent).toEqual([]);
  });

  test('inside of the core and of the command line, folders import one way too', () => {
    for (const layer of ['core', 'cli']) {
      // A file that lies in no folder of the layer stands for itself.
      const knows = new Map<string, Set<string>>();
      for (const file of sourcesIn(layer)) {
        const [, own] = file.split('/') as [string, string];
        const known = knows.get(own) ?? new Set();
        for (const [where, other] of importsOf(file).map((wanted) => wanted.split('/')))
          if (where === layer && other !== own) known.add(other!);
        knows.set(own, known);
      }
      expect(knows.size, layer).toBeGreaterThan(10);
      expectNoCircle(knows, `a circle of folders in ${layer}`);
    }
  });

  test('scripts/ holds what is run or imported, its parts and its sources', () => {
    const names = readdirSync(scripts).sort();
    const programs = ['client.mjs', 'create-backend.mjs', 'run-workflow.mjs', 'sandbox.mjs'];
    expect(names).toEqual([...programs, 'client.d.mts', 'lib', 'src'].sort());
  });

  test('one version: of the package, of the skill, and the newest of the changelog', () => {
    const { version } = JSON.parse(text('package.json')) as { version: string };
    expect(text('SKILL.md')).toContain(`\n  version: ${version}\n`);
    expect(/^## (.*)$/m.exec(text('CHANGELOG.md'))![1]).toBe(version);
  });

  test('flags and variables are named by the command line alone; the core knows no process', () => {
    const without = [
      'model',
      'ports',
      'contracts',
      'core',
      'http',
      'providers',
      'disk',
      'stores',
      'download',
    ];
    for (const where of [...without, 'client'].flatMap(sourcesIn)) {
      const code = codeOf(where);
      // V8 has flags of its own.
      const ours = code.replace(/^ *setFlagsFromString\(.*$/gm, '');
      expect(/(?<![\w-])--[a-z]\w+/i.exec(ours)?.[0], where).toBeUndefined();
      // A service's own file names the variables of its key and its address.
      const named = code.replace(/^ *(?:key|url)Variable: .*$/gm, '');
      const variables = /\b(?:AIVIDEO_|APIDOT_|ASYNC_MEDIA_|HTTPS?_PROXY|NO_PROXY|NODE_)\w*\b/;
      expect(variables.exec(named)?.[0], where).toBeUndefined();
      expect(code, where).not.toMatch(/process\.(?:env|argv|exit|stdout|stderr)/);
      if (where.startsWith('core')) expect(code, where).not.toMatch(/\bprocess\.|node:process/);
    }
  });

  test('C1: has the top level that is asked for', () => {
    const folders = ['scripts', 'references', 'contracts', 'test'];
    for (const name of [...folders, 'SKILL.md', 'README.md', 'LICENSE', 'package.json', 'tsconfig.json'])
      expect(existsSync(path.join(ROOT, name)), name).toBe(true);
    expect(text('scripts/lib/NOTICES.txt')).toMatch(/undici[\s\S]*yaml[\s\S]*zod/);
  });

  test('C3: nothing runs at install time, and the lock file names no download address', () => {
    const { scripts: own, dependencies } = JSON.parse(text('package.json'));
    expect(Object.keys(own).filter((name) => /install|prepare|prepack/.test(name))).toEqual([]);
    expect(dependencies).toBeUndefined();
    expect(text('package-lock.json')).not.toContain('"resolved"');
  });
});

describe('a copy of the folder', () => {
  const request = ['--model', 't2v', '--payload', JSON.stringify(T2V)];
  const sandbox = [...request, '--sandbox', '--pollInterval', '0.1', '--download', 'out'];

  /** What an install copies: no tests, no dependencies, no sources needed. */
  function install(): string {
    const folder = path.join(tempFolder(), 'a skills folder', 'async-media-workflow');
    mkdirSync(folder, { recursive: true });
    for (const name of ['SKILL.md', 'contracts', 'references']) {
      cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
    }
    for (const name of ['run-workflow.mjs', 'sandbox.mjs', 'client.mjs', 'lib']) {
      cpSync(path.join(scripts, name), path.join(folder, 'scripts', name), { recursive: true });
    }
    return folder;
  }

  test('C3: runs the sandbox command from elsewhere, read-only, under a path with spaces', async () => {
    const folder = install();
    const before = readdirSync(folder, { recursive: true });
    spawnSync('chmod', ['-R', 'a-w', folder]);
    const cwd = tempFolder();
    const done = await run(sandbox, { cwd, entry: path.join(folder, 'scripts', 'run-workflow.mjs') });
    chmodSync(folder, 0o755);
    spawnSync('chmod', ['-R', 'u+w', folder]);
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(readdirSync(path.join(cwd, 'out'))).toHaveLength(1);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  // Modes do not bind root: another user has to run the copy in a folder of root.
  const canBeNobody = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;
  test.runIf(canBeNobody)('C3: runs as a user who may write nothing there', async () => {
    const folder = install();
    const cwd = tempFolder();
    chmodSync(path.join(folder, '..', '..'), 0o777);
    // A user who can remove a folder of records can cause a charge. In a folder with the sticky bit no other user can.
    chmodSync(cwd, 0o1777);
    spawnSync('chmod', ['-R', 'go-w', path.dirname(folder)]);
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
    const entry = path.join(folder, 'scripts', 'run-workflow.mjs');
    const done = await run([...nobody.slice(1), entry, ...sandbox], {
      cwd,
      node: 'setpriv',
      entry: nobody[0]!,
      env: { ASYNC_MEDIA_STATE_DIR: path.join(cwd, 'state') },
    });
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED' });
  });

  const onLinux = process.platform === 'linux' && process.arch === 'x64';
  test.runIf(onLinux)('C3: runs the sandbox command on Node 22, 24 and 26', async () => {
    const entry = path.join(install(), 'scripts', 'run-workflow.mjs');
    const runs = ['node22', 'node24', 'node26'].map(async (name) => {
      const node = path.join(ROOT, 'test', 'nodes', 'node_modules', name, 'bin', 'node');
      expect(existsSync(node), `${node} is missing: npm install --prefix test/nodes`).toBe(true);
      const cwd = tempFolder();
      const done = await run(sandbox, { cwd, node, entry });
      expect(envelopeOf(done), name).toMatchObject({ ok: true, status: 'COMPLETED' });
      expect(done.stderr).not.toMatch(/warning|error/i);
      expect(readdirSync(path.join(cwd, 'out'))).toHaveLength(1);
    });
    await Promise.all(runs);
  });
});
