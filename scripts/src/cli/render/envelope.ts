import { type ErrorCode, wholeMessage } from '../../model/failure.ts';
import { compact, type Json, type JsonObject, unlessEmpty } from '../../model/json.ts';
import type { TaskState } from '../../model/task.ts';
import type { AdvisedFailure } from '../advised-failure.ts';
import { EXIT, EXIT_OF_ERROR } from '../exit-codes.ts';

/** The one document that every call prints: exactly these keys, all of them, always. */
export interface Envelope {
  ok: boolean;
  /** The state of the task, never of the request; null where the action has no task. */
  status: TaskState | null;
  taskId: string | null;
  data: JsonObject | null;
  errorCode: ErrorCode | null;
  errorMessage: string | null;
  /** Whole seconds. */
  retryAfter: number | null;
}

/** What `data` is made of: a field that is undefined is left out. */
export type Fields = { [name: string]: Json | undefined };

/** Returns the fields of `data` without those that are undefined. */
export const definedFields = (fields: Fields): JsonObject => compact(fields) as JsonObject;

/** The one key of `data` that holds what a service sent. Every other key is ours, and no text of a service names one. */
export const UPSTREAM = 'upstream';

/** Returns the part of `data` that holds a service's answer; empty without an answer. */
export function upstream(record: JsonObject | undefined): { [UPSTREAM]?: JsonObject } {
  return record && Object.keys(record).length > 0 ? { [UPSTREAM]: record } : {};
}

/** The end of a command: its envelope and its exit code. */
export interface Outcome {
  envelope: Envelope;
  exitCode: number;
  failure?: AdvisedFailure;
  /** Paths of the files that the caller has now. */
  files: readonly string[];
  /** The user interrupted the call, and this is what is known: the exit code is that of the signal. */
  isInterrupted?: boolean;
  /** Runs at the end of the process, after the whole envelope was written. */
  onWritten?: (() => void) | undefined;
}

/** Returns the outcome of a command that succeeded, or whose task is still running. */
export function success(
  status: TaskState | null,
  taskId: string | null,
  fields: Fields,
  exitCode: number,
): Outcome {
  const none = { errorCode: null, errorMessage: null, retryAfter: null };
  return {
    envelope: { ok: true, status, taskId, data: definedFields(fields), ...none },
    exitCode,
    files: [],
  };
}

/** Returns the outcome of a command that succeeded, and is not about one task. */
export const done = (fields: Fields): Outcome => success(null, null, fields, EXIT.done);

/** Returns the sentences and commands of a document. */
export function textsIn({ envelope }: Outcome, field: 'warnings' | 'nextSteps'): string[] {
  return (envelope.data?.[field] ?? []) as string[];
}

/** Returns the outcome with more warnings: behind those that it has, and before them. */
export function withWarnings(
  outcome: Outcome,
  behind: readonly string[],
  before: readonly string[] = [],
): Outcome {
  if (behind.length + before.length === 0) return outcome;
  const warnings = [...before, ...textsIn(outcome, 'warnings'), ...behind];
  const { envelope } = outcome;
  return { ...outcome, envelope: { ...envelope, data: { ...envelope.data, warnings } } };
}

const SANDBOX_RUN =
  'Sandbox run: nothing was charged. Its balance and tasks are invented, and each file is a stand-in.';

/** Says first in a document that it is of a sandbox run: a later reader cannot tell otherwise. */
export const inSandbox = (outcome: Outcome): Outcome => withWarnings(outcome, [], [SANDBOX_RUN]);

/**
 * Returns the outcome of a command that failed.
 * @param fallback the state to name when the failure knows none: FAILED only where nothing can have been submitted
 */
export function failed(
  failure: AdvisedFailure,
  fallback: TaskState | null,
  knownTaskId: string | null,
): Outcome {
  const { details } = failure;
  const data = definedFields({
    ...details.data,
    ...upstream(details.record),
    issues: unlessEmpty(details.issues?.map((issue) => ({ ...issue })) ?? []),
    nextSteps: unlessEmpty(details.nextSteps ?? []),
  });
  return {
    envelope: {
      ok: false,
      status: details.status ?? fallback,
      taskId: details.taskId ?? knownTaskId,
      data: Object.keys(data).length > 0 ? data : null,
      errorCode: failure.code,
      errorMessage: wholeMessage(failure),
      retryAfter: details.retryAfter ?? null,
    },
    exitCode: EXIT_OF_ERROR[failure.code],
    failure,
    files: [],
  };
}

// Of a batch, beside its sums, warnings and steps.
const BATCH_ROWS = { most: 150, characters: 36_000 };

/** Returns the first rows, as far as they fit into the document. */
export function rowsThatFit(rows: readonly JsonObject[], { most, characters } = BATCH_ROWS): JsonObject[] {
  let left = characters;
  const over = rows.findIndex((row) => {
    left -= JSON.stringify(row).length;
    return left < 0;
  });
  return rows.slice(0, Math.min(most, over < 0 ? rows.length : over));
}
