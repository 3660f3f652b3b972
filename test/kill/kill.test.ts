import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CANARY, live, T2V, tempFolder } from '../support/command.ts';
import { recordsIn } from '../support/records.ts';
import { type Ledger, ledger, SUBMIT_FAULTS } from './ledger.ts';
import { type Ended, inParallel, isDelivered, runOnce, runUntilDone } from './until-done.ts';

// `npm run test:kill` runs this at its full size.
const IS_FULL = process.env.KILL_FULL === '1';
const STEPS = fileURLToPath(new URL('steps.mjs', import.meta.url));

interface Place {
  service: Ledger;
  state: string;
  env: NodeJS.ProcessEnv;
  commandFor(request: string): string[];
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
  const commandFor = (request: string) => [
    ...[...model, '--payload', JSON.stringify({ ...fields, prompt: request }), '--pollInterval', '0.02'],
    ...['--download', path.join(folder, 'out'), '--wait', '30'],
  ];
  return { service, state, env, commandFor };
}

/** Expects one charge and one result for each request, no lost result, and no advice that would cause a second charge. */
function expectAllWell({ service, state }: Place, requests: Map<string, Ended[]>): void {
  for (const [request, runs] of requests) {
    expect(service.charges.get(request) ?? [], `${request}: ${JSON.stringify(runs)}`).toHaveLength(1);
    expect(isDelivered(runs.at(-1)!), `${request}: ${JSON.stringify(runs)}`).toBe(true);
  }
  const records = recordsIn(state).map(({ record }) => record);
  expect(records).toHaveLength(requests.size);
  for (const record of records)
    expect(record).toMatchObject({ phase: 'submitted', taskId: expect.any(String) });
  expect(readdirSync(path.join(state, 'records'), { recursive: true }).join('\n')).not.toContain('.corrupt');
  for (const record of records) expect(JSON.stringify(record)).not.toMatch(new RegExp(`${CANARY}|http`));
}

/** Runs a command without a kill, and returns its steps. */
async function undisturbed(
  { env, commandFor }: Place,
  request: string,
): Promise<{ run: Ended; steps: string[] }> {
  const log = path.join(tempFolder(), 'steps');
  writeFileSync(log, '');
  const args = commandFor(request);
  const run = await runOnce({ args, env: { ...env, STEP_LOG: log }, node: ['--import', STEPS] });
  return { run, steps: readFileSync(log, 'utf8').trim().split('\n') };
}

/**
 * For a service without a list: expects at most one charge for each request, and that each unknown outcome is reported as
 * unknown.
 */
function expectHonest({ service }: Place, requests: Map<string, Ended[]>): void {
  let delivered = 0;
  for (const [request, runs] of requests) {
    const charges = (service.charges.get(request) ?? []).length;
    const last = runs.at(-1)!;
    if (isDelivered(last)) delivered += 1;
    else expect(last, request).toMatchObject({ code: 7, envelope: { errorCode: 'SUBMIT_OUTCOME_UNKNOWN' } });
    expect(charges, request).toBeLessThanOrEqual(1);
    expect(charges, request).toBeGreaterThanOrEqual(isDelivered(last) ? 1 : 0);
  }
  expect(delivered).toBeGreaterThan(requests.size / 4);
  expect(delivered).toBeLessThan(requests.size);
}

describe('faults 35, 36, 38: killed, and run again', () => {
  it.each(SUBMIT_FAULTS)('before each step, with this fault of the answer: %s', async (fault) => {
    const here = await place();
    const { service, env, commandFor } = here;
    service.script.push(fault);
    const { run, steps } = await undisturbed(here, 'undisturbed');
    expect(steps.filter((name) => name === 'fsyncSync').length).toBeGreaterThan(4);
    const stride = IS_FULL ? 1 : 16;
    const offset = SUBMIT_FAULTS.indexOf(fault) * 4;
    const requests = new Map([['undisturbed', [run]]]);
    const runs = steps.flatMap((name, at) =>
      (at + offset) % stride > 0
        ? []
        : async () => {
            const request = `killed before ${at + 1} ${name} ${fault}`;
            service.script.push(fault);
            const plan = { args: commandFor(request), env, first: { STEP_KILL: String(at + 1) } };
            requests.set(request, await runUntilDone({ ...plan, node: ['--import', STEPS] }));
          },
    );
    await inParallel(runs);
    expect(requests.size).toBe(runs.length + 1);
    expect([...requests.values()].filter(([first]) => first?.code === null).length).toBeGreaterThan(
      runs.length / 2,
    );
    expectAllWell(here, requests);
  });

  it.each([
    ['that keeps the keys', false],
    ['that forgets them', true],
  ])('at random instants, with a service %s', async (_, forgetsKeys) => {
    const here = await place({ forgetsKeys });
    const { service, env, commandFor } = here;
    const run = await runOnce({ args: commandFor('undisturbed'), env, isTimed: true });
    const requests = new Map([['undisturbed', [run]]]);
    const count = IS_FULL ? 150 : 8;
    const runs = Array.from({ length: count }, (__, n) => async () => {
      const request = `killed at random ${n}`;
      service.script.push(SUBMIT_FAULTS[n % SUBMIT_FAULTS.length]!);
      const killAfter = ((n + Math.random()) / count) * run.ms * 1.2;
      requests.set(request, await runUntilDone({ args: commandFor(request), env, killAfter }));
    });
    await inParallel(runs);
    expect([...requests.values()].filter((runs) => runs.length > 1).length).toBeGreaterThan(count / 4);
    expectAllWell(here, requests);
  });

  it('with APIDot, before each step and at random instants: never a second charge, and no false report', async () => {
    const here = await place({}, 'apidot');
    const { service, env, commandFor } = here;
    const { run, steps } = await undisturbed(here, 'undisturbed');
    expect(isDelivered(run)).toBe(true);
    const requests = new Map([['undisturbed', [run]]]);
    const stride = IS_FULL ? 1 : 12;
    const atSteps = steps.flatMap((name, at) =>
      at % stride > 0
        ? []
        : [{ request: `killed before ${at + 1} ${name}`, first: { STEP_KILL: String(at + 1) } }],
    );
    const atRandom = Array.from({ length: IS_FULL ? 100 : 8 }, (_, n) => ({
      request: `killed at random ${n}`,
      killAfter: Math.random() * run.ms * 1.2,
    }));
    const runs = [...atSteps, ...atRandom].map(({ request, ...kill }, n) => async () => {
      service.script.push(SUBMIT_FAULTS[n % SUBMIT_FAULTS.length]!);
      const node = 'first' in kill ? { node: ['--import', STEPS] } : {};
      requests.set(request, await runUntilDone({ args: commandFor(request), env, ...node, ...kill }));
    });
    await inParallel(runs);
    expect(requests.size).toBe(runs.length + 1);
    expectHonest(here, requests);
  });
});
