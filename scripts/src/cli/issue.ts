import type { Issue } from '../model/failure.ts';
import { plain } from '../model/text.ts';
import { AdvisedFailure } from './advised-failure.ts';

/** One thing that is wrong with the command line, with the form that would be right. */
export function issue(path: string, expected: string, received: string, hint: string): Issue {
  return { path, expected, received, hint };
}

/** Returns the refusal of inputs: the next steps are the forms that would be right. */
export function refusedInputs(issues: Issue[]): AdvisedFailure {
  const { path, expected, received } = issues[0]!;
  return new AdvisedFailure('INVALID_PAYLOAD', `${path}: expected ${expected}, received ${received}.`, {
    issues,
    nextSteps: [...new Set(issues.map(({ hint }) => hint))],
  });
}

/** Returns INVALID_PAYLOAD for a single wrong flag or variable, with what it expected and received. */
export function refused(path: string, expected: string, received: string, hint: string): AdvisedFailure {
  return refusedInputs([issue(path, expected, received, hint)]);
}

/** Returns what the user gave, in quotes: without control characters, at most 60 characters. */
export function inQuotes(text: string): string {
  return `"${plain(text, 60)}"`;
}
