import { expect, it } from 'vitest';
import { BY_FLAGS } from '../../../scripts/src/cli/render/payload-ways.ts';
import { loadContract } from '../../../scripts/src/contracts/contract.ts';
import { checkPayload } from '../../../scripts/src/contracts/validate.ts';
import { CORPUS } from '../corpus.ts';

/** Payloads whose hints name each way that only a command line has. */
const OTHERS = [
  ['aivideomaker', 'i2v', { duration: '5' }],
  ['aivideomaker', 'i2v', { duration: '5', image: 'data:image/png;base64,' }],
  ['aivideomaker', 'i2v', { duration: '5', image: 'photo.png' }],
  [
    'aivideomaker',
    't2v',
    { prompt: 'a', model: 't2v', webhookUrl: 'https://a.example', idempotency_key: 'k' },
  ],
  ['aivideomaker', 't2v', '{"prompt":"a"}'],
  ['apidot', 'gpt-image-2', { prompt: 'a', callback_url: 'https://a.example', aspect_ratio: '1:1' }],
] as const;

it('the issues of a program name no flag, and lose nothing else', async () => {
  const payloads = [
    ...OTHERS,
    ...CORPUS.filter(({ refusedAt }) => refusedAt).map(
      (one) => [one.provider, one.model, one.input] as const,
    ),
  ];
  let changed = 0;
  for (const [provider, model, payload] of payloads) {
    const contract = await loadContract(provider, model);
    const issues = checkPayload(contract, payload, BY_FLAGS);
    const values = checkPayload(contract, payload);
    expect(issues.length).toBeGreaterThan(0);
    expect(values).toHaveLength(issues.length);
    for (const [at, issue] of issues.entries()) {
      const plain = values[at]!;
      expect(JSON.stringify(plain)).not.toMatch(/(?<![\w-])--[a-z]/i);
      expect(plain.hint).toMatch(/\w/);
      expect([plain.expected, plain.received]).toEqual([issue.expected, issue.received]);
      if (plain.hint !== issue.hint || plain.path !== issue.path) changed += 1;
    }
  }
  expect(changed).toBeGreaterThan(4);
});
