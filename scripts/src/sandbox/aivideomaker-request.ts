import { type Contract, loadContract } from '../contracts/contract.ts';
import { checkPayload } from '../contracts/validate.ts';
import { Failure } from '../model/failure.ts';
import type { Issue } from '../model/issue.ts';
import { type Call, failure, fromBody, type JsonReply, Refusal } from './exchange.ts';
import { readMarks } from './scenarios.ts';

export const PROVIDER = 'aivideomaker';

export async function readRequest(call: Call, model: string) {
  const contract = await contractOf(model);
  return fromBody(call, invalid, (payload) => {
    const issues = checkPayload(contract, payload);
    if (issues.length > 0) throw new Refusal(invalid(issues.map(saying).join('; ')));
    const { scenarios, complaint } = readMarks(payload, PROVIDER);
    if (complaint) throw new Refusal(invalid(`prompt: ${complaint}`));
    return { contract, payload, scenarios };
  });
}

async function contractOf(model: string): Promise<Contract> {
  const unsupported = failure(400, `Unsupported model: ${model.slice(0, 100)}`, 'INVALID_MODEL');
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(model)) throw new Refusal(unsupported);
  try {
    return await loadContract(PROVIDER, model);
  } catch (error) {
    if (error instanceof Failure && error.code === 'INVALID_MODEL') throw new Refusal(unsupported);
    throw error;
  }
}

const saying = ({ path, expected, received }: Issue): string =>
  `${path}: expected ${expected}, received ${received.slice(0, 80)}`;

function invalid(message: string): JsonReply {
  return failure(400, message.slice(0, 2_000), 'INVALID_PAYLOAD');
}

/** Null where the header is missing. @throws Refusal for one of another form */
export function headerOf(call: Call, name: string, form: RegExp, expected: string): string | null {
  const value = call.headers[name.toLowerCase()];
  if (value === undefined) return null;
  if (typeof value === 'string' && form.test(value)) return value;
  throw new Refusal(invalid(`${name}: expected ${expected}`));
}
