// Ten processes of the built command at once, on one journal.
import { expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { ledger } from '../kill/ledger.ts';
import { envelopeOf, live, run, T2V, tempFolder } from '../support/command.ts';

it('fault 79: ten commands at once never charge more than --maxCreditsPerDay', async () => {
  const service = await ledger();
  const env = live(service.origin, { ASYNC_MEDIA_STATE_DIR: tempFolder() });
  const command = (n: number) => {
    const payload = JSON.stringify({ ...T2V, prompt: `lighthouse ${n}` });
    const args = ['--model', 't2v', '--payload', payload, '--wait', '0', '--maxCreditsPerDay', '50'];
    return run(args, { env });
  };
  const done = await Promise.all(Array.from({ length: 10 }, (_, n) => command(n)));
  // Each costs 15.
  expect(service.charges.size).toBe(3);
  const { stillRunning, credits } = EXIT;
  expect(done.map(({ code }) => code).sort()).toEqual(
    [...Array<number>(3).fill(stillRunning), ...Array<number>(7).fill(credits)].sort(),
  );
  for (const refused of done.filter(({ code }) => code === credits))
    expect(envelopeOf(refused)).toMatchObject({ errorCode: 'BUDGET_EXCEEDED', data: { spentToday: 45 } });
});
