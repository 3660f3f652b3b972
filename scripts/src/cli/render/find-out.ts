import { BRIEF_WAIT_S } from '../command-line/flags.ts';
import { type Caller, resumeCommand } from './caller.ts';
import { sentences } from './sentences.ts';

const RISK = 'only if the user accepts that it may be charged once more';
export const NOT_YET = 'Do not submit this again before you know: it may be charged twice.';

/** Returns the steps that find out whether the submit of a call was accepted that ended while it was sent. */
export function findOutSteps(caller: Caller): string[] {
  const { profile, same, command, isRecorded } = caller;
  const { tasks } = profile.says;
  if (tasks) return sentences(NOT_YET, tasks, isRecorded && decision(caller));
  const find = isRecorded
    ? ['Run this command, without --new: it reconciles, and never submits while that may charge twice.', same]
    : ['Without a journal the same command submits again, and may be charged twice: find its task first.'];
  return [...find, command('listTasks')];
}

/**
 * Returns the two commands between which the user decides, once all that this machine can find out is known.
 * @param idempotencyKey of the record that the found task is written into; absent where that is unreadable
 * @param after seconds until it can find out more: then there is nothing to decide yet
 */
export function decision(
  caller: Caller,
  { after, idempotencyKey }: { after?: number | undefined; idempotencyKey?: string } = {},
): string[] {
  if (after !== undefined) return [`Or, ${RISK}: ${caller.anew}`];
  const { download, output } = caller.resumeFlags;
  // The record of a line of a batch has its place.
  const place = String(output ?? '').includes('{n}') ? {} : { download, output };
  const flags = { idempotencyKey, wait: BRIEF_WAIT_S, ...place };
  return [
    `The user decides. If its task is found, this resumes it: ${resumeCommand(caller, '<task_id>', flags)}`,
    `If there is none, and ${RISK}: ${caller.another()}`,
  ];
}
