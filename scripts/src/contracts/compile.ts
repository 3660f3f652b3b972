import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompiledContract, fingerprint } from './compiled.ts';
import { toContract } from './contract.ts';
import { ContractError } from './node.ts';
import { parseYaml } from './parse-yaml.ts';
import { checkPayload } from './validate.ts';

/**
 * Writes a compiled copy of each contractsDir/<provider>/<model>.yaml to outDir/<provider>/<model>.json. outDir is
 * emptied first, so that no copy of a removed contract stays. The same contracts give the same bytes.
 * @returns the copies' paths below outDir, sorted
 * @throws ContractError that names the file, for a contract that cannot be used or whose example does not pass
 */
export function compileContracts(contractsDir: string, outDir: string): string[] {
  const copies = new Map<string, string>();
  for (const provider of folders(contractsDir)) {
    for (const file of readdirSync(join(contractsDir, provider)).sort()) {
      if (!file.endsWith('.yaml')) continue;
      const model = file.slice(0, -'.yaml'.length);
      const text = readFileSync(join(contractsDir, provider, file), 'utf8');
      copies.set(`${provider}/${model}.json`, compileContract(provider, model, text));
    }
  }
  rmSync(outDir, { recursive: true, force: true });
  for (const [path, copy] of copies) {
    mkdirSync(join(outDir, path, '..'), { recursive: true });
    writeFileSync(join(outDir, path), copy);
  }
  return [...copies.keys()].sort();
}

function folders(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function compileContract(provider: string, model: string, text: string): string {
  const document = parseYaml(text);
  try {
    const contract = toContract(provider, model, document);
    const [issue] = checkPayload(contract, contract.example);
    if (issue !== undefined)
      throw new ContractError(`its example is refused at ${issue.path}: ${issue.hint}`);
  } catch (error) {
    throw new ContractError(`contracts/${provider}/${model}.yaml: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const compiled: CompiledContract = { source: fingerprint(text), contract: document };
  return `${JSON.stringify(compiled, null, 2)}\n`;
}
