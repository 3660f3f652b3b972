import { Failure } from '../model/failure.ts';
import { plain } from '../model/text.ts';
import type { Capabilities, Profile } from './profile.ts';

interface Need {
  capability: keyof Capabilities;
  /** What the service does not document, for the message. */
  missing: string;
  /** What the user can do instead. */
  instead: string;
  /** Where the user finds what the action would have shown. */
  page(profile: Profile): string;
}

/** The actions that some services do not support. */
const NEEDS: Record<string, Need> = {
  cancelTask: {
    capability: 'cancel',
    missing: 'no way to cancel a task',
    instead: 'follow the task with --action waitTask --taskId <id>; watching it charges nothing',
    page: ({ says }) => says.tasks,
  },
  listTasks: {
    capability: 'list',
    missing: 'no list of tasks',
    instead: 'ask for one task by the id of its submit: --action getStatus --taskId <id>',
    page: ({ says }) => says.tasks,
  },
  quote: {
    capability: 'quote',
    missing: 'no price of a request before it is submitted',
    instead:
      "take the dated estimate of --action describeModel, where a price was published; the price in force is on the service's own pages",
    page: ({ title, says }) => `The models of ${title}: ${says.prices}`,
  },
  account: {
    capability: 'account',
    missing: 'no request for the balance or the models of a key',
    instead: "read the service's own pages; --action listModels shows the models that are known here",
    page: ({ title, says, keyPage }) => `The models of ${title}: ${says.prices}; its dashboard: ${keyPage}`,
  },
};

/**
 * Returns the failure of an action that a service does not document. Nothing was sent.
 * @param action `cancelTask`, `listTasks`, `quote` or `account`
 */
export function unsupported(profile: Profile, action: string, taskId?: string): Failure {
  const { title } = profile;
  const { missing, instead, page } = NEEDS[action]!;
  return new Failure('INVALID_PAYLOAD', `${title} documents ${missing}, so nothing was sent.`, {
    ...(taskId !== undefined && { taskId, status: 'UNKNOWN' as const }),
    issues: [
      {
        path: '--action',
        expected: `an action that ${title} documents a request for`,
        received: `"${plain(action, 60)}"`,
        hint: instead,
      },
    ],
    nextSteps: [`Instead: ${instead}. ${page(profile)}`],
  });
}

/**
 * Checks that the service supports an action.
 * @param taskId the task that the action is about
 * @throws Failure INVALID_PAYLOAD that names `--action`, before anything is sent
 */
export function refuseUnsupported(profile: Profile, action: string, taskId?: string): void {
  const need = Object.hasOwn(NEEDS, action) ? NEEDS[action] : undefined;
  if (need && !profile.can[need.capability]) throw unsupported(profile, action, taskId);
}
