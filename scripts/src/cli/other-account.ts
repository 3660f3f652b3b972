import type { OtherAccount } from '../model/submit-facts.ts';

/** Says that the same request was made with another key or at another address, and what that means for the charge. */
export function otherAccountText({ created, taskId, account, service }: OtherAccount): string {
  const task = taskId === null ? ', and whether it made a task is not known' : ` as task ${taskId}`;
  return `The same request was made on ${created}${accountWords(account, service)}${task}. With the key and the address in use now it is another request, and a new charge.`;
}

/** Says what differs of an account; empty where nothing does. @param account the fingerprint of its key, if that is another one */
export function accountWords(account: string | null, service: string | null): string {
  const key = account === null ? '' : ` with another key (fingerprint ${account})`;
  return `${key}${service === null ? '' : ` at another address (${service})`}`;
}
