// A place for records, in which the tests of all record stores take place.

import type { RequestClaim } from '../../scripts/src/model/claim-rules.ts';
import { accountOf, jsonHash } from '../../scripts/src/model/fingerprint.ts';
import type { AccountId } from '../../scripts/src/model/request-record.ts';
import type { RecordStore } from '../../scripts/src/ports/record-store.ts';
import type { FakeClock } from '../support/clock.ts';

/** Empty at first. */
export interface World {
  clock: FakeClock;
  /** The store as another process has it: the same records. */
  open(account: AccountId): RecordStore;
  /** Makes the records of a request unreadable. */
  damage(request: string): void | Promise<void>;
  /** Lets the process that holds a lock be dead, as far as the others know. */
  dies(name: string): void | Promise<void>;
}

export const ACCOUNT: AccountId = {
  provider: 'aivideomaker',
  service: 'https://media.test',
  account: accountOf('aivideomaker', 'ak_one'),
};

export const claimOf = (prompt: string, more: Partial<RequestClaim> = {}): RequestClaim => ({
  ...{ model: 't2v', payloadHash: jsonHash({ prompt }), idempotencyKey: `key-of-${prompt}` },
  ...{ isNamed: false, isNew: false, owner: null, download: null, wait: null, ...more },
});
