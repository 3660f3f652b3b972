import type { LineResult } from '../../core/batch/line.ts';
import type { MadeBy } from '../../core/result.ts';
import { Failure } from '../../model/failure.ts';
import type { Credits } from '../../model/request-record.ts';
import { counted } from '../../model/text.ts';

/** Says which run with --new made a task that is the newest one of its request. */
export function runStep({ newRun }: MadeBy): string | false {
  return (
    newRun !== undefined &&
    `${byNewRun(newRun, 'it')} It is the newest task of this request: a run with --new that began later submitted nothing.`
  );
}

/**
 * Says which run made a task that this call resumes.
 * @param isNewest false: the call asked for this very task, and its request may have a newer one
 */
export function resumedStep(made: MadeBy, isNewest: boolean): string | false {
  if (!isNewest) return made.newRun !== undefined && byNewRun(made.newRun, 'it');
  return runStep(made) || `This request was made on ${made.created}${NONE_SINCE}.`;
}

/** Says the same of the lines of a batch that have all ended. */
export function runStepOfLines(lines: readonly LineResult[]): string | false {
  const made = ({ end }: LineResult) => (end instanceof Failure ? undefined : (end?.reused ?? end?.resumed));
  const runs = new Set(lines.map((line) => made(line)?.newRun));
  const [newRun] = runs.size === 1 ? runs : [];
  return (
    newRun !== undefined &&
    `${byNewRun(newRun, 'every line')} These are the newest tasks of the batch: a run with --new that began later submitted nothing.`
  );
}

/** Of a request whose newest task was made otherwise. */
export const NONE_SINCE = ', and no run with --new has made another since';

const byNewRun = (began: string, what: string): string =>
  `The run with --new that began on ${began} made ${what}.`;

/** Says what tasks of earlier runs cost, which "nothing was charged" would deny. @param of which tasks these are */
export function spentBefore({ charged = null, refunded = null }: Partial<Credits> = {}, of = ''): string {
  const back = refunded ? ` (${refunded} refunded)` : '';
  const cost = charged === null ? '' : ` for ${counted(charged, 'credit')}${of}${back}`;
  return `${cost}; this run charged nothing`;
}
