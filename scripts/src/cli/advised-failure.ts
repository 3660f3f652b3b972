import { type ErrorCode, Failure, type FailureDetails } from '../model/failure.ts';

export interface Advice extends FailureDetails {
  /** Sentences, or commands that run as they stand. */
  nextSteps?: string[] | undefined;
}

/** A failure with what only the command line knows: what to do next. */
export class AdvisedFailure extends Failure {
  declare readonly details: Advice;
  /** No other failure passes for one of these, to the compiler either. */
  readonly isAdvised = true;

  constructor(code: ErrorCode, message: string, details: Advice = {}) {
    super(code, message, details);
    this.name = 'AdvisedFailure';
  }

  override with(details: Advice): AdvisedFailure {
    return new AdvisedFailure(this.code, this.message, { ...this.details, ...details });
  }
}
