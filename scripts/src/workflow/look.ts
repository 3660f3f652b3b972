import type { Sighting } from '../providers/provider.ts';
import type { Session } from './session.ts';

/**
 * One look at a task's state. An answer that may be either the failed task or an error is settled by the task's record.
 * @throws Failure when the look itself failed; the task is then as it was
 */
export async function lookOnce({ api, provider }: Session, taskId: string): Promise<Sighting> {
  return settleDoubt(await api.once(provider.status(taskId)), () => api.once(provider.task(taskId)));
}

/** The same, repeated as the policy for reads allows. */
export async function look({ api, provider }: Session, taskId: string, deadline: number): Promise<Sighting> {
  const sighting = await api.read(provider.status(taskId), deadline);
  return settleDoubt(sighting, () => api.read(provider.task(taskId), deadline));
}

async function settleDoubt(sighting: Sighting, fetchTask: () => Promise<Sighting>): Promise<Sighting> {
  // Where the record is not to be had either, its failure tells more, and whether to look again.
  return sighting.doubt ? fetchTask() : sighting;
}
