import type { Issue } from './failure.ts';

/** One thing that is wrong with what a caller gave. @param hint the form that would be right */
export function issue(path: string, expected: string, received: string, hint: string): Issue {
  return { path, expected, received, hint };
}

/** Returns an issue in words, for a message. */
export function issueText({ path, expected, received }: Issue): string {
  return `${path}: expected ${expected}, received ${received}`;
}

/** Returns the first of some issues in words, and how many more there are. @param issues at least one */
export function issuesText(issues: readonly Issue[]): string {
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${issueText(issues[0]!)}${more}`;
}
