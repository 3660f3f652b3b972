import type { Issue } from '../model/failure.ts';

// The ways that only a command line has, as the hints name them.
const FLAGS: readonly [RegExp, string][] = [
  [/, or give the picture with --image <file>/g, ''],
  [/give the picture with --image <file>, or /g, ''],
  [/give the picture with --image <file>/g, 'pass its bytes as a data: URI, or its public address'],
  [/pass the whole payload through standard input with --payload -/g, 'pass the whole value'],
  [/it is said by --\w+/g, 'it is said beside the payload'],
];

/** Returns an issue in words for a program that has no command line. */
export function withoutFlags(issue: Issue): Issue {
  const hint = FLAGS.reduce((text, [flag, instead]) => text.replace(flag, instead), issue.hint);
  return { ...issue, path: issue.path.replace(/^--payload$/, 'payload'), hint };
}
