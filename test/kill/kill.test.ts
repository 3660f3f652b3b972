import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CANARY, live, T2V, tempFolder } from '../support/command.ts';
import { recordsIn } from '../support/records.ts';
import { type Ledger, ledger, TROUBLES } from './ledger.ts';
import { type Ended, inParallel, isDelivered, runOnce, runUntilDone } from './until-done.ts';

// `npm run test:kill` runs this at its full size.
const IS_FULL = process.env.KILL_FULL === '1';
const STEPS = fileURLToPath(new URL('steps.mjs', import.meta.url));

interface Place {
  service: Ledger;
  state: string;
  env: NodeJS.ProcessEnv;
  commandFor(wish: string): string[];
}

const APIDOT = ['--provider', 'apidot', '--model', 'gpt-image-2'];

async function place(options = {}, provider = 'aivideomaker'): Promise<Place> {
  const service = await ledger(options);
  const folder = tempFolder();
  const state = path.join(folder, 'state');
  const env = {
    PATH: process.env.PATH,
    ...live(service.origin),
    APIDOT_BASE_URL: service.origin,
    APIDOT_API_KEY: CANARY,
    ASYNC_MEDIA_STATE_DIR: state,
  };
  const isApidot = provider === 'apidot';
  const model = isApidot ? APIDOT : ['--model', 't2v'];
  const fields = isApidot ? {} : T2V;
  const commandFor = (wish: string) => [
    ...[...model, '--payload', JSON.stringify({ ...fields, prompt: wish }), '--pollInterval', '0.02'],
    ...['--download', path.join(folder, 'out'), '--wait', '30'],
  ];
  return { service, state, env, commandFor };
}

/** One charge and one result for each wish, nothing lost, no advice that would cost a second charge. */
function expectAllWell({ service, state }: Place, wishes: Map<string, Ended[]>): void {
  for (const [wish, runs] of wishes) {
    expect(service.charges.get(wish) ?? [], `${wish}: ${JSON.stringify(runs)}`).toHaveLength(1);
    expect(isDelivered(runs.at(-1)!), `${wish}: ${JSON.stringify(runs)}`).toBe(true);
  }
  const records = recordsIn(state).map(({ record }) => record);
  expect(records).toHaveLength(wishes.size);
  for (const record of records)
    expect(record).toMatchObject({ phase: 'submitted', taskId: expect.any(String) });
  const text = readdirSync(path.join(state, 'journal')).join('\n');
  expect(text).not.toContain('.corrupt');
  for (const record of records)
    expect(JSON.stringify(record)).not.toMatch(new RegExp(`${CANARY}|killed|http`));
}

/** An undisturbed run, and the steps that it took. */
async function undisturbed(
  { env, commandFor }: Place,
  wish: string,
): Promise<{ run: Ended; steps: string[] }> {
  const log = path.join(tempFolder(), 'steps');
  writeFileSync(log, '');
  const args = commandFor(wish);
  const run = await runOnce({ args, env: { ...env, STEP_LOG: log }, node: ['--import', STEPS] });
  return { run, steps: readFileSync(log, 'utf8').trim().split('\n') };
}

/** For a service that shows no list: at most one charge for each wish, and each that is unknown is told to be. */
function expectHonest({ service }: Place, wishes: Map<string, Ended[]>): void {
  let delivered = 0;
  for (const [wish, runs] of wishes) {
    const charges = (service.charges.get(wish) ?? []).length;
    const last = runs.at(-1)!;
    if (isDelivered(last)) delivered += 1;
    else expect(last, wish).toMatchObject({ code: 7, envelope: { errorCode: 'SUBMIT_OUTCOME_UNKNOWN' } });
    expect(charges, wish).toBeLessThanOrEqual(1);
    expect(charges, wish).toBeGreaterThanOrEqual(isDelivered(last) ? 1 : 0);
  }
  expect(delivered).toBeGreaterThan(wishes.size / 4);
  expect(delivered).toBeLessThan(wishes.size);
}

describe('faults 35, 36, 38: killed, and run again', () => {
  it.each(TROUBLES)('in front of each step, with a service whose answer meets: %s', async (trouble) => {
    const here = await place();
    const { service, env, commandFor } = here;
    service.script.push(trouble);
    const { run, steps } = await undisturbed(here, 'undisturbed');
    expect(steps.filter((name) => name === 'fsyncSync').length).toBeGreaterThan(4);
    const stride = IS_FULL ? 1 : 12;
    const offset = TROUBLES.indexOf(trouble) * 3;
    const wishes = new Map([['undisturbed', [run]]]);
    const jobs = steps.flatMap((name, at) =>
      (at + offset) % stride > 0
        ? []
        : async () => {
            const wish = `killed before ${at + 1} ${name} ${trouble}`;
            service.script.push(trouble);
            const plan = { args: commandFor(wish), env, first: { STEP_KILL: String(at + 1) } };
            wishes.set(wish, await runUntilDone({ ...plan, node: ['--import', STEPS] }));
          },
    );
    await inParallel(jobs);
    expect(wishes.size).toBe(jobs.length + 1);
    expect([...wishes.values()].filter(([first]) => first?.code === null).length).toBeGreaterThan(
      jobs.length / 2,
    );
    expectAllWell(here, wishes);
  });

  it.each([
    ['that keeps the keys', false],
    ['that forgets them', true],
  ])('at random instants, with a service %s', async (_, forgetsKeys) => {
    const here = await place({ forgetsKeys });
    const { service, env, commandFor } = here;
    const run = await runOnce({ args: commandFor('undisturbed'), env });
    const wishes = new Map([['undisturbed', [run]]]);
    const count = IS_FULL ? 150 : 12;
    const jobs = Array.from({ length: count }, (__, n) => async () => {
      const wish = `killed at random ${n}`;
      service.script.push(TROUBLES[n % TROUBLES.length]!);
      const killAfter = ((n + Math.random()) / count) * run.ms * 1.2;
      wishes.set(wish, await runUntilDone({ args: commandFor(wish), env, killAfter }));
    });
    await inParallel(jobs);
    expect([...wishes.values()].filter((runs) => runs.length > 1).length).toBeGreaterThan(count / 4);
    expectAllWell(here, wishes);
  });

  it('with APIDot, in front of each step and at random instants: never a second charge, never a lie', async () => {
    const here = await place({}, 'apidot');
    const { service, env, commandFor } = here;
    const { run, steps } = await undisturbed(here, 'undisturbed');
    expect(isDelivered(run)).toBe(true);
    const wishes = new Map([['undisturbed', [run]]]);
    const stride = IS_FULL ? 1 : 8;
    const atSteps = steps.flatMap((name, at) =>
      at % stride > 0
        ? []
        : [{ wish: `killed before ${at + 1} ${name}`, first: { STEP_KILL: String(at + 1) } }],
    );
    const atRandom = Array.from({ length: IS_FULL ? 100 : 8 }, (_, n) => ({
      wish: `killed at random ${n}`,
      killAfter: Math.random() * run.ms * 1.2,
    }));
    const jobs = [...atSteps, ...atRandom].map(({ wish, ...kill }, n) => async () => {
      service.script.push(TROUBLES[n % TROUBLES.length]!);
      const node = 'first' in kill ? { node: ['--import', STEPS] } : {};
      wishes.set(wish, await runUntilDone({ args: commandFor(wish), env, ...node, ...kill }));
    });
    await inParallel(jobs);
    expect(wishes.size).toBe(jobs.length + 1);
    expectHonest(here, wishes);
  });
});
