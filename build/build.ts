// `npm run build`: compiles scripts/src/ into the programs scripts/*.mjs and the parts scripts/lib/ that the programs load.
// Its output is committed; the same sources give the same bytes.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { compileContracts } from '../scripts/src/contracts/compile.ts';
import { PROFILES } from '../scripts/src/providers/registry.ts';
import { clientReference } from './client-reference.ts';
import { declareTypes } from './client-types.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const scripts = path.join(root, 'scripts');
const source = path.join(scripts, 'src');
const outDir = path.resolve(process.argv[2] ?? scripts);

function versionIn(folder: string): string {
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

// Parts of the libraries that this program never uses. With them it would take twice as long to start, and
// a reviewer of a skill searches for two of them first (code made at run time, a password in a default).
const NEVER_REACHED: Record<string, RegExp> = {
  'SIMD instructions (not every processor has them)': /undici\/lib\/llhttp\/llhttp_simd-wasm\.js$/,
  'HTTP/2 (http/1.1 is asked for)': /undici\/lib\/dispatcher\/client-h2\.js$/,
  'SOCKS proxies (refused by name)': /undici\/lib\/dispatcher\/socks5-proxy-agent\.js$/,
  'fetch bodies (requests carry strings)': /undici\/lib\/web\/fetch\/body\.js$/,
  'parsers compiled at run time (zod is told to do without)': /zod\/v4\/core\/doc\.js$/,
};

const leaveOut: Plugin = {
  name: 'leave-out',
  setup({ onLoad }) {
    for (const [what, filter] of Object.entries(NEVER_REACHED)) {
      const fail = `throw new Error(${JSON.stringify(`left out of the build: ${what}`)});`;
      onLoad({ filter }, ({ path: file }) =>
        file.includes('/zod/')
          ? { contents: `export class Doc { constructor() { ${fail} } }` }
          : { contents: `module.exports = function leftOut() { ${fail} };` },
      );
    }
    // zod asks whether it may compile code by trying to. The answer is no.
    onLoad({ filter: /zod\/v4\/core\/util\.js$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      const contents = source.replace(
        /export const allowsEval = [\s\S]*?\n}\);/,
        'export const allowsEval = { value: false };',
      );
      if (contents === source) throw new Error('zod/v4/core/util.js no longer has the expected allowsEval');
      return { contents };
    });
    // zod keeps its settings in a global that every zod of the process shares: those of a host program stay its own.
    onLoad({ filter: /zod\/v4\/core\/(core|registries)\.js$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      const contents = source.replaceAll('globalThis', 'ownZod').concat('\nvar ownZod;\n');
      if (!source.includes('(_a = globalThis).__zod_global'))
        throw new Error(`${path.basename(file)} of zod no longer has the expected global`);
      return { contents: contents.replace('(_a = ownZod)', '(_a = ownZod = {})') };
    });
  },
};

// The programs, and the library that other programs import; everything else is a part that a program loads when it needs it.
const PROGRAMS = ['run-workflow', 'sandbox', 'client', 'create-backend'];

