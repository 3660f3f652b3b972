import type { AccountResult } from '../../core/money/account.ts';
import type { QuoteResult } from '../../core/money/quote.ts';
import type { SpendingResult } from '../../core/money/spending.ts';
import type { ManyResult, NothingPending, TaskResult } from '../../core/result.ts';
import type { CancellableResult } from '../../core/tasks/cancellable.ts';
import type { ListResult } from '../../core/tasks/list-tasks.ts';
import type { Caller } from './caller.ts';
import type { Outcome } from './envelope.ts';
import { stateOutcome } from './state.ts';

export type Result =
  | TaskResult
  | ManyResult
  | NothingPending
  | QuoteResult
  | AccountResult
  | ListResult
  | SpendingResult
  | CancellableResult;

/** Returns the document, the exit code and the delivery for a result of the core; loads only what shows a result of its kind. */
export async function outcomeOfResult(result: Result, caller: Caller): Promise<Outcome> {
  switch (result.kind) {
    case 'many':
      return (await import('./many.ts')).manyOutcome(result, caller);
    case 'nothingPending':
      return (await import('./many.ts')).nothingPendingOutcome(result, caller);
    case 'quote':
      return (await import('./quote.ts')).quoteOutcome(result, caller);
    case 'account':
      return (await import('./account.ts')).accountOutcome(result, caller);
    case 'list':
      return (await import('./list.ts')).listOutcome(result, caller);
    case 'spending':
      return (await import('./spending.ts')).spendingOutcome(result, caller);
    case 'cancellable':
      return (await import('./cancellable.ts')).cancellableOutcome(result, caller);
    case 'notFetched':
    case 'notCancelled':
      return (await import('./task.ts')).taskOutcome(result, caller);
    default:
      return stateOutcome(result, caller);
  }
}
