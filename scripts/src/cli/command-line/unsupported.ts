import { issue } from '../../model/issue.ts';
import type { Profile } from '../../providers/provider.ts';
import { abilityFor, unsupported } from '../../providers/unsupported.ts';
import { AdvisedFailure } from '../advised-failure.ts';
import { inQuotes } from '../refused.ts';

const pageOfTasks = ({ says }: Profile) =>
  says.tasks ?? 'Find the task in the list of the service (listTasks).';

/** What can be done instead, and where the user sees what the action would have shown. */
const INSTEAD: Record<string, { instead: string; page(profile: Profile): string }> = {
  cancelTask: {
    instead: 'follow the task with --action waitTask --taskId <id>; watching it charges nothing',
    page: pageOfTasks,
  },
  listTasks: {
    instead: 'ask for one task by the id of its submit: --action getStatus --taskId <id>',
    page: pageOfTasks,
  },
  quote: {
    instead:
      "take the dated estimate of --action describeModel, where a price was published; the price in force is on the service's own pages",
    page: ({ title, says }) => `The models of ${title}: ${says.prices}`,
  },
  account: {
    instead: "read the service's own pages; --action listModels shows the models that are known here",
    page: ({ title, says, keyPage }) => `The models of ${title}: ${says.prices}; its dashboard: ${keyPage}`,
  },
};

/** Returns what is wrong with an action that a service does not offer, and what to do instead. */
export function unsupportedAction(profile: Profile, action: string) {
  const { instead, page } = INSTEAD[action]!;
  const expected = `an action that ${profile.title} documents a request for`;
  return {
    issues: [issue('--action', expected, inQuotes(action), instead)],
    nextSteps: [`Instead: ${instead}. ${page(profile)}`],
  };
}

/** The refusal of an action that a service documents no request for, with what to do instead. */
export function refusalOf(profile: Profile, action: string): AdvisedFailure {
  const { code, message } = unsupported(profile, action);
  return new AdvisedFailure(code, message, unsupportedAction(profile, action));
}

/** @throws Failure INVALID_PAYLOAD that names `--action`, before anything is sent */
export function refuseUnsupported(profile: Profile, action: string, taskId?: string): void {
  const ability = abilityFor(action);
  if (ability === undefined || profile.can[ability]) return;
  const refusal = refusalOf(profile, action);
  throw taskId === undefined ? refusal : refusal.with({ taskId, status: 'UNKNOWN' });
}
