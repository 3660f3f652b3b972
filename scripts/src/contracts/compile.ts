import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../model/json.ts';
import { type CompiledContract, textFingerprint } from './compiled.ts';
import { ContractError } from './contract-error.ts';
import { parseYaml } from './parse-yaml.ts';
import { toContract } from './read-contract.ts';
import { readUnsupported, unsupportedName } from './unsupported.ts';
import { checkPayload } from './validate.ts';

/**
 * Writes a compiled copy of each contractsDir/<provider>/<model>.yaml to outDir/<provider>/<model>.json, and of each
 * <provider>.unsupported.yaml. outDir is emptied first, so that no copy of a removed contract stays. The same
 * contracts give the same bytes.
 * @returns the copies' paths below outDir, sorted
 * @throws ContractError that names the file, for a contract that cannot be used or whose example does not pass
 */
export function compileContracts(contractsDir: string, outDir: string): string[] {
  const copies = new Map<string, string>();
  const entries = readdirSync(contractsDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const provider of entries.map(({ name }) => name).sort()) {
    for (const file of readdirSync(join(contractsDir, provider)).sort()) {
      if (!file.endsWith('.yaml')) continue;
      const model = file.slice(0, -'.yaml'.length);
      const text = readFileSync(join(contractsDir, provider, file), 'utf8');
      copies.set(`${provider}/${model}.json`, compileContract(provider, model, text));
    }
    const list = unsupportedName(provider);
    if (!existsSync(join(contractsDir, `${list}.yaml`))) continue;
    const text = readFileSync(join(contractsDir, `${list}.yaml`), 'utf8');
    const checked = (document: Json) => readUnsupported(document) && document;
    copies.set(`${list}.json`, compiled(list, text, checked));
  }
  rmSync(outDir, { recursive: true, force: true });
  for (const [path, copy] of copies) {
    mkdirSync(join(outDir, path, '..'), { recursive: true });
    writeFileSync(join(outDir, path), copy);
  }
  return [...copies.keys()].sort();
}

function compileContract(provider: string, model: string, text: string): string {
  return compiled(`${provider}/${model}`, text, (document) => {
    const contract = toContract(document);
    const [issue] = checkPayload({ provider, model, ...contract }, contract.example);
    if (issue !== undefined)
      throw new ContractError(`its example is refused at ${issue.path}: ${issue.hint}`);
    return contract as unknown as Json;
  });
}

/** The copy of a file, with what `read` makes of its document. What `read` throws is told with the name of the file. */
function compiled(name: string, text: string, read: (document: Json) => Json): string {
  const document = parseYaml(text);
  try {
    const copy: CompiledContract = { source: textFingerprint(text), contract: read(document) };
    return `${JSON.stringify(copy, null, 2)}\n`;
  } catch (error) {
    throw new ContractError(`contracts/${name}.yaml: ${(error as Error).message}`, { cause: error });
  }
}
