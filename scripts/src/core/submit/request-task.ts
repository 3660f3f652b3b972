import type { Credits } from '../../model/request-record.ts';
import type { Task } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import type { OtherAccount } from '../observer.ts';

/** The task of a request. One of `entry` and `task` is always there. */
export interface RequestTask {
  /** The record of the request; absent where none is kept. */
  entry?: StoredRequest | undefined;
  credits: Credits;
  /** The task, where this process submitted or found it; absent: the record names it. */
  task?: Task | undefined;
  /** The task existed before this command, which submitted nothing. */
  isResumed: boolean;
  /** The request was submitted once more, after a lost submit; absent: as its record says. */
  isResubmitted?: boolean | undefined;
  /** Its id could not be written to the record. */
  isUnrecorded?: boolean;
  /** An equal request of another key or address. */
  other?: OtherAccount | undefined;
}
