import type { Flags } from '../model/command-line.ts';
import { failed, type Outcome, success, upstream } from '../model/envelope.ts';
import { EXIT } from '../model/exit-codes.ts';
import { Failure } from '../model/failure.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { BRIEF_WAIT_S, type Task } from '../model/task.ts';
import { quoted } from '../model/text.ts';
import { nameIn } from '../providers/answer.ts';
import type { TaskStatus } from '../providers/provider.ts';
import type { Credits } from '../stores/file/record.ts';
import type { Session } from './session.ts';

type Seen = Pick<TaskStatus, 'state' | 'unknownState' | 'record'> &
  Partial<Pick<Task, 'model' | 'error' | 'urls' | 'charged' | 'refunded'>> & {
    /** The task's record, which may say why it failed, could not be read. */
    isRecordUnread?: boolean;
  };

export interface OutcomeOptions {
  /** What else goes into `data`. */
  extra?: JsonObject;
  /** What is known of its credits from before. */
  credits?: Credits | undefined;
  /** The exit code of a task that has not ended. */
  running?: number;
  /** Flags to repeat in the command that resumes the task. */
  resumeFlags?: Flags;
}

/** The command that goes on with a task: it waits, and charges nothing. */
export function resumeCommand(
  { command }: Session,
  taskId: string,
  flags: Flags = { wait: BRIEF_WAIT_S },
): string {
  return command('waitTask', { taskId, ...flags });
}

/** Credits as far as anybody reported them; null, never 0, where nobody did. */
export function creditsOf({ charged, refunded }: Partial<Seen>, known?: Credits): Credits {
  return {
    quoted: known?.quoted ?? null,
    charged: charged ?? known?.charged ?? null,
    refunded: refunded ?? known?.refunded ?? null,
  };
}

/** The outcome that a task's state stands for. */
export function taskOutcome(
  session: Session,
  taskId: string,
  seen: Seen,
  { extra = {}, credits, running = EXIT.done, resumeFlags }: OutcomeOptions = {},
): Outcome {
  const model = nameIn(seen.model);
  const data: Record<string, Json> = { ...(model !== undefined && { model }), ...extra };
  if (credits || seen.charged !== undefined) data.credits = { ...creditsOf(seen, credits) };
  if (seen.unknownState !== undefined) data.unknownState = seen.unknownState;
  if (seen.state === 'COMPLETED' && seen.urls?.length) data.resultUrls = seen.urls;
  Object.assign(data, upstream(seen.record));
  const resume = resumeCommand(session, taskId, resumeFlags);
  switch (seen.state) {
    case 'COMPLETED':
      return success('COMPLETED', taskId, data, EXIT.done);
    case 'FAILED': {
      const noReason = seen.isRecordUnread
        ? ' Why is not known: its record at the service cannot be read.'
        : ' The service gives no reason.';
      const why = seen.error ? ` The service says: ${quoted(seen.error)}.` : noReason;
      return failed(
        new Failure('GENERATION_FAILED', `The task ended FAILED.${why}`, {
          status: 'FAILED',
          taskId,
          data,
          nextSteps: [
            session.provider.says.refund,
            ...(session.provider.can.account ? [session.command('account')] : []),
            'Tell the user what the service said. Another try is a new charge: change the prompt or the image, or add --new to the command that submitted it.',
          ],
        }),
        'FAILED',
        taskId,
      );
    }
    case 'CANCEL':
      return failed(
        new Failure('TASK_CANCELLED', 'The task was cancelled; there will be no result.', {
          status: 'CANCEL',
          taskId,
          data,
          nextSteps: [
            `${session.provider.can.cancel ? 'A cancelled task is refunded. ' : ''}To have the result after all, with a new charge: add --new to the command that submitted it.`,
          ],
        }),
        'CANCEL',
        taskId,
      );
    default:
      return success(
        seen.state,
        taskId,
        {
          ...data,
          nextSteps: [
            resume,
            'The task goes on by itself. Run this command as often as you like: it charges nothing.',
          ],
        },
        running,
      );
  }
}
