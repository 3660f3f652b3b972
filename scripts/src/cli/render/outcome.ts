import type { AccountResult, QuoteResult } from '../../core/account.ts';
import type { ManyResult, NothingPending, TaskResult } from '../../core/result.ts';
import type { SpendingResult } from '../../core/spending.ts';
import type { ListResult } from '../../core/task-list.ts';
import { accountOutcome, quoteOutcome } from './account.ts';
import type { Caller } from './caller.ts';
import type { Outcome } from './envelope.ts';
import { listOutcome } from './list.ts';
import { manyOutcome, nothingPendingOutcome } from './many.ts';
import { spendingOutcome } from './spending.ts';
import { taskOutcome } from './task.ts';

export type Result =
  | TaskResult
  | ManyResult
  | NothingPending
  | QuoteResult
  | AccountResult
  | ListResult
  | SpendingResult;

/** Returns the document, the exit code and the delivery for a result of the core. */
export function outcomeOf(result: Result, caller: Caller): Outcome {
  switch (result.kind) {
    case 'many':
      return manyOutcome(result, caller);
    case 'nothingPending':
      return nothingPendingOutcome(result, caller);
    case 'quote':
      return quoteOutcome(result, caller);
    case 'account':
      return accountOutcome(result, caller);
    case 'list':
      return listOutcome(result, caller);
    case 'spending':
      return spendingOutcome(result, caller);
    default:
      return taskOutcome(result, caller);
  }
}
