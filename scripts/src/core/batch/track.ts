import { Failure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import type { Observer } from '../observer.ts';
import { taskResult } from '../result.ts';
import type { Known } from './known-lines.ts';
import type { BatchLine, LineEnd, LineResult } from './line.ts';

/** A line under way, and what is known of it: also the answer of an interrupted call is made of that. */
export interface Line extends LineResult {
  line: BatchLine;
  known: Known;
  isSubmitting: boolean;
  isOver: boolean;
}

interface Changes {
  /** No submit of this line is being sent any more. */
  answered(): void;
  changed(): void;
}

/** Returns the observer of a line, which notes in the line what it is told. */
export function tracked(observer: Observer, line: Line, on: Changes): Observer {
  return {
    ...observer,
    submitting() {
      line.isSubmitting = true;
    },
    rejected() {
      line.isSubmitting = false;
      on.answered();
    },
    resumed(taskId, created) {
      Object.assign(line, { taskId, isSubmitting: false });
      on.answered();
      observer.resumed(taskId, created);
    },
    task(taskId, state) {
      Object.assign(line, { taskId, state, isSubmitting: false });
      on.answered();
      observer.task(taskId, state);
      on.changed();
    },
    about: (taskId, created) => tracked(observer.about(taskId, created), line, on),
    polled(status, nextMs) {
      if (status.state !== 'UNKNOWN') line.state = status.state;
      observer.polled(status, nextMs);
    },
  };
}

export function interruptedEnd({ isSubmitting, taskId, state, known: { entry } }: Line): LineEnd {
  if (isSubmitting) {
    const message =
      'The call was interrupted while the submit was under way; whether it was accepted is not known.';
    return new Failure('SUBMIT_OUTCOME_UNKNOWN', message, { status: 'UNKNOWN' });
  }
  if (taskId === null) return null;
  const credits = entry?.record.credits;
  const seen = { state: state ?? entry?.record.status ?? ('UNKNOWN' as const), record: {} };
  if (seen.state === 'COMPLETED') {
    const failure = new Failure('DOWNLOAD_FAILED', 'The call was interrupted before the file was saved.', {
      status: 'COMPLETED',
      taskId,
      charged: 'finished',
    });
    return { kind: 'notFetched', taskId, seen, warnings: [], failure, credits };
  }
  const result = taskResult(taskId, seen, { credits });
  return isTerminal(seen.state) ? { ...result, seen: { ...seen, detailsUnread: 'forNow' } } : result;
}
