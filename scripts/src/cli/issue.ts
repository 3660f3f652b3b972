import type { Issue } from '../model/failure.ts';
import { plain } from '../model/text.ts';

/** One thing that is wrong with the command line, with the form that would be right. */
export function issue(path: string, expected: string, received: string, hint: string): Issue {
  return { path, expected, received, hint };
}

/** A word of the command line as a message shows it. */
export function quote(text: string): string {
  return `"${plain(text, 60)}"`;
}
