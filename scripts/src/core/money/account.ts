import type { Account } from '../../providers/provider.ts';
import type { Session } from '../session.ts';

export interface AccountResult {
  kind: 'account';
  account: Account;
  contracts: string[];
  notListedByService: string[];
  withoutContract: string[];
}

/** Asks for the account of the key, and compares its models with the contracts. */
export async function account(session: Session, contracts: string[]): Promise<AccountResult> {
  const { api, provider } = session;
  const found = await api.read(provider.account());
  const notListedByService = contracts.filter((model) => !found.models.includes(model));
  const withoutContract = found.models.filter((model) => !contracts.includes(model));
  return { kind: 'account', account: found, contracts, notListedByService, withoutContract };
}
