import { randomUUID } from 'node:crypto';
import { type Contract, loadContract } from '../contracts/contract.ts';
import { checkPublicUrl } from '../contracts/media.ts';
import { checkPayload } from '../contracts/validate.ts';
import type { Intent } from '../providers/provider.ts';
import { Failure } from '../types/failure.ts';
import { plain } from '../types/text.ts';
import type { Arguments } from './arguments.ts';
import { commandWith } from './command-line.ts';
import { readPayload } from './payload.ts';

/** What is to be made, and what is known of the model that makes it. */
export interface Wish {
  contract: Contract;
  intent: Intent;
}

/**
 * What a command line asks to be made, complete and valid: nothing has left the machine yet.
 * @param loopback the service runs on this machine, so a callback may go to it too
 * @throws Failure INVALID_MODEL or INVALID_PAYLOAD with every issue found
 */
export async function readIntent(provider: string, args: Arguments, loopback: boolean): Promise<Wish> {
  const contract = await loadContract(provider, args.model!);
  if (args.webhookUrl !== undefined) checkWebhookUrl(args.webhookUrl, loopback);
  const payload = await readPayload(contract, args.payload, args.image);
  const issues = checkPayload(contract, payload);
  const first = issues[0];
  if (first) {
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
    const message = `The payload does not fit ${contract.model}: ${first.path}: expected ${first.expected}, received ${first.received}${more}.`;
    throw new Failure('INVALID_PAYLOAD', message, {
      issues,
      nextSteps: [
        ...new Set(issues.map(({ path, hint }) => `${path}: ${hint}`)),
        commandWith(['--action', 'describeModel', '--model', contract.model]),
      ],
    });
  }
  const intent: Intent = {
    model: contract.model,
    payload,
    idempotencyKey: args.idempotencyKey ?? randomUUID(),
    ...(args.maxCredits !== undefined && { maxCredits: args.maxCredits }),
    ...(args.webhookUrl !== undefined && { webhookUrl: args.webhookUrl }),
  };
  return { contract, intent };
}

function checkWebhookUrl(value: string, loopback: boolean): void {
  const problem = checkPublicUrl(value, { schemes: ['https'] });
  if (!problem) return;
  if (loopback && /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(value)) return;
  throw new Failure('INVALID_PAYLOAD', `--webhookUrl: expected ${problem.expected}.`, {
    issues: [
      {
        path: '--webhookUrl',
        expected: problem.expected,
        received: `"${plain(value, 80)}"`,
        hint: problem.hint,
      },
    ],
    nextSteps: [problem.hint],
  });
}
