import type { RequestIdentity } from '../../model/claim-rules.ts';
import { Failure } from '../../model/failure.ts';
import type { OtherAccount } from '../../model/submit-facts.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { Session } from '../session.ts';

/** Returns what is on record of the same request under another key or address: here it is another request, and a new charge. */
export async function otherAccountOf(
  store: RecordStore,
  request: RequestIdentity,
): Promise<OtherAccount | undefined> {
  const found = await store.underOtherAccount(request);
  if (!found) return undefined;
  const { created, taskId, account, service } = found.record;
  const other = (value: string, own: string) => (value === own ? null : value);
  const { account: here } = store;
  return { created, taskId, account: other(account, here.account), service: other(service, here.service) };
}

/** Returns why a task is not found that was made at another service, address or key; undefined where no record says so. */
export async function madeElsewhere(
  session: Session,
  error: Failure,
  taskId: string,
): Promise<Failure | undefined> {
  if (error.code !== 'TASK_NOT_FOUND') return undefined;
  const records = await session.records();
  const entry = await records?.byTask(taskId);
  if (!records || !entry || records.isOwn(entry)) return undefined;
  const { provider, service, account, created, status } = entry.record;
  return new Failure(error.code, `Task ${taskId} was made on ${created} at ${service}.`, {
    status,
    taskId,
    reason: {
      kind: 'madeElsewhere',
      taskId,
      created,
      by: { provider, service, account },
      here: records.account,
    },
  });
}
