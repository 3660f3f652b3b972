import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { live, T2V, tempFolder } from '../support/command.ts';
import { letPass } from '../support/records.ts';
import { type Ledger, ledger, TROUBLES, type Trouble } from './ledger.ts';
import { type Ended, runOnce } from './until-done.ts';

// `npm run test:kill` runs this at its full size.
const RUNS = process.env.KILL_FULL === '1' ? 150 : 6;

type Deed =
  | { kind: 'run' | 'new' | 'look' | 'wait' | 'cancel' | 'forget' }
  | { kind: 'kill'; after: number }
  | { kind: 'parallel'; count: number };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('kill' as const), after: fc.integer({ min: 60, max: 600 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('run' as const, 'look' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('new' as const, 'wait' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'forget' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('parallel' as const), count: fc.integer({ min: 2, max: 4 }) }),
  },
);

/**
 * What may have been charged for, and what must have been delivered, whatever the program does. A small model: it knows
 * the deeds and the documents that came out, and nothing of records and locks.
 */
class Model {
  /** Charges that are allowed so far. */
  allowed = 0;
  /** The same command means what was submitted before: until its record was dropped by `forget`. */
  isKnown = false;
  /** Ids of tasks that were delivered, cancelled or forgotten. */
  readonly settled = new Set<string>();

  begins(isNew: boolean): void {
    if (isNew || !this.isKnown) this.allowed += 1;
    this.isKnown = true;
  }

  ends(runs: readonly Ended[]): void {
    for (const { envelope } of runs) {
      const { status, taskId } = envelope ?? {};
      if (taskId && (status === 'COMPLETED' || status === 'CANCEL')) this.settled.add(taskId);
    }
  }
}

describe('one charge for a request, and no result lost', () => {
  it('holds for any deeds of a person and any trouble of the service', async () => {
    let charged = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(deed, { minLength: 3, maxLength: 7 }),
        fc.array(fc.constantFrom(...TROUBLES), { maxLength: 6 }),
        fc.boolean(),
        async (deeds, troubles, forgetsKeys) => {
          charged += await play(deeds, troubles, forgetsKeys);
        },
      ),
      { numRuns: RUNS, endOnFailure: RUNS < 10 },
    );
    expect(charged).toBeGreaterThan(RUNS / 2);
  }, 1_800_000);
});

async function play(deeds: Deed[], troubles: Trouble[], forgetsKeys: boolean): Promise<number> {
  const service: Ledger = await ledger({ forgetsKeys });
  service.script.push(...troubles);
  const folder = tempFolder();
  const env = {
    PATH: process.env.PATH,
    ...live(service.origin, { ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state') }),
  };
  const wish = ['--model', 't2v', '--payload', JSON.stringify(T2V), '--pollInterval', '0.02'];
  const submit = (...flags: string[]) => [
    ...wish,
    ...flags,
    ...(flags.includes('--wait') ? [] : ['--wait', '10']),
  ];
  const one = async (args: string[], killAfter?: number) => [
    await runOnce({ args, env, ...(killAfter !== undefined && { killAfter }) }),
  ];
  const model = new Model();
  const charges = (): string[] => service.charges.get(T2V.prompt) ?? [];
  const newest = (): string | undefined => charges().at(-1);

  const act = async (what: Deed): Promise<Ended[]> => {
    switch (what.kind) {
      case 'run':
        model.begins(false);
        return one(submit());
      case 'look':
        model.begins(false);
        return one(submit('--wait', '0'));
      case 'kill':
        model.begins(false);
        return one(submit(), what.after);
      case 'new':
        model.begins(true);
        return one(submit('--new', '--wait', '0'));
      case 'parallel':
        model.begins(false);
        return Promise.all(Array.from({ length: what.count }, () => runOnce({ args: submit(), env })));
      case 'wait':
        return one(['--action', 'waitTask', '--all', '--pollInterval', '0.02']);
      default: {
        const taskId = newest();
        if (taskId === undefined) return [];
        const done = await one([
          '--action',
          what.kind === 'cancel' ? 'cancelTask' : 'forget',
          '--taskId',
          taskId,
        ]);
        if (what.kind === 'forget' && done[0]?.code === 0) {
          model.settled.add(taskId);
          model.isKnown = false;
        }
        return done;
      }
    }
  };

  const ended: Ended[] = [];
  for (const what of deeds) {
    letPass(path.join(folder, 'state'), 61_000);
    const runs = await act(what);
    ended.push(...runs);
    model.ends(runs);
    for (const { envelope } of runs) {
      const tasks = envelope?.data?.tasks as { taskId: string; status: string }[] | undefined;
      for (const { taskId, status } of tasks ?? []) if (status === 'COMPLETED') model.settled.add(taskId);
    }
    expect(charges().length, JSON.stringify({ what, ended })).toBeLessThanOrEqual(model.allowed);
  }
  // At last everything is asked for: what was charged, and not delivered or given up, comes now.
  for (let n = 0; n < 3; n += 1) {
    const [wait] = await one(['--action', 'waitTask', '--all', '--pollInterval', '0.02']);
    const tasks = (wait?.envelope?.data?.tasks ?? []) as { taskId: string; status: string }[];
    for (const { taskId, status } of tasks) if (status === 'COMPLETED') model.settled.add(taskId);
  }
  const [pending] = await one(['--action', 'listPending']);
  const { pending: left } = pending!.envelope!.data as { pending: { taskId: string | null }[] };
  const unknown = left.filter(({ taskId }) => taskId === null);
  if (unknown.length > 0) {
    // The same command settles what a kill left open, and charges no second time.
    const before = charges().length;
    const [last] = await one(submit());
    model.ends([last!]);
    // Killed before it was sent, it is charged now.
    expect(charges().length).toBeLessThanOrEqual(Math.max(before, model.allowed));
  }
  // Whatever was not delivered is told to be unknown, and left to a person: two that are alike cannot be told apart.
  const open = charges().filter((taskId) => !model.settled.has(taskId));
  const journal = path.join(folder, 'state', 'journal');
  const records = existsSync(journal)
    ? readdirSync(journal).map((name) => readFileSync(path.join(journal, name), 'utf8'))
    : [];
  const givenUp = records.filter((record) => record.includes('"abandoned"')).length;
  expect(open.length, JSON.stringify(ended)).toBeLessThanOrEqual(unknown.length + givenUp);
  return charges().length;
}
