/** One thing wrong with an input: where it is, what was expected, what came, and what would pass. */
export interface Issue {
  /** Field path such as `duration` or `prompt[2]`; the name of a flag or a variable where the input is not the payload. */
  path: string;
  expected: string;
  received: string;
  hint: string;
}

/** Why a value is refused: what would be right, and what to write or run instead. */
export type Problem = Pick<Issue, 'expected' | 'hint'>;

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
