import type { AccountResult, ListResult, QuoteResult } from '../../core/account.ts';
import type { ManyResult, NothingPending, TaskResult } from '../../core/result.ts';
import { accountOutcome, listOutcome, quoteOutcome } from './account.ts';
import type { Caller } from './caller.ts';
import type { Outcome } from './envelope.ts';
import { manyOutcome, nothingPendingOutcome } from './many.ts';
import { taskOutcome } from './task.ts';

export type Result = TaskResult | ManyResult | NothingPending | QuoteResult | AccountResult | ListResult;

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
    default:
      return taskOutcome(result, caller);
  }
}
