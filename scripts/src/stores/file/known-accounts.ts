import { readFileSync } from 'node:fs';
import path from 'node:path';
import { onDisk, replaceAtOnce } from '../../disk/durable.ts';
import type { Account } from '../../ports/record-store.ts';
import { accountName } from './facts.ts';

type Row = [provider: string, service: string, account: string];

// The name of a request holds its account, so that one of another account is found without reading any record.
/** Returns the other accounts of the provider that have records, and keeps this one. @param inRecords for a file that is missing or damaged */
export function otherAccounts(folder: string, own: Account, inRecords: () => Account[]): Account[] {
  const file = path.join(folder, 'accounts');
  const stored = accountsIn(file);
  const all = stored ?? inRecords();
  const name = accountName(own);
  if (!stored || !all.some((one) => accountName(one) === name)) {
    const rows = new Map(
      [...all, own].map((one) => [accountName(one), [one.provider, one.service, one.account]]),
    );
    // Two processes may write at once: an account that is lost so is kept by its next submit.
    onDisk(
      () => replaceAtOnce(file, JSON.stringify([...rows.values()])),
      () => {},
    );
  }
  return all.filter((one) => one.provider === own.provider && accountName(one) !== name);
}

function accountsIn(file: string): Account[] | undefined {
  try {
    const rows: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!Array.isArray(rows) || !rows.every(isRow)) return undefined;
    return rows.map(([provider, service, account]) => ({ provider, service, account }));
  } catch {
    return undefined;
  }
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) && row.length === 3 && row.every((word) => typeof word === 'string');
}
