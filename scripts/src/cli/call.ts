import type { CheckedRequest } from '../core/checked-request.ts';
import type { Arguments } from './command-line/arguments.ts';
import type { Environment } from './environment.ts';
import type { Interruption } from './interruption.ts';
import type { Progress } from './progress.ts';
import type { Caller } from './render/caller.ts';

/** One call of the command, as far as it has come. */
export interface Call {
  readonly argv: readonly string[];
  readonly progress: Progress;
  readonly interruption: Interruption;
  /** What no output may hold. */
  readonly secrets: readonly string[];
  /** Variables of Node that this program overrules. */
  readonly overruled: readonly string[];
  /** Absent: the arguments are not read yet, or refused. */
  caller?: Caller;
  /** What a submit or a quote is about. */
  request: CheckedRequest | null;
  /** Warnings that every later document repeats. */
  warnings: readonly string[];
}

/** A call that reaches a service. */
export interface LiveCall extends Call {
  args: Arguments;
  caller: Caller;
  environment: Environment;
  /** The service runs on this machine. */
  loopback: boolean;
}
