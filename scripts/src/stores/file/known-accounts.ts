import { readFileSync } from 'node:fs';
import path from 'node:path';
import { onDisk, replaceAtOnce } from '../../disk/durable.ts';
import type { AccountId } from '../../model/request-record.ts';
import { checkedLine, valueIn } from './checked-json.ts';
import { accountName } from './facts.ts';

// The name of a request holds its account, so that one of another account is found without reading any record.
/** Returns the other accounts of the provider that have records, and keeps this one. @param inRecords for a file that is missing or damaged */
export function otherAccounts(folder: string, own: AccountId, inRecords: () => AccountId[]): AccountId[] {
  const file = path.join(folder, 'accounts');
  const stored = onDisk(
    () => valueIn<AccountId[]>('accounts', readFileSync(file, 'utf8')),
    () => undefined,
  );
  const all = stored ?? inRecords();
  const name = accountName(own);
  if (!stored || !all.some((one) => accountName(one) === name)) {
    const { provider, service, account } = own;
    const each = new Map([...all, { provider, service, account }].map((one) => [accountName(one), one]));
    // Two processes may write at once: an account that is lost so is kept by its next submit.
    onDisk(
      () => replaceAtOnce(file, checkedLine('accounts', [...each.values()])),
      () => {},
    );
  }
  return all.filter((one) => one.provider === own.provider && accountName(one) !== name);
}
