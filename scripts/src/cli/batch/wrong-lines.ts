import { type Issue, issue, issueText } from '../../model/issue.ts';
import { AdvisedFailure } from '../advised-failure.ts';
import { ranges } from '../render/batch-warnings.ts';

/** The lines that one issue is about, in a batch of many. */
export interface LineIssue {
  line: number;
  issue: Issue;
}

// More would not fit into the answer.
const MOST_SHOWN = 20;

/** Returns the refusal of a batch that names every wrong line; the same issue of several lines is told once. */
export function wrongLines(found: readonly LineIssue[]): AdvisedFailure {
  const groups = new Map<string, { lines: Set<number>; issue: Issue }>();
  for (const { line, issue } of found) {
    const key = JSON.stringify(issue);
    const group = groups.get(key) ?? { lines: new Set(), issue };
    group.lines.add(line);
    groups.set(key, group);
  }
  const shown: Issue[] = [...groups.values()].slice(0, MOST_SHOWN).map(({ lines, issue }) => ({
    ...issue,
    path: `${lines.size === 1 ? 'line' : 'lines'} ${ranges([...lines])}${issue.path ? `: ${issue.path}` : ''}`,
  }));
  if (groups.size > MOST_SHOWN) {
    const rest = new Set([...groups.values()].slice(MOST_SHOWN).flatMap(({ lines }) => [...lines]));
    shown[MOST_SHOWN - 1] = issue(
      `lines ${ranges([...rest].sort((a, b) => a - b))}`,
      'lines without issues',
      `${groups.size - MOST_SHOWN + 1} more issues`,
      'correct the lines above first, and run the same command again',
    );
  }
  const wrong = new Set(found.map(({ line }) => line)).size;
  const message = `${wrong} ${wrong === 1 ? 'line is' : 'lines are'} wrong; nothing was submitted. ${issueText(shown[0]!)}.`;
  const hints = [...new Set(shown.map(({ path, hint }) => `${path}: ${hint}`))];
  return new AdvisedFailure('INVALID_PAYLOAD', message, { issues: shown, nextSteps: hints });
}
