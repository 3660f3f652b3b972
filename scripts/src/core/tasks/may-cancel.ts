import { ANY_VIDEO } from '../../model/any-video.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';

/** Whether a cancel may still work: the task was last seen SUBMITTED, no longer ago than such tasks take. @param now by the wall clock */
export async function mayCancel(
  { provider, model, taskId, status, checked, created }: RequestRecord,
  now: number,
): Promise<boolean> {
  if (taskId === null || status !== 'SUBMITTED') return false;
  return now - Date.parse(checked ?? created) <= (await longestMs(provider, model));
}

/** By the contract, else by other video models; Infinity where nothing is known. */
async function longestMs(provider: string, model: string): Promise<number> {
  const { loadContract } = await import('../../contracts/contract.ts');
  const contract = await orFailure(loadContract(provider, model));
  if (contract instanceof Failure) return Infinity;
  const seconds = contract.durations.flatMap((run) => run.seconds);
  if (seconds.length > 0) return Math.max(...seconds) * 1000;
  return contract.output === 'video' ? ANY_VIDEO.latestMs : Infinity;
}
