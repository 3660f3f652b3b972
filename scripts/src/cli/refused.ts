import { type Issue, issue, issueText } from '../model/issue.ts';
import { plain } from '../model/text.ts';
import { AdvisedFailure } from './advised-failure.ts';

/** Returns the refusal of inputs: the next steps are the forms that would be right. */
export function refusedInputs(issues: Issue[]): AdvisedFailure {
  return new AdvisedFailure('INVALID_PAYLOAD', `${issueText(issues[0]!)}.`, {
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