// The modules of the source as the parts that are loaded: a refused payload needs no network, and a status query no
// contracts. Each file of scripts/src/ is in exactly one part; the first pattern that fits decides.
const PARTS: readonly [part: string, files: RegExp][] = [
  ['run-workflow', /^run-workflow\.ts$/],
  ['sandbox', /^sandbox\.ts$/],
  ['create-backend', /^create-backend\.ts$/],
  ['client', /^client\//],
  ['hash-worker', /^hash-worker\.ts$/],
  ['sandbox-server', /^sandbox\//],
  ['parse-yaml', /^contracts\/(read\/|compile\.ts$)/],
  ['undici', /^http\/undici-http-client\.ts$/],
  ['models', /^(cli\/actions\/describe|contracts\/(describe-fields|models-with|unknown-model))\.ts$/],
  ['estimate', /^contracts\/price\//],
  // What an answer needs only where something is to be explained.
  ['live', /^cli\/render\/errors\/task-ended\.ts$/],
  ['advice', /^cli\/(render\/errors\/|command-line\/help\.ts$)/],
  // What the processes of a machine share about a service.
  ['rate-limit', /^(http\/rate-limit|ports\/status-cache)\.ts$/],
  ['journal', /^model\/(claim-rules|fingerprint|request-record|spending-row)\.ts$/],
  ['contracts', /^model\/strict-json\.ts$/],
  [
    'main',
    /^((model|ports)\/|disk\/make-folder\.ts$|providers\/((registry|unsupported)|\w+\/definition)\.ts$)/,
  ],
  // What speaks to a service is a part of its own; to the one that is meant where none is named, a part of `live`.
  ...readdirSync(path.join(source, 'providers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== PROFILES[0]!.id)
    .map(({ name }) => [name, new RegExp(`^providers/${name}/`)] as [string, RegExp]),
  ['batch', /^((core|cli)\/batch\/|core\/slots\.ts$|cli\/render\/batch(-\w+)?\.ts$)/],
  ['contracts', /^(contracts\/|cli\/request\/)/],
  [
    'generate',
    /^core\/(generate\.ts$|(submit|reconcile|money)\/|wait\/resume-pending\.ts$|tasks\/list-tasks\.ts$)/,
  ],
  ['journal', /^(disk\/|stores\/|core\/record\/while-locked\.ts$)/],
  ['terminal', /^cli\/progress\/(terminal|draw)\.ts$/],
  [
    'pending',
    /^(cli\/(actions\/records|render\/pending)|core\/(record\/forget-records|tasks\/(cancellable|may-cancel)))\.ts$/,
  ],
  ['download', /^(download\/|core\/deliver\/file-warnings\.ts$|http\/public-lookup\.ts$)/],
  // A call that asks for a state once polls nothing.
  [
    'live',
    /^((http|providers)\/|core\/(result|session|deliver\/with-delivery|poll\/status-query|record\/(other-account|task-record)|tasks\/get-status)\.ts$|cli\/(actions\/(live|stand-ins)|render\/(outcome|reused|state))\.ts$)/,
  ],
  ['wait', /^((http|core)\/|cli\/render\/(account|cancellable|list|many|spending|task)\.ts$)/],
  ['main', /^cli\//],
];

const sources = (readdirSync(source, { recursive: true }) as string[])
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .sort();

function partOf(file: string): string {
  const part = PARTS.find(([, files]) => files.test(file))?.[0];
  if (!part) throw new Error(`scripts/src/${file} belongs to no part`);
  return part;
}

/** Replaces an import between two parts by an import of the other part's file. */
function keepApart(part: string): Plugin {
  return {
    name: 'keep-apart',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path: wanted, resolveDir }) => {
        const file = path.relative(source, path.join(resolveDir, wanted)).replaceAll(path.sep, '/');
        const other = partOf(file);
        return other === part ? undefined : { path: way(part, other), external: true };
      });
    },
  };
}

/** Returns the path of a part below the folder of the programs. */
const placeOf = (part: string): string => (PROGRAMS.includes(part) ? `${part}.mjs` : `lib/${part}.mjs`);

/** Returns the path by which one part imports another. */
function way(from: string, to: string): string {
  const relative = path.posix.relative(path.posix.dirname(placeOf(from)), placeOf(to));
  return relative.startsWith('.') ? relative : `./${relative}`;
}

const lib = path.join(outDir, 'lib');
mkdirSync(lib, { recursive: true });
for (const folder of [outDir, lib]) {
  for (const file of readdirSync(folder)) if (file.endsWith('.mjs')) rmSync(path.join(folder, file));
}
for (const part of new Set(sources.map(partOf))) {
  const files = sources.filter((file) => partOf(file) === part);
  const only = files.length === 1 ? files[0] : files.find((file) => file === `${part}/index.ts`);
  const contents = files.map((file) => `export * from './${file}';`).join('\n');
  const all = { contents, resolveDir: source, sourcefile: `${part}.ts` };
  const { outputFiles } = await build({
    ...(only === undefined ? { stdin: all } : { entryPoints: [path.join(source, only)] }),
    outfile: path.join(outDir, placeOf(part)),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    legalComments: 'none',
    charset: 'ascii',
    write: false,
    absWorkingDir: root,
    // The browser build of yaml is made of modules, of which only the used ones are taken.
    alias: { yaml: path.join(root, 'node_modules/yaml/browser/index.js') },
    define: {
      VERSION: JSON.stringify(versionIn(root)),
      'process.env.JEST_WORKER_ID': 'undefined',
      'process.env.UNDICI_NO_WASM_SIMD': '"1"',
    },
    plugins: [keepApart(part), leaveOut],
  });
  for (const { text } of outputFiles) writeFileSync(path.join(outDir, placeOf(part)), finished(text));
}
rmSync(path.join(lib, 'contracts'), { recursive: true, force: true });
compileContracts(path.join(root, 'contracts'), path.join(lib, 'contracts'));
writeFileSync(path.join(lib, 'NOTICES.txt'), notices());
writeFileSync(path.join(outDir, 'client.d.mts'), declareTypes(root));
const references = outDir === scripts ? path.join(root, 'references') : outDir;
writeFileSync(path.join(references, 'client.md'), clientReference(root));

/**
 * Bundled CommonJS loads Node's own modules with `require`. An `import` of such a module lists all its exports and loads
 * what they need, which costs 3 ms at each start.
 */
function finished(text: string): string {
  const note = '// Compiled from scripts/src/ by `npm run build`; do not edit.\n';
  const code = text.replace(
    /^import (\{[^}]*\}|\w+) from ("node:[^"]+");$/gm,
    (_, names: string, from) => `const ${names.replace(/ as /g, ': ')} = require(${from});`,
  );
  if (!/\brequire\b/.test(code)) return note + code;
  return `${note}const require = (name) => process.getBuiltinModule(name);\n${code}`;
}

/** The licences of the packages that are compiled in. */
function notices(): string {
  const names = 'get-east-asian-width string-width strip-ansi ansi-regex undici yaml zod'.split(' ');
  const packages = names.map((name) => {
    const folder = path.join(root, 'node_modules', name);
    const licence = readdirSync(folder).find((file) => /^licen[cs]e(\.md|\.txt)?$/i.test(file))!;
    return `${name} ${versionIn(folder)}\n\n${readFileSync(path.join(folder, licence), 'utf8').trim()}\n`;
  });
  return `The compiled scripts in this folder contain parts of these packages.\n\n${packages.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
