import type { Contract } from '../contracts/contract.ts';
import { estimateCredits } from '../contracts/price.ts';
import { type Outcome, success, upstream } from '../model/envelope.ts';
import { EXIT } from '../model/exit-codes.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Task } from '../model/task.ts';
import { nameIn } from '../providers/answer.ts';
import type { GenerationRequest } from '../providers/provider.ts';
import { noteState, recordOf } from './deliver.ts';
import { askPrice, variants } from './funds.ts';
import { creditsOf, resumeCommand } from './outcome.ts';
import { type Session, shortDeadline } from './session.ts';

/**
 * The price of a payload by the service's own reckoning, which also checks its fields. Free; makes no task.
 * @throws Failure BUDGET_EXCEEDED where it is above the limit of the intent
 */
export async function quote(
  session: Session,
  { contract, generation }: { contract: Contract; generation: GenerationRequest },
): Promise<Outcome> {
  const { provider } = session;
  const { payload } = generation;
  const answer = await askPrice(session, contract, generation);
  const data: Record<string, Json> = {
    model: generation.model,
    credits: answer.credits,
    currentBalance: answer.balance,
    affordable: answer.affordable,
  };
  const estimate = estimateCredits(contract, payload);
  if (estimate !== null && estimate !== answer.credits) {
    data.estimate = { credits: estimate, asOf: contract.price?.asOf ?? null, note: 'The quote counts.' };
  }
  const missing = answer.balance === null ? 0 : answer.credits - answer.balance;
  data.nextSteps =
    missing > 0
      ? [
          `${missing} credits are missing. ${provider.says.credits}`,
          ...variants(contract, payload, answer.balance ?? 0),
        ]
      : answer.affordable === false
        ? [`The service says that the balance is too small. ${provider.says.credits}`]
        : [
            `Tell the person the price (${answer.credits} credits), then submit once with --maxCredits ${answer.credits}. Media and content are checked only then.`,
          ];
  return success(null, null, { ...data, ...upstream(answer.record) }, EXIT.done);
}

/** The account: its balance, limits and models, and how these differ from the contracts at hand. */
export async function account(session: Session, contracts: string[]): Promise<Outcome> {
  const { api, provider } = session;
  const { balance, models, record } = await api.read(provider.account(), shortDeadline(session));
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
      currentBalance: balance,
      supportedModels: models,
      contracts: { models: contracts, notListedByService, withoutContract },
      ...(nextSteps.length > 0 && { nextSteps }),
      ...upstream(record),
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
  const data: Record<string, Json> = { count: tasks.length, tasks: tasks.slice(0, MOST_ROWS).map(rowOf) };
  if (tasks.length > MOST_ROWS) data.more = tasks.length - MOST_ROWS;
  if (running.length > 0) {
    data.nextSteps = running.map(({ id }) => resumeCommand(session, id));
  }
  return success(null, null, { ...data, ...upstream(shortened(record)) }, EXIT.done);
}

// So many fit into one document.
const MOST_ROWS = 100;

// The rows say what is needed; a record as it came shows what else there would be.
const MOST_RECORDS = 10;

/** A list as it came, with the newest of its records. */
function shortened(record: JsonObject): JsonObject {
  const tasks = record.tasks as Json[];
  const cut = `[cut: ${tasks.length - MOST_RECORDS} more items]`;
  return tasks.length > MOST_RECORDS ? { ...record, tasks: [...tasks.slice(0, MOST_RECORDS), cut] } : record;
}

/** A task of a list, in our words. */
function rowOf(task: Task): JsonObject {
  const { id, state, unknownState, createdAt, idempotencyKey } = task;
  const { charged, refunded } = creditsOf(task);
  return {
    taskId: id,
    status: state,
    ...(unknownState !== undefined && { unknownState }),
    model: nameIn(task.model) ?? null,
    createdAt: createdAt === undefined ? null : new Date(createdAt).toISOString(),
    credits: { charged, refunded },
    // A key has no spaces: whatever has some is no key, and may be a sentence.
    idempotencyKey: idempotencyKey && /^[\x21-\x7e]{1,128}$/.test(idempotencyKey) ? idempotencyKey : null,
  };
}

/** Notes what the list shows of recorded tasks that have not ended as far as their records know. */
async function noteStates(session: Session, tasks: readonly Task[]): Promise<void> {
  for (const { id, state } of tasks) {
    const entry = await recordOf(session, id);
    if (entry) await noteState(session, entry, state);
  }
}
