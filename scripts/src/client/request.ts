import type { CheckedRequest } from '../core/checked-request.ts';
import { isIdempotencyKey } from '../model/idempotency-key.ts';
import { issue } from '../model/issue.ts';
import { checkCallbackUrl, isLoopback } from '../model/service-address.ts';
import { TASK_ID } from '../model/task.ts';
import { checkFits, contractOf } from './catalog.ts';
import { invalidInput, type Settings, shown } from './options.ts';
import type { Issue, Moment, SubmitRequest } from './types.ts';

/** Returns a request for a submit, complete and valid. @throws Failure INVALID_MODEL or INVALID_PAYLOAD */
export async function checkRequest(
  settings: Settings,
  request: SubmitRequest,
): Promise<Pick<CheckedRequest, 'contract' | 'generation'>> {
  const { model, payload, idempotencyKey, callbackUrl, maxCredits } = request;
  const contract = await contractOf(settings, model);
  await checkFits(contract, payload);
  const issues: Issue[] = [];
  if (!isIdempotencyKey(idempotencyKey)) {
    const hint = 'make one before the first attempt, and store it: crypto.randomUUID()';
    issues.push(issue('idempotencyKey', '8 to 128 printable ASCII characters', shown(idempotencyKey), hint));
  }
  if (maxCredits !== undefined && !(Number.isSafeInteger(maxCredits) && maxCredits > 0)) {
    const expected = 'a whole number of credits above 0';
    issues.push(issue('maxCredits', expected, shown(maxCredits), 'leave it out for no limit'));
  }
  const problem =
    callbackUrl === undefined ? null : checkCallbackUrl(String(callbackUrl), isLoopback(settings.baseUrl));
  if (problem) issues.push(issue('callbackUrl', problem.expected, shown(callbackUrl), problem.hint));
  if (issues.length > 0) throw invalidInput(issues);
  const webhookUrl = callbackUrl === undefined ? undefined : new URL(callbackUrl).href;
  return { contract, generation: { model: contract.model, payload, idempotencyKey, maxCredits, webhookUrl } };
}

/** Returns a task's id. @throws Failure INVALID_PAYLOAD for a text that is none */
export function checkTaskId(taskId: unknown): string {
  if (typeof taskId === 'string' && TASK_ID.test(taskId)) return taskId;
  const hint = 'pass the id that submit returned';
  throw invalidInput([issue('taskId', 'the id of a task', shown(taskId), hint)]);
}

/** Returns the end of a call on the monotonic clock, for a moment by the wall clock. @throws Failure INVALID_PAYLOAD */
export function deadlineAt({ clock }: Settings, until: Moment): number {
  return clock.monotonic() + checkMoment('until', until) - clock.wall();
}

/** Returns milliseconds since the epoch. @throws Failure INVALID_PAYLOAD for what is no moment */
export function checkMoment(name: string, moment: Moment): number {
  const ms = moment instanceof Date ? moment.getTime() : moment;
  if (typeof ms === 'number' && !Number.isNaN(ms)) return ms;
  const expected = 'a Date, or milliseconds since the epoch';
  throw invalidInput([issue(name, expected, shown(moment), 'pass a Date')]);
}
