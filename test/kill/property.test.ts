import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { live, T2V, tempFolder } from '../support/command.ts';
import { letPass, recordFilesIn } from '../support/records.ts';
import { type Ledger, ledger, SUBMIT_FAULTS, type SubmitFault } from './ledger.ts';
import { type Ended, runOnce } from './until-done.ts';

// `npm run test:kill` runs this at its full size.
const RUNS = process.env.KILL_FULL === '1' ? 150 : 6;

type UserAction =
  | { kind: 'run' | 'new' | 'start' | 'wait' | 'cancel' | 'forget' }
  | { kind: 'kill'; after: number }
  | { kind: 'parallel'; count: number };

const userAction: fc.Arbitrary<UserAction> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('kill' as const), after: fc.integer({ min: 60, max: 600 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('run' as const, 'start' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('new' as const, 'wait' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'forget' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('parallel' as const), count: fc.integer({ min: 2, max: 4 }) }),
  },
);

/**
 * The allowed charges and the required deliveries. A small model: it knows the actions and the printed JSON documents,
 * but
 * no records and no locks.
 */
class Model {
  /** Charges that are allowed so far. */
  allowed = 0;
  /** The same command means the earlier submit, until `forget` drops its record. */
  isKnown = false;
  /** Ids of tasks that were delivered, cancelled or forgotten. */
  readonly finished = new Set<string>();

  begins(isNew: boolean): void {
    if (isNew || !this.isKnown) this.allowed += 1;
    this.isKnown = true;
  }

  ends(runs: readonly Ended[]): void {
    for (const { envelope } of runs) {
      const { status, taskId } = envelope ?? {};
      if (taskId && (status === 'COMPLETED' || status === 'CANCEL')) this.finished.add(taskId);
    }
  }
}

describe('one charge for a request, and no result lost', () => {
  it('holds for any actions of the user and any faults of the service', async () => {
    let charged = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(userAction, { minLength: 3, maxLength: 7 }),
        fc.array(fc.constantFrom(...SUBMIT_FAULTS), { maxLength: 6 }),
        fc.boolean(),
        async (actions, faults, forgetsKeys) => {
          charged += await runActions(actions, faults, forgetsKeys);
        },
      ),
      { numRuns: RUNS, endOnFailure: RUNS < 10 },
    );
    expect(charged).toBeGreaterThan(RUNS / 2);
  }, 1_800_000);
});

async function runActions(
  actions: UserAction[],
  faults: SubmitFault[],
  forgetsKeys: boolean,
): Promise<number> {
  const service: Ledger = await ledger({ forgetsKeys });
  service.script.push(...faults);
  const folder = tempFolder();
  const env = {
    PATH: process.env.PATH,
    ...live(service.origin, { ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state') }),
  };
  const request = ['--model', 't2v', '--payload', JSON.stringify(T2V), '--pollInterval', '0.02'];
  const submit = (...flags: string[]) => [
    ...request,
    ...flags,
    ...(flags.includes('--wait') ? [] : ['--wait', '10']),
  ];
  const one = async (args: string[], killAfter?: number) => [
    await runOnce({ args, env, ...(killAfter !== undefined && { killAfter }) }),
  ];
  const model = new Model();
  const charges = (): string[] => service.charges.get(T2V.prompt) ?? [];
  const newest = (): string | undefined => charges().at(-1);

  const act = async (what: UserAction): Promise<Ended[]> => {
    switch (what.kind) {
      case 'run':
        model.begins(false);
        return one(submit());
      case 'start':
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
          model.finished.add(taskId);
          model.isKnown = false;
        }
        return done;
      }
    }
  };

  const ended: Ended[] = [];
  for (const what of actions) {
    letPass(path.join(folder, 'state'), 61_000);
    const runs = await act(what);
    ended.push(...runs);
    model.ends(runs);
    for (const { envelope } of runs) {
      const tasks = envelope?.data?.tasks as { taskId: string; status: string }[] | undefined;
      for (const { taskId, status } of tasks ?? []) if (status === 'COMPLETED') model.finished.add(taskId);
    }
    expect(charges().length, JSON.stringify({ what, ended })).toBeLessThanOrEqual(model.allowed);
  }
  // At the end each charged task is waited for, unless it was delivered or given up.
  for (let n = 0; n < 3; n += 1) {
    const [wait] = await one(['--action', 'waitTask', '--all', '--pollInterval', '0.02']);
    const tasks = (wait?.envelope?.data?.tasks ?? []) as { taskId: string; status: string }[];
    for (const { taskId, status } of tasks) if (status === 'COMPLETED') model.finished.add(taskId);
  }
  const [pending] = await one(['--action', 'listPending']);
  const { pending: left } = pending!.envelope!.data as { pending: { taskId: string | null }[] };
  const unknown = left.filter(({ taskId }) => taskId === null);
  if (unknown.length > 0) {
    // The same command reconciles a submit that a kill interrupted, and charges no second time.
    const before = charges().length;
    const [last] = await one(submit());
    model.ends([last!]);
    // A submit that was killed before it was sent is charged now.
    expect(charges().length).toBeLessThanOrEqual(Math.max(before, model.allowed));
  }
  // Each task that was not delivered is reported as unknown and left to the user: two equal submits cannot be
  // distinguished.
  const open = charges().filter((taskId) => !model.finished.has(taskId));
  const records = recordFilesIn(path.join(folder, 'state', 'records')).map((file) =>
    readFileSync(file, 'utf8'),
  );
  const givenUp = records.filter((record) => record.includes('"abandoned"')).length;
  expect(open.length, JSON.stringify(ended)).toBeLessThanOrEqual(unknown.length + givenUp);
  return charges().length;
}
