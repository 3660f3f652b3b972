// The public types of the client library, in one file that needs no other.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The modules of the public types, below scripts/src/client. */
export const TYPES = 'values connection catalog submit task download client'
  .split(' ')
  .map((name) => `types/${name}`);
// What is public. Each of them imports types of the others alone, so that their declarations make one file.
const PUBLIC = ['create-client', 'standalone', 'errors', ...TYPES];
const LOCAL = new RegExp(
  `^import type \\{[^}]*\\} from '\\./(?:types/)?(?:types|${TYPES.map((name) => path.basename(name)).join('|')})\\.ts';\\n`,
  'gm',
);

const NOTE = '// Compiled from scripts/src/client/ by `npm run build`; do not edit.\n';

/** Returns the declarations of the client library. @param root the folder of package.json */
export function declareTypes(root: string): string {
  const client = path.join(root, 'scripts', 'src', 'client');
  const out = mkdtempSync(path.join(tmpdir(), 'amw types '));
  try {
    const settings = {
      extends: path.join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        outDir: 'out',
        rootDir: path.join(root, 'scripts', 'src'),
        typeRoots: [path.join(root, 'node_modules', '@types')],
      },
      include: [],
      files: [path.join(client, 'index.ts'), path.join(root, 'scripts/src/http/undici-parts.d.ts')],
    };
    const project = path.join(out, 'tsconfig.json');
    writeFileSync(project, JSON.stringify(settings));
    const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' });
    const declared = (name: string) => readFileSync(path.join(out, 'out', `${name}.d.ts`), 'utf8');
    const modules = PUBLIC.map((name) => alone(withShared(declared(`client/${name}`), declared)));
    return `${NOTE}/// <reference types="node" />\n${modules.join('')}`;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Returns declarations with those in place that they hand on from the other layers. */
function withShared(text: string, declared: (name: string) => string): string {
  const handedOn = /^export type \{([^}]*)\} from '(?:\.\.\/)+([\w/-]+)\.ts';\n/gm;
  const imported = /^import type \{[^}]*\} from '\.\.\/\.\.\/[^']*';\n/gm;
  return text.replace(imported, '').replace(handedOn, (_, names: string, module: string) => {
    const shared = declared(module);
    const typeOf = (name: string) => {
      const type = `(?:/\\*\\*(?:(?!\\*/)[^])*\\*/\\n)?export (?:interface|type) ${name} [^]*?\\n(?=export|type |/\\*\\*|$)`;
      const found = new RegExp(type).exec(shared)?.[0];
      if (!found) throw new Error(`${module} declares no type ${name}`);
      return found;
    };
    return names.match(/\w+/g)!.map(typeOf).join('');
  });
}

/** Returns declarations without the imports of others that stand in the same file. */
function alone(text: string): string {
  const code = text.replace(LOCAL, '');
  const other = /^import\b.*|\bfrom ['"]\..*/m.exec(code)?.[0];
  if (other) throw new Error(`the public types need more than themselves: ${other}`);
  return `\n${code.replace(/^export \{\};\n/m, '')}`;
}
