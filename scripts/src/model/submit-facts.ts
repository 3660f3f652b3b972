import type { Credits } from './request-record.ts';

/** An equal request that was made with another key, or at another address of the service. */
export interface OtherAccount {
  /** ISO 8601. */
  created: string;
  /** Null: whether it made a task is not known. */
  taskId: string | null;
  /** The fingerprint of the other key; null: the key is the same. */
  account: string | null;
  /** The other address; null: the address is the same. */
  service: string | null;
}

/** What the user has to know of a submit, whatever becomes of its task. */
export type SubmitWarning =
  /** The service charged more than the limit that the request carried. */
  | { kind: 'aboveCap'; charged: number; maxCredits: number }
  /** The same request has a record under another key or address: this submit was a new charge. */
  | ({ kind: 'otherAccount' } & OtherAccount)
  /** An earlier submit of the same request, whose outcome is unknown, may be charged as well; `created` in ISO 8601. */
  | { kind: 'replacedSubmit'; created: string; idempotencyKey: string }
  /** The task's id could not be written to the record of the request when it was accepted. */
  | { kind: 'unrecorded'; taskId: string }
  /**
   * The call named no task, so this is the newest unfinished one, which need not be the one that was meant; `created` in
   * ISO 8601. `isListed`: the service has a list in which another one can be found.
   */
  | {
      kind: 'taskNotNamed';
      model: string;
      promptExcerpt: string | null;
      created: string;
      isListed: boolean;
    };

/** What is known of the submit of a task. */
export interface SubmitFacts {
  /** Absent where nothing is known of them. */
  credits?: Credits | undefined;
  /** The request was submitted once more, after a lost submit. */
  isResubmitted?: boolean | undefined;
  warnings: SubmitWarning[];
}
