import { describe, expect, it } from 'vitest';
import type { AdvisedFailure } from '../../scripts/src/cli/advised-failure.ts';
import { BY_FLAGS } from '../../scripts/src/cli/render/payload-ways.ts';
import { loadContract } from '../../scripts/src/contracts/contract.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import { withoutBody } from '../../scripts/src/contracts/whole-body.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { profileOf } from '../../scripts/src/providers/registry.ts';
import { said } from '../core/rendered.ts';

const contract = await loadContract('apidot', 'gpt-image-2');
const input = contract.example;
const PROVIDER = profileOf('apidot')!;

function refusal(body: JsonObject): AdvisedFailure {
  try {
    withoutBody(contract, body);
  } catch (error) {
    if (error instanceof Failure) return said(error, PROVIDER);
    throw error;
  }
  throw new Error('it was taken');
}

describe('a complete request body that was pasted as the payload', () => {
  it.each<[string, JsonObject]>([
    ['with the same model', { model: 'gpt-image-2', input }],
    ['without a model', { input }],
    ['that is no body', input],
    ['whose input is no object', { ...input, input: 'x' }],
  ])('%s is taken as it stands', (_, body) => {
    expect(withoutBody(contract, body)).toBe(body.input === input ? input : body);
  });

  it.each<[string, JsonObject, string, RegExp]>([
    ['another model', { model: 'gpt-image-2-edit', input }, 'model', /--model, which is gpt-image-2 here/],
    ['no text as model', { model: null, input }, 'model', /--model/],
    [
      'a callback',
      { model: 'gpt-image-2', callback_url: 'https://example.com/hook', input },
      'callback_url',
      /goes into --callbackUrl/,
    ],
    ['a field beside it', { input, size: '1:1' }, 'size', /put it inside "input"/],
    ['constructor', { input, constructor: 1 }, 'constructor', /leave "constructor" out/],
  ])('%s: told to pass what is inside input', (_, body, path, hint) => {
    const { code, details, message } = refusal(body);
    expect(code).toBe('INVALID_PAYLOAD');
    expect(message).toContain('pass what is inside "input"');
    expect(details.issues).toMatchObject([
      { path: 'input', hint: expect.stringContaining('pass what is inside "input"') },
      { path, hint: expect.stringMatching(hint) },
    ]);
    expect(JSON.stringify(details.nextSteps)).toContain('pass what is inside');
  });

  it.each([
    ['model', '--model'],
    ['callback_url', '--callbackUrl'],
    ['webhookUrl', '--webhookUrl'],
  ])('%s among the fields: the flag that says it is named', async (name, flag) => {
    const meshy = await loadContract('apidot', 'meshy-6-text-to-3d');
    const [issue] = checkPayload(meshy, { ...meshy.example, [name]: 'x' }, BY_FLAGS);
    expect(issue).toMatchObject({ path: name, hint: `leave "${name}" out; it is said by ${flag}` });
  });
});
