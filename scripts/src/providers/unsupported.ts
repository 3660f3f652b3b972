import { Failure } from '../types/failure.ts';
import { plain } from '../types/text.ts';
import type { Capabilities, Profile } from './profile.ts';

interface Need {
  capability: keyof Capabilities;
  /** What a service without it does not document. */
  missing: string;
  /** What can be done instead. */
  instead: string;
}

/** The actions that not every service has a request for. */
const NEEDS: Record<string, Need> = {
  cancelTask: {
    capability: 'cancel',
    missing: 'no way to cancel a task',
    instead: 'follow the task with --action waitTask --taskId <id>; watching it charges nothing',
  },
  listTasks: {
    capability: 'list',
    missing: 'no list of tasks',
    instead: 'ask for one task by the id of its submit: --action getStatus --taskId <id>',
  },
  quote: {
    capability: 'quote',
    missing: 'no price of a request before it is submitted',
    instead:
      "take the dated estimate of --action describeModel, where a price was published; the price in force is on the service's own pages",
  },
  account: {
    capability: 'account',
    missing: 'no request for the balance or the models of a key',
    instead: "look on the service's own pages; --action listModels shows the models that are known here",
  },
};

/**
 * The refusal of an action that a service documents no request for. Nothing was sent.
 * @param action `cancelTask`, `listTasks`, `quote` or `account`
 */
export function unsupported({ title, keyPage }: Profile, action: string): Failure {
  const { missing, instead } = NEEDS[action]!;
  return new Failure('INVALID_PAYLOAD', `${title} documents ${missing}, so nothing was sent.`, {
    issues: [
      {
        path: '--action',
        expected: `an action that ${title} documents a request for`,
        received: `"${plain(action, 60)}"`,
        hint: instead,
      },
    ],
    nextSteps: [`Instead: ${instead}. The service's own pages: ${keyPage}`],
  });
}

/**
 * Lets every action pass that the service has.
 * @throws Failure INVALID_PAYLOAD that names `--action`, before anything is sent
 */
export function refuseUnsupported(profile: Profile, action: string): void {
  const need = Object.hasOwn(NEEDS, action) ? NEEDS[action] : undefined;
  if (need && !profile.can[need.capability]) throw unsupported(profile, action);
}
