import { BRIEF_WAIT_S } from '../../../model/task.ts';
import { type Caller, resumeCommand } from '../caller.ts';

const RISK = 'only if the user accepts that it may be charged once more';

/** Returns the step that drops the record of a task which the service does not show any more, with its price. */
export function dropStep({ command }: Pick<Caller, 'command'>, taskId: string): string {
  return `Only if the user gives up the result of task ${taskId}, drop its record; the command that made it then submits again, with a new charge: ${command('forget', { taskId })}`;
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
    `If there is none, and ${RISK}: ${caller.another}`,
  ];
}
