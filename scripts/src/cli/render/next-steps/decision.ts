import { type Caller, resumeCommand } from '../caller.ts';

const RISK = 'only if the user accepts that it may be charged once more';

/**
 * Returns the two commands between which the user decides, once all that this machine can find out is known.
 * @param after seconds until it can find out more: then there is nothing to decide yet
 */
export function decision(caller: Caller, after?: number): string[] {
  if (after !== undefined) return [`Or, ${RISK}: ${caller.anew}`];
  return [
    `The user decides. If its task is found, this resumes it: ${resumeCommand(caller, '<task_id>')}`,
    `If there is none, and ${RISK}: ${caller.another}`,
  ];
}
