import { Failure } from '../model/failure.ts';
import type { Capabilities, Profile } from './provider.ts';

/** The actions that not every service has a request for, and what a service without it does not document. */
const NEEDS: Record<string, { ability: keyof Capabilities; missing: string }> = {
  cancelTask: { ability: 'cancel', missing: 'no way to cancel a task' },
  listTasks: { ability: 'list', missing: 'no list of tasks' },
  quote: { ability: 'quote', missing: 'no price of a request before it is submitted' },
  account: { ability: 'account', missing: 'no request for the balance or the models of a key' },
};

/** The capability that an action needs; undefined where every service has it. */
export function abilityFor(action: string): keyof Capabilities | undefined {
  return Object.hasOwn(NEEDS, action) ? NEEDS[action]!.ability : undefined;
}

/**
 * Returns the failure of an action that a service does not document. Nothing was sent.
 * @param action `cancelTask`, `listTasks`, `quote` or `account`
 */
export function unsupported({ title }: Profile, action: string): Failure {
  const message = `${title} documents ${NEEDS[action]!.missing}, so nothing was sent.`;
  return new Failure('INVALID_PAYLOAD', message, { reason: { kind: 'unsupportedAction', action } });
}
