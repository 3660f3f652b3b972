import { readFileSync } from 'node:fs';
import path from 'node:path';
import { onDisk, replaceAtOnce } from '../../disk/durable.ts';
import type { Account } from '../../ports/record-store.ts';
import { accountName } from './facts.ts';
import type { RecordFiles } from './record-files.ts';

/**
 * The accounts that have records, in one small file. The name of a request holds its account, so a request of another
 * account is found by its name, however many records there are.
 */
export class KnownAccounts {
  readonly #records: RecordFiles;
  readonly #inRecords: () => Account[];

  /** @param inRecords reads the accounts from all records, for when the file is missing or damaged */
  constructor(records: RecordFiles, inRecords: () => Account[]) {
    this.#records = records;
    this.#inRecords = inRecords;
  }

  /** Returns the other accounts of the same provider, and keeps this one. */
  others(own: Account): Account[] {
    const stored = this.#read();
    const all = stored ?? this.#inRecords();
    const name = accountName(own);
    if (!stored || !all.some((one) => accountName(one) === name)) this.#write([...all, own]);
    return all.filter((one) => one.provider === own.provider && accountName(one) !== name);
  }

  get #file(): string {
    return path.join(this.#records.folder, 'accounts');
  }

  #read(): Account[] | undefined {
    const text = onDisk(
      () => readFileSync(this.#file, 'utf8'),
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

  /** Two processes may write at once: an account that is lost so is kept by its next submit. */
  #write(accounts: readonly Account[]): void {
    const rows = new Map(accounts.map((one) => [accountName(one), [one.provider, one.service, one.account]]));
    onDisk(
      () => replaceAtOnce(this.#file, JSON.stringify([...rows.values()])),
      () => {},
    );
  }
}

function isRow(row: unknown): row is [string, string, string] {
  return Array.isArray(row) && row.length === 3 && row.every((word) => typeof word === 'string');
}
