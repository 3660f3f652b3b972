import type { LineResult } from '../../core/batch/line.ts';
import type { MadeBy, Reused } from '../../core/result.ts';
import { Failure } from '../../model/failure.ts';
import type { Credits } from '../../model/request-record.ts';

/** Says which run made a result that is returned again, and whether it reached the caller before; nothing where it did. */
export function originSteps({ status, isDelivered, newRun }: Reused): string[] {
  const first =
    status === 'COMPLETED'
      ? 'No run has delivered this result before.'
      : 'No run has reported this end before.';
  const said = [...(isDelivered ? [] : [first]), ...(newRun === undefined ? [] : [byNewRun(newRun, 'it')])];
  return said.length === 0 ? [] : [`${said.join(' ')} It is the newest task of this request.`];
}

/** Says which run with --new made a task that runs on, or has ended now. */
export function runSteps({ newRun }: MadeBy): string[] {
  return newRun === undefined ? [] : [`${byNewRun(newRun, 'it')} It is the newest task of this request.`];
}

/** Says the same of the lines of a batch that have all ended. @param named names some of them */
export function originOfLines(
  lines: readonly LineResult[],
  named: (lines: readonly LineResult[]) => string,
): string[] {
  const reused = (line: LineResult) => (line.end instanceof Failure ? undefined : line.end?.reused);
  const made = (line: LineResult) =>
    line.end instanceof Failure ? undefined : (line.end?.reused ?? line.end?.resumed);
  const fresh = lines.filter((line) => reused(line)?.isDelivered === false);
  const runs = new Set(lines.map((line) => made(line)?.newRun));
  const [newRun] = runs.size === 1 ? runs : [];
  const said = [
    ...(fresh.length === 0 ? [] : [`No run has delivered the result of ${named(fresh)} before.`]),
    ...(newRun === undefined ? [] : [byNewRun(newRun, 'every line')]),
  ];
  return said.length === 0 ? [] : [`${said.join(' ')} These are the newest tasks of the batch.`];
}

const byNewRun = (began: string, what: string): string =>
  `The run with --new that began on ${began} made ${what}.`;

/** Says what tasks of earlier runs cost, which "nothing was charged" would deny. @param of which tasks these are */
export function spentBefore({ charged = null, refunded = null }: Partial<Credits> = {}, of = ''): string {
  if (charged === null) return 'this run charged nothing';
  const back = refunded ? ` (${refunded} refunded)` : '';
  return `${charged} ${charged === 1 ? 'credit' : 'credits'}${of}${back}, 0 of them charged by this run`;
}
