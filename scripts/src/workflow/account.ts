import type { Contract } from '../contracts/contract.ts';
import { estimateCredits } from '../contracts/price.ts';
import type { Intent } from '../providers/provider.ts';
import { type Outcome, success } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import type { Json } from '../types/json.ts';
import type { Task } from '../types/task.ts';
import { noteState, recordOf } from './delivery.ts';
import { askPrice, variants } from './funds.ts';
import { dataOf, resumeCommand } from './outcome.ts';
import { type Session, shortDeadline } from './session.ts';

/**
 * The price of a payload by the service's own reckoning, which also checks its fields. Free; makes no task.
 * @throws Failure BUDGET_EXCEEDED where it is above the limit of the intent
 */
export async function quote(
  session: Session,
  { contract, intent }: { contract: Contract; intent: Intent },
): Promise<Outcome> {
  const { provider } = session;
  const { payload } = intent;
  const answer = await askPrice(session, contract, intent);
  const data: Record<string, Json> = dataOf(answer.record);
  const estimate = estimateCredits(contract, payload);
  if (estimate !== null && estimate !== answer.credits) {
    data.estimate = { credits: estimate, asOf: contract.price?.asOf ?? null, note: 'The quote counts.' };
  }
  const missing = answer.balance === null ? 0 : answer.credits - answer.balance;
  data.nextSteps =
    missing > 0
      ? [
          `${missing} credits are missing. ${provider.says.credits}`,
          ...variants(contract, payload, (answer.balance ?? 0) + 1),
        ]
      : [
          `Tell the person the price (${answer.credits} credits), then submit once with --maxCredits ${answer.credits}. Media and content are checked only then.`,
        ];
  return success(null, null, data, EXIT.done);
}

/** The account: its balance, limits and models, and how these differ from the contracts at hand. */
export async function account(session: Session, contracts: string[]): Promise<Outcome> {
  const { api, provider } = session;
  const { models, record } = await api.read(provider.account(), shortDeadline(session));
  const live = new Set(models);
  const known = new Set(contracts);
  const notListedByService = contracts.filter((model) => !live.has(model));
  const withoutContract = models.filter((model) => !known.has(model));
  const nextSteps: string[] = [];
  if (models.length > 0 && notListedByService.length > 0)
    nextSteps.push(
      `${provider.title} does not list ${notListedByService.join(', ')} today: choose another model, as a submit of it may be refused.`,
    );
  if (withoutContract.length > 0)
    nextSteps.push(
      `${provider.title} lists ${withoutContract.join(', ')}, which has no contract here: references/add-a-model.md tells how to add one.`,
    );
  return success(
    null,
    null,
    {
      ...dataOf(record),
      contracts: { models: contracts, notListedByService, withoutContract },
      ...(nextSteps.length > 0 && { nextSteps }),
    },
    EXIT.done,
  );
}

/** The tasks that were made with this key, newest first. */
export async function listTasks(session: Session): Promise<Outcome> {
  const { api, provider } = session;
  const { tasks, record } = await api.read(provider.list(), shortDeadline(session));
  await noteStates(session, tasks);
  const running = tasks.filter(({ state }) => state === 'SUBMITTED' || state === 'PROGRESS').slice(0, 5);
  const data: Record<string, Json> = { ...dataOf(record), count: tasks.length };
  if (running.length > 0) {
    data.nextSteps = running.map(({ id }) => resumeCommand(session, id));
  }
  return success(null, null, data, EXIT.done);
}

/** Notes what the list shows of recorded tasks that have not ended as far as their records know. */
async function noteStates(session: Session, tasks: readonly Task[]): Promise<void> {
  for (const { id, state } of tasks) {
    const entry = await recordOf(session, id);
    if (entry) await noteState(session, entry, state);
  }
}
