import type { TaskState } from '../model/task.ts';
import { unknownWord } from './error-answer.ts';
import type { Profile } from './profile.ts';

/** Returns the state that a service's word stands for; UNKNOWN, with the word, where it is not one of its words. */
export function stateIn(
  states: Profile['states'],
  word: string,
): { state: TaskState; unknownState?: string | undefined } {
  const known = word.trim().toLowerCase();
  if (Object.hasOwn(states, known)) return { state: states[known]! };
  return { state: 'UNKNOWN', unknownState: unknownWord(word) };
}
