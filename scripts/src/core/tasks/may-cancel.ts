import { ANY_VIDEO } from '../../model/any-video.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';

/** Whether a cancel may still work: the task was last seen SUBMITTED, no longer ago than such tasks take. @param now by the wall clock */
export async function mayCancel(
  { provider, model, taskId, status, checked, created }: RequestRecord,
  now: number,
): Promise<boolean> {
  if (taskId === null || status !== 'SUBMITTED') return false;
  const { loadContract } = await import('../../contracts/contract.ts');
  const contract = await orFailure(loadContract(provider, model));
  if (contract instanceof Failure) return true;
  const seconds = contract.durations.flatMap((run) => run.seconds);
  const anyMs = contract.output === 'video' ? ANY_VIDEO.latestMs : Infinity;
  const longestMs = seconds.length > 0 ? Math.max(...seconds) * 1000 : anyMs;
  return now - Date.parse(checked ?? created) <= longestMs;
}
