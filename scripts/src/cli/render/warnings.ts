import type { Warning } from '../../core/result.ts';
import { KIND_WORDS, madeAs } from '../../model/output-kind.ts';
import { counted, quoted } from '../../model/text.ts';
import { otherAccountText } from '../other-account.ts';

/** Returns by what the user knows a request. */
export const requestNamed = (promptExcerpt: string | null, model: string | undefined): string =>
  promptExcerpt === null ? (model ?? 'a task') : `${quoted(promptExcerpt)}${model ? ` (${model})` : ''}`;

/** Returns what the answer says of a warning. */
export function warningText(warning: Warning): string {
  switch (warning.kind) {
    case 'otherKind': {
      const { model, makes, file, contentType } = warning;
      const came = `${KIND_WORDS[madeAs(contentType)]} (${contentType})`;
      return `${model} makes ${KIND_WORDS[makes]}, but ${file} is ${came}. It was saved as it came: tell the user.`;
    }
    case 'otherExtension':
      return `${warning.asked} was asked for; the file is saved as ${warning.file}, by what it contains.`;
    case 'aboveCap':
      return `The service reports ${warning.charged} credits charged, although the cap was ${warning.maxCredits} (--maxCredits). Tell the user.`;
    case 'otherAccount':
      return `${otherAccountText(warning)} Tell the user.`;
    case 'replacedSubmit': {
      const { created, idempotencyKey } = warning;
      return `The outcome of the earlier submit of this request, made on ${created} with the idempotency key ${idempotencyKey}, is not known: it may be charged too. Tell the user.`;
    }
    case 'unrecorded':
      return `The record of this request could not be written when the service accepted it: keep the task id. waitTask with it brings the result, and charges nothing.`;
    case 'taskNotNamed': {
      const { promptExcerpt, model, created, isListed } = warning;
      const list = ', or --action listTasks --since 7d, which also shows those that have ended';
      return `Without --taskId this is the newest unfinished request: ${requestNamed(promptExcerpt, model)}, made on ${created}. If another one was meant: --action listPending${isListed ? list : ''}.`;
    }
    case 'noPermit':
      return `The state is the last known one. The queries that the service allows were used by other waits on this machine, or it asked for a pause; the next query is due in ${warning.seconds} s.`;
    case 'taskGone':
      return `The service does not show the newer task ${warning.taskId} any more: this call passed it over.`;
    case 'unknownSubmits':
      return `This is the newest request that has a task. The outcome of ${counted(warning.count, 'other submit')} is not known, and one of them may be newer: run the command of the one that is meant.`;
  }
}
