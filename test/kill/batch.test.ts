import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { live, T2V, tempFolder } from '../support/command.ts';
import { letPass, recordsIn } from '../support/records.ts';
import { ledger, SUBMIT_FAULTS } from './ledger.ts';
import { runOnce } from './until-done.ts';

// `npm run test:kill` runs this at its full size.
const ROUNDS = process.env.KILL_FULL === '1' ? 12 : 1;
const LINES = 20;
const MOST_RUNS = 12;

it('20 lines killed at random instants, then run again: one charge for each line, every file under its name', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const service = await ledger();
    const folder = tempFolder();
    const file = path.join(folder, 'lines.jsonl');
    // Two of them are equal.
    const prompts = Array.from({ length: LINES }, (_, n) => (n === LINES - 1 ? 'prompt 0' : `prompt ${n}`));
    const lines = prompts.map((prompt, n) => ({ name: `clip-${n}`, payload: { ...T2V, prompt } }));
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    const state = path.join(folder, 'state');
    const env = { PATH: process.env.PATH, ...live(service.origin, { ASYNC_MEDIA_STATE_DIR: state }) };
    const out = path.join(folder, 'out');
    const args = [
      '--batch',
      file,
      '--model',
      't2v',
      '--pollInterval',
      '0.02',
      '--wait',
      '30',
      '--download',
      out,
    ];
    const [faults, kills] = fc.sample(
      fc.tuple(
        fc.array(fc.constantFrom(...SUBMIT_FAULTS), { maxLength: 8 }),
        fc.array(fc.integer({ min: 250, max: 1500 }), { minLength: 3, maxLength: 5 }),
      ),
      1,
    )[0]!;
    service.script.push(...faults);
    const codes: (number | null)[] = [];
    for (const killAfter of kills) codes.push((await runOnce({ args, env, killAfter })).code);
    for (let n = 0; n < MOST_RUNS && codes.at(-1) !== 0; n += 1) {
      // The minute after which a clear list is proof.
      letPass(state, 61_000);
      codes.push((await runOnce({ args, env })).code);
    }
    const said = JSON.stringify({ faults, kills, codes });
    expect(codes.at(-1), said).toBe(0);
    expect([...service.charges.values()].flat(), said).toHaveLength(LINES);
    expect(service.charges.get('prompt 0'), said).toHaveLength(2);
    const files = readdirSync(out).filter((name) => name.endsWith('.mp4'));
    expect(files.sort(), said).toEqual(lines.map(({ name }) => `${name}.mp4`).sort());
    const tasks = recordsIn(state).map(({ record }) => record.taskId);
    expect(new Set(tasks).size, said).toBe(LINES);
  }
}, 600_000);
