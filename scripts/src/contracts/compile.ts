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
  /** The line of a file, with what `read` makes of its document. */
  const line = (file: string, read: (document: Json) => object): string => {
    const text = readFileSync(join(contractsDir, file), 'utf8');
    try {
      return compiledLine(file, text, read(parseYaml(text)));
    } catch (error) {
      throw new ContractError(`contracts/${file}: ${(error as Error).message}`, { cause: error });
    }
  };
  const written = new Map<string, string>();
  const entries = readdirSync(contractsDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const provider of entries.map(({ name }) => name).sort()) {
    const files = readdirSync(join(contractsDir, provider)).filter((file) => file.endsWith(EXTENSION));
    const lines = files.sort().map((file) =>
      line(`${provider}/${file}`, (document) => {
        const contract = toContract(document);
        const model = file.slice(0, -EXTENSION.length);
        const [issue] = checkPayload({ provider, model, ...contract }, contract.example);
        if (issue === undefined) return contract;
        throw new ContractError(`its example is refused at ${issue.path}: ${issue.hint}`);
      }),
    );
    const list = unsupportedFile(provider);
    if (existsSync(join(contractsDir, list))) lines.push(line(list, readUnsupported));
    written.set(`${provider}.jsonl`, lines.join(''));
  }
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  for (const [file, lines] of written) writeFileSync(join(outDir, file), lines);
  return [...written.keys()];
}
