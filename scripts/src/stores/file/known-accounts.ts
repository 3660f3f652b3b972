import { readFileSync } from 'node:fs';
import path from 'node:path';
import { onDisk, replaceAtOnce } from '../../disk/durable.ts';
import type { Account } from '../../ports/record-store.ts';
import { accountName } from './facts.ts';

type Row = [provider: string, service: string, account: string];

/**
 * Returns the other accounts of the same provider that have records, and keeps this one. They are in one small file: the
 * name of a request holds its account, so a request of another account is found however many records there are.
 * @param folder of the records
 * @param inRecords reads the accounts from all records, for when the file is missing or damaged
 */
export function otherAccounts(folder: string, own: Account, inRecords: () => Account[]): Account[] {
  const file = path.join(folder, 'accounts');
  const stored = accountsIn(file);
  const all = stored ?? inRecords();
  const name = accountName(own);
  if (!stored || !all.some((one) => accountName(one) === name)) {
    const rows = new Map([...all, own].map((one) => [accountName(one), rowOf(one)]));
    // Two processes may write at once: an account that is lost so is kept by its next submit.
    onDisk(
      () => replaceAtOnce(file, JSON.stringify([...rows.values()])),
      () => {},
    );
  }
  return all.filter((one) => one.provider === own.provider && accountName(one) !== name);
}

const rowOf = ({ provider, service, account }: Account): Row => [provider, service, account];

function accountsIn(file: string): Account[] | undefined {
  const text = onDisk(
    () => readFileSync(file, 'utf8'),
    () => '',
  );
  try {
    const rows: unknown = JSON.parse(text);
    if (!Array.isArray(rows) || !rows.every(isRow)) return undefined;
    return rows.map(([provider, service, account]) => ({ provider, service, account }));
  } catch {
    return undefined;
  }
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) && row.length === 3 && row.every((word) => typeof word === 'string');
}
