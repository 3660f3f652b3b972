import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../model/json.ts';
import { parseYaml } from './read/parse-yaml.ts';
import { toContract } from './read/read-contract.ts';
import { readUnsupported } from './read/read-unsupported.ts';
import { ContractError } from './schema/parsed.ts';
import { compiledLine, EXTENSION, unsupportedFile } from './stored.ts';
import { checkPayload } from './validate.ts';

/**
 * Writes a compiled copy of each contractsDir/<provider>/<model>.yaml, and of <provider>.unsupported.yaml, into
 * outDir/<provider>.jsonl: one line each, in the order of their names. outDir is emptied first, so that no copy of a
 * removed contract stays. The same contracts give the same bytes.
 * @returns the names of the written files, sorted
 * @throws ContractError that names the file, for a contract that cannot be used or whose example does not pass
 */
export function compileContracts(contractsDir: string, outDir: string): string[] {
  const read = (file: string) => readFileSync(join(contractsDir, file), 'utf8');
  const written = new Map<string, string>();
  const entries = readdirSync(contractsDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const provider of entries.map(({ name }) => name).sort()) {
    const lines = readdirSync(join(contractsDir, provider))
      .filter((file) => file.endsWith(EXTENSION))
      .sort()
      .map((file) => {
        const path = `${provider}/${file}`;
        return compileContract(provider, file.slice(0, -EXTENSION.length), path, read(path));
      });
    const list = unsupportedFile(provider);
    if (existsSync(join(contractsDir, list)))
      lines.push(compiled(list, read(list), (document) => readUnsupported(document) as unknown as Json));
    written.set(`${provider}.jsonl`, lines.join(''));
  }
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  for (const [file, lines] of written) writeFileSync(join(outDir, file), lines);
  return [...written.keys()];
}

function compileContract(provider: string, model: string, file: string, text: string): string {
  return compiled(file, text, (document) => {
    const contract = toContract(document);
    const [issue] = checkPayload({ provider, model, ...contract }, contract.example);
    if (issue !== undefined)
      throw new ContractError(`its example is refused at ${issue.path}: ${issue.hint}`);
    return contract as unknown as Json;
  });
}

/** The line of a file, with what `read` makes of its document. What `read` throws is told with the name of the file. */
function compiled(file: string, text: string, read: (document: Json) => Json): string {
  const document = parseYaml(text);
  try {
    return compiledLine(file, text, read(document));
  } catch (error) {
    throw new ContractError(`contracts/${file}: ${(error as Error).message}`, { cause: error });
  }
}
