import type { Contract } from '../contracts/contract.ts';
import { estimateCredits } from '../contracts/price.ts';
import { type Outcome, success } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { dataOf } from './outcome.ts';
import { type Session, shortDeadline } from './session.ts';

/** The price of a payload by the service's own reckoning, which also checks its fields. Free; makes no task. */
export async function quote(session: Session, contract: Contract, payload: JsonObject): Promise<Outcome> {
  const { api, provider } = session;
  const answer = await api.read(provider.quote(contract.model, payload), shortDeadline(session));
  const data: Record<string, Json> = dataOf(answer.record);
  const estimate = estimateCredits(contract, payload);
  if (estimate !== null && estimate !== answer.credits) {
    data.estimate = { credits: estimate, asOf: contract.price?.asOf ?? null, note: 'The quote counts.' };
  }
  const missing = answer.balance === null ? 0 : answer.credits - answer.balance;
  data.nextSteps =
    missing > 0
      ? [`${missing} credits are missing. ${provider.says.credits}`]
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
  return success(
    null,
    null,
    {
      ...dataOf(record),
      contracts: {
        models: contracts,
        notListedByService: contracts.filter((model) => !live.has(model)),
        withoutContract: models.filter((model) => !known.has(model)),
      },
    },
    EXIT.done,
  );
}

/** The tasks that were made with this key, newest first. */
export async function listTasks(session: Session): Promise<Outcome> {
  const { api, provider } = session;
  const { tasks, record } = await api.read(provider.list(), shortDeadline(session));
  const running = tasks.filter(({ state }) => state === 'SUBMITTED' || state === 'PROGRESS').slice(0, 5);
  const data: Record<string, Json> = { ...dataOf(record), count: tasks.length };
  if (running.length > 0) {
    data.nextSteps = running.map(({ id }) => session.command(`--action waitTask --taskId ${id}`));
  }
  return success(null, null, data, EXIT.done);
}
