import { type Contract, loadContract, rootOf } from '../../contracts/contract.ts';
import { checkPayload } from '../../contracts/validate.ts';
import { withoutBody } from '../../contracts/whole-body.ts';
import type { CheckedRequest, RequestNote, Terms } from '../../core/checked-request.ts';
import type { Failure } from '../../model/failure.ts';
import { issuesText } from '../../model/issue.ts';
import type { JsonObject } from '../../model/json.ts';
import { checkCallbackUrl } from '../../model/service-address.ts';
import { plain } from '../../model/text.ts';
import type { ProviderRequest } from '../../providers/provider.ts';
import { AdvisedFailure } from '../advised-failure.ts';
import type { Arguments } from '../command-line/arguments.ts';
import { commandFor } from '../command-line/commands.ts';
import { refusalOf } from '../command-line/unsupported.ts';
import { refused } from '../issue.ts';
import { BY_FLAGS } from '../render/payload-ways.ts';
import { readFields, withImage } from './payload.ts';

/**
 * Returns the request that the flags ask for, checked against the contract of its model. Sends nothing.
 * @param loopback the service runs on this machine, so a callback may go to it too
 * @throws Failure INVALID_MODEL, or INVALID_PAYLOAD with every issue found
 */
export async function readRequest(
  args: Arguments,
  loopback: boolean,
  signal: AbortSignal,
): Promise<CheckedRequest> {
  const contract = await loadContract(args.profile.id, args.model!);
  const webhookUrl = readCallback(args, loopback);
  const given = await withImage(contract, await readFields(args.payload, signal), args.image);
  const payload = withoutBody(contract, given);
  let issues = checkPayload(contract, payload, BY_FLAGS);
  const isMissing = (name: string) => Object.hasOwn(payload, name) && !rootOf(contract).properties?.has(name);
  const names = issues.map(({ path }) => path).filter(isMissing);
  if (names.length > 0) {
    const { modelsWith } = await import('../../contracts/models-with.ts');
    const elsewhere = await modelsWith(contract, payload, names);
    issues = checkPayload(contract, payload, { ...BY_FLAGS, elsewhere });
  }
  if (issues.length > 0) {
    const message = `The payload does not fit ${contract.model}: ${issuesText(issues)}.`;
    throw new AdvisedFailure('INVALID_PAYLOAD', message, {
      issues,
      nextSteps: [
        ...new Set(issues.map(({ path, hint }) => `${path}: ${hint}`)),
        commandFor(contract.provider, 'describeModel', { model: contract.model }),
      ],
    });
  }
  if (args.action === 'quote' && !args.profile.can.quote) throw await noQuote(args, contract, payload);
  const generation: ProviderRequest = {
    model: contract.model,
    payload,
    idempotencyKey: args.idempotencyKey ?? process.getBuiltinModule('node:crypto').randomUUID(),
    maxCredits: args.maxCredits,
    webhookUrl,
  };
  return { contract, generation, terms: termsOf(args), note: noteOf(args) };
}

/** Returns under which terms the flags let a request be submitted: caps, `--new`, a key. */
export function termsOf(args: Arguments): Terms {
  const { idempotencyKey, new: isNew } = args;
  const { maxCredits, maxTotalCredits, maxCreditsPerDay } = args;
  return {
    isNamed: idempotencyKey !== undefined,
    isNew,
    caps: { maxCredits, maxTotalCredits, maxCreditsPerDay },
  };
}

/** Returns what the flags let the record say of the call. */
export function noteOf(args: Arguments): RequestNote {
  const { action, owner = null, wait } = args;
  return { owner, wait: action === 'generate' ? wait : null };
}

/** Returns the error for a quote from a service that gives none, with the estimate where one is known. */
async function noQuote({ profile }: Arguments, contract: Contract, payload: JsonObject): Promise<Failure> {
  const { priceLine } = await import('../../contracts/price/estimate.ts');
  const line = priceLine(contract, payload);
  const [hint, ...steps] =
    line === null
      ? [
          'no price of this payload is known here',
          `No price of ${contract.model} is known here either. Get a yes to an unknown price before you submit.`,
        ]
      : [
          'the estimate of the price of this payload is in nextSteps',
          `${line} Tell the user so, and submit with --maxCredits, which is held against the same estimate.`,
          contract.price!.note,
        ];
  const refusal = refusalOf(profile, 'quote');
  const issues = refusal.details.issues?.map((one) => ({ ...one, hint: hint! }));
  const describe = commandFor(contract.provider, 'describeModel', { model: contract.model });
  return refusal.with({ issues, nextSteps: [...steps, describe] });
}

/** Returns the callback address, where one was given, in a form that a header can carry: ASCII, the rest encoded. */
export function readCallback({ profile, callback }: Arguments, loopback: boolean): string | undefined {
  if (callback === undefined) return undefined;
  const problem = checkCallbackUrl(callback, loopback);
  if (!problem) return new URL(callback).href;
  throw refused(`--${profile.callbackWord}`, problem.expected, `"${plain(callback, 80)}"`, problem.hint);
}
